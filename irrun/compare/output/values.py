"""Slot and state values as a golden records them: numbers whole, large arrays in summary."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from irrun.ir.values import Array
from irrun.numerics.digest import array_digest, shape_of
from irrun.trace.values import RememberedArrays, number_document, value_document

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
        self._summaries = RememberedArrays(self._summary)

    def value(self, value: Any) -> Any:
        """Return a slot's value as a document."""
        return value_document(value, self._summaries)

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
        shape, digest = shape_of(flat, components), array_digest(flat, components)
        if self._keeps and digest not in self.arrays:
            self.arrays[digest] = flat.reshape(shape).copy()
        return {
            "dtype": array.dtype.name,
            "shape": list(shape),
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


def is_array_summary(document: Any) -> bool:
    """True if a document stands for an array of which not all elements are recorded."""
    return isinstance(document, dict) and {"dtype", "shape", "digest", "sample"} <= document.keys()


def array_summaries(document: Any) -> Iterator[dict[str, Any]]:
    """Yield the summaries of all arrays in a value's document."""
    if is_array_summary(document):
        yield document
    elif isinstance(document, dict | list):
        for part in document.values() if isinstance(document, dict) else document:
            yield from array_summaries(part)
