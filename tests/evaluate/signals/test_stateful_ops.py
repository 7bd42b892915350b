"""The stateful operations in real programs, and where they keep their state.

Runtime-semantics 2.5, 4, 6.7 and appendix A.3.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import pytest
from program_builder import ProgramBuilder, opcode
from support.conformance_vectors import difference

from irrun.errors import IrrunError
from irrun.errors.expressions import (
    ClosureNotRunnable,
    MissingParameter,
    StateNotFound,
    StateOffsetContradiction,
    StateOutOfRange,
)
from irrun.runtime.runtime import Runtime

INF, NAN = math.inf, math.nan

INPUT, TRIGGER, OUT = 5, 6, 10


def program(
    op: str, params: dict[str, Any] | None = None, *, state_id: Any = "c"
) -> ProgramBuilder:
    """Return a program of one stateful signal.

    Its input is slot 5, its trigger, if it has one, slot 6; its value goes to slot 10.
    """
    b = ProgramBuilder("stateful")
    b.slots(INPUT, TRIGGER, OUT)
    fields: dict[str, Any] = {"op": op, "stateId": state_id}
    fields["input"] = b.signal("inputSlot", slot=INPUT)
    found = dict(params or {})
    if op == "sampleHold":
        found["trigger"] = b.signal("inputSlot", slot=TRIGGER)
    if found:
        fields["params"] = found
    b.step("signalEval", "s-out", outputs=[{"sigId": b.signal("stateful", **fields), "slot": OUT}])
    return b


def fed(
    runtime: Runtime,
    inputs: Sequence[float],
    times: Sequence[float],
    triggers: Sequence[float] = (),
) -> list[float]:
    """Run a frame for each input; return the values of the signal."""
    found = []
    for i, (value, t_ms) in enumerate(zip(inputs, times, strict=True)):
        runtime.values.write(INPUT, value)
        runtime.values.write(TRIGGER, triggers[i] if triggers else 0.0)
        runtime.run_frame(t_ms)
        found.append(float(runtime.values.peek(OUT)))
    return found


def every(step_ms: float, count: int) -> list[float]:
    return [i * step_ms for i in range(count)]


def counted(first: int, last: int) -> list[float]:
    return [float(i) for i in range(first, last + 1)]


def same(got: Any, expected: Any) -> bool:
    return difference(got, expected) is None


# --- Appendix A.3 ---------------------------------------------------------------------------


class Row(NamedTuple):
    """One row of the appendix: a setting, inputs and outputs frame by frame."""

    name: str
    op: str
    params: dict[str, Any]
    size: int
    step_ms: float
    inputs: list[float]
    outputs: list[float]
    triggers: Sequence[float] = ()
    quirks: bool = False


PHASES = [0.0, 0.1, 0.25, 0.6, 0.6, 0.99, 0.0]

A3 = [
    Row("integrate", "integrate", {}, 1, 100, [1, 1, 2, -4], [0.1, 0.2, 0.4, 0.0]),
    Row("slew", "slew", {"rate": 5}, 1, 100, [1, 1, 1, 0],
        [0.3934693402873666, 0.6321205588285577, 0.7768698398515701, 0.47119537647602067]),
    Row("slew, no rate", "slew", {}, 1, 100, [1, 1], [0.09516258196404048, 0.18126924692201823]),
    Row("sampleHold", "sampleHold", {}, 2, 100, [10, 20, 30, 40, 50], [0, 20, 20, 20, 50],
        triggers=[0, 1, 1, 0.5, 0.51]),
    Row("delayMs", "delayMs", {"delayMs": 100, "bufferSize": 4}, 5, 50, counted(1, 7),
        [0, 0, 1, 2, 3, 4, 5]),
    Row("delayMs beyond the ring", "delayMs", {"delayMs": 1000, "bufferSize": 4}, 5, 50,
        counted(1, 7), [0, 0, 0, 1, 2, 3, 4]),
    Row("delayMs of less than a frame", "delayMs", {"delayMs": 20, "bufferSize": 4}, 5, 50,
        counted(1, 7), counted(1, 7)),
    Row("delayMs of less than a frame, reference", "delayMs", {"delayMs": 20, "bufferSize": 4}, 5,
        50, counted(1, 7), [0, 0, 0, 0, 1, 2, 3], quirks=True),
    Row("delayFrames 2", "delayFrames", {"delayFrames": 2}, 4, 50, counted(1, 5), [0, 0, 1, 2, 3]),
    Row("delayFrames 0", "delayFrames", {"delayFrames": 0}, 2, 50, counted(1, 5), counted(1, 5)),
    Row("delayFrames 0, reference", "delayFrames", {"delayFrames": 0}, 2, 50, counted(1, 5),
        [0, 1, 2, 3, 4], quirks=True),
    Row("edgeDetectWrap", "edgeDetectWrap", {}, 1, 50, [0.5, 0.9, 0.1, 0.81, 0.2, 0.85, 0.19],
        [0, 0, 1, 0, 0, 0, 1]),
    Row("pulseDivider", "pulseDivider", {"divisions": 4}, 1, 50, PHASES, [1, 0, 1, 1, 0, 1, 1]),
    Row("pulseDivider, reference", "pulseDivider", {"divisions": 4}, 1, 50, PHASES,
        [0, 0, 1, 1, 0, 1, 1], quirks=True),
    Row("pulseDivider, no divisions", "pulseDivider", {}, 1, 50, PHASES, [1, 0, 1, 1, 0, 1, 1]),
    Row("delayFrames, no count", "delayFrames", {}, 3, 50, counted(1, 4), [0, 1, 2, 3]),
    Row("delayMs, no delay", "delayMs", {"bufferSize": 4}, 5, 50, counted(1, 5), [0, 0, 1, 2, 3]),
    Row("delayMs, no buffer size", "delayMs", {"delayMs": 1e9}, 65, 50, counted(1, 66),
        [0.0] * 63 + [1.0, 2.0, 3.0]),
]  # fmt: skip


@pytest.mark.parametrize("row", A3, ids=lambda row: row.name)
def test_outputs_of_appendix_a3(row: Row) -> None:
    """An operation yields what the appendix lists, frame by frame."""
    b = program(row.op, row.params)
    b.cell("c", size=row.size)
    runtime = Runtime(b.program(), fps=1000 / row.step_ms, quirks=row.quirks)

    got = fed(runtime, row.inputs, every(row.step_ms, len(row.inputs)), row.triggers)

    assert same(got, row.outputs)


GATE = [0.0, 0, 1, 1, 1, 1, 1, 0, 1, 0, 0]
ENVELOPE = [0.0, 0, 0, 1.0000000000000007, 2, 1.5, 0.9999999999999993, 0.49999999999999933, 0, 1, 2]
SHAPE = {"attack": 100, "decay": 200, "peak": 2}


def test_envelope_of_appendix_a3() -> None:
    """The trigger frame still shows the old envelope, and a retrigger restarts a frame later."""
    b = program("envelopeAD", SHAPE)
    b.cell("c", size=2)
    runtime = Runtime(b.program(), fps=20)

    assert same(fed(runtime, GATE, [i * 0.05 * 1000 for i in range(11)]), ENVELOPE)


def test_envelope_counts_from_the_absolute_time() -> None:
    """Its clock is not the model's: a cyclic model does not restart it."""
    b = program("envelopeAD", SHAPE)
    b.cell("c", size=2)
    b.doc["timeModel"] = {"kind": "cyclic", "periodMs": 60, "mode": "loop", "phaseDomain": "0..1"}
    runtime = Runtime(b.program(), fps=20)

    assert same(fed(runtime, GATE, [i * 0.05 * 1000 for i in range(11)]), ENVELOPE)


