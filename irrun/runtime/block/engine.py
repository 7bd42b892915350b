"""The block engine: computes the frames of a block at once, and hands out each."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from irrun.errors import IrrunError, sentence_of
from irrun.evaluate.columns.execute import Block, Carried, ConstantColumns
from irrun.evaluate.columns.plan import Group, NotInBlocks, Operation, Register
from irrun.evaluate.operations.vectors import shape_of
from irrun.limits import HELD_NUMBERS
from irrun.numerics import native
from irrun.runtime.block.pace import MOST_FRAMES, MOST_NUMBERS, MOST_STATE
from irrun.runtime.block.planning import BlockPlan, plan_blocks
from irrun.runtime.block.view import BlockFrames
from irrun.runtime.clock import ticks
from irrun.runtime.runtime import Runtime
from irrun.runtime.state import STATE_ARRAYS
from irrun.runtime.times import times_array
from irrun.steps.actors import CALLER

_BITS: Final = {"f64": np.int64, "f32": np.int32, "i32": np.int32}
"""Integers as wide as the elements of each state array: NaN is itself."""


class BlockEngine:
    """Computes blocks of frames of one runtime, which has run at least one frame.

    The runtime stays as it is until `commit`.

    Raises:
        NotInBlocks: The program is for the interpreter.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.plan: Final[BlockPlan] = plan_blocks(runtime)
        planner = self.plan.planner
        self.stages: Sequence[Carried] = self.plan.stages
        if native.kernels():
            from irrun.evaluate.columns.native.lowering import lowered

            self.stages = lowered(self.plan.stages, planner.constants, self.plan.seen)
        in_c = [s for s in self.stages if not isinstance(s, Operation | Group)]
        self.native: Final = sum(stage.operations for stage in in_c)  # exact: whole numbers
        """How many operations C carries out."""
        self._constants = ConstantColumns(planner.read_constants(), planner.constants)
        private = self.plan.state.private
        self._initial_private = {key: tuple(numbers) for key, numbers in private.items()}
        """Numbers beside the cells that the plan has asked for, as they are before anything moves
        them on."""
        state = sum(self.plan.state.array(name).size for name in STATE_ARRAYS)  # exact: integers
        longest = min(MOST_NUMBERS // self.plan.elements, MOST_STATE // max(1, state))
        self.most_frames: Final = max(1, min(MOST_FRAMES, longest))  # exact: frames
        """Longest block whose columns stay in the cache."""

    def compute(self, times: Sequence[float]) -> BlockFrames:
        """Compute the next frames.

        Raises:
            NotInBlocks: Something in them is unusual: they are for the interpreter.
        """
        runtime, plan = self._runtime, self.plan
        self._check_reads()
        if runtime.values.held.numbers * 2 > HELD_NUMBERS.value:
            raise NotInBlocks("the limit of numbers that are held is near")
        self._take_state()
        block = Block(plan.planner.size, len(times), plan.planner.constants)
        self._constants.fill(block.values, len(times))
        found = ticks(runtime.clock, times_array(times))
        inputs = plan.planner.times
        for name, column in found.columns.items():
            block.values[inputs[name].number] = column
        first = runtime.frame_count
        block.values[inputs["index"].number] = np.arange(first, first + len(times), dtype=float)
        for carried in plan.carried:
            value = runtime.values.peek(carried.slot)
            self._check_shape(carried.slot, value, carried.first)
            block.starts[carried.first.number] = value
        try:
            block.run(self.stages)
        except (IrrunError, MemoryError) as error:
            raise NotInBlocks(sentence_of(error)) from None
        self._check_state(block)
        return BlockFrames(runtime, plan, block, found)

    def commit(self, frames: BlockFrames) -> None:
        """Bring the runtime to where it is after the block that was computed last."""
        runtime, count = self._runtime, frames.block.frames
        values, last = runtime.values, count - 1
        runtime.frame_count += count
        runtime.cache.frame_id += count
        values.clear()
        for written in self.plan.written:
            values.actor = written.actor
            values.write(written.slot, frames.block.at(written.value, last))
        values.actor = CALLER
        mine, own = runtime.state, self.plan.state
        for name in STATE_ARRAYS:
            mine.array(name)[:] = own.array(name)
        for key, numbers in own.private.items():
            # One that nobody has asked for yet is not there.
            moved = any(history.cell.is_in(numbers) for history in frames.block.cells)
            if moved or key in mine.private or key not in self._initial_private:
                mine.private.setdefault(key, list(numbers))[:] = numbers
        runtime.clock.recall(frames.ticks.memory)
        runtime.frame.index = runtime.frame_count - 1
        runtime.frame.env.time = frames.time(last)

    def _check_reads(self) -> None:
        for slot, actor in self.plan.reads_first:
            if self._runtime.values.is_news(slot, actor):
                raise NotInBlocks(f"slot {slot} is read and nothing has written it")

    def _take_state(self) -> None:
        """Take the runtime's memory over into that of the block."""
        mine, own = self._runtime.state, self.plan.state
        for name in STATE_ARRAYS:
            own.array(name)[:] = mine.array(name)
        for key in [key for key in own.private if key not in mine.private]:
            # What a block has moved on that was thrown away.
            if key in self._initial_private:
                own.private[key][:] = self._initial_private[key]
            else:
                del own.private[key]
        for key, numbers in mine.private.items():
            own.private.setdefault(key, list(numbers))[:] = numbers

    def _check_state(self, block: Block) -> None:
        """Refuse a block in which state has changed that no operation says to keep."""
        sizes = [self.plan.state.array(name).size for name in STATE_ARRAYS]
        if not any(sizes):
            return
        known: dict[str, set[int]] = {name: set() for name in STATE_ARRAYS}
        for cell, _ in block.cells:
            if cell.storage is not None:
                known[cell.storage].add(cell.index)
        for history in block.rings:
            ring = history.ring
            known[ring.storage].update(range(ring.first, ring.first + ring.length))
        for name in STATE_ARRAYS:
            before, after = self._runtime.state.array(name), self.plan.state.array(name)
            changed = np.flatnonzero(before.view(_BITS[name]) != after.view(_BITS[name]))
            if not known[name].issuperset(changed.tolist()):
                raise NotInBlocks("a step keeps something in state that has no cell")

    def _check_shape(self, slot: int, value: Any, register: Register) -> None:
        shape = shape_of(value) if isinstance(value, float | Mapping) else None
        if shape != register.shape:
            raise NotInBlocks(f"slot {slot} changes what it holds")
