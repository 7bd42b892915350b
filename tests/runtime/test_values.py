"""ValueStore: the store rules of design.md section 6 and runtime-semantics sections 0.4 and 3."""

import ctypes
import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from irrun.errors import IrrunError, Severity
from irrun.errors.running import DoubleWrite, NotANumber, ReadUnwritten, UnknownSlot
from irrun.ir.types import Storage
from irrun.runtime.values import ValueStore
from irrun.steps.actors import Actor

A, B, S = Actor("s-a", 1), Actor("s-b", 2), Actor("s", 3)


class Place(NamedTuple):
    """A slot, its storage and its offset."""

    slot: int
    storage: Storage
    offset: int


ALL_STORAGES: tuple[Storage, ...] = ("f64", "f32", "i32", "u32", "object")
NUMERIC: tuple[Storage, ...] = ("f64", "f32", "i32", "u32")


def one_of_each() -> ValueStore:
    """Return a store with slots 0 to 4, one of each storage."""
    return ValueStore([Place(i, storage, 0) for i, storage in enumerate(ALL_STORAGES)])


def numbers(*slots: int) -> ValueStore:
    """Return a store of f64 slots."""
    return ValueStore([Place(slot, "f64", i) for i, slot in enumerate(slots)])


def sizes(store: ValueStore) -> dict[str, int]:
    return {name: len(getattr(store, name)) for name in ("f64", "f32", "i32", "u32", "objects")}


def same(a: Any, b: Any) -> bool:
    """True for equal values; NaN equals NaN, and 0 differs from -0."""
    if isinstance(a, float) and isinstance(b, float):
        return str(a) == str(b)
    return type(a) is type(b) and bool(a == b)


# --- Allocation -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        pytest.param([], (0, 0, 0, 0, 0), id="no slots"),
        pytest.param([Place(0, "f64", 0)], (1, 0, 0, 0, 0), id="one slot"),
        pytest.param([Place(9, "f64", 6), Place(2, "f64", 1)], (7, 0, 0, 0, 0), id="holes"),
        pytest.param([Place(1, "f32", 4), Place(0, "f32", 2)], (0, 5, 0, 0, 0), id="unsorted"),
        pytest.param([Place(1_000_000, "u32", 0)], (0, 0, 0, 1, 0), id="offset counts, not slot"),
        pytest.param(
            [Place(i, s, i) for i, s in enumerate(ALL_STORAGES)], (1, 2, 3, 4, 5), id="each storage"
        ),
        pytest.param([Place(0, "i32", 2), Place(1, "i32", 2)], (0, 0, 3, 0, 0), id="aliases"),
        pytest.param([Place(0, "f64", 4), Place(0, "f64", 1)], (5, 0, 0, 0, 0), id="two records"),
    ],
)
def test_array_size_is_largest_offset_plus_one(
    places: list[Place], expected: tuple[int, ...]
) -> None:
    """Each array has max(offset + 1) elements over the records of its storage, 0 if none."""
    assert tuple(sizes(ValueStore(places)).values()) == expected


def test_arrays_have_the_element_type_of_their_storage() -> None:
    """The four numeric storages are arrays of double, single, signed and unsigned 32-bit."""
    store = one_of_each()

    dtypes = [getattr(store, name).dtype for name in NUMERIC]

    assert dtypes == [np.float64, np.float32, np.int32, np.uint32]


@pytest.mark.parametrize("slot", range(4), ids=NUMERIC)
def test_fresh_numeric_slot_is_zero(slot: int) -> None:
    """A numeric slot that nothing wrote holds the double 0."""
    assert same(one_of_each().peek(slot), 0.0)


def test_fresh_object_slot_is_missing() -> None:
    """An object slot that nothing wrote holds nothing."""
    assert one_of_each().peek(4) is None


def test_slot_numbers_may_have_gaps() -> None:
    """Slots are looked up by number, never by position."""
    store = ValueStore([Place(7, "f64", 0), Place(2**40, "f64", 1), Place(3, "f64", 2)])
    for slot in (7, 2**40, 3):
        store.write(slot, float(slot))

    assert store.slots == (3, 7, 2**40)
    assert store.f64.tolist() == [7.0, float(2**40), 3.0]


