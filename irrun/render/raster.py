"""Drawings to PNG (extra `render`)."""

import base64
from collections.abc import Sequence
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from irrun.limits import ADDED_PIXELS
from irrun.render.drawing import Drawing, Layer, svg_document
from irrun.render.native import Bytes, pixels_of_png, png_of_pixels, png_of_svg
from irrun.render.vector.bounds import over

Pixels = NDArray[np.float64]
"""Premultiplied RGBA, 0 to 1, shape (height, width, 4)."""

N = TypeVar("N", bound=np.generic)

_ROWS: Final = 64
"""Rows of pixels that are worked on at once."""


def png_of_drawing(drawing: Drawing, width: int, height: int) -> bytes:
    """Return a drawing as PNG.

    resvg cannot add colours; where a layer asks for that, its elements are painted one by one
    and added here, and what comes after is painted over the result.

    Raises:
        RenderExtraMissing: IR484.
        LibraryFailed: IR485.
        PictureLimit: IR486.
        OutOfReach: IR487.
    """
    if not drawing.is_added_to:
        markup = drawing.markup(for_pixels=True)
        return png_of_svg(svg_document(width, height, drawing.viewport, markup))
    if width * height > ADDED_PIXELS.value:
        raise over(ADDED_PIXELS, "a picture with colours that are added", width * height)
    parts = drawing.background_markup()
    for layer in drawing.layers:
        if layer.is_added:
            below = pixels_of_png(_painted(drawing, width, height, parts))
            parts = [_image(_added(drawing, layer, width, height, below), drawing)]
        else:
            parts.append(layer.markup(for_pixels=True))
    return _painted(drawing, width, height, parts)


def _painted(drawing: Drawing, width: int, height: int, markup: Sequence[str]) -> bytes:
    return png_of_svg(svg_document(width, height, drawing.viewport, "\n".join(markup)))


def _added(drawing: Drawing, layer: Layer, width: int, height: int, below: Bytes) -> bytes:
    """Return pixels with each element of a layer added to them, as PNG."""
    total = np.concatenate([_premultiplied(rows) for rows in _bands(below)])
    for element in layer.drawn_as_pixels():
        one = layer.definitions, layer.opening
        alone = Layer(layer.id, [element], *one).markup(for_pixels=True)
        painted = pixels_of_png(_painted(drawing, width, height, [alone]))
        for rows, sum_of_rows in zip(_bands(painted), _bands(total), strict=True):
            if rows[..., 3].any():
                sum_of_rows += _premultiplied(rows)
                np.minimum(sum_of_rows, 1.0, out=sum_of_rows)  # exact: no NaN, no -0
    return png_of_pixels(np.concatenate([_straight(rows) for rows in _bands(total)]))


def _bands(pixels: NDArray[N]) -> list[NDArray[N]]:
    """Return rows of pixels, some at a time: what is worked out of them takes less room."""
    return [pixels[top : top + _ROWS] for top in range(0, len(pixels), _ROWS)]


def _premultiplied(pixels: Bytes) -> Pixels:
    straight = pixels.astype(np.float64) / 255
    straight[..., :3] *= straight[..., 3:]
    return straight


def _straight(pixels: Pixels) -> Bytes:
    alpha = pixels[..., 3:]
    colors = np.divide(pixels[..., :3], alpha, out=np.zeros_like(pixels[..., :3]), where=alpha > 0)
    colors = np.minimum(colors, 1.0)  # exact: no NaN, no -0
    whole = np.rint(np.concatenate([colors, alpha], axis=2) * 255)  # exact: made of bytes
    found: Bytes = whole.astype(np.uint8)
    return found


def _image(png: bytes, drawing: Drawing) -> str:
    """Return an image that covers the viewport."""
    data = base64.b64encode(png).decode()
    size = f'width="{drawing.viewport.w}" height="{drawing.viewport.h}"'
    return (
        f'<image {size} preserveAspectRatio="none" image-rendering="optimizeSpeed" '
        f'href="data:image/png;base64,{data}"/>'
    )
