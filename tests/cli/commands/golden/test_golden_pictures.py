"""Goldens with pictures: recorded, compared by draw commands and then by pixels, reviewed."""

import importlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cli.samples import Irrun, Outcome, save
from compare.golden.samples import constant, document_of, files_below
from render.samples import FrameBuilder, buffer, packed, pulse, rgba, ring, scalar

from irrun.errors.rendering import RenderExtraMissing
from irrun.numerics.digest import byte_digest
from irrun.render.native import png_of_pixels
from irrun.render.pixels import GAP, picture_pixels

EXTRA = find_spec("resvg_py") is not None and find_spec("PIL") is not None
needs_extra = pytest.mark.skipif(not EXTRA, reason="the extra `render` is not installed")


def dot(*, x: float = 320.0, red: int = 0) -> Any:
    """A white dot whose size follows the time; `red` steps are taken off its red."""
    b = pulse()
    b.initial(3, buffer("f32", [x, 150.0], 2))
    b.initial(5, buffer("u8", rgba(255 - red, 255, 255), 4))
    b.initial(6, 1.0)
    return b


def pictures(name: str = "a.golden") -> list[str]:
    """Return the names of the pictures beside a golden, their digests left out."""
    names = sorted(path.name for path in Path().glob("*.png"))
    found = []
    for file in names:
        parts = file.removeprefix(f"{name}.").split(".")
        if file.startswith(f"{name}.") and parts[0].isdigit():
            found.append(parts[0] if parts[1] != "diff" else f"{parts[0]} diff")
    return found


def record(irrun: Irrun, *options: str, **dots: Any) -> None:
    """Record five frames of a dot with pictures."""
    save(dot(**dots), "a.json")
    got = irrun("golden", "record", "a.json", "-n", "5", "--picture", *options)
    assert got.code == 0, got.err


def missing_extra() -> None:
    """What looking for the extra comes to where it is not installed."""
    raise RenderExtraMissing(kind="pictures", package="resvg-py")


def check(irrun: Irrun, *options: str, **dots: Any) -> Outcome:
    """Check it with another dot."""
    save(dot(**dots), "a.json")
    return irrun("golden", "check", "a.golden", *options)


def result(got: Outcome) -> dict[str, Any]:
    """Return the one result in JSON."""
    (found,) = got.document["results"]
    assert isinstance(found, dict)
    return found


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the extra be missing."""
    real = importlib.import_module

    def missing(name: str, package: str | None = None) -> Any:
        if name.split(".")[0] in ("PIL", "resvg_py"):
            raise ImportError(name)
        return real(name, package)

    monkeypatch.setattr("irrun.render.native.import_module", missing)


# --- Recording ------------------------------------------------------------------------------


@needs_extra
def test_first_middle_and_last_are_drawn(irrun: Irrun) -> None:
    """480 x 270; the golden names output, draw commands and files."""
    record(irrun)

    picture = document_of(Path("a.golden"))["picture"]
    assert pictures() == ["0", "2", "4"]
    assert (picture["output"], picture["size"]) == ("frame", [480, 270])
    assert [shot["frame"] for shot in picture["shots"]] == [0, 2, 4]
    assert len({shot["commands"] for shot in picture["shots"]}) == 3
    assert "threshold" not in picture
    assert "frames" not in picture
    for shot in picture["shots"]:
        assert picture_pixels(Path(shot["file"]).read_bytes(), (480, 270)).shape == (270, 480, 4)


@needs_extra
@pytest.mark.parametrize(
    ("options", "frames", "size"),
    [
        (["--picture-frames", "0,-1"], [0, 4], [480, 270]),
        (["--picture-frames", "1-3"], [1, 2, 3], [480, 270]),
        (["--picture-frames", "-1,1,1"], [1, 4], [480, 270]),
        (["--picture-size", "96x96"], [0, 2, 4], [96, 54]),
        (["--pixel-threshold", "2,1%"], [0, 2, 4], [480, 270]),
    ],
    ids=lambda given: str(given),
)
def test_frames_and_size_are_chosen(
    options: list[str], frames: list[int], size: list[int], irrun: Irrun
) -> None:
    """Each option asks for pictures by itself."""
    save(dot(), "a.json")
    assert irrun("golden", "record", "a.json", "-n", "5", *options).code == 0

    picture = document_of(Path("a.golden"))["picture"]
    assert [shot["frame"] for shot in picture["shots"]] == frames
    assert picture["size"] == size
    assert irrun("golden", "check", "a.golden").code == 0


@needs_extra
def test_recording_again_keeps_what_was_asked_for(irrun: Irrun) -> None:
    """Settings stay; first, middle and last move with the number of frames; nothing is left."""
    record(irrun, "--pixel-threshold", "3,0.5")
    before = files_below(Path())
    assert irrun("golden", "record", "a.json").code == 0
    assert files_below(Path()) == before

    assert irrun("golden", "record", "a.json", "-n", "9", "--picture-size", "48x27").code == 0

    picture = document_of(Path("a.golden"))["picture"]
    assert pictures() == ["0", "4", "8"]
    assert (picture["threshold"], picture["size"]) == ({"channel": 3, "share": 0.5}, [48, 27])
    assert irrun("golden", "record", "a.json", "--fresh").code == 0
    assert pictures() == []
    assert "picture" not in document_of(Path("a.golden"))


@needs_extra
def test_pictures_can_be_added_to_a_golden(irrun: Irrun) -> None:
    """The frames stay as they are, to the byte."""
    save(dot(), "a.json")
    assert irrun("golden", "record", "a.json", "-n", "5").code == 0
    before = Path("a.golden").read_bytes().split(b'"frames": [\n')
    assert pictures() == []

    assert irrun("golden", "record", "a.json", "--picture").code == 0

    assert Path("a.golden").read_bytes().split(b'"frames": [\n')[1] == before[1]
    assert pictures() == ["0", "2", "4"]


@needs_extra
def test_what_is_drawn_is_recorded_whatever_is_watched(irrun: Irrun) -> None:
    """The output's value comes with its pictures."""
    save(dot(), "a.json")
    irrun("golden", "record", "a.json", "-n", "3", "--picture", "--watch", "0")

    document = document_of(Path("a.golden"))
    assert document["watch"] == ["0"]
    assert list(document["values"]) == ["slot 0", "output frame"]


