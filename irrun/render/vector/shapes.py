"""The shapes of instances, in unit coordinates and placed (runtime-semantics 16.3)."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from irrun.limits import SHAPE_POINTS
from irrun.numerics.transcendental import PI, cos, sin

Point = tuple[float, float]
Write = Callable[[float], str]

CIRCLE: Final = 0
SQUARE: Final = 1

_CORNERS: Final[tuple[Point, ...]] = ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))


def shape_text(shape: int, x: float, y: float, size: float, turn: float, num: Write) -> str:
    """Return the beginning of an SVG element: a shape of a size (its diameter) around (x, y).

    Args:
        shape: 0 circle, 1 square, else a star of that many points, of at least 3.
        x: Centre in CSS pixels.
        y: Centre in CSS pixels, downwards.
        size: Diameter or edge length; a negative one turns the shape by half a turn.
        turn: Rotation in radians, clockwise on the screen.
        num: Writes a number.
    """
    if shape == CIRCLE:
        return f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(abs(size) / 2)}"'
    if shape == SQUARE and turn == 0:
        edge, half = num(abs(size)), abs(size) / 2
        return f'<rect x="{num(x - half)}" y="{num(y - half)}" width="{edge}" height="{edge}"'
    corners = _CORNERS if shape == SQUARE else star(min(max(3, shape), SHAPE_POINTS.value))
    return f'<polygon points="{_placed(corners, x, y, size, turn, num)}"'


@lru_cache(maxsize=1024)
def star(points: int) -> tuple[Point, ...]:
    """Return the corners of a star: the first on top, radius 0.5 and 0.25 by turns."""
    corners = []
    for k in range(2 * points):
        angle = k / (2 * points) * 2 * PI - PI / 2
        radius = 0.5 if k % 2 == 0 else 0.25
        corners.append((cos(angle) * radius, sin(angle) * radius))
    return tuple(corners)


def _placed(
    corners: Sequence[Point],
    x: float,
    y: float,
    size: float,
    turn: float,
    num: Write,
) -> str:
    a, b = (size, 0.0) if turn == 0 else (size * cos(turn), size * sin(turn))
    return " ".join(f"{num(x + a * u - b * v)},{num(y + b * u + a * v)}" for u, v in corners)
