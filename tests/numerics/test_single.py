"""float32 forms give what doubles that are rounded to float32 would, bit for bit."""

from collections.abc import Callable
from itertools import product
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from irrun.numerics import arrays, exact, single
from irrun.numerics.arrays import to_f32_array
from irrun.numerics.formulas import single_circular

pytestmark = pytest.mark.usefixtures("forms")

F32 = NDArray[np.float32]

_TINY, _NORMAL, _LARGEST = 2.0**-149, 2.0**-126, float(np.finfo(np.float32).max)
_SIZES: Final = (
    0.0, _TINY, 3 * _TINY, _NORMAL - _TINY, _NORMAL, 0.1, 1 / 3, 0.49999997, 0.5, 0.50000006, 1.0,
    1.0000001, 1.5, 2.5, 3.0, 255.0, 8388607.5, 8388609.0, 16777215.0, 2.0**24, 2.0**31, 1e20,
    _LARGEST / 2, _LARGEST, np.inf, np.nan,
)  # fmt: skip
HARD: Final = np.array([x for size in _SIZES for x in (size, -size)], np.float32)
"""Ends of ranges, halves, numbers without neighbours, what is no number."""


def _random(count: int, seed: int) -> F32:
    """Return float32 numbers of all sizes: random bits, and numbers near 1."""
    pick = np.random.default_rng(seed)
    bits = pick.integers(0, 2**32, count // 2, dtype=np.uint32).view(np.float32)
    near = pick.uniform(-4, 4, count - len(bits)).astype(np.float32)
    return pick.permutation(np.concatenate([bits, near]))


def _pairs() -> tuple[F32, F32]:
    hard = np.array(list(product(HARD, HARD)), np.float32)
    a, b = _random(200_000, 1), _random(200_000, 2)
    return np.concatenate([hard[:, 0], a]), np.concatenate([hard[:, 1], b])


def same_bits(got: NDArray[Any], wanted: NDArray[Any]) -> bool:
    """True for float32 arrays with the same bits, all NaNs taken as one."""
    assert got.dtype == np.float32
    a, b = to_f32_array(got), to_f32_array(wanted)
    return np.array_equal(a.view(np.uint32), b.view(np.uint32))


UNARY: Final[dict[str, tuple[Callable[..., Any], Callable[..., Any]]]] = {
    "negate": (single.negate, np.negative),
    "absolute": (single.absolute, np.absolute),
    "sqrt": (single.sqrt, arrays.sqrt),
    "floor": (single.floor, arrays.floor),
    "ceil": (single.ceil, arrays.ceil),
    "round_half_up": (single.round_half_up, arrays.round_half_up),
    "fract": (single.fract, arrays.fract),
    "sign": (single.sign, arrays.sign),
}
BINARY: Final[dict[str, tuple[Callable[..., Any], Callable[..., Any]]]] = {
    "add": (single.add, np.add),
    "subtract": (single.subtract, np.subtract),
    "multiply": (single.multiply, np.multiply),
    "divide": (single.divide, arrays.divide),
    "remainder": (single.remainder, arrays.remainder),
    "minimum": (single.minimum, arrays.minimum),
    "maximum": (single.maximum, arrays.maximum),
    "step": (single.step, lambda edge, x: np.where(x < edge, 0.0, 1.0)),
}


def test_no_form_is_left_out() -> None:
    """Every operation of the module is compared here."""
    assert {*UNARY, *BINARY, "clamp"} == set(single.__all__)


@pytest.mark.parametrize("name", UNARY)
def test_one_operand(name: str) -> None:
    """Over hard and random numbers."""
    x = np.concatenate([HARD, _random(200_000, 3)])
    ours, in_doubles = UNARY[name]
    with np.errstate(all="ignore"):
        assert same_bits(ours(x), in_doubles(x.astype(np.float64)))


@pytest.mark.parametrize("name", BINARY)
def test_two_operands(name: str) -> None:
    """Over all pairs of hard numbers, and random ones."""
    a, b = _pairs()
    ours, in_doubles = BINARY[name]
    with np.errstate(all="ignore"):
        assert same_bits(ours(a, b), in_doubles(a.astype(np.float64), b.astype(np.float64)))


@pytest.mark.parametrize("name", ["add", "minimum", "remainder", "step"])
@pytest.mark.parametrize("order", [1, -1])
def test_one_number_for_all(name: str, order: int) -> None:
    """An array of one element serves for all of the other."""
    x, one = HARD, np.array([2.5], np.float32)
    ours, in_doubles = BINARY[name]
    operands = (x, one)[::order]
    with np.errstate(all="ignore"):
        assert same_bits(ours(*operands), in_doubles(*(o.astype(np.float64) for o in operands)))


bounds = st.floats(allow_nan=False, allow_infinity=False)


@given(bounds, bounds)
def test_clamp(low: float, high: float) -> None:
    """The bounds are doubles, in any order."""
    with np.errstate(all="ignore"):
        wanted = arrays.clamp_b(HARD.astype(np.float64), low, high)
        assert same_bits(single.clamp(HARD, low, high), wanted)


def test_operands_are_not_changed() -> None:
    """Results are new arrays."""
    a, b = HARD.copy(), HARD[::-1].copy()
    with np.errstate(all="ignore"):
        for ours, _ in BINARY.values():
            ours(a, b)
        for ours, _ in UNARY.values():
            ours(a)
    assert a.tobytes() == HARD.tobytes()
    assert b.tobytes() == HARD[::-1].tobytes()


@pytest.mark.parametrize("operation", [exact.minimum, exact.maximum])
def test_zeros_of_plain_numbers(operation: Callable[..., Any]) -> None:
    """A plain number is an operand too, also where zeros meet."""
    x = np.array([0.0, -0.0, 1.0], np.float32)
    for number in (0.0, -0.0):
        wanted = operation(x, np.full(3, number, np.float32))
        assert operation(x, number).tobytes() == wanted.tobytes()


# --- Sine and cosine --------------------------------------------------------------------------

WAVES: Final = {"sin": (single_circular.sin, arrays.sin), "cos": (single_circular.cos, arrays.cos)}


@pytest.mark.parametrize("name", WAVES)
@pytest.mark.parametrize("size", [1e-30, 1e-7, 1e-3, 1.0, 10.0, 4096.0, 4200.0, 1e6, 1e300])
def test_waves(name: str, size: float) -> None:
    """Over angles of every size, also where the short formula is not made for them."""
    ours, in_doubles = WAVES[name]
    x = np.random.default_rng(4).uniform(-size, size, 100_000)
    assert same_bits(ours(x), in_doubles(x))


@pytest.mark.parametrize("name", WAVES)
def test_waves_of_hard_angles(name: str) -> None:
    """Multiples of quarter turns, zeros, what is no number; alone and all together."""
    ours, in_doubles = WAVES[name]
    turns = np.arange(-3000, 3000) * (np.pi / 2)
    x = np.concatenate([turns, HARD.astype(np.float64), np.nextafter(turns, 0)])
    assert same_bits(ours(x), in_doubles(x))
    for number in (0.0, -0.0, np.nan, np.inf, 5e-324):
        assert same_bits(ours(np.full(3, number)), in_doubles(np.full(3, number)))


@pytest.mark.parametrize("name", WAVES)
def test_waves_near_the_middle_of_two_floats(name: str) -> None:
    """Angles whose result is as near to a rounding boundary as doubles come."""
    ours, in_doubles = WAVES[name]
    pick = np.random.default_rng(5).uniform(0.1, 1.4, 20_000)
    value = in_doubles(pick)
    low = value.astype(np.float32)
    middle = (low.astype(np.float64) + np.nextafter(low, np.float32(2))) / 2
    slope = np.cos(pick) if name == "sin" else -np.sin(pick)
    x = pick
    for _ in range(3):  # Newton's steps towards the angle whose wave is the middle
        x = x + (middle - in_doubles(x)) / slope
    near = np.concatenate([x, np.nextafter(x, 9), np.nextafter(x, -9)])
    is_near = np.absolute(in_doubles(x) - middle) < 2.0**-48
    assert is_near.mean() > 0.9
    assert same_bits(ours(near), in_doubles(near))


@pytest.mark.parametrize("shape", [(0,), (1,), (16384,), (16385,), (3, 2)])
def test_waves_of_any_shape(shape: tuple[int, ...]) -> None:
    """A block more or less does not show."""
    x = np.linspace(-9, 9, int(np.prod(shape))).reshape(shape)
    found = single_circular.sin(x)
    assert found.shape == shape
    assert same_bits(found, arrays.sin(x))
