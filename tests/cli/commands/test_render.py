"""`irrun render`: options, files, messages."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from cli.samples import Irrun, bundled, environment, save
from render.samples import SAMPLES, FrameBuilder, buffer, pulse, ring

EXTRA = find_spec("resvg_py") is not None and find_spec("PIL") is not None
needs_extra = pytest.mark.skipif(not EXTRA, reason="the extra `render` is not installed")


def written() -> list[str]:
    """Return the files below the working folder, without programs."""
    return sorted(str(p) for p in Path().rglob("*") if p.is_file() and p.suffix != ".json")


def test_one_frame_is_an_svg_named_after_the_program(irrun: Irrun) -> None:
    """Nothing else asked for: frame 0, as large as the viewport; the summary counts."""
    got = irrun("render", save(ring()))

    assert (got.code, got.err) == (0, "")
    text = Path("program.svg").read_text()
    assert text.startswith('<svg xmlns="http://www.w3.org/2000/svg" width="1920" height="1080"')
    assert text.count("<circle") == 12
    assert "1 drawn of 1 run" in got.out
    assert "1 pass, 12 instances, 0 paths" in got.out
    assert "program.svg" in got.out


def test_quiet_prints_nothing(irrun: Irrun) -> None:
    """The file is there."""
    assert irrun("render", save(ring()), "-q") == (0, "", "")
    assert written() == ["program.svg"]


def test_dash_writes_svg_to_stdout_and_reads_stdin(irrun: Irrun) -> None:
    """Nothing but the picture on stdout."""
    got = irrun("render", "-", "-o", "-", stdin=ring().bytes())

    assert got.code == 0
    assert got.out.startswith("<svg ")
    assert got.out.endswith("</svg>\n")
    assert written() == []


@pytest.mark.parametrize(
    ("output", "files"),
    [
        ("out/", ["out/frame-0000.svg", "out/frame-0001.svg", "out/frame-0002.svg"]),
        ("{frame}.svg", ["0.svg", "1.svg", "2.svg"]),
        ("deep/er/f{frame:03}.svg", ["deep/er/f000.svg", "deep/er/f001.svg", "deep/er/f002.svg"]),
    ],
)
def test_a_folder_or_a_pattern_takes_a_file_for_each_frame(
    output: str, files: list[str], irrun: Irrun
) -> None:
    """Folders are made."""
    assert irrun("render", save(pulse()), "--frames", "3", "-o", output).code == 0
    assert written() == files


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        (["--frame", "2"], ["program.svg"]),
        (["--frame", "1,3", "-o", "{frame}.svg"], ["1.svg", "3.svg"]),
        (["--frame", "0-2,-1", "--frames", "9", "-o", "{frame}.svg"],
         ["0.svg", "1.svg", "2.svg", "8.svg"]),
        (["--times", "0,5,50", "--frame", "-1"], ["program.svg"]),
        (["--times", "0,5", "-o", "{frame}.svg"], ["0.svg", "1.svg"]),
    ],
)  # fmt: skip
def test_frames_are_chosen(arguments: list[str], files: list[str], irrun: Irrun) -> None:
    """As many frames run as are needed."""
    assert irrun("render", save(pulse()), *arguments).code == 0
    assert written() == files


def test_the_frame_is_drawn_at_its_time(irrun: Irrun) -> None:
    """Frame 3 at 100 frames per second from 10 ms on: 40 ms, so the dot is 40 wide."""
    irrun("render", save(pulse()), "--frame", "3", "--fps", "100", "--start", "10", "-o", "a.svg")
    irrun("render", save(pulse()), "--times", "40", "-o", "b.svg")

    assert 'r="20"' in Path("a.svg").read_text()
    assert Path("a.svg").read_bytes() == Path("b.svg").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "size", "box"),
    [
        (["--viewport", "400x300"], (400, 300), "400 300"),
        (["--viewport", "400x300@2"], (800, 600), "400 300"),
        (["--viewport", "400x300", "--size", "200"], (200, 150), "400 300"),
        (["--size", "320x320"], (320, 180), "1920 1080"),
    ],
)
def test_viewport_and_size(
    arguments: list[str], size: tuple[int, int], box: str, irrun: Irrun
) -> None:
    """What is seen, and in how many pixels."""
    assert irrun("render", save(ring()), *arguments).code == 0

    head = Path("program.svg").read_text().splitlines()[0]
    assert f'width="{size[0]}" height="{size[1]}" viewBox="0 0 {box}"' in head


@pytest.mark.parametrize(
    ("color", "expected"),
    [
        ("#fff", 'fill="#ffffff"/>'),
        ("#10203080", 'fill="#102030" fill-opacity="0.502"/>'),
        ("none", "<circle"),
    ],
)
def test_background(color: str, expected: str, irrun: Irrun) -> None:
    """In the place of the clear colour."""
    assert irrun("render", save(ring()), "--background", color).code == 0
    assert expected in Path("program.svg").read_text().splitlines()[1]


def test_another_output_can_be_drawn(irrun: Irrun) -> None:
    """By its id."""
    f = FrameBuilder("two")
    f.instances([5.0, 5.0])
    b = f.program()
    b.output(10, "black")
    b.initial(10, {"version": 1, "clear": {"mode": "color", "colorRGBA": 255}, "passes": []})

    assert irrun("render", save(b), "--output-id", "black").code == 0
    assert "<circle" not in Path("program.svg").read_text()
    assert irrun("render", save(b), "--output-id", "frame").code == 0
    assert "<circle" in Path("program.svg").read_text()


def test_a_sheet_as_svg(irrun: Irrun) -> None:
    """Six of sixty frames, spread evenly, each a picture of its own."""
    got = irrun("render", save(pulse()), "--sheet", "3x2", "-o", "sheet.svg")

    text = Path("sheet.svg").read_text()
    assert got.code == 0
    assert text.count("<svg ") == 7
    assert "6 drawn of 60 run" in got.out


def test_nan_and_infinity_are_in_the_summary_and_reported(irrun: Irrun) -> None:
    """How many, where first, and that such instances are left out; `run` says so too."""
    b = ring(3)
    b.initial(4, buffer("f32", [1.0, 2.0, float("nan")]))
    got = irrun("render", save(b))
    ran = irrun("run", save(b), "-n", "3")

    assert got.code == ran.code == 0
    flat = " ".join(got.out.split())
    assert (
        "1 NaN and 0 infinite went to a renderer; first in frame 0, step s-render, slot 4" in flat
    )
    assert "1 instance left out: not finite" in flat
    assert "IR471" in got.err
    assert "3 NaN and 0 infinite went to a renderer" in " ".join(ran.out.split())


def flat(text: str) -> str:
    """Return a text without the line breaks of a table."""
    return " ".join(text.split())


def test_what_is_not_seen_is_said(irrun: Irrun) -> None:
    """In the summary, with numbers and the slot; `run` says it of its last frame."""
    b = ring(3)
    b.initial(4, 0)
    got, ran = irrun("render", save(b)), irrun("run", save(b), "-n", "3")

    assert got.code == ran.code == 0
    said = "3 of 3 instances have size 0 (slot 4) so nothing is seen: the picture is all #000000"
    assert f"not seen {said}" in flat(got.out)
    assert f"not seen frame 2: {said}" in flat(ran.out)


@pytest.mark.parametrize(
    "arguments", [(), ("-q",), ("--trace", "none", "--viewport", "400x300"), ("--format", "json")]
)
def test_where_all_is_seen_nothing_is_said(arguments: tuple[str, ...], irrun: Irrun) -> None:
    """Nor where no summary is."""
    got = irrun("run", save(ring()), *arguments)

    assert "not seen" not in got.out


def test_a_frame_of_placeholders_is_not_judged(irrun: Irrun) -> None:
    """The summary says that it is a stub's."""
    assert "not seen" not in irrun("run", save(ring()), "--executors", "stub").out


