"""Slot values as machine-readable documents (docs/output-format.md)."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, assert_never
from weakref import ref

import msgspec
import numpy as np

from irrun.ir.documents import record_members
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
from irrun.numerics.digest import array_digest, byte_digest
from irrun.numerics.text import SPECIAL_NUMBERS, special_text
from irrun.numerics.whole import whole

Buffers = Literal["digest", "full"]
"""How arrays are written: shape, digest and first elements, or all elements."""

ArrayForm = Callable[[Array, int], dict[str, Any]]
"""Writes an array, given with the components of an element."""

HEAD: Final = 8
"""Elements of an array that are shown beside its digest."""


def number_document(value: float) -> float | str:
    """Return a number as JSON can hold it exactly.

    NaN, infinities and minus zero are the texts `NaN`, `Infinity`, `-Infinity`, `-0`; whole
    numbers have no fraction.
    """
    special = special_text(value)
    if special is not None:
        return special
    found = whole(value)
    return value if found is None else found


def text_document(text: str) -> Any:
    """Return a text; one that stands for a number where it is written says that it is a text."""
    return {"kind": "text", "text": text} if text in SPECIAL_NUMBERS else text


def value_document(value: Any, buffers: Buffers | ArrayForm = "digest") -> Any:
    """Return any slot value as plain JSON data; `buffers` says how arrays are written."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text_document(value)
    if isinstance(value, int | float):
        return number_document(value)
    if isinstance(value, np.ndarray):
        return {"kind": "array"} | array_document(value, buffers)
    if isinstance(value, TypedArray):
        return value_document(value.array, buffers)
    if isinstance(value, bytes):
        return {"kind": "bytes", "length": len(value), "digest": byte_digest(value)}
    if isinstance(value, Mapping):
        return {str(key): value_document(item, buffers) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [value_document(item, buffers) for item in value]
    if is_record(value):
        return _record_document(value, buffers)
    return _members(value, buffers)


def array_document(
    array: Array, buffers: Buffers | ArrayForm, components: int = 1
) -> dict[str, Any]:
    """Return an array: dtype and length, then all elements, or digest and first elements."""
    if callable(buffers):
        return buffers(array, components)
    document: dict[str, Any] = {"dtype": array.dtype.name, "length": int(array.size)}
    if buffers == "full":
        return document | {"data": [number_document(x) for x in array.tolist()]}
    head = [number_document(x) for x in array[:HEAD].tolist()]
    return document | {"digest": array_digest(array, components), "head": head}


class RememberedArrays:
    """Writes arrays in a form, each that nobody can write to only once as long as it lives.

    Buffers that never change are the same array in every frame.
    """

    def __init__(self, form: ArrayForm) -> None:
        self._form = form
        self._known: dict[tuple[int, int], tuple[ref[Array], dict[str, Any]]] = {}

    def __call__(self, array: Array, components: int) -> dict[str, Any]:
        """Return an array's document, which is not to be changed."""
        if array.flags.writeable:
            return self._form(array, components)
        key = (id(array), components)
        known = self._known.get(key)
        if known is not None and known[0]() is array:
            return known[1]
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        document = self._form(array, components)
        self._known[key] = ref(array), document
        return document


_MOST_REMEMBERED: Final = 256


def remembering(buffers: Buffers) -> RememberedArrays:
    """Return a way to write arrays that gives the same as `buffers`, for many frames."""
    return RememberedArrays(lambda array, components: array_document(array, buffers, components))


def _record_document(value: AnyRecord, buffers: Buffers | ArrayForm) -> dict[str, Any]:
    """Return a value that is no plain data, with its kind."""
    match value:
        case Buffer(data=data, components=components, element=element):
            shape = {"components": components, "elementType": element}
            return {"kind": "buffer"} | shape | array_document(data, buffers, components)
        case DomainHandle():
            kind = "domain"
        case FieldRef():
            kind = "fieldExpr"
        case CombinedField():
            kind = "fieldCombine"
        case TransformedField():
            kind = "fieldTransform"
        case CameraEval():
            kind = "cameraEval"
        case MeshBuffer():
            kind = "meshBuffer"
        case Instances():
            kind = "instances2d"
        case RenderFrame():
            return _members(value, buffers)  # the canonical form of frames has no kind
        case _:
            assert_never(value)
    return {"kind": kind} | _members(value, buffers)


def _members(value: Any, buffers: Buffers | ArrayForm) -> dict[str, Any]:
    """Return a record of the runtime member by member; absent ones are left out."""
    if not isinstance(value, msgspec.Struct):
        return {"kind": type(value).__name__}
    members = record_members(value)
    return {name: value_document(item, buffers) for name, item in members.items()}
