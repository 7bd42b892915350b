"""Huge angles: reduced all at once to the bits of the form in integers, whatever the bits are."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from irrun.numerics import arrays, transcendental
from irrun.numerics.blocks import Block
from irrun.numerics.formulas import huge_angles, reduction
from irrun.numerics.formulas.constants import HALF_PI_192, TWO_OVER_PI_1280
from irrun.numerics.formulas.huge_angles import BASE, GUARDS, LIMB, TURNS

LEAST_MANTISSA, MANTISSAS = 1 << 52, 1 << 52
EXPONENTS = range(20 - 52, 1023 - 52 + 1)
"""An angle of 2^20 or more is a mantissa times two to the power of one of these."""


def first_within(a: int, modulus: int, low: int, high: int) -> int | None:
    """Return the least x >= 0 with low <= a x mod modulus <= high; None if there is none.

    As in Euclid's algorithm: a x - modulus y is wanted in that range, so modulus y mod a is too.
    """
    if low == 0:
        return 0
    if a == 0:
        return None
    x = -(-low // a)
    if a * x <= high:
        return x
    y = first_within(modulus % a, a, -high % a, -low % a)
    return None if y is None else -(-(low + modulus * y) // a)


def test_first_within() -> None:
    """Tried against a search."""
    for a, modulus, low, high in [(7, 30, 4, 5), (13, 100, 98, 99), (4, 10, 3, 3), (6, 9, 1, 2)]:
        all_of = [x for x in range(modulus) if low <= a * x % modulus <= high]
        assert first_within(a, modulus, low, high) == (all_of[0] if all_of else None)


def mantissa_near_whole_turns(k: int, bits: int) -> int | None:
    """Return one of which m 2^k is within 2^-bits quarter turns above a whole number of them."""
    modulus = 1 << 400
    step = ((TWO_OVER_PI_1280 << 400) >> (1280 - k)) % modulus
    start = LEAST_MANTISSA * step % modulus
    low = -start % modulus
    high = min(low + (1 << (400 - bits)), modulus - 1)
    found = first_within(step, modulus, low, high)
    return None if found is None or found >= MANTISSAS else LEAST_MANTISSA + found


def worst_angles() -> list[float]:
    """Return for each exponent an angle that is nearly as near to whole quarter turns as any."""
    found = []
    for k in EXPONENTS:
        bits = 70
        while (mantissa := mantissa_near_whole_turns(k, bits)) is None:
            bits -= 1
        found.append(mantissa * 2.0**k)
    return found


def by_integers(x: Block) -> bytes:
    return np.array([reduction.quarter_turns_of_huge(a) for a in x.tolist()]).T.tobytes()


def at_once(x: Block) -> bytes:
    return np.array(huge_angles.quarter_turns_of_huge_block(x)).tobytes()


@pytest.mark.usefixtures("forms")
def test_worst_angles() -> None:
    """For every exponent, with their neighbours, both signs; a block more than one."""
    worst = np.array(worst_angles())
    assert min(abs(transcendental.sin(x)) for x in worst.tolist()) < 1e-18
    x = np.concatenate([worst, -worst, np.nextafter(worst, 0), np.nextafter(worst, np.inf)])
    x = x[np.isfinite(x)]
    assert at_once(x) == by_integers(x)
    assert arrays.sin(x).tolist() == [transcendental.sin(a) for a in x.tolist()]
    assert arrays.cos(x).tolist() == [transcendental.cos(a) for a in x.tolist()]
    assert arrays.tan(x).tolist() == [transcendental.tan(a) for a in x.tolist()]


@examples(60, long=2000)
@given(
    st.lists(st.floats(2.0**20, allow_infinity=False), min_size=1, max_size=20),
    st.sampled_from([-1.0, 1.0]),
)
def test_any_angles(sizes: list[float], sign: float) -> None:
    """Whatever else is reduced beside them."""
    x = np.array(sizes) * sign
    assert at_once(x) == by_integers(x)


def test_cut_limbs_never_carry() -> None:
    """For no mantissa do the limbs that are left out reach the turns: proved for each exponent.

    They make less than 2^53 units of the lowest guard. For a carry the guards would have to be
    that near to all ones.
    """
    modulus = 1 << (GUARDS * LIMB)
    for k in EXPONENTS:
        lowest = 1280 - 192 - k - GUARDS * LIMB
        if lowest <= 0:
            continue  # nothing is left out
        step = (TWO_OVER_PI_1280 >> lowest) % modulus
        start = LEAST_MANTISSA * step % modulus
        low, high = modulus - (1 << 53) - start, modulus - 1 - start
        spans = [(low, high)] if low >= 0 else [(low % modulus, modulus - 1), (0, high)]
        found = [first_within(step, modulus, *span) for span in spans]
        assert all(x is None or x >= MANTISSAS for x in found), k


def test_windows_are_cut_from_two_over_pi() -> None:
    """A column for each exponent field; whole rounds are cut off above, the guards end below."""
    windows = huge_angles.windows()
    for field in (huge_angles.FIRST_FIELD, 1500, 2030, 2046):
        limbs = windows[:, field - huge_angles.FIRST_FIELD].tolist()
        number = sum(limb << (LIMB * i) for i, limb in enumerate(limbs))
        exact = Fraction(TWO_OVER_PI_1280, 1 << 1280) * Fraction(2) ** (field - 1075)
        assert number == math.floor(exact * 2 ** (192 + GUARDS * LIMB)) % (
            1 << LIMB * (GUARDS + TURNS)
        )


@pytest.mark.parametrize("size", [2.0**12, 2.0**20, 1e22, 1e300])
def test_near_angles(size: float) -> None:
    """Within half a turn, and as good as they say."""
    x = np.random.default_rng(1).uniform(size, size * 1.9, 200) * np.array([1, -1] * 100)
    near = huge_angles.near_angles(x)
    turn = Fraction(4 * HALF_PI_192, 1 << 192)
    for angle, found in zip(x.tolist(), near.tolist(), strict=True):
        if size < 1e23:  # beyond, a turn needs more digits than this one has
            apart = (Fraction(angle) - Fraction(found)) / turn
            assert abs(apart - round(apart)) < Fraction(2) ** -50
        assert abs(found) <= math.pi
        assert abs(transcendental.sin(angle) - transcendental.sin(found)) < 2.0**-49


# --- Long numbers to doubles ------------------------------------------------------------------

ONES = (1 << LIMB) - 1
limbs = st.lists(st.sampled_from([0, 0, 1, 1 << 27, ONES]) | st.integers(0, ONES), max_size=14)
heads = st.sampled_from([0, -1, 1, (1 << 25) - 1, -(1 << 25)]) | st.integers(-(1 << 25), 1 << 25)


def whole_number(head: int, rest: list[int]) -> int:
    for limb in reversed(rest):
        head = (head << LIMB) + limb
    return head


@examples(300, long=5000)
@given(st.lists(heads, min_size=1, max_size=4), limbs)
def test_nearest_double(tops: list[int], rest: list[int]) -> None:
    """As Python rounds integers; runs of zeros and ones, ties and cancelled heads among them."""
    columns = np.array([[limb] * len(tops) for limb in rest], np.int64).reshape(-1, len(tops))
    found = huge_angles.nearest_double(np.array(tops), columns)
    assert found.tolist() == [float(whole_number(top, rest)) * BASE for top in tops]


@examples(300, long=5000)
@given(st.lists(heads, min_size=1, max_size=4), limbs)
def test_two_doubles(tops: list[int], rest: list[int]) -> None:
    """The nearest one, and the one nearest to what is left."""
    rest = [*rest, 1, 2, 3]
    columns = np.array([[limb] * len(tops) for limb in rest], np.int64)
    high, low = huge_angles.two_doubles(np.array(tops), columns)
    for i, top in enumerate(tops):
        number = whole_number(top, rest)
        nearest = float(number)
        assert high[i] == nearest * BASE
        assert low[i] == float(number - int(nearest)) * BASE
