"""Bytes, files and streams become a program, or one error with code and place."""

import io
import json
import math
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgpack
import pytest
from program.documents import (
    ENCODINGS,
    HERE,
    as_gzip,
    as_json,
    as_msgpack,
    as_msgpack_value,
    changed,
    every_kind,
    example,
    refusal,
    small,
    spliced,
    step_at,
    value_at,
    without,
)
from program_builder import Document

from irrun.errors import IrrunError, Malformed
from irrun.ir.typed_array import TypedArray
from irrun.limits import DEPTH, FILE_BYTES, GIVEN, VALUES
from irrun.program.canonical import encode
from irrun.program.program import Program
from irrun.program.reading.codec import Source, examine, load, loads

BOM: Final = b"\xef\xbb\xbf"
SMALL: Final = small()
FULL: Final = every_kind()

both_encodings = pytest.mark.parametrize("write", ENCODINGS.values(), ids=ENCODINGS)


def remarks(program: Program) -> list[tuple[str, str | None]]:
    """Return code and path of everything that loading reported."""
    return [(note.code, note.where.path) for note in program.notes]


def the_remark(program: Program) -> IrrunError:
    """Return the one thing that loading reported."""
    (note,) = program.notes
    return note


# ---- Which decoder: W1 ----


def _short() -> Document:
    """Return a program of 15 members, the most that one byte of MessagePack can announce."""
    document = without(SMALL, "$.constants", "$.stateLayout", "$.signalTable", "$.slotMeta")
    document["schedule"]["steps"] = []
    document["schedule"]["stepIdToIndex"] = {}
    return document


def _map32(document: Document) -> bytes:
    members = b"".join(as_msgpack_value(k) + as_msgpack_value(v) for k, v in document.items())
    return b"\xdf" + len(document).to_bytes(4, "big") + members


SPELLINGS: Final = {
    "W1-json": as_json(SMALL),
    "W1-json-after-white-space": b" \r\n\t" + as_json(SMALL) + b"\n ",
    "W1-json-after-bom": BOM + as_json(SMALL),
    "W1-json-after-bom-and-white-space": BOM + b"\n" + as_json(SMALL),
    "W1-json-of-many-lines": json.dumps(SMALL, indent=2).encode(),
    "W1-msgpack-map16": as_msgpack(SMALL),
    "W1-msgpack-map32": _map32(SMALL),
    "gzip-of-json": as_gzip(as_json(SMALL)),
    "gzip-of-json-after-bom": as_gzip(BOM + as_json(SMALL)),
    "gzip-of-msgpack": as_gzip(as_msgpack(SMALL)),
    "gzip-in-two-members": as_gzip(as_json(SMALL)[:99]) + as_gzip(as_json(SMALL)[99:]),
}


@pytest.mark.parametrize("data", SPELLINGS.values(), ids=SPELLINGS)
def test_the_content_tells_the_encoding(data: bytes) -> None:
    assert loads(data) == loads(as_json(SMALL))


def test_a_map_of_15_members_is_messagepack() -> None:
    """W1: such a map starts with one byte from 80 to 8f."""
    data = as_msgpack(_short())
    assert data[0] == 0x8F

    assert loads(data) == loads(as_json(_short()))


@pytest.mark.parametrize("data", SPELLINGS.values(), ids=SPELLINGS)
def test_the_suffix_does_not_matter(tmp_path: Path, data: bytes) -> None:
    for suffix in (".json", ".msgpack", ".gz", ".txt", ""):
        path = tmp_path / f"program{suffix}"
        path.write_bytes(data)

        assert load(path) == loads(as_json(SMALL)), suffix


class Trickle(io.RawIOBase):
    """A stream that hands out seven bytes at a time, as pipes and sockets may."""

    def __init__(self, data: bytes) -> None:
        self._rest = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._rest.read(min(7, len(buffer)))
        buffer[: len(piece)] = piece
        return len(piece)


SOURCES: Final[dict[str, Callable[[Path], Source]]] = {
    "text": str,
    "path": lambda path: path,
    "bytes": Path.read_bytes,
    "open-file": lambda path: path.open("rb"),
    "bytes-io": lambda path: io.BytesIO(path.read_bytes()),
    "stream-of-small-pieces": lambda path: Trickle(path.read_bytes()),  # type: ignore[dict-item, return-value]
}


@both_encodings
@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_load_takes_paths_bytes_and_streams(
    tmp_path: Path, source: Callable[[Path], Source], write: Callable[[Document], bytes]
) -> None:
    path = tmp_path / "program"
    path.write_bytes(write(SMALL))

    opened = source(path)
    try:
        assert load(opened) == loads(write(SMALL))
    finally:
        if not isinstance(opened, str | bytes | Path):
            opened.close()  # type: ignore[union-attr]


def test_a_program_is_named_after_its_path_unless_it_is_given_a_name(tmp_path: Path) -> None:
    path = tmp_path / "program.json"
    path.write_bytes(as_json(SMALL))

    assert load(path).name == str(path)
    assert load(path, name="given").name == "given"
    assert load(path.read_bytes()).name is None


# ---- What is no program ----


class Bad(NamedTuple):
    """Bytes that are refused: code and byte."""

    code: str
    byte: int | None
    data: bytes


