"""What rules look at: a program, and what is derived from it, each thing once."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple, cast

import msgspec

from irrun.errors import IrrunError, Severity
from irrun.evaluate.environment import Environment
from irrun.evaluate.fields.ops import needed_fields
from irrun.evaluate.graphs import reachable
from irrun.evaluate.signals.nodes import needed_operands
from irrun.evaluate.state.cells import CellFinder
from irrun.ir.state import StateLayout
from irrun.ir.types import StateStorage
from irrun.program.layout import Layout, derive_layout
from irrun.program.layout.uses import Reached, Uses
from irrun.program.program import Program
from irrun.runtime.executor import Executors
from irrun.steps import Access


class Touch(NamedTuple):
    """One step touching one slot."""

    step: int
    """Index of the step."""
    access: Access


class Sizes(msgspec.Struct):
    """Stands for the state arrays where only their sizes matter; nothing is allocated."""

    layout: StateLayout
    private: dict[tuple[str, str], list[float]]

    def view(self, storage: StateStorage) -> "memoryview[Any]":
        """Return something as long as a state array."""
        return cast("memoryview[Any]", range(self.layout.size_of(storage)))


class Facts:
    """A program and what follows from it.

    Args:
        program: The program.
        executors: How it will run. What only a real executor would meet is no error where a stub
            stands in; `real` takes every kind as carried out, whether irrun can or not.
    """

    def __init__(self, program: Program, executors: Executors = "real") -> None:
        self.program = program
        self.executors = executors
        self.reported: list[IrrunError] = []
        """Warnings that evaluation code reports while it is asked."""
        self.sizes = Sizes(program.state_layout, {})
        self.finder = CellFinder(self.sizes)
        self.env = Environment(lambda slot: None, self.reported.append)

    # --- Steps and slots ---------------------------------------------------------------------

    @cached_property
    def layout(self) -> Layout:
        """Where values live."""
        return derive_layout(self.program)

    @cached_property
    def touches(self) -> Mapping[int, tuple[Touch, ...]]:
        """All accesses of steps by slot, in schedule order."""
        return {
            meta.slot: tuple(
                Touch(e.step, e.access)
                for e in meta.evidence
                if e.step is not None and e.access is not None
            )
            for meta in self.layout.slots
        }

    @cached_property
    def accesses(self) -> tuple[tuple[Access, ...], ...]:
        """The accesses of each step, by ascending slot."""
        found: list[list[Access]] = [[] for _ in self.program.steps]
        for touches in self.touches.values():
            for touch in touches:
                found[touch.step].append(touch.access)
        return tuple(map(tuple, found))

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Index of each step id; of equal ids the first."""
        found: dict[str, int] = {}
        for i, step in enumerate(self.program.steps):
            found.setdefault(step.id, i)
        return found

    @cached_property
    def state_ids(self) -> frozenset[str]:
        """State ids of all cells, as text."""
        return frozenset(cell.key for cell in self.program.state_layout.cells)

    @cached_property
    def bus_indices(self) -> frozenset[int]:
        """Indices of the buses that are in the table, or that a step evaluates."""
        evaluated = (use.row for _, use in self.uses.named("bus"))
        return frozenset((*range(len(self.program.buses.buses)), *evaluated))

    @cached_property
    def uses(self) -> Uses:
        """What steps use besides slots."""
        return Uses(self.program)

    @property
    def is_executed(self) -> bool:
        """True if steps are carried out, not stubbed."""
        return self.executors != "stub"

    def step_name(self, index: int) -> str:
        """Return a step's id with its label."""
        step = self.program.steps[index]
        label = self.label("steps", step.id)
        return step.id if label in (None, step.kind) else f'{step.id} "{label}"'

    def label(self, table: str, key: str) -> str | None:
        """Return what `meta.names` calls a node, bus or step."""
        names: Mapping[str, str] = getattr(self.program.document.meta.names, table)
        return names.get(key)

    # --- Expressions -------------------------------------------------------------------------

    @cached_property
    def field_roots(self) -> Mapping[int, int]:
        """Field id of each materialization, by step index; ids that lead nowhere are left out."""
        size = len(self.program.field_nodes)
        return {i: use.row for i, use in self.uses.named("field") if use.row < size}

    @cached_property
    def certain_fields(self) -> frozenset[int]:
        """Fields that are evaluated in every frame."""
        nodes = self.program.field_nodes
        roots = list(self.field_roots.values()) if self.is_executed else []
        return _closure(roots, len(nodes), lambda i: needed_fields(nodes[i]))

    @cached_property
    def certain_signals(self) -> frozenset[int]:
        """Signals that are evaluated in every frame, whichever branches selects take."""
        nodes = self.program.signal_nodes
        roots = [use.row for _, use in self.uses.named("signal")] if self.is_executed else []
        roots += self.signals_of(self.certain_fields)
        return _closure(roots, len(nodes), lambda i: needed_operands(nodes, i))

    @cached_property
    def reached(self) -> Reached:
        """Signals and fields that some step may evaluate, and the cells that some step uses."""
        return self.uses.reached(range(len(self.program.steps)))

    def signals_of(self, fields: Iterable[int]) -> list[int]:
        """Return the signals that fields ask for."""
        nodes = self.program.field_nodes
        return [signal for i in sorted(fields) for signal in nodes[i].signals]

    def asked(self, ask: Any) -> Iterator[IrrunError]:
        """Call what a run would call, and yield what it reports and raises."""
        self.reported.clear()
        try:
            ask()
        except IrrunError as error:
            yield error
        yield from list(self.reported)


def _closure(roots: Iterable[int], size: int, operands: Any) -> frozenset[int]:
    """Return the ids that roots lead to, dangling ones left out."""
    ids = reachable(roots, lambda i: operands(i) if i < size else ())
    return frozenset(i for i in ids if i < size)


def weighed(error: IrrunError, certain: bool) -> IrrunError:
    """Return an error as a warning where no frame is certain to meet it."""
    if error.severity is Severity.ERROR and not certain:
        error.weigh(Severity.WARNING)
    return error


def listed(items: Iterable[Any], limit: int = 10) -> str:
    """Return things as a list in a sentence; a long one is cut."""
    texts = [str(item) for item in items]
    shown = texts[:limit]
    return ", ".join(shown) + (", ..." if len(texts) > limit else "")
