"""Fields in real programs: kinds, types, formats, parameters, caching (section 10)."""

import math
from itertools import product
from typing import Any

import numpy as np
import pytest
from program_builder import ProgramBuilder, opcode
from support.conformance_vectors import difference

from irrun.errors import IrrunError
from irrun.errors.expressions import (
    BadHexDigit,
    BadOperand,
    IdOutOfRange,
    KernelNotRunnable,
    MissingParameter,
    NullConstant,
    OpcodeNotAllowed,
    StateNotFound,
    UnknownMode,
    UnusableConstant,
)
from irrun.errors.fields import (
    BadParameter,
    FieldCycle,
    FormatMismatch,
    ListLength,
    NotAColor,
    UnsupportedField,
)
from irrun.errors.program import ConstantNotFound
from irrun.evaluate.fields.evaluator import EvaluatedField
from irrun.ir.values import Buffer, CombinedField, FieldRef
from irrun.runtime.runtime import Runtime

NAN, INF = math.nan, math.inf
DOMAIN, OUT = 0, 10


def kernel(name: str) -> dict[str, Any]:
    """Return a function reference by name."""
    return {"kind": "kernel", "kernelId": name}


class Fields:
    """A program of fields over a domain of so many elements; each `out` adds a materialize step."""

    def __init__(self, count: int = 3, ids: list[str] | None = None) -> None:
        self.b = ProgramBuilder("fields")
        self.b.domain(DOMAIN, count, ids)
        self.outs = 0
        self.runtime: Runtime | None = None

    def const(self, value: Any, domain: str = "number") -> int:
        """Add a constant field."""
        return self.b.field("const", domain=domain, constId=self.b.const(value))

    def broadcast(self, signal: int, domain: str = "number") -> int:
        """Add a broadcast."""
        return self.b.field("broadcastSig", domain=domain, sig=signal, domainSlot=DOMAIN)

    def map(self, src: int, fn: dict[str, Any], domain: str = "number", **params: Any) -> int:
        """Add a map."""
        more = {"params": params} if params else {}
        return self.b.field("map", domain=domain, src=src, fn=fn, **more)

    def zip(self, number: int, a: int, b: int, domain: str = "number") -> int:
        """Add a zip."""
        return self.b.field("zip", domain=domain, a=a, b=b, fn=opcode(number))

    def select(self, cond: int, t: int, f: int, domain: str = "number") -> int:
        """Add a select."""
        return self.b.field("select", domain=domain, cond=cond, t=t, f=f)

    def combine(self, mode: str, *terms: int, domain: str = "number") -> int:
        """Add a busCombine."""
        spec = {"mode": mode}
        return self.b.field(
            "busCombine", domain=domain, busIndex=0, terms=list(terms), combine=spec
        )

    def transform(self, src: int, *steps: dict[str, Any], domain: str = "number") -> int:
        """Add a transform with a chain of its own."""
        chains = self.b.doc.setdefault("transforms", {"chains": []})["chains"]
        chains.append({"steps": list(steps)})
        return self.b.field("transform", domain=domain, src=src, chain=len(chains) - 1)

    def out(self, field: int | str, components: int = 1, element: str = "f32") -> int:
        """Materialize a field; return the slot."""
        slot = OUT + self.outs
        self.outs += 1
        plan = {"id": f"m{slot}", "fieldExprId": str(field), "domainSlot": DOMAIN}
        fmt = {"components": components, "elementType": element}
        plan |= {"outBufferSlot": slot, "format": fmt, "policy": "perFrame"}
        self.b.step("materialize", f"s{slot}", materialization=plan)
        return slot

    def start(self, **options: Any) -> Runtime:
        """Return a runtime of the program."""
        self.runtime = Runtime(self.b.program(), **{"fps": 10} | options)
        return self.runtime


def buffer(fields: Fields, field: int, components: int = 1, element: str = "f32", **o: Any) -> Any:
    """Return a field's elements after one frame."""
    slot = fields.out(field, components, element)
    runtime = fields.start(**o)
    runtime.run_frame(1000.0)
    found = runtime.values.peek(slot)
    assert isinstance(found, Buffer)
    return found.data


def same(got: Any, expected: Any) -> bool:
    return difference(got, expected) is None


def f32(*numbers: float) -> list[float]:
    """Return numbers as float32 keeps them."""
    with np.errstate(over="ignore"):
        return [float(np.float32(x)) for x in numbers]


# --- Constants ------------------------------------------------------------------------------

CONSTANTS = [
    pytest.param("number", [1, "2", None], 1, [1, 2, 0], id="list of anything like numbers"),
    pytest.param("number", True, 1, [1, 1, 1], id="true"),
    pytest.param("number", -0.0, 1, [-0.0] * 3, id="minus zero"),
    pytest.param("timeMs", 7, 1, [7, 7, 7], id="other numeric domains"),
    pytest.param("boolean", "", 1, [0, 0, 0], id="empty text is false"),
    pytest.param("boolean", "x", 1, [1, 1, 1], id="text is true"),
    pytest.param("boolean", [], 1, [1, 1, 1], id="empty list is true"),
    pytest.param("boolean", [0, 2, None], 1, [0, 1, 0], id="list of truth values"),
    pytest.param("vec2", [[1, 2], {"x": 3}, None], 2, [1, 2, 3, 0, 0, 0], id="vec2 list"),
    pytest.param("vec2", {"y": 2}, 2, [0, 2] * 3, id="vec2"),
    pytest.param("vec2", 4, 2, [4, 4] * 3, id="number fills vec2"),
    pytest.param("vec3", {"x": 1, "z": 3}, 3, [1, 0, 3] * 3, id="vec3"),
    pytest.param("vec3", [[1, 2, 3], {"y": 1}, [4, 5]], 3, [1, 2, 3, 0, 1, 0, 0, 0, 0], id="vec3s"),
    pytest.param("vec4", {"x": 1}, 4, [1, 0, 0, 0] * 3, id="vec4: w is 0 too"),
    pytest.param("quat", {"w": 1}, 4, [0, 0, 0, 1] * 3, id="quat"),
    pytest.param("mat4", list(range(16)), 16, list(range(16)) * 3, id="mat4"),
    pytest.param("color", "#ff8000", 3, f32(1, 128 / 255, 0) * 3, id="colour without alpha"),
    pytest.param("color", 0.5, 4, [0.5] * 12, id="number as a colour"),
    pytest.param("color", {"r": 2, "g": -1, "b": 0.5, "a": 0.5}, 4, [2, -1, 0.5, 0.5] * 3,
                 id="colours are straight and not clamped"),
    pytest.param("color", ["#fff", [1, 0, 0], {"r": 0, "g": 1, "b": 0}], 4,
                 [1, 1, 1, 1, 1, 0, 0, 1, 0, 1, 0, 1], id="list of colours"),
    pytest.param("string", "#fff", 4, [1] * 12, id="text as a colour"),
]  # fmt: skip