NOT_PROGRAMS: Final = {
    "empty": Bad("IR101", None, b""),
    "white-space": Bad("IR101", None, b" \n\t "),
    "bom": Bad("IR101", None, BOM),
    "gzip-of-nothing": Bad("IR101", None, as_gzip(b"")),
    "gzip-of-gzip": Bad("IR101", 0, as_gzip(as_gzip(as_json(SMALL)))),
    "words": Bad("IR101", 0, b"hello, this is a letter"),
    "markup": Bad("IR101", 0, b"<!DOCTYPE html><html></html>"),
    "capital-words": Bad("IR101", 0, b"PROGRAM of the day\n"),
    "W1-json-list": Bad("IR101", 0, b"[" + as_json(SMALL) + b"]"),
    "W1-json-list-after-bom": Bad("IR101", 5, BOM + b"  [1]"),
    "W1-json-text": Bad("IR101", 0, b'"{}"'),
    "W1-json-number": Bad("IR101", 0, b"-12.5"),
    "W1-json-null": Bad("IR101", 0, b"null"),
    "W1-msgpack-list": Bad("IR101", 0, as_msgpack_value([SMALL])),
    "W1-msgpack-nil": Bad("IR101", 0, b"\xc0"),
    "utf-16": Bad("IR101", 0, "{}".encode("utf-16")),
    "gzip-cut-after-magic": Bad("IR104", None, b"\x1f\x8b"),
    "gzip-garbage": Bad("IR104", None, b"\x1f\x8b" + b"\x07" * 40),
    "gzip-wrong-checksum": Bad(
        "IR104", None, as_gzip(as_json(SMALL))[:-8] + b"\0\0\0\0" + as_gzip(as_json(SMALL))[-4:]
    ),
    "json-not-closed": Bad("IR102", 1, b"{"),
    "json-single-quotes": Bad("IR102", 1, b"{'irVersion': 1}"),
    "json-comma-at-end": Bad("IR102", 15, b'{"irVersion": 1,}'),
    "json-comma-at-end-of-list": Bad("IR102", 8, b'{"a": [1, \n ]}'),
    "json-only-a-comma": Bad("IR102", 7, b'{"a": [,]}'),
    "json-two-commas-at-end": Bad("IR102", 17, b'{"irVersion": 1 ,,}'),
    "json-comma-before-wrong-bracket": Bad("IR102", 8, b'{"a": 1,]'),
    "json-comment": Bad("IR102", 1, b"{// comment\n}"),
    "json-bare-word": Bad("IR102", 6, b'{"a": undefined}'),
    "json-control-character": Bad("IR102", 8, b'{"a": "x\ny"}'),
    "json-after-two-byte-letter": Bad("IR102", 7, '{"é": ?}'.encode()),
    "json-after-bom": Bad("IR102", 9, BOM + b'{"a": ?}'),
    "json-not-utf-8": Bad("IR102", 7, b'{"a": "\xff"}'),
    "json-not-utf-8-after-bom": Bad("IR102", 10, BOM + b'{"a": "\xe9"}'),
    "msgpack-byte-without-meaning": Bad("IR103", 3, b"\x81\xa1a\xc1"),
    "msgpack-text-not-utf-8": Bad("IR103", 5, b"\x81\xa1a\xa2b\xff"),
    "msgpack-key-is-a-list": Bad("IR103", None, b"\x81\x91\x01\x02"),
    "W8-json-twice": Bad("IR102", len(as_json(SMALL)), as_json(SMALL) * 2),
    "W8-json-and-a-word": Bad("IR102", len(as_json(SMALL)) + 1, as_json(SMALL) + b"\nend"),
    "W8-msgpack-and-a-byte": Bad("IR103", len(as_msgpack(SMALL)), as_msgpack(SMALL) + b"\x01"),
    "W8-msgpack-twice": Bad("IR103", len(as_msgpack(SMALL)), as_msgpack(SMALL) * 2),
    "W1-record-at-top": Bad("IR106", 0, bytes.fromhex("d4 72 40 91 a1 61 01")),
    "W1-shared-record": Bad("IR106", 0, b"\x40\x01"),
    "W7-record-within": Bad("IR106", 3, bytes.fromhex("81 a1 61 d4 72 40 91 a1 61 01")),
}


@pytest.mark.parametrize("bad", NOT_PROGRAMS.values(), ids=NOT_PROGRAMS)
def test_what_is_no_program_is_refused_at_its_byte(bad: Bad) -> None:
    error = refusal(bad.data)

    assert (error.code, error.where.byte) == (bad.code, bad.byte)


@pytest.mark.parametrize(
    ("text", "told"),
    [(b'{"a": 1 ,\n}', "object (line 1, column 9)"), (b'{"a": [1,]}', "array (line 1, column 9)")],
)
def test_every_python_tells_of_a_comma_at_the_end_alike(text: bytes, told: str) -> None:
    assert f"illegal trailing comma before end of {told}" in str(refusal(text))


def test_errors_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_bytes(b'{"a": ?}')

    with pytest.raises(Malformed) as caught:
        load(path)
    assert (caught.value.where.file, caught.value.where.byte) == (str(path), 6)

    with pytest.raises(Malformed) as caught:
        load(path, name="-")
    assert caught.value.where.file == "-"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(Malformed) as caught:
        load(tmp_path)

    assert (caught.value.code, caught.value.facts["what"]) == ("IR116", "a folder")


@pytest.mark.parametrize("place", ["missing.json", "file/below", "x" * 300, "half-a-\udc80-\0name"])
def test_what_cannot_be_opened_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Malformed) as caught:
        load(tmp_path / place)

    assert caught.value.code == "IR100"
    assert caught.value.facts["name"] == str(tmp_path / place)
    assert caught.value.facts["reason"]


# ---- Relatives of the format, and versions ----

FOREIGN: Final[dict[str, Document]] = {
    "design-documents": {"formatVersion": 1, "tables": {}, "roots": [], "debug": {}},
    "scheduler-chapter": {
        "programId": "p",
        "signalIR": {},
        "fieldIR": {},
        "renderIR": {},
        "entry": {},
    },
    "unused-declaration": {"irVersion": 1, "constPool": {}, "defaultSources": {}, "schedule": {}},
}


@both_encodings
@pytest.mark.parametrize("document", FOREIGN.values(), ids=FOREIGN)
def test_foreign_containers_are_recognised(
    document: Document, write: Callable[[Document], bytes]
) -> None:
    assert refusal(write(document)).code == "IR108"


@both_encodings
@pytest.mark.parametrize("version", [2, 0, 1.5, 2**60])
def test_another_version_is_named(version: float, write: Callable[[Document], bytes]) -> None:
    error = refusal(write(changed(SMALL, {"$.irVersion": version})))

    assert (error.code, error.where.path) == ("IR109", "$.irVersion")
    assert error.facts == {"version": version}


@both_encodings
@pytest.mark.parametrize("version", ["1", True, [1], {}])
def test_a_version_that_is_no_number_is_a_wrong_type(
    version: object, write: Callable[[Document], bytes]
) -> None:
    error = refusal(write(changed(SMALL, {"$.irVersion": version})))

    assert (error.code, error.where.path) == ("IR111", "$.irVersion")


@both_encodings
def test_version_1_may_be_written_as_a_float(write: Callable[[Document], bytes]) -> None:
    assert loads(write(changed(SMALL, {"$.irVersion": 1.0}))) == loads(write(SMALL))


# ---- Absent and null: W5 ----

REQUIRED: Final = (
    *(f"$.{name}" for name in ("irVersion", "patchId", "patchRevision", "compileId", "seed")),
    *(f"$.{name}" for name in ("timeModel", "types", "nodes", "buses", "lenses", "adapters")),
    *(f"$.{name}" for name in ("fields", "schedule", "meta")),
    "$.timeModel.periodMs",
    "$.signalTable.nodes",
    "$.signalTable.nodes[0].kind",
    "$.signalTable.nodes[0].type",
    "$.signalTable.nodes[10].combine.mode",
    "$.fields.nodes[1].domainSlot",
    "$.constants.constIndex[0].idx",
    "$.stateLayout.cells[0].storage",
    "$.slotMeta[1].type.domain",
    "$.schedule.steps",
    "$.schedule.determinism",
    "$.schedule.steps[0].out.tModelMs",
    f"{step_at('busEval')}.publishers[1].srcSlot",
    f"{step_at('renderAssemble')}.outFrameSlot",
    f"{step_at('renderAssemble')}.pathBatches[0].draw.fill",
    "$.cameras.cameras[0].pose.position.z",
    "$.meshes.meshes[2].recipe.profile.points[1].y",
    "$.outputs[0].slot",
    "$.meta.names.steps",
)

