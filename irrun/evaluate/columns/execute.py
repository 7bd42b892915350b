"""Carries out the plan of a block, over NumPy."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from irrun.evaluate.columns.plan import Group, Operation, Register, Stage, column_of, value_of
from irrun.evaluate.signals.columns import before
from irrun.evaluate.signals.stateful import Memory
from irrun.evaluate.state.cells import NumberCell, Ring
from irrun.ir.values import Array


class Carrying(Protocol):
    """Several operations that something else carries out."""

    operations: int
    """How many."""

    def run(self, block: "Block") -> None:
        """Carry them out."""


Carried = Stage | Carrying
"""What is carried out at a time."""


class CellHistory(NamedTuple):
    """What a number of memory was after each frame of a block."""

    cell: NumberCell
    column: Array
    """Shape (frames,)."""


class RingHistory(NamedTuple):
    """What was written to a ring in a block."""

    ring: Ring
    contents: Array
    """Its elements before the block, shape (length,)."""
    first: int
    """Where the first number went."""
    values: Array
    """What was written, one number at a time, shape (writes,)."""
    frames: Array
    """The frame of each write, ascending, shape (writes,)."""

    def rows(self, frames: int) -> Array:
        """Return its elements after each frame, shape (frames, length)."""
        length = self.ring.length
        rows = np.tile(self.contents, (frames, 1))
        for k, (value, frame) in enumerate(zip(self.values, self.frames, strict=True)):
            rows[frame:, (self.first + k) % length] = value
        return rows


class ConstantColumns:
    """Columns of the registers that never change; they are the same in all blocks.

    Args:
        registers: The registers that are read as columns.
        constants: Their values, by number.
    """

    def __init__(self, registers: Sequence[Register], constants: Mapping[int, Any]) -> None:
        self._registers = registers
        self._constants = constants
        self._columns: list[Any] = []
        self._frames = 0

    def fill(self, values: list[Any], frames: int) -> None:
        """Put them into the registers of a block."""
        if frames > self._frames:
            self._frames = frames
            self._columns = [self._column(register, frames) for register in self._registers]
        for register, column in zip(self._registers, self._columns, strict=True):
            values[register.number] = column if register.shape is None else column[:frames]

    def _column(self, register: Register, frames: int) -> Any:
        value = self._constants[register.number]
        if register.kind == "mask":
            return np.full(frames, value)
        return value if register.shape is None else column_of(value, register.shape, frames)


class Block:
    """The values of all registers over a block of frames.

    Args:
        size: How many registers there are.
        frames: How many frames the block has.
        constants: Values of the registers that never change, by number.
    """

    def __init__(self, size: int, frames: int, constants: Mapping[int, Any]) -> None:
        self.frames = frames
        self.constants = constants
        self.values: list[Any] = [None] * size
        """By register: a column or mask, shape (frames,) or (frames, components); an object."""
        self.starts: dict[int, Any] = {}
        """What registers were before the block, where something needs it."""
        self.cells: list[CellHistory] = []
        self.rings: list[RingHistory] = []

    def column(self, register: Register) -> Any:
        """Return a register as an array over the frames; an object as it is."""
        return self.values[register.number]

    def at(self, register: Register, frame: int) -> Any:
        """Return a register's value in one frame, as a slot holds it."""
        if register.number in self.constants:
            return self.constants[register.number]
        found = self.values[register.number]
        if register.shape is None:
            return found[frame]
        return value_of(found[frame], register.shape)

    def run(self, stages: Sequence[Carried]) -> None:
        """Carry out a plan.

        Raises:
            NotInBlocks: Something is unusual in it: the block is for the interpreter.
        """
        values = self.values
        with np.errstate(all="ignore"):
            for stage in stages:
                if isinstance(stage, Group):
                    _run_group(self, stage.operations)
                elif not isinstance(stage, Operation):
                    stage.run(self)
                elif stage.steps_back:
                    later, first = stage.inputs
                    values[stage.output.number] = _before(self, later, first)
                elif stage.memory is not None:
                    self._remember(stage, stage.memory)
                elif stage.column is not None:
                    inputs = [values[number] for number in stage.numbers]
                    values[stage.output.number] = stage.column(*inputs)
                else:
                    _run_group(self, (stage,))

    def _remember(self, operation: Operation, memory: Memory) -> None:
        """Carry out an operation with a memory where it is asked for."""
        if memory.column is None:
            _run_group(self, (operation,))
            return
        inputs = [self.column(register) for register in operation.inputs]
        if operation.where is None:
            frames = np.arange(self.frames)
        else:
            frames = np.flatnonzero(self.column(operation.where))
            inputs = [column[frames] for column in inputs]
        values = np.zeros(self.frames)
        self.values[operation.output.number] = values
        if not len(frames):
            return
        starts = [cell.get() for cell in memory.cells]
        if memory.ring is not None:
            self._note_ring(memory.ring, inputs[0], frames)
        advanced, kept = memory.column(*inputs)
        if len(frames) == self.frames:
            self.values[operation.output.number] = advanced
        else:
            values[frames] = advanced
            indices = np.arange(self.frames)
            latest = np.searchsorted(frames, indices, side="right") - 1  # exact: frames
            kept = tuple(
                np.where(latest >= 0, column[latest], start)
                for column, start in zip(kept, starts, strict=True)
            )
        self.cells += map(CellHistory, memory.cells, kept)

    def _note_ring(self, ring: Ring, values: Array, frames: Array) -> None:
        self.rings.append(RingHistory(ring, ring.contents(), ring.write_index(), values, frames))


