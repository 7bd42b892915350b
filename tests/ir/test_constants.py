"""The one resolver of constant ids, and the order of each of its users (ir-schema 5.3)."""

import math
import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pytest
from program.documents import SPEC

from irrun.errors import Invalid
from irrun.ir.constants import (
    FIELD_ORDER,
    NODE_ORDER,
    SIGNAL_ORDER,
    SILENT_ORDER,
    STATE_ORDERS,
    ConstIndexEntry,
    ConstPlace,
    ConstPool,
    Pool,
    is_number,
)
from irrun.ir.typed_array import TypedArray

ORDERS: Final[dict[str, tuple[ConstPlace, ...]]] = {
    "signal": SIGNAL_ORDER,
    "field": FIELD_ORDER,
    "node": NODE_ORDER,
    "silent": SILENT_ORDER,
    "state-f64": STATE_ORDERS["f64"],
    "state-f32": STATE_ORDERS["f32"],
    "state-i32": STATE_ORDERS["i32"],
}

# One entry in each place under id 0; the directory leads to the second i32.
FOUND_IN: Final[dict[ConstPlace, tuple[float, Pool]]] = {
    "json": (10, "json"),
    "f64": (20.5, "f64"),
    "f32": (30.5, "f32"),
    "i32": (40, "i32"),
    "constIndex": (41, "i32"),
}


def pool_with(*places: ConstPlace) -> ConstPool:
    """Return a pool that has constant 0 in some places only."""
    i32 = ([40] if "i32" in places else []) + ([41] if "constIndex" in places else [])
    entry = ConstIndexEntry(k="i32", idx=len(i32) - 1) if "constIndex" in places else None
    return ConstPool(
        json=(10,) if "json" in places else (),
        f64=TypedArray("f64", [20.5] if "f64" in places else []),
        f32=TypedArray("f32", [30.5] if "f32" in places else []),
        i32=TypedArray("i32", i32),
        const_index=() if entry is None else (entry,),
    )


USERS: Final[dict[str, tuple[ConstPlace, ...]]] = {
    "signal": ("json", "constIndex", "f64"),
    "field": ("json", "constIndex"),
    "node": ("constIndex", "f64", "json"),
    "silent": ("f64", "constIndex", "json"),
    "state-f64": ("constIndex", "f64"),
    "state-f32": ("constIndex", "f32"),
    "state-i32": ("constIndex", "i32"),
}
"""Each user of constants with the order of ir-schema 5.3."""

TURNS: Final = [(user, order[i:]) for user, order in USERS.items() for i in range(len(order))]


@pytest.mark.parametrize(
    ("user", "places"), TURNS, ids=lambda part: part if isinstance(part, str) else "-".join(part)
)
def test_the_first_place_of_a_users_order_that_has_the_id_counts(
    user: str, places: tuple[ConstPlace, ...]
) -> None:
    found = pool_with(*places).resolve(0, ORDERS[user])

    assert tuple(found) == FOUND_IN[places[0]]


@pytest.mark.parametrize(
    ("user", "others"),
    [
        ("signal", ("f32", "i32")),
        ("field", ("f64", "f32", "i32")),
        ("node", ("f32", "i32")),
        ("silent", ("f32", "i32")),
        ("state-f64", ("json", "f32", "i32")),
        ("state-f32", ("json", "f64", "i32")),
        ("state-i32", ("json", "f64", "f32")),
    ],
)
def test_no_user_looks_in_another_place(user: str, others: tuple[ConstPlace, ...]) -> None:
    with pytest.raises(Invalid) as caught:
        pool_with(*others).resolve(0, ORDERS[user])

    assert caught.value.code == "IR201"


def test_the_orders_are_those_of_the_format_reference() -> None:
    rows = dict(
        re.findall(r"^\| ([^|]*?) \| ([a-zA-Z0-9, ]+?) \|$", SPEC.read_text("utf-8"), re.MULTILINE)
    )

    assert rows["signal `const`"] == ", ".join(SIGNAL_ORDER)
    assert rows["field `const`, path behind a FIELDREF, chain `map` `paramsId`"] == ", ".join(
        FIELD_ORDER
    )
    assert rows["`nodeEval` of opcode 0"] == ", ".join(NODE_ORDER)
    assert rows["bus `silent` const"] == ", ".join(SILENT_ORDER)


# ---- The directory ----

ENTRIES: Final[tuple[tuple[Pool, int], ...]] = (
    ("json", 2),
    ("f64", 1),
    ("f32", 0),
    ("i32", 0),
    ("f64", 2),
    ("json", 9),
)
FULL: Final = ConstPool(
    json=("text", None, [1, 2]),
    f64=TypedArray("f64", [0.5, math.inf]),
    f32=TypedArray("f32", [0.1]),
    i32=TypedArray("i32", [-1]),
    const_index=tuple(ConstIndexEntry(k=pool, idx=index) for pool, index in ENTRIES),
)


