"""Save a running program and go on with it later: state, slots, clock, frame count.

A run of N frames equals N frames in two halves with a snapshot between them.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final

import msgpack
import msgspec
import numpy as np

from irrun.errors.loading import BadSnapshot
from irrun.ir.documents import to_plain
from irrun.ir.render_frame import RenderFrame
from irrun.ir.state import StateLayout
from irrun.ir.time_model import TimeModel
from irrun.ir.typed_array import TypedArray
from irrun.ir.types import StateStorage
from irrun.ir.values import (
    Buffer,
    CameraEval,
    CombinedField,
    DomainHandle,
    FieldRef,
    Instances,
    MeshBuffer,
    Viewport,
)
from irrun.runtime.clock import Clock
from irrun.runtime.hot_swap import SwapReport, carry_state, carry_time
from irrun.runtime.runtime import Runtime
from irrun.runtime.state import StateBuffer

FORMAT: Final = "irrun-state"
VERSION: Final = 1

_ARRAYS: Final[tuple[StateStorage, ...]] = ("f64", "f32", "i32")
_TAG: Final = "$irrun"
_RECORDS: Final = {
    cls.__name__: cls
    for cls in (Buffer, CameraEval, CombinedField, DomainHandle, FieldRef, Instances, MeshBuffer,
                Viewport)
}  # fmt: skip


def take_snapshot(runtime: Runtime) -> bytes:
    """Return everything that a runtime needs to go on, as MessagePack."""
    clock, state, values = runtime.clock, runtime.state, runtime.values
    document = {
        "format": FORMAT,
        "version": VERSION,
        "program": {"patchId": runtime.program.document.patch_id, "digest": runtime.program.digest},
        "frameCount": runtime.frame_count,
        "frameId": runtime.cache.frame_id,
        "clock": {
            "model": to_plain(clock.model),
            "fps": clock.fps,
            "previous": [clock.previous_t_ms, clock.previous_model_ms, clock.previous_cycle],
        },
        "stateLayout": to_plain(state.layout),
        "state": {name: _encode(state.array(name)) for name in _ARRAYS},
        "private": [[*key, numbers] for key, numbers in state.private.items()],
        "slots": [
            [slot, _encode(values.peek(slot)), values.writer_of(slot) or ""]
            for slot in values.slots
            if values.was_ever_written(slot)
        ],
    }
    packed = msgpack.packb(document, use_bin_type=True)
    assert isinstance(packed, bytes)
    return packed


def restore_snapshot(runtime: Runtime, data: bytes) -> SwapReport | None:
    """Put a fresh runtime into the state of a snapshot.

    Returns:
        None if the snapshot belongs to the runtime's program, and everything was restored; else
        what became of the state cells: another program takes them over by the rules of hot swap,
        and keeps its own initial slot values.

    Raises:
        BadSnapshot: IR120, the bytes are no snapshot.
    """
    document = _parse(data)
    try:
        return _restore(runtime, document)
    except (KeyError, TypeError, ValueError, IndexError, msgspec.ValidationError) as error:
        raise BadSnapshot(detail=f"{type(error).__name__}: {error}") from None


def frames_of_snapshot(data: bytes) -> int:
    """Return how many frames had run when a snapshot was taken.

    Raises:
        BadSnapshot: IR120.
    """
    count = _parse(data).get("frameCount")
    if not isinstance(count, int) or count < 0:
        raise BadSnapshot(detail="it has no frame count")
    return count


def _restore(runtime: Runtime, document: Mapping[str, Any]) -> SwapReport | None:
    saved = _saved_state(document)
    clock = _saved_clock(document["clock"])
    runtime.frame_count = int(document["frameCount"])
    runtime.cache.frame_id = int(document["frameId"])
    if document["program"]["digest"] == runtime.program.digest:
        for name in _ARRAYS:
            runtime.state.array(name)[:] = saved.array(name)
        runtime.state.private.update(saved.private)
        carry_time(clock, runtime.clock)
        runtime.values.clear()
        for slot, value, writer in document["slots"]:
            runtime.values.actor = writer
            runtime.values.write(slot, _decode(value))
        runtime.values.clear()
        return None
    cells = carry_state(saved, runtime.state)
    kept = carry_time(clock, runtime.clock)
    patch_id = runtime.program.document.patch_id
    return SwapReport(runtime.frame_count, patch_id, cells, kept)


def _parse(data: bytes) -> Mapping[str, Any]:
    try:
        document = msgpack.unpackb(data, strict_map_key=False)
    except Exception as error:
        raise BadSnapshot(detail=str(error) or type(error).__name__) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BadSnapshot(detail=f"its format is not {FORMAT}")
    if document.get("version") != VERSION:
        raise BadSnapshot(detail=f"version {document.get('version')} is not {VERSION}")
    return document


def _saved_state(document: Mapping[str, Any]) -> StateBuffer:
    state = StateBuffer(msgspec.convert(document["stateLayout"], StateLayout))
    for name in _ARRAYS:
        state.array(name)[:] = _decode(document["state"][name])
    for state_id, name, numbers in document["private"]:
        state.private[state_id, name] = [float(x) for x in numbers]
    return state


def _saved_clock(document: Mapping[str, Any]) -> Clock:
    model: TimeModel = msgspec.convert(document["model"], TimeModel)
    clock = Clock(model, document["fps"])
    previous = document["previous"]
    clock.previous_t_ms, clock.previous_model_ms, clock.previous_cycle = previous
    return clock


def _encode(value: Any) -> Any:
    """Return a slot value as plain MessagePack data; records are told apart by a tag."""
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value
    if isinstance(value, np.ndarray):
        return {_TAG: "array", "dtype": value.dtype.str, "data": value.tobytes()}
    if isinstance(value, TypedArray):
        return _encode(value.array)
    if isinstance(value, list):
        return [_encode(item) for item in value]
    if isinstance(value, tuple):
        return {_TAG: "tuple", "items": [_encode(item) for item in value]}
    if isinstance(value, RenderFrame):
        return {_TAG: "RenderFrame", "document": to_plain(value)}
    if isinstance(value, Mapping):
        return {_TAG: "map", "members": [[key, _encode(item)] for key, item in value.items()]}
    members = {f.name: _encode(getattr(value, f.name)) for f in fields(value)}
    return {_TAG: type(value).__name__, "members": members}


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return [_decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    tag = value[_TAG]
    special = _DECODERS.get(tag)
    if special is not None:
        return special(value)
    members = {name: _decode(item) for name, item in value["members"].items()}
    return _RECORDS[tag](**members)


_DECODERS: Final[dict[str, Callable[[dict[str, Any]], Any]]] = {
    "array": lambda v: np.frombuffer(v["data"], dtype=np.dtype(v["dtype"])).copy(),
    "tuple": lambda v: tuple(_decode(item) for item in v["items"]),
    "map": lambda v: {key: _decode(item) for key, item in v["members"]},
    "RenderFrame": lambda v: msgspec.convert(v["document"], RenderFrame),
}
