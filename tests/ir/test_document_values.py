"""Initial values of a document become runtime values, each of one class (ir-schema 6.5, 6.6)."""

from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pytest

from irrun.ir.render_frame import ClearSpec, RenderFrame
from irrun.ir.typed_array import TypedArray
from irrun.ir.values import (
    Buffer,
    CameraEval,
    DomainHandle,
    FieldRef,
    Instances,
    MeshBuffer,
    ValueClass,
    Viewport,
    classify,
    value_from_document,
)

HANDLES: Final[dict[str, tuple[Any, object]]] = {
    "domain": ({"kind": "domain", "count": 3}, DomainHandle(3)),
    "domain-with-ids": (
        {"kind": "domain", "count": 2, "elementIds": ["a", "b"]},
        DomainHandle(2, ("a", "b")),
    ),
    "domain-with-numeric-ids": (
        {"kind": "domain", "count": 2, "ids": [7, 9]},
        DomainHandle(2, None, (7, 9)),
    ),
    "domain-with-typed-ids": (
        {"kind": "domain", "count": 2, "ids": TypedArray("u32", [7, 9])},
        DomainHandle(2, None, (7, 9)),
    ),
    "W5-domain-with-null-ids": (
        {"kind": "domain", "count": 2, "elementIds": None, "ids": None},
        DomainHandle(2),
    ),
    "domain-of-nothing": ({"kind": "domain", "count": 0}, DomainHandle(0)),
    "field": ({"kind": "fieldExpr", "exprId": "3"}, FieldRef("3")),
    "field-by-integer": ({"kind": "fieldExpr", "exprId": 3}, FieldRef("3")),
}


@pytest.mark.parametrize(("document", "handle"), HANDLES.values(), ids=HANDLES)
def test_handles_become_their_classes(document: Any, handle: object) -> None:
    assert value_from_document(document) == handle
    assert value_from_document(MappingProxyType(document)) == handle


def test_a_field_handle_with_an_integral_float_names_the_same_field() -> None:
    """ir-schema 1.3: every integer may arrive as a float with an integral value."""
    assert value_from_document({"kind": "fieldExpr", "exprId": 3.0}) == FieldRef("3")


PLAIN: Final[dict[str, Any]] = {
    "number": 1.5,
    "true": True,
    "null": None,
    "text": "#ff8800",
    "list": [1, 2],
    "vector": {"x": 1, "y": 2},
    "batches": {"batches": []},
    "domain-without-count": {"kind": "domain"},
    "domain-with-text-count": {"kind": "domain", "count": "3"},
    "domain-with-true-count": {"kind": "domain", "count": True},
    "field-without-id": {"kind": "fieldExpr", "exprId": None},
    "unknown-kind": {"kind": "novelty", "a": 1},
    "buffer-without-format": {"kind": "buffer", "data": [1]},
    "buffer-without-data": {"kind": "buffer", "format": {"components": 1, "elementType": "f32"}},
}


@pytest.mark.parametrize("value", PLAIN.values(), ids=PLAIN)
def test_other_values_stay_plain_data(value: Any) -> None:
    assert value_from_document(value) == value


@pytest.mark.parametrize(
    ("data", "element", "expected"),
    [
        ([1, 2.5], "f64", [1, 2.5]),
        ([0.1, 1], "f32", [0.10000000149011612, 1]),
        ([0, 255], "u8", [0, 255]),
        (TypedArray("u16", [1, 65535]), "u16", [1, 65535]),
        (TypedArray("f32", [0.5, 1]), "f64", [0.5, 1]),
    ],
)
def test_a_buffer_gets_the_element_type_of_its_format(
    data: Any, element: str, expected: list[float]
) -> None:
    document = {
        "kind": "buffer",
        "data": data,
        "format": {"components": 2, "elementType": element},
    }

    buffer = value_from_document(document)

    assert isinstance(buffer, Buffer)
    assert (buffer.components, buffer.element) == (2, element)
    assert buffer.data.dtype == np.dtype(
        {"u8": "u1", "u16": "<u2", "f32": "<f4"}.get(element, "<f8")
    )
    assert buffer.data.tolist() == expected


