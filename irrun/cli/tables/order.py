"""The order of steps: as given, and as the data demand."""

from collections.abc import Iterator

from rich.console import RenderableType

from irrun.cli.tables.base import DIM, new_table
from irrun.cli.text import Text
from irrun.program.checks.facts import Facts
from irrun.program.checks.order import Order, Pair


def order_tables(facts: Facts, order: Order, name: str) -> Iterator[RenderableType]:
    """Yield the two orders side by side, and the pairs of steps that are worth a word."""
    steps = facts.program.steps
    tie_break = facts.program.schedule.determinism.topo_tie_break
    table = new_table(f"order of steps in {name}, ties by {tie_break}")
    table.add_column("#", justify="right", style=DIM)
    table.add_column("given", overflow="fold")
    table.add_column("demanded by the data", overflow="fold")
    cyclic = set(order.cyclic)
    for at, step in enumerate(order.demanded):
        text = Text(steps[step].id, style="" if step == at else "bold")
        if step in cyclic:
            text.append("  in a cycle", style=DIM)
        table.add_row(str(at), steps[at].id, text)
    yield table
    yield from _pairs(facts, "wrong", order.wrong)
    yield from _pairs(facts, "right by accident", order.accidental)


def _pairs(facts: Facts, title: str, pairs: tuple[Pair, ...]) -> Iterator[Text]:
    if not pairs:
        yield Text(f"pairs that are {title}: none")
        return
    yield Text(f"pairs that are {title}:")
    for pair in pairs:
        why = "by its deps" if pair.slot is None else f"for slot {pair.slot}"
        before, after = facts.step_name(pair.before), facts.step_name(pair.after)
        yield Text(f"  {after} needs {before} before it, {why}")
