"""Load programs from bytes, files and streams (ir-schema 19.5, W1)."""

import gzip
import io
import re
import zlib
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from msgspec import structs

from irrun.errors import IrrunError, Malformed
from irrun.errors.loading import (
    BadGzip,
    CannotRead,
    DoesNotFit,
    ForeignContainer,
    IncompleteChain,
    NotAProgram,
    OldForm,
    OtherGeneration,
    RecordExtension,
    UnsupportedVersion,
)
from irrun.errors.program import StepIndexDiffers, TimeModelsDiffer
from irrun.limits import FILE_BYTES
from irrun.program.document import ProgramIR
from irrun.program.program import Program
from irrun.program.reading.collector import paused_collector
from irrun.program.reading.conform import conform
from irrun.program.reading.findings import Findings
from irrun.program.reading.json_text import parse_json
from irrun.program.reading.legacy import settle_old_forms
from irrun.program.reading.msgpack_bytes import parse_msgpack
from irrun.program.reading.own_stack import on_own_stack
from irrun.steps.kinds.time_derive import TimeDerive

Source = str | PathLike[str] | bytes | BinaryIO
"""A path, the bytes themselves, or an open binary file."""

_GZIP_MAGIC: Final = b"\x1f\x8b"


def load(source: Source, *, name: str | None = None) -> Program:
    """Load a program; the encoding is told from the content, not from the file's name.

    Args:
        source: A path, bytes, or an open binary file. JSON, MessagePack, or gzip of either.
        name: What to call the source in messages; by default the path.

    Raises:
        Malformed: IR1xx, the bytes are not a program; `where` names file, byte or JSON path.
    """
    called = name
    try:
        data, path = _read(source)
        called = name if name is not None else path
        return loads(data, name=called)
    except IrrunError as error:
        raise error.at(file=called) from None
    except MemoryError as error:
        raise _does_not_fit(error).at(file=called) from None


def loads(data: bytes, *, name: str | None = None) -> Program:
    """Load a program from bytes; see `load`."""

    def loaded() -> Program:
        findings = Findings()
        return _program(_plain(data, findings), findings, name)

    with paused_collector():
        try:
            return on_own_stack(loaded)
        except MemoryError as error:
            raise _does_not_fit(error) from None


def _does_not_fit(error: MemoryError) -> DoesNotFit:
    return DoesNotFit(detail=str(error).rstrip(".") or "no more could be had")


class Examined(NamedTuple):
    """What became of a source: a program, or all that keeps it from being one."""

    program: Program | None
    problems: tuple[IrrunError, ...]


def examine(source: Source, *, name: str | None = None) -> Examined:
    """Load a program as `load` does, but collect what is wrong with its document.

    Nothing is raised. Where the bytes are no document at all there is one problem; where the
    document is not as the schema says there may be many.
    """
    called = name
    try:
        data, path = _read(source)
        called = name if name is not None else path
        with paused_collector():
            return on_own_stack(lambda: _examined(data, called))
    except IrrunError as error:
        return Examined(None, (error.at(file=called),))
    except MemoryError as error:
        return Examined(None, (_does_not_fit(error).at(file=called),))


def _examined(data: bytes, called: str | None) -> Examined:
    findings, problems = Findings(), list[Malformed]()
    try:
        plain = _plain(data, findings)
        return Examined(_program(plain, findings, called, problems), ())
    except IrrunError as error:
        all_found = (*(problems if problems else (error,)), *findings.all())
        return Examined(None, tuple(found.at(file=called) for found in all_found))


def _plain(data: bytes, findings: Findings) -> Any:
    """Return the plain objects of a program's bytes."""
    plain = _parse(_gunzip(data), findings)
    _check_container(plain)
    return plain


def _program(
    plain: Any,
    findings: Findings,
    name: str | None,
    problems: list[Malformed] | None = None,
) -> Program:
    document, unknown = conform(plain, findings, problems)
    document = settle_old_forms(_with_step_index(document))
    _check_copies(document, findings)
    _note_tolerated(document, findings)
    return Program(document, unknown=unknown, notes=findings.all(), name=name)


def _read(source: Source) -> tuple[bytes, str | None]:
    if isinstance(source, bytes):
        return source, None
    if isinstance(source, str | PathLike):
        path = Path(source)
        try:
            with path.open("rb") as file:
                return _read_stream(file, str(path), _SIZE), str(path)
        except OSError as error:
            reason = error.strerror or str(error)
            raise CannotRead(name=str(path), reason=reason) from None
    return _read_stream(source, None, _SIZE), None


def _read_stream(source: BinaryIO | gzip.GzipFile, name: str | None, what: str) -> bytes:
    """Read to the end, in as many pieces as it takes, but never past the size limit."""
    parts: list[bytes] = []
    size, most = 0, FILE_BYTES.value
    while piece := source.read(min(_PIECE, most + 1 - size)):
        parts.append(piece)
        size += len(piece)
        if size > most:
            raise FILE_BYTES.exceeded(what, f"over {most}").at(file=name)
    return b"".join(parts)


