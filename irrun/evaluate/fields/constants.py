"""Constant fields: one value for all elements, or a list with one to each (section 10.3)."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from irrun.errors import IrrunError
from irrun.errors.expressions import BadHexDigit, NullConstant, UnusableConstant
from irrun.errors.fields import ListLength, NotAColor, NotAPath
from irrun.errors.program import ConstantNotFound
from irrun.evaluate.colors import coerce_color, has_bad_digits
from irrun.evaluate.environment import Environment
from irrun.evaluate.fields.elements import (
    COMPONENTS,
    MEMBERS,
    ElementKind,
    Elements,
    objects,
    uniform,
)
from irrun.evaluate.operations.vectors import describe_shape
from irrun.ir.constants import FIELD_ORDER, ConstPool, is_number
from irrun.numerics.convert import to_number
from irrun.numerics.transcendental import sqrt

_QUAT_SLACK: Final = 0.001
_MATRIX_SIZE: Final = 16


class ConstantSource(NamedTuple):
    """A constant, and what is needed to say what is wrong with it."""

    const_id: int
    value: Any
    size: int
    env: Environment

    def unusable(self, wanted: str) -> IrrunError:
        """Return the error of a value that cannot be what is wanted."""
        got = describe_shape(self.value)
        return UnusableConstant(const_id=self.const_id, got=got, wanted=wanted)

    def listed(self) -> Sequence[Any] | None:
        """Return the value as a list with one entry to an element, or None if it is no list.

        Raises:
            ListLength: IR437.
        """
        if not isinstance(self.value, list | tuple):
            return None
        if len(self.value) != self.size:
            what = f"constant {self.const_id}"
            raise ListLength(what=what, length=len(self.value), count=self.size)
        return self.value


def constant_elements(
    constants: ConstPool, const_id: int, kind: ElementKind, count: int, env: Environment
) -> Elements:
    """Return a constant field of a kind over so many elements.

    Raises:
        ConstantNotFound: IR201.
        UnusableConstant, NotAColor, NotAPath, ListLength: The value does not fit.
    """
    value = _resolved(constants, const_id, kind)
    return _MAKERS[kind](ConstantSource(const_id, value, count, env), kind)


def _resolved(constants: ConstPool, const_id: int, kind: ElementKind) -> Any:
    """Return a constant: `json` first, the directory where that has nothing of use (0.6)."""

    def is_usable(value: Any) -> bool:
        return kind != "number" or not isinstance(value, str | Mapping | None)

    try:
        return constants.resolve(const_id, FIELD_ORDER, usable=is_usable).value
    except ConstantNotFound:
        return constants.resolve(const_id, FIELD_ORDER).value


def _numbers(source: ConstantSource, kind: ElementKind) -> Elements:
    listed, value = source.listed(), source.value
    if listed is not None:
        return Elements(kind, np.array([to_number(v) for v in listed], dtype=np.float64))
    if value is None:
        source.env.report(NullConstant(const_id=source.const_id))
        return uniform(kind, math.nan)
    if not isinstance(value, int | float):
        raise source.unusable("a number, or a list of numbers")
    return uniform(kind, to_number(value))


def _booleans(source: ConstantSource, kind: ElementKind) -> Elements:
    """Return truth values: an empty list is true, another one has an entry to an element."""
    value = source.value
    if isinstance(value, list | tuple) and value and not source.env.quirks:
        listed = source.listed()
        entries = () if listed is None else listed
        return Elements(kind, np.array([_truth(v) for v in entries], dtype=np.float64))
    return uniform(kind, _truth(value))


def _truth(value: Any) -> float:
    if isinstance(value, int | float):
        return 0.0 if value == 0 or value != value else 1.0
    return 0.0 if value is None or value == "" else 1.0


def _vectors(source: ConstantSource, kind: ElementKind) -> Elements:
    listed, value = source.listed(), source.value
    if listed is not None:
        rows = [_row(entry, kind, source.env) for entry in listed]
        return Elements(kind, np.array(rows, dtype=np.float64).reshape(-1, COMPONENTS[kind]))
    if is_number(value):
        return uniform(kind, *[to_number(value)] * COMPONENTS[kind])
    if not isinstance(value, Mapping):
        raise source.unusable(f"a {kind}")
    return uniform(kind, *_row(value, kind, source.env))


def _row(entry: Any, kind: ElementKind, env: Environment) -> list[float]:
    """Return one vector; what is missing or no vector at all is 0."""
    if isinstance(entry, list | tuple) and len(entry) == COMPONENTS[kind] and not env.quirks:
        return [to_number(number) for number in entry]
    members = entry if isinstance(entry, Mapping) else {}
    return [to_number(members.get(name)) for name in MEMBERS[kind]]


def _quaternion(source: ConstantSource, kind: ElementKind) -> Elements:
    if not isinstance(source.value, Mapping):
        raise source.unusable("a quaternion")
    x, y, z, w = row = _row(source.value, kind, source.env)
    if abs(sqrt(x * x + y * y + z * z + w * w) - 1) > _QUAT_SLACK:
        raise source.unusable("a quaternion: its length is not 1")
    return uniform(kind, *row)


def _matrix(source: ConstantSource, kind: ElementKind) -> Elements:
    value = source.value
    is_matrix = isinstance(value, list | tuple) and len(value) == _MATRIX_SIZE
    if not is_matrix or not all(map(is_number, value)):
        raise source.unusable("a matrix of 16 numbers")
    return uniform(kind, *map(to_number, value))


def _colors(source: ConstantSource, kind: ElementKind) -> Elements:
    what, listed = f"constant {source.const_id}", source.listed()
    if listed is None:
        return uniform(kind, *color_row(source.value, what, source.env))
    rows = [color_row(entry, f"an entry of {what}", source.env) for entry in listed]
    return Elements(kind, np.array(rows, dtype=np.float64).reshape(-1, 4))


def color_row(value: Any, what: str, env: Environment) -> tuple[float, ...]:
    """Return a value as a colour's channels; bad hex digits are reported.

    Raises:
        NotAColor: IR442.
    """
    if isinstance(value, str) and has_bad_digits(value):
        env.report(BadHexDigit(text=value))
    found = coerce_color(value, quirks=env.quirks)
    if found is None:
        raise NotAColor(what=what, got=describe_shape(value))
    return tuple(found.values())


def _texts(source: ConstantSource, kind: ElementKind) -> Elements:
    listed, value = source.listed(), source.value
    texts = [value] if listed is None else listed
    if not all(isinstance(text, str) for text in texts):
        raise source.unusable("a text, or a list of texts")
    return objects(kind, texts)


def _paths(source: ConstantSource, kind: ElementKind) -> Elements:
    listed, value = source.listed(), source.value
    return paths_of([value] if listed is None else listed, f"constant {source.const_id}")


def paths_of(values: Sequence[Any], what: str) -> Elements:
    """Return paths as elements.

    Raises:
        NotAPath: IR443, one of them is none.
    """
    for value in values:
        if not isinstance(value, Mapping) or not isinstance(value.get("commands"), list | tuple):
            raise NotAPath(what=what, got=describe_shape(value))
    return objects("path", values)


_MAKERS: Final[Mapping[ElementKind, Callable[[ConstantSource, ElementKind], Elements]]] = {
    "number": _numbers,
    "boolean": _booleans,
    "vec2": _vectors,
    "vec3": _vectors,
    "vec4": _vectors,
    "quat": _quaternion,
    "mat4": _matrix,
    "color": _colors,
    "string": _texts,
    "path": _paths,
}
