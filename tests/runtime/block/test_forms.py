"""Each kind of step has its form for columns, wherever what it works on changes.

Each row is a small program. All its steps run as columns, and every frame is the interpreter's.
"""

from collections.abc import Callable
from typing import Any, Final

import pytest
from evaluate.scene.scenes import CAMERA, projection_step, table
from program_builder import Document, ProgramBuilder, opcode, type_desc
from support.engines import hold

from irrun.evaluate.operations.opcodes import OPCODES
from irrun.runtime.run import Run
from irrun.runtime.times import frame_times

NUMBERS: Final = {row.name: number for number, row in OPCODES.items()}
LENGTHS: Final = (1, 7, 64)
ELEMENTS: Final = 5
TIME, MODEL, DOMAIN, VIEW, POSITION, SCALE, OUT = 0, 1, 20, 21, 22, 24, 30
CHANNELS: Final = {"colorRSlot": 40, "colorGSlot": 41, "colorBSlot": 42, "colorASlot": 43}


def started() -> ProgramBuilder:
    b = ProgramBuilder("forms")
    b.slots(TIME, MODEL)
    b.time(TIME, MODEL)
    b.domain(DOMAIN, ELEMENTS)
    return b


def wave(b: ProgramBuilder, factor: float) -> int:
    """Return a signal that goes up and down."""
    zip_: Document = {
        "fn": opcode(NUMBERS["mul"]),
        "a": b.signal("timeAbsMs"),
        "b": b.signal_const(factor),
    }
    return b.signal("map", src=b.signal("zip", **zip_), fn=opcode(NUMBERS["sin"]))


def written(b: ProgramBuilder, slot: int, signal: int, **meta: Any) -> int:
    b.slot(slot, **meta)
    b.step("signalEval", f"s-{slot}", outputs=[{"sigId": signal, "slot": slot}])
    return slot


def buffer(b: ProgramBuilder, slot: int, components: int, scale: float = 1.0) -> int:
    """Materialize moving numbers."""
    domain = {1: "number", 3: "vec3"}[components]
    values: list[Any] = [k * scale for k in range(ELEMENTS)]
    if components == 3:
        values = [{"x": k * scale, "y": 0.1 * k, "z": -2.0} for k in range(ELEMENTS)]
    still = b.field("const", domain=domain, constId=b.const(values))
    moved = b.field("broadcastSig", sig=wave(b, 0.02), domainSlot=DOMAIN)
    add = {"kind": "opcode", "opcode": NUMBERS["add"]}
    field = b.field("zip", domain=domain, a=still, b=moved, fn=add)
    b.slot(slot, "object")
    b.step(
        "materialize", f"s-{slot}",
        materialization={
            "id": f"m{slot}", "fieldExprId": str(field), "domainSlot": DOMAIN,
            "outBufferSlot": slot,
            "format": {"components": components, "elementType": "f32"},
        },
    )  # fmt: skip
    return slot


def projected(**changes: Any) -> ProgramBuilder:
    b = started()
    b.doc["cameras"] = table("cameras", "camera", CAMERA)
    b.step("CameraEval", "s-view", cameraId=CAMERA["id"], outSlot=VIEW)
    buffer(b, POSITION, 3, 0.5)
    for slot in CHANNELS.values():
        written(b, slot, wave(b, 0.01 * slot))
    radius = buffer(b, 44, 1, 2.0)
    return projection_step(
        b, domainSlot=DOMAIN, cameraEvalSlot=VIEW, positionSlot=POSITION, radiusSlot=radius,
        outSlot=OUT, **CHANNELS, **changes,
    )  # fmt: skip


def scaled() -> ProgramBuilder:
    b = projected()
    steps = b.doc["schedule"]["steps"]
    project = steps.pop()
    buffer(b, SCALE, 1)
    steps.append(project | {"scaleSlot": SCALE, "sizeSpace": "world"})
    return b


def drawn() -> ProgramBuilder:
    """Draw projected instances, of which not all are in view in all frames."""
    b = projected(cullMode="frustum", zSort=True)
    batch = {
        "kind": "instance2d", "count": 1, "domainSlot": DOMAIN, "posXYSlot": OUT, "sizeSlot": OUT,
        "colorRGBASlot": OUT, "opacitySlot": 50,
    }  # fmt: skip
    b.slot(50)
    b.initial(50, 1)
    b.slot(51, "object")
    b.step("renderAssemble", "s-draw", instance2dBatches=[batch], outFrameSlot=51)
    return b


def listed(*entries: Document) -> ProgramBuilder:
    """Draw batches of a list."""
    b = started()
    buffer(b, 22, 1)
    b.initial(60, {"kind": "batches", "batches": list(entries)})
    b.slot(50)
    b.initial(50, 1)
    b.slot(51, "object")
    b.step("renderAssemble", "s-draw", instance2dListSlot=60, outFrameSlot=51)
    return b


def colored(make: Callable[[ProgramBuilder], int]) -> ProgramBuilder:
    """Spread what is in a slot over channels."""
    b = started()
    slot = make(b)
    outs = {"outRSlot": 40, "outGSlot": 41, "outBSlot": 42, "outASlot": 43}
    b.step("materializeColor", "s-color", domainSlot=DOMAIN, colorExprSlot=slot, **outs)
    return b


