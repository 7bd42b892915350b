"""The formulas of `formulas` and `transforms` for whole arrays.

Each gives the same bits for every element as its scalar form of the same name, but for the bits of
a NaN. Vectors are arrays of shape (n, 2). What is written with plain operators serves for arrays as
it stands.
"""

import operator
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from irrun.evaluate import formulas
from irrun.evaluate.transforms import EASINGS
from irrun.ir.values import Array
from irrun.numerics import arrays as elementwise
from irrun.numerics import exact, single
from irrun.numerics.arrays import cos, sin
from irrun.numerics.exact import clamp_b, divide, round_half_up

ArrayFormula = Callable[..., Array]


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


def ease_in_out_quad(t: Array) -> Array:
    """Ease in to the middle, then out."""
    return np.where(t < 0.5, (2 * t) * t, -1 + (4 - 2 * t) * t)


_OWN: Final[dict[Callable[..., Any], ArrayFormula]] = {
    formulas.step: step,
    formulas.smoothstep: smoothstep,
    formulas.quantize: quantize,
    formulas.vec2_add: operator.add,
    formulas.vec2_sub: operator.sub,
    formulas.vec2_mul: operator.mul,
    formulas.vec2_div: divide,
    formulas.vec2_scale: vec2_scale,
    formulas.vec2_rotate: vec2_rotate,
    EASINGS[3][1]: ease_in_out_quad,
}
"""Scalar formulas with branches or records, and their array forms."""

_NUMERICS: Final = "irrun.numerics."


def array_form(formula: Callable[..., Any]) -> ArrayFormula:
    """Return the array form of a scalar formula.

    Formulas of plain operators are their own array form; the operations of `numerics` have one
    of the same name.
    """
    if formula in _OWN:
        return _OWN[formula]
    if formula.__module__.startswith(_NUMERICS):
        name = formula.__name__
        found: ArrayFormula = getattr(exact, name, None) or getattr(elementwise, name)
        return found
    return formula


def _vec2_scale_single(v: Array, s: Array) -> Array:
    return single.multiply(v, np.reshape(s, (-1, 1)))


_SINGLE: Final[dict[Callable[..., Any], ArrayFormula]] = {
    operator.add: single.add,
    operator.sub: single.subtract,
    operator.mul: single.multiply,
    abs: single.absolute,
    formulas.step: single.step,
    formulas.vec2_add: single.add,
    formulas.vec2_sub: single.subtract,
    formulas.vec2_mul: single.multiply,
    formulas.vec2_div: single.divide,
    formulas.vec2_scale: _vec2_scale_single,
}


def single_form(formula: Callable[..., Any]) -> ArrayFormula | None:
    """Return the form of a scalar formula for float32 arrays, which gives what rounding would.

    None if only doubles give the right bits.
    """
    if formula.__module__.startswith(_NUMERICS):
        return getattr(single, formula.__name__, None)
    return _SINGLE.get(formula)
