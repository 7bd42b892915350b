"""`irrun run`: what is shown, what is written, what refuses."""

import csv
import json
import math
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from cli.samples import (
    COMMAND,
    Irrun,
    Outcome,
    awkward,
    bundled,
    clock,
    environment,
    old_form,
    reads_unwritten,
    save,
    signals,
    two_writers,
)
from program_builder import ProgramBuilder

TRACE_TITLE = re.compile(r"^frame (\d+) ·", re.MULTILINE)
VALUES_TITLE = re.compile(r"^values after frame (\d+) ·", re.MULTILINE)
STATE_TITLE = re.compile(r"^state after frame (\d+) ·", re.MULTILINE)


def frames_in(text: str, title: re.Pattern[str] = TRACE_TITLE) -> list[int]:
    """Return which frames have a table with such a title, in order."""
    return [int(index) for index in title.findall(text)]


def watchable() -> ProgramBuilder:
    """A clock; slot 2 holds a constant and is the output `level`, slot 3 holds another."""
    b = signals(2, 3, patch_id="watchable")
    b.output(2, "level", "debug")
    return b


# --- Steps ----------------------------------------------------------------------------------


def test_first_and_last_frame_and_a_summary_are_shown(irrun: Irrun) -> None:
    """Without options: the steps of the first and the last frame, and what the run came to."""
    got = irrun("run", bundled("minimal"), "-n", "10")

    assert got.code == 0
    assert frames_in(got.out) == [0, 9]
    assert "summary" in got.out
    for fact in ("s-time", "s-wave", "s-render", "minimal", "10", "0 to 150 ms"):
        assert fact in got.out
    assert got.err == ""


def test_a_traced_step_shows_its_reads_and_writes(irrun: Irrun) -> None:
    """A row names the step, its kind, what executed it, and the slots with their values."""
    got = irrun("run", bundled("every-step-kind"), "-n", "1", "--executors", "stub")

    row = re.search(r"s-energy .*\n.*\n.*", got.out)
    assert row is not None
    for fact in ("busEval", "stub", "4 = 40000", "6 = 60000", "9 = 90000"):
        assert fact in row[0]


class Frames(NamedTuple):
    text: str
    shown: list[int]


TRACE_FRAMES = [
    Frames("0,-1", [0, 9]),
    Frames("5", [5]),
    Frames("-1", [9]),
    Frames("-10", [0]),
    Frames("-3,-1", [7, 9]),
    Frames("2-4", [2, 3, 4]),
    Frames("4-4", [4]),
    Frames("8,2-3,-10", [0, 2, 3, 8]),
    Frames("3,3,-7", [3]),
    Frames(" 1 , 2 ", [1, 2]),
    Frames("all", [*range(10)]),
    Frames("7-", [7, 8, 9]),
    Frames("0:3", [0, 1, 2]),
    Frames("8:60", [8, 9]),
    Frames(":2,-2:", [0, 1, 8, 9]),
]


@pytest.mark.parametrize("row", TRACE_FRAMES, ids=lambda row: row.text)
def test_trace_frames_chooses_the_frames(row: Frames, irrun: Irrun) -> None:
    """Indices, ranges, and negative indices from the end; each frame once, in order."""
    got = irrun("run", bundled("minimal"), "-n", "10", "--trace-frames", row.text)

    assert got.code == 0
    assert frames_in(got.out) == row.shown


@pytest.mark.parametrize(
    "text", ["x", "10", "-11", "0-10", "1-2-3", "5-3", "1.5", "0,y", "7:7", "12:", "x:", "12-"]
)
@pytest.mark.parametrize("option", ["--trace-frames", "--dump-frames"])
def test_frames_that_are_none_are_wrong_usage(option: str, text: str, irrun: Irrun) -> None:
    """A frame that does not exist, and a text that names none, is never silently nothing."""
    got = irrun("run", bundled("minimal"), "-n", "10", "--dump", "all", option, text)

    assert got.code == 2
    assert option in got.err
    assert got.out == ""


def test_a_single_frame_is_shown_once(irrun: Irrun) -> None:
    """First and last frame are the same one."""
    assert frames_in(irrun("run", bundled("minimal"), "-n", "1").out) == [0]


def test_trace_none_leaves_the_summary(irrun: Irrun) -> None:
    """No steps, but still what the run came to."""
    got = irrun("run", bundled("minimal"), "--trace", "none", "--trace-frames", "0-5")

    assert frames_in(got.out) == []
    assert got.out.startswith("summary")


def test_a_failing_frame_is_shown_up_to_the_step_that_fails(irrun: Irrun) -> None:
    """The trace of a frame that fails is kept even if it was not asked for."""
    got = irrun("run", save(two_writers()), "-n", "10", "--trace-frames", "5", "--no-check")

    assert got.code == 4
    assert frames_in(got.out) == [0]
    assert re.search(r"s-two .*\n.*signalEval .*\n +failed", got.out)
    assert "s-three" not in got.out[: got.out.index("summary")]
    assert "0 of 10" in got.out


