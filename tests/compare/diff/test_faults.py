"""Seeded faults: what diff names as first divergence, as the earliest cause, and as the reason."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from compare.diff.programs import both_run, bundled, compiled, copied, program, step, synth
from hypothesis import given
from hypothesis import strategies as st
from program_builder import Document, ProgramBuilder
from support.examples import examples

from irrun.compare.diff.compare import Comparison
from irrun.compare.diff.runs.lockstep import DifferingValue
from irrun.runtime.times import frame_times

Edit = Callable[[Document], None]


class Fault(NamedTuple):
    """One fault, and what must be found of it."""

    name: str
    base: Callable[[], Document]
    edit: Edit
    symptom: tuple[int, str | None, str]
    """Frame, step and value of the first output that differs, or of the first value."""
    origin: tuple[int, str | None, str]
    """Frame, step and value of the earliest cause."""
    reason: str


def bus() -> Document:
    return bundled("bus")


def ring() -> Document:
    return bundled("ring-buffer")


def every() -> Document:
    return bundled("every-step-kind")


def golden() -> Document:
    return compiled("golden-patch")


def grid() -> Document:
    return compiled("simple-grid")


def constant(pool: str, index: int, value: object) -> Edit:
    """Change one entry of a pool."""

    def edit(doc: Document) -> None:
        doc["constants"][pool][index] = value

    return edit


def operation(signal: int, opcode: int) -> Edit:
    """Give a signal another opcode."""

    def edit(doc: Document) -> None:
        doc["signalTable"]["nodes"][signal]["fn"]["opcode"] = opcode

    return edit


def swap_sort_keys(step_id: str, a: int = 0, b: int = 1) -> Edit:
    """Swap the sort keys of two publishers, and their places in the list."""

    def edit(doc: Document) -> None:
        found = step(doc, step_id)["publishers"]
        found[a]["sortKey"], found[b]["sortKey"] = found[b]["sortKey"], found[a]["sortKey"]
        found[a], found[b] = found[b], found[a]

    return edit


def swap_sources(step_id: str, a: int = 0, b: int = 1) -> Edit:
    """Let two publishers take each other's slot."""

    def edit(doc: Document) -> None:
        found = step(doc, step_id)["publishers"]
        found[a]["srcSlot"], found[b]["srcSlot"] = found[b]["srcSlot"], found[a]["srcSlot"]

    return edit


def swap_steps(a: str, b: str) -> Edit:
    """Let two steps take each other's place."""

    def edit(doc: Document) -> None:
        steps = doc["schedule"]["steps"]
        i, j = steps.index(step(doc, a)), steps.index(step(doc, b))
        steps[i], steps[j] = steps[j], steps[i]

    return edit


def both(*edits: Edit) -> Edit:
    """Make several edits."""

    def edit(doc: Document) -> None:
        for one in edits:
            one(doc)

    return edit


def in_chain(doc: Document) -> None:
    doc["transforms"]["chains"][0]["steps"][0]["bias"] = 0.75


def other_node(doc: Document) -> None:
    doc["nodes"]["nodes"][0]["opcodeId"] = 101


def longer_delay(doc: Document) -> None:
    node = next(n for n in doc["signalTable"]["nodes"] if n.get("op") == "delayFrames")
    node["params"]["delayFrames"] = 2


def last_mode(doc: Document) -> None:
    step(doc, "s-energy")["combine"]["mode"] = "last"


def bus_last() -> Document:
    doc = bus()
    last_mode(doc)
    return doc


def other_terms(doc: Document) -> None:
    doc["signalTable"]["nodes"][12]["combine"]["mode"] = "last"


def fewer(doc: Document) -> None:
    doc["schedule"]["initialSlotValues"]["7"]["count"] = 50


def faster(doc: Document) -> None:
    doc["timeModel"]["periodMs"] = step(doc, "s-time")["timeModel"]["periodMs"] = 900


def narrower(doc: Document) -> None:
    entry = next(m for m in doc["slotMeta"] if m["slot"] == 3)
    entry["storage"] = "f32"


def without_mix(doc: Document) -> None:
    doc["schedule"]["steps"].remove(step(doc, "s-mix"))


