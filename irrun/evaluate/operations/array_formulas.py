"""The formulas of `formulas` for whole arrays.

Each gives the same bits for every element as its scalar form of the same name, but for the bits of
a NaN. Operands are broadcast against each other. Vectors are arrays of shape (..., n, 2), and
numbers that go with them have shape (..., n); n may be 1. What is written with plain operators
serves for arrays as it stands.
"""

from typing import Any

import numpy as np

from irrun.ir.values import Array
from irrun.numerics import arrays, native, single, transcendental
from irrun.numerics.exact import clamp_b, divide, round_half_up


@native.named("step")
def step(edge: Array, x: Array) -> Array:
    """Return 0 below the edge, else 1; a NaN counts as not below."""
    return np.where(x < edge, 0.0, 1.0)


@native.form("smoothstep")
def smoothstep(edge0: Any, edge1: Any, x: Array) -> Array:
    """Return the smooth step from 0 at edge0 to 1 at edge1."""
    share: Array = x - edge0
    width = edge1 - edge0
    share = share / width if np.ndim(width) else np.divide(share, width, out=share)
    u = clamp_b(share, 0.0, 1.0)
    smooth: Array = np.multiply(u, u, out=share)
    u *= 2
    smooth *= np.subtract(3, u, out=u)
    return smooth


@native.form("quantize")
def quantize(x: Array, size: float) -> Array:
    """Round to a multiple of `size`, halves up; NaN for size 0."""
    return round_half_up(divide(x, size)) * size


def vec2_scale(v: Array, s: Any) -> Array:
    """Multiply vectors by a number, or by one number each."""
    scaled: Array = v * np.asarray(s)[..., None]
    return scaled


def vec2_rotate(v: Array, radians: Any) -> Array:
    """Turn vectors by an angle, or by one angle each."""
    c, s = cos_and_sin(radians)
    x, y = v[..., 0], v[..., 1]
    return vec2(x * c - y * s, x * s + y * c)


def cos_and_sin(radians: Any) -> tuple[Any, Any]:
    """Return cosine and sine of a number, or of an array."""
    if isinstance(radians, np.ndarray):
        return arrays.cos(radians), arrays.sin(radians)
    return transcendental.cos(radians), transcendental.sin(radians)


def vec2(x: Array, y: Array) -> Array:
    """Return vectors of two arrays of doubles."""
    vectors = np.empty((*np.broadcast(x, y).shape, 2))
    vectors[..., 0], vectors[..., 1] = x, y
    return vectors


def vec2_scale_single(v: Array, s: Array) -> Array:
    """Multiply float32 vectors by a number each."""
    return single.multiply(v, s[..., None])
