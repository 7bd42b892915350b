"""Runtime: one program running (runtime-semantics section 1, design.md sections 3, 6 and 7)."""

from collections.abc import Callable
from typing import Any

import pytest
from program_builder import ProgramBuilder, cyclic
from support.step_samples import SAMPLES, program_with, tables

from irrun.errors import IrrunError, Severity
from irrun.errors.program import DanglingInitial, OffsetTooLarge, SlotsOverlap
from irrun.errors.running import (
    BadElementCount,
    DoubleWrite,
    NotANumber,
    ReadUnwritten,
)
from irrun.ir.values import DomainHandle
from irrun.runtime.executor import Executors, Observer
from irrun.runtime.runtime import FrameResult, Runtime
from irrun.steps.actors import INITIAL, Actor
from irrun.steps.base import PlannedStep
from irrun.steps.frame import Frame


def timed() -> ProgramBuilder:
    """Return a program that writes the time to slots 0 and 1."""
    b = tables("timed")
    b.time(tAbsMs=0, tModelMs=1)
    return b


def signals(b: ProgramBuilder, step_id: str, *slots: int) -> None:
    """Add a signalEval step that writes slots."""
    b.step("signalEval", step_id, outputs=[{"sigId": 0, "slot": slot} for slot in slots])


def reader(b: ProgramBuilder, step_id: str, *slots: int, out: int) -> None:
    """Add a nodeEval step that reads slots and writes one."""
    fields = {"nodeIndex": 0, "inputSlots": list(slots), "outputSlots": [out], "phase": "preBus"}
    b.step("nodeEval", step_id, **fields)


def facts(error: IrrunError) -> dict[str, Any]:
    """Return the place of an error."""
    return error.where.document()


class Watcher(Observer):
    """Keeps what observers are told."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.places: list[tuple[int, float]] = []

    def frame_start(self, frame: Frame) -> None:
        self.calls.append("frame_start")
        self.places.append((frame.index, frame.time.t_abs_ms))

    def step_start(self, frame: Frame, planned: PlannedStep) -> None:
        self.calls.append(f"step_start {planned.step.id}")

    def step_end(self, frame: Frame, planned: PlannedStep) -> None:
        self.calls.append(f"step_end {planned.step.id}")

    def frame_end(self, frame: Frame) -> None:
        self.calls.append("frame_end")


# --- Construction ---------------------------------------------------------------------------


def test_initial_values_are_in_place_before_the_first_frame() -> None:
    """Every initial value is written, ascending by slot, handles as handles (1.1)."""
    b = timed()
    b.initial(20, 2.5)
    b.initial(3, [1, 2])
    b.domain(11, 7)
    runtime = Runtime(b.program())

    assert runtime.values.written == (3, 11, 20)
    assert [runtime.values.peek(slot) for slot in (3, 20)] == [[1, 2], 2.5]
    assert runtime.values.peek(11) == DomainHandle(7)
    assert runtime.findings == []


def test_second_write_before_the_first_frame_is_an_error() -> None:
    """Initial values count as written until the first frame begins (1.3)."""
    b = timed()
    b.initial(3, 2.5)
    runtime = Runtime(b.program())

    with pytest.raises(DoubleWrite) as caught:
        runtime.values.write(3, 1.0)

    assert caught.value.facts["first"] == INITIAL


def test_first_frame_may_overwrite_initial_values() -> None:
    """A step of the first frame writes a slot that has an initial value."""
    b = timed()
    b.initial(0, -1.0)
    runtime = Runtime(b.program())

    assert runtime.run_frame(40.0).written == (0, 1)
    assert runtime.values.peek(0) == 40.0


def test_initial_values_are_written_once() -> None:
    """A value that a step replaced does not come back in the next frame."""
    b = timed()
    b.initial(30, 2.5)
    runtime = Runtime(b.program())
    runtime.run_frame(0.0)
    runtime.values.write(30, 9.0)
    runtime.run_frame(1.0)

    assert runtime.values.peek(30) == 9.0


def test_state_is_initialised_at_construction() -> None:
    """State has its initial values before any frame; quirks leave out the wanted ones."""
    b = timed()
    b.cell("a", initialConstId=b.const(1.5, "f64"))
    b.cell("b")
    b.signal("stateful", op="pulseDivider", stateId="b")
    program = b.program()

    assert Runtime(program).state.snapshot()["f64"] == [1.5, -1.0]
    assert Runtime(program, quirks=True).state.snapshot()["f64"] == [1.5, 0.0]


@pytest.mark.parametrize(
    ("build", "error"),
    [
        pytest.param(lambda b: b.slot(5, offset=2**24), OffsetTooLarge, id="offset"),
        pytest.param(
            lambda b: (b.slot(5, offset=0), b.slot(6, offset=0)), SlotsOverlap, id="overlap"
        ),
    ],
)
def test_layout_error_stops_construction(
    build: Callable[[ProgramBuilder], object], error: type[IrrunError]
) -> None:
    """A program with an error in its layout is not run; the error knows the file."""
    b = timed()
    build(b)

    with pytest.raises(error) as caught:
        Runtime(b.program())

    assert caught.value.exit_code == 3
    assert caught.value.where.file == "timed"


def test_findings_of_loading_and_layout_are_kept() -> None:
    """Notes and warnings found before running are among the runtime's findings."""
    b = timed()
    b.doc["schedule"]["stepIdToIndex"] = {}
    b.slot(11)
    b.domain(11, 3)
    runtime = Runtime(b.program())

    assert [finding.code for finding in runtime.findings] == ["IR264", "IR250"]
    assert all(finding.where.frame is None for finding in runtime.findings)


