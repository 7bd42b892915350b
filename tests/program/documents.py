"""Documents for the tests of loading: every kind once, and ways to change and to write one."""

import gzip
import json
import re
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgpack
import pytest
from program_builder import Document, ProgramBuilder, cyclic, opcode, type_desc

from irrun.errors import Malformed
from irrun.program.reading.codec import loads

SPEC: Final = Path(__file__).parents[2] / "docs" / "spec" / "ir-schema.md"

NUMBER: Final = type_desc("number")
VEC2_FIELD: Final = type_desc("vec2", "field")
NUMBER_FIELD: Final = type_desc("number", "field")
STREAM: Final = type_desc("number", "event")
KERNEL: Final = {"kind": "kernel", "kernelId": "map_neg"}


class Node(NamedTuple):
    """An expression node as it stands in a document, and the ids that it is made of."""

    document: Document
    operands: tuple[int, ...] = ()
    signals: tuple[int, ...] = ()
    """Signals that a field node asks for."""

    @property
    def kind(self) -> str:
        """The node's kind."""
        return str(self.document["kind"])


def _nodes(type_of_all: Document, *rows: tuple[Document, tuple[int, ...]]) -> tuple[Node, ...]:
    return tuple(Node({"type": type_of_all} | document, operands) for document, operands in rows)


SIGNALS: Final = _nodes(
    NUMBER,
    ({"kind": "const", "constId": 0}, ()),
    ({"kind": "timeAbsMs"}, ()),
    ({"kind": "timeModelMs"}, ()),
    ({"kind": "phase01"}, ()),
    ({"kind": "wrapEvent"}, ()),
    ({"kind": "inputSlot", "slot": 2}, ()),
    ({"kind": "map", "src": 1, "fn": opcode(110)}, (1,)),
    ({"kind": "zip", "a": 3, "b": 2, "fn": opcode(100)}, (3, 2)),
    ({"kind": "select", "cond": 4, "t": 1, "f": 0}, (4, 1, 0)),
    ({"kind": "transform", "src": 7, "chain": 0}, (7,)),
    (
        {
            "kind": "busCombine",
            "busIndex": 0,
            "terms": [6, 0, 6],
            "combine": {"mode": "sum", "default": 0.5},
        },
        (6, 0, 6),
    ),
    (
        {
            "kind": "stateful",
            "op": "sampleHold",
            "stateId": "cell",
            "input": 1,
            "params": {"trigger": 4, "rate": 0.5},
        },
        (1, 4),
    ),
    ({"kind": "closureBridge", "closureId": "host", "inputSlots": [0, 3]}, (0, 3)),
)
"""All 13 signal kinds (ir-schema section 9)."""

FIELDS: Final = (
    Node({"kind": "const", "type": VEC2_FIELD, "constId": 1}),
    Node({"kind": "broadcastSig", "type": NUMBER_FIELD, "sig": 2, "domainSlot": 20}, (), (2,)),
    Node(
        {
            "kind": "map",
            "type": NUMBER_FIELD,
            "src": 1,
            "fn": KERNEL,
            "params": {"k": {"signalSlot": 3}, "a": "1.5"},
        },
        (1,),
        (3,),
    ),
    Node({"kind": "zip", "type": NUMBER_FIELD, "a": 2, "b": 1, "fn": opcode(100)}, (2, 1)),
    Node({"kind": "select", "type": NUMBER_FIELD, "cond": 3, "t": 1, "f": 2}, (3, 1, 2)),
    Node({"kind": "transform", "type": NUMBER_FIELD, "src": 4, "chain": 0}, (4,)),
    Node(
        {
            "kind": "busCombine",
            "type": NUMBER_FIELD,
            "busIndex": 0,
            "terms": [1, 2],
            "combine": {"mode": "product"},
        },
        (1, 2),
    ),
)
"""All 7 field kinds (section 11)."""

EVENTS: Final = _nodes(
    STREAM,
    ({"kind": "eventEmpty"}, ()),
    ({"kind": "eventWrap"}, ()),
    ({"kind": "eventInputSlot", "slot": 30}, ()),
    ({"kind": "eventMap", "src": 2, "fn": opcode(120)}, (2,)),
    ({"kind": "eventFilter", "src": 3, "predicate": KERNEL}, (3,)),
    ({"kind": "eventMerge", "sources": [1, 2, 4]}, (1, 2, 4)),
    (
        {"kind": "eventBusCombine", "busIndex": 0, "terms": [5, 0], "combine": {"mode": "merge"}},
        (5, 0),
    ),
)
"""All 7 event kinds (section 10)."""

