"""Every spelling of a typed array that producers write (ir-schema 19.5, W4, W6, W9)."""

import math
from typing import Any, Final

import numpy as np

from irrun.errors.loading import BadTypedArray, ConvertedArray, NullNumber, SpecialNumberText
from irrun.ir.constants import is_number
from irrun.ir.typed_array import JS_NAMES, TypedArray
from irrun.program.paths import Path, path_text
from irrun.program.reading.findings import Findings

SPECIAL_NUMBERS: Final = {
    "NaN": math.nan,
    "Infinity": math.inf,
    "-Infinity": -math.inf,
    "-0": -0.0,
}
"""Texts that stand for numbers JSON cannot write."""

_INT_RANGES: Final = {"i32": (-(2**31), 2**31 - 1)}

_BIG_RANGES: Final = {"i64": range(-(2**63), 2**63), "u64": range(2**64)}


def typed_record(record: dict[Any, Any]) -> TypedArray | bytes | None:
    """Return what a record of free data stands for: a typed array or raw bytes, if anything.

    `{"type": "Float32Array", "data": [...]}` is how canonical JSON names a typed array where no
    field does; `{"type": "Buffer", "data": [...]}` is Node's spelling of raw bytes.
    """
    data = record.get("data") if len(record) == 2 else None
    if not isinstance(data, list):
        return None
    if record.get("type") == "Buffer":
        is_bytes = all(isinstance(b, int) and 0 <= b <= 255 for b in data)
        return bytes(data) if is_bytes else None
    element = next((e for e, name in JS_NAMES.items() if name == record.get("type")), None)
    if element is None or not all(map(is_number, data)):
        return None
    big = _BIG_RANGES.get(element)
    if big is not None:
        data = [int(v) if isinstance(v, float) and v.is_integer() else v for v in data]
        if not all(isinstance(v, int) and v in big for v in data):
            return None
    return _rounded(element, data)


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
    if set(map(type, value)) <= {int, float}:
        return _checked(element, value)
    numbers = [_number(element, v, i, path, findings) for i, v in enumerate(value)]
    return _checked(element, numbers)


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
    limits = _INT_RANGES.get(element)
    if limits is not None and not _all_whole(numbers, limits):
        for i, number in enumerate(numbers):
            if not (limits[0] <= number <= limits[1] and number == int(number)):
                raise BadTypedArray(detail=f"element {i} is no {element}: {number!r}")
    return _rounded(element, numbers)


def _all_whole(numbers: list[float], limits: tuple[int, int]) -> bool:
    """True if all numbers are whole and in a range; the cheap look at many."""
    try:
        array = np.array(numbers, dtype=np.float64)
    except OverflowError:
        return False
    inside = (array >= limits[0]) & (array <= limits[1])
    return bool(np.all(inside & (array == np.floor(array))))


def _rounded(element: str, numbers: list[float]) -> TypedArray:
    if element in ("i64", "u64"):
        return TypedArray(element, numbers)
    try:
        doubles = np.array(numbers, dtype=np.float64)
    except OverflowError:
        doubles = np.array([_double(number) for number in numbers], dtype=np.float64)
    with np.errstate(over="ignore"):
        return TypedArray(element, doubles.astype(TypedArray(element, ()).array.dtype))


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf
