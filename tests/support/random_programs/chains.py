"""Random transform chains."""

from typing import Final

from program_builder import Document, opcode

from irrun.evaluate.operations.opcodes import OPCODES
from irrun.evaluate.operations.transforms import EASINGS

from .draft import MOST_ELEMENTS, SHAPES, Chain, Draft

CASTS: Final = {
    "numberToVec2": ("number", "vec2"),
    "vec2ToNumber": ("vec2", "number"),
    "colorToVec3": ("color", "vec3"),
    "vec3ToColor": ("vec3", "color"),
    "hslToRGB": ("color", "color"),
    "rgbToHSL": ("color", "color"),
    "numberToBool": ("number", "number"),
    "boolToNumber": ("number", "number"),
}
"""What each cast takes and gives."""

UNARY: Final = [
    number for number, row in OPCODES.items() if "Sm" in row.places and row.operands == ("number",)
]

RATES: Final = (0.0, 1.0, 5.0, 60.0, -2.0, 1e9, 0.1, -1e-3)
_COMPONENTS: Final = {"number": 1, "vec2": 2, "vec3": 3, "vec4": 4, "color": 4}


def chain(draft: Draft, source: str, *, for_fields: bool, result: str | None = None) -> Chain:
    """Return a chain that takes what `source` says, perhaps one that is there already."""
    known = [
        c for c in draft.chains
        if c.source == source
        and (result is None or c.result == result)
        and (c.for_fields or not for_fields)
    ]  # fmt: skip
    if known and draft.source.chance(0.4):
        return draft.source.pick(known)
    return new_chain(draft, source, for_fields=for_fields, result=result)


def new_chain(draft: Draft, source: str, *, for_fields: bool, result: str | None = None) -> Chain:
    """Add a chain; one that must end in something else than it began with does so by casts."""
    random, shape = draft.source, source
    room: int | None = None
    steps: list[Document] = []
    for _ in range(random.count(0, 3)):
        step, shape, needed = _step(draft, shape, for_fields=for_fields)
        steps.append(step)
        room = needed if needed is not None else room
    if result is not None and shape != result:
        steps.append({"kind": "cast", "op": _ROUTES[shape, result]})
        shape = result
    row: Document = {"steps": steps}
    if random.chance(0.8):
        row["fromType"] = {"world": "signal", "domain": source}
        row["toType"] = {"world": "signal", "domain": shape}
        row["cost"] = random.pick(("cheap", "normal", "heavy"))
    chains = draft.builder.doc.setdefault("transforms", {"chains": []})["chains"]
    chains.append(row)
    found = Chain(len(chains) - 1, source, shape, room, for_fields)
    draft.chains.append(found)
    return found


def _step(draft: Draft, shape: str, *, for_fields: bool) -> tuple[Document, str, int | None]:
    """Return a step, what it makes of the shape, and the room of its memory."""
    random = draft.source
    casts = [op for op, (takes, _) in CASTS.items() if takes == shape]
    kinds = {"scaleBias": 3, "normalize": 2, "quantize": 2, "ease": 3, "map": 4, "slew": 2}
    match random.weighted(kinds | ({"cast": 8 if shape == "color" else 3} if casts else {})):
        case "scaleBias":
            return (
                {"kind": "scaleBias", "scale": random.finite(), "bias": random.finite()},
                shape,
                None,
            )
        case "normalize":
            return {"kind": "normalize", "mode": random.pick(("0..1", "-1..1"))}, shape, None
        case "quantize":
            return {"kind": "quantize", "step": random.finite()}, shape, None
        case "ease":
            return {"kind": "ease", "curveId": random.count(0, len(EASINGS) - 1)}, shape, None
        case "cast":
            op = random.pick(casts)
            return {"kind": "cast", "op": op}, CASTS[op][1], None
        case "slew":
            elements = MOST_ELEMENTS if for_fields else 1
            size = _COMPONENTS[shape] * elements
            offset = int(draft.builder.doc["stateLayout"]["f64Size"])
            draft.state("f64", size)
            draft.initial_constant()
            return (
                {"kind": "slew", "stateOffset": offset, "rate": random.pick(RATES)},
                shape,
                elements,
            )
        case _:
            return {"kind": "map", "fn": opcode(random.pick(UNARY))}, shape, None


_ROUTES: Final = {
    ("number", "vec2"): "numberToVec2",
    ("vec2", "number"): "vec2ToNumber",
    ("color", "vec3"): "colorToVec3",
    ("vec3", "color"): "vec3ToColor",
}


def sources_of(result: str) -> list[str]:
    """Return the shapes from which a chain can lead to a shape."""
    return [source for source in ("number", *SHAPES) if (source, result) in _ROUTES] + [result]
