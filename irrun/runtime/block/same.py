"""Whether two values are the same to the bit, and where they differ first."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from irrun.errors.showing import shown
from irrun.ir.values import Array
from irrun.numerics.text import number_text
from irrun.runtime.values import describe_value

_BITS: Final = {4: np.uint32, 8: np.uint64}
"""Integers as wide as floating-point numbers of so many bytes."""


class Leaf(NamedTuple):
    """Where two values differ first."""

    path: str
    """Within the value, such as `[3].x`; empty for the value itself."""
    expected: str
    got: str


def first_leaf(expected: Any, got: Any, path: str = "") -> Leaf | None:
    """Return where two values differ first; None if they are the same to the bit.

    Any NaN is like any other, 0 and -0 differ, and so do two orders of members.
    """
    if type(expected) is not type(got):
        return Leaf(path, _text(expected), _text(got))
    if isinstance(expected, float):
        return None if _are_same(expected, got) else Leaf(path, _text(expected), _text(got))
    if isinstance(expected, np.ndarray):
        return _array_leaf(expected, got, path)
    if isinstance(expected, Mapping):
        names = [str(name) for name in expected], [str(name) for name in got]
        if names[0] != names[1]:
            return Leaf(path, _members(names[0]), _members(names[1]))
        return _first((expected[name], got[name], f"{path}.{name}") for name in expected)
    if isinstance(expected, list | tuple):
        if len(expected) != len(got):
            return Leaf(path, f"{len(expected)} items", f"{len(got)} items")
        pairs = zip(expected, got, strict=True)
        return _first((a, b, f"{path}[{i}]") for i, (a, b) in enumerate(pairs))
    names_of = getattr(expected, "__struct_fields__", getattr(expected, "__slots__", None))
    if names_of is not None:
        return _first((getattr(expected, n), getattr(got, n), f"{path}.{n}") for n in names_of)
    return None if expected == got else Leaf(path, _text(expected), _text(got))


def _first(parts: Iterable[tuple[Any, Any, str]]) -> Leaf | None:
    leaves = (first_leaf(*part) for part in parts)
    return next((leaf for leaf in leaves if leaf is not None), None)


def _are_same(a: float, b: float) -> bool:
    return a.hex() == b.hex() or (a != a and b != b)


def _array_leaf(expected: Array, got: Array, path: str) -> Leaf | None:
    if expected.dtype != got.dtype or expected.shape != got.shape:
        return Leaf(path, _text(expected), _text(got))
    if expected.dtype.kind == "f":
        bits = _BITS[expected.dtype.itemsize]
        differs = (expected.view(bits) != got.view(bits)) & ~(np.isnan(expected) & np.isnan(got))
    else:
        differs = np.asarray(expected != got)
    found = np.argwhere(differs)
    if not len(found):
        return None
    index = tuple(found[0].tolist())
    place = path + "".join(f"[{i}]" for i in index)
    return Leaf(place, _text(expected[index].item()), _text(got[index].item()))


def _members(names: list[str]) -> str:
    return f"the members {shown(', '.join(names))}" if names else "no members"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, str):
        return f"`{shown(value)}`"
    if isinstance(value, np.ndarray):
        shape = "x".join(map(str, value.shape))
        return f"an array of {value.dtype.name}, {shape}"
    return "nothing" if value is None else describe_value(value)
