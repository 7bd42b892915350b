"""The opcode table: one row per opcode (ir-schema section 13, runtime-semantics appendix C)."""

import operator
from typing import Any, Final, Literal, NamedTuple

import numpy as np

from irrun.errors.expressions import OpcodeNotAllowed
from irrun.evaluate import colors
from irrun.evaluate.operations import array_formulas, formulas
from irrun.evaluate.operations.formulas import Formula
from irrun.ir.values import Array
from irrun.numerics import arrays, exact, native, scalar, single, transcendental

Category = Literal[
    "const", "time", "math", "vec", "color", "state", "domain", "field", "render", "3d", "transform"
]

Place = Literal["Sm", "Sz", "N", "Fm", "Fz", "Vz"]
"""Signal map, signal zip, node, field map, field zip (number), field zip (vec2)."""


class Opcode(NamedTuple):
    """One operation."""

    number: int
    name: str
    category: Category
    operands: tuple[str, ...]
    """Domain of each operand."""
    result: str
    """Domain of the result; `field ...` for a field."""
    places: frozenset[str]
    """Where irrun can execute it; nowhere if empty."""
    formula: Formula | None
    """Its value as a function of its operands; None where more than operands is needed."""

    @property
    def arity(self) -> int:
        """How many operands it takes."""
        return len(self.operands)


def _op(
    number: int,
    name: str,
    category: Category,
    signature: str,
    places: str = "",
    *forms: Any,
) -> Opcode:
    """Return a row; `forms` are the scalar form, the array form and that of float32 arrays."""
    operands, result = (" ".join(part.split()) for part in signature.split("->"))
    split = tuple(operands.split(", ")) if operands else ()
    where = frozenset(places.split())
    formula = Formula(*forms) if forms else None
    return Opcode(number, name, category, split, result, where, formula)


CLAMP_A: Final = Formula(scalar.clamp_a, exact.clamp_a)
CLAMP_B: Final = Formula(scalar.clamp_b, exact.clamp_b, single.clamp)
QUANTIZE: Final = Formula(formulas.quantize, array_formulas.quantize)

_ONE: Final = "number -> number"
_TWO: Final = "number, number -> number"
_THREE: Final = "number, number, number -> number"