@pytest.mark.parametrize(("domain", "value", "components", "expected"), CONSTANTS)
def test_constant(domain: str, value: Any, components: int, expected: list[float]) -> None:
    """The table of 10.3, with what irrun takes besides."""
    fields = Fields()
    assert same(buffer(fields, fields.const(value, domain), components), expected)


REFUSED = [
    pytest.param("number", "text", UnusableConstant, id="text"),
    pytest.param("number", {"x": 1}, UnusableConstant, id="object"),
    pytest.param("number", [1, 2], ListLength, id="short list"),
    pytest.param("boolean", [1, 2], ListLength, id="short list of truth values"),
    pytest.param("vec2", "text", UnusableConstant, id="text as vec2"),
    pytest.param("vec2", [[1, 2]], ListLength, id="short list of vec2"),
    pytest.param("quat", {"w": 1.01}, UnusableConstant, id="quat of another length"),
    pytest.param("quat", 1, UnusableConstant, id="number as quat"),
    pytest.param("mat4", [1, 2, 3], UnusableConstant, id="short matrix"),
    pytest.param("color", {"x": 1}, NotAColor, id="vector as colour"),
    pytest.param("color", [1, 0, 0, 1], ListLength, id="a list holds one colour to an element"),
    pytest.param("string", 1, UnusableConstant, id="number as text"),
]


@pytest.mark.parametrize(("domain", "value", "problem"), REFUSED)
def test_constant_that_does_not_fit(domain: str, value: Any, problem: type[IrrunError]) -> None:
    """What cannot be elements of the type is refused, at the field's place."""
    fields = Fields()
    with pytest.raises(problem) as caught:
        buffer(fields, fields.const(value, domain))

    assert caught.value.where.path == "$.fields.nodes[0]"
    assert caught.value.where.step == "s10"


def test_null_constant_is_nan_and_said() -> None:
    """JSON could not carry what was meant (section 0.6)."""
    fields = Fields()
    assert same(buffer(fields, fields.const(None)), [NAN] * 3)
    assert fields.runtime is not None
    assert [type(f) for f in fields.runtime.warnings] == [NullConstant]


def test_bad_hex_digits_are_said_once() -> None:
    """Digits that cannot be read are 0, in every frame, with one warning."""
    fields = Fields()
    slot = fields.out(fields.const("#12zz56", "color"), 4, "u8")
    runtime = fields.start()
    for t in (0.0, 1.0):
        runtime.run_frame(t)

    assert runtime.values.peek(slot).data.tolist() == [0x12, 0, 0x56, 255] * 3
    assert [type(f) for f in runtime.warnings] == [BadHexDigit]


def test_constant_that_does_not_exist() -> None:
    """IR201, at the field's place."""
    fields = Fields()
    with pytest.raises(ConstantNotFound):
        buffer(fields, fields.b.field("const", constId=9))


# --- Formats --------------------------------------------------------------------------------

FORMATS = [
    pytest.param("number", -3.7, 1, "i32", [-3] * 3, id="i32 truncates"),
    pytest.param("number", -1, 1, "u32", [4294967295] * 3, id="u32 wraps"),
    pytest.param("number", 300.9, 1, "u8", [44] * 3, id="u8 wraps"),
    pytest.param("number", 0.1, 1, "f64", [0.1] * 3, id="f64 keeps doubles"),
    pytest.param("number", 0.1, 1, "f32", f32(0.1) * 3, id="f32 rounds"),
    pytest.param("number", 1e300, 1, "f32", [INF] * 3, id="f32 overflows"),
    pytest.param("number", 7, 2, "f32", [7] * 6, id="number to both"),
    pytest.param("number", 7, 3, "i32", [7] * 9, id="number to all three"),
    pytest.param("number", 7, 4, "f32", [7] * 12, id="number to all four"),
    pytest.param("number", 0.5, 4, "u8", [64, 64, 64, 128] * 3, id="number as colour bytes"),
    pytest.param("vec2", {"x": 1, "y": 260}, 2, "u8", [1, 4] * 3, id="2 x u8"),
    pytest.param("color", {"r": 0.2, "g": 0.4, "b": 0.6, "a": 0.8}, 4, "u8",
                 [41, 82, 122, 204] * 3, id="premultiplied bytes"),
    pytest.param("string", "#ff000080", 4, "u8", [128, 0, 0, 128] * 3, id="text as bytes"),
]  # fmt: skip


@pytest.mark.parametrize(("domain", "value", "components", "element", "expected"), FORMATS)
def test_format(
    domain: str, value: Any, components: int, element: str, expected: list[float]
) -> None:
    """The table of targets of 10.3, and conversion on store (0.4)."""
    fields = Fields()
    data = buffer(fields, fields.const(value, domain), components, element)

    assert data.dtype.name == {"f32": "float32", "f64": "float64", "i32": "int32",
                               "u32": "uint32", "u8": "uint8"}[element]  # fmt: skip
    assert same(data, expected)