@pytest.mark.parametrize(
    ("quirks", "expected"),
    [
        pytest.param(False, [0.0] * 7, id="silent until triggered"),
        pytest.param(True, [0.0, 1.0, 2.0, 1.5, 1.0, 0.5, 0.0], id="reference plays at once"),
    ],
)
def test_envelope_without_a_trigger(quirks: bool, expected: list[float]) -> None:
    """With the initial value that it wants an envelope is silent; the reference's zero plays."""
    b = program("envelopeAD", SHAPE)
    b.cell("c", size=2)
    runtime = Runtime(b.program(), fps=20, quirks=quirks)

    assert same(fed(runtime, [0.0] * 7, every(50, 7)), expected)


def test_envelope_defaults() -> None:
    """Attack 50 ms, decay 500 ms, peak 1."""
    b = program("envelopeAD")
    b.cell("c", size=2)
    runtime = Runtime(b.program(), fps=40)

    got = fed(runtime, [1.0] * 8, [0.0, 25.0, 50.0, 175.0, 300.0, 549.0, 550.0, 600.0])

    assert same(got, [0.0, 0.5, 1.0, 0.75, 0.5, 1 * (1 - 499 / 500), 0.0, 0.0])


def test_nan_neither_opens_nor_closes_an_envelope() -> None:
    """A NaN input leaves start and gate as they are."""
    b = program("envelopeAD")
    b.cell("c", size=2)
    runtime = Runtime(b.program(), fps=40)

    fed(runtime, [NAN], [10.0])
    assert same(runtime.state.f64.tolist(), [-INF, 0.0])
    fed(runtime, [1.0, NAN], [20.0, 30.0])
    assert same(runtime.state.f64.tolist(), [20.0, 1.0])
    fed(runtime, [0.5], [40.0])
    assert same(runtime.state.f64.tolist(), [20.0, 0.0])


