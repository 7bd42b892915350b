"""Find the byte at which MessagePack data breaks. Runs only after the library has refused it."""

import re
from dataclasses import dataclass
from typing import Final

from irrun.ir.typed_array import DTYPES
from irrun.limits import DEPTH, VALUES
from irrun.program.reading.msgpack_extensions import ARRAY_CODES, EXT_TYPED_ARRAY, EXT_UNDEFINED


def _is_array(payload: bytes) -> bool:
    """True if a typed-array extension has a known element type and whole elements."""
    element = ARRAY_CODES.get(payload[0]) if payload else None
    return element is not None and (len(payload) - 1) % DTYPES[element].itemsize == 0


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and at which byte."""

    byte: int
    detail: str
    extension: int | None = None
    is_limit: bool = False
    got: int = 0
    limit: int = 0


class _Broken(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


# First byte -> (bytes of the length or value that follows, what it is).
_FIXED: Final = {0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2,
                 0xD2: 4, 0xD3: 8, 0xC0: 0, 0xC2: 0, 0xC3: 0}  # fmt: skip
_SIZED: Final = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_EXT_SIZED: Final = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_EXT_FIXED: Final = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_LISTS: Final = {0xDC: 2, 0xDD: 4}
_MAPS: Final = {0xDE: 2, 0xDF: 4}


_RUN: Final = 64
_LEAVES: Final = re.compile(
    rb"(?>[\x00-\x80\x90\xa0\xc0\xc2\xc3\xe0-\xff]|[\xcc\xd0].|[\xcd\xd1]..|[\xca\xce\xd2].{4}"
    rb"|[\xcb\xcf\xd3].{8}|%b){%d}"
    % (b"|".join(rb"\x%x[\x00-\x7f]{%d}" % (0xA0 + n, n) for n in range(1, 32)), _RUN),
    re.DOTALL,
)
"""Many values without members in a row: gone over at once, so that finding a fault is quick."""


class _Walker:
    """Walks over values without building them."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def walk(self) -> None:
        """Walk over one value and everything in it."""
        open_counts = [1]
        while open_counts:
            if open_counts[-1] == 0:
                open_counts.pop()
                continue
            if open_counts[-1] >= _RUN and (run := _LEAVES.match(self.data, self.at)):
                open_counts[-1] -= _RUN
                self.at = run.end()
                continue
            open_counts[-1] -= 1
            members = self._head()
            if members:
                open_counts.append(members)
                if len(open_counts) > DEPTH.value + 1:
                    what = "the nesting of lists and maps"
                    raise _Broken(
                        Fault(self.at, what, is_limit=True, got=DEPTH.value + 1, limit=DEPTH.value)
                    )
        if self.at < len(self.data):
            extra = len(self.data) - self.at
            detail = f"{extra} extra bytes after the value (msgpackr records look like this)"
            raise _Broken(Fault(self.at, detail))

    def _head(self) -> int:
        """Walk over a value's own bytes; return how many values follow as its members."""
        start = self.at
        first = self._take(1, start)[0]
        if first <= 0x7F or first >= 0xE0:
            return 0
        if first <= 0x8F:
            return 2 * (first & 0x0F)
        if first <= 0x9F:
            return first & 0x0F
        if first <= 0xBF:
            self._text(first & 0x1F, start)
            return 0
        if first in _FIXED:
            self._take(_FIXED[first], start)
            return 0
        if first in _SIZED:
            length = self._number(_SIZED[first], start)
            if first >= 0xD9:
                self._text(length, start)
            else:
                self._take(length, start)
            return 0
        if first in _EXT_SIZED or first in _EXT_FIXED:
            self._extension(first, start)
            return 0
        if first in _LISTS:
            return self._members(self._number(_LISTS[first], start), start)
        if first in _MAPS:
            return 2 * self._members(self._number(_MAPS[first], start), start)
        raise _Broken(Fault(start, f"byte 0x{first:02x} starts no value"))

    def _take(self, length: int, start: int) -> bytes:
        end = self.at + length
        if end > len(self.data):
            detail = f"the data ends within the value that starts at byte {start}"
            raise _Broken(Fault(len(self.data), detail))
        taken = self.data[self.at : end]
        self.at = end
        return taken

    def _number(self, length: int, start: int) -> int:
        return int.from_bytes(self._take(length, start), "big")

    def _text(self, length: int, start: int) -> None:
        text = self._take(length, start)
        try:
            text.decode("utf-8")
        except UnicodeDecodeError as error:
            at = self.at - length + error.start
            raise _Broken(Fault(at, "a text is not UTF-8")) from None

    def _extension(self, first: int, start: int) -> None:
        sized = first in _EXT_SIZED
        length = self._number(_EXT_SIZED[first], start) if sized else _EXT_FIXED[first]
        code = int.from_bytes(self._take(1, start), "big", signed=True)
        payload = self._take(length, start)
        if code == EXT_UNDEFINED or (code == EXT_TYPED_ARRAY and _is_array(payload)):
            return
        raise _Broken(Fault(start, f"extension type {code} cannot be read", code))

    def _members(self, count: int, start: int) -> int:
        if count > VALUES.value:
            what = "the length of a list or map"
            raise _Broken(Fault(start, what, is_limit=True, got=count, limit=VALUES.value))
        if count > len(self.data) - self.at:
            left = len(self.data) - self.at
            detail = f"a list or map of {count} members starts, but only {left} bytes follow"
            raise _Broken(Fault(start, detail))
        return count


def find_fault(data: bytes) -> Fault | None:
    """Return the first fault of MessagePack data, or None if it is whole."""
    try:
        _Walker(data).walk()
    except _Broken as broken:
        return broken.fault
    return None
