"""The opcode table: one row per opcode (ir-schema section 13, runtime-semantics appendix C)."""

import operator
from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

from irrun.errors.expressions import OpcodeNotAllowed
from irrun.evaluate import colors, formulas
from irrun.numerics import scalar, transcendental

Category = Literal[
    "const", "time", "math", "vec", "color", "state", "domain", "field", "render", "3d", "transform"
]
Purity = Literal["pure", "stateful", "io"]

Place = Literal["Sm", "Sz", "N", "Fm", "Fz", "Vz"]
"""Signal map, signal zip, node, field map, field zip (number), field zip (vec2)."""


class Opcode(NamedTuple):
    """One operation."""

    number: int
    name: str
    category: Category
    purity: Purity
    operands: tuple[str, ...]
    """Domain of each operand."""
    result: str
    """Domain of the result; `field ...` for a field."""
    places: frozenset[str]
    """Where irrun can execute it; nowhere if empty."""
    formula: Callable[..., Any] | None
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
    formula: Callable[..., Any] | None = None,
    purity: Purity = "pure",
) -> Opcode:
    operands, result = signature.split("->")
    split = tuple(part.strip() for part in operands.split(",") if part.strip())
    where = frozenset(places.split())
    return Opcode(number, name, category, purity, split, result.strip(), where, formula)


