"""What traps, or warns: from the first frame on, or from some frame on."""

from collections.abc import Callable
from typing import Final

from program_builder import opcode

from .draft import Draft
from .signals import moment, signal


def _dangling_constant(draft: Draft) -> int:
    return draft.builder.signal("const", constId=99_999)


def _dangling_operand(draft: Draft) -> int:
    return draft.builder.signal("map", src=99_999, fn=opcode(120))


def _unknown_chain(draft: Draft) -> int:
    return draft.builder.signal("transform", src=signal(draft, "number", 1), chain=9_999)


def _closure(draft: Draft) -> int:
    return draft.builder.signal("closureBridge", closureId="host", inputSlots=[0])


def _kernel(draft: Draft) -> int:
    fn = {"kind": "kernel", "kernelId": "reduce_sum"}
    return draft.builder.signal("map", src=signal(draft, "number", 1), fn=fn)


def _mixed_shapes(draft: Draft) -> int:
    b = draft.builder
    vector = b.signal("const", domain="vec2", constId=draft.constant({"x": 1, "y": 2}))
    return b.signal("zip", a=vector, b=signal(draft, "number", 1), fn=opcode(100))


def _vector_as_condition(draft: Draft) -> int:
    b = draft.builder
    vector = b.signal("const", domain="vec2", constId=draft.constant({"x": 1, "y": 2}))
    other = signal(draft, "number", 1)
    return b.signal("select", cond=vector, t=other, f=other)


def _text(draft: Draft) -> int:
    return draft.builder.signal("inputSlot", slot=draft.initial("text", "hello"))


def _no_frames(draft: Draft) -> int:
    params = {"delayFrames": float("nan")}
    return draft.builder.signal("stateful", op="delayFrames", stateId="nowhere", params=params)


def _no_cell(draft: Draft) -> int:
    return draft.builder.signal("stateful", op="integrate", stateId="nowhere")


def _no_trigger(draft: Draft) -> int:
    state_id = draft.state("f64", 2)
    return draft.builder.signal("stateful", op="sampleHold", stateId=state_id)


def _lone_clamp(draft: Draft) -> int:
    a, b = signal(draft, "number", 1), signal(draft, "number", 1)
    return draft.builder.signal("zip", a=a, b=b, fn=opcode(132))


def _cycle(draft: Draft) -> int:
    b = draft.builder
    first = b.signal("map", src=0, fn=opcode(120))
    second = b.signal("zip", a=first, b=signal(draft, "number", 1), fn=opcode(100))
    b.doc["signalTable"]["nodes"][first]["src"] = second
    return second


WRONG_SIGNALS: Final[tuple[Callable[[Draft], int], ...]] = (
    _dangling_constant, _dangling_operand, _unknown_chain, _closure, _kernel, _mixed_shapes,
    _vector_as_condition, _text, _no_frames, _no_cell, _no_trigger, _lone_clamp, _cycle,
)  # fmt: skip


def _from_a_moment_on(draft: Draft, then: int, before: int) -> int:
    """Return one signal up to some time, and another one from there on; or the other way round."""
    if draft.source.chance(0.2):
        then, before = before, then
    return draft.builder.signal("select", cond=moment(draft), t=then, f=before)


def _demanded_later(draft: Draft) -> None:
    """Demand something wrong from some frame on, or up to then."""
    b, random = draft.builder, draft.source
    wrong, fine = random.pick(WRONG_SIGNALS)(draft), signal(draft, "number", 2)
    sig = _from_a_moment_on(draft, wrong, fine)
    if random.chance(0.3):
        sig = b.signal("map", src=sig, fn=opcode(120))
    draft.step("signalEval", outputs=[{"sigId": sig, "slot": draft.slot("number")}])


def _wrong_from_the_first_frame(draft: Draft) -> None:
    sig = draft.source.pick(WRONG_SIGNALS)(draft)
    draft.step("signalEval", outputs=[{"sigId": sig, "slot": draft.slot("number")}])


def _double_write(draft: Draft) -> None:
    slot = draft.source.pick(draft.slots["number"])
    outputs = [{"sigId": signal(draft, "number", 1), "slot": slot}]
    draft.step("signalEval", outputs=outputs * draft.source.count(1, 2))


def _shape_of_a_slot(draft: Draft) -> None:
    """Let a signal be a vector in some frames and a number in others, and a bus take it."""
    b = draft.builder
    vector = b.signal("const", domain="vec2", constId=draft.constant({"x": 1, "y": 2}))
    sig = _from_a_moment_on(draft, vector, signal(draft, "number", 1))
    slot = draft.slot("either")
    draft.step("signalEval", outputs=[{"sigId": sig, "slot": slot}])
    rows = [{"publisherId": "p", "enabled": True, "sortKey": 0, "srcSlot": slot}]
    kind = {"world": "signal", "domain": draft.source.pick(("number", "vec2"))}
    draft.step(
        "busEval", busIndex=0, publishers=rows, combine={"mode": "sum"},
        silent={"kind": "zero"}, busType=kind, outSlot=draft.slot("either"),
    )  # fmt: skip


def _vector_in_a_number_slot(draft: Draft) -> None:
    """Let a slot of numbers receive a vector in some frames: NaN, with a warning."""
    b = draft.builder
    vector = b.signal("const", constId=draft.constant({"x": 1, "y": 2}))
    sig = _from_a_moment_on(draft, vector, signal(draft, "number", 1))
    slot = draft.slot("number", draft.source.pick(("f64", "f32", "i32", "u32")))
    draft.step("signalEval", outputs=[{"sigId": sig, "slot": draft.holds("number", slot)}])


def _no_count(draft: Draft) -> None:
    """Let a domain have no whole number of elements from some frame on."""
    b, random = draft.builder, draft.source
    bad = draft.number_signal(random.pick((-1.0, 2.5, float("nan"), 1e9)))
    sig = _from_a_moment_on(draft, bad, draft.number_signal(3))
    slot = draft.slot("number", "")
    draft.step("signalEval", outputs=[{"sigId": sig, "slot": slot}])
    field = b.field("broadcastSig", sig=signal(draft, "number", 1), domainSlot=slot)
    plan = {
        "id": "mat-no-count", "fieldExprId": str(field), "domainSlot": slot,
        "outBufferSlot": draft.slot("buffer"),
        "format": {"components": 1, "elementType": "f32"}, "policy": "perFrame",
    }  # fmt: skip
    draft.step("materialize", materialization=plan)


def _shared_place(draft: Draft) -> None:
    """Let two slots share a place: such a program loads, and cannot be run."""
    slots = [draft.slot("number", "f64") for _ in range(2)]
    draft.shares(slots[0], slots[1])
    outputs = [{"sigId": signal(draft, "number", 1), "slot": slot} for slot in slots]
    draft.step("signalEval", outputs=outputs)


FAULTS: Final[dict[Callable[[Draft], None], float]] = {
    _demanded_later: 7,
    _wrong_from_the_first_frame: 0.7,
    _double_write: 0.7,
    _shape_of_a_slot: 1,
    _vector_in_a_number_slot: 1.5,
    _no_count: 1.5,
    _shared_place: 0.3,
}


def add_fault(draft: Draft) -> None:
    """Add something that traps or warns."""
    draft.source.weighted(FAULTS)(draft)
