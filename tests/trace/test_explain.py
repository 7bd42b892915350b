"""Explanations: the tree behind a slot's value, in one frame of a real run."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_builder import INFINITE, Document, ProgramBuilder, cyclic, finite, opcode, type_desc
from support.conformance_vectors import difference
from support.examples import examples

from irrun.limits import EXPLAIN_NODES
from irrun.program.program import Program
from irrun.runtime.executor import Executors
from irrun.runtime.runtime import Runtime
from irrun.runtime.view import FrameView
from irrun.steps.actors import CALLER, Actor
from irrun.trace.explain import Explainer, ExplainRecorder, Explanation

OUT: Final = 10


def explained(
    program: Program,
    slot: int,
    frames: int = 1,
    *,
    step_ms: float = 1000.0,
    executors: Executors = "auto",
) -> tuple[Explanation, Runtime]:
    """Run frames at a second each, and explain a slot in the last one."""
    recorder = ExplainRecorder()
    runtime = Runtime(program, observers=[recorder], executors=executors, fps=1000 / step_ms)
    for i in range(frames):
        runtime.run_frame(i * step_ms)
    return Explainer(FrameView(runtime), recorder).slot(slot), runtime


def tree(found: Explanation) -> Any:
    """Return an explanation as nested tuples of value and parts."""
    return (found.value, [tree(part) for part in found.parts])


def one(parts: Sequence[Explanation]) -> Explanation:
    (only,) = parts
    return only


def find(found: Explanation, text: str) -> Explanation:
    """Return the first value of an explanation whose text begins so."""
    return next(part for part in found.walk() if part.text.startswith(text))


def same(got: Any, expected: Any) -> bool:
    return difference(got, expected) is None


def showing(b: ProgramBuilder, sig: int, slot: int = OUT) -> ProgramBuilder:
    """Let a program write a signal to a slot."""
    b.slot(slot, "object")
    b.step("signalEval", f"s-{slot}", outputs=[{"sigId": sig, "slot": slot}])
    return b


# --- Signals --------------------------------------------------------------------------------


def test_an_expression_back_to_its_leaves() -> None:
    """A slot is explained by its step, the signal, and the signal's operands in order."""
    b = ProgramBuilder("expression")
    seven, two = b.signal_const(7), b.signal_const(2)
    minus = b.signal("zip", a=seven, b=two, fn=opcode(101))
    found, _ = explained(showing(b, b.signal("map", src=minus, fn=opcode(120))).program(), OUT)

    assert tree(found) == (5.0, [(5.0, [(5.0, [(7.0, []), (2.0, [])])])])
    texts = [part.text for part in found.walk()]
    assert "s-10" in texts[0]
    assert "signalEval" in texts[0]
    for text, facts in zip(
        texts[1:],
        (("signal 3", "abs"), ("signal 2", "sub"), ("signal 0", "const"), ("signal 1", "const")),
        strict=True,
    ):
        assert all(fact in text for fact in facts)


LEAVES: list[Any] = [
    pytest.param("timeAbsMs", INFINITE, 2000.0, id="absolute time"),
    pytest.param("timeModelMs", finite(1500), 1500.0, id="model time"),
    pytest.param("phase01", cyclic(4000), 0.5, id="phase"),
    pytest.param("wrapEvent", cyclic(2000), 1.0, id="wrap"),
]


@pytest.mark.parametrize(("kind", "model", "value"), LEAVES)
def test_time_is_a_leaf(kind: str, model: Document, value: float) -> None:
    """A time signal ends its branch with the frame's time."""
    b = ProgramBuilder("time", model)
    found, _ = explained(showing(b, b.signal(kind)).program(), OUT, 3)
    leaf = one(found.parts)

    assert (leaf.value, leaf.parts) == (value, [])
    assert kind in leaf.text


def test_a_select_shows_the_branch_taken_only() -> None:
    """The condition and the taken branch explain the value; the other has not been evaluated."""
    b = ProgramBuilder("select")
    cond, taken = b.signal_const(1), b.signal_const(7)
    never = b.signal("closureBridge", closureId="never", inputSlots=[])
    found, _ = explained(showing(b, b.signal("select", cond=cond, t=taken, f=never)).program(), OUT)

    assert tree(one(found.parts)) == (7.0, [(1.0, []), (7.0, [])])


