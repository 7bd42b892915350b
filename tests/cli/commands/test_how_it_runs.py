"""What `-v` says of how frames are computed."""

from collections.abc import Callable
from typing import Any

import pytest
from cli.samples import Irrun, bundled, clock, reads_unwritten, save, summing
from program_builder import ProgramBuilder, opcode

Build = Callable[[], ProgramBuilder]


def feedback() -> ProgramBuilder:
    """A signal that adds 1 to its own value of the frame before, through slot 2."""
    b = clock("feedback")
    b.slot(2)
    before = b.signal("inputSlot", slot=2)
    more = b.signal("zip", a=before, b=b.signal_const(1), fn=opcode(100))
    b.step("signalEval", "s-count", outputs=[{"sigId": more, "slot": 2}])
    return b


def shared_state() -> ProgramBuilder:
    """Two operations on one number of state: nothing says whose turn it is in a block."""
    b = clock("shared")
    b.cell("one")
    for slot, op in ((2, "integrate"), (3, "slew")):
        sig = b.signal("stateful", op=op, stateId="one", input=b.signal("timeAbsMs"))
        b.slot(slot)
        b.step("signalEval", f"s-{op}", outputs=[{"sigId": sig, "slot": slot}])
    return b


def rows(text: str) -> dict[str, list[str]]:
    """Return the rows of a table of two columns: what stands beside each heading, by line."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in text.splitlines():
        first, rest = line[1:11].strip(), line[11:].strip()
        if line.startswith(" ") and (first or rest):
            heading = first or heading
            found.setdefault(heading, []).append(rest)
    return found


def said(irrun: Irrun, *words: str) -> dict[str, list[str]]:
    """Run a command with -v; return what the summary says."""
    return rows(irrun("run", *words, "--trace", "none", "-v").out)


def test_without_verbose_the_summary_does_not_say(irrun: Irrun) -> None:
    got = rows(irrun("run", save(summing()), "--trace", "none").out)
    assert "frames" in got
    assert not {"blocks", "columns", "by row", "circles", "refused"} & got.keys()


def test_frames_and_steps_in_blocks_are_counted(irrun: Irrun) -> None:
    got = said(irrun, save(summing()), "-n", "20")

    assert got["blocks"] == ["19 of 20 frames"], "the first is the interpreter's"
    assert got["columns"] == ["2 of 2 steps", "signalEval: s-sum", "timeDerive: s-time"]
    assert got["by row"] == ["none"]
    assert got["circles"] == ["none"]
    assert "refused" not in got


def test_frames_that_a_trace_looks_at_are_no_blocks(irrun: Irrun) -> None:
    got = rows(irrun("run", save(summing()), "-n", "20", "--trace-frames", "4-6", "-v").out)

    assert got["blocks"] == ["16 of 20 frames", "3 frames run step by step for a trace"]


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        ("auto", "19 of 20 frames"),
        ("block", "19 of 20 frames"),
        ("both", "19 of 20 frames, and the interpreter gives the same for all"),
        ("frame", "none: --engine frame asks for the interpreter"),
    ],
)
def test_the_engine_that_was_asked_for_shows(engine: str, expected: str, irrun: Irrun) -> None:
    assert said(irrun, save(summing()), "-n", "20", "--engine", engine)["blocks"] == [expected]


def test_steps_that_run_by_row_are_named_with_the_reason(irrun: Irrun) -> None:
    got = said(irrun, save(summing()), "-n", "9", "--executors", "stub")

    assert got["blocks"] == ["8 of 9 frames"]
    assert got["columns"] == ["0 of 2 steps"]
    assert got["by row"] == ["s-time, s-sum: a stub stands in for it"]


def test_a_probe_does_not_need_the_interpreter(irrun: Irrun) -> None:
    got = said(irrun, bundled("every-step-kind"), "-n", "9")
    assert got["blocks"] == ["8 of 9 frames"]


def test_what_needs_its_own_value_of_the_frame_before_is_a_circle(irrun: Irrun) -> None:
    got = said(irrun, save(feedback()))

    assert got["circles"] == ["signals 0, 2; slot 2 (2 operations: before, add)"]
    assert got["columns"][0] == "2 of 2 steps"


def test_a_program_for_the_interpreter_says_why(irrun: Irrun) -> None:
    path = save(shared_state())
    why = "integrate and slew use the same state"

    got = said(irrun, path)
    assert got["blocks"] == ["0 of 60 frames"]
    assert got["refused"] == [why]
    assert rows(irrun("inspect-layout", path, "-v").out)["refused"] == [why]


def test_a_program_whose_first_frame_fails_has_no_blocks(irrun: Irrun) -> None:
    b = clock()
    b.slot(2)
    b.step("signalEval", "s", outputs=[{"sigId": 9, "slot": 2}])
    got = irrun("inspect-layout", save(b), "-v")

    assert got.code == 0
    assert rows(got.out)["refused"] == ["its first frame fails (IR412)"]


def test_the_layout_is_told_without_running_unless_verbose(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise AssertionError("a frame was run")

    monkeypatch.setattr("irrun.runtime.runtime.Runtime.run_frame", fail)
    assert irrun("inspect-layout", save(summing())).code == 0


@pytest.mark.parametrize("build", [summing, feedback, shared_state, reads_unwritten])
@pytest.mark.parametrize("columns", ["80", "120"])
def test_it_fits_the_terminal(
    build: Build, columns: str, irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    path = save(build())
    for words in (("run", path, "--trace", "none", "-v"), ("inspect-layout", path, "-v")):
        got = irrun(*words)
        assert got.code == 0
        assert max(map(len, got.out.splitlines())) <= int(columns)
