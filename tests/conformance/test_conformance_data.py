"""The conformance data are those of the manifest, and the comparison follows their README."""

import hashlib
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from support.conformance_vectors import (
    FOLDER,
    PROGRAMS,
    Approx,
    cases,
    decode,
    difference,
    frame_difference,
    vector_bytes,
)

from irrun.ir.types import StateStorage

MANIFEST: list[dict[str, Any]] = json.loads((FOLDER / "manifest.json").read_bytes())["files"]
VECTORS = [row for row in MANIFEST if row["file"].startswith("vectors/")]
PROGRAM_ROWS = [row for row in MANIFEST if row["file"].startswith("programs/")]


def file_of(row: dict[str, Any]) -> str:
    return str(row["file"])


@pytest.mark.parametrize("row", VECTORS, ids=file_of)
def test_vectors_are_those_of_the_manifest(row: dict[str, Any]) -> None:
    """Every vectors file is stored whole: its bytes have the digest of the manifest."""
    content = vector_bytes(row["topic"])

    assert hashlib.sha256(content).hexdigest() == row["sha256"]


@pytest.mark.parametrize("row", VECTORS, ids=file_of)
def test_cases_are_counted_and_named(row: dict[str, Any]) -> None:
    """A topic has as many cases, and cases with quirks, as the manifest says; names are unique."""
    found = cases(row["topic"])

    assert len(found) == row["cases"]
    assert sum("quirks" in case for case in found) == row["quirkCases"]
    assert len({case["name"] for case in found}) == len(found)


def test_every_stored_vectors_file_is_in_the_manifest() -> None:
    """No file lies beside the vectors that the manifest does not know."""
    stored = {path.name.removesuffix(".gz") for path in (FOLDER / "vectors").iterdir()}

    assert stored == {row["file"].removeprefix("vectors/") for row in VECTORS}


@pytest.mark.parametrize("row", PROGRAM_ROWS, ids=file_of)
def test_programs_are_those_of_the_manifest(row: dict[str, Any]) -> None:
    """The compiled programs beside the checkout have the digests of the manifest."""
    if not PROGRAMS.exists():
        pytest.skip("no folder shared/conformance/programs beside the checkout")
    content = (PROGRAMS.parent / row["file"]).read_bytes()

    assert hashlib.sha256(content).hexdigest() == row["sha256"]


def test_special_texts_are_decoded_at_any_depth() -> None:
    """The four texts become numbers wherever they stand; other texts stay."""
    got = decode({"a": ["NaN", {"b": "-0"}], "c": "Infinity", "d": "-Infinity", "e": "nan"})

    assert math.isnan(got["a"][0])
    assert math.copysign(1.0, got["a"][1]["b"]) == -1.0
    assert (got["c"], got["d"], got["e"]) == (math.inf, -math.inf, "nan")


@dataclass(frozen=True)
class Row:
    name: str
    got: Any
    expected: Any
    same: bool
    approx: Approx | None = None


def up(number: float, units: int) -> float:
    """Return the double that is `units` above a number."""
    for _ in range(units):
        number = math.nextafter(number, math.inf)
    return number


def up32(number: float, units: int) -> float:
    """Return the float32 that is `units` above a number."""
    single = np.float32(number)
    for _ in range(units):
        single = np.nextafter(single, np.float32(math.inf))
    return float(single)


