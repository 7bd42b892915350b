"""The state buffer (runtime-semantics section 4)."""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from irrun.errors import IrrunError
from irrun.errors.program import ConstantNotFound, ConstIndexOutOfPool, DanglingInitial
from irrun.ir.constants import NUMERIC_POOLS, STATE_ORDERS, ConstPool, is_number
from irrun.ir.state import StateCell, StateLayout
from irrun.ir.types import STATE_STORAGES, StateStorage
from irrun.numerics.convert import to_f32, to_i32

STATE_ARRAYS: Final = STATE_STORAGES


class StateBuffer:
    """Three arrays that live as long as the runtime, of exactly the layout's sizes."""

    def __init__(self, layout: StateLayout) -> None:
        self.layout = layout
        self.f64: NDArray[np.float64] = np.zeros(layout.f64_size, dtype=np.float64)
        self.f32: NDArray[np.float32] = np.zeros(layout.f32_size, dtype=np.float32)
        self.i32: NDArray[np.int32] = np.zeros(layout.i32_size, dtype=np.int32)
        self.private: dict[tuple[str, str], list[float]] = {}
        """Numbers of operations whose cells have no room for them, by (state id, name)."""

    def view(self, storage: StateStorage) -> "memoryview[Any]":
        """Return one array as a memoryview, which reads and writes single elements fast."""
        return self.array(storage).data

    def array(self, storage: StateStorage) -> NDArray[Any]:
        """Return one array."""
        arrays: dict[StateStorage, NDArray[Any]] = {
            "f64": self.f64,
            "f32": self.f32,
            "i32": self.i32,
        }
        return arrays[storage]

    def cell(self, cell: StateCell) -> NDArray[Any]:
        """Return a cell's elements as a view, shape (size,); what lies outside is cut off."""
        return self.array(cell.storage)[cell.offset : cell.offset + cell.size]

    def snapshot(self) -> dict[StateStorage, list[float]]:
        """Return the contents of all three arrays."""
        return {"f64": self.f64.tolist(), "f32": self.f32.tolist(), "i32": self.i32.tolist()}


def initialize_state(
    layout: StateLayout,
    constants: ConstPool,
    *,
    initials: Mapping[str, tuple[float, ...]] | None = None,
    report: Callable[[IrrunError], None] | None = None,
) -> StateBuffer:
    """Allocate the state arrays and fill every cell with its initial value.

    Args:
        layout: Cells and sizes.
        constants: Where initial constants are found: the directory first, then the pool of the
            cell's own storage, never `json`.
        initials: By state id, what a cell without an initial constant starts from; elements
            beyond the given ones, and other cells, start from 0.
        report: Takes a warning for each constant that does not exist; it counts as absent.

    Returns:
        The buffer. Elements of a cell beyond its array are ignored.

    Raises:
        ConstIndexOutOfPool: IR202, the directory leads beyond its pool.
    """
    buffer = StateBuffer(layout)
    for i, cell in enumerate(layout.cells):
        value = _initial_constant(i, cell, constants, report)
        elements = buffer.cell(cell)
        own = (initials or {}).get(cell.key, ())
        # JSON writes NaN and infinities as null, which is "no value" (section 0.6).
        if value is not None and not (own and math.isnan(value)):
            elements[:] = _stored(cell.storage, value)
            continue
        for j, wanted in enumerate(own[: len(elements)]):
            elements[j] = _stored(cell.storage, wanted)
    return buffer


def _initial_constant(
    index: int,
    cell: StateCell,
    constants: ConstPool,
    report: Callable[[IrrunError], None] | None,
) -> float | None:
    if cell.initial_const_id is None:
        return None
    order, place = STATE_ORDERS[cell.storage], f"$.stateLayout.cells[{index}].initialConstId"
    try:
        found = constants.resolve(
            cell.initial_const_id, order, usable=is_number, pools=NUMERIC_POOLS, wanted="number"
        )
    except ConstantNotFound:
        if report is not None:
            warning = DanglingInitial(state_id=cell.state_id, const_id=cell.initial_const_id)
            report(warning.at(path=place))
        return None
    except ConstIndexOutOfPool as error:
        raise error.at(path=place) from None
    return float(found.value)


def _stored(storage: StateStorage, value: float) -> float:
    """Return a value as the storage keeps it (section 0.4)."""
    if storage == "f64":
        return value
    return to_f32(value) if storage == "f32" else to_i32(value)
