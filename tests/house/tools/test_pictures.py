"""The bundled programs on their page, with pictures that are there and are what they say."""

import struct

import build_pictures
import pytest
from build_programs import PROGRAMS
from picture_programs import PICTURES

from irrun.steps import KINDS

PAGE = (build_pictures.ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
README = (build_pictures.ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_shown(name: str) -> None:
    """A sheet of three by two pictures of 320 x 180."""
    assert f"](pictures/{name}.png)" in PAGE
    data = (build_pictures.FOLDER / f"{name}.png").read_bytes()
    width, height = struct.unpack(">II", data[16:24])

    assert data.startswith(b"\x89PNG")
    assert width >= 3 * 320
    assert height >= 2 * 180


def test_the_picture_at_the_top_is_there() -> None:
    assert "](docs/pictures/orbit.gif)" in README
    assert (build_pictures.FOLDER / "orbit.gif").read_bytes().startswith(b"GIF89a")


def test_every_step_kind_is_in_a_picture() -> None:
    """Together the pictures are a tour of all that a schedule can do."""
    programs = [make().program() for make in PICTURES.values()]

    assert {step.kind for program in programs for step in program.steps} == set(KINDS)
