"""Whole numbers out of doubles (runtime-semantics 0.3).

What a document or a run gives may be NaN, an infinity or 1e308, and `int`, `math.floor` and
`range` stop at them or do not come to an end. So they stand here, behind checks, and nowhere else
on the paths of values; `tools/lint_numerics.py` keeps it so.
"""

import math
from typing import Final

from irrun.numerics.scalar import divide, floor

MOST: Final = 2**53 - 1
"""Up to here a double tells every whole number from its neighbours."""

NEARLY: Final = 1e-9
"""How far, relative to it, a number may be from a whole one and still be meant as that."""


def whole(x: float, least: int = -MOST, most: int = MOST) -> int | None:
    """Return the whole number that x is; None for a fraction, NaN, or beyond the bounds."""
    if not least <= x <= most:
        return None
    found = int(x)
    return found if found == x else None


def whole_part(x: float, least: int = -MOST, most: int = MOST) -> int | None:
    """Return x rounded down and held within the bounds; None for NaN."""
    if x != x:
        return None
    if x < least:
        return least
    return most if x >= most else math.floor(x)


def settled(x: float) -> float:
    """Return the whole number that x is within 1e-9 of, relative to it; else x itself.

    A duration that was meant to be six frames long is a little more than six, or a little less.
    """
    if not -MOST < x < MOST:
        return x
    nearest = floor(x + 0.5)
    return nearest if abs(x - nearest) <= NEARLY * abs(nearest) else x


def whole_frames(duration: float, frame: float) -> float:
    """Return how many whole frames a duration takes, rounded down (section 6.7).

    A quotient that is nearly a whole number is that number. NaN and infinities pass through.
    """
    return floor(settled(divide(duration, frame)))