EDGES = [
    pytest.param("integrate", {}, 1, [INF, -INF], [INF, NAN], id="integrate of infinities"),
    pytest.param("slew", {"rate": 0}, 1, [5.0, 5.0], [0.0, 0.0], id="slew of rate 0 stands still"),
    pytest.param("slew", {"rate": 1e9}, 1, [5.0, -5.0], [5.0, -5.0], id="fast slew arrives"),
    pytest.param("delayFrames", {"delayFrames": -3}, 4, [1.0, 2.0], [1.0, 2.0], id="below 0"),
    pytest.param("delayMs", {"delayMs": 0, "bufferSize": 4}, 4, [1.0, 2.0], [1.0, 2.0], id="0 ms"),
    pytest.param("delayMs", {"delayMs": -9, "bufferSize": 4}, 4, [1.0, 2.0], [1.0, 2.0], id="< 0"),
    pytest.param("pulseDivider", {"divisions": 0}, 1, [0.3, 0.9], [1.0, 0.0], id="no divisions"),
    pytest.param("pulseDivider", {}, 1, [-0.1, -0.1], [0.0, 0.0], id="sub-phase -1 is the initial"),
    pytest.param("pulseDivider", {}, 1, [NAN, NAN], [1.0, 1.0], id="NaN differs from itself"),
    pytest.param("edgeDetectWrap", {}, 1, [0.8, 0.1, 0.9, NAN], [0.0, 0.0, 0.0, 0.0], id="0.8"),
]


@pytest.mark.parametrize(("op", "params", "size", "inputs", "expected"), EDGES)
def test_edges(
    op: str, params: dict[str, Any], size: int, inputs: list[float], expected: list[float]
) -> None:
    """Operations hold at the edges of their inputs and parameters."""
    b = program(op, params)
    b.cell("c", size=size)

    assert same(fed(Runtime(b.program()), inputs, every(1000 / 60, len(inputs))), expected)


def test_a_delay_that_passes_the_input_on_still_remembers_it() -> None:
    """With delays that change from nothing to something, the ring has all inputs."""
    b = program("delayMs", {"delayMs": 40, "bufferSize": 4})
    b.cell("c", size=4)
    runtime = Runtime(b.program(), fps=20)

    # 50 ms a frame: no delay. Then 20 ms a frame: two frames.
    got = fed(runtime, counted(1, 5), [0.0, 50.0, 100.0, 120.0, 140.0])

    assert got == [1.0, 2.0, 3.0, 2.0, 3.0]


def test_absent_input_counts_as_0() -> None:
    """A stateful signal without an input goes on from its memory."""
    b = ProgramBuilder("no-input")
    b.cell("c", initialConstId=b.const(2.5, "f64"))
    b.slots(OUT)
    node = b.signal("stateful", op="integrate", stateId="c")
    b.step("signalEval", "s-out", outputs=[{"sigId": node, "slot": OUT}])
    runtime = Runtime(b.program())
    runtime.run_frame(0.0)

    assert runtime.values.peek(OUT) == 2.5


# --- Time -----------------------------------------------------------------------------------


def test_deltas_are_those_of_the_frame_times() -> None:
    """First frame nominal; then the difference; time that runs backwards counts as 0 (2.5)."""
    b = program("integrate")
    b.cell("c")
    runtime = Runtime(b.program(), fps=4)

    got = fed(runtime, [1.0] * 6, [1000.0, 1100.0, 1100.0, 600.0, 850.0, 851.0])

    assert same(
        got,
        [
            0.25,
            0.25 + 0.1,
            0.35,
            0.35,
            0.35 + 0.25,
            0.6 + 0.001,
        ],
    )


def test_slew_stands_still_while_time_does() -> None:
    """A delta of 0 moves nothing."""
    b = program("slew", {"rate": 5})
    b.cell("c")
    runtime = Runtime(b.program(), fps=10)

    first, *rest = fed(runtime, [1.0] * 4, [0.0, 0.0, -500.0, -500.0])

    assert first == 0.3934693402873666
    assert rest == [first] * 3


def test_delay_in_ms_follows_the_length_of_the_frame() -> None:
    """The tap moves with the current delta, rounded down to whole frames."""
    b = program("delayMs", {"delayMs": 100, "bufferSize": 8})
    b.cell("c", size=8)
    runtime = Runtime(b.program(), fps=20)

    # Deltas 50 (nominal), 50, 50, 100, 30, 101, 25.
    times = [0.0, 50.0, 100.0, 200.0, 230.0, 331.0, 356.0]

    assert fed(runtime, counted(1, 7), times) == [0.0, 0.0, 1.0, 3.0, 2.0, 6.0, 3.0]


