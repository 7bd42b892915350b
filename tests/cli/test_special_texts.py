"""A text that reads like a number JSON cannot write is not that number, wherever values compare."""

import math

import pytest
from cli.samples import Irrun, clock, save

SPECIAL = [("NaN", math.nan), ("Infinity", math.inf), ("-Infinity", -math.inf), ("-0", -0.0)]


def holding(value: object, name: str) -> str:
    """Save a program whose output holds a value."""
    b = clock()
    b.initial(5, value)
    b.output(5, "out", "debug")
    return save(b, name)


@pytest.mark.parametrize(("text", "number"), SPECIAL)
def test_the_text_is_not_the_number(text: str, number: float, irrun: Irrun) -> None:
    """In goldens, in what a run writes, and in what a diff finds; each is shown as what it is."""
    a, b = holding(text, "a.json"), holding(number, "b.json")
    for program in (a, b):
        assert irrun("golden", "record", program, "-n", "1").code == 0
        assert irrun("golden", "check", program).code == 0

    got = irrun("diff", "a.golden", "b.json")
    assert got.code == 1
    assert f"expected '{text}'" in got.out
    assert f"got      {text}" in got.out
    assert irrun("diff", a, b).code == 1
    assert irrun("diff", a, b, "--no-run").code == 1
    written = [irrun("run", p, "-n", "1", "--format", "json").document for p in (a, b)]
    values = [document["frames"][0]["values"]["5"] for document in written]
    assert values == [{"kind": "text", "text": text}, text]


def test_other_texts_are_themselves(irrun: Irrun) -> None:
    """Only four say that they are texts."""
    program = holding("nan", "a.json")

    found = irrun("run", program, "-n", "1", "--format", "json").document
    assert found["frames"][0]["values"]["5"] == "nan"
