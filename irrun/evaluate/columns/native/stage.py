"""Instructions that C carries out together, over the columns of a block."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from irrun.evaluate.columns.execute import Block, CellHistory, RingHistory
from irrun.evaluate.columns.native.instructions import Back, Key, Moving, Written
from irrun.evaluate.columns.native.places import row_of, scratch
from irrun.evaluate.signals.columns import frames_back, ms_back
from irrun.ir.values import Array
from irrun.numerics import native

DELAYS: Final[Mapping[str, Callable[..., Array]]] = {
    "delayFrames": frames_back,
    "delayMs": ms_back,
}
"""Operations that are the instruction `delay`, and what says how many frames back they look."""


class NativeStage:
    """Instructions that are carried out together.

    Args:
        written: The instructions.
        wanted: The registers of the plan that are looked at when they are done.
    """

    def __init__(self, written: Written, wanted: set[int]) -> None:
        code, masks = written.code, written.masks
        self.operations = written.operations
        """How many operations of a plan they are."""
        self.names: Final = tuple(it.name for it in code)
        self._written = written
        made = dict.fromkeys(key for it in code for key in it.made)
        seen = {*wanted, *(key for moving in written.movings for key in _looked_at(moving))}
        by_number = sorted(seen)  # exact: registers
        read = dict.fromkeys((*(key for it in code for key in it.read), *by_number))
        self._operands = [key for key in read if key not in made]
        self._results = [key for key in made if key in seen]
        places = {key: i for i, key in enumerate((*self._operands, *self._results))}
        types = ["B" if key in masks else "d" for key in places]
        places |= scratch(code, places, masks, types)
        self._types = "".join(types)
        self._code = np.array([row_of(it, places) for it in code], np.int32)

    def run(self, block: Block) -> None:
        """Carry them out."""
        written, frames, values = self._written, block.frames, block.values
        numbers = np.array(written.numbers)
        contents = self._load(block, numbers)
        found: dict[Key, Any] = {
            back.key: _frames_back(back, frames, [values[key] for key in back.times])
            for back in written.backs
        }
        operands = tuple(
            _given(found[key] if key in found else values[key]) for key in self._operands
        )
        made = [np.empty(frames, "?" if key in written.masks else "f8") for key in self._results]
        results = tuple(array.view("u1") if array.dtype == bool else array for array in made)
        native.run_plan(self._code, self._types, operands, results, numbers, frames)
        for key, array in zip(self._results, made, strict=True):
            found[key] = array
            if key >= 0:
                values[key] = array
        for moving, before in zip(written.movings, contents, strict=True):
            _keep(block, moving, numbers, found, before)

    def _load(self, block: Block, numbers: Array) -> list[tuple[int, Array] | None]:
        """Fill the numbers in; return where each ring writes next, and what it holds."""
        for place, first in self._written.befores:
            numbers[place] = block.starts[first]
        contents: list[tuple[int, Array] | None] = []
        for memory, place, *_ in self._written.movings:
            for k, cell in enumerate(memory.cells):
                numbers[place + k] = cell.get()
            ring = memory.ring
            if ring is None:
                contents.append(None)
                continue
            held = ring.write_index(), ring.contents()
            numbers[place + 1] = held[0]
            numbers[place + 2 : place + 2 + ring.length] = held[1]
            contents.append(held)
        return contents


def _looked_at(moving: Moving) -> Iterator[Key]:
    """Yield the registers that are looked at when a memory was moved on."""
    yield from moving.kept
    if moving.where is not None:
        yield moving.where
    if moving.memory.ring is not None:
        yield moving.value


def _frames_back(back: Back, frames: int, times: Sequence[Array]) -> Array:
    memory = back.memory
    return DELAYS[back.operation](memory.ring, *memory.parameters, frames, *times)


def _given(column: Array) -> Array:
    """Return a column as C takes it."""
    if column.dtype == bool:
        return np.ascontiguousarray(column).view("u1")
    return np.ascontiguousarray(column, dtype="f8")


def _keep(
    block: Block,
    moving: Moving,
    numbers: Array,
    found: Mapping[Key, Any],
    before: tuple[int, Array] | None,
) -> None:
    """Leave a memory as it is after the block, and say what it was after each frame."""
    memory, place = moving.memory, moving.numbers
    frames = np.arange(block.frames)
    if moving.where is not None:
        frames = np.flatnonzero(block.values[moving.where])
        if not len(frames):
            return
    for k, (cell, kept) in enumerate(zip(memory.cells, moving.kept, strict=True)):
        cell.set(float(numbers[place + k]))
        block.cells.append(CellHistory(cell, found[kept]))
    if memory.ring is not None and before is not None:
        memory.ring.put(numbers[place + 2 : place + 2 + memory.ring.length])
        values = block.values[moving.value][frames]
        block.rings.append(RingHistory(memory.ring, before[1], before[0], values, frames))
