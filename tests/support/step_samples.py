"""A smallest step of each of the 14 kinds, with the tables that it refers to.

Slots count from 10 in the order of the fields, so that each field has a slot of its own.
"""

from typing import Any, Final

from program_builder import INFINITE, Document, ProgramBuilder, type_desc

from irrun.program.program import Program
from irrun.steps import AnyStep

DOMAIN_SLOT: Final = 10
"""Where every sample that reads a domain reads it."""


def publisher(slot: int, *, enabled: bool = True) -> Document:
    """Return a publisher of a bus."""
    return {"publisherId": f"p{slot}", "enabled": enabled, "sortKey": slot, "srcSlot": slot}


def materialization(**changes: Any) -> Document:
    """Return what a materialize step holds: field 0 over slot 10 into slot 11."""
    return {
        "id": "mat",
        "fieldExprId": "0",
        "domainSlot": 10,
        "outBufferSlot": 11,
        "format": {"components": 1, "elementType": "f32"},
        "policy": "perFrame",
    } | changes


def instance_batch(**changes: Any) -> Document:
    """Return a batch of instances over slots 10 to 14."""
    return {
        "kind": "instance2d",
        "count": 0,
        "domainSlot": 10,
        "posXYSlot": 11,
        "sizeSlot": 12,
        "colorRGBASlot": 13,
        "opacitySlot": 14,
    } | changes


def path_batch(**changes: Any) -> Document:
    """Return a batch of paths over slots 10 and 21 to 26."""
    return {
        "kind": "path",
        "count": 0,
        "domainSlot": 10,
        "cmdsSlot": 21,
        "paramsSlot": 22,
        "cmdStartSlot": 23,
        "cmdLenSlot": 24,
        "pointStartSlot": 25,
        "pointLenSlot": 26,
        "draw": {"stroke": True, "fill": False},
    } | changes


SAMPLES: Final[dict[str, Document]] = {
    "timeDerive": {
        "tAbsMsSlot": 10,
        "timeModel": INFINITE,
        "out": {"tModelMs": 11, "phase01": 12, "wrapEvent": 13, "progress01": 14},
    },
    "signalEval": {"outputs": [{"sigId": 0, "slot": 10}, {"sigId": 1, "slot": 11}]},
    "nodeEval": {
        "nodeIndex": 0,
        "inputSlots": [10, 11],
        "outputSlots": [12],
        "phase": "preBus",
    },
    "busEval": {
        "busIndex": 0,
        "outSlot": 12,
        "publishers": [publisher(10), publisher(11)],
        "combine": {"mode": "sum"},
        "silent": {"kind": "zero"},
        "busType": type_desc(),
    },
    "eventBusEval": {
        "busIndex": 0,
        "outSlot": 12,
        "publishers": [publisher(10), publisher(11)],
        "combine": {"mode": "merge"},
        "busType": type_desc("trigger", "event"),
    },
    "materialize": {"materialization": materialization()},
    "materializeColor": {
        "domainSlot": 10,
        "colorExprSlot": 11,
        "outRSlot": 12,
        "outGSlot": 13,
        "outBSlot": 14,
        "outASlot": 15,
    },
    "materializePath": {
        "domainSlot": 10,
        "pathExprSlot": 11,
        "outCmdsSlot": 12,
        "outParamsSlot": 13,
        "outCmdStartSlot": 14,
        "outCmdLenSlot": 15,
        "outPointStartSlot": 16,
        "outPointLenSlot": 17,
    },
    "materializeTestGeometry": {
        "domainSlot": 10,
        "outXSlot": 11,
        "outYSlot": 12,
        "outRadiusSlot": 13,
    },
    "renderAssemble": {"instance2dBatches": [instance_batch()], "outFrameSlot": 15},
    "debugProbe": {"probe": {"id": "probe:signal:0", "slots": [10, 11], "mode": "value"}},
    "CameraEval": {"cameraId": "cam", "outSlot": 10},
    "MeshMaterialize": {"meshId": "mesh", "outSlot": 10},
    "Instances3DProjectTo2D": {
        "domainSlot": 10,
        "cameraEvalSlot": 11,
        "positionSlot": 12,
        "colorRSlot": 13,
        "colorGSlot": 14,
        "colorBSlot": 15,
        "colorASlot": 16,
        "radiusSlot": 17,
        "outSlot": 18,
        "zSort": True,
        "cullMode": "none",
        "clipMode": "discard",
        "sizeSpace": "px",
    },
}


def tables(name: str = "sample") -> ProgramBuilder:
    """Return a program without steps that has what the samples refer to.

    Signals 0 and 1 are numbers, node 0 adds, field 0 is constant.
    """
    b = ProgramBuilder(name)
    b.signal("timeAbsMs", domain="timeMs")
    b.signal_const(0.5)
    b.node("add", 100, 2)
    b.field("const", constId=0)
    b.bus("bus", "sum")
    return b


def program_with(kind: str, **changes: Any) -> Program:
    """Return a program whose only step is the sample of a kind, with fields changed."""
    b = tables(kind)
    b.step(kind, "s", **(SAMPLES[kind] | changes))
    return b.program()


def only_step(program: Program) -> AnyStep:
    """Return the step of a program that has one."""
    (step,) = program.steps
    return step