@pytest.mark.parametrize(
    "options",
    [
        ["--picture-frames", "x"],
        ["--picture-frames", "3-1"],
        ["--picture-frames", ","],
        ["--picture-frames", "0-9999999"],
        ["--picture-size", "480"],
        ["--picture-size", "0x9"],
        ["--picture-size", "9999x9999"],
        ["--pixel-threshold", "256"],
        ["--pixel-threshold", "2,101%"],
        ["--pixel-threshold", "-1"],
        ["--pixel-threshold", "2,"],
        ["--pixel-threshold", "x"],
    ],
    ids=" ".join,
)
def test_a_wrong_option_is_wrong_usage(options: list[str], irrun: Irrun) -> None:
    """2, it is named, and nothing is written."""
    save(dot(), "a.json")

    got = irrun("golden", "record", "a.json", *options)

    assert (got.code, options[0] in got.err) == (2, True)
    assert not Path("a.golden").exists()


@needs_extra
@pytest.mark.parametrize(
    ("builder", "options", "code", "said"),
    [
        (dot, ["--picture-frames", "9"], 3, "IR139"),
        (lambda: constant(1.0), ["--picture"], 4, "IR483"),
    ],
    ids=["no such frame", "no frame to draw"],
)
def test_what_cannot_be_drawn_is_not_recorded(
    builder: Any, options: list[str], code: int, said: str, irrun: Irrun
) -> None:
    """The old golden stays."""
    save(builder(), "a.json")

    got = irrun("golden", "record", "a.json", "-n", "5", *options)

    assert (got.code, said in got.err) == (code, True)
    assert not Path("a.golden").exists()


@pytest.mark.usefixtures("bare")
def test_recording_without_the_extra_is_refused(irrun: Irrun) -> None:
    """2, what to install, and nothing is written."""
    save(dot(), "a.json")

    got = irrun("golden", "record", "a.json", "--picture")

    assert got.code == 2
    for fact in ("IR484", "resvg-py", "pip install 'irrun[render]'"):
        assert fact in got.err
    assert not Path("a.golden").exists()


# --- Checking -------------------------------------------------------------------------------