def test_a_nested_clamp_shows_its_bounds() -> None:
    """Value, low and high are what a clamp is made of, though two nodes spell it."""
    b = ProgramBuilder("clamp")
    low, high, value = b.signal_const(0.25), b.signal_const(0.75), b.signal_const(5)
    bounds = b.signal("zip", a=low, b=high, fn=opcode(132))
    clamp = b.signal("zip", a=value, b=bounds, fn=opcode(132))
    found, _ = explained(showing(b, clamp).program(), OUT)

    assert found.value == 0.75
    assert {0.25, 0.75, 5.0} <= {part.value for part in found.walk()}


def test_state_before_and_after() -> None:
    """A stateful signal tells its memory before and after the frame."""
    b = ProgramBuilder("state")
    b.cell("c")
    node = b.signal("stateful", op="integrate", stateId="c", input=1)
    b.signal_const(2.5)
    found, runtime = explained(showing(b, node).program(), OUT, 3)
    state = one(found.parts)

    assert state.value == 7.5 == runtime.state.f64[0]
    assert "5" in state.note
    assert "7.5" in state.note
    assert tree(one(state.parts)) == (2.5, [])


def test_both_numbers_of_an_operation() -> None:
    """Operations with two numbers tell both."""
    b = ProgramBuilder("state")
    b.cell("c", size=2)
    trigger, value = b.signal_const(0.75), b.signal_const(4.5)
    node = b.signal("stateful", op="sampleHold", stateId="c", input=value,
                    params={"trigger": trigger})  # fmt: skip
    found, _ = explained(showing(b, node).program(), OUT)
    state = one(found.parts)

    before, _, after = state.note.partition("->")
    assert ("4.5" in after, "0.75" in after) == (True, True)
    assert "4.5" not in before
    assert [part.value for part in state.parts] == [4.5, 0.75]


def test_chain_and_bus_of_signals() -> None:
    """A transform names its chain, a bus its mode; terms stand in list order."""
    b = ProgramBuilder("chain")
    b.doc["transforms"] = {"chains": [{"steps": []}, {"steps": [
        {"kind": "scaleBias", "scale": 2, "bias": 1}]}]}  # fmt: skip
    three = b.signal_const(3)
    through = b.signal("transform", src=three, chain=1)
    total = b.signal("busCombine", busIndex=0, terms=[through, three], combine={"mode": "max"})
    found, _ = explained(showing(b, total).program(), OUT)
    combined = one(found.parts)

    assert "max" in combined.text
    assert "chain 1" in combined.parts[0].text
    assert tree(combined) == (7.0, [(7.0, [(3.0, [])]), (3.0, [])])


def test_what_is_shown_once_is_not_shown_again() -> None:
    """A signal that several need is followed at its first place; later it refers there."""
    b = ProgramBuilder("shared")
    one_, two = b.signal_const(1), b.signal_const(2)
    shared = b.signal("zip", a=one_, b=two, fn=opcode(100))
    top = b.signal("zip", a=shared, b=shared, fn=opcode(102))
    found, _ = explained(showing(b, top).program(), OUT)
    first, again = one(found.parts).parts

    assert (first.value, again.value) == (3.0, 3.0)
    assert len(first.parts) == 2
    assert (again.parts, again.note) == ([], "see above")


def test_shared_nodes_do_not_multiply() -> None:
    """Thirty doublings are a tree of a thousand million leaves; the explanation is short."""
    b = ProgramBuilder("doubling")
    top = b.signal_const(1)
    for _ in range(30):
        top = b.signal("zip", a=top, b=top, fn=opcode(100))
    found, _ = explained(showing(b, top).program(), OUT)

    assert found.value == 2.0**30
    assert len(list(found.walk())) < 100


# --- Fields ---------------------------------------------------------------------------------


