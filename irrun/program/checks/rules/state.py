"""Rules for state: cells, their initial values, and who uses them."""

from collections.abc import Iterator
from typing import Final

from irrun.errors import IrrunError
from irrun.errors.checks.state import (
    DuplicateStableKey,
    DuplicateStateId,
    StateSizeDiffers,
    UnknownStateId,
    UnusedCell,
)
from irrun.errors.checks.values import ConstantInOtherPool
from irrun.errors.program import ConstIndexOutOfPool, DanglingInitial
from irrun.ir.constants import NUMERIC_POOLS, STATE_ORDERS, is_number
from irrun.ir.types import STATE_STORAGES
from irrun.program.checks.facts import Facts
from irrun.program.checks.rule import rule


@rule(ConstantInOtherPool, ConstIndexOutOfPool, DanglingInitial)
def initial_constants(facts: Facts) -> Iterator[IrrunError]:
    """Every initial constant is a number, in the pool of its cell's storage."""
    constants = facts.program.constants
    for i, cell in enumerate(facts.program.state_layout.cells):
        const_id, path = cell.initial_const_id, f"$.stateLayout.cells[{i}].initialConstId"
        if const_id is None:
            continue
        order = STATE_ORDERS[cell.storage]
        pool: str | None = None
        try:
            pool = constants.resolve(const_id, order).pool
            found = constants.resolve(const_id, order, usable=is_number, pools=NUMERIC_POOLS)
        except ConstIndexOutOfPool as error:
            yield error.at(path=path)  # a run cannot be started
            continue
        except IrrunError:
            if pool is None:
                yield DanglingInitial(state_id=cell.key, const_id=const_id).at(path=path)
                continue
        else:
            pool = found.pool
        if pool != cell.storage:
            warning = ConstantInOtherPool(
                const_id=const_id,
                pool=pool,
                consumer=f"state cell {cell.key}",
                wanted=cell.storage,
            )
            yield warning.at(path=path)


@rule(DuplicateStableKey, DuplicateStateId)
def keys(facts: Facts) -> Iterator[IrrunError]:
    """State ids are different, and so are node id and role together."""
    ids: dict[str, int] = {}
    stable: dict[str, int] = {}
    for i, cell in enumerate(facts.program.state_layout.cells):
        known = ids.setdefault(cell.key, i)
        if known != i:
            warning: IrrunError = DuplicateStateId(first=known, second=i, state_id=cell.key)
            yield warning.at(path=f"$.stateLayout.cells[{i}].stateId")
        # Two arrays of one operation, a ring and its write index, share their node by design.
        known = stable.setdefault(f"{cell.storage} {cell.stable_key}", i)
        if known != i:
            warning = DuplicateStableKey(first=known, second=i, key=cell.stable_key)
            yield warning.at(path=f"$.stateLayout.cells[{i}].role")


@rule(StateSizeDiffers)
def sizes(facts: Facts) -> Iterator[IrrunError]:
    """The arrays end where their last cell ends; cells outside are the layout's to report."""
    state = facts.program.state_layout
    for storage in STATE_STORAGES:
        ends = (cell.offset + cell.size for cell in state.cells if cell.storage == storage)
        end, size = max(ends, default=0), state.size_of(storage)
        if end < size:
            warning = StateSizeDiffers(storage=storage, size=size, end=end)
            yield warning.at(path=f"$.stateLayout.{storage}Size")


@rule(UnusedCell)
def used_cells(facts: Facts) -> Iterator[IrrunError]:
    """Every cell belongs to an operation that some step can reach."""
    used = set(facts.reached.cells)
    for i, cell in enumerate(facts.program.state_layout.cells):
        if i not in used:
            yield UnusedCell(state_id=cell.key).at(path=f"$.stateLayout.cells[{i}]")


@rule(UnknownStateId)
def state_ids_of_steps(facts: Facts) -> Iterator[IrrunError]:
    """Node steps name cells that exist."""
    for i, use in facts.uses.named("state"):
        if str(use.id) not in facts.state_ids:
            warning = UnknownStateId(owner=facts.step_name(i), state_id=use.id)
            yield warning.at(path=f"$.schedule.steps[{i}].{use.field}")


RULES: Final = (initial_constants, keys, sizes, used_cells, state_ids_of_steps)
