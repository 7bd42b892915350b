"""Slot values as machine-readable documents (docs/output-format.md)."""

import json
import math
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from irrun.ir.render_frame import ClearSpec, RenderFrame
from irrun.ir.typed_array import TypedArray
from irrun.ir.values import (
    Buffer,
    CameraEval,
    DomainHandle,
    FieldRef,
    Instances,
    MeshBuffer,
    Viewport,
)
from irrun.numerics.digest import array_digest, byte_digest
from irrun.trace.values import HEAD, Buffers, number_document, value_document
from irrun.trace.writers import compact

# --- Numbers --------------------------------------------------------------------------------

NUMBERS: list[tuple[float, str]] = [
    (0.0, "0"),
    (-0.0, '"-0"'),
    (3.0, "3"),
    (-2.0, "-2"),
    (0.1, "0.1"),
    (16.666666666666668, "16.666666666666668"),
    (1e300, "1e+300"),
    (5e-324, "5e-324"),
    (2.0**53 - 1, "9007199254740991"),
    (math.nan, '"NaN"'),
    (math.inf, '"Infinity"'),
    (-math.inf, '"-Infinity"'),
]


@pytest.mark.parametrize(("number", "text"), NUMBERS, ids=[text for _, text in NUMBERS])
def test_numbers(number: float, text: str) -> None:
    """Shortest form; whole numbers without a fraction; what JSON cannot hold as text."""
    assert compact(number_document(number)) == text


SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf, "-0": -0.0}


@given(st.floats())
def test_every_double_comes_back_from_json(number: float) -> None:
    """Read back, with the four texts replaced, it is the same double to the last bit."""
    found = json.loads(compact(number_document(number)))

    again = SPECIAL[found] if isinstance(found, str) else float(found)
    assert str(again) == str(number)


# --- Arrays ---------------------------------------------------------------------------------


def f32(*elements: float) -> "np.ndarray[Any, np.dtype[np.float32]]":
    """Return a float32 array."""
    return np.array(elements, dtype=np.float32)


def test_an_array_is_its_digest_and_its_first_elements() -> None:
    """dtype, length, digest of the little-endian bytes, eight elements."""
    array = np.arange(20, dtype="<i4")

    assert value_document(array) == {
        "kind": "array",
        "dtype": "int32",
        "length": 20,
        "digest": array_digest(array),
        "head": list(range(HEAD)),
    }


def test_a_whole_array_is_its_elements() -> None:
    """`full`: all elements, and neither digest nor head."""
    assert value_document(f32(0.5, -0.0, math.nan), "full") == {
        "kind": "array",
        "dtype": "float32",
        "length": 3,
        "data": [0.5, "-0", "NaN"],
    }


def test_a_buffer_tells_its_shape() -> None:
    """Components and element type beside the array."""
    found = value_document(Buffer(f32(1, 2, 3, 4, 5, 6), 2, "f32"), "full")

    assert found == {
        "kind": "buffer",
        "components": 2,
        "elementType": "f32",
        "dtype": "float32",
        "length": 6,
        "data": [1, 2, 3, 4, 5, 6],
    }


# --- Everything else ------------------------------------------------------------------------

ONE = f32(1)
BYTE = np.array([9], np.uint8)
ELEMENT = np.array([7], np.uint32)
MATRIX = np.eye(4, dtype=np.float32).reshape(16)
IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]


def array(dtype: str, *data: float) -> dict[str, Any]:
    """Return a whole array as a document."""
    return {"kind": "array", "dtype": dtype, "length": len(data), "data": list(data)}


DOCUMENTS: list[tuple[str, Any, Any]] = [
    ("nothing", None, None),
    ("true", True, True),
    ("text", "é", "é"),
    ("number", 7, 7),
    ("list", [1, None, "x", [math.nan]], [1, None, "x", ["NaN"]]),
    ("tuple", (1, 2), [1, 2]),
    ("record", {"r": 1.0, "g": -0.0}, {"r": 1, "g": "-0"}),
    ("record with number keys", {1: 2.0}, {"1": 2}),
    ("typed array", TypedArray("u16", [1, 2]), array("uint16", 1, 2)),
    ("raw bytes", b"ab", {"kind": "bytes", "length": 2, "digest": byte_digest(b"ab")}),
    ("domain", DomainHandle(6.0), {"kind": "domain", "count": 6}),
    (
        "domain with ids",
        DomainHandle(2, ("a", "b"), (4, 5)),
        {"kind": "domain", "count": 2, "elementIds": ["a", "b"], "ids": [4, 5]},
    ),
    ("field", FieldRef("12"), {"kind": "fieldExpr", "exprId": "12"}),
    (
        "camera",
        CameraEval("main", MATRIX, MATRIX, MATRIX, Viewport(1920, 1080, 1)),
        {
            "kind": "cameraEval",
            "cameraId": "main",
            "view": array("float32", *IDENTITY),
            "proj": array("float32", *IDENTITY),
            "viewProj": array("float32", *IDENTITY),
            "viewport": {"w": 1920, "h": 1080, "dpr": 1},
        },
    ),
    (
        "mesh",
        MeshBuffer(f32(0, 1, 2), np.array([0], np.uint16), (0.0, 1.0, 2.0), (0.0, 1.0, 2.5)),
        {
            "kind": "meshBuffer",
            "positions": array("float32", 0, 1, 2),
            "indices": array("uint16", 0),
            "boundsMin": [0, 1, 2],
            "boundsMax": [0, 1, 2.5],
        },
    ),
    (
        "instances",
        Instances(ONE, ONE, ONE, ONE, BYTE, BYTE, BYTE, BYTE, BYTE, ELEMENT),
        {"kind": "instances2d"}
        | dict.fromkeys("xysz", array("float32", 1))
        | dict.fromkeys(("r", "g", "b", "a", "alive"), array("uint8", 9))
        | {"index": array("uint32", 7)},
    ),
    (
        "render frame",
        RenderFrame(clear=ClearSpec(mode="color", color_rgba=255), meta={"stub": 5.0}),
        {
            "version": 1,
            "clear": {"mode": "color", "colorRGBA": 255},
            "passes": [],
            "meta": {"stub": 5},
        },
    ),
]


@pytest.mark.parametrize(
    ("value", "document"), [row[1:] for row in DOCUMENTS], ids=[row[0] for row in DOCUMENTS]
)
def test_each_class_of_value(value: Any, document: Any) -> None:
    """The members of docs/output-format.md, wire names, absent ones left out."""
    assert value_document(value, "full") == document


@pytest.mark.parametrize("value", [row[1] for row in DOCUMENTS], ids=[row[0] for row in DOCUMENTS])
def test_every_document_is_plain_json(value: Any) -> None:
    """Nothing that JSON cannot say, however arrays are written."""
    for buffers in get_args(Buffers):
        found = value_document(value, buffers)
        assert json.loads(compact(found)) == found


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=15,
)


@given(PLAIN)
def test_any_plain_value_is_json(value: Any) -> None:
    """Whatever a program puts into a slot as free data can be written and read back."""
    document = value_document(value)

    assert json.loads(compact(document)) == document
