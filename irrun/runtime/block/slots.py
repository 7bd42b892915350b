"""The slots while the blocks of a program are planned: which register each holds at which step."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from irrun.evaluate.columns.plan import NotInBlocks, Planner, Register
from irrun.evaluate.operations.vectors import Shape, shape_of
from irrun.ir.types import Storage
from irrun.numerics import native
from irrun.numerics.arrays import to_f32_array, to_i32_array, to_u32_array
from irrun.numerics.convert import to_f32, to_i32, to_u32
from irrun.runtime.values import ValueStore
from irrun.steps.actors import Actor


class Written(NamedTuple):
    """One write of a frame."""

    slot: int
    value: Register
    """As the slot holds it afterwards."""
    actor: Actor


class Carried(NamedTuple):
    """A slot that is read before it is written: it still has its value of the frame before."""

    slot: int
    first: Register
    """Its value before the block."""
    value: Register


class SlotPlanner:
    """The slots of a program, as the step that is planned finds them.

    Args:
        planner: Takes operations.
        values: The store; slots that no step writes keep their values.
        to_be_written: The slots that steps write.
    """

    def __init__(self, planner: Planner, values: ValueStore, to_be_written: Iterable[int]) -> None:
        self._planner = planner
        self._values = values
        self._to_be_written = frozenset(to_be_written)
        self._now: dict[int, Register] = {}
        self._by_step: set[int] = set()
        """Slots that an earlier step of the frame has written."""
        self.written: list[Written] = []
        """In the order of writing."""
        self.carried: dict[int, Carried] = {}
        self.read_first: Final[set[tuple[int, Actor]]] = set()
        """Slots that are read before anything in the frame writes them, and who reads."""

    def read(self, slot: int, actor: Actor, where: Register | None = None) -> Register:
        """Return a slot's value as it is now, to somebody who needs it in the frames of a mask."""
        self._check(slot)
        if slot not in self._by_step:
            if where is None:
                self.read_first.add((slot, actor))
            else:
                self._refuse_news(slot, actor, where)
        return self.peek(slot)

    def _refuse_news(self, slot: int, actor: Actor, where: Register) -> None:
        """Refuse blocks in which an unwritten slot is read for the first time."""
        is_news = self._values.is_news
        if not is_news(slot, actor):
            return

        def check(reads: Any) -> Any:
            if np.any(reads) and is_news(slot, actor):
                raise NotInBlocks(f"slot {slot} is read and nothing has written it")
            return reads

        self._planner.emit("refuse", (where,), check, None, kind="mask")

    def peek(self, slot: int) -> Register:
        """Return a slot's value as it is now, without counting as a read."""
        self._check(slot)
        found = self._now.get(slot)
        if found is None:
            found = self._now[slot] = self._before(slot)
        return found

    def write(self, slot: int, value: Register, actor: Actor) -> None:
        """Write a slot, with the conversion of its storage."""
        self._check(slot)
        if slot in self._by_step:
            raise NotInBlocks(f"slot {slot} is written twice")
        storage = self._values.storage_of(slot)
        if storage != "object":
            value = self._converted(slot, storage, value)
        carried = self.carried.get(slot)
        if carried is not None:
            if value.shape != carried.value.shape or value.kind != carried.value.kind:
                raise NotInBlocks(f"slot {slot} changes what it holds")
            self._planner.before(value, carried.first, carried.value)
        self._now[slot] = value
        self._by_step.add(slot)
        self.written.append(Written(slot, value, actor))

    def check_all_written(self) -> None:
        """Refuse a program in which a slot that a step says to write stays as it was."""
        for slot in self.carried:
            if slot not in self._by_step:
                raise NotInBlocks(f"slot {slot} is said to be written, and is not")

    def shape_now(self, slot: int) -> Shape | None:
        """Return what a slot holds at present: the shape of a number, vector or colour, or None."""
        value = self._values.peek(slot)
        return shape_of(value) if isinstance(value, float | Mapping) else None

    def _check(self, slot: int) -> None:
        if not self._values.has(slot):
            raise NotInBlocks(f"there is no slot {slot}")

    def _before(self, slot: int) -> Register:
        """Return what a slot holds before anything writes it in the frame."""
        if slot not in self._to_be_written:
            value = self._values.peek(slot)
            shape = shape_of(value) if isinstance(value, float) else None
            return self._planner.constant(value, shape)
        shape = self.shape_now(slot)
        kind: Any = "object" if shape is None else "column"
        first, value_register = (self._planner.register(shape, kind) for _ in range(2))
        self.carried[slot] = Carried(slot, first, value_register)
        return value_register

    def _converted(self, slot: int, storage: Storage, value: Register) -> Register:
        if value.shape is None:
            value = self._planner.emit("number", (value,), None, _only_number)
        if value.shape != ():
            raise NotInBlocks(f"slot {slot} takes a number, and is given something else")
        if storage == "f64":
            return value
        column, row = _CONVERSIONS[storage]
        return self._planner.emit(f"to {storage}", (value,), column, row)


def _only_number(value: Any) -> float:
    if not isinstance(value, float):
        raise NotInBlocks("a slot takes a number, and is given something else")
    return value


def _conversion(
    storage: Storage, column: Callable[..., Any], row: Callable[[float], float]
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    return native.named(f"to {storage}")(lambda x: column(x).astype("f8")), lambda x: float(row(x))


_CONVERSIONS: Final[Mapping[str, tuple[Callable[..., Any], Callable[..., Any]]]] = {
    "f32": _conversion("f32", to_f32_array, to_f32),
    "i32": _conversion("i32", to_i32_array, to_i32),
    "u32": _conversion("u32", to_u32_array, to_u32),
}
