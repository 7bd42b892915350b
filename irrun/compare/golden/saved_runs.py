"""Runs saved by `irrun run -o`, read as goldens, so that two of them compare like goldens do."""

import csv
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from irrun.compare.golden.document import (
    Golden,
    GoldenFrame,
    GoldenHeader,
    GoldenProgram,
    GoldenRun,
    GoldenStub,
    GoldenValue,
    frame_digest,
)
from irrun.compare.golden.text import value_text
from irrun.compare.golden.values import ValueRecorder
from irrun.errors import IrrunError
from irrun.errors.golden import NotASavedRun
from irrun.errors.loading import CannotRead
from irrun.ir.values import Array
from irrun.trace.values import number_document

Form = Literal["jsonl", "json", "csv", "npz"]

_SIGNS_OF_DAMAGE: Final = (
    ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RecursionError,
    EOFError, OSError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What is cut off or edited shows in a hundred ways, and none of them is a bug of ours."""
_RUN_SIGN: Final = b'"format":"irrun-run"'
_LINE_SIGN: Final = b'{"record":"header",'
_CSV_SIGN: Final = b"frame,tMs"
_ZIP_SIGN: Final = b"PK\x03\x04"


def form_of(data: bytes) -> Form | None:
    """Return how a saved run is written, told from its content; None if it is no saved run."""
    if data.startswith(_ZIP_SIGN):
        return "npz"
    if data.startswith(_CSV_SIGN):
        return "csv"
    head = data[:200]
    if _RUN_SIGN not in head:
        return None
    return "jsonl" if head.startswith(_LINE_SIGN) else "json"


def read_saved_run(path: Path) -> Golden:
    """Read a saved run: its slots over frames, and the state after the last.

    Raises:
        CannotRead: IR100.
        NotASavedRun: IR136.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CannotRead(name=str(path), reason=error.strerror or str(error)) from None
    form = form_of(data)
    try:
        if form is None:
            raise NotASavedRun(detail="it is none of the forms that `irrun run -o` writes")
        return _READERS[form](data)
    except IrrunError as error:
        raise error.at(file=str(path)) from None
    except _SIGNS_OF_DAMAGE as error:
        raise NotASavedRun(detail=f"it is damaged ({error})").at(file=str(path)) from None


@dataclass(slots=True)
class _Run:
    """A saved run, piece by piece."""

    header: Mapping[str, Any]
    times: list[float] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    """Documents of each frame's values, by name."""
    first: int = 0
    end: Mapping[str, Any] = field(default_factory=dict)
    arrays: Mapping[str, Array] = field(default_factory=dict)

    def golden(self) -> Golden:
        """Return it as a golden."""
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
            run=GoldenRun(
                frames=len(self.times),
                times=tuple(self.times),
                executors=self.header.get("executors", "auto"),
                reference_quirks=self.header.get("referenceQuirks", False),
            ),
            watch=(),
            stubs=tuple(
                GoldenStub(step=str(s["step"]), kind=str(s["kind"]))
                for s in self.header.get("stubs", ())
            ),
            values=infos,
        )
        return Golden(header, list(self._frames()), self.arrays)

    def _frames(self) -> Iterator[GoldenFrame]:
        now: dict[str, bytes] = {}
        for i, (t_ms, row) in enumerate(zip(self.times, self.rows, strict=True)):
            new = {name: value_text(document) for name, document in row.items()}
            changed = {name: text for name, text in new.items() if now.get(name) != text}
            now |= changed
            yield GoldenFrame(self.first + i, t_ms, frame_digest(now), changed)


def _info(slot: Mapping[str, Any]) -> GoldenValue:
    return GoldenValue(storage=str(slot["storage"]), type=str(slot["type"]), slot=int(slot["slot"]))


def _of_records(header: Mapping[str, Any], frames: Iterable[Any], end: Any) -> Golden:
    run = _Run(header, first=int(header.get("firstFrame", 0)), end=end)
    for frame in frames:
        run.times.append(_number(frame["tMs"]))
        run.rows.append({f"slot {k}": _summarised(v) for k, v in frame["values"].items()})
    return run.golden()


def _read_jsonl(data: bytes) -> Golden:
    records = [json.loads(line) for line in data.splitlines() if line.strip()]
    if records[0].get("record") != "header" or records[-1].get("record") != "end":
        raise NotASavedRun(detail="its header or its end is missing")
    return _of_records(records[0], records[1:-1], records[-1])


def _read_json(data: bytes) -> Golden:
    document = json.loads(data)
    return _of_records(document, document["frames"], document["end"])


def _read_csv(data: bytes) -> Golden:
    rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline="")))
    names = [f"slot {column.removeprefix('slot')}" for column in rows[0][2:]]
    run = _Run({}, first=int(rows[1][0]) if len(rows) > 1 else 0)
    for row in rows[1:]:
        run.times.append(float(row[1]))
        cells = zip(names, row[2:], strict=True)
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
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        columns = {name: file[name] for name in file.files}
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


def _summarised(document: Any) -> Any:
    """Return a value's document with its arrays as goldens have them: shape and sample."""
    if isinstance(document, dict):
        if {"dtype", "length", "digest", "head"} <= document.keys():
            rest = {k: v for k, v in document.items() if k not in ("length", "head")}
            return rest | {"shape": [document["length"]], "sample": document["head"]}
        return {key: _summarised(item) for key, item in document.items()}
    if isinstance(document, list):
        return [_summarised(item) for item in document]
    return document


def _number(document: Any) -> float:
    return float(document) if not isinstance(document, str) else float(document.lower())


_READERS: Final = {
    "jsonl": _read_jsonl,
    "json": _read_json,
    "csv": _read_csv,
    "npz": _read_npz,
}
