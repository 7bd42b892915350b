"""Nodes in real programs: inputs, time, colours, constants, state (runtime-semantics section 7).

What the pure opcodes compute is in `test_opcode_formulas.py`.
"""

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import pytest
from program_builder import INFINITE, Document, ProgramBuilder, cyclic, finite
from support.conformance_vectors import difference

from irrun.errors import IrrunError
from irrun.errors.expressions import (
    BadOperand,
    IdOutOfRange,
    NodeWithoutState,
    OpcodeNotAllowed,
    PlaceholderOpcode,
    StateNotFound,
)
from irrun.errors.program import ConstantNotFound
from irrun.runtime.runtime import Runtime

NAN, INF = math.nan, math.inf
OUT, INPUTS = 10, 20


def node(
    opcode_id: int,
    inputs: int,
    *,
    model: Document = INFINITE,
    state: Sequence[Any] = (),
    reads: Sequence[Any] | None = None,
    **fields: Any,
) -> ProgramBuilder:
    """Return a program of one node: inputs from slots 20 on, its value in slot 10."""
    b = ProgramBuilder("node", model)
    b.slot(OUT, "object")
    for i in range(inputs):
        b.slot(INPUTS + i, "object")
    step: dict[str, Any] = {"phase": "preBus"}
    if state:
        step["stateWrites"] = list(state)
    if reads is not None:
        step["stateReads"] = list(reads)
    b.step(
        "nodeEval",
        "s-node",
        nodeIndex=b.node("the-node", opcode_id, inputs, **fields),
        inputSlots=[INPUTS + i for i in range(inputs)],
        outputSlots=[OUT],
        **step,
    )
    return b


def give(runtime: Runtime, values: Sequence[Any]) -> None:
    for i, value in enumerate(values):
        runtime.values.write(INPUTS + i, value)


def result(opcode_id: int, *inputs: Any, quirks: bool = False) -> Any:
    """Return what a node makes of its inputs."""
    runtime = Runtime(node(opcode_id, len(inputs)).program(), quirks=quirks)
    give(runtime, inputs)
    runtime.run_frame(0.0)
    return runtime.values.peek(OUT)


def same(got: Any, expected: Any) -> bool:
    return difference(got, expected) is None


def v(x: float, y: float) -> dict[str, float]:
    return {"x": x, "y": y}


def c(r: float, g: float, b: float, a: float = 1.0) -> dict[str, float]:
    return {"r": r, "g": g, "b": b, "a": a}


# --- Inputs ---------------------------------------------------------------------------------

ADDED = [
    pytest.param(None, 1.0, id="null"),
    pytest.param(True, 2.0, id="true"),
    pytest.param(False, 1.0, id="false"),
    pytest.param("5", 6.0, id="text of a number"),
    pytest.param("five", NAN, id="other text"),
    pytest.param("", 1.0, id="empty text"),
    pytest.param({}, NAN, id="record"),
    pytest.param(v(1.0, 2.0), NAN, id="vector"),
    pytest.param([], 1.0, id="empty list"),
    pytest.param([3], 4.0, id="list of one"),
    pytest.param([1, 2], NAN, id="list of two"),
    pytest.param(2, 3.0, id="whole number"),
]


@pytest.mark.parametrize(("value", "expected"), ADDED)
def test_scalar_inputs_are_converted(value: Any, expected: float) -> None:
    """Adding 1 shows what each input counts as (appendix A.1)."""
    assert same(result(100, 1.0, value), expected)


def test_missing_is_not_null() -> None:
    """A missing input is NaN, a null one is 0."""
    short = node(100, 1)
    runtime = Runtime(short.program())
    give(runtime, [1.0])
    runtime.run_frame(0.0)
    assert same(runtime.values.peek(OUT), NAN)

    unwritten = Runtime(node(100, 2).program())
    give(unwritten, [1.0])
    unwritten.run_frame(0.0)
    assert same(unwritten.values.peek(OUT), NAN)
    assert [finding.code for finding in unwritten.findings] == ["IR450"]

    assert same(result(100, 1.0, None), 1.0)


def test_numeric_slot_that_nothing_has_written_is_0() -> None:
    """A numeric slot always has a number."""
    b = node(100, 1)
    b.slot(30, "f64")
    b.doc["schedule"]["steps"][0]["inputSlots"].append(30)
    runtime = Runtime(b.program())
    give(runtime, [1.0])
    runtime.run_frame(0.0)

    assert runtime.values.peek(OUT) == 1.0


