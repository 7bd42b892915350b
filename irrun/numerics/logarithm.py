"""Logarithm and power.

x = 2^k z with z between 0.707 and 1.414. j is the integer nearest to 512 / z, and
r = z j / 512 - 1 is exact: it is a multiple of 2^-62 below 2^-10, or of 2^-61 below 2^-9.4. Then
log x = k log 2 - log(j / 512) + log(1 + r), the middle term from a table.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from irrun.numerics.blocks import (
    NAN,
    Bits,
    Block,
    Bools,
    Real,
    bits,
    doubles,
    for_blocks,
    negate_where,
    patch,
)
from irrun.numerics.constants import (
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
    LOG_4,
    LOG_HI,
    LOG_LO,
    STEPS_OVER_LN2,
)  # fmt: skip
from irrun.numerics.exponential import NORMAL, POWERS, far_exp, scaled_exp_block
from irrun.numerics.parts import ROUNDER, SPLITTER

_LOWEST: Final = 0.70703125
"""z is from here up to twice this."""

_LOWEST_BITS: Final = 0x3FE6_A000_0000_0000
"""The bits of `_LOWEST`."""

_LEAST_NORMAL: Final = 2.0**-1022
_HIGHS: Final = (0.0,) * 362 + LOG_HI
_LOWS: Final = (0.0,) * 362 + LOG_LO
"""The tables with j = 362 at 362."""


def log_rest(z: Real) -> tuple[Real, Real]:
    """Return j and r = z j / 512 - 1, exactly: z is cut so that both products are exact."""
    j = (512.0 / z + ROUNDER) - ROUNDER
    high = (z + 33554432.0) - 33554432.0
    factor = j * 0.001953125
    return j, (high * factor - 1.0) + (z - high) * factor


def log_sum(k: Real, high: Real, low: Real, r: Real) -> Real:
    """Return k log 2 + (high + low) + log(1 + r); `k * LN2_HI + high` is exact."""
    main = k * LN2_HI + high
    total = main + r
    lost = ((main - total) + r) + (k * LN2_LO + low)
    square = r * r
    p = (((LOG_4 * r + LOG_3) * r + LOG_2) * r + LOG_1) * r + LOG_0
    return total + (lost + ((square * r) * p - 0.5 * square))


def power_parts(k: Real, high: Real, low: Real, r: Real, b: Real) -> tuple[Real, Real, Real]:
    """Return b * log a nearly, and its exponential as n and growth, as `far_exp` takes them.

    First the logarithm k log 2 + (high + low) + log(1 + r) as a sum of two, to about 67 bits: r
    is cut to 2^-33, so that the square of its high part is exact. Then the product, both factors
    cut to 26 bits. What follows is `exp_rest` and `exp_growth`, written out: a call costs as much
    as five operations.
    """
    main = k * LN2_HI + high
    total = main + r
    lost = ((main - total) + r) + (k * LN2_LO + low)
    p = (((LOG_4 * r + LOG_3) * r + LOG_2) * r + LOG_1) * r + LOG_0
    cut = (r + 786432.0) - 786432.0
    half = cut * -0.5
    square = cut * half
    first = total + square
    lost = (lost + ((total - first) + square)) + (r - cut) * (half + r * -0.5)
    lost = lost + (r * r) * r * p
    value = first + lost
    scaled = value * SPLITTER
    cut = scaled - (scaled - value)
    scaled = b * SPLITTER
    b_cut = scaled - (scaled - b)
    product = b_cut * cut
    rest = (b - b_cut) * cut + b * ((value - cut) + ((first - value) + lost))
    n = (product * STEPS_OVER_LN2 + ROUNDER) - ROUNDER
    r = ((product - n * LN2_STEP_1) - n * LN2_STEP_2) + rest
    return product, n, r + (r * r) * ((EXP_2 * r + EXP_1) * r + EXP_0)


_log_rest, _log_sum = for_blocks(log_rest), for_blocks(log_sum)
_power_parts = for_blocks(power_parts)
_LOWEST_PLACE, _FIELD, _NORMALS = np.array(_LOWEST_BITS), np.array(52), np.array(1 << 52)
_BEYOND_NORMALS: Final = np.array((0x7FE << 52), np.uint64)
_HIGH_TABLE, _LOW_TABLE = np.array(_HIGHS), np.array(_LOWS)


def _is_normal(whole: Bits) -> Bools:
    """True where bits are those of a positive normal number: their place among the normals."""
    place: NDArray[np.uint64] = (whole - _NORMALS).view(np.uint64)
    return place < _BEYOND_NORMALS


def _parts_of_block(whole: Bits) -> tuple[Block, Block, Block, Block]:
    """Return k, the table's high and low entry, and r, for the bits of positive normal numbers."""
    k = (whole - _LOWEST_PLACE) >> _FIELD
    j, r = _log_rest(doubles(whole - (k << _FIELD)))
    i = j.astype(np.intp)
    # Of other numbers j may be anything; they are done anew by the scalar form.
    high, low = _HIGH_TABLE.take(i, mode="clip"), _LOW_TABLE.take(i, mode="clip")
    return k.astype(np.float64), high, low, r


