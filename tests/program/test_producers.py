"""Files written by the packages that producers use (tests/program/producers/README.md)."""

import hashlib
import json
import math
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pytest
from program.documents import as_json, changed, example, value_at

from irrun.errors import Malformed
from irrun.ir.typed_array import DTYPES
from irrun.program.canonical import to_document
from irrun.program.reading.codec import load, loads

FOLDER: Final = Path(__file__).parent / "producers"
EXPECTED: Final[dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text("utf-8"))
LOADABLE: Final = sorted(name for name, entry in EXPECTED.items() if entry["loads"])


class Refusal(NamedTuple):
    """Why and where a fixture is refused; `mark` is the bytes at which reading stops."""

    code: str
    mark: bytes | None = None
    path: str | None = None
    facts: dict[str, Any] = {}  # noqa: RUF012  # never changed


REFUSED: Final = {
    "msgpackr-records.msgpack": Refusal("IR106", b"\xd4\x72"),
    "msgpackr-records-more-types.msgpack": Refusal("IR106", b"\xd4\x72"),
    "msgpackr-structured-clone.msgpack": Refusal("IR106", b"\xd4\x72"),
    "msgpackr-shared-structures.msgpack": Refusal("IR106", b"\x40"),
    "extension-set.msgpack": Refusal("IR107", b"\xd4\x73", facts={"type": 0x73, "name": "set"}),
    "extension-timestamp.msgpack": Refusal(
        "IR107", path="$.constants.json[3]", facts={"type": -1, "name": "timestamp"}
    ),
}

POOLS: Final = ("$.constants.f64", "$.constants.f32", "$.constants.i32")
DIFFERENT: Final = {
    "msgpackr-map-integer-keys.msgpack": ("$.schedule.initialSlotValues",),
    "msgpackr-broken-bin.msgpack": POOLS,
    "special-numbers.msgpack": (*POOLS, "$.constants.json"),
    "special-numbers.json": (*POOLS, "$.constants.json"),
}
"""Fixtures that do not say what the example says, and where they differ: a producer bug that no
reader can undo, and three other programs."""

SAME: Final = [name for name in LOADABLE if name not in DIFFERENT]


@pytest.mark.parametrize("name", EXPECTED)
def test_fixture_bytes_are_those_the_producer_wrote(name: str) -> None:
    found = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()

    assert found == EXPECTED[name]["sha256"]


def test_every_fixture_has_its_expectation() -> None:
    made_by_npm = {"package.json", "package-lock.json", "expected.json"}
    files = {p.name for p in FOLDER.iterdir() if p.suffix in (".json", ".msgpack")}

    assert files - made_by_npm == EXPECTED.keys()
    assert EXPECTED.keys() - LOADABLE == REFUSED.keys()


@pytest.mark.parametrize("name", LOADABLE)
def test_typed_pools_have_the_producers_numbers_bit_by_bit(name: str) -> None:
    constants = load(FOLDER / name).constants

    for pool, spelled in EXPECTED[name]["constants"].items():
        numbers = np.array([float(number) for number in spelled]).astype(DTYPES[pool])
        assert getattr(constants, pool).tobytes() == numbers.tobytes(), pool


@pytest.mark.parametrize("name", LOADABLE)
def test_good_files_load_without_a_remark(name: str) -> None:
    """Only JSON's null for a number that is not finite is worth one, with the number of nulls."""
    lost = EXPECTED[name]["constants"]
    nulls = sum(pool.count("NaN") for pool in lost.values()) if name.endswith(".json") else 0

    notes = [(note.code, note.facts) for note in load(FOLDER / name).notes]

    assert notes == ([("IR151", {"count": nulls})] if nulls else [])


@pytest.mark.parametrize("name", SAME)
def test_all_producers_of_the_example_give_the_programs_of_the_format_reference(name: str) -> None:
    """Lists, objects, raw bytes, extensions and Buffers; nil, absent and undefined: one program."""
    reference = loads(as_json(example("20.2")))

    program = load(FOLDER / name)

    assert program == reference
    assert program.digest == reference.digest


@pytest.mark.parametrize("name", DIFFERENT)
def test_other_fixtures_differ_where_they_are_meant_to_and_nowhere_else(name: str) -> None:
    reference = to_document(loads(as_json(example("20.2"))))

    document = to_document(load(FOLDER / name))

    assert document != reference
    for path in DIFFERENT[name]:
        assert value_at(document, path) != value_at(reference, path), path
    restored = {path: value_at(reference, path) for path in DIFFERENT[name]}
    assert changed(document, restored) == reference


def test_a_map_with_integer_keys_gives_the_slots() -> None:
    initial = load(FOLDER / "msgpackr-map-integer-keys.msgpack").initial_slot_values

    assert list(initial) == [10, 3, 20]
    assert (initial[10]["count"], initial[3], initial[20]) == (2, 0.5, 7)


@pytest.mark.parametrize("name", ["special-numbers.json", "special-numbers.msgpack"])
def test_large_numbers_of_free_data_survive_and_minus_zero_does_not(name: str) -> None:
    """Neither producer can write -0: both give 0."""
    *numbers, zero, null = load(FOLDER / name).constants.json[3:]

    assert numbers == [2**53, 1e21, 2**32]
    assert (zero, math.copysign(1, zero)) == (0, 1)
    assert null is None


@pytest.mark.parametrize("name", REFUSED)
def test_refused_files_name_the_cause_and_the_place(name: str) -> None:
    wanted = REFUSED[name]
    byte = None if wanted.mark is None else (FOLDER / name).read_bytes().index(wanted.mark)

    with pytest.raises(Malformed) as caught:
        load(FOLDER / name)

    error = caught.value
    assert error.code == wanted.code
    assert (error.where.byte, error.where.path) == (byte, wanted.path)
    assert error.where.file == str(FOLDER / name)
    assert error.facts == wanted.facts


@pytest.mark.parametrize("name", [n for n, row in REFUSED.items() if row.code == "IR106"])
def test_refused_records_come_with_the_setting_that_avoids_them(name: str) -> None:
    with pytest.raises(Malformed) as caught:
        load(FOLDER / name)

    assert "useRecords: false" in str(caught.value.hint_text)
