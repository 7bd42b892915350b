"""Hot swap: what a running program keeps when it goes on as another (runtime-semantics 15)."""

import math
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from program_builder import INFINITE, Document, ProgramBuilder, cyclic, finite
from support.conformance_vectors import difference

from irrun.errors import IrrunError
from irrun.errors.program import SlotsOverlap
from irrun.errors.running import DoubleWrite
from irrun.program.program import Program
from irrun.program.reading.codec import load
from irrun.runtime.hot_swap import SwapReport
from irrun.runtime.runtime import Runtime
from irrun.trace.values import value_document

PROGRAMS: Final = sorted((Path(__file__).parents[2] / "programs").glob("*.json"))
INF = math.inf


def same(got: Any, expected: Any) -> bool:
    return difference(got, expected) is None


def outcomes(report: SwapReport) -> list[tuple[str, str]]:
    return [(cell.key, cell.outcome) for cell in report.cells]


# --- Cells ----------------------------------------------------------------------------------


class Cell(NamedTuple):
    """A state cell; `initial` is a constant of its storage."""

    key: str
    storage: str = "f64"
    size: int = 1
    initial: float | None = None
    state_id: str | None = None


def cells(patch_id: str, *rows: Cell) -> Program:
    """Return a program that has state cells and does nothing."""
    b = ProgramBuilder(patch_id)
    for i, row in enumerate(rows):
        node_id, role = row.key.split(":")
        fields: dict[str, Any] = {"nodeId": node_id, "role": role}
        if row.initial is not None:
            fields["initialConstId"] = b.const(row.initial, row.storage)
        b.cell(row.state_id or f"{patch_id}-{i}", row.storage, row.size, **fields)
    return b.program()


class Swap(NamedTuple):
    """Old and new cells, what becomes of them, and the new arrays.

    The old arrays hold 1, 2, 3 ... each.
    """

    name: str
    old: list[Cell]
    new: list[Cell]
    cells: list[tuple[str, str]]
    state: dict[str, list[float]]
    why: str = ""


SWAPS = [
    Swap("nothing to do", [], [], [], {}),
    Swap("kept", [Cell("n:r")], [Cell("n:r")], [("n:r", "kept")], {"f64": [1]}),
    Swap("the constant does not matter to what is kept", [Cell("n:r", initial=5)],
         [Cell("n:r", initial=6)], [("n:r", "kept")], {"f64": [1]}),
    Swap("state ids play no role", [Cell("n:r", state_id="a"), Cell("m:r", state_id="b")],
         [Cell("n:r", state_id="b"), Cell("m:r", state_id="a")],
         [("n:r", "kept"), ("m:r", "kept")], {"f64": [1, 2]}),
    Swap("kept at another place", [Cell("a:r"), Cell("b:r", size=2)],
         [Cell("b:r", size=2), Cell("a:r")], [("b:r", "kept"), ("a:r", "kept")],
         {"f64": [2, 3, 1]}),
    Swap("all storages", [Cell("a:r"), Cell("b:r", "f32", 2), Cell("c:r", "i32")],
         [Cell("c:r", "i32"), Cell("b:r", "f32", 2), Cell("a:r")],
         [("c:r", "kept"), ("b:r", "kept"), ("a:r", "kept")],
         {"f64": [1], "f32": [1, 2], "i32": [1]}),
    Swap("larger", [Cell("n:r", size=2)], [Cell("n:r", size=3, initial=9)], [("n:r", "reset")],
         {"f64": [9, 9, 9]}, why="size was 2, is 3"),
    Swap("smaller", [Cell("n:r", size=3)], [Cell("n:r", size=2)], [("n:r", "reset")],
         {"f64": [0, 0]}, why="size was 3, is 2"),
    Swap("other storage", [Cell("n:r")], [Cell("n:r", "f32", initial=0.5)], [("n:r", "reset")],
         {"f32": [0.5]}, why="storage was f64, is f32"),
    Swap("added", [Cell("a:r")], [Cell("b:r", initial=7), Cell("a:r")],
         [("b:r", "reset"), ("a:r", "kept")], {"f64": [7, 1]}, why="not in the old program"),
    Swap("removed", [Cell("a:r"), Cell("b:r")], [Cell("b:r")],
         [("b:r", "kept"), ("a:r", "dropped")], {"f64": [2]}, why="not in the new program"),
    Swap("other role", [Cell("n:one")], [Cell("n:two", initial=3)],
         [("n:two", "reset"), ("n:one", "dropped")], {"f64": [3]}),
    Swap("other node", [Cell("n:r")], [Cell("m:r")], [("m:r", "reset"), ("n:r", "dropped")],
         {"f64": [0]}),
    Swap("of two old ones the last counts", [Cell("n:r"), Cell("n:r")], [Cell("n:r")],
         [("n:r", "kept")], {"f64": [2]}),
    Swap("of two new ones the last is taken", [Cell("n:r")],
         [Cell("n:r", initial=8), Cell("n:r", initial=9)], [("n:r", "kept")], {"f64": [8, 1]}),
    Swap("of one role in two storages each stays", [Cell("n:r", size=2), Cell("n:r", "i32")],
         [Cell("n:r", size=2), Cell("n:r", "i32")], [("n:r", "kept"), ("n:r", "kept")],
         {"f64": [1, 2], "i32": [1]}),
    Swap("of one role in two storages one goes", [Cell("n:r"), Cell("n:r", "i32")],
         [Cell("n:r", "i32")], [("n:r", "kept"), ("n:r", "dropped")], {"i32": [1]}),
    Swap("the last of the old ones does not fit", [Cell("n:r"), Cell("n:r", size=2)],
         [Cell("n:r", initial=4)], [("n:r", "reset")], {"f64": [4]}),
]  # fmt: skip


