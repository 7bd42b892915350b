"""Random steps that work on numbers, vectors and streams: time, signals, nodes, buses, probes."""

from typing import Any, Final

from program_builder import Document, type_desc

from irrun.evaluate.operations.opcodes import OPCODES

from .chains import chain
from .draft import SHAPES, Draft
from .signals import any_shape, signal, value_of

NODE_OPCODES: Final = [number for number, row in OPCODES.items() if "N" in row.places]
VALUE_MODES: Final = ("sum", "average", "min", "max", "product", "last", "layer")
EVENT_MODES: Final = ("merge", "first", "last", "sum")


def time_step(draft: Draft) -> None:
    """Add the step that writes the time; outs may share a slot with another one."""
    random, b = draft.source, draft.builder
    slots = {"tAbsMs": draft.written("number"), "tModelMs": draft.written("number")}
    for name in ("phase01", "wrapEvent", "progress01"):
        if random.chance(0.8):
            slots[name] = draft.slot("number")
    if random.chance(0.2):
        alias, of = random.random.sample(sorted(slots), 2)
        slots[alias] = slots[of]
    made = {"finite": ("progress01",), "cyclic": ("phase01", "wrapEvent")}
    for name in made.get(b.time_model["kind"], ()):
        if name in slots:
            draft.holds("number", slots[name])
    t_abs = slots.pop("tAbsMs")
    draft.step("timeDerive", tAbsMsSlot=t_abs, timeModel=b.time_model, out=slots)


def signal_step(draft: Draft) -> None:
    """Add a step that evaluates a few signals."""
    random, rows = draft.source, []
    for _ in range(random.weighted({1: 2, 2: 3, 4: 2, 6: 1})):
        shape = any_shape(draft)
        sig = signal(draft, shape)
        rows.append((sig, shape))
    # All signals first: what they read is written by this step or a later one, or was before.
    outputs = [{"sigId": sig, "slot": draft.written(shape)} for sig, shape in rows]
    draft.step("signalEval", outputs=outputs)


def node_step(draft: Draft) -> None:
    """Add steps that evaluate nodes of any opcode."""
    for _ in range(draft.source.count(1, 4)):
        _node(draft)


def _node(draft: Draft) -> None:
    random, b = draft.source, draft.builder
    row = OPCODES[random.pick(NODE_OPCODES)]
    result = row.result if row.result in SHAPES else "number"
    fields: dict[str, Any] = {}
    if row.number == 0:
        result = any_shape(draft)
        value = value_of(draft, result)
        if result == "color" and isinstance(value, str):
            value = {"r": 0.5, "g": 0.0, "b": 1.0, "a": 0.5}
        fields["compilerTag"] = 0
        index = b.node(f"n-{len(b.doc['nodes']['nodes'])}", 0, 0, **fields)
        draft.indexed(b.doc["nodes"]["nodes"][index], "compilerTag", value)
    else:
        index = b.node(f"n-{len(b.doc['nodes']['nodes'])}", row.number, row.arity)
    inputs = [_slot_of(draft, d if d in SHAPES else "number") for d in row.operands]
    if inputs and random.chance(0.05) and row.category in ("math", "state"):
        inputs.pop()
    if random.chance(0.05):
        inputs.append(_slot_of(draft, "number"))
    step: dict[str, Any] = {"nodeIndex": index, "inputSlots": inputs}
    if row.category == "state" and random.chance(0.9):
        size = random.pick((2, 3, 5)) if row.number in (401, 402, 403) else random.pick((1, 1, 2))
        node = draft.node_name()
        state_id = draft.state(random.weighted({"f64": 5, "f32": 1}), size, node)
        if random.chance(0.4) and row.number in (401, 402):
            draft.state("i32", 1, node, role="index")
        step[random.pick(("stateReads", "stateWrites"))] = [state_id]
    outputs = [draft.written(result)]
    phase = random.pick(("preBus", "postBus", "render"))
    draft.step("nodeEval", **step, outputSlots=outputs, phase=phase)


