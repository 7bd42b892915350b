"""The frame that an output holds, ready to be drawn at any later time."""

from collections.abc import Callable, Iterator, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import numpy as np

from irrun.errors.rendering import CannotDraw
from irrun.ir.render_frame import BufferRef, RenderFrame
from irrun.ir.typed_array import TypedArray
from irrun.ir.values import Array, Buffer


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
    frame: RenderFrame = _record(RenderFrame, value, "$")
    buffers = {ref.buffer_id: _array(ref, peek) for ref in _references(frame)}
    return msgspec.structs.replace(frame, buffers=buffers)


def _record(cls: type[msgspec.Struct], value: Any, at: str) -> Any:
    """Return plain data as a record; msgspec cannot tell a reference from a scalar."""
    if not isinstance(value, Mapping):
        raise CannotDraw(detail=f"an object is needed at {at}")
    hints = get_type_hints(cls)
    members: dict[str, Any] = {}
    for field in msgspec.structs.fields(cls):
        item = value.get(field.encode_name)
        if item is not None:
            members[field.name] = _typed(hints[field.name], item, f"{at}.{field.encode_name}")
        elif field.required:
            raise CannotDraw(detail=f"`{field.encode_name}` is missing at {at}")
    return cls(**members)


def _typed(hint: Any, value: Any, at: str) -> Any:
    """Return plain data as a value of a type."""
    if get_origin(hint) in (Union, UnionType):
        options = [option for option in get_args(hint) if option is not type(None)]
        if len(options) == 1:
            return _typed(options[0], value, at)
        if all(map(_is_record, options)):
            hint = _chosen(options, value, at)
    if _is_record(hint):
        return _record(hint, value, at)
    if get_origin(hint) is tuple and isinstance(value, list | tuple):
        item = get_args(hint)[0]
        return tuple(_typed(item, x, f"{at}[{i}]") for i, x in enumerate(value))
    return _plain(hint, value, at)


def _plain(hint: Any, value: Any, at: str) -> Any:
    if get_origin(hint) is Mapping:
        return value  # free data, which is not drawn
    try:
        return msgspec.convert(value, hint)
    except msgspec.ValidationError as error:
        text = str(error)
        raise CannotDraw(detail=f"{text[:1].lower()}{text[1:]} at {at}") from None


def _is_record(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, msgspec.Struct)


def _chosen(records: list[type[msgspec.Struct]], value: Any, at: str) -> type[msgspec.Struct]:
    """Return the record of a union that an object is: by its kind, or by having a buffer id."""
    members = value if isinstance(value, Mapping) else {}
    kind = members.get("kind")
    for record in records:
        tag = record.__struct_config__.tag
        if tag == kind and (tag is not None or "bufferId" in members):
            return record
    known = ", ".join(f"`{r.__struct_config__.tag}`" for r in records if r.__struct_config__.tag)
    got = "what is" if kind is None else f"`{kind}`"
    raise CannotDraw(detail=f"{got} at {at} is none of {known}")


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
