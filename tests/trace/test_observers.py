"""Recorders: what the steps of chosen frames did, and what a recorded run keeps."""

from collections.abc import Iterable
from typing import Any

import pytest
from cli.samples import bundled, clock, overlapping_slots, reads_unwritten, signals, two_writers
from program_builder import ProgramBuilder

from irrun.errors import Trap
from irrun.errors.program import SlotsOverlap
from irrun.errors.running import DoubleWrite
from irrun.program.reading.codec import load
from irrun.runtime.run import Run
from irrun.runtime.runtime import Runtime
from irrun.runtime.times import frame_times
from irrun.runtime.view import FrameView
from irrun.trace.dump import take_dump
from irrun.trace.observers import FrameTrace, TraceRecorder
from irrun.trace.recording import Wanted, record_run
from irrun.trace.writers import MakeDocument


def traced(b: ProgramBuilder, wanted: Iterable[int], frames: int = 5) -> TraceRecorder:
    """Run frames with stubs and a recorder that keeps the wanted ones."""
    recorder = TraceRecorder(frozenset(wanted))
    runtime = Runtime(b.program(), executors="stub", observers=[recorder])
    for t_ms in frame_times(frames):
        runtime.run_frame(t_ms)
    return recorder


def contents(trace: FrameTrace) -> list[tuple[str, dict[int, Any], dict[int, Any]]]:
    """Return a trace as (step, values read by slot, values written by slot)."""
    return [
        (
            step.planned.step.id,
            {read.slot: read.value for read in step.reads},
            {write.slot: write.value for write in step.writes},
        )
        for step in trace.steps
    ]


# --- Traces ---------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [[], [0], [4], [1, 3], [0, 1, 2, 3, 4], [9]], ids=str)
def test_wanted_frames_are_kept_and_no_others(wanted: list[int]) -> None:
    """In the order in which they ran, each with its time."""
    recorder = traced(clock(), wanted)

    assert [trace.index for trace in recorder.traces] == [i for i in wanted if i < 5]
    assert [trace.time.t_abs_ms for trace in recorder.traces] == [
        frame_times(5)[i] for i in wanted if i < 5
    ]


def test_a_trace_has_every_step_with_its_reads_and_writes() -> None:
    """Steps in the order of the schedule, slots with the values they had at that moment."""
    b = signals(2)
    step = reads_unwritten().doc["schedule"]["steps"][1]
    b.bus("bus-total", "sum")
    b.slot(3)
    b.step(step.pop("kind"), step.pop("id"), **step)

    (trace,) = traced(b, [1]).traces

    assert contents(trace) == [
        ("s-time", {}, {0: 1.0, 1: 10001.0}),
        ("s-signals", {}, {2: 20001.0}),
        ("s-sum", {2: 20001.0}, {3: 30001.0}),
    ]
    assert not any(step.failed for step in trace.steps)


def test_a_write_shows_the_value_as_stored() -> None:
    """The conversion of the storage is visible: 16777217 is no float32."""
    b = clock()
    b.slot(1677, "f32")
    b.step("signalEval", "s-round", outputs=[{"sigId": b.signal_const(1), "slot": 1677}])
    recorder = TraceRecorder({7217})
    runtime = Runtime(b.program(), executors="stub", observers=[recorder])
    runtime.frame_count = 7217

    runtime.run_frame(0.0)

    assert contents(recorder.traces[0])[1] == ("s-round", {}, {1677: 16777216.0})


def test_only_what_steps_do_is_recorded() -> None:
    """Outputs are read after the last step: that belongs to no step."""
    b = signals(2)
    b.output(2, "level", "debug")

    (trace,) = traced(b, [4]).traces

    assert [len(step.reads) for step in trace.steps] == [0, 0]


def test_a_frame_that_failed_is_kept_up_to_the_step_that_failed() -> None:
    """The step that failed is marked, with what it had done; those before it are not."""
    recorder = TraceRecorder(())
    runtime = Runtime(two_writers().program(), executors="stub", observers=[recorder])
    with pytest.raises(DoubleWrite):
        runtime.run_frame(0.0)

    failed = recorder.keep_failed()

    assert failed is not None
    assert recorder.traces == [failed]
    assert [(s.planned.step.id, s.failed) for s in failed.steps] == [
        ("s-time", False),
        ("s-one", False),
        ("s-two", True),
    ]
    assert recorder.keep_failed() is None


def test_recording_goes_on_after_a_frame_that_failed() -> None:
    """The next frame is recorded from its own first step."""
    recorder = TraceRecorder({1})
    runtime = Runtime(two_writers().program(), executors="stub", observers=[recorder])
    for t_ms in (0.0, 10.0):
        with pytest.raises(Trap):
            runtime.run_frame(t_ms)

    failed = recorder.keep_failed()

    assert failed is not None
    assert (failed.index, len(failed.steps), len(failed.steps[0].writes)) == (1, 3, 2)


