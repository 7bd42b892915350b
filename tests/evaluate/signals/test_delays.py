"""Delays: how a duration becomes frames, and what a ring gives (runtime-semantics 6.7)."""

import math
from collections.abc import Sequence
from typing import Any

import pytest
from program_builder import ProgramBuilder
from support.conformance_vectors import difference

from irrun.errors.fields import BadParameter
from irrun.program.program import Program
from irrun.runtime.clock import frame_time
from irrun.runtime.runtime import Runtime

NAN, INF = math.nan, math.inf

INPUT, COUNT, OUT = 5, 6, 10


def delayed(op: str, size: int, **params: Any) -> Program:
    """Return a program that delays slot 5, over a ring and its write index."""
    b = ProgramBuilder("delayed")
    b.slots(INPUT, OUT)
    b.cell("c", size=size)
    b.cell("i", "i32", nodeId="node-c")
    source = b.signal("inputSlot", slot=INPUT)
    node = b.signal("stateful", op=op, stateId="c", input=source, params=params)
    b.step("signalEval", "s-out", outputs=[{"sigId": node, "slot": OUT}])
    return b.program()


def node_delayed(opcode: int, size: int) -> Program:
    """Return a program whose node delays slot 5 by what is in slot 6."""
    b = ProgramBuilder("delayed-node")
    b.slots(INPUT, COUNT, OUT)
    b.cell("c", size=size)
    b.cell("i", "i32", nodeId="node-c")
    index = b.node("n", opcode, 2)
    b.step("nodeEval", "s-node", nodeIndex=index, inputSlots=[INPUT, COUNT], outputSlots=[OUT],
           phase="preBus", stateWrites=["c"])  # fmt: skip
    return b.program()


def outputs(
    runtime: Runtime, inputs: Sequence[float], times: Sequence[float], count: float = 0.0
) -> list[float]:
    """Run a frame for each input."""
    found = []
    for value, t_ms in zip(inputs, times, strict=True):
        runtime.values.write(INPUT, value)
        if runtime.values.has(COUNT):
            runtime.values.write(COUNT, count)
        runtime.run_frame(t_ms)
        found.append(float(runtime.values.peek(OUT)))
    return found


def at_60_fps(count: int) -> list[float]:
    return [frame_time(i, 60.0) for i in range(count)]


def counted(count: int) -> list[float]:
    return [float(i) for i in range(count)]


def lags(found: Sequence[float]) -> set[float]:
    """Return by how many frames the counted inputs are late, once the ring is full."""
    return {i - value for i, value in enumerate(found) if i >= 10}


# --- A duration becomes frames ----------------------------------------------------------------


@pytest.mark.parametrize("frames", [1, 3, 6, 7])
def test_a_delay_of_whole_frames_stays_so_at_a_steady_rate(frames: int) -> None:
    """Frames of 60 fps differ in their last bits, and a quotient just below 6 is 6."""
    program = delayed("delayMs", 64, delayMs=(frames * 1000) / 60, bufferSize=63)

    assert lags(outputs(Runtime(program), counted(120), at_60_fps(120))) == {frames}


def test_the_reference_takes_the_quotient_as_it_is() -> None:
    """So its lag changes from frame to frame."""
    runtime = Runtime(delayed("delayMs", 64, delayMs=100, bufferSize=63), quirks=True)

    assert lags(outputs(runtime, counted(120), at_60_fps(120))) == {5.0, 6.0}


def test_a_node_delays_by_whole_frames_at_a_steady_rate() -> None:
    """The opcode is the operation of its name."""
    runtime = Runtime(node_delayed(401, 32))

    assert lags(outputs(runtime, counted(120), at_60_fps(120), count=100.0)) == {6.0}


@pytest.mark.parametrize(
    ("frames", "lag"),
    [(2.9999999999999996, 3), (2.0000000000000004, 2), (2.9, 2), (2.5, 2), (0.5, 0), (1e-320, 0)],
)
def test_a_fraction_of_a_frame_is_left_out(frames: float, lag: int) -> None:
    """What is nearly a whole number is that; a delay of less than a frame is none."""
    signal = Runtime(delayed("delayFrames", 5, delayFrames=frames))
    node = Runtime(node_delayed(402, 8))

    assert lags(outputs(signal, counted(30), at_60_fps(30))) == {lag}
    assert lags(outputs(node, counted(30), at_60_fps(30), count=frames)) == {lag}


@pytest.mark.parametrize(
    ("opcode", "count", "expected"),
    [
        (401, NAN, [NAN] * 5), (402, NAN, [NAN] * 5),
        (401, INF, [0, 0, 0, 1, 2]), (402, INF, [0, 0, 0, 0, 1]), (402, 1e308, [0, 0, 0, 0, 1]),
        (401, -INF, [1, 2, 3, 4, 5]), (402, -INF, [1, 2, 3, 4, 5]), (402, -3.0, [1, 2, 3, 4, 5]),
        (402, 0.5, [1, 2, 3, 4, 5]), (401, 1e-320, [1, 2, 3, 4, 5]),
    ],
)  # fmt: skip
def test_a_node_delays_by_any_number(opcode: int, count: float, expected: list[float]) -> None:
    """As long as the ring at most; what was NaN frames ago is NaN."""
    found = outputs(Runtime(node_delayed(opcode, 4)), [1, 2, 3, 4, 5], at_60_fps(5), count=count)

    assert difference(found, [float(x) for x in expected]) is None


