"""The contents of the state buffer after a frame."""

from collections.abc import Sequence
from typing import Final

from irrun.cli.tables.base import Table, new_table
from irrun.cli.text import Text
from irrun.errors.showing import plural
from irrun.numerics.text import number_text
from irrun.trace.dump import Dump

_SHOWN_ELEMENTS: Final = 6


def state_table(dump: Dump, *, verbose: bool) -> Table:
    """Return every cell with its elements; long ring buffers are shortened."""
    state = dump.layout.state
    sizes = ", ".join(f"{name} {size}" for name, size in state.sizes.items() if size)
    title = f"state after frame {dump.frame} · {plural(len(state.cells), 'cell')}"
    table = new_table(title, caption=f"array sizes: {sizes or 'all 0'}")
    table.add_column("cell", overflow="fold")
    table.add_column("place")
    table.add_column("node", overflow="fold")
    table.add_column("role", overflow="fold")
    table.add_column("elements", overflow="fold")
    for cell in state.cells:
        elements = dump.state[cell.storage][cell.offset : cell.offset + cell.size]
        last = f"..{cell.offset + cell.size - 1}" if cell.size > 1 else ""
        table.add_row(
            cell.key,
            f"{cell.storage}[{cell.offset}{last}]",
            cell.node_id,
            cell.role,
            Text(_elements_text(elements, verbose=verbose), overflow="fold"),
        )
    return table


def _elements_text(elements: Sequence[float], *, verbose: bool) -> str:
    if verbose or len(elements) <= _SHOWN_ELEMENTS + 1:
        return " ".join(map(number_text, elements))
    half = _SHOWN_ELEMENTS // 2
    left = len(elements) - 2 * half
    first, last = elements[:half], elements[-half:]
    texts = [*map(number_text, first), f"... {left} more ...", *map(number_text, last)]
    return " ".join(texts)
