"""What a golden keeps of a large array, and what is said of two that differ."""

import json
import math
from typing import Any

import numpy as np
import pytest
from compare.golden.samples import PROGRAMS
from hypothesis import given
from hypothesis import strategies as st

import irrun
from irrun.compare.output.changes import changes, summary_text
from irrun.compare.output.summaries import (
    elements_kept,
    frame_arrays,
    is_array_summary,
    learned_kept,
    sampled,
)
from irrun.compare.output.text import value_text
from irrun.compare.output.values import ValueRecorder, golden_value
from irrun.ir.values import Array, Buffer, MeshBuffer
from irrun.numerics.arrays import total
from irrun.program.reading.codec import load

WHITE, RED = [255, 255, 255, 255], [255, 0, 0, 255]


def colors(*rows: list[int]) -> Buffer:
    """Return a buffer of colours."""
    return Buffer(np.array(rows, np.uint8).reshape(-1), 4, "u8")


def f32(*numbers: float) -> Array:
    """Return an array of float32."""
    return np.array(numbers, np.float32)


def words(a: Any, b: Any) -> tuple[str, ...]:
    """Return how two values differ, by what goldens keep of them."""
    return changes(golden_value(a), golden_value(b))


# --- What is kept ---------------------------------------------------------------------------


def test_equal_elements_are_kept_as_one() -> None:
    """Whatever they are, also where there is only one."""
    assert elements_kept(colors(*[WHITE] * 100).data, 4) == {"all": WHITE}
    assert elements_kept(f32(0.1, 0.1), 1) == {"all": 0.1}
    assert elements_kept(f32(math.nan, -math.nan), 1) == {"all": "NaN"}
    assert elements_kept(f32(-0.0, -0.0), 1) == {"all": "-0"}
    assert elements_kept(f32(7), 1) == {"all": 7}
    assert elements_kept(f32(), 1) == {"sample": []}


def test_whole_elements_and_the_extent_of_each_component_are_kept() -> None:
    """First, middle and last of colours; five of plain numbers."""
    rows = [[i, 200 - i, 7, 255] for i in range(101)]

    assert elements_kept(colors(*rows).data, 4) == {
        "sample": [rows[0], rows[50], rows[100]],
        "least": [0, 100, 7, 255],
        "greatest": [100, 200, 7, 255],
        "sum": [5050, 15150, 707, 25755],
    }
    assert elements_kept(np.arange(9, dtype=np.float64), 1) == {
        "sample": [0, 2, 4, 6, 8],
        "least": 0,
        "greatest": 8,
        "sum": 36,
    }


def test_what_is_not_finite_is_counted_and_left_out() -> None:
    """By component; where nothing is finite there is no least and no greatest."""
    kept = elements_kept(f32(1, math.nan, math.inf, -math.inf, 5, math.nan), 2)

    assert (kept["least"], kept["greatest"]) == ([1, None], [5, None])
    assert (kept["sum"], kept["nonFinite"]) == ([6, 0], [1, 3])
    assert kept["sample"] == [[1, "NaN"], ["Infinity", "-Infinity"], [5, "NaN"]]


def test_a_zero_has_no_sign_in_an_extent() -> None:
    """Which of the two is least depends on the order of the search, not on the array."""
    for zeros in ((0.0, -0.0), (-0.0, 0.0)):
        kept = elements_kept(f32(*zeros), 1)
        assert (kept["least"], kept["greatest"], kept["sum"]) == (0, 0, 0)


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=2))
def test_the_sum_is_the_ordered_one(numbers: list[float]) -> None:
    """From left to right in doubles, with the bits of `numerics.arrays.total`."""
    array = f32(*numbers)
    kept = elements_kept(array, 1)

    assert "all" in kept or kept["sum"] == golden_value(total(array))


def test_components_that_do_not_divide_an_array_are_none() -> None:
    """It is kept as plain numbers."""
    assert elements_kept(f32(1, 2, 3), 2) == elements_kept(f32(1, 2, 3), 1)


@pytest.mark.parametrize(("size", "most"), [(0, 3), (2, 3), (3, 3), (4, 3), (1000, 3), (1000, 5)])
def test_elements_are_spread_with_both_ends(size: int, most: int) -> None:
    """None twice."""
    found = sampled(size, most)

    assert found == sorted(set(found))
    assert len(found) == min(size, most)
    assert {0, size - 1} <= set(found) or size == 0


