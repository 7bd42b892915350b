"""Random signal graphs against a second evaluator, written from the semantics alone.

The second evaluator recurses, keeps a dictionary, and computes with `math`; it takes nothing
from irrun but the transcendental functions, whose last bit is irrun's own, so that the two can
only agree by computing the same thing.
"""

import math
import random
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st
from program_builder import INFINITE, Document, ProgramBuilder, cyclic, finite, opcode
from support.conformance_vectors import difference
from support.examples import examples

from irrun.numerics import transcendental
from irrun.runtime.executor import Observer
from irrun.runtime.runtime import Runtime
from irrun.trace.observers import TraceRecorder

NAN, INF = math.nan, math.inf

# --- The naive evaluator --------------------------------------------------------------------


def total(function: Callable[..., float]) -> Callable[..., float]:
    """Let a function of `math` give NaN where Python raises."""

    def wrapped(*args: float) -> float:
        try:
            return function(*args)
        except (ValueError, OverflowError):
            return NAN

    return wrapped


def whole(x: float) -> bool:
    """True for numbers that no rounding changes: zeros, infinities, NaN, integers."""
    return math.isnan(x) or math.isinf(x) or x == math.trunc(x)


def floor(x: float) -> float:
    return x if whole(x) else float(math.floor(x))


def ceil(x: float) -> float:
    return x if whole(x) else math.copysign(float(math.ceil(x)), x)


def half_up(x: float) -> float:
    if whole(x):
        return x
    below = math.floor(x)
    return math.copysign(float(below + 1 if x - below >= 0.5 else below), x)


def signum(x: float) -> float:
    return x if x == 0 or math.isnan(x) else math.copysign(1.0, x)


def by_size(x: float) -> tuple[float, float]:
    """Order -0 below 0."""
    return x, math.copysign(1.0, x)


def least(*values: float) -> float:
    return NAN if any(map(math.isnan, values)) else min(values, key=by_size)


def greatest(*values: float) -> float:
    return NAN if any(map(math.isnan, values)) else max(values, key=by_size)


def clamp(value: float, low: float, high: float) -> float:
    return greatest(low, least(high, value))


def quotient(a: float, b: float) -> float:
    if math.isnan(a) or math.isnan(b):
        return NAN
    if b == 0:
        return NAN if a == 0 else math.copysign(INF, a) * math.copysign(1.0, b)
    return a / b


def remainder(a: float, b: float) -> float:
    if math.isnan(a) or math.isnan(b) or math.isinf(a) or b == 0:
        return NAN
    return math.fmod(a, b)


def power(a: float, b: float) -> float:
    if math.isnan(b) or (abs(a) == 1 and math.isinf(b)):
        return NAN
    if b == 0:
        return 1.0
    odd = whole(b) and math.isfinite(b) and math.fmod(b, 2) != 0
    if a == 0 and b < 0:
        return math.copysign(INF, a) if odd else INF
    if a < 0 and math.isfinite(a) and not whole(b):
        return NAN
    return transcendental.power(a, b)


UNARY: Final[Mapping[int, Callable[[float], float]]] = {
    110: total(transcendental.sin),
    111: total(transcendental.cos),
    112: total(transcendental.tan),
    113: total(transcendental.asin),
    114: total(transcendental.acos),
    115: transcendental.atan,
    120: math.fabs,
    121: floor,
    122: ceil,
    123: half_up,
    124: lambda x: x - floor(x),
    125: signum,
}

BINARY: Final[Mapping[int, Callable[[float, float], float]]] = {
    100: lambda a, b: a + b,
    101: lambda a, b: a - b,
    102: lambda a, b: a * b,
    103: lambda a, b: 0.0 if b == 0 else quotient(a, b),
    104: lambda a, b: 0.0 if b == 0 else remainder(a, b),
    105: power,
    116: transcendental.atan2,
    130: least,
    131: greatest,
    134: lambda edge, x: 0.0 if x < edge else 1.0,
}


def added(values: Sequence[float]) -> float:
    found = 0.0
    for value in values:
        found += value
    return found


MODES: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "sum": added,
    "average": lambda vs: added(vs) / len(vs),
    "min": lambda vs: least(*vs),
    "max": lambda vs: greatest(*vs),
    "first": lambda vs: vs[0],
    "last": lambda vs: vs[-1],
    "layer": lambda vs: vs[-1],
    "product": lambda vs: math.prod(vs, start=1.0),
}

