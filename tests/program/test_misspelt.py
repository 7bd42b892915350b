"""A key that is misspelt names the one that was probably meant."""

import pytest
from program.checks.rows import put, sound

from irrun.errors import IrrunError
from irrun.errors.loading import MissingField, UnknownField
from irrun.program.checks.engine import check_source
from irrun.program.reading.codec import load

SPELT = [
    ("lable", 1, "label"),
    ("cachekey", {"kind": "none"}, "cacheKey"),
    ("dep", ["s-time"], None),  # `deps` is there already
    ("remark", "a word", None),
]


@pytest.mark.parametrize(("key", "value", "meant"), SPELT)
def test_an_unknown_field_names_the_one_that_was_meant(
    key: str, value: object, meant: str | None
) -> None:
    """Of those that are not there."""
    b = sound()
    put(b, "schedule.steps.1.deps", ["s-time"])
    put(b, f"schedule.steps.1.{key}", value)
    (found,) = (note for note in b.program().notes if isinstance(note, UnknownField))

    assert found.where.path == f"$.schedule.steps[1].{key}"
    assert found.hint_text == (None if meant is None else f"did you mean `{meant}`?")
    assert found.document().get("hint") == found.hint_text


@pytest.mark.parametrize(
    ("wrong", "hint"), [("sigID", "is it meant by `sigID`?"), ("signal", None), ("q", None)]
)
def test_a_missing_field_names_what_may_be_it(wrong: str, hint: str | None) -> None:
    """Both where all problems are told and where the first one ends it."""
    b = sound()
    put(b, "schedule.steps.1.outputs.0", {wrong: 0, "slot": 4})
    found = [p for p in check_source(b.bytes(), "p").problems if isinstance(p, MissingField)]
    with pytest.raises(IrrunError) as caught:
        load(b.bytes())

    assert [problem.hint_text for problem in found] == [hint]
    assert caught.value.hint_text == hint