def test_later_record_of_one_slot_wins() -> None:
    """Of two records for one slot the later one says where the slot lives."""
    store = ValueStore([Place(0, "f64", 0), Place(0, "i32", 1)])
    store.write(0, 2.75)

    assert store.storage_of(0) == "i32"
    assert store.f64.tolist() == [0.0]
    assert store.i32.tolist() == [0, 2]


def test_two_stores_share_nothing() -> None:
    """A write to one store is not seen by another one with the same slots."""
    places = [Place(0, "f64", 0), Place(1, "object", 0)]
    first, second = ValueStore(places), ValueStore(places)
    first.write(0, 1.0)
    first.write(1, "x")

    assert (second.peek(0), second.peek(1)) == (0.0, None)
    assert second.written == ()


# --- Reading and writing --------------------------------------------------------------------


@pytest.mark.parametrize("storage", ALL_STORAGES)
def test_write_goes_to_array_and_offset_of_the_slot(storage: Storage) -> None:
    """A written value stands in the array of the slot's storage at its offset, nowhere else."""
    store = ValueStore([Place(5, storage, 2), Place(6, storage, 0)])
    store.write(5, 3.0)

    array = list(getattr(store, "objects" if storage == "object" else storage))
    assert array == ([None, None, 3.0] if storage == "object" else [0, 0, 3])


CONVERSIONS: list[tuple[str, Any, float, float, int, int]] = [
    # name, value, f64, f32, i32, u32
    ("third", 1 / 3, 1 / 3, 0.3333333432674408, 0, 0),
    ("one and a half", 1.5, 1.5, 1.5, 1, 1),
    ("minus 3.9", -3.9, -3.9, -3.9000000953674316, -3, 4294967293),
    ("minus one", -1.0, -1.0, -1.0, -1, 4294967295),
    ("minus a half", -0.5, -0.5, -0.5, 0, 0),
    ("2 to the 31", 2147483648.0, 2147483648.0, 2147483648.0, -2147483648, 2147483648),
    ("below 2 to the 31", 2147483647.9, 2147483647.9, 2147483648.0, 2147483647, 2147483647),
    ("2 to the 32", 4294967296.0, 4294967296.0, 4294967296.0, 0, 0),
    ("1e20", 1e20, 1e20, 100000002004087734272.0, 1661992960, 1661992960),
    ("1e39", 1e39, 1e39, math.inf, 0, 0),
    ("largest double", 1.7976931348623157e308, 1.7976931348623157e308, math.inf, 0, 0),
    ("odd above single", 16777217.0, 16777217.0, 16777216.0, 16777217, 16777217),
    ("smallest double", 5e-324, 5e-324, 0.0, 0, 0),
    ("subnormal single", 1e-45, 1e-45, 1.401298464324817e-45, 0, 0),
    ("NaN", math.nan, math.nan, math.nan, 0, 0),
    ("infinity", math.inf, math.inf, math.inf, 0, 0),
    ("minus infinity", -math.inf, -math.inf, -math.inf, 0, 0),
    ("minus zero", -0.0, -0.0, -0.0, 0, 0),
    ("whole number", 7, 7.0, 7.0, 7, 7),
    ("whole number beyond 2^53", 2**53 + 1, 9007199254740992.0, 9007199254740992.0, 0, 0),
    ("whole number beyond doubles", 10**400, math.inf, math.inf, 0, 0),
    ("null", None, 0.0, 0.0, 0, 0),
    ("true", True, 1.0, 1.0, 1, 1),
    ("false", False, 0.0, 0.0, 0, 0),
    ("text 5", "5", 5.0, 5.0, 5, 5),
    ("other text", "abc", math.nan, math.nan, 0, 0),
    ("empty text", "", 0.0, 0.0, 0, 0),
    ("list of one", [7], 7.0, 7.0, 7, 7),
    ("list of two", [1, 2], math.nan, math.nan, 0, 0),
    ("empty list", [], 0.0, 0.0, 0, 0),
    ("record", {}, math.nan, math.nan, 0, 0),
    ("array", np.zeros(2), math.nan, math.nan, 0, 0),
    ("single of numpy", np.float32(0.1), 0.10000000149011612, 0.10000000149011612, 0, 0),
    ("double of numpy", np.float64(-3.9), -3.9, -3.9000000953674316, -3, 4294967293),
    ("integer of numpy", np.int64(2**31), 2147483648.0, 2147483648.0, -2147483648, 2147483648),
    ("boolean of numpy", np.bool_(True), 1.0, 1.0, 1, 1),
]


