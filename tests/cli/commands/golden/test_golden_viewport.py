"""`irrun golden record --viewport`: what a golden's program draws on."""

import json
import struct
from pathlib import Path

import pytest
from cli.samples import Irrun, bundled


def header() -> dict[str, object]:
    """Return what `orbit.golden` says of the run."""
    found = json.loads(Path("orbit.golden").read_bytes())["run"]
    assert isinstance(found, dict)
    return found


def record(irrun: Irrun, *options: str) -> None:
    """Record two frames of a program with a camera."""
    Path("orbit.json").write_bytes(Path(bundled("orbit", "json")).read_bytes())
    assert irrun("golden", "record", "orbit.json", "-n", "2", *options).code == 0


def test_the_usual_viewport_is_not_mentioned(irrun: Irrun) -> None:
    record(irrun)

    assert "viewport" not in header()


def test_another_viewport_is_kept_and_checked_with(irrun: Irrun) -> None:
    """The projection depends on it, so a check with another one would differ."""
    record(irrun, "--viewport", "800x600@2")

    assert header()["viewport"] == [800, 600, 2]
    assert irrun("golden", "check", "orbit.golden").code == 0
    record(irrun)
    assert header()["viewport"] == [800, 600, 2]


def test_the_usual_viewport_can_be_asked_for_again(irrun: Irrun) -> None:
    record(irrun, "--viewport", "800x600")
    record(irrun, "--viewport", "1920x1080")

    assert "viewport" not in header()


def test_pictures_have_its_aspect(irrun: Irrun) -> None:
    pytest.importorskip("resvg_py", reason="the extra `render` is not installed")
    record(irrun, "--viewport", "800x600", "--picture", "--picture-frames", "0")

    (picture,) = Path().glob("orbit.golden.0.*.png")
    assert struct.unpack(">II", picture.read_bytes()[16:24]) == (360, 270)
    assert irrun("golden", "check", "orbit.golden").code == 0


def test_a_picture_of_another_viewport_is_not_taken_over(irrun: Irrun) -> None:
    """Though the draw commands and the size of the picture are the same."""
    pytest.importorskip("resvg_py", reason="the extra `render` is not installed")
    Path("petals.json").write_bytes(Path(bundled("petals", "json")).read_bytes())
    small = ("--viewport", "960x540", "--picture-frames", "0")
    pictures = []
    for options in (["--picture-frames", "0"], small, [*small, "--fresh"]):
        assert irrun("golden", "record", "petals.json", "-n", "1", *options).code == 0
        (picture,) = Path().glob("petals.golden.0.*.png")
        pictures.append(picture.read_bytes())

    assert pictures[1] == pictures[2] != pictures[0]
