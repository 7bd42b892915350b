"""Remainders of huge quotients, many at once: the C library takes a bit of the quotient at a time.

With x and m the mantissas of a and b, integers of 53 bits, and d how many places a is beyond b, it
is x 2^d mod m, in units of b's last place. The power is squared together from a small one, in exact
products of doubles (Dekker). Integers mod m are kept between -m/2 and m/2: no sum has more than 53
bits then.
"""

from typing import Final

import numpy as np

from irrun.numerics.blocks import BLOCK, Block
from irrun.numerics.formulas.parts import high_part

_PLACES: Final = 53
_FIRST_POWER: Final = 50
"""The largest power of two that is less than half of any m, whose places are above 52."""

Cut = tuple[Block, Block]
"""A number as a sum of two with 26 bits each."""


def far_remainder(a: Block, b: Block) -> Block:
    """Return a % b truncated, with the sign of a, for finite |a| >= |b| > 0; exact, as `fmod`."""
    result = np.empty_like(a)
    for start in range(0, a.size, BLOCK):
        part = slice(start, start + BLOCK)
        result[part] = _block(a[part], b[part])
    return result


def _block(a: Block, b: Block) -> Block:
    x, a_place = np.frexp(np.abs(a))
    m, b_place = np.frexp(np.abs(b))
    x, m = np.ldexp(x, _PLACES), np.ldexp(m, _PLACES)
    places = a_place - b_place
    cut_m = _cut(m)
    squares = max(0, (int(places.max()) // (_FIRST_POWER + 1)).bit_length())
    power = np.ldexp(1.0, places >> squares)
    for i in reversed(range(squares)):
        cut = _cut(power)
        power = _product(power, cut, power, cut, m, cut_m)
        power = _mod(power * (1 + (places >> i & 1)), m)
    x = _mod(x, m)
    rest = _product(x, _cut(x), power, _cut(power), m, cut_m)
    rest += m * (rest < 0.0)
    result: Block = np.copysign(np.ldexp(rest, b_place - _PLACES), a)
    return result


def _cut(x: Block) -> Cut:
    high = high_part(x)
    return high, x - high


def _lost(product: Block, a: Cut, b: Cut) -> Block:
    """Return what the rounded product of two numbers lacks, exactly."""
    return a[1] * b[1] - (((product - a[0] * b[0]) - a[1] * b[0]) - a[0] * b[1])


def _mod(x: Block, m: Block) -> Block:
    """Return x less a multiple of m, between -m/2 and m/2; x is an integer of up to 2 m."""
    rest: Block = x - np.rint(x / m) * m
    return rest


def _product(a: Block, cut_a: Cut, b: Block, cut_b: Cut, m: Block, cut_m: Cut) -> Block:
    """Return a b less a multiple of m, between -m/2 and m/2."""
    product = a * b
    quotient = np.rint(product / m)  # wrong by one at most
    multiple = quotient * m
    rest = _lost(product, cut_a, cut_b) - _lost(multiple, _cut(quotient), cut_m)
    return _mod((product - multiple) + rest, m)
