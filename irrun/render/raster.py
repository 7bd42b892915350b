"""Drawings to PNG, through resvg (extra `render`)."""

import base64
import io
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irrun.errors.rendering import RenderExtraMissing
from irrun.render.drawing import Drawing, Layer, svg_document

Pixels = NDArray[np.float64]
"""Premultiplied RGBA, 0 to 1, shape (height, width, 4)."""


def png_of_svg(svg: str) -> bytes:
    """Return an SVG document as PNG, in the size that it says; no font is ever looked for.

    Raises:
        RenderExtraMissing: IR484.
    """
    resvg = need("resvg_py", "resvg-py", "PNG")
    return bytes(resvg.svg_to_bytes(svg_string=svg, skip_system_fonts=True))


def png_of_drawing(drawing: Drawing, width: int, height: int) -> bytes:
    """Return a drawing as PNG.

    resvg cannot add colours; where a layer asks for that, its elements are painted one by one
    and added here, and what comes after is painted over the result.

    Raises:
        RenderExtraMissing: IR484.
    """
    if not drawing.is_added_to:
        return png_of_svg(svg_document(width, height, drawing.viewport, drawing.markup()))
    markup = drawing.background_markup()
    for layer in drawing.layers:
        if layer.is_added:
            below = _pixels(_painted(drawing, width, height, markup))
            markup = [_image(_added(drawing, layer, width, height, below), drawing)]
        else:
            markup.append(layer.markup)
    return _painted(drawing, width, height, markup)


def need(module: str, package: str, kind: str) -> Any:
    """Return a module of the extra `render`.

    Raises:
        RenderExtraMissing: IR484, it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        raise RenderExtraMissing(kind=kind, package=package) from None


def _painted(drawing: Drawing, width: int, height: int, markup: Sequence[str]) -> bytes:
    return png_of_svg(svg_document(width, height, drawing.viewport, "\n".join(markup)))


def _added(drawing: Drawing, layer: Layer, width: int, height: int, below: Pixels) -> bytes:
    """Return pixels with each element of a layer added to them, as PNG."""
    total = below
    for element in layer.elements:
        one = Layer([element], layer.definitions, layer.opening)
        total = total + _pixels(_painted(drawing, width, height, [one.markup]))
        np.minimum(total, 1.0, out=total)  # exact: no NaN, no -0
    alpha = total[..., 3:]
    straight = np.divide(total[..., :3], alpha, out=np.zeros_like(total[..., :3]), where=alpha > 0)
    straight = np.minimum(straight, 1.0)  # exact: no NaN, no -0
    pixels = np.rint(np.concatenate([straight, alpha], axis=2) * 255)  # exact: made of bytes
    image = need("PIL.Image", "pillow", "PNG").fromarray(pixels.astype(np.uint8))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _pixels(png: bytes) -> Pixels:
    image = need("PIL.Image", "pillow", "PNG").open(io.BytesIO(png)).convert("RGBA")
    straight = np.asarray(image, dtype=np.float64) / 255
    alpha = straight[..., 3:]
    return np.concatenate([straight[..., :3] * alpha, alpha], axis=2)


def _image(png: bytes, drawing: Drawing) -> str:
    """Return an image that covers the viewport."""
    data = base64.b64encode(png).decode()
    size = f'width="{drawing.viewport.w}" height="{drawing.viewport.h}"'
    return (
        f'<image {size} preserveAspectRatio="none" image-rendering="optimizeSpeed" '
        f'href="data:image/png;base64,{data}"/>'
    )
