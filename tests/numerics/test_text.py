"""Numbers as text, and the other way round."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from irrun.numerics.text import ecma_text, number_of_text, number_text

ECMA_TEXTS = [
    (0.0, "0"), (-0.0, "0"), (7.0, "7"), (-1.5, "-1.5"), (100.0, "100"), (0.001, "0.001"),
    (1e-6, "0.000001"), (1.25e-6, "0.00000125"), (1e-7, "1e-7"), (-1.5e-7, "-1.5e-7"),
    (1e16, "10000000000000000"), (123456789012345680000.0, "123456789012345680000"),
    (1e20, "100000000000000000000"), (1e21, "1e+21"), (-2.5e21, "-2.5e+21"), (5e-324, "5e-324"),
    (1.7976931348623157e308, "1.7976931348623157e+308"), (2**53 + 0.0, "9007199254740992"),
    (0.1 + 0.2, "0.30000000000000004"), (1234.5678, "1234.5678"), (3, "3"),
    (math.inf, "Infinity"), (-math.inf, "-Infinity"), (math.nan, "NaN"),
]  # fmt: skip
"""By the rules of `Number::toString` in the standard."""


@pytest.mark.parametrize(("value", "text"), ECMA_TEXTS)
def test_numbers_as_ecmascript_writes_them(value: float, text: str) -> None:
    """Without an exponent from 1e-6 to below 1e21."""
    assert ecma_text(value) == text


@given(st.floats(allow_nan=False))
def test_the_text_of_a_number_is_that_number(value: float) -> None:
    """In both forms; -0 alone is lost by ECMAScript."""
    assert number_of_text(ecma_text(value)) == value
    assert number_of_text(number_text(value)) == value


# --- Against the grammar of the standard ------------------------------------------------------

BLANKS = {*range(0x09, 0x0E), 0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F,
          0x205F, 0x3000, 0xFEFF}  # fmt: skip
"""WhiteSpace and LineTerminator."""
RADIX = {"b": 2, "B": 2, "o": 8, "O": 8, "x": 16, "X": 16}
DIGITS = "0123456789abcdef"


def grammar_number(text: str) -> float:
    """Return what StringToNumber gives, production by production and character by character."""
    while text and ord(text[0]) in BLANKS:
        text = text[1:]
    while text and ord(text[-1]) in BLANKS:
        text = text[:-1]
    if not text:
        return 0.0
    if len(text) > 2 and text[0] == "0" and text[1] in RADIX:
        return digits_value(text[2:].translate({ord(c): ord(c) + 32 for c in "ABCDEF"}), text[1])
    sign = -1.0 if text[0] == "-" else 1.0
    body = text[1:] if text[0] in "+-" else text
    if body == "Infinity":
        return sign * math.inf
    return sign * decimal_value(body)


def digits_value(text: str, radix: str) -> float:
    base, value = RADIX[radix], 0
    for c in text:
        if c not in DIGITS[:base]:
            return math.nan
        value = value * base + DIGITS.index(c)
    return float(value)


def decimal_value(text: str) -> float:
    """Return the value of a StrUnsignedDecimalLiteral."""
    value, scale, seen, at = 0, 0, 0, 0
    is_fraction = False
    while at < len(text) and (text[at] in DIGITS[:10] or (text[at] == "." and not is_fraction)):
        if text[at] == ".":
            is_fraction = True
        else:
            value, seen, scale = value * 10 + int(text[at]), seen + 1, scale - is_fraction
        at += 1
    if seen == 0:
        return math.nan
    if at < len(text):
        power = text[at + 1 :]
        minus = -1 if power[:1] == "-" else 1
        power = power[1:] if power[:1] in ("+", "-") else power
        if text[at] not in "eE" or not power or any(c not in DIGITS[:10] for c in power):
            return math.nan
        scale += minus * int(power)
    exact = Fraction(value) * Fraction(10) ** max(-400, min(scale, 400))
    return float(exact) if exact < Fraction(2) ** 1024 - Fraction(2) ** 970 else math.inf


PIECES = [
    *"0179.+-eExXoObB_fFn,", "00", "e5", "e-5", "e30", "Infinity", "inf", "NaN", "0x", "\u0663",
    "\uff11", "\ud800", "\U0001f600", "\u00b2",
    *map(chr, sorted(BLANKS)), "\x85", "\u180e", "\u200b", "\x1c", "\x1f", "\0",
]  # fmt: skip


@examples(60, long=600)
@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
def test_any_text_is_what_the_grammar_makes_of_it(text: str) -> None:
    """Blanks, signs, radixes, dots and exponents in any order, and what looks like them."""
    got, expected = number_of_text(text), grammar_number(text)

    assert repr(got) == repr(expected)
