"""Writers: one run as JSON Lines, JSON, CSV and NPZ."""

import csv
import gc
import io
import json
import zipfile
from typing import Any

import numpy as np
import pytest
from cli.samples import BUNDLED, bundled, clock, signals, two_writers
from program_builder import ProgramBuilder

import irrun
from irrun.numerics.text import number_text
from irrun.program.program import Program
from irrun.program.reading.codec import load
from irrun.runtime.run import Run
from irrun.runtime.runtime import Runtime
from irrun.runtime.times import frame_times
from irrun.runtime.view import FrameView
from irrun.trace.points import point_of
from irrun.trace.recording import Wanted, record_run
from irrun.trace.writers import SINKS, Sink, compact


def written(kind: str, program: Program, frames: int = 3, **wanted: Any) -> bytes:
    """Return what a sink writes of a stubbed run."""
    out = io.BytesIO()
    run = Run(program=program, times=frame_times(frames), executors="stub")
    record_run(run, Wanted(**wanted), [writer(kind, out)])
    assert not out.closed
    return out.getvalue()


STUBBED = '{"executors":"stub"}'


def writer(kind: str, out: io.BytesIO) -> Sink:
    """Return a writer; without its library the test is passed over."""
    if kind == "parquet":
        pytest.importorskip("pyarrow", reason="the extra `data` is not installed")
    return SINKS[kind](out)


def rows(program: Program, frames: int = 2) -> list[list[str]]:
    """Return the rows of a run as CSV, without the last column: that stubs ran."""
    text = written("csv", program, frames).decode()
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert [row[-1] for row in found] == ["settings", STUBBED, *[""] * len(found)][: len(found)]
    return [row[:-1] for row in found]


def arrays(program: Program, frames: int = 2) -> dict[str, Any]:
    """Return the arrays of a run as NPZ."""
    with np.load(io.BytesIO(written("npz", program, frames)), allow_pickle=False) as found:
        return dict(found)


def holding(value: Any, slot: int = 9) -> Program:
    """Return a program with an initial value in a slot that holds it as it is."""
    b = clock()
    if isinstance(value, bool):
        b.slot(slot, "object")
    b.initial(slot, value)
    return b.program()


ASKED = ("[3]", "[1].y", "[500]", ":mean", ":nan")
"""Parts of the buffer of positions in slot 21; it has 144 numbers."""


def watching(kind: str) -> bytes:
    """Return two frames of a ring of positions, with parts of them watched."""
    out = io.BytesIO()
    points = tuple(point for what in ASKED if (point := point_of(21, what)) is not None)
    run = Run(program=load(bundled("color-ring")), times=frame_times(2))
    record_run(run, Wanted(points=points, slots=(21,)), [SINKS[kind](out)])
    return out.getvalue()


# --- All of them ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SINKS)
@pytest.mark.parametrize("name", BUNDLED)
def test_equal_runs_give_equal_bytes(kind: str, name: str) -> None:
    """Nothing of the clock, of the machine, or of an earlier run is in a file."""
    program = load(bundled(name))

    assert written(kind, program) == written(kind, program)


def test_an_npz_file_tells_no_time() -> None:
    """The members of the archive all have the date that archives begin with."""
    data = written("npz", clock().program())

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("kind", SINKS)
def test_a_writer_can_be_left_alone(kind: str) -> None:
    """A run that is interrupted closes the file, and nothing of the writer writes afterwards."""
    out = io.BytesIO()
    sink = writer(kind, out)
    sink.start({"slots": [{"slot": 0}]})
    out.close()
    del sink
    gc.collect()


# --- Parts of buffers -----------------------------------------------------------------------


def test_csv_has_watched_parts_as_columns() -> None:
    """Named as they were asked for; an empty cell where there is no such number."""
    names, first, second = csv.reader(io.StringIO(watching("csv").decode(), newline=""))
    data = np.asarray(irrun.run(bundled("color-ring"), frames=1)[21])[0]

    assert names[3:] == [f"slot21{what}" for what in ASKED]
    assert [first[3], first[4], first[5], first[7]] == [
        number_text(data[1, 1]), number_text(data[1, 1]), "", "0",
    ]  # fmt: skip
    assert float(first[6]) == pytest.approx(data.mean(dtype=np.float64))
    assert len(second) == len(names)