def test_a_buffer_shows_its_fields_and_signals() -> None:
    """Fields down to constants and signals; what never changes says so."""
    b = ProgramBuilder("fields")
    b.domain(3, 2)
    index = b.field("map", src=9, fn=opcode(511))
    t = b.signal("timeAbsMs")
    time = b.field("broadcastSig", sig=t, domainSlot=3)
    both = b.field("zip", a=index, b=time, fn=opcode(100))
    plan = {"id": "m", "fieldExprId": str(both), "domainSlot": 3, "outBufferSlot": OUT}
    fmt = {"components": 1, "elementType": "f32"}
    b.step("materialize", "s", materialization=plan | {"format": fmt, "policy": "perFrame"})

    found, _ = explained(b.program(), OUT, frames=2)

    domain, field = found.parts
    assert domain.text.startswith("slot 3")
    assert field.text == "field 2 zip add of 0, 1"
    assert field.value.data.tolist() == [1000.0, 1001.0]
    of_index, of_time = field.parts
    assert (of_index.text, of_index.parts) == ("field 0 map indexById", [])
    assert of_index.note == "the same in every frame"
    assert (one(of_time.parts).text, one(of_time.parts).value) == ("signal 0: timeAbsMs", 1000.0)


def test_a_field_over_two_domains_is_shown_over_the_one_that_was_used() -> None:
    """One field that two steps materialize has other elements in each."""
    b = ProgramBuilder("domains")
    field = b.field("map", src=9, fn=opcode(511))
    fmt = {"components": 1, "elementType": "f32"}
    for out, count in ((OUT + 1, 2), (OUT, 3), (OUT + 2, 3)):
        b.domain(out + 20, count)
        plan = {"id": "m", "fieldExprId": str(field), "domainSlot": out + 20, "outBufferSlot": out}
        b.step(
            "materialize", f"s-{out}", materialization=plan | {"format": fmt, "policy": "perFrame"}
        )

    for out, elements in ((OUT + 1, [0, 1]), (OUT, [0, 1, 2]), (OUT + 2, [0, 1, 2])):
        found, _ = explained(b.program(), out)
        assert found.parts[1].value.data.tolist() == elements


def test_publishers_of_one_name_keep_their_own_terms() -> None:
    """Terms are found by the publisher that gave them, not by what it is called."""
    b = ProgramBuilder("twins")
    b.initial(3, 7)
    b.initial(4, 2)
    twins = [publisher(0, 3), publisher(1, 4) | {"publisherId": publisher(0, 3)["publisherId"]}]
    bus(b, "busEval", twins, "sum")

    found, _ = explained(b.program(), OUT)

    assert [part.value for part in found.parts] == [7.0, 2.0]


# --- Steps ----------------------------------------------------------------------------------


def node(b: ProgramBuilder, opcode_id: int, inputs: list[int], out: int, **fields: Any) -> None:
    b.slot(out, "object")
    index = b.node(f"node-{out}", opcode_id, len(inputs), **fields)
    b.step("nodeEval", f"s-{out}", nodeIndex=index, inputSlots=inputs, outputSlots=[out],
           phase="preBus")  # fmt: skip


def test_a_node_shows_its_opcode_and_inputs() -> None:
    """Each input slot is explained in turn."""
    b = ProgramBuilder("node")
    b.initial(3, 7)
    b.initial(4, 2)
    node(b, 101, [3, 4], OUT)
    found, _ = explained(b.program(), OUT)
    step = one(found.parts)

    assert "nodeEval" in found.text
    assert all(fact in step.text for fact in ("node-10", "101", "sub"))
    assert [part.value for part in step.parts] == [7, 2]
    assert [part.note for part in step.parts] == ["initial value"] * 2


def test_a_constant_node_is_a_leaf() -> None:
    """It names the constant."""
    b = ProgramBuilder("constant")
    b.const(0)
    node(b, 0, [], OUT, compilerTag=b.const(2.5))
    found, _ = explained(b.program(), OUT)
    leaf = one(found.parts)

    assert (leaf.value, leaf.parts) == (2.5, [])
    assert "constant 1" in leaf.note


