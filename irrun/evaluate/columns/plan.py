"""The plan of a block of frames: what is computed for it, as a list of operations on registers.

A register holds one value for each frame of the block: numbers as an array of shape (frames,),
vectors and colours as one of shape (frames, components), masks as booleans. Every other value is
an object, the same in all frames, or a sequence with one for each frame.

The list is made once for a program; it is complete, and what carries it out knows no program.
"""

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, Literal, get_args

import msgspec
import numpy as np

from irrun.evaluate.graphs import strong_components
from irrun.evaluate.operations.vectors import Shape
from irrun.evaluate.signals.stateful import Memory
from irrun.ir.time_model import TimeName
from irrun.ir.values import Array

RegisterKind = Literal["column", "mask", "object"]


class NotInBlocks(Exception):
    """A program, or what a block of its frames meets, is for the interpreter."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Register(msgspec.Struct, frozen=True):
    """A place for one value in each frame of a block."""

    number: int
    kind: RegisterKind = "column"
    shape: Shape | None = ()
    """Members of each value, in the order of the components; () for numbers, None for objects."""


class Operation(msgspec.Struct, kw_only=True):
    """One operation on registers, for all frames of a block at once or for one after the other."""

    name: str
    inputs: tuple[Register, ...]
    output: Register
    column: Callable[..., Any] | None = None
    """Arrays of the inputs to the array of the output; None if it has frames only."""
    row: Callable[..., Any] | None = None
    """Values of the inputs in one frame to the value of the output; None if it has columns only."""
    memory: Memory | None = None
    """What it keeps from frame to frame; `column` and `row` move it on."""
    where: Register | None = None
    """Mask of the frames in which the memory moves on; None if in all."""
    steps_back: bool = False
    """True if the output is what the first input was a frame before, and in the first frame of the
    block the second input."""

    numbers: tuple[int, ...] = ()
    """The inputs by their numbers."""

    def __post_init__(self) -> None:
        self.numbers = tuple(register.number for register in self.inputs)

    @property
    def needs(self) -> Iterator[Register]:
        """All registers that have to be there before."""
        yield from self.inputs
        if self.where is not None:
            yield self.where


class Group(msgspec.Struct, frozen=True):
    """Operations that need each other's values of earlier frames: they run frame by frame."""

    operations: tuple[Operation, ...]


Stage = Operation | Group
"""What is carried out at a time."""

TIMES: Final = (*get_args(TimeName), "progress", "index")
"""What a frame is given: its time as expressions see it, its progress (0 if there is none), and its
index."""

Masks = Callable[[], Sequence[Register] | None]
"""Gives, when all is planned, the masks of the frames that ask for a value; None for all frames."""