@pytest.mark.parametrize(
    ("value", "stored"),
    [pytest.param(value, stored, id=name) for name, value, *stored in CONVERSIONS],
)
def test_conversion_on_write(value: Any, stored: list[float]) -> None:
    """Every value is converted as assignment to a typed array does (section 0.4)."""
    store = one_of_each()
    for slot in range(4):
        store.write(slot, value)

    got = [store.read(slot) for slot in range(4)]

    assert all(same(g, float(s)) for g, s in zip(got, stored, strict=True)), got


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(7, id="whole number"),
        pytest.param("5", id="text"),
        pytest.param(None, id="null"),
        pytest.param({"a": 1}, id="record"),
        pytest.param([1, 2], id="list"),
        pytest.param(np.zeros(3), id="array"),
    ],
)
def test_object_slot_keeps_the_very_value(value: Any) -> None:
    """An object slot keeps a reference: no conversion, no copy."""
    store = one_of_each()
    store.write(4, value)

    assert store.read(4) is value


@pytest.mark.parametrize("slot", range(4), ids=NUMERIC)
def test_numeric_read_is_a_double(slot: int) -> None:
    """Reading any numeric storage yields a plain double."""
    store = one_of_each()
    store.write(slot, 3)

    assert type(store.read(slot)) is float
    assert type(store.peek(slot)) is float


def test_unsigned_read_keeps_the_upper_half() -> None:
    """A u32 slot yields values of 2^31 and more as positive numbers."""
    store = one_of_each()
    store.write(3, -1)

    assert store.read(3) == 4294967295.0


# --- One writer per frame -------------------------------------------------------------------


def test_second_write_names_slot_and_both_writers() -> None:
    """The error of a second write says which slot, who wrote it first and who tries again."""
    store = numbers(8)
    store.actor = A
    store.write(8, 1.0)
    store.actor = B

    with pytest.raises(DoubleWrite) as caught:
        store.write(8, 2.0)

    assert caught.value.code == "IR402"
    assert caught.value.facts == {"slot": 8, "first": A, "second": B}
    assert caught.value.where.slot == 8


def test_second_write_changes_nothing() -> None:
    """The slot keeps the first value and the first writer."""
    store = numbers(8)
    store.actor = A
    store.write(8, 1.0)
    store.actor = B
    with pytest.raises(DoubleWrite):
        store.write(8, 2.0)

    assert store.read(8) == 1.0
    assert store.writer_of(8) == A
    assert store.written == (8,)


@pytest.mark.parametrize("slot", range(5), ids=ALL_STORAGES)
def test_second_write_of_the_same_value_is_an_error_too(slot: int) -> None:
    """One write per slot and frame, whatever the values, in every storage."""
    store = one_of_each()
    store.write(slot, 1.0)

    with pytest.raises(DoubleWrite):
        store.write(slot, 1.0)


def test_second_write_by_the_same_writer_is_an_error_too() -> None:
    """A step that names a slot twice trips over itself."""
    store = numbers(0)
    store.actor = S
    store.write(0, 1.0)

    with pytest.raises(DoubleWrite) as caught:
        store.write(0, 2.0)

    assert (caught.value.facts["first"], caught.value.facts["second"]) == (S, S)


def test_clear_allows_the_next_write() -> None:
    """After `clear` each slot may be written once more, and once only."""
    store = numbers(0)
    store.write(0, 1.0)
    store.clear()
    store.write(0, 2.0)

    assert store.read(0) == 2.0
    with pytest.raises(DoubleWrite):
        store.write(0, 3.0)


def test_clear_keeps_all_values() -> None:
    """`clear` empties the write tracking and nothing else."""
    store = one_of_each()
    value = {"kept": True}
    for slot in range(4):
        store.write(slot, 7)
    store.write(4, value)
    store.clear()

    assert [store.read(slot) for slot in range(4)] == [7.0] * 4
    assert store.read(4) is value
    assert store.findings == []


