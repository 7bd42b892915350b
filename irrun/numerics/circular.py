"""Sine, cosine, tangent."""

from collections.abc import Callable
from math import floor
from typing import Final

import numpy as np

from irrun.numerics.blocks import NAN, Block, Real, bits, choose, doubles, for_blocks, patch
from irrun.numerics.constants import (
    COS_0,
    COS_1,
    COS_2,
    COS_3,
    COS_4,
    COS_5,
    SIN_0,
    SIN_1,
    SIN_2,
    SIN_3,
    SIN_4,
    SIN_5,
)  # fmt: skip
from irrun.numerics.parts import ROUNDER, SPLITTER
from irrun.numerics.reduction import MINUS_ORDINARY, ORDINARY, quarter_turns, quarter_turns_of_huge

_STRAIGHT: Final = 0.78125
"""Up to here (below pi/4) there is no quarter turn to take off: n = 0, r = x, no excess."""

_MINUS_STRAIGHT: Final = -_STRAIGHT

_TINY: Final = 2.0**-28
"""Below this the tangent of x is x."""

_MINUS_TINY: Final = -_TINY


def sine_drop(r: Real, z: Real, main: Real, excess: Real) -> Real:
    """Return r - sin(r - excess) for |r| <= pi/4; the sine is `r - drop`, for r = -0 too.

    Here and below z = r^2, half = z / 2, main = 1 - half.
    """
    p = ((((SIN_5 * z + SIN_4) * z + SIN_3) * z + SIN_2) * z + SIN_1) * z + SIN_0
    return excess * main + (z * r) * p


def cosine_rest(r: Real, z: Real, half: Real, main: Real, excess: Real) -> Real:
    """Return cos(r - excess) - main for |r| <= pi/4."""
    p = ((((COS_5 * z + COS_4) * z + COS_3) * z + COS_2) * z + COS_1) * z + COS_0
    return ((1.0 - main) - half) + ((z * z) * p + r * excess)


def sin(x: float) -> float:
    """Return the sine of x radians; NaN for an infinity."""
    if _MINUS_STRAIGHT <= x <= _STRAIGHT:
        z = x * x
        return x - sine_drop(x, z, 1.0 - 0.5 * z, 0.0)
    n, r, excess = quarter_turns(x) if MINUS_ORDINARY <= x <= ORDINARY else _far_turns(x)
    return _turned(floor(n), r, excess)


def cos(x: float) -> float:
    """Return the cosine of x radians; NaN for an infinity."""
    n, r, excess = quarter_turns(x) if MINUS_ORDINARY <= x <= ORDINARY else _far_turns(x)
    return _turned(floor(n) + 1, r, excess)


def _far_turns(x: float) -> tuple[float, float, float]:
    return quarter_turns_of_huge(x) if x - x == 0.0 else (0.0, NAN, NAN)


def _turned(quarters: int, r: float, excess: float) -> float:
    """Return the sine of so many quarter turns and r - excess."""
    z = r * r
    half = 0.5 * z
    main = 1.0 - half
    if quarters & 1:
        value = main + cosine_rest(r, z, half, main, excess)
    else:
        value = r - sine_drop(r, z, main, excess)
    return -value if quarters & 2 else value


def tangent_sides(r: Real, excess: Real) -> tuple[Real, Real, Real, Real]:
    """Return sine and cosine of r - excess, each as a double and the rest that it lacks.

    These are `sine_drop` and `cosine_rest`, written out: a call costs as much as five operations.
    """
    z = r * r
    half = 0.5 * z
    main = 1.0 - half
    p = ((((SIN_5 * z + SIN_4) * z + SIN_3) * z + SIN_2) * z + SIN_1) * z + SIN_0
    drop = excess * main + (z * r) * p
    sine = r - drop
    p = ((((COS_5 * z + COS_4) * z + COS_3) * z + COS_2) * z + COS_1) * z + COS_0
    rest = ((1.0 - main) - half) + ((z * z) * p + r * excess)
    cosine = main + rest
    return sine, (r - sine) - drop, cosine, (main - cosine) + rest


