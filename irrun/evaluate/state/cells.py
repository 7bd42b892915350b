"""Find the memory of a stateful operation (runtime-semantics 6.7, "Locating the cells")."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irrun.errors.expressions import StateNotFound, StateOffsetContradiction, StateOutOfRange
from irrun.evaluate.environment import Environment, Memory
from irrun.evaluate.state.index import CellIndex
from irrun.ir.expressions.signals import StatefulParams, StatefulSignal
from irrun.ir.state import StateCell
from irrun.ir.types import StateStorage
from irrun.numerics.convert import to_f32, to_i32
from irrun.numerics.scalar import remainder
from irrun.numerics.whole import whole

_CONVERSIONS: dict[StateStorage, Callable[[float], float]] = {"f32": to_f32, "i32": to_i32}


class NumberCell:
    """One number of memory: an element of a state array, or a private number."""

    __slots__ = ("_convert", "_view", "index", "storage")

    def __init__(self, view: Any, index: int, storage: StateStorage | None = None) -> None:
        self._view = view
        self.index = index
        self.storage = storage
        """Which array it is an element of; None for a private number."""
        self._convert = None if storage is None else _CONVERSIONS.get(storage)

    @property
    def keeps_doubles(self) -> bool:
        """True if a number comes out as it went in."""
        return self._convert is None

    def is_in(self, numbers: list[float]) -> bool:
        """True if it is one of the very numbers of a list: a private one."""
        return self._view is numbers

    def get(self) -> float:
        """Return the number."""
        return float(self._view[self.index])

    def set(self, value: float) -> None:
        """Store a number, with the conversion of its storage."""
        self._view[self.index] = value if self._convert is None else self._convert(value)


class Ring:
    """A ring of `length` numbers, and where the next one is written."""

    __slots__ = ("_convert", "_view", "at", "first", "length", "storage")

    def __init__(
        self, view: Any, first: int, length: int, at: NumberCell, storage: StateStorage
    ) -> None:
        self._view = view
        self._convert = _CONVERSIONS.get(storage)
        self.storage = storage
        self.first = first
        """Index of its first element in the array."""
        self.length = length
        self.at = at

    @property
    def keeps_doubles(self) -> bool:
        """True if a number comes out as it went in."""
        return self._convert is None

    def contents(self) -> NDArray[np.float64]:
        """Return a copy of its numbers as they lie, shape (length,)."""
        return np.array([self.read(i) for i in range(self.length)])

    def put(self, contents: NDArray[np.float64]) -> None:
        """Store all its numbers, which are such as come out as they went in."""
        self._view[self.first : self.first + self.length] = contents

    def history(self) -> list[float]:
        """Return its numbers, the oldest first: the one that the next write replaces."""
        at = self.write_index()
        return [self.read(at + i) for i in range(self.length)]

    def read(self, index: int) -> float:
        """Return the number at an index modulo the length."""
        return float(self._view[self.first + index % self.length])

    def push(self, value: float) -> None:
        """Write at the write index and advance it."""
        w = self.write_index()
        stored = value if self._convert is None else self._convert(value)
        self._view[self.first + w] = stored
        self.at.set(float((w + 1) % self.length))

    def delayed(self, frames: int) -> float:
        """Return what was written `frames` writes ago."""
        return self.read(self.write_index() + self.length - frames)

    def write_index(self) -> int:
        """Return where to write: an index beyond the ring, kept over a swap, comes round."""
        return to_i32(self.at.get()) % self.length

    def peek(self, index: float) -> float:
        """Return what is at an index as the reference reads it: beyond the array, NaN."""
        at = whole(self.first + index, 0, len(self._view) - 1)
        return math.nan if at is None else float(self._view[at])

    def poke(self, value: float, size: float) -> None:
        """Write and advance as the reference does: beyond the ring, and even beyond the array."""
        w = self.at.get()
        at = whole(self.first + w, 0, len(self._view) - 1)
        if at is not None:
            self._view[at] = value if self._convert is None else self._convert(value)
        self.at.set(float(to_i32(remainder(w + 1, size))))


class CellFinder:
    """Finds cells by state id in one memory."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._cells = memory.layout.cells
        self._index = CellIndex(self._cells)

    def cell(self, op: str, state_id: str | int) -> StateCell:
        """Return the cell of a state id.

        Raises:
            StateNotFound: IR415.
        """
        found = self._index.of_id(state_id)
        if found is None:
            raise StateNotFound(op=op, detail=f"the layout has no cell {state_id}")
        return self._cells[found]

    def raw(self, owner: str, storage: StateStorage, index: int) -> NumberCell:
        """Return an element by raw index.

        Raises:
            StateOutOfRange: IR416.
        """
        view = self._memory.view(storage)
        if not 0 <= index < len(view):
            raise StateOutOfRange(owner=owner, storage=storage, index=index, size=len(view))
        return NumberCell(view, index, storage)

    def block(
        self, owner: str, storage: StateStorage, offset: int, length: int
    ) -> NDArray[np.float64]:
        """Return `length` elements from a raw index on, as an array that writes through.

        Raises:
            StateNotFound: IR415, the cell that they begin in is smaller.
            StateOutOfRange: IR416.
        """
        view = self._memory.view(storage)
        for cell in self._memory.layout.cells:
            room = cell.offset + cell.size - offset
            if cell.storage == storage and cell.offset <= offset and 0 < room < length:
                detail = f"cell {cell.key} has {room} elements, {length} are needed"
                raise StateNotFound(op=owner, detail=detail)
        if length > 0 and offset + length > len(view):
            index = max(offset, len(view))
            raise StateOutOfRange(owner=owner, storage=storage, index=index, size=len(view))
        return np.asarray(view)[offset : offset + length]

    def first(self, owner: str, cell: StateCell) -> NumberCell:
        """Return a cell's first element.

        Raises:
            StateNotFound: IR415, the cell has none.
        """
        if cell.size == 0:
            raise StateNotFound(op=owner, detail=f"cell {cell.key} has no elements")
        return self.raw(owner, cell.storage, cell.offset)

    def second(
        self, owner: str, cell: StateCell, named: str | None = None, initial: float = 0.0
    ) -> NumberCell:
        """Return the second number of an operation that needs two (rule 3)."""
        if cell.size >= 2:
            return self.raw(owner, cell.storage, cell.offset + 1)
        other = None if named is None else self._index.of_id(named)
        if other is not None:
            return self.first(owner, self._cells[other])
        siblings = [c for c in self._others(cell) if c.storage == "f64"]
        if siblings:
            return self.first(owner, min(siblings, key=lambda c: c.offset))  # exact: indices
        return self.private(cell.key, "aux", initial)

    def private(self, state_id: str, name: str, initial: float = 0.0) -> NumberCell:
        """Return a number kept beside the cells."""
        return NumberCell(self._memory.private.setdefault((state_id, name), [initial]), 0)

    def ring(self, op: str, owner: str, cell: StateCell, length: int) -> Ring:
        """Return a ring of `length` numbers in a cell (rule 4).

        Raises:
            StateNotFound: IR415, the cell is too small.
        """
        if cell.size < length or cell.size == 0:
            detail = f"cell {cell.key} has {cell.size} elements, a ring of {length} is needed"
            raise StateNotFound(op=op, detail=detail)
        first = cell.offset + (1 if cell.size > length else 0)
        self.raw(owner, cell.storage, first + length - 1)
        at = self._write_index(owner, cell)
        view = self._memory.view(cell.storage)
        return Ring(view, first, length, at, cell.storage)

    def raw_ring(self, owner: str, offset: int, length: int) -> Ring:
        """Return the ring at f64[offset + 1], its write index at i32[offset] (rule 1)."""
        at = self.raw(owner, "i32", offset)
        self.raw(owner, "f64", offset + length)
        return Ring(self._memory.view("f64"), offset + 1, length, at, "f64")

    def _write_index(self, owner: str, cell: StateCell) -> NumberCell:
        found = next((c for c in self._others(cell) if c.storage == "i32"), None)
        return self.private(cell.key, "index") if found is None else self.first(owner, found)

    def _others(self, cell: StateCell) -> Iterator[StateCell]:
        """Yield the other cells of a cell's node."""
        of_node = (self._cells[i] for i in self._index.of_node(cell.node_id))
        return (other for other in of_node if other is not cell)


