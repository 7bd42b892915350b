"""What a hot swap made of the state."""

from collections import Counter

from irrun.cli.tables.base import LISTED, Table, new_table
from irrun.errors.showing import plural
from irrun.runtime.hot_swap import SwapReport


def swap_table(report: SwapReport, *, resumed: bool, verbose: bool) -> Table:
    """Return each state cell as kept, reset (and why) or dropped."""
    what = "resumed with another program" if resumed else "hot swap"
    counts = ", ".join(
        f"{report.count(outcome)} {outcome}" for outcome in ("kept", "reset", "dropped")
    )
    shown = report.cells if verbose else report.cells[: 2 * LISTED]
    left = len(report.cells) - len(shown)
    notes = [] if report.wrap_memory_kept else ["the wrap memory is cleared: another time model"]
    notes += [f"{plural(left, 'more cell')} (-v shows them)"] if left else []
    table = new_table(
        f"{what} before frame {report.frame}: {report.program}",
        caption="; ".join([f"state cells: {counts}", *notes]),
    )
    table.add_column("cell (node:role)", overflow="fold")
    table.add_column("outcome")
    table.add_column("why", overflow="fold")
    counts_of_keys = Counter(cell.key for cell in report.cells)
    for cell in shown:
        is_clear = counts_of_keys[cell.key] == 1
        name = cell.key if is_clear else f"{cell.key} ({cell.storage})"
        table.add_row(name, cell.outcome, cell.why)
    return table
