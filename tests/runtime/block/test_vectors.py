"""Every conformance vector that is a run of frames gives the same under both engines."""

from collections import Counter
from typing import Any, Final

import pytest
from support.conformance_vectors import Case, case_name, cases, program_of
from support.engines import hold

from irrun.runtime.run import Run

TOPICS: Final = ("bus", "eventbus", "nodes", "signals", "stateful", "time", "transforms")
LENGTHS: Final = (3, 64)


def rows() -> list[Any]:
    return [
        pytest.param(case, id=f"{topic}-{case_name(case)}")
        for topic in TOPICS
        for case in cases(topic)
    ]


def runs(case: Case, *, quirks: bool) -> Run:
    """Return the run of a case, with its times once more behind them: longer than a block."""
    times = [float(t) for t in case["times"]]
    return Run(program=program_of(case), times=[*times, *times], quirks=quirks)


@pytest.mark.parametrize("quirks", [False, True], ids=["semantics", "quirks"])
@pytest.mark.parametrize("case", rows())
def test_a_vector_is_the_same_in_blocks(case: Case, quirks: bool) -> None:
    for frames in LENGTHS:
        assert hold(runs(case, quirks=quirks), frames).difference is None, frames


@pytest.mark.parametrize("topic", TOPICS)
def test_most_frames_of_a_topic_are_in_blocks(topic: str) -> None:
    """What is compared above is not the interpreter with itself."""
    counted: Counter[str] = Counter()
    for case in cases(topic):
        held = hold(runs(case, quirks=False), 3)
        counted += Counter(frames=held.frames, in_blocks=held.in_blocks)

    assert counted["in_blocks"] > 0.6 * counted["frames"], counted
