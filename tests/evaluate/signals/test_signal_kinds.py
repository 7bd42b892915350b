"""Every kind of signal node, in real programs (runtime-semantics 0.6, 6.1 to 6.5 and 6.8)."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import pytest
from program_builder import INFINITE, Document, ProgramBuilder, cyclic, finite, opcode
from support.conformance_vectors import difference

from irrun.errors import IrrunError
from irrun.errors.expressions import (
    BadOperand,
    ClosureNotRunnable,
    IdOutOfRange,
    KernelNotRunnable,
    OpcodeNotAllowed,
    SignalCycle,
    UnknownMode,
    UnusableConstant,
)
from irrun.errors.program import ConstantNotFound
from irrun.errors.running import UnknownSlot
from irrun.runtime.runtime import Runtime

NAN, INF = math.nan, math.inf
FIRST: Final = 100
"""The slot of the first output; the others follow."""

MISSING: Final = 4711
"""A signal id that no table has."""


def outputs(b: ProgramBuilder, *signals: int, first: int = FIRST, step: str = "s-out") -> None:
    """Add a signalEval that writes signals to object slots, which keep any value as it is."""
    for i, _ in enumerate(signals):
        b.slot(first + i, "object")
    listed = [{"sigId": sig, "slot": first + i} for i, sig in enumerate(signals)]
    b.step("signalEval", step, outputs=listed)


def evaluated(b: ProgramBuilder, *signals: int, t_ms: float = 0.0, quirks: bool = False) -> Any:
    """Run one frame and return the values of signals: one alone, several as a list."""
    outputs(b, *signals)
    runtime = Runtime(b.program(), quirks=quirks)
    runtime.run_frame(t_ms)
    found = [runtime.values.peek(FIRST + i) for i, _ in enumerate(signals)]
    return found[0] if len(found) == 1 else found


def same(got: Any, expected: Any) -> bool:
    """Compare exactly: NaN equals NaN, 0 and -0 differ."""
    return difference(got, expected) is None


def v(x: float, y: float) -> dict[str, float]:
    return {"x": x, "y": y}


def codes(runtime: Runtime) -> list[str]:
    return [finding.code for finding in runtime.findings]


def trap(b: ProgramBuilder, *signals: int) -> IrrunError:
    """Run a frame, which must fail; return the error, which must know its step and frame."""
    with pytest.raises(IrrunError) as caught:
        evaluated(b, *signals)
    where = caught.value.where
    assert (where.step, where.kind, where.frame) == ("s-out", "signalEval", 0)
    return caught.value


# --- Time -----------------------------------------------------------------------------------

TIMES = [
    # kind, model, t, value
    pytest.param("timeAbsMs", finite(1000), 2500.0, 2500.0, id="absolute, finite"),
    pytest.param("timeAbsMs", cyclic(1000), -100.0, -100.0, id="absolute, cyclic"),
    pytest.param("timeModelMs", finite(1000), 2500.0, 1000.0, id="model, finite"),
    pytest.param("timeModelMs", cyclic(1000), -100.0, 900.0, id="model, cyclic"),
    pytest.param("timeModelMs", INFINITE, 2500.0, 2500.0, id="model, infinite"),
    pytest.param("phase01", cyclic(1000), 250.0, 0.25, id="phase, cyclic"),
    pytest.param("phase01", cyclic(1000, "pingpong"), 1250.0, 0.75, id="phase, pingpong"),
    pytest.param("phase01", finite(1000), 250.0, 0.0, id="phase of a model without one, finite"),
    pytest.param("phase01", INFINITE, 250.0, 0.0, id="phase of a model without one, infinite"),
    pytest.param("wrapEvent", cyclic(1000), 0.0, 0.0, id="wrap, first frame"),
    pytest.param("wrapEvent", INFINITE, 0.0, 0.0, id="wrap of a model without one"),
]


@pytest.mark.parametrize(("kind", "model", "t_ms", "expected"), TIMES)
def test_time(kind: str, model: Document, t_ms: float, expected: float) -> None:
    """Time signals show the frame's resolved time, and 0 for what the model does not have."""
    b = ProgramBuilder("time", model)

    assert same(evaluated(b, b.signal(kind), t_ms=t_ms), expected)


def test_wrap_event_is_1_in_the_frame_that_wraps() -> None:
    """The wrap signal follows the clock, frame by frame."""
    b = ProgramBuilder("wrap", cyclic(1000))
    outputs(b, b.signal("wrapEvent"))
    runtime = Runtime(b.program())

    seen = []
    for t_ms in (0.0, 900.0, 1100.0, 1200.0, 3100.0):
        runtime.run_frame(t_ms)
        seen.append(runtime.values.peek(FIRST))

    assert seen == [0.0, 0.0, 1.0, 0.0, 1.0]


# --- Constants ------------------------------------------------------------------------------

CONSTANTS = [
    pytest.param(5, 5.0, id="whole number"),
    pytest.param(0.1, 0.1, id="fraction"),
    pytest.param(-0.0, -0.0, id="minus zero"),
    pytest.param(10**30, 1e30, id="large integer"),
    pytest.param({"x": 1, "y": -0.5}, v(1.0, -0.5), id="vec2"),
    pytest.param({"x": 1, "y": 2, "z": 3}, {"x": 1.0, "y": 2.0, "z": 3.0}, id="vec3"),
    pytest.param(
        {"x": 1, "y": 2, "z": 3, "w": 4}, {"x": 1.0, "y": 2.0, "z": 3.0, "w": 4.0}, id="vec4"
    ),
    pytest.param(
        {"r": 1, "g": 0, "b": 0.5, "a": 1}, {"r": 1.0, "g": 0.0, "b": 0.5, "a": 1.0}, id="colour"
    ),
    pytest.param("#ff000080", {"r": 1.0, "g": 0.0, "b": 0.0, "a": 128 / 255}, id="hex text"),
    pytest.param("rgb(51, 0, 255)", {"r": 0.2, "g": 0.0, "b": 1.0, "a": 1.0}, id="functional text"),
]


@pytest.mark.parametrize(("constant", "expected"), CONSTANTS)
def test_constant(constant: Any, expected: Any) -> None:
    """A constant is a number, vector or colour, in doubles; colour text is read."""
    b = ProgramBuilder("constant")

    got = evaluated(b, b.signal_const(constant))

    assert same(got, expected)
    assert {type(m) for m in (got.values() if isinstance(got, dict) else [got])} == {float}


