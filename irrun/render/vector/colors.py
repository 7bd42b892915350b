"""Colours of a frame as SVG paints (runtime-semantics 16.1, 16.2)."""

from functools import lru_cache
from typing import Final, NamedTuple

from irrun.evaluate.colors import RGB, parse_color
from irrun.ir.render_frame import ClearSpec
from irrun.numerics.convert import to_u32
from irrun.numerics.scalar import clamp_b, round_half_up


class Paint(NamedTuple):
    """A straight colour: `#rrggbb`, and how opaque it is, 0 to 1."""

    text: str
    alpha: float


BLACK: Final = Paint("#000000", 1.0)


@lru_cache(maxsize=65536)
def paint_of_bytes(r: int, g: int, b: int, a: int) -> Paint:
    """Return premultiplied bytes as a paint; what un-premultiplies above 255 is 255."""
    if a == 0:
        return Paint("#000000", 0.0)
    alpha = a / 255
    return Paint(_hex(*(round_half_up(c / 255 / alpha * 255) for c in (r, g, b))), alpha)


def paint_of_packed(number: float) -> Paint | None:
    """Return a packed colour (R lowest, premultiplied) as a paint; 0 is no paint at all."""
    packed = to_u32(number)
    if packed == 0:
        return None
    return paint_of_bytes(*packed.to_bytes(4, "little"))


def paint_of_clear(number: float) -> Paint:
    """Return a clear colour, which is 0xRRGGBBAA and straight (section 16.1)."""
    r, g, b, a = to_u32(number).to_bytes(4, "big")
    return Paint(_hex(r, g, b), a / 255)


def ground_of(clear: ClearSpec) -> Paint | None:
    """Return what a frame is cleared with; None if it is not."""
    if clear.mode == "none" or clear.color_rgba is None:
        return None
    return paint_of_clear(clear.color_rgba)


def paint_of_text(text: str) -> Paint:
    """Return a colour text (section 10.8) as a paint."""
    c = parse_color(text)
    channels = (round_half_up(clamp_b(c[name], 0.0, 1.0) * 255) for name in RGB)
    return Paint(_hex(*channels), clamp_b(c["a"], 0.0, 1.0))


def _hex(*channels: float) -> str:
    return "#" + "".join(f"{min(int(c), 255):02x}" for c in channels)  # exact: finite
