"""Long form: Parquet, and the tables of a result."""

import io
import json
import math
import sys
from typing import Any

import numpy as np
import pytest
from cli.samples import bundled, clock, two_writers
from program_builder import ProgramBuilder

import irrun as library
from irrun.errors.running import DataExtraMissing
from irrun.program.program import Program
from irrun.program.reading.codec import load
from irrun.runtime.run import Run
from irrun.runtime.times import frame_times
from irrun.trace.recording import Wanted, record_run
from irrun.trace.writers import SINKS

pa = pytest.importorskip("pyarrow", reason="the extra `data` is not installed")
pq = pytest.importorskip("pyarrow.parquet")


def parquet(program: Program, frames: int = 3, **more: Any) -> Any:
    """Return the file of a run."""
    out = io.BytesIO()
    run = Run(program=program, times=frame_times(frames), **more)
    record_run(run, Wanted(), [SINKS["parquet"](out)])
    return pq.ParquetFile(out)


def odd() -> ProgramBuilder:
    """Return a program with a value of every form."""
    b = clock()
    b.initial(4, math.nan)
    b.initial(5, -0.0)
    b.initial(6, -math.inf)
    b.initial(7, {"y": 2, "x": -0.0})
    b.initial(8, "text")
    b.output(5, "zero", "debug")
    b.doc["outputs"][-1]["label"] = "Zero"
    return b


ROWS = [
    (4, None, None, None, "nan"),
    (5, "Zero", None, None, "-0.0"),
    (6, None, None, None, "-inf"),
    (7, None, None, 0, "-0.0"),
    (7, None, None, 1, "2.0"),
]


def test_a_row_is_a_number() -> None:
    """Plain numbers have neither element nor component; NaN, -0 and infinities are themselves."""
    table = parquet(odd().program(), 1).read()

    assert table.column_names == [
        "frame", "time", "slot", "label", "element", "component", "value",
    ]  # fmt: skip
    found = [tuple(row.values()) for row in table.to_pylist()]
    assert [(*row[2:6], repr(row[6])) for row in found if row[2] > 3] == ROWS
    assert {row[:2] for row in found} == {(0, 0.0)}


def test_types_are_as_documented() -> None:
    types = {field.name: str(field.type) for field in parquet(odd().program()).schema_arrow}

    assert {name: kind for name, kind in types.items() if name != "label"} == {
        "frame": "int64", "time": "double", "slot": "int64", "element": "int32",
        "component": "int16", "value": "double",
    }  # fmt: skip
    assert "string" in types["label"]


def test_what_has_no_rows_is_named() -> None:
    """The metadata are the header and the end, with the slots that held something else."""
    file = parquet(odd().program())
    meta = json.loads(file.metadata.metadata[b"irrun"])

    assert (meta["format"], meta["end"]["completedFrames"]) == ("irrun-run", 3)
    assert meta["leftOut"] == [8]
    assert 8 not in file.read()["slot"].to_pylist()


def test_buffers_have_elements_and_components() -> None:
    """A buffer of colours has both, one of sizes has elements alone."""
    table = parquet(load(bundled("color-ring")), 1).read().to_pylist()
    values = library.run(bundled("color-ring"), frames=1)

    colors = [row for row in table if row["slot"] == 23]
    assert [(r["element"], r["component"]) for r in colors[:5]] == [
        (0, 0), (0, 1), (0, 2), (0, 3), (1, 0),
    ]  # fmt: skip
    assert [r["value"] for r in colors] == np.asarray(values[23]).reshape(-1).tolist()
    sizes = [row for row in table if row["slot"] == 22]
    assert [(r["element"], r["component"]) for r in sizes[:2]] == [(0, None), (1, None)]


def test_row_groups_are_written_while_frames_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is larger than it may be, a buffer goes on in the next one, and no row is lost."""
    whole = parquet(load(bundled("color-ring")), 3).read()
    monkeypatch.setattr("irrun.trace.parquet.GROUP", 100)
    file = parquet(load(bundled("color-ring")), 3)

    sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    assert sizes[:-1] == [100] * (len(sizes) - 1)
    assert len(sizes) == math.ceil(whole.num_rows / 100)
    assert file.read().combine_chunks().to_pylist() == whole.to_pylist()


def test_labels_are_those_of_the_program_that_runs() -> None:
    """Of the one that was swapped in, from then on."""
    later = odd()
    later.doc["outputs"][-1]["label"] = "Nought"
    rows = parquet(odd().program(), 3, swaps={2: later.program()}).read().to_pylist()

    assert [r["label"] for r in rows if r["slot"] == 5] == ["Zero", "Zero", "Nought"]


def test_a_run_without_frames_is_a_table() -> None:
    """A trap in the first frame leaves the names, and the error."""
    file = parquet(two_writers().program())

    assert file.read().num_rows == 0
    assert json.loads(file.metadata.metadata[b"irrun"])["end"]["error"]["code"] == "IR402"


# --- Tables of a result ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["color-ring", "bus", "every-storage"])
def test_a_result_as_a_table_is_what_the_command_writes(name: str) -> None:
    result = library.run(bundled(name), frames=3)

    assert result.to_arrow().to_pylist() == parquet(load(bundled(name))).read().to_pylist()


def test_nothing_recorded_is_an_empty_table() -> None:
    assert library.run(odd().program(), frames=0).to_arrow().num_rows == 0


def test_a_result_as_polars_is_the_same_table() -> None:
    pytest.importorskip("polars", reason="polars is not installed")
    result = library.run(bundled("color-ring"), frames=2)

    assert result.to_polars().to_dicts() == result.to_arrow().to_pylist()


def test_a_result_as_pandas_is_the_same_table() -> None:
    """Places that there are not are NA, and zeros keep their signs."""
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = library.run(odd().program(), frames=1).to_pandas()
    frame = frame[frame["slot"] > 3]

    found = [
        tuple(None if cell is pd.NA or cell is np.nan else cell for cell in row)
        for row in frame[["slot", "label", "element", "component"]].itertuples(index=False)
    ]
    assert found == [row[:4] for row in ROWS]
    assert [repr(x) for x in frame["value"].tolist()] == [row[4] for row in ROWS]


@pytest.mark.parametrize(
    ("module", "method", "hint"),
    [
        ("pyarrow", "to_arrow", "irrun[data]"),
        ("pandas", "to_pandas", "pip install pandas"),
        ("polars", "to_polars", "pip install polars"),
    ],
)
def test_a_library_that_is_missing_is_named(
    module: str, method: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the command that installs it."""
    result = library.run(clock().program(), frames=1)
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(DataExtraMissing) as caught:
        getattr(result, method)()
    assert module in caught.value.sentence
    assert hint in (caught.value.hint_text or "")