ROWS = [
    Row("equal numbers", 0.1, 0.1, True),
    Row("an integer is a double", 3, 3.0, True),
    Row("next double", up(0.1, 1), 0.1, False),
    Row("NaN is NaN", math.nan, math.nan, True),
    Row("NaN is not 0", math.nan, 0.0, False),
    Row("0 is not -0", 0.0, -0.0, False),
    Row("-0 is -0", -0.0, -0.0, True),
    Row("true is not 1", True, 1, False),
    Row("missing is missing", None, None, True),
    Row("missing is not 0", None, 0, False),
    Row("text is not a number", "1", 1, False),
    Row("a tuple is a list", (1, 2), [1, 2], True),
    Row("an array is a list", np.array([1.5, 2.5]), [1.5, 2.5], True),
    Row("shorter list", [1], [1, 2], False),
    Row("longer list", [1, 2], [1], False),
    Row("text is no list", "ab", ["a", "b"], False),
    Row("records", {"a": [1], "b": "x"}, {"b": "x", "a": [1]}, True),
    Row("record with a key more", {"a": 1, "b": 2}, {"a": 1}, False),
    Row("record with a key less", {"a": 1}, {"a": 1, "b": 2}, False),
    Row("difference inside", {"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, False),
    Row("4 units, approximate", up(0.1, 4), 0.1, True, "f64"),
    Row("within 1e-12, approximate", 0.1 * (1 + 9e-13), 0.1, True, "f64"),
    Row("beyond 1e-12, approximate", 0.1 * (1 + 2e-12), 0.1, False, "f64"),
    Row("tiny, 4 units", up(5e-324, 4), 5e-324, True, "f64"),
    Row("tiny, 5 units", up(5e-324, 5), 5e-324, False, "f64"),
    Row("tiny, across 0", -5e-324, 5e-324, True, "f64"),
    Row("0 is exact even where approximate", 5e-324, 0.0, False, "f64"),
    Row("infinity is exact even where approximate", 1.7976931348623157e308, math.inf, False, "f64"),
    Row("single, 2 units", up32(0.1, 2), up32(0.1, 0), True, "f32"),
    Row("single, 3 units", up32(0.1, 3), up32(0.1, 0), False, "f32"),
    Row("single, 2 units below 0", -up32(0.1, 2), -up32(0.1, 0), True, "f32"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_comparison(row: Row) -> None:
    """Results are compared by the rule of the README: exactly, but for what is marked."""
    assert (difference(row.got, row.expected, row.approx) is None) is row.same


def test_difference_names_the_place() -> None:
    """A difference says where it is, however deep."""
    found = difference({"a": [0, {"b": [1, 2]}]}, {"a": [0, {"b": [1, 3]}]})

    assert found is not None
    assert found.startswith("$.a[1].b[1]:")


RUN_CASE = {
    "approxSlots": [1, 2],
    "approxState": {"f64": [1]},
    "expect": [
        {
            "slots": {"0": 0.1, "1": 0.1, "2": up32(0.1, 0)},
            "state": {"f64": [0.1, 0.1], "f32": [], "i32": []},
        }
    ],
}


@dataclass(frozen=True)
class FrameRow:
    name: str
    slots: dict[int, float]
    f64: list[float]
    differs_at: str | None


FRAME_ROWS = [
    FrameRow("equal", {0: 0.1, 1: 0.1, 2: up32(0.1, 0)}, [0.1, 0.1], None),
    FrameRow("marked ones near", {0: 0.1, 1: up(0.1, 4), 2: up32(0.1, 2)}, [0.1, up(0.1, 4)], None),
    FrameRow("unmarked slot near", {0: up(0.1, 1), 1: 0.1, 2: up32(0.1, 0)}, [0.1, 0.1], "slot 0"),
    FrameRow("marked single far", {0: 0.1, 1: 0.1, 2: up32(0.1, 3)}, [0.1, 0.1], "slot 2"),
    FrameRow("slot absent", {0: 0.1, 2: up32(0.1, 0)}, [0.1, 0.1], "slot 1"),
    FrameRow(
        "unmarked cell near", {0: 0.1, 1: 0.1, 2: up32(0.1, 0)}, [up(0.1, 1), 0.1], "state.f64[0]"
    ),
    FrameRow("array too short", {0: 0.1, 1: 0.1, 2: up32(0.1, 0)}, [0.1], "state.f64"),
]


@pytest.mark.parametrize("row", FRAME_ROWS, ids=lambda row: row.name)
def test_frame_comparison(row: FrameRow) -> None:
    """Marks make single slots and state elements approximate, by the slot's storage."""
    state: dict[StateStorage, list[float]] = {"f64": row.f64, "f32": [], "i32": []}
    found = frame_difference(RUN_CASE, 0, row.slots, state, lambda s: "f32" if s == 2 else "f64")

    assert (found is None) is (row.differs_at is None)
    assert row.differs_at is None or f" {row.differs_at}" in str(found)