def test_clear_forgets_what_was_written_in_the_frame() -> None:
    """After `clear` no slot counts as written in this frame; the last writer is remembered."""
    store = numbers(0, 1)
    store.actor = S
    store.write(1, 1.0)
    store.clear()

    assert store.written == ()
    assert not store.is_written(1)
    assert store.was_ever_written(1)
    assert store.writer_of(1) == S


def test_written_slots_come_in_the_order_of_writing() -> None:
    """`written` tells the slots of this frame, in the order in which they were written."""
    store = numbers(0, 1, 2, 3)
    for slot in (2, 0, 3):
        store.write(slot, 1.0)

    assert store.written == (2, 0, 3)
    assert [store.is_written(slot) for slot in range(4)] == [True, False, True, True]


def test_nobody_wrote_a_fresh_slot() -> None:
    """A slot without a write has no writer; neither has a slot that does not exist."""
    store = numbers(0)

    assert store.writer_of(0) is None
    assert store.writer_of(1) is None
    assert not store.was_ever_written(0)
    assert not store.is_written(1)


def test_reading_is_not_writing() -> None:
    """A slot may be read before and after its one write."""
    store = numbers(0)
    store.read(0)
    store.write(0, 1.0)
    store.read(0)

    assert store.written == (0,)


# --- Aliases --------------------------------------------------------------------------------


def test_slots_at_one_place_share_their_value() -> None:
    """Two slots with the same storage and offset show each other's writes."""
    store = ValueStore([Place(1, "f64", 0), Place(2, "f64", 0)])
    store.write(1, 5.0)

    assert store.read(2) == 5.0


def test_single_writer_rule_goes_by_slot_not_by_place() -> None:
    """Both slots of one place may be written in a frame; the later value stays."""
    store = ValueStore([Place(1, "f64", 0), Place(2, "f64", 0)])
    store.write(1, 5.0)
    store.write(2, 6.0)

    assert (store.read(1), store.read(2)) == (6.0, 6.0)
    assert store.written == (1, 2)


def test_equal_offsets_of_two_storages_are_no_alias() -> None:
    """Storages are separate arrays."""
    store = one_of_each()
    store.write(0, 1.0)

    assert [store.peek(slot) for slot in range(1, 5)] == [0.0, 0.0, 0.0, None]


# --- Unknown slots --------------------------------------------------------------------------

OPERATIONS: list[Any] = [
    pytest.param(lambda store, slot: store.read(slot), "read", id="read"),
    pytest.param(lambda store, slot: store.peek(slot), "read", id="peek"),
    pytest.param(lambda store, slot: store.write(slot, 1.0), "write", id="write"),
    pytest.param(lambda store, slot: store.storage_of(slot), "look up", id="storage"),
]


@pytest.mark.parametrize(("operate", "operation"), OPERATIONS)
@pytest.mark.parametrize("slot", [4, 0, 10, -1], ids=["gap", "below", "above", "negative"])
def test_unknown_slot_names_operation_slot_and_known_range(
    operate: Callable[[ValueStore, int], object], operation: str, slot: int
) -> None:
    """The error says what was tried with which slot, and from where to where slots go."""
    with pytest.raises(UnknownSlot) as caught:
        operate(numbers(9, 3), slot)

    facts = caught.value.facts
    assert caught.value.code == "IR401"
    assert (facts["operation"], facts["slot"], caught.value.where.slot) == (operation, slot, slot)
    assert re.findall(r"\d+", facts["known"]) == ["3", "9"]


@pytest.mark.parametrize(("operate", "operation"), OPERATIONS)
def test_empty_slot_table_knows_no_slot(
    operate: Callable[[ValueStore, int], object], operation: str
) -> None:
    """A store without slots works: every slot is unknown, and no range is made up."""
    store = ValueStore([])
    store.clear()

    with pytest.raises(UnknownSlot) as caught:
        operate(store, 0)

    assert caught.value.facts["operation"] == operation
    assert re.findall(r"\d+", caught.value.facts["known"]) == []
    assert (store.slots, store.written) == ((), ())


