"""Outputs are checked against their kind (runtime-semantics 1.4, ir-schema 16.1)."""

from typing import Any

import pytest
from render.samples import ring

from irrun.errors.rendering import FrameMissing
from irrun.runtime.runtime import Runtime

FRAME = {"version": 1, "clear": {"mode": "none"}, "passes": []}


def with_output(value: Any, kind: str, *, first: bool) -> Runtime:
    """Return a runtime with an output beside that of a ring."""
    b = ring(3)
    b.initial(20, value)
    row = {"id": "other", "kind": kind, "slot": 20}
    b.doc["outputs"].insert(0 if first else 1, row)
    return Runtime(b.program())


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    ("value", "kind"),
    [(FRAME, "renderFrame"), (FRAME, "renderTree"), (5, "debug"), (None, "export"), (5, "export")],
)
def test_what_fits_the_kind_is_no_problem(value: Any, kind: str, first: bool) -> None:
    """Frames, also as documents; anything for debug and export."""
    runtime = with_output(value, kind, first=first)

    runtime.run_frame(0.0)
    assert runtime.warnings == ()


@pytest.mark.parametrize("kind", ["renderFrame", "renderTree", "renderCmds"])
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5, "5"),
        ({"version": 2, "passes": []}, '{"version": 2'),
        ({"version": 1, "passes": 3}, '"passes": 3'),
        ("x" * 500, '"' + "x" * 99),
    ],
)
def test_the_first_output_must_be_the_frame_that_it_says(value: Any, kind: str, shown: str) -> None:
    """The error names the slot and shows at most 100 characters of the value."""
    with pytest.raises(FrameMissing) as caught:
        with_output(value, kind, first=True).run_frame(0.0)

    assert shown in caught.value.sentence
    assert len(caught.value.sentence) < 200
    assert (caught.value.where.slot, caught.value.where.frame) == (20, 0)


def test_another_output_that_is_no_frame_is_a_warning() -> None:
    """Once over all frames; the run goes on."""
    runtime = with_output(5, "renderFrame", first=False)
    runtime.run_frame(0.0)
    runtime.run_frame(1.0)

    assert [finding.code for finding in runtime.warnings].count("IR472") == 1


def test_stubs_are_not_held_to_the_kind_of_an_output() -> None:
    """A placeholder is of the class that its step declares; that is all it promises."""
    b = ring(3)
    b.initial(20, 5)
    b.doc["outputs"].insert(0, {"id": "other", "kind": "renderFrame", "slot": 20})

    Runtime(b.program(), executors="stub").run_frame(0.0)
