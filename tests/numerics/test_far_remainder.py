"""Remainders of huge quotients are exact: those of the C library, and of integers."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from irrun.numerics import arrays
from irrun.numerics.blocks import FEW
from irrun.numerics.formulas.far_remainder import far_remainder

LARGEST, LEAST = 1.7976931348623157e308, 5e-324
HARD = [
    (LARGEST, LEAST), (LARGEST, 3 * LEAST), (LARGEST, 2.0**-1022 - LEAST), (LARGEST, 2.0**-1022),
    (LARGEST, 3.0), (LARGEST, math.pi), (-LARGEST, 2.0 - 2.0**-52), (LARGEST, 1.0 + 2.0**-52),
    (2.0**1023, 1.5), (-(2.0**1023), 5e-300), (2.0**53, 2.0**53 - 1.0), (9.0, 3.0), (-9.0, 9.0),
    (2.0**1000, 2.0**-1000), (1.0, LEAST), (3 * LEAST, 2 * LEAST), (1e300, 7.0),
]  # fmt: skip
"""Ends of the doubles, least and largest mantissas, quotients of all sizes, nothing left."""

numbers = st.floats(LEAST, LARGEST) | st.integers(1, 0x7FEFFFFFFFFFFFFF).map(
    lambda bits: float(np.int64(bits).view(np.float64))
)


def exact(a: float, b: float) -> float:
    rest = Fraction(abs(a)) % Fraction(abs(b))
    return math.copysign(float(rest), a)


def test_hard_ones() -> None:
    """All at once, and each alone: the largest quotient decides how many squares there are."""
    a, b = (np.array(column) for column in zip(*HARD, strict=True))
    wanted = [exact(*pair) for pair in HARD]
    found = far_remainder(a, b)

    assert found.tolist() == wanted
    assert np.signbit(found).tolist() == np.signbit(a).tolist()
    assert [float(far_remainder(a[i : i + 1], -b[i : i + 1])[0]) for i in range(len(a))] == wanted


@examples(100, long=3000)
@given(st.lists(st.tuples(numbers, numbers, st.sampled_from([-1.0, 1.0])), min_size=1, max_size=20))
def test_any_numbers(rows: list[tuple[float, float, float]]) -> None:
    """Of every exponent and mantissa."""
    a = [max(x, y) * sign for x, y, sign in rows]
    b = [min(x, y) for x, y, _ in rows]

    assert far_remainder(np.array(a), np.array(b)).tolist() == list(map(exact, a, b))


@pytest.mark.usefixtures("forms")
def test_far_ones_among_others() -> None:
    """More than a few, beside NaN, infinities, zeros and usual ones; one number for all."""
    others = [
        (math.nan, 1.0),
        (math.inf, 2.0),
        (1.0, math.inf),
        (5.0, 0.0),
        (7.5, -2.0),
        (-0.0, 3.0),
    ]
    rows = [*HARD, *others] * FEW
    a, b = (np.array(column) for column in zip(*rows, strict=True))
    seven, largest = np.array([7.0]), np.array([LARGEST])
    for x, y in [(a, b), (a, seven), (largest, b)]:
        with np.errstate(all="ignore"):
            wanted = arrays.one_nan_copy(np.fmod(x, y))
        assert arrays.remainder(x, y).tobytes() == wanted.tobytes()
