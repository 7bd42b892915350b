"""Build the bundled programs in `programs/`, each in both encodings, byte for byte the same."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from picture_programs import PICTURES
from program_builder import ProgramBuilder, cyclic, finite, opcode, type_desc

from irrun.program.canonical import encode

FOLDER: Final = Path(__file__).resolve().parent.parent / "programs"

ADD, SUB, MUL, DIV, SIN, FRACT = 100, 101, 102, 103, 110, 124


def minimal() -> ProgramBuilder:
    """One cyclic clock, one signal 10 * sin(2 pi * phase), one empty frame."""
    b = ProgramBuilder("minimal", cyclic(2000))
    b.slots(0, 1, 2)
    b.slot(3, domain="trigger", world="scalar")
    b.slot(4)
    b.slot(5, "object", world="special", domain="renderTree")
    phase = b.signal("phase01", domain="phase01")
    turn = b.signal("zip", a=phase, b=b.signal_const(6.283185307179586), fn=opcode(MUL))
    wave = b.signal("map", src=turn, fn=opcode(SIN))
    scaled = b.signal("zip", a=wave, b=b.signal_const(10), fn=opcode(MUL))
    b.time(0, 1, phase01=2, wrapEvent=3)
    b.step("signalEval", "s-wave", outputs=[{"sigId": scaled, "slot": 4}])
    b.step("renderAssemble", "s-render", instance2dBatches=[], pathBatches=[], outFrameSlot=5)
    b.output(5)
    return b


def sparse_slots() -> ProgramBuilder:
    """Slot numbers with large gaps, listed out of order, offsets with holes."""
    b = ProgramBuilder("sparse-slots")
    b.slot(70_000, offset=0)
    b.slot(12, offset=5)
    b.slot(4, offset=2)
    b.slot(1_000_000, offset=3)
    t = b.signal("timeModelMs", domain="timeMs")
    seconds = b.signal("zip", a=t, b=b.signal_const(1000), fn=opcode(DIV))
    b.time(12, 4)
    b.step(
        "signalEval",
        "s-far-apart",
        outputs=[{"sigId": t, "slot": 70_000}, {"sigId": seconds, "slot": 1_000_000}],
    )
    b.output(1_000_000, "seconds", "debug")
    return b


def every_storage() -> ProgramBuilder:
    """One value stored as f64, f32, i32, u32 and object: five roundings of one number."""
    b = ProgramBuilder("every-storage")
    b.slots(0, 1)
    for slot, storage in enumerate(("f64", "f32", "i32", "u32"), start=2):
        b.slot(slot, storage)
    b.slot(6, "object", world="special", domain="unknown")
    t = b.signal("timeAbsMs", domain="timeMs")
    falling = b.signal("zip", a=b.signal_const(0.1), b=t, fn=opcode(SUB))
    b.time(0, 1)
    b.step("signalEval", "s-store", outputs=[{"sigId": falling, "slot": s} for s in range(2, 7)])
    b.step("debugProbe", "s-look", probe=_probe("storages", [2, 3, 4, 5, 6]))
    b.output(6, "falling", "debug")
    return b


def ring_buffer() -> ProgramBuilder:
    """State: an accumulator with an initial value, and a delay line with ring and write index."""
    b = ProgramBuilder("ring-buffer", cyclic(1000))
    b.slots(0, 1, 2, 3, 4)
    b.cell("acc", initialConstId=b.const(0.25, "f64"), nodeId="integrate", role="accumulator")
    b.cell("delay", size=17, nodeId="delay", role="ringBuffer")
    b.cell("delay-at", "i32", nodeId="delay", role="writeIndex")
    phase = b.signal("phase01", domain="phase01")
    total = b.signal("stateful", op="integrate", input=phase, stateId="acc")
    late = b.signal(
        "stateful", op="delayFrames", input=phase, stateId="delay", params={"delayFrames": 15}
    )
    b.time(0, 1, phase01=2)
    outputs = [{"sigId": total, "slot": 3}, {"sigId": late, "slot": 4}]
    b.step("signalEval", "s-memory", outputs=outputs)
    b.output(3, "total", "debug")
    b.output(4, "late", "debug")
    return b


def bus() -> ProgramBuilder:
    """Three publishers, one disabled, one through a transform chain; and a silent bus."""
    b = ProgramBuilder("bus", finite(4000))
    b.slots(*range(9))
    number = type_desc()
    chain = {
        "steps": [
            {"kind": "scaleBias", "scale": 2, "bias": 0.5},
            {"kind": "normalize", "mode": "0..1"},
            {"kind": "ease", "curveId": 6},
        ],
        "fromType": number,
        "toType": number,
        "cost": "cheap",
    }
    b.doc["transforms"] = {"chains": [chain]}
    t = b.signal("timeModelMs", domain="timeMs")
    seconds = b.signal("zip", a=t, b=b.signal_const(1000), fn=opcode(DIV))
    fraction = b.signal("map", src=seconds, fn=opcode(FRACT))
    energy, silence = b.bus("bus-energy", "sum"), b.bus("bus-silence", "max")
    b.time(0, 1, progress01=2)
    outputs = [{"sigId": seconds, "slot": 3}, {"sigId": fraction, "slot": 4}]
    b.step("signalEval", "s-sources", outputs=outputs)
    publishers = [
        _publisher("pub-a", 0, 3),
        _publisher("pub-b", 1, 4) | {"transform": {"chainId": 0}},
        _publisher("pub-c", 2, 2, enabled=False),
    ]
    common: dict[str, Any] = {"busType": number}
    b.step("busEval", "s-energy", busIndex=energy, outSlot=5, publishers=publishers,
           combine={"mode": "sum"}, silent={"kind": "zero"}, **common)  # fmt: skip
    quiet = {"kind": "const", "constId": b.pool_entry(-1, "f64")}
    b.step("busEval", "s-silence", busIndex=silence, outSlot=6, publishers=[],
           combine={"mode": "max"}, silent=quiet, **common)  # fmt: skip
    b.output(5, "energy", "debug")
    return b


def every_step_kind() -> ProgramBuilder:
    """All 14 step kinds in one schedule: 2D instances, paths, 3D instances, a mesh, a probe."""
    b = ProgramBuilder("every-step-kind", cyclic(4000, "pingpong"))
    _clock_and_signals(b)
    _events_and_buses(b)
    _flat_instances(b)
    _paths(b)
    _solid_instances(b)
    b.step(
        "renderAssemble",
        "s-render",
        instance2dBatches=[_instances(10, 11, 12, 13, 5), _instances(10, 45, 45, 45, 5)],
        pathBatches=[_path_batch(10, 21)],
        outFrameSlot=50,
    )
    b.step("debugProbe", "s-look", probe=_probe("outcome", [5, 9, 50]))
    b.output(50)
    return b


def _clock_and_signals(b: ProgramBuilder) -> None:
    """Slots 0-3 time, 4 phase, 5 opacity, 6 a node's result."""
    b.slots(*range(7))
    phase = b.signal("phase01", domain="phase01")
    opacity = b.signal("zip", a=phase, b=b.signal_const(0.5), fn=opcode(ADD))
    b.time(0, 1, phase01=2, wrapEvent=3)
    outputs = [{"sigId": phase, "slot": 4}, {"sigId": opacity, "slot": 5}]
    b.step("signalEval", "s-signals", outputs=outputs)
    lerp = b.node("node-lerp", 133, 3)
    b.step("nodeEval", "s-node", nodeIndex=lerp, inputSlots=[4, 5, 2], outputSlots=[6],
           phase="preBus")  # fmt: skip


