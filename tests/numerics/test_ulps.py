"""How far apart two numbers are, counted in representable numbers."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from irrun.numerics.ulps import ulps_between

LARGEST = 1.7976931348623157e308
SMALLEST = 5e-324

finite = st.floats(allow_nan=False, allow_infinity=False)
singles = st.floats(width=32, allow_nan=False, allow_infinity=False)

ROWS = [
    (1.0, 1.0, 0),
    (1.0, math.nextafter(1.0, 2), 1),
    (0.0, -0.0, 0),
    (0.0, SMALLEST, 1),
    (-0.0, SMALLEST, 1),
    (-SMALLEST, SMALLEST, 2),
    (1.0, 2.0, 2**52),
    (1.0, -1.0, 2 * 0x3FF0_0000_0000_0000),
    (2.2250738585072014e-308, 2.225073858507201e-308, 1),
    (LARGEST, -LARGEST, 2 * 0x7FEF_FFFF_FFFF_FFFF),
]


@pytest.mark.parametrize(("a", "b", "count"), ROWS)
def test_known_distances(a: float, b: float, count: int) -> None:
    """Worked out by hand: from the bit patterns."""
    assert ulps_between(a, b) == count


@given(finite, st.sampled_from([math.inf, -math.inf]))
def test_neighbours_are_one_apart(number: float, towards: float) -> None:
    """Whatever the number: the next one is one step away."""
    neighbour = math.nextafter(number, towards)
    assume(math.isfinite(neighbour))

    assert ulps_between(number, neighbour) == 1


@given(singles, st.sampled_from([np.inf, -np.inf]))
def test_neighbours_in_float32_are_one_apart(number: float, towards: float) -> None:
    """`single` counts the numbers that float32 has."""
    with np.errstate(over="ignore"):
        neighbour = float(np.nextafter(np.float32(number), np.float32(towards)))
    assume(math.isfinite(neighbour))

    assert ulps_between(number, neighbour, single=True) == 1
    assert ulps_between(number, neighbour) > 1


@given(finite, finite, st.booleans())
def test_the_way_back_is_as_long(a: float, b: float, single: bool) -> None:
    """Symmetric, and 0 only where both are one number of the format."""
    count = ulps_between(a, b, single=single)

    assert count == ulps_between(b, a, single=single)
    with np.errstate(over="ignore"):
        is_same = np.float32(a) == np.float32(b) if single else a == b
    assert (count == 0) == is_same


@given(finite, finite, finite)
def test_ways_add_up(a: float, b: float, c: float) -> None:
    """The numbers lie on one line, with both zeros at one place."""
    low, middle, high = sorted((a, b, c))

    assert ulps_between(low, high) == ulps_between(low, middle) + ulps_between(middle, high)


@given(singles.filter(lambda x: x != 0), singles.filter(lambda x: x != 0))
def test_zero_is_crossed_once(a: float, b: float) -> None:
    """From one side to the other: as far as both ways to zero."""
    count = ulps_between(-abs(a), abs(b), single=True)

    assert count == ulps_between(abs(a), 0.0, single=True) + ulps_between(abs(b), -0.0, single=True)


def test_what_float32_does_not_tell_apart_is_no_way() -> None:
    """Both are rounded first; what is too large is one step beyond the largest."""
    assert ulps_between(1.0, 1.0 + 1e-12, single=True) == 0
    assert ulps_between(3.4028234663852886e38, 1e39, single=True) == 1
