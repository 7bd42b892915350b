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
        self._seen: dict[tuple[Any, ...], IrrunError] = {}

    def report(self, finding: IrrunError) -> None:
        """Collect a warning or a note; errors are raised by their finders and never come here."""
        if self.running is not None:
            place(finding, self.running)
        key = _key(finding)
        if self._strict and finding.strict_error:
            raise finding.escalate()
        known = self._seen.get(key)
        if known is not None:
            known.count(finding)
            return
        self._seen[key] = finding
        self.all.append(finding)

    def knows(self, finding: IrrunError) -> bool:
        """True if a finding, which has its place, would be dropped. One that counts goes on."""
        return _key(finding) in self._seen and not finding.counts


def _key(finding: IrrunError) -> tuple[Any, ...]:
    """Return what makes a finding the same as another one: its step and cause."""
    where = finding.where
    slot = finding.facts.get("slot", where.slot)
    cause = where.path if where.path is not None else finding.sentence
    return finding.code, where.step, slot, cause if slot is None else None