UNUSABLE = [
    pytest.param(True, id="boolean"),
    pytest.param([1, 2, 3], id="list"),
    pytest.param("hello", id="text"),
    pytest.param({}, id="empty record"),
    pytest.param({"x": 1}, id="half a vector"),
    pytest.param({"x": None, "y": 1}, id="vector with a null"),
    pytest.param({"x": "a", "y": 1}, id="vector with a text"),
    pytest.param({"r": 1, "g": [], "b": 1, "a": 1}, id="colour with a list"),
]


@pytest.mark.parametrize("constant", UNUSABLE)
def test_constant_of_a_type_without_meaning(constant: Any) -> None:
    """A constant that is no signal value is IR421 and names the constant and the node."""
    b = ProgramBuilder("unusable")
    b.const(0)

    error = trap(b, b.signal_const(constant))

    assert isinstance(error, UnusableConstant)
    assert error.facts["const_id"] == 1
    assert error.where.path == "$.signalTable.nodes[0]"


def test_null_constant_is_nan_with_a_warning() -> None:
    """JSON cannot carry NaN: null stands for it, and is reported once (IR454)."""
    b = ProgramBuilder("null")
    outputs(b, b.signal("const", constId=b.const(None)))
    runtime = Runtime(b.program())
    runtime.run_frame(0.0)
    runtime.run_frame(16.0)

    assert same(runtime.values.peek(FIRST), NAN)
    assert codes(runtime) == ["IR454"]


def test_null_constant_is_no_error_under_strict() -> None:
    """Strict follows the marks of the semantics; a null constant has none."""
    b = ProgramBuilder("null")
    outputs(b, b.signal("const", constId=b.const(None)))

    runtime = Runtime(b.program(), strict=True)
    runtime.run_frame(0.0)

    assert codes(runtime) == ["IR454"]


class Pools(NamedTuple):
    """Constant pools, an id, and the value that a signal finds under it."""

    name: str
    json: list[Any]
    directory: list[tuple[str, int]]
    f64: list[float]
    const_id: int
    expected: float


POOLS = [
    Pools("json before the directory", [1, 2], [("json", 1), ("json", 0)], [], 0, 1.0),
    Pools("directory beyond json", [1], [("f64", 0), ("f64", 1)], [7.5, 8.5], 1, 8.5),
    Pools("f64 without a directory", [], [], [7.5, 8.5], 1, 8.5),
    Pools("directory where json has a boolean", [True], [("f64", 0)], [7.5], 0, 7.5),
    Pools("directory where json has null", [None], [("f64", 0)], [7.5], 0, 7.5),
]


@pytest.mark.parametrize("pools", POOLS, ids=lambda pools: pools.name)
def test_constant_is_looked_up_in_json_first(pools: Pools) -> None:
    """`json` has the first word; what it has no usable value for is looked up elsewhere (0.6)."""
    b = ProgramBuilder("pools")
    listed = [{"k": pool, "idx": index} for pool, index in pools.directory]
    b.doc["constants"] |= {"json": pools.json, "f64": pools.f64, "constIndex": listed}

    assert same(evaluated(b, b.signal("const", constId=pools.const_id)), pools.expected)


def test_constant_that_does_not_exist() -> None:
    """An id that no pool has is IR201, at the node that names it."""
    b = ProgramBuilder("dangling")
    b.const(1)

    error = trap(b, b.signal("const", constId=7))

    assert isinstance(error, ConstantNotFound)
    assert (error.facts["const_id"], error.where.path) == (7, "$.signalTable.nodes[0]")


@pytest.mark.parametrize("constant", ["#ff0000", {"x": 1, "y": 2}, True, [1], None])
def test_with_quirks_a_constant_that_is_no_number_is_nan(constant: Any) -> None:
    """The reference's signals are numbers only."""
    b = ProgramBuilder("quirks")

    assert same(evaluated(b, b.signal_const(constant), quirks=True), NAN)


# --- Functions ------------------------------------------------------------------------------

ZIPS = [
    pytest.param(101, 5.0, 3.0, 2.0, id="sub takes b from a"),
    pytest.param(103, 1.0, 0.0, 0.0, id="division by 0"),
    pytest.param(103, 1.0, -0.0, 0.0, id="division by -0"),
    pytest.param(103, 1.0, 4.0, 0.25, id="division"),
    pytest.param(104, -5.0, 3.0, -2.0, id="remainder"),
    pytest.param(104, 5.0, 0.0, 0.0, id="remainder by 0"),
    pytest.param(116, 1.0, 0.0, math.pi / 2, id="atan2 of y and x"),
    pytest.param(134, 1.0, 0.5, 0.0, id="step of edge and x"),
]


@pytest.mark.parametrize(("number", "a", "b", "expected"), ZIPS)
def test_zip(number: int, a: float, b: float, expected: float) -> None:
    """A zip applies its opcode to a and b, in this order, as signals do."""
    p = ProgramBuilder("zip")
    node = p.signal("zip", a=p.signal_const(a), b=p.signal_const(b), fn=opcode(number))

    assert same(evaluated(p, node), expected)


def test_map() -> None:
    """A map applies its opcode to its source."""
    b = ProgramBuilder("map")
    source = b.signal_const(-2.5)

    assert same(evaluated(b, b.signal("map", src=source, fn=opcode(123))), -2.0)


WRONG_PLACES = [
    pytest.param("map", 100, id="binary opcode in a map"),
    pytest.param("zip", 110, id="unary opcode in a zip"),
    pytest.param("zip", 133, id="lerp"),
    pytest.param("zip", 135, id="smoothstep"),
    pytest.param("zip", 132, id="clamp that is not nested"),
    pytest.param("map", 0, id="const"),
    pytest.param("map", 400, id="state opcode"),
    pytest.param("map", 4711, id="unknown opcode"),
]


@pytest.mark.parametrize(("kind", "number"), WRONG_PLACES)
def test_opcode_without_meaning_there(kind: str, number: int) -> None:
    """An opcode that cannot stand in a map or zip is IR410, at its node."""
    b = ProgramBuilder("wrong-place")
    one = b.signal_const(1)
    operands: dict[str, Any] = {"src": one} if kind == "map" else {"a": one, "b": one}

    error = trap(b, b.signal(kind, fn=opcode(number), **operands))

    assert isinstance(error, OpcodeNotAllowed)
    assert (error.facts["opcode"], error.where.path) == (number, "$.signalTable.nodes[1]")


@pytest.mark.parametrize("kernel", ["reduce_avg", "map_scale", "anything"])
@pytest.mark.parametrize("kind", ["map", "zip"])
def test_kernel(kind: str, kernel: str) -> None:
    """A kernel cannot run at a signal: IR413, which names it."""
    b = ProgramBuilder("kernel")
    one = b.signal_const(1)
    operands: dict[str, Any] = {"src": one} if kind == "map" else {"a": one, "b": one}

    error = trap(b, b.signal(kind, fn={"kind": "kernel", "kernelId": kernel}, **operands))

    assert isinstance(error, KernelNotRunnable)
    assert error.facts["kernel"] == kernel


