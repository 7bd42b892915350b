"""Runs saved by `irrun run -o`, read as goldens, so that two of them compare like goldens do."""

import codecs
import csv
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from irrun.compare.output.document import (
    Golden,
    GoldenFrame,
    GoldenHeader,
    GoldenProgram,
    GoldenRun,
    GoldenStub,
    GoldenSwap,
    GoldenValue,
    frame_digest,
)
from irrun.compare.output.text import value_text
from irrun.compare.output.values import ValueRecorder
from irrun.errors import IrrunError
from irrun.errors.golden import NotASavedRun
from irrun.files.arrays import arrays_of
from irrun.files.reading import read_file
from irrun.ir.constants import is_number
from irrun.ir.values import Array
from irrun.limits import RECORDED_BYTES
from irrun.numerics.digest import array_digest
from irrun.numerics.text import SPECIAL_NUMBERS
from irrun.trace.documents import FORMAT, PLAIN_SETTINGS, unusual_settings
from irrun.trace.values import HEAD, number_document
from irrun.trace.writers import SETTINGS_COLUMN

Form = Literal["jsonl", "json", "csv", "npz"]

_SIGNS_OF_DAMAGE: Final = (
    ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError,
    EOFError, OSError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What is cut off or edited shows in a hundred ways, and none of them is a bug of ours."""
_HEADER: Final = re.compile(rb'(?<!\\)"record"\s*:\s*"header"')
_FORMAT: Final = re.compile(rb'(?<!\\)"format"\s*:\s*"irrun-run"')
_CSV_NAMES: Final = re.compile(rb'"?frame"?,"?tMs"?[,\r\n]')
_ZIP_SIGN: Final = b"PK\x03\x04"
_BOM: Final = codecs.BOM_UTF8

HEAD_BYTES: Final = 1 << 16
"""How much of a file is needed to see what it is."""


def form_of(data: bytes) -> Form | None:
    """Return how a saved run is written, told from what it says; None if it is no saved run.

    Spaces, the order of members, a byte order mark and quotes are the writer's own business.
    `data` may be no more than the first `HEAD_BYTES` bytes.
    """
    if data.startswith(_ZIP_SIGN):
        return "npz"
    head = data[:HEAD_BYTES].removeprefix(_BOM).lstrip()
    if _CSV_NAMES.match(head):
        return "csv"
    if not head.startswith(b"{"):
        return None
    line, ending, _ = head.partition(b"\n")
    try:
        first = json.loads(line)
    except ValueError:
        first = None  # it goes on in the next line, or beyond the head
    if isinstance(first, dict):
        if first.get("record") == "header" and first.get("format") == FORMAT:
            return "jsonl"
        return "json" if first.get("format") == FORMAT else None
    if not _FORMAT.search(head):
        return None
    return "json" if ending or not _HEADER.search(head) else "jsonl"


def read_saved_run(path: Path) -> Golden:
    """Read a saved run: its slots over frames, and the state after the last.

    Raises:
        CannotRead: IR100.
        NotASavedRun: IR136.
    """
    data = read_file(path, named=True, most=RECORDED_BYTES)
    form = form_of(data)
    try:
        if form is None:
            raise NotASavedRun(detail="it is none of the forms that `irrun run -o` writes")
        return _READERS[form](data)
    except IrrunError as error:
        raise error.at(file=str(path)) from None
    except _SIGNS_OF_DAMAGE as error:
        raise NotASavedRun(detail=f"it is damaged ({error})").at(file=str(path)) from None


class _Run(msgspec.Struct):
    """A saved run, piece by piece."""

    header: Mapping[str, Any]
    times: list[float] = msgspec.field(default_factory=list)
    rows: list[dict[str, Any]] = msgspec.field(default_factory=list)
    """Documents of each frame's values, by name."""
    first: int = 0
    end: Mapping[str, Any] = msgspec.field(default_factory=dict)
    arrays: Mapping[str, Array] = msgspec.field(default_factory=dict)

    def golden(self) -> Golden:
        """Return it as a golden."""
        settings = {**PLAIN_SETTINGS, **unusual_settings(self.header)}
        state = self.end.get("state", {})
        if self.rows:
            self.rows[-1] |= {f"final state {k}": v for k, v in state.items() if len(v)}
        infos = {f"slot {s['slot']}": _info(s) for s in self.header.get("slots", ())}
        infos |= {f"final state {k}": GoldenValue(storage=k) for k, v in state.items() if len(v)}
        names = dict.fromkeys(name for row in self.rows for name in row)
        infos = {name: infos.get(name, GoldenValue(storage="unknown")) for name in names}
        program = self.header.get("program", {})
        header = GoldenHeader(
            irrun="",
            program=GoldenProgram(
                patch_id=str(program.get("patchId", "")), digest=str(program.get("digest", ""))
            ),
            run=self._golden_run(settings),
            watch=(),
            stubs=tuple(
                GoldenStub(step=str(s["step"]), kind=str(s["kind"]))
                for s in self.header.get("stubs", ())
            ),
            values=infos,
        )
        also = {"strict": settings["strict"], "resumed from": settings["resumedFrom"]}
        return Golden(header, list(self._frames()), self.arrays, settings=also)

    def _golden_run(self, settings: Mapping[str, Any]) -> GoldenRun:
        w, h, dpr = (_number(settings["viewport"][side]) for side in ("w", "h", "dpr"))
        swaps = settings["swaps"]
        return GoldenRun(
            frames=len(self.times),
            times=tuple(self.times),
            fps=_number(settings["fps"]),
            executors=settings["executors"],
            reference_quirks=settings["referenceQuirks"],
            viewport=(w, h, dpr),
            swaps=tuple(GoldenSwap(frame=s["frame"], digest=s["digest"]) for s in swaps),
        )

    def _frames(self) -> Iterator[GoldenFrame]:
        now: dict[str, bytes] = {}
        for i, (t_ms, row) in enumerate(zip(self.times, self.rows, strict=True)):
            new = {name: value_text(document) for name, document in row.items()}
            changed = {name: text for name, text in new.items() if now.get(name) != text}
            now |= changed
            yield GoldenFrame(self.first + i, t_ms, frame_digest(now), changed)


def _info(slot: Mapping[str, Any]) -> GoldenValue:
    storage, kind = str(slot.get("storage", "unknown")), str(slot.get("type", "unknown"))
    return GoldenValue(storage=storage, type=kind, slot=int(slot["slot"]))


def _of_records(header: Mapping[str, Any], frames: Iterable[Any], end: Any) -> Golden:
    arrays: dict[str, Array] = {}
    run = _Run(header, first=int(header.get("firstFrame", 0)), end=end, arrays=arrays)
    for frame in frames:
        run.times.append(_number(frame["tMs"]))
        values = frame["values"].items()
        row = {f"slot {k}": _summarised(v, arrays) for k, v in values}
        points = frame.get("points", {}).items()
        run.rows.append(row | {f"slot {k}": _summarised(v, arrays) for k, v in points})
    return run.golden()


def _read_jsonl(data: bytes) -> Golden:
    lines = data.removeprefix(_BOM).splitlines()
    records = [json.loads(line) for line in lines if line.strip()]
    if records[0].get("record") != "header" or records[-1].get("record") != "end":
        raise NotASavedRun(detail="its header or its end is missing")
    return _of_records(records[0], records[1:-1], records[-1])


def _read_json(data: bytes) -> Golden:
    document = json.loads(data.removeprefix(_BOM))
    return _of_records(document, document["frames"], document["end"])


def _read_csv(data: bytes) -> Golden:
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    columns, first = rows[0][2:], 0
    settings: dict[str, Any] = {}
    if len(rows) > 1:
        first = int(rows[1][0])
        if SETTINGS_COLUMN in columns:
            settings = json.loads(rows[1][-1])
    names = [f"slot {c.removeprefix('slot')}" for c in columns if c != SETTINGS_COLUMN]
    run = _Run(settings, first=first)
    for row in rows[1:]:
        if len(row) != len(rows[0]):
            raise ValueError(f"a line has {len(row)} cells")
        run.times.append(float(row[1]))
        cells = zip(names, row[2:], strict=False)
        run.rows.append({name: _cell(text) for name, text in cells})
    return run.golden()


def _cell(text: str) -> Any:
    """Return a cell as a document: a number where it reads as one, else text."""
    if text == "":
        return None
    try:
        return number_document(float(text))
    except ValueError:
        return text


def _read_npz(data: bytes) -> Golden:
    columns = arrays_of(data)
    meta = json.loads(str(columns["meta"]))
    recorder = ValueRecorder(keep_arrays=True)
    run = _Run(meta, first=int(meta.get("firstFrame", 0)), end=meta["end"])
    run.times = columns["t_ms"].tolist()
    slots = {
        f"slot {name.removeprefix('slot_')}": column
        for name, column in columns.items()
        if name.startswith("slot_")
    }
    for i in range(len(run.times)):
        run.rows.append({name: _row(column, i, recorder) for name, column in slots.items()})
    run.arrays = recorder.arrays
    return run.golden()


def _row(column: NDArray[Any], index: int, recorder: ValueRecorder) -> Any:
    value = column[index]
    return recorder.value(value) if column.ndim > 1 else number_document(float(value))


def _summarised(document: Any, arrays: dict[str, Array]) -> Any:
    """Return a value's document with its arrays as goldens have them: shape, digest, sample.

    Arrays that were saved whole (`--buffers full`) go into `arrays`. Numbers are written as irrun
    writes them, whoever wrote them: 1.0 is 1.
    """
    if is_number(document):
        return number_document(document)
    if isinstance(document, list):
        return [_summarised(item, arrays) for item in document]
    if not isinstance(document, dict):
        return document
    if not {"dtype", "length"} <= document.keys():
        return {key: _summarised(item, arrays) for key, item in document.items()}
    rest = {k: v for k, v in document.items() if k not in ("length", "digest", "head", "data")}
    digest, head = document.get("digest"), document.get("head")
    if "data" in document:
        components = int(document.get("components", 1))
        array = np.array([_number(x) for x in document["data"]], dtype=document["dtype"])
        digest, head = array_digest(array, components), document["data"][:HEAD]
        arrays[digest] = array
    return rest | {"shape": [document["length"]], "digest": digest, "sample": head}


def _number(document: Any) -> float:
    return float(SPECIAL_NUMBERS[document] if isinstance(document, str) else document)


_READERS: Final = {
    "jsonl": _read_jsonl,
    "json": _read_json,
    "csv": _read_csv,
    "npz": _read_npz,
}
