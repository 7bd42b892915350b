"""The canonical form of a program: one document, one byte sequence, one digest."""

import math
from collections.abc import Mapping
from typing import Any, Literal, Protocol, assert_never

from irrun.ir.documents import to_plain
from irrun.numerics.whole import whole
from irrun.program.document import ProgramIR
from irrun.program.paths import path_keys
from irrun.program.reading.plain.json_text import emit_json
from irrun.program.reading.plain.msgpack_bytes import emit_msgpack

Encoding = Literal["json", "msgpack"]


class Encodable(Protocol):
    """What is written of a program."""

    @property
    def document(self) -> ProgramIR:
        """The typed document."""

    @property
    def unknown(self) -> Mapping[str, Any]:
        """Unknown fields by JSON path."""


def encode(program: Encodable, encoding: Encoding, *, pretty: bool = False) -> bytes:
    """Return a program's canonical bytes: sorted keys, shortest numbers, absent fields absent.

    Decoding them gives an equal program, and encoding that gives the same bytes. In MessagePack
    the three typed pools are raw little-endian bytes; in JSON they are lists. `pretty` breaks
    JSON into lines without changing anything else.
    """
    document = to_document(program)
    match encoding:
        case "json":
            return emit_json(document, pretty=pretty)
        case "msgpack":
            return emit_msgpack(document)
        case _:
            assert_never(encoding)


def digest(program: Encodable) -> str:
    """Return the SHA-256 of the canonical MessagePack bytes, as `sha256:<hex>`."""
    from hashlib import sha256

    return "sha256:" + sha256(encode(program, "msgpack")).hexdigest()


def to_document(program: Encodable) -> dict[str, Any]:
    """Return a program as plain objects, unknown fields in their places."""
    document = to_plain(program.document, _number)
    for path, value in program.unknown.items():
        *parents, last = path_keys(path)
        holder: Any = document
        for key in parents:
            holder = holder[key]
        holder[last] = to_plain(value, _number)
    return document  # type: ignore[no-any-return]


def _number(value: Any) -> Any:
    """Return the one spelling of a number: an integer where that is exact, else a double.

    JSON and MessagePack producers write 1.0 as 1, so both must be the same here.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else float(value)
    if math.isnan(value):
        return math.nan
    is_minus_zero = value == 0 and math.copysign(1, value) < 0
    found = None if is_minus_zero else whole(value)
    return value if found is None else found
