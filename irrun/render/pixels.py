"""Pictures pixel by pixel: how two of them differ, and a picture that shows it."""

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from irrun.errors.rendering import LibraryFailed
from irrun.render.native import pixels_of_png, png_of_pixels, resized

Pixels = NDArray[np.uint8]
"""Straight RGBA, shape (height, width, 4)."""

GAP: Final = 8
"""Pixels between the parts of a three-part picture, and around them."""
_GROUND: Final = 0x2A
_DIMMED: Final = 4
"""The expected picture lies under the difference, so much darker and without colour."""
_LEAST: Final = 96
_GAIN: Final = 8
"""A difference of one step is seen, and one of 20 is as bright as can be."""


class PixelDifference(msgspec.Struct, frozen=True):
    """How much two pictures of one size differ."""

    pixels: int
    """How many there are."""
    differing: int
    """How many are not the same."""
    beyond: int
    """How many differ by more than the threshold of a channel."""
    largest: int
    """The largest difference of a channel."""


def picture_pixels(png: bytes, size: tuple[int, int]) -> Pixels:
    """Return the pixels of a PNG; what is wholly transparent has no colour.

    Raises:
        RenderExtraMissing: IR484.
        ValueError: It is no picture of that size.
    """
    try:
        pixels = pixels_of_png(png, size)
    except LibraryFailed as error:
        raise ValueError(f"the picture is damaged ({error.facts['detail']})") from None
    pixels[pixels[..., 3] == 0] = 0
    return pixels


def channel_distance(a: Pixels, b: Pixels) -> NDArray[np.int16]:
    """Return the largest difference of a channel, for each pixel."""
    distance = np.abs(a.astype(np.int16) - b.astype(np.int16))
    found: NDArray[np.int16] = distance.max(axis=2)  # exact: bytes
    return found


def pixel_difference(a: Pixels, b: Pixels, channel: int) -> PixelDifference:
    """Compare two pictures of one size."""
    distance = channel_distance(a, b)
    return PixelDifference(
        pixels=int(distance.size),
        differing=int(np.count_nonzero(distance)),
        beyond=int(np.count_nonzero(distance > channel)),
        largest=int(distance.max(initial=0)),  # exact: bytes
    )


def three_part(expected: Pixels, got: Pixels, channel: int) -> bytes:
    """Return a PNG of what was expected, what came, and the difference.

    The difference is amplified: from dark red for a single step to yellow, blue where the
    threshold of a channel accepts it, over a dim picture of what was expected.
    """
    height, width = expected.shape[:2]
    sheet = np.full((height + 2 * GAP, 3 * width + 4 * GAP, 3), _GROUND, dtype=np.uint8)
    parts = on_black(expected), on_black(got), _amplified(expected, got, channel)
    for number, part in enumerate(parts):
        left = GAP + number * (width + GAP)
        sheet[GAP : GAP + height, left : left + width] = part
    return png_of_pixels(sheet)


def _amplified(expected: Pixels, got: Pixels, channel: int) -> Pixels:
    distance = channel_distance(expected, got)
    gray = on_black(expected).astype(np.int16).sum(axis=2) // (3 * _DIMMED)  # exact: whole numbers
    shown = np.repeat(gray[..., None], 3, axis=2)
    strength = np.minimum(255, _LEAST + _GAIN * distance)  # exact: whole numbers
    zero = np.zeros_like(strength)
    hot = np.stack([strength, np.minimum(255, 2 * distance), zero], axis=2)  # exact: whole numbers
    cold = np.stack([zero, zero, strength], axis=2)
    is_beyond = (distance > channel)[..., None]
    is_within = ((distance > 0) & (distance <= channel))[..., None]
    found: Pixels = np.where(is_beyond, hot, np.where(is_within, cold, shown)).astype(np.uint8)
    return found


def on_black(pixels: Pixels) -> Pixels:
    """Return pixels over black, RGB."""
    colors, alpha = pixels[..., :3].astype(np.uint16), pixels[..., 3:].astype(np.uint16)
    found: Pixels = ((colors * alpha + 127) // 255).astype(np.uint8)
    return found


def reduced(pixels: Pixels, width: int) -> Pixels:
    """Return pixels over black in another width, the aspect kept, an even number of rows high.

    Each pixel is the mean of those that it stands for.

    Raises:
        RenderExtraMissing: IR484.
        LibraryFailed: IR485.
    """
    rgb = on_black(pixels)
    height = max(2, 2 * (rgb.shape[0] * width // (2 * rgb.shape[1])))
    return resized(rgb, width, height)
