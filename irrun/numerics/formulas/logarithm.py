"""Logarithm and power.

x = 2^k z with z from 1/2 up to 1. i is the integer nearest to 4096 z, c a short number near
4096 / i from a table, and r = z c - 1 is exact, as i c / 4096 - 1 and (z - i / 4096) c are. Then
log x = k log 2 - log c + log(1 + r), where |r| < 0.00037, and the middle term is in the table too.
For x near 1 the first two are 0, or cancel to the last bit.
"""

from collections.abc import Iterator
from math import copysign, floor, fmod, frexp, inf, ldexp
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from irrun.numerics.blocks import (
    NAN,
    Bits,
    Block,
    Bools,
    Real,
    all_true,
    bits,
    choose,
    doubles,
    negate_where,
    one_nan,
    patch,
)
from irrun.numerics.formulas.constants import (
    EXP_0,
    EXP_1,
    EXP_2,
    LN2_HI,
    LN2_LO,
    LN2_STEP_1,
    LN2_STEP_2,
    LOG_0,
    LOG_1,
    LOG_2,
    LOG_3,
    STEPS_OVER_LN2,
)
from irrun.numerics.formulas.exponential import (
    POWERS,
    far_exp,
    far_exp_block,
    scaled_exp_block,
)
from irrun.numerics.formulas.parts import ROUNDER, SPLITTER
from irrun.numerics.formulas.tables import (
    LOG_FACTOR,
    LOG_HI,
    LOG_LO,
)

_STEPS: Final = 4096.0
_BEFORE_FIRST: Final = 2047.5
"""The first entry of the table is that of i = 2048; the half is there for rounding by floor."""

Turns: TypeAlias = tuple[Real, Real]
"""k log 2 as a sum of two."""

Cell: TypeAlias = tuple[Real, Real, Real, Real, Real]
"""Of a step i of the table: i / 4096, c, i c / 4096 - 1, and -log c as a sum of two."""


def _cells() -> Iterator[Cell[float]]:
    """Return the table for a single number: one look-up finds all five."""
    factor = np.array(LOG_FACTOR)
    middle = np.arange(2048.0, 4097.0) / _STEPS
    start = (middle * factor - 1.0).tolist()
    return zip(middle.tolist(), LOG_FACTOR, start, LOG_HI, LOG_LO, strict=True)


_CELLS: Final = tuple(_cells())
_TURNS: Final = {k: (k * LN2_HI, k * LN2_LO) for k in range(-1073, 1025)}
"""For every k that a double has."""


def log_sum(turns: Turns[Real], z: Real, cell: Cell[Real]) -> Real:
    """Return k log 2 - log c + log(1 + r); the high parts of the first two add exactly."""
    turned, turned_low = turns
    middle, factor, start, high, low = cell
    r = start + (z - middle) * factor
    main = turned + high
    total = main + r
    lost = ((main - total) + r) + (turned_low + low)
    p = ((LOG_3 * r + LOG_2) * r + LOG_1) * r + LOG_0
    return total + (lost + (r * r) * (r * p - 0.5))


def power_parts(turns: Turns[Real], z: Real, cell: Cell[Real], b: Real) -> tuple[Real, Real]:
    """Return b * log a nearly, as n and growth, of which `far_exp` makes the power.

    First the logarithm as a sum of two, to about 66 bits: r^2 is rounded on the way, and that is
    small beside it. Then the product, both factors cut to 26 bits. What follows is `exp_parts`,
    written out: a call costs as much as five operations.
    """
    turned, turned_low = turns
    middle, factor, start, high, low = cell
    r = start + (z - middle) * factor
    main = turned + high
    square = r * r
    half = square * -0.5
    first = main + (r + half)
    p = ((LOG_3 * r + LOG_2) * r + LOG_1) * r + LOG_0
    lost = (((main - first) + r) + half) + (turned_low + low) + square * (r * p)
    scaled = first * SPLITTER
    cut = scaled - (scaled - first)
    scaled = b * SPLITTER
    b_cut = scaled - (scaled - b)
    product = b_cut * cut
    rest = (b - b_cut) * cut + b * ((first - cut) + lost)
    n = (product * STEPS_OVER_LN2 + ROUNDER) - ROUNDER
    r = ((product - n * LN2_STEP_1) - n * LN2_STEP_2) + rest
    return n, r + (r * r) * ((EXP_2 * r + EXP_1) * r + EXP_0)