def test_write_to_an_unknown_slot_leaves_no_trace() -> None:
    """A failed write is not tracked, and the same slot fails in the same way again."""
    store = numbers(0)
    for _ in range(2):
        with pytest.raises(UnknownSlot):
            store.write(1, 1.0)

    assert store.written == ()
    assert not store.was_ever_written(1)


# --- Slots that nothing has written ---------------------------------------------------------


@pytest.mark.parametrize(
    ("slot", "value", "named"),
    [
        *(pytest.param(i, 0.0, "0", id=storage) for i, storage in enumerate(NUMERIC)),
        pytest.param(4, None, "nothing", id="object"),
    ],
)
def test_unwritten_slot_yields_zero_or_nothing_with_a_warning(
    slot: int, value: float | None, named: str
) -> None:
    """The warning names the slot and what the read yields; strict would make it an error."""
    store = one_of_each()

    assert same(store.read(slot), value)
    (finding,) = store.findings
    assert isinstance(finding, ReadUnwritten)
    assert (finding.severity, finding.strict_error) == (Severity.WARNING, True)
    assert finding.facts == {"slot": slot, "value": named}
    assert finding.where.slot == slot


def test_unwritten_read_is_reported_once_for_each_reader() -> None:
    """Neither a second read nor a new frame repeats the warning; another reader does."""
    store = numbers(0)
    for actor in (A, B, A):
        store.actor = actor
        store.read(0)
        store.read(0)
        store.clear()

    assert [finding.code for finding in store.findings] == ["IR450", "IR450"]


def test_each_unwritten_slot_is_reported() -> None:
    """One reader gets one warning for each slot."""
    store = numbers(0, 1)
    store.read(1)
    store.read(0)

    assert [finding.facts["slot"] for finding in store.findings] == [1, 0]


def test_slot_written_in_an_earlier_frame_is_initialised() -> None:
    """A slot that was ever written may be read without a warning."""
    store = numbers(0)
    store.write(0, 1.0)
    store.clear()

    assert store.read(0) == 1.0
    assert store.findings == []


def test_peek_looks_without_a_warning() -> None:
    """`peek` does not count as a read."""
    store = numbers(0)

    assert store.peek(0) == 0.0
    assert store.findings == []


def test_reporter_takes_the_warnings() -> None:
    """With a reporter, warnings go there and are not kept."""
    taken: list[IrrunError] = []
    store = ValueStore([Place(0, "f64", 0)], taken.append)
    store.read(0)

    assert [finding.code for finding in taken] == ["IR450"]
    assert store.findings == []


# --- What is no number ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slot", "value", "got", "stored"),
    [
        pytest.param(0, None, "null", 0.0, id="null"),
        pytest.param(0, "5", "text", 5.0, id="text"),
        pytest.param(1, 0.1 * np.ones(3), "ndarray", math.nan, id="array"),
        pytest.param(2, [3000000000], "list", -1294967296, id="list"),
        pytest.param(3, {"x": 1}, "object", 0, id="record"),
    ],
)
def test_non_number_in_a_numeric_slot_is_reported(
    slot: int, value: Any, got: str, stored: float
) -> None:
    """The warning names the slot, its storage, what came and what is stored instead."""
    store = one_of_each()
    store.write(slot, value)

    (finding,) = store.findings
    assert isinstance(finding, NotANumber)
    assert finding.severity is Severity.WARNING
    assert finding.facts["slot"] == slot
    assert got in finding.facts["got"]
    assert finding.facts["storage"] == store.storage_of(slot)
    assert same(float(finding.facts["stored"]), float(stored))
    assert same(store.read(slot), float(stored))


def test_non_number_is_reported_once_for_each_writer() -> None:
    """A slot that gets a non-number frame after frame is one finding."""
    store = numbers(0)
    for actor in (A, B, A):
        store.actor = actor
        store.write(0, None)
        store.clear()

    assert [finding.code for finding in store.findings] == ["IR451", "IR451"]


@pytest.mark.parametrize(
    "value", [True, 3, 2.5, math.nan, np.float32(1), np.int8(1), np.bool_(False)], ids=repr
)
def test_numbers_and_booleans_are_stored_without_a_remark(value: Any) -> None:
    """Booleans and numbers of every width are numbers."""
    store = one_of_each()
    for slot in range(5):
        store.write(slot, value)

    assert store.findings == []