def test_closure_bridge() -> None:
    """A closure bridge is IR414, which names signal and closure; its inputs are not looked at."""
    b = ProgramBuilder("closure")
    b.const(0)

    error = trap(b, b.signal("closureBridge", closureId="host-fn", inputSlots=[4711]))

    assert isinstance(error, ClosureNotRunnable)
    assert (error.facts["signal"], error.facts["closure"]) == (0, "host-fn")


# --- The nested clamp -----------------------------------------------------------------------


def any_number(b: ProgramBuilder, text: str) -> int:
    """Add a signal of any value, also of those that JSON constants cannot hold."""
    if text == "NaN":
        return b.signal("map", src=b.signal_const(2), fn=opcode(113))
    if text.endswith("Infinity"):
        base = -10 if text.startswith("-") else 10
        return b.signal("zip", a=b.signal_const(base), b=b.signal_const(1001), fn=opcode(105))
    return b.signal_const(float(text))


def nested_clamp(b: ProgramBuilder, value: str, low: float, high: float) -> int:
    """Add the pair of zips that the compiler's phase clock emits."""
    bounds = b.signal("zip", a=b.signal_const(low), b=b.signal_const(high), fn=opcode(132))
    return b.signal("zip", a=any_number(b, value), b=bounds, fn=opcode(132))


CLAMPS = [
    pytest.param("5.0", 0.0, 10.0, 5.0, id="inside"),
    pytest.param("-5.0", 0.0, 10.0, 0.0, id="below"),
    pytest.param("15.0", 0.0, 10.0, 10.0, id="above"),
    pytest.param("5.0", 10.0, 0.0, 10.0, id="inverted bounds give the lower one"),
    pytest.param("-0.0", 0.0, 1.0, 0.0, id="minus zero becomes zero"),
    pytest.param("NaN", 0.0, 1.0, NAN, id="NaN"),
]


@pytest.mark.parametrize(("value", "low", "high", "expected"), CLAMPS)
def test_nested_clamp(value: str, low: float, high: float, expected: float) -> None:
    """Two nested zips of opcode 132 are one clamp of value, low, high (6.5)."""
    b = ProgramBuilder("clamp")

    assert same(evaluated(b, nested_clamp(b, value, low, high)), expected)


def test_the_inner_half_of_a_clamp_has_no_value_of_its_own() -> None:
    """The bounds alone are no function of two signals, even beside the pair that uses them."""
    b = ProgramBuilder("clamp")
    outer = nested_clamp(b, "5", 0.0, 1.0)
    inner = b.doc["signalTable"]["nodes"][outer]["b"]

    assert isinstance(trap(b, outer, inner), OpcodeNotAllowed)


MISPLACED_CLAMPS: list[Any] = [
    pytest.param(lambda b, pair, one: (pair, one), id="pair as the value"),
    pytest.param(lambda b, pair, one: (one, one), id="bounds that are a number"),
    pytest.param(lambda b, pair, one: (one, pair), id="pair as the bounds of a third"),
]


@pytest.mark.parametrize("operands", MISPLACED_CLAMPS)
def test_clamp_in_any_other_place(
    operands: Callable[[ProgramBuilder, int, int], tuple[int, int]],
) -> None:
    """Any other use of opcode 132 at a zip is IR410."""
    b = ProgramBuilder("clamp")
    pair, one = nested_clamp(b, "5", 0.0, 1.0), b.signal_const(1)
    first, second = operands(b, pair, one)

    error = trap(b, b.signal("zip", a=first, b=second, fn=opcode(132)))

    assert isinstance(error, OpcodeNotAllowed)


# --- Select ---------------------------------------------------------------------------------

CONDITIONS = [
    pytest.param("1", "t", id="one"),
    pytest.param("0.5000000000000001", "t", id="just above a half"),
    pytest.param("0.5", "f", id="a half"),
    pytest.param("0", "f", id="zero"),
    pytest.param("-1", "f", id="negative"),
    pytest.param("NaN", "f", id="NaN"),
    pytest.param("Infinity", "t", id="infinity"),
    pytest.param("-Infinity", "f", id="minus infinity"),
]


@pytest.mark.parametrize(("condition", "branch"), CONDITIONS)
def test_select_takes_t_only_above_a_half(condition: str, branch: str) -> None:
    """The condition is compared with 0.5; NaN and the half itself take f."""
    b = ProgramBuilder("select")
    cond = any_number(b, condition)
    node = b.signal("select", cond=cond, t=b.signal_const(10), f=b.signal_const(20))

    assert evaluated(b, node) == {"t": 10.0, "f": 20.0}[branch]


def poisons(b: ProgramBuilder, name: str) -> int:
    """Return a signal that cannot be evaluated."""
    if name == "closure":
        return b.signal("closureBridge", closureId="never", inputSlots=[])
    if name == "dangling":
        return 4711
    if name == "dangling operand":
        return b.signal("map", src=4711, fn=opcode(120))
    if name == "cycle":
        here = len(b.doc["signalTable"]["nodes"])
        return b.signal("map", src=here, fn=opcode(120))
    return b.signal("map", src=b.signal_const(1), fn=opcode(100))


POISONS = ["closure", "dangling", "dangling operand", "cycle", "wrong opcode"]


@pytest.mark.parametrize("condition", [0, 1])
@pytest.mark.parametrize("poison", POISONS)
def test_the_branch_not_taken_cannot_fail(poison: str, condition: int) -> None:
    """What is not taken is not evaluated, and so raises nothing; taken, it does."""
    b = ProgramBuilder("lazy")
    bad, good = poisons(b, poison), b.signal_const(7)
    cond = b.signal_const(condition)
    lazy = b.signal("select", cond=cond, t=good if condition else bad, f=bad if condition else good)
    outer = b.signal("map", src=lazy, fn=opcode(120))

    assert evaluated(b, lazy, outer) == [7.0, 7.0]

    eager = b.signal(
        "select", cond=cond, t=bad if condition else good, f=good if condition else bad
    )
    b.doc["schedule"]["steps"].clear()
    with pytest.raises(IrrunError):
        evaluated(b, eager)


def counter(b: ProgramBuilder, state_id: str) -> int:
    """Add a signal that grows by 1 for each evaluation, at 1 frame a second."""
    b.cell(state_id)
    return b.signal("stateful", op="integrate", stateId=state_id, input=b.signal_const(1))


