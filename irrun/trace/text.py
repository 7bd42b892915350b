"""Slot values as short text for people: exact numbers, arrays as type, shape and range."""

import math
from collections.abc import Mapping
from typing import Any, Final, assert_never

import numpy as np

from irrun.errors.showing import plural
from irrun.ir.render_frame import RenderFrame
from irrun.ir.typed_array import TypedArray
from irrun.ir.values import (
    AnyRecord,
    Array,
    Buffer,
    CameraEval,
    CombinedField,
    DomainHandle,
    FieldRef,
    Instances,
    MeshBuffer,
    TransformedField,
    is_record,
)
from irrun.numerics.text import number_text

_SHOWN_ELEMENTS: Final = 4
_SHOWN_MEMBERS: Final = 6
_SHORT_DTYPES: Final = {
    "float32": "f32", "float64": "f64", "int32": "i32", "uint32": "u32", "uint16": "u16",
    "uint8": "u8", "int8": "i8", "int16": "i16",
}  # fmt: skip


def value_text(value: Any) -> str:
    """Return any slot value on one line."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, Mapping):
        return _mapping_text(value)
    if isinstance(value, list | tuple):
        return _list_text(value)
    if isinstance(value, TypedArray):
        return _array_text(value.array)
    if isinstance(value, np.ndarray):
        return _array_text(value)
    return _record_text(value) if is_record(value) else type(value).__name__


def _record_text(value: AnyRecord) -> str:
    match value:
        case Buffer(data=data, components=components):
            return _array_text(data, components)
        case DomainHandle(count=count, element_ids=ids):
            return f"domain of {number_text(count)}" + (" with ids" if ids else "")
        case FieldRef(expr_id=expr_id):
            return f"field {expr_id}"
        case CombinedField(mode=mode, terms=terms):
            return f"{mode} of {plural(len(terms), 'field')}"
        case TransformedField(chain=chain):
            return f"field through chain {chain}"
        case RenderFrame(passes=passes, meta=meta):
            stub = f" (stub {number_text(meta['stub'])})" if meta and "stub" in meta else ""
            return f"frame of {plural(len(passes), 'pass', 'passes')}{stub}"
        case CameraEval(camera_id=camera_id, viewport=port):
            return f"camera {camera_id} at {number_text(port.w)}x{number_text(port.h)}"
        case MeshBuffer(positions=positions, indices=indices):
            corners, faces = len(positions) // 3, len(indices) // 3
            return f"mesh of {corners} vertices, {plural(faces, 'triangle')}"
        case Instances(x=x, alive=alive):
            return f"{len(x)} instances, {int(np.count_nonzero(alive))} alive"
        case _:
            assert_never(value)


def _array_text(array: Array, components: int = 1) -> str:
    kind = _SHORT_DTYPES.get(array.dtype.name, array.dtype.name)
    count = array.size // components
    shape = f"{count}" if components == 1 else f"{count}x{components}"
    if array.size > 1 and array.tobytes() == array[:1].tobytes() * array.size:
        return f"{kind}[{shape}] all {_element_text(array[0])}"
    if array.size <= _SHOWN_ELEMENTS:
        return f"{kind}[{shape}] {' '.join(map(_element_text, array))}".rstrip()
    return f"{kind}[{shape}] {_range_text(array)}"


def _range_text(array: Array) -> str:
    """Return least and greatest element, and how many are no number."""
    numbers = array if array.dtype.kind != "f" else array[~np.isnan(array)]
    parts = []
    if numbers.size:
        low, high = map(_element_text, _extremes(numbers))
        parts.append(f"min {low} max {high}")
    if numbers.size < array.size:
        parts.append(f"{array.size - numbers.size} NaN")
    return ", ".join(parts)


def _extremes(numbers: Array) -> tuple[Any, Any]:
    """Return the least and the greatest of some numbers; -0 is below 0."""
    low, high = numbers.min(), numbers.max()
    zeros = numbers[numbers == 0]
    if low == 0:
        low = zeros[np.argmax(np.signbit(zeros))]
    if high == 0:
        high = zeros[np.argmin(np.signbit(zeros))]
    return low, high


def _element_text(element: Any) -> str:
    if element.dtype.kind != "f":
        return str(element)
    number = float(element)
    if number != number or math.isinf(number) or number.is_integer():
        return number_text(number)
    # A float32 reads best with the digits that a float32 needs.
    return str(element)


def _mapping_text(value: Mapping[str, Any]) -> str:
    items = list(value.items())
    names = [key if str(key).isprintable() else repr(key) for key, _ in items[:_SHOWN_MEMBERS]]
    shown = [f"{n}: {value_text(v)}" for n, (_, v) in zip(names, items, strict=False)]
    more = [f"{len(items) - _SHOWN_MEMBERS} more"] if len(items) > _SHOWN_MEMBERS else []
    return "{" + ", ".join(shown + more) + "}"


def _list_text(value: list[Any] | tuple[Any, ...]) -> str:
    shown = [value_text(item) for item in value[:_SHOWN_ELEMENTS]]
    left = len(value) - _SHOWN_ELEMENTS
    return "[" + ", ".join(shown + ([f"{left} more"] if left > 0 else [])) + "]"
