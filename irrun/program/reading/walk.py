"""One walk over the plain objects of a document: what it found, and what it put aside."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from irrun.errors import Malformed
from irrun.errors.loading import UnknownField, WrongType
from irrun.limits import PROBLEMS
from irrun.program.paths import Path, path_text
from irrun.program.reading.findings import Findings


class Broken:
    """Stands for a value whose problem is known already."""


BROKEN: Final = Broken()


class Walk:
    """What a walk over a document collects.

    Args:
        findings: Takes warnings and notes.
        problems: Takes every problem, so that the walk goes on; without it the first is raised.
    """

    def __init__(self, findings: Findings, problems: list[Malformed] | None = None) -> None:
        self.findings = findings
        self.problems = problems
        self.unknown: dict[str, Any] = {}
        """Unknown fields by JSON path."""

    @property
    def failures(self) -> int:
        """How many problems there are so far: a whole is broken if any came up in its parts."""
        return 0 if self.problems is None else len(self.problems)

    def broken(self, error: Malformed, path: Path) -> Broken:
        """Note a problem and return what stands in for the value; or raise it."""
        error.at(path=path_text(path))
        if self.problems is None or len(self.problems) >= PROBLEMS.value:
            raise error
        self.problems.append(error)
        return BROKEN

    def wrong(self, expected: str, value: Any, path: Path) -> Broken:
        """Note that a value is not of the type that the schema declares."""
        return self.broken(WrongType(expected=expected, got=describe(value)), path)

    def put_aside(self, name: str, value: Any, path: Path, absent: Iterable[str] = ()) -> None:
        """Keep an unknown field and report it; `absent` are the known ones that are not there."""
        text = path_text((path, name))
        self.unknown[text] = value
        self.findings.add(UnknownField, text, text, name=name, absent=tuple(absent))


Reader = Callable[[Walk, Any, Path], Any]
"""Makes a typed value of a plain one at a path, or tells the walk what is wrong with it."""


def describe(value: Any) -> str:
    """Return a value as a few plain words."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value!r}"
        case str():
            shown = value if len(value) <= 40 else value[:37] + "..."
            return f"the text {shown!r}"
        case dict():
            return "an object"
        case list() | tuple():
            return "a list"
        case _:
            return type(value).__name__