CHAIN_STEPS: Final[tuple[Document, ...]] = (
    {"kind": "cast", "op": "boolToNumber"},
    {"kind": "map", "fn": opcode(121), "paramsId": 1},
    {"kind": "scaleBias", "scale": 2.5, "bias": -0.5},
    {"kind": "normalize", "mode": "-1..1"},
    {"kind": "quantize", "step": 0.25},
    {"kind": "ease", "curveId": 6},
    {"kind": "slew", "stateOffset": 1, "rate": 4.5},
)
"""All 7 kinds of chain step (section 12)."""

TIME_MODELS: Final[tuple[Document, ...]] = (
    {
        "kind": "finite",
        "durationMs": 4000,
        "cuePoints": [{"id": "cue", "label": "half", "tMs": 2000, "behavior": "snap"}],
    },
    cyclic(2000, "pingpong"),
    {"kind": "infinite", "windowMs": 30000, "suggestedUIWindowMs": 5000},
)
"""All 3 time models (section 4)."""

PERSPECTIVE: Final[Document] = {
    "id": "main",
    "handedness": "right",
    "forwardAxis": "-Z",
    "upAxis": "+Y",
    "projection": {"kind": "perspective", "near": 0.1, "far": 1000, "fovYRad": 1.5},
    "pose": {
        "position": {"x": 0, "y": 0, "z": 100},
        "orientation": {"x": 0, "y": 0, "z": 0, "w": 1},
    },
    "ndcToScreen": {"origin": "center", "yAxis": "down"},
}
ORTHOGRAPHIC: Final[Document] = PERSPECTIVE | {
    "id": "flat",
    "projection": {"kind": "orthographic", "near": 0.5, "far": 10, "orthoHeight": 12.5},
}


def mesh(mesh_id: str, profile: Document, extrude: Document, **recipe: Any) -> Document:
    """Return a mesh (section 18.3)."""
    return {
        "id": mesh_id,
        "recipe": {"profile": profile, "extrude": extrude} | recipe,
        "attributes": {"normals": True, "uvs": False},
        "winding": "CCW",
        "indexed": True,
        "indexType": "u16",
    }


MESHES: Final = (
    mesh(
        "disc",
        {"kind": "circle", "radius": 1.5, "segments": 12},
        {"kind": "linear", "depth": 2, "cap": "front"},
    ),
    mesh(
        "prism",
        {"kind": "ngon", "sides": 3, "radius": 1},
        {"kind": "rounded", "depth": 2, "roundSegments": 4, "radius": 0.25},
        bevel={"size": 0.5, "segments": 2},
    ),
    mesh(
        "strip",
        {"kind": "polyline", "points": [{"x": 0, "y": 1}, {"x": 2, "y": 3}], "closed": True},
        {"kind": "linear", "depth": 1, "cap": "none"},
    ),
)
"""All 3 profiles and both extrusions."""

_PUBLISHERS: Final[list[Document]] = [
    {
        "publisherId": "pub-a",
        "enabled": True,
        "sortKey": 0.5,
        "srcSlot": 2,
        "transform": {"chainId": 0},
    },
    {"publisherId": "pub-b", "enabled": False, "sortKey": 1, "srcSlot": 99},
]
_COLOR_SLOTS: Final = {"colorRSlot": 40, "colorGSlot": 41, "colorBSlot": 42, "colorASlot": 43}