def _before(block: Block, later: Register, first: Register) -> Any:
    """Return what a register was a frame before."""
    column, start = block.column(later), block.starts[first.number]
    if later.kind == "object":
        rows = _rows_of(block, later)
        return [start, *(rows[frame] for frame in range(block.frames - 1))]
    if not later.shape:
        return before(start, column)
    shifted = np.empty_like(column)
    shifted[0] = [start[name] for name in later.shape]
    shifted[1:] = column[:-1]
    return shifted


def _rows_of(block: Block, register: Register) -> list[Any]:
    """Return a register's values, one for each frame."""
    if register.number in block.constants:
        return [block.constants[register.number]] * block.frames
    if register.kind == "object":
        found: list[Any] = block.column(register)
        return found
    rows: list[Any] = block.column(register).tolist()
    if register.kind == "mask" or not register.shape:
        return rows
    shape = register.shape
    return [dict(zip(shape, row, strict=True)) for row in rows]


def _column_of_rows(rows: list[Any], register: Register) -> Any:
    if register.kind == "object":
        return rows
    if register.kind == "mask" or not register.shape:
        return np.array(rows)
    return np.array([[row[name] for name in register.shape] for row in rows])


def _run_group(block: Block, operations: Sequence[Operation]) -> None:
    """Carry out operations frame by frame: each may need what another was a frame before."""
    own = {operation.output.number for operation in operations}
    outside = {
        register.number: register
        for operation in operations
        for register in (operation.inputs[:1] if operation.steps_back else operation.needs)
        if register.number not in own
    }
    given = [(number, _rows_of(block, register)) for number, register in outside.items()]
    now: dict[int, Any] = {}
    for operation in operations:
        if operation.steps_back:
            later, first = operation.inputs
            now[later.number] = block.starts[first.number]
    moves = [_move(operation, now) for operation in operations]
    made: list[list[Any]] = [[] for _ in operations]
    notes = [_Note(o.memory, now, o) for o in operations if o.memory is not None]
    # What is a frame before is taken first: `now` still has that frame.
    backs = [(o.output.number, o.inputs[0].number) for o in operations if o.steps_back]
    for frame in range(block.frames):
        carried = [(output, now[later]) for output, later in backs]
        for number, rows in given:
            now[number] = rows[frame]
        now.update(carried)
        for move, rows in zip(moves, made, strict=True):
            rows.append(move())
        for note in notes:
            note.take(frame)
    for operation, rows in zip(operations, made, strict=True):
        block.values[operation.output.number] = _column_of_rows(rows, operation.output)
    for note in notes:
        note.give(block)


def _move(operation: Operation, now: dict[int, Any]) -> Callable[[], Any]:
    """Return what carries an operation out in the running frame, and keeps its value."""
    output = operation.output.number
    if operation.steps_back:
        return lambda: now[output]
    row, numbers = operation.row, [register.number for register in operation.inputs]
    assert row is not None
    mask = None if operation.where is None else operation.where.number

    def move() -> Any:
        if mask is not None and not now[mask]:
            value = now[output] = 0.0
            return value
        value = now[output] = row(*[now[number] for number in numbers])
        return value

    return move


class _Note:
    """Notes what becomes of a memory, frame by frame."""

    def __init__(self, memory: Memory, now: dict[int, Any], operation: Operation) -> None:
        self._memory = memory
        self._now = now
        self._input = operation.inputs[0].number
        self._where = None if operation.where is None else operation.where.number
        self._cells: list[list[float]] = [[] for _ in memory.cells]
        self._values: list[float] = []
        self._frames: list[int] = []
        self._has_moved = False
        ring = memory.ring
        if ring is not None:
            self._contents = ring.contents()
            self._first = ring.write_index()

    def take(self, frame: int) -> None:
        """Note what it is after a frame."""
        is_asked = self._where is None or self._now[self._where]
        self._has_moved |= is_asked
        for cell, numbers in zip(self._memory.cells, self._cells, strict=True):
            numbers.append(cell.get())
        ring = self._memory.ring
        if ring is not None and is_asked:
            written = ring.write_index() - 1
            self._values.append(ring.read(written))
            self._frames.append(frame)

    def give(self, block: Block) -> None:
        """Hand over what was noted."""
        if not self._has_moved:
            return
        block.cells += (
            CellHistory(cell, np.array(numbers))
            for cell, numbers in zip(self._memory.cells, self._cells, strict=True)
        )
        ring = self._memory.ring
        if ring is not None:
            values, frames = np.array(self._values), np.array(self._frames, dtype=np.intp)
            block.rings.append(RingHistory(ring, self._contents, self._first, values, frames))