def run_seconds(b: ProgramBuilder, frames: int) -> Runtime:
    """Run frames one second apart, and let the first count as a second too."""
    runtime = Runtime(b.program(), fps=1.0)
    for i in range(frames):
        runtime.run_frame(i * 1000.0)
    return runtime


def test_the_branch_not_taken_keeps_its_state() -> None:
    """State advances only in frames that take the branch."""
    b = ProgramBuilder("gated", cyclic(4000))
    ticks = counter(b, "c")
    # The phase is 0, 0.25, 0.5, 0.75 in turn: only every fourth frame takes the counter.
    gate = b.signal("select", cond=b.signal("phase01"), t=ticks, f=b.signal_const(-1))
    outputs(b, gate)
    runtime = Runtime(b.program(), fps=1.0)

    seen = []
    for i in range(9):
        runtime.run_frame(i * 1000.0)
        seen.append((runtime.values.peek(FIRST), float(runtime.state.f64[0])))

    assert seen == [
        *[(-1.0, 0.0)] * 3,
        (1.0, 1.0),
        *[(-1.0, 1.0)] * 3,
        (2.0, 2.0),
        (-1.0, 2.0),
    ]


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_branch_not_taken_may_still_be_evaluated_through_another_consumer(before: bool) -> None:
    """Laziness is about one use: another output advances the state, once a frame."""
    b = ProgramBuilder("shared")
    ticks = counter(b, "c")
    lazy = b.signal("select", cond=b.signal_const(0), t=ticks, f=b.signal_const(-1))
    outputs(b, *([ticks, lazy] if before else [lazy, ticks]))

    runtime = run_seconds(b, 3)

    got = [runtime.values.peek(FIRST), runtime.values.peek(FIRST + 1)]
    assert got == ([3.0, -1.0] if before else [-1.0, 3.0])


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("behind", [0, 1, 3])
def test_a_branch_taken_shares_its_signals(behind: int, before: bool) -> None:
    """What a taken branch needs is evaluated once, whoever else needs it, before or after."""
    b = ProgramBuilder("shared")
    ticks = branch = counter(b, "c")
    for _ in range(behind):
        branch = b.signal("zip", a=branch, b=ticks, fn=opcode(131))
    chosen = b.signal("select", cond=b.signal_const(1), t=branch, f=MISSING)
    again = b.signal("select", cond=chosen, t=branch, f=MISSING)
    outputs(b, *([ticks, chosen, again] if before else [again, chosen, ticks]))

    runtime = run_seconds(b, 3)

    assert [runtime.values.peek(FIRST + i) for i in range(3)] == [3.0, 3.0, 3.0]
    assert runtime.state.f64.tolist() == [3.0]


def test_select_with_equal_branches_evaluates_once() -> None:
    """Both branches may be one signal; its state advances once."""
    b = ProgramBuilder("equal")
    ticks = counter(b, "c")
    outputs(b, b.signal("select", cond=ticks, t=ticks, f=ticks))

    assert run_seconds(b, 4).values.peek(FIRST) == 4.0


# --- busCombine -----------------------------------------------------------------------------


class Bus(NamedTuple):
    mode: str
    terms: tuple[str, ...]
    expected: float
    default: float | None = None


BUSES = [
    Bus("sum", (), 0.0),
    Bus("sum", (), 2.5, default=2.5),
    Bus("max", (), -1.0, default=-1.0),
    Bus("no such mode", (), 0.0),
    Bus("no such mode", (), 4.0, default=4.0),
    *(Bus(mode, ("-0",), -0.0) for mode in ("sum", "average", "product", "max", "no such mode")),
    Bus("sum", ("3",), 3.0, default=9.0),
    Bus("sum", ("0.1", "0.2", "0.3"), 0.6000000000000001),
    Bus("sum", ("0.3", "0.2", "0.1"), 0.6),
    Bus("sum", ("-0", "-0"), 0.0),
    Bus("sum", ("Infinity", "-Infinity"), NAN),
    Bus("average", ("0.1", "0.2", "0.3"), 0.20000000000000004),
    Bus("average", ("-0", "-0"), 0.0),
    Bus("min", ("3", "-0", "0"), -0.0),
    Bus("min", ("3", "NaN", "1"), NAN),
    Bus("max", ("-3", "-0", "0"), 0.0),
    Bus("max", ("NaN", "1"), NAN),
    Bus("first", ("3", "1", "2"), 3.0),
    Bus("first", ("-0", "1"), -0.0),
    Bus("last", ("3", "1", "2"), 2.0),
    Bus("layer", ("3", "1", "2"), 2.0),
    Bus("product", ("0.1", "0.2", "0.3"), 0.006000000000000001),
    Bus("product", ("-0", "5"), -0.0),
    Bus("product", ("Infinity", "0"), NAN),
]


def combine(b: ProgramBuilder, mode: str, terms: Sequence[int], default: Any = None) -> int:
    spec = {"mode": mode} | ({} if default is None else {"default": default})
    return b.signal("busCombine", busIndex=0, terms=list(terms), combine=spec)


@pytest.mark.parametrize("bus", BUSES, ids=lambda bus: f"{bus.mode} of {', '.join(bus.terms)}")
def test_bus_combine(bus: Bus) -> None:
    """No term: the default. One: itself. More: the mode, over all terms in list order."""
    b = ProgramBuilder("bus")
    terms = [any_number(b, text) for text in bus.terms]

    assert same(evaluated(b, combine(b, bus.mode, terms, bus.default)), bus.expected)


@pytest.mark.parametrize("mode", ["no such mode", "merge", ""])
def test_bus_combine_of_several_by_an_unknown_mode(mode: str) -> None:
    """Two terms need a mode that exists: IR419, which names it."""
    b = ProgramBuilder("bus")
    one = b.signal_const(1)

    error = trap(b, combine(b, mode, [one, one]))

    assert isinstance(error, UnknownMode)
    assert error.facts["mode"] == mode


@pytest.mark.parametrize("mode", ["first", "last", "sum"])
def test_bus_combine_evaluates_all_terms(mode: str) -> None:
    """Terms that the result does not show advance their state all the same."""
    b = ProgramBuilder("bus")
    ticks = [counter(b, f"c{i}") for i in range(3)]
    outputs(b, combine(b, mode, ticks))

    assert run_seconds(b, 2).state.f64.tolist() == [2.0, 2.0, 2.0]


def test_bus_combine_may_name_a_term_twice() -> None:
    """A term counts as often as it is listed, and is evaluated once."""
    b = ProgramBuilder("bus")
    ticks = counter(b, "c")
    outputs(b, combine(b, "sum", [ticks, ticks, ticks]))

    assert run_seconds(b, 2).values.peek(FIRST) == 6.0


# --- inputSlot ------------------------------------------------------------------------------