def _events_and_buses(b: ProgramBuilder) -> None:
    """Slots 7, 8 event streams, 9 a value bus."""
    b.initial(7, [{"time": 0, "value": 1}, {"time": 250, "value": 2}])
    energy, beats = b.bus("bus-energy", "average"), b.bus("bus-beats", "merge", "trigger", "event")
    b.step("busEval", "s-energy", busIndex=energy, outSlot=9, combine={"mode": "average"},
           publishers=[_publisher("pub-a", 0, 4), _publisher("pub-b", 1, 6)],
           silent={"kind": "zero"}, busType=type_desc())  # fmt: skip
    b.step("eventBusEval", "s-beats", busIndex=beats, outSlot=8, combine={"mode": "merge"},
           publishers=[_publisher("pub-beat", 0, 7)],
           busType=type_desc("trigger", "event"))  # fmt: skip


def _flat_instances(b: ProgramBuilder) -> None:
    """Slot 10 a domain of 6, slots 11-13 positions, sizes, colours."""
    b.domain(10, 6, [f"dot-{i}" for i in range(6)])
    places = [{"x": 100 + 120 * i, "y": 300} for i in range(6)]
    fields = (
        (b.field("const", domain="vec2", constId=b.const(places)), 2, "f32", 11),
        (b.field("broadcastSig", sig=1, domainSlot=10), 1, "f32", 12),
        (b.field("const", domain="color", constId=b.const("#ff8800cc")), 4, "u8", 13),
    )
    for field_id, components, element, slot in fields:
        _materialize(b, field_id, 10, slot, components, element)