def test_npz_has_watched_parts_as_columns() -> None:
    """float64, shape (frames,); NaN where there is no such number."""
    with np.load(io.BytesIO(watching("npz"))) as found:
        columns = [found[f"slot_21{what}"] for what in ASKED]
        whole = found["slot_21"]

    assert {(column.shape, column.dtype.name) for column in columns} == {((2,), "float64")}
    assert columns[0].tolist() == columns[1].tolist() == whole[:, 1, 1].tolist()
    assert np.isnan(columns[2]).all()


def test_json_has_watched_parts_by_name() -> None:
    """What is watched stands in the header; `null` where there is no such number."""
    header, frame, *_ = map(json.loads, watching("jsonl").splitlines())

    assert header["points"] == [{"slot": 21, "what": what} for what in ASKED]
    assert list(frame["points"]) == [f"21{what}" for what in ASKED]
    assert frame["points"]["21[500]"] is None


# --- Every step -----------------------------------------------------------------------------


def test_every_step_of_every_frame_is_written_and_forgotten() -> None:
    """JSON Lines with all steps take no more memory for more frames, if nothing is shown."""
    out = io.BytesIO()
    run = Run(program=signals(2).program(), times=frame_times(50))
    wanted = Wanted(trace_frames=range(50), dump_frames=range(50), shows=False)
    recording = record_run(run, wanted, [SINKS["jsonl"](out)])

    frames = [json.loads(line) for line in out.getvalue().splitlines()][1:-1]
    assert [len(frame["steps"]) for frame in frames] == [2] * 50
    assert all("state" in frame for frame in frames)
    assert (recording.traces, recording.dumps) == ([], [])


# --- JSON -----------------------------------------------------------------------------------


def test_json_lines_are_header_frames_and_end() -> None:
    """Each line is one object that says what it is; the last line ends too."""
    data = written("jsonl", signals(2).program())

    assert data.endswith(b"\n")
    records = [json.loads(line) for line in data.splitlines()]
    assert [record["record"] for record in records] == ["header", "frame", "frame", "frame", "end"]
    assert [record["values"]["2"] for record in records[1:-1]] == [20000, 20001, 20002]


@pytest.mark.parametrize("program", [signals(2), two_writers()], ids=["three frames", "no frame"])
def test_json_is_one_object(program: ProgramBuilder) -> None:
    """Also where no frame has ended: an empty list is a list."""
    found = json.loads(written("json", program.program()))
    lines = [json.loads(line) for line in written("jsonl", program.program()).splitlines()]

    assert found["frames"] == [
        {key: value for key, value in line.items() if key != "record"} for line in lines[1:-1]
    ]
    assert found["end"]["completedFrames"] == len(found["frames"])
    assert found["format"] == "irrun-run"


def test_text_is_written_as_it_is() -> None:
    """UTF-8, no escapes for what JSON can hold, nothing wasted."""
    assert compact({"é": ["日本", 'a"b'], "n": 0.5}) == '{"é":["日本","a\\"b"],"n":0.5}'
    assert "日本".encode() in written("json", holding("日本"))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_json_that_nobody_could_read_is_never_written(number: float) -> None:
    """A number that JSON does not have is refused by the last line of defence."""
    with pytest.raises(ValueError, match="JSON"):
        compact([number])


# --- CSV ------------------------------------------------------------------------------------


def test_csv_has_a_row_to_a_frame() -> None:
    """frame, tMs and a column per slot, by its number; exact numbers."""
    assert rows(signals(2).program()) == [
        ["frame", "tMs", "slot0", "slot1", "slot2"],
        ["0", "0", "0", "10000", "20000"],
        ["1", "16.666666666666668", "1", "10001", "20001"],
    ]


def test_csv_lines_end_alike_on_every_system() -> None:
    """A line feed, as in the other formats."""
    assert b"\r" not in written("csv", clock().program(), 2)
    assert written("csv", clock().program(), 2).endswith(b"1,16.666666666666668,1,10001,\n")


CELLS = [
    ("nothing", None, ""),
    ("text with comma and quote", 'a, "b"', "'a, \"b\"'"),
    ("record", {"x": 1, "y": 2}, "{x: 1, y: 2}"),
    ("domain", {"kind": "domain", "count": 3}, "domain of 3"),
    ("truth value", True, "true"),
    ("minus zero", -0.0, "-0"),
]


