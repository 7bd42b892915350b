"""How much a picture may take."""

from irrun.errors.rendering import PictureLimit
from irrun.limits import GIF_PIXELS, PICTURE_PIXELS, Limit


def over(limit: Limit, what: str, got: int) -> PictureLimit:
    """Return the error of a picture that takes more than it may."""
    return PictureLimit(what=what, got=got, unit=limit.unit, limit=limit.value, hint=limit.way_out)


def check_pixels(width: int, height: int, frames: int = 1) -> None:
    """Look at the size of a picture before anything is drawn; at that of all frames of a GIF.

    Raises:
        PictureLimit: IR486.
    """
    pixels = width * height
    if pixels > PICTURE_PIXELS.value:
        raise over(PICTURE_PIXELS, f"a picture of {width} x {height}", pixels)
    if pixels * frames > GIF_PIXELS.value:
        what = f"a GIF of {frames:,} frames of {width} x {height}"
        raise over(GIF_PIXELS, what, pixels * frames)
