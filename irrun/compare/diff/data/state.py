"""What differs between the state layouts of two programs."""

from collections.abc import Iterator
from typing import Any

from irrun.compare.diff.change import Change
from irrun.compare.diff.data.pair import Pair
from irrun.compare.lineage.plain import differences, plain
from irrun.compare.lineage.side import Side
from irrun.errors import Invalid
from irrun.ir.constants import STATE_ORDERS, is_number
from irrun.ir.state import StateCell
from irrun.program.layout.state import STATE_STORAGES

_NUMBERS = frozenset({"f64", "f32", "i32"})


def compare_state(pair: Pair) -> Iterator[Change]:
    """Yield how the state cells differ, matched by `nodeId:role`."""
    old_cells, new_cells = (side.program.state_layout.cells for side in (pair.a, pair.b))
    there = dict(pair.cells)
    for i, cell in enumerate(old_cells):
        item = f"state {pair.a.cells[i]}"
        if i not in there:
            yield Change("removed", "state", item, before=_document(pair.a, cell))
            continue
        other = new_cells[there[i]]
        for found in differences(_document(pair.a, cell), _document(pair.b, other)):
            yield Change(found.action, "state", item, found.path, found.before, found.after)
        if cell.key != other.key:
            yield Change("changed", "state", item, "stateId", cell.key, other.key, False, True)
        if cell.offset != other.offset:
            yield Change("changed", "state", item, "offset", cell.offset, other.offset, False, True)
    sizes = _spare(pair.a), _spare(pair.b)
    for found in differences(*sizes):
        yield Change(found.action, "state", "arrays", found.path, found.before, found.after)
    matched = set(there.values())
    for i, cell in enumerate(new_cells):
        if i not in matched:
            item = f"state {pair.b.cells[i]}"
            yield Change("added", "state", item, after=_document(pair.b, cell))


def _spare(side: Side) -> dict[str, int]:
    """Return how many elements the arrays have beyond their cells; raw indices may lead there."""
    layout = side.program.state_layout
    found = {}
    for storage in STATE_STORAGES:
        ends = [c.offset + c.size for c in layout.cells if c.storage == storage]
        found[f"elements of {storage} beyond the cells"] = layout.size_of(storage) - max(
            ends, default=0
        )
    return found


def _document(side: Side, cell: StateCell) -> dict[str, Any]:
    """Return what counts of a cell; an operation's own initial value is left out."""
    found: dict[str, Any] = {"storage": cell.storage, "size": cell.size}
    if cell.policy is not None:
        found["policy"] = cell.policy
    value = _initial(side, cell)
    if value is not None:
        found["initial value"] = value
    return found


def _initial(side: Side, cell: StateCell) -> Any:
    """Return the cell's initial constant; None if it has none, or one that does not exist."""
    if cell.initial_const_id is None:
        return None
    order, constants = STATE_ORDERS[cell.storage], side.program.constants
    try:
        found = constants.resolve(cell.initial_const_id, order, usable=is_number, pools=_NUMBERS)
    except Invalid:
        return None
    return plain(found.value)
