"""Huge angles to quarter turns, many at once: what `quarter_turns_of_huge` does, to the bit.

NumPy has no long integers. Here they are limbs of 28 bits, the lowest first: rows of an int64
array with a column for each angle. Products of limbs have 56 bits, so that sums of several fit.
A long number is negative by its highest limb alone, its head; the others are below 2^28.
"""

from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np

from irrun.numerics.blocks import Bits, Block, Bools, all_true, bits
from irrun.numerics.formulas.constants import HALF_PI_192, HALF_PI_HI, TWO_OVER_PI_1280

LIMB: Final = 28
_MASK: Final = (1 << LIMB) - 1

_AT_ONCE: Final = 1024
"""Angles that are worked on at once: all their limbs fit the cache."""

GUARDS: Final = 5
"""Limbs below a count of turns that matter only by what they carry into it.

What is below these never carries so far: tests/numerics/test_huge_angles.py proves it.
"""

TURNS: Final = 7
"""Limbs of a count of quarter turns: 192 bits behind the point, 4 before it."""

_POINT: Final = 192 - (TURNS - 1) * LIMB
"""Where the point is in the highest of them."""

FIRST_FIELD: Final = 1023 + 12
"""The exponent field of the least angle, 2^12."""

BASE: Final = 2.0**-384
"""What the lowest bit of a turn's fraction times `HALF_PI_192` stands for."""

_SMALL: Final = 1 << 25
"""A head below this can take a limb, and be exact as a double yet."""


def _limbs(number: int, count: int) -> list[int]:
    return [(number >> (LIMB * i)) & _MASK for i in range(count)]


_HALF_PI: Final = _limbs(HALF_PI_192, TURNS)


@cache
def windows() -> Bits:
    """Return the limbs of 2/pi that count for an angle, a column for each exponent field.

    Shape (guards + turns, 1012). What is above them makes whole rounds only.
    """
    found = []
    for field in range(FIRST_FIELD, 2047):
        # An angle is m 2^(field - 1075). Its turns are cut 192 bits behind the point.
        lowest = 1280 - 192 - (field - 1075) - GUARDS * LIMB
        number = TWO_OVER_PI_1280 >> lowest if lowest > 0 else TWO_OVER_PI_1280 << -lowest
        found.append(_limbs(number, GUARDS + TURNS))
    return np.array(found, np.int64).T.copy()


def _product(angles: Bits, least: int) -> Bits:
    """Return angles times 2/pi, as sums of products from this limb on: nothing is carried yet."""
    mantissa = (angles & ((1 << 52) - 1)) | (1 << 52)
    field = (angles >> 52) & 0x7FF
    window = windows()[least:].take(field - FIRST_FIELD, axis=1, mode="clip")
    found: Bits = window * (mantissa & _MASK)
    window *= mantissa >> LIMB
    found[1:] += window[:-1]
    return found


def near_angles(x: Block) -> Block:
    """Return angles of at most half a turn for any of at least 2^12, less whole turns, to 2^-50."""
    last, low, middle, top = _product(bits(x), GUARDS + TURNS - 4)
    low += last >> LIMB
    middle += low >> LIMB
    top += middle >> LIMB
    top <<= 63 - (_POINT + 1)  # whole turns are shifted out: four quarters
    top >>= 63 - (_POINT + 1)
    lower = (low & _MASK) * 2.0**-LIMB + (middle & _MASK)
    quarters: Block = (lower * 2.0**-LIMB + top) * 2.0**-_POINT
    quarters *= np.copysign(HALF_PI_HI, x)
    return quarters


def quarter_turns_of_huge_block(x: Block) -> tuple[Block, Block, Block]:
    """Return n modulo 4, r and its excess for finite angles of at least 2^12, any number."""
    n, r, excess = np.empty_like(x), np.empty_like(x), np.empty_like(x)
    for start in range(0, x.size, _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        n[part], r[part], excess[part] = _quarter_turns(x[part])
    return n, r, excess


def _quarter_turns(x: Block) -> tuple[Block, Block, Block]:
    turns = _product(bits(x), 0)
    _carry(turns)
    turns &= _MASK
    turns = turns[GUARDS:]
    top = turns[-1]
    n = (top + (1 << (_POINT - 1))) >> _POINT
    top -= n << _POINT
    r, rest = two_doubles(*_times_half_pi(turns))
    sign = np.copysign(1.0, x)
    return ((n * sign.astype(np.int64)) & 3).astype(np.float64), r * sign, rest * -sign


def _times_half_pi(turns: Bits) -> tuple[Bits, Bits]:
    """Return signed fractions of a turn times pi/2: head, and the other limbs."""
    found = np.zeros((2 * TURNS, turns.shape[1]), np.int64)
    for i, limb in enumerate(_HALF_PI):
        found[i : i + TURNS] += turns * limb
    _carry(found)
    rest = found[:-1]
    rest &= _MASK
    return found[-1], rest


def _carry(limbs: Bits) -> None:
    """Add to each limb what the one below it has too much; that stays in there too."""
    for low, high in pairwise(limbs):
        high += low >> LIMB


# --- Long numbers to doubles ------------------------------------------------------------------


def two_doubles(head: Bits, limbs: Bits) -> tuple[Block, Block]:
    """Return the doubles nearest to long numbers, and those nearest to what these lack.

    Args:
        head: The highest limbs, below 2^25, not 0 with all limbs 0.
        limbs: The others, shape (limbs, n); they count in units of `BASE`.
    """
    small = _is_small(head)
    if all_true(small):
        return two_doubles((head << LIMB) + limbs[-1], limbs[:-1])
    start = head.astype(np.float64) * 2.0**LIMB
    high = start + _next(limbs)
    rest = (start - high).astype(np.int64) + limbs[-1]
    low = nearest_double(rest, limbs[:-1])
    high *= _unit(limbs)
    if np.count_nonzero(small):
        at = np.flatnonzero(small)
        high[at], low[at] = two_doubles(head[at], limbs[:, at])
    return high, low


def nearest_double(head: Bits, limbs: Bits) -> Block:
    """Return the doubles nearest to long numbers, ties to even; a head is below 2^53."""
    if not len(limbs):
        return head.astype(np.float64) * BASE
    small = _is_small(head)
    if all_true(small):
        return nearest_double((head << LIMB) + limbs[-1], limbs[:-1])
    value = (head.astype(np.float64) * 2.0**LIMB + _next(limbs)) * _unit(limbs)
    if np.count_nonzero(small):
        at = np.flatnonzero(small)
        value[at] = nearest_double(head[at], limbs[:, at])
    return value


def _is_small(head: Bits) -> Bools:
    return (head >= -_SMALL) & (head < _SMALL)


def _unit(limbs: Bits) -> float:
    """Return what 1 in the highest of these limbs stands for."""
    return BASE * 2.0 ** (LIMB * (len(limbs) - 1))


def _next(limbs: Bits) -> Block:
    """Return the highest limbs, and a half more where anything is below them.

    To a head that is not small this does what all limbs would: the sum is 2^53 or more, so that
    doubles, and the middles between two, are whole numbers of this limb.
    """
    below = np.bitwise_or.reduce(limbs[:-1], axis=0, initial=0) != 0
    found: Block = limbs[-1].astype(np.float64) + 0.5 * below
    return found
