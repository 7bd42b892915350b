"""Colours: text, coercion, HSL (runtime-semantics 10.8, 17.2 and appendix A.7)."""

import math
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_builder import ProgramBuilder
from support.conformance_vectors import Case, cases, difference
from support.examples import examples

from irrun.evaluate.colors import (
    coerce_color,
    hsl_to_rgb,
    lerp_color,
    parse_color,
    rgb_to_hsl,
    scale_lightness,
    scale_saturation,
    shift_hue,
)
from irrun.runtime.runtime import Runtime

NAN, INF = math.nan, math.inf


def c(r: float, g: float, b: float, a: float = 1.0) -> dict[str, float]:
    return {"r": r, "g": g, "b": b, "a": a}


WHITE: Final = c(1.0, 1.0, 1.0)


def same(got: Any, expected: Any) -> bool:
    return difference(got, expected) is None


# --- Text -----------------------------------------------------------------------------------

PARSED: Final = [case for case in cases("colors") if case["op"] == "parseColor"]


def text_of(case: Case) -> str:
    return str(case["args"]["color"])


@pytest.mark.parametrize(
    "case", [case for case in PARSED if "quirks" not in case], ids=lambda case: text_of(case)
)
def test_text_is_read_as_the_reference_reads_it(case: Case) -> None:
    """Every text of the vectors gives the reference's channels, exactly."""
    assert same(parse_color(text_of(case)), case["expect"])


@pytest.mark.parametrize(
    "case", [case for case in PARSED if "quirks" in case], ids=lambda case: text_of(case)
)
def test_bad_hex_digits_are_decided_otherwise(case: Case) -> None:
    """Where the reference has NaN for a pair without a digit, irrun has 0."""
    assert case["quirks"] == ["bad-hex-digit"]
    expected = {
        name: 0.0 if value != value or value < 0 else value
        for name, value in case["expect"].items()
    }
    if text_of(case) == "#+1+2+3":
        expected = c(0.0, 0.0, 0.0)

    assert same(parse_color(text_of(case)), expected)


