"""JSON text <-> plain objects (ir-schema 19.2)."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from irrun.errors.loading import BadJson, LimitExceeded, OversizedNumber
from irrun.errors.showing import json_shown
from irrun.ir.typed_array import JS_NAMES, TypedArray
from irrun.limits import DEPTH, DIGITS, VALUES
from irrun.numerics.text import number_text
from irrun.program.reading.findings import Findings

_BOM = b"\xef\xbb\xbf"


def parse_json(data: bytes, findings: Findings) -> Any:
    """Read JSON text; the tokens NaN, Infinity and -Infinity are accepted.

    Raises:
        BadJson: IR102, with the byte offset where the text breaks.
        LimitExceeded: IR105, nested too deep or an integer with too many digits.
    """
    start = len(_BOM) if data.startswith(_BOM) else 0
    try:
        text = data[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadJson(detail="it is not UTF-8").at(byte=start + error.start) from None

    def parse_float(token: str) -> float:
        value = float(token)
        if math.isinf(value):
            findings.add(OversizedNumber, "$", value, value=number_text(value))
        return value

    def parse_int(token: str) -> float:
        if len(token) < 300:
            return int(token)
        if len(token) > DIGITS.value:
            got = f"{len(token)} digits"
            raise LimitExceeded(what="an integer's length", got=got, limit=DIGITS.value)
        # What a double cannot hold as an integer is a double: infinite, if need be.
        return parse_float(token)

    _check_size(data)
    try:
        plain = json.loads(
            text,
            object_pairs_hook=findings.record_builder(),
            parse_float=parse_float,
            parse_int=parse_int,
        )
        _refuse_half_characters(text, plain)
        return plain
    except json.JSONDecodeError as error:
        byte = start + len(text[: error.pos].encode())
        detail = (
            f"{error.msg[0].lower()}{error.msg[1:]} (line {error.lineno}, column {error.colno})"
        )
        raise BadJson(detail=detail).at(byte=byte) from None


_TEXTS: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_STEPS: Final = np.zeros(256, dtype=np.int32)
_STEPS[[ord("["), ord("{")]] = 1
_STEPS[[ord("]"), ord("}")]] = -1
_PIECE: Final = 1 << 20


def _check_size(data: bytes) -> None:
    """Refuse what holds too many values, or nests too deep, before anything is made of it."""
    openings, most, deepest = data.count(b"[") + data.count(b"{"), VALUES.value, DEPTH.value
    if openings <= deepest and openings + data.count(b",") <= most:
        return
    bare = _TEXTS.sub(b"0", data).translate(None, b" \t\r\n")
    filled = bare.count(b"[") + bare.count(b"{") - bare.count(b"[]") - bare.count(b"{}")
    values = bare.count(b",") + filled
    if values > most:
        raise too_many_values(values)
    found = depth = 0
    for start in range(0, len(bare), _PIECE):
        depths = depth + np.cumsum(_STEPS[np.frombuffer(bare[start : start + _PIECE], np.uint8)])
        found, depth = max(found, int(depths.max())), int(depths[-1])
    if found > deepest:
        what = "the nesting of lists and objects"
        raise LimitExceeded(what=what, got=f"{found} levels", limit=f"{deepest} levels")


def too_many_values(count: int) -> LimitExceeded:
    """Return the error for a document with too many members of lists and objects."""
    what, hint = "the number of values in the document", VALUES.way_out
    return LimitExceeded(what=what, got=count, limit=VALUES.value, hint=hint)


def _refuse_half_characters(text: str, plain: Any) -> None:
    """Refuse half of a surrogate pair: it cannot be written in UTF-8."""
    if "\\u" not in text:
        return
    try:
        json.dumps(plain, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        detail = "a text holds half of a surrogate pair"
        raise BadJson(detail=detail).at(byte=text.lower().find("\\ud")) from None


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
    return int(value) if abs(value) < 2**53 and value == int(value) and not is_minus_zero else value


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