def test_two_causes_at_one_slot_are_two_findings() -> None:
    """One step that reads a slot too early and then writes a non-number gets both warnings."""
    store = numbers(0)
    store.read(0)
    store.write(0, None)

    assert [finding.code for finding in store.findings] == ["IR450", "IR451"]


# --- ensure ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("element", "dtype"),
    [("f32", np.float32), ("u16", np.uint16), ("u32", np.uint32), ("u8", np.uint8)],
)
def test_ensure_allocates_zeros_and_stores_them(element: str, dtype: type[Any]) -> None:
    """A slot without an array gets one of the asked type and length, full of zeros."""
    store = one_of_each()

    array = store.ensure(4, element, 3)

    assert array.dtype == dtype
    assert array.tolist() == [0, 0, 0]
    assert store.read(4) is array


def test_ensure_reuses_an_array_that_fits() -> None:
    """The same type and length give the same array back, contents untouched, in any frame."""
    store = one_of_each()
    array = store.ensure(4, "f32", 3)
    array[:] = [1, 2, 3]
    store.clear()

    assert store.ensure(4, "f32", 3) is array
    assert array.tolist() == [1, 2, 3]


def test_ensure_reuses_a_written_array() -> None:
    """An array that came by `write` is as good as an ensured one."""
    store = one_of_each()
    array = np.ones(2, dtype=np.float32)
    store.write(4, array)

    assert store.ensure(4, "f32", 2) is array


@pytest.mark.parametrize(
    ("element", "length"),
    [
        pytest.param("f32", 4, id="longer"),
        pytest.param("f32", 2, id="shorter"),
        pytest.param("u32", 3, id="another type of one width"),
        pytest.param("f64", 3, id="wider type"),
        pytest.param("f32", 0, id="empty"),
    ],
)
def test_ensure_reallocates_what_does_not_fit(element: str, length: int) -> None:
    """Another type or length gives a new array of zeros; the old one is left alone."""
    store = one_of_each()
    old = store.ensure(4, "f32", 3)
    old[:] = 1

    fresh = store.ensure(4, element, length)

    assert fresh is not old
    assert fresh.tolist() == [0] * length
    assert store.read(4) is fresh
    assert old.tolist() == [1, 1, 1]


def test_ensure_replaces_what_is_no_array() -> None:
    """Any other object in the slot gives way to the array."""
    store = one_of_each()
    store.write(4, [0.0, 0.0])

    assert store.ensure(4, "f32", 2).tolist() == [0, 0]
    assert isinstance(store.read(4), np.ndarray)


def test_ensure_is_never_stopped_by_the_written_set() -> None:
    """A slot may be ensured again and again, before and after its write."""
    store = one_of_each()
    store.ensure(4, "f32", 2)
    store.ensure(4, "f32", 3)
    store.write(4, "written")
    array = store.ensure(4, "f32", 3)

    assert store.read(4) is array


def test_ensure_does_not_count_as_a_write_of_the_frame() -> None:
    """An ensured slot is not written, so it can still be written once."""
    store = one_of_each()
    store.ensure(4, "f32", 2)
    assert not store.is_written(4)
    assert 4 not in store.written

    store.write(4, "written")

    assert 4 in store.written
    with pytest.raises(DoubleWrite):
        store.write(4, "again")


def test_ensured_slot_counts_as_ever_written() -> None:
    """Reading an ensured slot is no read of an unwritten one."""
    store = one_of_each()
    store.ensure(4, "f32", 2)
    store.read(4)

    assert store.was_ever_written(4)
    assert store.findings == []


@pytest.mark.parametrize("slot", [*range(4), 77], ids=[*NUMERIC, "unknown"])
def test_ensure_promotes_to_object_storage(slot: int) -> None:
    """A numeric or unknown slot becomes an object slot, apart from all others."""
    store = one_of_each()
    store.write(4, "other")

    array = store.ensure(slot, "f32", 2)

    assert store.storage_of(slot) == "object"
    assert store.read(slot) is array
    assert store.ensure(slot, "f32", 2) is array
    assert store.read(4) == "other"
    assert slot in store.slots