OPTIONAL: Final = (
    "$.signalTable",
    "$.slotMeta",
    "$.cameras",
    "$.defaultCameraId",
    "$.meshes",
    "$.transforms",
    "$.signalTable.nodes[10].combine.default",
    "$.signalTable.nodes[11].input",
    "$.signalTable.nodes[11].params",
    "$.fields.nodes[2].params",
    "$.nodes.nodes[0].compilerTag",
    "$.nodes.nodes[0].opcodeId",
    "$.buses.buses[0].reservedRole",
    "$.stateLayout.cells[0].initialConstId",
    "$.stateLayout.cells[0].policy",
    "$.types.typeIds[0].semantics",
    "$.types.typeIds[0].unit",
    "$.transforms.chains[0].cost",
    "$.transforms.chains[0].fromType",
    "$.transforms.chains[0].steps[1].paramsId",
    "$.cameras.cameras[0].projection.fovYRad",
    "$.meshes.meshes[1].recipe.bevel",
    "$.schedule.initialSlotValues",
    "$.schedule.deps.exprDependsOnExpr",
    "$.schedule.steps[1].deps",
    "$.schedule.steps[0].label",
    "$.schedule.steps[0].out.phase01",
    "$.schedule.steps[0].out.wrapEvent",
    "$.schedule.steps[0].out.progress01",
    f"{step_at('nodeEval')}.cacheKey",
    f"{step_at('nodeEval')}.stateReads",
    f"{step_at('busEval')}.publishers[0].transform",
    f"{step_at('materializeColor')}.format",
    f"{step_at('materializePath')}.flattenTolerancePx",
    f"{step_at('renderAssemble')}.instance2dBatches",
    f"{step_at('renderAssemble')}.pathBatchListSlot",
    f"{step_at('renderAssemble')}.pathBatches[0].fillColorSlot",
    f"{step_at('renderAssemble')}.pathBatches[0].dash",
    f"{step_at('renderAssemble')}.pathBatches[0].dash.offset",
    f"{step_at('Instances3DProjectTo2D')}.rotationSlot",
    "$.outputs[0].label",
    "$.meta.warnings",
    "$.meta.warnings[0].where",
    "$.meta.sourceMap.nodeToEditorBlock",
)


@both_encodings
@pytest.mark.parametrize("path", OPTIONAL)
def test_w5_null_is_absent_for_optional_fields(
    path: str, write: Callable[[Document], bytes]
) -> None:
    absent = loads(write(without(FULL, path)))

    program = loads(write(changed(FULL, {path: None})))

    assert program == absent
    assert program != loads(write(FULL))
    assert remarks(program) == remarks(absent)
    assert {code for code, _ in remarks(absent)} <= {"IR158"}  # a chain may lack its types


@pytest.mark.parametrize("path", OPTIONAL)
def test_w5_undefined_is_absent_for_optional_fields(path: str) -> None:
    undefined = msgpack.ExtType(0, b"\0")

    program = loads(as_msgpack(changed(FULL, {path: undefined})))

    assert program == loads(as_msgpack(without(FULL, path)))


@pytest.mark.parametrize("path", REQUIRED)
def test_a_required_field_must_be_there(path: str) -> None:
    """IR110 stands at the record that lacks the field, and names it."""
    record, _, name = path.rpartition(".")

    error = refusal(as_json(without(FULL, path)))

    assert (error.code, error.where.path) == ("IR110", record)
    assert error.facts["name"] == name


@pytest.mark.parametrize("path", REQUIRED)
def test_w5_null_in_a_required_field_is_a_missing_field(path: str) -> None:
    record, _, name = path.rpartition(".")

    error = refusal(as_msgpack(changed(FULL, {path: None})))

    assert (error.code, error.where.path) == ("IR110", record)
    assert error.facts["name"] == name


@both_encodings
def test_w5_null_members_of_a_handle_are_absent(write: Callable[[Document], bytes]) -> None:
    """A compiler that leaves `elementIds` undefined writes one program, in either encoding."""
    at = "$.schedule.initialSlotValues"
    handle = {"kind": "domain", "count": 2}

    program = loads(write(changed(SMALL, {at: {"9": handle | {"elementIds": None}}})))

    reference = loads(write(changed(SMALL, {at: {"9": handle}})))
    assert program == reference
    assert program.digest == reference.digest


def test_null_is_a_value_in_constants() -> None:
    assert loads(as_msgpack(changed(SMALL, {"$.constants.json": [None, 1]}))).constants.json == (
        None,
        1,
    )


@both_encodings
@pytest.mark.parametrize("name", ["constants", "stateLayout"])
def test_an_absent_table_counts_as_empty_with_a_warning(
    name: str, write: Callable[[Document], bytes]
) -> None:
    for document in (without(SMALL, f"$.{name}"), changed(SMALL, {f"$.{name}": None})):
        program = loads(write(document))

        assert program == loads(write(SMALL))
        assert the_remark(program).code == "IR156"
        assert the_remark(program).facts["name"] == name


@both_encodings
@pytest.mark.parametrize("pool", ["json", "f64", "f32", "i32", "constIndex"])
def test_a_missing_pool_counts_as_empty(pool: str, write: Callable[[Document], bytes]) -> None:
    """ir-schema section 5."""
    path = f"$.constants.{pool}"

    assert loads(write(without(SMALL, path))) == loads(write(changed(SMALL, {path: []})))


# ---- Index fields: W3 ----

INDICES: Final = (
    "$.outputs[0].slot",
    "$.slotMeta[0].offset",
    "$.signalTable.nodes[0].constId",
    "$.signalTable.nodes[5].slot",
    "$.signalTable.nodes[7].b",
    "$.signalTable.nodes[10].terms[1]",
    "$.signalTable.nodes[11].input",
    "$.signalTable.nodes[6].fn.opcode",
    "$.fields.nodes[1].sig",
    "$.fields.nodes[5].chain",
    "$.eventTable.nodes[5].sources[0]",
    "$.transforms.chains[0].steps[1].paramsId",
    "$.transforms.chains[0].steps[5].curveId",
    "$.nodes.nodes[0].opcodeId",
    "$.buses.buses[0].defaultValueConstId",
    "$.constants.constIndex[0].idx",
    "$.stateLayout.cells[0].size",
    "$.stateLayout.f64Size",
    "$.schedule.steps[0].tAbsMsSlot",
    "$.schedule.steps[0].out.phase01",
    f"{step_at('signalEval')}.outputs[0].sigId",
    f"{step_at('nodeEval')}.inputSlots[1]",
    f"{step_at('busEval')}.publishers[0].transform.chainId",
    f"{step_at('busEval')}.silent.constId",
    f"{step_at('materialize')}.materialization.domainSlot",
    f"{step_at('renderAssemble')}.instance2dBatches[0].posXYSlot",
    f"{step_at('renderAssemble')}.pathBatches[0].opacitySlot",
    f"{step_at('debugProbe')}.probe.slots[2]",
)

INDICES_IN_MAPS: Final = (
    '$.schedule.stepIdToIndex["s-busEval"]',
    '$.schedule.deps.busProvidesSlot["0"]',
    '$.schedule.deps.busDependsOnSlots["0"][0]',
)


@pytest.mark.parametrize("path", INDICES + INDICES_IN_MAPS)
def test_w3_an_index_may_be_written_as_a_float(path: str) -> None:
    reference = loads(as_msgpack(changed(FULL, {path: 3})))

    for write in ENCODINGS.values():
        program = loads(write(changed(FULL, {path: 3.0})))

        assert program == reference
        assert program.digest == reference.digest


NO_INDICES: Final[tuple[object, ...]] = (
    1.5,
    -1,
    -1.0,
    True,
    2**60,
    1e18,
    "3",
    [],
    math.nan,
    math.inf,
)


@both_encodings
@pytest.mark.parametrize("value", NO_INDICES, ids=repr)
def test_w3_anything_else_is_no_index(value: object, write: Callable[[Document], bytes]) -> None:
    error = refusal(write(changed(SMALL, {"$.outputs[0].slot": value})))

    assert (error.code, error.where.path) == ("IR111", "$.outputs[0].slot")