@pytest.mark.parametrize(
    ("domain", "value", "components", "element"),
    [
        ("vec2", 1, 1, "f32"),
        ("vec2", 1, 3, "f32"),
        ("vec2", 1, 4, "u8"),
        ("vec3", 1, 4, "f32"),
        ("vec4", 1, 4, "u8"),
        ("color", 1, 1, "f32"),
        ("color", 1, 2, "f32"),
        ("number", 1, 16, "f32"),
        ("mat4", list(range(16)), 16, "f64"),
        ("mat4", list(range(16)), 4, "f32"),
        ("string", "#fff", 1, "f32"),
        ("path", {"commands": []}, 1, "f32"),
    ],
)
def test_field_that_does_not_fit(domain: str, value: Any, components: int, element: str) -> None:
    """IR438 names the field, what it holds, the format and the slot."""
    fields = Fields()
    with pytest.raises(FormatMismatch) as caught:
        buffer(fields, fields.const(value, domain), components, element)

    assert caught.value.where.slot == OUT


def test_reference_fills_from_the_beginning() -> None:
    """With quirks, a number field in 2 x f32 fills the first half; unknown formats are 1 x f32."""
    fields = Fields()
    assert same(buffer(fields, fields.const(7), 2, quirks=True), [7, 7, 7, 0, 0, 0])
    fields = Fields()
    assert same(buffer(fields, fields.const(7.5), 3, "i32", quirks=True), [7.5] * 3)


@pytest.mark.parametrize("domain", ["vec2", "color", "string"])
def test_reference_broadcasts_numbers_only(domain: str) -> None:
    """With quirks, a broadcast is a number whatever the type says."""
    fields = Fields()
    field = fields.broadcast(fields.b.signal_const(2), domain)

    assert same(buffer(fields, field, 2, quirks=True), [2, 2, 2, 0, 0, 0])


# --- Broadcast ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "of", "domain", "components", "expected"),
    [
        (0.1, "number", "number", 1, f32(0.1)),
        (2, "number", "vec2", 2, [2, 2]),
        (0.5, "number", "color", 4, [0.5] * 4),
        ({"x": 1, "y": 2}, "vec2", "vec2", 2, [1, 2]),
        ("#ff0000", "color", "color", 4, [1, 0, 0, 1]),
    ],
)
def test_broadcast(
    value: Any, of: str, domain: str, components: int, expected: list[float]
) -> None:
    """A signal's value for every element; a number fills every component."""
    fields = Fields()
    signal = fields.b.signal("const", domain=of, constId=fields.b.const(value))

    assert same(buffer(fields, fields.broadcast(signal, domain), components), expected * 3)


def test_broadcast_of_another_shape() -> None:
    """A vector is no number."""
    fields = Fields()
    signal = fields.b.signal("const", domain="vec2", constId=fields.b.const({"x": 1, "y": 2}))
    with pytest.raises(BadOperand):
        buffer(fields, fields.broadcast(signal))


# --- Map ------------------------------------------------------------------------------------

MAPS = [
    pytest.param(opcode(120), {}, [-1.5, -0.0, NAN], [1.5, 0, NAN], id="abs"),
    pytest.param(opcode(121), {}, [-1.5, -0.0, 0.1], [-2, -0.0, 0], id="floor"),
    pytest.param(opcode(123), {}, [-0.5, 0.5, 2.5], [-0.0, 1, 3], id="round"),
    pytest.param(opcode(124), {}, [-0.25, 3, 1.5], [0.75, 0, 0.5], id="fract"),
    pytest.param(opcode(125), {}, [-3, -0.0, NAN], [-1, -0.0, NAN], id="sign"),
    pytest.param(opcode(110), {}, [0, -0.0, INF], [0, -0.0, NAN], id="sin, k is 1"),
    pytest.param(opcode(111), {"k": 0}, [5, -1, 1e9], [1, 1, 1], id="cos with k"),
    pytest.param(opcode(132), {"a": 0.8, "b": 0.2}, [0, 0.5, 1], f32(0.8) * 3, id="clampB"),
    pytest.param(opcode(133), {"a": 10, "b": 20}, [0, 0.5, 2], [10, 15, 30], id="lerp"),
    pytest.param(opcode(135), {}, [0, 0.25, 0.5], [0, 0.15625, 0.5], id="smoothstep"),
    pytest.param(opcode(511), {}, [7, 7, 7], [0, 1, 2], id="index"),
    pytest.param(opcode(510), {"seed": 42}, [NAN] * 3, [0.8125, 0.5, 0.25], id="hash"),
    pytest.param(opcode(510), {}, [0] * 3, [0.4375, 0.5, 0.46875], id="hash, seed is 0"),
    pytest.param(kernel("map_neg"), {}, [1, -0.0, INF], [-1, 0, -INF], id="neg"),
    pytest.param(kernel("negate"), {}, [1, -0.0, INF], [-1, 0, -INF], id="negate"),
    pytest.param(kernel("map_identity"), {}, [1, -0.0, NAN], [1, -0.0, NAN], id="identity"),
    pytest.param(kernel("sqrt"), {}, [4, -1, -0.0], [2, NAN, -0.0], id="sqrt"),
    pytest.param(kernel("exp"), {}, [0, -INF, INF], [1, 0, INF], id="exp"),
    pytest.param(kernel("log"), {}, [1, 0, -1], [0, -INF, NAN], id="log"),
    pytest.param(kernel("map_tanh"), {"k": 2}, [0, INF, -INF], [0, 1, -1], id="tanh"),
    pytest.param(kernel("map_scale"), {"k": "2"}, [1, 2, 3], [2, 4, 6], id="text parameter"),
    pytest.param(kernel("offset"), {"k": None}, [1, 2, 3], [1, 2, 3], id="null parameter"),
    pytest.param(kernel("zipSignal"), {"signal": 2, "op": "min"}, [1, 2, 3], [1, 2, 2],
                 id="zipSignal"),
]  # fmt: skip


