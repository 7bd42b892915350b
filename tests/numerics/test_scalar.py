"""Exact operations on single doubles (runtime-semantics section 0.3)."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from irrun.numerics.scalar import clamp_b, divide, floor, maximum, minimum, remainder

NAN, INF = math.nan, math.inf
TINY, HUGE = 5e-324, 1.7976931348623157e308


class Row(NamedTuple):
    """One call and its result; 0 and -0 are told apart, NaN is NaN."""

    operation: Callable[..., float]
    operands: Sequence[float]
    result: float


def name(row: Row) -> str:
    return f"{row.operation.__name__}({', '.join(map(repr, row.operands))})"


def same(a: float, b: float) -> bool:
    """True for equal doubles; 0 and -0 differ, NaN equals NaN."""
    return math.isnan(a) and math.isnan(b) if a != b else str(float(a)) == str(float(b))


FLOOR = [
    Row(floor, [1.5], 1.0),
    Row(floor, [-1.5], -2.0),
    Row(floor, [0.9999999999999999], 0.0),
    Row(floor, [-TINY], -1.0),
    Row(floor, [TINY], 0.0),
    Row(floor, [3.0], 3.0),
    Row(floor, [-0.0], -0.0),
    Row(floor, [0.0], 0.0),
    Row(floor, [4503599627370495.5], 4503599627370495.0),
    Row(floor, [9007199254740993.0], 9007199254740992.0),
    Row(floor, [HUGE], HUGE),
    Row(floor, [-HUGE], -HUGE),
    Row(floor, [NAN], NAN),
    Row(floor, [INF], INF),
    Row(floor, [-INF], -INF),
]

REMAINDER = [
    Row(remainder, [5.0, -3.0], 2.0),
    Row(remainder, [-5.0, 3.0], -2.0),
    Row(remainder, [-6.0, 3.0], -0.0),
    Row(remainder, [6.0, 3.0], 0.0),
    Row(remainder, [-0.0, 3.0], -0.0),
    Row(remainder, [5.5, 2.0], 1.5),
    Row(remainder, [0.3, 0.1], 0.09999999999999998),
    Row(remainder, [HUGE, 3.0], 2.0),
    Row(remainder, [1.0, TINY], 0.0),
    Row(remainder, [5.0, 0.0], NAN),
    Row(remainder, [5.0, -0.0], NAN),
    Row(remainder, [0.0, 0.0], NAN),
    Row(remainder, [INF, 3.0], NAN),
    Row(remainder, [-INF, INF], NAN),
    Row(remainder, [5.0, INF], 5.0),
    Row(remainder, [-5.0, -INF], -5.0),
    Row(remainder, [-0.0, INF], -0.0),
    Row(remainder, [NAN, 3.0], NAN),
    Row(remainder, [3.0, NAN], NAN),
]

MIN_MAX = [
    Row(minimum, [1.0, 2.0], 1.0),
    Row(minimum, [2.0, 1.0], 1.0),
    Row(minimum, [-INF, 1.0], -INF),
    Row(minimum, [INF, 1.0], 1.0),
    Row(minimum, [-0.0, 0.0], -0.0),
    Row(minimum, [0.0, -0.0], -0.0),
    Row(minimum, [0.0, 0.0], 0.0),
    Row(minimum, [NAN, 1.0], NAN),
    Row(minimum, [1.0, NAN], NAN),
    Row(minimum, [NAN, -INF], NAN),
    Row(maximum, [1.0, 2.0], 2.0),
    Row(maximum, [2.0, 1.0], 2.0),
    Row(maximum, [INF, 1.0], INF),
    Row(maximum, [-0.0, 0.0], 0.0),
    Row(maximum, [0.0, -0.0], 0.0),
    Row(maximum, [-0.0, -0.0], -0.0),
    Row(maximum, [1.0, NAN], NAN),
    Row(maximum, [NAN, 1.0], NAN),
    Row(maximum, [NAN, INF], NAN),
]

CLAMP = [
    Row(clamp_b, [5.0, 0.0, 10.0], 5.0),
    Row(clamp_b, [-5.0, 0.0, 10.0], 0.0),
    Row(clamp_b, [15.0, 0.0, 10.0], 10.0),
    Row(clamp_b, [5.0, 10.0, 0.0], 10.0),
    Row(clamp_b, [-5.0, 10.0, 0.0], 10.0),
    Row(clamp_b, [15.0, 10.0, 0.0], 10.0),
    Row(clamp_b, [-0.0, 0.0, 1.0], 0.0),
    Row(clamp_b, [0.0, -0.0, 1.0], 0.0),
    Row(clamp_b, [INF, 0.0, 1.0], 1.0),
    Row(clamp_b, [-INF, 0.0, 1.0], 0.0),
    Row(clamp_b, [NAN, 0.0, 1.0], NAN),
]

DIVIDE = [
    Row(divide, [1.0, 3.0], 0.3333333333333333),
    Row(divide, [1.0, 0.0], INF),
    Row(divide, [-1.0, 0.0], -INF),
    Row(divide, [1.0, -0.0], -INF),
    Row(divide, [-1.0, -0.0], INF),
    Row(divide, [INF, 0.0], INF),
    Row(divide, [-INF, 0.0], -INF),
    Row(divide, [0.0, 0.0], NAN),
    Row(divide, [-0.0, 0.0], NAN),
    Row(divide, [NAN, 0.0], NAN),
    Row(divide, [1.0, NAN], NAN),
    Row(divide, [0.0, -5.0], -0.0),
    Row(divide, [5.0, INF], 0.0),
    Row(divide, [INF, INF], NAN),
    Row(divide, [HUGE, TINY], INF),
    Row(divide, [TINY, 2.0], 0.0),
]


@pytest.mark.parametrize("row", [*FLOOR, *REMAINDER, *MIN_MAX, *CLAMP, *DIVIDE], ids=name)
def test_edge_cases(row: Row) -> None:
    """Each operation has its exact result, without an exception."""
    got = row.operation(*row.operands)

    assert same(got, row.result), got
    assert type(got) is float


NUMBERS = st.floats() | st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.5, TINY, HUGE, 2.0**53])


@examples(60, long=600)
@given(NUMBERS)
def test_floor_agrees_with_numpy(x: float) -> None:
    """The largest whole number that is not above x."""
    assert same(floor(x), float(np.floor(np.float64(x))))


@examples(60, long=600)
@given(NUMBERS, NUMBERS)
def test_remainder_agrees_with_numpy(a: float, b: float) -> None:
    """The C remainder: truncated, exact, with the sign of the dividend."""
    with np.errstate(invalid="ignore"):
        expected = float(np.fmod(np.float64(a), np.float64(b)))

    assert same(remainder(a, b), expected)


@examples(60, long=600)
@given(NUMBERS, NUMBERS)
def test_division_agrees_with_numpy(a: float, b: float) -> None:
    """IEEE division, with infinities and NaN where Python raises."""
    with np.errstate(all="ignore"):
        expected = float(np.float64(a) / np.float64(b))

    assert same(divide(a, b), expected)


@examples(60, long=600)
@given(NUMBERS, NUMBERS)
def test_minimum_and_maximum_are_the_two_operands(a: float, b: float) -> None:
    """In either order; ordered from below with -0 under 0; NaN poisons both."""
    low, high = minimum(a, b), maximum(a, b)
    if math.isnan(a) or math.isnan(b):
        assert math.isnan(low)
        assert math.isnan(high)
        return

    expected = sorted([a, b], key=lambda x: (x, math.copysign(1.0, x)))
    assert [str(low), str(high)] == [str(x) for x in expected]
    assert same(low, minimum(b, a))
    assert same(high, maximum(b, a))


@examples(60, long=600)
@given(NUMBERS, NUMBERS, NUMBERS)
def test_clamp_stays_between_its_bounds(v: float, low: float, high: float) -> None:
    """Inside ordered bounds; the lower one where bounds are inverted; NaN from any operand."""
    got = clamp_b(v, low, high)

    if math.isnan(v) or math.isnan(low) or math.isnan(high):
        assert math.isnan(got)
    elif low > high:
        assert got == low
    else:
        assert low <= got <= high
        assert got == v or v < low or v > high
