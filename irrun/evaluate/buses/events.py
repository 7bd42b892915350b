"""Event streams: lists of occurrences by time (runtime-semantics section 9)."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from irrun.errors import IrrunError
from irrun.errors.checks.values import NanSortKey
from irrun.errors.expressions import UnknownMode
from irrun.numerics.convert import to_number
from irrun.numerics.order import ascending

Occurrence = Mapping[str, Any]
"""`time` in ms and `value`."""
Stream = Sequence[Occurrence]
EVENT_MODES: Final[Mapping[str, int | None]] = {"merge": None, "sum": None, "first": 0, "last": -1}
"""Modes, and which stream each picks; None where all are merged."""
EVENT_BUS: Final = "an event bus"
Report = Callable[[IrrunError], None]


def stream_of(value: Any) -> Stream:
    """Return a slot's value as a stream; anything that is no list counts as empty."""
    return value if isinstance(value, list | tuple) else []


def combined_streams(
    mode: str,
    streams: Sequence[Stream],
    *,
    quirks: bool = False,
    report: Report = lambda finding: None,
) -> Stream:
    """Combine the streams of the enabled publishers.

    `merge` orders by time and keeps the order of equal times; occurrences are not copied.

    Args:
        mode: The bus's combine mode.
        streams: What the enabled publishers hold, in order.
        quirks: Refuse a mode that the reference does not have.
        report: Takes a warning about a time that is NaN.

    Raises:
        UnknownMode: IR419.
    """
    if not streams:
        return []
    if mode not in EVENT_MODES or (mode == "sum" and quirks):
        raise UnknownMode(mode=mode, place=EVENT_BUS)
    at = EVENT_MODES[mode]
    return merged(streams, report) if at is None else streams[at]


def merged(streams: Sequence[Stream], report: Report) -> Stream:
    """Return all occurrences by time, stable; times that are NaN come last."""
    found = [event for stream in streams for event in stream]
    found.sort(key=lambda event: ascending(_time(event)))
    if found and math.isnan(_time(found[-1])):
        report(NanSortKey(what="the time of an event"))
    return found


def _time(event: Any) -> float:
    """Return an occurrence's time; NaN for what is no occurrence."""
    return to_number(event.get("time")) if isinstance(event, Mapping) else math.nan