def test_inputs_beyond_the_arity_are_ignored() -> None:
    """An opcode takes as many inputs as it has operands."""
    assert result(120, -1.5, "nonsense", {}) == 1.5


@pytest.mark.parametrize("opcode_id", [0, 100, 130, 132, 133, 135])
def test_node_without_inputs(opcode_id: int) -> None:
    """Missing inputs are NaN, for every operand; a constant needs none."""
    b = node(opcode_id, 0)
    b.const(7)
    runtime = Runtime(b.program())
    runtime.run_frame(0.0)

    assert same(runtime.values.peek(OUT), 7.0 if opcode_id == 0 else NAN)


VECTOR_INPUTS = [
    pytest.param(1.5, v(NAN, NAN), id="number"),
    pytest.param("text", v(NAN, NAN), id="text"),
    pytest.param([1, 2], v(NAN, NAN), id="list"),
    pytest.param({}, v(NAN, NAN), id="record without members"),
    pytest.param({"x": 2}, v(3.0, NAN), id="half a vector"),
    pytest.param({"x": "2", "y": None}, v(3.0, 2.0), id="members are converted"),
    pytest.param({"x": 2, "y": 1, "z": 9}, v(3.0, 3.0), id="further members"),
]


@pytest.mark.parametrize(("value", "expected"), VECTOR_INPUTS)
def test_vector_inputs(value: Any, expected: Any) -> None:
    """What is no vector has NaN components; adding {1, 2} shows what each counts as."""
    assert same(result(200, v(1.0, 2.0), value), expected)


@pytest.mark.parametrize("opcode_id", [200, 204, 210, 211, 212, 213, 214])
@pytest.mark.parametrize("inputs", [(), (None, 1.0)], ids=["missing", "null"])
def test_vector_input_that_is_not_there(opcode_id: int, inputs: tuple[Any, ...]) -> None:
    """A missing or null vector is IR417."""
    with pytest.raises(BadOperand) as caught:
        result(opcode_id, *inputs)

    assert caught.value.code == "IR417"
    assert (caught.value.where.step, caught.value.where.kind) == ("s-node", "nodeEval")


def test_only_the_first_output_slot_is_written() -> None:
    """Every opcode has one result."""
    b = node(120, 1)
    b.slot(11, "object")
    b.doc["schedule"]["steps"][0]["outputSlots"].append(11)
    runtime = Runtime(b.program())
    give(runtime, [-3.0])
    written = runtime.run_frame(0.0).written

    assert written == (OUT,)
    assert runtime.values.peek(OUT) == 3.0


def test_node_without_output_slots_is_evaluated() -> None:
    """Its state advances, its value goes nowhere."""
    b = node(400, 1, state=["c"])
    b.cell("c")
    b.doc["schedule"]["steps"][0]["outputSlots"] = []
    runtime = Runtime(b.program(), fps=1)
    give(runtime, [2.0])

    assert runtime.run_frame(0.0).written == ()
    assert runtime.state.f64.tolist() == [2.0]


def test_node_that_does_not_exist() -> None:
    """A node index outside the table is IR412, which names it."""
    b = node(120, 1)
    b.doc["schedule"]["steps"][0]["nodeIndex"] = 4711
    runtime = Runtime(b.program())
    give(runtime, [1.0])

    with pytest.raises(IdOutOfRange) as caught:
        runtime.run_frame(0.0)

    facts = caught.value.facts
    assert (facts["id"], facts["table"], facts["size"]) == (4711, "nodes.nodes", 1)


# --- Time -----------------------------------------------------------------------------------

TIMES = [
    pytest.param(10, cyclic(1000), [2250.0, 3100.0], [2250.0, 3100.0], id="timeAbsMs"),
    pytest.param(11, cyclic(1000), [2250.0, 3100.0], [250.0, 100.0], id="timeModelMs"),
    pytest.param(11, finite(1000), [2250.0], [1000.0], id="timeModelMs, finite"),
    pytest.param(12, cyclic(1000), [2250.0, 3100.0], [0.25, 0.1], id="phase01"),
    pytest.param(12, finite(1000), [250.0], [0.0], id="phase01 of a model without one"),
    pytest.param(
        13, INFINITE, [0.0, 30.0, 20.0, 520.0], [100.0, 30.0, 0.0, 500.0], id="timeDelta is in ms"
    ),
    pytest.param(14, cyclic(1000), [0.0, 1200.0, 1100.0], [0.0, 0.0, 1.0], id="wrapEvent"),
    pytest.param(14, INFINITE, [0.0, 1200.0], [0.0, 0.0], id="wrapEvent of a model without one"),
]