def test_an_input_goes_into_the_ring_whatever_the_delay() -> None:
    """After frames of NaN, the ring has what came in meanwhile."""
    runtime = Runtime(node_delayed(402, 4))
    outputs(runtime, [1, 2, 3], at_60_fps(3), count=NAN)

    assert outputs(runtime, [4], [50.0], count=2.0) == [2.0]


@pytest.mark.parametrize("frames", [NAN, INF, 1e308, float(2**53)])
def test_no_ring_is_that_long(frames: float) -> None:
    """A run that was not checked stops, and says where."""
    runtime = Runtime(delayed("delayFrames", 5, delayFrames=frames))

    with pytest.raises(BadParameter) as caught:
        runtime.run_frame(0.0)

    assert caught.value.where.path == "$.signalTable.nodes[1].params.delayFrames"
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("wanted", [INF, -INF, 1e308, -1e308, 0.0, -0.0])
def test_any_other_number_of_milliseconds_is_a_delay(wanted: float) -> None:
    """None, or one as long as the ring."""
    runtime = Runtime(delayed("delayMs", 5, delayMs=wanted, bufferSize=4))
    longest = [0.0, 0.0, 0.0, 1.0, 2.0]

    found = outputs(runtime, [1, 2, 3, 4, 5], at_60_fps(5))

    assert found == (longest if wanted > 0 else [1, 2, 3, 4, 5])


def test_a_ring_of_one_cell_holds_one_frame() -> None:
    """Of a delay that is longer the ring gives what it has; the index comes round at once."""
    runtime = Runtime(delayed("delayMs", 2, delayMs=100, bufferSize=1))

    assert outputs(runtime, [1, 2, 3], at_60_fps(3)) == [0.0, 1.0, 2.0]


# --- The reference ----------------------------------------------------------------------------

REFERENCE = [
    pytest.param("delayMs", {"delayMs": 0}, [0, 0, NAN], [0, 10, 26, 26, 0], 3, id="0 / 0"),
    pytest.param("delayMs", {"delayMs": -5}, [0, 0, NAN], [0, 10, 26, 26, 0], 3, id="-5 / 0"),
    pytest.param("delayMs", {"delayMs": NAN}, [NAN] * 3, [0, 10, 26, 26, 0], 3, id="NaN ms"),
    pytest.param("delayMs", {"delayMs": INF}, [0, 0, 0], [0, 10, 26, 26, 0], 3, id="Infinity ms"),
    pytest.param("delayMs", {"delayMs": 0, "bufferSize": 0}, [NAN] * 3, [0, 26, 0, 0, 0], 0,
                 id="no ring"),
    pytest.param("delayFrames", {"delayFrames": NAN}, [NAN] * 3, [0, 26, 0, 0, 0], 0,
                 id="NaN frames"),
    pytest.param("delayFrames", {"delayFrames": INF}, [0, 0, 0], [0, 10, 26, 26, 0], 3,
                 id="Infinity frames"),
    pytest.param("delayFrames", {"delayFrames": -3}, [0, 10, 26], [0, 26, 26, 0, 0], 1,
                 id="-3 frames"),
    pytest.param("delayFrames", {"delayFrames": -1}, [NAN] * 3, [0, 26, 0, 0, 0], 0,
                 id="-1 frames"),
    pytest.param("delayFrames", {"delayFrames": 1.5}, [0, 0, NAN], [0, 10, 26, 26, 0], 0,
                 id="1.5 frames"),
]  # fmt: skip


@pytest.mark.parametrize(("op", "params", "expected", "f64", "index"), REFERENCE)
def test_the_reference_computes_with_any_number(
    op: str, params: dict[str, Any], expected: list[float], f64: list[float], index: int
) -> None:
    """Its arithmetic is of doubles: an index that is none reads nothing, and that is NaN."""
    more = {"bufferSize": 4} if op == "delayMs" else {}
    runtime = Runtime(delayed(op, 5, **more | params), quirks=True)
    # Two frames of one time: the third has a length of 0.
    found = outputs(runtime, [10, 26, 26], [10.0, 26.0, 26.0])

    assert difference(found, [float(x) for x in expected]) is None
    assert runtime.state.f64.tolist() == f64
    assert runtime.state.i32.tolist() == [index]


# --- A write index beyond the ring ------------------------------------------------------------


@pytest.mark.parametrize(
    ("quirks", "f64"),
    [
        pytest.param(False, [0, 7, 8, 9, 0, 0, 0, 0, 0], id="comes round"),
        pytest.param(True, [0, 0, 8, 9, 0, 0, 0, 7, 0], id="writes beside the ring"),
    ],
)
def test_a_kept_write_index_may_be_beyond_a_shorter_ring(quirks: bool, f64: list[float]) -> None:
    """After a swap to a shorter delay the ring is new, and the index is the old one."""
    runtime = Runtime(delayed("delayFrames", 10, delayFrames=7), quirks=quirks)
    outputs(runtime, counted(6), at_60_fps(6))
    assert runtime.state.i32.tolist() == [6]

    runtime.hot_swap(delayed("delayFrames", 9, delayFrames=2))
    outputs(runtime, [7, 8, 9], at_60_fps(9)[6:])

    assert runtime.state.f64.tolist() == f64
