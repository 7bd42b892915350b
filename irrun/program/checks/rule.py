"""A rule: one function that looks for one sort of problem."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from irrun.errors import IrrunError
from irrun.program.checks.facts import Facts

Look = Callable[[Facts], Iterator[IrrunError]]


class Rule(NamedTuple):
    """A function that looks for problems, and the problems that it may find."""

    look: Look
    problems: tuple[type[IrrunError], ...]


def rule(*problems: type[IrrunError]) -> Callable[[Look], Rule]:
    """Make a function a rule that may find the given problems."""
    return lambda look: Rule(look, problems)