@pytest.mark.parametrize(
    ("value", "cell"), [row[1:] for row in CELLS], ids=[row[0] for row in CELLS]
)
def test_csv_cells(value: Any, cell: str) -> None:
    """Structured values as short text, nothing as an empty cell."""
    assert [row[4] for row in rows(holding(value))] == ["slot9", cell, cell]


def test_csv_of_special_numbers() -> None:
    """NaN and infinities by the names that the other formats use."""
    b = clock()
    for slot, value in ((4, float("nan")), (5, float("inf")), (6, float("-inf"))):
        b.initial(slot, value)

    assert rows(b.program())[1][4:] == ["NaN", "Infinity", "-Infinity"]


def test_csv_of_a_run_without_frames_has_its_names() -> None:
    """A trap in the first frame leaves the row of names."""
    assert rows(two_writers().program()) == [["frame", "tMs", "slot0", "slot1", "slot2", "slot3"]]


# --- NPZ ------------------------------------------------------------------------------------


def test_npz_has_times_and_columns() -> None:
    """float64, shape (frames,), for every numeric slot."""
    found = arrays(signals(2).program(), 3)

    np.testing.assert_array_equal(found["t_ms"], frame_times(3))
    np.testing.assert_array_equal(found["slot_2"], [20000, 20001, 20002])
    assert (found["t_ms"].dtype, found["slot_2"].dtype) == (np.float64, np.float64)


def test_npz_has_the_header_and_the_end() -> None:
    """`meta` is the header as JSON text, with `leftOut` and `end`."""
    program = signals(2).program()
    meta = json.loads(str(arrays(program)["meta"]))
    lines = [json.loads(line) for line in written("jsonl", program, 2).splitlines()]

    assert meta.pop("leftOut") == []
    assert {"record": "end"} | meta.pop("end") == lines[-1]
    assert {"record": "header"} | meta == lines[0]


def test_npz_has_buffers_of_a_constant_size() -> None:
    """(frames, elements), or (frames, elements, components), in the buffer's own dtype."""
    found = arrays(load(bundled("no-slot-meta")))

    assert (found["slot_7"].shape, found["slot_7"].dtype) == ((2, 100, 2), np.float32)
    assert (found["slot_9"].shape, found["slot_9"].dtype) == ((2, 100, 4), np.uint8)
    assert found["slot_7"][:, 0, 0].tolist() == [70000, 70001]


def test_npz_leaves_out_what_is_no_array() -> None:
    """Domains, frames and texts are listed in `meta`, so that nobody looks for them in vain."""
    found = arrays(load(bundled("no-slot-meta")))

    assert json.loads(str(found["meta"]))["leftOut"] == [3, 20]
    assert not {"slot_3", "slot_20"} & found.keys()


def test_npz_leaves_out_a_buffer_that_changes_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames of different length make no array."""
    monkeypatch.setattr(
        "irrun.steps.kinds.materialize_test_geometry.MaterializeTestGeometry.placeholder",
        lambda step, access, frame, count: np.zeros(count + frame, np.float32),
    )
    b = clock()
    b.domain(2, 4)
    b.step("materializeTestGeometry", "s-grid", domainSlot=2, outXSlot=3, outYSlot=4,
           outRadiusSlot=5)  # fmt: skip

    found = arrays(b.program())

    assert json.loads(str(found["meta"]))["leftOut"] == [2, 3, 4, 5]


def test_npz_has_an_array_as_it_was_in_each_frame() -> None:
    """A slot's own array, filled anew in each frame (runtime-semantics 3.2), is a column too."""
    out = io.BytesIO()
    runtime, sink = Runtime(clock().program()), SINKS["npz"](out)
    sink.start({"slots": [{"slot": 3}]})
    for frame in range(3):
        runtime.values.ensure(3, "f32", 2)[:] = frame
        sink.frame(FrameView(runtime), dict)
    sink.finish({})

    with np.load(io.BytesIO(out.getvalue()), allow_pickle=False) as found:
        assert found["slot_3"].tolist() == [[0, 0], [1, 1], [2, 2]]


def test_npz_state_is_that_of_the_last_frame() -> None:
    """Copied, in the arrays' own dtypes."""
    found = arrays(load(bundled("ring-buffer")))

    assert found["state_f64"].tolist() == [0.25] + [0.0] * 17
    assert (found["state_f32"].dtype, found["state_i32"].dtype) == (np.float32, np.int32)