# fmt: off
_TABLE: Final = (
    _op(0, "const", "const", "-> any", "N"),
    _op(10, "timeAbsMs", "time", "-> timeMs", "N"),
    _op(11, "timeModelMs", "time", "-> timeMs", "N"),
    _op(12, "phase01", "time", "-> phase01", "N"),
    _op(13, "timeDelta", "time", "-> number", "N"),
    _op(14, "wrapEvent", "time", "-> trigger", "N"),
    _op(100, "add", "math", _TWO, "Sz N Fz Vz", operator.add, operator.add, single.add),
    _op(101, "sub", "math", _TWO, "Sz N Fz Vz", operator.sub, operator.sub, single.subtract),
    _op(102, "mul", "math", _TWO, "Sz N Fz Vz", operator.mul, operator.mul, single.multiply),
    _op(103, "div", "math", _TWO, "Sz N Fz Vz", scalar.divide, exact.divide, single.divide),
    _op(104, "mod", "math", _TWO, "Sz N Fz Vz",
        scalar.remainder, exact.remainder, single.remainder),
    _op(105, "pow", "math", _TWO, "Sz N Fz Vz", transcendental.power, arrays.power),
    _op(110, "sin", "math", _ONE, "Sm N Fm", transcendental.sin, arrays.sin),
    _op(111, "cos", "math", _ONE, "Sm N Fm", transcendental.cos, arrays.cos),
    _op(112, "tan", "math", _ONE, "Sm N Fm", transcendental.tan, arrays.tan),
    _op(113, "asin", "math", _ONE, "Sm N Fm", transcendental.asin, arrays.asin),
    _op(114, "acos", "math", _ONE, "Sm N Fm", transcendental.acos, arrays.acos),
    _op(115, "atan", "math", _ONE, "Sm N Fm", transcendental.atan, arrays.atan),
    _op(116, "atan2", "math", _TWO, "Sz N Fz", transcendental.atan2, arrays.atan2),
    _op(120, "abs", "math", _ONE, "Sm N Fm", abs, abs, single.absolute),
    _op(121, "floor", "math", _ONE, "Sm N Fm", scalar.floor, exact.floor, single.floor),
    _op(122, "ceil", "math", _ONE, "Sm N Fm", scalar.ceil, exact.ceil, single.ceil),
    _op(123, "round", "math", _ONE, "Sm N Fm",
        scalar.round_half_up, exact.round_half_up, single.round_half_up),
    _op(124, "fract", "math", _ONE, "Sm N Fm", scalar.fract, exact.fract, single.fract),
    _op(125, "sign", "math", _ONE, "Sm N Fm", scalar.sign, exact.sign, single.sign),
    _op(130, "min", "math", _TWO, "Sz N Fz Vz", scalar.minimum, exact.minimum, single.minimum),
    _op(131, "max", "math", _TWO, "Sz N Fz Vz", scalar.maximum, exact.maximum, single.maximum),
    _op(132, "clamp", "math", _THREE, "Sz N Fm", *CLAMP_A),
    _op(133, "lerp", "math", _THREE, "N Fm", formulas.lerp, formulas.lerp),
    _op(134, "step", "math", _TWO, "Sz N Fz", formulas.step, array_formulas.step, single.step),
    _op(135, "smoothstep", "math", _THREE, "N Fm", formulas.smoothstep, array_formulas.smoothstep),
    _op(200, "vec2Add", "vec", "vec2, vec2 -> vec2", "Sz N Vz",
        formulas.vec2_add, operator.add, single.add),
    _op(201, "vec2Sub", "vec", "vec2, vec2 -> vec2", "Sz N Vz",
        formulas.vec2_sub, operator.sub, single.subtract),
    _op(202, "vec2Mul", "vec", "vec2, vec2 -> vec2", "Sz N Vz",
        formulas.vec2_mul, operator.mul, single.multiply),
    _op(203, "vec2Div", "vec", "vec2, vec2 -> vec2", "Sz N Vz",
        formulas.vec2_div, exact.divide, single.divide),
    _op(204, "vec2Scale", "vec", "vec2, number -> vec2", "Sz N Fm Vz",
        formulas.vec2_scale, array_formulas.vec2_scale, array_formulas.vec2_scale_single),
    _op(210, "vec2Dot", "vec", "vec2, vec2 -> number", "Sz N", formulas.vec2_dot),
    _op(211, "vec2Length", "vec", "vec2 -> number", "Sm N", formulas.vec2_length),
    _op(212, "vec2Normalize", "vec", "vec2 -> vec2", "Sm N", formulas.vec2_normalize),
    _op(213, "vec2Rotate", "vec", "vec2, number -> vec2", "Sz N Fm",
        formulas.vec2_rotate, array_formulas.vec2_rotate),
    _op(214, "vec2Angle", "vec", "vec2 -> number", "Sm N", formulas.vec2_angle),
    _op(300, "colorLerp", "color", "color, color, number -> color", "N", colors.lerp_color),
    _op(301, "colorHSLToRGB", "color", "color -> color", "Sm N", colors.hsl_to_rgb),
    _op(302, "colorRGBToHSL", "color", "color -> color", "Sm N", colors.rgb_to_hsl),
    _op(303, "colorShiftHue", "color", "color, number -> color", "N", colors.shift_hue),
    _op(304, "colorScaleLight", "color", "color, number -> color", "N", colors.scale_lightness),
    _op(305, "colorScaleSat", "color", "color, number -> color", "N", colors.scale_saturation),
    _op(400, "integrate", "state", _ONE, "N"),
    _op(401, "delayMs", "state", _TWO, "N"),
    _op(402, "delayFrames", "state", _TWO, "N"),
    _op(403, "sampleHold", "state", _TWO, "N"),
    _op(404, "slew", "state", _TWO, "N"),
    _op(405, "edgeDetectWrap", "state", "number -> trigger", "N"),
    _op(500, "domainN", "domain", "number -> field number"),
    _op(501, "domainFromSVG", "domain", "-> field path"),
    _op(510, "hash01ById", "domain", "-> field number", "Fm"),
    _op(511, "indexById", "domain", "-> field number", "Fm"),
    _op(600, "fieldMap", "field", "field number -> field number"),
    _op(601, "fieldZip", "field", "field number, field number -> field number"),
    _op(602, "fieldReduce", "field", "field number -> number"),
    _op(603, "fieldBroadcast", "field", "number -> field number"),
    _op(604, "fieldFilter", "field", "field number, field boolean -> field number"),
    _op(700, "renderInstances2D", "render", "-> renderTree"),
    _op(701, "renderPath", "render", "-> renderTree"),
    _op(702, "renderRect", "render", "-> renderTree"),
    _op(703, "renderCircle", "render", "-> renderTree"),
    _op(720, "cameraEval", "3d", "camera -> camera"),
    _op(721, "meshMaterialize", "3d", "mesh -> mesh"),
    _op(
        722, "instances3DProjectTo2D", "3d",
        "domain, camera, field mat4, field color, field number -> renderCmds"),
    _op(800, "transformScale", "transform", _TWO, "N", operator.mul),
    _op(801, "transformBias", "transform", _TWO, "N", operator.add),
    _op(802, "transformEase", "transform", _ONE, "N", formulas.clamp_01),
    _op(803, "transformQuantize", "transform", _TWO, "N", *QUANTIZE),
    _op(804, "transformNormalize", "transform", _ONE, "N", formulas.clamp_01),
)
# fmt: on

