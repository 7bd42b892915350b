"""Where in the text of a JSON file a problem stands: line, column, and the line itself."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from irrun.errors import IrrunError
from irrun.errors.base import Excerpt
from irrun.files.reading import read_file
from irrun.program.paths import path_keys

_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[{}\[\],:]|[^\s"{}\[\],:]++', re.DOTALL)
_AROUND: Final = 400
"""Characters of a line that are kept before and behind what is marked: a file may be one line."""


class _Span:
    """A member or an element that is looked for, or on the way to one: where it stands."""

    def __init__(self) -> None:
        self.children: dict[str | int, _Span] = {}
        self.start = -1
        self.head = -1
        """Behind its key, or behind the first character of an element."""
        self.end = -1

    def found(self, start: int, head: int) -> None:
        """Note where it begins; what was found in an earlier member of the same key is void."""
        if self.start >= 0:
            below = list(self.children.values())
            while below:
                span = below.pop()
                span.start = -1
                below.extend(span.children.values())
        self.start, self.head, self.end = start, head, head


def locate(problems: Iterable[IrrunError]) -> None:
    """Add line, column and the line's text to problems of JSON files that are still there.

    Only regular files are read again; of MessagePack, gzip and standard input nothing is added.
    """
    by_file: dict[str, list[IrrunError]] = {}
    for problem in problems:
        where = problem.where
        is_placed = where.byte is not None or where.path not in (None, "$")
        if where.file not in (None, "stdin") and is_placed and problem.excerpt is None:
            by_file.setdefault(str(where.file), []).append(problem)
    for file, found in by_file.items():
        # A problem is told in any case, also where its file is gone or memory is what lacks.
        with suppress(IrrunError, OSError, ValueError, MemoryError):
            data = read_file(file)
            if data.removeprefix(_BOM).lstrip(b" \t\r\n").startswith(b"{"):
                locate_in(data, found)


_BOM: Final = b"\xef\xbb\xbf"


def locate_in(data: bytes, problems: Sequence[IrrunError]) -> None:
    """Add line, column and the line's text to problems of JSON text.

    Args:
        data: The text, UTF-8.
        problems: What is wrong with it. A path may lead to what is not there, such as a missing
            field: then it is what the path leads to as far as it goes.
    """
    skipped = len(_BOM) if data.startswith(_BOM) else 0
    text = data[skipped:].decode("utf-8", "replace")
    lines = [0, *(found.end() for found in re.finditer("\n", text))]
    root, spans = _Span(), list[tuple[IrrunError, list[_Span]]]()
    for problem in problems:
        where = problem.where
        if where.byte is not None:
            before = data[skipped : where.byte].decode("utf-8", "replace")
            _mark(problem, text, lines, len(before), len(before) + 1)
        elif where.path is not None:
            spans.append((problem, _way(root, where.path)))
    if spans:
        _scan(text, root)
    for problem, way in spans:
        last = next((span for span in reversed(way) if span.start >= 0), None)
        if last is not None:
            is_one_line = "\n" not in text[last.start : last.end]
            _mark(problem, text, lines, last.start, last.end if is_one_line else last.head)


def _way(root: _Span, path: str) -> list[_Span]:
    """Return what a path leads through, made where it is not there."""
    found, here = [], root
    for key in path_keys(path):
        if key is None:
            break
        here = here.children.setdefault(key, _Span())
        found.append(here)
    return found


def _scan(text: str, root: _Span) -> None:
    """Find the spans below the root, in one pass over a text that is sound JSON."""
    outer: list[tuple[_Span | None, _Span | None, bool, int]] = []
    here: _Span | None = None  # what the innermost list or object is, if it leads anywhere
    child: _Span | None = root  # what the next value is
    is_record, index, wants_key = False, 0, False
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        first = text[start]
        if first in "{[":
            _begin(child, here, is_record, start)
            outer.append((here, child, is_record, index))
            here, is_record, index = child, first == "{", 0
            wants_key = is_record
            child = None if is_record or here is None else here.children.get(0)
        elif first in "}]":
            if not outer:
                return
            here, child, is_record, index = outer.pop()
            if child is not None:
                child.end = end
        elif first == ",":
            wants_key, index = is_record, index + 1
            child = None if is_record or here is None else here.children.get(index)
        elif first == ":":
            pass
        elif wants_key:
            wants_key = False
            child = None if here is None else here.children.get(_key(text[start:end]))
            if child is not None:
                child.found(start, end)
        elif child is not None:
            _begin(child, here, is_record, start)
            child.end = end


def _begin(child: _Span | None, here: _Span | None, is_record: bool, start: int) -> None:
    """Note where an element begins; a member began with its key."""
    if child is not None and here is not None and not is_record:
        child.found(start, start + 1)


def _key(token: str) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token


def _mark(problem: IrrunError, text: str, lines: list[int], start: int, end: int) -> None:
    """Give a problem its line and column, from 1, and the text of the line."""
    line = bisect_right(lines, start)
    first = lines[line - 1]
    last = lines[line] - 1 if line < len(lines) else len(text)
    end = min(end, last)
    problem.at(line=line, column=start - first + 1)
    problem.excerpt = Excerpt(
        before=text[max(first, start - _AROUND) : start],
        marked=text[start : min(end, start + _AROUND)],
        after=text[end : min(last, end + _AROUND)].rstrip("\r"),
    )
