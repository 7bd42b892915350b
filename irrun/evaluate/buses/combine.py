"""Combining the values of a bus (runtime-semantics 6.4, section 8)."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from irrun.errors.expressions import UnknownMode
from irrun.evaluate.operations.vectors import Shape, componentwise, shape_of
from irrun.ir.types import MEMBERS, NUMERIC_DOMAINS, TypeDesc
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

LAST: Final = ("last", "layer")
"""Modes that pick the last value; `layer` is the design documents' word for it."""
CHOICES: Final[dict[str, int]] = {"first": 0} | dict.fromkeys(LAST, -1)
"""Modes that pick a value of any shape."""
MODES: Final = (*ARITHMETIC, *CHOICES)


def modes_of_bus(bus_type: TypeDesc) -> tuple[str, ...]:
    """Return the modes in which a bus of values may combine (ir-schema 8.2)."""
    if bus_type.world == "field":
        return MODES
    is_numeric = bus_type.domain in NUMERIC_DOMAINS or bus_type.domain in MEMBERS
    return (*ARITHMETIC, *LAST) if is_numeric else LAST


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