@pytest.mark.parametrize(
    ("quirks", "expected"),
    [
        pytest.param(False, [0.0, 0.0, 1.0, 2.0], id="nominal frame"),
        pytest.param(True, [0.0, 0.0, 0.0, 1.0], id="reference takes the longest"),
    ],
)
def test_delay_in_ms_while_time_stands_still(quirks: bool, expected: list[float]) -> None:
    """A delta of 0 counts as the nominal frame; for the reference no delay is longer."""
    b = program("delayMs", {"delayMs": 100, "bufferSize": 4})
    b.cell("c", size=5)
    runtime = Runtime(b.program(), fps=20, quirks=quirks)

    assert fed(runtime, counted(1, 4), [0.0, 50.0, 50.0, 50.0]) == expected


def test_state_advances_once_a_frame_however_often_it_is_asked_for() -> None:
    """Several outputs, terms and steps share one evaluation."""
    b = program("delayFrames", {"delayFrames": 1})
    b.cell("c", size=2)
    b.cell("i", "i32", nodeId="node-c")
    node = len(b.doc["signalTable"]["nodes"]) - 1
    b.slots(OUT + 1, OUT + 2)
    doubled = b.signal("zip", a=node, b=node, fn=opcode(100))
    rows = [{"sigId": doubled, "slot": OUT + 1}, {"sigId": node, "slot": OUT + 2}]
    b.step("signalEval", "s-more", outputs=rows)
    runtime = Runtime(b.program())

    assert fed(runtime, [1.0, 2.0, 3.0], every(10, 3)) == [0.0, 1.0, 2.0]
    assert [runtime.values.peek(OUT + 1), runtime.values.peek(OUT + 2)] == [4.0, 2.0]
    assert runtime.state.i32.tolist() == [1]


# --- Rule 1: a raw offset -------------------------------------------------------------------


class Raw(NamedTuple):
    name: str
    op: str
    params: dict[str, Any]
    inputs: list[float]
    f64: list[float]
    i32: list[int]


RAW = [
    Raw("integrate", "integrate", {}, [1.0, 1.0], [7, 7, 9, 7, 7, 7], [0, 0, 0]),
    Raw("sampleHold", "sampleHold", {}, [4.0, 5.0], [7, 7, 5, 1, 7, 7], [0, 0, 0]),
    Raw("delayMs", "delayMs", {"bufferSize": 3}, [4.0, 5.0], [7, 7, 7, 4, 5, 7], [0, 0, 2]),
    Raw("delayFrames", "delayFrames", {"delayFrames": 2}, [4.0, 5.0, 6.0, 8.0],
        [7, 7, 7, 8, 5, 6], [0, 0, 1]),
    Raw("envelopeAD", "envelopeAD", {}, [0.0, 1.0], [7, 7, 1000.0, 1, 7, 7], [0, 0, 0]),
]  # fmt: skip


@pytest.mark.parametrize("quirks", [False, True], ids=["plain", "quirks"])
@pytest.mark.parametrize("raw", RAW, ids=lambda raw: raw.name)
def test_state_at_a_raw_offset(raw: Raw, quirks: bool) -> None:
    """`stateOffset` is an index into f64, and for delays the same number into i32 too."""
    b = program(raw.op, raw.params | {"stateOffset": 2})
    b.cell("block", size=6, initialConstId=b.const(7.0, "f64"))
    b.cell("index", "i32", size=3)
    runtime = Runtime(b.program(), fps=1, quirks=quirks)
    triggers = [float(i) for i in range(len(raw.inputs))]

    fed(runtime, raw.inputs, every(1000, len(raw.inputs)), triggers)

    assert same(runtime.state.f64.tolist(), raw.f64)
    assert runtime.state.i32.tolist() == raw.i32


OUTSIDE = [
    pytest.param("integrate", {"stateOffset": 6}, "f64", 6, 6, id="one number"),
    pytest.param("sampleHold", {"stateOffset": 5}, "f64", 6, 6, id="second number"),
    pytest.param("envelopeAD", {"stateOffset": 5}, "f64", 6, 6, id="gate"),
    pytest.param("delayMs", {"stateOffset": 2, "bufferSize": 4}, "f64", 6, 6, id="ring"),
    pytest.param("delayMs", {"stateOffset": 0}, "f64", 64, 6, id="default ring"),
    pytest.param("delayFrames", {"stateOffset": 2, "delayFrames": 3}, "f64", 6, 6, id="frames"),
    pytest.param("delayFrames", {"stateOffset": 3, "delayFrames": 1}, "i32", 3, 3, id="index"),
]