_PIECE: Final = 1 << 20
_SIZE: Final = "the file's size"


def _gunzip(data: bytes) -> bytes:
    """Unwrap gzip content, never past the size limit."""
    if not data.startswith(_GZIP_MAGIC):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as wrapped:
            return _read_stream(wrapped, None, "the unpacked size")
    except (OSError, EOFError, zlib.error) as error:
        raise BadGzip(detail=str(error).rstrip(".").lower()) from None


def _parse(data: bytes, findings: Findings) -> Any:
    """Choose the decoder by content (W1)."""
    blank = _BLANK.match(data)
    at = blank.end() if blank else 0
    if at == len(data):
        raise NotAProgram(detail="it is empty")
    first = data[at]
    if first == ord("{"):
        return parse_json(data, findings)
    if 0x80 <= first <= 0x8F or first in (0xDE, 0xDF) or data[:2] == b"\xd4\x72":
        return parse_msgpack(data, findings)
    if 0x40 <= data[0] <= 0x7F and not _is_text(data):
        raise RecordExtension().at(byte=0)
    if first in b'["-0123456789tfnNI':
        raise NotAProgram(detail="the JSON value is not an object").at(byte=at)
    raise NotAProgram(detail=f"it starts with byte 0x{first:02x}").at(byte=at)


_BLANK: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+")


def _is_text(data: bytes) -> bool:
    """True for printable text, which tells it from msgpackr records with the same first byte."""
    head = data[:256]
    return all(byte >= 0x20 or byte in b"\t\r\n" for byte in head) and b"\x7f" not in head


_FOREIGN: Final = (
    (
        {"formatVersion", "tables"},
        "the container of the design documents (`formatVersion`, `tables`)",
    ),
    ({"programId", "signalIR"}, "the scheduler chapter's container (`programId`, `signalIR`)"),
    ({"constPool"}, "the unused container with `constPool`"),
)


def _check_container(plain: Any) -> None:
    """Refuse relatives of the format, and other versions, by name (ir-schema section 2)."""
    if not isinstance(plain, Mapping):
        raise NotAProgram(detail="the top-level value is not an object")
    for signs, what in _FOREIGN:
        if signs <= plain.keys():
            raise ForeignContainer(what=what)
    tables = _foreign_tables(plain)
    if tables:
        raise OtherGeneration(tables=" and ".join(f"`{name}`" for name in tables))
    version = plain.get("irVersion")
    if version is not None and version != 1 and isinstance(version, int | float):
        raise UnsupportedVersion(version=version).at(path="$.irVersion")


def _foreign_tables(plain: Mapping[Any, Any]) -> tuple[str, ...]:
    """Return the tables that tell another generation of the format, if it is one."""
    if isinstance(plain.get("valueExprs"), Mapping):
        return ("valueExprs",)
    pair = ("signalExprs", "fieldExprs")
    has_both = all(isinstance(plain.get(name), Mapping) for name in pair)
    return pair if has_both and not isinstance(plain.get("fields"), Mapping) else ()


def _with_step_index(document: ProgramIR) -> ProgramIR:
    """Rebuild an absent `stepIdToIndex` (ir-schema 14.1)."""
    schedule = document.schedule
    if schedule.step_id_to_index is not None:
        return document
    index = {step.id: i for i, step in enumerate(schedule.steps)}
    return structs.replace(document, schedule=structs.replace(schedule, step_id_to_index=index))


def _note_tolerated(document: ProgramIR, findings: Findings) -> None:
    """Report what is read although the schema asks for more."""
    for i, chain in enumerate(document.transforms.chains if document.transforms else ()):
        named = {"fromType": chain.from_type, "toType": chain.to_type, "cost": chain.cost}
        absent = ", ".join(f"`{name}`" for name, value in named.items() if value is None)
        if absent:
            findings.add(IncompleteChain, f"$.transforms.chains[{i}]", i, absent=absent)
    for i, output in enumerate(document.outputs):
        if output.kind == "renderCmds":
            what = "output kind (`renderCmds`)"
            findings.add(OldForm, f"$.outputs[{i}].kind", i, what=what)


def _check_copies(document: ProgramIR, findings: Findings) -> None:
    """Report facts that the document states twice and differently."""
    schedule = document.schedule
    claimed = schedule.step_id_to_index or {}
    actual = {step.id: i for i, step in enumerate(schedule.steps)}
    for step_id in dict.fromkeys([*claimed, *actual]):
        if claimed.get(step_id) != actual.get(step_id):
            findings.add(
                StepIndexDiffers,
                "$.schedule.stepIdToIndex",
                step_id,
                step_id=step_id,
                claimed=claimed.get(step_id, "nothing"),
                actual=actual.get(step_id, "nothing"),
            )
    for i, step in enumerate(schedule.steps):
        if isinstance(step, TimeDerive) and step.time_model != document.time_model:
            findings.add(TimeModelsDiffer, f"$.schedule.steps[{i}].timeModel", i)
