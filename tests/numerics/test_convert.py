"""What becomes of a value that is stored as a number (runtime-semantics 0.4, appendix A.1)."""

import ctypes
import math
import struct
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from irrun.numerics.convert import to_f32, to_i32, to_number, to_u32

NAN, INF = math.nan, math.inf
MAX_F32 = 3.4028234663852886e38
"""The largest float32, 2^128 - 2^104."""
TIE_F32 = 3.4028235677973366e38
"""2^128 - 2^103, half way to what would be the next one."""


def same(a: float, b: float) -> bool:
    """True for equal doubles; 0 and -0 differ, NaN equals NaN."""
    return math.isnan(a) and math.isnan(b) if a != b else str(float(a)) == str(float(b))


# --- float32 --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("x", "single"),
    [
        pytest.param(0.1, 0.10000000149011612, id="tenth"),
        pytest.param(-3.9, -3.9000000953674316, id="minus 3.9"),
        pytest.param(2147483648.0, 2147483648.0, id="2 to the 31"),
        pytest.param(16777217.0, 16777216.0, id="tie, to even below"),
        pytest.param(16777219.0, 16777220.0, id="tie, to even above"),
        pytest.param(math.nextafter(16777217.0, INF), 16777218.0, id="just above a tie"),
        pytest.param(MAX_F32, MAX_F32, id="largest"),
        pytest.param(math.nextafter(TIE_F32, 0.0), MAX_F32, id="just below the overflow"),
        pytest.param(TIE_F32, INF, id="overflow"),
        pytest.param(-TIE_F32, -INF, id="negative overflow"),
        pytest.param(1.7976931348623157e308, INF, id="largest double"),
        pytest.param(1.1754943508222875e-38, 1.1754943508222875e-38, id="smallest normal"),
        pytest.param(1e-40, 9.99994610111476e-41, id="subnormal is kept"),
        pytest.param(1.401298464324817e-45, 1.401298464324817e-45, id="smallest subnormal"),
        pytest.param(2.0**-150, 0.0, id="tie with 0"),
        pytest.param(math.nextafter(2.0**-150, 1.0), 2.0**-149, id="just above the tie with 0"),
        pytest.param(-5e-324, -0.0, id="underflow keeps the sign"),
        pytest.param(-0.0, -0.0, id="minus zero"),
        pytest.param(NAN, NAN, id="NaN"),
        pytest.param(INF, INF, id="infinity"),
        pytest.param(-INF, -INF, id="minus infinity"),
    ],
)
def test_rounding_to_float32(x: float, single: float) -> None:
    """To the nearest, ties to even, without an exception; the result is a double."""
    assert same(to_f32(x), single), to_f32(x)


ANY = st.floats()
NEAR_SINGLES = st.builds(
    lambda single, ulps: single * (1 + ulps * 2.0**-52),
    st.floats(width=32, allow_nan=False),
    st.integers(-4, 4),
)
TIES = st.builds(
    lambda mantissa, exponent: math.ldexp(2 * mantissa + 1, exponent),
    st.integers(2**23, 2**24 - 1),
    st.integers(-160, 103),
)