def test_input_slot_reads_an_earlier_output_of_the_same_step() -> None:
    """Each output is written right after its evaluation, so that the next one can read it."""
    b = ProgramBuilder("same-step")
    reader = b.signal("inputSlot", slot=FIRST)
    plus_one = b.signal("zip", a=reader, b=b.signal_const(1), fn=opcode(100))

    assert evaluated(b, b.signal("timeAbsMs"), plus_one, t_ms=41.0) == [41.0, 42.0]


def test_input_slot_reads_a_later_output_of_the_frame_before() -> None:
    """What is written later in the step still has its old value: 0, then the last frame's."""
    b = ProgramBuilder("later-output")
    b.slots(FIRST, FIRST + 1)
    reader, now = b.signal("inputSlot", slot=FIRST + 1), b.signal("timeAbsMs")
    rows = [{"sigId": reader, "slot": FIRST}, {"sigId": now, "slot": FIRST + 1}]
    b.step("signalEval", "s-out", outputs=rows)
    runtime = Runtime(b.program())

    seen = []
    for t_ms in (5.0, 6.0, 7.0):
        runtime.run_frame(t_ms)
        seen.append(runtime.values.peek(FIRST))

    assert seen == [0.0, 5.0, 6.0]


INPUTS = [
    pytest.param("f64", 0.1, 0.1, id="f64"),
    pytest.param("f32", 0.1, 0.10000000149011612, id="f32 shows its rounding"),
    pytest.param("i32", -3.9, -3.0, id="i32 shows its truncation"),
    pytest.param("u32", -1, 4294967295.0, id="u32 shows its wrap"),
    pytest.param("object", 3, 3.0, id="whole number in an object slot"),
    pytest.param("object", {"x": 1, "y": 2}, v(1.0, 2.0), id="vector"),
    pytest.param("object", "#0000ff", {"r": 0.0, "g": 0.0, "b": 1.0, "a": 1.0}, id="colour text"),
]


@pytest.mark.parametrize(("storage", "initial", "expected"), INPUTS)
def test_input_slot_of_each_storage(storage: str, initial: Any, expected: Any) -> None:
    """A signal sees what the slot holds, as doubles."""
    b = ProgramBuilder("storages")
    b.slot(5, storage)
    b.initial(5, initial)

    got = evaluated(b, b.signal("inputSlot", slot=5))

    assert same(got, expected)
    assert {type(m) for m in (got.values() if isinstance(got, dict) else [got])} == {float}


@pytest.mark.parametrize(
    "initial",
    [
        pytest.param(True, id="boolean"),
        pytest.param([1], id="list"),
        pytest.param("hello", id="text"),
        pytest.param({"kind": "domain", "count": 3}, id="domain"),
        pytest.param({"x": None, "y": 1}, id="vector with a null"),
        pytest.param({"x": "a", "y": 1}, id="vector with a text"),
    ],
)
def test_input_slot_that_holds_no_signal_value(initial: Any) -> None:
    """Anything that is no number, vector or colour is IR417."""
    b = ProgramBuilder("no-number")
    b.slot(5, "object")
    b.initial(5, initial)

    assert isinstance(trap(b, b.signal("inputSlot", slot=5)), BadOperand)


def test_input_slot_that_does_not_exist() -> None:
    """A slot outside the layout is IR401. Derivation knows every named slot, so one is cut out."""
    b = ProgramBuilder("unknown-slot")
    outputs(b, b.signal("inputSlot", slot=4711))
    runtime = Runtime(b.program())
    del runtime.values._cells[4711]

    with pytest.raises(UnknownSlot) as caught:
        runtime.run_frame(0.0)

    assert caught.value.facts["slot"] == 4711


def test_input_slot_that_nothing_has_written() -> None:
    """An unwritten numeric slot reads 0, with one warning (1.5)."""
    b = ProgramBuilder("unwritten")
    b.slot(5)
    outputs(b, b.signal("inputSlot", slot=5))
    runtime = Runtime(b.program())
    runtime.run_frame(0.0)
    runtime.run_frame(16.0)

    assert same(runtime.values.peek(FIRST), 0.0)
    assert codes(runtime) == ["IR450"]


# --- Once a frame ---------------------------------------------------------------------------


def test_a_signal_is_evaluated_once_for_all_steps() -> None:
    """Steps share their values: state advances once, and all see the same (6.1)."""
    b = ProgramBuilder("shared")
    ticks = counter(b, "c")
    outputs(b, ticks, step="s-one")
    outputs(b, b.signal("map", src=ticks, fn=opcode(120)), first=FIRST + 1, step="s-two")
    outputs(b, ticks, first=FIRST + 2, step="s-three")

    runtime = run_seconds(b, 3)

    assert [runtime.values.peek(FIRST + i) for i in range(3)] == [3.0, 3.0, 3.0]


def test_a_slot_written_between_two_steps_is_not_read_again() -> None:
    """A signal that read a slot keeps its value, even if the slot has another one by now."""
    b = ProgramBuilder("stale")
    b.slot(5)
    reader, now = b.signal("inputSlot", slot=5), b.signal("timeAbsMs")
    outputs(b, reader, step="s-early")
    b.step("signalEval", "s-write", outputs=[{"sigId": now, "slot": 5}])
    outputs(b, reader, first=FIRST + 1, step="s-late")
    runtime = Runtime(b.program())

    seen = []
    for t_ms in (7.0, 8.0):
        runtime.run_frame(t_ms)
        seen.append([runtime.values.peek(s) for s in (FIRST, 5, FIRST + 1)])

    assert seen == [[0.0, 7.0, 0.0], [7.0, 8.0, 7.0]]


def test_many_signals_are_each_evaluated_once() -> None:
    """The reference forgets signals from number 1024 on; irrun does not (17.1, 7)."""
    b = ProgramBuilder("many")
    for _ in range(1500):
        b.signal("timeAbsMs")
    ticks = counter(b, "c")
    assert ticks > 1024
    outputs(b, combine(b, "sum", [ticks, ticks]), ticks)

    runtime = run_seconds(b, 2)

    assert [runtime.values.peek(FIRST), runtime.values.peek(FIRST + 1)] == [4.0, 2.0]


def test_signals_that_no_output_needs_are_not_evaluated() -> None:
    """Evaluation is driven by demand: an unreachable node neither fails nor advances."""
    b = ProgramBuilder("unreachable")
    counter(b, "c")
    b.signal("closureBridge", closureId="never", inputSlots=[])
    outputs(b, b.signal_const(1))

    assert run_seconds(b, 2).state.f64.tolist() == [0.0]


# --- Ids and cycles -------------------------------------------------------------------------

