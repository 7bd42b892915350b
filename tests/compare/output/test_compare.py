"""Two goldens compared: leaves within values, first divergence, counts, what would have passed."""

import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import pytest
from compare.golden.samples import Row, golden_of, numbers, values
from hypothesis import assume, example, given
from hypothesis import strategies as st

from irrun.compare.golden.report.wording import acceptance
from irrun.compare.output.compare import Comparison, compare_goldens
from irrun.compare.output.document import Golden, GoldenPolicy, GoldenRun, GoldenStub, GoldenValue
from irrun.compare.output.leaves import Leaf, LeafComparer
from irrun.compare.output.summaries import sampled
from irrun.compare.output.tolerance import EXACT, KINDS, Policy, Tolerance
from irrun.compare.output.values import ABSENT, ValueRecorder, golden_value
from irrun.ir.values import Array, Buffer

NAN, INF = math.nan, math.inf


# --- Leaves ---------------------------------------------------------------------------------


def leaves(expected: Any, got: Any, **tolerance: Any) -> list[Leaf]:
    """Return where two values differ, as their goldens have them."""
    documents = golden_value(expected), golden_value(got)
    return list(LeafComparer(Tolerance(**tolerance)).differing(*documents))


def f32(*elements: float) -> Array:
    """Return an array of float32."""
    return np.array(elements, np.float32)


class Difference(NamedTuple):
    name: str
    expected: Any
    got: Any
    paths: list[str]
    tolerance: dict[str, float] = {}  # noqa: RUF012 - nobody changes it


DEEP: Final = {"passes": [{"xy": [1, 2, 3]}, {"xy": [4]}], "clear": True}

DIFFERENCES = [
    Difference("nothing", DEEP, DEEP, []),
    Difference("a number", 1.0, 2.0, [""]),
    Difference("a number that is accepted", 1.0, 2.0, [], {"atol": 1.0}),
    Difference("deep within", DEEP, DEEP | {"passes": [{"xy": [1, 2, 9]}, {"xy": [5]}]},
               [".passes[0].xy[2]", ".passes[1].xy[0]"]),
    Difference("deep within, partly accepted", DEEP,
               DEEP | {"passes": [{"xy": [1, 2, 9]}, {"xy": [5]}]},
               [".passes[0].xy[2]"], {"atol": 1.0}),
    Difference("a member more", {"a": 1}, {"a": 1, "b": 2}, [".b"], {"atol": 9.0}),
    Difference("a member less", {"a": 1, "b": 2}, {"a": 1}, [".b"], {"atol": 9.0}),
    Difference("a list that is longer", [1], [1, 2, 3], ["[1]", "[2]"], {"atol": 9.0}),
    Difference("a list that is shorter", [1, 2], [], ["[0]", "[1]"], {"atol": 9.0}),
    Difference("a list for a record", [1], {"0": 1}, [""]),
    Difference("an empty list for an empty record", [], {}, [""]),
    Difference("a text", "left", "right", [""], {"atol": 9.0}),
    Difference("a number for a text", "1", 1, [""], {"atol": 9.0}),
    Difference("true for 1", 1, True, [""], {"atol": 9.0}),
    Difference("false for 0", 0, False, [""]),
    Difference("0 for null", None, 0, [""], {"atol": 9.0}),
    Difference("null for nothing", {"a": None}, {}, [".a"]),
    Difference("NaN", {"a": NAN}, {"a": NAN}, []),
    Difference("NaN for a number", {"a": 1.0}, {"a": NAN}, [".a"], {"atol": 9.0}),
    Difference("an infinity", [INF, -INF], [INF, INF], ["[1]"], {"atol": 9.0}),
    Difference("minus zero", [0.0], [-0.0], ["[0]"], {"atol": 9.0}),
    Difference("an array", f32(1, 2), f32(1, 2), []),
    Difference("an array of NaN", f32(1, NAN), f32(1, NAN), []),
    Difference("an element of an array", f32(1, 2), f32(1, 3), [""]),
    Difference("an array, whatever the tolerance", f32(1, 2), f32(1, 3), [""], {"atol": 9.0}),
    Difference("a longer array", f32(1, 2), f32(1, 2, 3), [".shape"], {"atol": 9.0}),
    Difference("another dtype", f32(1, 2), np.array([1, 2], np.float64), [".dtype"]),
    Difference("another dtype and shape", f32(1), np.array([1, 2], np.int32), [".dtype"]),
    Difference("components", Buffer(f32(1, 2, 3, 4, 5, 6), 2, "f32"),
               Buffer(f32(1, 2, 3, 4, 5, 6), 3, "f32"), [".shape"]),
    Difference("a buffer for an array", f32(1, 2), Buffer(f32(1, 2), 1, "f32"), [".kind"]),
    Difference("an empty array", f32(), f32(), []),
    Difference("an array within a record", {"a": [f32(1)]}, {"a": [f32(2)]},
               [".a[0]"]),
    Difference("a number for an array", f32(1), 1.0, [""], {"atol": 9.0}),
]  # fmt: skip


