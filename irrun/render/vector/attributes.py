"""The attributes of a pass: one value for each instance or path, from a buffer or a scalar."""

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

from irrun.errors.rendering import CannotDraw
from irrun.ir.render_frame import BufferRef, RenderFrame, ScalarF32, ScalarU16, ScalarU32
from irrun.ir.values import Array
from irrun.render.vector.colors import Paint, paint_of_bytes, paint_of_packed


def array_of(frame: RenderFrame, ref: BufferRef, least: int = 0) -> Array:
    """Return the array of a buffer, in which there must be at least `least` numbers.

    Raises:
        CannotDraw: IR483.
    """
    array = (frame.buffers or {}).get(ref.buffer_id)
    if array is None:
        raise CannotDraw(detail=f"buffer {ref.buffer_id} is not there")
    if array.size < least:
        raise CannotDraw(
            detail=f"buffer {ref.buffer_id} has {array.size} numbers; {least} are needed"
        )
    return array


def elements_of(frame: RenderFrame, ref: BufferRef, least: int = 0) -> list[Any]:
    """Return the elements of a buffer; raises as `array_of` does."""
    found: list[Any] = array_of(frame, ref, least).tolist()
    return found


def numbers(
    frame: RenderFrame,
    attribute: BufferRef | ScalarF32 | ScalarU16 | None,
    default: float,
    count: int,
) -> Iterable[float]:
    """Return one number for each of `count` elements."""
    if isinstance(attribute, BufferRef):
        return elements_of(frame, attribute, count)
    return repeat(default if attribute is None else attribute.value, count)


def paints(
    frame: RenderFrame, attribute: BufferRef | ScalarU32 | None, default: int, count: int
) -> Iterable[Paint | None]:
    """Return one paint for each of `count` elements; None is no paint."""
    if isinstance(attribute, BufferRef):
        data: Sequence[int] = elements_of(frame, attribute, 4 * count)
        return [paint_of_bytes(*map(int, data[4 * i : 4 * i + 4])) for i in range(count)]
    return repeat(paint_of_packed(default if attribute is None else attribute.value), count)


def alpha_of(base: float, opacity: float) -> float:
    """Return `base * opacity`; a canvas ignores what is not within 0 to 1 (section 16.1)."""
    alpha = base * opacity
    return alpha if 0.0 <= alpha <= 1.0 else base
