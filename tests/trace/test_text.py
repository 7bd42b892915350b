"""Slot values as short text: one line, exact numbers, arrays by type, shape and range."""

import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from irrun.ir.render_frame import ClearSpec, RenderFrame
from irrun.ir.typed_array import TypedArray
from irrun.ir.values import (
    Buffer,
    CameraEval,
    CombinedField,
    DomainHandle,
    FieldRef,
    Instances,
    MeshBuffer,
    TransformedField,
    Viewport,
)
from irrun.numerics.text import number_text
from irrun.trace.text import value_text


def f32(*elements: float) -> "np.ndarray[Any, np.dtype[np.float32]]":
    """Return a float32 array."""
    return np.array(elements, dtype=np.float32)


NUMBERS: list[tuple[float, str]] = [
    (0, "0"),
    (0.0, "0"),
    (-0.0, "-0"),
    (3, "3"),
    (3.0, "3"),
    (-40000.0, "-40000"),
    (0.1, "0.1"),
    (0.1 + 0.2, "0.30000000000000004"),
    (1e15, "1000000000000000"),
    (2.0**53, "9007199254740992"),
    (1e16, "1e+16"),
    (1e21, "1e+21"),
    (5e-324, "5e-324"),
    (10**20, "100000000000000000000"),
    (math.nan, "NaN"),
    (math.inf, "Infinity"),
    (-math.inf, "-Infinity"),
]


@pytest.mark.parametrize(("number", "text"), NUMBERS, ids=[text for _, text in NUMBERS])
def test_numbers(number: float, text: str) -> None:
    """Shortest round-trip form; whole numbers without a fraction; the names of JavaScript."""
    assert number_text(number) == text


@given(st.floats())
def test_a_number_can_be_read_back(number: float) -> None:
    """No digit that matters is missing, nor the sign of zero."""
    again = float(number_text(number))

    assert str(again) == str(number)


IDENTITY = np.eye(4, dtype=np.float32).reshape(16)
CAMERA = CameraEval("main", IDENTITY, IDENTITY, IDENTITY, Viewport(1920, 1080.5, 2))
QUAD = MeshBuffer(f32(*range(12)), np.array([0, 1, 2, 0, 2, 3], np.uint16), (0, 0, 0), (1, 1, 0))
BYTES = np.zeros(3, dtype=np.uint8)
PLACE = f32(0, 0, 0)
ALIVE = np.array([1, 0, 1], np.uint8)
ELEMENTS = np.arange(3, dtype=np.uint32)
THREE = Instances(PLACE, PLACE, PLACE, PLACE, BYTES, BYTES, BYTES, BYTES, ALIVE, ELEMENTS)

