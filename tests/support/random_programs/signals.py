"""Random signals: an expression of a given shape, made of new nodes and of some that are there."""

from collections.abc import Callable
from typing import Any, Final

from program_builder import opcode

from irrun.evaluate.operations.opcodes import OPCODES

from .chains import chain, sources_of
from .draft import MEMBERS, SHAPES, Draft
from .stateful import stateful

TIMES: Final = ("timeAbsMs", "timeModelMs", "phase01", "wrapEvent")
MODES: Final = ("sum", "average", "min", "max", "product", "first", "last", "layer")
CLAMP: Final = 132

Rows = dict[str, list[tuple[int, tuple[str, ...]]]]


def _by_result(place: str) -> Rows:
    """Return the opcodes of a place with their operands, by what they make."""
    found: Rows = {}
    for number, row in OPCODES.items():
        if place in row.places and number != CLAMP:
            result = row.result if row.result in SHAPES else "number"
            found.setdefault(result, []).append((number, row.operands))
    return found


UNARY: Final = _by_result("Sm")
BINARY: Final = _by_result("Sz")


def signal(draft: Draft, shape: str = "number", depth: int = 4) -> int:
    """Return a signal of a shape: new, or one that others use too."""
    known = draft.signals.get(shape, [])
    if known and (draft.source.chance(0.25) or draft.room <= 0):
        return draft.source.pick(known)
    draft.room -= 1
    is_leaf = depth <= 0 or draft.room <= 0 or draft.source.chance(0.15)
    found = _leaf(draft, shape) if is_leaf else _inner(draft, shape, depth - 1)
    draft.signals.setdefault(shape, []).append(found)
    return found


def any_shape(draft: Draft) -> str:
    """Return what a signal may be; mostly a number."""
    if not draft.structured or draft.source.chance(0.8):
        return "number"
    return draft.source.pick(SHAPES)


def value_of(draft: Draft, shape: str) -> Any:
    """Return a value of a shape as it is in a document."""
    random = draft.source
    if shape == "number":
        return random.number()
    if shape == "color" and random.chance(0.4):
        return random.pick(("#f80", "#11223344", "#0000ff", "rgb(10, 20, 30)", "rgba(300,2,3,.5)"))
    draw = random.unit if shape == "color" else random.number
    return {member: draw() for member in MEMBERS[shape]}


def whole_number(draft: Draft, most: int) -> int:
    """Return a signal that is a whole number from 0 to `most`, another one from time to time."""
    b = draft.builder
    t = b.signal("timeAbsMs")
    scale = draft.number_signal(draft.source.pick((0.011, 0.003, 1 / 16, 0.5)))
    part = b.signal("map", src=b.signal("zip", a=t, b=scale, fn=opcode(102)), fn=opcode(124))
    spread = b.signal("zip", a=part, b=draft.number_signal(most + 0.5), fn=opcode(102))
    return b.signal("map", src=spread, fn=opcode(121))


def moment(draft: Draft) -> int:
    """Return a signal that is 1 from some time or frame on, or before it, and else 0."""
    b, random = draft.builder, draft.source
    if random.chance(0.6):
        t, limit = _frames(draft), draft.number_signal(random.pick((1.0, 1.0, 2.0, 3.0, 5.0)))
    else:
        t, limit = b.signal("timeAbsMs"), draft.number_signal(random.pick((20.0, 60.0, 100.0)))
    pair = (t, limit) if draft.source.chance(0.15) else (limit, t)
    return b.signal("zip", a=pair[0], b=pair[1], fn=opcode(134))


def _frames(draft: Draft) -> int:
    """Return a signal that counts frames: it reads a slot into which it is written plus one."""
    if draft.counter is None:
        b, slot = draft.builder, draft.slot("number", draft.source.pick(("f64", "f32", "i32", "")))
        draft.counter = b.signal("inputSlot", slot=slot)
        more = b.signal("zip", a=draft.counter, b=draft.number_signal(1.0), fn=opcode(100))
        draft.fed_back.append((more, slot))
    return draft.counter


def _leaf(draft: Draft, shape: str) -> int:
    b, random = draft.builder, draft.source
    if shape == "number":
        kind = random.weighted({"const": 3, "time": 4, "inputSlot": 4})
        if kind == "time":
            return b.signal(random.pick(TIMES), domain="timeMs")
        if kind == "inputSlot":
            return b.signal("inputSlot", slot=_number_slot(draft))
    elif shape == "color" and random.chance(0.15):
        slot = draft.initial("text", random.pick(("#f80", "#11223344", "rgb(10, 20, 30)")))
        return b.signal("inputSlot", domain=shape, slot=slot)
    elif draft.slots.get(shape) and random.chance(0.5):
        return b.signal("inputSlot", domain=shape, slot=random.pick(draft.slots[shape]))
    return _constant(draft, shape)


def _constant(draft: Draft, shape: str) -> int:
    b, random = draft.builder, draft.source
    value = value_of(draft, shape)
    if shape == "number" and random.chance(0.04):
        value = None
    found = b.signal("const", domain=shape, constId=0)
    row = b.doc["signalTable"]["nodes"][found]
    if value is not None and random.chance(0.15):
        draft.indexed(row, "constId", value)
    else:
        row["constId"] = draft.constant(value)
    return found


