"""Every spelling of a typed array that producers write (ir-schema 19.5, W4, W6, W9)."""

import math
from typing import Any, Final

import numpy as np

from irrun.errors.loading import BadTypedArray, ConvertedArray, NullNumber, SpecialNumberText
from irrun.ir.constants import is_number
from irrun.ir.typed_array import DTYPES, JS_NAMES, TypedArray
from irrun.numerics.text import SPECIAL_NUMBERS
from irrun.program.paths import Path, path_text
from irrun.program.reading.findings import Findings


def typed_record(record: dict[Any, Any]) -> TypedArray | bytes | None:
    """Return what a record of free data stands for: a typed array or raw bytes, if anything.

    `{"type": "Float32Array", "data": [...]}` is how canonical JSON names a typed array where no
    field does; `{"type": "Buffer", "data": [...]}` is Node's spelling of raw bytes. A record whose
    numbers the type cannot hold is a record.
    """
    data = record.get("data")
    if len(record) != 2 or not isinstance(data, list):
        return None
    kind = record.get("type")
    if kind == "Buffer":
        codes = _whole(data, 0, 255)
        return None if codes is None else bytes(codes)
    element = _BY_JS_NAME.get(kind) if type(kind) is str else None
    if element is None:
        return None
    if DTYPES[element].kind == "f":
        return _rounded(element, data) if set(map(type, data)) <= {int, float} else None
    bounds = np.iinfo(DTYPES[element])
    whole = _whole(data, int(bounds.min), int(bounds.max))  # exact: bounds
    return None if whole is None else TypedArray(element, whole)


def _whole(data: list[Any], low: int, high: int) -> list[int] | None:
    """Return numbers as integers, every digit kept, or None if they are none within bounds."""
    if float in set(map(type, data)):
        data = [_integer(v) for v in data]
    is_whole = set(map(type, data)) <= {int}
    return data if is_whole and (not data or low <= min(data) <= max(data) <= high) else None


def _integer(value: Any) -> Any:
    """Return a float with an integral value as an integer, anything else as it is."""
    is_integral = type(value) is float and value.is_integer()
    return int(value) if is_integral else value  # exact: it is whole


_BY_JS_NAME: Final = {name: element for element, name in JS_NAMES.items()}


def read_typed_array(element: str, value: Any, path: Path, findings: Findings) -> TypedArray:
    """Read a typed array from a list, index-keyed object, raw bytes, extension or Buffer record.

    Null reads as NaN in f64 and f32, with a warning. f32 elements are rounded to single.

    Raises:
        BadTypedArray: IR113, a spelling or an element that cannot be read.
    """
    try:
        return _read(element, value, path, findings)
    except BadTypedArray as error:
        raise error.at(path=path_text(path)) from None


def _read(element: str, value: Any, path: Path, findings: Findings) -> TypedArray:
    if isinstance(value, TypedArray):
        return _converted(element, value, path, findings)
    if isinstance(value, bytes):
        return _from_bytes(element, value)
    if isinstance(value, dict):
        if value.get("type") == "Buffer" and isinstance(value.get("data"), list):
            return _from_bytes(element, _bytes(value["data"]))
        value = _listed(value)
    if not isinstance(value, list):
        raise BadTypedArray(detail=f"a list was expected, got {type(value).__name__}")
    if not set(map(type, value)) <= {int, float}:
        value = [_number(element, v, i, path, findings) for i, v in enumerate(value)]
    return _checked(element, value)


def _converted(element: str, value: TypedArray, path: Path, findings: Findings) -> TypedArray:
    if value.element == element:
        return value
    findings.add(ConvertedArray, path_text(path), got=value.element, wanted=element)
    return _checked(element, value.tolist())


def _from_bytes(element: str, data: bytes) -> TypedArray:
    try:
        return TypedArray.from_bytes(element, data)
    except ValueError:
        detail = f"{len(data)} bytes are no whole {element} elements"
        raise BadTypedArray(detail=detail) from None


def _bytes(data: list[Any]) -> bytes:
    try:
        return bytes(data)
    except (ValueError, TypeError):
        raise BadTypedArray(detail="a Buffer record holds something else than bytes") from None


def _listed(value: dict[Any, Any]) -> list[Any]:
    """Return an index-keyed object as a list; its keys must be exactly 0 to n-1."""
    try:
        return [value[str(i)] if str(i) in value else value[i] for i in range(len(value))]
    except KeyError:
        detail = f"the keys of an index-keyed array must be exactly 0 to {len(value) - 1}"
        raise BadTypedArray(detail=detail) from None


def _number(element: str, value: Any, index: int, path: Path, findings: Findings) -> float:
    if is_number(value):
        return value
    if value is None and element != "i32":
        findings.add(NullNumber, path_text((path, index)))
        return math.nan
    if isinstance(value, str) and value in SPECIAL_NUMBERS:
        findings.add(SpecialNumberText, path_text((path, index)), value, text=value)
        return SPECIAL_NUMBERS[value]
    raise BadTypedArray(detail=f"element {index} is not a number: {value!r:.40}")


def _checked(element: str, numbers: list[float]) -> TypedArray:
    if element == "i32":
        doubles = np.array(numbers, dtype=np.float64)
        is_held = (doubles >= -(2**31)) & (doubles < 2**31) & (doubles == np.floor(doubles))
        wrong = np.flatnonzero(~is_held)
        if wrong.size:
            at = int(wrong[0])  # exact: an index
            raise BadTypedArray(detail=f"element {at} is no {element}: {numbers[at]!r}")
    return _rounded(element, numbers)


def _rounded(element: str, numbers: list[float]) -> TypedArray:
    """Return numbers as a typed array, by way of doubles, as JavaScript makes it."""
    with np.errstate(over="ignore"):
        return TypedArray(element, np.array(numbers, dtype=np.float64).astype(DTYPES[element]))
