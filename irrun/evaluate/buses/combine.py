"""Combining the values of a bus (runtime-semantics 6.4, section 8)."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from irrun.errors.expressions import UnknownMode
from irrun.evaluate.operations.vectors import Shape, componentwise, shape_of
from irrun.numerics.scalar import maximum, minimum


def _sum(*values: float) -> float:
    total = 0.0
    for value in values:
        total = total + value
    return total


def _average(*values: float) -> float:
    return _sum(*values) / len(values)


def _product(*values: float) -> float:
    total = 1.0
    for value in values:
        total = total * value
    return total


def _minimum(*values: float) -> float:
    least = values[0]
    for value in values[1:]:
        least = minimum(least, value)
    return least


def _maximum(*values: float) -> float:
    most = values[0]
    for value in values[1:]:
        most = maximum(most, value)
    return most


ARITHMETIC: Final[dict[str, Callable[..., float]]] = {
    "sum": _sum,
    "average": _average,
    "min": _minimum,
    "max": _maximum,
    "product": _product,
}
"""Modes that compute; left to right, nothing reassociated."""

CHOICES: Final[dict[str, int]] = {"first": 0, "last": -1, "layer": -1}
"""Modes that pick a value of any shape; `layer` is the design documents' word for `last`."""


def combine(mode: str, values: Sequence[Any], place: str) -> Any:
    """Combine at least one value; records of one shape component by component.

    Raises:
        UnknownMode: IR419.
        TypeError: The values have different shapes, or none that can be computed with.
    """
    if mode in CHOICES:
        return values[CHOICES[mode]]
    formula = ARITHMETIC.get(mode)
    if formula is None:
        raise UnknownMode(mode=mode, place=place)
    shape = common_shape(values)
    if shape is None:
        raise TypeError("values of different shapes")
    return componentwise(formula, *values) if shape else formula(*values)


def common_shape(values: Sequence[Any]) -> Shape | None:
    """Return the shape that all values have, or None."""
    shapes = {shape_of(value) for value in values}
    return next(iter(shapes)) if len(shapes) == 1 else None