@pytest.mark.parametrize("path", INDICES)
def test_w3_a_negative_index_is_an_error_at_its_place(path: str) -> None:
    error = refusal(as_json(changed(FULL, {path: -1})))

    assert (error.code, error.where.path) == ("IR111", path)


IDS_OF_TWO_KINDS: Final = (
    "$.stateLayout.cells[0].stateId",
    "$.signalTable.nodes[11].stateId",
    f"{step_at('nodeEval')}.stateReads[0]",
    f"{step_at('nodeEval')}.cacheKey.deps[4].stateId",
    f"{step_at('materialize')}.materialization.fieldExprId",
)


@pytest.mark.parametrize("path", IDS_OF_TWO_KINDS)
def test_w3_an_id_that_may_be_text_or_integer_may_be_a_float_too(path: str) -> None:
    """ir-schema 1.3: every integer may arrive as a float with an integral value."""
    document = changed(FULL, {path: 3})

    assert loads(as_msgpack(changed(FULL, {path: 3.0}))) == loads(as_msgpack(document))


@both_encodings
def test_w3_the_largest_index_is_the_largest_exact_integer(
    write: Callable[[Document], bytes],
) -> None:
    at = "$.outputs[0].slot"

    assert loads(write(changed(SMALL, {at: 2**53 - 1}))).outputs[0].slot == 2**53 - 1
    assert refusal(write(changed(SMALL, {at: 2**53}))).where.path == at


# ---- Map keys: W2 ----


def test_w2_integer_keys_are_the_same_as_decimal_text() -> None:
    keyed: dict[str, Any] = {
        "$.schedule.initialSlotValues": {8: 1.5, 21: 2},
        "$.schedule.deps.slotConsumers": {8: ["a"]},
        "$.schedule.deps.busProvidesSlot": {0: 8},
        "$.schedule.stepIdToIndex": {1: 0},
    }
    texts = {path: {str(k): v for k, v in members.items()} for path, members in keyed.items()}

    program = loads(as_msgpack(changed(SMALL, keyed)))

    assert program == loads(as_json(changed(SMALL, texts)))
    assert list(program.initial_slot_values) == [8, 21]


COLLISIONS: Final[dict[str, tuple[str, dict[object, Any], object]]] = {
    "slots": ("$.schedule.initialSlotValues", {8: 1, "8": 2}, 8),
    "slots-zero-in-front": ("$.schedule.initialSlotValues", {"8": 1, "08": 2}, 8),
    "producers": ("$.schedule.deps.slotProducerStep", {3: "a", "3": "b"}, 3),
    "step-ids": ("$.schedule.stepIdToIndex", {8: 0, "8": 1}, "8"),
}


@pytest.mark.parametrize(("path", "members", "key"), COLLISIONS.values(), ids=COLLISIONS)
def test_w2_keys_that_become_equal_are_an_error(
    path: str, members: dict[object, Any], key: object
) -> None:
    error = refusal(as_msgpack(changed(SMALL, {path: members})))

    assert (error.code, error.where.path) == ("IR114", path)
    assert error.facts == {"key": key}


def test_w2_keys_that_become_equal_in_free_data_are_not_lost_in_silence() -> None:
    error = refusal(as_msgpack(changed(SMALL, {"$.constants.json": [{8: 1, "8": 2}]})))

    assert (error.code, error.where.path) == ("IR114", "$.constants.json[0]")


@both_encodings
@pytest.mark.parametrize("key", ["abc", "", "1.5", "-", "+3", "0x10", "１", "9" * 30])  # noqa: RUF001
def test_w2_other_keys_of_an_integer_keyed_map_are_refused(
    key: str, write: Callable[[Document], bytes]
) -> None:
    at = "$.schedule.initialSlotValues"

    error = refusal(write(changed(SMALL, {at: {"3": 0, key: 1}})))

    assert error.code == "IR111"
    assert str(error.where.path).startswith(at)


def test_w2_a_refused_key_is_named() -> None:
    at = "$.schedule.initialSlotValues"

    error = refusal(as_json(changed(SMALL, {at: {"3": 0, "abc": 1}})))

    assert error.where.path == f"{at}.abc"


@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("$.schedule.initialSlotValues", 0),
        ("$.schedule.deps.slotProducerStep", "s-sig"),
        ("$.schedule.deps.slotConsumers", []),
    ],
)
def test_w3_a_slot_that_is_a_key_is_not_negative(path: str, member: object) -> None:
    error = refusal(as_json(changed(SMALL, {path: {"-1": member}})))

    assert error.code == "IR111"
    assert str(error.where.path).startswith(path)


def test_duplicate_keys_are_reported_and_the_last_one_counts() -> None:
    data = as_json(SMALL).replace(b'"seed": 0', b'"seed": 1, "seed": 2, "seed": 3')

    program = loads(data)

    assert program.document.seed == 3
    assert the_remark(program).code == "IR152"
    assert the_remark(program).facts["key"] == "seed"


def test_duplicate_keys_of_messagepack_are_reported_too() -> None:
    twice = b"\x82" + as_msgpack_value("a") + b"\x01" + as_msgpack_value("a") + b"\x02"

    program = loads(spliced(changed(SMALL, {"$.constants.json": [HERE]}), twice))

    assert program.constants.json == ({"a": 2},)
    assert the_remark(program).code == "IR152"


# ---- Unknown fields ----

UNKNOWN: Final = (
    "$.extra",
    '$["two words"]',
    '$["3"]',
    "$.timeModel.extra",
    "$.types.typeIds[0].extra",
    "$.signalTable.nodes[11].extra",
    "$.signalTable.nodes[6].fn.extra",
    "$.fields.extra",
    "$.constants.extra",
    "$.schedule.extra",
    f"{step_at('busEval')}.publishers[1].extra",
    f"{step_at('renderAssemble')}.pathBatches[0].dash.extra",
    '$.schedule.caching.stepCache["s-busEval"].extra',
    "$.schedule.caching.materializationCache.mat.deps[0].extra",
    '$.meta.sourceMap.portToEditorSlot["node-add:0"].extra',
    "$.meta.warnings[0].where.extra",
)


@both_encodings
@pytest.mark.parametrize("path", UNKNOWN)
def test_unknown_fields_are_reported_kept_and_written_back(
    path: str, write: Callable[[Document], bytes]
) -> None:
    value = {"kind": "x", "list": [7, {"a": None}], "empty": {}}
    program = loads(write(changed(FULL, {path: value})))

    assert remarks(program) == [("IR150", path)]
    assert path.endswith((f".{the_remark(program).facts['name']}", '"]'))
    assert value_at(json.loads(encode(program, "json")), path) == value
    assert value_at(msgpack.unpackb(encode(program, "msgpack")), path) == value
    assert program != loads(write(FULL))


@pytest.mark.parametrize("value", [None, 7, "text", [], {}], ids=repr)
def test_an_unknown_field_may_hold_anything(value: object) -> None:
    program = loads(as_json(SMALL | {"extra": value}))

    assert program.unknown == {"$.extra": value}
    assert json.loads(encode(program, "json"))["extra"] == value


