"""What loading finds, counted so that a thousand equal remarks become one."""

from collections.abc import Callable
from typing import Any

from irrun.errors import IrrunError, Where
from irrun.errors.loading import DuplicateKey


class Findings:
    """Collects warnings and notes; findings with one code and distinction become one.

    A class whose message has a `count` gets the number of occurrences; its place is the first.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, Any], IrrunError] = {}
        self._counts: dict[tuple[str, Any], int] = {}

    def add(self, finding: type[IrrunError], path: str, distinct: Any = None, **facts: Any) -> None:
        """Add one occurrence at a JSON path; `distinct` tells occurrences of one code apart."""
        identity = (finding.code, distinct)
        self._counts[identity] = self._counts.get(identity, 0) + 1
        if identity not in self._found:
            self._found[identity] = finding(Where(path=path), **facts)

    def all(self) -> tuple[IrrunError, ...]:
        """Return the findings in the order of first occurrence."""
        for identity, finding in self._found.items():
            finding.facts["count"] = self._counts[identity]
        return tuple(self._found.values())

    def record_builder(self) -> Callable[[list[tuple[Any, Any]]], dict[Any, Any]]:
        """Return a function that makes a map of its members; the last of equal keys counts."""

        def build(members: list[tuple[Any, Any]]) -> dict[Any, Any]:
            record = dict(members)
            if len(record) < len(members):
                seen: set[Any] = set()
                for key, _ in members:
                    if key in seen:
                        self.add(DuplicateKey, "$", key, key=key)
                    seen.add(key)
            return record

        return build
