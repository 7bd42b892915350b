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
    part_name,
)
from irrun.compare.golden.update import Outcome, Recorded
from irrun.compare.output.compare import Comparison, Divergence, ValueDifference
from irrun.compare.output.document import Golden, decoded
from irrun.compare.output.values import as_number
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
    # Of values that differ alike one shows how.
    heads = {group[0].name for group in comparison.alike}
    values = [v for v in comparison.values if verbose or v.name in heads]
    for value in values[:limit]:
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
        leaf, largest = value.first.leaf, ""
        if value.largest is not None:
            largest = distance(value.largest.leaf)
        elif leaf.remarks:
            largest = "; ".join(leaf.changes) or "sampled array"
        cells: list[Text | str] = [
            Text(part_name(value.first), overflow="fold"),
            str(value.first.frame),
            f"{value.frames:,}",
            largest or "not a number",
        ]
        table.add_row(*cells, *([value.info.step or "-"] if width >= WIDE else []))
    return table


def _frames_table(value: ValueDifference, *, verbose: bool) -> Table:
    runs = _runs(value) if verbose else _runs(value)[:_SHOWN_FRAMES]
    shown = [run[0] for run in runs]
    left = value.frames - sum(map(len, runs))
    table = new_table(
        value.name, caption=f"{plural(left, 'more frame')} with differences" if left else None
    )
    table.add_column("frame", justify="right")
    has_places = any(found.leaf.path for found in shown)
    if has_places:
        table.add_column("where", overflow="fold")
    in_words = all(_is_array(found) for found in shown)
    for name in ["difference"] if in_words else ["expected", "got", "off by"]:
        table.add_column(name, overflow="fold")
    for run in runs:
        leaf, last = run[0].leaf, f"-{run[-1].frame}" if len(run) > 1 else ""
        where = [leaf.path] if has_places else []
        texts = [[leaf_text(leaf.expected)], [leaf_text(leaf.got)], [distance(leaf)]]
        lines = [leaf.changes] if in_words else texts
        table.add_row(f"{run[0].frame}{last}", *where, *map(Text.of_lines, lines))
    return table


def _is_array(found: Divergence) -> bool:
    """True for an array of which words alone say how it differs."""
    return bool(found.leaf.changes) and not found.leaf.is_numeric


def _goes_on(before: Divergence, found: Divergence) -> bool:
    """True if the next frame differs in the same words."""
    a, b = before.leaf, found.leaf
    return before.frame + 1 == found.frame and (a.path, a.changes) == (b.path, b.changes)


def _runs(value: ValueDifference) -> list[list[Divergence]]:
    """Return the differences that are shown; arrays in a row that differ alike as one."""
    runs: list[list[Divergence]] = []
    for found in value.shown:
        if runs and _is_array(found) and _goes_on(runs[-1][-1], found):
            runs[-1].append(found)
        else:
            runs.append([found])
    return runs


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
