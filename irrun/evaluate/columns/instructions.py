"""Instructions for C: how operations are written as such, and how these are carried out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final, NamedTuple

import numpy as np

from irrun.evaluate.columns.execute import Block, CellHistory, RingHistory
from irrun.evaluate.columns.plan import Operation, Register
from irrun.evaluate.signals.columns import frames_back, ms_back
from irrun.evaluate.signals.stateful import Memory
from irrun.ir.values import Array
from irrun.numerics import native

DELAYS: Final[Mapping[str, Callable[..., Array]]] = {
    "delayFrames": frames_back,
    "delayMs": ms_back,
}
"""Operations that are the instruction `delay`, and what says how many frames back they look."""

COMBINED: Final[Mapping[str, tuple[str, float | None]]] = {
    "combine sum": ("add", 0.0),
    "combine average": ("add", 0.0),
    "combine product": ("mul", 1.0),
    "combine min": ("min", None),
    "combine max": ("max", None),
}
"""What is done to all terms from left to right, and with which number it begins."""

_OPERANDS: Final = 3
_KEPT: Final = 2

Key = int
"""A register: the number of one of the plan; below 0 one that only instructions have."""


class Instruction(NamedTuple):
    """One instruction, on registers by their keys."""

    name: str
    out: Key
    operands: tuple[Key, ...] = ()
    where: Key | None = None
    kept: tuple[Key, ...] = ()
    numbers: tuple[int, int] = (0, 0)
    """Where its numbers begin, and how many they are."""
    circle: int = 0

    @property
    def made(self) -> tuple[Key, ...]:
        """The registers that it writes."""
        return (self.out, *self.kept)

    @property
    def read(self) -> tuple[Key, ...]:
        """The registers that it reads."""
        return self.operands if self.where is None else (*self.operands, self.where)


class Moving(NamedTuple):
    """A memory that an instruction moves on."""

    memory: Memory
    numbers: int
    """Where its numbers begin."""
    kept: tuple[Key, ...]
    """What each of its cells was after each frame."""
    value: Key
    """Its input."""
    where: Key | None


class Back(NamedTuple):
    """A column of how many frames back a delay looks."""

    key: Key
    operation: str
    memory: Memory
    times: tuple[Key, ...]


class InstructionWriter:
    """Writes operations as instructions.

    Args:
        constants: Values of the registers that never change, by number.
    """

    def __init__(self, constants: Mapping[int, Any]) -> None:
        self._constants = constants
        self._filled: list[Instruction] = []
        """What is the same in all frames."""
        self._code: list[Instruction] = []
        self._numbers: list[float] = []
        self._masks: set[Key] = set()
        self._movings: list[Moving] = []
        self._befores: list[tuple[int, int]] = []
        self._backs: list[Back] = []
        self._circles = 0
        self._known: set[Key] = set()
        """The constants that were filled in."""
        self._keys: Final = count(-1, -1)
        """Registers that only instructions have."""
        self._operations = 0

    def write(self, operations: Sequence[Operation], *, is_circle: bool) -> None:
        """Write operations that belong together, in order."""
        self._circles += is_circle
        circle = self._circles if is_circle else 0
        self._operations += len(operations)
        for operation in operations:
            registers = (*operation.needs, operation.output)
            self._masks.update(r.number for r in registers if r.kind == "mask")
            if operation.steps_back:
                self._before(operation, circle)
            elif operation.memory is not None:
                self._remember(operation, operation.memory, circle)
            else:
                self._compute(operation, circle)

    def stage(self, wanted: set[int]) -> "NativeStage":
        """Return all that was written as one stage, of which some registers are looked at."""
        return NativeStage(
            self._operations,
            (*self._filled, *self._code),
            wanted,
            self._masks,
            np.array(self._numbers),
            self._movings,
            self._befores,
            self._backs,
        )

    def _key(self, register: Register) -> Key:
        """Return a register as instructions have it; one that never changes is filled in."""
        number = register.number
        if number in self._constants and number not in self._known:
            self._fill(number, float(self._constants[number]))
        return number

    def _fill(self, key: Key, value: float) -> Key:
        self._known.add(key)
        self._filled.append(Instruction("fill", key, numbers=self._take(value)))
        return key

    def _take(self, *numbers: float) -> tuple[int, int]:
        """Give an instruction its numbers."""
        first = len(self._numbers)
        self._numbers += numbers
        return first, len(numbers)

    def _before(self, operation: Operation, circle: int) -> None:
        later, first = operation.inputs
        numbers = self._take(0.0)
        self._befores.append((numbers[0], first.number))
        operands = (self._key(later),)
        out = operation.output.number
        self._code.append(Instruction("before", out, operands, numbers=numbers, circle=circle))

    def _compute(self, operation: Operation, circle: int) -> None:
        name, out = native.name_of(operation.column), operation.output.number
        operands = tuple(map(self._key, operation.inputs))
        if name in COMBINED:
            self._combine(name, out, operands, circle)
        else:
            self._code.append(Instruction(name, out, operands, circle=circle))

    def _combine(self, name: str, out: int, terms: tuple[Key, ...], circle: int) -> None:
        step, start = COMBINED[name]
        first = terms[0] if start is None else self._fill(next(self._keys), start)
        # One term alone is combined with itself: that leaves it as it is.
        rest = terms if start is not None or len(terms) == 1 else terms[1:]
        is_average = name == "combine average"
        for k, term in enumerate(rest):
            is_last = k == len(rest) - 1 and not is_average
            made = out if is_last else next(self._keys)
            self._code.append(Instruction(step, made, (first, term), circle=circle))
            first = made
        if is_average:
            divisor = self._fill(next(self._keys), float(len(terms)))
            self._code.append(Instruction("div", out, (first, divisor), circle=circle))

    def _remember(self, operation: Operation, memory: Memory, circle: int) -> None:
        out, ring = operation.output.number, memory.ring
        operands = tuple(map(self._key, operation.inputs))
        where = None if operation.where is None else self._key(operation.where)
        kept = tuple(next(self._keys) for _ in memory.cells)
        if ring is None:
            name, numbers = (
                operation.name,
                self._take(*[0.0] * len(kept), *_flat(memory.parameters)),
            )
        else:
            name, numbers = "delay", self._take(*[0.0] * (2 + ring.length))
            back = next(self._keys)
            self._backs.append(Back(back, operation.name, memory, operands[1:]))
            operands = (operands[0], back)
        self._movings.append(Moving(memory, numbers[0], kept, operands[0], where))
        self._code.append(Instruction(name, out, operands, where, kept, numbers, circle))


def _flat(parameters: Sequence[Any]) -> Iterator[float]:
    for parameter in parameters:
        yield from parameter if isinstance(parameter, tuple) else (float(parameter),)


class NativeStage:
    """Instructions that are carried out together."""

    def __init__(
        self,
        operations: int,
        code: Sequence[Instruction],
        wanted: set[int],
        masks: set[Key],
        numbers: Array,
        movings: Sequence[Moving],
        befores: Sequence[tuple[int, int]],
        backs: Sequence[Back],
    ) -> None:
        self.operations = operations
        """How many operations of a plan they are."""
        self.names: Final = tuple(it.name for it in code)
        self._numbers = numbers
        self._movings = movings
        self._befores = befores
        self._backs = backs
        made = {key: None for it in code for key in it.made}
        keys: set[Key] = {*wanted, *(key for moving in movings for key in _looked_at(moving))}
        self._operands = [*dict.fromkeys(key for it in code for key in it.read if key not in made)]
        self._operands += [k for k in keys if k not in made and k not in self._operands]
        self._results = [key for key in made if key in keys]
        self._masks = masks
        places = {key: i for i, key in enumerate((*self._operands, *self._results))}
        types = ["B" if key in masks else "d" for key in places]
        places |= _scratch(code, places, masks, types)
        self._types = "".join(types)
        self._code = np.array([_row(it, places) for it in code], np.int32)

    def run(self, block: Block) -> None:
        """Carry them out."""
        frames, numbers, values = block.frames, self._numbers.copy(), block.values
        contents = self._load(block, numbers)
        found: dict[Key, Any] = {
            back.key: _frames_back(back, frames, [values[key] for key in back.times])
            for back in self._backs
        }
        operands = tuple(
            _given(found[key] if key in found else values[key]) for key in self._operands
        )
        made = [np.empty(frames, "?" if key in self._masks else "f8") for key in self._results]
        results = tuple(array.view("u1") if array.dtype == bool else array for array in made)
        native.run_plan(self._code, self._types, operands, results, numbers, frames)
        for key, array in zip(self._results, made, strict=True):
            found[key] = array
            if key >= 0:
                values[key] = array
        for moving, before in zip(self._movings, contents, strict=True):
            _keep(block, moving, numbers, found, before)

    def _load(self, block: Block, numbers: Array) -> list[tuple[int, Array] | None]:
        """Fill the numbers in; return where each ring writes next, and what it holds."""
        for place, first in self._befores:
            numbers[place] = block.starts[first]
        contents: list[tuple[int, Array] | None] = []
        for memory, place, *_ in self._movings:
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


# --- Places of registers ----------------------------------------------------------------------


def _scratch(
    code: Sequence[Instruction], places: Mapping[Key, int], masks: set[Key], types: list[str]
) -> dict[Key, int]:
    """Give each other register a place, which is used again when its last reader is done.

    What runs frame by frame together needs all its registers until its end, and so does what is
    the same in all frames.
    """
    units = _units(code)
    last = {key: unit for it, unit in zip(code, units, strict=True) for key in (*it.read, *it.made)}
    free: dict[str, list[int]] = {"d": [], "B": []}
    found: dict[Key, int] = {}
    ending: dict[int, list[Key]] = {}
    done = 0
    for it, unit in zip(code, units, strict=True):
        for earlier in range(done, unit):
            for key in ending.pop(earlier, ()):
                free["B" if key in masks else "d"].append(found[key])
        done = unit
        for key in it.made:
            if key in places or key in found:
                continue
            kind = "B" if key in masks else "d"
            if free[kind]:
                found[key] = free[kind].pop()
            else:
                found[key] = len(types)
                types.append(kind)
            if it.name != "fill":
                ending.setdefault(last[key], []).append(key)
    return found


def _units(code: Sequence[Instruction]) -> list[int]:
    """Return for each instruction which one it is, where a circle counts as one."""
    units: list[int] = []
    for i, it in enumerate(code):
        is_same = i > 0 and it.circle and it.circle == code[i - 1].circle
        units.append(units[-1] if is_same else i)
    return units


def _row(it: Instruction, places: Mapping[Key, int]) -> list[int]:
    """Return an instruction as C has it."""

    def padded(keys: Sequence[Key], size: int) -> list[int]:
        return [*(places[key] for key in keys), *[-1] * (size - len(keys))]

    where = -1 if it.where is None else places[it.where]
    code = native.code_of(it.name)
    operands, kept = padded(it.operands, _OPERANDS), padded(it.kept, _KEPT)
    return [code, places[it.out], *operands, where, *kept, *it.numbers, it.circle]