@pytest.mark.parametrize("name", ['quote " in it', "back\\slash", '\\"', "a].b[", "", "é", "..."])
def test_unknown_fields_may_have_any_name(name: str) -> None:
    document = SMALL | {name: 1, "timeModel": SMALL["timeModel"] | {name: 2}}

    program = loads(as_json(document))

    written = json.loads(encode(program, "json"))
    assert (written[name], written["timeModel"][name]) == (1, 2)
    assert [note.facts["name"] for note in program.notes] == [name, name]


# ---- Numbers ----

TOKENS: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf, "-0.0": -0.0}


def same_double(left: float, right: float) -> bool:
    """True for the same number, the same NaN, the same zero."""
    return repr(float(left)) == repr(float(right))


@pytest.mark.parametrize(("token", "value"), TOKENS.items())
def test_tokens_that_json_does_not_have_are_read(token: str, value: float) -> None:
    places = {"$.seed": HERE, "$.constants.f64": [HERE], "$.constants.json": [[HERE]]}
    data = as_json(changed(SMALL, places)).replace(f'"{HERE}"'.encode(), token.encode())

    program = loads(data)

    assert same_double(program.document.seed, value)
    assert same_double(program.constants.f64[0], value)
    assert same_double(program.constants.json[0][0], value)
    assert program.notes == ()


@both_encodings
@pytest.mark.parametrize(
    ("text", "value"),
    [("NaN", math.nan), ("Infinity", math.inf), ("-Infinity", -math.inf), ("-0", -0.0)],
)
def test_texts_for_numbers_are_read_where_a_number_belongs(
    text: str, value: float, write: Callable[[Document], bytes]
) -> None:
    """In free data the same text stays a text."""
    places = {"$.seed": text, "$.constants.f64": [1, text], "$.constants.json": [text]}

    program = loads(write(changed(SMALL, places)))

    assert same_double(program.document.seed, value)
    assert same_double(program.constants.f64[1], value)
    assert program.constants.json == (text,)
    assert {note.code for note in program.notes} == {"IR157"}
    assert sum(note.facts["count"] for note in program.notes) == 2


@both_encodings
@pytest.mark.parametrize("pool", ["f64", "f32"])
def test_w6_null_in_a_pool_of_floats_is_nan_with_one_warning(
    pool: str, write: Callable[[Document], bytes]
) -> None:
    path = f"$.constants.{pool}"

    program = loads(write(changed(SMALL, {path: [1, None, 2, None]})))

    pooled = value_at({"constants": {pool: getattr(program.constants, pool)}}, path).tolist()
    assert [math.isnan(number) for number in pooled] == [False, True, False, True]
    assert remarks(program) == [("IR151", f"{path}[1]")]
    assert the_remark(program).facts["count"] == 2


TOO_LARGE: Final = {"1e400": math.inf, "-1e400": -math.inf, "1" + "0" * 350: math.inf}


@pytest.mark.parametrize("place", ["$.seed", "$.constants.f64", "$.constants.json"])
@pytest.mark.parametrize(("token", "value"), TOO_LARGE.items(), ids=["1e400", "-1e400", "digits"])
def test_numbers_beyond_the_double_range_are_infinite_with_a_warning(
    token: str, value: float, place: str
) -> None:
    """ir-schema 19.2; the digits of an integer are only another spelling."""
    written = HERE if place == "$.seed" else [HERE]
    data = as_json(changed(SMALL, {place: written})).replace(f'"{HERE}"'.encode(), token.encode())

    program = loads(data)

    constants = program.constants
    found = {
        "$.seed": [program.document.seed],
        "$.constants.f64": constants.f64.tolist(),
        "$.constants.json": list(constants.json),
    }
    assert found[place] == [value]
    assert [note.code for note in program.notes] == ["IR153"]


@pytest.mark.parametrize("token", ["1e400", "1" + "0" * 350])
def test_numbers_beyond_the_double_range_are_no_index(token: str) -> None:
    data = as_json(changed(SMALL, {"$.outputs[0].slot": HERE}))

    error = refusal(data.replace(f'"{HERE}"'.encode(), token.encode()))

    assert (error.code, error.where.path) == ("IR111", "$.outputs[0].slot")


def test_minus_zero_of_an_integer_is_zero() -> None:
    """ir-schema 19.2: `-0.0` keeps its sign, `-0` does not."""
    data = as_json(changed(SMALL, {"$.constants.f64": [7], "$.seed": 7})).replace(b"7", b"-0")

    program = loads(data)

    assert same_double(program.constants.f64[0], 0.0)
    assert same_double(program.document.seed, 0.0)


def test_half_a_surrogate_pair_is_refused_or_can_be_written_back() -> None:
    """JSON can spell text that no UTF-8 can: either loading or writing has to know."""
    data = as_json(SMALL).replace(b'"patchId": "small"', rb'"patchId": "\ud83d"')

    try:
        program = loads(data)
    except IrrunError:
        return
    assert loads(encode(program, "json")) == program
    assert loads(encode(program, "msgpack")) == program


# ---- Typed arrays: W4, W9 ----

F64: Final = bytes.fromhex("00 00 00 00 00 00 f8 3f 00 00 00 00 00 00 00 c0")
F32: Final = bytes.fromhex("00 00 c0 3f 00 00 00 c0")
I32: Final = bytes.fromhex("01 00 00 00 fe ff ff ff")


class Array(NamedTuple):
    """A spelling of a typed array: its pool, its elements, and the value in a document."""

    pool: str
    elements: list[float]
    value: Any


ARRAYS: Final = {
    "W4-list": Array("f64", [1.5, -2], [1.5, -2]),
    "W4-list-f32": Array("f32", [1.5, -2], [1.5, -2]),
    "W4-list-i32": Array("i32", [1, -2], [1, -2]),
    "W4-list-of-integral-floats": Array("i32", [1, -2], [1.0, -2.0]),
    "W4-empty-list": Array("f64", [], []),
    "W4-object": Array("f64", [1.5, -2], {"0": 1.5, "1": -2}),
    "W4-object-any-order": Array("f32", [1.5, -2, 3], {"2": 3, "0": 1.5, "1": -2}),
    "W4-object-i32": Array("i32", [1, -2], {"0": 1, "1": -2}),
    "W4-empty-object": Array("i32", [], {}),
    "W4-buffer": Array("f64", [1.5, -2], {"type": "Buffer", "data": [*F64]}),
    "W4-buffer-f32": Array("f32", [1.5, -2], {"type": "Buffer", "data": [*F32]}),
    "W4-buffer-i32": Array("i32", [1, -2], {"type": "Buffer", "data": [*I32]}),
    "W4-empty-buffer": Array("f64", [], {"type": "Buffer", "data": []}),
}


@both_encodings
@pytest.mark.parametrize("row", ARRAYS.values(), ids=ARRAYS)
def test_typed_arrays_of_either_encoding(row: Array, write: Callable[[Document], bytes]) -> None:
    program = loads(write(changed(SMALL, {f"$.constants.{row.pool}": row.value})))

    assert getattr(program.constants, row.pool) == TypedArray(row.pool, row.elements)
    assert program.notes == ()


class Raw(NamedTuple):
    """A spelling of a typed array in MessagePack bytes, as ir-schema 19.3 and 19.4 print them."""

    pool: str
    elements: list[float]
    code: str
    converted: bool = False


