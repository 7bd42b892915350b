"""The opcode table: one row per opcode (ir-schema section 13, runtime-semantics appendix C)."""

from typing import Final, Literal, NamedTuple

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
    purity: Purity = "pure",
) -> Opcode:
    operands, result = signature.split("->")
    split = tuple(part.strip() for part in operands.split(",") if part.strip())
    return Opcode(number, name, category, purity, split, result.strip(), frozenset(places.split()))


_TABLE: Final = (
    _op(0, "const", "const", "-> any", "N"),
    _op(10, "timeAbsMs", "time", "-> timeMs", "N"),
    _op(11, "timeModelMs", "time", "-> timeMs", "N"),
    _op(12, "phase01", "time", "-> phase01", "N"),
    _op(13, "timeDelta", "time", "-> number", "N"),
    _op(14, "wrapEvent", "time", "-> trigger", "N"),
    _op(100, "add", "math", "number, number -> number", "Sz N Fz Vz"),
    _op(101, "sub", "math", "number, number -> number", "Sz N Fz Vz"),
    _op(102, "mul", "math", "number, number -> number", "Sz N Fz Vz"),
    _op(103, "div", "math", "number, number -> number", "Sz N Fz Vz"),
    _op(104, "mod", "math", "number, number -> number", "Sz N Fz Vz"),
    _op(105, "pow", "math", "number, number -> number", "Sz N Fz Vz"),
    _op(110, "sin", "math", "number -> number", "Sm N Fm"),
    _op(111, "cos", "math", "number -> number", "Sm N Fm"),
    _op(112, "tan", "math", "number -> number", "Sm N Fm"),
    _op(113, "asin", "math", "number -> number", "Sm N Fm"),
    _op(114, "acos", "math", "number -> number", "Sm N Fm"),
    _op(115, "atan", "math", "number -> number", "Sm N Fm"),
    _op(116, "atan2", "math", "number, number -> number", "Sz N Fz"),
    _op(120, "abs", "math", "number -> number", "Sm N Fm"),
    _op(121, "floor", "math", "number -> number", "Sm N Fm"),
    _op(122, "ceil", "math", "number -> number", "Sm N Fm"),
    _op(123, "round", "math", "number -> number", "Sm N Fm"),
    _op(124, "fract", "math", "number -> number", "Sm N Fm"),
    _op(125, "sign", "math", "number -> number", "Sm N Fm"),
    _op(130, "min", "math", "number, number -> number", "Sz N Fz Vz"),
    _op(131, "max", "math", "number, number -> number", "Sz N Fz Vz"),
    _op(132, "clamp", "math", "number, number, number -> number", "Sz N Fm"),
    _op(133, "lerp", "math", "number, number, number -> number", "N Fm"),
    _op(134, "step", "math", "number, number -> number", "Sz N Fz"),
    _op(135, "smoothstep", "math", "number, number, number -> number", "N Fm"),
    _op(200, "vec2Add", "vec", "vec2, vec2 -> vec2", "Sz N Vz"),
    _op(201, "vec2Sub", "vec", "vec2, vec2 -> vec2", "Sz N Vz"),
    _op(202, "vec2Mul", "vec", "vec2, vec2 -> vec2", "Sz N Vz"),
    _op(203, "vec2Div", "vec", "vec2, vec2 -> vec2", "Sz N Vz"),
    _op(204, "vec2Scale", "vec", "vec2, number -> vec2", "Sz N Fm Vz"),
    _op(210, "vec2Dot", "vec", "vec2, vec2 -> number", "Sz N"),
    _op(211, "vec2Length", "vec", "vec2 -> number", "Sm N"),
    _op(212, "vec2Normalize", "vec", "vec2 -> vec2", "Sm N"),
    _op(213, "vec2Rotate", "vec", "vec2, number -> vec2", "Sz N Fm"),
    _op(214, "vec2Angle", "vec", "vec2 -> number", "Sm N"),
    _op(300, "colorLerp", "color", "color, color, number -> color", "N"),
    _op(301, "colorHSLToRGB", "color", "color -> color", "Sm N"),
    _op(302, "colorRGBToHSL", "color", "color -> color", "Sm N"),
    _op(303, "colorShiftHue", "color", "color, number -> color", "N"),
    _op(304, "colorScaleLight", "color", "color, number -> color", "N"),
    _op(305, "colorScaleSat", "color", "color, number -> color", "N"),
    _op(400, "integrate", "state", "number -> number", "N", "stateful"),
    _op(401, "delayMs", "state", "number, number -> number", "N", "stateful"),
    _op(402, "delayFrames", "state", "number, number -> number", "N", "stateful"),
    _op(403, "sampleHold", "state", "number, number -> number", "N", "stateful"),
    _op(404, "slew", "state", "number, number -> number", "N", "stateful"),
    _op(405, "edgeDetectWrap", "state", "number -> trigger", "N", "stateful"),
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
    _op(800, "transformScale", "transform", "number, number -> number", "N"),
    _op(801, "transformBias", "transform", "number, number -> number", "N"),
    _op(802, "transformEase", "transform", "number -> number", "N"),
    _op(803, "transformQuantize", "transform", "number, number -> number", "N"),
    _op(804, "transformNormalize", "transform", "number -> number", "N"),
)

OPCODES: Final[dict[int, Opcode]] = {row.number: row for row in _TABLE}
