"""When numbers count as equal, and whose tolerance is whose."""

import math
from typing import Any, NamedTuple

import pytest
from compare.golden.samples import bits, numbers
from hypothesis import assume, example, given
from hypothesis import strategies as st

from irrun.compare.output.tolerance import EXACT, KINDS, Kind, Policy, Tolerance
from irrun.numerics.ulps import ulps_between

NAN, INF = math.nan, math.inf
UP: float = math.nextafter(1.0, 2.0)


# --- The rule -------------------------------------------------------------------------------


class Row(NamedTuple):
    name: str
    expected: float
    got: float
    tolerance: dict[str, Any]
    is_accepted: bool
    single: bool = False


ROWS = [
    Row("the same number", 1.5, 1.5, {}, True),
    Row("the next number", 1.0, UP, {}, False),
    Row("NaN for NaN", NAN, NAN, {}, True),
    Row("NaN of the other sign", NAN, -NAN, {}, True),
    Row("NaN for a number", 1.0, NAN, {"atol": 1e300, "rtol": 1e300, "ulp": 2**64}, False),
    Row("a number for NaN", NAN, 1.0, {"atol": 1e300, "rtol": 1e300, "ulp": 2**64}, False),
    Row("NaN for infinity", INF, NAN, {"atol": 1e300}, False),
    Row("infinity for itself", INF, INF, {}, True),
    Row("minus infinity for itself", -INF, -INF, {}, True),
    Row("infinity of the other sign", INF, -INF, {"atol": 1e300, "rtol": 1e300}, False),
    Row("infinity for the largest number", 1.7976931348623157e308, INF,
        {"atol": 1e300, "rtol": 2.0, "ulp": 2}, False),
    Row("the largest number for infinity", INF, 1.7976931348623157e308,
        {"atol": 1e300, "rtol": 2.0, "ulp": 2}, False),
    Row("zero for zero", 0.0, 0.0, {}, True),
    Row("minus zero for minus zero", -0.0, -0.0, {}, True),
    Row("minus zero for zero", 0.0, -0.0, {}, False),
    Row("zero for minus zero", -0.0, 0.0, {}, False),
    Row("minus zero for zero, within any distance", 0.0, -0.0,
        {"atol": 1.0, "rtol": 1.0, "ulp": 9}, False),
    Row("minus zero for zero, taken for equal", 0.0, -0.0, {"equal_zeros": True}, True),
    Row("zeros taken for equal accept no other number", 0.0, 5e-324, {"equal_zeros": True}, False),
    Row("at atol", 1.0, 1.25, {"atol": 0.25}, True),
    Row("at atol, below", 1.0, 0.75, {"atol": 0.25}, True),
    Row("just beyond atol", 1.0, math.nextafter(1.25, 2), {"atol": 0.25}, False),
    Row("at rtol", -8.0, -9.0, {"rtol": 0.125}, True),
    Row("just beyond rtol", -8.0, math.nextafter(-9.0, -10), {"rtol": 0.125}, False),
    Row("rtol counts from the expected", 1.0, 2.0, {"rtol": 0.5}, False),
    Row("and not from what came", 2.0, 1.0, {"rtol": 0.5}, True),
    Row("rtol of an expected zero", 0.0, 5e-324, {"rtol": 1e300}, False),
    Row("atol and rtol add up", 8.0, 9.25, {"atol": 0.25, "rtol": 0.125}, True),
    Row("beyond both together", 8.0, 9.375, {"atol": 0.25, "rtol": 0.125}, False),
    Row("at ulp", 1.0, math.nextafter(UP, 2), {"ulp": 2}, True),
    Row("beyond ulp", 1.0, math.nextafter(UP, 2), {"ulp": 1}, False),
    Row("ulp across zero", -5e-324, 5e-324, {"ulp": 2}, True),
    Row("ulp across zero, too few", -5e-324, 5e-324, {"ulp": 1}, False),
    Row("ulp instead of atol", 1.0, UP, {"atol": 1e-300, "ulp": 1}, True),
    Row("ulps of float32", 1.0, 1.0000001192092896, {"ulp": 1}, True, single=True),
    Row("which are many of double", 1.0, 1.0000001192092896, {"ulp": 1}, False),
    Row("a distance beyond all doubles", 1.7e308, -1.7e308, {"atol": 1e308}, False),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_counts_as_equal(row: Row) -> None:
    """|got - expected| <= atol + rtol * |expected|, or so many ulps; NaN, infinities, zeros."""
    found = Tolerance(**row.tolerance).accepts(row.expected, row.got, single=row.single)

    assert found is row.is_accepted


@given(numbers.map(float), numbers.map(float))
def test_without_a_tolerance_only_the_same_bits_are_equal(expected: float, got: float) -> None:
    """Exact is exact: but for NaN, of which there is one."""
    is_same = bits(expected) == bits(got) or (math.isnan(expected) and math.isnan(got))

    assert EXACT.accepts(expected, got) is is_same


tolerances = st.builds(
    Tolerance,
    atol=st.floats(0, 1e3),
    rtol=st.floats(0, 10),
    ulp=st.integers(0, 2**54),
    equal_zeros=st.booleans(),
)


@given(numbers.map(float), tolerances)
def test_what_is_there_is_always_accepted(number: float, tolerance: Tolerance) -> None:
    """Nothing is so tolerant that it refuses what it expects."""
    assert tolerance.accepts(number, number)


@given(numbers.map(float), numbers.map(float), tolerances)
def test_a_wider_tolerance_accepts_no_less(
    expected: float, got: float, tolerance: Tolerance
) -> None:
    """Whatever one accepts, one that is wider in all ways accepts too."""
    assume(tolerance.accepts(expected, got))
    wider = Tolerance(
        tolerance.atol * 2, tolerance.rtol * 2, tolerance.ulp * 2, tolerance.equal_zeros
    )

    assert wider.accepts(expected, got)


# --- What would have been needed ------------------------------------------------------------

finite = st.floats(allow_nan=False, allow_infinity=False)
moderate = st.floats(-1e300, 1e300)


@given(moderate, moderate)
@example(0.0, 5e-324)
@example(1.0, UP)
@example(-5e-324, 5e-324)
@example(0.1, 0.3)
def test_the_smallest_atol_is_the_smallest(expected: float, got: float) -> None:
    """The atol that is named accepts; the next smaller number does not."""
    assume(expected != got)
    atol, _ = EXACT.needed(expected, got)

    assert Tolerance(atol=atol).accepts(expected, got)
    assert not Tolerance(atol=math.nextafter(atol, 0)).accepts(expected, got)


@given(moderate, moderate, st.floats(0, 1), st.floats(0, 1e6))
@example(5e-324, 1e-323, 0.0, 0.0)
@example(1.5e-323, 5e-324, 0.0, 0.0)
@example(0.1, 0.3, 1e-9, 1e-9)
def test_a_needed_tolerance_accepts_beside_the_others(
    expected: float, got: float, rtol: float, atol: float
) -> None:
    """Beside the other tolerances as they are, the named atol accepts, and so does the rtol."""
    assume(expected != got)
    needed = Tolerance(atol, rtol).needed(expected, got)

    assert Tolerance(needed[0], rtol).accepts(expected, got)
    if math.isfinite(needed[1]):
        assert Tolerance(atol, needed[1]).accepts(expected, got)
    else:
        assert expected == 0 or abs(got - expected) / abs(expected) > 1e300


@given(moderate, moderate)
@example(5e-324, -5e-324)
def test_as_many_ulps_as_they_are_apart_and_no_fewer(expected: float, got: float) -> None:
    """The needed ulps are the ulps between."""
    assume(expected != got)
    count = ulps_between(expected, got)

    assert Tolerance(ulp=count).accepts(expected, got)
    assert not Tolerance(ulp=count - 1).accepts(expected, got)


@pytest.mark.parametrize("expected", [0.0, -0.0])
def test_no_rtol_accepts_where_zero_was_expected(expected: float) -> None:
    """A share of nothing is nothing: the needed rtol is infinite."""
    assert EXACT.needed(expected, 1e-9) == (1e-9, INF)


# --- Whose tolerance ------------------------------------------------------------------------

NAMES = ("output frame", "frame", "7", "Main frame", "s-render")
"""The names of a value: its own, its output id, its slot, its label, its step."""


class Naming(NamedTuple):
    name: str
    rules: dict[str, float]
    atol: float
    """Of the value with `NAMES`."""


NAMING = [
    Naming("no rule", {}, 0),
    Naming("all values", {"*": 1}, 1),
    Naming("full name", {"output frame": 1}, 1),
    Naming("output id", {"frame": 1}, 1),
    Naming("slot number", {"7": 1}, 1),
    Naming("label", {"Main frame": 1}, 1),
    Naming("step", {"s-render": 1}, 1),
    Naming("glob", {"s-*": 1}, 1),
    Naming("glob of a label", {"Main ?rame": 1}, 1),
    Naming("glob of a class", {"[6-8]": 1}, 1),
    Naming("another slot", {"8": 1, "77": 2, "70": 3}, 0),
    Naming("a part of a name", {"fram": 1, "rame": 2}, 0),
    Naming("case counts", {"FRAME": 1, "main frame": 2}, 0),
    Naming("a name beats all", {"*": 1, "frame": 2}, 2),
    Naming("in whatever order", {"frame": 2, "*": 1}, 2),
    Naming("even if it is stricter", {"frame": 0, "*": 1}, 0),
    Naming("a glob beats all", {"fr*": 2, "*": 1}, 2),
    Naming("the last counts", {"frame": 1, "7": 2}, 2),
    Naming("the last counts, the other way round", {"7": 2, "frame": 1}, 1),
    Naming("a glob after a name", {"frame": 1, "fr*": 3}, 3),
    Naming("what names nothing has no say", {"7": 2, "8": 5}, 2),
]


@pytest.mark.parametrize("row", NAMING, ids=lambda row: row.name)
@pytest.mark.parametrize("kind", KINDS)
def test_which_rule_holds_for_a_value(kind: Kind, row: Naming) -> None:
    """Any of a value's names, or a glob; what is specific beats `*`; of several the last."""
    found = Policy({kind: row.rules}).tolerance(NAMES)

    assert getattr(found, kind) == row.atol
    assert [getattr(found, other) for other in KINDS if other != kind] == [0, 0]


def test_each_kind_has_rules_of_its_own() -> None:
    """A rule for atol does not keep the rtol of all values away."""
    policy = Policy({"atol": {"frame": 1}, "rtol": {"*": 2}, "ulp": {"8": 3}}, equal_zeros=True)

    assert policy.tolerance(NAMES) == Tolerance(1, 2, 0, equal_zeros=True)


@pytest.mark.parametrize("name", ["state n[1]:acc", "a*b", "what?", "[x]", "[!]"])
def test_a_name_that_looks_like_a_glob_names_itself(name: str) -> None:
    """Ids may hold brackets, stars and question marks."""
    assert Policy({"atol": {name: 2}}).tolerance((name, "7")).atol == 2


def test_rules_that_name_nothing_are_told() -> None:
    """By kind and name; `*` and what names one value of several is used."""
    values = [("output frame", "frame", "7"), ("slot 8", "8")]
    policy = Policy(
        {
            "atol": {"*": 1, "frame": 1, "9": 1},
            "rtol": {"s-*": 1},
            "ulp": {"[78]": 1, "output *": 2, "slot 7": 3},
        }
    )

    assert policy.unused(values) == ["atol 9", "rtol s-*", "ulp slot 7"]
    assert Policy({"atol": {"*": 1}}).unused([]) == []


def test_further_rules_come_after_and_replace_none_of_other_names() -> None:
    """What is given with a command comes last; the golden's other rules stay."""
    own = Policy({"atol": {"frame": 1, "8": 2}, "ulp": {"*": 4}})

    found = own.with_rules({"atol": {"frame": 5}, "rtol": {"*": 6}}, equal_zeros=True)

    assert found.tolerance(NAMES) == Tolerance(5, 6, 4, equal_zeros=True)
    assert found.tolerance(("8",)) == Tolerance(2, 6, 4, equal_zeros=True)
    assert own.tolerance(NAMES) == Tolerance(1, 0, 4)


def test_a_further_rule_counts_last_even_if_the_golden_had_one_of_that_name() -> None:
    """`--atol frame=5` beats a golden's `7` although the golden named `frame` before `7`."""
    own = Policy({"atol": {"frame": 1, "7": 2}})

    assert own.with_rules({"atol": {"frame": 5}}, equal_zeros=False).tolerance(NAMES).atol == 5
