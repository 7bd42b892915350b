"""The frame loop, and the view of the runtime that a step gets."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from irrun.errors import IrrunError
from irrun.errors.boundary import problem_of
from irrun.errors.running import DoubleWrite, NotANumber
from irrun.ir.tables import Tables
from irrun.ir.values import Viewport
from irrun.program.program import Program
from irrun.runtime.clock import ResolvedTime
from irrun.runtime.evaluators import Evaluators
from irrun.runtime.values import ValueStore
from irrun.steps import Access, AnyStep

Executors = Literal["auto", "real", "stub"]
"""real, auto: steps compute (every kind can). stub: placeholders stand for what they compute."""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step ready to run: its accesses collected, its executor chosen."""

    index: int
    step: AnyStep
    accesses: tuple[Access, ...]
    is_stub: bool

    @property
    def label(self) -> str:
        """What messages call the step."""
        return f"step {self.step.id}"


def plan_schedule(program: Program, executors: Executors) -> tuple[PlannedStep, ...]:
    """Choose an executor for every step."""
    is_stub = executors == "stub"
    return tuple(
        PlannedStep(index, step, tuple(step.accesses(program)), is_stub)
        for index, step in enumerate(program.steps)
    )


class StepFrame:
    """What a step sees of the runtime during one frame (the `Frame` protocol of the steps)."""

    def __init__(
        self,
        tables: Tables,
        values: ValueStore,
        evaluators: Evaluators,
        report: Callable[[IrrunError], None],
        observers: Sequence["Observer"],
        viewport: Viewport,
    ) -> None:
        self.tables = tables
        self.env = evaluators.env
        self.signals = evaluators.signals
        self.nodes = evaluators.nodes
        self.fields = evaluators.fields
        self.transform_chains = evaluators.chains
        self.cameras = evaluators.cameras
        self.meshes = evaluators.meshes
        self.viewport = viewport
        self.plans: dict[int, Any] = {}
        self.on_detail: Callable[[str, Any, str], None] | None = None
        """Takes what happens within steps, if the trace wants it."""
        self.index = 0
        self.time = ResolvedTime(0.0, 0.0)
        self.current: PlannedStep | None = None
        self.read: Callable[[int], Any] = values.read
        self.write: Callable[[int, Any], None] = values.write
        self.peek = values.peek
        self.was_ever_written = values.was_ever_written
        self.report = report
        self._values = values
        self._observers = observers

    @property
    def accesses(self) -> tuple[Access, ...]:
        """The accesses of the step that is running."""
        return () if self.current is None else self.current.accesses

    @property
    def position(self) -> int:
        """Index of the step that is running."""
        return -1 if self.current is None else self.current.index

    @property
    def wants_detail(self) -> bool:
        """True if the trace takes details."""
        return self.on_detail is not None

    def detail(self, text: str, value: Any, note: str = "") -> None:
        """Tell the trace one thing that happened within the step."""
        if self.on_detail is not None:
            self.on_detail(text, value, note)

    def probe(self, probe_id: str, mode: str, slot: int, value: Any) -> None:
        """Hand a probed value to the observers."""
        for observer in self._observers:
            observer.probe(self, probe_id, mode, slot, value)

    def listen(
        self, on_read: Callable[[int, Any], None], on_write: Callable[[int, Any], None]
    ) -> None:
        """Tell every read, and every write with the value as it is stored, until `unlisten`."""
        values = self._values

        def read(slot: int) -> Any:
            value = values.read(slot)
            on_read(slot, value)
            return value

        def write(slot: int, value: Any) -> None:
            values.write(slot, value)
            on_write(slot, values.peek(slot))

        self.read, self.write = read, write

    def unlisten(self) -> None:
        """Stop telling reads and writes."""
        self.read, self.write = self._values.read, self._values.write


class Observer(Protocol):
    """Looks on while frames run. Observers change nothing."""

    def frame_start(self, frame: StepFrame) -> None:
        """Called before the first step, with index and time of the frame in place."""

    def step_start(self, frame: StepFrame, planned: PlannedStep) -> None:
        """Called before a step."""

    def step_end(self, frame: StepFrame, planned: PlannedStep) -> None:
        """Called after a step that did not fail."""

    def probe(self, frame: StepFrame, probe_id: str, mode: str, slot: int, value: Any) -> None:
        """Called for each value that a debugProbe step looks at."""

    def frame_end(self, frame: StepFrame) -> None:
        """Called after the last step."""


class SilentObserver:
    """An observer that does nothing; base for those that need only some of the calls."""

    def frame_start(self, frame: StepFrame) -> None:
        """Do nothing."""

    def step_start(self, frame: StepFrame, planned: PlannedStep) -> None:
        """Do nothing."""

    def step_end(self, frame: StepFrame, planned: PlannedStep) -> None:
        """Do nothing."""

    def probe(self, frame: StepFrame, probe_id: str, mode: str, slot: int, value: Any) -> None:
        """Do nothing."""

    def frame_end(self, frame: StepFrame) -> None:
        """Do nothing."""


def run_schedule(
    frame: StepFrame,
    plan: Iterable[PlannedStep],
    values: ValueStore,
    observers: Sequence[Observer],
) -> None:
    """Run every step once, in list order; an error leaves here knowing its place."""
    for planned in plan:
        frame.current = planned
        values.actor = planned.label
        for observer in observers:
            observer.step_start(frame, planned)
        try:
            if planned.is_stub:
                planned.step.stub(frame)
            else:
                planned.step.run(frame)
        except (IrrunError, MemoryError, RecursionError) as error:
            problem = place(problem_of(error), frame)
            raise problem from problem.__cause__
        for observer in observers:
            observer.step_end(frame, planned)
    frame.current = None


def place(error: IrrunError, frame: StepFrame) -> IrrunError:
    """Add step, slot reference and frame to an error or warning."""
    error.at(frame=frame.index, t_ms=frame.time.t_abs_ms)
    if frame.current is None:
        return error
    error.at(step=frame.current.step.id, kind=frame.current.step.kind)
    slot = error.where.slot if error.where.slot is not None else error.facts.get("slot")
    access = _access_at_fault(error, slot, frame.current.accesses)
    return error if access is None else error.at(field=access.field, slot=slot)


def _access_at_fault(
    error: IrrunError, slot: int | None, accesses: Sequence[Access]
) -> Access | None:
    """Return the access that an error about a slot is about."""
    about = [access for access in accesses if access.slot == slot]
    is_write = (
        isinstance(error, DoubleWrite | NotANumber) or error.facts.get("operation") == "write"
    )
    about = [a for a in about if (a.mode == "write") == is_write] or about
    if not about:
        return None
    # A step that trips over its own write does so at the later of the two.
    by_itself = isinstance(error, DoubleWrite) and error.facts["first"] == error.facts["second"]
    return about[-1] if by_itself else about[0]
