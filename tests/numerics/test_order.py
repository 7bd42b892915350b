"""The one order of numbers: ascending, NaN last."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from irrun.numerics.order import ascending, order_of

NAN, INF = math.nan, math.inf

singles = st.lists(st.floats(width=32) | st.sampled_from([0.0, -0.0, NAN, 1.0]), max_size=30)


def test_nan_sorts_last_and_the_others_around_it_are_sorted() -> None:
    """A plain sort would leave 2 before 1, because neither is above or below NaN."""
    assert repr(sorted([2.0, NAN, 1.0, INF, -INF], key=ascending)) == "[-inf, 1.0, 2.0, inf, nan]"


def test_ties_are_left_to_what_comes_next() -> None:
    """Zeros of either sign tie, and so do NaN."""
    pairs = [(NAN, "b"), (0.0, "b"), (-0.0, "a"), (NAN, "a")]

    found = sorted(pairs, key=lambda pair: (ascending(pair[0]), pair[1]))

    assert [name for _, name in found] == ["a", "b", "a", "b"]


@given(singles, st.booleans())
def test_arrays_are_sorted_as_numbers_are(found: list[float], descending: bool) -> None:
    """NaN come last in either direction; equal numbers are sorted by index."""
    sign = -1 if descending else 1
    expected = sorted(range(len(found)), key=lambda i: (ascending(sign * found[i]), i))

    got = order_of(np.array(found, np.float32), descending=descending)

    assert got.tolist() == expected


@pytest.mark.parametrize("descending", [False, True])
def test_no_numbers_are_in_order(descending: bool) -> None:
    """An empty array has an empty order."""
    assert order_of(np.array([], np.float32), descending=descending).tolist() == []