@pytest.mark.parametrize(("op", "params", "storage", "index", "size"), OUTSIDE)
def test_raw_offset_outside_the_array(
    op: str, params: dict[str, Any], storage: str, index: int, size: int
) -> None:
    """State outside its array is IR416, which names the element and the array's size."""
    b = program(op, params)
    b.cell("block", size=6)
    b.cell("index", "i32", size=3)

    with pytest.raises(StateOutOfRange) as caught:
        fed(Runtime(b.program()), [1.0], [0.0])

    facts = caught.value.facts
    assert (facts["storage"], facts["index"], facts["size"]) == (storage, index, size)


def test_offset_that_contradicts_the_cell() -> None:
    """The offset counts; the contradiction is IR456, once."""
    b = program("integrate", {"stateOffset": 0})
    b.cell("other")
    b.cell("c")
    runtime = Runtime(b.program(), fps=1)
    fed(runtime, [1.0, 1.0], [0.0, 1000.0])

    assert runtime.state.f64.tolist() == [2.0, 0.0]
    (warning,) = runtime.findings
    assert isinstance(warning, StateOffsetContradiction)
    assert warning.code == "IR456"
    facts = warning.facts
    assert (facts["offset"], facts["cell_offset"], facts["state_id"]) == (0, 1, "c")


@pytest.mark.parametrize("cells", [["c", "other"], ["other"]], ids=["agreeing", "without a cell"])
def test_offset_without_contradiction(cells: list[str]) -> None:
    """An offset that agrees with the cell, or has no cell to agree with, is not remarked on."""
    b = program("integrate", {"stateOffset": 0})
    for state_id in cells:
        b.cell(state_id)
    runtime = Runtime(b.program(), fps=1)
    fed(runtime, [1.0], [0.0])

    assert runtime.state.f64[0] == 1.0
    assert runtime.findings == []


BAD_PARAMETERS = [
    pytest.param("integrate", {"stateOffset": "here"}, id="offset that is a text"),
    pytest.param("integrate", {"stateOffset": 0.5}, id="offset between two elements"),
    pytest.param("integrate", {"stateOffset": -1}, id="offset below 0"),
    pytest.param("slew", {"rate": "fast"}, id="rate"),
    pytest.param("delayMs", {"delayMs": "long"}, id="delay"),
    pytest.param("delayMs", {"bufferSize": "large"}, id="buffer size"),
    pytest.param("delayFrames", {"delayFrames": "some"}, id="frames"),
    pytest.param("pulseDivider", {"divisions": "many"}, id="divisions"),
    pytest.param("envelopeAD", {"peak": "high"}, id="peak"),
]


@pytest.mark.parametrize(("op", "params"), BAD_PARAMETERS)
def test_parameter_that_is_no_number(op: str, params: dict[str, Any]) -> None:
    """A parameter that is no number, or no index, is a problem of the program, with a code."""
    b = program(op, params)
    b.cell("c", size=80)

    with pytest.raises(IrrunError):
        fed(Runtime(b.program()), [1.0], [0.0])


def test_sample_and_hold_without_a_trigger() -> None:
    """The trigger has no default: IR418, which names it."""
    b = program("sampleHold")
    del b.doc["signalTable"]["nodes"][-1]["params"]
    b.cell("c", size=2)

    with pytest.raises(MissingParameter) as caught:
        fed(Runtime(b.program()), [1.0], [0.0])

    assert (caught.value.code, caught.value.facts["name"]) == ("IR418", "trigger")


def test_the_input_is_evaluated_before_the_trigger() -> None:
    """Of two operands that fail, the input fails first."""
    b = ProgramBuilder("order")
    b.cell("c", size=2)
    trigger = b.signal("closureBridge", closureId="trigger", inputSlots=[])
    value = b.signal("closureBridge", closureId="input", inputSlots=[])
    node = b.signal(
        "stateful", op="sampleHold", stateId="c", input=value, params={"trigger": trigger}
    )
    b.step("signalEval", "s-out", outputs=[{"sigId": node, "slot": OUT}])

    with pytest.raises(ClosureNotRunnable) as caught:
        Runtime(b.program()).run_frame(0.0)

    assert caught.value.facts["closure"] == "input"


# --- Rule 2: the cell of the state id -------------------------------------------------------


