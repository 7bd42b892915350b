"""Numbers as text, and text as ECMAScript reads it (runtime-semantics section 0.4)."""

import math
import re
from collections.abc import Mapping
from typing import Final

WHITE_SPACE: Final = "\t\n\v\f\r \u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    chr(c) for c in range(0x2000, 0x200B)
)
"""White space and line ends of ECMAScript: not what Python's `strip` and `\\s` take for blank."""

SPACE: Final = f"[{re.escape(WHITE_SPACE)}]"
"""One blank, as a part of a regular expression."""

_DECIMAL: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\Z")
_RADIX: Final = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)\Z")
_INFINITY: Final = re.compile(r"([+-]?)Infinity\Z")
_ASTRAL: Final = re.compile("[\U00010000-\U0010ffff]")

SPECIAL_NUMBERS: Final[Mapping[str, float]] = {
    "NaN": math.nan,
    "Infinity": math.inf,
    "-Infinity": -math.inf,
    "-0": -0.0,
}
"""The numbers that JSON cannot write, by the texts that stand for them."""


def number_text(value: float) -> str:
    """Return a number in shortest round-trip form: `3`, `0.1`, `1e+21`, `NaN`, `-0`."""
    special = special_text(value)
    if special is not None:
        return special
    if isinstance(value, int) or (abs(value) < 1e16 and float(value).is_integer()):
        return str(int(value))
    return repr(float(value))


def ecma_text(value: float) -> str:
    """Return a number as ECMAScript's `String(number)`: what a number is where a text is wanted.

    The digits are those of `number_text`; they stand without an exponent below 1e21 and from 1e-6
    on, and -0 is `0`.
    """
    if value - value != 0:
        return number_text(value)
    mantissa, _, power = repr(abs(float(value))).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    at = len(whole) + int(power or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    sign = "-" if value < 0 else ""
    if not digits:
        return "0"
    if 0 < at <= 21:
        ends = digits[at:]
        return sign + digits[:at].ljust(at, "0") + ("." + ends if ends else "")
    if -6 < at <= 0:
        return sign + "0." + "0" * -at + digits
    more = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{more}e{at - 1:+d}"


def special_text(value: float) -> str | None:
    """Return the text of a number that JSON cannot write; None for others."""
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "-0" if value == 0 and math.copysign(1.0, value) < 0 else None


def number_of_text(text: str) -> float:
    """Return the number that a text is, as ECMAScript's `Number(text)`; NaN if it is none.

    A decimal literal with or without sign and exponent, a hexadecimal, octal or binary one without
    sign, or `Infinity`; blanks around it do not count, and nothing but blanks is 0.
    """
    text = text.strip(WHITE_SPACE)
    if text == "":
        return 0.0
    if _DECIMAL.match(text):
        return float(text)
    if _RADIX.match(text):
        return double_of_integer(int(text, 0))
    infinite = _INFINITY.match(text)
    if infinite is not None:
        return -math.inf if infinite[1] == "-" else math.inf
    return math.nan


def double_of_integer(value: int) -> float:
    """Return an integer as a double, infinite where it is too large."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def code_units(text: str) -> str:
    """Return a text with a character for each UTF-16 code unit, whose count is its length."""

    def halves(found: re.Match[str]) -> str:
        rest = ord(found[0]) - 0x10000
        return chr(0xD800 + (rest >> 10)) + chr(0xDC00 + (rest & 0x3FF))

    return _ASTRAL.sub(halves, text)
