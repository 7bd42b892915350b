"""Values over frames: one array per slot (design.md section 11)."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irrun.ir.constants import is_number
from irrun.runtime.view import SlotValues
from irrun.trace.keep import kept
from irrun.trace.points import Point


class _Numbers:
    """Numbers, one to a frame, with room for more."""

    def __init__(self) -> None:
        self._room: NDArray[np.float64] = np.zeros(64)
        self._length = 0

    def append(self, number: float) -> None:
        if self._length == self._room.size:
            self._room = np.concatenate([self._room, np.zeros_like(self._room)])
        self._room[self._length] = number
        self._length += 1

    @property
    def array(self) -> NDArray[np.float64]:
        return self._room[: self._length]


class Columns:
    """Values of chosen slots after each frame; they grow as the run goes on.

    Args:
        values: The slots that there are before the first frame.
        slots: Which slots; all if None.
        times: Absolute times of the frames in ms, of which as many count as were taken.
        first: Index of the first frame.
        points: Elements and statistics of buffers, recorded as numbers.
    """

    def __init__(
        self,
        values: SlotValues,
        slots: Iterable[int] | None,
        times: Sequence[float],
        first: int = 0,
        points: Sequence[Point] = (),
    ) -> None:
        chosen = values.slots if slots is None else tuple(slots)
        self.length = 0
        self.first = first
        self._times = times
        self._numbers: dict[int, _Numbers] = {}
        self._objects: dict[int, list[Any]] = {}
        self._points: dict[Point, list[float | None]] = {point: [] for point in points}
        self._stacked: dict[int, tuple[int, NDArray[Any] | None]] = {}
        """Columns of objects as arrays, with how many frames they have."""
        for slot in chosen:
            if values.storage_of(slot) == "object":
                self._objects[slot] = []
            else:
                self._numbers[slot] = _Numbers()

    @property
    def t_ms(self) -> NDArray[np.float64]:
        """Absolute time of each frame in ms, shape (frames,)."""
        return np.array(self._times[: self.length], dtype=np.float64)

    @property
    def slots(self) -> tuple[int, ...]:
        """The recorded slots, ascending."""
        return tuple(sorted([*self._numbers, *self._objects]))

    @property
    def points(self) -> tuple[Point, ...]:
        """The recorded elements and statistics, by slot, then as they were asked for."""
        return tuple(sorted(self._points, key=lambda point: point.slot))

    def take(self, values: SlotValues) -> None:
        """Record the values as they are now; of slots that are not there, NaN or None."""
        for slot, column in self._numbers.items():
            column.append(_number(values, slot))
        for slot, objects in self._objects.items():
            objects.append(kept(values.peek(slot)) if values.has(slot) else None)
        for point, numbers in self._points.items():
            value = values.peek(point.slot) if values.has(point.slot) else None
            numbers.append(point.number(value))
        self.length += 1

    def column(self, slot: int) -> NDArray[np.float64] | list[Any]:
        """Return a slot's values: shape (frames,) float64, or a list for an object slot."""
        if slot in self._numbers:
            return self._numbers[slot].array
        return self._objects[slot]

    def array(self, slot: int) -> NDArray[Any] | list[Any]:
        """Return a slot's values as one array where their shapes allow, else as a list.

        Shape (frames,) float64 for numbers, (frames, members) float64 for vectors and colours,
        (frames, elements) or (frames, elements, components) for buffers, in their own dtype.
        """
        from irrun.trace.shapes import stacked

        column = self.column(slot)
        if isinstance(column, np.ndarray):
            return column
        length, known = self._stacked.get(slot, (-1, None))
        if length != self.length:
            known = stacked(column)
            self._stacked[slot] = self.length, known
        return column if known is None else known

    def at_point(self, point: Point) -> list[float | None]:
        """Return the numbers at a point; None where the slot held no such number."""
        return self._points[point]

    def numbers(self, slot: int) -> NDArray[np.float64] | None:
        """Return a slot's values as numbers, also from an object slot that holds only numbers."""
        column = self.column(slot)
        if isinstance(column, np.ndarray):
            return column
        if all(map(is_number, column)):
            return np.array(column, dtype=np.float64)
        return None


def _number(values: SlotValues, slot: int) -> float:
    value = values.peek(slot) if values.has(slot) else math.nan
    return float(value) if isinstance(value, int | float) else math.nan
