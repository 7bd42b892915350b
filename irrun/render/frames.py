"""The frame that an output holds, ready to be drawn at any later time."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
import numpy as np

from irrun.errors import Malformed
from irrun.errors.rendering import CannotDraw
from irrun.ir.render_frame import BufferRef, RenderFrame
from irrun.ir.typed_array import TypedArray
from irrun.ir.values import Array, Buffer
from irrun.program.reading.findings import Findings
from irrun.program.reading.schema import record_reader
from irrun.program.reading.walk import Walk


def frame_of(value: Any, peek: Callable[[int], Any]) -> RenderFrame:
    """Return an output's value as a frame that holds its arrays.

    A frame in the form of a document (ir-schema section 17), as an initial slot value can give
    it, refers to arrays by the slots that they are in.

    Raises:
        CannotDraw: IR483, the value is no frame, or not a whole one.
    """
    if isinstance(value, RenderFrame):
        return value
    if not isinstance(value, Mapping):
        raise CannotDraw(detail="the output holds no frame")
    try:
        frame: RenderFrame = record_reader(RenderFrame)(Walk(Findings()), dict(value), None)
    except Malformed as error:
        hint = f" ({error.hint_text})" if error.hint_text else ""
        raise CannotDraw(detail=f"{error.sentence} at {error.where.path}{hint}") from None
    buffers = {ref.buffer_id: _array(ref, peek) for ref in _references(frame)}
    return msgspec.structs.replace(frame, buffers=buffers)


def _references(value: Any) -> Iterator[BufferRef]:
    """Yield every reference to a buffer, at any depth."""
    if isinstance(value, BufferRef):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _references(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _references(item)


def _array(ref: BufferRef, peek: Callable[[int], Any]) -> Array:
    value = peek(ref.buffer_id)
    if isinstance(value, Buffer):
        value = value.data
    if isinstance(value, TypedArray):
        value = value.array
    if not isinstance(value, np.ndarray):
        raise CannotDraw(detail=f"slot {ref.buffer_id} holds no buffer")
    return value.copy()
