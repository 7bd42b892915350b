"""Checking a program: every rule, every problem, in one pass."""

import re
from collections.abc import Iterator
from copy import copy
from typing import Final, NamedTuple

from irrun.errors import IrrunError, Severity
from irrun.errors.boundary import lacks_as_problems
from irrun.errors.checks.incomplete import ChecksIncomplete
from irrun.program.checks.facts import Facts
from irrun.program.checks.rule import Rule
from irrun.program.checks.rules import (
    buses,
    constants,
    expressions,
    meta,
    nodes,
    numbers,
    render,
    scene,
    schedule,
    slots,
    state,
    time_model,
    transforms,
    types,
)
from irrun.program.program import Program
from irrun.program.reading.codec import Source, examine
from irrun.program.reading.collector import paused_collector
from irrun.runtime.executor import Executors

RULES: Final[tuple[Rule, ...]] = (
    *constants.RULES,
    *expressions.RULES,
    *types.RULES,
    *transforms.RULES,
    *slots.RULES,
    *state.RULES,
    *schedule.RULES,
    *nodes.RULES,
    *buses.RULES,
    *time_model.RULES,
    *scene.RULES,
    *render.RULES,
    *numbers.RULES,
    *meta.RULES,
)
"""Every rule. Rules do not depend on each other's order; reports do."""

_RANKS: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def check(program: Program, executors: Executors = "real") -> list[IrrunError]:
    """Return everything that is wrong with a program, errors first; nothing is executed.

    An error is what every frame is certain to meet: such a program cannot run. What only some
    frames meet, or none, is a warning, and so is everything that a run tolerates.

    Args:
        program: The program.
        executors: How it is to run: where stubs stand in, nothing is computed that could fail.
    """
    found: dict[tuple[str, str | None, str], IrrunError] = {}
    with lacks_as_problems(), paused_collector():
        facts = Facts(program, executors)
        for problem in _all(facts):
            _locate(facts, problem.at(file=program.name))
            found.setdefault((problem.code, problem.where.path, problem.sentence), problem)
    return sorted(found.values(), key=lambda problem: _RANKS[problem.severity])


class Checked(NamedTuple):
    """What checking a source came to."""

    name: str
    program: Program | None
    """Nothing if the source could not be loaded."""
    problems: list[IrrunError]


def check_source(source: Source, name: str, *, found: bool = False) -> Checked:
    """Load and check; of a document that cannot be loaded, return everything wrong with that.

    `found` is true for a path that nobody named; see `load`.
    """
    examined = examine(source, name=name, found=found)
    if examined.program is not None:
        problems = [problem.at(file=name) for problem in check(examined.program)]
        return Checked(name, examined.program, problems)
    problems = list(examined.problems)
    if any(problem.where.path is not None for problem in problems):
        what = "what the tables say to each other"
        note = ChecksIncomplete(what=what, detail="the document is not as the schema says")
        problems.append(note.at(file=name))
    return Checked(name, None, problems)


def _all(facts: Facts) -> Iterator[IrrunError]:
    yield from map(copy, facts.program.notes)  # places are added, and the program keeps its own
    for rule in RULES:
        yield from rule.look(facts)


_STEP: Final = re.compile(r"\$\.schedule\.steps\[(\d+)\]")
_NODE: Final = re.compile(r"\$\.nodes\.nodes\[(\d+)\]")
_BUS: Final = re.compile(r"\$\.buses\.buses\[(\d+)\]")


def _locate(facts: Facts, problem: IrrunError) -> None:
    """Name the step, node or bus that a problem's path leads to, with its label."""
    path, program = problem.where.path or "", facts.program
    if found := _STEP.match(path):
        step = program.steps[int(found[1])]  # exact: an index
        problem.at(step=step.id, kind=step.kind)
    elif found := _NODE.match(path):
        problem.at(node=program.nodes.nodes[int(found[1])].id)  # exact: an index
    elif found := _BUS.match(path):
        problem.at(bus=program.buses.buses[int(found[1])].id)  # exact: an index
    where = problem.where
    for table, key in (("steps", where.step), ("nodes", where.node), ("buses", where.bus)):
        label = None if key is None else facts.label(table, key)
        if label is not None and label != where.kind:
            problem.at(label=label)
