"""The formulas of `formulas` for whole arrays.

Each gives the same bits for every element as its scalar form of the same name, but for the bits of
a NaN. Vectors are arrays of shape (n, 2). What is written with plain operators serves for arrays as
it stands.
"""

from typing import Any

import numpy as np

from irrun.ir.values import Array
from irrun.numerics import single
from irrun.numerics.arrays import cos, sin
from irrun.numerics.exact import clamp_b, divide, round_half_up


def step(edge: Array, x: Array) -> Array:
    """Return 0 below the edge, else 1; a NaN counts as not below."""
    return np.where(x < edge, 0.0, 1.0)


def smoothstep(edge0: Any, edge1: Any, x: Array) -> Array:
    """Return the smooth step from 0 at edge0 to 1 at edge1."""
    share: Array = x - edge0
    share /= edge1 - edge0
    u = clamp_b(share, 0.0, 1.0)
    smooth: Array = np.multiply(u, u, out=share)
    u *= 2
    smooth *= np.subtract(3, u, out=u)
    return smooth


def quantize(x: Array, size: float) -> Array:
    """Round to a multiple of `size`, halves up; NaN for size 0."""
    return round_half_up(divide(x, size)) * size


def vec2_scale(v: Array, s: Any) -> Array:
    """Multiply vectors by a number, or by one number each."""
    return v * np.reshape(s, (-1, 1))


def vec2_rotate(v: Array, radians: float) -> Array:
    """Turn vectors."""
    angle = np.array([radians])
    c, s = float(cos(angle)[0]), float(sin(angle)[0])
    x, y = v[:, 0], v[:, 1]
    return np.stack([x * c - y * s, x * s + y * c], axis=1)


def vec2_scale_single(v: Array, s: Array) -> Array:
    """Multiply float32 vectors by a number each."""
    return single.multiply(v, np.reshape(s, (-1, 1)))