def _slot_of(draft: Draft, shape: str) -> int:
    """Return a slot that holds a value of a shape, a new one if there is none."""
    random, known = draft.source, draft.slots.get(shape, [])
    if known and random.chance(0.8):
        return random.pick(known)
    value = value_of(draft, shape)
    if isinstance(value, str):
        value = {"r": 0.25, "g": 1.5, "b": 0.5, "a": 1.0}
    return draft.initial(shape, value)


def publishers(
    draft: Draft, slots: list[int], chains: list[int | None] | None = None
) -> list[Document]:
    """Return publishers of slots, mostly in order, and one that is off now and then."""
    random, rows = draft.source, []
    keys: list[float] = [float(i) for i in range(len(slots))]
    if random.chance(0.4):
        keys = [random.pick((0.0, -0.0, 1.0, -5.0, 1.0, random.number())) for _ in slots]
    for i, slot in enumerate(slots):
        row: Document = {"publisherId": f"p{random.count(0, 9)}", "enabled": True}
        row |= {"sortKey": keys[i], "srcSlot": slot}
        chain_id = None if chains is None else chains[i]
        if chain_id is not None:
            row["transform"] = {"chainId": chain_id}
        rows.append(row)
    if random.chance(0.15):
        off = {"publisherId": "off", "enabled": False, "sortKey": 0, "srcSlot": 10**5}
        rows.insert(random.count(0, len(rows)), off)
    return rows


def bus_index(draft: Draft, domain: str, world: str = "signal") -> int:
    """Return a bus of the table, or one that is not in it."""
    random = draft.source
    if random.chance(0.3):
        return random.count(0, 5)
    return draft.builder.bus(f"bus-{random.count(0, 99)}", "sum", domain, world)


def bus_step(draft: Draft) -> None:
    """Add a bus of numbers, vectors or colours."""
    random = draft.source
    shape = any_shape(draft)
    count = random.weighted({0: 1, 1: 2, 2: 4, 3: 3, 6: 0.5})
    slots = [_slot_of(draft, shape) for _ in range(count)]
    chains = [_chain_id(draft, shape) if random.chance(0.25) else None for _ in slots]
    silent: Document = {"kind": random.pick(("zero", "default"))}
    if random.chance(0.3):
        silent["kind"] = "const"
        value = value_of(draft, shape)
        draft.indexed(silent, "constId", {"r": 1, "g": 0, "b": 0, "a": 1}
                      if isinstance(value, str) else value)  # fmt: skip
    draft.step(
        "busEval",
        busIndex=bus_index(draft, shape),
        publishers=publishers(draft, slots, chains),
        combine={"mode": random.pick(VALUE_MODES)},
        silent=silent,
        busType=type_desc(shape),
        outSlot=draft.written(shape),
    )


def _chain_id(draft: Draft, shape: str) -> int:
    return chain(draft, shape, for_fields=False, result=shape).id


def event_step(draft: Draft) -> None:
    """Add a bus of events; what is no list counts as an empty stream."""
    random = draft.source
    slots = [_stream(draft) for _ in range(random.count(0, 3))]
    if random.chance(0.1):
        slots.append(_slot_of(draft, "number"))
    draft.step(
        "eventBusEval",
        busIndex=bus_index(draft, "trigger", "event"),
        publishers=publishers(draft, slots),
        combine={"mode": random.pick(EVENT_MODES)},
        busType=type_desc("trigger", "event"),
        outSlot=draft.written("events"),
    )


def _stream(draft: Draft) -> int:
    random, known = draft.source, draft.slots.get("events", [])
    if known and random.chance(0.6):
        return random.pick(known)
    times = random.some((0.0, 5.0, 5.0, -1.0, 100.0, random.number()), 0, 4)
    return draft.initial(
        "events", [{"time": t, "value": random.pick((1, "x", None))} for t in times]
    )


def probe_step(draft: Draft) -> None:
    """Add a probe of slots of any kind."""
    random = draft.source
    known = [slot for slots in draft.slots.values() for slot in slots]
    slots = random.some(known, 1, 4) if known else [draft.slot("number")]
    mode = random.pick(("value", "trace", "breakpoint"))
    draft.step("debugProbe", probe={"id": "probe:signal:0", "slots": slots, "mode": mode})
