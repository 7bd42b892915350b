"""Which steps use which state cells: through stateful signals, node opcodes and chain slews."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Final, NamedTuple

from irrun.evaluate.reachable import reachable_fields, reachable_signals
from irrun.ir.fields import TransformField
from irrun.ir.signals import StatefulSignal, TransformSignal
from irrun.ir.state import StateCell
from irrun.ir.tables import Tables
from irrun.ir.transforms import SlewStep
from irrun.ir.types import StateStorage
from irrun.program.program import Program
from irrun.steps import AnyStep
from irrun.steps.kinds.bus_eval import BusEval
from irrun.steps.kinds.materialize import Materialize
from irrun.steps.kinds.node_eval import NodeEval
from irrun.steps.kinds.signal_eval import SignalEval

_WITH_WRITE_INDEX: Final = frozenset({"delayMs", "delayFrames"})
"""Operations whose raw index leads into the i32 array too (semantics 6.7)."""


class _Place(NamedTuple):
    """Where a cell is in its array."""

    start: int
    end: int
    cell: int


class StateCells:
    """Finds the cells that expressions use; a cell goes by its index in the layout.

    An operation finds its second number and its write index among the cells of the node that
    owns its first (semantics 6.7), so the cells of one node go together. One may come several
    times.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._cells = tables.state_layout.cells
        self._by_key: dict[str, int] = {}
        self._of_owner: dict[str, list[int]] = {}
        for i, cell in enumerate(self._cells):
            self._by_key.setdefault(cell.key, i)  # of two cells with one id the first counts
            self._of_owner.setdefault(cell.node_id, []).append(i)
        places: dict[StateStorage, list[_Place]] = {"f64": [], "f32": [], "i32": []}
        for i, cell in enumerate(self._cells):
            if cell.size > 0:
                places[cell.storage].append(_Place(cell.offset, cell.offset + cell.size, i))
        self._places = {storage: sorted(found) for storage, found in places.items()}
        self._ends = {
            storage: list(accumulate((place.end for place in found), max))
            for storage, found in self._places.items()
        }
        """The greatest end of all places up to each."""

    def of_id(self, state_id: str | int) -> int | None:
        """Return the cell that a state id means."""
        return self._by_key.get(str(state_id))

    def at(self, storage: StateStorage, index: int) -> list[int]:
        """Return the cells that hold a raw index, in the layout's order: several may overlap."""
        places, ends = self._places[storage], self._ends[storage]
        found = []
        k = bisect_right(places, index, key=lambda place: place.start) - 1
        while k >= 0 and ends[k] > index:
            if places[k].end > index:
                found.append(places[k].cell)
            k -= 1
        return sorted(found)

    def of_ids(self, state_ids: Iterable[str | int]) -> Iterator[int]:
        """Yield the cells that belong with state ids."""
        for state_id in state_ids:
            cell = self.of_id(state_id)
            yield from self._with_others([] if cell is None else [cell])

    def of_signal(self, signal_id: int) -> Iterator[int]:
        """Yield the cells that a signal itself uses, not its operands."""
        node = self._tables.signal_nodes[signal_id]
        if isinstance(node, TransformSignal):
            yield from self.of_chain(node.chain)
        elif isinstance(node, StatefulSignal):
            params = node.params
            second = None if params is None else params.was_triggered_state_id
            yield from self.of_ids([node.state_id, *([] if second is None else [second])])
            if params is not None and params.state_offset is not None:
                yield from self._with_others(self.at("f64", params.state_offset))
                if node.op in _WITH_WRITE_INDEX:
                    yield from self._with_others(self.at("i32", params.state_offset))

    def of_field(self, field_id: int) -> Iterator[int]:
        """Yield the cells that a field itself uses, not its operands and signals."""
        node = self._tables.field_nodes[field_id]
        if isinstance(node, TransformField):
            yield from self.of_chain(node.chain)

    def of_chain(self, chain_id: int) -> Iterator[int]:
        """Yield the cells that a chain uses; none if there is no such chain."""
        if chain_id < len(self._tables.chains):
            for step in self._tables.chains[chain_id].steps:
                if isinstance(step, SlewStep):
                    yield from self._with_others(self.at("f64", step.state_offset))

    def _with_others(self, cells: Iterable[int]) -> Iterator[int]:
        for i in cells:
            yield from self._of_owner[self._cells[i].node_id]


def state_users(program: Program) -> dict[str, tuple[int, ...]]:
    """Return, by state id as text, the indices of the steps that read and update the cell.

    Cells that no step uses are left out.
    """
    cells, users = StateCells(program), dict[str, dict[int, None]]()
    for index, step in enumerate(program.steps):
        for cell in _cells_of_step(program, cells, step):
            users.setdefault(cell.key, {})[index] = None
    return {key: tuple(steps) for key, steps in users.items()}


def cells_of_step(program: Program, step: AnyStep) -> tuple[StateCell, ...]:
    """Return the state cells that a step may use, in the order of the layout."""
    return _cells_of_step(program, StateCells(program), step)


def _cells_of_step(program: Program, cells: StateCells, step: AnyStep) -> tuple[StateCell, ...]:
    used = set(_named(program, cells, step))
    return tuple(cell for i, cell in enumerate(program.state_layout.cells) if i in used)


def _named(program: Program, cells: StateCells, step: AnyStep) -> Iterator[int]:
    match step:
        case SignalEval():
            yield from _of_signals(program, cells, [output.sig_id for output in step.outputs])
        case NodeEval():
            yield from cells.of_ids((*(step.state_reads or ()), *(step.state_writes or ())))
        case BusEval():
            for publisher in step.publishers:
                if publisher.transform is not None:
                    yield from cells.of_chain(publisher.transform.chain_id)
        case Materialize() if step.materialization.field_id is not None:
            fields = list(reachable_fields(program, step.materialization.field_id))
            asked = [s for i in fields for s in program.field_nodes[i].signals]
            yield from _of_signals(program, cells, asked)
            for i in fields:
                yield from cells.of_field(i)
        case _:
            return


def _of_signals(program: Program, cells: StateCells, roots: list[int]) -> Iterator[int]:
    for i in reachable_signals(program, roots):
        yield from cells.of_signal(i)