def color_field(b: ProgramBuilder) -> int:
    field = b.field("broadcastSig", domain="color", sig=wave(b, 0.02), domainSlot=DOMAIN)
    return b.initial(60, {"kind": "fieldExpr", "exprId": str(field)})


def color_slot(b: ProgramBuilder) -> int:
    red, blue = (
        b.signal_const({"r": 1, "g": 0, "b": 0.5, "a": 1}),
        b.signal_const({"r": 0, "g": 1, "b": 1, "a": 0}),
    )
    color = b.signal("select", domain="color", cond=wave(b, 0.03), t=red, f=blue)
    return written(b, 61, color, storage="object", domain="color")


def node(name: str, *inputs: Any, size: int = 0) -> ProgramBuilder:
    """Apply an opcode to moving numbers (floats of how fast), constants, and slots."""
    b = started()
    slots = []
    for k, value in enumerate(inputs):
        if isinstance(value, float):
            slots.append(written(b, 60 + k, wave(b, value)))
        elif value == "buffer":
            slots.append(buffer(b, 60 + k, 1))
        else:
            slots.append(b.initial(60 + k, value))
    index = b.node("n", NUMBERS[name], len(inputs))
    state: Document = {}
    if size:
        b.cell("c", size=size)
        state = {"stateReads": ["c"], "stateWrites": ["c"]}
    is_color = OPCODES[NUMBERS[name]].result == "color"
    b.slot(70, "object" if is_color else "f64")
    b.step(
        "nodeEval",
        "s-node",
        nodeIndex=index,
        inputSlots=slots,
        outputSlots=[70],
        phase="preBus",
        **state,
    )
    return b


def branches_of_two_shapes() -> ProgramBuilder:
    b = started()
    vector = b.signal_const({"x": 1, "y": 2})
    written(
        b, 61, b.signal("select", cond=wave(b, 0.03), t=vector, f=wave(b, 0.1)), storage="object"
    )
    return b


def slewed_vector() -> ProgramBuilder:
    b = started()
    here, there = b.signal_const({"x": 1, "y": 2}), b.signal_const({"x": -1, "y": 0.5})
    jump = b.signal("select", domain="vec2", cond=wave(b, 0.03), t=here, f=there)
    b.cell("c", size=2)
    b.doc["transforms"] = {"chains": [{
        "steps": [{"kind": "slew", "rate": 3.0, "stateOffset": 0}],
        "fromType": type_desc("vec2"), "toType": type_desc("vec2"), "cost": "cheap",
    }]}  # fmt: skip
    slewed = b.signal("transform", domain="vec2", src=jump, chain=0)
    written(b, 61, slewed, storage="object", domain="vec2")
    return b


def unwritten_in_a_branch() -> ProgramBuilder:
    """A slot that nothing has written, in a branch that is never taken."""
    b = started()
    b.slot(61)
    unwritten = b.signal("inputSlot", slot=61)
    written(b, 62, b.signal("select", cond=b.signal_const(0), t=unwritten, f=wave(b, 0.1)))
    return b


BATCH: Final[Document] = {
    "kind": "instance2d", "count": 2, "domainSlot": DOMAIN, "posXYSlot": 22, "sizeSlot": 50,
    "colorRGBASlot": 50, "opacitySlot": 50,
}  # fmt: skip

FORMS: Final[dict[str, Callable[[], ProgramBuilder]]] = {
    "instances": projected,
    "instances, sorted": lambda: projected(zSort=True, clipMode="clamp"),
    "instances, culled": lambda: projected(cullMode="frustum"),
    "instances, scaled": scaled,
    "instances, drawn": drawn,
    "a list of batches": lambda: listed(BATCH, BATCH | {"count": 1}),
    "a list with a bad batch": lambda: listed(BATCH, BATCH | {"posXYSlot": "none"}, BATCH),
    "a list with something else": lambda: listed({"kind": "else"}, BATCH),
    "a field of colours": lambda: colored(color_field),
    "a colour": lambda: colored(color_slot),
    "a node of colours": lambda: node("colorShiftHue", "#ff8000", 0.02),
    "a node of a buffer": lambda: node("add", "buffer", 0.02),
    "a node without operands": lambda: node("max"),
    "a node of a text": lambda: node("sub", "12", 0.02),
    "a node that integrates": lambda: node("integrate", 0.02, size=1),
    "a node that slews": lambda: node("slew", 0.02, 3, size=1),
    "a node that slews, faster and slower": lambda: node("slew", 0.02, 0.3, size=1),
    "a node that holds": lambda: node("sampleHold", 0.02, 0.3, size=2),
    "a node that detects": lambda: node("edgeDetectWrap", 0.2, size=1),
    "a node that delays": lambda: node("delayFrames", 0.02, 2, size=4),
    "a node that delays by time": lambda: node("delayMs", 0.02, 40, size=4),
    "a node that delays by more and less": lambda: node("delayMs", 0.02, 0.1, size=4),
    "branches of two shapes": branches_of_two_shapes,
    "a vector that is slewed": slewed_vector,
    "an unwritten slot in a branch": unwritten_in_a_branch,
}


@pytest.mark.parametrize("name", FORMS)
def test_it_runs_as_columns_and_gives_the_same(name: str) -> None:
    program = FORMS[name]().program()
    for frames in LENGTHS:
        held = hold(Run(program=program, times=frame_times(40)), frames)

        assert held.difference is None, frames
        assert (held.error, held.frames, held.in_blocks) == ("", 40, 39), held
        assert not held.by_row