def test_promoted_slot_keeps_its_place_in_the_frame() -> None:
    """A numeric slot that was written stays written when it is promoted."""
    store = numbers(0)
    store.actor = S
    store.write(0, 1.0)
    store.ensure(0, "f32", 2)

    assert store.writer_of(0) == S
    with pytest.raises(DoubleWrite):
        store.write(0, 2.0)


def test_promotion_leaves_the_numbers_alone() -> None:
    """The element that a promoted slot leaves behind keeps its value for an alias."""
    store = ValueStore([Place(0, "f64", 0), Place(1, "f64", 0)])
    store.write(0, 5.0)
    store.ensure(0, "f32", 1)

    assert store.read(1) == 5.0


# --- Whole sequences ------------------------------------------------------------------------


@st.composite
def slot_tables(draw: st.DrawFn) -> list[Place]:
    """Draw slots with gaps, holes, aliases and any storage, in any order."""
    slots = draw(st.lists(st.integers(0, 40), unique=True, max_size=6))
    return [
        Place(slot, draw(st.sampled_from(ALL_STORAGES)), draw(st.integers(0, 5))) for slot in slots
    ]


class Op(NamedTuple):
    """One operation: which one, on the how-manieth slot (beyond the last: unknown), with what."""

    name: str
    pick: int
    value: float


OPS = st.builds(
    Op,
    st.sampled_from(["write", "write", "write", "read", "read", "clear"]),
    st.integers(0, 6),
    st.floats() | st.integers(-(2**40), 2**40).map(float),
)


def stored_as(storage: Storage, value: float) -> float:
    """Return a value after storing, as the C types of the machine do it."""
    match storage:
        case "f32":
            with np.errstate(over="ignore"):
                return float(np.float32(value))
        case "i32" | "u32":
            kind = ctypes.c_int32 if storage == "i32" else ctypes.c_uint32
            return float(kind(math.trunc(value)).value) if math.isfinite(value) else 0.0
        case _:
            return value


@examples(50, long=300)
@given(slot_tables(), st.lists(OPS, max_size=40))
def test_store_behaves_like_dictionaries(table: list[Place], ops: list[Op]) -> None:
    """Any sequence gives what plain dictionaries of places, writers and values give."""
    store = ValueStore(table)
    place_of = {place.slot: place for place in table}
    values: dict[tuple[Storage, int], float] = {}
    written: list[int] = []
    ever: set[int] = set()
    for i, (name, pick, value) in enumerate(ops):
        place = table[pick] if pick < len(table) else Place(99, "f64", 0)
        slot, at = place.slot, (place.storage, place.offset)
        store.actor = Actor(f"op {i}")
        if name == "clear":
            store.clear()
            written = []
        elif slot not in place_of:
            with pytest.raises(UnknownSlot):
                store.read(slot) if name == "read" else store.write(slot, value)
        elif name == "read":
            before = len(store.findings)
            got = store.read(slot)
            assert same(got, values.get(at, None if at[0] == "object" else 0.0))
            assert len(store.findings) - before == (slot not in ever)
        elif slot in written:
            with pytest.raises(DoubleWrite):
                store.write(slot, value)
        else:
            store.write(slot, value)
            values[at] = stored_as(place.storage, value)
            written.append(slot)
            ever.add(slot)

    assert store.written == tuple(written)
    for place in table:
        assert store.is_written(place.slot) is (place.slot in written)
        assert store.was_ever_written(place.slot) is (place.slot in ever)


@examples(30, long=200)
@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 5), st.sampled_from([A, B])), max_size=12), max_size=6
    )
)
def test_write_tracking_over_frames(frames: list[list[tuple[int, Actor]]]) -> None:
    """In each frame the first write of a slot passes and every other one names the first."""
    store = numbers(*range(6))
    for frame in frames:
        store.clear()
        first: dict[int, Actor] = {}
        for slot, actor in frame:
            store.actor = actor
            if slot not in first:
                store.write(slot, 1.0)
                first[slot] = actor
                continue
            with pytest.raises(DoubleWrite) as caught:
                store.write(slot, 1.0)
            assert caught.value.facts == {"slot": slot, "first": first[slot], "second": actor}
        assert store.written == tuple(first)
        assert all(store.writer_of(slot) == actor for slot, actor in first.items())
