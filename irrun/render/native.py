"""What resvg and Pillow do for irrun (extra `render`): the one way into native code."""

import io
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from irrun.errors.rendering import LibraryFailed, RenderExtraMissing

T = TypeVar("T")
Bytes = NDArray[np.uint8]

PACKAGES: Final = {"resvg_py": "resvg-py", "PIL.Image": "pillow"}
"""What is installed to have a module."""

# --- Calls ------------------------------------------------------------------------------------


def png_of_svg(svg: str) -> bytes:
    """Return an SVG document as PNG, in the size that it says; no font is ever looked for.

    Raises:
        RenderExtraMissing: IR484.
        LibraryFailed: IR485.
    """
    resvg = need("resvg_py", "PNG")
    return bytes(_call(resvg.svg_to_bytes, svg_string=svg, skip_system_fonts=True))


def pixels_of_png(png: bytes, size: tuple[int, int] | None = None) -> Bytes:
    """Return a PNG as straight RGBA, shape (height, width, 4).

    Args:
        png: The file. Only PNG: a hostile file shall not find its way to another reader.
        size: Width and height that it must have; another picture is not even decoded.

    Raises:
        RenderExtraMissing: IR484.
        LibraryFailed: IR485, it is damaged.
        ValueError: It has another size.
    """
    images = need("PIL.Image", "PNG")
    image = _call(images.open, io.BytesIO(png), formats=["PNG"])
    if size is not None and image.size != size:
        raise ValueError(f"the picture is {image.width} x {image.height} pixels large")
    found: Bytes = np.array(_call(image.convert, "RGBA"), dtype=np.uint8)
    return found


def png_of_pixels(pixels: Bytes) -> bytes:
    """Return pixels of shape (height, width, 3 or 4) as PNG.

    Raises:
        RenderExtraMissing: IR484.
        LibraryFailed: IR485.
    """
    image, file = _image(pixels, "PNG"), io.BytesIO()
    _call(image.save, file, "PNG")
    return file.getvalue()


def resized(pixels: Bytes, width: int, height: int) -> Bytes:
    """Return pixels in another size: each is the mean of those that it stands for.

    Raises:
        RenderExtraMissing: IR484.
        LibraryFailed: IR485.
    """
    box = need("PIL.Image", "PNG").Resampling.BOX
    found: Bytes = np.asarray(_call(_image(pixels, "PNG").resize, (width, height), box))
    return found


def median_cut(pixels: Bytes, colors: int) -> Bytes:
    """Return a palette of at most so many colours that suits RGB pixels, shape (colors, 3).

    Raises:
        RenderExtraMissing: IR484.
        LibraryFailed: IR485.
    """
    method = need("PIL.Image", "GIF").Quantize.MEDIANCUT
    cut = _call(_image(pixels, "GIF").quantize, colors, method=method, kmeans=0, dither=0)
    return np.frombuffer(bytes(cut.getpalette()), dtype=np.uint8).reshape(-1, 3)


def nearest(pixels: Bytes, palette: Bytes) -> Bytes:
    """Return the index of the nearest colour for each of RGB pixels, shape (height, width).

    Raises:
        RenderExtraMissing: IR484.
        LibraryFailed: IR485.
    """
    known = need("PIL.Image", "GIF").new("P", (1, 1))
    known.putpalette(palette.tobytes())
    quantized = _call(_image(pixels, "GIF").quantize, palette=known, dither=0)
    found: Bytes = np.asarray(quantized, dtype=np.uint8)
    return found


def gif_block(indices: Bytes, x: int, y: int, hundredths: int) -> bytes:
    """Return indices as the block of a GIF: it stands at (x, y), and is shown so long.

    Raises:
        RenderExtraMissing: IR484.
        LibraryFailed: IR485.
    """
    gif = need("PIL.GifImagePlugin", "GIF")
    image = _image(indices, "GIF")
    return b"".join(_call(gif.getdata, image, (x, y), duration=10 * hundredths, disposal=1))


def _image(pixels: Bytes, kind: str) -> Any:
    return _call(need("PIL.Image", kind).fromarray, np.ascontiguousarray(pixels))


# --- How they are called ----------------------------------------------------------------------


def need(module: str, kind: str) -> Any:
    """Return a module of the extra `render`.

    Raises:
        RenderExtraMissing: IR484, it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        raise RenderExtraMissing(kind=kind, package=PACKAGES.get(module, "pillow")) from None


def _call(call: Callable[..., T], *arguments: Any, **options: Any) -> T:
    """Call a function of a library.

    A panic of Rust is no `Exception`, and writes to standard error before it is raised. Here it
    is an error like any other, and what it wrote is dropped. What else was written there in the
    meantime is passed on.

    Raises:
        LibraryFailed: IR485, the call failed, in whatever way.
        MemoryError: There is not enough.
    """
    with _held_stderr() as held:
        try:
            return call(*arguments, **options)
        except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError):
            raise
        except BaseException as error:
            held.seek(0)
            held.truncate()
            detail = str(error) or type(error).__name__
            raise LibraryFailed(call=call.__name__, detail=detail) from None


_STDERR: Final = 2
_LOCK: Final = threading.RLock()
"""The descriptor belongs to the whole process."""


@contextmanager
def _held_stderr() -> Iterator[BinaryIO]:
    """Hold back what is written to standard error, and pass it on at the end."""
    with _LOCK, _holder() as held:
        try:
            saved = os.dup(_STDERR)
        except OSError:  # it is closed, so nothing is seen anyway
            yield held
            return
        _flush()
        os.dup2(held.fileno(), _STDERR)
        try:
            yield held
        finally:
            _flush()
            os.dup2(saved, _STDERR)
            os.close(saved)
            held.seek(0)
            while block := held.read(1 << 16):
                os.write(_STDERR, block)


def _holder() -> BinaryIO:
    """Return a file that is nowhere."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("stderr"), "w+b")
    return TemporaryFile()


def _flush() -> None:
    """Write out what Python has buffered, so that it does not change sides."""
    if sys.stderr is not None and not sys.stderr.closed:
        sys.stderr.flush()