@examples(60, long=600)
@given(ANY | NEAR_SINGLES | TIES)
def test_rounding_to_float32_agrees_with_numpy(x: float) -> None:
    """For every double, also next to and half way between two float32."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        assert same(to_f32(x), float(np.float32(x)))


@examples(60, long=600)
@given(st.floats(width=32))
def test_float32_is_kept(x: float) -> None:
    """What is a float32 already stays bit for bit."""
    assert same(to_f32(x), x)
    assert same(to_f32(x), struct.unpack("<f", struct.pack("<f", x))[0])


# --- Integers -------------------------------------------------------------------------------


class Whole(NamedTuple):
    x: float
    i32: int
    u32: int


WHOLES = [
    Whole(0.0, 0, 0),
    Whole(-0.0, 0, 0),
    Whole(0.9999999999999999, 0, 0),
    Whole(-0.9999999999999999, 0, 0),
    Whole(3.9, 3, 3),
    Whole(-3.9, -3, 4294967293),
    Whole(-1.0, -1, 4294967295),
    Whole(2147483647.0, 2147483647, 2147483647),
    Whole(2147483647.9, 2147483647, 2147483647),
    Whole(2147483648.0, -2147483648, 2147483648),
    Whole(-2147483648.0, -2147483648, 2147483648),
    Whole(-2147483648.9, -2147483648, 2147483648),
    Whole(-2147483649.0, 2147483647, 2147483647),
    Whole(4294967295.0, -1, 4294967295),
    Whole(4294967296.0, 0, 0),
    Whole(4294967297.5, 1, 1),
    Whole(-4294967297.5, -1, 4294967295),
    Whole(1e20, 1661992960, 1661992960),
    Whole(-1e20, -1661992960, 2632974336),
    Whole(2.0**84 + 2.0**32, 0, 0),
    Whole(2.0**83 + 2.0**31, -2147483648, 2147483648),
    Whole(1.7976931348623157e308, 0, 0),
    Whole(5e-324, 0, 0),
    Whole(NAN, 0, 0),
    Whole(INF, 0, 0),
    Whole(-INF, 0, 0),
]


@pytest.mark.parametrize("row", WHOLES, ids=lambda row: repr(row.x))
def test_truncation_and_wrapping(row: Whole) -> None:
    """NaN and infinities give 0; all else is truncated and wrapped modulo 2^32."""
    assert (to_i32(row.x), to_u32(row.x)) == (row.i32, row.u32)
    assert type(to_i32(row.x)) is int


@examples(60, long=600)
@given(
    st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(-(2.0**34), 2.0**34)
    | st.integers(-(2**53), 2**53).map(float)
)
def test_wrapping_agrees_with_the_machine(x: float) -> None:
    """Truncated, a double wraps like an integer of C."""
    whole = math.trunc(x)

    assert to_i32(x) == ctypes.c_int32(whole).value
    assert to_u32(x) == ctypes.c_uint32(whole).value


# --- ToNumber -------------------------------------------------------------------------------


class Thing:
    """Something that is no number in any way."""


@pytest.mark.parametrize(
    ("value", "number"),
    [
        pytest.param(1.5, 1.5, id="double"),
        pytest.param(-0.0, -0.0, id="minus zero"),
        pytest.param(NAN, NAN, id="NaN"),
        pytest.param(7, 7.0, id="whole number"),
        pytest.param(2**53 + 1, 9007199254740992.0, id="rounded to even"),
        pytest.param(10**400, INF, id="beyond doubles"),
        pytest.param(-(10**400), -INF, id="below doubles"),
        pytest.param(True, 1.0, id="true"),
        pytest.param(False, 0.0, id="false"),
        pytest.param(None, 0.0, id="null"),
        pytest.param({}, NAN, id="record"),
        pytest.param({"x": 1}, NAN, id="record with a number"),
        pytest.param(Thing(), NAN, id="anything else"),
        pytest.param(np.array([7.0]), NAN, id="array"),
        # text
        pytest.param("5", 5.0, id="text 5"),
        pytest.param("-2.5e3", -2500.0, id="exponent"),
        pytest.param("+.5", 0.5, id="no leading digit"),
        pytest.param("5.", 5.0, id="no digit after the point"),
        pytest.param("1e400", INF, id="text beyond doubles"),
        pytest.param("-0", -0.0, id="text minus zero"),
        pytest.param("  5\t\n", 5.0, id="white space"),
        pytest.param("\u00a0\u20035\ufeff", 5.0, id="unusual white space"),
        pytest.param("", 0.0, id="empty text"),
        pytest.param("   ", 0.0, id="blank text"),
        pytest.param("abc", NAN, id="word"),
        pytest.param("5px", NAN, id="number and unit"),
        pytest.param("5 6", NAN, id="two numbers"),
        pytest.param("1_000", NAN, id="underscore"),
        pytest.param("1,5", NAN, id="comma"),
        pytest.param("e5", NAN, id="exponent alone"),
        pytest.param(".", NAN, id="point alone"),
        pytest.param("+", NAN, id="sign alone"),
        pytest.param("--5", NAN, id="two signs"),
        pytest.param("nan", NAN, id="nan"),
        pytest.param("inf", NAN, id="inf"),
        pytest.param("infinity", NAN, id="infinity in small letters"),
        pytest.param("1e", NAN, id="exponent without digits"),
        pytest.param("0x", NAN, id="prefix alone"),
        pytest.param("0x10", 16.0, id="hexadecimal"),
        pytest.param("\ufeff 0XfF\u2028", 255.0, id="hexadecimal between blanks"),
        pytest.param("0o17", 15.0, id="octal"),
        pytest.param("0B101", 5.0, id="binary"),
        pytest.param("0x" + "f" * 300, INF, id="hexadecimal beyond doubles"),
        pytest.param("0x20000000000001", 2.0**53, id="hexadecimal rounded to even"),
        pytest.param("-0x10", NAN, id="hexadecimal with a sign"),
        pytest.param("0b2", NAN, id="binary with another digit"),
        pytest.param("0x1_0", NAN, id="hexadecimal with an underscore"),
        pytest.param("017", 17.0, id="leading zero is decimal"),
        pytest.param("Infinity", INF, id="infinity"),
        pytest.param(" -Infinity\n", -INF, id="minus infinity between blanks"),
        pytest.param("+Infinity", INF, id="plus infinity"),
        pytest.param("+-1", NAN, id="two different signs"),
        pytest.param("\x1c5", NAN, id="a separator of files is no white space"),
        pytest.param("5\x85", NAN, id="next line is no white space"),
        pytest.param("\u180e5", NAN, id="a vowel separator is no white space"),
        pytest.param("\u2003\v5\u00a0", 5.0, id="blanks of all widths"),
        pytest.param(["Infinity"], INF, id="list of the text of infinity"),
        pytest.param([INF], INF, id="list of infinity"),
        pytest.param(["0x1f"], 31.0, id="list of hexadecimal text"),
        pytest.param("\u0665", NAN, id="digit of another script"),
        pytest.param("\u200b5", NAN, id="zero-width space is no white space"),
        # lists
        pytest.param([], 0.0, id="empty list"),
        pytest.param([7], 7.0, id="list of one"),
        pytest.param((7.5,), 7.5, id="tuple of one"),
        pytest.param(["5"], 5.0, id="list of text"),
        pytest.param([" 5 "], 5.0, id="list of text with blanks"),
        pytest.param([[3]], 3.0, id="nested list"),
        pytest.param([[]], 0.0, id="nested empty list"),
        pytest.param([None], 0.0, id="list of null"),
        pytest.param([""], 0.0, id="list of empty text"),
        pytest.param([1e21], 1e21, id="list of a large number"),
        pytest.param([-0.0], 0.0, id="list of minus zero, whose text is 0"),
        pytest.param([1, 2], NAN, id="list of two"),
        pytest.param([None, None], NAN, id="list of two nulls"),
        pytest.param([True], NAN, id="list of true"),
        pytest.param([{}], NAN, id="list of a record"),
        pytest.param([NAN], NAN, id="list of NaN"),
    ],
)
def test_to_number(value: Any, number: float) -> None:
    """Numbers are themselves, booleans 1 or 0, null 0; text and lists are read; else NaN."""
    got = to_number(value)

    assert same(got, number), got
    assert type(got) is float


def test_endlessly_nested_list_is_not_a_number() -> None:
    """A list that holds itself ends as NaN, not in a recursion without end."""
    endless: list[Any] = []
    endless.append(endless)

    assert math.isnan(to_number(endless))


@examples(60, long=600)
@given(st.floats(allow_infinity=False))
def test_text_of_a_number_is_that_number(x: float) -> None:
    """The shortest text of a double is read back exactly, in text and in a list."""
    assert same(to_number(repr(x)), x)
    assert to_number([x]) == x or math.isnan(x)


@examples(60, long=600)
@given(st.text(max_size=7))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    """Text never fails; only blank text, text with a digit and the infinities are numbers."""
    got = to_number(text)

    blank = text.replace("\ufeff", "").strip() == ""
    has_digit = any(digit in text for digit in "0123456789")
    assert math.isnan(got) or blank or has_digit or "Infinity" in text
