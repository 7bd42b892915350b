"""Random fields: an expression of a given kind over a domain, and constants of many shapes."""

from collections.abc import Callable
from typing import Any, Final

from program_builder import Document, opcode

from irrun.evaluate.operations.opcodes import OPCODES

from .chains import chain, sources_of
from .draft import MEMBERS, SHAPES, Domain, Draft
from .signals import signal

COMPUTED: Final = ("number", "boolean", *SHAPES)
"""Kinds of elements that operations take and make."""
MODES: Final = ("sum", "average", "min", "max", "product", "first", "last", "layer")

NUMBER_OPCODES: Final = [
    number for number, row in OPCODES.items() if "Fm" in row.places and row.category == "math"
]
VEC2_OPCODES: Final = [
    number for number, row in OPCODES.items() if "Fm" in row.places and row.category == "vec"
]
DOMAIN_OPCODES: Final = [
    number for number, row in OPCODES.items() if "Fm" in row.places and row.category == "domain"
]
NUMBER_KERNELS: Final = (
    "identity", "negate", "neg", "abs", "floor", "ceil", "round", "sin", "cos", "tanh", "sqrt",
    "exp", "log", "smoothstep", "clamp", "scale", "offset", "zipSignal",
)  # fmt: skip
VEC2_KERNELS: Final = ("vec2Rotate", "vec2Scale", "vec2Translate", "vec2Reflect")
Name = int | str
"""The number of an opcode, or the name of a kernel."""
_Maker = Callable[[Draft, Domain, str, int], int]
PARAMS: Final[dict[Name, tuple[str, ...]]] = {
    **dict.fromkeys((110, 111, "sin", "cos", "tanh", "scale", "offset", 204), ("k",)),
    **dict.fromkeys((132, 133, 135, "clamp", "smoothstep"), ("a", "b")),
    **dict.fromkeys((510, "hash01ById"), ("seed",)),
    "zipSignal": ("signal", "op"),
    213: ("angle",),
    "vec2Rotate": ("centerX", "centerY", "angle"),
    "vec2Scale": ("centerX", "centerY", "scaleX", "scaleY"),
    "vec2Translate": ("offsetX", "offsetY"),
    "vec2Reflect": ("centerX", "centerY"),
    "jitterVec2": ("phase", "amount", "frequency"),
}
"""What operations take besides elements."""
ON_NUMBERS: Final[tuple[Name, ...]] = (*NUMBER_OPCODES, *NUMBER_KERNELS)
ON_VEC2: Final[tuple[Name, ...]] = (*VEC2_OPCODES, *VEC2_KERNELS, "jitterVec2")
ON_DOMAINS: Final[tuple[Name, ...]] = (*DOMAIN_OPCODES, "hash01ById")
MOST_LISTED: Final = 50
_OPTIONAL: Final = ("k", "a", "b", "seed")


def field(draft: Draft, domain: Domain, kind: str = "number", depth: int = 3) -> int:
    """Return a field that has a value for each element of a domain."""
    random = draft.source
    known = draft.fields.get((kind, None), []) + draft.fields.get((kind, domain.key), [])
    if known and (random.chance(0.2) or draft.field_room <= 0):
        return random.pick(known)
    draft.field_room -= 1
    if depth <= 0 or draft.field_room <= 0 or random.chance(0.1):
        return _leaf(draft, domain, kind)
    if kind in COMPUTED:
        found = _inner(draft, domain, kind, depth - 1)
    elif kind == "path" and random.chance(0.4):
        found = _choice_of_paths(draft, domain, depth - 1)
    else:
        return _leaf(draft, domain, kind)
    # What works for this domain may hang on its count, by a list or a memory somewhere below.
    return _kept(draft, domain, kind, found)


def has_lists(domain: Domain) -> bool:
    """True if constants may list a value for each element."""
    return domain.count is not None and domain.count <= MOST_LISTED


