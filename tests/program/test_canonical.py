"""One program has one byte sequence in each encoding, and one digest."""

import json
import math
import random
import struct
from collections.abc import Callable
from typing import Any, Final, get_args

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st
from program.documents import (
    ENCODINGS,
    as_json,
    as_msgpack,
    changed,
    every_kind,
    example,
    small,
    without,
)
from program_builder import Document, ProgramBuilder, finite, opcode
from support.examples import examples

from irrun.ir.typed_array import TypedArray
from irrun.program.canonical import Encoding, encode
from irrun.program.program import Program
from irrun.program.reading.codec import loads

WRITERS: Final[dict[str, Callable[[Program], bytes]]] = {
    "json": lambda program: encode(program, "json"),
    "pretty-json": lambda program: encode(program, "json", pretty=True),
    "msgpack": lambda program: encode(program, "msgpack"),
}
DOCUMENTS: Final[dict[str, Document]] = {
    "small": small(),
    "every-kind": every_kind(),
    "example-20.1": example("20.1"),
    "example-20.2": example("20.2"),
}

each_document = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
each_writer = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)


def check_round_trip(program: Program) -> None:
    """Fail unless a program comes back from each of its forms, and each form stays as it is."""
    for name, write in WRITERS.items():
        data = write(program)
        again = loads(data)

        assert again == program, name
        assert again.digest == program.digest, name
        assert write(again) == data, name


@each_document
def test_encoding_and_decoding_gives_the_same_program_and_the_same_bytes(
    document: Document,
) -> None:
    check_round_trip(loads(as_json(document)))


@each_writer
@each_document
def test_canonical_bytes_load_without_a_remark(
    document: Document, write: Callable[[Program], bytes]
) -> None:
    assert loads(write(loads(as_json(document)))).notes == ()


@each_document
def test_json_and_messagepack_of_a_document_have_one_digest(document: Document) -> None:
    from_json, from_msgpack = loads(as_json(document)), loads(as_msgpack(document))

    assert from_json == from_msgpack
    assert from_json.digest == from_msgpack.digest
    for encoding in get_args(Encoding):
        assert encode(from_json, encoding) == encode(from_msgpack, encoding)


@each_document
def test_canonical_json_says_what_the_document_says(document: Document) -> None:
    """Nothing is lost and nothing is invented, in the document's own words."""
    pools: dict[str, Any] = {f"$.constants.{pool}": [] for pool in ("f64", "f32", "i32")}

    written = json.loads(encode(loads(as_json(document)), "json"))

    assert changed(written, pools) == changed(document, pools)


def test_pretty_json_is_the_same_document_in_lines() -> None:
    program = loads(as_json(every_kind()))

    pretty = encode(program, "json", pretty=True)

    assert json.loads(pretty) == json.loads(encode(program, "json"))
    lines = pretty.decode().splitlines()
    assert len(lines) > 50
    assert max(map(len, lines)) <= 110


# ---- What does not matter ----


def _shuffled(value: Any, order: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: _shuffled(value[key], order) for key in keys}
    return [_shuffled(member, order) for member in value] if isinstance(value, list) else value


