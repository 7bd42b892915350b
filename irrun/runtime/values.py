"""The value store (runtime-semantics section 3, design.md section 6)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from irrun.errors import IrrunError
from irrun.errors.running import DoubleWrite, NotANumber, ReadUnwritten, UnknownSlot
from irrun.evaluate.held import Held
from irrun.ir.render_frame import RenderFrame
from irrun.ir.types import STORAGES, Storage
from irrun.ir.values import ELEMENT_DTYPES, RECORDS, Array
from irrun.numerics.convert import to_f32, to_i32, to_number, to_u32
from irrun.steps.actors import CALLER, Actor


class SlotPlace(Protocol):
    """What the store needs to know of a slot."""

    @property
    def slot(self) -> int:
        """The slot number."""

    @property
    def storage(self) -> Storage:
        """Which array."""

    @property
    def offset(self) -> int:
        """Which element."""


class _Cell:
    """One slot: where it lives, and who wrote it when."""

    __slots__ = ("convert", "is_integer", "keeps_doubles", "offset", "slot", "stamp", "storage",
                 "view", "writer")  # fmt: skip

    def __init__(self, place: SlotPlace, view: Any) -> None:
        self.slot = place.slot
        self.storage: Storage = place.storage
        self.offset = place.offset
        self.view = view
        self.is_integer = place.storage in ("i32", "u32")
        self.convert = _CONVERSIONS.get(place.storage)
        self.keeps_doubles = place.storage == "f64"
        self.stamp = 0
        """Generation of the last write; 0 if there was none, -1 for an ensured array."""
        self.writer = CALLER


_CONVERSIONS: dict[str, Callable[[float], float]] = {
    "f64": float,
    "f32": to_f32,
    "i32": to_i32,
    "u32": to_u32,
}


class ValueStore:
    """Values of all slots: four typed arrays and a list of objects.

    Each array has `max(offset + 1)` elements over its slots. Numbers start at 0, objects at
    None ("missing"). Values stay until they are overwritten; `clear` only forgets who wrote.

    Args:
        slots: Slot, storage and offset of each slot. Of two records for one slot the later
            counts; two slots at one place share their value.
        report: Takes warnings; without it they are kept in `findings`.
        held: Counts the numbers in buffers and the like.
    """

    def __init__(
        self,
        slots: Iterable[SlotPlace],
        report: Callable[[IrrunError], None] | None = None,
        held: Held | None = None,
    ) -> None:
        self.held: Final = Held() if held is None else held
        places = list(slots)
        size = dict.fromkeys(STORAGES, 0)
        for place in places:
            size[place.storage] = max(size[place.storage], place.offset + 1)
        self.f64: NDArray[np.float64] = np.zeros(size["f64"], dtype=np.float64)
        self.f32: NDArray[np.float32] = np.zeros(size["f32"], dtype=np.float32)
        self.i32: NDArray[np.int32] = np.zeros(size["i32"], dtype=np.int32)
        self.u32: NDArray[np.uint32] = np.zeros(size["u32"], dtype=np.uint32)
        self.objects: list[Any] = [None] * size["object"]
        # A memoryview reads and writes single elements faster than the array does.
        views: dict[str, Any] = {
            "f64": self.f64.data,
            "f32": self.f32.data,
            "i32": self.i32.data,
            "u32": self.u32.data,
            "object": self.objects,
        }
        self._cells = {place.slot: _Cell(place, views[place.storage]) for place in places}
        self._generation = 1
        self._written: list[int] = []
        self._reported: set[tuple[str, int, Actor]] = set()
        self.findings: list[IrrunError] = []
        self._report = report or self.findings.append
        self.actor: Actor = CALLER
        """Who reads and writes: the step that is running."""

    def read(self, slot: int) -> Any:
        """Return a slot's value; numeric storages yield a double.

        A slot that nothing has ever written is reported, once for each reader.

        Raises:
            UnknownSlot: IR401.
        """
        cell = self._cells.get(slot)
        if cell is None:
            raise self._unknown("read", slot)
        if not cell.stamp:
            self._report_unwritten(cell)
        value = cell.view[cell.offset]
        return float(value) if cell.is_integer else value

    def peek(self, slot: int) -> Any:
        """Return a slot's value without counting as a read.

        Raises:
            UnknownSlot: IR401.
        """
        cell = self._cells.get(slot)
        if cell is None:
            raise self._unknown("read", slot)
        value = cell.view[cell.offset]
        return float(value) if cell.is_integer else value

    def write(self, slot: int, value: Any) -> None:
        """Write a slot, with the conversion of its storage (section 0.4).

        Raises:
            UnknownSlot: IR401.
            DoubleWrite: IR402, the slot was written since the last `clear`.
            TooMuchHeld: IR406.
        """
        cell = self._cells.get(slot)
        if cell is None:
            raise self._unknown("write", slot)
        generation = self._generation
        if cell.stamp == generation:
            raise DoubleWrite(slot=slot, first=cell.writer, second=self.actor).at(slot=slot)
        if cell.convert is None:
            self._hold(value, cell.view[cell.offset])
        cell.stamp = generation
        cell.writer = self.actor
        self._written.append(slot)
        if (cell.keeps_doubles and type(value) is float) or cell.convert is None:
            cell.view[cell.offset] = value
        else:
            number = value if type(value) is float else self._number(cell, value)
            cell.view[cell.offset] = cell.convert(number)

    def clear(self) -> None:
        """Forget which slots were written in this frame; values stay."""
        self._generation += 1
        self._written = []

    def ensure(self, slot: int, element: str, length: int) -> Array:
        """Return the slot's own array of `length` elements, allocating it if it has none.

        The written set is not involved, so a slot may be ensured any number of times in a
        frame. A slot that is unknown, or has a numeric storage, becomes an object slot
        (section 3.2).
        """
        cell = self._cells.get(slot)
        if cell is None or cell.storage != "object":
            cell = self._promote(slot)
        cell.stamp = cell.stamp or -1
        array = cell.view[cell.offset]
        dtype = ELEMENT_DTYPES[element]
        if isinstance(array, np.ndarray) and array.dtype == dtype and array.shape == (length,):
            return array
        self.held.check(length)
        fresh: Array = np.zeros(length, dtype=dtype)
        self._hold(fresh, array)
        cell.view[cell.offset] = fresh
        return fresh

    def has(self, slot: int) -> bool:
        """True if there is such a slot."""
        return slot in self._cells

    def is_written(self, slot: int) -> bool:
        """True if the slot was written since the last `clear`."""
        cell = self._cells.get(slot)
        return cell is not None and cell.stamp == self._generation

    def was_ever_written(self, slot: int) -> bool:
        """True if anything has ever written the slot."""
        cell = self._cells.get(slot)
        return cell is not None and cell.stamp != 0

    def is_news(self, slot: int, actor: Actor) -> bool:
        """True if reading a slot would report that nothing has written it."""
        cell = self._cells.get(slot)
        if cell is None or cell.stamp:
            return cell is None
        return (ReadUnwritten.code, slot, actor) not in self._reported

    def writer_of(self, slot: int) -> Actor | None:
        """Return who wrote the slot last, in this frame or an earlier one."""
        cell = self._cells.get(slot)
        return cell.writer if cell is not None and cell.stamp > 0 else None

    @property
    def written(self) -> tuple[int, ...]:
        """The slots written since the last `clear`, in order."""
        return tuple(self._written)

    @property
    def slots(self) -> tuple[int, ...]:
        """All slot numbers, ascending."""
        return tuple(sorted(self._cells))  # exact: slots

    def storage_of(self, slot: int) -> Storage:
        """Return a slot's storage; `UnknownSlot` if there is none."""
        cell = self._cells.get(slot)
        if cell is None:
            raise self._unknown("look up", slot)
        return cell.storage

    def _number(self, cell: _Cell, value: Any) -> float:
        """Return a value that is no plain float as one; what is no number is reported."""
        if isinstance(value, np.generic):
            value = value.item()
        number = to_number(value)
        if not isinstance(value, int | float):
            stored = cell.convert(number) if cell.convert else number
            got = describe_value(value)
            warning = NotANumber(slot=cell.slot, storage=cell.storage, stored=stored, got=got)
            self._report_once(warning)
        return number

    def _report_unwritten(self, cell: _Cell) -> None:
        if (ReadUnwritten.code, cell.slot, self.actor) in self._reported:
            return
        value = "nothing" if cell.storage == "object" else "0"
        self._report_once(ReadUnwritten(slot=cell.slot, value=value))

    def _report_once(self, warning: IrrunError) -> None:
        """Report trouble with a slot, once for each actor and cause; under strict this raises."""
        slot = warning.facts["slot"]
        key = (warning.code, slot, self.actor)
        if key not in self._reported:
            self._report(warning.at(slot=slot))
            self._reported.add(key)

    def _hold(self, value: Any, before: Any) -> None:
        """Count the arrays of a value that takes the place of another one."""
        arrays_of, arrays_before = _ARRAYS_OF.get(type(value)), _ARRAYS_OF.get(type(before))
        if value is before:
            return
        if arrays_of is not None:
            self.held.hold_all(arrays_of(value))
        if arrays_before is not None:
            for array in arrays_before(before):
                self.held.release(array)

    def _promote(self, slot: int) -> _Cell:
        place = _Place(slot, "object", len(self.objects))
        self.objects.append(None)
        cell = _Cell(place, self.objects)
        old = self._cells.get(slot)
        if old is not None:
            cell.stamp, cell.writer = old.stamp, old.writer
        self._cells[slot] = cell
        return cell

    def _unknown(self, operation: str, slot: int) -> UnknownSlot:
        known = self.slots
        text = f"known slots: {known[0]} to {known[-1]}" if known else "the program has no slots"
        return UnknownSlot(operation=operation, slot=slot, known=text).at(slot=slot)


def _members(value: Any) -> list[Array]:
    """Return the arrays that a value made of arrays has."""
    members = (getattr(value, name) for name in value.__struct_fields__)
    return [member for member in members if isinstance(member, np.ndarray)]


_ARRAYS_OF: Final[Mapping[type, Callable[[Any], Iterable[Array]]]] = {
    np.ndarray: lambda array: (array,),
    **dict.fromkeys(RECORDS, _members),
    RenderFrame: lambda frame: () if frame.buffers is None else frame.buffers.values(),
}
"""The arrays in a value, by its kind; other values have none."""


def describe_value(value: Any) -> str:
    """Return what kind of value it is, in the words of a document."""
    names = {str: "a text", list: "a list", tuple: "a list", dict: "an object", type(None): "null"}
    return names.get(type(value), f"a {type(value).__name__}")


class _Place:
    """A slot's place, made at run time."""

    def __init__(self, slot: int, storage: Storage, offset: int) -> None:
        self.slot = slot
        self.storage: Storage = storage
        self.offset = offset