@pytest.mark.parametrize("row", DIFFERENCES, ids=lambda row: row.name)
def test_where_two_values_differ(row: Difference) -> None:
    """The path to each part that differs, in the order of the document."""
    found = [leaf.path for leaf in leaves(row.expected, row.got, **row.tolerance)]

    assert found == row.paths


def test_a_part_that_is_not_there_is_absent() -> None:
    """Neither null nor 0: the leaf says that it is not there."""
    (more,) = leaves({}, {"a": None})
    (less,) = leaves([5], [])

    assert (more.expected, more.got) == (ABSENT, None)
    assert (less.expected, less.got) == (5, ABSENT)


def test_a_number_is_measured_in_three_ways() -> None:
    """Absolute, relative to the expected, in ulps; nothing of it for what is not finite."""
    (leaf,) = leaves(2.0, 2.0000000000000004)
    assert (leaf.absolute, leaf.relative, leaf.ulps) == (2.0**-51, 2.0**-52, 1)
    (leaf,) = leaves(0.0, 0.5)
    assert (leaf.absolute, leaf.relative) == (0.5, INF)
    for expected, got in ((1.0, NAN), (INF, 1.0), (0.0, -0.0), ("a", "b"), (True, 1)):
        (leaf,) = leaves(expected, got)
        assert (leaf.absolute, leaf.relative, leaf.ulps) == (None, None, None)


@given(values, values)
def test_any_two_values_compare(expected: Any, got: Any) -> None:
    """No pair is too odd; a value never differs from itself, and differing is mutual."""
    assert leaves(expected, expected) == []
    assert bool(leaves(expected, got)) is bool(leaves(got, expected))


# --- Whole buffers --------------------------------------------------------------------------


def whole(*rows: Row) -> Golden:
    """Return a golden with its whole arrays."""
    recorder = ValueRecorder(keep_arrays=True)
    for row in rows:
        for value in row.values():
            recorder.value(value)
    return golden_of(*rows, arrays=recorder.arrays)


def test_whole_buffers_are_compared_element_by_element() -> None:
    """The element's index, its numbers, ulps of what the array holds."""
    a = np.arange(100, dtype=np.float32)
    b = a.copy()
    b[40], b[99] = 40.5, np.nextafter(np.float32(99), np.float32(200))

    (value,) = compare_goldens(whole({"dots": a}), whole({"dots": b})).values

    assert (value.first.leaf.path, value.first.leaf.got) == ("[40]", 40.5)
    assert value.needed_atol == 0.5
    assert value.largest is not None
    assert value.largest.leaf.path == "[40]"
    for policy, is_same in (
        (Policy({"atol": {"*": 0.5}}), True),
        (Policy({"atol": {"*": 0.4}}), False),
        (Policy({"ulp": {"*": 1}}), False),
    ):
        assert compare_goldens(whole({"dots": a}), whole({"dots": b}), policy).is_same is is_same


