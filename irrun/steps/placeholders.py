"""What stubs write: values that tell slot and frame, the same in every run.

The number of slot s in frame n is s * 10000 + n, so 70012 is slot 7 in frame 12. Buffers are
filled with it (bytes with it modulo 256); structured values carry it somewhere inside.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from irrun.ir.render_frame import ClearSpec, RenderFrame
from irrun.ir.values import (
    DEFAULT_VIEWPORT,
    ELEMENT_DTYPES,
    Array,
    Buffer,
    CameraEval,
    DomainHandle,
    FieldRef,
    Instances,
    MeshBuffer,
    ValueClass,
)

STUB_COUNT: Final = 4
"""Elements of a stubbed buffer whose step reads no domain handle."""


def placeholder_number(slot: int, frame: int) -> float:
    """Return the number that stands for a slot in a frame."""
    return float(slot * 10_000 + frame)


def placeholder(expects: ValueClass, slot: int, frame: int, count: int) -> Any:
    """Return a value of the class for slot and frame; buffers have `count` elements."""
    return _MAKERS[expects](placeholder_number(slot, frame), count)


def filled(element: str, length: int, number: float) -> Array:
    """Return an array of `length` elements, each the number (wrapped to the element type)."""
    dtype = ELEMENT_DTYPES[element]
    if dtype.kind == "f":
        return np.full(length, number, dtype=dtype)
    values = 1 << (8 * dtype.itemsize - (dtype.kind == "i"))
    return np.full(length, int(number) % values, dtype)  # exact: of slot and frame


def _color(number: float, count: int) -> dict[str, float]:
    level = number % 256 / 255
    return {"r": level, "g": level, "b": level, "a": 1.0}


def _path(number: float, count: int) -> dict[str, Any]:
    return {"commands": [{"kind": "M", "x": number, "y": number}]}


def _frame(number: float, count: int) -> RenderFrame:
    return RenderFrame(clear=ClearSpec(mode="none"), meta={"stub": number})


def _camera(number: float, count: int) -> CameraEval:
    matrix = np.eye(4, dtype=np.float32).reshape(16)
    return CameraEval(f"stub-{number:.0f}", matrix, matrix, matrix, DEFAULT_VIEWPORT)


def _mesh(number: float, count: int) -> MeshBuffer:
    corners = np.array([0, 0, 0, number, 0, 0, 0, number, 0], dtype=np.float32)
    top = float(corners[3])
    return MeshBuffer(corners, np.array([0, 1, 2], np.uint16), (0.0, 0.0, 0.0), (top, top, 0.0))


def _instances(number: float, count: int) -> Instances:
    place, byte = filled("f32", count, number), filled("u8", count, number)
    alive = np.ones(count, dtype=np.uint8)
    index = np.arange(count, dtype=np.uint32)
    return Instances(place, place, place, place, byte, byte, byte, byte, alive, index)


_MAKERS: Final[dict[ValueClass, Callable[[float, int], Any]]] = {
    "number": lambda number, count: number,
    "any": lambda number, count: number,
    "vector": lambda number, count: {"x": number, "y": number},
    "color": _color,
    "domain": lambda number, count: DomainHandle(count),
    "field": lambda number, count: FieldRef(f"{number:.0f}"),
    "buffer": lambda number, count: Buffer(filled("f32", count, number), 1, "f32"),
    "events": lambda number, count: [{"time": number, "value": number}],
    "path": _path,
    "frame": _frame,
    "camera": _camera,
    "mesh": _mesh,
    "instances": _instances,
    "batches": lambda number, count: {"batches": []},
}