@pytest.mark.parametrize("row", SWAPS, ids=lambda row: row.name)
def test_cells(row: Swap) -> None:
    """A cell is kept if node, role, storage and size agree; else reset or dropped, with why."""
    runtime = Runtime(cells("old", *row.old))
    for name in ("f64", "f32", "i32"):
        array = getattr(runtime.state, name)
        array[:] = range(1, len(array) + 1)

    report = runtime.hot_swap(cells("new", *row.new))

    assert outcomes(report) == row.cells
    state = {name: array for name, array in runtime.state.snapshot().items() if array}
    assert same(state, row.state)
    whys = {cell.why for cell in report.cells}
    assert row.why in whys or not row.why
    assert all(cell.why for cell in report.cells if cell.outcome != "kept")
    for outcome in ("kept", "reset", "dropped"):
        assert report.count(outcome) == [found for _, found in row.cells].count(outcome)


def test_a_reset_cell_starts_as_in_a_fresh_program() -> None:
    """Without a constant that is what its operation wants."""
    b = ProgramBuilder("new")
    b.cell("c", size=2, nodeId="n", role="r")
    b.signal("stateful", op="envelopeAD", stateId="c")
    runtime = Runtime(cells("old", Cell("n:r", size=3)))

    runtime.hot_swap(b.program())

    assert same(runtime.state.f64.tolist(), [-INF, 0.0])


def test_the_old_arrays_are_not_shared() -> None:
    """The new program works on arrays of its own."""
    runtime = Runtime(cells("old", Cell("n:r", size=2)))
    before = runtime.state
    runtime.hot_swap(cells("new", Cell("n:r", size=2)))
    runtime.state.f64[:] = 5.0

    assert before.f64.tolist() == [0.0, 0.0]


def test_a_dropped_cell_is_gone() -> None:
    """Swapping back does not bring it back."""
    both = cells("both", Cell("a:r"), Cell("b:r"))
    runtime = Runtime(both)
    runtime.state.f64[:] = [1.0, 2.0]

    runtime.hot_swap(cells("one", Cell("b:r")))
    report = runtime.hot_swap(both)

    assert runtime.state.f64.tolist() == [0.0, 2.0]
    assert outcomes(report) == [("a:r", "reset"), ("b:r", "kept")]


# --- Numbers beside the cells ---------------------------------------------------------------

IN, OUT, TRIGGER = 5, 10, 6


def stateful(
    op: str, size: int, *, state_id: str = "c", node_id: str = "n", **params: Any
) -> ProgramBuilder:
    """Return a program of one operation in one f64 cell; what it cannot hold is kept beside it."""
    b = ProgramBuilder("stateful")
    b.slots(IN, OUT, TRIGGER)
    b.cell(state_id, size=size, nodeId=node_id, role="r")
    fields: dict[str, Any] = {"input": b.signal("inputSlot", slot=IN)}
    if op == "sampleHold":
        params["trigger"] = b.signal("inputSlot", slot=TRIGGER)
    node = b.signal("stateful", op=op, stateId=state_id, params=params, **fields)
    b.step("signalEval", "s-out", outputs=[{"sigId": node, "slot": OUT}])
    return b