@pytest.mark.parametrize(
    ("const_id", "value", "pool"),
    [
        (0, [1, 2], "json"),
        (1, math.inf, "f64"),
        (2, 0.10000000149011612, "f32"),
        (3, -1, "i32"),
    ],
)
def test_the_directory_leads_to_a_pool(const_id: int, value: object, pool: str) -> None:
    assert tuple(FULL.resolve(const_id, ("constIndex",))) == (value, pool)


@pytest.mark.parametrize(
    ("const_id", "facts"),
    [
        (4, {"const_id": 4, "pool": "f64", "index": 2, "size": 2}),
        (5, {"const_id": 5, "pool": "json", "index": 9, "size": 3}),
    ],
)
def test_a_directory_entry_beyond_its_pool_is_an_error(
    const_id: int, facts: dict[str, object]
) -> None:
    with pytest.raises(Invalid) as caught:
        FULL.resolve(const_id, NODE_ORDER)

    assert caught.value.code == "IR202"
    assert caught.value.facts == facts


def test_a_directory_entry_counts_before_the_places_behind_it() -> None:
    """For id 1 the node order finds f64[1] through the directory, though f64 has an id 1 too."""
    assert FULL.resolve(1, NODE_ORDER).value == math.inf


# ---- What is not found ----


def test_a_missing_constant_names_id_order_and_all_sizes() -> None:
    with pytest.raises(Invalid) as caught:
        FULL.resolve(77, SIGNAL_ORDER, wanted="number")

    error = caught.value
    assert error.code == "IR201"
    assert (error.facts["const_id"], error.facts["wanted"]) == (77, "number")
    assert error.facts["order"] == "json, constIndex, f64"
    for size in ("json 3", "f64 2", "f32 1", "i32 1", "constIndex 6"):
        assert size in error.facts["sizes"]


@pytest.mark.parametrize("const_id", [-1, -100])
def test_a_negative_id_is_not_found(const_id: int) -> None:
    """A compilerTag may be any integer; nothing counts from the end."""
    for order in ORDERS.values():
        with pytest.raises(Invalid) as caught:
            FULL.resolve(const_id, order)

        assert caught.value.code == "IR201"


@pytest.mark.parametrize("user", ORDERS)
def test_an_empty_pool_has_no_constant(user: str) -> None:
    with pytest.raises(Invalid) as caught:
        ConstPool().resolve(0, ORDERS[user])

    assert caught.value.code == "IR201"


# ---- What a user can use ----

MIXED: Final = ConstPool(
    json=("text", True, None, 5),
    f64=TypedArray("f64", [1.5, 2.5, 3.5]),
    i32=TypedArray("i32", [7]),
    const_index=(ConstIndexEntry(k="json", idx=3), ConstIndexEntry(k="i32", idx=0)),
)


class Wish(NamedTuple):
    """What a user wants, and what it gets for an id."""

    const_id: int
    usable: Callable[[Any], bool]
    pools: frozenset[str]
    value: object
    pool: str


NUMERIC: Final = frozenset({"f64", "f32", "i32"})
ANY: Final = NUMERIC | {"json"}
WISHES: Final = {
    "anything": Wish(0, lambda _: True, ANY, "text", "json"),
    "a-number-behind-a-text": Wish(0, is_number, ANY, 5, "json"),
    "a-number-behind-true": Wish(1, is_number, ANY, 7, "i32"),
    "a-number-behind-null": Wish(2, is_number, ANY, 3.5, "f64"),
    "only-numeric-pools": Wish(0, lambda _: True, NUMERIC, 1.5, "f64"),
    "a-large-number": Wish(1, lambda v: is_number(v) and v < 3, ANY, 2.5, "f64"),
}


@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES)
def test_values_that_a_user_cannot_use_are_passed_over(wish: Wish) -> None:
    found = MIXED.resolve(wish.const_id, SIGNAL_ORDER, usable=wish.usable, pools=wish.pools)

    assert tuple(found) == (wish.value, wish.pool)


def test_nothing_usable_is_nothing_found() -> None:
    with pytest.raises(Invalid) as caught:
        MIXED.resolve(0, FIELD_ORDER, pools=NUMERIC)

    assert caught.value.code == "IR201"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, True), (-1.5, True), (math.nan, True), (True, False), ("1", False), (None, False)],
)
def test_booleans_are_no_numbers(value: object, expected: bool) -> None:
    assert is_number(value) is expected