@pytest.mark.parametrize(("fn", "params", "source", "expected"), MAPS)
def test_map(
    fn: dict[str, Any], params: dict[str, Any], source: list[float], expected: list[float]
) -> None:
    """Opcodes and kernels with their parameters (10.5)."""
    fields = Fields()
    assert same(buffer(fields, fields.map(fields.const(source), fn, **params)), expected)


def test_map_of_vectors_is_component_by_component() -> None:
    """Functions of numbers work on each component."""
    fields = Fields(1)
    field = fields.map(fields.const({"x": -1.5, "y": 2.5}, "vec2"), opcode(121), "vec2")

    assert same(buffer(fields, field, 2), [-2, 2])


VECTOR_MAPS = [
    pytest.param(opcode(204), {"k": 3}, [3, 6], id="vec2Scale by k"),
    pytest.param(opcode(213), {"angle": 0}, [1, 2], id="vec2Rotate, radians"),
    pytest.param(kernel("vec2Rotate"), {"centerX": 1, "centerY": 1, "angle": 0}, [1, 2], id="turn"),
    pytest.param(kernel("vec2Scale"), {"centerX": 1, "centerY": 0, "scaleX": 9, "scaleY": 2},
                 [1, 4], id="scale about a centre"),
    pytest.param(kernel("map_vec2Translate"), {"offsetX": 1, "offsetY": -1}, [2, 1], id="move"),
    pytest.param(kernel("vec2Reflect"), {"centerX": 1, "centerY": 1}, [1, 0], id="reflect"),
]  # fmt: skip


@pytest.mark.parametrize(("fn", "params", "expected"), VECTOR_MAPS)
def test_map_of_vec2(fn: dict[str, Any], params: dict[str, Any], expected: list[float]) -> None:
    """Operations on vec2 fields, of (1, 2)."""
    fields = Fields(1)
    field = fields.map(fields.const({"x": 1, "y": 2}, "vec2"), fn, "vec2", **params)

    assert same(buffer(fields, field, 2), expected)


def test_parameters_may_be_signals() -> None:
    """A signal's value of this frame, once for all elements."""
    fields = Fields()
    t = fields.b.signal("timeAbsMs")
    slot = fields.out(
        fields.map(fields.const([1, 2, 3]), kernel("scale"), k={"signalSlot": t}), element="f64"
    )
    runtime = fields.start()
    for t_ms in (0.0, 0.5, 7.0):
        runtime.run_frame(t_ms)
        assert runtime.values.peek(slot).data.tolist() == [t_ms, 2 * t_ms, 3 * t_ms]


BAD_MAPS = [
    pytest.param(opcode(112), {}, "vec4", None, id="tan of a vec4 is fine"),
    pytest.param(opcode(100), {}, "number", OpcodeNotAllowed, id="binary opcode"),
    pytest.param(opcode(203), {}, "vec2", OpcodeNotAllowed, id="vec2Div"),
    pytest.param(opcode(120), {}, "quat", BadOperand, id="abs of quaternions"),
    pytest.param(opcode(510), {}, "vec2", BadOperand, id="hash as vec2"),
    pytest.param(kernel("vec2Translate"), {"offsetX": 1, "offsetY": 1}, "number", BadOperand,
                 id="vec2 operation as number"),
    pytest.param(kernel("map_blur"), {}, "number", KernelNotRunnable, id="unknown kernel"),
    pytest.param(kernel("zipSignal"), {"op": "add"}, "number", MissingParameter, id="no signal"),
    pytest.param(kernel("zipSignal"), {"op": "pow", "signal": 1}, "number", BadParameter,
                 id="unknown op"),
    pytest.param(kernel("scale"), {"k": "much"}, "number", BadParameter, id="text"),
    pytest.param(kernel("scale"), {"k": 1e999}, "number", BadParameter, id="infinite"),
    pytest.param(kernel("scale"), {"k": {"signalSlot": -1}}, "number", BadParameter, id="no id"),
    pytest.param(kernel("scale"), {"k": {"signalSlot": 9}}, "number", IdOutOfRange, id="no signal"),
]  # fmt: skip


@pytest.mark.parametrize(("fn", "params", "domain", "problem"), BAD_MAPS)
def test_map_that_cannot_be(
    fn: dict[str, Any], params: dict[str, Any], domain: str, problem: type[IrrunError] | None
) -> None:
    """What has no meaning is refused by name."""
    fields = Fields()
    field = fields.map(fields.const(0), fn, domain, **params)
    if problem is None:
        assert same(buffer(fields, field, 4), [0] * 12)
        return
    with pytest.raises(problem) as caught:
        buffer(fields, field)
    assert "fields" in str(caught.value.where.path) or problem is IdOutOfRange


# --- Zip, select, combine -------------------------------------------------------------------

ZIPS = [
    (103, [1, -1, 0], [0, 0, 0], [INF, -INF, NAN]),
    (104, [5.5, -5.5, -6], [3, 3, 3], [2.5, -2.5, -0.0]),
    (105, [2, -8, 0], [10, 1 / 3, -1], [1024, NAN, INF]),
    (130, [NAN, 1, -0.0], [1, NAN, 0], [NAN, NAN, -0.0]),
    (134, [1, 1, NAN], [0, 1, 1], [0, 1, 1]),
    (116, [0, 0, -0.0], [1, 0, 1], [0, 0, -0.0]),
]


@pytest.mark.parametrize(("number", "a", "b", "expected"), ZIPS)
def test_zip(number: int, a: list[float], b: list[float], expected: list[float]) -> None:
    """Appendix A.5: IEEE, without the zero guard of signals."""
    fields = Fields()
    assert same(buffer(fields, fields.zip(number, fields.const(a), fields.const(b))), expected)


