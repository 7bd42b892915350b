"""A slot that holds nothing where a step cannot do without it: an error, for a run ends there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from cli.samples import PROGRAMS

import irrun
from irrun.errors import IrrunError
from irrun.program.checks.engine import check
from irrun.program.program import Program
from irrun.program.reading.codec import load, loads
from irrun.steps import Access

NAMES: Final = ("every-step-kind", "petals", "prism", "color-ring")
NEW: Final = 900
"""A slot that none of them has."""


class Case(NamedTuple):
    """A step of a bundled program, and what it reads."""

    name: str
    step: int
    access: Access


def cases() -> Iterator[Case]:
    """Yield every read of a slot that a step names, once for each kind of step and field."""
    seen: set[tuple[str, str]] = set()
    for name in NAMES:
        program = load(PROGRAMS / f"{name}.json")
        for i, step in enumerate(program.steps):
            for access in step.accesses(program):
                sort = (step.kind, re.sub(r"\d+", "", access.field))
                if access.mode == "read" and not access.hidden and sort not in seen:
                    seen.add(sort)
                    yield Case(name, i, access)


CASES: Final = tuple(cases())


def document(name: str) -> Any:
    return json.loads(Path(PROGRAMS / f"{name}.json").read_text())


def put(holder: Any, field: str, value: int) -> None:
    """Set what a wire path within a step leads to."""
    *parents, last = (int(p) if p.isdigit() else p for p in re.findall(r"[^.\[\]]+", field))
    for key in parents:
        holder = holder[key]
    holder[last] = value


def severities(program: Program, code: str, executors: Any = "real") -> set[str]:
    """Return how a code weighs, at the places where it is found."""
    return {str(found.severity) for found in check(program, executors) if found.code == code}


def ends_at(program: Program, step: str) -> bool:
    """True if a run ends in its first frame, in a certain step."""
    try:
        irrun.run(program, frames=1)
    except IrrunError as error:
        return (error.where.step, error.where.frame) == (step, 0)
    return False


def case_name(case: Case) -> str:
    return f"{case.name}-{case.step}-{case.access.field}"


@pytest.mark.parametrize("case", CASES, ids=case_name)
def test_what_nothing_writes(case: Case) -> None:
    """An error exactly where a run ends at once; a warning, or nothing, where it goes on."""
    changed = document(case.name)
    put(changed["schedule"]["steps"][case.step], case.access.field, NEW)
    program = loads(json.dumps(changed).encode())
    found = severities(program, "IR450")

    if case.access.field.endswith("Batches[0].domainSlot"):
        assert found == {"warning"}  # nothing is drawn then, which may fit
    else:
        assert (found == {"error"}) is ends_at(program, program.steps[case.step].id)
        assert (found == {"error"}) is case.access.vital or case.access.expects == "number"
    assert severities(program, "IR450", "stub") <= {"warning"}


VITAL_BUFFERS: Final = [
    case for case in CASES if case.access.vital and case.access.expects == "buffer"
]


@pytest.mark.parametrize("case", VITAL_BUFFERS, ids=case_name)
def test_what_only_a_later_step_writes(case: Case) -> None:
    """In the first frame there is nothing yet."""
    changed, given = document(case.name), load(PROGRAMS / f"{case.name}.json")
    steps = changed["schedule"]["steps"]
    reader = steps.pop(case.step)
    first = min(
        i
        for i, step in enumerate(given.steps)
        for access in step.accesses(given)
        if (access.mode, access.slot) == ("write", case.access.slot)
    )
    steps.insert(first, reader)
    changed["schedule"].pop("stepIdToIndex", None)
    program = loads(json.dumps(changed).encode())

    assert "error" in severities(program, "IR355")
    assert ends_at(program, reader["id"])


def test_a_projection_of_nothing_needs_no_positions() -> None:
    """Whether its domain has elements is known where nothing writes it."""
    changed = document("prism")
    (step,) = (s for s in changed["schedule"]["steps"] if s["kind"] == "Instances3DProjectTo2D")
    step["positionSlot"] = NEW
    changed["schedule"]["initialSlotValues"][str(step["domainSlot"])]["count"] = 0
    program = loads(json.dumps(changed).encode())

    assert severities(program, "IR450") == {"warning"}


@pytest.mark.parametrize("kind", ["renderFrame", "renderTree", "debug"])
def test_an_output_that_nothing_writes(kind: str) -> None:
    """The first output must be a frame, if its kind says so; it is a warning of any other."""
    changed = document("minimal")
    changed["outputs"] = [{"id": "new", "kind": kind, "slot": NEW}]
    program = loads(json.dumps(changed).encode())
    is_error = kind != "debug"

    assert severities(program, "IR450") == {"error" if is_error else "warning"}
    try:
        irrun.run(program, frames=1)
        met = None
    except IrrunError as error:
        met = error
    assert (met is not None) is is_error
