"""Goldens: what was recorded, how values differ."""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

from irrun.cli.say import columns
from irrun.cli.tables.base import LISTED, WIDE, Table, new_table
from irrun.cli.tables.sparkline import sparkline
from irrun.cli.text import Text
from irrun.compare.golden.many.find import golden_name
from irrun.compare.golden.report.wording import (
    difference_line,
    difference_lines,
    distance,
    leaf_text,
)
from irrun.compare.golden.update import Outcome, Recorded
from irrun.compare.output.compare import Comparison, ValueDifference
from irrun.compare.output.document import Golden, decoded
from irrun.compare.output.leaves import as_number
from irrun.errors.showing import plural, shown

_SHOWN_FRAMES: Final = 6
_RECORDED_NAME: Final = 36


def recorded_table(done: Sequence[Recorded]) -> Table:
    """Return a line for each golden: new, same or changed, and by how much."""
    table = new_table(f"{plural(len(done), 'golden')} recorded")
    longest = max((columns(shown(golden_name(item.path))) for item in done), default=0)
    table.add_column("golden", overflow="fold", min_width=min(longest, _RECORDED_NAME))
    table.add_column("is")
    table.add_column("frames", justify="right")
    table.add_column("values", justify="right")
    table.add_column("stubs", justify="right")
    table.add_column("what changed", overflow="fold")
    for item in done:
        header = item.golden.header
        style = {Outcome.NEW: "green", Outcome.SAME: "", Outcome.CHANGED: "bold magenta"}
        changed = "" if item.comparison is None else _changed(item)
        table.add_row(
            golden_name(item.path),
            Text(item.outcome, style[item.outcome]),
            f"{len(item.golden.frames):,}",
            f"{len(header.values):,}",
            f"{len(header.stubs):,}" if header.stubs else "-",
            changed,
        )
    return table


def _changed(item: Recorded) -> str:
    comparison = item.comparison
    if comparison is None:
        return ""
    frames = ", ".join(map(str, item.pictures))
    drawn = [f"what is drawn in frame {frames}"] if item.pictures else []
    if comparison.is_same:
        return "; ".join(drawn) or "only the order of values"
    values = difference_line(comparison)
    return "; ".join([*comparison.settings, *_gone(comparison), values, *drawn])


def _gone(comparison: Comparison) -> Iterator[str]:
    if comparison.removed:
        yield f"gone: {', '.join(comparison.removed)}"
    if comparison.added:
        yield f"new: {', '.join(comparison.added)}"


def comparison_tables(
    expected: Golden, got: Golden, comparison: Comparison, width: int, *, verbose: bool
) -> Iterator[Any]:
    """Yield the difference of two outputs: in words, a table of values, curves, frames."""
    yield Text.of_lines(difference_lines(comparison))
    if not comparison.values:
        return
    yield _values_table(comparison, width, verbose=verbose)
    limit = None if verbose else 3
    for value in comparison.values[:limit]:
        yield from _curves(expected, got, value, width)
        yield _frames_table(value, verbose=verbose)


def _values_table(comparison: Comparison, width: int, *, verbose: bool) -> Table:
    shown = comparison.values if verbose else comparison.values[: LISTED + 4]
    left = len(comparison.values) - len(shown)
    table = new_table(
        f"{plural(len(comparison.values), 'value')} that differ",
        caption=f"{left} more (-v shows them)" if left else None,
    )
    table.add_column("value", overflow="fold")
    table.add_column("first", justify="right")
    table.add_column("frames", justify="right")
    table.add_column("largest difference", overflow="fold")
    if width >= WIDE:
        table.add_column("written by", overflow="fold")
    for value in shown:
        largest = "" if value.largest is None else distance(value.largest.leaf)
        cells: list[Text | str] = [
            Text(value.name + value.first.leaf.path, overflow="fold"),
            str(value.first.frame),
            f"{value.frames:,}",
            largest or ("sampled array" if value.first.leaf.note else "not a number"),
        ]
        table.add_row(*cells, *([value.info.step or "-"] if width >= WIDE else []))
    return table


def _frames_table(value: ValueDifference, *, verbose: bool) -> Table:
    shown = value.shown if verbose else value.shown[:_SHOWN_FRAMES]
    left = value.frames - len(shown)
    table = new_table(
        value.name, caption=f"{plural(left, 'more frame')} with differences" if left else None
    )
    table.add_column("frame", justify="right")
    if any(found.leaf.path for found in shown):
        table.add_column("where", overflow="fold")
    table.add_column("expected", overflow="fold")
    table.add_column("got", overflow="fold")
    table.add_column("off by", overflow="fold")
    for found in shown:
        where = [found.leaf.path] if len(table.columns) == 5 else []
        texts = (leaf_text(found.leaf.expected), leaf_text(found.leaf.got), distance(found.leaf))
        table.add_row(str(found.frame), *where, *(Text(t, overflow="fold") for t in texts))
    return table


def _curves(expected: Golden, got: Golden, value: ValueDifference, width: int) -> Iterator[Text]:
    """Yield both curves of a value that is a number in every frame."""
    both = [_numbers(golden, value.name) for golden in (expected, got)]
    if not all(len(numbers) > 1 for numbers in both):
        return
    finite = [x for numbers in both for x in numbers if math.isfinite(x)]
    if not finite:
        return
    ends = min(finite), max(finite)
    for name, numbers in zip(("expected", "got     "), both, strict=True):
        curve = sparkline(numbers, max(20, width - 14), ends=ends)
        yield Text(f"  {name}  {curve}", no_wrap=True, overflow="crop")


def _numbers(golden: Golden, name: str) -> list[float]:
    """Return a value over frames, or nothing if it is not always a number."""
    found = []
    for _, values in golden.values():
        number = as_number(decoded(values.get(name)))
        if number is None:
            return []
        found.append(number)
    return found