def test_after_a_swap_the_program_that_runs_is_told(irrun: Irrun) -> None:
    """What the one before has left in slots is nobody's frame."""
    b = ring(3)
    b.initial(4, 0)
    save(b, "next.json")
    got = irrun("run", bundled("orbit"), "--swap", "2=next.json", "-n", "4", "--trace", "none")
    back = irrun("run", "next.json", "--swap", f"2={bundled('bus')}", "-n", "4")

    assert "not seen frame 3: 3 of 3 instances have size 0 (slot 4)" in flat(got.out)
    assert (got.code, back.code) == (0, 0)
    assert "not seen" not in back.out


def test_what_is_outside_is_shown_by_fit(irrun: Irrun) -> None:
    """As the summary says; then it is inside, in a picture of the same size."""
    before = irrun("render", save(ring()), "--viewport", "100x50", "-o", "a.svg")
    after = irrun("render", save(ring()), "--viewport", "100x50", "--fit", "-o", "b.svg")

    assert "are outside the viewport (slot 3)" in flat(before.out)
    assert "--fit shows what is drawn, wherever it is" in flat(before.out)
    assert "not seen" not in after.out
    assert "100 x 50 pixels, fitted to 589.6 x 294.8 CSS pixels around (195.7, 145.5)" in flat(
        after.out
    )
    heads = [Path(name).read_text().splitlines()[0] for name in ("a.svg", "b.svg")]
    assert heads[0] == heads[1]


