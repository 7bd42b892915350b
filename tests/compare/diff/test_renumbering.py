"""What has only a number may get another one: the program is the same."""

from collections.abc import Callable

import pytest
from compare.diff.programs import COMPILED_NAMES, NAMES, both_run, bundled, compiled, program, synth
from compare.diff.renumber import (
    Number,
    permutation,
    renumber_chains,
    renumber_constants,
    renumber_fields,
    renumber_signals,
    renumber_slots,
)
from hypothesis import given
from hypothesis import strategies as st
from program_builder import Document
from support.examples import examples

from irrun.compare.diff.data.structure import compare_programs

DOCUMENTS: dict[str, Callable[[], Document]] = {
    "synth": synth,
    **{name: lambda name=name: bundled(name) for name in NAMES},  # type: ignore[misc]
    **{name: lambda name=name: compiled(name) for name in COMPILED_NAMES},  # type: ignore[misc]
}


def signals_of(doc: Document) -> int:
    return len((doc.get("signalTable") or {"nodes": []})["nodes"])


def has_only_json_constants(doc: Document) -> bool:
    pool = doc["constants"]
    straight = all(e == {"k": "json", "idx": i} for i, e in enumerate(pool.get("constIndex", [])))
    return straight and not any(pool.get(name) for name in ("f64", "f32", "i32"))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_program_does_not_differ_from_itself(name: str) -> None:
    """Not in its data, not in its run."""
    doc = DOCUMENTS[name]()

    found = both_run(program(doc), program(doc), [0, 10, 20])

    assert found.data.all == ()
    assert found.same
    assert found.runs is not None
    assert found.runs.agree
    assert found.runs.frames == 3


@examples(20, long=120)
@given(data=st.data())
def test_renumbering_is_no_difference(data: st.DataObject) -> None:
    """Signals, fields, constants, chains and slots in any other order: the same program."""
    doc = DOCUMENTS[data.draw(st.sampled_from(list(DOCUMENTS)))]()
    other = doc

    def order(count: int) -> Number:
        return permutation(data.draw(st.permutations(range(count))))

    other = renumber_signals(other, order(signals_of(other)))
    other = renumber_fields(other, order(len(other["fields"]["nodes"])))
    other = renumber_chains(
        other, order(len((other.get("transforms") or {"chains": []})["chains"]))
    )
    if has_only_json_constants(other):
        other = renumber_constants(other, order(len(other["constants"]["json"])))
    if data.draw(st.booleans()):
        other = renumber_slots(other, order(60))

    found = compare_programs(program(doc), program(other))

    assert found.changes == ()
    assert all(change.minor for change in found.all)


@examples(8, long=40)
@given(order=st.permutations(range(60)), name=st.sampled_from(list(DOCUMENTS)))
def test_renumbered_programs_run_alike(order: list[int], name: str) -> None:
    """Values are compared by who makes them; placeholders tell their slot and are left out."""
    doc = DOCUMENTS[name]()
    other = renumber_slots(doc, permutation(order))

    found = both_run(program(doc), program(other), [0, 16, 500])

    assert found.runs is not None
    assert found.runs.divergences == {}
    assert found.same
