"""Save a running program and go on with it later: state, slots, clock, frame count.

A run of N frames equals N frames in two halves with a snapshot between them.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgpack
import msgspec
import numpy as np

from irrun.errors.loading import BadSnapshot
from irrun.ir import render_frame
from irrun.ir.documents import to_plain
from irrun.ir.state import StateLayout
from irrun.ir.time_model import TimeModel
from irrun.ir.typed_array import DTYPES, TypedArray
from irrun.ir.types import STATE_STORAGES
from irrun.ir.values import RECORDS, Viewport
from irrun.limits import STATE_SIZE
from irrun.numerics.arrays import one_nan_copy
from irrun.numerics.convert import one_nan
from irrun.program.program import Program
from irrun.program.reading.plain.msgpack_bytes import check_size
from irrun.runtime.clock import Clock
from irrun.runtime.hot_swap import SwapReport, carry_state, carry_time
from irrun.runtime.runtime import Runtime
from irrun.runtime.state import StateBuffer
from irrun.steps.actors import CALLER, Actor

FORMAT: Final = "irrun-state"
VERSION: Final = 1

_TAG: Final = "$irrun"
_RECORDS: Final[dict[str, type]] = {
    cls.__name__: cls
    for cls in (*RECORDS, Viewport, *vars(render_frame).values())
    if isinstance(cls, type)
}
"""Values in slots, and the records that are parts of them."""

_DTYPES: Final = {dtype.str: dtype for dtype in DTYPES.values()}


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
            "previous": [None if x is None else one_nan(x) for x in clock.memory],
        },
        "stateLayout": to_plain(state.layout),
        "state": {name: _encode(state.array(name)) for name in STATE_STORAGES},
        "private": [
            [*key, list(map(one_nan, numbers))]
            for key, numbers in sorted(state.private.items())  # exact: texts
        ],
        "slots": [
            [slot, _encode(values.peek(slot)), _writer_document(values.writer_of(slot))]
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
    saved = _read(_parse(data))
    is_same = saved.digest == runtime.program.digest
    if is_same:
        _check_fits(saved, runtime)
    runtime.frame_count = saved.frame_count
    runtime.cache.frame_id = saved.frame_id
    kept = carry_time(saved.clock, runtime.clock)
    if not is_same:
        cells = carry_state(saved.state, runtime.state)
        patch_id = runtime.program.document.patch_id
        return SwapReport(runtime.frame_count, patch_id, cells, kept)
    for name in STATE_STORAGES:
        runtime.state.array(name)[:] = saved.state.array(name)
    runtime.state.private.update(saved.state.private)
    runtime.values.clear()
    for slot, value, writer in saved.slots:
        runtime.values.actor = _actor(runtime.program, writer)
        runtime.values.write(slot, value)
    runtime.values.actor = CALLER
    runtime.values.clear()
    return None


def frames_of_snapshot(data: bytes) -> int:
    """Return how many frames had run when a snapshot was taken.

    Raises:
        BadSnapshot: IR120.
    """
    count = _parse(data).get("frameCount")
    if not isinstance(count, int) or count < 0:
        raise BadSnapshot(detail="it has no frame count")
    return count


class _Saved(msgspec.Struct, frozen=True):
    """A snapshot, read and checked whole."""

    digest: str
    frame_count: int
    frame_id: int
    clock: Clock
    state: StateBuffer
    slots: tuple[tuple[int, Any, int | str], ...]
    """Slot, value, and who wrote it: the index of a step, else words."""


def _read(document: Mapping[str, Any]) -> _Saved:
    """Read every member of a snapshot, so that a damaged one changes nothing."""
    try:
        return _Saved(
            str(document["program"]["digest"]),
            _count(document["frameCount"]),
            _count(document["frameId"]),
            _saved_clock(document["clock"]),
            _saved_state(document),
            tuple((_count(s), _decode(v), _writer(w)) for s, v, w in document["slots"]),
        )
    except RecursionError:
        raise BadSnapshot(detail="it is nested too deep") from None
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadSnapshot(detail=f"{type(error).__name__}: {error}") from None


def _check_fits(saved: _Saved, runtime: Runtime) -> None:
    """Check that a snapshot of the runtime's own program has its slots and its state."""
    slots = [slot for slot, _, _ in saved.slots]
    if saved.state.layout != runtime.state.layout:
        raise BadSnapshot(detail="its state layout is not that of its program")
    if len(set(slots)) < len(slots) or not all(map(runtime.values.has, slots)):
        raise BadSnapshot(detail="its slots are not those of its program")
    if any(isinstance(w, int) and w >= len(runtime.program.steps) for _, _, w in saved.slots):
        raise BadSnapshot(detail="its steps are not those of its program")