# --- Watched slots --------------------------------------------------------------------------


class Watch(NamedTuple):
    name: str
    arguments: list[str]
    slots: list[int]


WATCH = [
    Watch("one slot", ["--watch", "3"], [3]),
    Watch("several slots", ["--watch", "3,0"], [0, 3]),
    Watch("repeated option", ["--watch", "3", "--watch", "0"], [0, 3]),
    Watch("named twice", ["--watch", "3,3"], [3]),
    Watch("output id", ["--watch", "level"], [2]),
    Watch("slot and output id", ["--watch", "0,level"], [0, 2]),
]


@pytest.mark.parametrize("row", WATCH, ids=lambda row: row.name)
def test_watched_slots_are_shown_over_all_frames(row: Watch, irrun: Irrun) -> None:
    """A curve to a slot, and a row to a frame with each slot's value."""
    got = irrun("run", save(watchable()), "-n", "5", "--executors", "stub", *row.arguments)

    header = next(line for line in got.out.splitlines() if "t in ms" in line)
    assert [int(slot) for slot in re.findall(r"slot (\d+)", header)] == row.slots
    for slot in row.slots:
        for frame in range(5):
            assert str(slot * 10_000 + frame) in got.out


@pytest.mark.parametrize("row", WATCH, ids=lambda row: row.name)
def test_machine_output_then_has_only_watched_slots(row: Watch, irrun: Irrun) -> None:
    """`--watch` also chooses the recorded slots of header and frames."""
    got = irrun("run", save(watchable()), "-n", "2", "--format", "json", *row.arguments)

    assert sorted(slot["slot"] for slot in got.document["slots"]) == row.slots
    for frame in got.document["frames"]:
        assert sorted(map(int, frame["values"])) == row.slots


@pytest.mark.parametrize("text", ["9", "-1", "levle", "2,nothing", "²", "9" * 5000])
def test_a_slot_that_does_not_exist_is_wrong_usage(text: str, irrun: Irrun) -> None:
    """The message names what was asked for, the known slots, and the outputs."""
    got = irrun("run", save(watchable()), f"--watch={text}")

    assert got.code == 2
    for fact in ("--watch", text.rpartition(",")[2][:20], "0 to 3", "level"):
        assert fact in got.err


def with_buffer() -> ProgramBuilder:
    """A clock in slot 0; slot 2 holds a buffer of three places, and is the output `a:b`."""
    b = clock("with-buffer")
    shape = {"components": 2, "elementType": "f32"}
    b.initial(2, {"kind": "buffer", "data": [1, 2, 3, math.nan, 5, 6.5], "format": shape})
    b.output(2, "a:b", "debug")
    return b


def columns_of(text: str) -> dict[str, list[str]]:
    """Return the columns of the tables of values by name, one cell to a frame."""
    found: dict[str, list[str]] = {}
    names: list[str] = []
    for line in text[text.index("values by frame") :].partition("summary")[0].splitlines():
        cells = re.split(r" {2,}", line.strip())
        if cells[0] == "frame":
            names = cells[2:]
        elif cells[0].isdigit():
            for name, cell in zip(names, cells[2:], strict=True):
                found.setdefault(name, []).append(cell)
    return found


@pytest.mark.parametrize(
    ("asked", "name", "cell"),
    [
        ("2[0]", "slot 2[0]", "1"),
        ("2[5]", "slot 2[5]", "6.5"),
        ("2[1].x", "slot 2[1].x", "3"),
        ("2[1].y", "slot 2[1].y", "NaN"),
        ("2[2].1", "slot 2[2].1", "6.5"),
        ("2:min", "slot 2:min", "1"),
        ("2:max", "slot 2:max", "6.5"),
        ("2:nan", "slot 2:nan", "1"),
        ("2:sum", "slot 2:sum", "NaN"),
        ("a:b:max", "slot 2:max", "6.5"),
        ("a:b[0].x", "slot 2[0].x", "1"),
        ("2[6]", "slot 2[6]", "no number"),
        ("0[0]", "slot 0[0]", "no number"),
        ("0:mean", "slot 0:mean", "no number"),
    ],
)
def test_parts_of_buffers_are_watched(asked: str, name: str, cell: str, irrun: Irrun) -> None:
    """A curve and a column of values; machine output has the whole slot."""
    program = save(with_buffer())

    got = irrun("run", program, "-n", "3", "--trace", "none", "--watch", asked)
    machine = irrun("run", program, "-n", "3", "--format", "json", "--watch", asked)

    assert got.code == 0, got.err
    assert columns_of(got.out) == {name: [cell] * 3}
    curve = next(line for line in got.out.splitlines() if name.removeprefix("slot ") in line)
    assert curve.rstrip().endswith("no number" if cell == "no number" else ("▁▁▁", "!!!"))
    slot = int(name.removeprefix("slot ")[0])
    assert [s["slot"] for s in machine.document["slots"]] == [slot]
    assert [list(frame["values"]) for frame in machine.document["frames"]] == [[str(slot)]] * 3


