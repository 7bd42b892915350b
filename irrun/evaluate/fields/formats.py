"""Elements into buffers: which fit which format, and how they are stored (section 10.2, 10.3)."""

from typing import Final, NamedTuple

import numpy as np

from irrun.errors.fields import FormatMismatch
from irrun.evaluate.fields.elements import (
    COMPONENTS,
    NUMBERS,
    ElementKind,
    Elements,
    as_kind,
    flat,
    kind_of_components,
    spread,
)
from irrun.ir.values import ELEMENT_DTYPES, Array, Buffer
from irrun.numerics.arrays import (
    color_bytes,
    one_nan_copy,
    to_f32_array,
    to_i32_array,
    to_u32_array,
)


class BufferTarget(NamedTuple):
    """Where a field is stored, and as what; field and slot are for messages."""

    components: int
    element: str
    field: str
    slot: int

    @property
    def is_color(self) -> bool:
        """True for premultiplied colour bytes."""
        return (self.components, self.element) == (4, "u8")


_MATRIX: Final = 16


def stored(elements: Elements, count: int, target: BufferTarget, *, quirks: bool = False) -> Buffer:
    """Return elements as a buffer of their own, not writeable.

    Its data has shape (n * components,), or (F, n * components) over a block of frames that are
    not all alike.

    With the reference's quirks a field that does not fill its format is stored number by number
    from the beginning, and formats that the reference does not know are 1 x f32.

    Raises:
        FormatMismatch: IR438.
    """
    if quirks:
        return _stored_as_reference(elements, count, target)
    if target.is_color:
        return _spread_buffer(_quantized(elements, target), -2, count, target)
    fitted = _fitted(elements, target)
    return _spread_buffer(_converted(fitted.data, target.element), fitted.axis, count, target)


def _quantized(elements: Elements, target: BufferTarget) -> Array:
    """Return elements as premultiplied bytes."""
    if elements.kind not in (*NUMBERS, "color", "string"):
        raise _mismatch(elements.kind, target)
    return color_bytes(as_kind(elements, "color", target.field).data)


def _fitted(elements: Elements, target: BufferTarget) -> Elements:
    """Return elements with as many components as the target has."""
    kind, components = elements.kind, target.components
    if kind == "string" and (components, target.element) == (4, "f32"):
        return as_kind(elements, "color", target.field)
    if kind not in COMPONENTS or (components == _MATRIX and target.element != "f32"):
        raise _mismatch(kind, target)
    if kind == "color" and components == 3:
        return Elements("vec3", elements.data[..., :3])
    wanted = kind_of_components(components)
    if kind in NUMBERS and 1 < components < _MATRIX and wanted is not None:
        return as_kind(elements, wanted, target.field)
    if COMPONENTS[kind] != components:
        raise _mismatch(kind, target)
    return elements


def _stored_as_reference(elements: Elements, count: int, target: BufferTarget) -> Buffer:
    components, element = target.components, target.element
    is_matrix = elements.kind == "mat4"
    is_vector = 2 <= components <= 4 and element == "f32"
    is_known = components == 1 or is_vector or is_matrix or target.is_color
    if not is_known:
        components, element = 1, "f32"
    if target.is_color:
        return _spread_buffer(_quantized(elements, target), -2, count, target)
    if elements.kind not in COMPONENTS:
        raise _mismatch(elements.kind, target)
    rows = spread(elements.data, count, elements.axis)
    numbers = flat(rows, elements.axis)[..., : count * components]
    padded = np.zeros((*numbers.shape[:-1], count * components), dtype=np.float64)
    padded[..., : numbers.shape[-1]] = numbers
    return _buffer(_converted(padded, element), components, element)


def _spread_buffer(compact: Array, axis: int, count: int, target: BufferTarget) -> Buffer:
    """Return a copy of converted elements, of which all may be alike; they are on an axis."""
    rows = np.array(spread(compact, count, axis), order="C")
    return _buffer(flat(rows, axis), target.components, target.element)


def _buffer(data: Array, components: int, element: str) -> Buffer:
    """Return numbers that nobody else has as a buffer that nobody can write to."""
    data.flags.writeable = False
    return Buffer(data, components, element)


def _converted(data: Array, element: str) -> Array:
    """Return doubles as a typed array stores them (section 0.4)."""
    match element:
        case "f64":
            return one_nan_copy(data)
        case "f32":
            return to_f32_array(data)
        case "i32":
            return to_i32_array(data)
        case _:
            return to_u32_array(data).astype(ELEMENT_DTYPES[element])


def _mismatch(kind: ElementKind, target: BufferTarget) -> FormatMismatch:
    shape = f"{target.components} x {target.element}"
    return FormatMismatch(field=target.field, kind=kind, format=shape, slot=target.slot)
