"""Pictures of a golden: drawn where the draw commands ask for it, compared pixel by pixel."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from irrun.compare.output.document import Golden, GoldenHeader, GoldenPicture, PixelThreshold
from irrun.compare.output.record import NOTHING_TO_DRAW
from irrun.errors import sentence_of
from irrun.errors.rendering import CannotDraw, RenderExtraMissing
from irrun.ir.render_frame import RenderFrame
from irrun.ir.values import Viewport

if TYPE_CHECKING:
    from irrun.render.pixels import Pixels

EXACT: Final = PixelThreshold()
WHAT: Final = "pictures of a golden"


class PictureDifference(msgspec.Struct):
    """A frame whose draw commands differ, and how its pixels do."""

    frame: int
    pixels: int = 0
    """How many the picture has; 0 if pixels were not compared."""
    differing: int = 0
    """How many are not the same."""
    beyond: int = 0
    """How many differ by more than the threshold allows for a channel."""
    largest: int = 0
    """The largest difference of a channel, of 255."""
    is_within: bool = False
    """True if a threshold was given and accepts the picture."""
    is_alone: bool = False
    """True if nothing but the draw commands tells the difference: the value is the same, and
    the arrays that it refers to are not."""
    note: str | None = None
    """Why pixels were not compared."""
    image: Path | None = None
    """Where expected, got and difference are shown side by side."""


def need_for_pictures() -> None:
    """Look for the packages that drawing needs.

    Raises:
        RenderExtraMissing: IR484.
    """
    from irrun.render.native import PACKAGES, need

    for module in PACKAGES:
        need(module, WHAT)


def png_of_frame(frame: RenderFrame, size: Sequence[int], viewport: Viewport) -> bytes:
    """Return what a frame shows.

    Raises:
        CannotDraw: IR483.
        RenderExtraMissing: IR484.
    """
    from irrun.render.raster import png_of_drawing
    from irrun.render.vector.svg import draw

    width, height = size
    scale = max(width / viewport.w, height / viewport.h)  # exact: never NaN
    return png_of_drawing(draw(frame, viewport, scale=scale), width, height)


def with_pictures(got: Golden, known: Golden | None, *, strict: bool = True) -> Golden:
    """Return what was run just now with its pictures.

    Pictures that are known already, of the same draw commands in the same size and viewport, are
    taken over and not drawn.

    Args:
        got: What was run.
        known: Has pictures already.
        strict: Pass over no picture that cannot be drawn.

    Raises:
        CannotDraw: IR483, strict; with the frame.
        RenderExtraMissing: IR484, strict.
    """
    picture = got.header.picture
    if picture is None:
        return got
    pictures = dict(_known_pictures(picture, got.header.run.view, known))
    for frame, shown in got.shown.items():
        if frame in pictures:
            continue
        try:
            need_for_pictures()
            pictures[frame] = png_of_frame(shown, picture.size, got.header.run.view)
        except (CannotDraw, RenderExtraMissing) as error:
            if strict:
                raise error.at(frame=frame) from None
    return msgspec.structs.replace(got, pictures=pictures)


def _known_pictures(
    picture: GoldenPicture, view: Viewport, known: Golden | None
) -> Iterator[tuple[int, bytes]]:
    old = None if known is None else known.header.picture
    if known is None or old is None or old.size != picture.size or known.header.run.view != view:
        return
    for frame, commands in picture.commands.items():
        if frame in known.pictures and old.commands.get(frame) == commands:
            yield frame, known.pictures[frame]


def differing_shots(expected: GoldenHeader, got: GoldenHeader) -> list[int]:
    """Return the frames whose draw commands differ, of those that both sides have drawn."""
    if expected.picture is None or got.picture is None:
        return []
    others = got.picture.commands
    commands = expected.picture.commands
    return [f for f, digest in commands.items() if f in others and others[f] != digest]


def compare_pictures(
    expected: Golden, got: Golden, threshold: PixelThreshold | None
) -> tuple[PictureDifference, ...]:
    """Compare the pictures of the frames whose draw commands differ.

    Args:
        expected: The golden.
        got: What came out now, with its pictures as far as there are some.
        threshold: What was given to compare with; None accepts nothing.
    """
    frames = differing_shots(expected.header, got.header)
    if not frames:
        return ()
    equal = _frames_of_equal_value(expected, got, frames)
    return tuple(
        _compared(PictureDifference(frame, is_alone=frame in equal), expected, got, threshold)
        for frame in frames
    )


def _compared(
    found: PictureDifference, expected: Golden, got: Golden, threshold: PixelThreshold | None
) -> PictureDifference:
    from irrun.render.pixels import pixel_difference

    frame, rule = found.frame, threshold or EXACT
    try:
        both = _both(expected, got, frame)
        if isinstance(both, str):
            found.note = both
            return found
        measured = pixel_difference(*both, rule.channel)
    except RenderExtraMissing as error:
        found.note = f"pixels were not compared: {error.facts['package']} is not installed"
        return found
    found.pixels, found.differing = measured.pixels, measured.differing
    found.beyond, found.largest = measured.beyond, measured.largest
    accepted = measured.beyond <= rule.share * measured.pixels
    found.is_within = threshold is not None and accepted
    return found


def _both(expected: Golden, got: Golden, frame: int) -> "tuple[Pixels, Pixels] | str":
    """Return the pixels of both pictures, or why they cannot be compared."""
    if frame not in expected.pictures:
        return "pixels were not compared: the golden has no picture of this frame"
    if frame not in got.pictures:
        return f"pixels were not compared: {_why_not_drawn(got, frame)}"
    try:
        return both_pixels(expected, got, frame)
    except ValueError as error:
        return f"pixels were not compared: {sentence_of(error)}"


def both_pixels(expected: Golden, got: Golden, frame: int) -> "tuple[Pixels, Pixels]":
    """Return the pixels of a frame that both sides have a picture of.

    Raises:
        RenderExtraMissing: IR484.
        ValueError: One is no picture, or not as large as the golden says.
    """
    from irrun.render.pixels import picture_pixels

    picture = expected.header.picture
    size = (0, 0) if picture is None else picture.size
    return picture_pixels(expected.pictures[frame], size), picture_pixels(got.pictures[frame], size)


def _why_not_drawn(got: Golden, frame: int) -> str:
    picture = got.header.picture
    if picture is None or picture.commands.get(frame) == NOTHING_TO_DRAW:
        return "the output holds no frame now"
    if frame not in got.shown:
        return "the new output has no picture of this frame"
    need_for_pictures()
    try:
        png_of_frame(got.shown[frame], picture.size, got.header.run.view)
    except CannotDraw as error:
        return error.sentence
    return "it was not drawn"


def _frames_of_equal_value(expected: Golden, got: Golden, frames: Sequence[int]) -> set[int]:
    """Return the frames in which the value of the output that is drawn is the same."""
    picture = expected.header.picture
    name = "" if picture is None else f"output {picture.output}"
    wanted, last = frozenset(frames), max(frames)
    found: set[int] = set()
    for (frame, a), (_, b) in zip(expected.values(), got.values(), strict=False):
        if frame.index > last:
            break
        if frame.index in wanted and a.get(name) == b.get(name):
            found.add(frame.index)
    return found


def accepted_frames(
    expected: GoldenHeader, found: Sequence[PictureDifference]
) -> dict[str, frozenset[int]]:
    """Return the frames in which a value may differ because its picture is near enough, by name."""
    if expected.picture is None:
        return {}
    frames = frozenset(difference.frame for difference in found if difference.is_within)
    return {f"output {expected.picture.output}": frames} if frames else {}


def three_part_images(
    expected: Golden,
    got: Golden,
    found: Sequence[PictureDifference],
    threshold: PixelThreshold | None,
) -> Mapping[int, bytes]:
    """Return expected, got and difference as a picture, by frame, where pixels differ."""
    channel = (threshold or EXACT).channel
    images = {}
    for difference in found:
        if difference.differing:
            from irrun.render.pixels import three_part

            frame = difference.frame
            images[frame] = three_part(*both_pixels(expected, got, frame), channel)
    return images