def tangent(top: Real, top_rest: Real, bottom: Real, bottom_rest: Real) -> Real:
    """Return (top + top_rest) / (bottom + bottom_rest), rounded about once.

    The quotient is cut to 26 bits, so that what is left of the numerator is exact, and that
    divided again.
    """
    q = top / bottom
    scaled = q * SPLITTER
    q = scaled - (scaled - q)
    scaled = bottom * SPLITTER
    high = scaled - (scaled - bottom)
    low = (bottom - high) + bottom_rest
    return q + (((top - q * high) - q * low) + top_rest) / bottom


def tan(x: float) -> float:
    """Return the tangent of x radians; NaN for an infinity."""
    if _MINUS_STRAIGHT <= x <= _STRAIGHT:
        return x if _MINUS_TINY < x < _TINY else tangent(*tangent_sides(x, 0.0))
    n, r, excess = quarter_turns(x) if MINUS_ORDINARY <= x <= ORDINARY else _far_turns(x)
    sine, sine_rest, cosine, cosine_rest = tangent_sides(r, excess)
    if floor(n) & 1:
        return tangent(-cosine, -cosine_rest, sine, sine_rest)
    return tangent(sine, sine_rest, cosine, cosine_rest)


# --- Blocks -----------------------------------------------------------------------------------

_quarter_turns = for_blocks(quarter_turns)
_sine_drop, _cosine_rest = for_blocks(sine_drop), for_blocks(cosine_rest)
_tangent_sides, _tangent = for_blocks(tangent_sides), for_blocks(tangent)
_HALF, _ONE = np.array(0.5), np.array(1.0)
_COUNTER, _NEXT_COUNTER = np.array(ROUNDER), np.array(ROUNDER + 1.0)
_ZERO, _ODD, _TWO, _TO_SIGN = np.array(0), np.array(1), np.array(2), np.array(62)
_SIGN_BIT, _ORDINARY = np.array(63), np.array(ORDINARY)


def sin_block(x: Block) -> Block:
    """Return the sines of a block."""
    return _turned_block(x, _COUNTER, sin)


def cos_block(x: Block) -> Block:
    """Return the cosines of a block."""
    return _turned_block(x, _NEXT_COUNTER, cos)


def _turned_block(x: Block, counter: Block, exact: Callable[[float], float]) -> Block:
    n, r, excess = _quarter_turns(x)
    z = r * r
    half = _HALF * z
    main = _ONE - half
    cosine = main + _cosine_rest(r, z, half, main, excess)
    sine = r - _sine_drop(r, z, main, excess)
    quarters = bits(n + counter)  # the low bits of the sum are those of n
    # In odd quarters the cosine, from the third on negated: by bits, which takes no branches.
    odd = (quarters << _SIGN_BIT) >> _SIGN_BIT
    sine_bits = bits(sine)
    chosen = ((bits(cosine) ^ sine_bits) & odd) ^ sine_bits
    value = doubles(chosen ^ ((quarters & _TWO) << _TO_SIGN))
    return patch(value, np.abs(x) <= _ORDINARY, exact, x)


def tan_block(x: Block) -> Block:
    """Return the tangents of a block."""
    n, r, excess = _quarter_turns(x)
    sine, sine_rest, cosine, cosine_rest = _tangent_sides(r, excess)
    odd = (bits(n + _COUNTER) & _ODD) != _ZERO
    value = _tangent(
        choose(odd, -cosine, sine),
        choose(odd, -cosine_rest, sine_rest),
        choose(odd, sine, cosine),
        choose(odd, sine_rest, cosine_rest),
    )
    size = np.abs(x)
    value = choose(size < _TINY, x, value)
    return patch(value, size <= ORDINARY, tan, x)
