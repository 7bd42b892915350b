"""Typed arrays as they occur inside a program: immutable, equal by their bytes."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from irrun.numerics.arrays import one_nan_copy

DTYPES: Final[dict[str, np.dtype[Any]]] = {
    name: np.dtype(code)
    for name, code in {
        "i8": "<i1", "u8": "<u1", "u8c": "<u1", "i16": "<i2", "u16": "<u2", "i32": "<i4",
        "u32": "<u4", "f32": "<f4", "f64": "<f8", "i64": "<i8", "u64": "<u8",
    }.items()
}  # fmt: skip
"""Little-endian NumPy dtype of each element type; `u8c` is the clamped byte array."""

JS_NAMES: Final = {
    "i8": "Int8Array", "u8": "Uint8Array", "u8c": "Uint8ClampedArray", "i16": "Int16Array",
    "u16": "Uint16Array", "i32": "Int32Array", "u32": "Uint32Array", "f32": "Float32Array",
    "f64": "Float64Array", "i64": "BigInt64Array", "u64": "BigUint64Array",
}  # fmt: skip
"""What JavaScript calls an array of each element type."""


class TypedArray:
    """A read-only typed array of a program: element type and raw little-endian elements.

    Two arrays are equal when element type and bytes are, so NaN equals NaN (there is only one)
    and -0 differs from 0.
    """

    __slots__ = ("_array", "element")

    def __init__(self, element: str, values: NDArray[Any] | Iterable[float]) -> None:
        given = values if isinstance(values, np.ndarray | list) else list(values)
        # A list straight to its type: integers of 64 bits would become doubles on the way.
        array = np.array(given, dtype=DTYPES[element], order="C")
        array = one_nan_copy(array)  # sign and payload do not survive JSON
        array.flags.writeable = False
        self.element: Final = element
        self._array: Final[NDArray[Any]] = array

    @classmethod
    def from_bytes(cls, element: str, data: bytes) -> Self:
        """Read raw little-endian elements; `ValueError` if the length is not a multiple."""
        return cls(element, np.frombuffer(data, dtype=DTYPES[element]))

    @property
    def array(self) -> NDArray[Any]:
        """The elements, shape (n,), not writeable."""
        return self._array

    def tobytes(self) -> bytes:
        """Return the raw little-endian elements."""
        return self._array.tobytes()

    def tolist(self) -> list[float]:
        """Return the elements as Python numbers."""
        return list(self._array.tolist())

    def __len__(self) -> int:
        return len(self._array)

    def __bool__(self) -> bool:
        raise TypeError("a typed array is neither true nor false: ask for its length, or for None")

    def __getitem__(self, index: int) -> float:
        return self._array[index].item()  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[float]:
        return iter(self.tolist())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TypedArray):
            return NotImplemented
        return self.element == other.element and self.tobytes() == other.tobytes()

    def __hash__(self) -> int:
        return hash((self.element, self.tobytes()))

    def __repr__(self) -> str:
        return f"TypedArray({self.element!r}, {self.tolist()!r})"