def test_intermediate_results_are_float32() -> None:
    """Each node rounds what others see; only the last one is stored in the format."""
    fields = Fields(1)
    total = fields.zip(100, fields.const(0.1), fields.const(0.2))
    field = fields.zip(102, total, fields.const(3))

    expected = f32(f32(0.1)[0] + f32(0.2)[0])[0] * 3
    assert buffer(fields, field, 1, "f64").tolist() == [expected]


@pytest.mark.parametrize(
    ("number", "domain", "a", "b", "components", "expected"),
    [
        (200, "vec2", {"x": 1, "y": 2}, {"x": 3, "y": 4}, 2, [4, 6]),
        (203, "vec2", {"x": 1, "y": 0}, {"x": 0, "y": 0}, 2, [INF, NAN]),
        (102, "vec3", {"x": 1, "y": 2, "z": 3}, 2, 3, [2, 4, 6]),
        (131, "vec4", 1, {"x": 2}, 4, [2, 1, 1, 1]),
        (100, "color", "#ff0000", 0.5, 4, [1.5, 0.5, 0.5, 1.5]),
    ],
)
def test_zip_of_vectors(
    number: int, domain: str, a: Any, b: Any, components: int, expected: list[float]
) -> None:
    """Vec2 opcodes, and opcodes of numbers component by component."""
    fields = Fields(1)
    field = fields.zip(number, fields.const(a, domain), fields.const(b, domain), domain)

    assert same(buffer(fields, field, components), expected)


def test_number_operand_fills_every_component() -> None:
    """A number field goes with a vector field; vec2Scale takes one as it is."""
    fields = Fields(2)
    v, s = fields.const([[1, 2], [3, 4]], "vec2"), fields.const([10, 100])

    assert same(buffer(fields, fields.zip(102, v, s, "vec2"), 2), [10, 20, 300, 400])
    assert same(buffer(fields, fields.zip(204, v, s, "vec2"), 2), [10, 20, 300, 400])


@pytest.mark.parametrize(
    ("number", "domain"), [(200, "number"), (116, "vec2"), (200, "vec3"), (110, "number")]
)
def test_zip_that_cannot_be(number: int, domain: str) -> None:
    """A vec2 opcode on numbers, atan2 of vectors, a unary opcode: IR410."""
    fields = Fields()
    with pytest.raises(OpcodeNotAllowed):
        buffer(fields, fields.zip(number, fields.const(1), fields.const(1), domain))


def test_select() -> None:
    """Not equal 0, element by element: NaN is true, -0 is false (appendix A.5)."""
    fields = Fields()
    cond = fields.const([NAN, 0, -0.0])
    assert same(
        buffer(fields, fields.select(cond, fields.const(10), fields.const(20))), [10, 20, 20]
    )


def test_select_of_colors() -> None:
    """Any type can be chosen from; colours pass through in full precision."""
    fields = Fields()
    c = fields.const({"r": 1, "g": 1, "b": 1, "a": 0.7}, "color")
    field = fields.select(fields.const([1, 0, 1]), c, fields.const(0, "color"), "color")

    assert same(buffer(fields, field, 4, "u8"), [179] * 4 + [0] * 4 + [179] * 4)


MODES = [
    ("sum", [0.6000000238418579, NAN, NAN]),
    ("average", [0.20000000298023224, NAN, NAN]),
    ("min", [0.10000000149011612, 1, 1]),
    ("max", [0.30000001192092896, 2, 3]),
    ("first", [0.10000000149011612, NAN, 1]),
    ("last", [0.30000001192092896, 2, 3]),
    ("layer", [0.30000001192092896, 2, 3]),
    ("product", [0.0060000005178153515, NAN, NAN]),
]


@pytest.mark.parametrize(("mode", "expected"), MODES)
def test_combine(mode: str, expected: list[float]) -> None:
    """Appendix A.5: combine of (.1, NaN, 1), (.2, 1, NaN), (.3, 2, 3)."""
    fields = Fields()
    terms = [fields.const(v) for v in ([0.1, NAN, 1], [0.2, 1, NAN], [0.3, 2, 3])]

    assert same(buffer(fields, fields.combine(mode, *terms)), expected)


@pytest.mark.parametrize("mode", [mode for mode, _ in MODES] + ["median"])
def test_combine_without_terms(mode: str) -> None:
    """Zero for every mode."""
    fields = Fields()
    assert same(buffer(fields, fields.combine(mode, domain="vec2"), 2), [0] * 6)


def test_combine_of_one_term() -> None:
    """The formula applies: -0 becomes 0, NaN is passed over."""
    fields = Fields()
    assert same(buffer(fields, fields.combine("sum", fields.const(-0.0))), [0.0] * 3)
    assert same(buffer(fields, fields.combine("min", fields.const(NAN))), [INF] * 3)


def test_combine_of_colors_before_quantising() -> None:
    """Straight RGBA, component by component."""
    fields = Fields(1)
    terms = [fields.const(c, "color") for c in ("#ff0000", {"r": 0, "g": 1, "b": 0, "a": 0})]

    assert same(buffer(fields, fields.combine("average", *terms, domain="color"), 4, "u8"),
                [64, 64, 0, 128])  # fmt: skip


@pytest.mark.parametrize(("mode", "domain"), [("median", "number"), ("sum", "mat4")])
def test_mode_that_cannot_be(mode: str, domain: str) -> None:
    """IR419."""
    fields = Fields()
    value = list(range(16)) if domain == "mat4" else 1
    with pytest.raises(UnknownMode):
        buffer(fields, fields.combine(mode, fields.const(value, domain), domain=domain))


# --- Transform ------------------------------------------------------------------------------

DOUBLE = {"kind": "scaleBias", "scale": 2, "bias": 0}