class Planner:
    """Collects the operations of a block."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.constants: dict[int, Any] = {}
        """Registers whose value is the same in all frames and all blocks."""
        self._count = 0
        self.times: Final = {name: self.register() for name in TIMES}
        """Columns of the frames' times: the first registers of every plan."""
        self._asked: list[tuple[Operation, Masks]] = []

    def register(self, shape: Shape | None = (), kind: RegisterKind = "column") -> Register:
        """Return a new register."""
        self._count += 1
        return Register(self._count - 1, kind, shape)

    @property
    def size(self) -> int:
        """How many registers there are."""
        return self._count

    def constant(self, value: Any, shape: Shape | None = ()) -> Register:
        """Return a register with a value that never changes."""
        register = self.register(shape, "object" if shape is None else "column")
        self.constants[register.number] = value
        return register

    def emit(
        self,
        name: str,
        inputs: Sequence[Register],
        column: Callable[..., Any] | None,
        row: Callable[..., Any] | None,
        *,
        shape: Shape | None = (),
        kind: RegisterKind = "column",
    ) -> Register:
        """Add an operation, and return the register of its result.

        What has inputs that never change is computed here and now.
        """
        constants = self.constants
        if row is not None and inputs and all(i.number in constants for i in inputs):
            register = self.register(shape, kind)
            constants[register.number] = row(*(constants[i.number] for i in inputs))
            return register
        output = self.register(shape, kind)
        self.operations.append(
            Operation(name=name, inputs=tuple(inputs), output=output, column=column, row=row)
        )
        return output

    def remember(
        self,
        name: str,
        inputs: Sequence[Register],
        memory: Memory,
        masks: Masks,
        *,
        shape: Shape | None = (),
        kind: RegisterKind = "column",
    ) -> Register:
        """Add an operation with a memory, which moves on in the frames that ask for it."""
        output = self.register(shape, kind)
        operation = Operation(
            name=name,
            inputs=tuple(inputs),
            output=output,
            column=memory.column,
            row=memory.advance,
            memory=memory,
        )
        self.operations.append(operation)
        self._asked.append((operation, masks))
        return output

    def before(self, later: Register, first: Register, output: Register) -> None:
        """Let a register hold what `later` held a frame before; `first` before the block."""
        self.operations.append(
            Operation(name="before", inputs=(later, first), output=output, steps_back=True)
        )

    def refuse_where(self, mask: Register, reason: str) -> None:
        """Give a block up in which a mask is set anywhere."""

        def check(found: Any) -> Any:
            if np.any(found):
                raise NotInBlocks(reason)
            return found

        self.emit("refuse", (mask,), check, None, kind="mask")

    def stages(self) -> tuple[Stage, ...]:
        """Return the operations in an order in which they can be carried out.

        Those in a circle, which goes through a frame before, are a group.

        Raises:
            NotInBlocks: A circle does not, or goes through what has only columns.
        """
        for operation, masks in self._asked:
            found = masks()
            if found is not None:
                operation.where = self._any_of(found)
        self._asked = []
        return tuple(_stages(self.operations))

    def read_constants(self) -> tuple[Register, ...]:
        """Return the registers that never change and that columns are made of."""
        read = {
            register.number: register
            for operation in self.operations
            if operation.column is not None or operation.steps_back
            for register in operation.needs
            if register.number in self.constants
        }
        return tuple(read.values())

    def _any_of(self, masks: Sequence[Register]) -> Register:
        either = masks[0]
        for mask in masks[1:]:
            either = self.emit("or", (either, mask), operator.or_, operator.or_, kind="mask")
        return either


def _stages(operations: Sequence[Operation]) -> Iterator[Stage]:
    made_by = {operation.output.number: i for i, operation in enumerate(operations)}

    def needed(i: int) -> list[int]:
        return [made_by[r.number] for r in operations[i].needs if r.number in made_by]

    for component in strong_components(len(operations), needed):
        members = [operations[i] for i in sorted(component)]  # exact: indices
        if len(members) == 1 and component[0] not in needed(component[0]):
            yield members[0]
            continue
        yield Group(tuple(_in_order(members)))


def _in_order(members: Sequence[Operation]) -> Iterator[Operation]:
    """Yield the operations of a group, each after what it needs of the same frame."""
    made_by = {m.output.number: i for i, m in enumerate(members)}

    def needed(i: int) -> list[int]:
        operation = members[i]
        needs = () if operation.steps_back else operation.needs
        return [made_by[r.number] for r in needs if r.number in made_by]

    for component in strong_components(len(members), needed):
        operation = members[component[0]]
        if len(component) > 1 or component[0] in needed(component[0]):
            raise NotInBlocks(f"{operation.name} needs itself within a frame")
        if operation.row is None and not operation.steps_back:
            raise NotInBlocks(f"{operation.name} cannot run frame by frame within a block")
        yield operation


def column_of(value: Any, shape: Shape, frames: int) -> Array:
    """Return a value that is the same in all frames as a column."""
    numbers = value if shape == () else [value[name] for name in shape]
    return np.full((frames, *([len(shape)] if shape else [])), numbers, dtype=np.float64)


def value_of(row: Any, shape: Shape) -> Any:
    """Return a number, or the components of a vector or colour, as a slot holds them."""
    if not shape:
        return float(row)
    return dict(zip(shape, row.tolist(), strict=True))