DANGLING: list[Any] = [
    pytest.param(lambda b, one: MISSING, id="output"),
    pytest.param(lambda b, one: b.signal("map", src=MISSING, fn=opcode(120)), id="map"),
    pytest.param(lambda b, one: b.signal("zip", a=MISSING, b=one, fn=opcode(100)), id="zip a"),
    pytest.param(lambda b, one: b.signal("zip", a=one, b=MISSING, fn=opcode(100)), id="zip b"),
    pytest.param(lambda b, one: b.signal("zip", a=one, b=MISSING, fn=opcode(132)), id="clamp"),
    pytest.param(lambda b, one: b.signal("select", cond=MISSING, t=one, f=one), id="condition"),
    pytest.param(lambda b, one: b.signal("select", cond=one, t=MISSING, f=one), id="branch"),
    pytest.param(lambda b, one: combine(b, "sum", [one, MISSING]), id="term"),
    pytest.param(lambda b, one: combine(b, "sum", [MISSING]), id="only term"),
    pytest.param(lambda b, one: b.signal("transform", src=MISSING, chain=0), id="transform"),
    pytest.param(
        lambda b, one: b.signal("stateful", op="slew", stateId="c", input=MISSING), id="input"
    ),
    pytest.param(
        lambda b, one: b.signal(
            "stateful", op="sampleHold", stateId="c", params={"trigger": MISSING}
        ),
        id="trigger",
    ),
]


@pytest.mark.parametrize("node", DANGLING)
def test_signal_that_does_not_exist(node: Callable[[ProgramBuilder, int], int]) -> None:
    """An id outside the table is IR412, which names it and the table with its length."""
    b = ProgramBuilder("dangling")
    b.cell("c", size=2)
    b.doc["transforms"] = {"chains": [{"steps": []}]}
    wanted = node(b, b.signal_const(1))

    error = trap(b, wanted)

    assert isinstance(error, IdOutOfRange)
    facts = error.facts
    size = len(b.doc["signalTable"]["nodes"])
    assert (facts["id"], facts["table"], facts["size"]) == (MISSING, "signalTable.nodes", size)


def test_trigger_counts_for_sample_and_hold_only() -> None:
    """No other operation has a trigger; a parameter of that name is nothing to them."""
    b = ProgramBuilder("trigger")
    b.cell("c")
    node = b.signal(
        "stateful",
        op="integrate",
        stateId="c",
        input=b.signal_const(1),
        params={"trigger": MISSING},
    )
    outputs(b, node)

    assert run_seconds(b, 1).values.peek(FIRST) == 1.0


def test_program_without_signals() -> None:
    """A table without nodes is fine as long as no output asks for one."""
    b = ProgramBuilder("empty")
    b.step("signalEval", "s-out", outputs=[])
    Runtime(b.program()).run_frame(0.0)

    assert isinstance(trap(ProgramBuilder("empty"), 0), IdOutOfRange)


def patched(builder: ProgramBuilder, node: int, **fields: Any) -> int:
    """Change a node after the nodes that it needs are there."""
    builder.doc["signalTable"]["nodes"][node] |= fields
    return node


def cycle_of_one(b: ProgramBuilder, one: int) -> list[int]:
    node = b.signal("map", src=0, fn=opcode(120))
    patched(b, node, src=node)
    return [node]


def cycle_of_three(b: ProgramBuilder, one: int) -> list[int]:
    first = b.signal("map", src=0, fn=opcode(120))
    second = b.signal("zip", a=one, b=first, fn=opcode(100))
    third = combine(b, "sum", [one, second, one])
    patched(b, first, src=third)
    return [first, third, second]


def through_the_taken_branch(b: ProgramBuilder, one: int) -> list[int]:
    chooser = b.signal("select", cond=one, t=0, f=one)
    around = b.signal("map", src=chooser, fn=opcode(120))
    patched(b, chooser, t=around)
    return [chooser, around]


def through_a_condition(b: ProgramBuilder, one: int) -> list[int]:
    chooser = b.signal("select", cond=0, t=one, f=one)
    around = b.signal("map", src=chooser, fn=opcode(120))
    patched(b, chooser, cond=around)
    return [chooser, around]


def through_a_trigger(b: ProgramBuilder, one: int) -> list[int]:
    node = b.signal("stateful", op="sampleHold", stateId="c", input=one)
    around = b.signal("map", src=node, fn=opcode(120))
    patched(b, node, params={"trigger": around})
    return [node, around]


def through_an_input(b: ProgramBuilder, one: int) -> list[int]:
    node = b.signal("stateful", op="slew", stateId="c", input=0)
    patched(b, node, input=node)
    return [node]


def through_the_bounds_of_a_clamp(b: ProgramBuilder, one: int) -> list[int]:
    bounds = b.signal("zip", a=one, b=one, fn=opcode(132))
    node = b.signal("zip", a=one, b=bounds, fn=opcode(132))
    patched(b, bounds, b=node)
    return [node]


def two_selects(b: ProgramBuilder, one: int) -> list[int]:
    first = b.signal("select", cond=one, t=0, f=one)
    second = b.signal("select", cond=one, t=first, f=one)
    patched(b, first, t=second)
    return [first, second]


CYCLES: list[Any] = [
    pytest.param(cycle_of_one, id="itself"),
    pytest.param(cycle_of_three, id="three kinds"),
    pytest.param(through_the_taken_branch, id="taken branch"),
    pytest.param(through_a_condition, id="condition"),
    pytest.param(through_a_trigger, id="trigger"),
    pytest.param(through_an_input, id="input"),
    pytest.param(through_the_bounds_of_a_clamp, id="bounds of a clamp"),
    pytest.param(two_selects, id="two selects"),
]


def named(error: SignalCycle) -> list[int]:
    """Return the nodes that the error names, in its order."""
    return [int(part) for part in str(error.facts["cycle"]).split(" -> ")]


@pytest.mark.parametrize("behind", [0, 1, 2], ids=["direct", "one away", "two away"])
@pytest.mark.parametrize("build", CYCLES)
def test_cycle(build: Callable[[ProgramBuilder, int], list[int]], behind: int) -> None:
    """A signal that needs itself is IR411, which names the ring, closed, and nothing else.

    Where the ring begins is left open.
    """
    b = ProgramBuilder("cycle")
    b.cell("c", size=2)
    ring = build(b, b.signal_const(1))
    wanted = ring[0]
    for _ in range(behind):
        wanted = b.signal("map", src=wanted, fn=opcode(120))

    error = trap(b, wanted)

    assert isinstance(error, SignalCycle)
    first, *rest = named(error)
    assert rest[-1] == first
    turned = ring.index(first)
    assert [first, *rest[:-1]] == ring[turned:] + ring[:turned]


