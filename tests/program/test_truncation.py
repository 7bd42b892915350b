"""Cut and damaged files end in an error of irrun, never in another exception."""

import json
from typing import Any, Final

import msgpack
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from program.documents import as_gzip, as_json, as_msgpack, every_kind, refusal, small
from support.examples import examples

from irrun.errors import IrrunError
from irrun.program.program import Program
from irrun.program.reading.codec import loads

SMALL: Final = small() | {"patchId": "schön", "extra": {"list": [1.5, None, True, -7, 2**40]}}

FILES: Final = {
    "json": as_json(SMALL),
    "json-utf-8": json.dumps(SMALL, ensure_ascii=False).encode(),
    "msgpack": as_msgpack(SMALL),
    "gzip-of-json": as_gzip(as_json(SMALL)),
    "gzip-of-msgpack": as_gzip(as_msgpack(SMALL)),
}


@pytest.mark.parametrize("name", ["json", "json-utf-8", "msgpack"])
def test_a_file_cut_at_any_byte_is_refused_at_a_byte_that_it_has(name: str) -> None:
    data = FILES[name]
    code = "IR103" if name == "msgpack" else "IR102"
    for length in range(1, len(data)):
        error = refusal(data[:length])

        assert error.code == code, length
        assert error.where.byte is not None, length
        assert 0 <= error.where.byte <= length, length


def test_cut_messagepack_ends_where_the_error_says() -> None:
    """The fault is the end of the data, or the head of a list or map that promises more."""
    data = FILES["msgpack"]
    heads = (0xDE, 0xDF, 0xDC, 0xDD, *range(0x80, 0xA0))
    for length in range(1, len(data)):
        byte = refusal(data[:length]).where.byte

        assert byte == length or (byte is not None and data[byte] in heads), length


@pytest.mark.parametrize("name", ["gzip-of-json", "gzip-of-msgpack"])
def test_a_compressed_file_cut_at_any_byte_is_refused(name: str) -> None:
    data = FILES[name]
    for length in range(2, len(data)):
        assert refusal(data[:length]).code == "IR104", length


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_nothing_and_one_byte_of_gzip_are_no_program(data: bytes) -> None:
    assert refusal(b"").code == "IR101"
    assert refusal(data[:1]).code == (
        "IR101" if data.startswith(b"\x1f") else refusal(data[:2]).code
    )


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_the_whole_file_loads(data: bytes) -> None:
    assert isinstance(loads(data), Program)


# ---- Random damage ----

UNDAMAGED: Final = (
    *FILES.values(),
    as_json(every_kind()),
    as_msgpack(every_kind()),
    as_gzip(as_msgpack(every_kind())),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Draw a good file with up to four bytes flipped, put in or taken out."""
    data = bytearray(draw(st.sampled_from(UNDAMAGED)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data) - 1))
        match draw(st.sampled_from(["flip", "set", "insert", "delete"])):
            case "flip":
                data[at] ^= 1 << draw(st.integers(0, 7))
            case "set":
                data[at] = draw(st.integers(0, 255))
            case "insert":
                data[at:at] = draw(st.binary(min_size=1, max_size=4))
            case _:
                del data[at : at + draw(st.integers(1, 4))]
    return bytes(data)


def check_load(data: bytes) -> None:
    """Fail unless bytes give a program, or one error of the two families for bad files."""
    try:
        program = loads(data)
    except IrrunError as caught:
        error = caught
    else:
        assert isinstance(program, Program)
        return
    assert error.family in ("malformed", "invalid")
    assert error.exit_code == 3
    assert str(error)
    assert error.document()["where"] == error.where.document()


@examples(80, long=600)
@given(damaged())
def test_damaged_files_load_or_are_refused(data: bytes) -> None:
    check_load(data)


@examples(60, long=600)
@given(st.binary(max_size=60), st.sampled_from([b"", b"{", b"\x81\xa1a", b"\xd4\x72", b"\x1f\x8b"]))
def test_garbage_is_refused(garbage: bytes, start: bytes) -> None:
    with pytest.raises(IrrunError) as caught:
        loads(start + garbage)

    assert caught.value.family == "malformed"


ODD_VALUES: Final = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.sampled_from(["NaN", "const", "0", "-1", msgpack.ExtType(0, b"\0"), 2**53, -1, 1.5])
    | st.sampled_from([msgpack.ExtType(0x74, b"\x08" + b"\0" * 16), msgpack.Timestamp(0)]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["kind", "nodes", "0", "type", "data", "layout", "x"])
            | st.integers(0, 3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=4,
)
"""Values of every kind that MessagePack can say, in places where they may not belong."""


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value)
    found: list[tuple[Any, ...]] = []
    for key, member in members:
        found.append((*path, key))
        if isinstance(member, dict | list):
            found += _places(member, (*path, key))
    return found


EVERY_KIND: Final = as_msgpack(every_kind())
PLACES: Final = _places(every_kind())


@examples(80, long=600)
@given(st.sampled_from(PLACES), ODD_VALUES)
@example(("schedule", "steps", 3, "silent", "kind"), ["typedZero"])
@example(("schedule", "steps", 0, "kind"), [])
@example(("timeModel", "kind"), {})
@example(("schedule", "stepIdToIndex"), {"a": None})
def test_a_value_of_any_type_in_any_place_loads_or_is_refused(
    place: tuple[Any, ...], value: Any
) -> None:
    document = msgpack.unpackb(EVERY_KIND)
    holder = document
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value

    check_load(as_msgpack(document))
