"""Steps without a form for columns: they run frame by frame within a block, on registers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from irrun.errors import IrrunError
from irrun.evaluate.columns.plan import NotInBlocks
from irrun.evaluate.evaluators import Evaluators
from irrun.evaluate.frame_cache import FrameCache
from irrun.ir.time_model import ResolvedTime
from irrun.runtime.executor import place
from irrun.runtime.values import ValueStore
from irrun.steps.actors import CALLER
from irrun.steps.base import PlannedStep
from irrun.steps.frame import Frame

Writes = Mapping[int, Any]
"""What a step has written in a frame, by slot, in order."""


class RowSlots:
    """The value store as a step sees it that runs frame by frame within a block."""

    def __init__(self, store: ValueStore) -> None:
        self._store = store
        self.values: dict[int, Any] = {}
        """Slots that the step may read, as they are in the frame."""
        self.writes: dict[int, Any] = {}
        self.actor = CALLER

    def was_ever_written(self, slot: int) -> bool:
        """True if anything has ever written the slot; what steps write was, in the first frame."""
        return self._store.was_ever_written(slot)

    def read(self, slot: int) -> Any:
        """Return a slot's value; an unwritten one is for the interpreter, unless it said so."""
        if self._store.is_news(slot, self.actor):
            raise NotInBlocks(f"slot {slot} is read and nothing has written it")
        return self.peek(slot)

    def peek(self, slot: int) -> Any:
        """Return a slot's value without counting as a read."""
        if slot in self.writes:
            return self.writes[slot]
        if slot not in self.values:
            raise NotInBlocks(f"slot {slot} is read by a step that does not say so")
        return self.values[slot]

    def write(self, slot: int, value: Any) -> None:
        """Write a slot; a second write is for the interpreter."""
        if slot in self.writes:
            raise NotInBlocks(f"slot {slot} is written twice")
        self.writes[slot] = value


class RowSignals:
    """Signals that fields ask for, as they are in the frame."""

    def __init__(self) -> None:
        self.values: dict[int, Any] = {}
        self.log = None

    def evaluate(self, sig_id: int) -> Any:
        """Return a signal's value."""
        if sig_id not in self.values:
            raise NotInBlocks(f"signal {sig_id} is asked for by a step that does not say so")
        return self.values[sig_id]


class RowWorld(NamedTuple):
    """What steps that run frame by frame share."""

    frame: Frame
    slots: RowSlots
    signals: RowSignals
    evaluators: Evaluators
    cache: FrameCache
    knows: Callable[[IrrunError], bool]
    """True if a finding was reported before, and would only be dropped."""

    def report(self, finding: IrrunError) -> None:
        """Drop a finding that was reported before; any other is for the interpreter."""
        place(finding, self.frame)
        if not self.knows(finding):
            raise NotInBlocks(finding.sentence)


TIME_INPUTS: Final = (
    "index", "t_abs_ms", "t_model_ms", "phase", "wrap", "progress", "delta_sec", "delta_ms",
)  # fmt: skip


class RowStep:
    """Runs one step in one frame after the other."""

    def __init__(
        self, world: RowWorld, planned: PlannedStep, slots: Sequence[int], signals: Sequence[int]
    ) -> None:
        self._world = world
        self._planned = planned
        self._slots = slots
        self._signals = signals
        self._expected = tuple(dict.fromkeys(a.slot for a in planned.accesses if a.mode == "write"))

    def __call__(self, *values: Any) -> Writes:
        """Run the step; the values are those of `TIME_INPUTS`, its slots and its signals."""
        world, frame = self._world, self._world.frame
        given: Iterator[Any] = iter(values)
        index, t_abs, t_model, phase, wrap, progress, delta_sec, delta_ms = (
            next(given) for _ in TIME_INPUTS
        )
        if frame.index != int(index):  # exact: a frame
            frame.index = int(index)  # exact: a frame
            frame.env.time = ResolvedTime(
                t_abs, t_model, phase, wrap, progress, delta_sec, delta_ms
            )
        world.cache.begin_frame()
        world.slots.values = dict(zip(self._slots, given, strict=False))
        world.signals.values = dict(zip(self._signals, given, strict=True))
        writes: dict[int, Any] = {}
        world.slots.writes = writes
        frame.current = self._planned
        world.slots.actor = self._planned.actor
        try:
            self._planned.execute(frame)
        except IrrunError as error:
            raise NotInBlocks(f"step {self._planned.step.id} fails: {error.sentence}") from None
        if tuple(writes) != self._expected:
            raise NotInBlocks(f"step {self._planned.step.id} does not write what it says")
        return writes


def extracted(slot: int, shape: Any) -> Callable[[Writes], Any]:
    """Return what takes one slot's value out of what a step has written in a frame."""

    def number(writes: Writes) -> Any:
        value = writes[slot]
        if not isinstance(value, float):
            raise NotInBlocks(f"slot {slot} takes a number, and is given something else")
        return value

    def record(writes: Writes) -> Any:
        value = writes[slot]
        if not isinstance(value, Mapping) or tuple(value) != shape:
            raise NotInBlocks(f"slot {slot} changes what it holds")
        return value

    if shape is None:
        return lambda writes: writes[slot]
    return record if shape else number
