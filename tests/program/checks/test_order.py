"""The order that the data demand, and the order of the list."""

from random import Random
from typing import Any

import pytest
from program.checks.rows import bus, early_writer, late_writer, publisher, sound, step
from program_builder import ProgramBuilder

from irrun.program.checks.facts import Facts
from irrun.program.checks.order import Order, Pair, derive_order, order_problems, sort_steps
from irrun.program.checks.rules.schedule import data_pairs
from irrun.program.program import Program


def order_of(b: ProgramBuilder) -> tuple[Program, Order]:
    """Return a program and the order that its data demand."""
    program = b.program()
    return program, derive_order(Facts(program))


def ids(program: Program, steps: tuple[int, ...]) -> list[str]:
    return [program.steps[i].id for i in steps]


def test_the_order_of_a_sound_program_is_its_own() -> None:
    """Nothing is wrong, and nothing right by accident."""
    b = sound()
    bus()(b)
    program, order = order_of(b)

    assert ids(program, order.demanded) == ["s-time", "s-sig", "s-bus"]
    assert (order.wrong, order.accidental, order.cyclic) == ((), (), ())


def test_a_pair_that_is_wrong() -> None:
    """The reader stands before the writer: the demanded order turns them round."""
    b = sound()
    late_writer(b)
    step(3, deps=["s-time"])(b)
    program, order = order_of(b)

    assert order.wrong == (Pair(before=3, after=2, slot=7),)
    assert ids(program, order.demanded) == ["s-time", "s-late", "s-sig", "s-bus"]


def test_a_dependency_that_is_wrong() -> None:
    """Deps alone may demand an order, too."""
    b = sound()
    bus(publishers=[])(b)
    step(1, deps=["s-bus"])(b)
    step(2, deps=["s-time"])(b)
    _, order = order_of(b)

    assert order.wrong == (Pair(before=2, after=1, slot=None),)


def accidental(**determinism: Any) -> ProgramBuilder:
    """Return a program whose bus reads slot 7 of a step that its deps do not name."""
    b = sound()
    early_writer(b)
    for i in (2, 3):
        step(i, deps=["s-time"])(b)
    b.doc["schedule"]["steps"][2]["id"] = "s-z"
    b.doc["schedule"]["determinism"].update(determinism)
    return b


def test_a_pair_that_is_right_by_accident() -> None:
    """Sorting by deps would turn it round: the tie goes by the id, and `s-bus` comes before."""
    program, order = order_of(accidental())

    assert order.wrong == ()
    assert order.accidental == (Pair(before=2, after=3, slot=7),)
    (note,) = order_problems(Facts(program), order)
    assert note.sentence == "s-bus reads slot 7 of s-z, but its deps do not say so"
    assert (note.code, note.where.path) == ("IR386", "$.schedule.steps[3].deps")


def test_the_tie_break_is_the_programs_own() -> None:
    """By index, sorting changes nothing that is right already."""
    _, order = order_of(accidental(topoTieBreak="nodeIndex"))

    assert (order.wrong, order.accidental) == ((), ())


def test_steps_that_wait_for_each_other_come_last() -> None:
    """A cycle has no order; the rest has."""
    b = sound()
    bus(publishers=[publisher(slot=7)])(b)
    b.slot(7)
    sig = b.signal("inputSlot", slot=6)
    b.step(
        "signalEval",
        "s-back",
        outputs=[{"sigId": sig, "slot": 7}],
    )
    program, order = order_of(b)

    assert set(ids(program, order.cyclic)) == {"s-bus", "s-back"}
    assert ids(program, order.demanded)[-2:] == ["s-bus", "s-back"]


def test_a_slot_with_an_initial_value_demands_nothing() -> None:
    """A reader before the writer wants the initial value."""
    b = sound()
    late_writer(b)
    b.initial(7, 1)

    assert [pair for pair in data_pairs(Facts(b.program())) if pair[2] == 7] == []


@pytest.mark.parametrize("seed", range(30))
def test_a_topological_order_keeps_every_pair(seed: int) -> None:
    """Against a naive check, for random pairs without cycles; equal input gives equal output."""
    random = Random(seed)
    size = random.randrange(1, 30)
    names = random.sample(range(100), size)
    pairs = []
    for _ in range(random.randrange(40) if size > 1 else 0):
        before, after = sorted(random.sample(range(size), 2))
        pairs.append(Pair(before, after, None))
    done, cyclic = sort_steps(size, pairs, names.__getitem__)
    place = {step: at for at, step in enumerate(done)}

    assert sorted(done) == list(range(size))
    assert cyclic == []
    assert all(place[pair.before] < place[pair.after] for pair in pairs)
    # Of the steps that are ready, the one with the least key is taken each time.
    taken: set[int] = set()
    for step_index in done:
        ready = [
            i
            for i in range(size)
            if i not in taken and all(p.before in taken for p in pairs if p.after == i)
        ]
        assert step_index == min(ready, key=names.__getitem__)
        taken.add(step_index)