def log(x: float) -> float:
    """Return the natural logarithm; -Infinity for 0, NaN below."""
    if not 0.0 < x < math.inf:
        return -math.inf if x == 0.0 else math.inf if x > 0.0 else NAN
    z, k = math.frexp(x)
    if z < _LOWEST:
        z, k = z + z, k - 1
    j, r = log_rest(z)
    i = math.floor(j)
    return log_sum(float(k), _HIGHS[i], _LOWS[i], r)


def log_block(x: Block) -> Block:
    """Return the natural logarithms of a block."""
    whole = bits(x)
    value = _log_sum(*_parts_of_block(whole))
    return patch(value, _is_normal(whole), log, x)


# --- Power ------------------------------------------------------------------------------------

_LARGEST_EXPONENT: Final = 2.0**70
"""A larger power of anything but 1 is 0 or infinite."""


def power(a: float, b: float) -> float:
    """Return a to the b by ECMAScript's table of cases, which differs from C's for a = 1 and -1."""
    if not (0.0 < a < math.inf and -_LARGEST_EXPONENT < b < _LARGEST_EXPONENT):
        return _special_power(a, b)
    z, k = math.frexp(a)
    if z < _LOWEST:
        z, k = z + z, k - 1
    j, r = log_rest(z)
    i = math.floor(j)
    product, n, growth = power_parts(float(k), _HIGHS[i], _LOWS[i], r, b)
    if not -NORMAL <= product <= NORMAL:
        return far_exp(n, growth)
    step = math.floor(n)
    high, low = POWERS[step & 255]
    return math.ldexp(high + (low + high * growth), step >> 8)


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
    if a < 0.0 and size != math.inf and not whole:
        return NAN
    is_odd = b - b == 0.0 and whole and math.fmod(b, 2.0) != 0.0
    negative = is_odd and math.copysign(1.0, a) < 0.0
    value = _power_of_size(size, b)
    return -value if negative else value


def _power_of_size(size: float, b: float) -> float:
    """Return size to the b for size >= 0 and any b but 0 and NaN."""
    if size == 1.0:
        return 1.0
    if size == 0.0 or size == math.inf or abs(b) >= _LARGEST_EXPONENT:
        return math.inf if (size > 1.0) == (b > 0.0) else 0.0
    return power(size, b)


def power_block(a: Block, b: Block) -> Block:
    """Return powers of a block of bases and a block of exponents."""
    whole = bits(np.abs(a))
    product, n, growth = _power_parts(*_parts_of_block(whole), b)
    value = scaled_exp_block(n, growth)
    usual = _is_normal(whole) & (np.abs(product) <= _NORMAL)
    if np.bitwise_or.reduce(bits(a), initial=0) < 0:  # the sign of any
        negative = a < 0.0
        integer = np.floor(b) == b
        half = 0.5 * b
        value = negate_where(value, negative & integer & (np.floor(half) != half))
        value[negative & ~integer] = NAN
    return patch(value, usual, power, a, b)


_NORMAL: Final = np.array(NORMAL)
