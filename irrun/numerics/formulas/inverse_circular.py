"""Arcsine, arccosine, arctangent, and the angle of a point."""

import math
from typing import Final

import numpy as np

from irrun.numerics.blocks import (
    NAN,
    Block,
    Bools,
    Real,
    choose,
    negate_where,
    one_nan,
    patch,
)
from irrun.numerics.formulas.constants import (
    ASIN_0,
    ASIN_1,
    ASIN_2,
    ASIN_3,
    ASIN_4,
    ASIN_5,
    ASIN_6,
    ASIN_7,
    ASIN_8,
    ASIN_9,
    ASIN_10,
    ASIN_11,
    ASIN_12,
    ATAN_0,
    ATAN_1,
    ATAN_2,
    ATAN_3,
    ATAN_4,
    HALF_PI_HI,
    HALF_PI_LO,
)
from irrun.numerics.formulas.parts import ROUNDER, SPLITTER
from irrun.numerics.formulas.tables import (
    ATAN_HI,
    ATAN_LO,
)

_NOT_ZERO: Final = 2.0**-1000
"""Keeps 0 / 0 out of the arcsine of 1; too small to change any other sum."""

_QUARTER_PI: Final = HALF_PI_HI / 2


def arc_series(x: Real, z: Real) -> Real:
    """Return asin(x) - x for z = x^2 <= 1/4."""
    p = (((ASIN_12 * z + ASIN_11) * z + ASIN_10) * z + ASIN_9) * z + ASIN_8
    p = (((p * z + ASIN_7) * z + ASIN_6) * z + ASIN_5) * z + ASIN_4
    p = (((p * z + ASIN_3) * z + ASIN_2) * z + ASIN_1) * z + ASIN_0
    return x * (z * p)


def root_split(z: Real, s: Real) -> tuple[Real, Real]:
    """Return the root of z as a sum: 26 bits of the rounded root s, and the rest."""
    scaled = s * SPLITTER
    high = scaled - (scaled - s)
    return high, (z - high * high) / ((s + high) + _NOT_ZERO)


def asin(x: float) -> float:
    """Return the arcsine in radians; NaN outside [-1, 1]."""
    if -0.5 <= x <= 0.5:
        return x + arc_series(x, x * x)
    size = abs(x)
    if not size <= 1.0:
        return NAN
    z = (1.0 - size) * 0.5
    s = math.sqrt(z)
    high, rest = root_split(z, s)
    value = _asin_from(high, rest + arc_series(s, z))
    return value if x > 0.0 else -value


def _asin_from(high: Real, rest: Real) -> Real:
    """Return pi/2 - 2 (high + rest)."""
    return _QUARTER_PI - ((2.0 * rest - HALF_PI_LO) - (_QUARTER_PI - 2.0 * high))


def acos(x: float) -> float:
    """Return the arccosine in radians; NaN outside [-1, 1]."""
    if -0.5 <= x <= 0.5:
        return _acos_near_zero(x, arc_series(x, x * x))
    size = abs(x)
    if not size <= 1.0:
        return NAN
    z = (1.0 - size) * 0.5
    s = math.sqrt(z)
    high, rest = root_split(z, s)
    rest = rest + arc_series(s, z)
    return 2.0 * (high + rest) if x > 0.0 else _acos_of_negative(high, rest)


def _acos_near_zero(x: Real, series: Real) -> Real:
    """Return pi/2 - (x + series)."""
    return HALF_PI_HI - (x - (HALF_PI_LO - series))


def _acos_of_negative(high: Real, rest: Real) -> Real:
    """Return pi - 2 (high + rest)."""
    return 2.0 * (HALF_PI_HI - (high + (rest - HALF_PI_LO)))


def asin_block(x: Block) -> Block:
    """Return the arcsines of a block."""
    size = np.abs(x)
    high, rest = _half_arc(size)
    large = np.copysign(_asin_from(high, rest), x)
    return one_nan(choose(size <= 0.5, x + arc_series(x, x * x), large))


def acos_block(x: Block) -> Block:
    """Return the arccosines of a block."""
    size = np.abs(x)
    high, rest = _half_arc(size)
    large = choose(x > 0.0, 2.0 * (high + rest), _acos_of_negative(high, rest))
    return one_nan(choose(size <= 0.5, _acos_near_zero(x, arc_series(x, x * x)), large))


def _half_arc(size: Block) -> tuple[Block, Block]:
    """Return asin(sqrt((1 - size) / 2)) as a sum; NaN of any kind above 1."""
    z = (1.0 - size) * 0.5
    s = np.sqrt(z)
    high, rest = root_split(z, s)
    return high, rest + arc_series(s, z)


# --- The angle of a point ---------------------------------------------------------------------

_FIRST_STEP: Final = 4.0
"""Below this step the table is not used: the quotient itself is the argument of the series."""

_SMALL, _LARGE = 2.0**-400, 2.0**400
"""Coordinates between which no product below loses bits."""


def _quadrant_tables() -> tuple[list[float], list[float]]:
    """Return high and low parts of base + atan(i/64), for each way to turn the first octant.

    Case 0 is atan(i/64); 1 is pi/2 - atan(i/64), for |y| > |x|; 2 is pi - atan(i/64) and
    3 is pi/2 + atan(i/64), for negative x. Entry i of case c is at 65 c + i.
    """
    highs, lows = list(ATAN_HI), list(ATAN_LO)
    for base, sign in ((1.0, -1.0), (2.0, -1.0), (1.0, 1.0)):
        for high, low in zip(ATAN_HI, ATAN_LO, strict=True):
            total = base * HALF_PI_HI + sign * high
            error = (base * HALF_PI_HI - total) + sign * high
            highs.append(total)
            lows.append((error + base * HALF_PI_LO) + sign * low)
    return highs, lows