def test_time_slots_name_their_model() -> None:
    """A slot of timeDerive says which time it is, and of which model."""
    b = ProgramBuilder("time", cyclic(4000))
    b.slots(0, 1, 2)
    b.time(0, 1, phase01=2)
    found, _ = explained(b.program(), 2, 4)
    leaf = one(found.parts)

    assert found.value == 0.75
    assert all(fact in leaf.text for fact in ("phase01", "cyclic"))
    assert leaf.value == 3000.0


def publisher(index: int, slot: int, **fields: Any) -> Document:
    row = {"publisherId": f"p{index}", "enabled": True, "sortKey": index, "srcSlot": slot}
    return row | fields


def bus(b: ProgramBuilder, kind: str, publishers: list[Document], mode: str) -> None:
    b.slot(OUT, "object")
    fields: dict[str, Any] = {"silent": {"kind": "zero"}} if kind == "busEval" else {}
    world = "signal" if kind == "busEval" else "event"
    b.step(kind, "s-bus", busIndex=b.bus("the-bus", mode, world=world), outSlot=OUT,
           publishers=publishers, combine={"mode": mode}, busType=type_desc("number", world),
           **fields)  # fmt: skip


def test_a_bus_shows_terms_and_sources() -> None:
    """A term is the value after the publisher's chain; the raw slot stands below it."""
    b = ProgramBuilder("bus")
    b.doc["transforms"] = {"chains": [{"steps": [{"kind": "scaleBias", "scale": 2, "bias": 1}]}]}
    b.initial(3, 7)
    b.initial(4, 2)
    publishers = [publisher(0, 3, transform={"chainId": 0}), publisher(1, 4),
                  publisher(2, 5, enabled=False)]  # fmt: skip
    bus(b, "busEval", publishers, "sum")
    found, _ = explained(b.program(), OUT)

    assert tree(found) == (17.0, [(15.0, [(7, [])]), (2.0, [(2, [])])])
    assert all(fact in found.parts[0].text for fact in ("p0", "sum", "chain 0"))
    assert "p1" in found.parts[1].text


def test_an_event_bus_shows_its_streams() -> None:
    """Streams are terms like any other."""
    b = ProgramBuilder("events")
    stream = [{"time": 1, "value": 2}]
    b.initial(3, stream)
    bus(b, "eventBusEval", [publisher(0, 3)], "merge")
    found, _ = explained(b.program(), OUT)
    term = one(found.parts)

    assert same(list(term.value), stream)
    assert one(term.parts).note == "initial value"


def test_a_silent_bus_says_so() -> None:
    """Without an enabled publisher there is no term."""
    b = ProgramBuilder("bus")
    bus(b, "busEval", [publisher(0, 3, enabled=False)], "sum")
    found, _ = explained(b.program(), OUT)

    assert "silent" in one(found.parts).text


# --- Where a value ends ---------------------------------------------------------------------


def test_a_stub_says_so() -> None:
    """A placeholder has no past."""
    b = ProgramBuilder("stub")
    found, _ = explained(showing(b, b.signal_const(1)).program(), OUT, executors="stub")

    assert "stub" in found.note
    assert found.parts == []


def test_a_slot_that_nothing_has_written() -> None:
    """It is said not to have been."""
    b = ProgramBuilder("unwritten")
    b.slot(3)
    found, _ = explained(showing(b, b.signal("inputSlot", slot=3)).program(), OUT)

    assert find(found, "slot 3").note == "never written"
    assert explained(b.program(), 3)[0].note == "never written"


def test_an_initial_value() -> None:
    """A slot that no step writes still has its initial value, also in later frames."""
    b = ProgramBuilder("initial")
    b.initial(3, 5)
    found, _ = explained(showing(b, b.signal("inputSlot", slot=3)).program(), OUT, 4)

    assert find(found, "slot 3").note == "initial value"