@pytest.mark.parametrize(
    ("cell_id", "node_id"),
    [pytest.param("c", "c", id="texts"), pytest.param(7, 7, id="numbers"),
     pytest.param("7", 7, id="text and number"), pytest.param(7, "7", id="number and text")],
)  # fmt: skip
def test_state_ids_are_compared_as_text(cell_id: Any, node_id: Any) -> None:
    """The cell is found by its id, wherever it lies; ids may be numbers."""
    b = program("integrate", state_id=node_id)
    b.cell("before", size=3)
    b.cell(cell_id)
    b.cell("after")
    runtime = Runtime(b.program(), fps=1)
    fed(runtime, [1.0, 2.0], [0.0, 1000.0])

    assert runtime.state.f64.tolist() == [0.0, 0.0, 0.0, 3.0, 0.0]


@pytest.mark.parametrize(
    ("storage", "outputs", "kept"),
    [
        pytest.param("f64", [0.1, 0.30000000000000004], [0.30000000000000004], id="f64"),
        pytest.param("f32", [0.1, 0.10000000149011612 + 0.2], [0.30000001192092896], id="f32"),
        pytest.param("i32", [0.1, 0.2], [0], id="i32"),
    ],
)
def test_a_cell_keeps_numbers_as_its_storage_does(
    storage: str, outputs: list[float], kept: list[float]
) -> None:
    """The offset is one of the cell's own storage; what is stored is converted, not the result."""
    b = program("integrate")
    b.cell("c", storage)
    runtime = Runtime(b.program(), fps=1)

    assert same(fed(runtime, [0.1, 0.2], [0.0, 1000.0]), outputs)
    assert same(getattr(runtime.state, storage).tolist(), kept)


def test_operations_keep_apart() -> None:
    """Two nodes with two cells do not share state, as they do in the reference."""
    b = program("integrate", state_id="a")
    other = b.signal("stateful", op="integrate", stateId="b", input=0)
    b.cell("a")
    b.cell("b", initialConstId=b.const(100.0, "f64"))
    b.slots(OUT + 1)
    b.step("signalEval", "s-other", outputs=[{"sigId": other, "slot": OUT + 1}])
    runtime = Runtime(b.program(), fps=1)
    fed(runtime, [1.0, 2.0], [0.0, 1000.0])

    assert runtime.state.f64.tolist() == [3.0, 103.0]


ALL_OPS = ["integrate", "slew", "sampleHold", "delayMs", "delayFrames", "edgeDetectWrap",
           "pulseDivider", "envelopeAD"]  # fmt: skip


@pytest.mark.parametrize("op", ALL_OPS)
def test_operation_without_a_cell(op: str) -> None:
    """No cell of that id is IR415, which names operation and id."""
    b = program(op, state_id="nowhere")
    b.cell("c", size=80)

    with pytest.raises(StateNotFound) as caught:
        fed(Runtime(b.program()), [1.0], [0.0])

    assert (caught.value.code, caught.value.facts["op"]) == ("IR415", op)
    assert "nowhere" in str(caught.value)


# --- Rule 3: the second number --------------------------------------------------------------


def sampled(b: ProgramBuilder) -> Runtime:
    """Run sample-and-hold over 4, 5, 6 with the trigger 0, 0.75, 0.25: held 5, last 0.25."""
    runtime = Runtime(b.program())
    assert fed(runtime, [4.0, 5.0, 6.0], [0.0, 10.0, 20.0], [0.0, 0.75, 0.25]) == [0.0, 5.0, 5.0]
    return runtime


def test_second_number_in_a_cell_of_two() -> None:
    """A cell of two elements or more holds both."""
    b = program("sampleHold")
    b.cell("other", nodeId="node-c")
    b.cell("c", size=3)

    assert sampled(b).state.f64.tolist() == [0.0, 5.0, 0.25, 0.0]


def test_second_number_in_a_sibling() -> None:
    """Else it is in another f64 cell of the node: of several, the one with the lowest offset."""
    b = program("sampleHold")
    b.cell("i", "i32", nodeId="node-c")
    b.cell("stranger")
    b.cell("far", nodeId="node-c")
    b.cell("near", nodeId="node-c")
    b.cell("c")
    far, near = b.doc["stateLayout"]["cells"][2:4]
    far["offset"], near["offset"] = near["offset"], far["offset"]
    runtime = sampled(b)

    assert runtime.state.f64.tolist() == [0.0, 0.25, 0.0, 5.0]
    assert runtime.state.i32.tolist() == [0]
    assert runtime.state.private == {}


def test_second_number_kept_beside_the_cells() -> None:
    """A node with one cell of one element still has its second number, out of the arrays."""
    b = program("sampleHold")
    b.cell("c")
    b.cell("stranger")
    runtime = sampled(b)

    assert runtime.state.f64.tolist() == [5.0, 0.0]
    assert [*runtime.state.private.values()] == [[0.25]]