def test_an_ulp_of_a_float32_buffer_is_one_of_float32() -> None:
    """Neighbours in float32 are one apart, although far apart as doubles."""
    a, b = f32(1, 2, 3), f32(1, 2, np.nextafter(np.float32(3), np.float32(4)))

    policy = Policy({"ulp": {"*": 1}})

    assert compare_goldens(whole({"dots": a}), whole({"dots": b}), policy).is_same


def test_special_elements_follow_the_rule() -> None:
    """NaN for NaN whatever its bits, infinities by sign, minus zero apart."""
    odd = f32(1)
    odd.view(np.uint32)[0] = 0x7FC12345
    before, after = f32(NAN, INF, 0.0, 1), np.concatenate([odd, f32(INF, -0.0, 2)])

    comparison = compare_goldens(
        whole({"a": before}), whole({"a": after}), Policy({"atol": {"*": 1.0}})
    )

    assert [v.first.leaf.path for v in comparison.values] == ["[2]"]
    assert not comparison.values[0].acceptable


def test_without_the_whole_arrays_no_tolerance_is_known_to_accept() -> None:
    """Of one side or of both: what was sampled may agree and the rest not."""
    a = np.zeros(1000, np.float32)
    b = a.copy()
    b[1] = 1e-6
    assert 1 not in sampled(1000)
    for expected, got in (
        (golden_of({"a": a}), golden_of({"a": b})),
        (whole({"a": a}), golden_of({"a": b})),
        (golden_of({"a": a}), whole({"a": b})),
    ):
        comparison = compare_goldens(expected, got, Policy({"atol": {"*": 1.0}}))
        assert not comparison.is_same
        assert comparison.needed is None
        (words,) = comparison.values[0].first.leaf.changes
        assert words == "0 to 0..1e-06, 0 of 5 kept elements differ"
        assert "--buffers full" in acceptance(comparison)
    assert compare_goldens(whole({"a": a}), whole({"a": b}), Policy({"atol": {"*": 1.0}})).is_same


@pytest.mark.parametrize("size", [0, 1, 2, 7, 8, 9, 100, 12345])
def test_a_sample_has_both_ends_and_no_element_twice(size: int) -> None:
    """At most 5, in order, evenly spread."""
    found = sampled(size)

    assert found == sorted(set(found))
    assert len(found) == min(size, 5)
    assert {0, size - 1} <= set(found) or size == 0


# --- The whole comparison -------------------------------------------------------------------


def test_equal_goldens_have_no_difference() -> None:
    """Nothing differs, nothing was accepted, nothing would be needed."""
    found = compare_goldens(golden_of({"a": 1}, {"a": 2}), golden_of({"a": 1}, {"a": 2}))

    assert found.is_same
    assert (found.frames, found.frames_differing, found.accepted) == (2, 0, 0)
    assert (found.first, found.largest, found.needed) == (None, None, None)


def test_the_first_divergence_is_the_earliest_frame_then_the_order_of_the_frame() -> None:
    """Values are written in an order: the cause comes before its consequences."""
    before: list[Row] = [{"z": 0, "m": 0, "a": 0} for _ in range(4)]
    after: list[Row] = [
        {"z": 0, "m": 0, "a": 0},
        {"z": 0, "m": 1, "a": 1},
        {"z": 5, "m": 1, "a": 1},
        {"z": 5, "m": 0, "a": 0},
    ]

    found = compare_goldens(golden_of(*before), golden_of(*after))

    assert [(v.name, v.first.frame, v.frames) for v in found.values] == [
        ("m", 1, 2),
        ("a", 1, 2),
        ("z", 2, 2),
    ]
    assert found.first is found.values[0].first
    assert found.first is not None
    assert found.first.t_ms == pytest.approx(1000 / 60)
    assert (found.frames, found.frames_differing) == (4, 3)
    assert found.largest is not None
    assert (found.largest.name, found.largest.frame) == ("z", 2)


