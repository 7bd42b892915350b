"""The exponential function and the hyperbolic tangent.

e^x = 2^e * 2^(i/64) * e^r with 64 e + i = n the integer nearest to 64 x / ln 2, and |r| below
0.0055 (the table method of P. T. P. Tang).
"""

import math
from typing import Final

import numpy as np

from irrun.numerics.blocks import NAN, Bits, Block, Real, bits, choose, patch
from irrun.numerics.constants import (
    EXP_0, EXP_1, EXP_2, EXP_3, EXP_HI, EXP_LO, LN2_STEP_1, LN2_STEP_2, STEPS_OVER_LN2, TANH_0,
    TANH_1, TANH_2, TANH_3, TANH_4, TANH_5, TANH_6, TANH_7, TANH_8,
)  # fmt: skip
from irrun.numerics.parts import ROUNDER, SPLITTER

OVERFLOW: Final = 709.79
"""Above this e^x is infinite for sure."""

UNDERFLOW: Final = -745.2
"""Below this e^x is 0 for sure."""

NORMAL: Final = 708.0
"""Up to this size of x e^x is a normal number for sure."""

_SCALES: Final = tuple(math.ldexp(1.0, e) for e in range(-1022, 1024))
"""2^e at 1022 + e."""

_HIGH_TABLE, _LOW_TABLE = np.array(EXP_HI), np.array(EXP_LO)


def exp_step(x: Real) -> Real:
    """Return the integer n nearest to 64 x / ln 2."""
    return (x * STEPS_OVER_LN2 + ROUNDER) - ROUNDER


def exp_rest(x: Real, n: Real) -> Real:
    """Return r = x - n ln 2 / 64; the first difference is exact."""
    return (x - n * LN2_STEP_1) - n * LN2_STEP_2


def exp_growth(r: Real) -> Real:
    """Return e^r - 1 for |r| <= 0.0055."""
    return r + (r * r) * (((EXP_3 * r + EXP_2) * r + EXP_1) * r + EXP_0)


def exp(x: float) -> float:
    """Return e to the x; an infinity where it is too large."""
    if not UNDERFLOW <= x <= OVERFLOW:
        return NAN if x != x else 0.0 if x < 0.0 else math.inf
    n = (x * STEPS_OVER_LN2 + ROUNDER) - ROUNDER
    return scaled_exp(int(n), exp_rest(x, n))


def scaled_exp(n: int, r: float) -> float:
    """Return 2^(n/64) e^r, rounded once also where it is subnormal."""
    growth = exp_growth(r)
    i = n & 63
    high = EXP_HI[i]
    value = high + (EXP_LO[i] + high * growth)
    e = n >> 6
    if -1021 <= e <= 1022:
        return value * _SCALES[e + 1022]
    if e > 0:
        return (value * _SCALES[e - 1 + 1022]) * 2.0
    return (value * _SCALES[e + 200 + 1022]) * _SCALES[-200 + 1022]


def exp_block(x: Block) -> Block:
    """Return e to the power of each number of a block."""
    n = exp_step(x)
    value = scaled_exp_block(n, exp_rest(x, n))
    if np.abs(x).max(initial=0.0) <= NORMAL:
        return value
    value = choose(x > OVERFLOW, np.full_like(x, math.inf), value)
    value = choose(x < UNDERFLOW, np.zeros_like(x), value)
    return patch(value, ~(np.abs(x) <= NORMAL) & ~((x > OVERFLOW) | (x < UNDERFLOW)), exp, x)


def scaled_exp_block(n: Block, r: Block) -> Block:
    """Return 2^(n/64) e^r where it is a normal number; anything elsewhere."""
    growth = exp_growth(r)
    steps: Bits = bits(n + ROUNDER)  # the low bits of the sum are those of n
    i = steps & 63
    high = _HIGH_TABLE.take(i)
    value = high + (_LOW_TABLE.take(i) + high * growth)
    # 2^e is its exponent field alone: (e + 1023) * 2^52.
    return value * (((steps >> 6) + 1023) << 52).view(np.float64)


# --- Hyperbolic tangent -----------------------------------------------------------------------

_NEAR_ZERO: Final = 0.35
"""Up to here a polynomial; above, 1 - 2 / (e^2x + 1)."""

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
    scaled = (2.0 / below) * SPLITTER
    q = scaled - (scaled - 2.0 / below)
    scaled = below * SPLITTER
    b = scaled - (scaled - below)
    rest = ((2.0 - q * b) - q * ((below - b) + low)) / below
    return (1.0 - q) - rest


def tanh(x: float) -> float:
    """Return the hyperbolic tangent."""
    if -_NEAR_ZERO <= x <= _NEAR_ZERO:
        return tanh_near_zero(x)
    size = abs(x)
    if not size < _FLAT:
        return x if x != x else math.copysign(1.0, x)
    doubled = size + size
    n = (doubled * STEPS_OVER_LN2 + ROUNDER) - ROUNDER
    growth = exp_growth(exp_rest(doubled, n))
    step = int(n)
    i, scale = step & 63, _SCALES[(step >> 6) + 1022]
    high = EXP_HI[i]
    value = tanh_of_power(high * scale, (EXP_LO[i] + high * growth) * scale)
    return value if x > 0.0 else -value


def tanh_block(x: Block) -> Block:
    """Return the hyperbolic tangents of a block."""
    size = np.minimum(np.abs(x), _FLAT)
    doubled = size + size
    n = exp_step(doubled)
    growth = exp_growth(exp_rest(doubled, n))
    steps: Bits = bits(n + ROUNDER)
    i, scale = steps & 63, (((steps >> 6) + 1023) << 52).view(np.float64)
    high = _HIGH_TABLE.take(i)
    far = tanh_of_power(high * scale, (_LOW_TABLE.take(i) + high * growth) * scale)
    return choose(size <= _NEAR_ZERO, tanh_near_zero(x), np.copysign(far, x))