def _writer_document(actor: Actor | None) -> int | str:
    """Return the index of a step that wrote, else what it is called that did."""
    if actor is None:
        return ""
    return actor.name if actor.step is None else actor.step


def _writer(document: Any) -> int | str:
    if isinstance(document, str):
        return document
    return _count(document)


def _actor(program: Program, writer: int | str) -> Actor:
    return Actor(writer) if isinstance(writer, str) else Actor(program.steps[writer].id, writer)


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r:.40} is no count")
    return value


def _parse(data: bytes) -> Mapping[str, Any]:
    check_size(data)
    try:
        document = msgpack.unpackb(data, strict_map_key=False)
    except MemoryError:
        raise
    except Exception as error:
        raise BadSnapshot(detail=str(error) or type(error).__name__) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BadSnapshot(detail=f"its format is not {FORMAT}")
    if document.get("version") != VERSION:
        raise BadSnapshot(detail=f"version {document.get('version')} is not {VERSION}")
    return document


def _saved_state(document: Mapping[str, Any]) -> StateBuffer:
    layout = msgspec.convert(document["stateLayout"], StateLayout)
    if any(layout.size_of(name) > STATE_SIZE.value for name in STATE_STORAGES):
        raise ValueError("its state arrays are too large")
    state = StateBuffer(layout)
    for name in STATE_STORAGES:
        state.array(name)[:] = _decode(document["state"][name])
    for state_id, name, numbers in document["private"]:
        state.private[state_id, name] = [float(x) for x in numbers]
    return state


def _saved_clock(document: Mapping[str, Any]) -> Clock:
    model: TimeModel = msgspec.convert(document["model"], TimeModel)
    clock = Clock(model, document["fps"])
    previous = (None if x is None else float(x) for x in document["previous"])
    clock.previous_t_ms, clock.previous_model_ms, clock.previous_cycle = previous
    return clock


def _encode(value: Any) -> Any:
    """Return a slot value as plain MessagePack data; records are told apart by a tag."""
    if isinstance(value, float):
        return one_nan(value)
    if value is None or isinstance(value, bool | int | str | bytes):
        return value
    if isinstance(value, np.ndarray):
        data = one_nan_copy(value).tobytes()
        return {_TAG: "array", "dtype": value.dtype.str, "data": data}
    if isinstance(value, TypedArray):
        return _encode(value.array)
    if isinstance(value, list):
        return [_encode(item) for item in value]
    if isinstance(value, tuple):
        return {_TAG: "tuple", "items": [_encode(item) for item in value]}
    if isinstance(value, Mapping):
        return {_TAG: "map", "members": [[key, _encode(item)] for key, item in value.items()]}
    members = {name: _encode(getattr(value, name)) for name in value.__struct_fields__}
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
    "array": lambda v: np.frombuffer(v["data"], dtype=_DTYPES[v["dtype"]]).copy(),
    "tuple": lambda v: tuple(_decode(item) for item in v["items"]),
    "map": lambda v: {key: _decode(item) for key, item in v["members"]},
}
