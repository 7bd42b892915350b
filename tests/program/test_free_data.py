"""Free data comes back from every form of a program: typed arrays, raw bytes, digits, -0."""

import inspect
import json
import math
import sys
from typing import Any, Final

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from program.documents import as_json, as_msgpack, changed, refusal, small
from program.test_canonical import CODES, FREE, check_round_trip
from support.examples import examples

from irrun.ir.typed_array import DTYPES, JS_NAMES, TypedArray
from irrun.limits import DEPTH
from irrun.program.canonical import encode
from irrun.program.reading.codec import examine, loads


def extension(element: str, raw: bytes) -> msgpack.ExtType:
    """Return what MessagePack says of a typed array."""
    return msgpack.ExtType(0x74, bytes([CODES[element][0]]) + raw)


@st.composite
def arrays(draw: st.DrawFn) -> msgpack.ExtType:
    """Draw a typed array of any kind, often an empty one, of any bytes."""
    element = draw(st.sampled_from(list(DTYPES)))
    size = DTYPES[element].itemsize * draw(st.integers(0, 3))
    return extension(element, draw(st.binary(min_size=size, max_size=size)))


@st.composite
def lookalikes(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a record that is spelt like a typed array or like raw bytes, or nearly so."""
    kind = draw(st.sampled_from([*JS_NAMES.values(), "Buffer", "Array", ""]))
    numbers = st.integers(-(2**65), 2**65) | st.floats() | st.integers(0, 255) | st.none()
    return {"type": kind, "data": draw(st.lists(numbers, max_size=3))}


LEAVES: Final = FREE | st.binary(max_size=4) | arrays() | lookalikes()
VALUES: Final = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


def _for_messagepack(value: Any) -> Any:
    """Return integers beyond 64 bits as doubles, which is all that MessagePack can hold."""
    if isinstance(value, dict):
        return {key: _for_messagepack(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_for_messagepack(member) for member in value]
    is_large = type(value) is int and not -(2**63) <= value < 2**64
    return float(value) if is_large else value


@examples(40, long=300)
@given(st.lists(VALUES, max_size=3), VALUES, VALUES)
def test_free_data_comes_back_from_each_form(constants: Any, initial: Any, unknown: Any) -> None:
    """In constants, in slots and in unknown fields; the digest is the same from all forms."""
    places = {
        "$.constants.json": constants,
        "$.schedule.initialSlotValues": {"5": initial},
        "$.extra": unknown,
        "$.timeModel.extra": [unknown],
    }
    check_round_trip(loads(as_msgpack(_for_messagepack(changed(small(), places)))))


@pytest.mark.parametrize("place", ["$.extra", "$.constants.json", "$.schedule.initialSlotValues"])
@pytest.mark.parametrize(
    "value", [b"", *(extension(element, b"") for element in CODES)], ids=["bytes", *CODES]
)
def test_what_is_empty_keeps_its_type(value: Any, place: str) -> None:
    """Nothing in it is not nothing there: an empty array is an array, in all forms."""
    held = {"$.constants.json": [value], "$.schedule.initialSlotValues": {"5": value}}
    program = loads(as_msgpack(changed(small(), {place: held.get(place, value)})))

    again = loads(encode(program, "json"))

    assert again.digest == program.digest
    assert encode(again, "msgpack") == encode(program, "msgpack")
    assert value in (data := _all(msgpack.unpackb(encode(again, "msgpack")))), data


def _all(value: Any) -> list[Any]:
    """Return a value and everything in it, a list for each."""
    members = value.values() if isinstance(value, dict) else value if type(value) is list else ()
    return [value, *(inner for member in members for inner in _all(member))]


@pytest.mark.parametrize(
    ("element", "digits"),
    [
        ("i64", [9007199254740993, -(2**63), 2**63 - 1, 0]),
        ("u64", [2**64 - 1, 9007199254740993, 1]),
    ],
)
def test_integers_of_64_bits_keep_their_digits(element: str, digits: list[int]) -> None:
    """The type decides before numbers become doubles; elsewhere a number is a double."""
    record = {"type": JS_NAMES[element], "data": digits}
    program = loads(as_json(changed(small(), {"$.constants.json": [record, digits]})))

    array = program.constants.json[0]
    assert array == TypedArray(element, digits)
    assert array.tolist() == digits
    assert program.constants.json[1][0] == float(digits[0])
    assert json.loads(encode(program, "json"))["constants"]["json"][0]["data"] == digits
    check_round_trip(program)


@pytest.mark.parametrize(
    "record",
    [
        {"type": "Uint8Array", "data": [256]},
        {"type": "Int8Array", "data": [0.5]},
        {"type": "BigInt64Array", "data": [2**63]},
        {"type": "Buffer", "data": [-1]},
        {"type": "Float32Array", "data": [True]},
        {"type": "Float32Array", "data": [0], "more": 1},
        {"type": ["Float32Array"], "data": [0]},
        {"type": "Float32Array", "data": {"0": 0}},
    ],
)
def test_a_record_that_a_type_cannot_hold_is_a_record(record: dict[str, Any]) -> None:
    """No number is bent to fit."""
    (constant,) = loads(as_json(changed(small(), {"$.constants.json": [record]}))).constants.json

    assert constant["type"] == record["type"]


def test_a_typed_array_of_single_precision_is_rounded_once() -> None:
    """From the double, and beyond its range to infinity."""
    record = {"type": "Float32Array", "data": [0.1, 1e300, -0.0]}
    (array,) = loads(as_json(changed(small(), {"$.constants.json": [record]}))).constants.json

    assert array.tolist()[:2] == [float(np.float32(0.1)), math.inf]
    assert math.copysign(1, array[2]) == -1


# ---- Nesting ----


def nested(levels: int) -> Any:
    """Return lists and objects in each other."""
    value: Any = []
    for level in range(levels - 1):
        value = [value] if level % 2 else {"in": value, "beside": 1}
    return value


@pytest.mark.parametrize("write", [as_json, as_msgpack], ids=["json", "msgpack"])
@pytest.mark.parametrize("place", ["$.extra", "$.constants.json", "$.patchId"])
def test_nesting_is_counted_from_the_whole_document(write: Any, place: str) -> None:
    """As deep as the limit is read; a level more is refused, whoever asks."""
    above = place.count(".")
    deepest = changed(small(), {place: [nested(DEPTH.value - above - 1)]})
    deeper = changed(small(), {place: [nested(DEPTH.value - above)]})

    assert refusal(write(deeper)).code == (
        "IR111" if (place, write) == ("$.patchId", as_msgpack) else "IR105"
    )
    if place == "$.patchId":
        assert refusal(write(deepest)).code == "IR111"
    else:
        check_round_trip(loads(write(deepest)))


@pytest.mark.parametrize("write", [as_json, as_msgpack], ids=["json", "msgpack"])
def test_what_is_refused_does_not_depend_on_the_callers_stack(write: Any) -> None:
    """Nesting that is allowed is read by a caller deep in its own calls, too; more never is."""
    deepest = write(changed(small(), {"$.extra": nested(DEPTH.value - 1)}))
    deeper = write(changed(small(), {"$.extra": nested(DEPTH.value)}))

    def errors(left: int, data: bytes) -> list[str]:
        if left:
            return errors(left - 1, data)
        return [p.code for p in examine(data).problems if p.severity == "error"]

    depth = len(inspect.stack(0))
    for left in range(0, sys.getrecursionlimit() - depth - 60, 80):
        assert errors(left, deepest) == [], left
        assert errors(left, deeper) == ["IR105"], left
