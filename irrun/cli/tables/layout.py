"""The layout: slots, arrays, state cells."""

from collections.abc import Iterator, Sequence
from typing import Final

from irrun.cli.tables.base import DIM, WIDE, Table, lines, new_table
from irrun.cli.text import Text
from irrun.errors.showing import plural, shown
from irrun.ir.types import STORAGES
from irrun.program.layout import Layout, SlotMeta
from irrun.program.layout.flow import Flow
from irrun.program.layout.slots import ELEMENT_BYTES
from irrun.program.layout.state import STATE_BYTES
from irrun.program.program import Program

_NARROW_SOURCE: Final = 16


def layout_tables(
    program: Program, layout: Layout, width: int, *, verbose: bool
) -> Iterator[Table]:
    """Yield the slots, the arrays, and the state cells if there are some."""
    yield _slots(program, layout, width, verbose=verbose)
    yield _arrays(layout)
    if layout.state.cells:
        yield _cells(layout)


def _slots(program: Program, layout: Layout, width: int, *, verbose: bool) -> Table:
    table = new_table(f"slots of {shown(program.document.patch_id)}", expand=width >= WIDE)
    table.add_column("slot", justify="right")
    if width >= WIDE:
        table.add_column("place")
        table.add_column("type", overflow="fold")
    else:
        table.add_column("place, type", overflow="fold")
    table.add_column("decided by", overflow="fold")
    table.add_column("written by", overflow="fold")
    table.add_column("read by", overflow="fold")
    if width >= WIDE:
        table.add_column("lives", overflow="fold")
    names = [shown(step.id) for step in program.steps]
    for meta in layout.slots:
        flow = layout.flow[meta.slot]
        cells: list[Text | str] = [
            str(meta.slot),
            *_place_and_type(meta, width),
            meta.source if width >= WIDE else _broken(meta.source),
            lines(_producers(flow, names), verbose=verbose, limit=3),
            lines(_consumers(flow, names), verbose=verbose, limit=3),
        ]
        table.add_row(*cells, *([_life(flow)] if width >= WIDE else []))
    return table


def _place_and_type(meta: SlotMeta, width: int) -> tuple[Text, ...]:
    """Return two cells, or one of two lines where there is little room."""
    mark = Text("")
    if meta.declared and meta.moved:
        mark = Text(" moved", style="magenta")
    elif not meta.declared:
        mark = Text(" derived", style="cyan")
    place = f"{meta.storage}[{meta.offset}]"
    if width >= WIDE:
        return Text(place).append(mark), Text(meta.type.text(), overflow="fold")
    return (Text(place, overflow="fold").line(meta.type.short_text(), DIM).append(mark),)


def _broken(source: str) -> str | Text:
    """Shorten a long origin to the field: the step stands in the columns beside it."""
    if len(source) <= _NARROW_SOURCE:
        return source
    if source.startswith("initialSlotValues"):
        return "initial value"
    if source.startswith("slotMeta"):
        return Text.of_lines(source.replace(".type ", ".type\ntype ").split(".type\n"))
    field = source.partition(".")[2].removesuffix(".slot")
    return field if len(field) <= _NARROW_SOURCE else field.rpartition(".")[2]


def _producers(flow: Flow, names: Sequence[str]) -> list[str]:
    initial = ["initial value"] if flow.has_initial else []
    return [*initial, *(names[i] for i in flow.producers)]


def _consumers(flow: Flow, names: Sequence[str]) -> list[str]:
    return [*(names[i] for i in flow.consumers), *(f"output {shown(id)}" for id in flow.outputs)]


def _life(flow: Flow) -> str:
    """Return from which step to which the value is needed."""
    if flow.first is None:
        return "never there"
    return f"{'start' if flow.first < 0 else flow.first} to {flow.last}"


def _arrays(layout: Layout) -> Table:
    table = new_table("value arrays", caption=f"{layout.bytes:,} bytes in all")
    table.add_column("storage")
    table.add_column("slots", justify="right")
    table.add_column("elements", justify="right")
    table.add_column("bytes", justify="right")
    table.add_column("holes", overflow="fold")
    for storage in STORAGES:
        size = layout.sizes[storage]
        used = sum(1 for meta in layout.slots if meta.storage == storage)
        table.add_row(
            storage,
            str(used),
            f"{size:,}",
            f"{size * ELEMENT_BYTES[storage]:,}",
            hole_text(layout.holes(storage)),
        )
    return table


def hole_text(holes: Sequence[int]) -> str:
    """Return unused offsets as ranges: `3, 7..9 (4 in all)`."""
    if not holes:
        return "none"
    runs: list[list[int]] = []
    for hole in holes:
        if runs and hole == runs[-1][1] + 1:
            runs[-1][1] = hole
        else:
            runs.append([hole, hole])
    shown = [str(low) if low == high else f"{low}..{high}" for low, high in runs[:6]]
    more = ["..."] if len(runs) > len(shown) else []
    return f"{', '.join(shown + more)} ({len(holes)} in all)"


def _cells(layout: Layout) -> Table:
    state = layout.state
    sizes = ", ".join(f"{name} {size:,}" for name, size in state.sizes.items())
    table = new_table(
        f"state · {plural(len(state.cells), 'cell')}",
        caption=f"array sizes: {sizes}; {state.bytes:,} bytes in all",
    )
    table.add_column("cell", overflow="fold")
    table.add_column("place")
    table.add_column("elements", justify="right")
    table.add_column("bytes", justify="right")
    table.add_column("node", overflow="fold")
    table.add_column("role", overflow="fold")
    table.add_column("initial constant", justify="right")
    for cell in state.cells:
        initial = "none" if cell.initial_const_id is None else str(cell.initial_const_id)
        place = f"{cell.storage}[{cell.offset}]"
        size = cell.size * STATE_BYTES[cell.storage]
        table.add_row(
            cell.key, place, f"{cell.size:,}", f"{size:,}", cell.node_id, cell.role, initial
        )
    return table