@pytest.mark.parametrize(("opcode_id", "model", "times", "expected"), TIMES)
def test_time(
    opcode_id: int, model: Document, times: Sequence[float], expected: Sequence[float]
) -> None:
    """Time opcodes show the frame's time; the reference has only placeholders."""
    for quirks in (False, True):
        runtime = Runtime(node(opcode_id, 0, model=model).program(), fps=10, quirks=quirks)
        seen = []
        for t_ms in times:
            runtime.run_frame(t_ms)
            seen.append(runtime.values.peek(OUT))
        assert same(seen, [0.0] * len(times) if quirks else list(expected))


# --- Colours, 203, 800 to 804 ---------------------------------------------------------------

COLORS: list[Any] = [
    pytest.param(300, ("#000000", "#ffffff", 0.25), c(0.25, 0.25, 0.25, 1.0), id="texts"),
    pytest.param(300, (0, 1, 2), c(2.0, 2.0, 2.0, 2.0), id="numbers, t is not clamped"),
    pytest.param(300, ([1, 0, 0], [0, 0, 1, 0], 0.5), c(0.5, 0.0, 0.5, 0.5), id="lists"),
    pytest.param(300, (c(1.0, 0.0, 0.0), {"r": 0, "g": 0, "b": 1}, "0.5"), c(0.5, 0.0, 0.5),
                 id="records, t as text"),
    pytest.param(301, ({"r": 0.5, "g": 1, "b": 0.5},), c(0.0, 1.0, 1.0), id="hsl to rgb"),
    pytest.param(302, ("#ff0000",), c(0.0, 1.0, 0.5), id="rgb to hsl"),
    pytest.param(303, ("#ff0000", 0.5), c(0.0, 1.0, 1.0), id="shift hue by turns"),
    pytest.param(304, ("#ff0000", 0.5), c(0.5, 0.0, 0.0), id="scale lightness"),
    pytest.param(305, ("#ff0000", 0), c(0.5, 0.5, 0.5), id="scale saturation"),
]  # fmt: skip


@pytest.mark.parametrize(("opcode_id", "inputs", "expected"), COLORS)
def test_colour_opcodes_take_what_can_be_a_colour(
    opcode_id: int, inputs: tuple[Any, ...], expected: Any
) -> None:
    """Operands are coerced to colours: text, records, numbers, lists (7.3, 10.8)."""
    assert result(opcode_id, *inputs) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("opcode_id", [300, 301, 302, 303, 304, 305])
@pytest.mark.parametrize(
    "inputs",
    [
        pytest.param((), id="missing"),
        pytest.param((None, None), id="null"),
        pytest.param((v(1.0, 2.0), v(1.0, 2.0)), id="vector"),
        pytest.param(([], []), id="empty list"),
    ],
)
def test_colour_opcodes_refuse_what_cannot(opcode_id: int, inputs: tuple[Any, ...]) -> None:
    """Anything else is IR417."""
    with pytest.raises(BadOperand):
        result(opcode_id, *inputs)


OTHERS: list[Any] = [
    pytest.param(203, (v(1.0, 6.0), v(4.0, 0.0)), v(0.25, INF), id="vec2Div is by IEEE"),
    pytest.param(800, (2.0, "3"), 6.0, id="scale"),
    pytest.param(801, (2.0, -3.0), -1.0, id="bias"),
    pytest.param(802, (1.5,), 1.0, id="ease is curve 0"),
    pytest.param(803, (0.375, 0.25), 0.5, id="quantize"),
    pytest.param(804, (-0.0,), 0.0, id="normalize"),
]


@pytest.mark.parametrize(("opcode_id", "inputs", "expected"), OTHERS)
def test_opcodes_that_the_reference_lacks(
    opcode_id: int, inputs: tuple[Any, ...], expected: Any
) -> None:
    """They compute here, and with the reference's quirks they yield its placeholder."""
    assert same(result(opcode_id, *inputs), expected)
    assert same(result(opcode_id, *inputs, quirks=True), 0.0)


# --- Opcodes that are no nodes --------------------------------------------------------------

