"""Values that live in slots at run time, and the classes they fall into (ir-schema 6.5)."""

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeGuard, assert_never, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from irrun.ir.constants import is_number
from irrun.ir.render_frame import RenderFrame
from irrun.ir.typed_array import DTYPES, TypedArray
from irrun.ir.types import as_index
from irrun.numerics.convert import to_u32

ValueClass = Literal[
    "number", "vector", "color", "domain", "field", "buffer", "events",
    "path", "frame", "camera", "mesh", "instances", "batches", "any",
]  # fmt: skip
"""What a slot holds, seen from a step: design.md section 4, with `vector` (vec2, vec3, vec4,
quat) and `field` (a field expression handle) told apart."""

Array = NDArray[Any]

ELEMENT_DTYPES: Final[dict[str, np.dtype[Any]]] = {
    name: DTYPES[name] for name in ("f32", "f64", "i32", "u32", "u16", "u8")
}


class SlotRecord(msgspec.Struct, frozen=True, rename="camel"):
    """What lives in slots and is no plain data: snake_case here, camelCase in documents."""


class DomainHandle(SlotRecord, frozen=True):
    """A domain: how many elements, and their ids if they have any."""

    count: float
    element_ids: tuple[str, ...] | None = None
    ids: tuple[int, ...] | None = None


class FieldRef(SlotRecord, frozen=True):
    """A field expression handle; `expr_id` is the text of the document."""

    expr_id: str


class CombinedField(SlotRecord, frozen=True):
    """Field expressions that a bus has combined; materialized on demand."""

    mode: str
    terms: "tuple[AnyFieldHandle, ...]"


class TransformedField(SlotRecord, frozen=True):
    """A field expression that goes through a transform chain when it is materialized."""

    chain: int
    source: "AnyFieldHandle"


AnyFieldHandle = FieldRef | CombinedField | TransformedField


class Buffer(SlotRecord, frozen=True, eq=False):
    """A buffer handle: `data` has shape (count * components,)."""

    data: Array
    components: int
    element: str


class Viewport(SlotRecord, frozen=True):
    """What is drawn to: width and height in CSS pixels, and device pixels per CSS pixel."""

    w: float
    h: float
    dpr: float = 1


DEFAULT_VIEWPORT: Final = Viewport(1920.0, 1080.0, 1.0)
"""What is drawn to where nothing else is said (runtime-semantics section 14)."""


class CameraEval(SlotRecord, frozen=True, eq=False):
    """An evaluated camera: three column-major matrices, float32, shape (16,) each."""

    camera_id: str
    view: Array
    proj: Array
    view_proj: Array
    viewport: Viewport


class MeshBuffer(SlotRecord, frozen=True, eq=False):
    """A materialized mesh: float32 positions (3n,), perhaps normals (3n,) and uvs (2n,)."""

    positions: Array
    indices: Array
    bounds_min: tuple[float, float, float]
    bounds_max: tuple[float, float, float]
    normals: Array | None = None
    uvs: Array | None = None


class Instances(SlotRecord, frozen=True, eq=False):
    """Projected instances, shape (m,) each: screen x, y, size s, depth z; colour bytes.

    `index` is the element of the domain that each instance comes from.
    """

    x: Array
    y: Array
    s: Array
    z: Array
    r: Array
    g: Array
    b: Array
    a: Array
    alive: Array
    index: Array
    """Element of the domain that each instance is, uint32."""


AnyRecord = (
    DomainHandle
    | FieldRef
    | CombinedField
    | TransformedField
    | Buffer
    | RenderFrame
    | CameraEval
    | MeshBuffer
    | Instances
)
"""Every class of value that lives in slots and is no plain data: the one list of them.

Whoever treats them one by one does so in a `match` that ends with `assert_never`.
"""

RECORDS: Final[tuple[type, ...]] = get_args(AnyRecord)


def is_record(value: Any) -> TypeGuard[AnyRecord]:
    """True for a value of `AnyRecord`."""
    return isinstance(value, RECORDS)


def value_from_document(value: Any) -> Any:
    """Return the runtime value of an entry of `initialSlotValues` (ir-schema 6.6).

    Handles become their classes; everything else stays plain data. Null members of a handle
    count as absent.
    """
    if isinstance(value, TypedArray):
        return value.array
    if not isinstance(value, Mapping):
        return value
    match value.get("kind"):
        case "domain" if is_number(value.get("count")):
            return DomainHandle(value["count"], _tuple(value, "elementIds"), _tuple(value, "ids"))
        case "fieldExpr" if value.get("exprId") is not None:
            return FieldRef(_id_text(value["exprId"]))
        case "buffer" if isinstance(value.get("format"), Mapping):
            buffer = _buffer(value.get("data"), value["format"])
            return value if buffer is None else buffer
        case _:
            return value


def _id_text(value: Any) -> str:
    index = as_index(value)
    return str(value if index is None else index)


def _tuple(record: Mapping[str, Any], name: str) -> tuple[Any, ...] | None:
    listed = record.get(name)
    return tuple(listed) if isinstance(listed, list | tuple | TypedArray) else None


def _buffer(data: Any, fmt: Mapping[str, Any]) -> Buffer | None:
    """Return a buffer handle, or None if its members do not make one."""
    element, components = fmt.get("elementType"), as_index(fmt.get("components"))
    if not isinstance(element, str) or element not in ELEMENT_DTYPES or not components:
        return None
    if isinstance(data, Mapping):  # an index-keyed array
        data = [data.get(str(i)) for i in range(len(data))]
    numbers = data.tolist() if isinstance(data, TypedArray) else data
    if not isinstance(numbers, list) or not all(map(is_number, numbers)):
        return None
    dtype = ELEMENT_DTYPES[element]
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return Buffer(np.array(numbers, np.float64).astype(dtype), components, element)
    # Modulo, as a typed array stores (runtime-semantics 0.4); NumPy leaves it to the machine.
    wrapped = np.array([to_u32(float(n)) for n in numbers], dtype=np.uint32)
    return Buffer(wrapped.astype(dtype), components, element)


def classify(value: Any) -> ValueClass:
    """Return the class of a runtime value; `any` for what no step expects."""
    if is_number(value) or isinstance(value, bool):
        return "number"
    if isinstance(value, str):
        return "color" if value.startswith(("#", "rgb")) else "any"
    if isinstance(value, list | tuple):
        return _classify_list(value)
    if isinstance(value, Mapping):
        return _classify_mapping(value)
    if isinstance(value, np.ndarray):
        return "buffer"
    return _class_of_record(value) if is_record(value) else "any"


def _class_of_record(value: AnyRecord) -> ValueClass:
    match value:
        case DomainHandle():
            return "domain"
        case FieldRef() | CombinedField() | TransformedField():
            return "field"
        case Buffer():
            return "buffer"
        case RenderFrame():
            return "frame"
        case CameraEval():
            return "camera"
        case MeshBuffer():
            return "mesh"
        case Instances():
            return "instances"
        case _:
            assert_never(value)


def _classify_list(value: list[Any] | tuple[Any, ...]) -> ValueClass:
    first = value[0] if value else None
    if isinstance(first, Mapping):
        if "time" in first:
            return "events"
        if "commands" in first:
            return "path"
        if "r" in first:
            return "color"
    return "any"


def _classify_mapping(value: Mapping[str, Any]) -> ValueClass:
    if "commands" in value:
        return "path"
    if "batches" in value:
        return "batches"
    if "r" in value and "g" in value:
        return "color"
    if "x" in value and "y" in value:
        return "vector"
    return "any"