def test_fit_says_that_there_is_nothing(irrun: Irrun) -> None:
    """And shows the viewport."""
    b = ring()
    b.initial(4, 0)
    got = irrun("render", save(b), "--fit")

    assert "showing 1920 x 1080 CSS pixels: there is nothing to fit" in flat(got.out)


def test_fit_leaves_what_the_program_computes(irrun: Irrun) -> None:
    """The program runs twice, on its viewport; warnings come once, errors where they came."""
    b = ring(3)
    b.initial(4, buffer("f32", [1.0, 2.0, float("nan")]))
    got = irrun("render", save(b), "--fit", "--frames", "3", "-o", "out/")

    assert got.code == 0
    assert "3 drawn of 3 run" in got.out
    assert "3 NaN and 0 infinite went to a renderer" in flat(got.out)
    assert got.err.count("IR471") == 1


def test_stubs_are_named(irrun: Irrun) -> None:
    """A picture of placeholders says so."""
    got = irrun("render", bundled("every-step-kind"), "--executors", "stub", "-o", "x.svg")

    assert got.code == 0
    assert "ran as a stub" in got.out


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--frames", "3", "-o", "x.svg"], "3 frames do not fit one file"),
        (["-o", "x.jpg"], "must end in .svg, .png or .gif"),
        (["--frame", "-1"], "needs --frames"),
        (["--frame", "5", "--frames", "3"], "there is no frame 5"),
        (["--frame", "x", "--frames", "3"], "'x' is no frame"),
        (["--frame", "x"], "needs --frames"),
        (["--viewport", "0x5"], "is not WIDTHxHEIGHT"),
        (["--viewport", "5x5@0"], "is not WIDTHxHEIGHT"),
        (["--viewport", "9999x5@9"], "more than 16384"),
        (["--size", "big"], "is not of the form 4x3"),
        (["--size", "99999"], "too large"),
        (["--sheet", "4"], "is not of the form 4x3"),
        (["--sheet", "99x99"], "too large"),
        (["--sheet", "2x2", "--frame", "0-9"], "10 frames do not fit a sheet of 2x2"),
        (["--sheet", "2x2", "-o", "x.gif"], "a sheet is one picture"),
        (["--sheet", "900x1", "-o", "x.svg"], "more than 16384 pixels"),
        (["--background", "red"], "is no colour"),
        (["--output-id", "nowhere"], "the program has outputs frame"),
        (["-o", "program.svg"], "is what this command reads"),
    ],
)
def test_wrong_usage(arguments: list[str], text: str, irrun: Irrun) -> None:
    """Exit code 2, one sentence, no file."""
    name = save(ring(), "program.svg") if arguments[-1] == "program.svg" else save(ring())
    got = irrun("render", name, *arguments)

    assert got.code == 2
    assert text in " ".join(got.err.split())
    assert [name for name in written() if name != "program.svg"] == []