BLANK: Final = (500, 501, 510, 511, 600, 601, 602, 603, 604, 700, 701, 702, 703, 720, 721, 722,
                1, 106, 406, 805, 4711)  # fmt: skip


@pytest.mark.parametrize("opcode_id", BLANK)
def test_opcode_that_is_no_node(opcode_id: int) -> None:
    """It is IR410, which names the opcode."""
    with pytest.raises(OpcodeNotAllowed) as caught:
        result(opcode_id, 1.0, 2.0)

    assert (caught.value.code, caught.value.facts["opcode"]) == ("IR410", opcode_id)


PLACEHOLDERS: Final = (10, 11, 12, 13, 14, 203, *range(300, 306), *range(402, 406),
                       *range(800, 805), *BLANK)  # fmt: skip


@pytest.mark.parametrize("opcode_id", PLACEHOLDERS)
def test_with_quirks_a_placeholder_is_0(opcode_id: int) -> None:
    """What the reference does not implement yields 0, with IR458, once."""
    runtime = Runtime(node(opcode_id, 2, state=["c"]).program(), quirks=True)
    for t_ms in (250.0, 300.0):
        give(runtime, [1.5, 2.0])
        runtime.run_frame(t_ms)
        assert same(runtime.values.peek(OUT), 0.0)

    (warning,) = runtime.findings
    assert isinstance(warning, PlaceholderOpcode)
    assert (warning.code, warning.facts["opcode"]) == ("IR458", opcode_id)


@pytest.mark.parametrize("opcode_id", [400, 401])
@pytest.mark.parametrize("value", [1.5, {"x": 1.0, "y": 2.0}, "text", True])
def test_with_quirks_integrate_and_delay_pass_their_input_on(opcode_id: int, value: Any) -> None:
    """The reference hands the first input on unchanged, and leaves the state alone."""
    b = node(opcode_id, 1, state=["c"])
    b.cell("c", size=4)
    runtime = Runtime(b.program(), quirks=True)
    give(runtime, [value])
    runtime.run_frame(0.0)

    assert same(runtime.values.peek(OUT), value)
    assert runtime.state.f64.tolist() == [0.0] * 4
    assert [finding.code for finding in runtime.findings] == ["IR458"]


# --- Constants ------------------------------------------------------------------------------


class Pools(NamedTuple):
    """Constant pools, an id, and the value that a node of opcode 0 has under it."""

    name: str
    directory: list[tuple[str, int]]
    const_id: int | None
    expected: Any


POOLS: Final = {
    "json": [10, "text", v(1, 2), True, None, [1, 2]],
    "f64": [0.1, 20.0],
    "f32": [0.5, 0.1],
    "i32": [-7],
}

CONSTANTS = [
    Pools("listed, json", [("json", 1)], 0, "text"),
    Pools("listed, f64", [("f64", 0)], 0, 0.1),
    Pools("listed, f32", [("f32", 1)], 0, 0.10000000149011612),
    Pools("listed, i32", [("i32", 0)], 0, -7.0),
    Pools("the directory comes before f64", [("json", 0), ("json", 0)], 1, 10.0),
    Pools("f64 comes before json", [], 1, 20.0),
    Pools("json beyond f64", [], 2, v(1, 2)),
    Pools("beyond the directory", [("i32", 0)], 1, 20.0),
    Pools("no id is id 0", [("i32", 0)], None, -7.0),
    Pools("boolean", [("json", 3)], 0, True),
    Pools("null", [("json", 4)], 0, None),
    Pools("list", [("json", 5)], 0, [1, 2]),
]


@pytest.mark.parametrize("row", CONSTANTS, ids=lambda row: row.name)
def test_constant(row: Pools) -> None:
    """The id is listed in the directory, or an index into f64, or into json; any value goes."""
    b = node(0, 0) if row.const_id is None else node(0, 0, compilerTag=row.const_id)
    listed = [{"k": pool, "idx": index} for pool, index in row.directory]
    b.doc["constants"] = POOLS | {"constIndex": listed}
    runtime = Runtime(b.program())
    runtime.run_frame(0.0)

    got = runtime.values.peek(OUT)

    assert same(list(got) if isinstance(got, tuple) else got, row.expected)
    assert not isinstance(got, int) or isinstance(got, bool)