@pytest.mark.parametrize(
    ("named", "cell_id"),
    [pytest.param("gate", "gate", id="text"), pytest.param(12, "12", id="number"),
     pytest.param("12", 12, id="text of a number")],
)  # fmt: skip
def test_gate_of_an_envelope_in_the_cell_that_it_names(named: Any, cell_id: Any) -> None:
    """`wasTriggeredStateId` names the gate's cell, which comes before any sibling."""
    b = program("envelopeAD", {"wasTriggeredStateId": named})
    b.cell("c")
    b.cell("sibling", nodeId="node-c")
    b.cell(cell_id)
    runtime = Runtime(b.program())
    fed(runtime, [1.0], [30.0])

    assert runtime.state.f64.tolist() == [30.0, 0.0, 1.0]


def test_gate_of_an_envelope_in_its_own_cell_of_two() -> None:
    """A cell of two elements comes before the cell that is named."""
    b = program("envelopeAD", {"wasTriggeredStateId": "gate"})
    b.cell("c", size=2)
    b.cell("gate")
    runtime = Runtime(b.program())
    fed(runtime, [1.0], [30.0])

    assert runtime.state.f64.tolist() == [30.0, 1.0, 0.0]


def test_gate_of_an_envelope_that_names_no_cell() -> None:
    """A name that leads nowhere is passed over: the sibling takes the gate."""
    b = program("envelopeAD", {"wasTriggeredStateId": "nowhere"})
    b.cell("c")
    b.cell("sibling", nodeId="node-c")
    runtime = Runtime(b.program())
    fed(runtime, [1.0], [30.0])

    assert runtime.state.f64.tolist() == [30.0, 1.0]


# --- Rule 4: rings --------------------------------------------------------------------------


class RingRow(NamedTuple):
    """A ring in a cell of some size: its elements after inputs 1, 2, 3."""

    name: str
    op: str
    params: dict[str, Any]
    size: int
    f64: list[float] | None


RINGS = [
    RingRow("frames, exact", "delayFrames", {"delayFrames": 3}, 4, [1, 2, 3, 0]),
    RingRow("frames, one more", "delayFrames", {"delayFrames": 3}, 5, [0, 1, 2, 3, 0]),
    RingRow("frames, many more", "delayFrames", {"delayFrames": 3}, 7, [0, 1, 2, 3, 0, 0, 0]),
    RingRow("frames, one less", "delayFrames", {"delayFrames": 3}, 3, None),
    RingRow("frames, overtaken", "delayFrames", {"delayFrames": 1}, 2, [3, 2]),
    RingRow("frames, default", "delayFrames", {}, 3, [0, 3, 2]),
    RingRow("ms, exact", "delayMs", {"bufferSize": 4}, 4, [1, 2, 3, 0]),
    RingRow("ms, one more", "delayMs", {"bufferSize": 4}, 5, [0, 1, 2, 3, 0]),
    RingRow("ms, one less", "delayMs", {"bufferSize": 4}, 3, None),
    RingRow("ms, default", "delayMs", {}, 63, None),
    RingRow("of one element", "delayMs", {"bufferSize": 1}, 1, [3]),
]


@pytest.mark.parametrize("row", RINGS, ids=lambda row: row.name)
def test_ring(row: RingRow) -> None:
    """A ring lies at the start of a cell of its size, one further in a larger one (6.7, 4)."""
    b = program(row.op, row.params)
    b.cell("before", initialConstId=b.const(7.0, "f64"))
    b.cell("c", size=row.size)
    b.cell("after", initialConstId=b.const(8.0, "f64"))
    runtime = Runtime(b.program())
    if row.f64 is None:
        with pytest.raises(StateNotFound) as caught:
            fed(runtime, [1.0], [0.0])
        assert (caught.value.code, caught.value.facts["op"]) == ("IR415", row.op)
        return
    fed(runtime, [1.0, 2.0, 3.0], every(16, 3))

    assert runtime.state.f64.tolist() == [7, *row.f64, 8]


@pytest.mark.parametrize("storage", ["f32", "i32"])
def test_ring_of_another_storage(storage: str) -> None:
    """A ring converts as its storage does."""
    b = program("delayFrames", {"delayFrames": 1})
    b.cell("c", storage, size=2)
    expected = 0.10000000149011612 if storage == "f32" else 0.0

    assert fed(Runtime(b.program()), [0.1, 0.2], every(16, 2)) == [0.0, expected]