def _paths(b: ProgramBuilder) -> None:
    """Slots 20-26: a path and its six arrays; 15-17 test geometry."""
    curve = [
        {"kind": "M", "x": 0, "y": 0},
        {"kind": "Q", "cx": 40, "cy": 80, "x": 80, "y": 0},
        {"kind": "C", "c1x": 90, "c1y": 10, "c2x": 30, "c2y": 60, "x": 0, "y": 60},
        {"kind": "Z"},
    ]
    b.initial(20, {"commands": curve})
    names = ("outCmdsSlot", "outParamsSlot", "outCmdStartSlot", "outCmdLenSlot",
             "outPointStartSlot", "outPointLenSlot")  # fmt: skip
    out = {name: 21 + i for i, name in enumerate(names)}
    b.step("materializePath", "s-path", domainSlot=10, pathExprSlot=20, **out)
    b.step("materializeTestGeometry", "s-test-geometry", domainSlot=10, outXSlot=15,
           outYSlot=16, outRadiusSlot=17)  # fmt: skip


def _solid_instances(b: ProgramBuilder) -> None:
    """Slots 30-45: a colour and its channels, a camera, a mesh, positions, the projection."""
    b.initial(30, {"r": 0.2, "g": 0.6, "b": 1, "a": 1})
    channels = {"outRSlot": 31, "outGSlot": 32, "outBSlot": 33, "outASlot": 34}
    b.step("materializeColor", "s-color", domainSlot=10, colorExprSlot=30, **channels)
    b.doc["cameras"] = {"cameras": [_camera("main")], "cameraIdToIndex": {"main": 0}}
    b.doc["defaultCameraId"] = "main"
    b.step("CameraEval", "s-camera", cameraId="main", outSlot=40)
    b.doc["meshes"] = {"meshes": [_mesh("hexagon")], "meshIdToIndex": {"hexagon": 0}}
    b.step("MeshMaterialize", "s-mesh", meshId="hexagon", outSlot=41)
    place = b.field("const", domain="vec3", constId=b.const({"x": 0, "y": 10, "z": -5}))
    _materialize(b, place, 10, 42, 3, "f32")
    b.step("Instances3DProjectTo2D", "s-project", domainSlot=10, cameraEvalSlot=40,
           positionSlot=42, colorRSlot=31, colorGSlot=32, colorBSlot=33, colorASlot=34,
           radiusSlot=12, zSort=True, cullMode="frustum", clipMode="discard",
           sizeSpace="px", outSlot=45)  # fmt: skip


def no_slot_meta() -> ProgramBuilder:
    """No slotMeta at all: every storage and offset is derived from what the steps do."""
    b = ProgramBuilder("no-slot-meta")
    b.domain(3, 100)
    t = b.signal("timeModelMs", domain="timeMs")
    size = b.field("broadcastSig", sig=t, domainSlot=3)
    b.time(0, 1)
    b.step("signalEval", "s-signals", outputs=[{"sigId": t, "slot": 2}])
    _materialize(b, size, 3, 8, 1, "f32")
    white = b.field("const", domain="color", constId=b.const("#ffffff"))
    _materialize(b, white, 3, 9, 4, "u8")
    origin = b.field("const", domain="vec2", constId=b.const(0))
    _materialize(b, origin, 3, 7, 2, "f32")
    batches = [_instances(3, 7, 8, 9, 2)]
    b.step("renderAssemble", "s-render", instance2dBatches=batches, outFrameSlot=20)
    b.output(20)
    del b.doc["slotMeta"]
    return b


