"""Write a run to a file as it goes: JSON Lines, JSON, CSV, NPZ, Parquet (docs/output-format.md)."""

import io
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from irrun.errors.showing import json_shown
from irrun.ir.constants import is_number
from irrun.numerics.arrays import one_nan_copy
from irrun.runtime.view import FrameView, SlotValues
from irrun.trace.documents import unusual_settings
from irrun.trace.keep import kept
from irrun.trace.points import Point, points_of
from irrun.trace.text import value_text
from irrun.trace.values import number_document

Document = dict[str, Any]

SETTINGS_COLUMN: Final = "settings"


MakeDocument = Callable[[], Document]
"""Makes the document of the frame that has just ended."""


class Sink(Protocol):
    """Takes a run's header, its frames one by one, and its end."""

    def start(self, header: Document) -> None:
        """Take what was run."""

    def frame(self, frame: FrameView, document: MakeDocument) -> None:
        """Take one frame: what there is to see, and who has use for it the document."""

    def finish(self, end: Document) -> None:
        """Take how the run ended, and write what is left."""


def compact(document: Any) -> str:
    """Return a document as one line of JSON, its texts exact and safe to show."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return json_shown(text)


class JsonLinesSink:
    """One JSON object to a line: header, frames, end; each says its `record`."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def start(self, header: Document) -> None:
        """Write the header line."""
        self._line("header", header)

    def frame(self, frame: FrameView, document: MakeDocument) -> None:
        """Write a frame line."""
        self._line("frame", document())

    def finish(self, end: Document) -> None:
        """Write the end line."""
        self._line("end", end)

    def _line(self, record: str, document: Document) -> None:
        self._out.write(compact({"record": record} | document).encode() + b"\n")


class JsonSink:
    """One JSON object: the header's members, `frames`, `end`; one frame to a line."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._separator = b"\n"

    def start(self, header: Document) -> None:
        """Write the header's members."""
        self._out.write(compact(header)[:-1].encode() + b',"frames":[')

    def frame(self, frame: FrameView, document: MakeDocument) -> None:
        """Write a frame."""
        self._out.write(self._separator + compact(document()).encode())
        self._separator = b",\n"

    def finish(self, end: Document) -> None:
        """Close the list and write the end."""
        self._out.write(b'\n],"end":' + compact(end).encode() + b"}\n")


class CsvSink:
    """One line to a frame: frame, tMs, then a column per slot; structured values as text.

    Watched elements and statistics of buffers have columns of their own, named as asked for.

    What decides values and is not as in a plain run stands in a last column, in the first line.
    """

    def __init__(self, out: BinaryIO) -> None:
        import csv

        self._text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        self._writer = csv.writer(self._text, lineterminator="\n")
        self._slots: list[int] = []
        self._points: Sequence[Point] = ()
        self._settings: list[str] = []

    def start(self, header: Document) -> None:
        """Write the column names."""
        self._slots = [slot["slot"] for slot in header["slots"]]
        self._points = points_of(header)
        names = ["frame", "tMs", *(f"slot{slot}" for slot in self._slots)]
        names += [f"slot{point.text}" for point in self._points]
        settings = unusual_settings(header)
        self._settings = [compact(settings)] if settings else []
        self._writer.writerow([*names, SETTINGS_COLUMN] if settings else names)

    def frame(self, frame: FrameView, document: MakeDocument) -> None:
        """Write a line."""
        values = frame.values
        cells = [_csv_cell(_value(values, slot)) for slot in self._slots]
        cells += [_csv_cell(point.number(_value(values, point.slot))) for point in self._points]
        t_ms = number_document(frame.time.t_abs_ms)
        self._writer.writerow([frame.index, t_ms, *cells, *self._settings])
        self._settings = [""] if self._settings else []

    def finish(self, end: Document) -> None:
        """Hand the file back."""
        self._text.detach()


def _value(values: SlotValues, slot: int) -> Any:
    """Return a slot's value; nothing if a program that was swapped in has no such slot."""
    return values.peek(slot) if values.has(slot) else None


def _csv_cell(value: Any) -> Any:
    if is_number(value):
        return number_document(value)
    return "" if value is None else value_text(value)


class NpzSink:
    """NumPy arrays: `t_ms`, `slot_<n>` over frames, `state_<storage>`, and `meta` as JSON text.

    Numbers have shape (frames,); vectors and colours (frames, members); buffers whose size does
    not change (frames, elements), of vectors and colours (frames, elements, components). Other
    values are left out and listed in `meta`. Watched elements and statistics are `slot_7[3].y`,
    `slot_7:mean`, shape (frames,), NaN where there is no such number.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._header: Document = {}
        self._times: list[float] = []
        self._columns: dict[int, list[Any]] = {}
        self._points: dict[Point, list[float]] = {}

    def start(self, header: Document) -> None:
        """Begin the columns."""
        self._header = header
        self._points = {point: [] for point in points_of(header)}
        self._columns = {slot["slot"]: [] for slot in header["slots"]}

    def frame(self, frame: FrameView, document: MakeDocument) -> None:
        """Take every slot's value."""
        self._times.append(frame.time.t_abs_ms)
        values = frame.values
        for slot, column in self._columns.items():
            column.append(kept(_value(values, slot)))
        for point, numbers in self._points.items():
            number = point.number(_value(values, point.slot))
            numbers.append(math.nan if number is None else number)

    def finish(self, end: Document) -> None:
        """Write all arrays at once."""
        from irrun.trace.shapes import stacked

        arrays: dict[str, NDArray[Any]] = {"t_ms": np.array(self._times, dtype=np.float64)}
        for name, dtype in _STATE_DTYPES.items():
            elements = [float(x) for x in end.get("state", {}).get(name, ())]
            arrays[f"state_{name}"] = np.array(elements, dtype=dtype)
        left_out = []
        for slot, column in self._columns.items():
            array = stacked(column)
            if array is None:
                left_out.append(slot)
            else:
                arrays[f"slot_{slot}"] = array
        for point, numbers in self._points.items():
            arrays[f"slot_{point.text}"] = np.array(numbers, dtype=np.float64)
        meta = self._header | {"leftOut": left_out, "end": end}
        written = {name: one_nan_copy(array) for name, array in arrays.items()}
        np.savez(self._out, allow_pickle=False, meta=np.array(compact(meta)), **written)


_STATE_DTYPES: Final = {"f64": np.float64, "f32": np.float32, "i32": np.int32}


def _parquet(out: BinaryIO) -> Sink:
    from irrun.trace.parquet import ParquetSink

    return ParquetSink(out)


SINKS: Final[Mapping[str, Callable[[BinaryIO], Sink]]] = {
    "jsonl": JsonLinesSink,
    "json": JsonSink,
    "csv": CsvSink,
    "npz": NpzSink,
    "parquet": _parquet,
}
"""By the suffix of the output file."""