def test_recording_changes_nothing() -> None:
    """With and without a recorder a program has the same values, state and findings."""
    program = load(bundled("every-step-kind"))
    plain = record_run(
        Run(program=program, times=frame_times(3), executors="stub"), Wanted(trace_frames=None)
    )
    watched = record_run(
        Run(program=program, times=frame_times(3), executors="stub"), Wanted(trace_frames={0, 1, 2})
    )

    assert plain.traces == []
    assert len(watched.traces) == 3
    assert plain.driver.runtime.values.f64.tobytes() == watched.driver.runtime.values.f64.tobytes()
    assert plain.writes == watched.writes


# --- Recorded runs --------------------------------------------------------------------------


def test_a_recording_counts_frames_and_writes() -> None:
    """Frames that ended, and slot writes in all of them."""
    done: list[int] = []

    recording = record_run(
        Run(program=signals(2, 3).program(), times=frame_times(5), executors="stub"),
        Wanted(),
        on_frame=done.append,
    )

    assert (recording.frames, recording.writes, recording.error) == (5, 20, None)
    assert done == [1, 2, 3, 4, 5]


def test_a_trap_ends_a_recording_and_is_kept() -> None:
    """Nothing is raised: the error is in the recording, the frame's trace too."""
    b = clock()
    b.domain(2, 3)
    b.step("materializeTestGeometry", "s-grid", domainSlot=2, outXSlot=3, outYSlot=4,
           outRadiusSlot=3)  # fmt: skip

    recording = record_run(
        Run(program=b.program(), times=frame_times(5), executors="stub"), Wanted(watch=(0,))
    )

    assert isinstance(recording.error, DoubleWrite)
    assert (recording.frames, recording.writes) == (0, 0)
    assert [trace.index for trace in recording.traces] == [0]
    assert recording.watched is not None
    assert recording.watched.length == 0


class Told:
    """A sink that only notes what it is told."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def start(self, header: dict[str, Any]) -> None:
        self.calls.append("start")

    def frame(self, frame: FrameView, document: MakeDocument) -> None:
        self.calls.append(f"frame {document()['frame']}")

    def finish(self, end: dict[str, Any]) -> None:
        self.calls.append(f"finish {end['completedFrames']}")


def test_a_sink_is_told_of_the_run_as_it_goes() -> None:
    """Header, each frame that ended, end."""
    sink = Told()

    record_run(Run(program=clock().program(), times=frame_times(2)), Wanted(), [sink])

    assert sink.calls == ["start", "frame 0", "frame 1", "finish 2"]


def test_a_sink_is_told_of_the_end_after_a_trap() -> None:
    """The frame that failed is none of those that ended."""
    sink = Told()

    record_run(Run(program=two_writers().program(), times=frame_times(2)), Wanted(), [sink])

    assert sink.calls == ["start", "finish 0"]


def test_a_sink_is_told_nothing_of_a_program_that_cannot_run() -> None:
    """An invalid layout is raised before anything is written."""
    sink = Told()

    with pytest.raises(SlotsOverlap):
        record_run(
            Run(program=overlapping_slots().program(), times=frame_times(2)), Wanted(), [sink]
        )
    assert sink.calls == []


def test_a_dump_is_a_copy() -> None:
    """What is dumped after one frame stays, whatever later frames write."""
    b = signals(2)
    b.cell("acc", initialConstId=b.const(0.5, "f64"))
    run = Run(program=b.program(), times=frame_times(3), executors="stub")

    first, last = record_run(run, Wanted(dump_frames={0, 2})).dumps

    assert (first.frame, last.frame) == (0, 2)
    assert (first.slots[2].value, last.slots[2].value) == (20000.0, 20002.0)
    assert (str(first.slots[2].writer), first.slots[2].this_frame) == ("step s-signals", True)
    assert first.state == {"f64": [0.5], "f32": [], "i32": []}


# --- Arrays that are filled in place --------------------------------------------------------

# Some steps reuse a slot's own array from frame to frame (runtime-semantics 3.2). What was
# recorded of an earlier frame must not change with it.


def test_a_dump_shows_an_array_as_it_was() -> None:
    """Filled anew after the dump, the array in the dump stays."""
    runtime = Runtime(clock().program())
    runtime.values.ensure(3, "f32", 2)[:] = 1
    dump = take_dump(FrameView(runtime))

    runtime.values.ensure(3, "f32", 2)[:] = 2

    assert list(dump.slots[3].value) == [1, 1]


def test_a_trace_shows_an_array_as_it_was() -> None:
    """A step that reads the array in two frames is traced with two contents."""
    recorder = TraceRecorder({0, 1})
    runtime = Runtime(reads_unwritten().program(), executors="stub", observers=[recorder])

    for frame in range(2):
        runtime.values.ensure(2, "f32", 2)[:] = frame
        runtime.run_frame(frame)

    read = [list(contents(trace)[1][1][2]) for trace in recorder.traces]
    assert read == [[0, 0], [1, 1]]
