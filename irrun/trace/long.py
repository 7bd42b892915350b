"""Values over frames in long form: one row to a number (docs/output-format.md)."""

import math
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from irrun.errors.running import DataExtraMissing
from irrun.numerics.arrays import one_nan_copy
from irrun.trace.columns import Columns
from irrun.trace.shapes import is_buffer, shaped

NAMES: Final = ("frame", "time", "slot", "label", "element", "component", "value")

Ints = NDArray[np.int64]


class Numbers(NamedTuple):
    """The numbers of one value, shape (rows,) each; -1 where there is no element or component."""

    element: Ints
    component: Ints
    value: NDArray[np.float64]

    def part(self, rows: slice) -> "Numbers":
        """Return some of them."""
        return Numbers(self.element[rows], self.component[rows], self.value[rows])


class Rows(NamedTuple):
    """Rows in long form, shape (rows,) each."""

    frame: Ints
    time: NDArray[np.float64]
    slot: Ints
    element: Ints
    """-1 for a number, a vector or a colour that is in no buffer."""
    component: Ints
    """-1 for a plain number; x or r is 0."""
    value: NDArray[np.float64]


@lru_cache(maxsize=64)
def _places(shape: tuple[int, ...], *, of_elements: bool) -> tuple[Ints, Ints]:
    """Return element and component of each number of a shape, in order."""
    size = math.prod(shape)
    none: Ints = np.full(size, -1, dtype=np.int64)
    if not shape:
        return none, none
    if not of_elements:
        return none, np.arange(size, dtype=np.int64)
    if len(shape) == 1:
        return np.arange(size, dtype=np.int64), none
    at = np.arange(size, dtype=np.int64)
    components = size // shape[0] if shape[0] else 1
    return at // components, at % components


def numbers_of(value: Any) -> Numbers | None:
    """Return the numbers of a slot's value; None if it is nothing, or has none to a row.

    NaN is the one NaN; zeros keep their signs.
    """
    array = shaped(value)
    if array is None or array.dtype.kind not in "fiub":
        return None
    places = _places(array.shape, of_elements=is_buffer(value))
    return Numbers(*places, one_nan_copy(array.reshape(-1).astype(np.float64)))


def rows_of(columns: Columns) -> Rows:
    """Return all numbers that were recorded, by frame, then by slot.

    What is no number, vector, colour or buffer has no rows.
    """
    found = list(_rows_by_slot(columns))
    if not found:
        none: Ints = np.zeros(0, dtype=np.int64)
        return Rows(none, np.zeros(0), none, none, none, np.zeros(0))
    rows = Rows._make(np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(rows.frame, kind="stable")
    return Rows._make(part[order] for part in rows)


def _rows_by_slot(columns: Columns) -> Iterator[Rows]:
    times = columns.t_ms
    for slot in columns.slots:
        frames, parts = [], []
        for i, value in enumerate(columns.column(slot)):
            numbers = numbers_of(value)
            if numbers is not None:
                frames.append(i)
                parts.append(numbers)
        if not parts:
            continue
        element, component, value = map(np.concatenate, zip(*parts, strict=True))
        at = np.repeat(frames, [part.value.size for part in parts])
        slots = np.full(at.size, slot, dtype=np.int64)
        yield Rows(columns.first + at, times[at], slots, element, component, value)


def need(module: str) -> Any:
    """Return a library of tables.

    Raises:
        DataExtraMissing: IR445, it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        package = module.partition(".")[0]
        command = "'irrun[data]'" if package == "pyarrow" else package
        raise DataExtraMissing(package=package, command=f"pip install {command}") from None


def arrow_schema(metadata: Mapping[str, str] | None = None) -> Any:
    """Return the schema of a table in long form.

    Raises:
        DataExtraMissing: IR445.
    """
    pa = need("pyarrow")
    label = pa.dictionary(pa.int32(), pa.string())
    types = (pa.int64(), pa.float64(), pa.int64(), label, pa.int32(), pa.int16(), pa.float64())
    return pa.schema(list(zip(NAMES, types, strict=True)), metadata=metadata)


def arrow_table(rows: Rows, labels: Mapping[int, str]) -> Any:
    """Return rows as a `pyarrow.Table`; places that there are not are null.

    Raises:
        DataExtraMissing: IR445.
    """
    pa = need("pyarrow")
    schema = arrow_schema()
    codes, texts = _labels(rows.slot, labels)
    label = pa.DictionaryArray.from_arrays(
        pa.array(codes, mask=codes < 0, type=pa.int32()), pa.array(texts, type=pa.string())
    )
    places = [
        pa.array(part, mask=part < 0, type=schema.field(name).type)
        for name, part in (("element", rows.element), ("component", rows.component))
    ]
    columns = [rows.frame, rows.time, rows.slot, label, *places, rows.value]
    arrays = [c if isinstance(c, pa.Array) else pa.array(c) for c in columns]
    return pa.Table.from_arrays(arrays, schema=schema)


def pandas_frame(rows: Rows, labels: Mapping[int, str]) -> Any:
    """Return rows as a `pandas.DataFrame`; places that there are not are NA.

    Raises:
        DataExtraMissing: IR445.
    """
    pd = need("pandas")
    codes, texts = _labels(rows.slot, labels)
    places = {
        name: pd.array(np.maximum(part, 0), dtype=dtype)  # exact: whole numbers
        for name, part, dtype in (
            ("element", rows.element, "Int32"),
            ("component", rows.component, "Int16"),
        )
    }
    for name, part in (("element", rows.element), ("component", rows.component)):
        places[name][part < 0] = pd.NA
    label = pd.Categorical.from_codes(codes, categories=texts)
    start = {"frame": rows.frame, "time": rows.time, "slot": rows.slot, "label": label}
    return pd.DataFrame(start | places | {"value": rows.value})


def polars_frame(rows: Rows, labels: Mapping[int, str]) -> Any:
    """Return rows as a `polars.DataFrame`; places that there are not are null.

    Raises:
        DataExtraMissing: IR445.
    """
    pl = need("polars")
    codes, texts = _labels(rows.slot, labels)
    names = np.array([*texts, None], dtype=object)[codes]
    columns = dict(zip(NAMES, (*rows[:3], names, *rows[3:]), strict=True))
    types = (pl.Int64, pl.Float64, pl.Int64, pl.String, pl.Int32, pl.Int16, pl.Float64)
    frame = pl.DataFrame(columns, schema=dict(zip(NAMES, types, strict=True)))
    places = [
        pl.when(pl.col(name) < 0).then(None).otherwise(pl.col(name)).alias(name)
        for name in ("element", "component")
    ]
    return frame.with_columns(places)


def _labels(slots: Ints, labels: Mapping[int, str]) -> tuple[Ints, list[str]]:
    """Return the label of each row as an index into all labels, -1 for none; and the labels."""
    texts = list(dict.fromkeys(labels.values()))
    numbers = {text: i for i, text in enumerate(texts)}
    known, at = np.unique(slots, return_inverse=True)
    codes = [numbers[labels[s]] if s in labels else -1 for s in known.tolist()]
    found: Ints = np.array(codes, dtype=np.int64)[at]
    return found, texts
