"""The array forms as array functions: shapes, types, `out`, memory, order of sums."""

import math
import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from irrun.doctor.samples import OPERATIONS, uniform
from irrun.numerics import arrays
from irrun.numerics.blocks import BLOCK
from irrun.numerics.convert import to_color_bytes
from irrun.numerics.transcendental import power, sin

pytestmark = pytest.mark.usefixtures("forms")

X = uniform(-5.0, 5.0, 3 * BLOCK + 17, 1)


def test_any_shape() -> None:
    """No dimension, none in one of them, several; the shape is kept."""
    for shape in [(), (0,), (1,), (3, 0, 2), (2, 3, 4), (1, BLOCK + 1)]:
        x = np.full(shape, 0.5)
        got = arrays.sin(x)
        assert got.shape == shape
        assert got.dtype == np.float64
        assert np.all(got == sin(0.5))


def test_operands_are_broadcast() -> None:
    """A column against a row, an array against a number."""
    got = arrays.power([[1.0], [2.0], [3.0]], [2.0, 0.5])

    assert got.tolist() == [[power(a, b) for b in (2.0, 0.5)] for a in (1.0, 2.0, 3.0)]
    assert arrays.power(X, 2.0).tolist() == [power(x, 2.0) for x in X.tolist()]


@pytest.mark.parametrize("count", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 17])
def test_blocks_do_not_show(count: int) -> None:
    """Where blocks end makes no difference."""
    assert arrays.sin(X[:count]).tolist() == [sin(x) for x in X[:count].tolist()]


@pytest.mark.parametrize(
    "view",
    [
        pytest.param(lambda x: x[::2], id="every other"),
        pytest.param(lambda x: x[::-1], id="backwards"),
        pytest.param(lambda x: x[:6000].reshape(60, 100).T, id="transposed"),
        pytest.param(lambda x: x.astype(">f8"), id="big-endian"),
        pytest.param(lambda x: x.astype(np.float32), id="float32"),
        pytest.param(lambda x: x.astype(np.int32), id="integers"),
        pytest.param(lambda x: x.tolist()[:50], id="list"),
    ],
)
def test_any_memory_layout(view: Any) -> None:
    """The elements count, not how they lie in memory; float32 and integers become doubles."""
    given_ = view(X)
    plain = np.array(given_, dtype=np.float64)

    assert np.array_equal(arrays.exp(given_), arrays.exp(plain))


def test_out_takes_the_result() -> None:
    """It is what is returned."""
    out = np.zeros_like(X)

    assert arrays.cos(X, out=out) is out
    assert np.array_equal(out, arrays.cos(X))


def test_out_may_be_an_operand() -> None:
    """In place, also where the slow path needs the operand again."""
    x = np.array([1.0, 1e300, -0.0, math.nan, 5e-324, 2.0])
    y = np.array([2.0, 1e10, 3.0, 1.0, 0.5, 0.5])
    expected = arrays.atan2(x, y)

    assert np.array_equal(arrays.atan2(x, y, out=y), expected, equal_nan=True)
    assert np.array_equal(y, expected, equal_nan=True)


def test_out_may_overlap_an_operand() -> None:
    """Shifted by one: no result is taken for an operand."""
    x = X.copy()
    expected = arrays.sin(X[:-1])

    arrays.sin(x[:-1], out=x[1:])

    assert np.array_equal(x[1:], expected)


def test_out_may_be_float32() -> None:
    """Each result is rounded once, as a store does."""
    out = np.empty(X.shape, np.float32)

    arrays.tan(X, out=out)

    assert np.array_equal(out, arrays.tan(X).astype(np.float32))


def test_out_that_is_too_small_is_refused() -> None:
    """Results are never squeezed into it."""
    with pytest.raises(ValueError, match="broadcast"):
        arrays.sin(np.ones((2, 3)), out=np.ones(3))


@pytest.mark.parametrize("op", OPERATIONS[:11], ids=lambda op: op.name)
def test_temporaries_are_no_larger_than_a_block(op: Any) -> None:
    """Memory beyond operands and result does not grow with the arrays."""
    operands = [uniform(0.01, 0.99, 100_000, i) for i in range(len(op.ranges))]
    out = np.empty(100_000)
    op.many(*operands, out=out)
    tracemalloc.start()
    op.many(*operands, out=out)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 40 * BLOCK * 8 < out.nbytes