def test_write_index_in_an_i32_cell_of_the_node() -> None:
    """The write index is where the program can see it, if the node has an i32 cell."""
    b = program("delayFrames", {"delayFrames": 2})
    b.cell("stranger", "i32")
    b.cell("index", "i32", nodeId="node-c")
    b.cell("c", size=3)
    runtime = Runtime(b.program())

    seen = []
    for i in range(5):
        fed(runtime, [float(i)], [i * 10.0])
        seen.append(runtime.state.i32.tolist())

    assert seen == [[0, 1], [0, 2], [0, 0], [0, 1], [0, 2]]
    assert runtime.state.private == {}


def test_write_index_kept_beside_the_cells() -> None:
    """Without an i32 cell of the node the ring turns all the same."""
    b = program("delayFrames", {"delayFrames": 2})
    b.cell("stranger", "i32")
    b.cell("c", size=3)
    runtime = Runtime(b.program())

    assert fed(runtime, counted(1, 5), every(10, 5)) == [0.0, 0.0, 1.0, 2.0, 3.0]
    assert runtime.state.i32.tolist() == [0]
    assert [*runtime.state.private.values()] == [[2.0]]


def test_write_index_of_an_i32_ring_is_not_in_the_ring() -> None:
    """A ring that is i32 itself is not taken for its own index."""
    b = program("delayFrames", {"delayFrames": 2})
    b.cell("c", "i32", size=3)
    runtime = Runtime(b.program())

    assert fed(runtime, counted(1, 5), every(10, 5)) == [0.0, 0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize("op", ALL_OPS)
def test_cell_without_elements(op: str) -> None:
    """A cell of size 0 has no room: a problem of the program, and no other cell is touched."""
    b = program(op, {"bufferSize": 1, "delayFrames": 0})
    b.cell("before")
    b.cell("c", size=0)
    b.cell("after")
    runtime = Runtime(b.program())

    with pytest.raises(IrrunError) as caught:
        fed(runtime, [1.0], [0.0], [1.0])

    assert caught.value.code in ("IR415", "IR416")
    assert runtime.state.f64.tolist() == [0.0, 0.0]


# --- Initial values -------------------------------------------------------------------------

WANTED = [
    pytest.param("integrate", [0.0, 0.0], id="integrate"),
    pytest.param("slew", [0.0, 0.0], id="slew"),
    pytest.param("sampleHold", [0.0, 0.0], id="sampleHold"),
    pytest.param("delayMs", [0.0, 0.0], id="delayMs"),
    pytest.param("delayFrames", [0.0, 0.0], id="delayFrames"),
    pytest.param("edgeDetectWrap", [-1.0, 0.0], id="edgeDetectWrap"),
    pytest.param("pulseDivider", [-1.0, 0.0], id="pulseDivider"),
    pytest.param("envelopeAD", [-INF, 0.0], id="envelopeAD"),
]


@pytest.mark.parametrize(("op", "wanted"), WANTED)
def test_initial_value_is_what_the_operation_wants(op: str, wanted: list[float]) -> None:
    """Without an initial constant a cell starts from the value of its operation; others from 0."""
    b = program(op)
    b.cell("free")
    b.cell("c", size=2)

    assert same(Runtime(b.program()).state.f64.tolist(), [0.0, *wanted])


@pytest.mark.parametrize(("op", "wanted"), WANTED)
def test_with_quirks_cells_start_from_zero(op: str, wanted: list[float]) -> None:
    """The reference has zeros."""
    b = program(op)
    b.cell("c", size=2)

    assert Runtime(b.program(), quirks=True).state.f64.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("quirks", [False, True], ids=["plain", "quirks"])
@pytest.mark.parametrize(("op", "wanted"), WANTED)
def test_initial_constant_wins(op: str, wanted: list[float], quirks: bool) -> None:
    """A constant fills the whole cell, whatever the operation wants."""
    b = program(op)
    b.cell("c", size=2, initialConstId=b.const(0.25, "f64"))

    assert Runtime(b.program(), quirks=quirks).state.f64.tolist() == [0.25, 0.25]


@pytest.mark.parametrize("dangling", ["beyond", "json"])
def test_initial_constant_that_does_not_exist(dangling: str) -> None:
    """Such a constant counts as absent, with a warning; so does one that is in `json`."""
    b = program("pulseDivider")
    const_id = b.const(3.0) if dangling == "json" else 4711
    b.cell("c", initialConstId=const_id)
    runtime = Runtime(b.program())

    assert runtime.state.f64.tolist() == [-1.0]
    assert [finding.facts["const_id"] for finding in runtime.findings] == [const_id]


def test_initial_value_of_a_cell_of_another_storage() -> None:
    """What an operation wants is converted as its storage does."""
    b = program("envelopeAD")
    b.cell("c", "f32", size=2)

    assert same(Runtime(b.program()).state.f32.tolist(), [-INF, 0.0])
