"""Whole numbers out of doubles, of any doubles."""

import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irrun.numerics.whole import MOST, settled, whole, whole_frames, whole_part

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("x", "found"),
    [
        (3.0, 3), (-0.0, 0), (0, 0), (-7.0, -7), (2.0**53 - 1, MOST), (-(2.0**53 - 1), -MOST),
        (0.5, None), (2.9999999999999996, None), (1e-320, None),
        (NAN, None), (INF, None), (-INF, None), (2.0**53, None), (1e308, None), (-1e308, None),
    ],
)  # fmt: skip
def test_a_number_is_whole_or_it_is_not(x: float, found: int | None) -> None:
    """What no double can tell from its neighbours is no whole number here."""
    assert whole(x) == found


def test_whole_numbers_have_the_bounds_that_are_asked_for() -> None:
    """Both ends are within."""
    assert [whole(x, 0, 4) for x in (-1.0, 0.0, 4.0, 5.0)] == [None, 0, 4, None]


@pytest.mark.parametrize(
    ("x", "found"),
    [
        (2.9, 2), (2.0, 2), (-0.5, 0), (-3.0, 0), (-INF, 0), (10.0, 10), (11.0, 10), (1e308, 10),
        (INF, 10), (NAN, None), (0.0, 0), (-0.0, 0),
    ],
)  # fmt: skip
def test_the_whole_part_is_held_within_the_bounds(x: float, found: int | None) -> None:
    """Only NaN has no whole part."""
    assert whole_part(x, 0, 10) == found


@given(st.floats())
def test_every_double_but_nan_has_a_whole_part(x: float) -> None:
    """It is a whole number, and a small one."""
    found = whole_part(x)

    assert (found is None) == math.isnan(x)
    assert found is None or -MOST <= found <= MOST


@pytest.mark.parametrize(
    ("x", "found"),
    [
        (6.0, 6.0), (5.999999999999999, 6.0), (6.000000000000001, 6.0),
        (6 * (1 - 0.9e-9), 6.0), (6 * (1 + 0.9e-9), 6.0),
        (6 * (1 - 1.1e-9), 6 * (1 - 1.1e-9)), (6 * (1 + 1.1e-9), 6 * (1 + 1.1e-9)),
        (-5.999999999999999, -6.0), (5.5, 5.5), (1e-12, 1e-12), (-1e-320, -1e-320),
        (INF, INF), (-INF, -INF), (1e308, 1e308),
    ],
)  # fmt: skip
def test_a_number_that_is_nearly_whole_is_whole(x: float, found: float) -> None:
    """Relative to the whole number: nothing but 0 is nearly 0."""
    assert settled(x) == found


def test_nan_stays_nan() -> None:
    """It is near no number."""
    assert math.isnan(settled(NAN))
    assert math.isnan(whole_frames(NAN, 1.0))


@pytest.mark.parametrize("fps", [24, 25, 30, 48, 50, 60, 90, 120, 144])
def test_a_steady_rate_has_as_many_frames_in_every_frame(fps: int) -> None:
    """However the length of a frame comes out in its last bits, n frames are n frames long."""
    times = [(n * 1000) / fps for n in range(2000)]
    lengths = {((after - before) / 1000) * 1000 for before, after in itertools.pairwise(times)}

    for frames in range(1, 20):
        wanted = (frames * 1000) / fps
        assert {whole_frames(wanted, length) for length in lengths} == {float(frames)}


@pytest.mark.parametrize(
    ("duration", "frame", "found"),
    [
        (100.0, 16.0, 6.0), (100.0, 0.0, INF), (-5.0, 0.0, -INF), (INF, 16.0, INF),
        (100.0, INF, 0.0), (-5.0, 16.0, -1.0),
    ],
)  # fmt: skip
def test_whole_frames_round_down(duration: float, frame: float, found: Any) -> None:
    """A division by 0 is as of IEEE."""
    assert whole_frames(duration, frame) == found
