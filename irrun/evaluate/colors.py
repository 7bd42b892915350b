"""Colours: text forms, coercion, HSL (runtime-semantics 10.8, 17.2)."""

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from irrun.ir.types import MEMBERS
from irrun.numerics.scalar import clamp_b, divide, fract, maximum, minimum, remainder, round_half_up
from irrun.numerics.text import SPACE, code_units

Color = Mapping[str, float]
"""`r`, `g`, `b`, `a`: doubles, 0..1, straight (not premultiplied)."""

RGB: Final = MEMBERS["color"][:3]
WHITE: Final[Color] = {"r": 1.0, "g": 1.0, "b": 1.0, "a": 1.0}

_RGB: Final = re.compile(
    rf"rgba?\(([0-9]+),{SPACE}*([0-9]+),{SPACE}*([0-9]+)(?:,{SPACE}*([0-9.]+))?\)"
)
_HEX_PREFIX: Final = re.compile(r"[0-9a-fA-F]*")
_LENIENT_HEX: Final = re.compile(rf"{SPACE}*([+-]?)(?!0[xX])([0-9a-fA-F]+)")
_NUMBER_PREFIX: Final = re.compile(r"[0-9]+\.?[0-9]*|\.[0-9]+")


def color(r: float, g: float, b: float, a: float) -> Color:
    """Return a colour."""
    return {"r": r, "g": g, "b": b, "a": a}


def parse_color(text: str, *, quirks: bool = False) -> Color:
    """Read `#rgb`, `#rrggbb`, `#rrggbbaa`, `rgb(...)` or `rgba(...)`; anything else is white.

    Bad hex digits are read up to the first one; a pair without a digit is 0. With the
    reference's quirks it is NaN, and a pair may begin with a blank or a sign.
    """
    hex_channel = _lenient_hex_channel if quirks else _hex_channel
    if text.startswith("#"):
        digits = code_units(text[1:])
        if len(digits) == 3:
            digits = "".join(2 * digit for digit in digits)
        if len(digits) not in (6, 8):
            return WHITE
        channels = [hex_channel(digits[i : i + 2]) for i in range(0, len(digits), 2)]
        return color(channels[0], channels[1], channels[2], channels[3] if channels[3:] else 1.0)
    # The reference looks for the pattern anywhere in a text that starts with rgb.
    found = _RGB.search(text) if text.startswith("rgb") else None
    if found is None:
        return WHITE
    r, g, b = (float(found[i]) / 255 for i in (1, 2, 3))
    return color(r, g, b, 1.0 if found[4] is None else _leading_number(found[4]))


def has_bad_digits(text: str) -> bool:
    """True for a text of the form `#...` whose length is right and whose digits are not."""
    digits = code_units(text[1:])
    is_hex = text.startswith("#") and len(digits) in (3, 6, 8)
    return is_hex and _HEX_PREFIX.fullmatch(digits) is None


def _hex_channel(pair: str) -> float:
    digits = _HEX_PREFIX.match(pair)
    return int(digits[0], 16) / 255 if digits is not None and digits[0] else 0.0


def _lenient_hex_channel(pair: str) -> float:
    """Return a pair as the reference reads it: a blank, a sign, then digits as far as they go."""
    found = _LENIENT_HEX.match(pair)
    if found is None:
        return math.nan
    value = int(found[2], 16) / 255
    return -value if found[1] == "-" else value


def _leading_number(text: str) -> float:
    found = _NUMBER_PREFIX.match(text)
    return float(found[0]) if found is not None else math.nan


def coerce_color(value: Any, *, quirks: bool = False) -> Color | None:
    """Return a value as a colour, or None if it cannot be one.

    A number fills all four channels; a list of three or four numbers is r, g, b, a. The alpha of a
    record that is no number is 1.
    """
    if isinstance(value, str):
        return parse_color(value, quirks=quirks)
    if isinstance(value, int | float):
        n = float(value)
        return color(n, n, n, n)
    if isinstance(value, Mapping):
        alpha = value.get("a")
        is_number = isinstance(alpha, int | float) and not isinstance(alpha, bool)
        channels = [*map(value.get, RGB), alpha if is_number else 1.0]
    elif isinstance(value, list | tuple) and len(value) in (3, 4):
        channels = [*value, *([1.0] if len(value) == 3 else [])]
    else:
        return None
    if not all(isinstance(c, int | float) for c in channels):
        return None
    r, g, b, a = (float(c) for c in channels if c is not None)
    return color(r, g, b, a)


