"""Event streams: lists of occurrences by time (runtime-semantics section 9)."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from irrun.errors.expressions import UnknownMode
from irrun.numerics.convert import to_number

Occurrence = Mapping[str, Any]
"""`time` in ms and `value`."""
Stream = Sequence[Occurrence]


def stream_of(value: Any) -> Stream:
    """Return a slot's value as a stream; anything that is no list counts as empty."""
    return value if isinstance(value, list | tuple) else []


def combined_streams(mode: str, streams: Sequence[Stream], *, quirks: bool = False) -> Stream:
    """Combine the streams of the enabled publishers.

    `merge` orders by time and keeps the order of equal times; occurrences are not copied.

    Raises:
        UnknownMode: IR419.
    """
    if not streams:
        return []
    match mode:
        case "merge" | "sum":
            if mode == "sum" and quirks:
                raise UnknownMode(mode=mode, place="an event bus")
            return merged(streams)
        case "first":
            return streams[0]
        case "last":
            return streams[-1]
        case _:
            raise UnknownMode(mode=mode, place="an event bus")


def merged(streams: Sequence[Stream]) -> Stream:
    """Return all occurrences by time, stable; times that are NaN come last."""
    return sorted((event for stream in streams for event in stream), key=_by_time)


def _by_time(event: Any) -> tuple[bool, float]:
    time = to_number(event.get("time")) if isinstance(event, Mapping) else math.nan
    return (time != time, 0.0 if time != time else time)