NO_NUMBERS: Final[tuple[Any, ...]] = (
    ["a"],
    [{}],
    [[1], [2]],
    [[1], [1, 2]],
    {"a": 1},
    "text",
    b"\x01\x02",
    None,
)


@pytest.mark.parametrize("data", NO_NUMBERS, ids=repr)
def test_a_buffer_of_something_else_than_numbers_stays_plain_data(data: Any) -> None:
    """What cannot be a buffer is found out by the step that reads it, not by an exception here."""
    document = {
        "kind": "buffer",
        "data": data,
        "format": {"components": 1, "elementType": "f32"},
    }

    assert value_from_document(document) == document


@pytest.mark.parametrize(
    "fmt",
    [
        {"components": 1},
        {"elementType": "f32"},
        {"components": "1", "elementType": "f32"},
        {"components": 1, "elementType": "f16"},
        {"components": 1, "elementType": ["f32"]},
        "f32",
    ],
    ids=repr,
)
def test_a_buffer_of_an_unknown_format_stays_plain_data(fmt: Any) -> None:
    document = {"kind": "buffer", "data": [1], "format": fmt}

    assert value_from_document(document) == document


def test_the_components_of_a_buffer_may_be_an_integral_float() -> None:
    fmt = {"components": 2.0, "elementType": "f32"}

    buffer = value_from_document({"kind": "buffer", "data": [1, 2], "format": fmt})

    assert isinstance(buffer, Buffer)
    assert buffer.components == 2


def test_a_typed_array_is_its_bare_elements() -> None:
    """ir-schema 6.5: a reader of a typed array takes both the bare array and the handle."""
    value = value_from_document(TypedArray("f32", [1.5]))

    assert isinstance(value, np.ndarray)
    assert (value.dtype, value.tolist()) == (np.float32, [1.5])


_MATRIX: Final = np.zeros(16, dtype=np.float32)
_SINGLES: Final = np.zeros(1, dtype=np.float32)
_BYTES: Final = np.zeros(1, dtype=np.uint8)

CLASSES: Final[dict[str, tuple[Any, ValueClass]]] = {
    "integer": (3, "number"),
    "fraction": (0.5, "number"),
    "true": (True, "number"),
    "vec2": ({"x": 1, "y": 2}, "vector"),
    "quaternion": ({"x": 0, "y": 0, "z": 0, "w": 1}, "vector"),
    "color": ({"r": 1, "g": 0, "b": 0, "a": 1}, "color"),
    "color-without-alpha": ({"r": 1, "g": 0, "b": 0}, "color"),
    "colors": ([{"r": 1, "g": 0, "b": 0}], "color"),
    "hex-color": ("#ff8800", "color"),
    "rgb-color": ("rgb(1,2,3)", "color"),
    "rgba-color": ("rgba(1,2,3,0.5)", "color"),
    "path": ({"commands": [{"kind": "M", "x": 0, "y": 0}]}, "path"),
    "paths": ([{"commands": []}], "path"),
    "events": ([{"time": 5, "value": 1}], "events"),
    "domain": (DomainHandle(3), "domain"),
    "field": (FieldRef("0"), "field"),
    "buffer": (Buffer(_SINGLES, 1, "f32"), "buffer"),
    "array": (_BYTES, "buffer"),
    "frame": (RenderFrame(clear=ClearSpec(mode="none")), "frame"),
    "camera": (
        CameraEval("c", _MATRIX, _MATRIX, _MATRIX, Viewport(1, 1, 1)),
        "camera",
    ),
    "mesh": (MeshBuffer(_SINGLES, _BYTES, (0, 0, 0), (0, 0, 0)), "mesh"),
    "instances": (Instances(*[_SINGLES] * 4, *[_BYTES] * 6), "instances"),
    "null": (None, "any"),
    "other-text": ("hello", "any"),
    "batches": ({"batches": []}, "batches"),
    "numbers": ([1, 2], "any"),
    "nothing": ([], "any"),
    "raw-bytes": (b"\x01", "any"),
    "half-a-vector": ({"x": 1}, "any"),
}


@pytest.mark.parametrize(("value", "expected"), CLASSES.values(), ids=CLASSES)
def test_every_value_has_one_class(value: Any, expected: ValueClass) -> None:
    assert classify(value) == expected
