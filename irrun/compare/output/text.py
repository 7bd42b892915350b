"""The text of a golden: one JSON document, one value to a line (docs/golden-format.md)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final, get_args

import msgspec

from irrun.compare.output.document import (
    Golden,
    GoldenFrame,
    GoldenHeader,
    GoldenRecord,
    frame_digest,
)
from irrun.compare.output.values import GoldenVersion
from irrun.errors.golden import GoldenVersionUnknown, NotAGolden
from irrun.ir.documents import record_members, to_plain
from irrun.ir.types import Index
from irrun.numerics.text import number_text
from irrun.trace.values import number_document

_FRAME: Final = b'{"frame": '
FRAMES: Final = b'\n"frames": [\n'
"""Where a golden's frames begin; before it stands what was run, after it what came out."""
_SPREAD: Final = frozenset({"picture", "stubs", "values"})
"""Members of the header that take a line for each of their entries."""


class FrameLine(GoldenRecord, frozen=True, kw_only=True):
    """One frame, or several equal ones, as the file has them."""

    frame: Index
    through: Index | None = None
    t_ms: float | str
    digest: str
    values: Mapping[str, msgspec.Raw] = {}


class _File(GoldenHeader, frozen=True, kw_only=True):
    frames: tuple[FrameLine, ...]


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
"""Made once: `json.dumps` with these options makes one for each value."""


def value_text(document: Any) -> bytes:
    """Return a value's document as the one line that a golden has for it."""
    return _ENCODER.encode(document).encode()


def golden_bytes(golden: Golden) -> bytes:
    """Return the file of a golden; equal goldens have equal bytes."""
    return header_bytes(golden.header) + body_bytes(golden.frames)


def header_bytes(header: GoldenHeader) -> bytes:
    """Return the part of the file that says what was run."""
    lines = []
    for name, value in record_members(header).items():
        plain = _without_nothing(to_plain(value, _leaf))
        if not plain and name != "values":
            continue
        text = _spread(plain) if name in _SPREAD else value_text(plain).decode()
        lines.append(f"{json.dumps(name)}: {text}")
    return ("{\n" + ",\n".join(lines) + ",").encode()


def _without_nothing(plain: Any) -> Any:
    """Leave out of an object what says nothing: false, and empty lists and objects."""
    if not isinstance(plain, dict):
        return plain
    return {k: v for k, v in plain.items() if v is not False and v not in ([], {})}


def _leaf(value: Any) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # A setting of minus zero means nothing else than zero, which JSON can say.
    return number_document(value + 0) if is_number else value


def _spread(plain: Any) -> str:
    """Return a list or object with a line for each entry."""
    if isinstance(plain, list):
        return "[\n" + ",\n".join(value_text(item).decode() for item in plain) + "\n]"
    rows = (f"{value_text(k).decode()}: {value_text(v).decode()}" for k, v in plain.items())
    return "{\n" + ",\n".join(rows) + "\n}"


def body_bytes(frames: Sequence[GoldenFrame]) -> bytes:
    """Return the part of the file that says what came out."""
    return FRAMES + b",\n".join(_frame_lines(frames)) + b"\n]\n}\n"


def _frame_lines(frames: Sequence[GoldenFrame]) -> Iterator[bytes]:
    """Yield a text for each frame; frames equal to the one before are folded into one."""
    for is_same, group in groupby(frames, key=lambda f: f.index > 0 and not f.changed):
        if is_same:
            yield _folded(list(group)).encode()
        else:
            yield from map(_frame_text, group)


def _folded(frames: Sequence[GoldenFrame]) -> str:
    first, last = frames[0], frames[-1]
    through = f', "through": {last.index}' if last is not first else ""
    return f'{{"frame": {first.index}{through}, "tMs": {_t_ms(first)}, "digest": "{first.digest}"}}'


def _frame_text(frame: GoldenFrame) -> bytes:
    head = f'{{"frame": {frame.index}, "tMs": {_t_ms(frame)}, "digest": "{frame.digest}"'
    if not frame.changed:
        return (head + "}").encode()
    rows = (b"  " + value_text(name) + b": " + text for name, text in frame.changed.items())
    return head.encode() + b', "values": {\n' + b",\n".join(rows) + b"\n}}"


def _t_ms(frame: GoldenFrame) -> str:
    return number_text(frame.t_ms)


def lines_of_frames(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the line (from 1) and the index of each entry of frames, in irrun's own layout."""
    for number, line in enumerate(data.splitlines(), 1):
        if line.startswith(_FRAME):
            index = line[len(_FRAME) :].partition(b",")[0]
            if index.isdigit():
                yield number, int(index)


def parse_golden(data: bytes) -> Golden:
    """Read a golden file.

    Raises:
        NotAGolden: IR130, with the byte or the JSON path; also if the values of a frame are not
            those that its digest was taken of.
        GoldenVersionUnknown: IR131.
    """
    _check_version(data)
    try:
        file = msgspec.json.decode(data, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAGolden(detail=_plain_words(error)) from None
    header = GoldenHeader(**{name: getattr(file, name) for name in GoldenHeader.__struct_fields__})
    return Golden(header, tuple(_frames(file)))


def _check_version(data: bytes) -> None:
    """Refuse what is no golden, and other versions, before anything else is asked of it."""
    class_ = msgspec.defstruct(
        "Version", [("golden_version", Any, None)], rename={"golden_version": "goldenVersion"}
    )
    try:
        version = msgspec.json.decode(data, type=class_).golden_version  # type: ignore[attr-defined]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotAGolden(detail=_plain_words(error)) from None
    if version is None:
        raise NotAGolden(detail="it has no goldenVersion")
    known = get_args(GoldenVersion)
    if version not in known or isinstance(version, bool):
        raise GoldenVersionUnknown(version=str(version)[:40], known=" and ".join(map(str, known)))


def _plain_words(error: Exception) -> str:
    """Return a complaint of the decoder as the middle of a sentence."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    text = str(error)
    return text if text.startswith("JSON") else text[:1].lower() + text[1:]


def _frames(file: _File) -> Iterator[GoldenFrame]:
    """Yield the frames unfolded; each must be there once, in order, with a digest that is true."""
    times = file.run.frame_times
    now: dict[str, bytes] = {}
    expected = 0
    for line in file.frames:
        last = line.frame if line.through is None else line.through
        if line.frame != expected or last < line.frame or last >= len(times):
            raise NotAGolden(detail=f"frame {line.frame} is not where frame {expected} should be")
        if line.t_ms != number_document(times[line.frame]):
            raise NotAGolden(detail=f"frame {line.frame} is not at the time that the run gives it")
        changed = {name: bytes(raw) for name, raw in line.values.items()}
        now.update(changed)
        if frame_digest(now) != line.digest:
            detail = f"the values of frame {line.frame} do not belong to its digest"
            raise NotAGolden(detail=detail)
        for index in range(line.frame, last + 1):
            yield GoldenFrame(index, times[index], line.digest, changed)
            changed = {}
        expected = last + 1
    if expected != len(times):
        raise NotAGolden(detail=f"it ends after frame {expected - 1} of {len(times)}")
