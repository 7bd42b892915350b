"""Faults sown into real programs: a check names the frame, the step and the slot of each.

Where a fault shows is found out beside the goldens: both programs run, and their columns are
compared frame by frame in the order of the schedule.
"""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from compare.golden.samples import PROGRAMS
from program_builder import cyclic, finite
from support.conformance_vectors import PROGRAMS as REAL

import irrun
from irrun.compare.golden.check import Judging, Verdict, check_golden
from irrun.compare.golden.many.find import Target
from irrun.compare.golden.store import write_golden
from irrun.compare.output.compare import compare_goldens
from irrun.compare.output.document import GoldenRun
from irrun.compare.output.record import RecordPlan, record_golden
from irrun.program.program import Program
from irrun.runtime.runtime import Runtime
from irrun.trace.values import value_document

FRAMES: Final = 30
Document = dict[str, Any]
Fault = Callable[[Document], object]


# --- Faults ---------------------------------------------------------------------------------


def constant(pool: str, index: int, value: Any) -> Fault:
    """A constant is another one."""

    def fault(document: Document) -> None:
        assert document["constants"][pool][index] != value
        document["constants"][pool][index] = value

    return fault


def last_constant_signal(document: Document) -> None:
    """The constant of the last constant signal is 7."""
    nodes = document["signalTable"]["nodes"]
    last = max(i for i, node in enumerate(nodes) if node["kind"] == "const")
    document["constants"]["json"].append(7)
    nodes[last]["constId"] = len(document["constants"]["json"]) - 1


def opcode(signal: int, before: int, after: int) -> Fault:
    """A signal's function is another one."""

    def fault(document: Document) -> None:
        fn = document["signalTable"]["nodes"][signal]["fn"]
        assert fn["opcode"] == before
        fn["opcode"] = after

    return fault


def step_of(document: Document, step_id: str) -> Document:
    """Return a step."""
    found: Document = next(s for s in document["schedule"]["steps"] if s["id"] == step_id)
    return found


def swapped_publishers(step_id: str, a: int, b: int) -> Fault:
    """Two publishers of a bus have each other's source."""

    def fault(document: Document) -> None:
        rows = step_of(document, step_id)["publishers"]
        rows[a]["srcSlot"], rows[b]["srcSlot"] = rows[b]["srcSlot"], rows[a]["srcSlot"]

    return fault


def enabled_publisher(step_id: str, index: int) -> Fault:
    """A publisher that was switched off is on."""

    def fault(document: Document) -> None:
        row = step_of(document, step_id)["publishers"][index]
        assert row["enabled"] is False
        row["enabled"] = True

    return fault


def combined(step_id: str, mode: str) -> Fault:
    """A bus is combined in another way."""
    return lambda document: step_of(document, step_id)["combine"].update(mode=mode)


def reordered(a: int, b: int) -> Fault:
    """Two steps have changed places."""

    def fault(document: Document) -> None:
        steps = document["schedule"]["steps"]
        steps[a], steps[b] = steps[b], steps[a]
        index = document["schedule"].get("stepIdToIndex", {})
        index |= {step["id"]: i for i, step in enumerate(steps) if step["id"] in index}

    return fault


def scaled(value: float) -> Fault:
    """The first step of a transform chain scales by another factor."""
    return lambda document: document["transforms"]["chains"][0]["steps"][0].update(scale=value)


def delay(frames: int) -> Fault:
    """A delay line is shorter."""

    def fault(document: Document) -> None:
        nodes = document["signalTable"]["nodes"]
        (node,) = (n for n in nodes if n.get("op") == "delayFrames")
        node["params"]["delayFrames"] = frames

    return fault


def swapped_outputs(document: Document) -> None:
    """The first and the last output of the signal step have each other's signal."""
    rows = next(s for s in document["schedule"]["steps"] if s["kind"] == "signalEval")["outputs"]
    rows[0]["sigId"], rows[-1]["sigId"] = rows[-1]["sigId"], rows[0]["sigId"]


def time_model(**members: Any) -> Fault:
    """Time runs otherwise."""

    def fault(document: Document) -> None:
        steps = document["schedule"]["steps"]
        for model in (document["timeModel"], *(s["timeModel"] for s in steps if "timeModel" in s)):
            model.clear()
            model.update(members)

    return fault


class Row(NamedTuple):
    """A fault, and the step that shows it first; slot and frame follow from the columns."""

    name: str
    program: str
    fault: Fault
    step: str
    slot: int
    frame: int


ROWS = [
    Row("constant factor", "minimal", constant("json", 1, 11), "s-wave", 4, 1),
    Row("opcode, the same at time 0", "every-storage", opcode(2, 101, 100), "s-store", 2, 1),
    Row("opcode", "minimal", opcode(3, 110, 111), "s-wave", 4, 0),
    Row("period", "minimal", time_model(**cyclic(1600)), "s-time", 2, 1),
    Row("initial state", "ring-buffer", constant("f64", 0, 0.5), "s-memory", 3, 0),
    Row("publishers swapped", "bus", swapped_publishers("s-energy", 0, 2), "s-energy", 5, 1),
    Row("publisher enabled", "bus", enabled_publisher("s-energy", 2), "s-energy", 5, 1),
    Row("combined otherwise", "bus", combined("s-energy", "max"), "s-energy", 5, 1),
    Row("chain", "bus", scaled(0.5), "s-energy", 5, 1),
    Row("silence", "bus", constant("f64", 0, -2), "s-silence", 6, 0),
    Row("steps reordered", "bus", reordered(1, 2), "s-energy", 5, 1),
    Row("duration", "bus", time_model(**finite(200)), "s-time", 2, 1),
]