def value_of(draft: Draft, kind: str) -> Any:
    """Return one element's constant."""
    random = draft.source
    match kind:
        case "number":
            return random.number()
        case "boolean":
            return random.pick((True, False, 0, 1, 0.5, "", "x", None))
        case "quat":
            return random.pick(({"x": 0, "y": 0, "z": 0, "w": 1}, {"y": 0.6, "w": 0.8}))
        case "mat4":
            return [random.finite() for _ in range(16)]
        case "string":
            return random.pick(("#f80", "#0f0f0f80", "white", "rgb(1,2,3)", ""))
        case "path":
            return path(draft)
        case _ if random.chance(0.15):
            return random.number()
        case "color" if random.chance(0.3):
            return random.pick(("#f80", "#11223344", "rgba(1,2,3,.5)", "nothing", "#0g0"))
        case _:
            draw = random.unit if kind == "color" else random.number
            names = [m for m in MEMBERS[kind] if kind == "color" or random.chance(0.95)]
            return {name: draw() for name in names}


def path(draft: Draft) -> Document:
    """Return a path of a few commands."""
    random = draft.source
    names = {"M": ("x", "y"), "L": ("x", "y"), "Q": ("cx", "cy", "x", "y"),
             "C": ("c1x", "c1y", "c2x", "c2y", "x", "y"), "Z": ()}  # fmt: skip
    kinds = [*("M" if random.chance(0.9) else ""), *random.some("MLQCZ", 0, 3)]
    commands = [{"kind": kind} | {n: 20 * random.finite() for n in names[kind]} for kind in kinds]
    if any(abs(v) > 1e6 for c in commands for v in c.values() if isinstance(v, float)):
        commands = [{"kind": "M", "x": 1, "y": 2}, {"kind": "L", "x": 1e30, "y": -0.0}]
    return {"commands": commands}


def _kept(draft: Draft, domain: Domain, kind: str, found: int) -> int:
    draft.fields.setdefault((kind, domain.key), []).append(found)
    return found


def _leaf(draft: Draft, domain: Domain, kind: str) -> int:
    b, random = draft.builder, draft.source
    if kind in ("number", "boolean", *SHAPES) and random.chance(0.4):
        shape = kind if kind in SHAPES and draft.structured and random.chance(0.6) else "number"
        sig = signal(draft, shape, 2)
        found = b.field("broadcastSig", domain=kind, sig=sig, domainSlot=domain.slot)
        draft.fields.setdefault((kind, None), []).append(found)
        return found
    if kind == "number" and random.chance(0.2):
        return _domain_op(draft, domain, kind)
    is_list = has_lists(domain) and kind not in ("quat", "mat4") and random.chance(0.45)
    value = _list(draft, domain.count or 0, kind) if is_list else value_of(draft, kind)
    declared = kind
    if kind == "number":
        declared = random.pick(("number", "number", "timeMs", "phase01", "unit01", "trigger"))
    found = b.field("const", domain=declared, constId=0)
    row = b.doc["fields"]["nodes"][found]
    if kind == "number" and not is_list and random.chance(0.1):
        draft.indexed(row, "constId", value)
    else:
        row["constId"] = draft.constant(value)
    draft.fields.setdefault((kind, domain.count if is_list else None), []).append(found)
    return found


def _list(draft: Draft, count: int, kind: str) -> Any:
    random = draft.source
    if kind == "boolean" and count == 0:
        return []
    if kind == "number" and random.chance(0.2):
        return [random.pick((1, "2", None, True, 0.5, -0.0)) for _ in range(count)]
    if kind in SHAPES and random.chance(0.3):
        size = 4 if kind == "color" else len(MEMBERS[kind])
        return [[random.number() for _ in range(size)] for _ in range(count)]
    return [value_of(draft, kind) for _ in range(count)]


def _inner(draft: Draft, domain: Domain, kind: str, depth: int) -> int:
    weights: dict[_Maker, float] = {_map: 6, _zip: 4, _select: 2, _transform: 2.5, _bus: 2.5}
    if kind == "number":
        weights[_domain_op] = 1
    return draft.source.weighted(weights)(draft, domain, kind, depth)


def _operand(draft: Draft, domain: Domain, kind: str, depth: int) -> int:
    """Return an operand; now and then a number, which fills every component."""
    if kind != "number" and draft.source.chance(0.15):
        kind = "number"
    return field(draft, domain, kind, depth)


def _function(draft: Draft, name: Name) -> Document:
    if isinstance(name, int):
        return opcode(name)
    return {"kind": "kernel", "kernelId": name if draft.source.chance(0.5) else f"map_{name}"}


