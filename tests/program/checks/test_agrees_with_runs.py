"""What the checks call an error is what a run meets, and the other way round."""

import copy
import json
from random import Random
from typing import Final

import mutate
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.random_programs import random_run

import irrun
from irrun.errors import IrrunError, Severity
from irrun.program.checks.engine import check
from irrun.program.program import Program
from irrun.program.reading.codec import loads

DOCUMENTS: Final = mutate.seeds()
CHANGES: Final = (
    mutate.drop, mutate.duplicate, mutate.swap, mutate.nudge, mutate.reindex, mutate.borrow,
)  # fmt: skip
FOUND: Final = frozenset(
    f"IR{number}"
    for number in (201, 202, 210, 211, 212, 213, 404, 405, *range(410, 417), 418, 420, 421)
)
"""What ends a run in its first frame, and is always found before, in steps of these kinds."""
OF_DATA: Final = frozenset({"IR404", "IR405"})
"""What may come of numbers that only a run has."""
KINDS: Final = (None, "timeDerive", "signalEval", "nodeEval", "busEval", "eventBusEval")


def changed(random: Random) -> Program | None:
    """Return a bundled program with a few changes, if it still loads."""
    document = copy.deepcopy(random.choice(DOCUMENTS))
    for _ in range(random.choice((1, 1, 2, 3))):
        place = random.choice(mutate.places(document))
        random.choice(CHANGES)(document, place, random)
    try:
        return loads(json.dumps(document).encode())
    except IrrunError:
        return None


@pytest.mark.parametrize("executors", ["auto", "stub"])
@examples(100, long=1000)
@given(random=st.randoms(use_true_random=True))
def test_an_error_is_what_a_run_meets(executors: str, random: Random) -> None:
    """A program with errors fails; one that fails in a way that can be seen has errors."""
    program = changed(random)
    if program is None:
        return
    problems = check(program, executors)  # type: ignore[arg-type]
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    try:
        irrun.run(program, frames=2, executors=executors)  # type: ignore[arg-type]
        met = None
    except IrrunError as error:
        met = error

    assert all(p.severity in (type(p).severity, p.may_be) for p in problems)
    assert not errors or met is not None, errors
    if met is not None and met.code in FOUND and met.where.kind in KINDS:
        assert errors, met


@examples(60, long=1000)
@given(st.integers(0, 10**6))
def test_what_is_said_of_random_programs_is_what_their_runs_meet(seed: int) -> None:
    """An error ends the run; what ends a run is an error, or a warning where a choice leads to it.

    Where a domain has no count in some frame, only the run knows.
    """
    asked = random_run(seed)
    problems = check(asked.program, asked.executors)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    try:
        irrun.run(asked.program, times=asked.times, executors=asked.executors)
        met = None
    except IrrunError as error:
        met = error

    assert not errors or met is not None, errors
    if met is not None and met.code in FOUND - OF_DATA:
        assert met.code in {problem.code for problem in problems}, met
