"""Watched slots over frames: a curve each, and their values."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from irrun.cli.tables.base import new_table, plural
from irrun.cli.tables.sparkline import sparkline
from irrun.layout import Layout
from irrun.numerics.text import number_text
from irrun.trace.columns import Columns
from irrun.trace.text import value_text

_ALL_FRAMES: Final = 24
_ENDS: Final = 8
_FRAME_AND_TIME: Final = 30
_VALUE: Final = 24
"""Columns that the first two columns and each value take at most: numbers stay whole."""


def watch_tables(columns: Columns, layout: Layout, width: int, *, verbose: bool) -> Iterator[Table]:
    """Yield the curves of the watched slots, then the values frame by frame."""
    if columns.length == 0:
        return
    yield _curves(columns, layout, width)
    at_once = max(1, (width - _FRAME_AND_TIME) // _VALUE)
    for start in range(0, len(columns.slots), at_once):
        yield _values(columns, columns.slots[start : start + at_once], verbose=verbose)


def _curves(columns: Columns, layout: Layout, width: int) -> Table:
    table = new_table(f"watched slots over {plural(columns.length, 'frame')}")
    table.add_column("slot", justify="right")
    table.add_column("type", overflow="fold")
    table.add_column("smallest", overflow="fold")
    table.add_column("largest", overflow="fold")
    table.add_column("curve", no_wrap=True, overflow="crop")
    room = max(10, width - 52)
    for slot in columns.slots:
        numbers = columns.numbers(slot)
        if numbers is None:
            table.add_row(
                str(slot), layout[slot].type.short_text(), "", "", Text("no number", "dim")
            )
            continue
        finite = [x for x in numbers.tolist() if math.isfinite(x)]
        low, high = (min(finite), max(finite)) if finite else (math.nan, math.nan)
        curve = sparkline(numbers.tolist(), room)
        table.add_row(
            str(slot), layout[slot].type.short_text(), number_text(low), number_text(high), curve
        )
    return table


def _values(columns: Columns, slots: Sequence[int], *, verbose: bool) -> Table:
    """Return one row to a frame; long runs show both ends unless verbose."""
    table = new_table("values by frame")
    table.add_column("frame", justify="right")
    table.add_column("t in ms", justify="right")
    for slot in slots:
        table.add_column(f"slot {slot}", overflow="fold")
    for index in _shown_frames(columns.length, verbose=verbose):
        if index is None:
            left = columns.length - 2 * _ENDS
            table.add_row("...", Text(f"{left} more", "dim"), *["" for _ in slots])
            continue
        cells = [_cell(columns.column(slot)[index]) for slot in slots]
        table.add_row(str(columns.first + index), number_text(float(columns.t_ms[index])), *cells)
    return table


def _shown_frames(total: int, *, verbose: bool) -> list[int | None]:
    """Return frame indices; None stands for those left out."""
    if verbose or total <= _ALL_FRAMES:
        return list(range(total))
    return [*range(_ENDS), None, *range(total - _ENDS, total)]


def _cell(value: Any) -> Text:
    number = float(value) if isinstance(value, int | float) else value
    return Text(value_text(number), overflow="fold")
