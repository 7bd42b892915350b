"""Angles to quarter turns: x = n * pi/2 + r, |r| <= pi/4, with r far beyond double precision.

Below 2^20 pi/2 is subtracted in four parts (Cody and Waite). Above, x * 2/pi is computed in
integers with as many bits of 2/pi as there is need for (the idea of Payne and Hanek).
"""

import math
from typing import Final

import numpy as np

from irrun.numerics.blocks import FEW, Block, Real, all_true
from irrun.numerics.formulas.constants import (
    HALF_PI_1,
    HALF_PI_2,
    HALF_PI_3,
    HALF_PI_4,
    HALF_PI_192,
    TWO_OVER_PI,
    TWO_OVER_PI_1280,
)
from irrun.numerics.formulas.huge_angles import quarter_turns_of_huge_block
from irrun.numerics.formulas.parts import ROUNDER

ORDINARY: Final = 1048576.0
"""2^20: the largest |x| for which `quarter_turns` is exact enough."""

MINUS_ORDINARY: Final = -ORDINARY
"""Has a name, as other limits here, since the minus sign would be one operation more per call."""

_FRACTION_BITS: Final = 192
_FRACTION: Final = 1 << _FRACTION_BITS
_SCALE_BITS: Final = 1280


def quarter_turns(x: Real) -> tuple[Real, Real, Real]:
    """Return n, r and the excess of r for |x| <= 2^20: x = n pi/2 + r - excess.

    n has at most 20 bits, so its products with the first three parts are exact, and so is every
    difference but two, whose rounding errors go into the excess. It is +0 where n is 0.
    """
    n = (x * TWO_OVER_PI + ROUNDER) - ROUNDER
    first = x - n * HALF_PI_1
    part = n * HALF_PI_2
    second = first - part
    error = (first - second) - part
    part = n * HALF_PI_3
    r = second - part
    return n, r, n * HALF_PI_4 - (error + ((second - r) - part))


def quarter_turns_of_huge(x: float) -> tuple[float, float, float]:
    """Return n modulo 4, r and its excess for any finite x, in integer arithmetic."""
    fraction, exponent = math.frexp(abs(x))
    mantissa = int(fraction * 9007199254740992.0)
    shift = _SCALE_BITS - _FRACTION_BITS - (exponent - 53)
    turns = (mantissa * TWO_OVER_PI_1280) >> shift
    n = (turns + (_FRACTION >> 1)) >> _FRACTION_BITS
    rest = (turns - (n << _FRACTION_BITS)) * HALF_PI_192
    # Python rounds an integer to the nearest double, ties to even.
    high = float(rest)
    low = float(rest - int(high))
    r, excess = math.ldexp(high, -2 * _FRACTION_BITS), -math.ldexp(low, -2 * _FRACTION_BITS)
    return (float(n & 3), r, excess) if x > 0.0 else (float(-n & 3), -r, -excess)


# --- Blocks -----------------------------------------------------------------------------------

_LIMIT: Final = np.array(ORDINARY)


def reduced_block(x: Block) -> tuple[Block, Block, Block, bool]:
    """Return n (of huge angles modulo 4), r and its excess, and whether none can be NaN.

    r and excess of an angle that is no number, or infinite, are NaNs of any kind.
    """
    n, r, excess = quarter_turns(x)
    size = np.abs(x)
    if all_true(size <= _LIMIT):
        return n, r, excess, True
    at = np.flatnonzero((size > ORDINARY) & (size < math.inf))
    if at.size > FEW:
        n[at], r[at], excess[at] = quarter_turns_of_huge_block(x[at])
    else:
        for i in at.tolist():
            n[i], r[i], excess[i] = quarter_turns_of_huge(float(x[i]))
    return n, r, excess, False
