"""Structured values: vectors and colours as records of doubles (runtime-semantics 0.5)."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from irrun.ir.constants import is_number
from irrun.ir.types import MEMBERS
from irrun.ir.values import classify
from irrun.numerics.convert import to_number

Shape = tuple[str, ...]
"""The member names of a structured value, in order; empty for a number."""

COLOR_SHAPE: Shape = MEMBERS["color"]
_SHAPES = tuple(dict.fromkeys(MEMBERS.values()))


def shape_of(value: Any) -> Shape | None:
    """Return a value's shape: () for a number, member names for a record, None for the rest."""
    if is_number(value):
        return ()
    if not isinstance(value, Mapping) or not all(map(is_number, value.values())):
        return None
    names = frozenset(value)
    return next((shape for shape in _SHAPES if names == frozenset(shape)), None)


def componentwise(function: Callable[..., float], *values: Any) -> Any:
    """Apply a function of numbers to each component of records of one shape, in its order."""
    shape = shape_of(values[0])
    names = tuple(values[0]) if shape is None else shape
    return {name: function(*(v[name] for v in values)) for name in names}


def component(value: Any, name: str) -> float:
    """Return a vector's component as a double; NaN if it is not there."""
    if isinstance(value, Mapping):
        return to_number(value[name]) if name in value else math.nan
    return math.nan


def first_of_columns(value: Any) -> Any:
    """Return a signal's value in the first frame of a block, where it is columns, shape (F,).

    A value that is no column, or holds none, is itself.
    """
    if isinstance(value, np.ndarray):
        return float(value[0])
    if isinstance(value, Mapping):
        return {name: first_of_columns(member) for name, member in value.items()}
    return value


def describe_value(value: Any) -> str:
    """Return what kind of slot value it is, for messages."""
    found = classify(value)
    words = {"any": describe_shape(value), "events": "a list of events", "color": "a colour"}
    return words.get(found) or (describe_shape(value) if found == "vector" else f"a {found}")


def describe_shape(value: Any) -> str:
    """Return what kind of value it is, for messages."""
    if value is None:
        return "nothing"
    shape = shape_of(value)
    if shape is None and isinstance(value, Mapping):
        return f"an object with {', '.join(map(str, value)) or 'nothing'}"
    if shape is None:
        names = {list: "a list", tuple: "a list", str: "a text", bool: "true or false"}
        return names.get(type(value), f"a {type(value).__name__}")
    if shape == ():
        return "a number"
    return "a colour" if shape == COLOR_SHAPE else f"a vec{len(shape)}"
