"""What a frame that has ended offers to those who look at it."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from irrun.errors import IrrunError
from irrun.ir.state import StateCell
from irrun.ir.time_model import ResolvedTime
from irrun.ir.types import StateStorage, Storage
from irrun.ir.values import Array
from irrun.program.layout import Layout
from irrun.program.program import Program
from irrun.runtime.hot_swap import SwapReport
from irrun.runtime.runtime import Runtime
from irrun.runtime.state import STATE_ARRAYS
from irrun.steps.actors import Actor
from irrun.steps.base import PlannedStep
from irrun.steps.frame import ProbeRecord


class SlotValues(Protocol):
    """The value store, to be looked at: nothing counts as a read."""

    @property
    def slots(self) -> tuple[int, ...]:
        """All slot numbers, ascending."""

    def has(self, slot: int) -> bool:
        """True if there is such a slot."""

    def peek(self, slot: int) -> Any:
        """Return a slot's value; an unknown slot traps."""

    def storage_of(self, slot: int) -> Storage:
        """Return a slot's storage; an unknown slot traps."""

    def writer_of(self, slot: int) -> Actor | None:
        """Return who wrote the slot last, in this frame or an earlier one."""

    def is_written(self, slot: int) -> bool:
        """True if the slot was written in this frame."""

    def was_ever_written(self, slot: int) -> bool:
        """True if anything has ever written the slot."""


class Seen(Protocol):
    """Where a view looks: the stores of the interpreter, or a frame of a block."""

    @property
    def index(self) -> int:
        """Index of the frame that ended last, or failed; one less than the first before it."""

    @property
    def time(self) -> ResolvedTime:
        """The frame's time."""

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Value of each output by its id; nothing if no frame has ended, or the last one failed."""

    @property
    def values(self) -> SlotValues:
        """The slots."""

    @property
    def written(self) -> tuple[int, ...]:
        """The slots that the frame has written, in order."""

    @property
    def probes(self) -> Sequence[ProbeRecord]:
        """What probes have looked at in the frame, in order."""

    def array(self, storage: StateStorage) -> Array:
        """Return one of the state arrays; its elements may go on changing."""


class Stores:
    """The stores of the interpreter, as its last frame has left them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.outputs: Mapping[str, Any] = {}
        """Value of each output by its id; nothing if no frame has ended, or the last one failed."""

    @property
    def index(self) -> int:
        """Index of the frame that ended last, or failed; one less than the first before it."""
        return self._runtime.frame_count - 1

    @property
    def time(self) -> ResolvedTime:
        """The frame's time."""
        return self._runtime.frame.time

    @property
    def values(self) -> SlotValues:
        """The slots."""
        return self._runtime.values

    @property
    def written(self) -> tuple[int, ...]:
        """The slots that the frame has written, in order."""
        return self._runtime.values.written

    @property
    def probes(self) -> Sequence[ProbeRecord]:
        """What probes have looked at in the frame, in order."""
        return self._runtime.frame.probes

    def array(self, storage: StateStorage) -> Array:
        """Return one of the state arrays; its elements go on changing."""
        return self._runtime.state.array(storage)


class FrameView:
    """All that there is to see of a run: before its first frame, and after each until the next.

    Whoever looks on needs nothing else, whatever computed the frame. Nothing that is seen here
    may be changed.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._stores = Stores(runtime)
        self._seen: Seen = self._stores
        self.swap: SwapReport | None = None
        """What became of the state, if a program was swapped in before this frame."""

    def show(self, frame: Seen) -> None:
        """Look at a frame of a block from now on."""
        self._seen = frame

    def show_stores(self, outputs: Mapping[str, Any]) -> None:
        """Look at what the interpreter has left from now on."""
        self._stores.outputs = outputs
        self._seen = self._stores

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Value of each output by its id; nothing if no frame has ended, or the last one failed."""
        return self._seen.outputs

    @property
    def index(self) -> int:
        """Index of the frame that ended last, or failed; one less than the first before it."""
        return self._seen.index

    @property
    def time(self) -> ResolvedTime:
        """The frame's time."""
        return self._seen.time

    @property
    def values(self) -> SlotValues:
        """The slots."""
        return self._seen.values

    @property
    def written(self) -> tuple[int, ...]:
        """The slots that the frame has written, in order."""
        return self._seen.written

    @property
    def probes(self) -> Sequence[ProbeRecord]:
        """What probes have looked at in the frame, in order."""
        return self._seen.probes

    def array(self, storage: StateStorage) -> Array:
        """Return one of the state arrays; its elements may go on changing."""
        return self._seen.array(storage)

    @property
    def program(self) -> Program:
        """The program that is running."""
        return self._runtime.program

    @property
    def quirks(self) -> bool:
        """True if it runs with the reference's values."""
        return self._runtime.quirks

    @property
    def layout(self) -> Layout:
        """Its layout."""
        return self._runtime.layout

    @property
    def steps(self) -> tuple[PlannedStep, ...]:
        """Its steps, with how each is carried out."""
        return self._runtime.plan

    @property
    def stubs(self) -> tuple[PlannedStep, ...]:
        """The steps that a stub stands in for."""
        return tuple(planned for planned in self._runtime.plan if planned.is_stub)

    def cell(self, cell: StateCell) -> Array:
        """Return a state cell's elements, shape (size,); they go on changing."""
        return self.array(cell.storage)[cell.offset : cell.offset + cell.size]

    def state(self) -> dict[str, list[float]]:
        """Return a copy of all state arrays, by storage."""
        return {name: self.array(name).tolist() for name in STATE_ARRAYS}

    def has_signal(self, sig_id: int) -> bool:
        """True if the frame has evaluated a signal. Only the interpreter's frames know."""
        cache = self._runtime.cache
        return sig_id < len(cache.signal_stamps) and cache.signal_stamps[sig_id] == cache.frame_id

    def signal(self, sig_id: int) -> Any:
        """Return the value of a signal that the frame has evaluated."""
        return self._runtime.cache.signal_values[sig_id]

    @property
    def findings(self) -> Sequence[IrrunError]:
        """Warnings and notes so far, one for each step and cause."""
        return self._runtime.findings
