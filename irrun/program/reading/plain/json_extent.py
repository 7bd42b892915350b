"""How much a JSON text holds and how deep it is nested, told before anything is made of it."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

_PIECE: Final = 1 << 20
"""Bytes that are looked at together: small arrays, and a constant amount of memory."""

_QUOTE: Final = ord('"')
_COMMA: Final = ord(",")
_COLON: Final = ord(":")
_OPEN: Final = ord("{")
_CLOSE: Final = ord("}")
_SMALL: Final = 0x20
"""The bit in which `[` and `]` differ from `{` and `}`."""


class Extent(NamedTuple):
    """What there is in a text that is JSON; of another one it says little."""

    values: int
    """Values and keys. Those of an empty list with white space in it count as one."""
    depth: int
    """Lists and objects in each other."""
    deepest: int
    """The byte at which the deepest one starts."""


def extent_of(data: bytes) -> Extent:
    """Return how much a JSON text holds, in time and memory that only its length decides."""
    if b"\\" in data:  # what is escaped is no quote; the length stays
        data = data.replace(b"\\\\", b"..").replace(b'\\"', b"..")
    codes = np.frombuffer(data, dtype=np.uint8)
    values, level, depth, deepest, in_text = 1, 0, 0, 0, 0
    opened_last = False
    for start in range(0, len(codes), _PIECE):
        piece = codes[start : start + _PIECE]
        quotes = np.cumsum(piece == _QUOTE, dtype=np.int32)
        is_outside = (quotes + in_text) & 1 == 0
        opens, closes = _brackets(piece, is_outside)
        levels = np.cumsum(opens.view(np.int8) - closes.view(np.int8), dtype=np.int32)
        highest = int(np.argmax(levels))  # exact: an index
        if level + int(levels[highest]) > depth:  # exact: whole
            depth, deepest = level + int(levels[highest]), start + highest  # exact: whole
        values += _count(opens) + _count(((piece == _COMMA) | (piece == _COLON)) & is_outside)
        values -= _count(opens[:-1] & closes[1:]) + (opened_last and bool(closes[0]))
        opened_last = bool(opens[-1])
        level += int(levels[-1])  # exact: whole
        in_text += int(quotes[-1])  # exact: whole
    return Extent(values, depth, deepest)


def _brackets(piece: NDArray[np.uint8], is_outside: NDArray[Any]) -> tuple[Any, Any]:
    folded = piece | _SMALL
    return (folded == _OPEN) & is_outside, (folded == _CLOSE) & is_outside


def _count(found: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(found))
