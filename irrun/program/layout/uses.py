"""What steps use besides slots, themselves and through expressions (ir-schema 14.3, 14.4)."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final, NamedTuple

from irrun.evaluate.reachable import reachable_fields, reachable_signals
from irrun.evaluate.state.index import CellIndex
from irrun.ir.expressions.fields import TransformField, field_id_of
from irrun.ir.expressions.signals import StatefulSignal, TransformSignal
from irrun.ir.expressions.transforms import SlewStep
from irrun.ir.tables import Tables
from irrun.ir.values import FieldRef, value_from_document
from irrun.program.program import Program
from irrun.steps.uses import Use, Used

_WITH_WRITE_INDEX: Final = frozenset({"delayMs", "delayFrames"})
"""Operations whose raw index leads into the i32 array too (semantics 6.7)."""


class UsedCells:
    """Says which state cells expressions use; a cell goes by its index in the layout.

    An operation finds its second number and its write index among the cells of the node that
    owns its first (semantics 6.7), so the cells of one node go together. One may come several
    times.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._index = CellIndex(tables.state_layout.cells)

    def of_ids(self, state_ids: Iterable[str | int]) -> Iterator[int]:
        """Yield the cells that belong with state ids."""
        for state_id in state_ids:
            cell = self._index.of_id(state_id)
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
                yield from self._with_others(self._index.at("f64", params.state_offset))
                if node.op in _WITH_WRITE_INDEX:
                    yield from self._with_others(self._index.at("i32", params.state_offset))

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
                    yield from self._with_others(self._index.at("f64", step.state_offset))

    def _with_others(self, cells: Iterable[int]) -> Iterator[int]:
        for i in cells:
            yield from self._index.of_node(self._index.cells[i].node_id)


class Reached(NamedTuple):
    """What some steps may evaluate and keep, by index; what is not there is left out."""

    signals: tuple[int, ...]
    fields: tuple[int, ...]
    cells: tuple[int, ...]
    """Ascending: the order of the layout."""


class Uses:
    """What each step of a program uses: what it names, and what that leads to."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.cells = UsedCells(program)
        self.of_steps = tuple(tuple(step.uses()) for step in program.steps)
        """What each step names."""

    def named(self, of: Used) -> Iterator[tuple[int, Use]]:
        """Yield step and use of everything of one sort that steps name, without effect too."""
        for i, uses in enumerate(self.of_steps):
            yield from ((i, use) for use in uses if use.of == of)

    def indices(self, step: int, of: Used) -> list[int]:
        """Return the indices of what a step names of one sort, and what has an effect.

        Fields and chains come also by handles, out of slots.
        """
        found = self._own(step, of)
        if of in ("field", "chain"):
            found += [handled.id for handled in self._handles[step] if handled.of == of]
        return list(dict.fromkeys(found))

    def state_ids(self, step: int) -> list[str | int]:
        """Return the state ids that a step names."""
        return [use.id for use in self.of_steps[step] if use.of == "state" and not use.weak]

    def reached(self, steps: Iterable[int]) -> Reached:
        """Return what some steps may evaluate and keep."""
        program, cells = self._program, self.cells
        steps = tuple(steps)
        fields = tuple(reachable_fields(program, self._all(steps, "field")))
        asked = [s for i in fields for s in program.field_nodes[i].signals]
        signals = tuple(reachable_signals(program, [*self._all(steps, "signal"), *asked]))
        found = {cell for step in steps for cell in cells.of_ids(self.state_ids(step))}
        for chain in self._all(steps, "chain"):
            found.update(cells.of_chain(chain))
        for i in signals:
            found.update(cells.of_signal(i))
        for i in fields:
            found.update(cells.of_field(i))
        return Reached(signals, fields, tuple(sorted(found)))

    def _all(self, steps: Iterable[int], of: Used) -> list[int]:
        return [found for step in steps for found in self.indices(step, of)]

    @cached_property
    def _handles(self) -> tuple[tuple["_Handled", ...], ...]:
        """What each step uses through the field handles that it may read out of slots.

        Handles start as initial values. A step that takes handles and writes buffers may hand
        them on, with its chains: a bus of fields does (semantics 8.4).
        """
        held: dict[int, dict[_Handled, None]] = {}
        for slot, document in self._program.initial_slot_values.items():
            value = value_from_document(document)
            field = field_id_of(value.expr_id) if isinstance(value, FieldRef) else None
            if field is not None:
                held[slot] = {_Handled("field", field): None}
        takers = self._takers() if held else []
        found: list[dict[_Handled, None]] = [{} for _ in self.of_steps]
        before = -1
        while before != (before := sum(map(len, held.values()))):
            for step, reads, writes in takers:
                for slot in reads:
                    found[step].update(held.get(slot, {}))
                own = (_Handled("chain", i) for i in self._own(step, "chain"))
                handed = {**found[step], **dict.fromkeys(own)} if found[step] else {}
                for slot in writes:
                    held.setdefault(slot, {}).update(handed)
        return tuple(map(tuple, found))

    def _own(self, step: int, of: Used) -> list[int]:
        return [use.row for use in self.of_steps[step] if use.of == of and not use.weak]

    def _takers(self) -> list[tuple[int, list[int], list[int]]]:
        """Return the steps that take handles: step, the slots of those, the buffers it writes."""
        takers = []
        for i, step in enumerate(self._program.steps):
            accesses = tuple(step.accesses(self._program))
            reads = [a.slot for a in accesses if a.mode == "read" and "field" in a.also]
            if reads:
                hands_on = any(use.of == "bus" for use in self.of_steps[i])
                writes = [a.slot for a in accesses if a.mode == "write" and hands_on]
                takers.append((i, reads, writes))
        return takers


class _Handled(NamedTuple):
    """A field or a chain that a handle leads to."""

    of: Used
    id: int


def state_users(program: Program) -> tuple[tuple[int, ...], ...]:
    """Return, for each state cell, the indices of the steps that read and update it."""
    uses = Uses(program)
    users: list[list[int]] = [[] for _ in program.state_layout.cells]
    for index in range(len(program.steps)):
        for cell in uses.reached([index]).cells:
            users[cell].append(index)
    return tuple(map(tuple, users))
