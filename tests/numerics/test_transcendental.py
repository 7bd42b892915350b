"""irrun's own transcendental functions: rules for special values, one result in both forms."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from irrun.doctor.digests import forms_differ
from irrun.doctor.samples import OPERATIONS, Operation
from irrun.numerics import arrays, transcendental
from irrun.numerics.blocks import FEW

pytestmark = pytest.mark.usefixtures("forms")

NAN, INF = math.nan, math.inf
TINY, LEAST, HUGE = 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308
PI = math.pi
BY_NAME = {op.name: op for op in OPERATIONS}
SINGLE = ("sin", "cos", "tan", "asin", "acos", "atan", "exp", "log", "tanh")
ODD = ("sin", "tan", "asin", "atan", "tanh")


class Row(NamedTuple):
    """One call and its result; 0 and -0 are told apart, NaN is NaN."""

    name: str
    operands: Sequence[float]
    result: float


ROWS = [
    *(Row(name, [x], x) for name in ODD for x in (0.0, -0.0, TINY, -TINY, LEAST)),
    *(Row(name, [NAN], NAN) for name in SINGLE),
    *(Row(name, [x], NAN) for name in ("sin", "cos", "tan", "asin", "acos") for x in (INF, -INF)),
    *(Row(name, [x], NAN) for name in ("asin", "acos") for x in (1.0000000000000002, -2.0, HUGE)),
    Row("cos", [0.0], 1.0),
    Row("cos", [-0.0], 1.0),
    Row("cos", [TINY], 1.0),
    # The doubles nearest to multiples of pi/2, and arguments beyond every table of digits.
    Row("sin", [PI], 1.2246467991473532e-16),
    Row("cos", [PI / 2], 6.123233995736766e-17),
    Row("sin", [1e22], -0.8522008497671888),
    Row("cos", [1e22], 0.523214785395139),
    Row("sin", [HUGE], 0.004961954789184062),
    Row("cos", [HUGE], -0.9999876894265599),
    Row("cos", [6381956970095103.0 * 2.0**797], -4.687165924254628e-19),
    Row("sin", [6381956970095103.0 * 2.0**797], 1.0),
    Row("asin", [1.0], PI / 2),
    Row("asin", [-1.0], -PI / 2),
    Row("acos", [1.0], 0.0),
    Row("acos", [-1.0], PI),
    Row("acos", [0.0], PI / 2),
    Row("atan", [INF], PI / 2),
    Row("atan", [-INF], -PI / 2),
    Row("atan", [1.0], PI / 4),
    Row("atan", [HUGE], PI / 2),
    Row("atan2", [0.0, 1.0], 0.0),
    Row("atan2", [-0.0, 1.0], -0.0),
    Row("atan2", [0.0, -1.0], PI),
    Row("atan2", [-0.0, -1.0], -PI),
    Row("atan2", [0.0, 0.0], 0.0),
    Row("atan2", [-0.0, 0.0], -0.0),
    Row("atan2", [0.0, -0.0], PI),
    Row("atan2", [-0.0, -0.0], -PI),
    Row("atan2", [1.0, 0.0], PI / 2),
    Row("atan2", [-1.0, -0.0], -PI / 2),
    Row("atan2", [INF, INF], PI / 4),
    Row("atan2", [INF, -INF], 3 * PI / 4),
    Row("atan2", [-INF, INF], -PI / 4),
    Row("atan2", [-INF, -INF], -3 * PI / 4),
    Row("atan2", [1.0, INF], 0.0),
    Row("atan2", [-1.0, INF], -0.0),
    Row("atan2", [1.0, -INF], PI),
    Row("atan2", [INF, 1.0], PI / 2),
    Row("atan2", [TINY, HUGE], 0.0),
    Row("atan2", [TINY, -HUGE], PI),
    Row("atan2", [HUGE, TINY], PI / 2),
    Row("atan2", [TINY, TINY], PI / 4),
    Row("atan2", [HUGE, HUGE], PI / 4),
    Row("atan2", [NAN, 1.0], NAN),
    Row("atan2", [0.0, NAN], NAN),
    Row("atan2", [INF, NAN], NAN),
    Row("exp", [0.0], 1.0),
    Row("exp", [-0.0], 1.0),
    Row("exp", [INF], INF),
    Row("exp", [-INF], 0.0),
    Row("exp", [709.782712893384], 1.7976931348622732e308),
    Row("exp", [709.7827128933841], INF),
    Row("exp", [-745.1332191019411], TINY),
    Row("exp", [-745.1332191019412], 0.0),
    Row("exp", [-708.3964185322641], 2.2250738585072626e-308),
    Row("log", [1.0], 0.0),
    Row("log", [0.0], -INF),
    Row("log", [-0.0], -INF),
    Row("log", [INF], INF),
    Row("log", [-1.0], NAN),
    Row("log", [-INF], NAN),
    Row("log", [TINY], -744.4400719213812),
    Row("log", [HUGE], 709.782712893384),
    Row("tanh", [INF], 1.0),
    Row("tanh", [-INF], -1.0),
    Row("tanh", [22.0], 1.0),
    Row("tanh", [-HUGE], -1.0),
]  # fmt: skip

POWERS = [
    *(Row("pow", [a, b], 1.0) for a in (NAN, INF, -INF, 0.0, -1.0) for b in (0.0, -0.0)),
    *(Row("pow", [a, b], NAN) for a in (1.0, -1.0) for b in (INF, -INF)),
    *(Row("pow", [a, NAN], NAN) for a in (1.0, 0.0, INF, NAN)),
    *(Row("pow", [NAN, b], NAN) for b in (1.0, INF, -2.0)),
    *(Row("pow", [a, 0.5], NAN) for a in (-1.0, -2.0, -HUGE, -TINY)),
    Row("pow", [0.0, -1.0], INF),
    Row("pow", [-0.0, -1.0], -INF),
    Row("pow", [-0.0, -2.0], INF),
    Row("pow", [-0.0, -0.5], INF),
    Row("pow", [0.0, 3.0], 0.0),
    Row("pow", [-0.0, 3.0], -0.0),
    Row("pow", [-0.0, 0.5], 0.0),
    Row("pow", [-0.0, HUGE], 0.0),
    Row("pow", [INF, 0.5], INF),
    Row("pow", [INF, -0.5], 0.0),
    Row("pow", [-INF, 3.0], -INF),
    Row("pow", [-INF, 2.0], INF),
    Row("pow", [-INF, 0.5], INF),
    Row("pow", [-INF, -3.0], -0.0),
    Row("pow", [-INF, -0.5], 0.0),
    Row("pow", [2.0, INF], INF),
    Row("pow", [0.5, INF], 0.0),
    Row("pow", [-2.0, -INF], 0.0),
    Row("pow", [-0.5, -INF], INF),
    Row("pow", [2.0, 1023.0], 2.0**1023),
    Row("pow", [2.0, 1024.0], INF),
    Row("pow", [-2.0, 1025.0], -INF),
    Row("pow", [2.0, -1074.0], TINY),
    Row("pow", [2.0, -1075.0], 0.0),
    Row("pow", [-2.0, -1077.0], -0.0),
    Row("pow", [TINY, 1.0], TINY),
    Row("pow", [TINY, -0.5], 4.49891379454319638281e161),
    Row("pow", [HUGE, 1.0], HUGE),
    Row("pow", [3.0, 2.0], 9.0),
    Row("pow", [-3.0, 3.0], -27.0),
    Row("pow", [10.0, 22.0], 1e22),
    Row("pow", [4.0, 0.5], 2.0),
    Row("pow", [2.0, HUGE], INF),
    Row("pow", [2.0, -HUGE], 0.0),
    Row("pow", [-1.0, HUGE], 1.0),
    Row("pow", [-1.0, 9007199254740993.0], 1.0),
    Row("pow", [-1.0, 9007199254740991.0], -1.0),
    Row("pow", [1.0000000000000002, 1e18], 2.7086111089766717e96),
]


def same(a: float, b: float) -> bool:
    """True for equal doubles; 0 and -0 differ, NaN equals NaN."""
    return math.isnan(a) and math.isnan(b) if a != b else str(float(a)) == str(float(b))


def row_name(row: Row) -> str:
    return f"{row.name}({', '.join(map(repr, row.operands))})"


@pytest.mark.parametrize("row", [*ROWS, *POWERS], ids=row_name)
def test_special_values(row: Row) -> None:
    """IEEE's and ECMAScript's rules, without an exception; the array form says the same.

    For one element, and for so many that they are computed all at once.
    """
    got = BY_NAME[row.name].single(*row.operands)
    assert same(got, row.result), got
    assert type(got) is float

    for count in (1, FEW + 1):
        many = BY_NAME[row.name].many(*([x] * count for x in row.operands))
        assert all(same(x, row.result) for x in many.tolist()), many


@pytest.mark.parametrize("name", ["exp", "pow"])
def test_special_value_of_every_case_is_in_both_forms(name: str) -> None:
    """A block with all special values at once, so that masks and fast paths meet."""
    rows = [row for row in [*ROWS, *POWERS] if row.name == name]
    many = BY_NAME[name].many(
        *(np.array(column) for column in zip(*(r.operands for r in rows), strict=True))
    )

    assert all(same(float(got), row.result) for got, row in zip(many, rows, strict=True))


@pytest.mark.parametrize("op", OPERATIONS, ids=lambda op: op.name)
def test_both_forms_have_the_same_bits(op: Operation) -> None:
    """Over ordinary, random and special operands, NaN and the sign of zero included."""
    assert forms_differ(op, 3000) == 0


NUMBERS = st.floats() | st.floats(-1e7, 1e7) | st.floats(-1.5, 1.5)


@examples(50, long=600)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=6))
def test_both_forms_have_the_same_bits_for_any_numbers(pairs: list[tuple[float, float]]) -> None:
    """Whatever else is in the block, and whether it is one of few there."""
    for op in OPERATIONS:
        columns = list(zip(*pairs, strict=True))[: len(op.ranges)]
        single = [op.single(*operands) for operands in zip(*columns, strict=True)]
        for times in (1, FEW + 1):
            many = op.many(*(np.tile(column, times) for column in columns)).tolist()
            assert all(same(a, b) for a, b in zip(many, single * times, strict=True)), op.name


@pytest.mark.parametrize("name", ODD)
def test_odd_functions_are_odd(name: str) -> None:
    """f(-x) = -f(x) in every bit."""
    (x,) = BY_NAME[name].samples(2000)
    many = BY_NAME[name].many

    finite = ~np.isnan(many(x))
    assert np.array_equal(many(-x)[finite], -many(x)[finite])


def test_pi_is_the_nearest_double() -> None:
    """3.141592653589793."""
    assert math.pi == transcendental.PI
    assert arrays.atan2([0.0], [-1.0])[0] == math.pi


def test_square_root() -> None:
    """Exact by IEEE; -0 stays."""
    assert same(transcendental.sqrt(-0.0), -0.0)
    assert same(transcendental.sqrt(-1.0), NAN)
    assert same(transcendental.sqrt(2.0), 1.4142135623730951)
    assert same(float(arrays.sqrt([-0.0])[0]), -0.0)