def test_node_without_an_opcode_is_a_constant() -> None:
    """An absent opcode is 0."""
    b = node(0, 0, compilerTag=1)
    del b.doc["nodes"]["nodes"][0]["opcodeId"]
    b.const(1)
    b.const(2.5)
    runtime = Runtime(b.program())
    runtime.run_frame(0.0)

    assert runtime.values.peek(OUT) == 2.5


def test_constant_that_does_not_exist() -> None:
    """An id that no pool has is IR201, which names it."""
    b = node(0, 0, compilerTag=4711)
    b.const(1)

    with pytest.raises(ConstantNotFound) as caught:
        Runtime(b.program()).run_frame(0.0)

    assert caught.value.facts["const_id"] == 4711


# --- State ----------------------------------------------------------------------------------


class State(NamedTuple):
    """A stateful opcode with its cell: inputs frame by frame, and its results."""

    name: str
    opcode_id: int
    size: int
    inputs: list[tuple[Any, ...]]
    expected: list[float]
    step_ms: float = 50.0


def one(*values: float) -> list[tuple[Any, ...]]:
    return [(value,) for value in values]


def two(second: Any, *values: float) -> list[tuple[Any, ...]]:
    return [(value, second) for value in values]


STATES = [
    State("integrate", 400, 1, one(1, 1, 2, -4), [0.1, 0.2, 0.4, 0.0], 100),
    State("integrate of text", 400, 1, [("1",), (None,), (True,)], [0.1, 0.1, 0.2], 100),
    State("delayMs", 401, 4, two(100.0, 1, 2, 3, 4, 5), [0, 0, 1, 2, 3]),
    State("delayMs, no delay given", 401, 4, one(1, 2, 3, 4, 5), [0, 0, 1, 2, 3]),
    State("delayMs, longest", 401, 4, two(1e9, 1, 2, 3, 4, 5), [0, 0, 0, 1, 2]),
    State("delayMs, less than a frame", 401, 4, two(20.0, 1, 2, 3), [1, 2, 3]),
    State("delayMs, delay as text", 401, 4, two("100", 1, 2, 3), [0, 0, 1]),
    State("delayFrames", 402, 4, two(2.0, 1, 2, 3, 4), [0, 0, 1, 2]),
    State("delayFrames, no count given", 402, 4, one(1, 2, 3, 4), [0, 1, 2, 3]),
    State("delayFrames, limited by the cell", 402, 3, two(99.0, 1, 2, 3, 4, 5), [0, 0, 0, 1, 2]),
    State("delayFrames 0", 402, 4, two(0.0, 1, 2, 3), [1, 2, 3]),
    State("delayFrames, count changes", 402, 4, [(1, 1), (2, 2), (3, 1), (4, 0), (5, 3)],
          [0, 0, 2, 4, 2]),
    State("sampleHold", 403, 2, [(10, 0), (20, 1), (30, 1), (40, 0.5), (50, 0.51)],
          [0, 20, 20, 20, 50]),
    State("sampleHold, trigger as truth", 403, 2, [(10, False), (20, True)], [0, 20]),
    State("slew", 404, 1, two(5.0, 1, 1, 1, 0),
          [0.3934693402873666, 0.6321205588285577, 0.7768698398515701, 0.47119537647602067], 100),
    State("slew, no rate given", 404, 1, one(1, 1), [0.09516258196404048, 0.18126924692201823],
          100),
    State("edgeDetectWrap", 405, 1, one(0.5, 0.9, 0.1, 0.81, 0.2, 0.85, 0.19),
          [0, 0, 1, 0, 0, 0, 1]),
]  # fmt: skip


def fed(
    b: ProgramBuilder, inputs: Sequence[tuple[Any, ...]], step_ms: float
) -> tuple[Runtime, list[Any]]:
    """Run a frame for each tuple of inputs; return the runtime and all results."""
    runtime, seen = Runtime(b.program(), fps=1000 / step_ms), []
    for i, values in enumerate(inputs):
        give(runtime, values)
        runtime.run_frame(i * step_ms)
        seen.append(runtime.values.peek(OUT))
    return runtime, seen


@pytest.mark.parametrize("state_id", ["c", 7], ids=["text id", "number id"])
@pytest.mark.parametrize("row", STATES, ids=lambda row: row.name)
def test_stateful_opcode(row: State, state_id: Any) -> None:
    """A stateful opcode is the signal operation of its name, with parameters from inputs (7.4)."""
    b = node(row.opcode_id, len(row.inputs[0]), state=[state_id])
    b.cell("before")
    b.cell(str(state_id), size=row.size)
    b.cell("after")

    runtime, seen = fed(b, row.inputs, row.step_ms)

    assert same(seen, row.expected)
    assert (runtime.state.f64[0], runtime.state.f64[-1]) == (0.0, 0.0)
    assert runtime.findings == []


