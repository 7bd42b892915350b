"""One number of a buffer: an element, or a statistic over all elements."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from irrun.ir.typed_array import TypedArray
from irrun.ir.types import MEMBERS
from irrun.ir.values import Buffer

Statistic = Literal["min", "max", "mean", "sum", "nan"]
STATISTICS: Final[tuple[Statistic, ...]] = get_args(Statistic)

_COMPONENTS: Final = {name: at for names in MEMBERS.values() for at, name in enumerate(names)}
_ELEMENT: Final = re.compile(rf"\[([0-9]{{1,9}})\](?:\.([{''.join(_COMPONENTS)}]|[0-9]{{1,3}}))?")


class Point(msgspec.Struct, frozen=True):
    """Which number of a slot's buffer is looked at: `7[3]`, `7[3].y`, `7:mean`."""

    slot: int
    what: str
    """As it was asked for: `[3]`, `[3].y`, `:mean`."""
    statistic: Statistic | None = None
    index: int = 0
    component: int | None = None
    """None: `index` counts the numbers of the buffer, and not its elements."""

    @property
    def text(self) -> str:
        """The point's name, with the number of its slot."""
        return f"{self.slot}{self.what}"

    def number(self, value: Any) -> float | None:
        """Return the number in a slot's value; None if there is none."""
        found = _numbers(value)
        if found is None:
            return None
        data, components = found
        if self.statistic is not None:
            return _STATISTICS[self.statistic](data)
        if self.component is None:
            at = self.index
        elif self.component < components:
            at = self.index * components + self.component
        else:
            return None
        return float(data[at]) if at < data.size else None


def point_of(slot: int, what: str) -> Point | None:
    """Return the point that `[3]`, `[3].y` or `:mean` means; None if it means nothing."""
    if what[:1] == ":":
        statistic = next((name for name in STATISTICS if name == what[1:]), None)
        return None if statistic is None else Point(slot, what, statistic)
    found = _ELEMENT.fullmatch(what)
    if found is None:
        return None
    letter = found[2]
    component = None if letter is None else _COMPONENTS.get(letter)
    if letter is not None and component is None:
        component = int(letter)  # exact: 3 digits
    return Point(slot, what, index=int(found[1]), component=component)  # exact: 9 digits


def point_documents(points: Sequence[Point]) -> list[dict[str, Any]]:
    """Return points as a header has them."""
    return [{"slot": point.slot, "what": point.what} for point in points]


def points_of(header: Mapping[str, Any]) -> Sequence[Point]:
    """Return the points that a header names."""
    asked = (point_of(each["slot"], each["what"]) for each in header.get("points", ()))
    return [point for point in asked if point is not None]


def _numbers(value: Any) -> tuple[NDArray[Any], int] | None:
    """Return the numbers of a buffer, and how many an element has."""
    if isinstance(value, Buffer):
        return value.data, value.components
    if isinstance(value, TypedArray):
        value = value.array
    return (value.reshape(-1), 1) if isinstance(value, np.ndarray) else None


def _least(data: NDArray[Any]) -> float | None:
    known = _known(data)
    return float(known.min()) + 0.0 if known.size else None


def _greatest(data: NDArray[Any]) -> float | None:
    known = _known(data)
    return float(known.max()) + 0.0 if known.size else None


def _known(data: NDArray[Any]) -> NDArray[Any]:
    """Return what is a number: NaN is counted by itself."""
    return data[~np.isnan(data)] if data.dtype.kind == "f" else data


def _sum(data: NDArray[Any]) -> float:
    """Add up from left to right, as a loop would: NumPy's own sum adds in pairs."""
    if data.size == 0:
        return 0.0
    with np.errstate(all="ignore"):
        return float(np.add.accumulate(data, dtype=np.float64)[-1])


def _mean(data: NDArray[Any]) -> float | None:
    return _sum(data) / data.size if data.size else None


def _nans(data: NDArray[Any]) -> float:
    return float(data.size - _known(data).size)


_STATISTICS: Final = {
    "min": _least,
    "max": _greatest,
    "mean": _mean,
    "sum": _sum,
    "nan": _nans,
}
