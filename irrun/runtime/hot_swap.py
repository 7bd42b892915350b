"""Carry state over to a new program (runtime-semantics section 15)."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from irrun.ir.state import StateCell, StateLayout
from irrun.ir.types import StateStorage
from irrun.runtime.clock import Clock
from irrun.runtime.state import StateBuffer

Outcome = Literal["kept", "reset", "dropped"]


class SwappedCell(msgspec.Struct, frozen=True):
    """What became of one state cell."""

    key: str
    """Stable key: nodeId:role."""
    storage: StateStorage
    """Belongs to what a cell is matched by."""
    outcome: Outcome
    why: str = ""


class SwapReport(msgspec.Struct, frozen=True):
    """What became of all state cells, and of the wrap memory."""

    frame: int
    """Index of the first frame of the new program."""
    program: str
    """Patch id of the new program."""
    cells: tuple[SwappedCell, ...]
    wrap_memory_kept: bool

    def count(self, outcome: Outcome) -> int:
        """Return how many cells had this outcome."""
        return sum(1 for cell in self.cells if cell.outcome == outcome)  # exact: integers


CarryKey = tuple[str, StateStorage]
"""Stable key and storage: a delay line and its write index may share node and role."""


def by_carry_key(layout: StateLayout) -> dict[CarryKey, StateCell]:
    """Return the cells by stable key and storage; of several with one key the last counts."""
    return {(cell.stable_key, cell.storage): cell for cell in layout.cells}


def carry_state(old: StateBuffer, new: StateBuffer) -> tuple[SwappedCell, ...]:
    """Copy the elements of every cell that both layouts have with one storage and one size.

    All other cells of the new layout keep their initial values; private numbers move with
    their cell.
    """
    before, after = by_carry_key(old.layout), by_carry_key(new.layout)
    of_other_storage = {cell.stable_key: cell for key, cell in before.items() if key not in after}
    found, replaced = [], set()
    for key, cell in after.items():
        partner = before.get(key) or of_other_storage.get(cell.stable_key)
        why = _difference(partner, cell)
        if partner is None or why:
            found.append(SwappedCell(*key, "reset", why))
            replaced.add(None if partner is None else partner.key)
            continue
        # Elements beyond the array exist in neither buffer.
        target, source = new.cell(cell), old.cell(partner)
        length = min(len(target), len(source))
        target[:length] = source[:length]
        _carry_private(old.private, partner.key, new.private, cell.key)
        found.append(SwappedCell(*key, "kept"))
    dropped = (
        SwappedCell(*key, "dropped", "not in the new program")
        for key, cell in before.items()
        if key not in after and cell.key not in replaced
    )
    return (*found, *dropped)


def _difference(partner: StateCell | None, cell: StateCell) -> str:
    """Return why a cell cannot be kept, or nothing."""
    if partner is None:
        return "not in the old program"
    if partner.storage != cell.storage:
        return f"storage was {partner.storage}, is {cell.storage}"
    if partner.size != cell.size:
        return f"size was {partner.size}, is {cell.size}"
    return ""


def _carry_private(
    old: Mapping[tuple[str, str], list[float]],
    old_id: str,
    new: dict[tuple[str, str], list[float]],
    new_id: str,
) -> None:
    for (state_id, name), numbers in old.items():
        if state_id == old_id:
            new[new_id, name] = list(numbers)


def carry_time(old: Clock, new: Clock) -> bool:
    """Copy the time of the last frame, and the wrap memory if the kind of model is the same."""
    new.previous_t_ms = old.previous_t_ms
    if type(old.model) is not type(new.model):
        return False
    new.previous_model_ms = old.previous_model_ms
    new.previous_cycle = old.previous_cycle
    return True
