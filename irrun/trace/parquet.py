"""A run as Parquet, in long form, written while frames run (extra `data`)."""

import io
from collections.abc import Mapping
from typing import Any, BinaryIO, Final

import numpy as np

from irrun.program.layout import Layout
from irrun.program.layout.labels import slot_labels
from irrun.runtime.view import FrameView
from irrun.trace.long import Numbers, Rows, arrow_schema, arrow_table, need, numbers_of
from irrun.trace.writers import Document, MakeDocument, compact

GROUP: Final = 1 << 17
"""Rows of a row group: how many are held in memory."""
META: Final = "irrun"


class _Open(io.RawIOBase):
    """A file that takes what comes after it was closed, too.

    A run that is interrupted leaves the writer open, which closes itself later on.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        return memoryview(data).nbytes if self._out.closed else self._out.write(data)


class ParquetSink:
    """One row to a number: frame, time, slot, label, element, component, value.

    What is no number, vector, colour or buffer has no rows; its slots are `leftOut` in the
    metadata, which are the header and the end as JSON text.

    Raises:
        DataExtraMissing: IR445.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._writer: Any = need("pyarrow.parquet").ParquetWriter(_Open(out), arrow_schema())
        self._header: Document = {}
        self._slots: list[int] = []
        self._layout: Layout | None = None
        self._labels: Mapping[int, str] = {}
        self._left_out: dict[int, None] = {}
        self._parts: list[tuple[int, float, int, Numbers]] = []
        self._rows = 0

    def start(self, header: Document) -> None:
        """Take the slots."""
        self._header = header
        self._slots = [slot["slot"] for slot in header["slots"]]

    def frame(self, frame: FrameView, document: MakeDocument) -> None:
        """Take the numbers of every slot."""
        if frame.layout is not self._layout:  # a program was swapped in, or is the first
            self._write()
            self._layout = frame.layout
            self._labels = slot_labels(frame.program, frame.layout)
        values = frame.values
        for slot in self._slots:
            value = values.peek(slot) if values.has(slot) else None
            numbers = numbers_of(value)
            if numbers is None:
                self._left_out[slot] = None
                continue
            self._take(frame.index, frame.time.t_abs_ms, slot, numbers)

    def finish(self, end: Document) -> None:
        """Write what is left, and the metadata."""
        self._write()
        meta = self._header | {"leftOut": sorted(self._left_out), "end": end}
        self._writer.add_key_value_metadata({META: compact(meta)})
        self._writer.close()

    def _take(self, frame: int, time: float, slot: int, numbers: Numbers) -> None:
        """Take the numbers of a value, as many at a time as a row group has room for."""
        size = numbers.value.size
        start = 0
        while start < size:
            stop = min(size, start + GROUP - self._rows)  # exact: counts
            part = numbers.part(slice(start, stop))
            self._parts.append((frame, time, slot, part))
            self._rows += stop - start
            start = stop
            if self._rows == GROUP:
                self._write()

    def _write(self) -> None:
        """Write a row group."""
        if not self._parts:
            return
        counts = [part.value.size for *_, part in self._parts]
        frames, times, slots = (np.array([p[i] for p in self._parts]) for i in range(3))
        heads = (np.repeat(head, counts) for head in (frames, times, slots))
        numbers = map(np.concatenate, zip(*(part for *_, part in self._parts), strict=True))
        self._writer.write_table(arrow_table(Rows(*heads, *numbers), self._labels))
        self._parts, self._rows = [], 0