def test_a_value_of_an_earlier_frame() -> None:
    """A slot that was written before, but not in this frame, names its writer."""
    b = ProgramBuilder("earlier")
    b.slot(3)
    program = showing(b, b.signal("inputSlot", slot=3)).program()
    recorder = ExplainRecorder()
    runtime = Runtime(program, observers=[recorder])
    runtime.values.actor = Actor("s-gone", 99)
    runtime.values.write(3, 2.5)
    runtime.values.actor = CALLER
    runtime.run_frame(0.0)
    leaf = find(Explainer(FrameView(runtime), recorder).slot(OUT), "slot 3")

    assert leaf.value == 2.5
    assert all(fact in leaf.note for fact in ("earlier", "s-gone"))


def feedback() -> Program:
    """Slot 3 counts frames: it is read before it is written."""
    b = ProgramBuilder("feedback")
    b.slot(3)
    before = b.signal("inputSlot", slot=3)
    after = b.signal("zip", a=before, b=b.signal_const(1), fn=opcode(100))
    b.step("signalEval", "s-count", outputs=[{"sigId": after, "slot": 3}])
    return b.program()


def test_feedback_shows_what_was_read() -> None:
    """A slot that is read before it is written shows the value that was read, not the new one."""
    found, _ = explained(feedback(), 3, 5)
    sum_ = one(found.parts)
    reader = sum_.parts[0]

    assert (found.value, sum_.value, reader.value) == (5.0, 5.0, 4.0)
    assert one(reader.parts).value == 4.0
    assert "earlier frame" in one(reader.parts).note


def test_a_later_step_that_writes_what_was_read() -> None:
    """The same, over two steps: the tree never shows the value of the end of the frame below."""
    b = ProgramBuilder("later")
    b.slot(3)
    reader = b.signal("inputSlot", slot=3)
    showing(b, reader)
    b.step("signalEval", "s-late", outputs=[{"sigId": b.signal("timeAbsMs"), "slot": 3}])
    found, _ = explained(b.program(), OUT, 3)

    assert found.value == 1000.0
    assert {part.value for part in found.walk()} == {1000.0}


# --- Size -----------------------------------------------------------------------------------


SIZE: Final = 3 * EXPLAIN_NODES.value


def deep_zip(b: ProgramBuilder) -> int:
    one_, top = b.signal_const(1), b.signal_const(0)
    for _ in range(SIZE):
        top = b.signal("zip", a=top, b=one_, fn=opcode(100))
    return top


def deep_select(b: ProgramBuilder) -> int:
    one_, top = b.signal_const(1), b.signal_const(SIZE)
    for _ in range(SIZE):
        top = b.signal("select", cond=one_, t=top, f=one_)
    return top


def wide_bus(b: ProgramBuilder) -> int:
    terms = [b.signal_const(1) for _ in range(SIZE)]
    return b.signal("busCombine", busIndex=0, terms=terms, combine={"mode": "sum"})


HUGE: list[Any] = [
    pytest.param(deep_zip, id="deep zip"),
    pytest.param(deep_select, id="deep select"),
    pytest.param(wide_bus, id="wide bus"),
]


@pytest.mark.parametrize("build", HUGE)
def test_huge_expressions(build: Callable[[ProgramBuilder], int]) -> None:
    """The explanation ends somewhere and says so; it neither fails nor fills the memory."""
    b = ProgramBuilder("huge")
    found, _ = explained(showing(b, build(b)).program(), OUT)
    parts = list(found.walk())

    assert found.value == float(SIZE)
    assert any("not followed" in part.note for part in parts)
    assert len(parts) <= 2 * SIZE
    followed = [part for part in parts if "not followed" not in part.note]
    assert 100 < len(followed) <= 2 * EXPLAIN_NODES.value


def test_a_chain_of_slots() -> None:
    """Thousands of steps, each of which reads the slot of the one before it."""
    b = ProgramBuilder("slots")
    b.initial(100, 1)
    for i in range(3000):
        node(b, 120, [100 + i], 101 + i)
    found, _ = explained(b.program(), 3100)

    assert found.value == 1.0
    assert any("not followed" in part.note for part in found.walk())


# --- The values are those of the run --------------------------------------------------------

KINDS: Final = st.lists(
    st.tuples(
        st.sampled_from(["zip", "map", "select", "busCombine", "integrate", "inputSlot"]),
        st.integers(0, 99),
        st.integers(0, 99),
        st.integers(0, 99),
    ),
    min_size=1,
    max_size=14,
)


