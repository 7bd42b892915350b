"""The trace of one frame: what each step read and wrote."""

from collections.abc import Sequence
from typing import Final

from irrun.cli.tables.base import REAL, STUB, WIDE, Table, lines, new_table
from irrun.cli.text import Text
from irrun.errors.showing import plural, shown
from irrun.ir.time_model import ResolvedTime
from irrun.numerics.text import number_text
from irrun.trace.observers import FrameTrace, SlotValue, StepTrace
from irrun.trace.text import value_text

_SHOWN_DETAILS: Final = 40


def frame_table(trace: FrameTrace, steps: int, width: int, *, verbose: bool) -> Table:
    """Return the table of one frame; `steps` is the length of the whole schedule."""
    missing = steps - len(trace.steps)
    caption = f"{plural(missing, 'step')} did not run" if missing else None
    table = new_table(_title(trace), caption=caption, expand=width >= WIDE)
    table.add_column("#", justify="right")
    table.add_column("step", overflow="fold", ratio=3 if width >= WIDE else None)
    if width >= WIDE:
        table.add_column("kind", overflow="fold")
    table.add_column("executor" if width >= WIDE else "")
    table.add_column("reads", overflow="fold", ratio=4 if width >= WIDE else None)
    table.add_column("writes", overflow="fold", ratio=4 if width >= WIDE else None)
    table.add_column("µs", justify="right")
    for step in trace.steps:
        table.add_row(*_cells(step, width, verbose=verbose))
    return table


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


def _cells(step: StepTrace, width: int, *, verbose: bool) -> list[Text | str]:
    planned = step.planned
    executor = Text("stub", style=STUB) if planned.is_stub else Text("real", style=REAL)
    if step.failed:
        executor.line("failed", "bold red")
    name: list[Text | str] = [Text(shown(planned.step.id)), Text(planned.step.kind), executor]
    if width < WIDE:
        both = Text(shown(planned.step.id), overflow="fold").line(planned.step.kind, "dim")
        name = [both, executor]
    took = "" if step.failed else f"{step.nanoseconds / 1000:.0f}"
    reads = lines(_slot_lines(step.reads), verbose=verbose)
    writes = lines(_slot_lines(step.writes), verbose=verbose)
    return [str(planned.index), *name, reads, writes, took]


def _slot_lines(found: Sequence[SlotValue]) -> list[str]:
    width = max((len(str(item.slot)) for item in found), default=0)
    return [f"{item.slot:>{width}} = {value_text(item.value)}" for item in found]
