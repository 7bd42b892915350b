"""The paths of a pass as SVG path data (runtime-semantics 16.4)."""

from collections.abc import Callable, Sequence
from typing import Final

from irrun.errors.rendering import CannotDraw
from irrun.render.vector.numbers import is_finite

POINTS: Final = (1, 1, 2, 3, 0)
"""Points that each command takes: M, L, Q, C, Z."""
_LETTERS: Final = "MLQCZ"


def path_data(
    commands: Sequence[int],
    points: Sequence[float],
    start: int,
    length: int,
    cursor: int,
    num: Callable[[float], str],
) -> tuple[str, int]:
    """Return the path data of one path, empty if it draws nothing, and the point after its last.

    Args:
        commands: Codes of all paths: 0 M, 1 L, 2 Q, 3 C, 4 Z.
        points: x, y of all paths, interleaved.
        start: The path's first command.
        length: How many commands it has.
        cursor: The path's first point, in pairs.
        num: Writes a number.

    Raises:
        CannotDraw: IR483, an unknown code, or more than the buffers hold.
    """
    if start + length > len(commands):
        raise CannotDraw(
            detail=f"a path has commands {start} to {start + length - 1}, "
            f"but there are only {len(commands)}"
        )
    parts: list[str] = []
    for code in commands[start : start + length]:
        if code >= len(POINTS):
            raise CannotDraw(detail=f"path command {code} does not exist")
        last = cursor + POINTS[code]
        if 2 * last > len(points):
            raise CannotDraw(
                detail=f"a path needs point {last - 1}, but there are only {len(points) // 2}"
            )
        numbers = points[2 * cursor : 2 * last]
        cursor = last
        # As on a canvas, a command with a number that is not finite does nothing.
        if is_finite(*numbers):
            _append(parts, code, [num(x) for x in numbers])
    return "".join(parts) if len(parts) > 1 else "", cursor


def _append(parts: list[str], code: int, texts: list[str]) -> None:
    """Append a command; as on a canvas, a path that has no point yet begins at its first one."""
    if not parts:
        if code == 4:
            return
        parts.append(f"M{texts[0]} {texts[1]}")
        if code <= 1:
            return
    parts.append(_LETTERS[code] + " ".join(texts))


def box_of(points: Sequence[float]) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of points, interleaved; of what is finite."""
    xs = [x for x in points[0::2] if is_finite(x)] or [0.0]
    ys = [y for y in points[1::2] if is_finite(y)] or [0.0]
    return min(xs), min(ys), max(xs), max(ys)  # exact: finite
