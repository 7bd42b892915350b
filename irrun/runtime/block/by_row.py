"""Plans the steps that have no form for columns: they run frame by frame, or never change."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from irrun.evaluate.columns.plan import Planner, Register
from irrun.evaluate.columns.signals import SignalPlanner
from irrun.evaluate.environment import Environment
from irrun.evaluate.evaluators import Evaluators
from irrun.evaluate.fields.constancy import Constancy
from irrun.evaluate.fields.nodes import asked_signals
from irrun.evaluate.frame_cache import FrameCache
from irrun.evaluate.held import Held
from irrun.evaluate.signals.stateful import Memory
from irrun.evaluate.state.cells import CellFinder, NumberCell
from irrun.program.layout.uses import Uses
from irrun.runtime.block.rows import TIME_INPUTS, RowSignals, RowSlots, RowStep, RowWorld, extracted
from irrun.runtime.block.slots import SlotPlanner
from irrun.runtime.executor import plan_schedule
from irrun.runtime.runtime import Runtime
from irrun.runtime.state import StateBuffer
from irrun.steps.base import PlannedStep
from irrun.steps.frame import Frame


class RowPlanner:
    """Plans such steps of one program.

    Args:
        runtime: The runtime whose blocks are planned.
        state: The memory that blocks work on.
        finder: Finds cells in it.
        planner: Takes the operations.
        slots: The slots, as the step that is planned finds them.
        signals: Plans the signals that steps ask for.
    """

    def __init__(
        self,
        runtime: Runtime,
        state: StateBuffer,
        finder: CellFinder,
        planner: Planner,
        slots: SlotPlanner,
        signals: SignalPlanner,
    ) -> None:
        self._runtime = runtime
        self._tables = runtime.program
        self._state = state
        self._finder = finder
        self._planner = planner
        self._slots = slots
        self._signals = signals
        self._constancy = Constancy(runtime.program)

    def never_changes(self, planned: PlannedStep) -> bool:
        """True if a step writes the same in every frame: of what it sees nothing changes."""
        step, index, uses = planned.step, planned.index, self._uses
        if planned.is_stub or step.sees_more(self._tables) or uses.state_ids(index):
            return False
        reads = [a.slot for a in planned.accesses if a.mode == "read"]
        if any(self._slots.peek(slot).number not in self._planner.constants for slot in reads):
            return False
        chains, fields = uses.indices(index, "chain"), uses.reached([index]).fields
        return (
            all(map(self._constancy.signal, self._signals_of(planned)))
            and not any(map(self._constancy.remembers, chains))
            and not any(map(self._constancy.has_memory, fields))
        )

    def plan(self, index: int, write: Callable[[int, Register], None]) -> None:
        """Plan a step that runs frame by frame on registers.

        Args:
            index: Which step.
            write: Takes the slots that it writes.

        Raises:
            NotInBlocks: It needs a signal that has no form for columns.
        """
        planned = self._steps[index]
        reads = list(dict.fromkeys(a.slot for a in planned.accesses if a.mode == "read"))
        writes = list(dict.fromkeys(a.slot for a in planned.accesses if a.mode == "write"))
        asks = planned.step.evaluates_fields and not planned.is_stub
        roots = self._signals_of(planned) if asks else []
        inputs = [self._planner.times[name] for name in TIME_INPUTS]
        inputs += [self._slots.peek(slot) for slot in reads]
        inputs += [self._signals.demand(sig) for sig in roots]
        step = RowStep(self._world, planned, reads, roots)
        memory = self._memory_of(planned, step)
        if memory is None:
            made = self._planner.emit(
                planned.step.kind, inputs, None, step, shape=None, kind="object"
            )
        else:
            made = self._planner.remember(
                planned.step.kind, inputs, memory, lambda: None, shape=None, kind="object"
            )
        for slot in writes:
            numeric = self._runtime.values.storage_of(slot) != "object"
            shape = () if numeric else self._slots.shape_now(slot)
            kind: Any = "object" if shape is None else "column"
            take = extracted(slot, shape)
            value = self._planner.emit(f"slot {slot}", (made,), None, take, shape=shape, kind=kind)
            write(slot, value)

    def _signals_of(self, planned: PlannedStep) -> list[int]:
        """Return the signals that a step and its fields ask for."""
        asked = self._uses.indices(planned.index, "signal")
        for field in self._uses.reached([planned.index]).fields:
            asked += asked_signals(self._tables.field_nodes[field])
        return list(dict.fromkeys(asked))

    def _memory_of(self, planned: PlannedStep, step: RowStep) -> Memory | None:
        """Return the state that a step itself moves on, if it does."""
        cells = () if planned.is_stub else tuple(self._cells_of(planned.index))
        return Memory((), step, None, cells) if cells else None

    def _cells_of(self, step: int) -> Iterator[NumberCell]:
        """Yield all numbers of state that a step itself uses, not its signals."""
        uses, found = self._uses, set[int]()
        found.update(uses.cells.of_ids(uses.state_ids(step)))
        for chain in uses.indices(step, "chain"):
            found.update(uses.cells.of_chain(chain))
        for field in uses.reached([step]).fields:
            found.update(uses.cells.of_field(field))
        for i in sorted(found):  # exact: indices
            cell = self._state.layout.cells[i]
            for index in range(cell.offset, cell.offset + cell.size):
                yield self._finder.raw("a step", cell.storage, index)

    @cached_property
    def _uses(self) -> Uses:
        return Uses(self._tables)

    @cached_property
    def _steps(self) -> tuple[PlannedStep, ...]:
        """The steps, made ready to run frame by frame on the memory of blocks."""
        return plan_schedule(self._tables, self._world.evaluators, self._runtime.executors)

    @cached_property
    def _world(self) -> RowWorld:
        """Return what steps that run frame by frame share."""
        runtime, program = self._runtime, self._runtime.program
        slots, signals = RowSlots(runtime.values), RowSignals()
        cache = FrameCache(program, Held())
        env = Environment(
            slots.read, lambda f: world.report(f), nominal_ms=1000 / runtime.fps,
            quirks=runtime.quirks,
        )  # fmt: skip
        evaluators = Evaluators(program, self._state, cache, env, signals)
        frame = Frame(program, evaluators, slots, runtime.viewport, lambda f: world.report(f))
        world = RowWorld(frame, slots, signals, evaluators, cache, runtime.knows)
        return world