_HALF_PLACE, _FIELD, _NORMALS = np.array(0x3FE << 52), np.array(52), np.array(1 << 52)
_CELL, _HALF_CELL, _FIRST_STEP = np.array(41), np.array(1 << 40), np.array(0x3FE << 11)
_BEYOND_NORMALS: Final = np.array((0x7FE << 52), np.uint64)
_LIFT, _LEAST_NORMAL, _NOTHING = 54, 2.0**-1022, np.array(0)
_HALF, _TWO = np.array(0.5), np.array(2.0)
_LN2_HIGH, _LN2_LOW, _ONE = np.array(LN2_HI), np.array(LN2_LO), np.array(1.0)
_FACTOR_TABLE, _HIGH_TABLE, _LOW_TABLE = map(np.array, (LOG_FACTOR, LOG_HI, LOG_LO))


def _is_normal(whole: Bits) -> Bools:
    """True where bits are those of a positive normal number: their place among the normals."""
    place: NDArray[np.uint64] = (whole - _NORMALS).view(np.uint64)
    return place < _BEYOND_NORMALS


def _parts_of_any_block(x: Block) -> tuple[Turns[Block], Block, Cell[Block]]:
    """Return what `log_sum` takes, for positive numbers that may be subnormal."""
    lifted = x < _LEAST_NORMAL
    return _parts_of_block(bits(choose(lifted, x * 2.0**_LIFT, x)), _LIFT * lifted)


def _parts_of_block(whole: Bits, lift: Bits = _NOTHING) -> tuple[Turns[Block], Block, Cell[Block]]:
    """Return what `log_sum` takes, for the bits of positive normal numbers times 2^lift."""
    k = (whole - _HALF_PLACE) >> _FIELD
    z = whole - (k << _FIELD)
    step = (z + _HALF_CELL) >> _CELL
    middle = doubles(step << _CELL)
    # Of other numbers the step may be anything; they are done anew.
    i = step - _FIRST_STEP
    factor, high = _FACTOR_TABLE.take(i, mode="clip"), _HIGH_TABLE.take(i, mode="clip")
    cell = (middle, factor, middle * factor - _ONE, high, _LOW_TABLE.take(i, mode="clip"))
    turns = (k - lift).astype(np.float64)
    return (turns * _LN2_HIGH, turns * _LN2_LOW), doubles(z), cell


def log(x: float) -> float:
    """Return the natural logarithm; -Infinity for 0, NaN below."""
    if 0.0 < x < inf:
        z, k = frexp(x)
        return log_sum(_TURNS[k], z, _CELLS[floor(z * _STEPS - _BEFORE_FIRST)])
    return -inf if x == 0.0 else inf if x > 0.0 else NAN


def log_block(x: Block) -> Block:
    """Return the natural logarithms of a block."""
    whole = bits(x)
    value = log_sum(*_parts_of_block(whole))
    if all_true(_is_normal(whole)):
        return value
    value[x == 0.0], value[x == inf], value[~(x >= 0.0)] = -inf, inf, NAN
    is_subnormal = (x > 0.0) & (x < _LEAST_NORMAL)
    return patch(value, ~is_subnormal, log, _log_of_subnormal, x)


def _log_of_subnormal(x: Block) -> Block:
    return log_sum(*_parts_of_any_block(x))


# --- Power ------------------------------------------------------------------------------------

_LARGEST_EXPONENT: Final = 2.0**70
"""A larger power of anything but 1 is 0 or infinite."""

_NORMAL_STEPS: Final = 261376.0
"""Below this size of n, 2^(n/256) is a normal number for sure."""

