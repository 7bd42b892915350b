"""Elements and statistics of buffers."""

import math
from typing import Any

import numpy as np
import pytest

from irrun.ir.typed_array import TypedArray
from irrun.ir.values import Buffer
from irrun.trace.points import STATISTICS, Point, point_of

NAN = math.nan


def buffer(numbers: list[float], components: int = 1, dtype: Any = np.float32) -> Buffer:
    """Return a buffer handle."""
    return Buffer(np.array(numbers, dtype=dtype), components, "f32")


def at(what: str, value: Any) -> float | None:
    """Return the number at a point."""
    point = point_of(7, what)
    assert point is not None
    assert point.text == f"7{what}"
    return point.number(value)


PLACES = buffer([1, 2, 3, 4, 5, 6], 2)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("[0]", 1), ("[5]", 6), ("[6]", None), ("[999999999]", None),
        ("[0].x", 1), ("[0].y", 2), ("[2].x", 5), ("[2].g", 6), ("[2].r", 5), ("[2].1", 6),
        ("[3].x", None), ("[0].z", None), ("[0].a", None), ("[0].2", None),
        (":min", 1), (":max", 6), (":sum", 21), (":mean", 3.5), (":nan", 0),
    ],
)  # fmt: skip
def test_points_of_a_buffer(what: str, expected: float | None) -> None:
    """Flat index, element and component, statistics over all numbers."""
    assert at(what, PLACES) == expected


@pytest.mark.parametrize(
    "what",
    ["", "[", "[]", "[x]", "[-1]", "[0]x", "[0].", "[0].q", "[0].xy", ":", ":median", ":MIN",
     "[1][2]", "[9999999999]", "[²]", "[0].²", ":mean ", "x"],
)  # fmt: skip
def test_what_means_nothing_is_no_point(what: str) -> None:
    """Wrong syntax is for the command to refuse."""
    assert point_of(7, what) is None


@pytest.mark.parametrize("name", STATISTICS)
@pytest.mark.parametrize("value", [None, 3.5, "text", [1.0, 2.0], {"x": 1.0}])
def test_no_buffer_has_no_number(name: str, value: Any) -> None:
    """Nor elements."""
    assert at(f":{name}", value) is None
    assert at("[0]", value) is None


def test_nan_is_counted_and_passed_over() -> None:
    """By the least and the greatest; sums show it."""
    found = {name: at(f":{name}", buffer([NAN, 2, -5, NAN])) for name in STATISTICS}

    assert (found["min"], found["max"], found["nan"]) == (-5, 2, 2)
    assert math.isnan(found["sum"] or 0)
    assert math.isnan(found["mean"] or 0)
    assert at(":min", buffer([NAN])) is None


def test_an_empty_buffer_has_a_sum_and_no_mean() -> None:
    """Nothing adds up to 0."""
    found = {name: at(f":{name}", buffer([])) for name in STATISTICS}

    assert found == {"min": None, "max": None, "mean": None, "sum": 0, "nan": 0}


def test_sums_go_from_left_to_right() -> None:
    """As a loop adds doubles, which pairs do not."""
    numbers = np.random.default_rng(5).uniform(-1e6, 1e6, 10_007)
    expected = 0.0
    for x in numbers.tolist():
        expected += x
    value = buffer(numbers.tolist(), dtype=np.float64)

    assert expected != float(np.add.reduce(numbers))  # else this test says nothing
    assert at(":sum", value) == expected
    assert at(":mean", value) == expected / 10_007


@pytest.mark.parametrize(
    ("dtype", "numbers", "total"),
    [
        (np.uint8, [255] * 300, 76500), (np.int32, [2**31 - 1] * 4, 2**33 - 4),
        (np.float32, [16777216.0, 1.0, 1.0], 16777218), (np.float64, [1e308, 1e308], math.inf),
    ],
)  # fmt: skip
def test_sums_are_doubles(dtype: Any, numbers: list[float], total: float) -> None:
    """Whatever the elements are; without a warning."""
    assert at(":sum", buffer(numbers, dtype=dtype)) == total


def test_bare_arrays_are_buffers_of_one_component() -> None:
    """As NumPy's, and as constants hold them."""
    array = np.array([3.0, 4.0])

    for value in (array, array.reshape(1, 2), TypedArray("f64", array)):
        assert (at("[1]", value), at("[1].x", value), at("[0].y", value)) == (4, 4, None)


def test_points_are_compared_by_what_they_mean() -> None:
    """Asked for twice is once."""
    assert point_of(7, "[3]") == Point(7, "[3]", index=3)