def test_passes_tell_what_the_arrays_of_a_frame_are() -> None:
    """By the ends of the names; an array that is several things is the first of them."""
    passes = [
        {"buffers": {"posXY": {"bufferId": 1}, "size": {"bufferId": -2}, "rot": {"value": 1}}},
        {"geometry": {"pointsXY": {"bufferId": 1}}, "style": {"fillColorRGBA": {"bufferId": 4}}},
    ]

    assert frame_arrays(passes) == {
        "1": ("posXY", 2),
        "-2": ("size", 1),
        "4": ("fillColorRGBA", 4),
    }


UNSOUND: dict[str, dict[str, Any]] = {
    "no shape": {"shape": 3},
    "no type": {"dtype": 1},
    "no digest": {"digest": ["0"]},
    "no numbers": {"sample": [{}]},
    "an element too long": {"sample": [[1, 2], [1, 2, 3]], "least": [1, 2]},
    "no elements": {"sample": [], "least": 1},
    "no components": {"sample": [[]], "least": []},
    "all of nothing": {"all": []},
    "extents that differ": {"sample": [1], "least": 1, "greatest": [1, 2]},
}


@pytest.mark.parametrize("name", UNSOUND)
def test_a_record_of_the_same_names_is_no_summary(name: str) -> None:
    """A program may have such records, and a golden may be forged: they are plain data."""
    document = {"dtype": "float32", "shape": [3], "digest": "0", "sample": [1]}

    assert is_array_summary(document)
    assert not is_array_summary(document | UNSOUND[name])


# --- What is taken over ---------------------------------------------------------------------


def test_what_a_golden_keeps_is_taken_over_where_the_digest_is_the_same() -> None:
    """The text comes out the same, computed or not."""
    values = [colors(WHITE, RED, WHITE), f32(1, math.nan, 3), colors(RED, RED), f32(), f32(0.1)]
    learned = ValueRecorder()
    for value in values:
        learned.learn(value_text(golden_value(value)))

    for value in values:
        assert value_text(learned.value(value)) == value_text(golden_value(value))


def test_what_was_learned_of_other_components_is_not_taken() -> None:
    """Equal numbers may be other elements elsewhere."""
    flat, buffer = np.arange(8, dtype=np.uint8), Buffer(np.arange(8, dtype=np.uint8), 4, "u8")
    document = golden_value(buffer) | {"shape": [8], "digest": golden_value(flat)["digest"]}
    recorder = ValueRecorder()
    recorder.learn(value_text(document))

    assert recorder.value(flat) == golden_value(flat)


@pytest.mark.parametrize("text", [b'"all": ', b'"sample": [1], "more": 1', b'"least": 1', b"}"])
def test_what_is_not_in_order_is_not_learned(text: bytes) -> None:
    """It is computed."""
    assert learned_kept(text) is None


# --- In words -------------------------------------------------------------------------------


def test_a_constant_that_changed_is_named_by_component() -> None:
    """White to red: two components, all elements."""
    assert words(colors(*[WHITE] * 100), colors(*[RED] * 100)) == (
        "components g, b: 255 to 0 in 100 of 100 elements",
    )


def test_components_that_differ_each_in_its_way_have_a_line_each() -> None:
    """Ranges that have nothing in common tell that all elements changed."""
    a, b = colors([1, 1, 1, 1], [9, 1, 1, 1]), colors([10, 1, 1, 0], [20, 1, 1, 0])

    assert words(a, b) == (
        "component r: 1..9 to 10..20 in 2 of 2 elements",
        "component a: 1 to 0 in 2 of 2 elements",
    )


def test_ranges_that_overlap_say_how_far_it_got() -> None:
    """And how many of the kept elements differ; of the others nothing is known."""
    a = np.arange(9, dtype=np.float32)

    assert words(a, a + f32(1)) == ("0..8 to 1..9, 5 of 5 kept elements differ",)
    b = a.copy()
    b[1] = 1.5
    assert words(a, b) == ("0..8 as before, sum 36 to 36.5, 0 of 5 kept elements differ",)
    swapped = a[[0, 3, 2, 1, 4, 5, 6, 7, 8]]
    assert words(a, swapped) == ("what is kept of it is the same, other elements differ",)
    assert words(a, a[::-1]) == ("0..8 as before, 4 of 5 kept elements differ",)