def test_cycle_that_is_never_demanded() -> None:
    """A ring behind a branch that is not taken is none of the frame's business."""
    b = ProgramBuilder("dormant")
    one, zero = b.signal_const(1), b.signal_const(0)
    node = b.signal("select", cond=zero, t=0, f=one)
    patched(b, node, t=node)

    assert evaluated(b, node) == 1.0


def test_shared_node_is_no_cycle() -> None:
    """A node that several need, on paths of different length, is evaluated without complaint."""
    b = ProgramBuilder("diamond")
    one = b.signal_const(1)
    left = b.signal("map", src=one, fn=opcode(120))
    right = b.signal("map", src=left, fn=opcode(120))
    top = combine(b, "sum", [right, left, one, right])

    assert evaluated(b, top) == 4.0


def test_long_cycle_is_named_in_short() -> None:
    """The message of a ring of 3,000 nodes stays readable; it says where the ring closes."""
    b = ProgramBuilder("ring")
    size = 3_000
    for i in range(size):
        b.signal("map", src=(i + 1) % size, fn=opcode(120))

    error = trap(b, 0)

    assert isinstance(error, SignalCycle)
    assert len(str(error)) < 300
    assert str(error.facts["cycle"]).startswith("0 -> 1 -> 2")
    assert str(error.facts["cycle"]).endswith("-> 0")


# --- Depth ----------------------------------------------------------------------------------

LENGTH: Final = 5_000
"""Several times what Python's stack holds."""


def zip_chain(b: ProgramBuilder) -> tuple[int, float]:
    one = b.signal_const(1)
    top = one
    for _ in range(LENGTH):
        top = b.signal("zip", a=top, b=one, fn=opcode(100))
    return top, LENGTH + 1.0


def select_chain_by_condition(b: ProgramBuilder) -> tuple[int, float]:
    zero, top = b.signal_const(0), b.signal_const(1)
    one = top
    for _ in range(LENGTH):
        top = b.signal("select", cond=top, t=zero, f=one)
    return top, 1.0


def select_chain_by_branch(b: ProgramBuilder) -> tuple[int, float]:
    one, zero, top = b.signal_const(1), b.signal_const(0), b.signal_const(7)
    for i in range(LENGTH):
        if i % 2:
            top = b.signal("select", cond=one, t=top, f=MISSING)
        else:
            top = b.signal("select", cond=zero, t=MISSING, f=top)
    return top, 7.0


def mixed_chain(b: ProgramBuilder) -> tuple[int, float]:
    """Every other node is a select, so that plans and demand take turns."""
    one, top = b.signal_const(1), b.signal_const(0)
    for _ in range(LENGTH):
        added = b.signal("zip", a=top, b=one, fn=opcode(100))
        top = b.signal("select", cond=one, t=added, f=MISSING)
    return top, float(LENGTH)


CHAINS: list[Any] = [
    pytest.param(zip_chain, id="zip"),
    pytest.param(select_chain_by_condition, id="select by condition"),
    pytest.param(select_chain_by_branch, id="select by branch"),
    pytest.param(mixed_chain, id="mixed"),
]


@pytest.mark.parametrize("build", CHAINS)
def test_long_chain(build: Callable[[ProgramBuilder], tuple[int, float]]) -> None:
    """The depth of a program is no limit."""
    b = ProgramBuilder("deep")
    top, expected = build(b)

    assert evaluated(b, top) == expected


# --- Vectors and colours --------------------------------------------------------------------

RED, BLUE = {"r": 1, "g": 0, "b": 0, "a": 1}, {"r": 0, "g": 0, "b": 1, "a": 0.5}


def test_select_passes_vectors_and_colours_through() -> None:
    """A branch may have any value; the condition is a number."""
    b = ProgramBuilder("select")
    one, zero = b.signal_const(1), b.signal_const(0)
    vector, red = (
        b.signal("const", constId=b.const(v(1, 2))),
        b.signal("const", constId=b.const(RED)),
    )

    got = evaluated(
        b,
        b.signal("select", cond=one, t=vector, f=red),
        b.signal("select", cond=zero, t=vector, f=red),
    )

    assert got == [v(1.0, 2.0), {"r": 1.0, "g": 0.0, "b": 0.0, "a": 1.0}]


class Structured(NamedTuple):
    mode: str
    terms: tuple[Any, ...]
    expected: Any


STRUCTURED = [
    Structured("no such mode", (v(1, 2),), v(1.0, 2.0)),
    Structured("sum", (v(-0.0, 2),), v(-0.0, 2.0)),
    Structured("first", (v(1, 2), RED), v(1.0, 2.0)),
    Structured("last", (v(1, 2), 3), 3.0),
    Structured("layer", (v(1, 2), RED), {"r": 1.0, "g": 0.0, "b": 0.0, "a": 1.0}),
    Structured("sum", (v(0.1, 2), v(0.2, -0.0)), v(0.30000000000000004, 2.0)),
    Structured("average", (RED, BLUE), {"r": 0.5, "g": 0.0, "b": 0.5, "a": 0.75}),
    Structured("min", (v(1, -0.0), v(2, 0)), v(1.0, -0.0)),
    Structured("max", (v(1, -0.0), v(2, 0)), v(2.0, 0.0)),
    Structured("max", (v(1, 2), v(1, 2)), v(1.0, 2.0)),
    Structured("product", (v(3, 2), v(0.1, 4)), v(0.30000000000000004, 8.0)),
]


@pytest.mark.parametrize(
    "row", STRUCTURED, ids=lambda row: f"{row.mode} of {len(row.terms)}, {row.terms}"
)
def test_bus_combine_of_vectors_and_colours(row: Structured) -> None:
    """Choosing modes pass values through; computing modes work component by component."""
    b = ProgramBuilder("bus")
    terms = [b.signal("const", constId=b.const(term)) for term in row.terms]

    assert same(evaluated(b, combine(b, row.mode, terms)), row.expected)


VECTOR_FUNCTIONS = [
    pytest.param("zip", 200, (v(1, 2), v(3, 4)), v(4.0, 6.0), id="add"),
    pytest.param("zip", 201, (v(1, 2), v(3, 5)), v(-2.0, -3.0), id="sub"),
    pytest.param("zip", 203, (v(1, 0), v(0, 0)), v(INF, NAN), id="div is by IEEE"),
    pytest.param("zip", 204, (v(1, 2), 3), v(3.0, 6.0), id="scale"),
    pytest.param("zip", 210, (v(1, 2), v(3, 4)), 11.0, id="dot"),
    pytest.param("zip", 213, (v(1, 2), 0), v(1.0, 2.0), id="rotate"),
    pytest.param("map", 211, (v(3, 4),), 5.0, id="length"),
    pytest.param("map", 212, (v(0, 0),), v(0.0, 0.0), id="normalize"),
    pytest.param("map", 214, (v(1, 0),), 0.0, id="angle"),
    pytest.param(
        "map", 301, (RED | {"g": 1, "b": 0.5, "r": 0},), {"r": 1.0, "g": 0.0, "b": 0.0, "a": 1.0},
        id="hsl to rgb",
    ),
    pytest.param("map", 302, (RED,), {"r": 0.0, "g": 1.0, "b": 0.5, "a": 1.0}, id="rgb to hsl"),
]  # fmt: skip