RAW_ARRAYS: Final = {
    "W4-bin-f64": Raw("f64", [1.5, -2], "c4 10 00 00 00 00 00 00 f8 3f 00 00 00 00 00 00 00 c0"),
    "W4-bin-f32": Raw("f32", [1.5, -2], "c4 08 00 00 c0 3f 00 00 00 c0"),
    "W4-bin-i32": Raw("i32", [1, -2], "c4 08 01 00 00 00 fe ff ff ff"),
    "W4-bin-empty": Raw("f64", [], "c4 00"),
    "W4-bin16": Raw("i32", [1], "c5 00 04 01 00 00 00"),
    "W4-bin32": Raw("i32", [1], "c6 00 00 00 04 01 00 00 00"),
    "W4-map-of-integers": Raw("i32", [5, 6], "82 01 06 00 05"),
    "W7-ext-f64": Raw(
        "f64", [1.5, -2], "c7 11 74 08 00 00 00 00 00 00 f8 3f 00 00 00 00 00 00 00 c0"
    ),
    "W7-ext-f32": Raw("f32", [1.5, -2], "c7 09 74 07 00 00 c0 3f 00 00 00 c0"),
    "W7-ext-i32": Raw("i32", [1, -2], "c7 09 74 05 01 00 00 00 fe ff ff ff"),
    "W7-ext-empty": Raw("f64", [], "c7 01 74 08"),
    "W7-ext-16-bit-length": Raw("i32", [1], "c8 00 05 74 05 01 00 00 00"),
    "W7-ext-32-bit-length": Raw("i32", [1], "c9 00 00 00 05 74 05 01 00 00 00"),
    "W4-ext-i8-converted": Raw("i32", [1, -1], "c7 03 74 00 01 ff", True),
    "W4-ext-u8-converted": Raw("f64", [1, 255], "c7 03 74 01 01 ff", True),
    "W4-ext-u8-clamped-converted": Raw("f32", [1, 255], "c7 03 74 02 01 ff", True),
    "W4-ext-i16-converted": Raw("i32", [-2], "c7 03 74 03 fe ff", True),
    "W4-ext-u16-converted": Raw("i32", [65534], "c7 03 74 04 fe ff", True),
    "W4-ext-i32-converted": Raw("f64", [1, -2], "c7 09 74 05 01 00 00 00 fe ff ff ff", True),
    "W4-ext-u32-converted": Raw("f64", [1, 2**32 - 1], "c7 09 74 06 01 00 00 00 ff ff ff ff", True),
    "W4-ext-f32-converted": Raw("f64", [1.5, -2], "c7 09 74 07 00 00 c0 3f 00 00 00 c0", True),
    "W4-ext-f64-converted": Raw(
        "i32", [1, -2], "c7 11 74 08 00 00 00 00 00 00 f0 3f 00 00 00 00 00 00 00 c0", True
    ),
    "W4-ext-i64-converted": Raw("i32", [-2], "c7 09 74 09 fe ff ff ff ff ff ff ff", True),
    "W4-ext-u64-converted": Raw("f64", [2.0**64], "c7 09 74 0a ff ff ff ff ff ff ff ff", True),
}


@pytest.mark.parametrize("row", RAW_ARRAYS.values(), ids=RAW_ARRAYS)
def test_typed_arrays_of_messagepack(row: Raw) -> None:
    """A typed-array extension of another element type is converted, with a warning."""
    path = f"$.constants.{row.pool}"

    program = loads(spliced(changed(SMALL, {path: HERE}), bytes.fromhex(row.code)))

    assert getattr(program.constants, row.pool) == TypedArray(row.pool, row.elements)
    assert remarks(program) == ([("IR154", path)] if row.converted else [])


def test_w4_typed_array_extensions_are_accepted_in_free_data() -> None:
    """ir-schema 19.4: the payload carries its type."""
    raw = bytes.fromhex("c7 09 74 06 01 00 00 00 ff ff ff ff")

    constant = loads(spliced(changed(SMALL, {"$.constants.json": [HERE]}), raw))
    slot = loads(spliced(changed(SMALL, {"$.schedule.initialSlotValues": {"3": HERE}}), raw))

    assert constant.constants.json == (TypedArray("u32", [1, 2**32 - 1]),)
    assert slot.initial_slot_values == {3: TypedArray("u32", [1, 2**32 - 1])}


@pytest.mark.parametrize(
    "place",
    [
        "$.timeModel",
        "$.stateLayout",
        "$.meta.sourceMap",
        "$.schedule.stepIdToIndex",
        "$.schedule.initialSlotValues",
        "$.outputs",
        "$.patchId",
        "$.seed",
    ],
)
def test_a_typed_array_where_something_else_belongs_is_an_error_there(place: str) -> None:
    raw = bytes.fromhex("c7 09 74 05 01 00 00 00 fe ff ff ff")

    error = refusal(spliced(changed(SMALL, {place: HERE}), raw))

    assert error.code in ("IR110", "IR111")
    assert error.where.path == place


def test_raw_bytes_in_free_data_are_kept() -> None:
    """ir-schema 19.3: a bin outside the typed pools has no known type."""
    program = loads(as_msgpack(changed(SMALL, {"$.constants.json": [b"\x01\xfe"]})))

    assert program.constants.json == (b"\x01\xfe",)


@pytest.mark.parametrize(
    ("value", "single"),
    [(0.1, 0.10000000149011612), (1e300, math.inf), (1e-60, 0.0), (16777217, 16777216.0)],
)
@both_encodings
def test_w9_f32_elements_are_rounded_to_single(
    value: float, single: float, write: Callable[[Document], bytes]
) -> None:
    program = loads(write(changed(SMALL, {"$.constants.f32": [value]})))

    assert program.constants.f32.tolist() == [single]


def test_w9_the_range_of_i32_is_allowed_to_its_ends() -> None:
    ends = [-(2**31), 2**31 - 1]

    assert loads(as_json(changed(SMALL, {"$.constants.i32": ends}))).constants.i32.tolist() == ends


class Unreadable(NamedTuple):
    """A typed array that cannot be read."""

    pool: str
    value: Any


UNREADABLE: Final = {
    "W9-i32-too-large": Unreadable("i32", [0, 2**31]),
    "W9-i32-too-small": Unreadable("i32", [-(2**31) - 1]),
    "W9-i32-fraction": Unreadable("i32", [1.5]),
    "W9-i32-nan": Unreadable("i32", [math.nan]),
    "W9-i32-infinite": Unreadable("i32", [math.inf]),
    "W9-i32-text-nan": Unreadable("i32", ["NaN"]),
    "W6-i32-null": Unreadable("i32", [1, None]),
    "W4-gap-in-keys": Unreadable("f64", {"0": 1, "2": 3}),
    "W4-keys-from-1": Unreadable("f64", {"1": 1, "2": 3}),
    "W4-key-is-a-word": Unreadable("f64", {"0": 1, "length": 1}),
    "W4-key-with-zero-in-front": Unreadable("f64", {"0": 1, "01": 2}),
    "W4-key-with-space": Unreadable("f64", {"0": 1, " 1": 2}),
    "W4-key-with-underscore": Unreadable("f64", {str(i): i for i in range(10)} | {"1_0": 10}),
    "W4-key-negative": Unreadable("f64", {"0": 1, "-1": 2}),
    "W4-text": Unreadable("f64", "1, 2"),
    "W4-number": Unreadable("f64", 5),
    "W4-true": Unreadable("f64", True),
    "W4-true-in-list": Unreadable("f64", [True]),
    "W4-word-in-list": Unreadable("f32", [1, "one"]),
    "W4-list-in-list": Unreadable("f64", [[1]]),
    "W4-buffer-cut": Unreadable("f64", {"type": "Buffer", "data": [0] * 15}),
    "W4-buffer-of-large-bytes": Unreadable("f32", {"type": "Buffer", "data": [256] * 4}),
    "W4-buffer-of-texts": Unreadable("f32", {"type": "Buffer", "data": ["1"] * 4}),
}


