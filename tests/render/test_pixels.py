"""Pictures pixel by pixel: counted, shown, made small."""

import io
from typing import Any

import numpy as np
import pytest

from irrun.render.native import png_of_pixels
from irrun.render.pixels import (
    GAP,
    on_black,
    picture_pixels,
    pixel_difference,
    reduced,
    three_part,
)

images = pytest.importorskip("PIL.Image", reason="the extra `render` is not installed")


def plain(*color: int, width: int = 4, height: int = 3) -> Any:
    """Return a picture of one colour."""
    return np.full((height, width, 4), color, dtype=np.uint8)


def test_equal_pictures_do_not_differ() -> None:
    """All counts are zero but that of the pixels."""
    found = pixel_difference(plain(1, 2, 3, 255), plain(1, 2, 3, 255), 0)

    assert (found.pixels, found.differing, found.beyond, found.largest) == (12, 0, 0, 0)


@pytest.mark.parametrize(("channel", "beyond"), [(0, 2), (4, 2), (5, 1), (253, 1), (254, 0)])
def test_pixels_are_counted_by_their_largest_channel(channel: int, beyond: int) -> None:
    """In either direction, without wrapping around; what is just at the threshold is within."""
    a, b = plain(0, 250, 7, 255), plain(0, 250, 7, 255)
    b[0, 0] = (0, 245, 9, 255)
    b[2, 3] = (0, 250, 7, 1)

    found = pixel_difference(a, b, channel)

    assert (found.differing, found.beyond, found.largest) == (2, beyond, 254)


def test_transparent_pixels_have_no_colour() -> None:
    """Whatever the file says."""
    a, b = (
        picture_pixels(png_of_pixels(plain(*color)), (4, 3))
        for color in ((9, 9, 9, 0), (200, 0, 0, 0))
    )

    assert pixel_difference(a, b, 0).differing == 0


def test_what_is_no_picture_is_a_value_error() -> None:
    """Damaged files are not crashes."""
    whole = png_of_pixels(plain(1, 2, 3, 255, width=40, height=40))
    for data in (b"", b"no picture", whole[:20], whole[: len(whole) // 2]):
        with pytest.raises(ValueError, match="damaged"):
            picture_pixels(data, (40, 40))


def test_a_picture_of_another_size_is_not_read() -> None:
    """However large it says that it is."""
    with pytest.raises(ValueError, match="4 x 3 pixels"):
        picture_pixels(png_of_pixels(plain(1, 2, 3, 255)), (40, 40))


def test_colours_lie_over_black() -> None:
    """Straight colours, rounded."""
    assert on_black(plain(255, 128, 0, 128))[0, 0].tolist() == [128, 64, 0]


def test_three_parts_stand_side_by_side() -> None:
    """Expected, got, difference: hot beyond the threshold, blue within, dim elsewhere."""
    a, b = plain(40, 80, 120, 255), plain(40, 80, 120, 255)
    b[0, 0, 0], b[1, 1, 0] = 41, 240

    png = three_part(a, b, 1)

    height, width = 3, 4
    sheet = picture_pixels(png, (3 * width + 4 * GAP, height + 2 * GAP))[..., :3]
    assert sheet.shape == (height + 2 * GAP, 3 * width + 4 * GAP, 3)
    inside = sheet[GAP : GAP + height]
    parts = [inside[:, GAP + i * (width + GAP) :][:, :width] for i in range(3)]
    assert (parts[0] == a[..., :3]).all()
    assert (parts[1] == b[..., :3]).all()
    assert parts[2][0, 0].tolist() == [0, 0, 104]
    assert parts[2][1, 1].tolist() == [255, 255, 0]
    assert parts[2][2, 2].tolist() == [20, 20, 20]
    assert three_part(a, b, 1) == png
    assert images.open(io.BytesIO(png)).format == "PNG"


@pytest.mark.parametrize(
    ("size", "height"), [((480, 270), 20), ((480, 480), 36), ((4000, 10), 2), ((3, 9), 108)]
)
def test_small_pictures_keep_their_colours(size: tuple[int, int], height: int) -> None:
    """36 wide, an even number of rows; a picture of one colour keeps it, also if it grows."""
    found = reduced(plain(10, 20, 30, 255, width=size[0], height=size[1]), 36)

    assert found.shape == (height, 36, 3)
    assert (found == (10, 20, 30)).all()


def test_small_pixels_are_means() -> None:
    """Of those that they stand for."""
    pixels = plain(0, 0, 0, 255, width=4, height=4)
    pixels[:, 1, 0] = 255
    pixels[:2, 2:, 1] = 9

    found = reduced(pixels, 2)

    assert found[:, 0].tolist() == [[128, 0, 0], [128, 0, 0]]
    assert found[:, 1].tolist() == [[0, 9, 0], [0, 0, 0]]
