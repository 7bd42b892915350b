"""Frames to an animated GIF, through pillow (extra `render`)."""

import io
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from irrun.render.colors import Paint
from irrun.render.raster import need

COLORS: Final = 256
SHORTEST: Final = 2
"""Hundredths of a second that a frame is shown at least: below that, viewers go slow."""
_SAMPLES: Final = 16
"""Frames that the palette is made from, where the colours are too many."""


def gif_of_pngs(pngs: Sequence[bytes], ends: Sequence[float], behind: Paint) -> bytes:
    """Return an endless animation.

    All frames share one palette: the colours themselves where they are no more than 256, else
    pillow's median cut of frames spread evenly; no dithering. Nothing in the file depends on
    the clock.

    Args:
        pngs: The frames, of one size.
        ends: When each frame gives way to the next, in ms from the first frame's begin.
        behind: What shines through, for a GIF is opaque.

    Raises:
        RenderExtraMissing: IR484.
    """
    colors = _colors(pngs, behind)
    palette = None if colors is not None else _median_cut(pngs, behind)
    images = (_flat(png, behind) for png in pngs)
    frames = (_indexed(image, colors, palette) for image in images)
    file = io.BytesIO()
    next(frames).save(
        file,
        "GIF",
        save_all=True,
        append_images=frames,
        duration=[10 * n for n in durations(ends)],
        loop=0,
        optimize=False,
        disposal=1,
    )
    return file.getvalue()


def durations(ends: Sequence[float]) -> list[int]:
    """Return how long each frame is shown, in hundredths of a second, without drifting away."""
    found: list[int] = []
    shown = 0
    for end in ends:
        found.append(max(SHORTEST, round(end / 10) - shown))
        shown += found[-1]
    return found


def _flat(png: bytes, behind: Paint) -> Any:
    """Return a frame as an opaque image."""
    images = need("PIL.Image", "pillow", "GIF")
    image = images.open(io.BytesIO(png)).convert("RGBA")
    ground = images.new("RGBA", image.size, behind.text)
    return images.alpha_composite(ground, image).convert("RGB")


def _packed(image: Any) -> NDArray[np.uint32]:
    """Return an image's pixels as 0xRRGGBB, shape (height, width)."""
    r, g, b = np.moveaxis(np.asarray(image, dtype=np.uint32), 2, 0)
    found: NDArray[np.uint32] = r << 16 | g << 8 | b
    return found


def _colors(pngs: Sequence[bytes], behind: Paint) -> NDArray[np.uint32] | None:
    """Return all colours, ascending; None if there are too many."""
    colors = np.zeros(0, dtype=np.uint32)
    for png in pngs:
        colors = np.union1d(colors, _packed(_flat(png, behind)))
        if colors.size > COLORS:
            return None
    return colors


def _median_cut(pngs: Sequence[bytes], behind: Paint) -> Any:
    """Return an image whose palette suits frames that are spread evenly."""
    module = need("PIL.Image", "pillow", "GIF")
    images = [_flat(png, behind) for png in pngs[:: max(1, -(-len(pngs) // _SAMPLES))]]
    width, height = images[0].size
    strip = module.new("RGB", (width, height * len(images)))
    for i, image in enumerate(images):
        strip.paste(image, (0, i * height))
    return strip.quantize(COLORS, method=module.Quantize.MEDIANCUT, kmeans=0, dither=0)


def _indexed(image: Any, colors: NDArray[np.uint32] | None, palette: Any) -> Any:
    """Return an image with indices into the palette."""
    if colors is None:
        return image.quantize(palette=palette, dither=0)
    indices = np.searchsorted(colors, _packed(image)).astype(np.uint8)
    module = need("PIL.Image", "pillow", "GIF")
    found = module.fromarray(indices)
    found.putpalette(colors.astype(">u4").view(np.uint8).reshape(-1, 4)[:, 1:].tobytes())
    return found
