"""`irrun.run`: frames in, columns out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from cli.samples import bundled, clock, overlapping_slots, reads_unwritten, signals, two_writers
from program_builder import ProgramBuilder

import irrun
from irrun.errors.program import SlotsOverlap
from irrun.errors.running import DoubleWrite, ReadUnwritten, UnknownSlot
from irrun.runtime.executor import Observer
from irrun.steps.frame import Frame


class Times(NamedTuple):
    name: str
    arguments: dict[str, Any]
    expected: Sequence[float]


TIMES = [
    Times("sixty frames at sixty per second", {}, [i * 1000 / 60 for i in range(60)]),
    Times("frames", {"frames": 3}, [0, 1000 / 60, 2000 / 60]),
    Times("fps", {"frames": 3, "fps": 25}, [0, 40, 80]),
    Times("start", {"frames": 2, "fps": 10, "start_ms": -50}, [-50, 50]),
    Times("times", {"times": [5, 3, 3]}, [5, 3, 3]),
    Times("times replace frames", {"times": [7], "frames": 9, "start_ms": 1}, [7]),
    Times("times from anywhere", {"times": tuple(float(t) for t in range(2))}, [0, 1]),
    Times("no frame", {"frames": 0}, []),
]


@pytest.mark.parametrize("row", TIMES, ids=lambda row: row.name)
def test_frames_run_at_their_times(row: Times) -> None:
    """Frame n is at start + n * 1000 / fps, or where `times` says."""
    result = irrun.run(clock().program(), **row.arguments)

    assert result.frames == len(row.expected)
    np.testing.assert_array_equal(result.t_ms, row.expected)
    np.testing.assert_array_equal(np.asarray(result[0]), row.expected)


def test_every_slot_has_a_column() -> None:
    """Numbers as float64 arrays over frames, objects as lists; all slots unless told."""
    b = signals(2)
    b.domain(9, 3)

    result = irrun.run(b.program(), frames=3, executors="stub")

    assert result.columns.slots == (0, 1, 2, 9)
    np.testing.assert_array_equal(np.asarray(result[2]), [20000, 20001, 20002])
    domains = result[9]
    assert isinstance(domains, list)
    assert [domain.count for domain in domains] == [3, 3, 3]


def test_chosen_slots_have_columns() -> None:
    """`record`: these slots and no others."""
    result = irrun.run(signals(2).program(), frames=2, record=[2])

    assert result.columns.slots == (2,)
    with pytest.raises(KeyError):
        result[0]


def test_an_unknown_slot_cannot_be_recorded() -> None:
    """The error names it, before any frame runs."""
    with pytest.raises(UnknownSlot, match="99"):
        irrun.run(clock().program(), record=[99])


def test_outputs_are_those_of_the_last_frame() -> None:
    """By output id."""
    b = signals(2)
    b.output(2, "level", "debug")
    b.output(0, "time", "debug")

    result = irrun.run(b.program(), frames=4, executors="stub")

    assert result.outputs == {"level": 20003.0, "time": 3.0}


def test_final_state_is_kept() -> None:
    """The three arrays as lists."""
    result = irrun.run(irrun.load(bundled("ring-buffer")), frames=1, executors="stub")

    assert result.state == {"f64": [0.25] + [0.0] * 17, "f32": [], "i32": [0]}


def test_stubs_are_named() -> None:
    """All steps with `stub`, none else."""
    program = signals(2).program()

    auto = irrun.run(program, frames=1)
    stub = irrun.run(program, frames=1, executors="stub")

    assert auto.stubs == ()
    assert [planned.step.id for planned in stub.stubs] == ["s-time", "s-signals"]


def test_warnings_are_in_the_result() -> None:
    """A read before any write is found once, and does not stop the run."""
    result = irrun.run(reads_unwritten().program(), frames=5, executors="stub")

    assert [type(finding) for finding in result.findings] == [ReadUnwritten]
    assert result.frames == 5


def test_strict_raises_them() -> None:
    """`strict`: the same finding ends the run."""
    with pytest.raises(ReadUnwritten) as caught:
        irrun.run(reads_unwritten().program(), executors="stub", strict=True)
    assert (caught.value.where.frame, caught.value.where.slot) == (0, 2)


def test_a_trap_is_raised_with_its_place() -> None:
    """Step, slot and frame."""
    with pytest.raises(DoubleWrite) as caught:
        irrun.run(two_writers().program(), executors="stub")
    where = caught.value.where
    assert (where.step, where.slot, where.frame) == ("s-two", 2, 0)


def test_an_invalid_program_is_raised() -> None:
    """Before any frame runs."""
    with pytest.raises(SlotsOverlap):
        irrun.run(overlapping_slots().program())


class Counting(Observer):
    """Counts frames and steps."""

    def __init__(self) -> None:
        self.frames: list[int] = []
        self.steps = 0

    def frame_start(self, frame: Frame) -> None:
        self.frames.append(frame.index)

    def step_end(self, frame: Frame, planned: object) -> None:
        self.steps += 1


def test_observers_look_on() -> None:
    """Each is told of every frame and every step."""
    first, second = Counting(), Counting()

    irrun.run(signals(2).program(), frames=3, observers=[first, second])

    for observer in (first, second):
        assert (observer.frames, observer.steps) == ([0, 1, 2], 6)


def test_runs_share_nothing() -> None:
    """Two runs of one program object do not see each other."""
    program = irrun.load(bundled("every-step-kind"))
    before = program.digest

    first = irrun.run(program, frames=5)
    second = irrun.run(program, frames=5)

    assert first.runtime is not second.runtime
    for slot in first.columns.slots:
        column = first[slot]
        if isinstance(column, np.ndarray):
            np.testing.assert_array_equal(column, np.asarray(second[slot]))
    assert irrun.encode(program, "msgpack") == irrun.encode(irrun.load(bundled("every-step-kind")),
                                                            "msgpack")  # fmt: skip
    assert program.digest == before


def test_quirks_reach_the_clock() -> None:
    """`quirks` takes the reference's value where the semantics keep them apart: a zero period."""
    b = clock()
    b.doc["timeModel"] = b.doc["schedule"]["steps"][0]["timeModel"] = {
        "kind": "cyclic", "periodMs": 0, "mode": "loop", "phaseDomain": "0..1"
    }  # fmt: skip

    plain = irrun.run(b.program(), frames=1, executors="real")
    quirky = irrun.run(b.program(), frames=1, executors="real", quirks=True)

    np.testing.assert_array_equal(np.asarray(plain[1]), [0])
    np.testing.assert_array_equal(np.asarray(quirky[1]), [np.nan])


