"""The pictures of the documentation are what irrun draws today."""

import build_pictures


def test_pictures_are_up_to_date() -> None:
    """Byte for byte; `python tools/build_pictures.py` draws them anew."""
    there = {path.name: path.read_bytes() for path in build_pictures.FOLDER.iterdir()}

    assert there == build_pictures.pictures()


def test_every_picture_is_shown() -> None:
    """On the page about rendering."""
    page = (build_pictures.ROOT / "docs" / "rendering.md").read_text(encoding="utf-8")

    assert all(f"](pictures/{name}.svg)" in page for name in build_pictures.SIZES)
