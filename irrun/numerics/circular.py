"""Sine, cosine, tangent."""

import numpy as np

from irrun.numerics.blocks import NAN, Block, Real, bits, choose, negate_where, patch
from irrun.numerics.constants import (
    COS_0, COS_1, COS_2, COS_3, COS_4, COS_5,
    SIN_0, SIN_1, SIN_2, SIN_3, SIN_4, SIN_5,
)  # fmt: skip
from irrun.numerics.parts import ROUNDER, SPLITTER
from irrun.numerics.reduction import ORDINARY, quarter_turns, quarter_turns_of_huge

_STRAIGHT = 0.78125
"""Up to here (below pi/4) there is no quarter turn to take off: n = 0, r = x, no tail."""

_TINY = 2.0**-28
"""Below this the tangent of x is x."""


def sine_drop(r: Real, tail: Real) -> Real:
    """Return r - sin(r + tail) for |r| <= pi/4; the sine is `r - drop`, for r = -0 too."""
    z = r * r
    p = ((((SIN_5 * z + SIN_4) * z + SIN_3) * z + SIN_2) * z + SIN_1) * z + SIN_0
    return ((0.5 * z) * tail - tail) + (z * r) * p


def cosine_parts(r: Real, tail: Real) -> tuple[Real, Real]:
    """Return cos(r + tail) for |r| <= pi/4 as a sum: one number near 1, one small."""
    z = r * r
    p = ((((COS_5 * z + COS_4) * z + COS_3) * z + COS_2) * z + COS_1) * z + COS_0
    half = 0.5 * z
    main = 1.0 - half
    return main, ((1.0 - main) - half) + ((z * z) * p - r * tail)


def sin(x: float) -> float:
    """Return the sine of x radians; NaN for an infinity."""
    if -_STRAIGHT <= x <= _STRAIGHT:
        return x - sine_drop(x, 0.0)
    n, r, tail = _reduced(x)
    return _sine_of(int(n), r, tail)


def cos(x: float) -> float:
    """Return the cosine of x radians; NaN for an infinity."""
    n, r, tail = _reduced(x)
    return _sine_of(int(n) + 1, r, tail)


def _reduced(x: float) -> tuple[float, float, float]:
    if -ORDINARY <= x <= ORDINARY:
        return quarter_turns(x)
    if x - x != 0.0:
        return 0.0, NAN, NAN
    return quarter_turns_of_huge(x)


def _sine_of(quarters: int, r: float, tail: float) -> float:
    """Return the sine of r + tail and so many quarter turns."""
    if quarters & 1:
        main, rest = cosine_parts(r, tail)
        value = main + rest
    else:
        value = r - sine_drop(r, tail)
    return -value if quarters & 2 else value


def tangent(top: Real, top_rest: Real, bottom: Real, bottom_rest: Real) -> Real:
    """Return (top + top_rest) / (bottom + bottom_rest), rounded about once.

    The quotient is cut to 26 bits, so that what is left of the numerator is exact, and that
    divided again.
    """
    scaled = (top / bottom) * SPLITTER
    q = scaled - (scaled - top / bottom)
    scaled = bottom * SPLITTER
    high = scaled - (scaled - bottom)
    low = (bottom - high) + bottom_rest
    return q + (((top - q * high) - q * low) + top_rest) / bottom


def tangent_sides(r: Real, tail: Real) -> tuple[Real, Real, Real, Real]:
    """Return sine and cosine of r + tail, each as a double and the rest that it lacks."""
    drop = sine_drop(r, tail)
    sine = r - drop
    main, rest = cosine_parts(r, tail)
    cosine = main + rest
    return sine, (r - sine) - drop, cosine, (main - cosine) + rest


def tan(x: float) -> float:
    """Return the tangent of x radians; NaN for an infinity."""
    if -_TINY < x < _TINY:
        return x
    n, r, tail = _reduced(x)
    sine, sine_rest, cosine, cosine_rest = tangent_sides(r, tail)
    if int(n) & 1:
        return tangent(-cosine, -cosine_rest, sine, sine_rest)
    return tangent(sine, sine_rest, cosine, cosine_rest)


def sin_block(x: Block) -> Block:
    """Return the sines of a block."""
    return _sines(x, 0, sin)


def cos_block(x: Block) -> Block:
    """Return the cosines of a block."""
    return _sines(x, 1, cos)


def _sines(x: Block, ahead: int, exact: type[float] | object) -> Block:
    n, r, tail = quarter_turns(x)
    main, rest = cosine_parts(r, tail)
    quarters = bits(n + (ROUNDER + ahead))  # the low bits of the sum are those of n
    value = choose((quarters & 1) != 0, main + rest, r - sine_drop(r, tail))
    value = negate_where(value, (quarters >> 1) & 1)
    return patch(value, ~(np.abs(x) <= ORDINARY), exact, x)  # type: ignore[arg-type]


def tan_block(x: Block) -> Block:
    """Return the tangents of a block."""
    n, r, tail = quarter_turns(x)
    sine, sine_rest, cosine, cosine_rest = tangent_sides(r, tail)
    odd = (bits(n + ROUNDER) & 1) != 0
    value = tangent(
        choose(odd, -cosine, sine),
        choose(odd, -cosine_rest, sine_rest),
        choose(odd, sine, cosine),
        choose(odd, sine_rest, cosine_rest),
    )
    size = np.abs(x)
    value = choose(size < _TINY, x, value)
    return patch(value, ~(size <= ORDINARY), tan, x)