def test_a_difference_that_lasts_is_found_in_every_frame() -> None:
    """Also in frames in which neither side changes."""
    found = compare_goldens(golden_of(*[{"a": 1}] * 5), golden_of({"a": 1}, *[{"a": 2}] * 4))

    assert (found.frames_differing, found.values[0].frames) == (4, 4)


def test_a_difference_that_ends_is_not_found_after() -> None:
    """Even if the golden has nothing to say in the later frames."""
    found = compare_goldens(golden_of(*[{"a": 1}] * 5), golden_of({"a": 2}, *[{"a": 1}] * 4))

    assert (found.frames_differing, found.values[0].frames) == (1, 1)


def test_values_on_one_side_only_are_told() -> None:
    """Added and removed by name; what is common is compared all the same."""
    found = compare_goldens(golden_of({"a": 1, "old": 1}), golden_of({"a": 2, "new": 1}))

    assert (found.added, found.removed) == (("new",), ("old",))
    assert [v.name for v in found.values] == ["a"]
    assert (found.is_same, found.needed) == (False, None)


def test_a_value_that_is_absent_in_a_frame_differs_from_any_number() -> None:
    """Nothing is not 0, and no tolerance makes it so."""
    policy = Policy({"atol": {"*": 9.0}})

    found = compare_goldens(golden_of({"a": 0}), golden_of({"a": ABSENT}), policy)

    assert found.first is not None
    assert found.first.leaf.got == ABSENT
    assert found.needed is None


def test_other_settings_are_another_run() -> None:
    """Frames, speed, times, executors, stubs: told by name; no tolerance would do."""
    a = golden_of({"a": 1}, {"a": 1})
    runs = {
        "frames": GoldenRun(frames=3),
        "fps": GoldenRun(frames=2, fps=30),
        "start": GoldenRun(frames=2, start_ms=5),
        "times": GoldenRun(frames=2, times=(0.0, 1.0)),
        "executors": GoldenRun(frames=2, executors="stub"),
        "quirks": GoldenRun(frames=2, reference_quirks=True),
    }
    for name, run in runs.items():
        rows: list[Row] = [{"a": 1}] * run.frames
        found = compare_goldens(a, golden_of(*rows, run=run))
        assert any(name in setting for setting in found.settings), name
        assert not found.is_same
    stubs = (GoldenStub(step="s-one", kind="signalEval"),)
    header = type(a.header)(
        **{n: getattr(a.header, n) for n in a.header.__struct_fields__} | {"stubs": stubs}
    )
    found = compare_goldens(a, Golden(header, a.frames))
    assert "s-one" in found.settings[0]


def test_what_is_accepted_is_counted() -> None:
    """Values that differ within their tolerance, but not those that go beyond it in any frame."""
    policy = Policy({"atol": {"a": 1, "b": 1}})
    before: list[Row] = [{"a": 0, "b": 0, "c": 0}] * 2
    after: list[Row] = [{"a": 1, "b": 1, "c": 0}, {"a": 1, "b": 2, "c": 0}]

    found = compare_goldens(golden_of(*before), golden_of(*after), policy)

    assert (found.accepted, found.frames_differing) == (1, 1)
    assert [(v.name, v.first.frame) for v in found.values] == [("b", 1)]


def test_the_tolerance_is_that_of_the_golden_by_default() -> None:
    """And not of what came."""
    loose = GoldenPolicy(atol={"*": 1.0})

    assert compare_goldens(golden_of({"a": 1}, policy=loose), golden_of({"a": 2})).is_same
    assert not compare_goldens(golden_of({"a": 1}), golden_of({"a": 2}, policy=loose)).is_same


