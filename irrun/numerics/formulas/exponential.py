"""The exponential function.

e^x = 2^e * 2^(i/256) * e^r with 256 e + i = n the integer nearest to 256 x / ln 2, and |r| below
0.0014 (the table method of P. T. P. Tang).
"""

from math import floor, inf, ldexp
from typing import Final

import numpy as np

from irrun.numerics.blocks import NAN, Bits, Block, Real, all_true, bits, doubles, patch
from irrun.numerics.formulas.constants import (
    EXP_0,
    EXP_1,
    EXP_2,
    LN2_STEP_1,
    LN2_STEP_2,
    STEPS_OVER_LN2,
)
from irrun.numerics.formulas.parts import ROUNDER
from irrun.numerics.formulas.tables import (
    EXP_HI,
    EXP_LO,
)

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


def exp_block(x: Block) -> Block:
    """Return e to the power of each number of a block."""
    value = scaled_exp_block(*exp_parts(x))
    usual = np.abs(x) <= NORMAL
    if all_true(usual):
        return value
    over, under, no_number = x > OVERFLOW, x < UNDERFLOW, x != x
    value[over], value[under], value[no_number] = inf, 0.0, NAN
    return patch(value, usual | over | under | no_number, exp, _far_exp_of_block, x)


def _far_exp_of_block(x: Block) -> Block:
    return far_exp_block(*exp_parts(x))


def scaled_exp_block(n: Block, growth: Block) -> Block:
    """Return 2^(n/256) (1 + growth) where it is a normal number; anything elsewhere."""
    steps: Bits = bits(n + _ROUNDER)  # the low bits of the sum are those of n
    i = steps & _STEP_MASK
    high = _HIGH_TABLE.take(i)
    value: Block = high + (_LOW_TABLE.take(i) + high * growth)
    # Adding e to the exponent field multiplies by 2^e.
    return doubles(bits(value) + ((steps >> _STEP_BITS) << _FIELD))


def far_exp_block(n: Block, growth: Block) -> Block:
    """Return 2^(n/256) (1 + growth) as `far_exp` does; |n| < 2^51."""
    steps = bits(n + _ROUNDER) - bits(_ROUNDER)
    i = steps & _STEP_MASK
    high = _HIGH_TABLE.take(i)
    value: Block = high + (_LOW_TABLE.take(i) + high * growth)
    # By two factors, the first so that nothing is rounded yet: beyond these ends all is the same.
    e = np.minimum(np.maximum(steps >> _STEP_BITS, -1100), 1025)
    is_large = e > 0
    first = doubles((e + (np.where(is_large, -2, 200) + _BIAS)) << _FIELD)
    value *= first
    value *= np.where(is_large, 4.0, 2.0**-200)
    return value