def test_a_missing_extra_is_named(irrun: Irrun, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 2 and what to install, before the program runs."""
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    got = irrun("render", save(ring()), "-o", "x.png")

    assert got.code == 2
    assert "IR484" in got.err
    assert "pip install 'irrun[render]'" in got.err
    assert written() == []


def test_a_program_that_fails_says_so_after_what_was_drawn(irrun: Irrun) -> None:
    """Exit code 4; the files of the frames before are there, and no half of one."""
    b = pulse()
    b.domain(2, 1)
    b.doc["schedule"]["steps"][2]["instance2dBatches"][0]["domainSlot"] = 1
    for options in ((), ("--fit",)):
        got = irrun("render", save(b), "--times", "1,2", "-o", "{frame}.svg", *options)

        assert got.code == 4
        assert "IR481" in got.err
        assert written() == ["0.svg"]
        Path("0.svg").unlink()


def test_what_is_not_drawn_is_reported(irrun: Irrun) -> None:
    """As a warning, once over all frames."""
    f = FrameBuilder("effect")
    f.frame["passes"].append({"kind": "postfx", "header": {"id": "fx", "z": 0, "enabled": True}})
    got = irrun("render", save(f.program()), "--frames", "3", "-o", "out/")

    assert got.code == 0
    assert got.err.count("IR473") == 1


@needs_extra
@pytest.mark.parametrize(
    ("arguments", "name", "magic"),
    [
        (["--frames", "3"], "program.gif", b"GIF89a"),
        (["--frame", "1", "-o", "one.png"], "one.png", b"\x89PNG"),
        (["--sheet", "2x2"], "program.png", b"\x89PNG"),
        (["-o", "short.gif", "--frame", "0"], "short.gif", b"GIF89a"),
    ],
)
def test_pictures_that_need_the_extra(
    arguments: list[str], name: str, magic: bytes, irrun: Irrun
) -> None:
    """By suffix, or by how many frames there are."""
    assert irrun("render", save(pulse()), "--viewport", "400x300", *arguments).code == 0
    assert written() == [name]
    assert Path(name).read_bytes().startswith(magic)


RENDERS = """
import sys
from irrun.cli.main import run_command
for line in sys.stdin.read().splitlines():
    assert run_command(line.split()) == 0, line
"""
"""Renders as many times as it is told to, in one process."""


def test_the_same_bytes_in_every_process() -> None:
    """Whatever the seed of hashes; the samples have something of everything."""
    kinds = ("svg", "png", "gif") if EXTRA else ("svg",)
    for name, build in SAMPLES.items():
        save(build(), f"{name}.json")
    for seed in ("1", "2"):
        lines = [
            f"render {name}.json -o {seed}/{name}{fit}.{kind} -q --viewport 230x140 -n 1 {fit}"
            for name in SAMPLES
            for kind in kinds
            for fit in ("", "--fit")
        ]
        subprocess.run(
            [sys.executable, "-c", RENDERS],
            input="\n".join(lines).encode(),
            env=environment(PYTHONHASHSEED=seed),
            check=True,
        )

    first, second = (
        {path.name: path.read_bytes() for path in Path(seed).iterdir()} for seed in ("1", "2")
    )
    assert len(first) == 2 * len(SAMPLES) * len(kinds)
    assert first == second
