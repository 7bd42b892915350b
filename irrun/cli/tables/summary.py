"""What a run came to."""

from collections.abc import Sequence
from itertools import groupby

from irrun.cli.tables.base import STUB, Table, new_table, program_text
from irrun.cli.text import Text
from irrun.errors import IrrunError, Severity
from irrun.errors.rendering import NotFinite
from irrun.errors.showing import plural, shown
from irrun.ir.render_frame import RenderFrame
from irrun.numerics.text import number_text
from irrun.steps.base import PlannedStep
from irrun.trace.documents import WHY_STUB
from irrun.trace.recording import Recording


def summary_table(
    recording: Recording,
    findings: Sequence[IrrunError],
    checked: Sequence[IrrunError],
    *,
    verbose: bool = False,
) -> Table:
    """Return frames, time range, speed, writes, stubs and warnings; how it ran if verbose.

    Args:
        recording: The run.
        findings: What the run found, as far as it is shown.
        checked: What the checks found.
        verbose: With how the frames were computed.
    """
    now = recording.now
    table = new_table("summary")
    table.show_header = False
    table.add_column("what", style="bold")
    table.add_column("value", overflow="fold")
    table.add_row("program", program_text(now.program))
    table.add_row("frames", _frames(recording))
    table.add_row("time", _time_range(recording))
    table.add_row("steps", _steps(recording))
    table.add_row("writes", _writes(recording))
    unseen = _unseen(recording)
    if unseen:
        table.add_row("not seen", Text.of_lines([f"frame {now.index}: {unseen[0]}", *unseen[1:]]))
    if verbose:
        from irrun.cli.tables.blocks import engine_rows

        for heading, text in engine_rows(recording.driver, recording.frames):
            table.add_row(heading, text)
    table.add_row("stubs", stubs_text(now.stubs, len(now.steps)))
    not_finite = not_finite_text(now.findings)
    if not_finite is not None:
        table.add_row("not finite", not_finite)
    table.add_row("warnings", warnings_text(findings, checked))
    return table


def _frames(recording: Recording) -> str:
    wanted = len(recording.driver.run.times)
    if recording.frames == wanted:
        return f"{wanted:,}"
    return f"{recording.frames:,} of {wanted:,}, then the program failed"


def _time_range(recording: Recording) -> str:
    done = recording.driver.run.times[: recording.frames]
    if not done:
        return "no frame ended"
    return f"{number_text(float(done[0]))} to {number_text(float(done[-1]))} ms"


def _steps(recording: Recording) -> str:
    steps = len(recording.now.steps)
    rate = steps * recording.frames / recording.seconds if recording.seconds > 0 else 0
    return f"{steps:,} per frame · {rate:,.0f} per second"


def _writes(recording: Recording) -> str:
    per_frame = recording.writes / recording.frames if recording.frames else 0
    return f"{number_text(round(per_frame, 2))} slots per frame"


def _unseen(recording: Recording) -> list[str]:
    """Return what a viewer does not see of the last frame, where one was assembled."""
    if not any(isinstance(value, RenderFrame) for value in recording.now.outputs.values()):
        return []
    from irrun.render.unseen.census import Census

    census = Census()
    census.add_last(recording.now, recording.driver.run.viewport)
    return census.texts()


def stubs_text(stubs: tuple[PlannedStep, ...], steps: int) -> Text:
    """Return which steps were stubbed, grouped by kind, and why."""
    if steps == 0:
        return Text("none: the program has no steps")
    if not stubs:
        return Text(f"none: all {plural(steps, 'step')} ran for real")
    text = Text(f"{len(stubs)} of {plural(steps, 'step')} ran as a stub", style=STUB)
    by_kind = sorted(stubs, key=lambda planned: (planned.step.kind, planned.index))
    for kind, group in groupby(by_kind, key=lambda planned: planned.step.kind):
        found = list(group)
        text.line(f"{kind}, {WHY_STUB}: ", "default")
        for number, planned in enumerate(found):
            text.append(f"{', ' if number else ''}{shown(planned.step.id)}", "default")
    return text


def warnings_text(findings: Sequence[IrrunError], checked: Sequence[IrrunError] = ()) -> Text:
    """Return how many warnings there are, which, and where they are shown.

    Args:
        findings: What a run found; all of it is listed below.
        checked: What the checks found. What both found counts once.
    """
    listed = {(found.code, found.sentence) for found in findings}
    unlisted = [found for found in checked if (found.code, found.sentence) not in listed]
    texts = []
    if count := _count_text(findings):
        texts.append(f"{count}, listed below")
    if count := _count_text(unlisted):
        texts.append(f"{count}, shown by `irrun validate`")
    return Text.of_lines(texts or ["none"])


def _count_text(found: Sequence[IrrunError]) -> str:
    """Return how many warnings there are, and their codes; nothing if there are none."""
    codes = [each.code for each in found if each.severity is Severity.WARNING]
    return f"{len(codes)} ({', '.join(sorted(set(codes)))})" if codes else ""


def not_finite_text(findings: Sequence[IrrunError]) -> str | None:
    """Return how many NaN and infinities went to a renderer, and where first; None if none."""
    found = [f for f in findings if isinstance(f, NotFinite)]
    if not found:
        return None
    nan = sum(f.facts["nan"] for f in found)
    infinite = sum(f.facts["infinite"] for f in found)
    first = min(found, key=lambda f: f.where.frame or 0)
    step = shown(first.where.step or "")
    place = f"frame {first.where.frame}, step {step}, slot {first.facts['slot']}"
    return f"{nan:,} NaN and {infinite:,} infinite went to a renderer; first in {place}"
