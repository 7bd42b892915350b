"""What differs between the state layouts of two programs."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from irrun.compare.diff.change import Change
from irrun.compare.diff.data.pair import Pair
from irrun.compare.lineage.plain import Action, differences, plain
from irrun.compare.lineage.side import Side
from irrun.errors import Invalid
from irrun.ir.constants import NUMERIC_POOLS, STATE_ORDERS, is_number
from irrun.ir.state import StateCell
from irrun.ir.types import STATE_STORAGES


def compare_state(pair: Pair) -> Iterator[Change]:
    """Yield how the state cells differ, matched by `nodeId:role`."""
    old_cells, new_cells = (side.program.state_layout.cells for side in (pair.a, pair.b))
    there = dict(pair.cells)
    for i, cell in enumerate(old_cells):
        old = _document(pair.a, cell)
        if i in there:
            new = _document(pair.b, new_cells[there[i]])
            yield from _of_cell(pair.a.cells[i], old, new)
            yield from _numbering(pair.a.cells[i], cell, new_cells[there[i]])
        else:
            yield _cell_change("removed", pair.a.cells[i], "", old, None)
    sizes = _spare(pair.a), _spare(pair.b)
    for found in differences(*sizes):
        yield Change(found.action, "state", "arrays", found.path, found.before, found.after)
    matched = set(there.values())
    for i, cell in enumerate(new_cells):
        if i not in matched:
            yield _cell_change("added", pair.b.cells[i], "", None, _document(pair.b, cell))


def _of_cell(name: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Change]:
    for found in differences(old, new):
        yield _cell_change(found.action, name, found.path, found.before, found.after)


def _numbering(name: str, cell: StateCell, other: StateCell) -> Iterator[Change]:
    """Yield what is another number or id, and means nothing."""
    if cell.key != other.key:
        yield msgspec.structs.replace(
            _cell_change("changed", name, "stateId", cell.key, other.key), **_MINOR
        )
    if cell.offset != other.offset:
        yield msgspec.structs.replace(
            _cell_change("changed", name, "offset", cell.offset, other.offset), **_MINOR
        )


_MINOR: Final[dict[str, Any]] = {"affects_run": False, "minor": True}


def _cell_change(action: Action, name: str, path: str, before: Any, after: Any) -> Change:
    return Change(action, "state", f"state {name}", path, before, after, key=name)


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
        found = constants.resolve(
            cell.initial_const_id, order, usable=is_number, pools=NUMERIC_POOLS
        )
    except Invalid:
        return None
    return plain(found.value)