def test_strict_raises_findings_of_construction() -> None:
    """Under strict a warning so marked stops construction; without, it is kept."""
    b = timed()
    b.cell("c", initialConstId=7)
    program = b.program()

    assert [finding.code for finding in Runtime(program).warnings] == ["IR262"]
    with pytest.raises(DanglingInitial):
        Runtime(program, strict=True)


def test_program_without_steps_and_slots_runs() -> None:
    """An empty schedule and an empty slot table work."""
    result = Runtime(ProgramBuilder("empty").program()).run_frame(16.0)

    assert (result.index, result.t_ms, result.written) == (0, 16.0, ())


# --- Frames ---------------------------------------------------------------------------------


def test_frames_are_counted_from_zero() -> None:
    """Before the first frame the count is 0; the running frame's index is one less (1.3)."""
    watcher = Watcher()
    runtime = Runtime(timed().program(), observers=[watcher])
    assert runtime.frame_count == 0

    results = [runtime.run_frame(t) for t in (0.0, 16.5, 33.0)]

    assert [result.index for result in results] == [0, 1, 2]
    assert runtime.frame_count == 3
    assert watcher.places == [(0, 0.0), (1, 16.5), (2, 33.0)]


def test_cache_frame_id_starts_at_one() -> None:
    """The memo's frame id is 1 after construction and 2 in the first frame (1.3)."""
    runtime = Runtime(timed().program())
    ids = [runtime.cache.frame_id]
    for t in (0.0, 1.0):
        runtime.run_frame(t)
        ids.append(runtime.cache.frame_id)

    assert ids == [1, 2, 3]


def test_new_frame_drops_cached_buffers() -> None:
    """Buffers of the frame before are gone; stamps stay, and match no more (1.2)."""
    runtime = Runtime(timed().program())
    runtime.run_frame(0.0)
    memo = runtime.cache.new_memo()
    memo.keep("in this frame", "buffer")
    memo.keep("in all frames", "buffer", for_good=True)
    runtime.cache.signal_stamps[0] = runtime.cache.frame_id
    runtime.run_frame(1.0)

    assert memo.values == {"in all frames": "buffer"}
    assert runtime.cache.signal_stamps[0] == runtime.cache.frame_id - 1


def test_steps_run_in_list_order_between_the_calls_of_observers() -> None:
    """Order is the list's, whatever the steps' own dependencies say (1.2)."""
    b = timed()
    signals(b, "late", 5)
    signals(b, "early", 6)
    b.doc["schedule"]["steps"][1]["deps"] = ["early"]
    watcher = Watcher()
    runtime = Runtime(b.program(), executors="stub", observers=[watcher])

    assert runtime.run_frame(0.0).written == (0, 1, 5, 6)
    assert watcher.calls == [
        "frame_start",
        *("step_start s-time", "step_end s-time"),
        *("step_start late", "step_end late"),
        *("step_start early", "step_end early"),
        "frame_end",
    ]


def test_values_persist_across_frames() -> None:
    """A slot that this frame did not write still shows what an earlier frame wrote."""
    b = timed()
    b.slot(30)
    runtime = Runtime(b.program())
    runtime.run_frame(0.0)
    runtime.values.write(30, 9.0)
    result = runtime.run_frame(1.0)

    assert runtime.values.peek(30) == 9.0
    assert 30 not in result.written