@both_encodings
@pytest.mark.parametrize("row", UNREADABLE.values(), ids=UNREADABLE)
def test_unreadable_typed_arrays_are_named(
    row: Unreadable, write: Callable[[Document], bytes]
) -> None:
    path = f"$.constants.{row.pool}"

    error = refusal(write(changed(SMALL, {path: row.value})))

    assert (error.code, error.where.path) == ("IR113", path)


UNREADABLE_RAW: Final = {
    "bin-f64-cut": ("f64", "c4 07 00 00 00 00 00 00 f8"),
    "bin-f32-cut": ("f32", "c4 02 00 00"),
    "ext-f64-not-integral-in-i32": ("i32", "c7 09 74 08 00 00 00 00 00 00 f8 3f"),
    "ext-u32-too-large-for-i32": ("i32", "c7 05 74 06 ff ff ff ff"),
}


@pytest.mark.parametrize(("pool", "code"), UNREADABLE_RAW.values(), ids=UNREADABLE_RAW)
def test_unreadable_raw_typed_arrays_are_named(pool: str, code: str) -> None:
    path = f"$.constants.{pool}"

    error = refusal(spliced(changed(SMALL, {path: HERE}), bytes.fromhex(code)))

    assert (error.code, error.where.path) == ("IR113", path)


@pytest.mark.parametrize(
    "code",
    ["c7 01 74 0b", "c7 00 74", "c7 08 74 08 00 00 00 00 00 00 f8", "c7 02 74 07 00"],
    ids=["unknown-element", "no-element", "f64-cut", "f32-cut"],
)
@pytest.mark.parametrize("end", [b"", b"\0"], ids=["whole", "with-an-extra-byte"])
def test_broken_typed_array_extensions_are_found_at_their_byte(code: str, end: bytes) -> None:
    data = spliced(changed(SMALL, {"$.constants.json": [HERE]}), bytes.fromhex(code)) + end

    error = refusal(data)

    assert error.code == "IR113"
    assert error.where.byte in (None, data.index(bytes.fromhex(code)))


# ---- Extensions: W7 ----

EXTENSIONS: Final = {
    "W7-record": ("IR106", "d4 72 40 91 a1 61 01", None),
    "W7-set": ("IR107", "d4 73 00 91 01", 0x73),
    "W7-bundled-strings": ("IR107", "d6 62 00 00 00 00", 0x62),
    "W7-object-identity": ("IR107", "d6 69 00 00 00 01", 0x69),
    "W7-object-reference": ("IR107", "d6 70 00 00 00 01", 0x70),
    "W7-regular-expression": ("IR107", "c7 02 78 a1 61", 0x78),
    "W7-unknown": ("IR107", "c7 03 2a 01 02 03", 0x2A),
    "W7-unknown-negative": ("IR107", "d4 fe 00", -2),
}


@pytest.mark.parametrize("place", ["$.patchId", "$.constants.json", "$.extra"])
@pytest.mark.parametrize(("code", "raw", "kind"), EXTENSIONS.values(), ids=EXTENSIONS)
def test_extensions_are_refused_at_their_byte(
    place: str, code: str, raw: str, kind: int | None
) -> None:
    data = spliced(changed(SMALL, {place: HERE}), bytes.fromhex(raw))

    error = refusal(data)

    assert (error.code, error.where.byte) == (code, data.index(bytes.fromhex(raw)))
    assert error.facts.get("type") == kind


@pytest.mark.parametrize(
    "raw",
    ["d6 ff 00 00 00 00", "d7 ff 00 00 00 00 00 00 00 00", "c7 0c ff" + " 00" * 12],
    ids=["seconds", "nanoseconds", "long"],
)
@pytest.mark.parametrize("place", ["$.constants.json", "$.extra", "$.schedule.initialSlotValues"])
def test_w7_dates_are_refused(place: str, raw: str) -> None:
    value = [HERE] if place == "$.constants.json" else {"3": HERE}

    error = refusal(spliced(changed(SMALL, {place: value}), bytes.fromhex(raw)))

    assert error.code == "IR107"
    assert error.where.path == (f"{place}[0]" if isinstance(value, list) else f'{place}["3"]')
    assert error.facts == {"type": -1, "name": "timestamp"}


# ---- Limits ----


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":' + b"[" * 100_000,
        b'{"a":' + b"[" * 300 + b"]" * 300 + b"}",
        b'{"a":' * 100_000,
        b"\x81\xa1a" + b"\x91" * 300 + b"\xc0",
        b"\x81\xa1a" + b"\x91" * 100_000 + b"\xc0",
        b"\x81\xa1a" * 100_000,
    ],
    ids=[
        "json-lists",
        "json-lists-closed",
        "json-objects",
        "msgpack-lists",
        "msgpack-many-lists",
        "msgpack-maps",
    ],
)
def test_deep_nesting_is_refused(data: bytes) -> None:
    assert refusal(data).code == "IR105"