CURVES: Final[Sequence[Callable[[float], float]]] = (
    lambda t: t,
    lambda t: t * t,
    lambda t: t * (2 - t),
    lambda t: 2 * t * t if t < 0.5 else -1 + (4 - 2 * t) * t,
    lambda t: t * t * t,
    lambda t: (t - 1) * (t - 1) * (t - 1) + 1,
    lambda t: t * t * (3 - 2 * t),
)


def through(step: Document, value: float) -> float:
    """Apply one step of a chain."""
    match step:
        case {"kind": "scaleBias", "scale": scale, "bias": bias}:
            return value * float(scale) + float(bias)
        case {"kind": "normalize", "mode": mode}:
            return clamp(value, 0.0 if mode == "0..1" else -1.0, 1.0)
        case {"kind": "quantize", "step": size}:
            return half_up(quotient(value, size)) * float(size)
        case {"kind": "ease", "curveId": curve}:
            return CURVES[curve](clamp(value, 0.0, 1.0))
        case {"kind": "map", "fn": fn}:
            return UNARY[fn["opcode"]](value)
    raise AssertionError(step)


def stored(storage: str, value: float) -> float:
    """Return a number as a slot keeps it (0.4)."""
    if storage in ("f64", "object"):
        return value
    if storage == "f32":
        try:
            return float(struct.unpack("<f", struct.pack("<f", value))[0])
        except OverflowError:
            return math.copysign(INF, value)
    if math.isnan(value) or math.isinf(value):
        return 0.0
    wrapped = math.trunc(value) % 2**32
    return float(wrapped - 2**32 if storage == "i32" and wrapped >= 2**31 else wrapped)


class Naive:
    """Runs a graph: slots, time and signals, each in the most obvious way."""

    def __init__(self, graph: "Graph") -> None:
        self.graph = graph
        self.slots = {s: stored(graph.slots[s], 0.0) for s in graph.slots}
        for slot, value in graph.initials.items():
            self.slots[slot] = stored(graph.slots[slot], value)
        self.previous: float | None = None
        self.time: dict[str, float] = {}
        self.values: dict[int, float] = {}

    def frame(self, t: float) -> dict[int, float]:
        """Run a frame; return all slots."""
        self.time = self.times(t)
        self.values = {}
        for step in self.graph.steps:
            for sig, slot in step:
                self.slots[slot] = stored(self.graph.slots[slot], self.value(sig))
        return dict(self.slots)

    def times(self, t: float) -> dict[str, float]:
        model = self.graph.time_model
        found = {"timeAbsMs": t, "timeModelMs": t, "phase01": 0.0, "wrapEvent": 0.0}
        if model["kind"] == "finite":
            found["timeModelMs"] = max(0.0, min(t, float(model["durationMs"])))
        if model["kind"] == "cyclic":
            period = float(model["periodMs"])
            at = math.fmod(math.fmod(t, period) + period, period)
            found["timeModelMs"], found["phase01"] = at, at / period
            found["wrapEvent"] = float(self.previous is not None and at < self.previous)
            self.previous = at
        return found

    def value(self, sig: int) -> float:
        """Return a signal's value, computed once a frame."""
        if sig not in self.values:
            self.values[sig] = self.computed(self.graph.nodes[sig])
        return self.values[sig]

    def computed(self, node: Document) -> float:
        match node:
            case {"kind": "const", "value": value}:
                return float(value)
            case {"kind": "inputSlot", "slot": slot}:
                return self.slots[slot]
            case {"kind": "map", "src": src, "fn": fn}:
                return UNARY[fn["opcode"]](self.value(src))
            case {"kind": "zip", "a": a, "b": b, "fn": {"opcode": 132}}:
                bounds = self.graph.nodes[b]
                low, high = self.value(bounds["a"]), self.value(bounds["b"])
                return clamp(self.value(a), low, high)
            case {"kind": "zip", "a": a, "b": b, "fn": fn}:
                return BINARY[fn["opcode"]](self.value(a), self.value(b))
            case {"kind": "select", "cond": cond, "t": t, "f": f}:
                return self.value(t) if self.value(cond) > 0.5 else self.value(f)
            case {"kind": "busCombine", "terms": [], "combine": combine}:
                return float(combine.get("default", 0.0))
            case {"kind": "busCombine", "terms": [only]}:
                return self.value(only)
            case {"kind": "busCombine", "terms": terms, "combine": combine}:
                return MODES[combine["mode"]]([self.value(term) for term in terms])
            case {"kind": "transform", "src": src, "chain": chain}:
                value = self.value(src)
                for step in self.graph.chains[chain]:
                    value = through(step, value)
                return value
            case {"kind": kind}:
                return self.time[kind]
        raise AssertionError(node)


