"""What a document holds is the same in both encodings, to the byte (ir-schema 19)."""

import math
from typing import Any, Final

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from program.documents import changed, small

from irrun.ir.typed_array import DTYPES
from irrun.program.canonical import digest, encode
from irrun.program.reading.codec import loads
from irrun.program.reading.msgpack_extensions import ARRAY_CODES, EXT_TYPED_ARRAY

SMALL: Final = small()

CODES: Final = {element: code for code, element in ARRAY_CODES.items()}
"""Element type -> its code in extension 0x74; of two codes for one type the last."""


def packed_array(element: str, data: bytes) -> msgpack.ExtType:
    """Return a typed array as extension 0x74."""
    return msgpack.ExtType(EXT_TYPED_ARRAY, bytes([CODES[element]]) + data)


@st.composite
def typed_arrays(draw: st.DrawFn) -> msgpack.ExtType:
    """Typed arrays of every element type, empty ones too, with any bits."""
    element = draw(st.sampled_from(sorted(CODES)))
    size = DTYPES[element].itemsize
    count = draw(st.integers(0, 3))
    return packed_array(element, draw(st.binary(min_size=size * count, max_size=size * count)))


LEAVES: Final = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(st.characters(codec="utf-8"), max_size=5)
    | st.binary(max_size=5)
    | typed_arrays()
)
FREE: Final = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
"""Free data as MessagePack can write it."""


def goes_round(document: Any) -> None:
    """Check that a program is the same after each way through the encodings."""
    program = loads(msgpack.packb(document))
    as_json, as_msgpack = encode(program, "json"), encode(program, "msgpack")

    for again in (loads(as_json), loads(as_msgpack)):
        assert (encode(again, "json"), encode(again, "msgpack")) == (as_json, as_msgpack)
        assert digest(again) == digest(program)


@given(value=FREE)
def test_free_data_go_round(value: Any) -> None:
    """Constants, slot values and unknown fields keep what they hold, whatever the way."""
    goes_round(
        changed(
            SMALL,
            {
                "$.constants.json": [value],
                "$.schedule.initialSlotValues": {"0": value},
                "$.unheardOf": {"free": value},
            },
        )
    )


@pytest.mark.parametrize("element", sorted(CODES))
def test_empty_arrays_stay_arrays(element: str) -> None:
    """An empty typed array is no record, and an empty bin no object."""
    empty = packed_array(element, b"")
    program = loads(msgpack.packb(changed(SMALL, {"$.constants.json": [empty, b""]})))

    again = loads(encode(program, "json"))

    assert again.constants.json == program.constants.json
    assert digest(again) == digest(program)
    goes_round(changed(SMALL, {"$.constants.json": [empty], "$.unheardOf": b""}))


@pytest.mark.parametrize(
    ("element", "number"),
    [("i64", 2**53 + 1), ("i64", -(2**63)), ("u64", 2**64 - 1), ("u64", 2**53 + 1)],
)
def test_integers_of_64_bits_keep_their_digits(element: str, number: int) -> None:
    """The type decides before numbers become doubles."""
    data = number.to_bytes(8, "little", signed=number < 0)
    document = changed(SMALL, {"$.constants.json": [packed_array(element, data)]})

    text = encode(loads(msgpack.packb(document)), "json")

    assert str(number).encode() in text
    assert str(number).encode() in encode(loads(text), "json")
    goes_round(document)


def test_signed_zeros_and_specials_go_round() -> None:
    """The signs of zeros and numbers that JSON cannot say are kept."""
    goes_round(changed(SMALL, {"$.constants.json": [-0.0, 0.0, math.inf, -math.inf, math.nan]}))
