"""The exponential function and the hyperbolic tangent.

e^x = 2^e * 2^(i/256) * e^r with 256 e + i = n the integer nearest to 256 x / ln 2, and |r| below
0.0014 (the table method of P. T. P. Tang).
"""

from math import copysign, floor, inf, ldexp
from typing import Final

import numpy as np

from irrun.numerics.blocks import NAN, Bits, Block, Real, bits, choose, doubles, for_blocks, patch
from irrun.numerics.constants import (
    EXP_0,
    EXP_1,
    EXP_2,
    EXP_HI,
    EXP_LO,
    LN2_STEP_1,
    LN2_STEP_2,
    STEPS_OVER_LN2,
    TANH_0,
    TANH_1,
    TANH_2,
    TANH_3,
    TANH_4,
    TANH_5,
    TANH_6,
    TANH_7,
    TANH_8,
)  # fmt: skip
from irrun.numerics.parts import ROUNDER, SPLITTER

OVERFLOW: Final = 709.79
"""Above this e^x is infinite for sure."""

UNDERFLOW: Final = -745.2
"""Below this e^x is 0 for sure."""

NORMAL: Final = 708.0
"""Up to this size of x e^x is a normal number for sure."""

_MINUS_NORMAL: Final = -NORMAL

POWERS: Final = tuple(zip(EXP_HI, EXP_LO, strict=True))
"""2^(i/256) as a sum of two, for a single number: one look-up is faster than two."""

_ROUNDER: Final = np.array(ROUNDER)
_HIGH_TABLE, _LOW_TABLE = np.array(EXP_HI), np.array(EXP_LO)


def exp_parts(x: Real) -> tuple[Real, Real]:
    """Return n, the integer nearest to 256 x / ln 2, and the growth e^(x - n ln 2 / 256) - 1.

    n has at most 19 bits, so that its first product and the first difference are exact.
    """
    n = (x * STEPS_OVER_LN2 + ROUNDER) - ROUNDER
    r = (x - n * LN2_STEP_1) - n * LN2_STEP_2
    return n, r + (r * r) * ((EXP_2 * r + EXP_1) * r + EXP_0)


def exp(x: float) -> float:
    """Return e to the x; an infinity where it is too large."""
    if _MINUS_NORMAL <= x <= NORMAL:
        n, growth = exp_parts(x)
        step = floor(n)
        high, low = POWERS[step & 255]
        return ldexp(high + (low + high * growth), step >> 8)
    if UNDERFLOW <= x <= OVERFLOW:
        return far_exp(*exp_parts(x))
    return NAN if x != x else 0.0 if x < 0.0 else inf


def far_exp(n: float, growth: float) -> float:
    """Return 2^(n/256) (1 + growth) for any n, rounded once also where it is subnormal.

    A product is: `ldexp` cuts subnormal numbers off on some systems.
    """
    step = floor(n)
    high, low = POWERS[step & 255]
    value, e = high + (low + high * growth), step >> 8
    if e > 0:
        return ldexp(value, e - 2) * 4.0 if e <= 1024 else inf
    return ldexp(value, e + 200) * 2.0**-200 if e >= -1076 else 0.0


# Of integers too: an array is made once, an operand of Python every time.
_STEP_MASK, _STEP_BITS, _BIAS, _FIELD = np.array(255), np.array(8), np.array(1023), np.array(52)
_exp_parts = for_blocks(exp_parts)


def exp_block(x: Block) -> Block:
    """Return e to the power of each number of a block."""
    value = scaled_exp_block(*_exp_parts(x))
    usual = np.abs(x) <= NORMAL
    if np.logical_and.reduce(usual):
        return value
    # Most of what is not usual is far out; the scalar form does the little in between.
    over, under = x > OVERFLOW, x < UNDERFLOW
    value[over], value[under] = inf, 0.0
    return patch(value, usual | over | under, exp, x)


def power_of_two(e: Bits) -> Block:
    """Return 2^e for normal numbers; anything elsewhere."""
    return doubles((e + _BIAS) << _FIELD)


def scaled_exp_block(n: Block, growth: Block) -> Block:
    """Return 2^(n/256) (1 + growth) where it is a normal number; anything elsewhere."""
    steps: Bits = bits(n + _ROUNDER)  # the low bits of the sum are those of n
    i = steps & _STEP_MASK
    high = _HIGH_TABLE.take(i)
    value: Block = high + (_LOW_TABLE.take(i) + high * growth)
    # Adding e to the exponent field multiplies by 2^e.
    return doubles(bits(value) + ((steps >> _STEP_BITS) << _FIELD))


# --- Hyperbolic tangent -----------------------------------------------------------------------

_NEAR_ZERO: Final = 0.35
"""Up to here a polynomial; above, 1 - 2 / (e^2x + 1)."""

_MINUS_NEAR_ZERO: Final = -_NEAR_ZERO

_FLAT: Final = 22.0
"""From here on the result is 1."""


def tanh_near_zero(x: Real) -> Real:
    """Return tanh x for |x| <= 0.35."""
    z = x * x
    p = (((TANH_8 * z + TANH_7) * z + TANH_6) * z + TANH_5) * z + TANH_4
    p = (((p * z + TANH_3) * z + TANH_2) * z + TANH_1) * z + TANH_0
    return x + x * (z * p)


def tanh_of_power(high: Real, low: Real) -> Real:
    """Return 1 - 2 / (E + 1) for E = high + low > 2.

    The quotient is cut to 26 bits, so that 1 minus it is exact, and what is left of the
    numerator too.
    """
    power = high + low
    below = power + 1.0
    low = ((power - below) + 1.0) + ((high - power) + low)
    q = 2.0 / below
    scaled = q * SPLITTER
    q = scaled - (scaled - q)
    scaled = below * SPLITTER
    b = scaled - (scaled - below)
    rest = ((2.0 - q * b) - q * ((below - b) + low)) / below
    return (1.0 - q) - rest


def tanh(x: float) -> float:
    """Return the hyperbolic tangent."""
    if _MINUS_NEAR_ZERO <= x <= _NEAR_ZERO:
        return tanh_near_zero(x) if x else x  # the sum would lose the sign of a zero
    size = x if x > 0.0 else -x
    if not size < _FLAT:
        return NAN if x != x else copysign(1.0, x)
    n, growth = exp_parts(size + size)
    step = floor(n)
    high, low = POWERS[step & 255]
    scale = ldexp(1.0, step >> 8)
    value = tanh_of_power(high * scale, (low + high * growth) * scale)
    return value if x > 0.0 else -value


_tanh_near_zero, _tanh_of_power = for_blocks(tanh_near_zero), for_blocks(tanh_of_power)


def tanh_block(x: Block) -> Block:
    """Return the hyperbolic tangents of a block."""
    size = np.minimum(np.abs(x), _FLAT)
    n, growth = _exp_parts(size + size)
    steps: Bits = bits(n + _ROUNDER)
    i, scale = steps & _STEP_MASK, power_of_two(steps >> _STEP_BITS)
    high = _HIGH_TABLE.take(i)
    far = _tanh_of_power(high * scale, (_LOW_TABLE.take(i) + high * growth) * scale)
    value = np.copysign(choose(size <= _NEAR_ZERO, _tanh_near_zero(x), far), x)
    return patch(value, x == x, tanh, x)