FAULTS = [
    # Change one constant.
    Fault("constant, synth", synth, constant("json", 0, 4),
          (1, "s-node", "slot 6"), (1, "s-osc", "slot 3"),
          "constant 0 of signal 2 of s-osc.outputs[1] was 3, is 4"),
    Fault("constant, bus", bus, constant("json", 0, 999),
          (1, "s-energy", "slot 5"), (1, "s-sources", "slot 3"),
          "constant 0 of signal 1 of s-sources.outputs[0] was 1000, is 999"),
    Fault("constant, compiled", golden, constant("json", 2, 0.5),
          (0, "step-render-assemble", "slot 28"), (0, "step-signal-eval", "slot 24"),
          "constant 2 of signal 15 of step-signal-eval.outputs[15] was 1, is 0.5"),
    Fault("constant, grid", grid, constant("json", 3, 0.25),
          (0, "step-render-assemble", "slot 21"), (0, "step-signal-eval", "slot 17"),
          "constant 3 of signal 12 of step-signal-eval.outputs[12] was 1, is 0.25"),
    # Swap two publishers.
    Fault("publishers, synth", synth, swap_sort_keys("s-mix"),
          (0, "s-node", "slot 6"), (0, "s-mix", "slot 4"),
          "publishers pub-a and pub-b of step s-mix swapped order"),
    Fault("publishers, bus", bus_last, swap_sort_keys("s-energy"),
          (0, "s-energy", "slot 5"), (0, "s-energy", "slot 5"),
          "publishers pub-a and pub-b of step s-energy swapped order"),
    Fault("sources of publishers", synth, swap_sources("s-mix"),
          (0, "s-node", "slot 6"), (0, "s-mix", "slot 4"),
          "publishers[pub-a].srcSlot of step s-mix was s-osc.outputs[0].slot, is "
          "s-osc.outputs[1].slot"),
    Fault("terms, compiled", golden, other_terms,
          (1, "step-signal-eval", "slot 19"), (1, "step-signal-eval", "slot 19"),
          "combine.mode of signal 12 of step-signal-eval.outputs[12] was sum, is last"),
    # Shift a state initial value.
    Fault("initial state, ring", ring, constant("f64", 0, 3.5),
          (0, "s-memory", "slot 3"), (-1, None, "state integrate:accumulator"),
          "state integrate:accumulator starts from 3.5 instead of 0.25"),
    Fault("initial state, unseen by the output", synth,
          both(constant("f64", 0, 0.5), constant("json", 0, 5)),
          (1, "s-node", "slot 6"), (1, "s-osc", "slot 3"),
          "constant 0 of signal 2 of s-osc.outputs[1] was 3, is 5"),
    Fault("initial state, to the output", synth, both(constant("f64", 0, 0.75),
                                                      swap_sort_keys("s-mix")),
          (0, "s-node", "slot 6"), (-1, None, "state n-acc:sum"),
          "state n-acc:sum starts from 0.75 instead of 0.25"),
    # Alter an opcode.
    Fault("opcode, synth", synth, operation(3, 100),
          (0, "s-node", "slot 6"), (0, "s-osc", "slot 3"),
          "function of signal 3 of s-osc.outputs[1] was mul (opcode 102), is add (opcode 100)"),
    Fault("opcode, bus", bus, operation(2, 102),
          (1, "s-energy", "slot 5"), (1, "s-sources", "slot 3"),
          "function of signal 2 of s-sources.outputs[0] was div (opcode 103), is mul (opcode 102)"),
    Fault("opcode of a node", synth, other_node,
          (0, "s-node", "slot 6"), (0, "s-node", "slot 6"),
          "opcode of node add was add (opcode 100), is sub (opcode 101)"),
    Fault("opcode, every kind", every, operation(2, 101),
          (0, "s-render", "slot 50"), (0, "s-signals", "slot 5"),
          "function of signal 2 of s-signals.outputs[1] was add (opcode 100), is sub (opcode 101)"),
    # Reorder two steps.
    Fault("steps, synth", synth, swap_steps("s-mix", "s-osc"),
          (1, "s-node", "slot 6"), (1, "s-mix", "slot 4"),
          "step s-mix now runs before s-osc: it reads slot 3 as the frame before left it"),
    Fault("steps, bus", bus, swap_steps("s-sources", "s-energy"),
          (1, "s-energy", "slot 5"), (1, "s-energy", "slot 5"),
          "step s-energy now runs before s-sources: it reads slot 3 and slot 4 as the frame before "
          "left them"),
    Fault("steps, reader of one slot", synth, swap_steps("s-late", "s-node"),
          (3, "s-node", "slot 6"), (3, "s-node", "slot 6"),
          "step s-node now runs before s-late: it reads slot 5 as the frame before left it"),
    # And others.
    Fault("a step less", synth, without_mix,
          (0, "s-node", "slot 6"), (0, "s-mix", "slot 4"),
          "step s-mix, which makes slot s-mix.outSlot, is only in A"),
    Fault("a chain", synth, in_chain,
          (0, "s-node", "slot 6"), (0, "s-mix", "slot 4"),
          "steps[0].bias of chain 0 of s-mix.publishers[pub-b].transform was 0.5, is 0.75"),
    Fault("a delay", synth, longer_delay,
          (2, "s-node", "slot 6"), (0, "s-late", "state n-late:ring"),
          "params.delayFrames of signal 5 of state n-late:ring was 3, is 2"),
    Fault("a domain", grid, fewer,
          (0, "step-render-assemble", "slot 21"), (-1, None, "slot 7"),
          "count of the initial value of initial value 7 was 100, is 50"),
    Fault("the time model", synth, faster,
          (1, "s-node", "slot 6"), (1, "s-osc", "slot 3"),
          "periodMs of time model was 1000, is 900"),
    Fault("a storage", synth, narrower,
          (1, "s-node", "slot 6"), (1, "s-osc", "slot 3"),
          "storage of slot s-osc.outputs[1].slot was f64, is f32"),
]  # fmt: skip


