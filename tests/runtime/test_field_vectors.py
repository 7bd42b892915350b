"""The reference's values: fields, field operations, colours and paths."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest
from program_builder import ProgramBuilder, type_desc
from support.conformance_vectors import Case, case_name, cases, difference

from irrun.errors import IrrunError
from irrun.evaluate.colors import parse_color
from irrun.ir.values import Buffer
from irrun.numerics.arrays import color_bytes
from irrun.runtime.runtime import Runtime

TOPICS: Final = ("fields", "field-ops", "colors", "paths")

DECISIONS: Final[dict[tuple[str, str], str]] = {
    ("colors", "bad-hex-digit"): "10.8: what cannot be read of a pair of digits is 0, never NaN",
}
"""Where irrun leaves the reference, by topic and quirk, and the section that decides it.

Reviewed: each row was read in the semantics. A case that carries a quirk without a row here fails.
"""

AGREEING: Final = {
    "086-broken": "the pair `6x` begins with a digit: both read it up to the x",
}
"""Cases that carry a decided quirk and have the same value all the same."""

DOMAIN, OUT = 0, 10


def rows() -> list[Any]:
    """Return every case of every topic, with its topic."""
    return [
        pytest.param(topic, case, id=f"{topic}-{case_name(case)}")
        for topic in TOPICS
        for case in cases(topic)
    ]


def buffer_of(b: ProgramBuilder, t_ms: float, *, quirks: bool) -> Any:
    """Return the buffer after one frame."""
    runtime = Runtime(b.program(), quirks=quirks)
    runtime.run_frame(t_ms)
    found = runtime.values.peek(OUT)
    assert isinstance(found, Buffer)
    return found


def builder(args: dict[str, Any], count: int, field: int, fmt: dict[str, Any]) -> ProgramBuilder:
    """Return a program of one materialize step; the tables of fields and signals are its own."""
    b = ProgramBuilder("vectors")
    b.domain(DOMAIN, count, args.get("elementIds"))
    b.doc["signalTable"]["nodes"] = args.get("signalNodes", [])
    plan = {"id": "m", "fieldExprId": str(field), "domainSlot": DOMAIN, "outBufferSlot": OUT}
    b.step("materialize", "s", materialization=plan | {"format": fmt, "policy": "perFrame"})
    return b


def materialized(args: dict[str, Any], *, quirks: bool) -> Any:
    """Return the buffer of a `materialize` case."""
    b = builder(args, args["domainCount"], args["fieldId"], args["format"])
    b.doc["fields"]["nodes"] = args["fieldNodes"]
    b.doc["constants"]["json"] = args["constants"]["json"]
    return buffer_of(b, args["timeMs"], quirks=quirks).data


def field_op(args: dict[str, Any], *, quirks: bool) -> Any:
    """Return the buffer of a `fieldOp` case: a kernel on a constant field."""
    is_vec2 = args["type"] == "vec2" or args["op"] == "jitterVec2"
    b = builder(args, args["count"], 1, {"components": 1 + is_vec2, "elementType": "f32"})
    constants = list(args.get("constants", {}).get("json", []))
    b.doc["constants"]["json"] = [*constants, args["input"]]
    source = "number" if args["op"] == "jitterVec2" else args["type"]
    b.field("const", domain=source, constId=len(constants))
    fn = {"kind": "kernel", "kernelId": f"map_{args['op']}"}
    domain = "vec2" if is_vec2 else "number"
    b.field("map", domain=domain, src=0, fn=fn, params=args.get("params", {}))
    return buffer_of(b, args.get("timeMs", 0.0), quirks=quirks).data


def quantized(args: dict[str, Any], *, quirks: bool) -> Any:
    """Return the four bytes of a colour."""
    return color_bytes(np.array([[args[name] for name in "rgba"]]))[0]


def parsed(args: dict[str, Any], *, quirks: bool) -> Any:
    """Return the channels of a colour text."""
    return parse_color(args["color"], quirks=quirks)


PATH_OUTS: Final = ("cmds", "params", "cmdStart", "cmdLen", "pointStart", "pointLen")


def path_buffers(args: dict[str, Any], *, quirks: bool) -> Any:
    """Return the six arrays of a `materializePath` case."""
    b = ProgramBuilder("vectors")
    b.initial(DOMAIN, args["domain"])
    b.initial(1, args["path"])
    b.doc["fields"]["nodes"] = args.get("fieldNodes", [])
    b.doc["constants"]["json"] = args.get("constants", {}).get("json", [])
    outs = {f"out{name[0].upper()}{name[1:]}Slot": OUT + i for i, name in enumerate(PATH_OUTS)}
    b.step("materializePath", "s", domainSlot=DOMAIN, pathExprSlot=1, **outs)
    runtime = Runtime(b.program(), quirks=quirks)
    runtime.run_frame(0.0)
    return {name: runtime.values.peek(OUT + i) for i, name in enumerate(PATH_OUTS)}


OPERATIONS: Final[dict[str, Callable[..., Any]]] = {
    "materialize": materialized,
    "fieldOp": field_op,
    "parseColor": parsed,
    "quantizeColor": quantized,
    "materializePath": path_buffers,
}


def first_difference(case: Case, *, quirks: bool) -> str | None:
    """Return how the result of a case differs from the expected one, or None."""
    try:
        got = OPERATIONS[case["op"]](case["args"], quirks=quirks)
    except IrrunError as error:
        return f"{error.code} {error}"
    return difference(got, case["expect"], "f32" if case.get("approx") else None)


@pytest.mark.parametrize(("topic", "case"), rows())
def test_with_quirks_every_value_is_the_references(topic: str, case: Case) -> None:
    """With the reference's quirks every element is the expected."""
    assert first_difference(case, quirks=True) is None


@pytest.mark.parametrize(("topic", "case"), rows())
def test_without_quirks_only_decided_cases_differ(topic: str, case: Case) -> None:
    """A case differs if and only if it carries a quirk that a section decides otherwise."""
    decided = [quirk for quirk in case.get("quirks", ()) if (topic, quirk) in DECISIONS]
    is_other = bool(decided) and case_name(case) not in AGREEING

    found = first_difference(case, quirks=False)

    assert (found is not None) is is_other, found


def test_every_decision_is_met_by_a_case() -> None:
    """No row of the table is idle: some case of the topic carries the quirk."""
    met = {
        (topic, quirk) for topic in TOPICS for c in cases(topic) for quirk in c.get("quirks", ())
    }

    assert met == DECISIONS.keys()


def test_types_of_the_vectors_are_as_documents_have_them() -> None:
    """The helper that describes a type and the vectors agree on its form."""
    node = cases("fields")[0]["args"]["fieldNodes"][0]

    assert node["type"] == type_desc(node["type"]["domain"], "field")
