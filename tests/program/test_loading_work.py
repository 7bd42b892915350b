"""What loading does grows with lists and objects, not with each number in them."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from program.documents import as_json, as_msgpack, changed, small
from support import work

from irrun.errors import Malformed
from irrun.program.reading.codec import loads


def calls(data: bytes) -> int:
    """Return how many functions of Python are called while bytes are loaded, or refused."""

    def load() -> None:
        with suppress(Malformed):
            loads(data)

    return work.calls(load)


PLACES: dict[str, Callable[[int], Any]] = {
    "$.constants.f64": lambda n: [0.5, 2] * n,
    "$.constants.i32": lambda n: [0, 2] * n,
    "$.constants.json": lambda n: [0.5, None, "text", True, 7] * n,
    "$.extra": lambda n: {"list": [[7] * n, [0.5] * n]},
    "$.schedule.initialSlotValues": lambda n: {"5": ["text"] * n},
    "$.signalTable.nodes[0].terms": lambda n: [0] * n,
}


@pytest.mark.parametrize("write", [as_json, as_msgpack], ids=["json", "msgpack"])
@pytest.mark.parametrize("place", PLACES)
def test_a_number_more_costs_no_call_more(place: str, write: Callable[[Any], bytes]) -> None:
    """In every kind of list."""
    few, many = (write(changed(small(), {place: PLACES[place](n)})) for n in (100, 10_000))
    calls(few)  # readers are made when they are first needed

    assert calls(many) == calls(few)


@pytest.mark.parametrize("value", [0.5, 7, "text", b"\xc3\xa4".decode() * 3, None, 2**40, -1, {}])
def test_finding_where_a_file_breaks_off_costs_no_call_for_each_value(value: Any) -> None:
    """Common values are gone over together."""
    few, many = (as_msgpack(changed(small(), {"$.extra": [value] * n}))[:-5] for n in (100, 9000))
    calls(few)
    per_value = 0 if value not in ("äää", {}) else 1  # a text that is not ASCII, an object

    assert calls(many) - calls(few) <= per_value * 4 * 9000 + 8
