"""Paths as arrays of commands and coordinates (runtime-semantics 11.2)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from irrun.errors.fields import NotAPath, PathTooLong
from irrun.evaluate.operations.vectors import describe_shape
from irrun.ir.constants import is_number
from irrun.ir.values import Array
from irrun.limits import PATH_COMMANDS
from irrun.numerics.arrays import to_f32_array
from irrun.numerics.convert import to_number

MOVE, LINE, QUADRATIC, CUBIC, CLOSE = range(5)


class _Command(NamedTuple):
    code: int
    members: tuple[str, ...]


_COMMANDS: Final[Mapping[str, _Command]] = {
    "M": _Command(MOVE, ("x", "y")),
    "L": _Command(LINE, ("x", "y")),
    "Q": _Command(QUADRATIC, ("cx", "cy", "x", "y")),
    "C": _Command(CUBIC, ("c1x", "c1y", "c2x", "c2y", "x", "y")),
    "Z": _Command(CLOSE, ()),
}

POINTS: Final = np.array([len(command.members) // 2 for command in _COMMANDS.values()])
"""Points that a command takes, by code."""


class EncodedPath(NamedTuple):
    """One path: a code for each command, and all coordinates in order."""

    codes: Array
    """u16, shape (commands,)."""
    points: Array
    """f32, shape (points, 2)."""


class EncodedPaths(NamedTuple):
    """Many paths, one after the other, and where each one is."""

    codes: Array
    coordinates: Array
    command_start: Array
    command_count: Array
    point_start: Array
    point_count: Array


def encode_path(path: Any, what: str) -> EncodedPath:
    """Return a path as arrays.

    Raises:
        NotAPath: IR443, a command is of no known kind or lacks a coordinate.
    """
    codes: list[int] = []
    numbers: list[float] = []
    for command in path["commands"]:
        known = _COMMANDS.get(_kind(command))
        if known is None:
            raise NotAPath(what=f"a command of {what}", got=_described(command))
        codes.append(known.code)
        for name in known.members:
            if not is_number(command.get(name)):
                got = f"a {command['kind']} without a number `{name}`"
                raise NotAPath(what=f"a command of {what}", got=got)
            numbers.append(to_number(command[name]))
    points = to_f32_array(np.array(numbers, dtype=np.float64)).reshape(-1, 2)
    return EncodedPath(np.array(codes, dtype=np.uint16), points)


def _kind(command: Any) -> str:
    kind = command.get("kind") if isinstance(command, Mapping) else None
    return kind if isinstance(kind, str) else ""


def _described(command: Any) -> str:
    return f"of kind `{_kind(command)}`" if _kind(command) else describe_shape(command)


def concatenate(paths: Sequence[EncodedPath], count: int, *, room: tuple[int, int]) -> EncodedPaths:
    """Return paths one after the other; a single one is repeated for every element.

    Args:
        paths: One path to an element, or one for all.
        count: Number of elements.
        room: Least lengths of the arrays of commands and of coordinates; the rest is 0.

    Raises:
        PathTooLong: IR444.
    """
    repeats = count if len(paths) == 1 else 1
    for path in paths[:1]:
        check_length(len(path.codes) * repeats)
    commands = np.array([len(path.codes) for path in paths], dtype=np.int64).repeat(repeats)
    points = np.array([len(path.points) for path in paths], dtype=np.int64).repeat(repeats)
    command_start, point_start = _starts(commands), _starts(points)
    codes = _joined([path.codes for path in paths], repeats, np.uint16, room[0])
    flat = [path.points.reshape(-1) for path in paths]
    return EncodedPaths(
        codes,
        _joined(flat, repeats, np.float32, room[1]),
        command_start,
        commands.astype(np.uint32),
        point_start,
        points.astype(np.uint32),
    )


def check_length(commands: int) -> None:
    """Refuse paths that are too long to be kept.

    Raises:
        PathTooLong: IR444.
    """
    if commands > PATH_COMMANDS.value:
        raise PathTooLong(count=commands, limit=PATH_COMMANDS.value)


def _joined(parts: Sequence[Array], repeats: int, dtype: Any, least: int) -> Array:
    joined = np.concatenate([np.empty(0, dtype=dtype), *parts])
    used = len(joined) * repeats
    padded = np.zeros(max(used, least), dtype=dtype)  # exact: whole numbers
    padded[:used] = np.tile(joined, repeats)
    return padded


def _starts(lengths: Array) -> Array:
    ends = np.cumsum(lengths)
    check_length(int(ends[-1]) if len(ends) else 0)  # exact: whole
    starts: Array = (ends - lengths).astype(np.uint32)
    return starts