VALUES: list[tuple[Any, str]] = [
    (None, "nothing"),
    (True, "true"),
    (False, "false"),
    (7, "7"),
    (0.25, "0.25"),
    ("text", "'text'"),
    ("", "''"),
    ([], "[]"),
    ([1, 2.5], "[1, 2.5]"),
    (("a", None), "['a', nothing]"),
    ([1, 2, 3, 4], "[1, 2, 3, 4]"),
    ([1, 2, 3, 4, 5, 6], "[1, 2, 3, 4, 2 more]"),
    ({}, "{}"),
    ({"x": 1, "y": [0.5]}, "{x: 1, y: [0.5]}"),
    (dict.fromkeys("abcdefgh", 0), "{a: 0, b: 0, c: 0, d: 0, e: 0, f: 0, 2 more}"),
    (f32(), "f32[0]"),
    (f32(1.5), "f32[1] 1.5"),
    (f32(1, 2, 3, 4), "f32[4] 1 2 3 4"),
    (f32(4, 2, 3, 1, 5), "f32[5] min 1 max 5"),
    (f32(4, math.nan, 3, 1, math.nan, math.inf), "f32[6] min 1 max Infinity, 2 NaN"),
    (f32(0.0, 1, -0.0, 1, 0.0), "f32[5] min -0 max 1"),
    (f32(-0.0, -1, 0.0, -1, -0.0), "f32[5] min -1 max 0"),
    (f32(0.0, -0.0, 0.0, -0.0, 0.0), "f32[5] min -0 max 0"),
    (np.array([3, 0, 255, 9, 1], np.uint8), "u8[5] min 0 max 255"),
    (np.array([3, 0, -255, 9, 1], np.int32), "i32[5] min -255 max 9"),
    (f32(0.1, 2), "f32[2] 0.1 2"),
    (f32(7, 7, 7), "f32[3] all 7"),
    (f32(math.nan, math.nan), "f32[2] all NaN"),
    (f32(-0.0, math.inf), "f32[2] -0 Infinity"),
    (f32(0.0, -0.0), "f32[2] 0 -0"),
    (np.array([1, 2], np.uint8), "u8[2] 1 2"),
    (np.array([-1, 2], np.int32), "i32[2] -1 2"),
    (np.array([0.1, 1]), "f64[2] 0.1 1"),
    (TypedArray("u16", [1, 2]), "u16[2] 1 2"),
    (Buffer(f32(1, 2, 3, 4, 5, 6), 2, "f32"), "f32[3x2] min 1 max 6"),
    (Buffer(np.full(8, 9, np.uint8), 4, "u8"), "u8[2x4] all 9"),
    (Buffer(f32(), 2, "f32"), "f32[0x2]"),
    (DomainHandle(6), "domain of 6"),
    (DomainHandle(2.0, ("a", "b")), "domain of 2 with ids"),
    (FieldRef("12"), "field 12"),
    (CombinedField("sum", (FieldRef("1"), FieldRef("2"))), "sum of 2 fields"),
    (CombinedField("last", (FieldRef("1"),)), "last of 1 field"),
    (TransformedField(3, FieldRef("1")), "field through chain 3"),
    (RenderFrame(clear=ClearSpec(mode="none")), "frame of 0 passes"),
    (CAMERA, "camera main at 1920x1080.5"),
    (QUAD, "mesh of 4 vertices, 2 triangles"),
    (THREE, "3 instances, 2 alive"),
]


@pytest.mark.parametrize(("value", "text"), VALUES, ids=[text for _, text in VALUES])
def test_values(value: Any, text: str) -> None:
    """Each class of value that a slot can hold; long ones are cut and the rest counted."""
    assert value_text(value) == text


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=5), inner, max_size=8)
    ),
    max_leaves=20,
)


@given(PLAIN)
@example({"a\nb": 1})
def test_any_plain_value_is_one_line(value: Any) -> None:
    """Whatever a program puts into a slot, its text breaks no table."""
    assert len(value_text(value).splitlines()) <= 1


@given(st.lists(st.floats(width=32), max_size=10))
@example([0.0, -0.0])
def test_elements_that_are_shown_are_exact(elements: list[float]) -> None:
    """What is shown of a float32 array reads back as its elements, sign of zero included."""
    array = f32(*elements)
    shape, _, shown = value_text(array).partition("] ")

    assert shape.removesuffix("]") == f"f32[{len(elements)}"
    if shown.startswith("all "):
        assert {str(x) for x in array} == {str(np.float32(shown.removeprefix("all ")))}
    elif len(elements) <= 4:
        assert [str(np.float32(word)) for word in shown.split()] == [str(x) for x in array]
    else:
        assert_range(array, shown)


def assert_range(array: Any, shown: str) -> None:
    """Check least and greatest element and the count of NaN against a naive search."""
    numbers = sorted((float(x) for x in array if x == x), key=lambda x: (x, math.copysign(1, x)))
    found = re.fullmatch(r"(?:min (\S+) max ([^\s,]+))?(?:, )?(?:(\d+) NaN)?", shown)

    assert found is not None
    assert int(found[3] or 0) == len(array) - len(numbers)
    ends = [str(np.float32(x)) for x in numbers[:1] + numbers[-1:]]
    assert [str(np.float32(word)) for word in found.groups()[:2] if word is not None] == ends
