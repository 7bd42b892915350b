"""JSON text <-> plain objects (ir-schema 19.2)."""

import json
import math
from collections.abc import Iterator
from typing import Any

from irrun.errors.loading import BadJson, LimitExceeded, OversizedNumber
from irrun.ir.typed_array import TypedArray
from irrun.program.findings import Findings
from irrun.program.limits import MAX_DEPTH, MAX_DIGITS

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
            findings.add(OversizedNumber, "$", value, value=value)
        return value

    try:
        return json.loads(
            text,
            object_pairs_hook=findings.record_builder(),
            parse_float=parse_float,
            parse_int=_parse_int,
        )
    except json.JSONDecodeError as error:
        byte = start + len(text[: error.pos].encode())
        detail = f"{error.msg} (line {error.lineno}, column {error.colno})"
        raise BadJson(detail=detail).at(byte=byte) from None
    except RecursionError:
        raise LimitExceeded(
            what="the nesting of lists and objects", got="too deep", limit=f"{MAX_DEPTH} levels"
        ) from None


def _parse_int(token: str) -> int:
    if len(token) > MAX_DIGITS:
        raise LimitExceeded(
            what="an integer's length", got=f"{len(token)} digits", limit=MAX_DIGITS
        )
    return int(token)


def emit_json(document: Any, *, pretty: bool) -> bytes:
    """Return plain objects as JSON text with sorted keys and shortest numbers, UTF-8.

    NaN and infinities become the tokens NaN, Infinity and -Infinity: a text would be taken for
    a text (docs/decisions/0002).
    """
    plain = _untyped(document)
    if not pretty:
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode() + b"\n"
    return "".join(_pretty(plain, "")).encode() + b"\n"


def _untyped(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _untyped(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_untyped(item) for item in value]
    if isinstance(value, TypedArray):
        return [_whole(item) for item in value.tolist()]
    return value


def _whole(value: float) -> float:
    """Write integral doubles as integers, the shortest form, but keep -0.0."""
    is_minus_zero = value == 0 and math.copysign(1, value) < 0
    return int(value) if abs(value) < 2**53 and value == int(value) and not is_minus_zero else value


def _pretty(value: Any, indent: str) -> Iterator[str]:
    """Yield JSON text with one record to a line where it fits in 100 columns."""
    flat = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(indent) + len(flat) <= 98 or not isinstance(value, dict | list) or not value:
        yield flat
        return
    inner = indent + " "
    is_record = isinstance(value, dict)
    yield "{" if is_record else "["
    items = sorted(value.items()) if isinstance(value, dict) else [("", v) for v in value]
    for i, (key, item) in enumerate(items):
        yield ("," if i else "") + "\n" + inner
        if is_record:
            yield json.dumps(key, ensure_ascii=False) + ": "
        yield from _pretty(item, inner)
    yield "\n" + indent + ("}" if is_record else "]")
