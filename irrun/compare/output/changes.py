"""How two arrays differ, in words: component by component, from what was kept of them."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from irrun.compare.output.summaries import components_kept, elements_kept
from irrun.compare.output.values import as_number
from irrun.errors.showing import plural
from irrun.ir.values import Array
from irrun.numerics.text import number_text

_NAMES: Final = {2: "xy", 3: "xyz", 4: "xyzw"}
_COLOR: Final = "rgba"
_LINES: Final = 6
"""How many components are told apart in words."""
_UNSEEN: Final = "what is kept of it is the same, other elements differ"


class _Component(NamedTuple):
    """What is kept of one component of an array."""

    least: Any
    greatest: Any
    total: Any
    """None where all elements are the same."""
    bad: int
    sample: list[Any]

    @property
    def range(self) -> str:
        """How far it goes, as text."""
        if self.least is None:
            return "nothing finite"
        ends = [_text(self.least), *([] if self.is_constant else [_text(self.greatest)])]
        return "..".join(ends) + (f" and {self.bad} not finite" if self.bad else "")

    @property
    def is_constant(self) -> bool:
        return bool(self.least == self.greatest)

    def is_apart(self, other: "_Component") -> bool:
        """True if no number of the one can be one of the other."""
        if self.bad or other.bad:
            return False
        if self.is_constant and other.is_constant:
            return True
        ends = [_number(end) for end in (self.least, self.greatest, other.least, other.greatest)]
        low, high, other_low, other_high = ends
        return bool(high < other_low or other_high < low)


def changes(
    expected: Mapping[str, Any],
    got: Mapping[str, Any],
    whole: tuple[Array, Array] | None = None,
) -> tuple[str, ...]:
    """Return how two arrays of one type and shape differ: a line for components that do so alike.

    Args:
        expected: A summary of version 2.
        got: Another.
        whole: The arrays themselves, if they are there.
    """
    count = components_kept(expected)
    if count != components_kept(got):
        return ()
    size = math.prod(expected["shape"])
    found: dict[str, list[str]] = {}
    for i, title in enumerate(_names(expected, count)):
        if whole is None:
            text = _from_kept(_component(expected, i), _component(got, i), size // count)
        else:
            text = _from_whole(*(array.reshape(-1)[i::count] for array in whole))
        if text:
            found.setdefault(text, []).append(title)
    lines = [text if count == 1 else f"{_listed(names)}: {text}" for text, names in found.items()]
    left = len(lines) - _LINES
    more = [f"and {plural(left, 'more component')}"] if left > 0 else []
    return tuple(lines[:_LINES] + more) or (_UNSEEN,)


def summary_text(summary: Mapping[str, Any]) -> str:
    """Return an array of which a summary was kept, on one line."""
    shape = "x".join(map(str, summary["shape"]))
    head = f"{summary['dtype']}[{shape}]"
    if "all" not in summary and "least" not in summary:
        sample = " ".join(map(_text, summary["sample"]))
        return f"{head} {str(summary['digest'])[:12]}, sample {sample}"
    count = components_kept(summary)
    ranges = [_component(summary, i).range for i in range(min(count, _LINES))]
    return f"{head} {', '.join(ranges)}" + (", ..." if count > _LINES else "")


def _names(summary: Mapping[str, Any], count: int) -> list[str]:
    names: Sequence[Any] = _NAMES.get(count, range(count))
    if count == len(_COLOR) and summary["dtype"] == "uint8":
        names = _COLOR
    return list(map(str, names))


def _listed(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"component {names[0]}"
    more = "" if len(names) <= _LINES else f" and {len(names) - _LINES} more"
    return f"components {', '.join(names[:_LINES])}{more}"


def _component(summary: Mapping[str, Any], index: int) -> _Component:
    def part(value: Any) -> Any:
        return value[index] if isinstance(value, list) else value

    if "all" in summary:
        one = part(summary["all"])
        return _Component(one, one, None, 0, [one])
    least, greatest, total = (part(summary.get(name)) for name in ("least", "greatest", "sum"))
    bad = part(summary.get("nonFinite", 0))
    return _Component(least, greatest, total, bad, [part(x) for x in summary["sample"]])


def _from_kept(a: _Component, b: _Component, count: int) -> str:
    """Return how a component differs as far as it can be seen; nothing if it does not."""
    if a == b:
        return ""
    if a.is_apart(b):
        return f"{a.range} to {b.range} in {count} of {plural(count, 'element')}"
    parts = list(_seen(a, b))
    if not parts:
        return ""
    size = max(len(a.sample), len(b.sample))
    pairs = zip(*(c.sample * (size // len(c.sample)) for c in (a, b)), strict=True)
    differing = sum(x != y for x, y in pairs)
    return f"{', '.join(parts)}, {differing} of {plural(size, 'kept element')} differ"


def _seen(a: _Component, b: _Component) -> Iterator[str]:
    if a.range != b.range:
        yield f"{a.range} to {b.range}"
    elif a.total != b.total and None not in (a.total, b.total):
        yield f"{a.range} as before, sum {_text(a.total)} to {_text(b.total)}"
    elif a.sample != b.sample:
        yield f"{a.range} as before"


def _from_whole(a: Array, b: Array) -> str:
    """Return the same of a component of which all elements are there, shape (n,) each."""
    width = a.dtype.itemsize
    x, y = (np.ascontiguousarray(array) for array in (a, b))
    bytes_of = [array.view(np.uint8).reshape(-1, width) for array in (x, y)]
    differs = (bytes_of[0] != bytes_of[1]).any(axis=1)
    if not differs.any():
        return ""
    ranges = [_component(elements_kept(array[differs], 1), 0).range for array in (x, y)]
    return f"{' to '.join(ranges)} in {int(differs.sum())} of {plural(a.size, 'element')}"


def _number(end: Any) -> float:
    """Return an end of a range; nothing there is NaN, which is apart from nothing."""
    number = as_number(end)
    return math.nan if number is None else number


def _text(number: Any) -> str:
    found = None if isinstance(number, str) else as_number(number)
    return str(number) if found is None else number_text(found)