def test_transform() -> None:
    """A chain for every element, in doubles from the float32 source."""
    fields = Fields()
    field = fields.transform(fields.const([0.1, 1, -2]), DOUBLE, {"kind": "quantize", "step": 3})

    assert same(buffer(fields, field), [0, 3, -3])


def test_cast_changes_the_shape() -> None:
    """The type of the node is that after the chain."""
    fields = Fields(2)
    cast = {"kind": "cast", "op": "numberToVec2"}
    field = fields.transform(fields.const([1, 2]), cast, DOUBLE, domain="vec2")

    assert same(buffer(fields, field, 2), [2, 2, 4, 4])


def slew(offset: int = 0) -> dict[str, Any]:
    """Return a slew so fast that it is there at once."""
    return {"kind": "slew", "stateOffset": offset, "rate": 1e9}


def test_slew_remembers_each_component_of_each_element() -> None:
    """State cells f64[stateOffset + i * k + c]."""
    fields = Fields(2)
    fields.b.cell("memory", size=5)
    field = fields.transform(fields.const([[1, 2], [3, 4]], "vec2"), slew(1), domain="vec2")

    assert same(buffer(fields, field, 2), [1, 2, 3, 4])
    assert fields.runtime is not None
    assert fields.runtime.state.f64.tolist() == [0, 1, 2, 3, 4]


def test_slew_moves_once_a_frame() -> None:
    """Two formats and another field look at it; it moves once."""
    fields = Fields(1)
    fields.b.cell("memory")
    half = {"kind": "slew", "stateOffset": 0, "rate": 1.0}
    field = fields.transform(fields.const(1), half)
    slots = [fields.out(fields.map(field, opcode(120))), fields.out(field), fields.out(field, 2)]
    runtime = fields.start()
    runtime.run_frame(0.0)
    first = runtime.state.f64[0]
    runtime.run_frame(100.0)

    assert first == pytest.approx(1 - math.exp(-0.1))
    assert runtime.state.f64[0] == pytest.approx(1 - math.exp(-0.2))
    assert {float(runtime.values.peek(s).data[0]) for s in slots} == set(f32(runtime.state.f64[0]))


@pytest.mark.parametrize("mode", ["sum", "average", "product", "min", "max"])
@pytest.mark.parametrize("element", ["f32", "f64"])
@pytest.mark.parametrize("order", [1, -1])
def test_one_number_and_no_elements(mode: str, element: str, order: int) -> None:
    """In an empty domain nothing is combined, also where a term is alike everywhere."""
    fields = Fields(0)
    terms = [fields.const(1), fields.map(fields.const(1), opcode(511))][::order]
    field = fields.combine(mode, *terms)

    assert buffer(fields, field, 1, element).tolist() == []


@pytest.mark.parametrize("quirks", [True, False])
@pytest.mark.parametrize("components", [1, 2, 4])
def test_no_elements_of_any_format(quirks: bool, components: int) -> None:
    """With the reference's quirks too."""
    fields = Fields(0)
    element = "u8" if components == 4 else "f32"
    found = buffer(fields, fields.const(1), components, element, quirks=quirks)
    assert found.tolist() == []


def test_a_handle_of_what_no_float32_holds() -> None:
    """Terms of a bus of fields are seen rounded, here to an infinity; NumPy says nothing."""
    fields = Fields(1)
    large = FieldRef(str(fields.const(1e300)))
    runtime = fields.start()
    evaluator = runtime.evaluators.fields
    found = evaluator.evaluate_handle(CombinedField("sum", (large, large)), evaluator.domain(1))

    assert found.data.tolist() == [math.inf]


def test_a_constant_is_complained_about_once() -> None:
    """Also where it is asked for in two formats."""
    fields = Fields(2)
    field = fields.const(None)
    for element in ("f32", "f64", "f32"):
        fields.out(field, 1, element)
    runtime = fields.start()
    runtime.run_frame(1.0)

    assert [type(f) for f in runtime.warnings] == [NullConstant]


@pytest.mark.parametrize("elements", list(product(["f32", "f64"], repeat=3)))
def test_who_asks_for_doubles_gets_them(elements: tuple[str, ...]) -> None:
    """In any order of formats: a field keeps its doubles, and others see it rounded."""
    fields = Fields(1)
    third = fields.zip(103, fields.const(1), fields.const(3))
    moving = fields.zip(103, fields.broadcast(fields.b.signal("timeAbsMs")), fields.const(3000))
    for field in (third, moving):
        both = fields.zip(100, field, fields.const(0))
        slots = [fields.out(field, 1, element) for element in elements]
        seen = fields.out(both, 1, "f64")
        runtime = fields.start()
        for _ in range(2):
            runtime.run_frame(1000.0)
            found = [float(runtime.values.peek(slot).data[0]) for slot in slots]
            assert found == [1 / 3 if element == "f64" else f32(1 / 3)[0] for element in elements]
            assert float(runtime.values.peek(seen).data[0]) == f32(1 / 3)[0]


@pytest.mark.parametrize("elements", list(product(["f32", "f64"], repeat=2)))
def test_a_memory_moves_once_a_frame_for_all_formats(elements: tuple[str, str]) -> None:
    """Doubles of a slew that was seen rounded before are those of the same move."""
    fields = Fields(1)
    fields.b.cell("slew")
    half = {"kind": "slew", "stateOffset": 0, "rate": 1.0}
    field = fields.transform(fields.const(3), half)
    used = fields.map(field, kernel("negate"))
    first, again = fields.out(used, 1, elements[0]), fields.out(field, 1, elements[1])
    runtime = fields.start()
    runtime.run_frame(0.0)
    runtime.run_frame(100.0)
    moved = float(runtime.state.f64[0])

    assert float(runtime.values.peek(first).data[0]) == -f32(moved)[0]
    expected = moved if elements[1] == "f64" else f32(moved)[0]
    assert float(runtime.values.peek(again).data[0]) == expected


