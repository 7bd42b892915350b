"""Warnings and notes of one program that is running."""

from collections.abc import Iterable
from typing import Any

from irrun.errors import IrrunError
from irrun.runtime.executor import place
from irrun.steps.frame import Frame


class Findings:
    """Collects findings, one for each step and cause.

    Args:
        strict: Raise warnings that are errors under strict.
        known: What was found before the program began.
    """

    def __init__(self, *, strict: bool, known: Iterable[IrrunError] = ()) -> None:
        self.all = list(known)
        self.running: Frame | None = None
        """The frame that is running, if one is: findings say where in it they were made."""
        self._strict = strict
        self._seen: set[tuple[Any, ...]] = set()

    def report(self, finding: IrrunError) -> None:
        """Collect a warning or a note; errors are raised by their finders and never come here."""
        if self.running is not None:
            place(finding, self.running)
        where = finding.where
        slot = finding.facts.get("slot", where.slot)
        cause = where.path if where.path is not None else str(finding)
        key = (finding.code, where.step, slot, cause if slot is None else None)
        if self._strict and finding.strict_error:
            raise finding.escalate()
        if key not in self._seen:
            self._seen.add(key)
            self.all.append(finding)
