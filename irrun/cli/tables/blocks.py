"""How frames are computed: in blocks, as columns and frame by frame, or by the interpreter."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from irrun.cli.tables.base import Table, new_table
from irrun.cli.text import Text
from irrun.errors.showing import plural, shown
from irrun.numerics import native
from irrun.program.program import Program
from irrun.runtime.block.report import Circle, HowItRuns, blocks_of, how_it_runs
from irrun.runtime.driver import Driver

Row = tuple[str, Text]


def engine_rows(driver: Driver, frames: int) -> Iterator[Row]:
    """Yield what to say of how the frames of a run were computed, each with a heading."""
    yield "blocks", _frames(driver, frames)
    if driver.engine is not None:
        yield from _how(how_it_runs(driver.engine, driver.runtime.plan))
    if driver.refusals:
        yield "refused", _reasons(driver.refusals)


def blocks_table(program: Program) -> Table:
    """Return how the frames of a program would be computed."""
    table = new_table("blocks of frames")
    table.show_header = False
    table.add_column("what", style="bold")
    table.add_column("value", overflow="fold")
    found = blocks_of(program)
    if isinstance(found, str):
        table.add_row("refused", found)
        return table
    for heading, text in _how(found):
        table.add_row(heading, text)
    return table


def _frames(driver: Driver, frames: int) -> Text:
    if driver.run.engine == "frame":
        return Text("none: --engine frame asks for the interpreter")
    text = Text(f"{driver.in_blocks:,} of {plural(frames, 'frame')}")
    if driver.run.engine == "both":
        text.append(", and the interpreter gives the same for all")
    if driver.looked_at:
        text.line(f"{plural(driver.looked_at, 'frame')} run step by step for a trace")
    return text


def _how(how: HowItRuns) -> Iterator[Row]:
    yield "columns", _columns(how)
    yield "native", _native(how)
    yield "by row", _by_row(how)
    yield "circles", _circles(how.circles)


def _columns(how: HowItRuns) -> Text:
    text = Text(f"{len(how.columns)} of {plural(len(how.columns) + len(how.by_row), 'step')}")
    by_kind = sorted(how.columns, key=lambda step: step.kind)
    for kind, steps in groupby(by_kind, key=lambda step: step.kind):
        text.line(f"{kind}: {', '.join(shown(step.id) for step in steps)}")
    return text


def _native(how: HowItRuns) -> Text:
    if not native.kernels():
        return Text(f"none: {native.reason()}")
    count = plural(how.operations, "operation")
    return Text(f"{how.native} of {count} in one go, kernels for {native.unit()}")


def _by_row(how: HowItRuns) -> Text:
    by_reason: dict[str, list[str]] = {}
    for step, reason in how.by_row.items():
        by_reason.setdefault(reason, []).append(shown(step))
    texts = [f"{', '.join(steps)}: {reason}" for reason, steps in by_reason.items()]
    for name, count in how.rows.items():
        texts.append(f"{plural(count, 'operation')} {name}: no form for columns")
    return _lines(texts)


def _circles(circles: Sequence[Circle]) -> Text:
    return _lines([_circle(circle) for circle in circles])


def _lines(texts: Sequence[str]) -> Text:
    return Text.of_lines(texts) if texts else Text("none")


def _circle(circle: Circle) -> str:
    parts = []
    for name, numbers in (("signal", circle.signals), ("slot", circle.slots)):
        if numbers:
            listed = ", ".join(map(str, numbers))
            parts.append(f"{name if len(numbers) == 1 else name + 's'} {listed}")
    names = ", ".join(dict.fromkeys(circle.operations))
    return f"{'; '.join(parts)} ({plural(len(circle.operations), 'operation')}: {names})"


def _reasons(refusals: Sequence[str]) -> Text:
    found = Counter(refusals)
    return Text.of_lines(
        [reason if n == 1 else f"{reason} ({n} times)" for reason, n in found.items()]
    )