def test_slots_and_their_parts_stand_together(irrun: Irrun) -> None:
    """By slot, the slot itself first, then its parts as they were asked for, each once."""
    asked = "2:max,2[0],0,2,2:max,0[0],a:b"

    got = irrun("run", save(with_buffer()), "-n", "2", "--trace", "none", "--watch", asked)

    assert list(columns_of(got.out)) == [f"slot {n}" for n in ("0", "0[0]", "2", "2:max", "2[0]")]


def test_a_swapped_program_may_lack_the_buffer(irrun: Irrun) -> None:
    """No number from that frame on."""
    save(clock("other"), "other.json")
    arguments = ("--watch", "2[0]", "--swap", "1=other.json", "--trace", "none", "-n", "3")

    got = irrun("run", save(with_buffer()), *arguments)

    assert got.code == 0, got.err
    assert columns_of(got.out) == {"slot 2[0]": ["1", "no number", "no number"]}


@pytest.mark.parametrize("text", ["2[", "2[x]", "2[0].q", "2:median", "2:", "a:b:", "2[0][1]"])
def test_a_wrong_part_of_a_slot_is_wrong_usage(text: str, irrun: Irrun) -> None:
    """The message shows what would be right."""
    got = irrun("run", save(with_buffer()), "--watch", text)

    assert got.code == 2
    base = text.partition("[")[0].rstrip(":").removesuffix(":median")
    for fact in ("--watch", f"'{text}'", f"{base}[3].y", f"{base}:mean"):
        assert fact in got.err


@pytest.mark.parametrize("text", ["9[0]", "nothing:mean", "[0]", ":mean"])
def test_a_part_of_no_slot_is_wrong_usage(text: str, irrun: Irrun) -> None:
    """The message names the known slots."""
    got = irrun("run", save(with_buffer()), "--watch", text)

    assert (got.code, "0 to 2" in got.err) == (2, True)


def test_a_long_run_shows_both_ends_and_counts_the_rest(irrun: Irrun) -> None:
    """Of 100 frames the first and last eight are listed, all of them with -v."""
    arguments = ("run", bundled("minimal"), "--trace", "none", "--watch", "0", "-n", "100")
    shown = re.compile(r"^ +(\d+) .*\d$", re.MULTILINE)

    brief, whole = irrun(*arguments).out, irrun(*arguments, "-v").out

    brief, whole = (text[text.index("values by frame") :] for text in (brief, whole))
    frames = [int(index) for index in shown.findall(re.sub(r" +$", "", brief, flags=re.M))]
    assert frames == [*range(8), *range(92, 100)]
    assert "84 more" in brief
    assert "more" not in whole
    assert "1533.3333333333333" in whole


# --- Contents of the stores -----------------------------------------------------------------


def test_dump_values_shows_every_slot_of_the_last_frame(irrun: Irrun) -> None:
    """Slot, place, value and writer; the last frame unless told otherwise."""
    got = irrun("run", bundled("every-storage"), "-n", "3", "--executors", "stub",
                "--dump", "values")  # fmt: skip

    assert frames_in(got.out, VALUES_TITLE) == [2]
    assert frames_in(got.out, STATE_TITLE) == []
    for slot, place in enumerate(("f64[2]", "f32[0]", "i32[0]", "u32[0]", "object[0]"), start=2):
        assert re.search(rf"^ +{slot} +{re.escape(place)} .* {slot}0002 +s-store", got.out, re.M)


def test_dump_state_shows_every_cell(irrun: Irrun) -> None:
    """Cell, place and elements; a long ring buffer is shortened, whole with -v."""
    arguments = ("run", bundled("ring-buffer"), "-n", "2", "--executors", "stub",
                 "--dump", "state")  # fmt: skip
    brief, whole = irrun(*arguments).out, irrun(*arguments, "-v").out

    assert frames_in(brief, STATE_TITLE) == [1]
    assert frames_in(brief, VALUES_TITLE) == []
    for fact in ("acc", "f64[0]", "0.25", "delay", "f64[1..17]", "delay-at", "i32[0]"):
        assert fact in brief
    assert "... 11 more ..." in " ".join(brief.split())
    assert "more" not in whole


def test_dump_all_shows_both(irrun: Irrun) -> None:
    """`all` is `values` and `state`, as is naming both."""
    arguments = ("run", bundled("ring-buffer"), "-n", "2", "--dump-frames", "0,-1")
    for dump in (["--dump", "all"], ["--dump", "values", "--dump", "state"]):
        got = irrun(*arguments, *dump)

        assert frames_in(got.out, VALUES_TITLE) == [0, 1]
        assert frames_in(got.out, STATE_TITLE) == [0, 1]


