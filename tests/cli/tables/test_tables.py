"""Tables: they fit, they lose nothing, and they are plain where there is no terminal."""

import io
import json
import math
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from cli.hostile_names import hostile_copy
from cli.samples import (
    BUNDLED,
    COMMAND,
    Irrun,
    awkward,
    bundled,
    clock,
    environment,
    save,
    signals,
    two_writers,
)
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from irrun.cli.tables.base import LISTED, lines
from irrun.cli.tables.layout import hole_text, layout_tables
from irrun.cli.tables.sparkline import sparkline
from irrun.cli.tables.state import state_table
from irrun.cli.tables.steps import frame_table
from irrun.cli.tables.summary import summary_table
from irrun.cli.tables.values import values_table
from irrun.cli.tables.watch import watch_tables
from irrun.errors.showing import plural
from irrun.numerics.text import number_text
from irrun.program.layout import derive_layout
from irrun.program.program import Program
from irrun.program.reading.codec import load, loads
from irrun.runtime.driver import Driver
from irrun.runtime.run import Run
from irrun.runtime.times import frame_times
from irrun.trace.observers import TraceRecorder
from irrun.trace.recording import Recording, Wanted, record_run

WIDTHS = [80, 140]
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


# --- Every table of a program ---------------------------------------------------------------


@cache
def program(name: str) -> Program:
    """Return a bundled program, or the one that is hard to fit."""
    return awkward().program() if name == "awkward" else load(bundled(name))


@cache
def recorded(name: str) -> Recording:
    """Return 100 frames of a program, traced, dumped and watched."""
    slots = [meta.slot for meta in derive_layout(program(name)).slots]
    run = Run(program=program(name), times=frame_times(100), executors="stub")
    return record_run(run, Wanted(trace_frames={0}, dump_frames={99}, watch=tuple(slots[:3])))


TABLES = ["steps", "watch", "values", "state", "layout", "summary"]


def tables_of(name: str, kind: str, width: int) -> Iterator[Table]:
    """Yield the tables of one kind that the commands can show of a program, long lists whole."""
    yield from tables_of_run(program(name), recorded(name), kind, width)


def tables_of_run(program: Program, recording: Recording, kind: str, width: int) -> Iterator[Table]:
    layout, watched = recording.now.layout, recording.watched
    assert watched is not None
    match kind:
        case "steps":
            yield frame_table(recording.traces[0], len(program.steps), width, verbose=True)
        case "watch":
            yield from watch_tables(watched, layout, width, verbose=False)
        case "values":
            yield values_table(recording.dumps[0], width)
        case "state":
            yield state_table(recording.dumps[0], verbose=True)
        case "layout":
            yield from layout_tables(program, layout, width, verbose=True)
        case "summary":
            yield summary_table(recording, recording.now.findings, [])


def printed(table: Table, width: int) -> list[str]:
    """Return the lines of a table as it wants to be, also where it is wider than the terminal."""
    plain = console(width)
    plain.print(table, crop=False)
    assert isinstance(plain.file, io.StringIO)
    return [line.rstrip() for line in plain.file.getvalue().splitlines()]


def console(width: int) -> Console:
    """Return a console that prints plain text into a buffer."""
    return Console(file=io.StringIO(), width=width, color_system=None, markup=False, emoji=False)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("name", [*BUNDLED, "awkward"])
def test_every_table_fits(name: str, kind: str, width: int) -> None:
    """No line is longer than the terminal is wide, so nothing is cut off at its edge.

    What does not fit is broken into lines; nothing ends in an ellipsis.
    """
    for table in tables_of(name, kind, width):
        for line in printed(table, width):
            assert cell_len(line) <= width
            assert "…" not in line


@pytest.mark.parametrize("width", WIDTHS)
def test_long_names_are_whole(width: int, irrun: Irrun, monkeypatch: pytest.MonkeyPatch) -> None:
    """The letters of a long step id, read down its column, are all there."""
    step_id = "s-" + "".join(chr(c) for c in range(0x4E00, 0x4E20))
    b = clock()
    b.slots(2)
    b.step("signalEval", step_id, outputs=[{"sigId": b.signal_const(1), "slot": 2}])
    b.output(2, "level", "debug")
    name = save(b)
    monkeypatch.setenv("COLUMNS", str(width))

    for arguments in (("inspect-layout", name), ("run", name, "-n", "1"),
                      ("run", name, "-n", "1", "--trace", "none", "--dump", "values")):  # fmt: skip
        shown = [c for c in irrun(*arguments).out if c in step_id]
        assert "".join(step_id[2:]) in "".join(c for c in shown if c > "\u4dff")