@both_encodings
def test_nesting_that_is_allowed_can_be_written_again(
    write: Callable[[Document], bytes],
) -> None:
    value: Any = 1
    for _ in range((DEPTH.value - 3) // 2):
        value = [{"a": value}]

    program = loads(write(changed(SMALL, {"$.constants.json": [value]})))

    for data in (
        encode(program, "json"),
        encode(program, "json", pretty=True),
        encode(program, "msgpack"),
    ):
        assert loads(data) == program


@pytest.mark.parametrize("digits", [4_001, 5_000, 100_000])
def test_long_integers_are_refused(digits: int) -> None:
    """Python would take a time that grows with the square of the length."""
    data = as_json(changed(SMALL, {"$.seed": HERE}))

    error = refusal(data.replace(f'"{HERE}"'.encode(), b"9" * digits))

    assert error.code == "IR105"
    assert error.facts["got"] == f"{digits} digits"


@pytest.mark.parametrize(
    ("code", "raw", "is_at_start"),
    [
        ("IR105", "dd ff ff ff ff", True),
        ("IR105", "df ff ff ff ff", True),
        ("IR103", "dc ff ff", True),
        ("IR103", "de ff ff", True),
        ("IR103", "c6 ff ff ff ff", False),
        ("IR103", "db ff ff ff ff", False),
        ("IR103", "c9 ff ff ff ff 74", False),
    ],
    ids=["array32", "map32", "array16", "map16", "bin32", "str32", "ext32"],
)
def test_claimed_lengths_cost_nothing(code: str, raw: str, is_at_start: bool) -> None:
    """What claims four billion members is refused before anything is allocated for them."""
    data = spliced(changed(SMALL, {"$.last": HERE}), bytes.fromhex(raw))
    assert data.endswith(bytes.fromhex(raw))

    error = refusal(data)

    start = len(data) - len(bytes.fromhex(raw))
    assert (error.code, error.where.byte) == (code, start if is_at_start else len(data))


def test_a_claimed_length_at_the_top_is_refused_too() -> None:
    error = refusal(b"\xdf\xff\xff\xff\xff")

    assert (error.code, error.where.byte) == ("IR105", 0)
    assert error.facts["got"] == f"{2**32 - 1} values"


@both_encodings
@pytest.mark.parametrize(
    "tables",
    [
        {"valueExprs": {"nodes": []}},
        {"signalExprs": {"nodes": []}, "fieldExprs": {"nodes": []}},
        {"signalExprs": {"nodes": [1]}, "fieldExprs": {"nodes": []}, "schedule": 7, "types": []},
    ],
    ids=["values", "signals-and-fields", "and-all-else-wrong"],
)
def test_another_generation_is_one_error(
    tables: Document, write: Callable[[Document], bytes]
) -> None:
    """Told by its tables; what else is not as in this generation is not listed."""
    document = {k: v for k, v in SMALL.items() if k not in ("signalTable", "fields")} | tables

    (problem,) = examine(write(document)).problems

    assert problem.code == "IR121"
    assert all(f"`{name}`" in str(problem) for name in tables if name.endswith("Exprs"))


def test_a_table_of_another_generation_in_a_whole_program_is_an_unknown_field() -> None:
    """The tables of this generation are there: nothing is refused."""
    (note,) = loads(as_json(SMALL | {"signalExprs": {"nodes": []}})).notes

    assert note.code == "IR150"


def _values_of(value: Any) -> int:
    """Count values and keys."""
    if isinstance(value, dict):
        return 1 + sum(1 + _values_of(member) for member in value.values())
    return 1 + sum(map(_values_of, value)) if isinstance(value, list) else 1


MANY_KINDS: Final[dict[str, Any]] = {
    "$.constants.json": [[], {}, [[]], [0.5] * 9, ['a "quoted, [text]', "\\\\", "\\"], None],
    "$.extra": {"text": "x" * 40, "list": list(range(20)), "k": -1.5e300, "ä": [2**40, True]},
}


@both_encodings
def test_the_values_of_a_document_are_counted_alike(
    write: Callable[[Document], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What all lists and objects hold together is limited, keys included, in both encodings."""
    document = changed(SMALL, MANY_KINDS)
    data = write(document)

    monkeypatch.setitem(GIVEN, VALUES.variable, str(_values_of(document)))
    assert loads(data)
    monkeypatch.setitem(GIVEN, VALUES.variable, str(_values_of(document) - 1))
    error = refusal(data)

    assert error.code == "IR105"
    assert "IRRUN_MAX_VALUES" in str(error.hint_text)


def test_more_values_than_allowed_are_refused_before_they_are_made() -> None:
    """A small file of gzip holds millions of lists: none of them is made."""
    bombs = (
        b'{"a":[' + b"[]," * VALUES.value + b"0]}",
        b"\x81\xa1a\xdd" + VALUES.value.to_bytes(4, "big") + b"\x90" * VALUES.value,
        b"\x81\xa1a\x92\x92\x92\x92" + (b"\xdc\xff\xff" + b"\xc0" * 0xFFFF) * 40,
    )
    for bomb in bombs:
        tracemalloc.start()
        try:
            error = refusal(as_gzip(bomb))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert error.code == "IR105"
        assert peak < 5 * len(bomb) + 40_000_000


LARGE: Final = as_json(SMALL) + b" " * 1000


def test_a_large_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GIVEN, FILE_BYTES.variable, str(len(LARGE) - 1))
    path = tmp_path / "large.json"
    path.write_bytes(LARGE)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))

    with pytest.raises(Malformed) as caught:
        load(path)

    assert (caught.value.code, caught.value.where.file) == ("IR105", str(path))


def test_a_large_stream_is_read_no_further_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GIVEN, FILE_BYTES.variable, "100")
    stream = io.BytesIO(LARGE)

    with pytest.raises(Malformed) as caught:
        load(stream)

    assert caught.value.code == "IR105"
    assert stream.tell() <= 101


def test_a_large_content_of_gzip_is_refused_without_unpacking_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(GIVEN, FILE_BYTES.variable, "50000")
    bomb = as_gzip(as_json(SMALL) + b" " * 20_000_000)
    assert len(bomb) < 50_000

    tracemalloc.start()
    try:
        error = refusal(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert error.code == "IR105"
    assert peak < 2_000_000


@pytest.mark.parametrize("wrap", [bytes, as_gzip], ids=["plain", "gzip"])
def test_the_limit_itself_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrap: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setitem(GIVEN, FILE_BYTES.variable, str(len(LARGE)))
    path = tmp_path / "program"
    path.write_bytes(wrap(LARGE))

    with path.open("rb") as stream:
        assert load(stream) == load(path) == loads(as_json(SMALL))


# ---- What the document says twice ----


@both_encodings
def test_an_absent_step_index_is_rebuilt(write: Callable[[Document], bytes]) -> None:
    """ir-schema 14.1."""
    for document in (
        without(SMALL, "$.schedule.stepIdToIndex"),
        changed(SMALL, {"$.schedule.stepIdToIndex": None}),
    ):
        program = loads(write(document))

        assert program.schedule.step_id_to_index == {"s-time": 0, "s-sig": 1}
        assert program.notes == ()


@pytest.mark.parametrize(
    ("index", "facts"),
    [
        (
            {"s-time": 0, "s-sig": 0},
            [{"step_id": "s-sig", "claimed": 0, "actual": 1}],
        ),
        (
            {"s-time": 0},
            [{"step_id": "s-sig", "claimed": "nothing", "actual": 1}],
        ),
        (
            {"s-time": 0, "s-sig": 1, "ghost": 2},
            [{"step_id": "ghost", "claimed": 2, "actual": "nothing"}],
        ),
    ],
    ids=["wrong", "incomplete", "too-much"],
)
def test_a_different_step_index_is_reported(
    index: dict[str, int], facts: list[dict[str, object]]
) -> None:
    program = loads(as_json(changed(SMALL, {"$.schedule.stepIdToIndex": index})))

    assert [note.code for note in program.notes] == ["IR264"]
    assert [
        {k: note.facts[k] for k in row} for note, row in zip(program.notes, facts, strict=True)
    ] == facts


def test_time_models_that_differ_are_reported_at_the_step() -> None:
    document = changed(SMALL, {"$.schedule.steps[0].timeModel.windowMs": 1})

    assert remarks(loads(as_json(document))) == [("IR263", "$.schedule.steps[0].timeModel")]


# ---- The programs of the format reference ----


@both_encodings
@pytest.mark.parametrize("heading", ["20.1", "20.2"])
def test_the_examples_of_the_format_reference_load_without_a_remark(
    heading: str, write: Callable[[Document], bytes]
) -> None:
    program = loads(write(example(heading)))

    assert program.notes == ()
    assert len(program.steps) == {"20.1": 3, "20.2": 10}[heading]


@both_encodings
def test_a_document_with_every_kind_loads_without_a_remark(
    write: Callable[[Document], bytes],
) -> None:
    assert loads(write(FULL)).notes == ()
