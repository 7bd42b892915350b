"""Sine, cosine, tangent."""

from collections.abc import Iterator
from math import floor
from typing import Final, TypeAlias

import numpy as np

from irrun.numerics.blocks import NAN, Block, Real, bits, choose, doubles, one_nan
from irrun.numerics.formulas.constants import (
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
    TAN_0,
    TAN_1,
    TAN_2,
    TAN_3,
    TAN_4,
)
from irrun.numerics.formulas.parts import ROUNDER, SPLITTER
from irrun.numerics.formulas.reduction import (
    MINUS_ORDINARY,
    ORDINARY,
    quarter_turns,
    quarter_turns_of_huge,
    reduced_block,
)
from irrun.numerics.formulas.tables import (
    TAN_HI,
    TAN_LO,
)

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


_PER_RADIAN: Final = 64.0
"""So many steps has the table of tangents."""

_TANGENT_COUNTER: Final = ROUNDER + 52.0
"""Makes a place in the table of a step: it has those from -52 to 52, of a 64th of a radian each."""

Cell: TypeAlias = tuple[Real, Real, Real, Real]
"""Of a step i: c = i / 64, tan c as a sum of two, its slope 1 + tan(c)^2."""


def _tangent_cells() -> Iterator[Cell[float]]:
    """Yield the table. The steps next to 0 are 0: the series alone is better there."""
    rows = [*enumerate(zip(TAN_HI, TAN_LO, strict=True), 4)]
    yield from ((-i / _PER_RADIAN, -t, -low, 1.0 + t * t) for i, (t, low) in reversed(rows))
    yield from [(0.0, 0.0, 0.0, 1.0)] * 7
    yield from ((i / _PER_RADIAN, t, low, 1.0 + t * t) for i, (t, low) in rows)


_CELLS: Final = tuple(_tangent_cells())


def tangent_sum(r: Real, excess: Real, cell: Cell[Real]) -> tuple[Real, Real]:
    """Return tan(r - excess) as a sum of two, for |r| <= pi/4.

    With t = tan(r - excess - c) it is tan c + slope t / (1 - t tan c).
    """
    centre, high, low, slope = cell
    d = r - centre
    z = d * d
    p = (((TAN_4 * z + TAN_3) * z + TAN_2) * z + TAN_1) * z + TAN_0
    bend = (z * d) * p - excess
    t = d + bend
    rise = slope * t / (1.0 - high * t)
    value = high + rise
    return value, ((high - value) + rise) + (low + ((d - t) + bend))


def turned_tangent(value: Real, rest: Real) -> Real:
    """Return -1 / (value + rest), rounded about once.

    The quotient is cut to 26 bits, so that what is left of the numerator is exact, and that
    divided again.
    """
    q = -1.0 / value
    scaled = q * SPLITTER
    q = scaled - (scaled - q)
    scaled = value * SPLITTER
    cut = scaled - (scaled - value)
    return q + ((-1.0 - q * cut) - q * ((value - cut) + rest)) / value


def tan(x: float) -> float:
    """Return the tangent of x radians; NaN for an infinity."""
    n, r, excess = 0.0, x, 0.0
    if not _MINUS_STRAIGHT <= x <= _STRAIGHT:
        if x - x != 0.0:
            return NAN
        n, r, excess = quarter_turns(x) if MINUS_ORDINARY <= x <= ORDINARY else _far_turns(x)
    elif _MINUS_TINY < x < _TINY:
        return x
    cell = _CELLS[floor((r * _PER_RADIAN + _TANGENT_COUNTER) - ROUNDER)]
    value, rest = tangent_sum(r, excess, cell)
    return turned_tangent(value, rest) if floor(n) & 1 else value + rest


# --- Blocks -----------------------------------------------------------------------------------

_TANGENT_STEPS, _TANGENT_COUNTERS = np.array(_PER_RADIAN), np.array(_TANGENT_COUNTER)
_CENTRES, _HIGHS, _LOWS, _ = map(np.array, zip(*_CELLS, strict=True))
_PLACES: Final = np.array(127)
_HALF, _ONE = np.array(0.5), np.array(1.0)
_COUNTER, _NEXT_COUNTER = np.array(ROUNDER), np.array(ROUNDER + 1.0)
_ZERO, _ODD, _TWO, _TO_SIGN = np.array(0), np.array(1), np.array(2), np.array(62)
_SIGN_BIT: Final = np.array(63)


def sin_block(x: Block) -> Block:
    """Return the sines of a block."""
    return _turned_block(x, _COUNTER)


def cos_block(x: Block) -> Block:
    """Return the cosines of a block."""
    return _turned_block(x, _NEXT_COUNTER)


def _turned_block(x: Block, counter: Block) -> Block:
    n, r, excess, is_number = reduced_block(x)
    z = r * r
    half = _HALF * z
    main = _ONE - half
    cosine = main + cosine_rest(r, z, half, main, excess)
    sine = r - sine_drop(r, z, main, excess)
    quarters = bits(n + counter)  # the low bits of the sum are those of n
    # In odd quarters the cosine, from the third on negated: by bits, which takes no branches.
    odd = (quarters << _SIGN_BIT) >> _SIGN_BIT
    sine_bits = bits(sine)
    chosen = ((bits(cosine) ^ sine_bits) & odd) ^ sine_bits
    value = doubles(chosen ^ ((quarters & _TWO) << _TO_SIGN))
    return value if is_number else one_nan(value)


def tan_block(x: Block) -> Block:
    """Return the tangents of a block."""
    n, r, excess, is_number = reduced_block(x)
    # The low bits of the sum are the place. Of what is no number it may be anything.
    place = bits(r * _TANGENT_STEPS + _TANGENT_COUNTERS) & _PLACES
    high, low = _HIGHS.take(place, mode="clip"), _LOWS.take(place, mode="clip")
    cell = (_CENTRES.take(place, mode="clip"), high, low, _ONE + high * high)
    value, rest = tangent_sum(r, excess, cell)
    odd = (bits(n + _COUNTER) & _ODD) != _ZERO
    value = choose(odd, turned_tangent(value, rest), value + rest)
    value = choose(np.abs(x) < _TINY, x, value)
    return value if is_number else one_nan(value)
