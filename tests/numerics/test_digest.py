"""The digest of an array: of type, shape and numbers, and of nothing else."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

import irrun
from irrun.compare.output.values import ValueRecorder
from irrun.ir.values import Array, Buffer
from irrun.numerics.digest import array_digest, byte_digest, shape_of
from irrun.trace.values import value_document


def f32(*numbers: float) -> Array:
    """Return numbers as float32."""
    return np.array(numbers, dtype=np.float32)


@pytest.mark.parametrize("dtype", ["f8", "f4", "i4", "u4", "u2", "u1"])
def test_neither_byte_order_nor_strides_count(dtype: str) -> None:
    """Big-endian and little-endian memory, contiguous or not, have one digest."""
    little = np.arange(10, dtype=f"<{dtype}")
    strided = np.repeat(little, 2)[::2]

    assert array_digest(little.astype(f">{dtype}")) == array_digest(little)
    assert array_digest(strided) == array_digest(little)


def test_it_is_what_the_page_says() -> None:
    """Type, shape, a line break, the bytes."""
    data = b"float32 2x3\n" + f32(1, 2, 3, 4, 5, 6).tobytes()
    expected = hashlib.sha256(data).hexdigest()[:32]

    assert array_digest(f32(1, 2, 3, 4, 5, 6), 3) == expected
    assert array_digest(f32(1, 2, 3, 4, 5, 6).reshape(2, 3)) == expected
    assert byte_digest(data) == byte_digest(data[:5], data[5:]) == expected


def test_one_nan_is_like_another_and_zeros_are_two() -> None:
    """As everywhere in what irrun writes."""
    assert array_digest(f32(np.nan)) == array_digest(-f32(np.nan))
    assert array_digest(f32(0.0)) != array_digest(f32(-0.0))


def test_equal_bytes_of_another_type_or_shape_differ() -> None:
    """400 bytes of zeros are many values."""
    zeros = bytes(400)
    shapes = [
        ("u1", 1),
        ("u1", 4),
        ("u1", 2),
        ("f4", 1),
        ("f4", 4),
        ("i4", 1),
        ("u4", 1),
        ("f8", 1),
    ]
    found = {array_digest(np.frombuffer(zeros, dtype), n) for dtype, n in shapes}

    assert len(found) == len(shapes)
    assert len({array_digest(array) for array in (f32(), f32(0), f32(0, 0))}) == 3


@pytest.mark.parametrize(("size", "components"), [(12, 1), (12, 4), (0, 1), (0, 2), (5, 2)])
def test_a_run_and_a_golden_have_the_same_digest(size: int, components: int) -> None:
    """Of a buffer, whatever its elements are."""
    buffer = Buffer(f32(*range(size)), components, "f32")
    recorder = ValueRecorder(keep_arrays=True)
    golden, run = recorder.value(buffer), value_document(buffer)

    assert golden["digest"] == run["digest"]
    assert tuple(golden["shape"]) == shape_of(buffer.data, components)
    assert array_digest(recorder.arrays[golden["digest"]]) == golden["digest"]


def test_nothing_else_makes_digests() -> None:
    """But of programs, in their canonical bytes, and of the names of tests."""
    package = Path(irrun.__file__).parent
    found = {p.relative_to(package).as_posix() for p in package.rglob("*.py")
             if "hashlib" in p.read_text("utf-8")}  # fmt: skip

    assert found == {"numerics/digest.py", "program/canonical.py", "pytest_plugin.py"}


def test_what_is_kept_by_identity_is_known() -> None:
    """Each of these keeps the thing itself beside its identity, so that no other can have it.

    A new one is looked at before it comes in here: is the identity all that decides the value?
    """
    package = Path(irrun.__file__).parent
    found = {p.relative_to(package).as_posix() for p in package.rglob("*.py")
             if re.search(r"\bid\(", p.read_text("utf-8"))}  # fmt: skip

    assert found == {
        "evaluate/fields/domains.py", "evaluate/fields/evaluator.py", "evaluate/held.py",
        "steps/kinds/materialize_path.py", "trace/values.py",
    }  # fmt: skip
