"""Cameras, meshes and projections in small programs."""

import copy
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import numpy as np
from program_builder import Document, ProgramBuilder

from irrun.ir.scene import Camera, Mesh
from irrun.ir.values import Viewport
from irrun.program.program import Program
from irrun.runtime.runtime import Runtime

CAMERA: Final[Document] = {
    "id": "cam",
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

MESH: Final[Document] = {
    "id": "mesh",
    "recipe": {
        "profile": {"kind": "ngon", "sides": 3, "radius": 1},
        "extrude": {"kind": "linear", "depth": 2, "cap": "both"},
    },
    "attributes": {"normals": True, "uvs": True},
    "winding": "CCW",
    "indexed": True,
    "indexType": "u16",
}


def with_members(document: Document, **members: Any) -> Document:
    """Return a copy with members set; `projection__near` is a member of a member.

    A value of None removes the member.
    """
    copied = copy.deepcopy(document)
    for name, value in members.items():
        *path, last = name.split("__")
        inner = copied
        for part in path:
            inner = inner[part]
        inner[last] = value
        if value is None:
            del inner[last]
    return copied


def camera(**members: Any) -> Camera:
    """Return the camera, changed, as a record."""
    return msgspec.convert(with_members(CAMERA, **members), Camera)


def mesh(**members: Any) -> Mesh:
    """Return the mesh, changed, as a record."""
    return msgspec.convert(with_members(MESH, **members), Mesh)


def table(plural: str, kind: str, *documents: Document) -> Document:
    """Return a table of cameras or meshes, by their ids."""
    index = {document["id"]: i for i, document in enumerate(documents)}
    return {plural: list(documents), f"{kind}IdToIndex": index}


def with_cameras(*documents: Document, default: str | None = None) -> ProgramBuilder:
    """Return a program without steps that has cameras."""
    b = ProgramBuilder("scene")
    b.doc["cameras"] = table("cameras", "camera", *documents)
    if default is not None:
        b.doc["defaultCameraId"] = default
    return b


def camera_program(*documents: Document) -> Program:
    """Return a program that evaluates each camera into a slot of its own, from 0 on."""
    b = with_cameras(*documents)
    for slot, document in enumerate(documents):
        b.step("CameraEval", f"s-{slot}", cameraId=document["id"], outSlot=slot)
    return b.program()


def mesh_program(*documents: Document) -> Program:
    """Return a program that builds each mesh into a slot of its own, from 0 on."""
    b = ProgramBuilder("meshes")
    b.doc["meshes"] = table("meshes", "mesh", *documents)
    for slot, document in enumerate(documents):
        b.step("MeshMaterialize", f"s-{slot}", meshId=document["id"], outSlot=slot)
    return b.program()


DOMAIN, VIEW, POSITION, ROTATION, SCALE, RED, GREEN, BLUE, ALPHA, RADIUS, OUT = range(11)
"""Slots of `projection_step`."""


def projection_step(b: ProgramBuilder, **changes: Any) -> ProgramBuilder:
    """Add a step that projects; return the program."""
    fields = {
        "domainSlot": DOMAIN, "cameraEvalSlot": VIEW, "positionSlot": POSITION,
        "colorRSlot": RED, "colorGSlot": GREEN, "colorBSlot": BLUE, "colorASlot": ALPHA,
        "radiusSlot": RADIUS, "outSlot": OUT, "zSort": False, "cullMode": "none",
        "clipMode": "discard", "sizeSpace": "px",
    }  # fmt: skip
    b.step("Instances3DProjectTo2D", "s-project", **(fields | changes))
    return b


def single(*numbers: float) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Return numbers as float32."""
    with np.errstate(over="ignore"):
        return np.array(numbers, dtype=np.float64).astype(np.float32)


def viewport_of(document: Mapping[str, float]) -> Viewport:
    """Return the viewport of a conformance vector."""
    return Viewport(document["width"], document["height"], document["dpr"])


def one_frame(program: Program, values: Mapping[int, Any] | None = None, **options: Any) -> Runtime:
    """Put values into slots and run one frame with real executors only."""
    runtime = Runtime(program, executors="real", **options)
    for slot, value in (values or {}).items():
        runtime.values.write(slot, value)
    runtime.run_frame(0.0)
    return runtime
