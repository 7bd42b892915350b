"""Objects of the frames of a block: made out of columns when somebody asks for them."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from irrun.evaluate.columns.plan import NotInBlocks, Register, value_of
from irrun.ir.values import Array, Buffer


class MadeRows(Sequence[Any]):
    """One object to a frame; the one that was asked for last is kept.

    Args:
        frames: How many frames there are.
        make: Returns the object of a frame.
    """

    def __init__(self, frames: int, make: Callable[[int], Any]) -> None:
        self._frames = frames
        self._make = make
        self._last: tuple[int, Any] | None = None

    def __len__(self) -> int:
        return self._frames

    def __getitem__(self, frame: Any) -> Any:
        if self._last is None or self._last[0] != frame:
            self._last = frame, self._make(frame)
        return self._last[1]


class NumberRows(MadeRows):
    """Objects that hold numbers of one kind, such as buffers.

    Args:
        frames: How many frames there are.
        make: Returns the object of a frame.
        data: The numbers of all of them.
        are_alike: True if all have equally many.
    """

    def __init__(
        self, frames: int, make: Callable[[int], Any], data: Array, *, are_alike: bool = True
    ) -> None:
        super().__init__(frames, make)
        self.data = data
        self.are_alike = are_alike


class Same(NamedTuple):
    """An object that is the same in all frames."""

    value: Any


def array_rows(data: Array) -> NumberRows:
    """Return plain arrays, one to a frame; shape (frames, numbers), not writeable."""
    return NumberRows(len(data), data.__getitem__, data)


def buffer_rows(data: Array, like: Buffer) -> NumberRows:
    """Return buffers in the format of one; shape (frames, numbers), not writeable."""
    components, element = like.components, like.element
    return NumberRows(len(data), lambda frame: Buffer(data[frame], components, element), data)


def made_rows(
    frames: int, inputs: Sequence[Register], columns: Sequence[Any], row: Callable[..., Any]
) -> MadeRows:
    """Return what `row` makes of the values of each frame.

    What fails does so for one frame as for all, if the values are of the same kind in all and
    finite: then one is made to see. Else all are.

    Raises:
        NotInBlocks: A value is NaN or infinite.
        IrrunError: Of `row`.
    """
    reads = [_reader(r, column) for r, column in zip(inputs, columns, strict=True)]

    def make(frame: int) -> Any:
        return row(*(read(frame) for read in reads))

    made = MadeRows(frames, make)
    alike = [_is_alike(column) for column in columns]
    for frame in range(1 if all(alike) else frames):
        made[frame]
    return made


def _reader(register: Register, column: Any) -> Callable[[int], Any]:
    shape = register.shape
    if shape is None:
        return lambda frame: column[frame]
    return lambda frame: value_of(column[frame], shape)


def _is_alike(column: Any) -> bool:
    """True if a column has values of one kind in all frames; refuses what is not finite."""
    data = column.data if isinstance(column, NumberRows) else column
    if not isinstance(data, np.ndarray) or data.dtype == object:
        return False
    if data.dtype.kind == "f" and not np.isfinite(data).all():
        raise NotInBlocks("a renderer is given NaN or infinity")
    return not isinstance(column, NumberRows) or column.are_alike
