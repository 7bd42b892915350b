"""Sine and cosine of doubles, rounded to float32: the bits that `arrays.sin` would be rounded to.

A table and a short polynomial give the result to 2^-46, which decides for nearly every element
what float32 it is. What is too near to the middle between two is computed by the long formula, so
that no error of the short one is ever seen.
"""

from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from irrun.numerics import arrays, native
from irrun.numerics.blocks import Block, all_true, bits
from irrun.numerics.formulas.constants import HALF_PI_1, HALF_PI_2, HALF_PI_3
from irrun.numerics.formulas.huge_angles import near_angles
from irrun.numerics.formulas.parts import ROUNDER
from irrun.numerics.transcendental import PI

F32 = NDArray[np.float32]

_STEPS: Final = 1024
"""Steps of the table in a turn."""

_FARTHEST: Final = np.array(4096.0)
"""The largest |x| for which the short formula is good: n below has 20 bits then."""

_BLOCK: Final = 16384
"""Elements that are worked on at once."""

_SHARE: Final = 4 / _STEPS
"""Steps are this part of a quarter turn, a power of two."""

_STEP_HIGH, _STEP_LOW = np.array(HALF_PI_1 * _SHARE), np.array((HALF_PI_2 + HALF_PI_3) * _SHARE)
"""The length of a step: its first part has 33 bits, so that products with n are exact."""

_STEPS_PER_RADIAN, _ROUNDER = np.array(_STEPS / (2 * PI)), np.array(ROUNDER)
_MASK, _QUARTER, _NO_QUARTER = np.array(_STEPS - 1), np.array(_STEPS // 4), np.array(0)
_SIXTH, _HALF, _TWENTY_FOURTH = np.array(-1 / 6), np.array(-0.5), np.array(1 / 24)

_ERROR: Final = np.array(2.0**-46)
"""More than the error of the short formula and that of the long one.

What the polynomials leave out is below r^5 / 120 < 2^-48 for |r| < 0.0031; the table is good to
2^-50, angles brought near are too, and the rest are roundings of numbers up to 1.
"""


@cache
def _table() -> tuple[Block, Block]:
    """Return sine and cosine at the steps."""
    angles = np.arange(_STEPS) * (2 * PI / _STEPS)
    return arrays.sin(angles), arrays.cos(angles)


@native.form("sin_to_f32", np.float32)
def sin(x: NDArray[np.float64]) -> F32:
    """Return the sines of doubles, any shape, rounded to float32."""
    return _by_blocks(x, _NO_QUARTER, arrays.sin)


@native.form("cos_to_f32", np.float32)
def cos(x: NDArray[np.float64]) -> F32:
    """Return the cosines of doubles, any shape, rounded to float32."""
    return _by_blocks(x, _QUARTER, arrays.cos)


def _by_blocks(
    x: NDArray[np.float64], quarter: NDArray[np.int64], exact: Callable[[Block], Block]
) -> F32:
    result = np.empty(x.shape, np.float32)
    flat, goal = x.reshape(-1), result.reshape(-1)
    with np.errstate(all="ignore"):
        for start in range(0, flat.size, _BLOCK):
            part = slice(start, start + _BLOCK)
            _fill(flat[part].astype(np.float64, copy=False), quarter, exact, goal[part])
    return result


def _fill(
    x: Block, quarter: NDArray[np.int64], exact: Callable[[Block], Block], result: F32
) -> None:
    near = x
    is_near = np.absolute(x) <= _FARTHEST
    if not all_true(is_near):
        near = x.copy()
        near[~is_near] = near_angles(x[~is_near])
    value = _short(near, quarter)
    result[:] = value - _ERROR
    value += _ERROR
    sure = value.astype(np.float32) == result
    if near is not x:
        not_finite = x - x != 0.0
        result[not_finite] = np.nan
        sure |= not_finite
    known = np.count_nonzero(sure)
    if 2 * known < x.size:
        result[:] = exact(x)
    elif known < x.size:
        unsure = ~sure
        result[unsure] = exact(x[unsure])


def _short(x: Block, quarter: NDArray[np.int64]) -> Block:
    """Return sin(x + quarter steps) to 2^-47, for |x| up to `_FARTHEST`; anything beyond.

    Arrays are used again as soon as they are free: four of them fit the cache, nine do not.
    """
    n = x * _STEPS_PER_RADIAN
    n += _ROUNDER
    at = bits(n) + quarter  # the low bits of the sum are those of n
    at &= _MASK
    n -= _ROUNDER
    r = n * _STEP_HIGH
    np.subtract(x, r, out=r)
    n *= _STEP_LOW
    r -= n
    square = np.multiply(r, r, out=n)
    sine = square * _SIXTH
    sine *= r
    sine += r
    cosine_rest = np.multiply(square, _TWENTY_FOURTH, out=r)
    cosine_rest += _HALF
    cosine_rest *= square
    sines, cosines = _table()
    value: Block = cosines.take(at, mode="clip", out=square)
    value *= sine
    base = sines.take(at, mode="clip", out=sine)
    cosine_rest *= base
    value += cosine_rest
    value += base
    return value