_HIGHS, _LOWS = _quadrant_tables()
_HIGH_TABLE, _LOW_TABLE = np.array(_HIGHS), np.array(_LOWS)
_CASE_START: Final = 65

_NEGLIGIBLE: Final = 80
"""A quotient below 2^-80 is its own arctangent, and nothing beside pi."""


def octant_angle(least: Real, most: Real) -> tuple[Real, Real, Real]:
    """Return step, t and rest, with atan(least / most) = atan(step / 64) + t + rest.

    The quotient is taken with what it lacks: both its factors are cut to 26 bits, so that the
    products are exact.
    """
    q = least / most
    scaled = q * SPLITTER
    q_high = scaled - (scaled - q)
    scaled = most * SPLITTER
    high = scaled - (scaled - most)
    q_rest = ((least - q_high * high) - q_high * (most - high)) / most - (q - q_high)
    step = (q * 64.0 + ROUNDER) - ROUNDER
    step = step * (step >= _FIRST_STEP)
    c = step * 0.015625
    below = 1.0 + c * q
    t = (q - c) / below
    z = t * t
    p = (((ATAN_4 * z + ATAN_3) * z + ATAN_2) * z + ATAN_1) * z + ATAN_0
    return step, t, q_rest / below + (t * z) * p


def atan2(y: float, x: float) -> float:
    """Return the angle of the point (x, y) in radians, by the quadrant, with signed zeros."""
    ay, ax = abs(y), abs(x)
    least, most, i = (ay, ax, 0) if ay <= ax else (ax, ay, _CASE_START)
    if x < 0.0:
        i += 2 * _CASE_START
    if not (most <= _LARGE and (least >= _SMALL or least == 0.0 < most)):
        if x != x or y != y:
            return NAN
        if x == 0.0 and math.copysign(1.0, x) < 0.0:
            i += 2 * _CASE_START
        least, most = _brought_near(least, most)
    step, t, rest = octant_angle(least, most)
    is_turned = _CASE_START <= i < 3 * _CASE_START
    i += math.floor(step)
    if is_turned:
        return math.copysign(_HIGHS[i] + (-t + (-rest + _LOWS[i])), y)
    return math.copysign(_HIGHS[i] + (t + (rest + _LOWS[i])), y)


def atan(x: float) -> float:
    """Return the arctangent in radians."""
    return atan2(x, 1.0)


def _brought_near(least: float, most: float) -> tuple[float, float]:
    """Return two numbers with the same quotient, neither huge nor tiny unless it is."""
    if least == most:
        return (0.0 if most == 0.0 else 1.0), 1.0
    if most == math.inf or math.frexp(most)[1] - math.frexp(least)[1] > _NEGLIGIBLE:
        return least / most, 1.0
    down = -math.frexp(most)[1]
    return math.ldexp(least, down), math.ldexp(most, down)


_ONE: Final = np.array(1.0)


def atan2_block(y: Block, x: Block) -> Block:
    """Return the angles of a block of points."""
    ay, ax = np.abs(y), np.abs(x)
    least, most = np.minimum(ay, ax), np.maximum(ay, ax)
    value = np.copysign(_angle(least, most, ay > ax, x < 0.0), y)
    usual = (most <= _LARGE) & ((least >= _SMALL) | ((least == 0.0) & (most > 0.0)))
    return patch(value, usual, atan2, _far_atan2_block, y, x)


def _angle(least: Block, most: Block, steep: Bools, left: Bools) -> Block:
    """Return the size of an angle from those of the coordinates, and which quadrant it is."""
    step, t, rest = octant_angle(least, most)
    turned = steep != left
    index = (step + (_CASE_START * steep + 2.0 * _CASE_START * left)).astype(np.intp)
    # Of a NaN the index may be anything, and of what is done anew.
    high, low = _HIGH_TABLE.take(index, mode="clip"), _LOW_TABLE.take(index, mode="clip")
    value: Block = high + (negate_where(t, turned) + (negate_where(rest, turned) + low))
    return value


def _far_atan2_block(y: Block, x: Block) -> Block:
    """Return the angles of any points, as `atan2` does for those that are huge or tiny."""
    ay, ax = np.abs(y), np.abs(x)
    near = _brought_near_block(np.minimum(ay, ax), np.maximum(ay, ax))
    return one_nan(np.copysign(_angle(*near, ay > ax, np.signbit(x)), y))


def _brought_near_block(least: Block, most: Block) -> tuple[Block, Block]:
    """Do for blocks what `_brought_near` does; NaNs stay."""
    places = np.frexp(most)[1]
    negligible = (most == math.inf) | (places - np.frexp(least)[1] > _NEGLIGIBLE)
    low = choose(negligible, least / most, np.ldexp(least, -places))
    high = choose(negligible, _ONE, np.ldexp(most, -places))
    equal = least == most
    low[equal], high[equal] = most[equal] != 0.0, 1.0
    return low, high


def atan_block(x: Block) -> Block:
    """Return the arctangents of a block."""
    return atan2_block(x, np.ones_like(x))
