"""Typed arrays of a program: immutable, equal by their bytes."""

import math
from typing import Final

import numpy as np
import pytest

from irrun.ir.typed_array import DTYPES, TypedArray

SIZES: Final = {
    "i8": 1, "u8": 1, "u8c": 1, "i16": 2, "u16": 2, "i32": 4, "u32": 4, "f32": 4, "f64": 8,
    "i64": 8, "u64": 8,
}  # fmt: skip


def test_every_element_type_of_the_format_is_known() -> None:
    assert {name: dtype.itemsize for name, dtype in DTYPES.items()} == SIZES


@pytest.mark.parametrize("element", SIZES)
def test_bytes_are_little_endian(element: str) -> None:
    raw = (1 if element[0] != "f" else 0).to_bytes(SIZES[element], "little")

    array = TypedArray.from_bytes(element, raw + raw)

    assert array.tolist() == [raw[0], raw[0]]
    assert array.tobytes() == raw + raw


@pytest.mark.parametrize("element", SIZES)
def test_bytes_that_are_no_whole_elements_are_refused(element: str) -> None:
    assert len(TypedArray.from_bytes(element, b"")) == 0
    if SIZES[element] > 1:
        with pytest.raises(ValueError, match="multiple"):
            TypedArray.from_bytes(element, bytes(SIZES[element] + 1))


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        (TypedArray("f64", [1, 2]), TypedArray("f64", [1.0, 2.0]), True),
        (TypedArray("f64", [math.nan]), TypedArray("f64", [math.nan]), True),
        (TypedArray("f64", [0.0]), TypedArray("f64", [-0.0]), False),
        (TypedArray("f64", [1, 2]), TypedArray("f64", [2, 1]), False),
        (TypedArray("f64", []), TypedArray("f32", []), False),
        (TypedArray("u8", [1]), TypedArray("u8c", [1]), False),
        (TypedArray("f32", [0.1]), TypedArray("f32", [0.10000000149011612]), True),
        (TypedArray("f64", [1]), [1.0], False),
    ],
    ids=["same", "nan", "zeros", "order", "empty", "clamped", "rounded", "list"],
)
def test_equality_is_that_of_type_and_bytes(left: TypedArray, right: object, equal: bool) -> None:
    assert (left == right) is equal
    if isinstance(right, TypedArray):
        assert (len({left, right}) == 1) is equal


def test_elements_cannot_be_changed() -> None:
    source = np.array([1.0, 2.0])
    array = TypedArray("f64", source)

    source[0] = 99
    with pytest.raises(ValueError, match="read-only"):
        array.array[0] = 99

    assert array.tolist() == [1.0, 2.0]


def test_elements_come_out_as_python_numbers() -> None:
    floats, integers = TypedArray("f32", [0.5, 1]), TypedArray("u32", [2**32 - 1])

    assert [type(number) for number in (*floats, floats[0], *floats.tolist())] == [float] * 5
    assert [type(number) for number in (*integers, integers[0])] == [int] * 2
    assert integers[0] == 2**32 - 1


def test_singles_are_rounded_and_keep_their_value() -> None:
    assert TypedArray("f32", [0.1])[0] == 0.10000000149011612


def test_an_index_beyond_the_end_is_an_error() -> None:
    with pytest.raises(IndexError):
        TypedArray("f64", [1.0])[1]


def test_large_integers_are_exact() -> None:
    ends = np.array([-(2**63), 2**63 - 1], dtype=np.int64)

    assert TypedArray("i64", ends).tolist() == [-(2**63), 2**63 - 1]
    assert TypedArray.from_bytes("u64", b"\xff" * 8).tolist() == [2**64 - 1]