def test_time_is_resolved_once_a_frame_without_a_timeDerive_step() -> None:
    """The wrap memory advances in every frame, whether or not a step asks (1.2)."""
    runtime = Runtime(ProgramBuilder("cyclic", cyclic(100)).program())
    wraps = []
    for t in (50.0, 120.0, 130.0):
        runtime.run_frame(t)
        wraps.append(runtime.frame.time.wrap_event)

    assert wraps == [0.0, 1.0, 0.0]


def test_time_model_of_the_program_counts() -> None:
    """The model inside a timeDerive step has no effect (1.2)."""
    b = timed()
    b.doc["schedule"]["steps"][0]["timeModel"] = cyclic(100)
    runtime = Runtime(b.program())
    runtime.run_frame(250.0)

    assert runtime.values.peek(1) == 250.0


def test_two_runtimes_share_nothing() -> None:
    """Frames, values, state, cache and findings of one runtime are unseen by another."""
    b = timed()
    b.cell("c", initialConstId=b.const(1.0, "f64"))
    reader(b, "s-read", 77, out=5)
    program = b.program()
    first, second = (Runtime(program, executors="stub") for _ in range(2))
    first.run_frame(16.0)
    first.state.f64[0] = 9.0

    assert (second.frame_count, second.cache.frame_id) == (0, 1)
    assert second.values.peek(0) == 0.0
    assert second.state.f64.tolist() == [1.0]
    assert (len(first.findings), second.findings) == (1, [])


def test_two_runs_of_one_program_are_equal() -> None:
    """The same times give the same values, in every slot."""
    b = timed()
    signals(b, "s-sig", 5, 6)
    b.output(6, kind="debug")
    program = b.program()

    def run() -> list[FrameResult]:
        runtime = Runtime(program, executors="stub")
        return [runtime.run_frame(t) for t in (0.0, 16.0, 5.0)]

    assert run() == run()


# --- Outputs --------------------------------------------------------------------------------


def test_program_without_outputs_yields_an_empty_frame() -> None:
    """No outputs: version 1, nothing cleared, no passes (1.4)."""
    outputs = Runtime(timed().program()).run_frame(0.0).outputs

    frame = outputs["frame"]
    assert list(outputs) == ["frame"]
    assert (frame.version, frame.clear.mode, frame.passes) == (1, "none", ())


def test_outputs_are_read_after_the_last_step() -> None:
    """Each output is the value of its slot at the end of the frame, under its id."""
    b = timed()
    b.output(1, "time", kind="debug")
    runtime = Runtime(b.program())

    assert runtime.run_frame(16.0).outputs == {"time": 16.0}
    assert runtime.run_frame(33.0).outputs == {"time": 33.0}


def test_output_that_nothing_wrote_is_reported() -> None:
    """Taking an output is a read: of an unwritten slot, once over all frames."""
    b = timed()
    b.output(40, kind="debug")
    runtime = Runtime(b.program())
    runtime.run_frame(0.0)
    runtime.run_frame(1.0)

    (finding,) = runtime.findings
    assert isinstance(finding, ReadUnwritten)
    assert finding.where.slot == 40
    assert finding.where.step is None


# --- Errors ---------------------------------------------------------------------------------


def double_writer() -> ProgramBuilder:
    """Return a program whose step s-b writes slot 5 after s-a did."""
    b = timed()
    signals(b, "s-a", 5)
    signals(b, "s-b", 6, 5)
    signals(b, "s-c", 7)
    return b


def test_second_writer_traps_with_slot_steps_and_frame() -> None:
    """The trap names slot, both steps, the field, and the frame with its time."""
    runtime = Runtime(double_writer().program(), executors="stub")

    with pytest.raises(DoubleWrite) as caught:
        runtime.run_frame(16.5)

    error = caught.value
    assert (error.exit_code, error.family) == (4, "trap")
    assert error.facts == {"slot": 5, "first": Actor("s-a", 1), "second": Actor("s-b", 2)}
    assert facts(error) == {
        "file": "timed",
        "step": "s-b",
        "kind": "signalEval",
        "field": "outputs[1].slot",
        "slot": 5,
        "frame": 0,
        "tMs": 16.5,
    }


def test_trap_names_the_write_of_a_step_that_also_reads_the_slot() -> None:
    """The field is the one that the failed access went through."""
    b = timed()
    signals(b, "s-a", 5)
    reader(b, "s-b", 5, out=5)

    with pytest.raises(DoubleWrite) as caught:
        Runtime(b.program(), executors="stub").run_frame(0.0)

    assert caught.value.where.field == "outputSlots[0]"


