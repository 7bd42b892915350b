"""`irrun run --viewport`: what cameras and projections draw to."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli.samples import Irrun, bundled, clock, save
from evaluate.scene.scenes import CAMERA, table
from program_builder import ProgramBuilder

PROGRAM = bundled("every-step-kind")


def camera_at(b: ProgramBuilder, slot: int = 5) -> ProgramBuilder:
    """Add a camera, evaluated into a slot."""
    b.doc["cameras"] = table("cameras", "camera", CAMERA)
    b.step("CameraEval", "s-camera", cameraId="cam", outSlot=slot)
    return b


def run(irrun: Irrun, *options: str) -> dict[str, Any]:
    """Return the JSON of a run of one frame of a program with a camera in slot 5."""
    got = irrun("run", save(camera_at(clock())), "-n", "1", "--format", "json", *options)
    assert got.code == 0, got.err
    return got.document


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_default_is_not_written_down(irrun: Irrun) -> None:
    """Full HD; the header says nothing of it, also if it was asked for."""
    for options in ([], ["--viewport", "1920x1080"], ["--viewport", "1920x1080@1"]):
        document = run(irrun, *options)

        assert "viewport" not in document
        shown = document["frames"][0]["values"]["5"]["viewport"]
        assert shown == {"w": 1920, "h": 1080, "dpr": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("800x600", {"w": 800, "h": 600, "dpr": 1}),
        ("800x600@2", {"w": 800, "h": 600, "dpr": 2}),
        ("1366.5x0.25@1.5", {"w": 1366.5, "h": 0.25, "dpr": 1.5}),
    ],
)
def test_another_viewport_is_in_header_and_camera(
    text: str, expected: dict[str, float], irrun: Irrun
) -> None:
    """WxH, perhaps with device pixels per CSS pixel."""
    document = run(irrun, "--viewport", text)

    assert document["viewport"] == expected
    assert document["frames"][0]["values"]["5"]["viewport"] == expected


@pytest.mark.parametrize(
    "text",
    ["", "800", "800x", "x600", "800x600@", "0x600", "800x0", "800x600@0", "-1x600", "1e3x600",
     "800X600", "800x600x2", "9" * 400 + "x1"],
)  # fmt: skip
def test_what_is_no_viewport_is_wrong_usage(text: str, irrun: Irrun) -> None:
    """Exit code 2, with the form that is expected."""
    got = irrun("run", save(camera_at(clock())), "--viewport", text)

    assert got.code == 2
    assert "is not WIDTHxHEIGHT, such as 800x600 or 800x600@2" in got.err


def test_an_explanation_has_the_viewport_too(irrun: Irrun) -> None:
    """`--explain` shows the values of the run that was asked for."""
    path = save(camera_at(clock()))
    got = irrun("run", path, "--viewport", "800x600", "--explain", "5@0", "--format", "json")

    assert json.dumps(got.document).count('"w": 800') == 1


def test_a_swap_keeps_the_viewport(irrun: Irrun) -> None:
    """The next program draws to the same."""
    following = save(camera_at(clock("next"), 6), "next.json")
    document = run(irrun, "-n", "2", "--viewport", "800x600", "--swap", f"1={following}")

    assert document["frames"][1]["values"]["6"]["viewport"] == {"w": 800, "h": 600, "dpr": 1}


def test_details_of_a_projection_count_the_elements(irrun: Irrun) -> None:
    """`--trace full`: what became of the instances."""
    got = irrun("run", PROGRAM, "-n", "1", "--trace", "full", "--format", "json")
    steps = {step["step"]: step for step in got.document["frames"][0]["steps"]}
    details = {d["what"]: d["value"] for d in steps["s-project"]["details"]}

    assert details["elements"] == details["culled"] + details["instances"]
    assert details["instances"] == details["clipped"] + details["alive"]