def function_of(b: ProgramBuilder, kind: str, number: int, operands: Sequence[Any]) -> int:
    ids = [b.signal("const", constId=b.const(value)) for value in operands]
    names = ("src",) if kind == "map" else ("a", "b")
    named: dict[str, Any] = dict(zip(names, ids, strict=True))
    return b.signal(kind, fn=opcode(number), **named)


@pytest.mark.parametrize(("kind", "number", "operands", "expected"), VECTOR_FUNCTIONS)
def test_functions_of_vectors_and_colours(
    kind: str, number: int, operands: Sequence[Any], expected: Any
) -> None:
    """The vec2 opcodes and the unary colour opcodes take vectors and colours (6.8)."""
    b = ProgramBuilder("vectors")

    assert same(evaluated(b, function_of(b, kind, number, operands)), expected)


VEC3 = {"x": 1, "y": 2, "z": 3}

WRONG_SHAPES = [
    *(
        pytest.param("map", number, (operand,), id=f"map {number} of {operand}")
        for number in (110, 120, 121, 123, 125)
        for operand in (v(1, 2), RED)
    ),
    *(
        pytest.param("zip", number, operands, id=f"zip {number} of {operands}")
        for number in (100, 101, 102, 103, 104, 105, 116, 130, 131, 134)
        for operands in ((v(1, 2), 1), (1, v(1, 2)), (v(1, 2), v(1, 2)))
    ),
    pytest.param("zip", 200, (v(1, 2), 1), id="vec2Add of a vector and a number"),
    pytest.param("zip", 200, (1, 1), id="vec2Add of numbers"),
    pytest.param("zip", 200, (RED, RED), id="vec2Add of colours"),
    pytest.param("zip", 200, (VEC3, VEC3), id="vec2Add of vec3"),
    pytest.param("zip", 200, (v(1, 2), VEC3), id="vec2Add of vec2 and vec3"),
    pytest.param("zip", 204, (v(1, 2), v(1, 2)), id="vec2Scale by a vector"),
    pytest.param("zip", 204, (VEC3, 2), id="vec2Scale of a vec3"),
    pytest.param("zip", 213, (1, 1), id="vec2Rotate of a number"),
    pytest.param("map", 211, (1,), id="vec2Length of a number"),
    pytest.param("map", 211, (VEC3,), id="vec2Length of a vec3"),
    pytest.param("map", 301, (1,), id="hsl to rgb of a number"),
    pytest.param("map", 302, (VEC3,), id="rgb to hsl of a vector"),
]


@pytest.mark.parametrize(("kind", "number", "operands"), WRONG_SHAPES)
def test_function_of_a_wrong_shape(kind: str, number: int, operands: Sequence[Any]) -> None:
    """A function takes operands of its own shape only: IR417 for all others."""
    b = ProgramBuilder("shapes")

    assert isinstance(trap(b, function_of(b, kind, number, operands)), BadOperand)


MIXED: list[Any] = [
    pytest.param(
        lambda b, number, vector: combine(b, "sum", [number, vector]), id="sum of two shapes"
    ),
    pytest.param(
        lambda b, number, vector: combine(b, "min", [vector, number]), id="min of two shapes"
    ),
    pytest.param(
        lambda b, number, vector: combine(b, "product", [vector, vector, number]), id="product"
    ),
    pytest.param(
        lambda b, number, vector: b.signal("select", cond=vector, t=number, f=number),
        id="condition",
    ),
    pytest.param(
        lambda b, number, vector: b.signal(
            "select",
            cond=number,
            t=b.signal("select", cond=vector, t=number, f=number),
            f=number,
        ),
        id="condition of an inner select",
    ),
    pytest.param(
        lambda b, number, vector: b.signal("stateful", op="integrate", stateId="c", input=vector),
        id="input of integrate",
    ),
    pytest.param(
        lambda b, number, vector: b.signal("stateful", op="slew", stateId="c", input=vector),
        id="input of slew",
    ),
    pytest.param(
        lambda b, number, vector: b.signal(
            "stateful", op="sampleHold", stateId="c", input=number, params={"trigger": vector}
        ),
        id="trigger",
    ),
    pytest.param(
        lambda b, number, vector: b.signal(
            "zip",
            a=vector,
            b=b.signal("zip", a=number, b=number, fn=opcode(132)),
            fn=opcode(132),
        ),
        id="clamped value",
    ),
]


@pytest.mark.parametrize("node", MIXED)
def test_vector_in_a_place_for_numbers(node: Callable[[ProgramBuilder, int, int], int]) -> None:
    """Shapes are never mixed, and never taken for numbers: IR417."""
    b = ProgramBuilder("mixed")
    b.cell("c", size=2)
    number, vector = b.signal_const(1), b.signal("const", constId=b.const(v(1, 2)))

    assert isinstance(trap(b, node(b, number, vector)), BadOperand)


def test_vector_in_a_numeric_slot_is_nan_with_a_warning() -> None:
    """A numeric slot cannot hold a vector: NaN, and IR451."""
    b = ProgramBuilder("numeric-slot")
    b.slot(5)
    vector = b.signal("const", constId=b.const(v(1, 2)))
    b.step("signalEval", "s-out", outputs=[{"sigId": vector, "slot": 5}])
    runtime = Runtime(b.program())
    runtime.run_frame(0.0)

    assert same(runtime.values.peek(5), NAN)
    assert "IR451" in codes(runtime)


@pytest.mark.parametrize("domain", ["vec2", "vec3", "vec4", "quat", "color"])
def test_slot_of_a_structured_signal_is_an_object_slot(domain: str) -> None:
    """Without slotMeta the type of the signal decides, so that its value survives."""
    b = ProgramBuilder("derived")
    vector = b.signal("const", domain=domain, constId=b.const(v(1, 2)))
    b.step("signalEval", "s-out", outputs=[{"sigId": vector, "slot": 5}])
    runtime = Runtime(b.program())
    runtime.run_frame(0.0)

    assert runtime.values.storage_of(5) == "object"
    assert runtime.values.peek(5) == v(1.0, 2.0)
