"""When a program is swapped in is a setting of the run, and must be within it."""

from pathlib import Path

import pytest
from cli.samples import bundled

from irrun.compare.golden.check import is_equal
from irrun.compare.golden.wishes import Wishes, record_plan
from irrun.compare.output.compare import compare_goldens
from irrun.compare.output.document import Golden
from irrun.compare.output.record import record_golden
from irrun.errors.golden import SwapNeverHappens
from irrun.program.reading.codec import load

MINIMAL = Path(bundled("minimal"))


def recorded(tmp_path: Path, frame: int, program: Path = MINIMAL) -> Golden:
    """Record five frames with a swap."""
    wishes = Wishes(frames=5, swaps={frame: program})
    plan = record_plan((wishes,), MINIMAL, tmp_path / "minimal.golden")
    return record_golden(load(MINIMAL), plan)


def test_another_frame_is_another_run(tmp_path: Path) -> None:
    """Even where the values are the same: the program is swapped for itself."""
    expected, got = recorded(tmp_path, 2), recorded(tmp_path, 3)

    assert not is_equal(expected, got)
    assert compare_goldens(expected, got).settings == ("swaps at frames: [2] -> [3]",)


def test_another_file_of_the_same_program_is_the_same_run(tmp_path: Path) -> None:
    """A program that is swapped in may move."""
    expected = recorded(tmp_path, 2)

    assert is_equal(expected, recorded(tmp_path, 2, Path(bundled("minimal", "json"))))


@pytest.mark.parametrize("frame", [-1, 5, 60])
def test_a_swap_that_never_happens_is_refused(frame: int, tmp_path: Path) -> None:
    """A golden is not to promise what was not run."""
    with pytest.raises(SwapNeverHappens, match=f"at frame {frame}; the run has frames 0 to 4"):
        recorded(tmp_path, frame)
