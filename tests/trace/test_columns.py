"""Columns: the values of slots over frames, one array per slot."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest

from irrun.errors.running import UnknownSlot
from irrun.ir.types import Storage
from irrun.runtime.times import frame_times
from irrun.runtime.values import ValueStore
from irrun.trace.columns import Columns


class Place(NamedTuple):
    slot: int
    storage: Storage
    offset: int


PLACES = [
    Place(7, "f64", 0),
    Place(2, "f32", 0),
    Place(3, "i32", 0),
    Place(4, "u32", 0),
    Place(5, "object", 0),
]


def store() -> ValueStore:
    """Return a store with a slot of each storage."""
    return ValueStore(PLACES)


def write_and_take(
    values: ValueStore, columns: Columns, slot: int, found: Sequence[object]
) -> None:
    """Write values into a slot, one to a frame, and record each."""
    for value in found:
        values.clear()
        values.write(slot, value)
        columns.take(values)


def test_numeric_slots_have_arrays() -> None:
    """float64, shape (frames,), with the values as they are stored."""
    values = store()
    columns = Columns(values, None, frame_times(3, 100))

    write_and_take(values, columns, 2, [0.1, 1.0, -2.5])

    np.testing.assert_array_equal(columns.column(2), np.array([0.1, 1, -2.5], dtype=np.float32))
    assert isinstance(columns.column(2), np.ndarray)
    np.testing.assert_array_equal(columns.t_ms, [0, 10, 20])
    np.testing.assert_array_equal(columns.column(7), [0, 0, 0])


@pytest.mark.parametrize(("slot", "stored"), [(7, 4294967295.5), (3, -1), (4, 4294967295)])
def test_conversions_of_the_storage_show(slot: int, stored: float) -> None:
    """What is recorded is what the slot holds, not what was written to it."""
    values = store()
    columns = Columns(values, [slot], frame_times(1, 100))

    write_and_take(values, columns, slot, [4294967295.5])

    assert np.asarray(columns.column(slot)).tolist() == [stored]


def test_object_slots_have_lists() -> None:
    """One entry to a frame, whatever it is."""
    values = store()
    columns = Columns(values, [5], frame_times(3, 100))

    write_and_take(values, columns, 5, [None, {"x": 1}, "text"])

    assert columns.column(5) == [None, {"x": 1}, "text"]


def test_chosen_slots_are_recorded_and_no_others() -> None:
    """All slots without a choice; ascending, whatever the order of the choice."""
    assert Columns(store(), None, frame_times(1, 100)).slots == (2, 3, 4, 5, 7)
    assert Columns(store(), [7, 2], frame_times(1, 100)).slots == (2, 7)
    assert Columns(store(), [], frame_times(1, 100)).slots == ()
    with pytest.raises(KeyError):
        Columns(store(), [7], frame_times(1, 100)).column(2)


def test_an_unknown_slot_cannot_be_recorded() -> None:
    """The slot is named as in any other access."""
    with pytest.raises(UnknownSlot) as caught:
        Columns(store(), [7, 99], frame_times(1, 100))
    assert caught.value.where.slot == 99


def test_a_run_that_ended_early_has_shorter_columns() -> None:
    """Columns hold the frames that were recorded, not those that were planned."""
    values = store()
    columns = Columns(values, [2, 5], frame_times(100, 100))

    write_and_take(values, columns, 2, [1, 2])

    assert columns.length == 2
    assert np.asarray(columns.column(2)).tolist() == [1, 2]
    assert columns.column(5) == [None, None]


NUMBERS = [
    ("numbers", [1, 2.5, math.inf], [1, 2.5, math.inf]),
    ("a text among them", [1, "2"], None),
    ("nothing among them", [1, None], None),
    ("a truth value among them", [1, True], None),
]


@pytest.mark.parametrize(
    ("found", "numbers"), [row[1:] for row in NUMBERS], ids=[row[0] for row in NUMBERS]
)
def test_an_object_slot_of_numbers_is_a_column_of_numbers(
    found: list[object], numbers: list[float] | None
) -> None:
    """So that it can be drawn as a curve; anything else is no number."""
    values = store()
    columns = Columns(values, [5, 2], frame_times(len(found)))
    write_and_take(values, columns, 5, found)

    got = columns.numbers(5)

    assert (None if got is None else got.tolist()) == numbers


def test_a_numeric_slot_is_numbers() -> None:
    """Its column, as it is."""
    values = store()
    columns = Columns(values, [2], frame_times(2, 100))
    write_and_take(values, columns, 2, [1, 2])

    numbers = columns.numbers(2)

    assert numbers is not None
    assert numbers.tolist() == [1, 2]


def test_what_is_recorded_does_not_change_afterwards() -> None:
    """A step may fill the slot's own array anew in each frame (runtime-semantics 3.2)."""
    values = store()
    columns = Columns(values, [5], frame_times(3, 100))

    for frame in range(3):
        values.ensure(5, "f32", 4)[:] = frame
        columns.take(values)

    assert [list(array) for array in columns.column(5)] == [[0] * 4, [1] * 4, [2] * 4]


def test_looking_is_not_reading() -> None:
    """Recording a slot that nothing has written is no read of it, and no finding."""
    values = store()

    Columns(values, None, frame_times(1)).take(values)

    assert values.findings == []