# --- Random graphs --------------------------------------------------------------------------


@dataclass
class Graph:
    """A program in the making, as far as both evaluators need to know it."""

    time_model: Document
    nodes: list[Document] = field(default_factory=list)
    """As in a document, but that a constant carries its value."""
    chains: list[list[Document]] = field(default_factory=list)
    slots: dict[int, str] = field(default_factory=dict)
    """Storage by slot."""
    initials: dict[int, float] = field(default_factory=dict)
    steps: list[list[tuple[int, int]]] = field(default_factory=list)
    """(signal, slot) for each output of each signalEval."""

    def runtime(self, observers: Sequence[Observer] = ()) -> Runtime:
        """Return the graph as a running program."""
        b = ProgramBuilder("random", self.time_model)
        for node in self.nodes:
            fields = {name: value for name, value in node.items() if name not in ("kind", "value")}
            if node["kind"] == "const":
                fields["constId"] = b.const(node["value"])
            b.signal(node["kind"], **fields)
        b.doc["transforms"] = {"chains": [{"steps": steps} for steps in self.chains]}
        for slot, storage in self.slots.items():
            b.slot(slot, storage)
        for slot, value in self.initials.items():
            b.initial(slot, value)
        for i, step in enumerate(self.steps):
            rows = [{"sigId": sig, "slot": slot} for sig, slot in step]
            b.step("signalEval", f"s-{i}", outputs=rows)
        return Runtime(b.program(), observers=observers)


EDGES: Final = (
    *(0.0, -0.0, 0.5, -0.25, 1.0, -1.0, 2.0, -2.5),
    *(0.1, 1 / 3, 1e308, -1e308, 5e-324, 1e20),
)
NUMBERS: Final = st.one_of(
    st.sampled_from(EDGES),
    st.sampled_from(EDGES[:8]),
    st.floats(-4, 4),
    st.floats(allow_nan=False, allow_infinity=False),
)

CHAIN_STEPS: Final = st.one_of(
    st.builds(lambda s, b: {"kind": "scaleBias", "scale": s, "bias": b}, NUMBERS, NUMBERS),
    st.sampled_from([{"kind": "normalize", "mode": mode} for mode in ("0..1", "-1..1")]),
    st.builds(lambda s: {"kind": "quantize", "step": s}, NUMBERS),
    st.sampled_from([{"kind": "ease", "curveId": i} for i in range(len(CURVES))]),
    st.sampled_from([{"kind": "map", "fn": opcode(number)} for number in UNARY]),
)

TIME_MODELS: Final = st.sampled_from([INFINITE, finite(800), cyclic(700)])

KINDS: Final = (
    "const", "timeAbsMs", "timeModelMs", "phase01", "wrapEvent", "inputSlot",
    "map", "map", "zip", "zip", "zip", "clamp", "select", "select", "busCombine", "busCombine",
    "transform",
)  # fmt: skip

OFTEN: Final = (*UNARY, 121, 122, 123, 123, 124, 125)
"""Unary opcodes; those with many edges come more often."""

STORAGES: Final = ("f64", "f64", "f64", "object", "f32", "i32", "u32")


@st.composite
def graphs(draw: st.DrawFn, *, feedback: bool = True) -> Graph:
    """Return a graph; with `feedback`, signals read slots that signals write."""
    graph = Graph(draw(TIME_MODELS))
    graph.chains = draw(st.lists(st.lists(CHAIN_STEPS, max_size=3), min_size=1, max_size=2))
    inputs = draw(st.lists(NUMBERS, min_size=1, max_size=2))
    for slot, value in enumerate(inputs):
        graph.slots[slot] = draw(st.sampled_from(STORAGES))
        graph.initials[slot] = value
    written = range(10, 10 + draw(st.integers(1, 8)))
    for slot in written:
        graph.slots[slot] = draw(st.sampled_from(STORAGES))
    readable = [*graph.initials, *(written if feedback else ())]
    usable: list[int] = []
    for _ in range(draw(st.integers(1, 24))):
        usable.append(draw(added_node(graph, usable, readable)))
    outputs = [(draw(st.sampled_from(usable)), slot) for slot in written]
    cut = draw(st.integers(0, len(outputs)))
    # The last step shows every signal, so that no value goes unseen.
    seen = [(sig, 500 + sig) for sig in usable]
    graph.slots |= {slot: "f64" for _, slot in seen}
    graph.steps = [outputs[:cut], outputs[cut:], seen]
    return graph