@pytest.mark.parametrize("width", WIDTHS)
def test_many_watched_slots_are_all_shown(
    width: int, irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many slots are watched, each has its values in each frame."""
    monkeypatch.setenv("COLUMNS", str(width))
    slots = range(2, 42)

    out = irrun("run", save(signals(*slots)), "-n", "2", "--executors", "stub", "--trace", "none",
                "--watch", ",".join(map(str, slots))).out  # fmt: skip

    values = out[out.index("values by frame") :]
    for slot in slots:
        assert f"{slot}0000" in values
        assert f"{slot}0001" in values


@pytest.mark.parametrize("width", WIDTHS)
def test_a_curve_is_shown_to_its_end(
    width: int, irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Long numbers beside it do not cut it off: what rises ends at the top."""
    monkeypatch.setenv("COLUMNS", str(width))

    out = irrun("run", save(clock()), "-n", "200", "--fps", "59.94", "--start",
                "-1000000.1234567", "--trace", "none", "--watch", "0,1").out  # fmt: skip

    curves = re.findall(r"[▁▂▃▄▅▆▇█]+", out)
    assert len(curves) == 2
    for curve in curves:
        assert (curve[0], curve[-1]) == ("▁", "█")


@pytest.mark.parametrize("columns", ["1", "40", "59"])
def test_a_very_narrow_terminal_gets_tables_of_sixty(
    columns: str, irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Below 60 columns tables would be columns of letters: they stay at 60."""
    monkeypatch.setenv("COLUMNS", columns)

    out = irrun("run", bundled("every-step-kind"), "-n", "1").out

    assert 50 < max(cell_len(line.rstrip()) for line in out.splitlines()) <= 60


@pytest.mark.parametrize("columns", ["401", "100000000", "9" * 30])
def test_no_table_is_wider_than_can_be_read(
    columns: str, irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """COLUMNS may say anything: from 400 columns on, tables grow no more."""
    monkeypatch.setenv("COLUMNS", columns)

    out = irrun("run", bundled("petals"), "-n", "1", "-v").out

    assert max(cell_len(line) for line in out.splitlines()) == 400


@pytest.mark.parametrize("width", WIDTHS)
def test_columns_stand_below_each_other_in_all_scripts(width: int) -> None:
    """Characters that take two columns, or none, move nothing: the lines of a table end alike."""
    name = "時計 한국어 \U0001f680 e\u0301a\u0308"
    program = loads(json.dumps(hostile_copy("every-step-kind", name)).encode())
    run = Run(program=program, times=frame_times(2), executors="stub")
    recording = record_run(run, Wanted(trace_frames={0}, dump_frames={1}, watch=(4,)))

    for kind in TABLES:
        for table in tables_of_run(program, recording, kind, width):
            text = "".join(segment.text for segment in console(width).render(table))
            assert len({cell_len(line) for line in text.splitlines() if line}) == 1


# --- Colour and control codes ---------------------------------------------------------------

SHOWN = [
    ["run", bundled("every-step-kind"), "-n", "2", "--dump", "all", "--watch", "0"],
    ["run", bundled("conflicting-evidence"), "-n", "2"],
    ["inspect-layout", bundled("conflicting-evidence")],
    ["run", "absent.json"],
    ["--help"],
]


@pytest.mark.parametrize("arguments", SHOWN, ids=" ".join)
def test_piped_output_holds_no_escape_codes(arguments: list[str], irrun: Irrun) -> None:
    """Not on a terminal: text alone, on both streams."""
    got = irrun(*arguments)

    assert "\x1b" not in got.out + got.err


def styled(irrun: Irrun, arguments: list[str]) -> str:
    """Return both streams, without the times that differ from run to run."""
    got = irrun(*arguments, "--trace", "none")
    return re.sub(r"[\d,]+ per second *", "", got.out) + got.err


def test_force_color_gives_colour(irrun: Irrun, monkeypatch: pytest.MonkeyPatch) -> None:
    """FORCE_COLOR: escape codes in a pipe too, around the same text."""
    arguments = ["run", bundled("conflicting-evidence"), "--executors", "stub"]
    plain = styled(irrun, arguments)

    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = styled(irrun, arguments)

    assert colours_in(coloured)
    assert ESCAPES.sub("", coloured) == plain


def test_lines_are_the_same_in_colour(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is written without rich is what rich would write: names of any width, failures too."""
    monkeypatch.chdir(tmp_path)
    for name in ("a", "\u8272\u5f69", "e\u0301", "b\u202e"):
        Path(f"{name}.json").write_bytes(Path(bundled("minimal")).read_bytes())
    irrun("golden", "record", ".", "-n", "2")
    Path("a.json").unlink()
    plain = irrun("golden", "check", ".").out

    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = irrun("golden", "check", ".").out

    assert "\x1b" not in plain
    assert {31, 32} <= colours_in(coloured)
    assert ESCAPES.sub("", coloured) == plain
    names = [line for line in plain.splitlines() if line.startswith("same ")]
    assert len({cell_len(line[: line.index("2 frames")]) for line in names}) == 1


def colours_in(text: str) -> set[int]:
    """Return the colour codes (30 and up) among the escape codes of a text."""
    codes = {int(code) for code in re.findall(r"\d+", " ".join(ESCAPES.findall(text)))}
    return {code for code in codes if code >= 30}


def test_no_color_gives_none(irrun: Irrun, monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR: no escape codes in a pipe, and no colours where colour is forced."""
    arguments = ["run", bundled("conflicting-evidence"), "--executors", "stub"]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in styled(irrun, arguments)

    monkeypatch.setenv("FORCE_COLOR", "1")
    assert colours_in(styled(irrun, arguments)) == set()


TERMINALS = {
    "colour": ({"TERM": "xterm-256color"}, True, True),
    "NO_COLOR": ({"TERM": "xterm-256color", "NO_COLOR": "1"}, True, False),
    "dumb": ({"TERM": "dumb"}, False, False),
}


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("variables", "escapes", "colours"), TERMINALS.values(), ids=TERMINALS)
def test_a_terminal_gets_what_it_can_show(
    variables: dict[str, str], escapes: bool, colours: bool
) -> None:
    """Colour on a terminal, none with NO_COLOR, no code at all where TERM is dumb."""
    shown = on_a_terminal(["run", bundled("conflicting-evidence"), "-n", "1"], variables)

    assert "summary" in shown
    assert ("\x1b" in shown) is escapes
    assert bool(colours_in(shown)) is colours


def on_a_terminal(arguments: list[str], variables: dict[str, str]) -> str:
    """Return what the real command shows on a terminal."""
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *arguments], stdout=theirs, stderr=theirs, env=environment(**variables)
    ) as process:
        os.close(theirs)
        shown = b""
        while block := _read(ours):
            shown += block
        process.wait()
    os.close(ours)
    return shown.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # how a terminal tells that its other end is closed
        return b""


# --- Long lists -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "shown", "left"),
    [(0, 1, 0), (1, 1, 0), (LISTED, LISTED, 0), (LISTED + 1, LISTED + 1, 0),
     (LISTED + 2, LISTED, 2), (100, LISTED, 92)],
)  # fmt: skip
def test_a_long_list_is_cut_and_the_rest_counted(count: int, shown: int, left: int) -> None:
    """A line that says `... 1 more` would be no shorter than the line it hides."""
    texts = [f"line {i}" for i in range(count)]

    brief = lines(texts, verbose=False).plain.splitlines()

    assert brief == (texts[:shown] or ["-"]) + ([f"... {left} more (-v)"] if left else [])
    assert lines(texts, verbose=True).plain.splitlines() == (texts or ["-"])


def test_a_step_with_many_writes_is_cut_in_its_table(irrun: Irrun) -> None:
    """Of 40 writes eight are shown and 32 counted; -v shows all."""
    name = save(signals(*range(2, 42)))

    brief = irrun("run", name, "-n", "1", "--executors", "stub").out
    whole = irrun("run", name, "-n", "1", "--executors", "stub", "-v").out

    assert "... 32 more" in brief
    assert "9 = 90000" in brief
    assert "10 = 100000" not in brief
    assert "41 = 410000" in whole
    assert "more" not in whole


@pytest.mark.parametrize(
    ("holes", "text"),
    [
        ([], "none"),
        ([3], "3 (1 in all)"),
        ([3, 4], "3..4 (2 in all)"),
        ([0, 2, 3, 4, 9], "0, 2..4, 9 (5 in all)"),
        (list(range(0, 12, 2)), "0, 2, 4, 6, 8, 10 (6 in all)"),
        (list(range(0, 14, 2)), "0, 2, 4, 6, 8, 10, ... (7 in all)"),
    ],
)
def test_holes_are_ranges(holes: list[int], text: str) -> None:
    """Unused offsets as ranges, at most six, and how many there are."""
    assert hole_text(holes) == text


def test_plural() -> None:
    """One of a thing, otherwise many; thousands are grouped."""
    assert [plural(n, "step") for n in (0, 1, 2)] == ["0 steps", "1 step", "2 steps"]
    assert plural(1234, "entry", "entries") == "1,234 entries"


def test_one_of_a_thing_is_singular(irrun: Irrun) -> None:
    """No table speaks of `1 steps`."""
    name = save(two_writers())
    shown = [
        irrun("run", name, "-n", "1", "--watch", "0"),
        irrun("run", bundled("every-step-kind"), "-n", "1", "--executors", "stub", "--watch", "0"),
    ]

    for got in shown:
        assert re.findall(r"\b1\s+(?:steps|frames|triangles|slots|cells)\b", got.out) == []


# --- Sparklines -----------------------------------------------------------------------------

BARS = "▁▂▃▄▅▆▇█"
NUMBERS = st.lists(st.floats(), max_size=60)
# Spans below the smallest normal number are not told apart; nobody looks at such curves.
ORDINARY = st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda x: x == 0 or abs(x) > 1e-290
)


@given(NUMBERS, st.integers(1, 40))
def test_a_sparkline_is_as_long_as_its_input_or_the_width(
    numbers: Sequence[float], width: int
) -> None:
    """One character to a number, thinned out to the width; bars, or `!` for what has no height."""
    line = sparkline(numbers, width)

    assert len(line) == min(len(numbers), width)
    assert set(line) <= set(BARS + "!")
    if len(numbers) <= width:
        assert [c == "!" for c in line] == [not math.isfinite(x) for x in numbers]


@given(st.lists(ORDINARY, min_size=1, max_size=60))
@example([-1.7e308, 0.0, 1.7e308])
@example([1e308, -1e308])
def test_the_ends_of_the_range_are_the_ends_of_the_bars(numbers: list[float]) -> None:
    """The smallest number has the lowest bar, the largest the highest, and none is reversed."""
    heights = [BARS.index(c) for c in sparkline(numbers, len(numbers))]
    in_order = [height for _, height in sorted(zip(numbers, heights, strict=True))]

    assert in_order == sorted(in_order)
    assert in_order[0] == 0
    if max(numbers) / 2 - min(numbers) / 2 > 1e-300:
        assert in_order[-1] == len(BARS) - 1


@given(ORDINARY, st.integers(1, 30))
def test_a_constant_is_a_flat_line(number: float, count: int) -> None:
    """No span, no shape."""
    assert sparkline([number] * count, count) == BARS[0] * count


@given(st.lists(st.sampled_from([math.nan, math.inf, -math.inf]), max_size=10))
def test_nothing_finite_is_marked_throughout(numbers: list[float]) -> None:
    """NaN and infinities are exclamation marks, also alone."""
    assert sparkline(numbers, 20) == "!" * len(numbers)


def test_marks_do_not_change_the_scale() -> None:
    """An infinity beside numbers leaves their heights as they are."""
    assert sparkline([0, math.inf, 7, math.nan], 10) == "▁!█!"


def test_a_long_curve_shows_the_first_number_of_each_share() -> None:
    """Ten numbers in five columns: the 1st, 3rd, 5th, 7th and 9th."""
    assert sparkline([0, 9, 7, 0, 0, 9, 7, 0, 0, 9], 5) == "▁█▁█▁"


@pytest.mark.parametrize("width", [60, 63, 64, 80, 120])
@pytest.mark.parametrize("name", ["every-step-kind", "petals", "ring-buffer", "every-storage"])
def test_a_slot_and_its_number_stay_on_one_line(name: str, width: int) -> None:
    """Whatever the other columns have to give; and the table is no wider than the screen."""
    program = load(bundled(name))
    recorder = TraceRecorder({3})
    run = Run(program=program, times=[0.0, 1 / 3, 1e7 / 3, -1e9 / 7])
    for _ in Driver(run, [recorder]).frames():
        pass
    (trace,) = recorder.traces
    console = Console(file=io.StringIO(), width=width)
    console.print(frame_table(trace, len(program.steps), width, verbose=False))
    shown = console.file.getvalue()  # type: ignore[attr-defined]

    for step in trace.steps:
        for item in (*step.reads[:8], *step.writes[:8]):
            if isinstance(item.value, int | float):
                assert f"{item.slot} = {number_text(item.value)}" in shown
    assert max(cell_len(line) for line in shown.splitlines()) <= width