def frame(runtime: Runtime, value: float, t_ms: float, trigger: float = 0.0) -> float:
    runtime.values.write(IN, value)
    runtime.values.write(TRIGGER, trigger)
    runtime.run_frame(t_ms)
    return float(runtime.values.peek(OUT))


@pytest.mark.parametrize("state_id", ["c", "another"])
def test_the_write_index_moves_with_its_ring(state_id: str) -> None:
    """A ring whose index no cell holds turns on after a swap, whatever its id is now."""
    runtime = Runtime(stateful("delayFrames", 3, delayFrames=2).program())
    before = [frame(runtime, float(i), i * 10.0) for i in range(1, 5)]

    runtime.hot_swap(stateful("delayFrames", 3, state_id=state_id, delayFrames=2).program())
    after = [frame(runtime, float(i), i * 10.0) for i in range(5, 9)]

    assert before + after == [0.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


def test_the_second_number_moves_with_its_cell() -> None:
    """A trigger that stays high across the swap does not rise again."""
    runtime = Runtime(stateful("sampleHold", 1).program())
    assert [frame(runtime, 1.0, 0.0, 1.0), frame(runtime, 2.0, 10.0, 1.0)] == [1.0, 1.0]

    runtime.hot_swap(stateful("sampleHold", 1, state_id="another").program())

    assert [frame(runtime, 3.0, 20.0, 1.0), frame(runtime, 4.0, 30.0, 0.0)] == [1.0, 1.0]
    assert frame(runtime, 5.0, 40.0, 1.0) == 5.0


def test_numbers_of_a_cell_that_is_reset_are_reset() -> None:
    """A cell of another size starts anew, with the numbers that were kept beside it."""
    runtime = Runtime(stateful("sampleHold", 1).program())
    frame(runtime, 1.0, 0.0, 1.0)

    runtime.hot_swap(stateful("sampleHold", 1, node_id="other").program())

    assert frame(runtime, 3.0, 20.0, 1.0) == 3.0


# --- Time -----------------------------------------------------------------------------------


def timed(model: Document, patch_id: str = "timed") -> Program:
    """Return a program that shows time: slots 0 to 3, and its delta in slot 4."""
    b = ProgramBuilder(patch_id, model)
    b.slots(0, 1, 2, 3, 4)
    b.time(0, 1, phase01=2, wrapEvent=3)
    index = b.node("delta", 13, 0)
    b.step("nodeEval", "s-delta", nodeIndex=index, inputSlots=[], outputSlots=[4], phase="preBus")
    return b.program()


def wraps(runtime: Runtime, *times: float) -> list[float]:
    found = []
    for t_ms in times:
        runtime.run_frame(t_ms)
        found.append(float(runtime.values.peek(3)))
    return found


class Models(NamedTuple):
    """Two time models, whether the wrap memory is kept, and the wrap events after the swap."""

    name: str
    old: Document
    new: Document
    kept: bool
    wraps: list[float]


MODELS = [
    Models("same", cyclic(1000), cyclic(1000), True, [1.0, 0.0]),
    Models("other period", cyclic(1000), cyclic(700), True, [1.0, 0.0]),
    Models("finite to cyclic", finite(5000), cyclic(1000), False, [0.0, 0.0]),
    Models("infinite to cyclic", INFINITE, cyclic(1000), False, [0.0, 0.0]),
    Models("loop to pingpong", cyclic(1000), cyclic(1000, "pingpong"), True, [0.0, 0.0]),
    Models("pingpong to pingpong", cyclic(1000, "pingpong"), cyclic(1000, "pingpong"), True,
           [1.0, 0.0]),
]  # fmt: skip


@pytest.mark.parametrize("row", MODELS, ids=lambda row: row.name)
def test_wrap_memory(row: Models) -> None:
    """The wrap memory goes on if the kind of the model stays; else the next frame is a first."""
    runtime = Runtime(timed(row.old))
    wraps(runtime, 0.0, 900.0)

    report = runtime.hot_swap(timed(row.new))

    assert report.wrap_memory_kept is row.kept
    assert wraps(runtime, 1100.0, 1200.0) == row.wraps


def test_leaving_a_cyclic_model_and_coming_back_forgets_the_wrap() -> None:
    """The memory that was cleared stays cleared."""
    runtime = Runtime(timed(cyclic(1000)))
    wraps(runtime, 0.0, 900.0)
    runtime.hot_swap(timed(INFINITE))
    runtime.hot_swap(timed(cyclic(1000)))

    assert wraps(runtime, 1100.0) == [0.0]


@pytest.mark.parametrize("model", [cyclic(1000), INFINITE], ids=["same model", "other model"])
def test_time_and_frame_count_go_on(model: Document) -> None:
    """The delta is the time since the last frame of the old program; frames count on."""
    runtime = Runtime(timed(cyclic(1000)), fps=10)
    runtime.run_frame(0.0)
    runtime.run_frame(30.0)
    frame_id = runtime.cache.frame_id

    report = runtime.hot_swap(timed(model, "next"))
    result = runtime.run_frame(75.0)

    assert (report.frame, report.program, result.index, runtime.frame_count) == (2, "next", 2, 3)
    assert runtime.values.peek(4) == 45.0
    assert runtime.cache.frame_id == frame_id + 1


def test_swap_before_the_first_frame() -> None:
    """Nothing has happened yet: the next frame is frame 0 with the nominal delta."""
    runtime = Runtime(timed(cyclic(1000)), fps=10)

    report = runtime.hot_swap(timed(cyclic(1000)))
    result = runtime.run_frame(500.0)

    assert (report.frame, result.index) == (0, 0)
    assert runtime.values.peek(4) == 100.0


# --- Slots and signals ----------------------------------------------------------------------


def shown(patch_id: str, value: float, *, initial: float | None = None) -> ProgramBuilder:
    """Return a program that writes a constant to slot 10, and may have slot 11 set."""
    b = ProgramBuilder(patch_id)
    b.slots(OUT, 11)
    b.step("signalEval", "s-out", outputs=[{"sigId": b.signal_const(value), "slot": OUT}])
    if initial is not None:
        b.initial(11, initial)
    return b


def test_slot_values_are_those_of_the_new_program() -> None:
    """No slot keeps its value; initial values are written again."""
    runtime = Runtime(shown("old", 1.0, initial=5.0).program())
    runtime.run_frame(0.0)

    runtime.hot_swap(shown("new", 2.0, initial=6.0).program())

    assert (runtime.values.peek(OUT), runtime.values.peek(11)) == (0.0, 6.0)
    assert not runtime.values.was_ever_written(OUT)
    runtime.run_frame(10.0)
    assert (runtime.values.peek(OUT), runtime.values.peek(11)) == (2.0, 6.0)


def test_initial_values_count_as_written_until_the_next_frame() -> None:
    """A write before the next frame is a second one (IR402); the frame's own write is not."""
    runtime = Runtime(shown("old", 1.0).program())
    runtime.run_frame(0.0)
    b = shown("new", 2.0, initial=6.0)
    b.initial(OUT, 7.0)
    runtime.hot_swap(b.program())

    with pytest.raises(DoubleWrite) as caught:
        runtime.values.write(11, 8.0)

    assert (caught.value.code, caught.value.facts["slot"]) == ("IR402", 11)
    runtime.run_frame(10.0)
    assert runtime.values.peek(OUT) == 2.0
    runtime.values.write(11, 8.0)


def test_slots_may_be_other_slots() -> None:
    """The new program has its own slots and storages, and none of the old ones."""
    runtime = Runtime(shown("old", 1.0).program())
    b = ProgramBuilder("new")
    b.slot(3, "f32")
    b.step("signalEval", "s-out", outputs=[{"sigId": b.signal_const(0.1), "slot": 3}])
    runtime.hot_swap(b.program())
    runtime.run_frame(0.0)

    assert runtime.values.slots == (3,)
    assert runtime.values.peek(3) == 0.10000000149011612


def test_signals_of_the_old_program_are_not_remembered() -> None:
    """Ids mean other signals now: nothing of the old values is left."""
    runtime = Runtime(shown("old", 1.0).program())
    runtime.run_frame(0.0)
    runtime.hot_swap(shown("new", 2.0).program())

    assert runtime.values.peek(OUT) == 0.0
    runtime.run_frame(0.0)
    assert runtime.values.peek(OUT) == 2.0


def test_warnings_of_both_programs_are_kept() -> None:
    """Findings go on; those of the new program are added."""
    old, new = shown("old", 1.0), shown("new", 2.0)
    for b, cell in ((old, "a"), (new, "b")):
        b.cell(cell, initialConstId=4711)
    runtime = Runtime(old.program())

    runtime.hot_swap(new.program())

    assert [finding.facts["state_id"] for finding in runtime.findings] == ["a", "b"]


# --- Failure --------------------------------------------------------------------------------


def overlapping() -> Program:
    """A program whose slots 0 and 1 share a place, which no runtime takes."""
    b = ProgramBuilder("overlapping")
    b.slot(0, offset=0)
    b.slot(1, offset=0)
    b.time(0, 1)
    return b.program()


def all_of(runtime: Runtime) -> dict[str, Any]:
    """Return what a swap could change."""
    return {
        "program": runtime.program.digest,
        "slots": {slot: runtime.values.peek(slot) for slot in runtime.values.slots},
        "state": runtime.state.snapshot(),
        "private": dict(runtime.state.private),
        "frames": runtime.frame_count,
        "clock": (runtime.clock.previous_t_ms, runtime.clock.previous_model_ms),
        "findings": [finding.code for finding in runtime.findings],
    }


def test_a_swap_that_fails_changes_nothing() -> None:
    """The runtime goes on as if nothing had been asked of it."""
    b = stateful("delayFrames", 3, delayFrames=2)
    runtime, untouched = Runtime(b.program()), Runtime(b.program())
    for one in (runtime, untouched):
        frame(one, 1.0, 0.0)
        frame(one, 2.0, 10.0)
    before = all_of(runtime)

    with pytest.raises(SlotsOverlap):
        runtime.hot_swap(overlapping())

    assert all_of(runtime) == before
    rest = [[frame(one, float(i), i * 10.0) for i in (3, 4, 5)] for one in (runtime, untouched)]
    assert rest[0] == rest[1] == [1.0, 2.0, 3.0]


def test_a_swap_that_strict_refuses_changes_nothing() -> None:
    """What is an error under strict is one for a swap too."""
    b = shown("new", 2.0)
    b.cell("c", initialConstId=4711)
    runtime = Runtime(shown("old", 1.0).program(), strict=True)
    runtime.run_frame(0.0)
    before = all_of(runtime)

    with pytest.raises(IrrunError):
        runtime.hot_swap(b.program())

    assert all_of(runtime) == before
    runtime.run_frame(10.0)
    assert runtime.values.peek(OUT) == 1.0


def test_a_swap_keeps_to_the_executors_that_were_asked_for() -> None:
    """`stub` stubs the new program too, and only `stub` does."""
    real, stubbed = (Runtime(shown("old", 1.0).program(), executors=e) for e in ("real", "stub"))

    for runtime in (real, stubbed):
        runtime.hot_swap(shown("new", 2.0).program())

    assert not any(planned.is_stub for planned in real.plan)
    assert all(planned.is_stub for planned in stubbed.plan)


# --- The same program -----------------------------------------------------------------------


def run_with_swaps(program: Program, frames: int, at: int | None) -> list[Any]:
    """Run frames, swapping the program for itself before one of them; return all slots."""
    runtime = Runtime(program)
    found: list[Any] = []
    for i in range(frames):
        if i == at:
            runtime.hot_swap(program)
        try:
            runtime.run_frame(i * 1000 / 60)
        except IrrunError as error:  # a program that shows how programs fail
            return [*found, error.code]
        slots = {str(s): value_document(runtime.values.peek(s), "full")
                 for s in runtime.values.slots}  # fmt: skip
        found.append((slots, runtime.state.snapshot()))
    return found


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_swapping_a_program_for_itself_changes_nothing(path: Path) -> None:
    """All state is kept, so the run goes on as without the swap."""
    program = load(str(path), name=path.name)

    assert run_with_swaps(program, 24, at=13) == run_with_swaps(program, 24, at=None)


def test_quirks_go_on() -> None:
    """The reference's values are taken by the new program too: a delay of 0 is one of 1."""
    b = stateful("delayFrames", 3, delayFrames=0, stateOffset=0)
    b.cell("at", "i32")
    runtime = Runtime(stateful("integrate", 1).program(), quirks=True)
    runtime.hot_swap(b.program())

    assert [frame(runtime, 1.0, 0.0), frame(runtime, 2.0, 10.0)] == [0.0, 1.0]
