"""JSON text <-> plain objects (ir-schema 19.2)."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, Final

from irrun.errors.loading import BadJson, OversizedNumber
from irrun.errors.showing import json_shown
from irrun.ir.typed_array import JS_NAMES, TypedArray
from irrun.limits import DEPTH, DIGITS, VALUES
from irrun.numerics.text import number_text
from irrun.numerics.whole import whole
from irrun.program.reading.findings import Findings
from irrun.program.reading.plain.json_extent import extent_of

_BOM = b"\xef\xbb\xbf"


def parse_json(data: bytes, findings: Findings) -> Any:
    """Read JSON text; the tokens NaN, Infinity and -Infinity are accepted.

    Raises:
        BadJson: IR102, with the byte offset where the text breaks.
        LimitExceeded: IR105, nested too deep or an integer with too many digits.
    """
    start = len(_BOM) if data.startswith(_BOM) else 0
    _check_extent(data)
    try:
        text = data[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJson(detail="it is not UTF-8").at(byte=start + error.start) from None
    try:
        plain = json.loads(
            text, object_pairs_hook=findings.record_builder(), **_number_readers(data, findings)
        )
    except json.JSONDecodeError as broken:
        told = _same_everywhere(broken)
        byte = start + len(text[: told.pos].encode())
        detail = f"{told.msg[0].lower()}{told.msg[1:]} (line {told.lineno}, column {told.colno})"
        raise BadJson(detail=detail).at(byte=byte) from None
    _refuse_half_characters(data, plain)
    return plain


def _same_everywhere(error: json.JSONDecodeError) -> json.JSONDecodeError:
    """Return what Python 3.13 says of a comma before a bracket, at the comma.

    Earlier versions say at the bracket that they miss what should come after the comma.
    """
    before = error.doc[: error.pos].rstrip(" \t\n\r")
    found = (error.msg, error.doc[error.pos : error.pos + 1])
    if not before.endswith(",") or found not in _AFTER_A_COMMA:
        return error
    message = f"Illegal trailing comma before end of {_AFTER_A_COMMA[found]}"
    return json.JSONDecodeError(message, error.doc, len(before) - 1)


_AFTER_A_COMMA: Final = {
    ("Expecting property name enclosed in double quotes", "}"): "object",
    ("Expecting value", "]"): "array",
}
"""What is missed, and the bracket found instead; what it ends."""


def _check_extent(data: bytes) -> None:
    extent = extent_of(data)
    if extent.depth > DEPTH.value:
        error = DEPTH.exceeded("the nesting of lists and objects", extent.depth)
        raise error.at(byte=extent.deepest)
    if extent.values > VALUES.value:
        raise VALUES.exceeded("the size of the document", extent.values)


def _number_readers(data: bytes, findings: Findings) -> dict[str, Any]:
    """Return what reads numbers if some may be beyond the doubles, else leave it to the library.

    The library's own readers take a tenth of the time.
    """
    if not _PERHAPS_TOO_LARGE.search(data):
        return {}

    def parse_float(token: str) -> float:
        value = float(token)
        if math.isinf(value):
            findings.add(OversizedNumber, "$", value, value=number_text(value))
        return value

    def parse_int(token: str) -> float:
        if len(token) > DIGITS.value:
            raise DIGITS.exceeded("an integer's length", len(token))
        # What a double cannot hold as an integer is a double: infinite, if need be.
        is_finite = len(token) < _SURELY_FINITE
        return int(token) if is_finite else parse_float(token)  # exact: digits

    return {"parse_float": parse_float, "parse_int": parse_int}


_SURELY_FINITE: Final = 300
"""A number with fewer digits, and an exponent of two, is less than the largest double."""
_PERHAPS_TOO_LARGE: Final = re.compile(rb"[\[,:\s]-?(?:[0-9]{200}|[0-9][0-9.]*+[eE]\+?[0-9]{3})")


def _refuse_half_characters(data: bytes, plain: Any) -> None:
    """Refuse half of a surrogate pair: it cannot be written in UTF-8."""
    found = _SURROGATE.search(data)
    if found is None:
        return
    try:
        json.dumps(plain, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        detail = "a text holds half of a surrogate pair"
        raise BadJson(detail=detail).at(byte=found.start()) from None


_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F]")


def emit_json(document: Any, *, pretty: bool) -> bytes:
    """Return plain objects as JSON text with sorted keys and shortest numbers, UTF-8.

    NaN and infinities become the tokens NaN, Infinity and -Infinity: a text would be taken for
    a text (docs/decisions/0002).
    """
    plain = _untyped(document)
    if not pretty:
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    else:
        text = "".join(_pretty(plain, ""))
    return json_shown(text).encode() + b"\n"


def _untyped(value: Any, path: tuple[str, ...] = ()) -> Any:
    """Return typed arrays as lists, or as records that name their type where no field does."""
    if isinstance(value, dict):
        return {str(key): _untyped(item, (*path, str(key))) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_untyped(item, (*path, "")) for item in value]
    if isinstance(value, TypedArray):
        numbers = [_whole(item) for item in value.tolist()]
        in_pool = len(path) == 2 and path[0] == "constants"
        return numbers if in_pool else {"type": JS_NAMES[value.element], "data": numbers}
    if isinstance(value, bytes):
        return {"type": "Buffer", "data": list(value)}
    return value


def _whole(value: float) -> float:
    """Write integral doubles as integers, the shortest form, but keep -0.0."""
    is_minus_zero = value == 0 and math.copysign(1, value) < 0
    found = None if is_minus_zero else whole(value)
    return value if found is None else found


def _pretty(value: Any, indent: str, lead: int = 0) -> Iterator[str]:
    """Yield JSON text with one record to a line where it fits in 100 columns.

    `lead` is the length of the key that stands before the value on its line.
    """
    if not isinstance(value, dict | list) or not value:
        yield _ENCODER.encode(value)
        return
    flat = _flat(value, _WIDTH - len(indent) - lead)
    if flat is not None:
        yield flat
        return
    inner = indent + " "
    is_record = isinstance(value, dict)
    yield "{" if is_record else "["
    items = sorted(value.items()) if isinstance(value, dict) else [("", v) for v in value]
    for i, (key, item) in enumerate(items):
        name = _ENCODER.encode(key) + ": " if is_record else ""
        yield ("," if i else "") + "\n" + inner + name
        yield from _pretty(item, inner, len(name))
    yield "\n" + indent + ("}" if is_record else "]")


def _flat(value: Any, room: int) -> str | None:
    """Return a value on one line if it takes less than `room`; no more of it is written out."""
    parts = []
    for part in _ENCODER.iterencode(value):
        parts.append(part)
        room -= len(part)
        if room <= 0:
            return None
    return "".join(parts)


_WIDTH: Final = 100
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True)
