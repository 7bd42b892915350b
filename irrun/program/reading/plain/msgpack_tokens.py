"""MessagePack as a row of tokens: how many there are, and at which byte they break off.

A token is a value without its members: a whole number or text, the head of a list. Runs of the
common ones are matched by one regular expression each, so that counting values, or finding the
fault of a file that the library refused, costs no more than reading the file does.
"""

import re
from functools import cache
from typing import Final

import msgspec

from irrun.ir.typed_array import DTYPES
from irrun.limits import VALUES
from irrun.program.reading.plain.msgpack_extensions import (
    ARRAY_CODES,
    EXT_TYPED_ARRAY,
    EXT_UNDEFINED,
)

_SHORT_TEXTS: Final = b"|".join(b"\\x%02x[\\x00-\\x7f]{%d}" % (0xA0 + n, n) for n in range(1, 32))
_COMMON: Final = (
    rb"[\x00-\x8f\x90-\xa0\xc0\xc2\xc3\xe0-\xff]"  # all in one byte, heads of short ones too
    rb"|[\xca\xce\xd2].{4}|[\xcb\xcf\xd3].{8}|[\xcc\xd0].|[\xcd\xd1].{2}"
    rb"|" + _SHORT_TEXTS
)
_MANY: Final = 4096
_RUN_OF_MANY: Final = rb"(?:%s){%d}+" % (_COMMON, _MANY)
_RUN: Final = rb"(?:%s)*+" % _COMMON


@cache
def _compiled(pattern: bytes) -> re.Pattern[bytes]:
    """Compile a pattern when it is needed: that takes longer than reading most files does."""
    return re.compile(pattern, re.DOTALL)


# First byte -> bytes of the length that follows it.
_BINARY: Final = {0xC4: 1, 0xC5: 2, 0xC6: 4}
_TEXTS: Final = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_EXTENSIONS: Final = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_HEADS: Final = {0xDC: 2, 0xDD: 4, 0xDE: 2, 0xDF: 4}
# First byte -> bytes of what follows the type.
_FIXED_EXTENSIONS: Final = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_NUMBERS: Final = {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2,
                   0xD2: 4, 0xD3: 8}  # fmt: skip


class Fault(msgspec.Struct, frozen=True):
    """What is wrong, and at which byte."""

    byte: int
    detail: str
    extension: int | None = None


class _Broken(Exception):
    def __init__(self, byte: int, detail: str, extension: int | None = None) -> None:
        self.fault = Fault(byte, detail, extension)


def count_tokens(data: bytes, most: int) -> int:
    """Return how many tokens there are, up to the first fault, or some number above `most`.

    Raises:
        LimitExceeded: IR105, a list or map promises more members than a document may have values.
    """
    at = count = 0
    try:
        while at < len(data) and count <= most:
            many = _compiled(_RUN_OF_MANY).match(data, at)
            if many is not None:
                at, count = many.end(), count + _MANY
                continue
            end = _run_end(data, at)
            count += sum(1 for _ in _compiled(_COMMON).finditer(data, at, end))
            at = end
            if at < len(data):
                at, count = _other(data, at), count + 1
    except _Broken:
        pass
    return count


def find_fault(data: bytes) -> Fault | None:
    """Return the first fault of MessagePack data, or None if it is a row of whole tokens.

    Raises:
        LimitExceeded: IR105, as for `count_tokens`.
    """
    at = 0
    try:
        while at < len(data):
            at = _run_end(data, at)
            if at < len(data):
                at = _other(data, at)
    except _Broken as broken:
        return broken.fault
    return None


def _run_end(data: bytes, at: int) -> int:
    found = _compiled(_RUN).match(data, at)
    return at if found is None else found.end()


def _other(data: bytes, start: int) -> int:
    """Return the end of a token that is none of the common ones, or that breaks off."""
    first = data[start]
    if first in _BINARY:
        return _end(data, start, 1 + _BINARY[first], _size(data, start, _BINARY[first]))
    if first in _TEXTS:
        return _text(data, start, 1 + _TEXTS[first], _size(data, start, _TEXTS[first]))
    if 0xA0 <= first <= 0xBF:
        return _text(data, start, 1, first & 0x1F)
    if first in _EXTENSIONS:
        size = _size(data, start, _EXTENSIONS[first])
        return _extension(data, start, 1 + _EXTENSIONS[first], size)
    if first in _FIXED_EXTENSIONS:
        return _extension(data, start, 1, _FIXED_EXTENSIONS[first])
    if first in _HEADS:
        return _head(data, start, _HEADS[first])
    if first in _NUMBERS:
        return _end(data, start, 1, _NUMBERS[first])
    raise _Broken(start, f"byte 0x{first:02x} starts no value")


def _size(data: bytes, start: int, width: int) -> int:
    return int.from_bytes(data[start + 1 : _end(data, start, 1, width)], "big")


def _end(data: bytes, start: int, head: int, length: int) -> int:
    end = start + head + length
    if end > len(data):
        raise _Broken(len(data), f"the data ends within the value that starts at byte {start}")
    return end


def _text(data: bytes, start: int, head: int, length: int) -> int:
    end = _end(data, start, head, length)
    try:
        data[start + head : end].decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Broken(start + head + error.start, "a text is not UTF-8") from None
    return end


def _extension(data: bytes, start: int, head: int, length: int) -> int:
    end = _end(data, start, head + 1, length)
    code = int.from_bytes(data[start + head : start + head + 1], "big", signed=True)
    payload = data[start + head + 1 : end]
    if code == EXT_UNDEFINED or (code == EXT_TYPED_ARRAY and _is_array(payload)):
        return end
    raise _Broken(start, f"extension type {code} cannot be read", code)


def _is_array(payload: bytes) -> bool:
    """True if a typed-array extension has a known element type and whole elements."""
    element = ARRAY_CODES.get(payload[0]) if payload else None
    return element is not None and (len(payload) - 1) % DTYPES[element].itemsize == 0


def _head(data: bytes, start: int, width: int) -> int:
    """Return the end of a list's or map's head; it may promise no more than there is."""
    end = _end(data, start, 1, width)
    count, left = _size(data, start, width), len(data) - end
    if count > VALUES.value:
        raise VALUES.exceeded("the length of a list or map", count).at(byte=start)
    if count > left:
        raise _Broken(
            start, f"a list or map of {count} members starts, but only {left} bytes follow"
        )
    return end
