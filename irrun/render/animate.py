"""Frames to an animated GIF, through pillow (extra `render`)."""

import io
from collections.abc import Sequence
from typing import Any, Final

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
    images = [_flat(png, behind) for png in pngs]
    palette = _palette(images)
    frames = [image.quantize(palette=palette, dither=0) for image in images]
    file = io.BytesIO()
    frames[0].save(
        file,
        "GIF",
        save_all=True,
        append_images=frames[1:],
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
    color = tuple(bytes.fromhex(behind.text[1:])) + (255,)
    ground = images.new("RGBA", image.size, color)
    return images.alpha_composite(ground, image).convert("RGB")


def _palette(images: Sequence[Any]) -> Any:
    """Return an image that has the palette."""
    module = need("PIL.Image", "pillow", "GIF")
    colors: set[tuple[int, int, int]] = set()
    for image in images:
        found = image.getcolors(COLORS)
        colors |= {color for _, color in found or ()}
        if found is None or len(colors) > COLORS:
            return _median_cut(images, module)
    palette = module.new("P", (1, 1))
    palette.putpalette([channel for color in sorted(colors) for channel in color])
    return palette


def _median_cut(images: Sequence[Any], module: Any) -> Any:
    step = max(1, -(-len(images) // _SAMPLES))
    chosen = images[::step]
    width, height = images[0].size
    strip = module.new("RGB", (width, height * len(chosen)))
    for i, image in enumerate(chosen):
        strip.paste(image, (0, i * height))
    return strip.quantize(COLORS, method=module.Quantize.MEDIANCUT, kmeans=0, dither=0)
