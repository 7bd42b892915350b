"""Frames to an animated GIF (extra `render`)."""

import struct
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from irrun.limits import GIF_SECONDS
from irrun.render.native import Bytes, gif_block, median_cut, nearest, pixels_of_png
from irrun.render.vector.bounds import over
from irrun.render.vector.colors import Paint

COLORS: Final = 256
SHORTEST: Final = 2
"""Hundredths of a second that a frame is shown at least: below that, viewers go slow."""
LONGEST: Final = 0xFFFF
"""Hundredths of a second that a block of a GIF can be shown."""
_SAMPLES: Final = 16
"""Frames that the palette is made from, where the colours are too many."""
_SAMPLED: Final = 1 << 22
"""Pixels of all samples together, about."""


def gif_of_pngs(pngs: Sequence[bytes], ends: Sequence[float], behind: Paint) -> bytes:
    """Return an endless animation.

    All frames share one palette: the colours themselves where they are no more than 256, else
    the median cut of frames spread evenly; no dithering. Nothing in the file depends on the
    clock.

    Args:
        pngs: The frames, of one size.
        ends: When each frame gives way to the next, in ms from the first frame's begin.
        behind: What shines through, for a GIF is opaque.

    Raises:
        PictureLimit: IR486, it lasts too long.
        RenderExtraMissing: IR484.
        LibraryFailed: IR485.
    """
    delays = durations(ends)
    colors = _colors(pngs, behind)
    index: Callable[[Bytes], Bytes]
    if colors is not None:
        palette = colors.astype(">u4").view(np.uint8).reshape(-1, 4)[:, 1:]

        def index(image: Bytes) -> Bytes:
            return np.searchsorted(colors, _packed(image)).astype(np.uint8)  # exact: packed colours
    else:
        palette = median_cut(_samples(pngs, behind), COLORS)

        def index(image: Bytes) -> Bytes:
            return nearest(image, palette)

    frames = (index(_flat(png, behind)) for png in pngs)
    return b"".join(_gif(frames, delays, palette))


def durations(ends: Sequence[float]) -> list[int]:
    """Return how long each frame is shown, in hundredths of a second, without drifting away.

    Raises:
        PictureLimit: IR486, the animation lasts too long.
    """
    found: list[int] = []
    shown = 0
    for end in ends:
        found.append(max(SHORTEST, round(end / 10) - shown))  # exact: either way is fine
        shown += found[-1]
    if shown > 100 * GIF_SECONDS.value:
        raise over(GIF_SECONDS, "the animation", shown // 100)
    return found


def _gif(frames: Iterator[Bytes], delays: Sequence[int], palette: Bytes) -> Iterator[bytes]:
    """Yield the file: its head, blocks with what each frame changes, its end."""
    before = next(frames)
    height, width = before.shape
    table = np.zeros((COLORS, 3), dtype=np.uint8)
    table[: len(palette)] = palette
    yield struct.pack("<6sHHBBB", b"GIF89a", width, height, 0xF7, 0, 0) + table.tobytes()
    yield b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"  # for ever
    block, x, y, delay = before, 0, 0, delays[0]
    for frame, hundredths in zip(frames, delays[1:], strict=True):
        changed = frame != before
        if not changed.any():
            delay += hundredths
            continue
        yield from _blocks(block, x, y, delay)
        rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        x, y, delay = int(columns[0]), int(rows[0]), hundredths  # exact: indices
        block, before = frame[y : rows[-1] + 1, x : columns[-1] + 1], frame
    yield from _blocks(block, x, y, delay)
    yield b";"


def _blocks(block: Bytes, x: int, y: int, delay: int) -> Iterator[bytes]:
    """Yield a block, and one pixel of it again as often as it takes to last so long."""
    while delay > 0:
        # What is left shall not be too short for a viewer.
        now = delay if delay <= LONGEST else min(LONGEST, delay - SHORTEST)  # exact: whole
        yield gif_block(block, x, y, now)
        block, delay = block[:1, :1], delay - now


def _flat(png: bytes, behind: Paint) -> Bytes:
    """Return a frame over what is behind it, RGB."""
    pixels = pixels_of_png(png)
    if pixels[..., 3].min() == 255:  # exact: whole numbers
        return pixels[..., :3]
    alpha = pixels[..., 3:].astype(np.uint16)
    ground = np.frombuffer(bytes.fromhex(behind.text[1:]), dtype=np.uint8).astype(np.uint16)
    mixed = pixels[..., :3] * alpha + ground * (255 - alpha)
    found: Bytes = ((mixed + 127) // 255).astype(np.uint8)
    return found


def _packed(image: Bytes) -> NDArray[np.uint32]:
    """Return RGB pixels as 0xRRGGBB, shape (height, width)."""
    found = image[..., 0].astype(np.uint32)
    for channel in (1, 2):
        found <<= 8
        found |= image[..., channel]
    return found


def _colors(pngs: Sequence[bytes], behind: Paint) -> NDArray[np.uint32] | None:
    """Return all colours, ascending; None if there are too many."""
    colors = np.zeros(0, dtype=np.uint32)
    for png in pngs:
        colors = np.union1d(colors, _packed(_flat(png, behind)))
        if colors.size > COLORS:
            return None
    return colors


def _samples(pngs: Sequence[bytes], behind: Paint) -> Bytes:
    """Return frames that are spread evenly, below each other; of large ones some pixels."""
    chosen = pngs[:: max(1, -(-len(pngs) // _SAMPLES))]
    images = []
    for png in chosen:
        image = _flat(png, behind)
        step = 1
        while len(chosen) * image.shape[0] * image.shape[1] > step * step * _SAMPLED:
            step += 1
        images.append(image[::step, ::step])
    return np.concatenate(images)
