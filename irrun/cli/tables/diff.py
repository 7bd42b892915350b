"""A comparison of two programs: verdict, data, runs, cause."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from irrun.cli.tables.base import DIM, LISTED, WIDE, Table, new_table, program_text
from irrun.cli.text import Text
from irrun.compare.diff.cause.cause import Cause
from irrun.compare.diff.change import Change, ProgramDiff
from irrun.compare.diff.compare import Comparison
from irrun.compare.diff.runs.lockstep import BEFORE, DifferingValue, RunsDiff, Stop
from irrun.compare.diff.wording import shown
from irrun.compare.output.changes import summary_text
from irrun.compare.output.leaves import Leaf
from irrun.compare.output.summaries import is_array_summary
from irrun.errors.showing import plural
from irrun.numerics.text import number_text
from irrun.program.program import Program

_BEFORE: Final = "before frame 0"
_LISTED_VALUES: Final = 8
_NUMBER: Final = 20
"""Columns that most numbers need to stay whole."""
_ACTIONS: Final = ("added", "removed", "changed", "moved")
_OLD, _NEW = "magenta", "cyan"


def comparison_tables(found: Comparison, width: int, *, full: bool) -> Iterator[Table | Text]:
    """Yield a comparison as a story: what, where, when, why."""
    for name, side, style in (("A", found.pair.a, _OLD), ("B", found.pair.b, _NEW)):
        yield _program(name, side.program, style)
    yield _verdict(found)
    changes = found.data.all if full else found.data.changes
    if changes:
        yield Text("")
        yield _counts(found.data)
        yield _changes(changes, width, full=full)
    runs = found.runs
    if runs is None:
        return
    for rule in runs.unused_rules:
        yield Text(f"the tolerance {rule} names no value that was compared", style=DIM)
    if runs.agree:
        if runs.stops:
            yield _stops(runs.stops)
        return
    cause = found.cause
    if cause is not None and cause.symptom is not None:
        yield _first(cause.symptom, runs, cause.output)
    elif cause is not None and cause.stop is not None:
        yield _stops(runs.stops)
    if len(runs.divergences) > 1:
        yield _values(runs, width, full=full)
    if cause is not None:
        yield _why(cause)


def _program(name: str, program: Program, style: str) -> Text:
    """Return which program is meant by A or B."""
    text = Text().append(name, style).append(f"  {program_text(program)}")
    return text if program.name is None else text.append(f" · {program.name}", style=DIM)


def _verdict(found: Comparison) -> Text:
    """Return all in a sentence or two."""
    data, runs = found.data, found.runs
    text = Text(style="bold" if not found.same else "")
    if not data.changes:
        text.append("A and B do not differ in their data")
    else:
        places = plural(len(data.changes), "place")
        affecting = sum(change.affects_run for change in data.changes)
        which = "none of which" if not affecting else f"{affecting:,} of which"
        if affecting == len(data.changes):
            which = "which" if affecting == 1 else "all of which"
        verb = "can affect a run"
        text.append(f"A and B differ in {places} of their data, {which} {verb}")
    text.append("; " + ("they were not run." if runs is None else _run_verdict(runs)))
    return text


def _run_verdict(runs: RunsDiff) -> str:
    ran = f"{plural(runs.frames, 'frame')} ({plural(runs.values, 'value')} compared)"
    first = runs.first()
    stop = min(runs.stops, key=lambda s: s.moment, default=None)
    if runs.agree and stop is not None:
        return f"both fail alike in frame {stop.moment.frame}."
    if runs.agree:
        return f"the runs agree for {ran}."
    if stop is not None and (first is None or stop.moment <= first.moment):
        return f"{stop.side} fails in frame {stop.moment.frame}."
    assert first is not None  # the runs do not agree
    since = _BEFORE if first.moment.frame == BEFORE else f"from frame {first.moment.frame} on"
    return f"the runs differ {since}."


def _counts(data: ProgramDiff) -> Table:
    """Return how many differences each table has."""
    minor = len(data.all) - len(data.changes)
    caption = f"{minor} more of numbering or of what nothing uses (--full shows them)"
    table = new_table("data", caption=caption if minor else None)
    table.add_column("table")
    for action in _ACTIONS:
        table.add_column(action, justify="right")
    for name, row in data.counts().items():
        table.add_row(name, *(str(row[a]) if a in row else "" for a in _ACTIONS))
    return table


def _changes(changes: Sequence[Change], width: int, *, full: bool) -> Table:
    """Return the differences themselves; those that can affect a run come first if cut."""
    listed = list(changes)
    if not full:
        listed.sort(key=lambda change: not change.affects_run)
        listed = listed if len(listed) <= LISTED + 1 else listed[:LISTED]
    left = len(changes) - len(listed)
    title = "all differences" if full else "differences"
    table = new_table(title, caption=f"{left} more (--full shows them)" if left else None)
    table.add_column("what", overflow="fold", ratio=3)
    table.add_column("in A", overflow="fold", ratio=2, style=_OLD)
    table.add_column("in B", overflow="fold", ratio=2, style=_NEW)
    if width >= WIDE:
        table.add_column("can affect a run")
    table.expand = True
    for change in listed:
        cells: list[Text | str] = [
            _what(change),
            Text(_side(change.before, change.action == "added"), overflow="fold"),
            Text(_side(change.after, change.action == "removed"), overflow="fold"),
        ]
        if width >= WIDE:
            cells.append("yes" if change.affects_run else Text("no", style=DIM))
        table.add_row(*cells)
    return table


def _what(change: Change) -> Text:
    """Return item and field, and the places that reach an expression."""
    prefix = "initial value " if change.table == "initial values" else ""
    text = Text(f"{prefix}{change.item}", overflow="fold")
    if change.field:
        text.line(change.field)
    if change.action == "moved" and change.field not in ("", "position"):
        text.append(" (order)" if "order" not in change.field else "")
    if change.reached_by:
        text.line("of " + ", ".join(change.reached_by), DIM)
    return text


def _side(value: Any, is_absent: bool) -> str:
    return "-" if is_absent and value is None else shown(value)


def _facts(title: str) -> Table:
    """Return an empty table of names and values."""
    table = new_table(title)
    table.show_header = False
    table.add_column("what", style="bold")
    table.add_column("value", overflow="fold")
    return table


def _first(symptom: DifferingValue, runs: RunsDiff, output: str | None) -> Table:
    """Return where the runs first part."""
    table = _facts("the runs: first divergence" + (" of an output" if output else ""))
    table.add_row("frame", _moment(symptom))
    if symptom.step is not None:
        table.add_row("step", symptom.step)
    table.add_row(symptom.value.kind, _name(symptom, output))
    table.add_row("type", symptom.type)
    table.add_row("A", Text(_part(symptom.leaf.path, symptom.leaf.expected), style=_OLD))
    table.add_row("B", Text(_part(symptom.leaf.path, symptom.leaf.got), style=_NEW))
    distance = _distance(symptom.leaf)
    if distance:
        table.add_row("off by", distance)
    for i, line in enumerate(symptom.leaf.changes):
        table.add_row("" if i else "array", line)
    frames = f"{runs.differing_frames:,} of {plural(runs.frames, 'frame')}"
    values = f"{len(runs.divergences):,} of {plural(runs.values, 'value')}"
    table.add_row("in all", f"{values} differ, in {frames}")
    for stop in [] if runs.same_stop else runs.stops:
        table.add_row(f"{stop.side} fails", _stop_text(stop))
    if runs.skipped:
        names = ", ".join(value.text for value in runs.skipped[:3])
        more = f" and {len(runs.skipped) - 3} more" if len(runs.skipped) > 3 else ""
        table.add_row("not compared", f"{names}{more}: stubs of slots that were renumbered")
    for side, names_only in zip("AB", runs.only, strict=True):
        if names_only:
            more = f" and {len(names_only) - 3} more" if len(names_only) > 3 else ""
            table.add_row(f"only in {side}", ", ".join(names_only[:3]) + more)
    return table


def _name(found: DifferingValue, output: str | None = None) -> str:
    text = found.value.name
    if found.slots is not None:
        a, b = found.slots
        number = f"{a}" if a == b else f"{a} in A, {b} in B"
        is_plain = found.value.text == text
        text = number if is_plain and a == b else f"{number} ({text})"
    shown_output = f", output {output}" if output else ""
    return text + shown_output + (f", {found.label}" if found.label else "")


def _titled(found: DifferingValue) -> str:
    """Return a slot by its number, or a state cell by its name."""
    if found.slots is None:
        return found.value.text
    a, b = found.slots
    return f"slot {a}" if a == b else f"slot {a} ({b} in B)"


def _moment(found: DifferingValue) -> str:
    if found.moment.frame == BEFORE:
        return _BEFORE
    t_ms = "" if found.t_ms is None else f" (t = {number_text(found.t_ms)} ms)"
    return f"{found.moment.frame}{t_ms}"


def _part(path: str, value: Any) -> str:
    return f"{path} {_value(value)}" if path else _value(value)


def _value(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_text(value)
    if is_array_summary(value):
        return summary_text(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _distance(leaf: Leaf) -> str:
    if leaf.absolute is None:
        return leaf.note
    relative = "" if leaf.relative is None else f", {leaf.relative:.3g} relative"
    ulps = "" if leaf.ulps is None else _ulps(leaf.ulps)
    return f"{leaf.absolute:.6g}{relative}{ulps}"


def _stops(stops: Sequence[Stop]) -> Table:
    table = _facts("the runs")
    for stop in stops:
        table.add_row(f"{stop.side} fails", _stop_text(stop))
    return table


def _ulps(ulps: int) -> str:
    """Return a distance in ulps; a large one says nothing."""
    return f", {plural(ulps, 'ulp')}" if ulps < 1_000_000 else ""


def _stop_text(stop: Stop) -> Text:
    text = Text(f"{stop.error.code} {stop.error.sentence}")
    place = stop.error.where.text()
    return text.line(f"at {place}") if place else text


def _values(runs: RunsDiff, width: int, *, full: bool) -> Table:
    """Return the values that differ, by when they first do."""
    found = sorted(runs.divergences.values(), key=lambda d: d.moment)
    listed = found if full or len(found) <= _LISTED_VALUES + 1 else found[:_LISTED_VALUES]
    left = len(found) - len(listed)
    caption = f"{plural(left, 'more value')} (--full shows them)" if left else None
    table = new_table("values that differ, by when they first do", caption=caption)
    table.add_column("frame", justify="right")
    table.add_column("value", overflow="fold")
    table.add_column("in A", overflow="fold", style=_OLD, min_width=_NUMBER)
    table.add_column("in B", overflow="fold", style=_NEW, min_width=_NUMBER)
    if width >= WIDE:
        table.add_column("frames", justify="right")
        table.add_column("largest", justify="right")
    for d in listed:
        frame = "start" if d.moment.frame == BEFORE else str(d.moment.frame)
        both = (_part(d.leaf.path, d.leaf.expected), _part(d.leaf.path, d.leaf.got))
        name = Text(_titled(d), overflow="fold")
        if d.slots is not None and d.value.text != d.value.name:
            name.line(d.value.name.removesuffix(".slot"), DIM)
        more = [f"{d.frames:,}", f"{d.largest:.3g}"] if width >= WIDE else []
        table.add_row(frame, name, *both, *more)
    return table


def _why(cause: Cause) -> Table:
    """Return the earliest value that differs behind the symptom, and what explains it."""
    table = _facts("the cause")
    origin = cause.origin
    if origin is not None:
        made = "" if origin.step is None else f", made by {origin.step}"
        kind = "" if origin.value.kind == "state" else "slot "
        name = origin.value.text if not kind else f"{kind}{_name(origin)}"
        table.add_row("earliest", f"{name}{made}")
        table.add_row("frame", _moment(origin))
        values = Text(_part(origin.leaf.path, origin.leaf.expected), style=_OLD)
        values.append(" in A, ", style="default")
        values.append(_part("", origin.leaf.got), style=_NEW)
        values.append(" in B", style="default")
        table.add_row("value", values)
    for i, signal in enumerate(cause.signals[:3]):
        values = Text(f"{signal.text}: ").append(_value(signal.expected), _OLD).append(" in A, ")
        values.append(_value(signal.got), style=_NEW).append(" in B", style="default")
        table.add_row("" if i else "within", values)
    for i, reason in enumerate(cause.reasons[:LISTED]):
        table.add_row("" if i else "why", reason)
    if len(cause.reasons) > LISTED:
        table.add_row("", f"... {len(cause.reasons) - LISTED} more")
    if len(cause.path) > 1:
        steps = [f"{_titled(d)} ({_when(d)})" for d in cause.path]
        if len(steps) > 2 * LISTED:
            steps = [*steps[:LISTED], f"... {len(steps) - LISTED - 3} more ...", *steps[-3:]]
        way = [step if i == 0 else f"-> {step}" for i, step in enumerate(steps)]
        table.add_row("way", Text.of_lines(way))
    return table


def _when(found: DifferingValue) -> str:
    frame = found.moment.frame
    when = _BEFORE if frame == BEFORE else f"frame {frame}"
    return when if found.step is None else f"{found.step}, {when}"
