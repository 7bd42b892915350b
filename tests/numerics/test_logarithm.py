"""The table of the logarithm: every step to the remainder is exact, near 1 nothing is left over."""

import math
from fractions import Fraction

from irrun.numerics.formulas.constants import (
    LN2_HI,
    LN2_LO,
)
from irrun.numerics.formulas.logarithm import log
from irrun.numerics.formulas.tables import (
    LOG_FACTOR,
    LOG_HI,
    LOG_LO,
)

FIRST, LAST = 2048, 4096


def ends_of_cell(i: int) -> tuple[float, float]:
    """Return the least and the largest z in [1/2, 1) for which i is the step."""
    least = max(0.5, (i - 0.5) / 4096)
    return least, math.nextafter(min(1.0, (i + 0.5) / 4096), 0.0)


def test_remainder_is_exact() -> None:
    """In every cell r is z c - 1 without an error, at its ends and at odd places inside."""
    for i, factor in zip(range(FIRST, LAST + 1), LOG_FACTOR, strict=True):
        least, largest = ends_of_cell(i)
        for z in (least, largest, (least + largest) / 2, math.nextafter(largest, 0.0)):
            r = (i / 4096 * factor - 1.0) + (z - i / 4096) * factor
            assert Fraction(r) == Fraction(z) * Fraction(factor) - 1
            assert math.floor(z * 4096 + 0.5) == i


def test_parts_cancel_next_to_1() -> None:
    """Just below 1 the table says 0, just above it takes log 2 away again, to the last bit."""
    assert (LOG_FACTOR[-1], LOG_HI[-1], LOG_LO[-1]) == (1.0, 0.0, 0.0)
    assert (LOG_FACTOR[0], LOG_HI[0], LOG_LO[0]) == (2.0, -LN2_HI, -LN2_LO)
    assert log(math.nextafter(1.0, 2.0)) == 2.0**-52 - 2.0**-105
    assert log(math.nextafter(1.0, 0.0)) == -(2.0**-53)
    assert str(log(1.0)) == "0.0"
