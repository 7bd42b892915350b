"""What a golden keeps of a large array: some elements, and of each component how far it goes."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
import numpy as np

from irrun.ir.values import Array
from irrun.numerics.arrays import one_nan_copy, total
from irrun.trace.values import number_document

SAMPLE: Final = 5
"""Numbers of an array that are recorded, spread evenly over it."""
WHOLE_ELEMENTS: Final = 3
"""Elements that are, where one has several numbers."""

_ORDERS: Final = (
    ("all",),
    ("sample",),
    ("sample", "least", "greatest", "sum"),
    ("sample", "least", "greatest", "sum", "nonFinite"),
)
"""What is kept, in the order of the file."""
_POSITIONS, _COLORS = "XY", "RGBA"
"""How the names of attributes end whose elements have 2, and 4, numbers."""


def numbers_kept(array: Array) -> dict[str, Any]:
    """Return what version 1 keeps of a flat array: five numbers, whatever they are parts of."""
    return {"sample": [_number(array[i]) for i in sampled(array.size)]}


def elements_kept(array: Array, components: int) -> dict[str, Any]:
    """Return what version 2 keeps of an array.

    One element if all are the same; else some, and for each component the least, the greatest and
    the sum of what is finite, and how many numbers are not.

    Args:
        array: Flat.
        components: Numbers of an element; taken for 1 where they do not divide the array.
    """
    if array.size % components:
        components = 1
    rows = one_nan_copy(array).reshape(-1, components)
    if not len(rows):
        return {"sample": []}
    if rows.tobytes() == rows[:1].tobytes() * len(rows):
        return {"all": _element(rows[0])}
    kept = sampled(len(rows), SAMPLE if components == 1 else WHOLE_ELEMENTS)
    columns = [_finite(column) for column in rows.T]
    found = {
        "sample": [_element(rows[i]) for i in kept],
        "least": _listed([_extreme(column, np.min) for column in columns]),
        "greatest": _listed([_extreme(column, np.max) for column in columns]),
        "sum": _listed([number_document(total(column)) for column in columns]),
    }
    bad = [len(rows) - column.size for column in columns]
    return found | ({"nonFinite": _listed(bad)} if any(bad) else {})


def components_kept(kept: Mapping[str, Any]) -> int:
    """Return how many numbers an element has, by what version 2 keeps of an array."""
    parts = kept.get("all", kept.get("least"))
    return len(parts) if isinstance(parts, list) else 1


def learned_kept(text: bytes) -> dict[str, Any] | None:
    """Return what a golden keeps of an array, by the text of it; None if that is not in order."""
    try:
        found = msgspec.json.decode(b"{%b}" % text)
    except (msgspec.DecodeError, ValueError):
        return None
    return found if isinstance(found, dict) and tuple(found) in _ORDERS else None


def _finite(column: Array) -> Array:
    if column.dtype.kind != "f":
        return column
    is_finite = np.isfinite(column)
    return column if is_finite.all() else column[is_finite]


def _extreme(column: Array, of: Any) -> Any:
    """Return the least or greatest number, zero without a sign: which zero is found is chance."""
    return _number(of(column) + column.dtype.type(0)) if column.size else None


def _element(row: Array) -> Any:
    return _listed([_number(number) for number in row])


def _listed(items: list[Any]) -> Any:
    return items[0] if len(items) == 1 else items


def _number(element: np.generic) -> float | str:
    """Return a number of an array: a float32 with the digits that a float32 needs."""
    number = element.item()
    if element.dtype == np.float32 and math.isfinite(number):
        number = float(str(element))
    return number_document(number)


def sampled(size: int, most: int = SAMPLE) -> list[int]:
    """Return the indices that a sample has: the first, the last, and evenly between."""
    if size <= most:
        return list(range(size))
    return [i * (size - 1) // (most - 1) for i in range(most)]


def frame_arrays(document: Any) -> dict[str, tuple[str, int]]:
    """Return what the arrays of a render frame are, as far as its passes refer to them.

    Args:
        document: The frame, or its passes.

    Returns:
        By buffer id: the first attribute that it is, and how many numbers its elements have.
    """
    found: dict[str, tuple[str, int]] = {}
    for name, buffer in _references(document, ""):
        components = 2 if name.endswith(_POSITIONS) else 4 if name.endswith(_COLORS) else 1
        found.setdefault(str(buffer), (name, components))
    return found


def _references(document: Any, name: str) -> Iterator[tuple[str, int]]:
    if isinstance(document, list):
        for item in document:
            yield from _references(item, name)
    elif isinstance(document, dict):
        if "bufferId" in document:
            yield name, document["bufferId"]
            return
        for key, item in document.items():
            if isinstance(item, dict | list):
                yield from _references(item, key)


def is_array_summary(document: Any) -> bool:
    """True if a document stands for an array of which not all elements are recorded.

    A record of a program may have members of these names; only a summary has all as they must be.
    """
    if not isinstance(document, dict) or not {"dtype", "shape", "digest"} <= document.keys():
        return False
    shape, sample = document["shape"], document.get("sample")
    if not isinstance(document["dtype"], str) or isinstance(document["digest"], dict | list):
        return False
    if not isinstance(shape, list) or not all(isinstance(size, int) for size in shape):
        return False
    if "all" in document:
        return _is_element(document["all"], components_kept(document))
    if not isinstance(sample, list):
        return False
    ends = [document[name] for name in _ORDERS[-1][1:] if name in document]
    width = components_kept(document)
    is_empty = bool(ends) and not sample
    return not is_empty and all(_is_element(item, width) for item in [*sample, *ends])


def _is_element(document: Any, width: int) -> bool:
    numbers = document if isinstance(document, list) else [document]
    return len(numbers) == width > 0 and not any(isinstance(x, dict | list) for x in numbers)


def array_summaries(document: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the summaries of all arrays in a value's document."""
    if is_array_summary(document):
        yield document
    elif isinstance(document, dict | list):
        for part in document.values() if isinstance(document, dict) else document:
            yield from array_summaries(part)