@pytest.mark.parametrize("write", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_keys_does_not_matter(seed: int, write: Callable[[Document], bytes]) -> None:
    document = every_kind() | {"unknown": {"b": [{"y": 1, "x": 2}], "a": 3}}
    reference = loads(as_json(document))

    program = loads(write(_shuffled(document, random.Random(seed))))

    assert program.digest == reference.digest
    assert encode(program, "json") == encode(reference, "json")


def _floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _floats(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_floats(member) for member in value]
    return float(value) if type(value) is int else value


def _without_ids_of_two_kinds(document: Document) -> Document:
    """Leave out the one integer of `every_kind()` that stands where a text may stand."""
    return without(document, "$.schedule.steps[2].stateWrites")


@pytest.mark.parametrize("write", ENCODINGS.values(), ids=ENCODINGS)
def test_the_spelling_of_numbers_does_not_matter(write: Callable[[Document], bytes]) -> None:
    document = _without_ids_of_two_kinds(every_kind()) | {"unknown": [1, -3, 2**40]}

    program = loads(write(_floats(document)))

    assert program.digest == loads(as_json(document)).digest


@pytest.mark.parametrize(
    "spelling", ["1000", "1000.0", "1e3", "1E+3", "100e1", "10000e-1", "1000.000"]
)
def test_one_number_has_one_spelling(spelling: str) -> None:
    document = changed(small(), {"$.seed": 4711, "$.constants.json": [4711], "$.patchRevision": 4})
    reference = as_json(document).replace(b"4711", b"1000")

    program = loads(as_json(document).replace(b"4711", spelling.encode()))

    assert encode(program, "json") == encode(loads(reference), "json")


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_white_space_does_not_matter(indent: int | None) -> None:
    data = json.dumps(every_kind(), indent=indent).encode()

    assert loads(data).digest == loads(as_json(every_kind())).digest


def test_names_and_notes_are_no_part_of_a_program() -> None:
    data = as_json(small())
    old = as_json(without(small(), "$.stateLayout"))

    assert loads(data, name="one") == loads(data, name="two")
    assert loads(old) == loads(data)
    assert loads(old).digest == loads(data).digest


# ---- What does matter ----

DIFFERENCES: Final[dict[str, tuple[str, Any, Any]]] = {
    "a-text": ("$.patchId", "a", "b"),
    "a-number": ("$.seed", 1, 2),
    "the-sign-of-zero": ("$.seed", 0.0, -0.0),
    "an-unknown-field": ("$.extra", 1, 2),
    "a-list's-order": ("$.constants.json", [1, 2], [2, 1]),
    "number-and-text": ("$.constants.json", [1], ["1"]),
    "number-and-true": ("$.constants.json", [1], [True]),
    "zero-and-false": ("$.constants.json", [{"a": 0}], [{"a": False}]),
    "zero-and-minus-zero": ("$.constants.json", [0], [-0.0]),
    "null-and-nothing": ("$.constants.json", [{"a": None}], [{}]),
    "element-type": ("$.constants", {"f32": [1], "json": []}, {"f64": [1], "json": []}),
    "minus-zero-in-a-pool": ("$.constants.f64", [0.0], [-0.0]),
    "text-and-integer-state-id": ("$.stateLayout.cells[0].stateId", "7", 7),
}


@pytest.mark.parametrize(("path", "one", "other"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_different_programs_are_unequal_and_have_different_digests(
    path: str, one: object, other: object
) -> None:
    left = loads(as_json(changed(every_kind(), {path: one})))
    right = loads(as_json(changed(every_kind(), {path: other})))

    assert left.digest != right.digest
    assert left != right


def test_a_digest_names_its_algorithm() -> None:
    algorithm, _, hexadecimal = loads(as_json(small())).digest.partition(":")

    assert algorithm == "sha256"
    assert len(bytes.fromhex(hexadecimal)) == 32


# ---- Numbers that are hard to write ----

SPECIAL: Final = {
    "nan": math.nan,
    "inf": math.inf,
    "minus-inf": -math.inf,
    "minus-zero": -0.0,
    "smallest": 5e-324,
    "largest": 1.7976931348623157e308,
    "tenth": 0.1,
    "third": 1 / 3,
    "2**53": 2.0**53,
    "1e21": 1e21,
}


@each_writer
@pytest.mark.parametrize("number", SPECIAL.values(), ids=SPECIAL)
def test_every_double_survives_everywhere(number: float, write: Callable[[Program], bytes]) -> None:
    chain = {"steps": [{"kind": "scaleBias", "scale": number, "bias": 1}]}
    changes = {
        "$.seed": number,
        "$.constants.f64": [number],
        "$.constants.json": [number, {"deep": [number]}],
        "$.transforms": {"chains": [chain]},
        "$.extra": [number],
    }
    program = loads(as_msgpack(changed(small(), changes)))

    again = loads(write(program))

    assert again == program
    found = [
        again.document.seed,
        again.constants.f64[0],
        again.constants.json[0],
        again.constants.json[1]["deep"][0],
        again.chains[0].steps[0].scale,  # type: ignore[union-attr]
        again.unknown["$.extra"][0],
    ]
    assert {struct.pack("<d", value) for value in found} == {struct.pack("<d", number)}


@pytest.mark.parametrize("number", [2**53 + 1, 2**64 - 1, 10**22, 10**350])
def test_whole_numbers_beyond_the_exact_doubles_come_back(number: int) -> None:
    """They load, as themselves or as the nearest double, so they must have a digest."""
    check_round_trip(loads(as_json(changed(small(), {"$.constants.json": [number]}))))


NANS: Final = {
    "f64-negative": ("f64", "00 00 00 00 00 00 f8 ff"),
    "f64-with-payload": ("f64", "01 00 00 00 00 00 f8 7f"),
    "f32-negative": ("f32", "00 00 c0 ff"),
}


@pytest.mark.parametrize(("pool", "raw"), NANS.values(), ids=NANS)
def test_a_program_with_another_nan_comes_back(pool: str, raw: str) -> None:
    """Processors make such NaNs, raw bytes carry them, and JSON has only one."""
    check_round_trip(
        loads(as_msgpack(changed(small(), {f"$.constants.{pool}": bytes.fromhex(raw)})))
    )


@each_writer
def test_null_and_text_of_free_data_stay_what_they_are(write: Callable[[Program], bytes]) -> None:
    values: list[Any] = [
        None,
        "NaN",
        "Infinity",
        "-0",
        "",
        {"a": None},
        [],
        {},
        True,
        "é\u2028\U0001f600",
    ]

    program = loads(as_json(changed(small(), {"$.constants.json": values})))

    assert loads(write(program)).constants.json == tuple(values)


# ---- Typed arrays ----


def test_typed_pools_are_raw_little_endian_bytes_in_messagepack() -> None:
    pools = {"$.constants.f64": [1.5, -2], "$.constants.f32": [1.5, -2], "$.constants.i32": [1, -2]}

    written = encode(loads(as_json(changed(small(), pools))), "msgpack")

    constants = msgpack.unpackb(written)["constants"]
    assert constants["f64"] == bytes.fromhex("00 00 00 00 00 00 f8 3f 00 00 00 00 00 00 00 c0")
    assert constants["f32"] == bytes.fromhex("00 00 c0 3f 00 00 00 c0")
    assert constants["i32"] == bytes.fromhex("01 00 00 00 fe ff ff ff")


def test_typed_pools_are_lists_in_json() -> None:
    pools = {"$.constants.f64": [1.0, -0.0, 0.1], "$.constants.f32": [0.1], "$.constants.i32": [-7]}

    written = encode(loads(as_json(changed(small(), pools))), "json").decode()

    assert '"f64":[1,-0.0,0.1]' in written
    assert '"f32":[0.10000000149011612]' in written
    assert '"i32":[-7]' in written


CODES: Final = {
    "i8": (0, b"\xff"),
    "u8": (1, b"\xff"),
    "u8c": (2, b"\xff"),
    "i16": (3, b"\xfe\xff"),
    "u16": (4, b"\xfe\xff"),
    "i32": (5, b"\xfe\xff\xff\xff"),
    "u32": (6, b"\xfe\xff\xff\xff"),
    "f32": (7, b"\x00\x00\xc0\x7f"),
    "f64": (8, b"\x00\x00\x00\x00\x00\x00\xf8\x7f"),
    "i64": (9, b"\xfe" + b"\xff" * 7),
    "u64": (10, b"\xfe" + b"\xff" * 7),
}
"""Element code of the typed-array extension (ir-schema 19.4), and one element's bytes."""


@pytest.mark.parametrize(("element", "code"), [(name, *row[:1]) for name, row in CODES.items()])
def test_typed_arrays_in_free_data_keep_their_type_through_messagepack(
    element: str, code: int
) -> None:
    raw = CODES[element][1]
    array = msgpack.ExtType(0x74, bytes([code]) + raw)
    places = {
        "$.constants.json": [array, {"deep": array}],
        "$.schedule.initialSlotValues": {"5": array},
        "$.extra": array,
    }
    program = loads(as_msgpack(changed(small(), places)))
    assert program.constants.json[0] == TypedArray.from_bytes(element, raw)

    data = encode(program, "msgpack")

    assert msgpack.unpackb(data)["constants"]["json"] == [array, {"deep": array}]
    assert loads(data) == program
    assert encode(loads(data), "msgpack") == data


def test_raw_bytes_in_free_data_survive_messagepack() -> None:
    program = loads(as_msgpack(changed(small(), {"$.constants.json": [b"\x00\xff"]})))

    data = encode(program, "msgpack")

    assert loads(data) == program
    assert encode(loads(data), "msgpack") == data


def test_raw_bytes_in_free_data_do_not_stop_a_program_from_becoming_json() -> None:
    program = loads(as_msgpack(changed(small(), {"$.constants.json": [b"\x00\xff"]})))

    assert json.loads(encode(program, "json"))["patchId"] == "small"


# ---- Random programs ----

FRACTIONS: Final = st.floats(allow_nan=False) | st.just(math.nan)
NUMBERS: Final = FRACTIONS | st.integers(-(2**53), 2**53) | st.sampled_from([*SPECIAL.values()])
FREE: Final = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
SINGLES: Final = st.floats(width=32, allow_nan=False) | st.just(math.nan)
INTS32: Final = st.integers(-(2**31), 2**31 - 1)
SLOTS: Final = st.integers(0, 2**53 - 1)
NAMES: Final = st.text(min_size=1, max_size=6)


def _signal(draw: st.DrawFn, b: ProgramBuilder) -> None:
    """Add a signal node that may refer to any earlier one."""
    earlier = st.integers(0, max(0, len(b.doc["signalTable"]["nodes"]) - 1))
    match draw(st.integers(0, 6)):
        case 0:
            b.signal_const(draw(FRACTIONS))
        case 1:
            b.signal("inputSlot", slot=draw(SLOTS))
        case 2:
            b.signal("map", src=draw(earlier), fn=opcode(draw(st.sampled_from([110, 120]))))
        case 3:
            b.signal("select", cond=draw(earlier), t=draw(earlier), f=draw(earlier))
        case 4:
            combine = {"mode": "sum", "default": draw(NUMBERS)}
            terms = draw(st.lists(earlier, max_size=4))
            b.signal("busCombine", busIndex=0, terms=terms, combine=combine)
        case 5:
            params = draw(st.dictionaries(NAMES, NUMBERS, max_size=3))
            b.signal("stateful", op="slew", stateId=draw(NAMES | SLOTS), params=params)
        case _:
            b.signal("timeAbsMs", domain="timeMs")


def _step(draw: st.DrawFn, b: ProgramBuilder, step_id: str) -> None:
    """Add a step of any of five kinds."""
    match draw(st.integers(0, 4)):
        case 0:
            outputs = [{"sigId": 0, "slot": slot} for slot in draw(st.lists(SLOTS, max_size=3))]
            b.step("signalEval", step_id, outputs=outputs)
        case 1:
            plan: Document = {
                "id": draw(NAMES),
                "fieldExprId": draw(st.sampled_from(["0", "field-3"])),
            }
            plan |= {"domainSlot": draw(SLOTS), "outBufferSlot": draw(SLOTS)}
            plan |= {"format": {"components": 4, "elementType": "u8"}, "policy": "onDemand"}
            b.step("materialize", step_id, materialization=plan)
        case 2:
            probe = {"id": draw(NAMES), "slots": draw(st.lists(SLOTS)), "mode": "trace"}
            b.step("debugProbe", step_id, probe=probe, label=draw(st.text(max_size=9)))
        case 3:
            publisher: Document = {"publisherId": draw(NAMES), "enabled": draw(st.booleans())}
            publisher |= {"sortKey": draw(NUMBERS), "srcSlot": draw(SLOTS)}
            b.step(
                "busEval",
                step_id,
                busIndex=0,
                outSlot=draw(SLOTS),
                publishers=[publisher],
                combine={"mode": "max"},
                silent={"kind": "const", "constId": 0},
                busType={"world": "signal", "domain": "number"},
            )
        case _:
            b.step("CameraEval", step_id, cameraId=draw(NAMES), outSlot=draw(SLOTS))


@st.composite
def programs(draw: st.DrawFn) -> ProgramBuilder:
    """Draw a program: signals, constants of every kind, slots, steps, unknown fields."""
    b = ProgramBuilder(draw(st.text(max_size=8)), finite(draw(FRACTIONS)))
    b.doc["seed"] = draw(NUMBERS)
    for value in draw(st.lists(FREE, max_size=4)):
        b.const(value)
    for pool, numbers in (("f64", FRACTIONS), ("f32", SINGLES), ("i32", INTS32)):
        for number in draw(st.lists(numbers, max_size=4)):
            b.const(number, pool)
    b.time(0, 1)
    for _ in range(draw(st.integers(1, 6))):
        _signal(draw, b)
    for i in range(draw(st.integers(0, 4))):
        _step(draw, b, f"s-{i}")
    for slot in draw(st.lists(SLOTS, max_size=3, unique=True)):
        b.slot(slot, draw(st.sampled_from(["f64", "f32", "i32", "u32", "object"])), draw(SLOTS))
        b.initial(slot, draw(FREE))
    for place in draw(st.lists(st.sampled_from(["", "schedule", "timeModel", "meta"]), max_size=3)):
        holder = b.doc[place] if place else b.doc
        holder[f"extra {draw(NAMES)}"] = draw(FREE)
    return b


@examples(25, long=200)
@given(programs())
def test_random_programs_come_back_from_each_of_their_forms(builder: ProgramBuilder) -> None:
    check_round_trip(builder.program())


@examples(15, long=120)
@given(programs())
def test_random_documents_are_one_program_in_both_encodings(builder: ProgramBuilder) -> None:
    document = builder.document()

    from_json, from_msgpack = loads(as_json(document)), loads(as_msgpack(document))

    assert from_json == from_msgpack
    assert from_json.digest == from_msgpack.digest
