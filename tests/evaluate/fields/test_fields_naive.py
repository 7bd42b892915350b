"""Random field graphs against a naive evaluator: one element at a time, by recursion."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st
from program_builder import ProgramBuilder
from support.examples import examples

from irrun.evaluate.operations.formulas import Formula
from irrun.evaluate.operations.opcodes import OPCODES
from irrun.numerics import scalar
from irrun.numerics.convert import to_f32
from irrun.runtime.runtime import Runtime

COUNTS: Final = (3, 1, 0)
UNARY: Final = (120, 121, 122, 123, 124, 125, 511)
BINARY: Final = (100, 101, 102, 103, 104, 130, 131, 134)
INDEX: Final = 511
MODES: Final = ("sum", "average", "min", "max", "product", "first", "last")
NUMBERS = st.sampled_from(
    (0.0, -0.0, 0.5, -0.5, 1.5, -2.5, 3.0, 0.1, 1e-40, 16777217.0, 1e39, 1e300, -7.25)
)
Node = dict[str, Any]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[Node], list[Any], float]:
    """Return a count, field nodes whose operands come before them, their constants, and a time."""
    count = draw(st.sampled_from(COUNTS))
    nodes: list[Node] = []
    constants: list[Any] = []
    for i in range(draw(st.integers(1, 12))):
        one = st.integers(0, max(i - 1, 0))
        kinds = ["const", "time"] + (["map", "zip", "select", "bus", "chain", "scale"] if i else [])
        match draw(st.sampled_from(kinds)):
            case "const":
                constants.append(draw(NUMBERS | st.lists(NUMBERS, min_size=count, max_size=count)))
                node: Node = {"kind": "const", "constId": len(constants) - 1}
            case "time":
                node = {"kind": "broadcastSig", "sig": 0, "domainSlot": 0}
            case "map":
                fn = {"kind": "opcode", "opcode": draw(st.sampled_from(UNARY))}
                node = {"kind": "map", "src": draw(one), "fn": fn}
            case "scale":
                fn = {"kind": "kernel", "kernelId": "map_scale"}
                params = {"k": draw(NUMBERS | st.just({"signalSlot": 0}))}
                node = {"kind": "map", "src": draw(one), "fn": fn, "params": params}
            case "zip":
                fn = {"kind": "opcode", "opcode": draw(st.sampled_from(BINARY))}
                node = {"kind": "zip", "a": draw(one), "b": draw(one), "fn": fn}
            case "select":
                node = {"kind": "select", "cond": draw(one), "t": draw(one), "f": draw(one)}
            case "bus":
                combine = {"mode": draw(st.sampled_from(MODES))}
                terms = draw(st.lists(one, max_size=3))
                node = {"kind": "busCombine", "busIndex": 0, "terms": terms, "combine": combine}
            case _:
                node = {"kind": "transform", "src": draw(one), "chain": 0}
        nodes.append(node | {"type": {"world": "field", "domain": "number"}})
    return count, nodes, constants, draw(NUMBERS)


def combined(mode: str, values: Sequence[float]) -> float:
    """Return one element of a busCombine (10.7, written out)."""
    if not values:
        return 0.0
    if mode in ("first", "last"):
        return values[0 if mode == "first" else -1]
    if mode in ("min", "max"):
        found = math.inf if mode == "min" else -math.inf
        for value in values:
            found = value if (value < found if mode == "min" else value > found) else found
        return found
    total = 1.0 if mode == "product" else 0.0
    for value in values:
        total = total * value if mode == "product" else total + value
    return total / len(values) if mode == "average" else total


def element(nodes: Sequence[Node], constants: Sequence[Any], t: float, i: int, at: int) -> float:
    """Return one element of a field, in doubles."""

    def operand(field: int) -> float:
        return to_f32(element(nodes, constants, t, field, at))

    node = nodes[i]
    formula: Formula | None
    match node["kind"]:
        case "const":
            value = constants[node["constId"]]
            return float(value[at] if isinstance(value, list) else value)
        case "broadcastSig":
            return t
        case "map" if node["fn"]["kind"] == "kernel":
            k = node["params"]["k"]
            return operand(node["src"]) * (t if isinstance(k, Mapping) else k)
        case "map" if node["fn"]["opcode"] == INDEX:
            return float(at)
        case "map":
            formula = OPCODES[node["fn"]["opcode"]].formula
            assert formula is not None
            return float(formula.scalar(operand(node["src"])))
        case "zip":
            formula = OPCODES[node["fn"]["opcode"]].formula
            assert formula is not None
            return float(formula.scalar(operand(node["a"]), operand(node["b"])))
        case "select":
            return operand(node["t"] if operand(node["cond"]) != 0 else node["f"])
        case "busCombine":
            return combined(node["combine"]["mode"], [operand(term) for term in node["terms"]])
        case _:
            return scalar.clamp_b(operand(node["src"]) * 0.5 + 0.25, -1.0, 1.0)


CHAIN: Final = {
    "steps": [
        {"kind": "scaleBias", "scale": 0.5, "bias": 0.25},
        {"kind": "normalize", "mode": "-1..1"},
    ]
}


@examples(60, long=600)
@given(graphs())
def test_random_graphs(graph: tuple[int, list[Node], list[Any], float]) -> None:
    """Every field of a graph, materialized on its own, in both float formats, in two frames."""
    count, nodes, constants, t = graph
    b = ProgramBuilder("random")
    b.domain(0, count)
    b.doc["fields"]["nodes"] = nodes
    b.doc["constants"]["json"] = constants
    b.doc["transforms"] = {"chains": [CHAIN]}
    b.signal("timeAbsMs")
    formats = [(i, kind) for i in reversed(range(len(nodes))) for kind in ("f32", "f64")]
    for slot, (i, kind) in enumerate(formats, 1):
        plan = {"id": "m", "fieldExprId": str(i), "domainSlot": 0, "outBufferSlot": slot}
        fmt = {"components": 1, "elementType": kind}
        plan |= {"format": fmt, "policy": "perFrame"}
        b.step("materialize", f"s{slot}", materialization=plan)
    runtime = Runtime(b.program())

    for t_ms in (1.0, t):
        runtime.run_frame(t_ms)
        for slot, (i, kind) in enumerate(formats, 1):
            exact = [element(nodes, constants, t_ms, i, at) for at in range(count)]
            expected = exact if kind == "f64" else [to_f32(x) for x in exact]
            got = runtime.values.peek(slot).data.tolist()
            assert [repr(x) for x in got] == [repr(float(x)) for x in expected]
