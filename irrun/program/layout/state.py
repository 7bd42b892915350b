"""The state layout, checked: cells inside their arrays, apart from each other."""

from collections.abc import Iterator
from typing import Final

import msgspec

from irrun.errors import IrrunError
from irrun.errors.program import CellOutside, CellsOverlap, StateTooLarge
from irrun.ir.state import StateCell, StateLayout
from irrun.ir.types import STATE_STORAGES, StateStorage
from irrun.limits import STATE_SIZE
from irrun.program.program import Program

STATE_BYTES: Final[dict[StateStorage, int]] = {"f64": 8, "f32": 4, "i32": 4}


class StateMap(msgspec.Struct, frozen=True):
    """The state cells and arrays of a program."""

    layout: StateLayout
    findings: tuple[IrrunError, ...]

    @property
    def cells(self) -> tuple[StateCell, ...]:
        """The cells in the order of the program."""
        return self.layout.cells

    @property
    def sizes(self) -> dict[StateStorage, int]:
        """Elements of each state array, as the program gives them."""
        return {storage: self.layout.size_of(storage) for storage in STATE_STORAGES}

    @property
    def bytes(self) -> int:
        """Bytes of all state arrays."""
        return sum(STATE_BYTES[storage] * size for storage, size in self.sizes.items())


def derive_state(program: Program) -> StateMap:
    """Check the state layout (ir-schema section 7); sizes are the program's own."""
    layout = program.state_layout
    findings: list[IrrunError] = []
    for storage in STATE_STORAGES:
        if layout.size_of(storage) > STATE_SIZE.value:
            error = StateTooLarge(
                storage=storage, size=layout.size_of(storage), limit=STATE_SIZE.value
            )
            findings.append(error.at(path=f"$.stateLayout.{storage}Size"))
        findings += _outside(layout, storage)
        findings += _overlapping(layout, storage)
    return StateMap(layout, tuple(findings))


def _outside(layout: StateLayout, storage: StateStorage) -> Iterator[IrrunError]:
    size = layout.size_of(storage)
    for i, cell in enumerate(layout.cells):
        if cell.storage == storage and cell.offset + cell.size > size:
            warning = CellOutside(
                state_id=cell.state_id,
                storage=storage,
                first=cell.offset,
                last=cell.offset + cell.size - 1,
                size=size,
            )
            yield warning.at(path=f"$.stateLayout.cells[{i}]")


def _overlapping(layout: StateLayout, storage: StateStorage) -> Iterator[IrrunError]:
    """Yield a warning for each cell that starts before an earlier one ends."""
    numbered = [(i, c) for i, c in enumerate(layout.cells) if c.storage == storage and c.size]
    numbered.sort(key=lambda pair: (pair[1].offset, pair[0]))
    reach: StateCell | None = None
    for i, cell in numbered:
        if reach is not None and cell.offset < reach.offset + reach.size:
            high = min(reach.offset + reach.size, cell.offset + cell.size) - 1
            warning = CellsOverlap(
                first=reach.state_id,
                second=cell.state_id,
                storage=storage,
                low=cell.offset,
                high=high,
            )
            yield warning.at(path=f"$.stateLayout.cells[{i}]")
        if reach is None or cell.offset + cell.size > reach.offset + reach.size:
            reach = cell