@st.composite
def added_node(
    draw: st.DrawFn, graph: Graph, usable: Sequence[int], readable: Sequence[int]
) -> int:
    """Add a node whose operands are there already; return its id."""
    kind = draw(st.sampled_from(KINDS if usable else KINDS[:6]))
    operand = st.sampled_from(usable) if usable else st.nothing()
    node: Document = {"kind": kind}
    if kind == "const":
        node["value"] = draw(NUMBERS)
    elif kind == "inputSlot":
        node["slot"] = draw(st.sampled_from(readable))
    elif kind == "map":
        node |= {"src": draw(operand), "fn": opcode(draw(st.sampled_from(OFTEN)))}
    elif kind == "zip":
        number = draw(st.sampled_from(list(BINARY)))
        node |= {"a": draw(operand), "b": draw(operand), "fn": opcode(number)}
    elif kind == "clamp":
        # The inner half has no value of its own, so nothing else may use it.
        inner = {"kind": "zip", "a": draw(operand), "b": draw(operand), "fn": opcode(132)}
        graph.nodes.append(inner)
        node = {"kind": "zip", "a": draw(operand), "b": len(graph.nodes) - 1, "fn": opcode(132)}
    elif kind == "select":
        node |= {"cond": draw(operand), "t": draw(operand), "f": draw(operand)}
    elif kind == "busCombine":
        spec: Document = {"mode": draw(st.sampled_from(list(MODES)))}
        if draw(st.booleans()):
            spec["default"] = draw(NUMBERS)
        terms = draw(st.lists(operand, max_size=4))
        node |= {"busIndex": 0, "terms": terms, "combine": spec}
    elif kind == "transform":
        node |= {"src": draw(operand), "chain": draw(st.integers(0, len(graph.chains) - 1))}
    graph.nodes.append(node)
    return len(graph.nodes) - 1


TIMES: Final = st.lists(
    st.one_of(st.sampled_from([0.0, 16.0, 100.5, 700.0, 1400.0, -50.0]), st.floats(-3000, 3000)),
    min_size=1,
    max_size=4,
)


def all_slots(runtime: Runtime) -> dict[int, float]:
    """Return every slot; an object slot that nothing has written counts as 0, as signals see it."""
    found = ((slot, runtime.values.peek(slot)) for slot in runtime.values.slots)
    return {slot: 0.0 if value is None else value for slot, value in found}


# --- The claims -----------------------------------------------------------------------------


@examples(60, long=800)
@given(graphs(), TIMES)
def test_random_graphs_have_the_naive_values(graph: Graph, times: Sequence[float]) -> None:
    """Every slot of every frame is the same in both evaluators, down to NaN and the sign of 0.

    Also with every detail traced; each signal is told at most once a frame, with its value.
    """
    recorder = TraceRecorder(range(len(times)), details=True)
    naive, plain, traced = Naive(graph), graph.runtime(), graph.runtime([recorder])

    for t in times:
        expected = naive.frame(t)
        for runtime in (plain, traced):
            runtime.run_frame(t)
            assert difference(all_slots(runtime), expected) is None
        details = [detail for step in recorder.traces[-1].steps for detail in step.details]
        told = [int(str(detail.subject.which)) for detail in details]
        assert {detail.subject.what for detail in details} <= {"signal"}
        assert len(told) == len(set(told))
        values: dict[int, Any] = dict(zip(told, (d.value for d in details), strict=True))
        memo = {sig: traced.cache.signal_values[sig] for sig in told}
        assert difference(memo, values) is None

    assert len(recorder.traces) == len(times)


@examples(30, long=300)
@given(graphs(feedback=False), TIMES, st.randoms(use_true_random=False))
def test_order_and_number_of_outputs_change_no_value(
    graph: Graph, times: Sequence[float], shuffle: random.Random
) -> None:
    """Without feedback through slots each signal has one value, whatever else is asked for."""
    other = Graph(graph.time_model, graph.nodes, graph.chains, dict(graph.slots), graph.initials)
    rows = [row for step in graph.steps for row in step]
    inner = {node["b"] for node in graph.nodes if node.get("fn") == opcode(132)}
    extra = [i for i in range(len(graph.nodes)) if i not in inner]
    rows += [(sig, 1000 + sig) for sig in extra]
    other.slots |= {1000 + sig: "f64" for sig in extra}
    shuffle.shuffle(rows)
    other.steps = [rows[i::3] for i in range(3)]
    few, many = graph.runtime(), other.runtime()

    for t in times:
        few.run_frame(t)
        many.run_frame(t)
        wanted = all_slots(few)
        found = all_slots(many)
        assert difference({slot: found[slot] for slot in wanted}, wanted) is None
