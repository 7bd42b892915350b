"""debugProbe: looking at slots without touching the frame (runtime-semantics section 13)."""

from typing import Any

import pytest
from msgspec.structs import replace
from program_builder import ProgramBuilder
from support.step_samples import tables

from irrun.runtime.driver import Driver
from irrun.runtime.executor import Executors
from irrun.runtime.run import Run
from irrun.runtime.runtime import Runtime
from irrun.runtime.times import frame_times

Seen = tuple[int, str, str, str, int, Any]
"""Frame, step, probe id, mode, slot and value of one probed value."""


def probed(*slots: int, mode: str = "value") -> ProgramBuilder:
    """Return a program that writes the time to slots 0 and 1 and then probes slots."""
    b = tables("probe")
    b.time(0, 1)
    b.step("debugProbe", "s-probe", probe={"id": "p", "slots": list(slots), "mode": mode})
    return b


def run(b: ProgramBuilder, *times: float, strict: bool = False) -> tuple[Runtime, list[Seen]]:
    """Run frames; return the runtime and what was probed."""
    runtime, seen = Runtime(b.program(), strict=strict), list[Seen]()
    for t in times:
        index = runtime.run_frame(t).index
        seen += [(index, *record) for record in runtime.frame.probes]
    return runtime, seen


@pytest.mark.parametrize("mode", ["value", "trace", "breakpoint"])
def test_probe_records_each_value(mode: str) -> None:
    """One record for each slot and frame, in the order of the probe, with id and mode."""
    _, seen = run(probed(1, 0, mode=mode), 16.0, 33.0)

    assert seen == [
        (0, "s-probe", "p", mode, 1, 16.0),
        (0, "s-probe", "p", mode, 0, 16.0),
        (1, "s-probe", "p", mode, 1, 33.0),
        (1, "s-probe", "p", mode, 0, 33.0),
    ]


def test_slot_named_twice_is_recorded_twice() -> None:
    """A probe may repeat a slot."""
    _, seen = run(probed(0, 0), 16.0)

    assert [slot for _, _, _, _, slot, _ in seen] == [0, 0]


def test_probe_without_slots_records_nothing() -> None:
    """An empty probe is harmless."""
    assert run(probed(), 16.0)[1] == []


def test_objects_are_recorded_as_they_are() -> None:
    """A probe hands over the very value, whatever its class."""
    b = probed(5, 6)
    b.initial(5, {"some": ["thing"]})
    b.domain(6, 3)
    runtime, seen = run(b, 16.0)

    assert [value for *_, value in seen] == [runtime.values.peek(5), runtime.values.peek(6)]
    assert seen[0][-1] is runtime.values.peek(5)


@pytest.mark.parametrize("executors", ["real", "stub"])
@pytest.mark.parametrize("frames", [1, 3, 64])
def test_probes_are_recorded_in_blocks_as_they_are_by_the_interpreter(
    frames: int, executors: Executors
) -> None:
    """Also of the stub: a probe looks at what others have made up."""
    b = probed(1, 0, 77)
    b.step("debugProbe", "s-again", probe={"id": "q", "slots": [0], "mode": "trace"})
    run = Run(program=b.program(), times=frame_times(9), executors=executors)
    expected = [view.probes for view in Driver(replace(run, engine="frame")).frames()]
    driver = Driver(run)
    driver.fix_blocks(frames)

    assert [view.probes for view in driver.frames()] == expected
    assert len(expected[8]) == 4
    assert driver.in_blocks == 8


@pytest.mark.parametrize("strict", [False, True])
def test_probe_of_an_unwritten_slot_never_fails_a_frame(strict: bool) -> None:
    """Looking is not reading: no warning, and no error under strict."""
    runtime, seen = run(probed(77), 16.0, 33.0, strict=strict)

    assert [value for *_, value in seen] == [0.0, 0.0]
    assert runtime.findings == []


def test_probe_shows_the_value_at_its_place_in_the_schedule() -> None:
    """A probe before the writer shows the value of the frame before."""
    b = tables("probe")
    b.step("debugProbe", "s-before", probe={"id": "p", "slots": [0], "mode": "value"})
    b.time(0, 1)
    b.step("debugProbe", "s-after", probe={"id": "q", "slots": [0], "mode": "value"})
    _, seen = run(b, 16.0, 33.0)

    assert [(probe, value) for _, _, probe, _, _, value in seen] == [
        ("p", 0.0),
        ("q", 16.0),
        ("p", 16.0),
        ("q", 33.0),
    ]


def test_probe_changes_nothing() -> None:
    """Values, writes and state are those of the program without the probe."""
    with_probe, _ = run(probed(0, 1, 2), 16.0, 33.0)
    b = tables("probe")
    b.time(0, 1)
    without, _ = run(b, 16.0, 33.0)

    assert with_probe.values.written == without.values.written
    assert [with_probe.values.peek(s) for s in (0, 1)] == [without.values.peek(s) for s in (0, 1)]
    assert not with_probe.values.was_ever_written(2)
    assert with_probe.state.snapshot() == without.state.snapshot()