def test_a_program_without_state_says_so(irrun: Irrun) -> None:
    """An empty state is said in words, not shown as an empty table."""
    got = irrun("run", bundled("minimal"), "--dump", "state", "-n", "1")

    assert "no state cells" in got.out
    assert frames_in(got.out, STATE_TITLE) == []


@pytest.mark.parametrize("row", TRACE_FRAMES, ids=lambda row: row.text)
def test_dump_frames_chooses_the_frames(row: Frames, irrun: Irrun) -> None:
    """The same texts as --trace-frames."""
    got = irrun("run", bundled("minimal"), "-n", "10", "--trace", "none", "--dump", "values",
                "--dump-frames", row.text)  # fmt: skip

    assert frames_in(got.out, VALUES_TITLE) == row.shown


def test_a_dumped_slot_tells_who_wrote_it(irrun: Irrun) -> None:
    """The writing step, `initialSlotValues`, or that nothing ever did."""
    b = reads_unwritten()
    b.domain(7, 3)

    got = irrun("run", save(b), "-n", "1", "--executors", "stub", "--dump", "values")

    assert re.search(r"^ +2 .* never written", got.out, re.MULTILINE)
    assert re.search(r"^ +3 .* s-sum", got.out, re.MULTILINE)
    assert re.search(r"^ +7 .* domain of 3 .* initialSlotValues", got.out, re.MULTILINE)


# --- How much is said -----------------------------------------------------------------------


def test_quiet_shows_problems_only(irrun: Irrun) -> None:
    """-q: nothing on standard output; warnings still on standard error."""
    got = irrun("run", save(reads_unwritten()), "-q", "--executors", "stub", "--dump", "all")

    assert (got.code, got.out) == (0, "")
    assert "IR450" in got.err


def test_notes_are_shown_when_verbose(irrun: Irrun) -> None:
    """A note, such as the one on an old spelling, appears with -v only."""
    name = save(old_form())

    assert irrun("run", name, "-n", "1").err == ""
    assert "note IR155" in irrun("run", name, "-n", "1", "-v").err


def aliased_time() -> ProgramBuilder:
    """A clock that names slot 0 for two values."""
    b = ProgramBuilder("aliased-time")
    b.slots(0)
    b.time(0, 0)
    return b


@pytest.mark.parametrize(
    ("code", "program", "executors"),
    [("IR450", reads_unwritten(), "stub"), ("IR452", aliased_time(), "auto")],
    ids=["IR450", "IR452"],
)
def test_a_warning_is_reported_once_for_all_frames(
    code: str, program: ProgramBuilder, executors: str, irrun: Irrun
) -> None:
    """What is found in each of 60 frames is one warning, and counted as one."""
    got = irrun("run", save(program), "--executors", executors)

    assert got.err.count(code) == 1
    assert re.search(rf"^ warnings +1 \({code}\)", got.out, re.MULTILINE)


# --- Time -----------------------------------------------------------------------------------


class Times(NamedTuple):
    name: str
    arguments: list[str]
    expected: list[float]


TIMES = [
    Times("60 per second", ["-n", "3"], [0, 1000 / 60, 2000 / 60]),
    Times("fps", ["-n", "3", "--fps", "25"], [0, 40, 80]),
    Times("start", ["-n", "2", "--fps", "10", "--start", "500"], [500, 600]),
    Times("negative start", ["-n", "2", "--fps", "10", "--start", "-150.5"], [-150.5, -50.5]),
    Times("times", ["--times", "0,16.7,33.3"], [0, 16.7, 33.3]),
    Times("times replace frames and start", ["--times", "5", "-n", "9", "--start", "1"], [5]),
    Times("times run backwards", ["--times", "30,10,-5"], [30, 10, -5]),
    Times("blanks", ["--times", " 1 , 2,"], [1, 2]),
]


@pytest.mark.parametrize("row", TIMES, ids=lambda row: row.name)
def test_frames_run_at_their_times(row: Times, irrun: Irrun) -> None:
    """Frame n is at start + n * 1000 / fps, or where --times says; timeDerive writes it."""
    got = irrun("run", save(clock()), "--format", "json", *row.arguments).document

    assert [frame["tMs"] for frame in got["frames"]] == row.expected
    assert [frame["values"]["0"] for frame in got["frames"]] == row.expected
    assert got["frameCount"] == len(row.expected)


BAD_NUMBERS = [
    ("--times", "x"),
    ("--times", "1,,b"),
    ("--times", "nan"),
    ("--times", "1e999"),
    ("--times", ","),
    ("--frames", "0"),
    ("--frames", "-1"),
    ("--frames", "x"),
    ("--frames", "1.5"),
    ("--fps", "0"),
    ("--fps", "-1"),
    ("--fps", "x"),
    ("--fps", "nan"),
    ("--fps", "inf"),
    ("--start", "x"),
    ("--start", "nan"),
    ("--start", "inf"),
]


