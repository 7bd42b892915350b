"""Load programs from bytes, files and streams (ir-schema 19.5, W1)."""

import io
import re
from collections.abc import Mapping
from os import PathLike
from typing import Any, BinaryIO, Final, NamedTuple

from msgspec import structs

from irrun.errors import IrrunError, Malformed
from irrun.errors.loading import (
    BadGzip,
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
from irrun.files.reading import read_file, read_pieces, read_stream
from irrun.limits import FILE_BYTES
from irrun.program.document import ProgramIR
from irrun.program.program import Program
from irrun.program.reading.collector import paused_collector
from irrun.program.reading.conform import conform
from irrun.program.reading.findings import Findings
from irrun.program.reading.legacy import settle_old_forms
from irrun.program.reading.plain.json_text import parse_json
from irrun.program.reading.plain.msgpack_bytes import parse_msgpack
from irrun.program.reading.plain.own_stack import on_own_stack
from irrun.steps.kinds.time_derive import TimeDerive

Source = str | PathLike[str] | bytes | BinaryIO
"""A path, the bytes themselves, or an open binary file."""

_GZIP_MAGIC: Final = b"\x1f\x8b"


def load(source: Source, *, name: str | None = None, found: bool = False) -> Program:
    """Load a program; the encoding is told from the content, not from the file's name.

    Args:
        source: A path, bytes, or an open binary file. JSON, MessagePack, or gzip of either.
        name: What to call the source in messages; by default the path.
        found: True for a path that nobody named, found in a folder or in another file: it must
            be a regular file. A path that was named may be a pipe.

    Raises:
        Malformed: IR1xx, the bytes are not a program; `where` names file, byte or JSON path.
    """
    called = name
    try:
        data, called = _read(source, name, found=found)
        return loads(data, name=called)
    except IrrunError as error:
        raise error.at(file=called) from None
    except MemoryError as error:
        raise _does_not_fit(error).at(file=called) from None


def program_of(source: Program | Source) -> Program:
    """Return a program, loaded if it is not there yet.

    Raises:
        Malformed: As for `load`.
        TypeError: It is neither a program nor anything that one is loaded from; with what to do.
    """
    if isinstance(source, Program):
        return source
    if isinstance(source, str | PathLike | bytes) or hasattr(source, "read"):
        return load(source)
    got = type(source).__name__
    raise TypeError(
        f"a program is expected, or a path, bytes or an open file to load it from; got {got}; "
        "a document in memory loads with irrun.load(json.dumps(document).encode())"
    )


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


def examine(source: Source, *, name: str | None = None, found: bool = False) -> Examined:
    """Load a program as `load` does, but collect what is wrong with its document.

    Nothing is raised. Where the bytes are no document at all there is one problem; where the
    document is not as the schema says there may be many.
    """
    called = name
    try:
        data, called = _read(source, name, found=found)
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


def _read(source: Source, name: str | None, *, found: bool) -> tuple[bytes, str | None]:
    """Return the bytes of a source, and what it is called."""
    if isinstance(source, bytes):
        return source, name
    if isinstance(source, str | PathLike):
        data = read_file(source, named=not found)
        return data, str(source) if name is None else name
    return read_stream(source, name), name


def _gunzip(data: bytes) -> bytes:
    """Unwrap gzip content, never past the size limit."""
    if not data.startswith(_GZIP_MAGIC):
        return data
    import gzip
    import zlib

    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as wrapped:
            return read_pieces(wrapped.read, FILE_BYTES, "the unpacked size")
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
