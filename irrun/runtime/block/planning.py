"""Makes the plan of a program's blocks: each step in columns, or frame by frame on registers."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from irrun.errors import IrrunError, sentence_of
from irrun.evaluate.columns.fields import FieldPlanner
from irrun.evaluate.columns.plan import NotInBlocks, Operation, Planner, Register, Stage
from irrun.evaluate.columns.rows import MadeRows, Same, made_rows
from irrun.evaluate.columns.signals import SignalPlanner
from irrun.evaluate.environment import Environment
from irrun.evaluate.frame_cache import FrameCache
from irrun.evaluate.held import Held
from irrun.evaluate.nodes import NodeEvaluator
from irrun.evaluate.operations.transforms import ChainRunner
from irrun.evaluate.signals.nodes import SignalCompiler
from irrun.evaluate.signals.stateful import Memory
from irrun.evaluate.state.cells import CellFinder
from irrun.ir.types import StateStorage
from irrun.ir.values import Array
from irrun.program.document import Output
from irrun.runtime.block.by_row import RowPlanner
from irrun.runtime.block.slots import Carried, SlotPlanner, Written
from irrun.runtime.runtime import DRAWN, Runtime, is_frame
from irrun.runtime.state import StateBuffer
from irrun.steps.actors import OUTPUTS, Actor
from irrun.steps.base import Access, PlannedStep
from irrun.steps.frame import ProbeRecord

if TYPE_CHECKING:
    from irrun.evaluate.columns.nodes import NodePlanner


class BlockPlan(NamedTuple):
    """All that is known of a program's blocks beforehand."""

    stages: tuple[Stage, ...]
    planner: Planner
    state: StateBuffer
    """The memory that blocks work on."""
    written: tuple[Written, ...]
    carried: tuple[Carried, ...]
    reads_first: tuple[tuple[int, Actor], ...]
    """Slots that are read before anything in the frame writes them, and who reads."""
    outputs: dict[str, Register]
    probes: tuple[ProbeRecord, ...]
    """What probes look at; the registers are the values."""
    times_given: frozenset[str]
    """The outputs of a timeDerive step that the time model gives."""
    elements: int
    """Most numbers that a register has to a frame."""
    by_row: dict[str, str]
    """Steps that run frame by frame, and why."""
    signals: dict[int, Register]
    """The registers of signals."""

    @property
    def seen(self) -> Iterator[int]:
        """The numbers of the registers that somebody may look at when a block is done."""
        yield from (written.value.number for written in self.written)
        yield from (register.number for register in self.outputs.values())
        yield from (record.value.number for record in self.probes)


def plan_blocks(runtime: Runtime) -> BlockPlan:
    """Plan the blocks of a runtime's program. At least one frame of it has run.

    Raises:
        NotInBlocks: The program is for the interpreter.
    """
    return _Planning(runtime).plan()