def _params(draft: Draft, name: Name) -> dict[str, Any]:
    """Return the parameters of an operation, as the member of its node."""
    random = draft.source
    found: dict[str, Any] = {}
    for param in PARAMS.get(name, ()):
        if param in _OPTIONAL and random.chance(0.3):
            continue
        if param == "op":
            found[param] = random.pick(("add", "sub", "mul", "min", "max"))
        elif random.chance(0.45):
            found[param] = {"signalSlot": signal(draft, "number", 2)}
        else:
            found[param] = random.pick((random.finite(), random.finite(), 45, None, "2", True))
    return {"params": found} if found or random.chance(0.1) else {}


def _map(draft: Draft, domain: Domain, kind: str, depth: int) -> int:
    random = draft.source
    source = kind
    name = random.pick(ON_NUMBERS)
    if kind == "vec2" and random.chance(0.75):
        name = random.pick(ON_VEC2)
        source = "number" if name == "jitterVec2" else kind
    src = _operand(draft, domain, source, depth)
    fn, params = _function(draft, name), _params(draft, name)
    return draft.builder.field("map", domain=kind, src=src, fn=fn, **params)


def _domain_op(draft: Draft, domain: Domain, kind: str, depth: int = 0) -> int:
    """Return hashes of ids, or indices; the source is not evaluated, and may be nothing."""
    random = draft.source
    name = random.pick(ON_DOMAINS)
    src = 0 if random.chance(0.9) else 10**6
    fn, params = _function(draft, name), _params(draft, name)
    found = draft.builder.field("map", domain=kind, src=src, fn=fn, **params)
    draft.fields.setdefault((kind, None), []).append(found)
    return found


def _zip(draft: Draft, domain: Domain, kind: str, depth: int) -> int:
    place = "Fz" if kind in ("number", "boolean") else "Vz"
    category = "vec" if kind == "vec2" and draft.source.chance(0.6) else "math"
    rows = [row for row in OPCODES.values() if place in row.places and row.category == category]
    row = draft.source.pick(rows)
    a = _operand(draft, domain, kind, depth)
    second = "number" if row.operands[1] == "number" and row.category == "vec" else kind
    b = _operand(draft, domain, second, depth)
    return draft.builder.field("zip", domain=kind, a=a, b=b, fn=opcode(row.number))


def _select(draft: Draft, domain: Domain, kind: str, depth: int) -> int:
    cond = field(draft, domain, draft.source.pick(("number", "boolean")), depth)
    t, f = (_operand(draft, domain, kind, depth) for _ in range(2))
    return draft.builder.field("select", domain=kind, cond=cond, t=t, f=f)


def _transform(draft: Draft, domain: Domain, kind: str, depth: int) -> int:
    result = "number" if kind == "boolean" else kind
    source = draft.source.pick(sources_of(result))
    found = chain(draft, source, for_fields=True, result=result)
    if found.room is not None and domain.most > found.room:
        return _zip(draft, domain, kind, depth)
    src = field(draft, domain, source, depth)
    return draft.builder.field("transform", domain=kind, src=src, chain=found.id)


def _bus(draft: Draft, domain: Domain, kind: str, depth: int) -> int:
    random = draft.source
    count = random.weighted({0: 1, 1: 2, 2: 4, 3: 2, 7: 0.3})
    terms = [_operand(draft, domain, kind, depth - 1) for _ in range(count)]
    spec = {"mode": random.pick(MODES)}
    index = random.count(0, 2)
    return draft.builder.field("busCombine", domain=kind, busIndex=index, terms=terms, combine=spec)


def _choice_of_paths(draft: Draft, domain: Domain, depth: int) -> int:
    """Return one of several paths: nothing else can be done with them."""
    t, f = (field(draft, domain, "path", depth) for _ in range(2))
    if draft.source.chance(0.5):
        cond = field(draft, domain, "number", depth)
        return draft.builder.field("select", domain="path", cond=cond, t=t, f=f)
    spec = {"mode": draft.source.pick(("first", "last"))}
    return draft.builder.field("busCombine", domain="path", busIndex=0, terms=[t, f], combine=spec)