def test_operands_are_not_changed() -> None:
    """Not even where the fast path fails."""
    x = np.array([1.0, 1e300, math.inf, -0.0, 800.0, -800.0, -5e-324])
    for op in OPERATIONS:
        before = [x.copy() for _ in op.ranges]
        op.many(*before)
        assert all(np.array_equal(b, x) for b in before)


def test_there_is_one_nan() -> None:
    """Whatever NaN goes in, and wherever one comes about."""
    odd = np.array([0xFFF8000000000123, 0x7FF8000000000001], np.uint64).view(np.float64)
    for op in OPERATIONS:
        got = op.many(*([np.concatenate([odd, [np.inf, -np.inf, -2.0, 0.0]])] * len(op.ranges)))
        if got.dtype == np.float64:
            assert set(got[np.isnan(got)].view(np.uint64).tolist()) <= {0x7FF8000000000000}


def test_one_nan_copy() -> None:
    """Only what has a NaN is copied."""
    plain, whole = np.array([1.0, -0.0]), np.array([1, 2])
    odd = np.array([0xFFC00001, 0x3F800000], np.uint32).view(np.float32)

    assert arrays.one_nan_copy(plain) is plain
    assert arrays.one_nan_copy(whole) is whole
    assert arrays.one_nan_copy(odd).view(np.uint32).tolist() == [0x7FC00000, 0x3F800000]


# --- Sums -----------------------------------------------------------------------------------


def by_loop(values: list[float]) -> float:
    total = 0.0
    for value in values:
        total = total + value
    return total


@pytest.mark.parametrize(
    "count", [0, 1, 2, 7, 8, 9, 127, 128, 129, BLOCK, BLOCK + 1, 3 * BLOCK + 5]
)
def test_total_is_added_from_left_to_right(count: int) -> None:
    """Bit for bit the sum of a loop, at lengths where NumPy's own sum changes its order."""
    values = uniform(-1.0, 1.0, count, 7) * 2.0 ** uniform(-40.0, 40.0, count, 8)

    assert arrays.total(values) == by_loop(values.tolist())


@examples(40, long=300)
@given(st.lists(st.floats(), max_size=40))
def test_total_of_anything(values: list[float]) -> None:
    """Also with infinities, NaN and signed zeros; nothing sums up to 0."""
    got, expected = arrays.total(values), by_loop(values)

    assert str(got) == str(expected) or (math.isnan(got) and math.isnan(expected))


# --- Colours --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rgba", "expected"),
    [
        ((1.0, 0.0, 0.0, 0.5), (128, 0, 0, 128)),
        ((0.2, 0.4, 0.6, 0.8), (41, 82, 122, 204)),
        ((0.5, 0.5, 0.5, 0.5), (64, 64, 64, 128)),
        ((0.0, 1.0, 0.0, 0.25), (0, 64, 0, 64)),
        ((2.0, -1.0, 0.5, 1.0), (255, 0, 128, 255)),
        ((math.nan, 1.0, 1.0, 1.0), (0, 255, 255, 255)),
        ((1.0, 1.0, 1.0, math.nan), (0, 0, 0, 0)),
        ((math.inf, -math.inf, -0.0, 1.0), (255, 0, 0, 255)),
    ],
)
def test_colour_bytes(rgba: tuple[float, ...], expected: tuple[int, ...]) -> None:
    """Section 10.8, with its examples."""
    r, g, b, a = rgba
    assert to_color_bytes(r, g, b, a) == expected
    assert arrays.color_bytes([rgba]).tolist() == [list(expected)]


def test_colour_bytes_agree() -> None:
    """Both forms, over colours around and outside the range, more than one block."""
    rgba = uniform(-0.2, 1.2, 4 * (BLOCK + 3), 3).reshape(-1, 4)

    assert arrays.color_bytes(rgba).tolist() == [list(to_color_bytes(*c)) for c in rgba.tolist()]