_MINUS_NORMAL_STEPS: Final = -_NORMAL_STEPS

_FARTHEST: Final = 2.0**19
"""Beyond this size of n the power is infinite or 0 for sure."""


def power(a: float, b: float) -> float:
    """Return a to the b by ECMAScript's table of cases, which differs from C's for a = 1 and -1."""
    if 0.0 < a < inf:
        z, k = frexp(a)
        n, growth = power_parts(_TURNS[k], z, _CELLS[floor(z * _STEPS - _BEFORE_FIRST)], b)
        if _MINUS_NORMAL_STEPS < n < _NORMAL_STEPS:
            step = floor(n)
            high, low = POWERS[step & 255]
            return ldexp(high + (low + high * growth), step >> 8)
        if -_LARGEST_EXPONENT < b < _LARGEST_EXPONENT:
            return far_exp(n, growth)
    return _special_power(a, b)


def _special_power(a: float, b: float) -> float:
    if b != b:
        return NAN
    if b == 0.0:
        return 1.0
    if a != a:
        return NAN
    size = abs(a)
    if b - b != 0.0 and size == 1.0:
        return NAN
    whole = b - b != 0.0 or b.is_integer()
    if a < 0.0 and size != inf and not whole:
        return NAN
    is_odd = b - b == 0.0 and whole and fmod(b, 2.0) != 0.0
    negative = is_odd and copysign(1.0, a) < 0.0
    value = _power_of_size(size, b)
    return -value if negative else value


def _power_of_size(size: float, b: float) -> float:
    """Return size to the b for size >= 0 and any b but 0 and NaN."""
    if size == 1.0:
        return 1.0
    if size == 0.0 or size == inf or abs(b) >= _LARGEST_EXPONENT:
        return inf if (size > 1.0) == (b > 0.0) else 0.0
    return power(size, b)


def power_block(a: Block, b: Block) -> Block:
    """Return powers of a block of bases and a block of exponents."""
    size = np.abs(a)
    whole = bits(size)
    n, growth = power_parts(*_parts_of_block(whole), b)
    value = scaled_exp_block(n, growth)
    is_normal = _is_normal(whole)
    usual = is_normal & (np.abs(n) < _NORMAL_STEPS)
    if not all_true(usual):
        over, under = is_normal & (n > _FARTHEST), is_normal & (n < -_FARTHEST)
        value[over], value[under] = inf, 0.0
        value = patch(value, usual | over | under, power, _any_power_block, size, b)
    if np.bitwise_or.reduce(bits(a), initial=0) < 0:  # the sign of any
        return _with_signs(value, a, b)
    return value


def _any_power_block(size: Block, b: Block) -> Block:
    """Return powers of any sizes, as `power` and `_power_of_size` do."""
    # Of 0 and infinity a power is that of any number on their side of 1, far enough.
    is_end = (size == 0.0) | (size == inf)
    base = choose(is_end, choose(size == 0.0, _HALF, _TWO), size)
    largest = choose(is_end, np.copysign(_LARGEST_EXPONENT, b), b)
    exponent = np.minimum(np.maximum(largest, -_LARGEST_EXPONENT), _LARGEST_EXPONENT)
    n, growth = power_parts(*_parts_of_any_block(base), exponent)
    growth[np.abs(n) > _FARTHEST] = 0.0  # it is that of a far larger step
    value = far_exp_block(np.minimum(np.maximum(n, -_FARTHEST), _FARTHEST), growth)
    value[(size != size) | (b != b) | ((size == 1.0) & (np.abs(b) == inf))] = NAN
    value[b == 0.0] = 1.0
    return value


def _with_signs(value: Block, a: Block, b: Block) -> Block:
    """Return powers of numbers, given those of their sizes."""
    integer = np.floor(b) == b
    half = 0.5 * b
    value = negate_where(value, np.signbit(a) & integer & (np.floor(half) != half))
    value[(a < 0.0) & (a > -inf) & ~integer] = NAN
    return one_nan(value)