def compare(fault: Fault, frames: int = 12) -> Comparison:
    """Compare a program with the same program with a fault."""
    doc = fault.base()
    faulty = copied(doc)
    fault.edit(faulty)
    return both_run(program(doc), program(faulty), frame_times(frames))


def told(found: DifferingValue) -> tuple[int, str | None, str]:
    """Return frame, step and value of a divergence."""
    name = f"slot {found.slots[0]}" if found.slots else found.value.text
    return found.moment.frame, found.step, name


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_found(fault: Fault) -> None:
    """Frame, step and slot of the symptom and of the earliest cause; the reason in words."""
    found = compare(fault)
    cause = found.cause
    assert cause is not None
    assert cause.symptom is not None
    assert cause.origin is not None

    assert told(cause.symptom) == fault.symptom
    assert told(cause.origin) == fault.origin
    assert fault.reason in cause.reasons
    assert cause.path[0] is cause.origin
    assert cause.path[-1] is cause.symptom
    assert found.data.affects_run
    assert not found.same


def selecting(cond: float, taken: float, other: float) -> Document:
    """A select between two constants."""
    b = ProgramBuilder("selecting")
    b.slots(0, 1, 2)
    b.time(0, 1)
    cond_id, t, f = (b.signal_const(n) for n in (cond, taken, other))
    choice = b.signal("select", cond=cond_id, t=t, f=f)
    b.step("signalEval", "s-sig", outputs=[{"sigId": choice, "slot": 2}])
    return b.document()


def test_a_difference_that_was_not_evaluated_is_no_reason() -> None:
    """Both branches of a select changed: the one that was taken is the reason."""
    programs = program(selecting(1, 5, 6)), program(selecting(1, 7, 8))
    found = both_run(*programs, frame_times(2))
    cause = found.cause

    assert len(found.data.changes) == 2
    assert cause is not None
    assert cause.reasons == ("constant 1 of signal 1 of s-sig.outputs[0] was 5, is 7",)
    assert [(s.text, s.expected, s.got) for s in cause.signals] == [("signal 1", 5, 7)]


UNARY, BINARY = (110, 111, 120, 121, 122), (100, 101, 102, 103, 130, 131)


@examples(30, long=200)
@given(data=st.data())
def test_every_divergence_is_explained(data: st.DataObject) -> None:
    """Any constant, opcode, mode or order changed: where the runs differ, the data says why."""
    doc = data.draw(st.sampled_from([synth, bus, ring, every]))()
    other = copied(doc)
    for _ in range(data.draw(st.integers(1, 3))):
        match data.draw(st.sampled_from(["constant", "opcode", "steps", "mode"])):
            case "constant":
                pool = data.draw(st.sampled_from(["json", "f64"]))
                numbers = [i for i, x in enumerate(other["constants"][pool])
                           if isinstance(x, int | float)]  # fmt: skip
                if numbers:
                    at = data.draw(st.sampled_from(numbers))
                    other["constants"][pool][at] = data.draw(st.integers(-3, 9))
            case "opcode":
                for node in other["signalTable"]["nodes"]:
                    if "fn" in node and data.draw(st.booleans()):
                        same = BINARY if node["kind"] == "zip" else UNARY
                        node["fn"]["opcode"] = data.draw(st.sampled_from(same))
            case "steps":
                steps = other["schedule"]["steps"]
                i = data.draw(st.integers(0, len(steps) - 2))
                steps[i], steps[i + 1] = steps[i + 1], steps[i]
            case "mode":
                for found_step in other["schedule"]["steps"]:
                    if found_step["kind"] == "busEval" and found_step["publishers"]:
                        modes = st.sampled_from(["sum", "average", "last", "max"])
                        found_step["combine"]["mode"] = data.draw(modes)

    found = both_run(program(doc), program(other), frame_times(8))

    if found.runs is not None and not found.runs.agree:
        assert found.cause is not None
        assert not any("do not differ there" in reason for reason in found.cause.reasons)