def conflicting_evidence() -> ProgramBuilder:
    """A slotMeta that says number where steps say buffer; a node that adds a buffer."""
    b = ProgramBuilder("conflicting-evidence")
    b.slots(0, 1)
    b.slot(2)  # holds a domain handle
    b.slot(3, "f32")  # holds a buffer
    b.slot(4)
    b.slot(5, domain="trigger", world="event")  # an event slot in a numeric storage
    b.domain(2, 10)
    ones = b.field("const", constId=b.const(1))
    total = b.node("node-total", ADD, 2)
    b.time(0, 1)
    _materialize(b, ones, 2, 3, 1, "f32")
    b.step("nodeEval", "s-total", nodeIndex=total, inputSlots=[3, 1], outputSlots=[4],
           phase="preBus")  # fmt: skip
    b.output(4, "total", "debug")
    return b


def _materialize(
    b: ProgramBuilder, field_id: int, domain: int, slot: int, components: int, element: str
) -> None:
    plan = {
        "id": f"mat-{slot}",
        "fieldExprId": str(field_id),
        "domainSlot": domain,
        "outBufferSlot": slot,
        "format": {"components": components, "elementType": element},
        "policy": "perFrame",
    }
    b.step("materialize", f"s-mat-{slot}", materialization=plan)


def _publisher(name: str, sort_key: float, slot: int, *, enabled: bool = True) -> dict[str, Any]:
    return {"publisherId": name, "enabled": enabled, "sortKey": sort_key, "srcSlot": slot}


def _instances(domain: int, pos: int, size: int, color: int, opacity: int) -> dict[str, Any]:
    return {
        "kind": "instance2d",
        "count": 0,
        "domainSlot": domain,
        "posXYSlot": pos,
        "sizeSlot": size,
        "colorRGBASlot": color,
        "opacitySlot": opacity,
    }


def _path_batch(domain: int, first: int) -> dict[str, Any]:
    names = ("cmdsSlot", "paramsSlot", "cmdStartSlot", "cmdLenSlot", "pointStartSlot",
             "pointLenSlot")  # fmt: skip
    slots = {name: first + i for i, name in enumerate(names)}
    draw = {"stroke": True, "fill": False}
    return {"kind": "path", "count": 0, "domainSlot": domain, "draw": draw, **slots}


def _camera(camera_id: str) -> dict[str, Any]:
    return {
        "id": camera_id,
        "handedness": "right",
        "forwardAxis": "-Z",
        "upAxis": "+Y",
        "projection": {"kind": "perspective", "near": 0.1, "far": 1000, "fovYRad": 1.0},
        "pose": {
            "position": {"x": 0, "y": 0, "z": 100},
            "orientation": {"x": 0, "y": 0, "z": 0, "w": 1},
        },
        "ndcToScreen": {"origin": "center", "yAxis": "down"},
    }


def _mesh(mesh_id: str) -> dict[str, Any]:
    return {
        "id": mesh_id,
        "recipe": {
            "profile": {"kind": "ngon", "sides": 6, "radius": 2},
            "extrude": {"kind": "linear", "depth": 1, "cap": "both"},
        },
        "attributes": {"normals": True, "uvs": False},
        "winding": "CCW",
        "indexed": True,
        "indexType": "u16",
    }


def _probe(name: str, slots: list[int]) -> dict[str, Any]:
    return {"id": f"probe:{name}:0", "slots": slots, "mode": "value"}


PROGRAMS: Final[dict[str, Callable[[], ProgramBuilder]]] = {
    "minimal": minimal,
    "sparse-slots": sparse_slots,
    "every-storage": every_storage,
    "ring-buffer": ring_buffer,
    "bus": bus,
    "every-step-kind": every_step_kind,
    "no-slot-meta": no_slot_meta,
    "conflicting-evidence": conflicting_evidence,
    **PICTURES,
}


def build() -> dict[str, bytes]:
    """Return the contents of every file of `programs/` by name."""
    files: dict[str, bytes] = {}
    for name, make in PROGRAMS.items():
        program = make().program()
        files[f"{name}.json"] = encode(program, "json", pretty=True)
        files[f"{name}.msgpack"] = encode(program, "msgpack")
    return files


def main() -> int:
    """Write `programs/`; with --check, only compare."""
    check = "--check" in sys.argv[1:]
    wrong = []
    FOLDER.mkdir(exist_ok=True)
    for name, data in build().items():
        path = FOLDER / name
        if path.exists() and path.read_bytes() == data:
            continue
        wrong.append(name)
        if not check:
            path.write_bytes(data)
    for name in wrong:
        sys.stderr.write(f"{'differs' if check else 'written'}: programs/{name}\n")
    return 1 if check and wrong else 0


if __name__ == "__main__":
    sys.exit(main())