def test_trap_names_the_second_of_two_writes_of_one_step() -> None:
    """Where one step writes a slot twice, the field is the second one."""
    b = timed()
    signals(b, "s-a", 5, 6, 5)

    with pytest.raises(DoubleWrite) as caught:
        Runtime(b.program(), executors="stub").run_frame(0.0)

    assert caught.value.where.field == "outputs[2].slot"


def test_steps_of_one_id_are_two_writers() -> None:
    """The second of them trips over its first write of the slot, not over itself."""
    b = timed()
    signals(b, "s", 5)
    signals(b, "s", 6, 5, 5)

    with pytest.raises(DoubleWrite) as caught:
        Runtime(b.program(), executors="stub").run_frame(0.0)

    assert caught.value.where.field == "outputs[1].slot"
    assert caught.value.sentence == (
        "slot 5 was already written in this frame by step s; step s writes it again"
    )


def test_aborted_frame_keeps_what_was_written_and_counts() -> None:
    """Slots written before the error keep their new values, later steps do not run (1.2)."""
    runtime = Runtime(double_writer().program(), executors="stub")
    with pytest.raises(DoubleWrite):
        runtime.run_frame(0.0)

    assert runtime.frame_count == 1
    assert runtime.values.written == (0, 1, 5, 6)
    assert runtime.values.peek(6) == 60000.0
    assert not runtime.values.was_ever_written(7)


def test_frame_after_an_error_starts_cleanly() -> None:
    """The next frame begins at the first step with nothing written, and fails for itself."""
    runtime = Runtime(double_writer().program(), executors="stub")
    for frame in range(3):
        with pytest.raises(DoubleWrite) as caught:
            runtime.run_frame(10.0 * frame)
        assert caught.value.where.frame == frame
        assert runtime.values.written == (0, 1, 5, 6)
        assert runtime.values.peek(5) == 50000.0 + frame
        assert runtime.cache.frame_id == frame + 2


def test_frame_after_an_error_can_succeed() -> None:
    """Bad data fail the frame that meets them; the frame after they are mended runs through."""
    b = timed()
    b.initial(10, {"kind": "domain", "count": 1.5})
    b.step("materializeTestGeometry", "s-geo", **SAMPLES["materializeTestGeometry"])
    runtime = Runtime(b.program(), executors="stub")
    with pytest.raises(BadElementCount) as caught:
        runtime.run_frame(0.0)
    assert facts(caught.value)["step"] == "s-geo"
    runtime.values.write(10, DomainHandle(2))

    result = runtime.run_frame(1.0)

    assert (result.index, result.written) == (1, (0, 1, 11, 12, 13))
    assert len(runtime.values.peek(11)) == 2


def test_failed_step_is_blamed_for_nothing_later() -> None:
    """What the caller reads after a failed frame is the caller's read, not the step's."""
    runtime = Runtime(double_writer().program(), executors="stub")
    with pytest.raises(DoubleWrite):
        runtime.run_frame(0.0)
    runtime.values.read(7)

    finding = runtime.findings[-1]
    assert isinstance(finding, ReadUnwritten)
    assert finding.where.step is None


class StartOfFrame(Observer):
    """Keeps which step a frame is at when it starts."""

    def __init__(self) -> None:
        self.steps: list[PlannedStep | None] = []

    def frame_start(self, frame: Frame) -> None:
        self.steps.append(frame.current)


def test_frame_starts_at_no_step_also_after_an_error() -> None:
    """Before its first step a frame is at none, whatever happened in the frame before."""
    watcher = StartOfFrame()
    runtime = Runtime(double_writer().program(), executors="stub", observers=[watcher])
    for t in (0.0, 16.0):
        with pytest.raises(DoubleWrite):
            runtime.run_frame(t)

    assert watcher.steps == [None, None]


# --- Warnings -------------------------------------------------------------------------------


def test_finding_is_kept_once_for_each_step_and_slot() -> None:
    """Neither several reads nor several frames repeat a finding; another step does."""
    b = timed()
    reader(b, "s-a", 77, 77, out=5)
    reader(b, "s-b", 77, 78, out=6)
    runtime = Runtime(b.program(), executors="stub")
    for t in (0.0, 1.0, 2.0):
        runtime.run_frame(t)

    found = [(f.code, f.where.step, f.where.slot) for f in runtime.findings]
    assert found == [("IR450", "s-a", 77), ("IR450", "s-b", 77), ("IR450", "s-b", 78)]


