"""Operations of a plan, written as instructions for C."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final, NamedTuple

from irrun.evaluate.columns.plan import Operation, Register
from irrun.evaluate.signals.stateful import Memory
from irrun.numerics import native

COMBINED: Final[Mapping[str, tuple[str, float | None]]] = {
    "combine sum": ("add", 0.0),
    "combine average": ("add", 0.0),
    "combine product": ("mul", 1.0),
    "combine min": ("min", None),
    "combine max": ("max", None),
}
"""What is done to all terms from left to right, and with which number it begins."""

WITH_NUMBER: Final[Mapping[tuple[str, tuple[bool, ...]], str]] = {
    ("add", (True, False)): "add number",
    ("add", (False, True)): "add number",
    ("mul", (True, False)): "mul number",
    ("mul", (False, True)): "mul number",
    ("sub", (False, True)): "sub number",
    ("sub", (True, False)): "number sub",
}
"""Operations of which one operand never changes, by which it is."""

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


class Written(NamedTuple):
    """Instructions, and what goes with them."""

    operations: int
    """How many operations of a plan they are."""
    code: tuple[Instruction, ...]
    masks: set[Key]
    """Registers that are masks."""
    numbers: tuple[float, ...]
    movings: tuple[Moving, ...]
    befores: tuple[tuple[int, int], ...]
    """Numbers that are what a register was before the block: where, and which."""
    backs: tuple[Back, ...]


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

    def written(self) -> Written:
        """Return all that was written."""
        return Written(
            self._operations,
            (*self._filled, *self._code),
            self._masks,
            tuple(self._numbers),
            tuple(self._movings),
            tuple(self._befores),
            tuple(self._backs),
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
        places = tuple(r.number in self._constants for r in operation.inputs)
        with_number = WITH_NUMBER.get((name, places))
        if with_number is not None:
            changing, fixed = operation.inputs if places[1] else reversed(operation.inputs)
            numbers = self._take(float(self._constants[fixed.number]))
            made = Instruction(with_number, out, (changing.number,), numbers=numbers, circle=circle)
            self._code.append(made)
            return
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
