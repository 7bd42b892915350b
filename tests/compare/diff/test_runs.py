"""Two programs in lockstep: what is compared, what is kept, what stops."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from compare.diff.programs import both_run, bundled, copied, program, step, synth
from program_builder import Document, ProgramBuilder, opcode

from irrun.compare.diff.compare import Comparison, diff_data
from irrun.compare.diff.document import comparison_document
from irrun.compare.diff.runs.lockstep import BEFORE, DifferingValue, RunsDiff
from irrun.compare.lineage.dependencies import Value
from irrun.compare.output.tolerance import Policy
from irrun.runtime.times import frame_times


def compared(a: Document, b: Document, frames: int = 5, **plan: Any) -> Comparison:
    return both_run(program(a), program(b), frame_times(frames), **plan)


def runs_of(found: Comparison) -> RunsDiff:
    assert found.runs is not None
    return found.runs


def value(
    number: float, frames: int = 3, storage: str = "f64", **plan: Any
) -> DifferingValue | None:
    """Compare two constants, 1 and another, in a slot."""
    docs = []
    for constant in (1, number):
        b = ProgramBuilder("one")
        b.slot(0, storage)
        one = b.signal_const(constant)
        b.step("signalEval", "s", outputs=[{"sigId": one, "slot": 0}])
        docs.append(b.document())
    return runs_of(compared(docs[0], docs[1], frames, **plan)).first()


def test_how_far_apart() -> None:
    """Absolutely, relatively and in units in the last place; how often and how much at most."""
    found = value(1.5)

    assert found is not None
    assert (found.leaf.absolute, found.leaf.relative, found.leaf.ulps) == (0.5, 0.5, 1 << 51)
    assert (found.frames, found.largest) == (3, 0.5)
    assert (found.expected, found.got) == (1, 1.5)
    assert found.type == "signal:number"


@pytest.mark.parametrize(
    ("policy", "agrees"),
    [
        (Policy(), False),
        (Policy({"atol": {"*": 0.5}}), True),
        (Policy({"atol": {"*": 0.4}}), False),
        (Policy({"rtol": {"0": 0.5}}), True),
        (Policy({"rtol": {"s.outputs*": 0.5}}), True),
        (Policy({"rtol": {"1": 0.5}}), False),
        (Policy({"ulp": {"*": 1}}), False),
    ],
)
def test_tolerances(policy: Policy, agrees: bool) -> None:
    """Differences within the tolerance are none."""
    assert (value(1.5, policy=policy) is None) is agrees


def test_ulps_of_a_single() -> None:
    """In an f32 slot, units are those of float32."""
    found = value(1 + 2**-23, storage="f32")

    assert found is not None
    assert found.leaf.ulps == 1


def zeros(sign: int) -> Document:
    """A slot that holds 0 or -0, and one that is NaN."""
    b = ProgramBuilder("zeros")
    b.slots(0, 1)
    zero, number = b.signal_const(0), b.signal_const(sign)
    product = b.signal("zip", a=zero, b=number, fn=opcode(102))
    nan = b.signal("zip", a=zero, b=zero, fn=opcode(103))
    b.step("signalEval", "s", outputs=[{"sigId": product, "slot": 0}, {"sigId": nan, "slot": 1}])
    return b.document()


def test_nan_is_nan_and_minus_zero_is_not_zero() -> None:
    """As everywhere in irrun."""
    runs = runs_of(compared(zeros(1), zeros(-1)))

    assert [d.value.name for d in runs.divergences.values()] == ["s.outputs[0].slot"]


def stopping(code: int, at: str = "s-bad") -> Document:
    """A program whose second step fails, because of an opcode that does not exist."""
    b = ProgramBuilder("stops")
    b.slots(0, 1, 2)
    b.time(0, 1)
    one = b.signal_const(1)
    bad = b.signal("map", src=one, fn=opcode(code))
    b.step("signalEval", at, outputs=[{"sigId": bad, "slot": 2}])
    return b.document()


def test_one_program_fails() -> None:
    """That is the divergence, and the data says why."""
    found = compared(stopping(120), stopping(9999))
    runs, cause = runs_of(found), found.cause

    assert not runs.agree
    assert [(stop.side, stop.error.code) for stop in runs.stops] == [("B", "IR410")]
    assert runs.frames == 0
    assert cause is not None
    assert cause.stop is runs.stops[0]
    assert cause.origin is None
    assert cause.reasons == (
        "function of signal 1 of s-bad.outputs[0] was abs (opcode 120), is opcode 9999",
    )
    assert not found.same


def test_a_slot_written_twice() -> None:
    """The step that came to write it too is the reason, not the one that stumbles."""
    doc = synth()
    other = copied(doc)
    step(other, "s-time")["out"]["tModelMs"] = 3

    cause = compared(doc, other).cause

    assert cause is not None
    assert cause.stop is not None
    assert cause.stop.error.code == "IR402"
    assert cause.stop.moment.place.step == 1
    assert any(reason.startswith("out.tModelMs of step s-time was") for reason in cause.reasons)


def test_both_fail_alike() -> None:
    """No difference, but no success either."""
    found = compared(stopping(9999), stopping(9999))

    assert runs_of(found).agree
    assert runs_of(found).same_stop
    assert found.cause is None
    assert not found.same


def test_a_failure_has_its_cause_upstream() -> None:
    """A domain that is too large: the value is told, not the step that stumbles over it."""
    doc = bundled("every-step-kind")
    other = copied(doc)
    other["schedule"]["initialSlotValues"]["10"]["count"] = -1

    found = compared(doc, other)
    cause = found.cause

    assert cause is not None
    assert cause.stop is not None
    assert cause.stop.side == "B"
    assert cause.origin is not None
    assert cause.origin.value.name == "initial value 10"
    assert cause.origin.moment.frame == BEFORE
    assert any("was 6, is -1" in reason for reason in cause.reasons)


def test_values_of_one_program_are_listed() -> None:
    """They are no divergence."""
    doc = synth()
    other = copied(doc)
    other["schedule"]["steps"].append({
        "id": "s-more", "kind": "signalEval", "deps": [], "outputs": [{"sigId": 0, "slot": 77}],
    })  # fmt: skip

    runs = runs_of(compared(doc, other))

    assert runs.agree
    assert runs.only == ([], ["s-more.outputs[0].slot"])


def test_stubs_of_renumbered_slots_are_left_out() -> None:
    """Their placeholders tell the slot and nothing else; said so by name."""
    doc = bundled("every-step-kind")
    other = copied(doc)
    step(other, "s-color")["outRSlot"] = 99

    runs = runs_of(compared(doc, other, executors="stub"))

    assert Value("slot", "s-color.outRSlot") in runs.skipped
    assert runs.divergences == {}
    assert "s-color" in runs.stubs


def test_real_steps_after_such_a_stub_are_left_out_too() -> None:
    """What they compute comes from the placeholder."""
    doc = synth()
    other = json.loads(json.dumps(doc).replace('"outSlot": 4', '"outSlot": 8'))
    other = json.loads(json.dumps(other).replace('"slot": 4', '"slot": 8'))
    step(other, "s-node")["inputSlots"] = [5, 8]

    runs = runs_of(compared(doc, other, executors="stub"))

    assert runs.agree
    assert {v.name for v in runs.skipped} == {"s-mix.outSlot"}


def test_memory_does_not_grow_with_frames() -> None:
    """Of every value only the first difference is kept, and counts."""
    doc = synth()
    other = copied(doc)
    other["constants"]["f64"][0] = 1

    runs = runs_of(compared(doc, other, frames=300))

    found = runs.divergences[Value("slot", "s-osc.outputs[0].slot")]
    assert found.frames == 300
    assert len(runs.divergences) == 2
    assert runs.divergences[Value("state", "n-acc:sum")].moment.frame == BEFORE
    assert runs.differing_frames == 300


def test_a_value_that_recovers() -> None:
    """Its frames are counted one by one."""
    doc = synth()
    other = copied(doc)
    other["signalTable"]["nodes"][0]["kind"] = "wrapEvent"

    runs = runs_of(compared(doc, other, frames=61))

    assert runs.first() is not None
    assert 0 < runs.divergences[Value("slot", "s-osc.outputs[1].slot")].frames < 61


def edits() -> dict[str, Callable[[Document], Any]]:
    return {
        "same": lambda d: None,
        "constant": lambda d: d["constants"]["json"].__setitem__(0, 4),
        "steps": lambda d: d["schedule"]["steps"].reverse(),
        "time": lambda d: d["timeModel"].update(periodMs=5),
    }


@pytest.mark.parametrize("name", edits())
def test_the_document_is_deterministic(name: str) -> None:
    """The same comparison gives the same JSON, and it is JSON."""
    doc = synth()
    other = copied(doc)
    edits()[name](other)

    first, second = (
        json.dumps(comparison_document(compared(doc, other), full=True), allow_nan=False)
        for _ in range(2)
    )

    assert first == second
    assert json.loads(first)["same"] is (name == "same")


def test_without_a_run() -> None:
    """Only the data is compared; a program that cannot run is no obstacle."""
    found = diff_data(program(stopping(9999)), program(stopping(9999)))

    assert found.runs is None
    assert found.cause is None
    assert found.same