# --- What it takes --------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["path", "text", "bytes", "file"])
def test_a_program_is_loaded_if_it_is_not_there_yet(form: str) -> None:
    """From whatever `load` takes."""
    path = Path(bundled("minimal"))
    with path.open("rb") as file:
        source: Any = {"path": path, "text": str(path), "bytes": path.read_bytes(), "file": file}[
            form
        ]
        assert irrun.run(source, frames=2).frames == 2


def test_what_is_no_program_says_what_to_do() -> None:
    """A document in memory is the mistake that is next to hand."""
    with pytest.raises(TypeError, match=r"path, bytes or an open file.*got dict.*json\.dumps"):
        irrun.run({"irVersion": 1})  # type: ignore[arg-type]
    with pytest.raises(irrun.IrrunError, match=r"IR100  cannot read nothing\.json"):
        irrun.run("nothing.json")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"frames": -1}, "frames is -1"),
        ({"fps": 0}, "fps is 0"),
        ({"fps": -25.0}, "fps is -25"),
        ({"fps": np.nan}, "fps is nan"),
    ],
    ids=str,
)
def test_what_no_run_can_have_is_refused(arguments: dict[str, Any], words: str) -> None:
    """Before anything runs, in the words of the caller."""
    with pytest.raises(ValueError, match=words):
        irrun.run(clock().program(), **arguments)


# --- Columns by name, and their shapes ------------------------------------------------------


def named() -> ProgramBuilder:
    """Return a program with an output that has a label, and two steps of one label."""
    b = signals(2)
    b.output(2, "level", "debug")
    b.doc["outputs"][-1]["label"] = "Level"
    for slot, name in ((3, "s-a"), (4, "s-b")):
        outputs = [{"sigId": b.signal_const(slot), "slot": slot}]
        b.step("signalEval", name, outputs=outputs, label="Twice")
    return b


@pytest.mark.parametrize("name", ["level", "Level"])
def test_a_column_is_found_by_output(name: str) -> None:
    """By its id, and by its label."""
    result = irrun.run(named().program(), frames=3)

    np.testing.assert_array_equal(np.asarray(result[name]), np.asarray(result[2]))


def test_a_column_is_found_by_the_label_of_its_step() -> None:
    """What people call it where it is no output; a label of several slots says of which."""
    program = irrun.load(bundled("minimal"))
    result = irrun.run(named().program(), frames=1)

    assert program.steps[1].label is None
    with pytest.raises(KeyError, match="'Twice' is the label of slots 3, 4"):
        result["Twice"]
    with pytest.raises(KeyError, match="'nothing'; there are: 'level', 'Level', 'Twice'"):
        result["nothing"]


def test_a_slot_that_was_not_recorded_says_which_were() -> None:
    result = irrun.run(signals(2).program(), frames=1, record=[1, 2])

    with pytest.raises(KeyError, match="slot 0 was not recorded; recorded are: 1, 2"):
        result[0]


def test_columns_of_buffers_are_arrays() -> None:
    """(frames, elements) for numbers, (frames, elements, components) for vectors and colours."""
    result = irrun.run(bundled("color-ring"), frames=3)
    columns = {slot: np.asarray(result[slot]) for slot in (21, 22, 23)}
    now = result.runtime.values.peek(23)

    shapes = {slot: (column.shape, column.dtype.name) for slot, column in columns.items()}
    assert shapes == {
        21: ((3, 72, 2), "float32"),
        22: ((3, 72), "float32"),
        23: ((3, 72, 4), "uint8"),
    }
    np.testing.assert_array_equal(columns[23][-1].reshape(-1), now.data)
    assert result[23] is result[23]


def test_columns_of_vectors_are_arrays() -> None:
    """One number to a member, x before y, whatever the order in the document."""
    b = clock()
    b.initial(9, {"y": 2, "x": -0.0})
    b.initial(10, {"r": 0.25, "g": 0.5, "b": 0.75, "a": 1})
    b.initial(11, {"x": 1, "other": 2})

    result = irrun.run(b.program(), frames=2)

    vectors = np.asarray(result[9])
    assert (vectors.shape, vectors.tolist()) == ((2, 2), [[0, 2], [0, 2]])
    assert np.signbit(vectors[:, 0]).all()
    assert np.asarray(result[10]).tolist() == [[0.25, 0.5, 0.75, 1]] * 2
    assert isinstance(result[11], list)


def test_a_result_is_shown_in_a_line() -> None:
    """Not its arrays."""
    result = irrun.run(reads_unwritten().program(), frames=2, executors="stub")

    assert (
        repr(result)
        == f"<RunResult of 'reads-unwritten', 2 frames, {len(result.columns.slots)} slots, "
        "1 finding>"
    )
