"""Structured values: vectors and colours as records of doubles (runtime-semantics 0.5)."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from irrun.numerics.convert import to_number

Shape = tuple[str, ...]
"""The member names of a structured value, in order; empty for a number."""

VECTOR_SHAPES: tuple[Shape, ...] = (("x", "y"), ("x", "y", "z"), ("x", "y", "z", "w"))
COLOR_SHAPE: Shape = ("r", "g", "b", "a")


def shape_of(value: Any) -> Shape | None:
    """Return a value's shape: () for a number, member names for a record, None for the rest."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return ()
    if not isinstance(value, Mapping):
        return None
    names = tuple(value)
    return names if names in VECTOR_SHAPES or names == COLOR_SHAPE else _reordered(value)


def _reordered(value: Mapping[str, Any]) -> Shape | None:
    """Return the shape of a record whose members stand in another order."""
    found = frozenset(value)
    known = (*VECTOR_SHAPES, COLOR_SHAPE)
    return next((shape for shape in known if frozenset(shape) == found), None)


def componentwise(function: Callable[..., float], *values: Any) -> Any:
    """Apply a function of numbers to each component of records of one shape."""
    return {name: function(*(v[name] for v in values)) for name in values[0]}


def component(value: Any, name: str) -> float:
    """Return a vector's component as a double; NaN if it is not there."""
    if isinstance(value, Mapping):
        return to_number(value[name]) if name in value else math.nan
    return math.nan


def describe_shape(value: Any) -> str:
    """Return what kind of value it is, for messages."""
    if value is None:
        return "nothing"
    shape = shape_of(value)
    if shape is None:
        return "a list" if isinstance(value, list) else f"a {type(value).__name__}"
    if shape == ():
        return "a number"
    return "a colour" if shape == COLOR_SHAPE else f"a vec{len(shape)}"