class _Planning:
    """The plan of one program while it is made, at one step after the other."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.tables = program = runtime.program
        self.planner = Planner()
        self.quirks = runtime.quirks
        self.viewport = runtime.viewport
        self._state = StateBuffer(runtime.state.layout)
        self._current: PlannedStep | None = None
        self._by_row: dict[str, str] = {}
        to_be_written = [a.slot for p in runtime.plan for a in p.accesses if a.mode == "write"]
        self._slots = SlotPlanner(self.planner, runtime.values, to_be_written)
        env = Environment(
            self._no_read, self._report, nominal_ms=1000 / runtime.fps, quirks=runtime.quirks
        )
        cache = FrameCache(program, Held())
        finder = CellFinder(self._state)
        compiler = SignalCompiler(
            program, finder, ChainRunner(program, finder, env), cache, env, self._no_read
        )
        self.signals = SignalPlanner(program, compiler, finder, self.planner, self)
        self._rows = RowPlanner(
            runtime, self._state, finder, self.planner, self._slots, self.signals
        )
        self._running: PlannedStep | None = None
        """The step whose fields are computed."""
        block_env = Environment(
            self._no_read, self._tell, nominal_ms=1000 / runtime.fps, quirks=runtime.quirks
        )
        self.fields = FieldPlanner(
            program, finder, block_env, FrameCache(program, Held()), self.planner, self.signals
        )
        self._finder, self._env = finder, block_env
        self._elements = 1
        self._probes: list[ProbeRecord] = []

    def plan(self) -> BlockPlan:
        """Plan every step, then the outputs."""
        for planned in self._runtime.plan:
            self._current = planned
            self._step(planned)
        self._current = None
        self._slots.check_all_written()
        outputs = {output.id: self._output(output) for output in self.tables.outputs}
        stages = self.planner.stages()
        self._claim_memories()
        slots = self._slots
        return BlockPlan(
            stages,
            self.planner,
            self._state,
            tuple(slots.written),
            tuple(slots.carried.values()),
            tuple(slots.read_first),
            outputs,
            tuple(self._probes),
            self.times_given,
            self._elements,
            self._by_row,
            self.signals.registers,
        )

    # --- What a step sees (steps/block.py) ---------------------------------------------------

    @property
    def accesses(self) -> tuple[Access, ...]:
        """The accesses of the step that is planned."""
        assert self._current is not None
        return self._current.accesses

    @property
    def times_given(self) -> frozenset[str]:
        """The outputs of a timeDerive step that the time model gives."""
        time = self._runtime.frame.time
        given = {
            "out.phase01": time.phase01,
            "out.wrapEvent": time.wrap_event,
            "out.progress01": time.progress01,
        }
        named = {name for name, value in given.items() if value is not None}
        return frozenset({"tAbsMsSlot", "out.tModelMs"} | named)

    @cached_property
    def nodes(self) -> "NodePlanner":
        """Plans nodes."""
        from irrun.evaluate.columns.nodes import NodePlanner

        evaluator = NodeEvaluator(self.tables, self._finder, self._env)
        return NodePlanner(evaluator, self.planner, quirks=self.quirks)

    def read(self, slot: int, where: Register | None = None) -> Register:
        """Return a slot's value as it is at this step."""
        return self._slots.read(slot, self._actor(), where)

    def was_ever_written(self, slot: int) -> bool:
        """True if anything has ever written the slot: what steps write was, in the first frame."""
        return self._runtime.values.was_ever_written(slot)

    def write(self, slot: int, value: Register) -> None:
        """Write a slot, with the conversion of its storage."""
        self._slots.write(slot, value, self._actor())

    def assemble(self, name: str, inputs: Sequence[Register], row: Callable[..., Any]) -> Register:
        """Return objects that are made of a frame's values when somebody asks for them."""
        constants = self.planner.constants
        own = [r for r in inputs if r.number not in constants]
        values = [constants.get(r.number) for r in inputs]
        if not own:
            return self.planner.constant(row(*values), None)
        fill = _filler(values, inputs, own)

        def column(frames: Array, *columns: Any) -> MadeRows:
            return made_rows(len(frames), own, columns, lambda *found: row(*fill(found)))

        return self._emit_objects(name, own, column)

    def over_frames(
        self, name: str, inputs: Sequence[Register], compute: Callable[..., Sequence[Any]]
    ) -> Register:
        """Return one object to a frame, computed for all at once."""
        constants = self.planner.constants
        own = [r for r in inputs if r.number not in constants]
        if not own:
            raise NotInBlocks("nothing that it reads changes")
        values = [constants.get(r.number) for r in inputs]
        given = [v if r.shape == () else Same(v) for r, v in zip(inputs, values, strict=True)]
        fill = _filler(given, inputs, own)

        def column(frames: Array, *columns: Any) -> Sequence[Any]:
            return compute(len(frames), *fill(columns))

        return self._emit_objects(name, own, column)

    def _emit_objects(
        self, name: str, inputs: Sequence[Register], column: Callable[..., Sequence[Any]]
    ) -> Register:
        """Add an operation that is told how many frames there are."""
        index = self.planner.times["index"]
        return self.planner.emit(name, [index, *inputs], column, None, shape=None, kind="object")

    def reporter(self) -> Callable[[IrrunError], None]:
        """Return what takes the findings of the step that is planned."""
        enter = self.fields.enter

        def take(finding: IrrunError) -> None:
            enter()
            self._tell(finding)

        return take

    def probe(self, probe_id: str, mode: str, slot: int) -> None:
        """Record what a slot holds at this step."""
        step_id = "" if self._current is None else self._current.step.id
        found = self._slots.peek(slot)
        self._probes.append(ProbeRecord(step_id, probe_id, mode, slot, found))

    def note_elements(self, numbers: int) -> None:
        """Say that a register has so many numbers to a frame."""
        self._elements = max(self._elements, numbers)  # exact: integers

    def constant(self, slot: int) -> Any:
        """Return a slot's value as it is at this step, the same in all frames."""
        register = self.read(slot)
        if register.number not in self.planner.constants:
            raise NotInBlocks(f"slot {slot} may change from frame to frame")
        return self.planner.constants[register.number]

    # --- Steps -------------------------------------------------------------------------------

    def _actor(self) -> Actor:
        return OUTPUTS if self._current is None else self._current.actor

    def _step(self, planned: PlannedStep) -> None:
        written = len(self._slots.written)
        self.fields.enter = partial(setattr, self, "_running", planned)
        try:
            columns = planned.step.stub_columns if planned.is_stub else planned.step.columns
            columns(self)
        except (NotInBlocks, IrrunError) as refused:
            if len(self._slots.written) > written:
                raise NotInBlocks(sentence_of(refused)) from None
            if self._rows.never_changes(planned):
                self.keep()
                return
            if not planned.step.runs_by_row and not planned.is_stub:
                raise NotInBlocks(sentence_of(refused)) from None
            self._by_row[planned.step.id] = sentence_of(refused)
            self._rows.plan(planned.index, self.write)

    def keep(self) -> None:
        """Write what the step has written in the frame before, which it would write again."""
        values = self._runtime.values
        for slot in dict.fromkeys(a.slot for a in self.accesses if a.mode == "write"):
            if values.is_written(slot):
                value = values.peek(slot)
                shape = () if isinstance(value, float) else None
                self.write(slot, self.planner.constant(value, shape))

    def _claim_memories(self) -> None:
        """Let each number of the state have one operation that moves it on."""
        owners: dict[tuple[StateStorage, int], Operation] = {}
        for operation in self.planner.operations:
            memory = operation.memory
            for element in () if memory is None else _elements(memory):
                owner = owners.setdefault(element, operation)
                if owner is not operation:
                    raise NotInBlocks(f"{owner.name} and {operation.name} use the same state")

    def _no_read(self, _: int) -> Any:
        raise NotInBlocks("a slot is read where nothing says so")

    def _tell(self, finding: IrrunError) -> None:
        """Drop a finding that was reported before; any other is for the interpreter."""
        if self._running is not None:
            finding.at(step=self._running.step.id)
        if not self._runtime.knows(finding):
            raise NotInBlocks(finding.sentence)

    def _report(self, finding: IrrunError) -> None:
        """Drop what the first frame has reported: all but what not every frame asks for."""
        if self.signals.is_conditional:
            raise NotInBlocks(finding.sentence)

    def _output(self, output: Output) -> Register:
        found = self.read(output.slot)
        by_row = any(
            w.slot == output.slot and w.actor.name in self._by_row for w in self._slots.written
        )
        if by_row and output.kind in DRAWN and self._runtime.executors != "stub":
            return self.planner.emit(
                "output", (found,), None, _only_frame, shape=None, kind="object"
            )
        return found


def _only_frame(value: Any) -> Any:
    """Refuse what is no frame: it is a trap, or a warning."""
    if not is_frame(value):
        raise NotInBlocks("an output is no frame")
    return value


def _filler(
    values: Sequence[Any], inputs: Sequence[Register], own: Sequence[Register]
) -> Callable[[Sequence[Any]], list[Any]]:
    """Return what puts the values of some inputs among those that never change."""
    places = [i for i, register in enumerate(inputs) if register in own]

    def fill(found: Sequence[Any]) -> list[Any]:
        filled = list(values)
        for place, value in zip(places, found, strict=True):
            filled[place] = value
        return filled

    return fill


def _elements(memory: Memory) -> Iterator[tuple[StateStorage, int]]:
    """Yield all numbers of the state that an operation uses."""
    yield from ((cell.storage, cell.index) for cell in memory.cells if cell.storage is not None)
    if memory.ring is not None:
        first, length = memory.ring.first, memory.ring.length
        yield from ((memory.ring.storage, i) for i in range(first, first + length))