STEPS: Final[dict[str, Document]] = {
    "timeDerive": {
        "tAbsMsSlot": 0,
        "timeModel": TIME_MODELS[1],
        "out": {"tModelMs": 1, "phase01": 3, "wrapEvent": 4, "progress01": 5},
    },
    "signalEval": {"outputs": [{"sigId": 1, "slot": 2}]},
    "nodeEval": {
        "nodeIndex": 0,
        "inputSlots": [2, 3],
        "outputSlots": [6],
        "stateReads": ["cell"],
        "stateWrites": [7],
        "phase": "preBus",
        "cacheKey": {
            "kind": "untilInvalidated",
            "deps": [
                {"kind": "slot", "slot": 2},
                {"kind": "bus", "busIndex": 0},
                {"kind": "timeModel"},
                {"kind": "seed"},
                {"kind": "stateCell", "stateId": "cell"},
                {"kind": "external", "id": "midi"},
            ],
        },
    },
    "busEval": {
        "busIndex": 0,
        "outSlot": 7,
        "publishers": _PUBLISHERS,
        "combine": {"mode": "sum"},
        "silent": {"kind": "const", "constId": 0},
        "busType": NUMBER,
    },
    "eventBusEval": {
        "busIndex": 1,
        "outSlot": 30,
        "publishers": [],
        "combine": {"mode": "merge"},
        "busType": STREAM,
    },
    "materialize": {
        "materialization": {
            "id": "mat",
            "fieldExprId": "0",
            "domainSlot": 20,
            "outBufferSlot": 21,
            "format": {"components": 2, "elementType": "f32"},
            "policy": "perFrame",
        },
        "cacheKey": {"kind": "perFrame"},
    },
    "materializeColor": {
        "domainSlot": 20,
        "colorExprSlot": 25,
        "outRSlot": 40,
        "outGSlot": 41,
        "outBSlot": 42,
        "outASlot": 43,
        "format": "rgba_f32",
    },
    "materializePath": {
        "domainSlot": 20,
        "pathExprSlot": 26,
        "outCmdsSlot": 50,
        "outParamsSlot": 51,
        "outCmdStartSlot": 52,
        "outCmdLenSlot": 53,
        "outPointStartSlot": 54,
        "outPointLenSlot": 55,
        "flattenTolerancePx": 0.75,
    },
    "materializeTestGeometry": {
        "domainSlot": 20,
        "outXSlot": 60,
        "outYSlot": 61,
        "outRadiusSlot": 62,
    },
    "CameraEval": {"cameraId": "main", "outSlot": 70},
    "MeshMaterialize": {"meshId": "disc", "outSlot": 71},
    "Instances3DProjectTo2D": {
        "domainSlot": 20,
        "cameraEvalSlot": 70,
        "positionSlot": 72,
        "rotationSlot": 73,
        "scaleSlot": 74,
        "radiusSlot": 75,
        "zSort": True,
        "cullMode": "frustum",
        "clipMode": "discard",
        "sizeSpace": "px",
        "outSlot": 76,
    }
    | _COLOR_SLOTS,
    "renderAssemble": {
        "instance2dBatches": [
            {
                "kind": "instance2d",
                "count": 0,
                "domainSlot": 20,
                "posXYSlot": 21,
                "sizeSlot": 2,
                "colorRGBASlot": 76,
                "opacitySlot": 2,
            }
        ],
        "pathBatches": [
            {
                "kind": "path",
                "count": 3,
                "domainSlot": 20,
                "cmdsSlot": 50,
                "paramsSlot": 51,
                "cmdStartSlot": 52,
                "cmdLenSlot": 53,
                "pointStartSlot": 54,
                "pointLenSlot": 55,
                "fillColorSlot": 2,
                "strokeColorSlot": 2,
                "strokeWidthSlot": 2,
                "opacitySlot": 2,
                "draw": {"stroke": True, "fill": False},
                "fillRule": "evenodd",
                "lineCap": "round",
                "lineJoin": "bevel",
                "miterLimit": 4,
                "dash": {"pattern": [4, 2.5], "offset": 1},
            }
        ],
        "instance2dListSlot": 80,
        "pathBatchListSlot": 81,
        "outFrameSlot": 82,
    },
    "debugProbe": {"probe": {"id": "probe:time:0", "slots": [1, 1, 82], "mode": "value"}},
}
"""All 14 step kinds (section 14.3), in an order in which each slot is written before it is read."""


def step_at(kind: str) -> str:
    """Return the path of the step of one kind in `every_kind()`."""
    return f"$.schedule.steps[{list(STEPS).index(kind)}]"


def every_kind() -> Document:
    """Return a document in which every table is filled and every kind stands once."""
    b = ProgramBuilder("every-kind", TIME_MODELS[1])
    b.doc["types"]["typeIds"].append(NUMBER | {"semantics": "point", "unit": "px"})
    b.doc["signalTable"]["nodes"] = [node.document for node in SIGNALS]
    b.doc["fields"]["nodes"] = [node.document for node in FIELDS]
    b.doc["eventTable"] = {"nodes": [node.document for node in EVENTS]}
    chain = {"steps": [*CHAIN_STEPS], "fromType": NUMBER, "toType": NUMBER, "cost": "cheap"}
    b.doc["transforms"] = {"chains": [chain]}
    b.doc["cameras"] = {
        "cameras": [PERSPECTIVE, ORTHOGRAPHIC],
        "cameraIdToIndex": {"main": 0, "flat": 1},
    }
    b.doc["defaultCameraId"] = "main"
    indices = {row["id"]: i for i, row in enumerate(MESHES)}
    b.doc["meshes"] = {"meshes": [*MESHES], "meshIdToIndex": indices}
    b.doc["lenses"]["lenses"].append({"id": 0})
    b.doc["adapters"]["adapters"].append({"id": 1})

    b.const(1.5)
    b.const({"x": 1, "y": 2})
    b.const(1000.25, "f64")
    b.const(0.5, "f32")
    b.const(-7, "i32")
    b.node("node-add", 100, 2, compilerTag=3)
    b.bus("bus", "sum")
    b.doc["buses"]["buses"][0]["reservedRole"] = "energy"
    b.bus("events", "last", world="event")
    b.cell("cell", size=2, initialConstId=2, policy="frame")
    b.cell("ring", "i32")
    b.slots(0, 1, 2)
    b.slot(7, "f32")
    b.domain(20, 2, ["a", "b"])
    b.initial(25, "#ff8800")
    for kind, fields in STEPS.items():
        b.step(kind, f"s-{kind}", label=f"one {kind}", **fields)
    b.output(82)
    b.doc["outputs"][0]["label"] = "Frame"

    schedule = b.doc["schedule"]
    schedule["deps"] = {
        "slotProducerStep": {"2": "s-signalEval"},
        "slotConsumers": {"2": ["s-nodeEval", "s-busEval"]},
        "busDependsOnSlots": {"0": [2]},
        "busProvidesSlot": {"0": 7},
        "exprDependsOnExpr": {"1": ["0"]},
        "exprDependsOnSlots": {"1": [2]},
    }
    orderings = ("busPublisherSortKey", "publisherIdTieBreak", "topoStableNodeIdTieBreak")
    schedule["determinism"]["allowedOrderingInputs"] = [{"kind": kind} for kind in orderings]
    schedule["caching"] = {
        "stepCache": {"s-nodeEval": {"kind": "none"}, "s-busEval": {"kind": "perFrame"}},
        "materializationCache": {
            "mat": {"kind": "untilInvalidated", "deps": [{"kind": "slot", "slot": 20}]}
        },
    }
    b.doc["meta"]["sourceMap"] = {
        "nodeToEditorBlock": {"node-add": {"blockId": "block", "kind": "primitive"}},
        "portToEditorSlot": {"node-add:0": {"blockId": "block", "slotId": "out"}},
    }
    b.doc["meta"]["warnings"] = [
        {"code": "W1", "message": "unused", "where": {"nodeId": "node-add"}},
    ]
    return b.document()