def quantize_color(c: Color) -> tuple[int, int, int, int]:
    """Return the four premultiplied bytes of a colour; a NaN channel gives 0 (section 10.8)."""
    a = clamp_b(c["a"], 0.0, 1.0)
    if a != a:
        return 0, 0, 0, 0
    r, g, b = (_byte(clamp_b(c[name], 0.0, 1.0) * a) for name in RGB)
    return r, g, b, _byte(a)


def pack_color(c: Color) -> int:
    """Return a colour's premultiplied bytes as one number, R lowest (section 16.2)."""
    return int.from_bytes(quantize_color(c), "little")


def _byte(level: float) -> int:
    return 0 if level != level else int(round_half_up(level * 255))  # exact: 0 to 255


def hsl_to_rgb(hsl: Color) -> Color:
    """Convert a colour that carries hue (turns), saturation, lightness in r, g, b."""
    hue = fract(hsl["r"]) * 360
    s, l = clamp_b(hsl["g"], 0.0, 1.0), clamp_b(hsl["b"], 0.0, 1.0)  # noqa: E741
    chroma = (1 - abs(2 * l - 1)) * s
    q = hue / 60
    x = chroma * (1 - abs(remainder(q, 2.0) - 1))
    m = l - chroma / 2
    sectors = (
        (60, (chroma, x, 0.0)),
        (120, (x, chroma, 0.0)),
        (180, (0.0, chroma, x)),
        (240, (0.0, x, chroma)),
        (300, (x, 0.0, chroma)),
    )
    r, g, b = next((rgb for limit, rgb in sectors if hue < limit), (chroma, 0.0, x))
    return color(r + m, g + m, b + m, hsl["a"])


def rgb_to_hsl(rgb: Color) -> Color:
    """Convert to hue (turns), saturation, lightness, carried in r, g, b."""
    r, g, b = rgb["r"], rgb["g"], rgb["b"]
    high, low = maximum(maximum(r, g), b), minimum(minimum(r, g), b)
    lightness = (high + low) / 2
    if high == low:
        return color(0.0, 0.0, lightness, rgb["a"])
    d = high - low
    # Out of range, the divisor may be 0.
    s = divide(d, 2 - high - low if lightness > 0.5 else high + low)
    if high == r:
        h = ((g - b) / d + (6 if g < b else 0)) / 6
    elif high == g:
        h = ((b - r) / d + 2) / 6
    else:
        h = ((r - g) / d + 4) / 6
    return color(h, s, lightness, rgb["a"])


def lerp_color(a: Color, b: Color, t: float) -> Color:
    """Mix two colours, alpha included; t is not clamped."""
    return {name: a[name] + (b[name] - a[name]) * t for name in MEMBERS["color"]}


def shift_hue(c: Color, turns: float) -> Color:
    """Turn the hue."""
    hsl = rgb_to_hsl(c)
    return hsl_to_rgb(color(fract(hsl["r"] + turns), hsl["g"], hsl["b"], hsl["a"]))


def scale_lightness(c: Color, k: float) -> Color:
    """Multiply the lightness, clamped to 0..1."""
    hsl = rgb_to_hsl(c)
    return hsl_to_rgb(color(hsl["r"], hsl["g"], clamp_b(hsl["b"] * k, 0.0, 1.0), hsl["a"]))


def scale_saturation(c: Color, k: float) -> Color:
    """Multiply the saturation, clamped to 0..1."""
    hsl = rgb_to_hsl(c)
    return hsl_to_rgb(color(hsl["r"], clamp_b(hsl["g"] * k, 0.0, 1.0), hsl["b"], hsl["a"]))