OPCODES: Final[dict[int, Opcode]] = {row.number: row for row in _TABLE}


class PlaceRules(NamedTuple):
    """What sets a place apart that opcodes are used in: the differences, stated once."""

    text: str
    """What messages call the place."""
    arity: int | None
    """How many operands an opcode has there; None for any number."""
    zero_divisor_gives_zero: bool = False
    """x / 0 and x % 0 are 0 instead of IEEE's value."""
    clamp: Formula = CLAMP_A
    """Which of the two clamps opcode 132 is."""


PLACES: Final[dict[Place, PlaceRules]] = {
    "Sm": PlaceRules("a function of one signal", 1),
    "Sz": PlaceRules("a function of two signals", 2, zero_divisor_gives_zero=True, clamp=CLAMP_B),
    "N": PlaceRules("a node", None),
    "Fm": PlaceRules("a function of one field", 1, clamp=CLAMP_B),
    "Fz": PlaceRules("a function of two fields", 2),
    "Vz": PlaceRules("a function of two vector fields", 2),
}


def opcode_in(number: int, place: Place) -> Opcode:
    """Return an opcode's row.

    Raises:
        OpcodeNotAllowed: IR410, the opcode is unknown or has no meaning there.
    """
    row = OPCODES.get(number)
    if row is None or place not in row.places:
        name = "unknown" if row is None else row.name
        raise OpcodeNotAllowed(opcode=number, name=name, place=PLACES[place].text)
    return row


def formula_in(number: int, place: Place) -> Formula:
    """Return the formula of an opcode as it is in a place.

    Raises:
        OpcodeNotAllowed: IR410, the opcode has no formula there.
    """
    row, rules = opcode_in(number, place), PLACES[place]
    formula = row.formula
    if number == CLAMP:
        formula = rules.clamp
    elif number in _DIVISIONS and rules.zero_divisor_gives_zero:
        formula = _zero_guarded(row)
    if formula is None or (rules.arity is not None and rules.arity != row.arity):
        raise OpcodeNotAllowed(opcode=number, name=row.name, place=rules.text)
    return formula


CLAMP: Final = 132
_DIVISIONS: Final = (103, 104)


def _zero_guarded(row: Opcode) -> Formula:
    divided = row.formula
    assert divided is not None

    def guarded(a: float, b: float) -> float:
        return 0.0 if b == 0.0 else float(divided.scalar(a, b))

    @native.named(f"{row.name}_or_zero")
    def guarded_array(a: Array, b: Array) -> Array:
        assert divided.array is not None
        return np.where(b == 0.0, 0.0, divided.array(a, b))

    return Formula(guarded, guarded_array)
