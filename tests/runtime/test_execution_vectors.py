"""The reference's values: whole programs frame by frame, and hot swaps."""

import json
from typing import Any, Final

import pytest
from support.conformance_vectors import (
    Case,
    case_name,
    cases,
    difference,
    frame_difference,
    program_of,
)

from irrun.errors import IrrunError
from irrun.ir.values import DomainHandle
from irrun.program.program import Program
from irrun.program.reading.codec import loads
from irrun.runtime.runtime import Runtime

TOPICS: Final = ("signals", "stateful", "transforms", "bus", "eventbus", "nodes")

DECISIONS: Final[dict[tuple[str, str], str]] = {
    ("signals", "pingpong"): "2.3: the wrap event marks the turning points, by the cycle count",
    ("signals", "non-number-constant"): "6.8: constants may be colours and vectors; the rest traps",
    ("stateful", "delay-edge"): "6.7: a delay of less than a frame is no delay",
}
"""Where irrun leaves the reference, by topic and quirk, and the section that decides it.

Reviewed: each row was read in the semantics. A case that carries a quirk without a row here fails.
"""


def rows() -> list[Any]:
    """Return every case of every topic, with its topic."""
    return [
        pytest.param(topic, case, id=f"{topic}-{case_name(case)}")
        for topic in TOPICS
        for case in cases(topic)
    ]


def plain(value: Any) -> Any:
    """Return a domain handle as its document, everything else as it is."""
    if isinstance(value, DomainHandle):
        return {"kind": "domain", "count": value.count}
    return value


def first_difference(case: Case, *, quirks: bool) -> str | None:
    """Run a case; return its first difference from the expected slots and state.

    An error of the program counts as a difference, and is shown.
    """
    runtime = Runtime(program_of(case), quirks=quirks)
    for frame, t_ms in enumerate(case["times"]):
        try:
            runtime.run_frame(t_ms)
        except IrrunError as error:
            return f"frame {frame}: {error.code} {error}"
        values = runtime.values
        found = frame_difference(
            case,
            frame,
            {slot: plain(values.peek(slot)) for slot in values.slots},
            runtime.state.snapshot(),
            values.storage_of,
        )
        if found is not None:
            return found
    return None


@pytest.mark.parametrize(("topic", "case"), rows())
def test_with_quirks_every_value_is_the_references(topic: str, case: Case) -> None:
    """With the reference's quirks all slots and all state after every frame are the expected."""
    assert len(case["expect"]) == len(case["times"]) > 0
    assert first_difference(case, quirks=True) is None


@pytest.mark.parametrize(("topic", "case"), rows())
def test_without_quirks_only_decided_cases_differ(topic: str, case: Case) -> None:
    """A case differs if and only if it carries a quirk that a section decides otherwise."""
    decided = [quirk for quirk in case.get("quirks", ()) if (topic, quirk) in DECISIONS]

    found = first_difference(case, quirks=False)

    assert (found is not None) is bool(decided), found


def test_every_decision_is_met_by_a_case() -> None:
    """No row of the table is idle: some case of the topic carries the quirk."""
    met = {
        (topic, quirk) for topic in TOPICS for c in cases(topic) for quirk in c.get("quirks", ())
    }

    assert met == DECISIONS.keys()


# --- Hot swap -------------------------------------------------------------------------------


def loaded(document: Any, name: str) -> Program:
    """Load a program of a call case."""
    return loads(json.dumps(document).encode(), name=name)


@pytest.mark.parametrize("quirks", [False, True], ids=["plain", "quirks"])
@pytest.mark.parametrize("case", cases("hotswap"), ids=case_name)
def test_hot_swap_carries_state_as_the_reference_does(case: Case, quirks: bool) -> None:
    """State that the old program has is in the new runtime where, and only where, it belongs."""
    args = case["args"]
    runtime = Runtime(loaded(args["oldProgram"], "old"), quirks=quirks)
    for storage in ("f64", "f32", "i32"):
        array = getattr(runtime.state, storage)
        assert len(array) == len(args["state"][storage])
        array[:] = args["state"][storage]

    runtime.hot_swap(loaded(args["newProgram"], "new"))

    assert difference(runtime.state.snapshot(), case["expect"]["state"]) is None