@pytest.mark.parametrize(("option", "text"), BAD_NUMBERS, ids=["=".join(r) for r in BAD_NUMBERS])
def test_numbers_that_are_no_times_are_wrong_usage(option: str, text: str, irrun: Irrun) -> None:
    """Times are finite, rates positive and finite, counts whole and positive."""
    got = irrun("run", bundled("minimal"), f"{option}={text}")

    assert got.code == 2
    assert option in got.err


# --- Executors ------------------------------------------------------------------------------


def test_stub_stubs_every_step(irrun: Irrun) -> None:
    """`--executors stub`: no step is computed, and each says that stubs were asked for."""
    got = irrun("run", bundled("every-step-kind"), "-n", "1", "--executors", "stub",
                "--format", "json").document  # fmt: skip

    steps = got["frames"][0]["steps"]
    assert [stub["step"] for stub in got["stubs"]] == [step["step"] for step in steps]
    assert {step["executor"] for step in steps} == {"stub"}
    assert all("asked for" in stub["why"] for stub in got["stubs"])


@pytest.mark.parametrize("executors", ["auto", "real"])
def test_unless_stubs_are_asked_for_steps_compute(irrun: Irrun, executors: str) -> None:
    """`auto` and `real` stub nothing."""
    got = irrun("run", save(clock()), "-n", "2", "--executors", executors, "--format", "json")

    assert got.code == 0
    assert got.document["stubs"] == []
    assert got.document["frames"][1]["values"]["0"] == 1000 / 60


# --- Strictness -----------------------------------------------------------------------------


def test_a_read_before_any_write_is_a_warning(irrun: Irrun) -> None:
    """Not strict: the run goes on, with slot, step, field and frame in the warning."""
    got = irrun("run", save(reads_unwritten()), "--executors", "stub")

    assert got.code == 0
    for fact in ("warning IR450", "slot 2", "s-sum", "publishers[0].srcSlot", "frame 0"):
        assert fact in got.err


def test_strict_makes_it_an_error(irrun: Irrun) -> None:
    """--strict: the same finding ends the run with exit code 4."""
    got = irrun("run", save(reads_unwritten()), "--executors", "stub", "--strict")

    assert got.code == 4
    for fact in ("IR450", "slot 2", "s-sum", "publishers[0].srcSlot", "frame 0"):
        assert fact in got.err
    assert "0 of 60" in got.out


def test_what_ends_a_strict_run_is_called_an_error(irrun: Irrun) -> None:
    """A finding that ends the run is shown, and recorded, as an error, not as a warning."""
    name = save(reads_unwritten())

    shown = irrun("run", name, "--executors", "stub", "--strict", "-q").err
    recorded = irrun("run", name, "--executors", "stub", "--strict", "--format", "json").document

    assert shown.startswith("error IR450")
    assert recorded["end"]["error"]["severity"] == "error"


def test_strict_refuses_a_warning_before_the_first_frame(irrun: Irrun) -> None:
    """An initial constant that does not exist: exit code 3, as nothing has run."""
    b = clock()
    b.cell("acc", initialConstId=9)
    name = save(b)

    assert irrun("run", name).code == 0
    strict = irrun("run", name, "--strict")
    assert (strict.code, strict.out) == (3, "")
    assert "IR262" in strict.err


def test_strict_changes_nothing_for_a_clean_program(irrun: Irrun) -> None:
    """No warning, no difference, but for the header's own word on it."""
    arguments = ("run", bundled("minimal"), "-n", "2", "--format", "json")
    plain, strict = irrun(*arguments).document, irrun(*arguments, "--strict").document

    assert (plain.pop("strict"), strict.pop("strict")) == (False, True)
    assert strict == plain


# --- Machine output on standard output ------------------------------------------------------


def test_json_is_one_object_of_header_frames_and_end(irrun: Irrun) -> None:
    """The members of docs/output-format.md, one frame to a line."""
    got = irrun("run", bundled("every-step-kind"), "-n", "3", "--format", "json", "--strict")
    found = got.document

    assert got.err == ""
    assert (found["format"], found["version"]) == ("irrun-run", 1)
    assert found["program"]["patchId"] == "every-step-kind"
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", found["program"]["digest"])
    assert (found["frameCount"], found["executors"], found["strict"]) == (3, "auto", True)
    assert found["outputs"] == [{"id": "frame", "kind": "renderFrame", "slot": 50}]
    assert [frame["frame"] for frame in found["frames"]] == [0, 1, 2]
    assert found["end"] == {
        "completedFrames": 3,
        "state": {"f64": [], "f32": [], "i32": []},
        "findings": [],
    }
    assert len(got.out.splitlines()) == 1 + 3 + 1


