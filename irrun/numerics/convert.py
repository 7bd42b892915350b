"""What becomes of a value that is stored as a number (runtime-semantics section 0.4)."""

import ctypes
import math
from typing import Any, Final

from irrun.numerics.scalar import round_half_up
from irrun.numerics.text import double_of_integer, number_of_text, number_text


def to_f32(x: float) -> float:
    """Round to the nearest float32, ties to even, and return it as a double.

    Magnitudes of 2^128 - 2^103 and more become infinite; NaN, -0 and subnormals are kept.
    """
    return ctypes.c_float(x).value


def one_nan(x: float) -> float:
    """Return x, with the one NaN for any NaN: what is written out has no other."""
    return x if x == x else math.nan


def to_u32(x: float) -> int:
    """Convert as assignment to a u32 element: truncate, then wrap modulo 2^32."""
    if x - x != 0.0:
        return 0
    return math.trunc(x) & 0xFFFFFFFF


def to_i32(x: float) -> int:
    """Convert as assignment to an i32 element: truncate, then wrap into [-2^31, 2^31)."""
    wrapped = to_u32(x)
    return wrapped - 0x1_0000_0000 if wrapped >= 0x8000_0000 else wrapped


def to_color_bytes(r: float, g: float, b: float, a: float) -> tuple[int, int, int, int]:
    """Quantise a straight colour to premultiplied bytes (section 10.8); a NaN counts as 0."""
    red, green, blue, alpha = (
        c if 0.0 < c < 1.0 else 1.0 if c >= 1.0 else 0.0 for c in (r, g, b, a)
    )
    scaled = (red * alpha, green * alpha, blue * alpha, alpha)
    red, green, blue, alpha = (round_half_up(c * 255.0) for c in scaled)
    return int(red), int(green), int(blue), int(alpha)


def to_number(value: Any) -> float:
    """Convert any slot value to a double (`ToNumber` of section 0.4).

    Numbers are themselves, booleans 1 or 0, null 0. Text is read as `number_of_text` says, lists as
    the text of their elements joined by commas; all else is NaN.
    """
    if isinstance(value, float):
        return value
    if isinstance(value, int):
        return double_of_integer(value)
    if value is None:
        return 0.0
    if isinstance(value, str):
        return number_of_text(value)
    if isinstance(value, list | tuple):
        return number_of_text(_list_text(value))
    return math.nan


_DEEPEST: Final = 1000
"""Lists in one another that are followed: more than a document may have (`limits.DEPTH`)."""


def _list_text(values: Any) -> str:
    """Return a list as joined text, with just enough detail for `number_of_text`.

    Only a list with at most one element (nested or not) can be a number: for every other one
    a comma in the text is all that counts.
    """
    for _ in range(_DEEPEST):
        if not (len(values) == 1 and isinstance(values[0], list | tuple)):
            break
        values = values[0]
    if len(values) == 0:
        return ""
    if len(values) > 1:
        return ","
    only = values[0]
    if only is None:
        return ""
    if isinstance(only, bool):
        return "true" if only else "false"
    if isinstance(only, str):
        return only
    if isinstance(only, int | float):
        return number_text(only) if only else "0"  # the text of -0 is 0
    return "neither a number nor a text"
