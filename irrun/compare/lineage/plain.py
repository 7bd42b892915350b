"""Plain JSON data: what makes two values the same, and where two documents differ."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from irrun.compare.output.names import unique
from irrun.ir.documents import to_plain
from irrun.trace.values import value_document

Action = Literal["added", "removed", "changed", "moved"]

ABSENT: Final = "absent"
"""Shown for what one program does not have."""


class Difference(NamedTuple):
    """One place at which two documents differ."""

    path: str
    action: Action
    before: Any
    after: Any


class SpecialNumber(str):
    """The text of a number that JSON cannot write, which is not the text itself."""


def plain(value: Any) -> Any:
    """Return records and values as JSON data; numbers as they can be compared exactly."""
    return to_plain(value, _leaf)


def _leaf(value: Any) -> Any:
    if isinstance(value, str):
        return value
    found = value_document(value, "full")
    return SpecialNumber(found) if isinstance(found, str) else found


def frozen(value: Any) -> Hashable:
    """Return JSON data as something that is equal exactly for equal data.

    `true` is not 1, and 1 is 1.0; NaN is not the text `NaN`.
    """
    if type(value) is str:  # most are
        return value
    if isinstance(value, bool):
        return ("bool", value)
    if isinstance(value, SpecialNumber):
        return ("number", str(value))
    if isinstance(value, Mapping):
        return ("object", tuple(sorted((key, frozen(item)) for key, item in value.items())))
    if isinstance(value, list | tuple):
        return ("list", tuple(frozen(item) for item in value))
    return value  # type: ignore[no-any-return]


def differences(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """Yield where two documents differ, in the order of the first."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            yield from _of_member(before, after, key, path)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for i, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differences(old, new, f"{path}[{i}]")
    elif frozen(before) != frozen(after):
        yield Difference(path, "changed", before, after)


def _of_member(
    before: Mapping[str, Any], after: Mapping[str, Any], key: str, path: str
) -> Iterator[Difference]:
    inner = member_path(path, key)
    if key not in before:
        yield Difference(inner, "added", None, after[key])
    elif key not in after:
        yield Difference(inner, "removed", before[key], None)
    else:
        yield from differences(before[key], after[key], inner)


def member_path(path: str, key: str) -> str:
    """Return the path of a member; a key in brackets stays as it is."""
    return f"{path}{key}" if not path or key.startswith("[") else f"{path}.{key}"


def keyed(rows: list[Any], key: Callable[[Any], str]) -> dict[str, Any]:
    """Return a list of records as a mapping `[key]` -> record; a key that repeats is numbered."""
    found: dict[str, Any] = {}
    for row in rows:
        name = unique(key(row), lambda text: f"[{text}]" in found)
        found[f"[{name}]"] = row
    return found