class Real(NamedTuple):
    """A fault that compiled programs of real patches can have."""

    name: str
    fault: Fault
    step: str


REAL_FAULTS = [
    Real("constant", last_constant_signal, "step-signal-eval"),
    Real("signals swapped", swapped_outputs, "step-signal-eval"),
    Real("time that ends", time_model(**finite(200)), "step-time-derive"),
]
REAL_NAMES: list[str | None] = [*sorted(path.name for path in REAL.glob("*.json"))] or [None]


# --- Where it shows -------------------------------------------------------------------------


class Place(NamedTuple):
    frame: int
    slot: int
    step: str | None


def first_difference(before: Program, after: Program) -> Place:
    """Return where two runs part: the first frame, in it the first slot that a frame writes."""
    a, b = (irrun.run(program, frames=FRAMES) for program in (before, after))
    layout = irrun.derive_layout(after)
    for frame in range(FRAMES):
        found = [
            slot
            for slot in layout.by_slot
            if value_document(_at(a, slot, frame), "full")
            != value_document(_at(b, slot, frame), "full")
        ]
        if found:
            slot = min(found, key=lambda s: (min(layout.flow[s].producers, default=-1), s))
            producers = layout.flow[slot].producers
            return Place(frame, slot, after.steps[producers[0]].id if producers else None)
    raise AssertionError("the fault shows nowhere")


def _at(result: irrun.RunResult, slot: int, frame: int) -> Any:
    value = result[slot][frame]
    if not hasattr(value, "ndim"):
        return value
    return value.reshape(-1) if value.ndim else value.item()


def checked(tmp_path: Path, before: Document, after: Document) -> Place:
    """Record a program, put the fault in its place, and return where the check finds it."""
    path = tmp_path / "program.json"
    path.write_text(json.dumps(before))
    plan = RecordPlan(GoldenRun(frames=FRAMES), watch=("all",), path=path.name)
    golden = tmp_path / "program.golden"
    write_golden(golden, record_golden(irrun.load(path), plan))
    assert check_golden(Target(golden), Judging()).verdict is Verdict.SAME
    path.write_text(json.dumps(after))

    result = check_golden(Target(golden), Judging())

    assert result.verdict is Verdict.DIFFERS, result.error
    assert result.program_changed
    assert result.comparison is not None
    first = result.comparison.first
    assert first is not None
    assert first.info.slot is not None
    assert f'"frame": {first.frame}' in golden.read_text().splitlines()[(result.line or 0) - 1]
    return Place(first.frame, first.info.slot, first.info.step)


def with_fault(document: Document, fault: Fault) -> Document:
    """Return a document with a fault."""
    changed = copy.deepcopy(document)
    fault(changed)
    return changed


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_fault_is_found_where_it_is(row: Row, tmp_path: Path) -> None:
    """The first frame, the first slot in the order of the schedule, and the step that writes it."""
    before = json.loads((PROGRAMS / f"{row.program}.json").read_bytes())
    after = with_fault(before, row.fault)
    expected = Place(row.frame, row.slot, row.step)
    runs = [irrun.load(json.dumps(document).encode()) for document in (before, after)]
    assert first_difference(runs[0], runs[1]) == expected

    assert checked(tmp_path, before, after) == expected


def test_a_fault_in_memory_is_found_before_its_value_comes_out(tmp_path: Path) -> None:
    """A delay line that is too short: its write index differs a frame before its output does."""
    before = json.loads((PROGRAMS / "ring-buffer.json").read_bytes())
    after = with_fault(before, delay(9))
    runtimes = [Runtime(irrun.load(json.dumps(document).encode())) for document in (before, after)]
    frames = 0
    while runtimes[0].state.snapshot() == runtimes[1].state.snapshot():
        for runtime in runtimes:
            runtime.run_frame(frames * 1000 / 60)
        frames += 1
    programs = [runtime.program for runtime in runtimes]
    assert first_difference(programs[0], programs[1]) == Place(frames, 4, "s-memory")
    golden, got = (record_golden(p, RecordPlan(GoldenRun(frames=FRAMES))) for p in programs)

    first = compare_goldens(golden, got).first

    assert first is not None
    assert (first.frame, first.name) == (frames - 1, "state delay:writeIndex")
    assert (first.info.slot, first.info.step) == (None, "s-memory")


@pytest.mark.parametrize("name", REAL_NAMES)
@pytest.mark.parametrize("row", REAL_FAULTS, ids=lambda row: row.name)
def test_a_fault_in_a_compiled_program_is_found_where_it_is(
    row: Real, name: str | None, tmp_path: Path
) -> None:
    """The same for what the compiler makes of real patches."""
    if name is None:
        pytest.skip(f"no compiled programs in {REAL}")
    before = json.loads((REAL / name).read_bytes())
    after = with_fault(before, row.fault)
    runs = [irrun.load(json.dumps(document).encode()) for document in (before, after)]
    expected = first_difference(runs[0], runs[1])
    assert expected.step == row.step

    assert checked(tmp_path, before, after) == expected


@pytest.mark.parametrize("name", REAL_NAMES)
def test_a_golden_of_a_compiled_program_is_small(name: str | None, tmp_path: Path) -> None:
    """100 frames with what is recorded by default: below 100 KB, and the check passes."""
    if name is None:
        pytest.skip(f"no compiled programs in {REAL}")
    path = tmp_path / "program.json"
    path.write_bytes((REAL / name).read_bytes())
    golden = tmp_path / "program.golden"

    write_golden(
        golden, record_golden(irrun.load(path), RecordPlan(GoldenRun(frames=100), path=path.name))
    )

    assert golden.stat().st_size < 100_000
    assert check_golden(Target(golden), Judging()).verdict is Verdict.SAME