class SignalCells:
    """The memory of one stateful signal."""

    def __init__(
        self, finder: CellFinder, env: Environment, signal_id: int, node: StatefulSignal
    ) -> None:
        self._finder = finder
        self._node = node
        self._owner = f"signal {signal_id}"
        self.params = node.params or StatefulParams()
        self._offset = self.params.state_offset
        if self._offset is not None:
            self._report_contradiction(env, signal_id)

    def _report_contradiction(self, env: Environment, signal_id: int) -> None:
        """Report a cell that is elsewhere than `stateOffset` says."""
        try:
            cell = self._finder.cell(self._node.op, self._node.state_id)
        except StateNotFound:
            return
        if cell.offset != self._offset:
            warning = StateOffsetContradiction(
                signal=signal_id, state_id=cell.key, cell_offset=cell.offset, offset=self._offset
            )
            env.report(warning)

    def number(self) -> NumberCell:
        """Return the operation's (first) number."""
        if self._offset is not None:
            return self._finder.raw(self._owner, "f64", self._offset)
        cell = self._finder.cell(self._node.op, self._node.state_id)
        return self._finder.first(self._owner, cell)

    def second(self, named: str | None = None) -> NumberCell:
        """Return the operation's second number."""
        if self._offset is not None:
            return self._finder.raw(self._owner, "f64", self._offset + 1)
        cell = self._finder.cell(self._node.op, self._node.state_id)
        return self._finder.second(self._owner, cell, named)

    def ring(self, length: int) -> Ring:
        """Return the operation's ring."""
        if self._offset is not None:
            return self._finder.raw_ring(self._owner, self._offset, length)
        cell = self._finder.cell(self._node.op, self._node.state_id)
        return self._finder.ring(self._node.op, self._owner, cell, length)