def test_slew_needs_a_cell_for_every_element() -> None:
    """A cell that is smaller is an error, also where another one follows."""
    fields = Fields(3)
    fields.b.cell("memory", size=2)
    fields.b.cell("other", size=9)
    with pytest.raises(StateNotFound):
        buffer(fields, fields.transform(fields.const(1), slew()))


# --- Domains and ids ------------------------------------------------------------------------


def test_empty_domain() -> None:
    """No elements are legal: empty buffers of every kind."""
    fields = Fields(0)
    number = fields.zip(100, fields.const(1), fields.const([]))
    slots = [
        fields.out(number),
        fields.out(fields.const(1, "vec2"), 2),
        fields.out(fields.const("#fff", "color"), 4, "u8"),
        fields.out(fields.map(number, opcode(510))),
        fields.out(fields.combine("min", number, number), 1, "i32"),
    ]
    runtime = fields.start()
    runtime.run_frame(0.0)

    assert [runtime.values.peek(slot).data.size for slot in slots] == [0] * 5


def test_hash_goes_by_the_ids_of_elements() -> None:
    """ElementIds first, then decimal ids, then the index (10.6)."""
    fields = Fields(3, ["a", "row-0-col-0"])
    field = fields.map(fields.const(0), opcode(510), seed=7)
    with_ids = buffer(fields, field).tolist()
    by_number = Fields(2)
    by_number.b.initial(DOMAIN, {"kind": "domain", "count": 2, "ids": [9, 10]})
    got = buffer(by_number, by_number.map(by_number.const(0), opcode(510))).tolist()

    assert with_ids[:2] == [0.625, 0.71875]
    assert got == [0.25, 0.75]


def test_ids_that_are_numbers_are_texts_of_ecmascript() -> None:
    """Their text is `String(number)`: no exponent where there is none."""
    by_number, by_text = Fields(4), Fields(4, ["100000000000000000", "0.00001", "1e-7", "0"])
    by_number.b.initial(DOMAIN, {"kind": "domain", "count": 4, "ids": [1e17, 1e-5, 1e-7, -0.0]})
    numbers, texts = (
        buffer(f, f.map(f.const(0), opcode(510), seed=3)).tolist() for f in (by_number, by_text)
    )

    assert numbers == texts


def test_domain_may_be_a_plain_number() -> None:
    """A count in a number slot, which may change from frame to frame."""
    fields = Fields()
    fields.b.doc["schedule"]["initialSlotValues"] = {}
    t = fields.b.signal("timeAbsMs")
    fields.b.step("signalEval", "s-count", outputs=[{"sigId": t, "slot": DOMAIN}])
    slot = fields.out(fields.map(fields.const(0), opcode(511)))
    runtime = fields.start()
    for count in (2, 0, 5):
        runtime.run_frame(float(count))
        assert runtime.values.peek(slot).data.tolist() == list(range(count))


# --- Caching --------------------------------------------------------------------------------


def test_same_buffer_within_a_frame() -> None:
    """A second step with field, domain and format alike writes the same handle."""
    fields = Fields()
    field = fields.broadcast(fields.b.signal("timeAbsMs"))
    a, b, other = fields.out(field), fields.out(field), fields.out(field, 2)
    runtime = fields.start()
    runtime.run_frame(1.0)
    first = runtime.values.peek(a)
    runtime.run_frame(2.0)

    assert runtime.values.peek(a) is runtime.values.peek(b) is not runtime.values.peek(other)
    assert runtime.values.peek(a) is not first
    assert first.data.tolist() == [1.0] * 3


def test_fields_that_cannot_change_are_computed_once() -> None:
    """No time, no slot, no state: the same object in every frame, and nobody can write to it."""
    fields = Fields()
    constant_signal = fields.b.signal("zip", a=fields.b.signal_const(1), b=0, fn=opcode(100))
    field = fields.zip(100, fields.const([1, 2, 3]), fields.broadcast(constant_signal))
    slot = fields.out(field)
    runtime = fields.start()
    runtime.run_frame(0.0)
    first = runtime.values.peek(slot)
    runtime.run_frame(10.0)

    assert runtime.values.peek(slot) is first
    assert first.data.tolist() == [3, 4, 5]
    assert not first.data.flags.writeable


def changing(fields: Fields) -> dict[str, int]:
    """Return fields that may change, by what makes them."""
    b = fields.b
    b.slot(5)
    b.cell("s", size=3)
    one = fields.const(1)
    stateful = b.signal("stateful", op="integrate", input=b.signal_const(1), stateId="s")
    read = b.signal("inputSlot", slot=5)
    return {
        "time": fields.broadcast(b.signal("timeAbsMs")),
        "state": fields.broadcast(stateful),
        "slot": fields.broadcast(read),
        "parameter": fields.map(one, kernel("scale"), k={"signalSlot": b.signal("timeAbsMs")}),
        "slew": fields.transform(one, {"kind": "slew", "stateOffset": 0, "rate": 1}),
        "operand": fields.map(fields.broadcast(read), opcode(120)),
    }


@pytest.mark.parametrize("cause", ["time", "state", "slot", "parameter", "slew", "operand"])
def test_fields_that_may_change_are_computed_in_every_frame(cause: str) -> None:
    """Whatever reaches time, a slot or state."""
    fields = Fields()
    slot = fields.out(changing(fields)[cause])
    runtime = fields.start()
    found = []
    for t in (1.0, 101.0):
        runtime.values.clear()
        runtime.values.write(5, t)
        runtime.run_frame(t)
        found.append(runtime.values.peek(slot))

    assert found[0] is not found[1]
    assert found[0].data.tolist() != found[1].data.tolist()


