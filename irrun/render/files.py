"""Drawn frames as the bytes of files."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Literal

import msgspec

from irrun.errors import IrrunError
from irrun.ir.time_model import DEFAULT_FPS
from irrun.limits import GIF_BYTES, SVG_CHARACTERS
from irrun.render.animate import gif_of_pngs
from irrun.render.drawing import Drawing, svg_document
from irrun.render.native import need, png_of_svg
from irrun.render.pictures import Picture
from irrun.render.raster import png_of_drawing
from irrun.render.sheet import Cell, sheet_svg
from irrun.render.vector.bounds import over
from irrun.render.vector.colors import BLACK, Paint

PictureKind = Literal["svg", "png", "gif"]

FRAME: Final = re.compile(r"\{frame(?::0?([0-9]{1,2}))?\}")
"""What stands for the frame's number in a pattern: `{frame}`, or `{frame:04}` for four digits."""


class Destination(msgspec.Struct, frozen=True):
    """Where pictures go, and as what."""

    kind: PictureKind
    path: str
    """A file, or a pattern: then each frame has a file of its own."""
    size: tuple[int, int]
    """Of a picture, or of a cell of a sheet, in pixels."""
    sheet: tuple[int, int] | None = None
    """Columns and rows."""
    fps: float = DEFAULT_FPS
    behind: Paint = BLACK
    """What shines through in a GIF, which is opaque."""

    @property
    def is_pattern(self) -> bool:
        """True if each frame has a file of its own."""
        return FRAME.search(self.path) is not None

    def name_of(self, frame: int) -> str:
        """Return the name of a frame's file."""

        def number(found: re.Match[str]) -> str:
            return str(frame).zfill(int(found[1] or 0))  # exact: two digits

        return FRAME.sub(number, self.path)


NAMED: Final = 3
"""Files that are named; of more, the first and the last are."""


class Done(msgspec.Struct):
    """What was drawn and written so far: counts, which take no room however many frames run."""

    size: tuple[int, int]
    """Of a picture in pixels."""
    pictures: int = 0
    passes: int = 0
    instances: int = 0
    paths: int = 0
    left_out: int = 0
    files: int = 0
    total: int = 0
    """Bytes of all files."""
    named: list[tuple[str, int]] = msgspec.field(default_factory=list)
    """Name and bytes of the first files."""
    last: str = ""

    def drawn(self, drawing: Drawing) -> None:
        """Count a picture."""
        self.pictures += 1
        self.passes += drawing.passes
        self.instances += drawing.instances
        self.paths += drawing.paths
        self.left_out += drawing.left_out

    def written(self, name: str, size: int) -> None:
        """Count a file."""
        self.files += 1
        self.total += size
        self.last = name
        if len(self.named) < NAMED:
            self.named.append((name, size))


def need_packages(target: Destination) -> None:
    """Look for what a target needs, before anything runs.

    Raises:
        RenderExtraMissing: IR484.
    """
    if target.kind != "svg":
        need("resvg_py", target.kind.upper())  # exact: a word of our own
    if target.kind == "gif":
        need("PIL.Image", "GIF")


def encoded(target: Destination, pictures: Iterator[Picture]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each file, as soon as it is whole.

    Raises:
        Trap: IR4xx, from the pictures.
        RenderExtraMissing: IR484.
        LibraryFailed: IR485.
        PictureLimit: IR486.
        OutOfReach: IR487, in a picture of pixels.
    """
    if target.sheet is not None:
        yield target.path, _sheet(target, target.sheet, pictures)
    elif target.kind == "gif" and not target.is_pattern:
        yield target.path, _gif(target, list(_packed(target, pictures)))
    else:
        for picture in pictures:
            yield target.name_of(picture.frame), _single(target, picture)


def _single(target: Destination, picture: Picture) -> bytes:
    match target.kind:
        case "svg":
            drawing = picture.drawing
            return svg_document(*target.size, drawing.viewport, drawing.markup()).encode()
        case "png":
            return _png(target, picture)
        case "gif":
            return _gif(target, [(picture.t_ms, _png(target, picture))])


def _png(target: Destination, picture: Picture) -> bytes:
    with _of(picture):
        return png_of_drawing(picture.drawing, *target.size)


@contextmanager
def _of(picture: Picture) -> Iterator[None]:
    """Say of which picture an error is."""
    try:
        yield
    except IrrunError as error:
        place = {"frame": picture.frame, "t_ms": picture.t_ms}
        raise error.at(file=picture.program, **place) from None


def _packed(target: Destination, pictures: Iterator[Picture]) -> Iterator[tuple[float, bytes]]:
    """Yield time and PNG of each picture: that of all must be kept, for they share a palette."""
    total = 0
    for picture in pictures:
        png = _png(target, picture)
        total += len(png)
        if total > GIF_BYTES.value:
            raise over(GIF_BYTES, "the animation", total)
        yield picture.t_ms, png


def _gif(target: Destination, frames: Sequence[tuple[float, bytes]]) -> bytes:
    """Return an animation; its last frame is shown as long as the one before it."""
    times = [t_ms for t_ms, _ in frames]
    last = times[-1] - times[-2] if len(times) > 1 else 1000 / target.fps
    ends = [t - times[0] for t in (*times[1:], times[-1] + last)]
    return gif_of_pngs([png for _, png in frames], ends, target.behind)


def _sheet(target: Destination, sheet: tuple[int, int], pictures: Iterator[Picture]) -> bytes:
    cells = []
    total, is_png = 0, target.kind == "png"
    for picture in pictures:
        drawing = picture.drawing
        png = _png(target, picture) if is_png and drawing.is_added_to else None
        with _of(picture):
            markup = "" if png is not None else drawing.markup(for_pixels=is_png)
        cells.append(Cell(picture.frame, markup, drawing.viewport, png))
        total += len(markup) + len(png or b"")
        if total > SVG_CHARACTERS.value:
            raise over(SVG_CHARACTERS, "the sheet", total)
    svg = sheet_svg(cells, *sheet, *target.size)
    return svg.encode() if target.kind == "svg" else png_of_svg(svg)
