"""Watched slots over frames: a curve each, and their values."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from irrun.cli.tables.base import Table, new_table
from irrun.cli.tables.sparkline import sparkline
from irrun.cli.text import Text
from irrun.errors.showing import plural
from irrun.numerics.text import number_text
from irrun.program.layout import Layout
from irrun.trace.columns import Columns
from irrun.trace.text import value_text

_ALL_FRAMES: Final = 24
_ENDS: Final = 8
_FRAME_AND_TIME: Final = 30
_SLOT: Final = 4
_NO_NUMBER: Final = Text("no number", "dim")
_VALUE: Final = 24
"""Columns that the first two columns and each value take at most: numbers stay whole."""


def watch_tables(columns: Columns, layout: Layout, width: int, *, verbose: bool) -> Iterator[Table]:
    """Yield the curves of what is watched, then the values frame by frame."""
    watched = _watched(columns, layout)
    if columns.length == 0:
        return
    yield _curves(watched, columns.length, width)
    at_once = max(1, (width - _FRAME_AND_TIME) // _VALUE)
    for start in range(0, len(watched), at_once):
        yield _values(columns, watched[start : start + at_once], verbose=verbose)


class _Watched(msgspec.Struct, frozen=True):
    """One column: a slot, or a number of the buffer that it holds."""

    slot: int
    name: str
    type: str
    numbers: Sequence[float] | None
    """NaN where a buffer has no such number; None if it is not always a number."""
    cells: Sequence[Any] | NDArray[np.float64]


def _watched(columns: Columns, layout: Layout) -> list[_Watched]:
    """Return what is watched, by slot; a slot itself comes before its parts."""
    found = []
    for slot in columns.slots:
        numbers = columns.numbers(slot)
        listed = None if numbers is None else numbers.tolist()
        found.append(_Watched(slot, str(slot), _type(layout, slot), listed, columns.column(slot)))
    for point in columns.points:
        cells = columns.at_point(point)
        is_number = any(cell is not None for cell in cells)
        filled = [math.nan if cell is None else cell for cell in cells]
        shown = [_NO_NUMBER if cell is None else cell for cell in cells]
        numbers_at = filled if is_number else None
        kind = _type(layout, point.slot)
        found.append(_Watched(point.slot, point.text, kind, numbers_at, shown))
    return sorted(found, key=lambda watched: watched.slot)


def _type(layout: Layout, slot: int) -> str:
    # The layout is that of the program that ran last; one swapped in may lack the slot.
    return layout[slot].type.short_text() if slot in layout.by_slot else "-"


def _curves(watched: Sequence[_Watched], frames: int, width: int) -> Table:
    table = new_table(f"watched slots over {plural(frames, 'frame')}")
    table.add_column("slot", justify="right")
    table.add_column("type", overflow="fold")
    table.add_column("smallest", overflow="fold")
    table.add_column("largest", overflow="fold")
    table.add_column("curve", no_wrap=True, overflow="crop")
    # Names of parts take room that curves of slots alone have.
    room = max(10, width - 52 - max(0, max(len(item.name) for item in watched) - _SLOT))
    for item in watched:
        if item.numbers is None:
            table.add_row(item.name, item.type, "", "", _NO_NUMBER)
            continue
        finite = [x for x in item.numbers if math.isfinite(x)]
        low, high = (min(finite), max(finite)) if finite else (math.nan, math.nan)
        curve = sparkline(item.numbers, room)
        table.add_row(item.name, item.type, number_text(low), number_text(high), curve)
    return table


def _values(columns: Columns, watched: Sequence[_Watched], *, verbose: bool) -> Table:
    """Return one row to a frame; long runs show both ends unless verbose."""
    table = new_table("values by frame")
    table.add_column("frame", justify="right")
    table.add_column("t in ms", justify="right")
    for item in watched:
        table.add_column(f"slot {item.name}", overflow="fold")
    for index in _shown_frames(columns.length, verbose=verbose):
        if index is None:
            left = columns.length - 2 * _ENDS
            table.add_row("...", Text(f"{left} more", "dim"), *["" for _ in watched])
            continue
        cells = [_cell(item.cells[index]) for item in watched]
        table.add_row(str(columns.first + index), number_text(float(columns.t_ms[index])), *cells)
    return table


def _shown_frames(total: int, *, verbose: bool) -> list[int | None]:
    """Return frame indices; None stands for those left out."""
    if verbose or total <= _ALL_FRAMES:
        return list(range(total))
    return [*range(_ENDS), None, *range(total - _ENDS, total)]


def _cell(value: Any) -> Text:
    if isinstance(value, Text):
        return value
    number = float(value) if isinstance(value, int | float) else value
    return Text(value_text(number), overflow="fold")