@pytest.mark.parametrize("is_constant", [True, False], ids=["constant", "changing"])
def test_a_deep_chain_of_fields(is_constant: bool) -> None:
    """Depth is no limit, and what nobody needs again is forgotten."""
    depth = 5_000
    fields = Fields(2)
    signal = fields.b.signal_const(1) if is_constant else fields.b.signal("timeAbsMs")
    field = fields.zip(100, fields.broadcast(signal), fields.const([0, 1]))
    for _ in range(depth):
        field = fields.map(field, kernel("identity"))
    slot = fields.out(field)
    runtime = fields.start()
    runtime.run_frame(1.0)

    assert runtime.values.peek(slot).data.tolist() == [1.0, 2.0]
    assert sum(len(memo.values) for memo in runtime.cache.memos) < 5


def test_fields_of_later_steps_are_not_forgotten() -> None:
    """What one step needs and another one asks for is computed once, in the first frame too."""
    fields = Fields(2)
    chain = [fields.broadcast(fields.b.signal("timeAbsMs"))]
    for _ in range(5):
        chain.append(fields.map(chain[-1], opcode(120)))
    for field in reversed(chain):
        fields.out(field)
    runtime = fields.start()
    log: list[EvaluatedField] = []
    runtime.evaluators.fields.log = log
    runtime.run_frame(1.0)

    assert [found.field for found in log] == chain


def evaluated(runtime: Runtime, t: float) -> list[int]:
    """Return the fields that a frame computes, in order."""
    log: list[EvaluatedField] = []
    runtime.evaluators.fields.log = log
    runtime.values.clear()
    runtime.run_frame(t)
    return [found.field for found in log]


def test_what_a_moving_field_needs_and_does_not_move_itself_is_computed_once() -> None:
    fields = Fields()
    still = fields.map(fields.const([1, 2, 3]), opcode(120))
    moving = fields.zip(100, still, fields.broadcast(fields.b.signal("timeAbsMs")))
    fields.out(moving)
    runtime = fields.start()

    assert sorted(evaluated(runtime, 1.0)) == [0, still, 2, moving]
    assert sorted(evaluated(runtime, 2.0)) == [2, moving]


def test_what_does_not_move_is_computed_once_over_each_domain() -> None:
    """Domains of two sizes take turns."""
    fields = Fields()
    size = fields.b.signal("inputSlot", slot=5)
    fields.b.slot(5)
    fields.b.slot(6)
    fields.b.step("signalEval", "s-size", outputs=[{"sigId": size, "slot": 6}])
    field = fields.map(fields.const(-1), opcode(120))
    out = fields.out(field)
    fields.b.doc["schedule"]["steps"][-1]["materialization"]["domainSlot"] = 6
    runtime = fields.start()
    found, computed = [], []
    for i in range(6):
        runtime.values.clear()
        runtime.values.write(5, 3.0 if i % 2 else 2.0)
        log: list[EvaluatedField] = []
        runtime.evaluators.fields.log = log
        runtime.run_frame(float(i))
        found.append(runtime.values.peek(out))
        computed.append(len(log))

    assert computed == [2, 2, 0, 0, 0, 0]
    assert found[0] is found[2] is found[4] is not found[1]
    assert found[1] is found[3] is found[5]


def test_the_doubles_of_what_has_a_memory_are_kept() -> None:
    """It is computed once in a frame, in whichever form it is asked for first."""
    fields = Fields()
    fields.b.cell("s", size=3)
    slewed = fields.transform(fields.const(1), {"kind": "slew", "stateOffset": 0, "rate": 1})
    fields.out(fields.map(slewed, opcode(120)))
    fields.out(slewed, 1, "f64")
    runtime = fields.start()

    assert evaluated(runtime, 1.0).count(slewed) == 1
    assert evaluated(runtime, 2.0).count(slewed) == 1


def test_a_field_that_many_share_is_computed_once() -> None:
    """A ladder of fields that use the one before twice, each from two places."""
    fields = Fields(1)
    a = b = fields.broadcast(fields.b.signal("timeAbsMs"))
    for _ in range(40):
        a, b = fields.zip(130, a, b), fields.zip(131, a, b)

    assert buffer(fields, fields.zip(130, a, b)).tolist() == [1000.0]


# --- What cannot be evaluated ---------------------------------------------------------------


def test_only_what_is_reached_counts() -> None:
    """Fields of types that cannot be evaluated do no harm while nobody needs them."""
    fields = Fields()
    fields.const(0, "camera")
    fields.const("text", "string")

    assert same(buffer(fields, fields.const(1)), [1] * 3)


def test_type_that_cannot_be_evaluated() -> None:
    """IR440 names field and type."""
    fields = Fields()
    field = fields.map(fields.const(0, "mesh"), opcode(120))
    with pytest.raises(UnsupportedField, match=r"field 0 .*mesh"):
        buffer(fields, field)


def test_operand_of_another_kind() -> None:
    """A vec2 is no number."""
    fields = Fields()
    with pytest.raises(BadOperand, match=r"number elements, got vec2 elements"):
        buffer(fields, fields.map(fields.const(0, "vec2"), opcode(120)))


def test_cycle() -> None:
    """The message shows the ring."""
    fields = Fields()
    fields.zip(100, 1, 1)
    fields.map(0, opcode(120))
    with pytest.raises(FieldCycle, match="0 -> 1 -> 0"):
        buffer(fields, 0)


@pytest.mark.parametrize("field", [0, 7])
def test_field_that_does_not_exist(field: int) -> None:
    """IR412, for the step's own field and for an operand."""
    fields = Fields()
    fields.map(5, opcode(120))
    with pytest.raises(IdOutOfRange, match=r"field \d does not exist"):
        buffer(fields, field)


@pytest.mark.parametrize("text", ["1", "1abc", " 1", "field-1", "x01"])
def test_field_named_by_text(text: str) -> None:
    """Leading digits, else trailing ones (10.1)."""
    fields = Fields()
    fields.const(5)
    fields.const(6)
    slot = fields.out(text)
    runtime = fields.start()
    runtime.run_frame(0.0)

    assert runtime.values.peek(slot).data.tolist() == [6.0] * 3
