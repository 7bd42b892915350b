"""What each value of a program is made of, finer than by step: the way back from a symptom."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from irrun.compare.lineage.side import Side
from irrun.evaluate.buses.combine import CHOICES
from irrun.evaluate.buses.values import combined_order
from irrun.evaluate.reachable import reachable_fields
from irrun.ir.buses import ChainRef, Publisher
from irrun.ir.expressions.signals import InputSlotSignal
from irrun.program.layout.uses import Uses
from irrun.steps import AnyStep
from irrun.steps.kinds.bus_eval import BusEval
from irrun.steps.kinds.signal_eval import SignalEval


class Value(NamedTuple):
    """A value that can be compared: a slot or a state cell, by its name."""

    kind: Literal["slot", "state"]
    name: str

    @property
    def text(self) -> str:
        """The value as messages call it."""
        plain = self.kind == "slot" and self.name.startswith(("slot ", "initial value "))
        return self.name if plain else f"{self.kind} {self.name}"


class Node(NamedTuple):
    """A signal of one of the two programs."""

    signal: int


Source = Value | Node


class Position(NamedTuple):
    """Where in a frame a value comes about; places compare by time."""

    step: int
    """Index of the step; -1 for what no step makes."""
    within: int
    """Order within the step: slots as they are written, then state."""


NOWHERE = Position(-1, 0)
_STATE = 1 << 60


class Dependencies:
    """Sources of the values of one program.

    The outputs of a signalEval depend on their own signals and not on those of their neighbours;
    what any other step writes depends on all that it reads.

    Args:
        side: The program.
        quirks: True if it runs with the reference's quirks, by which buses keep another order.
    """

    def __init__(self, side: Side, *, quirks: bool = False) -> None:
        self._side = side
        self._quirks = quirks
        self._program = side.program
        self.writers: dict[Value, list[int]] = {}
        """Indices of the steps that make a value."""
        self.signals_of_cell: dict[Value, list[int]] = {}
        """Ids of the signals that use a cell, in the order of evaluation."""
        self._places: dict[Value, Position] = {}
        self._of_slot: dict[Value, list[Source]] = {}
        self._of_cell: dict[Value, list[Source]] = {}
        self._uses = Uses(self._program)
        self._cells = self._uses.cells
        self._values_of_cells = [Value("state", name) for name in side.cells]
        seen: set[int] = set()
        for index, step in enumerate(self._program.steps):
            self._add_step(index, step, seen)

    def place(self, value: Value) -> Position:
        """Return where in a frame a value comes about first."""
        return self._places.get(value, NOWHERE)

    def sources(self, source: Source) -> list[Source]:
        """Return what a value or signal is made of."""
        if isinstance(source, Node):
            return list(self._of_signal(source.signal))
        found = self._of_slot if source.kind == "slot" else self._of_cell
        return found.get(source, [])

    def reads(self, step: int) -> list[Source]:
        """Return all that a step depends on."""
        return list(self._step_sources(step))

    def _slot(self, slot: int) -> Value:
        return Value("slot", self._side.slot(slot))

    def _add_step(self, index: int, step: AnyStep, seen: set[int]) -> None:
        if isinstance(step, SignalEval):
            for i, output in enumerate(step.outputs):
                self._made(self._slot(output.slot), Position(index, i), [Node(output.sig_id)])
                self._add_state_of_signals(index, [output.sig_id], seen)
            return
        sources = list(self._step_sources(index))
        for i, access in enumerate(step.accesses(self._program)):
            if access.mode == "write":
                self._made(self._slot(access.slot), Position(index, i), sources)
        cells = [s for s in sources if isinstance(s, Value) and s.kind == "state"]
        for cell in cells:
            self._updated(cell, index, sources)
        signals = [s.signal for s in sources if isinstance(s, Node)]
        self._add_state_of_signals(index, signals, seen)

    def _made(self, value: Value, place: Position, sources: Iterable[Source]) -> None:
        self._places.setdefault(value, place)
        writers = self.writers.setdefault(value, [])
        if place.step not in writers:
            writers.append(place.step)
        self._of_slot.setdefault(value, []).extend(sources)

    def _updated(self, cell: Value, step: int, sources: Iterable[Source]) -> None:
        self._places.setdefault(cell, Position(step, _STATE))
        writers = self.writers.setdefault(cell, [])
        if step not in writers:
            writers.append(step)
        known = self._of_cell.setdefault(cell, [])
        known.extend(source for source in sources if source != cell and source not in known)

    def _add_state_of_signals(self, step: int, roots: Iterable[int], seen: set[int]) -> None:
        """Note which cells the signals update that no earlier step evaluates."""
        nodes = self._program.signal_nodes
        stack = [root for root in roots if root < len(nodes)]
        while stack:
            i = stack.pop()
            if i in seen:
                continue
            seen.add(i)
            for cell in self._values(self._cells.of_signal(i)):
                self._updated(cell, step, self._of_signal(i))
                self.signals_of_cell.setdefault(cell, []).append(i)
            stack.extend(o for o in nodes[i].operands if o < len(nodes))

    def _of_signal(self, i: int) -> Iterator[Source]:
        nodes = self._program.signal_nodes
        if i >= len(nodes):
            return
        node = nodes[i]
        if isinstance(node, InputSlotSignal):
            yield self._slot(node.slot)
        yield from (Node(operand) for operand in node.operands)
        yield from self._values(self._cells.of_signal(i))

    def _values(self, cells: Iterable[int]) -> Iterator[Value]:
        return (self._values_of_cells[i] for i in cells)

    def _step_sources(self, index: int) -> Iterator[Source]:
        """Yield what a step depends on as a whole."""
        step = self._program.steps[index]
        chosen = None if self._quirks else _chosen_publisher(step)
        for access in step.accesses(self._program):
            is_needed = chosen is None or access.slot == chosen.src_slot
            if access.mode == "read" and not access.weak and is_needed:
                yield self._slot(access.slot)
        uses = self._uses
        yield from (Node(signal) for signal in uses.indices(index, "signal"))
        yield from self._values(self._cells.of_ids(uses.state_ids(index)))
        for chain in uses.indices(index, "chain"):
            if chosen is None or chosen.transform == ChainRef(chain_id=chain):
                yield from self._values(self._cells.of_chain(chain))
        for i in reachable_fields(self._program, uses.indices(index, "field")):
            yield from (Node(signal) for signal in self._program.field_nodes[i].signals)
            yield from self._values(self._cells.of_field(i))


def _chosen_publisher(step: AnyStep) -> Publisher | None:
    """Return the publisher that alone counts on a bus that takes one publisher's value."""
    if not isinstance(step, BusEval) or step.combine.mode not in CHOICES:
        return None
    order = combined_order(step.publishers)
    return order[CHOICES[step.combine.mode]] if order else None