def small() -> Document:
    """Return the document of the smallest program that does something."""
    b = ProgramBuilder("small")
    b.time(0, 1)
    wave = b.signal("map", src=b.signal("timeModelMs", domain="timeMs"), fn=opcode(110))
    b.step("signalEval", "s-sig", outputs=[{"sigId": wave, "slot": 2}])
    b.output(2, "wave", "debug")
    return b.document()


def example(heading: str) -> Document:
    """Return the program under a heading of the format reference."""
    _, _, section = SPEC.read_text("utf-8").partition(f"\n### {heading}")
    found = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    assert found is not None
    document: Document = json.loads(found[1])
    return document


_PARTS: Final = re.compile(r'\.([A-Za-z]\w*)|\[(\d+)\]|\["(.*?)"\]')


def _keys(path: str) -> list[str | int]:
    return [int(index) if index else name or quoted for name, index, quoted in _PARTS.findall(path)]


def value_at(document: Document, path: str) -> Any:
    """Return what stands at a path such as `$.outputs[0].slot`."""
    value: Any = document
    for key in _keys(path):
        value = value[key]
    return value


def _copied(value: Any) -> Any:
    """Copy plain data; what stands in two places is two things afterwards."""
    if isinstance(value, dict):
        return {key: _copied(member) for key, member in value.items()}
    return [_copied(member) for member in value] if isinstance(value, list) else value


def changed(document: Document, changes: dict[str, Any]) -> Document:
    """Return a copy of a document with other values at some paths."""
    copied: Document = _copied(document)
    for path, value in changes.items():
        *parents, last = _keys(path)
        holder: Any = copied
        for key in parents:
            holder = holder[key]
        holder[last] = value
    return copied


def without(document: Document, *paths: str) -> Document:
    """Return a copy of a document that lacks the members at some paths."""
    copied: Document = _copied(document)
    for path in paths:
        *parents, last = _keys(path)
        holder: Any = copied
        for key in parents:
            holder = holder[key]
        del holder[last]
    return copied


def as_json(document: Document) -> bytes:
    """Write a document the way a JSON producer does."""
    return json.dumps(document).encode()


def as_msgpack(document: Document) -> bytes:
    """Write a document the way a MessagePack producer does."""
    packed: bytes = msgpack.packb(document)
    return packed


def as_gzip(data: bytes) -> bytes:
    """Compress bytes, the same way at any time of day."""
    return gzip.compress(data, mtime=0)


ENCODINGS: Final = {"json": as_json, "msgpack": as_msgpack}

HERE: Final = "@here"
"""Stands in a document for a value that is written as raw MessagePack bytes."""


def spliced(document: Document, raw: bytes) -> bytes:
    """Write a document as MessagePack with raw bytes in place of its `HERE`."""
    before, found, after = as_msgpack(document).partition(as_msgpack_value(HERE))
    assert found
    return before + raw + after


def as_msgpack_value(value: Any) -> bytes:
    """Write any value as MessagePack."""
    packed: bytes = msgpack.packb(value)
    return packed


def refusal(data: bytes) -> Malformed:
    """Return the error with which bytes are refused; fails if they load."""
    with pytest.raises(Malformed) as caught:
        loads(data)
    return caught.value
