"""What the frames of a block offer: made out of its columns when somebody asks."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from irrun.evaluate.columns.execute import Block
from irrun.ir.time_model import ResolvedTime
from irrun.ir.types import StateStorage, Storage
from irrun.ir.values import Array
from irrun.runtime.block.planning import BlockPlan
from irrun.runtime.clock import Ticks
from irrun.runtime.runtime import EMPTY_FRAME, Runtime
from irrun.runtime.state import STATE_ARRAYS
from irrun.runtime.view import SlotValues
from irrun.steps.actors import Actor
from irrun.steps.frame import ProbeRecord


class BlockFrames:
    """The frames of a block that was computed.

    Args:
        runtime: As it is before the block, until that is committed.
        plan: The plan of its program's blocks.
        block: The values.
        found: The times.
    """

    def __init__(self, runtime: Runtime, plan: BlockPlan, block: Block, found: Ticks) -> None:
        self.runtime = runtime
        self.plan = plan
        self.block = block
        self.ticks = found
        self.first = runtime.frame_count
        """Index of the first frame."""
        self.written = {written.slot: written for written in plan.written}
        self._before = {name: runtime.state.array(name).copy() for name in STATE_ARRAYS}

    def time(self, row: int) -> ResolvedTime:
        """Return the time of a frame."""
        columns, given = self.ticks.columns, self.plan.times_given
        return ResolvedTime(
            float(columns["t_abs_ms"][row]),
            float(columns["t_model_ms"][row]),
            float(columns["phase"][row]) if "out.phase01" in given else None,
            float(columns["wrap"][row]) if "out.wrapEvent" in given else None,
            float(columns["progress"][row]) if "out.progress01" in given else None,
            float(columns["delta_sec"][row]),
            float(columns["delta_ms"][row]),
        )

    def state(self, storage: StateStorage, row: int) -> Array:
        """Return one of the state arrays after a frame."""
        found: Array = self._states[storage][row]
        return found

    @cached_property
    def _states(self) -> dict[StateStorage, Array]:
        """The state arrays after each frame, shape (frames, elements)."""
        block = self.block
        states = {name: np.tile(array, (block.frames, 1)) for name, array in self._before.items()}
        for ring in block.rings:
            first = ring.ring.first
            states[ring.ring.storage][:, first : first + ring.ring.length] = ring.rows(block.frames)
        for cell, column in block.cells:
            if cell.storage is not None:
                states[cell.storage][:, cell.index] = column
        return states


class BlockSlots:
    """The slots after one frame of a block."""

    def __init__(self, frames: BlockFrames) -> None:
        self._frames = frames
        self.row = 0
        """Which frame."""
        self._store = frames.runtime.values

    @property
    def slots(self) -> tuple[int, ...]:
        """All slot numbers, ascending."""
        return self._store.slots

    def has(self, slot: int) -> bool:
        """True if there is such a slot."""
        return self._store.has(slot)

    def peek(self, slot: int) -> Any:
        """Return a slot's value; an unknown slot traps."""
        written = self._frames.written.get(slot)
        if written is None:
            return self._store.peek(slot)
        return self._frames.block.at(written.value, self.row)

    def storage_of(self, slot: int) -> Storage:
        """Return a slot's storage; an unknown slot traps."""
        return self._store.storage_of(slot)

    def writer_of(self, slot: int) -> Actor | None:
        """Return who wrote the slot last, in this frame or an earlier one."""
        written = self._frames.written.get(slot)
        return self._store.writer_of(slot) if written is None else written.actor

    def is_written(self, slot: int) -> bool:
        """True if the slot was written in this frame."""
        return slot in self._frames.written

    def was_ever_written(self, slot: int) -> bool:
        """True if anything has ever written the slot."""
        return slot in self._frames.written or self._store.was_ever_written(slot)


class BlockFrame:
    """One frame of a block, and then the next."""

    def __init__(self, frames: BlockFrames) -> None:
        self._frames = frames
        self._slots = BlockSlots(frames)
        self._values: SlotValues = self._slots

    @property
    def row(self) -> int:
        """Which frame."""
        return self._slots.row

    @row.setter
    def row(self, row: int) -> None:
        self._slots.row = row

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Value of each output by its id, as a frame of the interpreter has them."""
        outputs, block = self._frames.plan.outputs, self._frames.block
        if not outputs:
            return {"frame": EMPTY_FRAME}
        return {name: block.at(register, self.row) for name, register in outputs.items()}

    @property
    def index(self) -> int:
        """Index of the frame."""
        return self._frames.first + self.row

    @property
    def time(self) -> ResolvedTime:
        """The frame's time."""
        return self._frames.time(self.row)

    @property
    def values(self) -> SlotValues:
        """The slots."""
        return self._values

    @property
    def written(self) -> tuple[int, ...]:
        """The slots that the frame has written, in order."""
        return tuple(self._frames.written)

    @property
    def probes(self) -> list[ProbeRecord]:
        """What probes have looked at in the frame, in order."""
        at, row = self._frames.block.at, self.row
        return [p._replace(value=at(p.value, row)) for p in self._frames.plan.probes]

    def array(self, storage: StateStorage) -> Array:
        """Return one of the state arrays."""
        return self._frames.state(storage, self.row)
