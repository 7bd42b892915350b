"""Frames and their times: ranges of any length of which nothing is listed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irrun.limits import RUN_FRAMES
from irrun.runtime.clock import frame_time
from irrun.runtime.times import FrameSet, frame_times

MOST_FRAMES = RUN_FRAMES.value


@given(st.integers(0, 50), st.integers(0, 1000), st.floats(0.1, 1000), st.floats(-1e6, 1e6))
def test_times_are_those_of_the_formula(count: int, first: int, fps: float, start: float) -> None:
    """Asked for one by one, gone through, or in part."""
    times = frame_times(count, fps, start, first=first)
    listed = [frame_time(index, fps, start) for index in range(first, first + count)]

    assert list(times) == listed
    assert [times[i] for i in range(-count, count)] == listed * 2
    assert list(times[1:-1]) == listed[1:-1]
    assert len(times) == count


def test_times_of_the_longest_run_take_no_room() -> None:
    """First and last are known at once."""
    times = frame_times(MOST_FRAMES, 60)

    assert len(times) == MOST_FRAMES
    assert (times[0], times[60], times[-1]) == (0.0, 1000.0, (MOST_FRAMES - 1) * 1000 / 60)
    assert len(times[:-1]) == MOST_FRAMES - 1


def test_there_is_no_time_beyond_the_last_frame() -> None:
    """As in any sequence."""
    with pytest.raises(IndexError):
        frame_times(3)[3]


@given(st.lists(st.builds(range, st.integers(0, 30), st.integers(0, 30))))
def test_a_set_of_ranges_is_a_set(ranges: list[range]) -> None:
    """Ascending, each index once, whatever overlaps."""
    found, plain = FrameSet(ranges), {index for r in ranges for index in r}

    assert list(found) == sorted(plain)
    assert len(found) == len(plain)
    assert [index for index in range(-2, 33) if index in found] == sorted(plain)


def test_a_set_of_ranges_takes_no_room() -> None:
    """However long they are."""
    found = FrameSet([range(10, MOST_FRAMES), range(3)])

    assert len(found) == MOST_FRAMES - 7
    assert MOST_FRAMES - 1 in found
    assert MOST_FRAMES not in found
    assert 5 not in found