def test_finding_names_step_field_slot_and_frame() -> None:
    """A warning of a running step knows all of its place."""
    b = timed()
    reader(b, "s-a", 0, 77, out=5)
    runtime = Runtime(b.program(), executors="stub")
    runtime.run_frame(16.5)

    assert facts(runtime.findings[0]) == {
        "step": "s-a",
        "kind": "nodeEval",
        "field": "inputSlots[1]",
        "slot": 77,
        "frame": 0,
        "tMs": 16.5,
    }


def test_warnings_leave_out_notes() -> None:
    """Notes of loading are findings but no warnings."""
    b = timed()
    b.step("renderAssemble", "s-old", rootNodeIndex=0, outSlot=9)
    runtime = Runtime(b.program())

    assert [finding.severity for finding in runtime.findings] == [Severity.NOTE]
    assert runtime.warnings == ()


def unwritten_reader() -> ProgramBuilder:
    """Return a program whose step s-a reads slot 77, which nothing writes."""
    b = timed()
    reader(b, "s-a", 77, out=5)
    return b


def test_strict_raises_the_read_of_an_unwritten_slot() -> None:
    """IR450 is an error under strict, with the place of the read."""
    runtime = Runtime(unwritten_reader().program(), executors="stub", strict=True)

    with pytest.raises(ReadUnwritten) as caught:
        runtime.run_frame(0.0)

    assert caught.value.exit_code == 4
    assert (caught.value.where.step, caught.value.where.slot) == ("s-a", 77)


def test_strict_raises_in_every_frame() -> None:
    """What fails a frame under strict fails the next frame as well."""
    runtime = Runtime(unwritten_reader().program(), executors="stub", strict=True)

    for _ in range(2):
        with pytest.raises(ReadUnwritten):
            runtime.run_frame(0.0)


def test_strict_keeps_other_warnings_as_warnings() -> None:
    """IR451 is not marked as an error under strict."""
    runtime = Runtime(timed().program(), strict=True)
    runtime.values.write(0, None)

    (finding,) = runtime.warnings
    assert isinstance(finding, NotANumber)


# --- Executors ------------------------------------------------------------------------------


def plan_of(executors: Executors) -> list[tuple[str, bool]]:
    """Return, for a program of two steps, which of them are stubs."""
    b = timed()
    signals(b, "s-sig", 5)
    plan = Runtime(b.program(), executors=executors).plan
    return [(planned.step.id, planned.is_stub) for planned in plan]


def test_stub_takes_stubs_only() -> None:
    """Every step is stubbed, also those with a real executor: slots hold placeholders."""
    runtime = Runtime(timed().program(), executors="stub")
    runtime.run_frame(16.0)
    runtime.run_frame(32.0)

    assert plan_of("stub") == [("s-time", True), ("s-sig", True)]
    assert [runtime.values.peek(slot) for slot in (0, 1)] == [1.0, 10001.0]


@pytest.mark.parametrize("executors", ["auto", "real"])
def test_unless_stubs_are_asked_for_steps_compute(executors: Executors) -> None:
    """A program runs without a stub."""
    b = timed()
    b.step("debugProbe", "s-probe", probe={"id": "p", "slots": [0], "mode": "value"})
    runtime = Runtime(b.program(), executors=executors)
    runtime.run_frame(16.0)

    assert [planned.is_stub for planned in runtime.plan] == [False, False]
    assert runtime.values.peek(0) == 16.0


def test_stub_leaves_state_alone() -> None:
    """Stubs write slots, never state cells, also where the step names cells to write."""
    b = tables("stateful")
    b.cell("c", size=2, initialConstId=b.const(1.5, "f64"))
    b.step("nodeEval", "s-node", **SAMPLES["nodeEval"], stateReads=["c"], stateWrites=["c"])
    runtime = Runtime(b.program(), executors="stub")
    for t in (0.0, 16.0):
        runtime.run_frame(t)

    assert runtime.values.peek(12) == 120001.0
    assert runtime.state.f64.tolist() == [1.5, 1.5]


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_kind_can_be_planned(kind: str) -> None:
    """Each of the kinds is ready to run, with the accesses that it declares."""
    program = program_with(kind)
    (planned,) = Runtime(program).plan

    assert planned.step.kind == kind
    assert planned.accesses == tuple(planned.step.accesses(program))
    assert str(planned.actor) == "step s"
