"""The trace of one frame: what each step read and wrote."""

from collections.abc import Sequence
from typing import Any, Final

from irrun.cli.tables.base import DIM, STUB, WIDE, Table, lines, new_table
from irrun.cli.text import Text
from irrun.errors.showing import plural, shown
from irrun.ir.time_model import ResolvedTime
from irrun.numerics.text import number_text
from irrun.trace.observers import FrameTrace, SlotValue, StepTrace
from irrun.trace.text import value_text

_SHOWN_DETAILS: Final = 40
_NARROW: Final = 64
"""Below this width what is read and what is written share a column."""
_READ: Final = "<- "
_WRITE: Final = "-> "
_NAME: Final = 20
"""What names of steps and kinds get first."""
_EDGES: Final = 2
_BETWEEN: Final = 3
"""Characters beside a table, and between two columns."""
_SHOWN_TEXT: Final = 60
"""Characters of a value that is no number."""


def frame_table(trace: FrameTrace, steps: int, width: int, *, verbose: bool) -> Table:
    """Return the table of one frame; `steps` is the length of the whole schedule.

    A slot and a number that it holds stay on one line, whatever the other columns have to give. How
    long a step took is never the same: it is there if more is asked for.
    """
    missing = steps - len(trace.steps)
    caption = f"{plural(missing, 'step')} did not run" if missing else None
    table = new_table(_title(trace), caption=caption)
    headings = ["#", "step", *(["kind"] if width >= WIDE else [])]
    headings += ["reads", "writes"] if width >= _NARROW else ["slots"]
    headings += ["µs"] if verbose else []
    rows = [_cells(step, width, verbose=verbose) for step in trace.steps]
    least = [_least(heading, trace) for heading in headings]
    for heading, size in zip(headings, _widths(headings, rows, least, width), strict=True):
        justify: Any = "right" if heading in ("#", "µs") else "left"
        table.add_column(heading, justify=justify, overflow="fold", width=size)
    for row in rows:
        table.add_row(*row)
    return table


def _least(heading: str, trace: FrameTrace) -> int:
    """Return how wide a column has to be for the numbers in it."""
    if heading not in ("reads", "writes", "slots"):
        return len(heading)
    found = [item for step in trace.steps for item in (*step.reads, *step.writes)]
    if heading != "slots":
        found = [item for step in trace.steps for item in getattr(step, heading)]
    numbers = [item for item in found if isinstance(item.value, int | float)]
    slots = max((len(str(item.slot)) for item in found), default=0)
    mark = len(_READ) if heading == "slots" else 0
    lengths = [mark + slots + 3 + len(value_text(item.value)) for item in numbers]
    return max((*lengths, len(heading)))


def _widths(
    headings: Sequence[str], rows: Sequence[Sequence[Text]], least: Sequence[int], width: int
) -> list[int]:
    """Return how wide each column is: what numbers need, then what is there for the rest."""
    longest = [
        max((len(line) for row in rows for line in row[i].plain.split("\n")), default=0)
        for i in range(len(headings))
    ]
    wanted = [max(a, b) for a, b in zip(longest, least, strict=True)]
    found = [
        size if h in ("#", "µs") else low
        for h, size, low in zip(headings, wanted, least, strict=True)
    ]
    spare = width - _EDGES - _BETWEEN * (len(headings) - 1) - sum(found)  # exact: characters
    while spare > 0:
        short = [i for i, size in enumerate(found) if size < wanted[i]]
        if not short:
            break
        # The one that lacks most gets the next character, names of steps before values.
        names = [i for i in short if headings[i] in ("step", "kind") and found[i] < _NAME]
        first = names if names else short
        found[max(first, key=lambda i: wanted[i] - found[i])] += 1
        spare -= 1
    return found


def detail_table(step: StepTrace, *, verbose: bool) -> Table:
    """Return what happened within one step: every expression or term with its value."""
    listed = step.details if verbose else step.details[:_SHOWN_DETAILS]
    left = len(step.details) - len(listed)
    caption = f"{left} more (-v shows them)" if left else None
    table = new_table(f"within {shown(step.planned.step.id)}", caption=caption)
    table.add_column("what", overflow="fold")
    table.add_column("value", overflow="fold")
    if any(detail.note for detail in listed):
        table.add_column("memory", overflow="fold")
    for detail in listed:
        cells = [detail.text, value_text(detail.value), detail.note]
        table.add_row(*(Text(cell, overflow="fold") for cell in cells[: len(table.columns)]))
    return table


def _title(trace: FrameTrace) -> str:
    time = trace.time
    parts = [f"frame {trace.index}", f"t = {number_text(time.t_abs_ms)} ms", *_derived(time)]
    return " · ".join(parts)


def _derived(time: ResolvedTime) -> list[str]:
    """Return what the time model made of the absolute time, where that says anything new."""
    named = (
        ("model", time.t_model_ms if time.t_model_ms != time.t_abs_ms else None),
        ("phase", time.phase01),
        ("wrap", time.wrap_event),
        ("progress", time.progress01),
    )
    return [f"{name} {number_text(value)}" for name, value in named if value is not None]


def _cells(step: StepTrace, width: int, *, verbose: bool) -> list[Text]:
    planned = step.planned
    name = Text(shown(planned.step.id))
    if width < WIDE:
        name.line(planned.step.kind, DIM)
    if planned.step.label is not None:
        name.line(shown(planned.step.label), DIM)
    if planned.is_stub:
        name.line("stub", STUB)
    if step.failed:
        name.line("failed", "bold red")
    kind = [Text(planned.step.kind)] if width >= WIDE else []
    reads = _slot_lines(step.reads, verbose=verbose)
    writes = _slot_lines(step.writes, verbose=verbose)
    if width < _NARROW:
        slots = [
            lines([*(_READ + r for r in reads), *(_WRITE + w for w in writes)], verbose=verbose)
        ]
    else:
        slots = [lines(reads, verbose=verbose), lines(writes, verbose=verbose)]
    took = [Text("" if step.failed else f"{step.nanoseconds / 1000:.0f}")] if verbose else []
    return [Text(str(planned.index)), name, *kind, *slots, *took]


def _slot_lines(found: Sequence[SlotValue], *, verbose: bool) -> list[str]:
    width = max((len(str(item.slot)) for item in found), default=0)
    texts = [value_text(item.value) for item in found]
    if not verbose:
        texts = [_cut(text) for text in texts]
    return [f"{item.slot:>{width}} = {text}" for item, text in zip(found, texts, strict=True)]


def _cut(text: str) -> str:
    """Return a text as far as it is worth its lines in a table."""
    return text if len(text) <= _SHOWN_TEXT else f"{text[:_SHOWN_TEXT]}..."
