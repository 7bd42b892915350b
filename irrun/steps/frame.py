"""What a step sees while it runs."""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from irrun.errors import IrrunError
from irrun.evaluate.evaluators import Evaluators
from irrun.ir.tables import Tables
from irrun.ir.time_model import ResolvedTime
from irrun.ir.values import Viewport

if TYPE_CHECKING:
    from irrun.steps.base import Access, PlannedStep


class Slots(Protocol):
    """The value store, as steps use it."""

    def read(self, slot: int) -> Any:
        """Return a slot's value; an unknown slot traps, an unwritten one is reported."""

    def write(self, slot: int, value: Any) -> None:
        """Write a slot; a second write in one frame traps."""

    def peek(self, slot: int) -> Any:
        """Return a slot's value without counting as a read."""

    def was_ever_written(self, slot: int) -> bool:
        """True if anything has ever written the slot."""


class Subject(NamedTuple):
    """What a step tells something about; views find it by this, never by its words."""

    what: Literal["signal", "field", "publisher", "count"]
    which: Hashable
    """Id of the signal or field; the publisher; the name of what was counted."""
    domain: Hashable = None
    """The domain that a field was evaluated for."""


class ProbeRecord(NamedTuple):
    """One value that a debugProbe step looked at (runtime-semantics section 13)."""

    step_id: str
    probe_id: str
    mode: str
    slot: int
    value: Any


class Frame:
    """All that a step sees of the runtime; one object for all frames of a program.

    Args:
        tables: The program's tables.
        evaluators: Evaluate expressions, cameras and meshes.
        slots: The value store.
        viewport: What is drawn to.
        report: Collects a warning, once per step and cause; under strict, raises it.
    """

    def __init__(
        self,
        tables: Tables,
        evaluators: Evaluators,
        slots: Slots,
        viewport: Viewport,
        report: Callable[[IrrunError], None],
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
        self.report = report
        self.index = 0
        """Frame index, from 0."""
        self.current: PlannedStep | None = None
        """The step that is running."""
        self.on_detail: Callable[[Subject, str, Any, str], None] | None = None
        """Takes what happens within steps, if the trace wants it."""
        self.read: Callable[[int], Any] = slots.read
        self.write: Callable[[int, Any], None] = slots.write
        self.probes: list[ProbeRecord] = []
        """What probes have looked at in the frame."""
        self.was_ever_written = slots.was_ever_written
        self.peek: Callable[[int], Any] = slots.peek
        self._slots = slots

    @property
    def time(self) -> ResolvedTime:
        """The frame's time."""
        return self.env.time

    @property
    def accesses(self) -> "tuple[Access, ...]":
        """The accesses of the step that is running."""
        return () if self.current is None else self.current.accesses

    @property
    def wants_detail(self) -> bool:
        """True if the trace takes details."""
        return self.on_detail is not None

    def detail(self, subject: Subject, text: str, value: Any, note: str = "") -> None:
        """Tell the trace one thing that happened within the step: what it is, and in words."""
        if self.on_detail is not None:
            self.on_detail(subject, text, value, note)

    def probe(self, probe_id: str, mode: str, slot: int) -> None:
        """Record what a slot holds, without reading it."""
        step_id = "" if self.current is None else self.current.step.id
        self.probes.append(ProbeRecord(step_id, probe_id, mode, slot, self.peek(slot)))

    def listen(
        self, on_read: Callable[[int, Any], None], on_write: Callable[[int, Any], None]
    ) -> None:
        """Tell every read, and every write with the value as it is stored, until `unlisten`.

        What a probe looks at is told as if it were read.
        """
        slots = self._slots

        def read(slot: int) -> Any:
            value = slots.read(slot)
            on_read(slot, value)
            return value

        def peek(slot: int) -> Any:
            value = slots.peek(slot)
            on_read(slot, value)
            return value

        def write(slot: int, value: Any) -> None:
            slots.write(slot, value)
            on_write(slot, slots.peek(slot))

        self.read, self.peek, self.write = read, peek, write

    def unlisten(self) -> None:
        """Stop telling reads and writes."""
        slots = self._slots
        self.read, self.peek, self.write = slots.read, slots.peek, slots.write
