"""Readers of single values: whole numbers, numbers, texts, truths, one of several texts."""

from typing import Any, Final

from irrun.errors.loading import SpecialNumberText
from irrun.numerics.text import SPECIAL_NUMBERS
from irrun.program.paths import Path, path_text
from irrun.program.reading.walk import BROKEN, Reader, Walk


class Integer:
    """Reads whole numbers; a float with an integral value is one (W3)."""

    def __init__(self, low: int | None = None, high: int | None = None) -> None:
        self.low, self.high = low, high
        self.expected = "a whole number" + ("" if low is None or low < 0 else f" from {low}")

    def __call__(self, walk: Walk, value: Any, path: Path) -> Any:
        """Read one value."""
        if type(value) is float and value.is_integer():
            value = int(value)  # exact: it is whole
        if type(value) is not int:
            return walk.wrong(self.expected, value, path)
        if self.high is not None and value > self.high:
            return walk.wrong(f"{self.expected} up to {self.high}", value, path)
        if self.low is not None and value < self.low:
            return walk.wrong(self.expected, value, path)
        return value

    def bulk(self, values: list[Any]) -> tuple[int, ...] | None:
        """Return a list of nothing but such numbers at once, or None if it is no such list."""
        if set(map(type, values)) != {int} or self.low is None or self.high is None:
            return None
        return tuple(values) if self.low <= min(values) and max(values) <= self.high else None


class Number:
    """Reads doubles, also those that are spelt as texts."""

    expected: Final = "number"

    def __call__(self, walk: Walk, value: Any, path: Path) -> Any:
        """Read one value."""
        if type(value) is float:
            return value
        if type(value) is int:
            return float(value)
        if isinstance(value, str) and value in SPECIAL_NUMBERS:
            walk.findings.add(SpecialNumberText, path_text(path), value, text=value)
            return SPECIAL_NUMBERS[value]
        return walk.wrong(self.expected, value, path)

    def bulk(self, values: list[Any]) -> tuple[float, ...] | None:
        """Return a list of nothing but numbers at once, or None if it is no such list."""
        return tuple(map(float, values)) if set(map(type, values)) <= {int, float} else None


def read_text(walk: Walk, value: Any, path: Path) -> Any:
    """Read a text."""
    return value if type(value) is str else walk.wrong("text", value, path)


def read_truth(walk: Walk, value: Any, path: Path) -> Any:
    """Read true or false."""
    return value if type(value) is bool else walk.wrong("true or false", value, path)


def choice(values: tuple[Any, ...]) -> Reader:
    """Return what reads one of several texts, or of several whole numbers."""
    expected = "one of " + ", ".join(f"`{value}`" for value in sorted(values))
    kind = type(values[0])
    whole = Integer()

    def read_choice(walk: Walk, value: Any, path: Path) -> Any:
        if kind is int and type(value) in (int, float):
            value = whole(walk, value, path)
        if value is BROKEN or (type(value) is kind and value in values):
            return value
        return walk.wrong(expected, value, path)

    return read_choice