def test_every_frame_has_every_recorded_slot(irrun: Irrun) -> None:
    """`values` of each frame has exactly the slots that the header lists."""
    found = irrun("run", bundled("every-storage"), "-n", "3", "--format", "json").document

    slots = [str(slot["slot"]) for slot in found["slots"]]
    storages = [slot["storage"] for slot in found["slots"]]
    assert storages == ["f64", "f64", "f64", "f32", "i32", "u32", "object"]
    assert all(list(frame["values"]) == slots for frame in found["frames"])


def test_traced_and_dumped_frames_carry_more(irrun: Irrun) -> None:
    """`steps` only in traced frames, `state` only in dumped ones, `probes` where one looked."""
    arguments = ("run", bundled("every-storage"), "-n", "4", "--format", "json", "--dump", "state",
                 "--trace-frames", "1", "--dump-frames", "2")  # fmt: skip
    frames = irrun(*arguments).document["frames"]

    assert ["steps" in frame for frame in frames] == [False, True, False, False]
    assert ["state" in frame for frame in frames] == [False, False, True, False]
    assert [step["step"] for step in frames[1]["steps"]] == ["s-time", "s-store", "s-look"]
    assert frames[1]["steps"][0]["writes"][0] == {"slot": 0, "value": 1000 / 60}
    for frame in frames:
        assert [probe["slot"] for probe in frame["probes"]] == [2, 3, 4, 5, 6]
        assert frame["probes"][0] == {
            "step": "s-look",
            "probe": "probe:storages:0",
            "mode": "value",
            "slot": 2,
            "value": frame["values"]["2"],
        }


def test_json_lines_say_the_same(irrun: Irrun) -> None:
    """`jsonl`: header, frames, end, one to a line, each with its `record`; same contents."""
    arguments = ("run", bundled("ring-buffer"), "-n", "3")
    found = irrun(*arguments, "--format", "json").document
    records = irrun(*arguments, "--format", "jsonl").records

    assert [line.pop("record") for line in records] == ["header", *["frame"] * 3, "end"]
    frames, end = found.pop("frames"), found.pop("end")
    assert records == [found, *frames, end]


