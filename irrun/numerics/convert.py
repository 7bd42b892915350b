"""What becomes of a value that is stored as a number (runtime-semantics section 0.4)."""

import ctypes
import math
import re
from typing import Any, Final

from irrun.numerics.scalar import round_half_up

_DECIMAL: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\Z")
_WHITE_SPACE: Final = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    chr(c) for c in range(0x2000, 0x200B)
)


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

    Numbers are themselves, booleans 1 or 0, null 0. Text is read as a decimal literal, lists
    as the text of their elements joined by commas; all else is NaN.
    """
    if isinstance(value, float):
        return value
    if isinstance(value, int):
        return _int_to_double(value)
    if value is None:
        return 0.0
    if isinstance(value, str):
        return _text_to_number(value)
    if isinstance(value, list | tuple):
        return _text_to_number(_list_text(value))
    return math.nan


def _int_to_double(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _text_to_number(text: str) -> float:
    text = text.strip(_WHITE_SPACE)
    if text == "":
        return 0.0
    return float(text) if _DECIMAL.match(text) else math.nan


def _list_text(values: Any, depth: int = 0) -> str:
    """Return a list as joined text, with just enough detail for `_text_to_number`.

    Only a list with at most one element (nested or not) can be a number: for every other one
    a comma in the text is all that counts.
    """
    if len(values) == 0:
        return ""
    if len(values) > 1 or depth > 64:
        return ","
    only = values[0]
    if isinstance(only, list | tuple):
        return _list_text(only, depth + 1)
    if only is None:
        return ""
    if isinstance(only, bool):
        return "true" if only else "false"
    if isinstance(only, str):
        return only
    if isinstance(only, int | float):
        return repr(only) if only else "0"  # the text of -0 is 0
    return "object"