ALIASES: Final = {
    "output frame": GoldenValue(storage="f64", slot=7, label="Main", step="s-x"),
    "state n1:acc": GoldenValue(storage="f64", step="s-y"),
}


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("output frame", "output frame"), ("frame", "output frame"), ("7", "output frame"),
        ("Main", "output frame"), ("s-x", "output frame"), ("state n1:acc", "state n1:acc"),
        ("n1:acc", "state n1:acc"), ("n1:*", "state n1:acc"), ("s-y", "state n1:acc"),
        ("state *", "state n1:acc"),
    ],
)  # fmt: skip
def test_a_tolerance_names_a_value_by_any_of_its_names(pattern: str, value: str) -> None:
    """Its own, output id, slot, label, step, stable key; and no other value."""
    before, after = (golden_of(dict.fromkeys(ALIASES, number), infos=ALIASES) for number in (1, 2))

    found = compare_goldens(before, after, Policy({"atol": {pattern: 1}}))

    assert [v.name for v in found.values] == [name for name in ALIASES if name != value]
    assert found.unused == ()


def test_a_float32_slot_counts_ulps_of_float32() -> None:
    """As its storage says."""
    up = float(np.nextafter(np.float32(1), np.float32(2)))
    policy = Policy({"ulp": {"*": 1}})
    for storage, is_same in (("f32", True), ("f64", False)):
        infos = {"a": GoldenValue(storage=storage)}
        goldens = golden_of({"a": 1.0}, infos=infos), golden_of({"a": up}, infos=infos)
        assert compare_goldens(*goldens, policy).is_same is is_same


# --- What would have passed -----------------------------------------------------------------

pairs = st.lists(st.tuples(numbers.map(float), numbers.map(float)), min_size=1, max_size=5)


def passes(before: Golden, after: Golden, kind: str, amount: float) -> bool:
    """True if a tolerance of one kind, for all values, accepts the difference."""
    rules: Mapping[Any, Any] = {kind: {"*": amount}}
    return compare_goldens(before, after, Policy(rules)).is_same


def compared(found: list[tuple[float, float]]) -> tuple[Golden, Golden, Comparison]:
    """Return goldens of two values over frames, and how they differ."""
    rows = [[{"a": pair[i], "b": [0, {"x": pair[1 - i]}]} for pair in found] for i in (0, 1)]
    before, after = golden_of(*rows[0]), golden_of(*rows[1])
    return before, after, compare_goldens(before, after, Policy())


@given(pairs)
@example([(1.7e308, -1.7e308)])
@example([(0.0, 5e-324), (1.0, 3.0)])
def test_what_would_have_passed_passes_and_less_does_not(found: list[tuple[float, float]]) -> None:
    """Each tolerance that is named accepts alone; the next smaller atol and ulp do not.

    What could be written on a command line is named, and nothing else.
    """
    before, after, comparison = compared(found)
    needed = comparison.needed
    assume(needed is not None)
    assert needed is not None

    assert needed.keys() <= set(KINDS)
    for kind, amount in needed.items():
        assert math.isfinite(amount)
        assert passes(before, after, kind, amount)
    if "atol" in needed:
        assert not passes(before, after, "atol", math.nextafter(needed["atol"], -1))
    assert not passes(before, after, "ulp", needed["ulp"] - 1)


@given(pairs)
def test_nothing_would_have_passed_where_nothing_could(found: list[tuple[float, float]]) -> None:
    """None is said only where the widest tolerances of all do not accept."""
    before, after, comparison = compared(found)
    assume(comparison.needed is None and not comparison.is_same)

    assert not passes(before, after, "atol", 1.7976931348623157e308)
    assert not passes(before, after, "ulp", 2.0**65)


def test_exact_is_the_rule_without_rules() -> None:
    """A policy of nothing accepts nothing."""
    assert Policy().tolerance(("a",)) == EXACT