def test_state_ids_are_those_written_else_those_read() -> None:
    """The first id of stateWrites names the cell; without any, the first of stateReads."""
    results = []
    for writes, reads in ((["b", "a"], ["a"]), ([], ["a", "b"]), (["a"], None)):
        b = node(400, 1, state=writes, reads=reads)
        b.cell("a")
        b.cell("b")
        results.append(fed(b, one(1), 1000.0)[0].state.f64.tolist())

    assert results == [[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]]


def test_a_node_advances_once_for_each_step() -> None:
    """Unlike a signal, a node is evaluated by every step that names it."""
    b = node(400, 1, state=["c"])
    b.cell("c")
    b.slot(11, "object")
    second = {"inputSlots": [INPUTS], "outputSlots": [11], "phase": "preBus"}
    b.step("nodeEval", "s-second", nodeIndex=0, stateWrites=["c"], **second)
    runtime, seen = fed(b, one(1, 1), 1000.0)

    assert seen == [1.0, 3.0]
    assert runtime.values.peek(11) == 4.0


def test_second_number_and_index_are_found_like_those_of_signals() -> None:
    """Rules 3 and 4 of 6.7: a sibling cell, an i32 cell of the node, or beside the cells."""
    held = node(403, 2, state=["c"])
    held.cell("c")
    held.cell("last", nodeId="node-c")
    assert fed(held, [(4, 0.75)], 10.0)[0].state.f64.tolist() == [4.0, 0.75]

    ring = node(402, 2, state=["c"])
    ring.cell("c", size=3)
    ring.cell("at", "i32", nodeId="node-c")
    runtime, _ = fed(ring, two(1.0, 4, 5), 10.0)
    assert runtime.state.f64.tolist() == [4.0, 5.0, 0.0]
    assert runtime.state.i32.tolist() == [2]

    alone = node(403, 2, state=["c"])
    alone.cell("c")
    assert fed(alone, [(4, 0.75)], 10.0)[0].state.f64.tolist() == [4.0]


@pytest.mark.parametrize("opcode_id", range(400, 406))
def test_state_id_without_a_cell(opcode_id: int) -> None:
    """A named cell that does not exist is IR415, which names it."""
    b = node(opcode_id, 2, state=["nowhere"])
    b.cell("c", size=4)

    with pytest.raises(StateNotFound) as caught:
        fed(b, [(1, 1)], 10.0)

    assert caught.value.code == "IR415"
    assert "nowhere" in str(caught.value)


@pytest.mark.parametrize("opcode_id", range(400, 406))
def test_cell_without_elements(opcode_id: int) -> None:
    """A cell of size 0 has no room: a problem of the program; no other cell is touched."""
    b = node(opcode_id, 2, state=["c"])
    b.cell("before")
    b.cell("c", size=0)
    b.cell("after")
    runtime = Runtime(b.program())
    give(runtime, [1.0, 1.0])

    with pytest.raises(IrrunError) as caught:
        runtime.run_frame(0.0)

    assert caught.value.code in ("IR415", "IR416")
    assert runtime.state.f64.tolist() == [0.0, 0.0]


UNCHANGED = [
    pytest.param(1.5, id="number"),
    pytest.param(-0.0, id="minus zero"),
    pytest.param({"x": 1.0, "y": 2.0}, id="vector"),
    pytest.param("text", id="text"),
]


@pytest.mark.parametrize("opcode_id", range(400, 406))
@pytest.mark.parametrize("value", UNCHANGED)
def test_stateful_opcode_that_names_no_cell(opcode_id: int, value: Any) -> None:
    """Without any state id the first input is passed on as it is, with IR457, once."""
    b = node(opcode_id, 1)
    b.cell("c", size=4)
    runtime, seen = fed(b, [(value,), (value,)], 10.0)

    assert same(seen, [value, value])
    assert runtime.state.f64.tolist() == [0.0] * 4
    (warning,) = runtime.findings
    assert isinstance(warning, NodeWithoutState)
    assert (warning.code, warning.facts["node"]) == ("IR457", "the-node")