def keys_of(value: Any) -> Iterator[str]:
    """Yield the names of all members, at any depth."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield key
            yield from keys_of(member)
    elif isinstance(value, list):
        for member in value:
            yield from keys_of(member)


def test_machine_output_holds_no_timing(irrun: Irrun) -> None:
    """How long something took is in the tables only: two runs give the same bytes."""
    arguments = ("run", bundled("every-step-kind"), "-n", "3", "--format", "jsonl")
    first, second = irrun(*arguments), irrun(*arguments)

    assert first.out == second.out
    words = re.compile(r"nano|micro|milli|second|elapsed|duration|took", re.IGNORECASE)
    assert [key for line in first.records for key in keys_of(line) if words.search(key)] == []


ENVIRONMENTS = {
    "narrow": {"COLUMNS": "40", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    "wide": {
        "COLUMNS": "200",
        "TZ": "America/St_Johns",
        "LC_ALL": "de_DE.UTF-8",
        "PYTHONHASHSEED": "2",
        "FORCE_COLOR": "1",
        "PYTHONIOENCODING": "latin-1",
    },
}

MACHINE_COMMANDS = [
    ("narrow", ["run", "program.json", "-n", "3", "--format", "json"]),
    ("wide", ["run", "program.json", "-n", "3", "--format", "jsonl"]),
    ("narrow", ["inspect-layout", "program.json", "--format", "json"]),
    ("wide", ["inspect-layout", "program.json", "--format", "json"]),
]


@pytest.mark.parametrize(
    ("surroundings", "arguments"),
    MACHINE_COMMANDS,
    ids=[f"{e} {a[0]}" for e, a in MACHINE_COMMANDS],
)
def test_machine_output_is_the_same_everywhere(
    surroundings: str, arguments: list[str], irrun: Irrun
) -> None:
    """Terminal width, time zone, locale, encoding and hash seed change no byte."""
    b = awkward()
    b.domain(7_000, 4, ["é", "日本", "z"])
    save(b)

    variables = environment(**ENVIRONMENTS[surroundings])
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, env=variables, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout == irrun(*arguments).out.encode()


def test_buffers_full_writes_all_elements(irrun: Irrun) -> None:
    """`--buffers full`: data in place of digest and first elements."""
    arguments = ("run", bundled("no-slot-meta"), "-n", "1", "--executors", "stub", "--format",
                 "json", "--watch", "8")  # fmt: skip
    brief = irrun(*arguments).document["frames"][0]["values"]["8"]
    whole = irrun(*arguments, "--buffers", "full").document["frames"][0]["values"]["8"]

    assert (brief["length"], brief["head"]) == (100, [80000] * 8)
    assert "data" not in brief
    assert whole["data"] == [80000] * 100
    assert not {"digest", "head"} & whole.keys()


def test_a_trap_is_recorded_in_valid_machine_output(irrun: Irrun) -> None:
    """Exit code 4, and the end record carries the error; the output is whole all the same."""
    name = save(two_writers())
    whole = irrun("run", name, "--no-check", "--format", "json")
    by_line = irrun("run", name, "--no-check", "--format", "jsonl")

    assert (whole.code, by_line.code) == (4, 4)
    error = whole.document["end"]["error"]
    assert (error["code"], error["where"]["step"], error["where"]["slot"]) == ("IR402", "s-two", 2)
    assert whole.document["end"]["completedFrames"] == 0
    assert by_line.records[-1] == {"record": "end"} | whole.document["end"]
    assert "IR402" in whole.err


def test_quiet_does_not_silence_machine_output(irrun: Irrun) -> None:
    """What was asked for as JSON comes with -q too."""
    assert irrun("run", bundled("minimal"), "-q", "--format", "json").document["frameCount"] == 60


# --- Standard input -------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["json", "msgpack"])
def test_a_program_comes_from_standard_input(encoding: str, irrun: Irrun) -> None:
    """`-` gives what the file gives, in either encoding."""
    path = bundled("bus", encoding)
    arguments = ("-n", "2", "--format", "json")

    piped = irrun("run", "-", *arguments, stdin=Path(path).read_bytes())

    assert piped == irrun("run", path, *arguments)


def test_problems_of_standard_input_name_it(irrun: Irrun) -> None:
    """Where a file would be named, `stdin` is."""
    got = irrun("run", "-", stdin=b'{"irVersion": 1,')

    assert got.code == 3
    assert "stdin" in got.err


# --- Output files ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["json", "jsonl"])
def test_a_file_holds_what_standard_output_would(kind: str, irrun: Irrun) -> None:
    """-o run.json and run.jsonl: byte for byte what --format prints; tables come besides."""
    arguments = ("run", bundled("bus"), "-n", "3")
    printed = irrun(*arguments, "--format", kind).out

    beside = irrun(*arguments, "-o", f"run.{kind}")
    both = irrun(*arguments, "-o", f"both.{kind}", "--format", kind)

    assert frames_in(beside.out) == [0, 2]
    assert both.out == printed
    assert Path(f"run.{kind}").read_bytes() == Path(f"both.{kind}").read_bytes() == printed.encode()


def test_a_csv_file_has_a_line_to_a_frame(irrun: Irrun) -> None:
    """frame, tMs, then a column per slot; structured values as short text."""
    b = signals(2)
    b.domain(4, 3)
    irrun("run", save(b), "-q", "-n", "2", "--times", "0,100", "-o", "run.csv")

    with open("run.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["frame", "tMs", "slot0", "slot1", "slot2", "slot4"],
        ["0", "0", "0", "0", "1", "domain of 3"],
        ["1", "100", "100", "100", "1", "domain of 3"],
    ]


def test_an_npz_file_has_arrays_over_frames(irrun: Irrun) -> None:
    """Times, numbers (frames,), buffers (frames, elements), state, and the header as `meta`."""
    irrun("run", bundled("no-slot-meta"), "-q", "-n", "3", "--executors", "stub", "-o", "run.npz")

    with np.load("run.npz", allow_pickle=False) as arrays:
        found = dict(arrays)
    meta = json.loads(str(found["meta"]))
    np.testing.assert_array_equal(found["t_ms"], [0, 1000 / 60, 2000 / 60])
    np.testing.assert_array_equal(found["slot_2"], [20000, 20001, 20002])
    assert (found["slot_7"].shape, found["slot_7"].dtype) == ((3, 100, 2), np.dtype("float32"))
    assert (found["slot_9"].shape, found["slot_9"].dtype) == ((3, 100, 4), np.dtype("uint8"))
    assert meta["leftOut"] == [3, 20]
    assert {"slot_3", "slot_20"} & found.keys() == set()
    assert meta["end"]["completedFrames"] == 3
    assert {slot["slot"] for slot in meta["slots"]} == {0, 1, 2, 3, 7, 8, 9, 20}


def test_an_npz_file_has_the_state(irrun: Irrun) -> None:
    """state_f64, state_f32 and state_i32 as they are after the last frame."""
    irrun("run", bundled("ring-buffer"), "-q", "-n", "1", "--executors", "stub", "-o", "run.npz")

    with np.load("run.npz", allow_pickle=False) as arrays:
        assert arrays["state_f64"].tolist() == [0.25] + [0] * 17
        assert arrays["state_f32"].shape == (0,)
        assert arrays["state_i32"].tolist() == [0]


@pytest.mark.parametrize("suffix", ["txt", "JSON", "gz", "npy", ""])
def test_an_unknown_suffix_is_wrong_usage(suffix: str, irrun: Irrun) -> None:
    """The message names the suffixes that there are; nothing is written."""
    name = f"run.{suffix}" if suffix else "run"

    got = irrun("run", bundled("minimal"), "-o", name)

    assert (got.code, got.out) == (2, "")
    for fact in ("-o", name, ".jsonl", ".json", ".csv", ".npz"):
        assert fact in got.err
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("target", ["absent/run.json", "file/run.json"])
def test_a_folder_that_cannot_be_written_is_wrong_usage(target: str, irrun: Irrun) -> None:
    """A folder that is not there, or no folder, is named; nothing has run."""
    Path("file").touch()

    got = irrun("run", bundled("minimal"), "-o", target)

    assert (got.code, got.out) == (2, "")
    assert target in got.err


OLD = b"what an earlier run left\n"


class Kept(NamedTuple):
    name: str
    arguments: list[str]
    code: int


KEPT = [
    Kept("program that is not there", ["absent.json"], 3),
    Kept("file that is no program", ["garbage.json"], 3),
    Kept("invalid layout", ["overlapping.json"], 3),
    Kept("wrong usage", ["good.json", "--watch", "99"], 2),
    Kept("wrong frames", ["good.json", "--trace-frames", "99"], 2),
]


@pytest.mark.parametrize("row", KEPT, ids=lambda row: row.name)
@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "npz"])
def test_a_run_that_cannot_start_leaves_the_old_file(row: Kept, kind: str, irrun: Irrun) -> None:
    """The output file is replaced only by a run that took place."""
    b = ProgramBuilder("overlapping")
    b.slot(0, offset=0)
    b.slot(1, offset=0)
    save(b, "overlapping.json")
    save(clock(), "good.json")
    Path("garbage.json").write_bytes(b"\xc1")
    before = {path.name for path in Path().iterdir()}
    output = Path(f"run.{kind}")
    output.write_bytes(OLD)

    got = irrun("run", *row.arguments, "-o", output.name)

    assert got.code == row.code
    assert output.read_bytes() == OLD
    assert {path.name for path in Path().iterdir()} == before | {output.name}


def test_a_run_replaces_the_old_file_whole(irrun: Irrun) -> None:
    """Nothing of the old content stays, however long it was, and no other file."""
    output = Path("run.jsonl")
    output.write_bytes(OLD * 10_000)

    irrun("run", bundled("minimal"), "-q", "-n", "2", "-o", output.name)

    assert output.read_bytes().startswith(b'{"record":"header"')
    assert len(output.read_bytes().splitlines()) == 4
    assert list(Path().iterdir()) == [output]


def error_in(path: Path) -> dict[str, Any]:
    """Return the `error` of the end record in an output file."""
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as arrays:
            end = json.loads(str(arrays["meta"]))["end"]
    elif path.suffix == ".json":
        end = json.loads(path.read_bytes())["end"]
    else:
        end = json.loads(path.read_bytes().splitlines()[-1])
    error = end["error"]
    assert isinstance(error, dict)
    return error


@pytest.mark.parametrize("kind", ["jsonl", "json", "npz"])
def test_a_trap_keeps_the_output_with_its_error(kind: str, irrun: Irrun) -> None:
    """The frames up to the trap are worth having: the file is written, and says how it ended."""
    output = Path(f"run.{kind}")
    output.write_bytes(OLD)

    got = irrun("run", save(two_writers()), "--no-check", "-o", output.name)

    assert got.code == 4
    error = error_in(output)
    assert (error["code"], error["where"]["frame"]) == ("IR402", 0)


def test_a_trap_in_the_first_frame_leaves_the_state_arrays(irrun: Irrun) -> None:
    """The arrays that docs/output-format.md promises are there also without a whole frame."""
    b = two_writers()
    b.cell("acc", initialConstId=b.const(0.5, "f64"))

    irrun("run", save(b), "--no-check", "-q", "-o", "run.npz")

    with np.load("run.npz", allow_pickle=False) as arrays:
        assert {"t_ms", "state_f64", "state_f32", "state_i32", "meta"} <= set(arrays)
        assert arrays["state_f64"].tolist() == [0.5]


def test_an_interrupted_run_leaves_the_old_file(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in the middle: the output file is as it was, and nothing else is left behind."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    output = Path("run.csv")
    output.write_bytes(OLD)
    monkeypatch.setattr("irrun.runtime.runtime.Runtime.run_frame", interrupt)

    got = irrun("run", bundled("minimal"), "-o", output.name)

    assert got.code == 130
    assert output.read_bytes() == OLD
    assert list(Path().iterdir()) == [output]


def outcome_of_both(irrun: Irrun, name: str, *arguments: str) -> tuple[Outcome, Outcome]:
    """Return the outcomes of a bundled program in its two encodings."""
    json_run = irrun("run", bundled(name, "json"), *arguments)
    return json_run, irrun("run", bundled(name, "msgpack"), *arguments)


def test_both_encodings_of_a_program_run_alike(irrun: Irrun) -> None:
    """Machine output does not depend on the encoding of the program."""
    first, second = outcome_of_both(irrun, "every-step-kind", "-n", "2", "--format", "json")

    assert first == second