def test_what_is_not_finite_shows() -> None:
    """How many there are, before and after."""
    assert words(f32(1, 2, 3), f32(1, math.nan, 3)) == (
        "1..3 to 1..3 and 1 not finite, 1 of 3 kept elements differ",
    )
    assert words(f32(1, 1), f32(math.nan, math.nan)) == ("1 to NaN in 2 of 2 elements",)
    assert words(f32(1, 1), f32(math.nan, math.inf)) == (
        "1 to nothing finite, 2 of 2 kept elements differ",
    )


def test_whole_arrays_tell_how_many_elements_differ() -> None:
    """And what those were and are."""
    a, b = np.zeros(100, np.float32), np.zeros(100, np.float32)
    b[40:50] = 7

    found = changes(golden_value(a), golden_value(b), (a, b))

    assert found == ("0 to 7 in 10 of 100 elements",)


def test_many_components_are_not_all_told() -> None:
    """Six lines and how many more; those alike are one line of six names and how many more."""
    zeros = Buffer(np.zeros(40, np.float32), 20, "f32")
    apart = Buffer(np.tile(np.arange(1, 21, dtype=np.float32), 2), 20, "f32")
    alike = Buffer(np.ones(40, np.float32), 20, "f32")

    assert len(words(zeros, apart)) == 7
    assert words(zeros, apart)[-1] == "and 14 more components"
    assert words(zeros, alike) == (
        "components 0, 1, 2, 3, 4, 5 and 14 more: 0 to 1 in 2 of 2 elements",
    )


def test_a_summary_is_one_short_text() -> None:
    """Type, shape, how far each component goes; of version 1 digest and sample."""
    document = golden_value(colors(WHITE, RED))
    first = golden_value(f32(1, 2), version=1)

    assert summary_text(document) == "uint8[2x4] 255, 0..255, 0..255, 255"
    assert summary_text(first) == f"float32[2] {first['digest'][:12]}, sample 1 2"


@given(st.lists(st.floats(width=32), max_size=12), st.lists(st.floats(width=32), max_size=12))
def test_any_two_arrays_have_words(a: list[float], b: list[float]) -> None:
    """Of one shape; they come from the text alone, as it is read again."""
    size = min(len(a), len(b))
    x, y = f32(*a[:size]), f32(*b[:size])
    documents = [json.loads(value_text(golden_value(array))) for array in (x, y)]

    assert all(map(is_array_summary, documents))
    if documents[0]["digest"] != documents[1]["digest"]:
        assert all(changes(*documents))
        assert all(changes(documents[0], documents[1], (x, y)))


def test_arrays_of_a_mesh_are_kept_by_corner() -> None:
    """Three numbers of a position, two of a texture coordinate; the shape stays flat."""
    mesh = MeshBuffer(
        positions=f32(0, 1, 2, 3, 4, 5),
        indices=np.array([0, 1], np.uint32),
        bounds_min=(0, 1, 2),
        bounds_max=(3, 4, 5),
        uvs=f32(0, 0, 1, 0),
    )

    document = golden_value(mesh)

    assert document["positions"]["least"] == [0, 1, 2]
    assert document["positions"]["shape"] == [6]
    assert document["uvs"]["greatest"] == [1, 0]
    assert document["indices"]["greatest"] == 1
    assert "normals" not in document


def test_a_frame_is_kept_member_for_member_as_it_was() -> None:
    """Only what is kept of its arrays is not that of version 1."""
    frame = pictured_frame()
    first, second = golden_value(frame, version=1), golden_value(frame)

    assert list(first) == list(second)
    assert [list(first["buffers"]), first["passes"]] == [list(second["buffers"]), second["passes"]]
    for before, now in zip(first["buffers"].values(), second["buffers"].values(), strict=True):
        assert list(before)[:4] == list(now)[:4] == ["kind", "dtype", "shape", "digest"]
        assert before["digest"] == now["digest"]


def pictured_frame() -> Any:
    """Return the first frame of a bundled program."""
    program = load(PROGRAMS / "petals.json")
    return irrun.Runtime(program).run_frame(t_ms=0.0).outputs["frame"]