def _number_slot(draft: Draft) -> int:
    """Return a slot with a number: written before, later, never, or there from the start."""
    random = draft.source
    drawn = random.weighted({"known": 5, "later": 3, "never": 0.4, "initial": 2, "null": 0.3})
    known = draft.slots.get("number", [])
    match drawn:
        case "known" if known:
            return random.pick(known)
        case "never":
            return draft.slot("number")
        case "null":
            return draft.initial("null", None)
        case "initial" | "known":
            return draft.initial("number", random.number())
        case _:
            later = draft.slot("number")
            draft.later.append(later)
            if random.chance(0.3):
                draft.builder.initial(later, random.number())
            return later


def _inner(draft: Draft, shape: str, depth: int) -> int:
    weights = {"map": 5.0, "zip": 7, "select": 3, "busCombine": 2.5, "transform": 2}
    if shape == "number":
        weights |= {"clamp": 1, "stateful": 4}
    if shape not in UNARY or (shape == "number" and not draft.structured):
        weights["map"] = 0 if shape not in UNARY else 5
    if shape not in BINARY:
        weights["zip"] = 0
    return _MAKERS[draft.source.weighted(weights)](draft, shape, depth)


def _operands(draft: Draft, domains: tuple[str, ...], depth: int) -> list[int]:
    return [signal(draft, d if d in SHAPES else "number", depth) for d in domains]


def _opcode(draft: Draft, rows: Rows, shape: str) -> tuple[int, tuple[str, ...]]:
    found = rows[shape]
    if not draft.structured:
        found = [row for row in found if not set(row[1]) & set(SHAPES)]
    return draft.source.pick(found)


def _map(draft: Draft, shape: str, depth: int) -> int:
    number, domains = _opcode(draft, UNARY, shape)
    (src,) = _operands(draft, domains, depth)
    return draft.builder.signal("map", domain=shape, src=src, fn=opcode(number))


def _zip(draft: Draft, shape: str, depth: int) -> int:
    number, domains = _opcode(draft, BINARY, shape)
    a, b = _operands(draft, domains, depth)
    return draft.builder.signal("zip", domain=shape, a=a, b=b, fn=opcode(number))


def _clamp(draft: Draft, shape: str, depth: int) -> int:
    """Return a clamp; its inner half has no value of its own, so nothing else may use it."""
    b = draft.builder
    value, low, high = (signal(draft, "number", depth) for _ in range(3))
    inner = b.signal("zip", a=low, b=high, fn=opcode(CLAMP))
    return b.signal("zip", a=value, b=inner, fn=opcode(CLAMP))


def _select(draft: Draft, shape: str, depth: int) -> int:
    """Return a choice; its branches are often made for it alone, with memory of their own."""
    b, random = draft.builder, draft.source
    cond = moment(draft) if random.chance(0.25) else signal(draft, "number", depth)
    branches = []
    for _ in range(2):
        if shape == "number" and random.chance(0.3):
            branches.append(stateful(draft, signal(draft, "number", depth - 1), _operand(depth)))
        elif random.chance(0.02):
            # Never demanded: a signal that no data can run.
            inputs = [cond]
            branches.append(b.signal("closureBridge", closureId="host", inputSlots=inputs))
            cond = draft.number_signal(float(len(branches) == 2))
        elif random.chance(0.2) and depth > 0:
            branches.append(_select(draft, shape, depth - 1))
        else:
            branches.append(signal(draft, shape, depth))
    return draft.builder.signal("select", domain=shape, cond=cond, t=branches[0], f=branches[1])


def _bus(draft: Draft, shape: str, depth: int) -> int:
    random = draft.source
    spec: dict[str, Any] = {"mode": random.pick(MODES)}
    if random.chance(0.3):
        spec["default"] = random.finite()
    counts = {1: 2, 2: 4, 3: 2, 9: 0.3} | ({0: 1} if shape == "number" else {})
    terms = [signal(draft, shape, depth - 1) for _ in range(random.weighted(counts))]
    index = random.count(0, 2)
    return draft.builder.signal(
        "busCombine", domain=shape, busIndex=index, terms=terms, combine=spec
    )


def _transform(draft: Draft, shape: str, depth: int) -> int:
    sources = sources_of(shape) if draft.structured else [shape]
    source = draft.source.pick(sources)
    src = signal(draft, source, depth)
    found = chain(draft, source, for_fields=draft.source.chance(0.3), result=shape)
    return draft.builder.signal("transform", domain=shape, src=src, chain=found.id)


def _operand(depth: int) -> Callable[[Draft], int]:
    return lambda draft: signal(draft, "number", depth - 1)


def _stateful(draft: Draft, shape: str, depth: int) -> int:
    source = signal(draft, "number", depth) if draft.source.chance(0.95) else None
    return stateful(draft, source, _operand(depth))


_MAKERS: Final[dict[str, Callable[[Draft, str, int], int]]] = {
    "map": _map,
    "zip": _zip,
    "clamp": _clamp,
    "select": _select,
    "busCombine": _bus,
    "transform": _transform,
    "stateful": _stateful,
}