TEXTS = [
    pytest.param("#11223344", c(1 / 15, 2 / 15, 0.2, 4 / 15), id="eight digits"),
    pytest.param("#1aF", c(17 / 255, 170 / 255, 1.0), id="three digits are doubled"),
    pytest.param("#000000", c(0.0, 0.0, 0.0), id="black"),
    pytest.param(
        "rgba(10, 20, 30, 0.5)",
        c(0.0392156862745098, 0.0784313725490196, 0.11764705882352941, 0.5),
        id="with alpha",
    ),
    pytest.param(f"rgb({'9' * 400},0,0)", c(INF, 0.0, 0.0), id="beyond all doubles"),
    pytest.param(f"rgb({'0' * 5000}51,0,0)", c(0.2, 0.0, 0.0), id="thousands of digits"),
    pytest.param("rgb(300,0,0)", c(300 / 255, 0.0, 0.0), id="not clamped"),
    pytest.param("rgb(51,\ufeff\u2003102,\xa0153)", c(0.2, 0.4, 0.6), id="white space"),
    pytest.param("rgb(51,\x1c102,153)", c(1.0, 1.0, 1.0), id="a separator of files is none"),
    pytest.param("rgb(51,\x85102,153)", c(1.0, 1.0, 1.0), id="next line is none"),
    pytest.param(f"rgb({'9' * 5000},0,0)", c(math.inf, 0.0, 0.0), id="a number of 5000 digits"),
    pytest.param("#\U0001f600f", c(0.0, 0.0, 1.0), id="three code units, one of them a digit"),
    pytest.param("#\U0001f600", c(1.0, 1.0, 1.0), id="two code units"),
    pytest.param("rgb(0,0,0,.5.5)", c(0.0, 0.0, 0.0, 0.5), id="longest prefix of the alpha"),
    pytest.param("rgba(0,0,0,7)", c(0.0, 0.0, 0.0, 7.0), id="alpha is not clamped"),
    pytest.param("rgb(1,2,3) and more", c(1 / 255, 2 / 255, 3 / 255), id="anything may follow"),
    *(
        pytest.param(text, WHITE, id=f"{text!r} is white")
        for text in (
            "red", "#12", "#1234", "#12345", "#1234567", "#123456789", "#", "", "rgb(1 2 3)",
            "RGB(1,2,3)", "rgba( 1,2,3,1)", " #ff0000", "rgb(1.5,2,3)", "rgb(+1,2,3)", "rgb(1,2)",
            "hsl(0,1,1)", "x rgb(1,2,3)",
        )
    ),
    # Digits of other scripts are no digits.
    pytest.param("rgb(\u0661,\u0662,\u0663)", WHITE, id="arabic digits"),
    pytest.param("#\u0661\u0662\u0663", c(0.0, 0.0, 0.0), id="arabic hex digits"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_text(text: str, expected: Any) -> None:
    """The forms of 10.8, and white for everything else."""
    assert same(parse_color(text), expected)


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_hex_and_decimal_forms_agree(r: int, g: int, b: int, a: int) -> None:
    """A colour in hex digits is the colour in decimal numbers, in either case."""
    text = f"#{r:02x}{g:02X}{b:02x}"
    channels = c(r / 255, g / 255, b / 255)

    assert same(parse_color(text), channels)
    assert same(parse_color(f"rgb({r},{g}, {b})"), channels)
    assert same(parse_color(f"{text}{a:02x}"), channels | {"a": a / 255})


@given(st.text(max_size=12), st.sampled_from(["", "#", "rgb(", "rgba(1,2,3,"]))
def test_any_text_is_some_colour(text: str, start: str) -> None:
    """No text fails; a colour has its four channels."""
    assert list(parse_color(start + text)) == ["r", "g", "b", "a"]


@pytest.mark.parametrize("text", ["#gg0000", "#12zz56", "#z00"])
def test_bad_hex_digits_are_reported(text: str) -> None:
    """A pair without a digit is 0, with a warning (10.8)."""
    b = ProgramBuilder("bad-digits")
    b.slot(10, "object")
    b.step("signalEval", "s-out", outputs=[{"sigId": b.signal("const", constId=b.const(text)),
                                            "slot": 10}])  # fmt: skip
    runtime = Runtime(b.program())
    runtime.run_frame(0.0)

    assert len(runtime.warnings) == 1


# --- Coercion -------------------------------------------------------------------------------

COERCED = [
    pytest.param("#ff000080", c(1.0, 0.0, 0.0, 128 / 255), id="text"),
    pytest.param("no colour", WHITE, id="other text"),
    pytest.param({"r": 0.1, "g": 0.2, "b": 0.3, "a": 0.4}, c(0.1, 0.2, 0.3, 0.4), id="record"),
    pytest.param({"r": 0.1, "g": 0.2, "b": 0.3}, c(0.1, 0.2, 0.3), id="record without alpha"),
    *(
        pytest.param({"r": 0.1, "g": 0.2, "b": 0.3, "a": alpha}, c(0.1, 0.2, 0.3),
                     id=f"record whose alpha is {alpha!r}")
        for alpha in (None, "0.5", False, True, [1], {"a": 1})
    ),
    pytest.param({"r": 2, "g": -1, "b": 0}, c(2.0, -1.0, 0.0), id="neither clamped nor rounded"),
    pytest.param({"a": 1, "b": 3, "g": 2, "r": 1}, c(1.0, 2.0, 3.0), id="any order of members"),
    pytest.param({"r": 1, "g": 1, "b": 1, "x": 9}, WHITE, id="further members"),
    pytest.param(0, c(0.0, 0.0, 0.0, 0.0), id="0 is transparent black"),
    pytest.param(1, WHITE, id="1 is opaque white"),
    pytest.param(0.25, c(0.25, 0.25, 0.25, 0.25), id="number"),
    pytest.param(NAN, c(NAN, NAN, NAN, NAN), id="NaN"),
    pytest.param(True, WHITE, id="true"),
    pytest.param(False, c(0.0, 0.0, 0.0, 0.0), id="false"),
    pytest.param([0.1, 0.2, 0.3], c(0.1, 0.2, 0.3), id="list of three"),
    pytest.param([0.1, 0.2, 0.3, 0.4], c(0.1, 0.2, 0.3, 0.4), id="list of four"),
    *(
        pytest.param(value, None, id=f"{value!r} is no colour")
        for value in (
            None, [], [1, 2], [1, 2, 3, 4, 5], {}, {"r": 1, "g": 1}, {"x": 1, "y": 1}, [1, "2", 3],
            {"r": "1", "g": 1, "b": 1}, {"r": None, "g": 1, "b": 1}, ["#ff0000"],
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), COERCED)
def test_coercion(value: Any, expected: Any) -> None:
    """Text, records, numbers and lists become colours; the rest does not (10.8)."""
    got = coerce_color(value)

    assert same(got, expected)
    assert got is None or {type(channel) for channel in got.values()} == {float}


# --- HSL ------------------------------------------------------------------------------------

HSL = [
    # hue, saturation, lightness; red, green, blue
    pytest.param((0.0, 1.0, 0.5), (1.0, 0.0, 0.0), id="red"),
    pytest.param((1 / 6, 1.0, 0.5), (1.0, 1.0, 0.0), id="yellow"),
    pytest.param((1 / 3, 1.0, 0.5), (0.0, 1.0, 0.0), id="green"),
    pytest.param((0.5, 1.0, 0.5), (0.0, 1.0, 1.0), id="cyan"),
    pytest.param((2 / 3, 1.0, 0.5), (0.0, 0.0, 1.0), id="blue"),
    pytest.param((5 / 6, 1.0, 0.5), (1.0, 0.0, 1.0), id="magenta"),
    pytest.param((0.0, 1.0, 0.25), (0.5, 0.0, 0.0), id="dark red"),
    pytest.param((0.0, 1.0, 0.75), (1.0, 0.5, 0.5), id="light red"),
    pytest.param((0.0, 0.5, 0.5), (0.75, 0.25, 0.25), id="dull red"),
    pytest.param((0.25, 1.0, 0.5), (0.5, 1.0, 0.0), id="between yellow and green"),
]


@pytest.mark.parametrize(("hsl", "rgb"), HSL)
def test_hsl_of_known_colours(
    hsl: tuple[float, float, float], rgb: tuple[float, float, float]
) -> None:
    """Hue is a fraction of a turn; both ways lead to the same colours."""
    carried, plain = c(*hsl, 0.5), c(*rgb, 0.5)

    assert hsl_to_rgb(carried) == pytest.approx(plain, abs=1e-15)
    assert rgb_to_hsl(plain) == pytest.approx(carried, abs=1e-15)


GREYS = [
    pytest.param(0.0, id="black"),
    pytest.param(0.2, id="grey"),
    pytest.param(1.0, id="white"),
]


@pytest.mark.parametrize("level", GREYS)
def test_greys_have_no_hue(level: float) -> None:
    """Equal channels give hue 0 and saturation 0; no hue turns a grey into a colour."""
    assert same(rgb_to_hsl(c(level, level, level, 0.5)), c(0.0, 0.0, level, 0.5))
    for hue in (0.0, 0.3, 0.9):
        assert hsl_to_rgb(c(hue, 0.0, level)) == pytest.approx(c(level, level, level))


OUTSIDE = [
    pytest.param((1.25, 1.0, 0.5), (0.25, 1.0, 0.5), id="a whole turn more"),
    pytest.param((-0.75, 1.0, 0.5), (0.25, 1.0, 0.5), id="a whole turn less"),
    pytest.param((0.25, 7.0, 0.5), (0.25, 1.0, 0.5), id="too saturated"),
    pytest.param((0.25, -7.0, 0.5), (0.25, 0.0, 0.5), id="less than grey"),
    pytest.param((0.25, 1.0, 7.0), (0.25, 1.0, 1.0), id="too light"),
    pytest.param((0.25, 1.0, -7.0), (0.25, 1.0, 0.0), id="too dark"),
]


@pytest.mark.parametrize(("given_hsl", "counts_as"), OUTSIDE)
def test_hsl_outside_its_range(
    given_hsl: tuple[float, float, float], counts_as: tuple[float, float, float]
) -> None:
    """The hue wraps around; saturation and lightness are clamped."""
    assert same(hsl_to_rgb(c(*given_hsl)), hsl_to_rgb(c(*counts_as)))


def test_red_counts_before_green() -> None:
    """Of two channels that share the maximum, the first in r, g, b decides the formula."""
    assert same(rgb_to_hsl(c(1.0, 1.0, 0.0)), c(((1.0 - 0.0) / 1.0 + 0) / 6, 1.0, 0.5))
    assert same(rgb_to_hsl(c(0.0, 1.0, 1.0)), c(((1.0 - 0.0) / 1.0 + 2) / 6, 1.0, 0.5))
    assert same(rgb_to_hsl(c(1.0, 0.0, 1.0)), c(((0.0 - 1.0) / 1.0 + 6) / 6, 1.0, 0.5))


CHANNEL: Final = st.integers(0, 255).map(lambda byte: byte / 255)


@examples(60, long=600)
@given(CHANNEL, CHANNEL, CHANNEL, CHANNEL)
def test_rgb_to_hsl_and_back(r: float, g: float, b: float, a: float) -> None:
    """Every byte colour comes back, and its HSL form stays within 0..1."""
    rgb = c(r, g, b, a)
    hsl = rgb_to_hsl(rgb)

    assert all(0.0 <= hsl[name] <= 1.0 for name in ("r", "g", "b"))
    assert hsl["a"] == a
    assert hsl_to_rgb(hsl) == pytest.approx(rgb, abs=1e-14)


@examples(60, long=400)
@given(st.floats(0.0, 1.0, exclude_max=True), st.floats(0.05, 1.0), st.floats(0.05, 0.95))
def test_hsl_to_rgb_and_back(h: float, s: float, lightness: float) -> None:
    """Every colour that is no grey keeps its hue, saturation and lightness."""
    got = rgb_to_hsl(hsl_to_rgb(c(h, s, lightness)))

    assert min(abs(got["r"] - h), 1 - abs(got["r"] - h)) < 1e-9
    assert (got["g"], got["b"]) == pytest.approx((s, lightness), abs=1e-9)


@examples(40, long=400)
@given(CHANNEL, CHANNEL, CHANNEL, st.floats(-2, 2))
def test_operations_that_change_nothing(r: float, g: float, b: float, whole: float) -> None:
    """A whole turn, and the factor 1, give the colour back; a mix at 0 is the first colour."""
    rgb = c(r, g, b, 0.5)

    assert shift_hue(rgb, 1.0) == pytest.approx(rgb, abs=1e-12)
    assert scale_lightness(rgb, 1.0) == pytest.approx(rgb, abs=1e-12)
    assert scale_saturation(rgb, 1.0) == pytest.approx(rgb, abs=1e-12)
    assert same(lerp_color(rgb, c(whole, whole, whole, whole), 0.0), rgb)


OPERATIONS: list[Any] = [
    pytest.param(shift_hue(c(1.0, 0.0, 0.0, 0.5), 1 / 3), c(0.0, 1.0, 0.0, 0.5), id="a third on"),
    pytest.param(shift_hue(c(1.0, 0.0, 0.0), -1 / 3), c(0.0, 0.0, 1.0), id="a third back"),
    pytest.param(scale_lightness(c(1.0, 0.0, 0.0, 0.5), 0.5), c(0.5, 0.0, 0.0, 0.5), id="darker"),
    pytest.param(scale_lightness(c(1.0, 0.0, 0.0), 9.0), WHITE, id="as light as can be"),
    pytest.param(scale_lightness(c(1.0, 0.0, 0.0), -1.0), c(0.0, 0.0, 0.0), id="no light"),
    pytest.param(scale_saturation(c(1.0, 0.0, 0.0, 0.5), 0.0), c(0.5, 0.5, 0.5, 0.5), id="grey"),
    pytest.param(scale_saturation(c(0.75, 0.25, 0.25), 9.0), c(1.0, 0.0, 0.0), id="saturated"),
    pytest.param(
        lerp_color(c(0.0, 0.5, 1.0, 0.0), c(1.0, 0.5, 0.0, 1.0), 2.0),
        c(2.0, 0.5, -1.0, 2.0),
        id="a mix is not clamped",
    ),
]


@pytest.mark.parametrize(("got", "expected"), OPERATIONS)
def test_operation(got: Any, expected: Any) -> None:
    """Hue, lightness and saturation change alone, and alpha not at all (7.3)."""
    assert got == pytest.approx(expected, abs=1e-12)