def random_program(rows: Sequence[tuple[str, int, int, int]]) -> tuple[Program, int]:
    """Return a program of signals that feed each other, and the number of signals."""
    b = ProgramBuilder("random", cyclic(700))
    b.slots(0, 1)
    b.time(0, 1)
    ids = [b.signal("phase01"), b.signal_const(0.75), b.signal("timeAbsMs")]
    for i, (kind, x, y, z) in enumerate(rows):
        p, q, r = (ids[n % len(ids)] for n in (x, y, z))
        if kind == "zip":
            ids.append(b.signal("zip", a=p, b=q, fn=opcode((100, 101, 102)[z % 3])))
        elif kind == "map":
            ids.append(b.signal("map", src=p, fn=opcode(123)))
        elif kind == "select":
            ids.append(b.signal("select", cond=p, t=q, f=r))
        elif kind == "busCombine":
            ids.append(b.signal("busCombine", busIndex=0, terms=[p, q, r],
                                combine={"mode": "average"}))  # fmt: skip
        elif kind == "integrate":
            b.cell(f"c{i}")
            ids.append(b.signal("stateful", op="integrate", stateId=f"c{i}", input=p))
        else:
            ids.append(b.signal("inputSlot", slot=x % 2))
    for i, sig in enumerate(ids):
        b.slot(20 + i, "f64")
        b.step("signalEval", f"s-{20 + i}", outputs=[{"sigId": sig, "slot": 20 + i}])
    return b.program(), len(ids)


@examples(30, long=200)
@given(KINDS, st.integers(1, 4))
def test_values_are_those_of_the_run(
    rows: Sequence[tuple[str, int, int, int]], frames: int
) -> None:
    """Every slot and signal in a tree has the value that the plain run has for it."""
    program, count = random_program(rows)
    plain = Runtime(program, fps=10)
    for i in range(frames):
        plain.run_frame(i * 100.0)

    found, runtime = explained(program, 20 + count - 1, frames, step_ms=100.0)

    for part in found.walk():
        words = part.text.replace(",", "").replace(":", "").split()
        if words[0] == "slot":
            assert same(part.value, plain.values.peek(int(words[1])))
        if words[0] == "signal":
            assert same(part.value, plain.cache.signal_values[int(words[1])])
    slots = runtime.values.slots
    assert same([runtime.values.peek(s) for s in slots], [plain.values.peek(s) for s in slots])
    assert runtime.state.snapshot() == plain.state.snapshot()


@examples(30, long=200)
@given(KINDS, st.integers(1, 4))
def test_every_branch_ends_at_something_known(
    rows: Sequence[tuple[str, int, int, int]], frames: int
) -> None:
    """Leaves are constants, time, notes that say why, or operations without operands."""
    program, count = random_program(rows)

    found, _ = explained(program, 20 + count - 1, frames)

    for part in found.walk():
        if not part.parts:
            known = ("const", "time", "phase01", "tAbsMs", "tModelMs")
            assert part.note or any(word in part.text for word in known), part


@examples(25, long=200)
@given(KINDS)
def test_a_sum_is_the_sum_of_its_parts(rows: Sequence[tuple[str, int, int, int]]) -> None:
    """Where both operands are shown, a zip's value follows from theirs."""
    program, count = random_program(rows)
    found, _ = explained(program, 20 + count - 1, 3)
    formulas: dict[str, Callable[[float, float], float]] = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
    }

    for part in found.walk():
        name = part.text.split()[-1]
        if name in formulas and len(part.parts) == 2:
            a, b = (operand.value for operand in part.parts)
            assert part.value == formulas[name](a, b) or math.isnan(part.value)


def test_the_recorder_does_not_change_the_run() -> None:
    """A run that could be explained is the run."""
    program = feedback()
    plain = Runtime(program)
    _, runtime = explained(program, 3, 4)
    for i in range(4):
        plain.run_frame(i * 1000.0)

    assert runtime.values.peek(3) == plain.values.peek(3) == 4.0