@needs_extra
def test_nothing_is_drawn_while_draw_commands_are_the_same(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the program is another one."""
    record(irrun)
    monkeypatch.setattr("irrun.compare.golden.pictures.png_of_frame", None)
    b = dot()
    b.initial(40, 1.0)
    save(b, "a.json")

    got = irrun("golden", "check", "a.golden")

    assert got.code == 0, got.out
    assert "program changed" in got.out


@needs_extra
def test_pixels_are_counted_and_shown(irrun: Irrun) -> None:
    """How many, by how much, in which frame; expected, got and difference beside the new output."""
    record(irrun)

    got = check(irrun, x=330.0)
    found = result(check(irrun, "--format", "json", x=330.0))

    assert got.code == 1
    assert "picture of frame 4: " in got.out
    assert "pixels differ" in got.out
    assert "a.golden.new.4.diff.png" in got.out
    by_frame = {picture["frame"]: picture for picture in found["pictures"]}
    assert by_frame.keys() == {0, 2, 4}
    assert by_frame[4]["pixels"] == 480 * 270
    assert 0 < by_frame[2]["differing"] < by_frame[4]["differing"]
    assert by_frame[4]["largest"] == 255
    assert not by_frame[4]["withinThreshold"]
    assert by_frame[4]["image"] == "a.golden.new.4.diff.png"
    # Frame 0 has a dot of size 0: nothing is seen of it.
    assert by_frame[0]["differing"] == 0
    assert "image" not in by_frame[0]
    assert pictures("a.golden.new") == ["0", "2", "2 diff", "4", "4 diff"]
    picture_pixels(Path("a.golden.new.4.diff.png").read_bytes(), (3 * 480 + 4 * GAP, 270 + 2 * GAP))


@needs_extra
def test_the_three_part_image_is_the_same_every_time(irrun: Irrun) -> None:
    """Byte for byte."""
    record(irrun)
    check(irrun, x=330.0)
    first = Path("a.golden.new.4.diff.png").read_bytes()

    check(irrun, x=330.0)

    assert Path("a.golden.new.4.diff.png").read_bytes() == first


@needs_extra
def test_draw_commands_that_differ_fail_without_a_threshold(irrun: Irrun) -> None:
    """No pixel differs: it says so, and which threshold would accept it."""
    record(irrun)

    got = check(irrun, x=320.0001)

    assert got.code == 1
    assert "the draw commands differ, no pixel does" in got.out
    assert "--pixel-threshold 0 would accept" in got.out
    assert pictures("a.golden.new") == ["0", "2", "4"]


ALL = ("--picture-frames", "0-4")


@needs_extra
@pytest.mark.parametrize(
    ("threshold", "change", "passes"),
    [
        ("0", {"x": 320.0001}, True),
        ("0", {"red": 3}, False),
        ("2", {"red": 3}, False),
        ("3", {"red": 3}, True),
        ("0,1", {"red": 3}, True),
        ("0,50%", {"x": 330.0}, True),
        ("0,0.00001", {"x": 330.0}, False),
        ("255", {"x": 330.0}, True),
    ],
    ids=str,
)
@pytest.mark.parametrize("is_recorded", [True, False], ids=["recorded", "given"])
def test_a_threshold_accepts_pictures(
    threshold: str, change: dict[str, Any], passes: bool, is_recorded: bool, irrun: Irrun
) -> None:
    """Of the golden, or of the command line; where every frame has a picture."""
    option = ("--pixel-threshold", threshold)
    record(irrun, *ALL, *(option if is_recorded else ()))

    found = result(check(irrun, "--format", "json", *(() if is_recorded else option), **change))

    assert found["verdict"] == ("within tolerance" if passes else "differs")
    assert "channel" in found["pixelThreshold"]
    if passes:
        assert all(picture["withinThreshold"] for picture in found["pictures"])
        assert Path("a.golden.new").exists() is False


@needs_extra
def test_a_threshold_says_nothing_of_frames_without_pictures(irrun: Irrun) -> None:
    """Frames 1 and 3 have none, so they differ as ever."""
    record(irrun, "--pixel-threshold", "255")

    found = result(check(irrun, "--format", "json", x=330.0))
    table = check(irrun, x=330.0)

    assert found["verdict"] == "differs"
    assert found["comparison"]["framesDiffering"] == 2
    assert found["comparison"]["values"][0]["first"]["frame"] == 1
    assert "accepts 3 of 3 pictures" in table.out


@needs_extra
def test_a_threshold_says_nothing_of_other_values(irrun: Irrun) -> None:
    """The slot of the places is watched: it differs."""
    record(irrun, *ALL, "--pixel-threshold", "255", "--watch", "outputs,3")

    found = result(check(irrun, "--format", "json", x=330.0))

    assert found["verdict"] == "differs"
    assert [value["name"] for value in found["comparison"]["values"]] == ["slot 3"]


@needs_extra
def test_an_accepted_picture_is_told_of_with_verbose(irrun: Irrun) -> None:
    """The verdict's line counts pixels; -v says all."""
    record(irrun, *ALL, "--pixel-threshold", "3")

    got = check(irrun, "-v", red=3)

    assert got.code == 0
    assert "within tolerance  a  5 frames, 1 value not exact; 5 pictures: " in got.out
    assert "accepts 5 of 5 pictures" in got.out


def frame_document(x: float) -> Any:
    """A frame in the form of a document: its places are in a slot of their own."""
    f = FrameBuilder("document")
    f.instances([x, 200.0], size=scalar(100), colorRGBA=scalar(packed(255, 255, 255), "u32"))
    return f.program()


@needs_extra
def test_arrays_that_the_output_refers_to_are_draw_commands_too(irrun: Irrun) -> None:
    """The output's value is the same, what is drawn is not: the picture decides."""
    save(frame_document(320.0), "a.json")
    irrun("golden", "record", "a.json", "-n", "2", "--picture")
    save(frame_document(330.0), "a.json")

    got = irrun("golden", "check", "a.golden", "--format", "json")
    found = result(got)

    assert (got.code, found["verdict"]) == (1, "differs")
    assert found["comparison"]["values"] == []
    assert "2 pictures: " in irrun("golden", "check", "a.golden").out
    assert irrun("golden", "check", "a.golden", "--pixel-threshold", "255").code == 0
    assert "what is drawn in frame 0, 1" in " ".join(
        irrun("golden", "record", "a.json").out.split()
    )


@needs_extra
def test_an_output_that_holds_no_frame_any_more_differs(irrun: Irrun) -> None:
    """A difference, and not a failure of the check."""
    record(irrun, "--pixel-threshold", "255,1")
    b = constant(1.0)
    b.doc["outputs"][0]["id"] = "frame"
    save(b, "a.json")

    got = irrun("golden", "check", "a.golden")

    assert got.code == 1
    assert "pixels were not compared: the output holds no frame now" in got.out


@needs_extra
def test_a_missing_picture_is_said_to_be_missing(irrun: Irrun) -> None:
    """3, as for buffers."""
    record(irrun)
    next(Path().glob("a.golden.2.*.png")).unlink()

    got = irrun("golden", "check", "a.golden")

    assert (got.code, "IR138" in got.out) == (3, True)


@needs_extra
def test_without_the_extra_draw_commands_are_compared(
    irrun: Irrun, request: pytest.FixtureRequest
) -> None:
    """Equal ones pass; others fail, and it says that pixels were not compared."""
    record(irrun, *ALL)
    request.getfixturevalue("bare")

    assert check(irrun).code == 0
    got = check(irrun, "--pixel-threshold", "255,1", red=1)
    machine = result(check(irrun, "--format", "json", red=1))

    assert got.code == 1
    assert "pixels were not compared" in got.out.splitlines()[0]
    assert "resvg-py is not installed" in got.out
    assert not any(picture["compared"] for picture in machine["pictures"])
    assert pictures("a.golden.new") == []
    assert irrun("golden", "pending", "-v").code == 1


@needs_extra
def test_what_was_accepted_without_the_extra_is_drawn_when_recorded(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then its draw commands are compared, and it says that there is no picture."""
    record(irrun)
    with monkeypatch.context() as patch:
        patch.setattr("irrun.compare.golden.pictures.need_for_pictures", missing_extra)
        assert check(irrun, x=330.0).code == 1
    assert irrun("golden", "review", "--accept-all").code == 0
    assert pictures() == []

    assert irrun("golden", "check", "a.golden").code == 0
    assert "the golden has no picture of this frame" in check(irrun, red=9).out
    assert irrun("golden", "record", "a.json").code == 0
    assert pictures() == ["0", "2", "4"]


@needs_extra
def test_a_threshold_without_pictures_says_so(irrun: Irrun) -> None:
    """It accepts nothing."""
    save(dot(), "a.json")
    irrun("golden", "record", "a.json", "-n", "2")

    got = check(irrun, "--pixel-threshold", "9", red=1)

    assert (got.code, "no pixel threshold accepts this" in got.out) == (1, True)


@needs_extra
def test_a_picture_of_another_size_is_not_compared(irrun: Irrun) -> None:
    """A file that was put in the place of the picture, under the right name."""
    record(irrun, "--picture-frames", "4")
    (picture,) = Path().glob("a.golden.4.*.png")
    data = png_of_pixels(np.zeros((3, 3, 4), dtype=np.uint8))
    name = f"a.golden.4.{byte_digest(data)[:12]}.png"
    Path(name).write_bytes(data)
    golden = Path("a.golden")
    golden.write_text(golden.read_text().replace(picture.name, name))

    got = check(irrun, x=330.0)

    assert got.code == 1
    assert "pixels were not compared: the picture is 3 x 3 pixels large" in got.out


# --- Pending output -------------------------------------------------------------------------


@needs_extra
def test_nothing_is_left_in_ci_but_in_a_folder(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pictures go where the new output goes."""
    record(irrun)
    before = files_below(Path()).keys()
    monkeypatch.setenv("CI", "1")

    got = check(irrun, x=330.0)
    assert files_below(Path()).keys() == before
    assert "pixels differ" in got.out
    assert check(irrun, "--pending", "out", x=330.0).code == 1

    assert len(list(Path("out").glob("a.golden.new.*.diff.png"))) == 2
    assert files_below(Path()).keys() - before == {
        f"out/{path.name}" for path in Path("out").iterdir()
    }


@needs_extra
def test_pictures_go_when_the_difference_is_gone(irrun: Irrun) -> None:
    """All that was left beside the golden."""
    record(irrun)
    before = files_below(Path()).keys()
    check(irrun, x=330.0)
    assert files_below(Path()).keys() != before

    assert check(irrun).code == 0
    assert files_below(Path()).keys() == before


@needs_extra
def test_pending_judges_pictures_anew(irrun: Irrun) -> None:
    """No program runs, nothing is drawn: both pictures are there."""
    record(irrun, *ALL)
    checked = result(check(irrun, "--format", "json", red=3))
    Path("a.json").unlink()

    pending = irrun("golden", "pending", "--format", "json")

    assert result(pending)["pictures"] == checked["pictures"]
    assert irrun("golden", "pending", "--pixel-threshold", "2").code == 1
    assert irrun("golden", "pending", "--pixel-threshold", "3").code == 0


@needs_extra
def test_accepting_takes_the_pictures_over(irrun: Irrun) -> None:
    """The new ones in the place of the old; nothing pending is left; settings stay as asked."""
    record(irrun, "--picture-frames", "0,-1")
    check(irrun, x=330.0)
    (new,) = Path().glob("a.golden.new.4.????????????.png")
    drawn = new.read_bytes()

    assert irrun("golden", "review", "--accept-all").code == 0

    assert pictures() == ["0", "4"]
    assert next(Path().glob("a.golden.4.*.png")).read_bytes() == drawn
    assert list(Path().glob("*.new*")) == []
    assert document_of(Path("a.golden"))["picture"]["frames"] == [0, -1]
    assert irrun("golden", "check", "a.golden").code == 0


@needs_extra
def test_rejecting_removes_the_pictures(irrun: Irrun) -> None:
    """Those of the golden stay."""
    record(irrun)
    before = files_below(Path()).keys()
    check(irrun, x=330.0)

    got = irrun("golden", "review", "--reject", "a")

    assert got.code == 0
    assert "a.golden.new.4.diff.png" in got.out
    assert "▀" not in got.out
    assert files_below(Path()).keys() == before


@needs_extra
def test_review_shows_pictures_on_a_terminal_of_many_colours(
    irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Expected and got, 36 columns each, in half blocks."""
    record(irrun)
    check(irrun, x=330.0)
    for name, value in (("FORCE_COLOR", "1"), ("COLORTERM", "truecolor"), ("TERM", "xterm")):
        monkeypatch.setenv(name, value)

    got = irrun("golden", "review", "--reject", "a")

    assert got.code == 0
    assert "expected, frame 4" in got.out
    rows = [line for line in got.out.splitlines() if "▀" in line]
    assert {line.count("▀") for line in rows} == {2 * 36}
    assert len(rows) == 2 * 10
    assert "\x1b[38;2;" in got.out


def test_ring_has_no_picture_by_default(irrun: Irrun) -> None:
    """Nothing is drawn unless it is asked for."""
    save(ring(), "a.json")
    assert irrun("golden", "record", "a.json", "-n", "2").code == 0

    assert "picture" not in document_of(Path("a.golden"))
    assert sorted(path.name for path in Path().iterdir()) == ["a.golden", "a.json"]
