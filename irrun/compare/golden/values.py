"""Slot and state values as a golden records them: numbers whole, large arrays in summary."""

import hashlib
import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from irrun.ir.values import Array
from irrun.numerics.arrays import one_nan_copy
from irrun.trace.values import number_document, value_document

SAMPLE: Final = 5
"""Elements of an array that are recorded beside its digest, spread evenly over it."""
LISTED: Final = 8
"""A state cell of up to so many elements is recorded whole."""

ABSENT: Final[dict[str, Any]] = {"kind": "absent"}
"""What stands for a value that is not there."""

ArrayStore = Mapping[str, Array]
"""Whole arrays by digest."""


class ValueRecorder:
    """Turns values into documents, and keeps the whole arrays behind them if asked to."""

    def __init__(self, *, keep_arrays: bool = False) -> None:
        self.arrays: dict[str, Array] = {}
        self._keeps = keep_arrays

    def value(self, value: Any) -> Any:
        """Return a slot's value as a document."""
        return value_document(value, self._summary)

    def elements(self, elements: Array) -> Any:
        """Return a state cell: a number, a short list of numbers, or a summary."""
        if elements.size == 1:
            return number_document(elements[0].item())
        if elements.size <= LISTED:
            return [number_document(x) for x in elements.tolist()]
        return {"kind": "array"} | self._summary(elements, 1)

    def _summary(self, array: Array, components: int) -> dict[str, Any]:
        """Return dtype, shape, digest and sample of an array."""
        flat = np.ascontiguousarray(array).reshape(-1)
        digest = array_digest(flat)
        if self._keeps and digest not in self.arrays:
            self.arrays[digest] = flat.copy()
        count = flat.size // components if components else 0
        shape = [count] if components == 1 else [count, components]
        return {
            "dtype": array.dtype.name,
            "shape": shape,
            "digest": digest,
            "sample": [_sample(flat[i]) for i in sampled(flat.size)],
        }


def _sample(element: np.generic) -> float | str:
    """Return an element of an array: a float32 with the digits that a float32 needs."""
    number = element.item()
    if element.dtype == np.float32 and math.isfinite(number):
        number = float(str(element))
    return number_document(number)


def golden_value(value: Any) -> Any:
    """Return a slot's value as a golden records it."""
    return ValueRecorder().value(value)


def sampled(size: int) -> list[int]:
    """Return the indices that a sample has: the first, the last, and evenly between."""
    if size <= SAMPLE:
        return list(range(size))
    return [i * (size - 1) // (SAMPLE - 1) for i in range(SAMPLE)]


def array_digest(array: Array) -> str:
    """Return the first half of the SHA-256 of an array's little-endian bytes, in hex.

    All NaNs count as one, as everywhere in what irrun writes.
    """
    one = one_nan_copy(array)
    little = one.astype(one.dtype.newbyteorder("<"), copy=False)
    return short_digest(little.tobytes())


def short_digest(data: bytes) -> str:
    """Return 128 bits of SHA-256 in hex: what a golden holds, short enough to read past."""
    return hashlib.sha256(data).hexdigest()[:32]


def is_array_summary(document: Any) -> bool:
    """True if a document stands for an array of which not all elements are recorded."""
    return isinstance(document, dict) and {"dtype", "shape", "digest", "sample"} <= document.keys()