_TABLE: Final = (
    _op(0, "const", "const", "-> any", "N"),
    _op(10, "timeAbsMs", "time", "-> timeMs", "N"),
    _op(11, "timeModelMs", "time", "-> timeMs", "N"),
    _op(12, "phase01", "time", "-> phase01", "N"),
    _op(13, "timeDelta", "time", "-> number", "N"),
    _op(14, "wrapEvent", "time", "-> trigger", "N"),
    _op(100, "add", "math", "number, number -> number", "Sz N Fz Vz", operator.add),
    _op(101, "sub", "math", "number, number -> number", "Sz N Fz Vz", operator.sub),
    _op(102, "mul", "math", "number, number -> number", "Sz N Fz Vz", operator.mul),
    _op(103, "div", "math", "number, number -> number", "Sz N Fz Vz", scalar.divide),
    _op(104, "mod", "math", "number, number -> number", "Sz N Fz Vz", scalar.remainder),
    _op(105, "pow", "math", "number, number -> number", "Sz N Fz Vz", transcendental.power),
    _op(110, "sin", "math", "number -> number", "Sm N Fm", transcendental.sin),
    _op(111, "cos", "math", "number -> number", "Sm N Fm", transcendental.cos),
    _op(112, "tan", "math", "number -> number", "Sm N Fm", transcendental.tan),
    _op(113, "asin", "math", "number -> number", "Sm N Fm", transcendental.asin),
    _op(114, "acos", "math", "number -> number", "Sm N Fm", transcendental.acos),
    _op(115, "atan", "math", "number -> number", "Sm N Fm", transcendental.atan),
    _op(116, "atan2", "math", "number, number -> number", "Sz N Fz", transcendental.atan2),
    _op(120, "abs", "math", "number -> number", "Sm N Fm", abs),
    _op(121, "floor", "math", "number -> number", "Sm N Fm", scalar.floor),
    _op(122, "ceil", "math", "number -> number", "Sm N Fm", scalar.ceil),
    _op(123, "round", "math", "number -> number", "Sm N Fm", scalar.round_half_up),
    _op(124, "fract", "math", "number -> number", "Sm N Fm", scalar.fract),
    _op(125, "sign", "math", "number -> number", "Sm N Fm", scalar.sign),
    _op(130, "min", "math", "number, number -> number", "Sz N Fz Vz", scalar.minimum),
    _op(131, "max", "math", "number, number -> number", "Sz N Fz Vz", scalar.maximum),
    _op(132, "clamp", "math", "number, number, number -> number", "Sz N Fm", scalar.clamp_a),
    _op(133, "lerp", "math", "number, number, number -> number", "N Fm", formulas.lerp),
    _op(134, "step", "math", "number, number -> number", "Sz N Fz", formulas.step),
    _op(135, "smoothstep", "math", "number, number, number -> number", "N Fm", formulas.smoothstep),
    _op(200, "vec2Add", "vec", "vec2, vec2 -> vec2", "Sz N Vz", formulas.vec2_add),
    _op(201, "vec2Sub", "vec", "vec2, vec2 -> vec2", "Sz N Vz", formulas.vec2_sub),
    _op(202, "vec2Mul", "vec", "vec2, vec2 -> vec2", "Sz N Vz", formulas.vec2_mul),
    _op(203, "vec2Div", "vec", "vec2, vec2 -> vec2", "Sz N Vz", formulas.vec2_div),
    _op(204, "vec2Scale", "vec", "vec2, number -> vec2", "Sz N Fm Vz", formulas.vec2_scale),
    _op(210, "vec2Dot", "vec", "vec2, vec2 -> number", "Sz N", formulas.vec2_dot),
    _op(211, "vec2Length", "vec", "vec2 -> number", "Sm N", formulas.vec2_length),
    _op(212, "vec2Normalize", "vec", "vec2 -> vec2", "Sm N", formulas.vec2_normalize),
    _op(213, "vec2Rotate", "vec", "vec2, number -> vec2", "Sz N Fm", formulas.vec2_rotate),
    _op(214, "vec2Angle", "vec", "vec2 -> number", "Sm N", formulas.vec2_angle),
    _op(300, "colorLerp", "color", "color, color, number -> color", "N", colors.lerp_color),
    _op(301, "colorHSLToRGB", "color", "color -> color", "Sm N", colors.hsl_to_rgb),
    _op(302, "colorRGBToHSL", "color", "color -> color", "Sm N", colors.rgb_to_hsl),
    _op(303, "colorShiftHue", "color", "color, number -> color", "N", colors.shift_hue),
    _op(304, "colorScaleLight", "color", "color, number -> color", "N", colors.scale_lightness),
    _op(305, "colorScaleSat", "color", "color, number -> color", "N", colors.scale_saturation),
    _op(400, "integrate", "state", "number -> number", "N", purity="stateful"),
    _op(401, "delayMs", "state", "number, number -> number", "N", purity="stateful"),
    _op(402, "delayFrames", "state", "number, number -> number", "N", purity="stateful"),
    _op(403, "sampleHold", "state", "number, number -> number", "N", purity="stateful"),
    _op(404, "slew", "state", "number, number -> number", "N", purity="stateful"),
    _op(405, "edgeDetectWrap", "state", "number -> trigger", "N", purity="stateful"),
    _op(500, "domainN", "domain", "number -> field number"),
    _op(501, "domainFromSVG", "domain", "-> field path", purity="io"),
    _op(510, "hash01ById", "domain", "-> field number", "Fm"),
    _op(511, "indexById", "domain", "-> field number", "Fm"),
    _op(600, "fieldMap", "field", "field number -> field number"),
    _op(601, "fieldZip", "field", "field number, field number -> field number"),
    _op(602, "fieldReduce", "field", "field number -> number"),
    _op(603, "fieldBroadcast", "field", "number -> field number"),
    _op(604, "fieldFilter", "field", "field number, field boolean -> field number"),
    _op(700, "renderInstances2D", "render", "-> renderTree", purity="io"),
    _op(701, "renderPath", "render", "-> renderTree", purity="io"),
    _op(702, "renderRect", "render", "-> renderTree", purity="io"),
    _op(703, "renderCircle", "render", "-> renderTree", purity="io"),
    _op(720, "cameraEval", "3d", "camera -> camera"),
    _op(721, "meshMaterialize", "3d", "mesh -> mesh"),
    _op(
        722,
        "instances3DProjectTo2D",
        "3d",
        "domain, camera, field mat4, field color, field number -> renderCmds",
    ),
    _op(800, "transformScale", "transform", "number, number -> number", "N", operator.mul),
    _op(801, "transformBias", "transform", "number, number -> number", "N", operator.add),
    _op(802, "transformEase", "transform", "number -> number", "N", formulas.clamp_01),
    _op(803, "transformQuantize", "transform", "number, number -> number", "N", formulas.quantize),
    _op(804, "transformNormalize", "transform", "number -> number", "N", formulas.clamp_01),
)

OPCODES: Final[dict[int, Opcode]] = {row.number: row for row in _TABLE}


class PlaceRules(NamedTuple):
    """What sets a place apart that opcodes are used in: the differences, stated once."""

    text: str
    """What messages call the place."""
    arity: int | None
    """How many operands an opcode has there; None for any number."""
    zero_divisor_gives_zero: bool = False
    """x / 0 and x % 0 are 0 instead of IEEE's value."""
    clamp: Callable[[float, float, float], float] = scalar.clamp_a
    """Which of the two clamps opcode 132 is."""


PLACES: Final[dict[Place, PlaceRules]] = {
    "Sm": PlaceRules("a function of one signal", 1),
    "Sz": PlaceRules(
        "a function of two signals", 2, zero_divisor_gives_zero=True, clamp=scalar.clamp_b
    ),
    "N": PlaceRules("a node", None),
    "Fm": PlaceRules("a function of one field", 1, clamp=scalar.clamp_b),
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


def formula_in(number: int, place: Place) -> Callable[..., Any]:
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


def _zero_guarded(row: Opcode) -> Callable[[float, float], float]:
    divided = row.formula
    assert divided is not None

    def guarded(a: float, b: float) -> float:
        return 0.0 if b == 0.0 else float(divided(a, b))

    return guarded
