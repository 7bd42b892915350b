"""Combining fields element by element, and reducing one to a number (runtime-semantics 10.7)."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from irrun.errors.expressions import BadOperand, UnknownMode
from irrun.evaluate.buses.combine import ARITHMETIC, CHOICES
from irrun.evaluate.fields.elements import (
    COMPONENTS,
    COMPONENTWISE,
    ElementKind,
    Elements,
    as_kind,
    uniform,
)
from irrun.ir.values import Array

COMBINABLE: Final = COMPONENTWISE | {"quat"}
"""Kinds that arithmetic modes work on."""


def combine_elements(
    mode: str, terms: Sequence[Elements], kind: ElementKind, place: str
) -> Elements:
    """Combine fields as elements of a kind; without terms every element is zero.

    Raises:
        UnknownMode: IR419, no such mode, or none for such elements.
        BadOperand: IR417, a term cannot be of the kind.
    """
    if not terms:
        if kind not in COMPONENTS:
            raise BadOperand(what=place, wanted="terms", got="none")
        return uniform(kind, *[0.0] * COMPONENTS[kind])
    what = f"a term of {place}"
    same = [as_kind(term, kind, what) for term in terms]
    if mode in CHOICES:
        return same[CHOICES[mode]]
    if mode not in ARITHMETIC:
        raise UnknownMode(mode=mode, place=place)
    if kind not in COMBINABLE:
        raise UnknownMode(mode=mode, place=f"{place} of {kind} elements")
    return Elements(kind, combine_columns(mode, [term.data for term in same]))


def combine_columns(mode: str, columns: Sequence[Array]) -> Array:
    """Combine arrays in an arithmetic mode, from left to right.

    Unlike in signals, min and max pass over NaN.

    Args:
        mode: sum, average, product, min or max.
        columns: Doubles, or float32, broadcast against each other; at least one where the mode is
            not min or max. Of float32 the result may be float32: where it is what rounding the
            double result would give.
    """
    with np.errstate(all="ignore"):
        if mode in ("min", "max"):
            return _extreme(columns, is_min=mode == "min")
        result = _accumulated(mode, columns)
        if mode == "average":
            result /= len(columns)
    return result


def _accumulated(mode: str, columns: Sequence[Array]) -> Array:
    """Return the sum or the product, in a new array."""
    operation, start = (np.multiply, 1.0) if mode == "product" else (np.add, 0.0)
    # One operation on float32 is rounded as its double would be; after several it is not.
    is_one = len(columns) <= _ROUNDED_ONCE and mode != "average"
    dtype = np.result_type(*columns) if is_one else np.dtype(np.float64)
    result: Array = columns[0].astype(dtype)
    operation(result, start, out=result)
    for column in columns[1:]:
        # One element stands for all, one frame too: the result may have to grow.
        shape = result.shape
        fits = column.shape == shape or np.broadcast(result, column).shape == shape
        out = result if fits else None
        result = operation(result, column.astype(dtype, copy=False), out=out)
    return result


_ROUNDED_ONCE: Final = 2
"""Terms up to which nothing is rounded but the result: adding the first to 0 is exact."""


def _extreme(columns: Sequence[Array], *, is_min: bool) -> Array:
    """Return the least or greatest of each element, starting from an infinity."""
    if not columns:
        return np.full(1, np.inf if is_min else -np.inf)
    choose = np.fmin if is_min else np.fmax  # exact: zeros are mended below
    result: Array = np.full(1, np.inf if is_min else -np.inf, dtype=columns[0].dtype)
    for column in columns:
        chosen = choose(result, column)
        if np.count_nonzero(chosen == 0):
            # Of zeros with different signs NumPy takes either; the first stays.
            np.copyto(chosen, result, where=(result == 0) & (column == 0))
        result = chosen
    return result
