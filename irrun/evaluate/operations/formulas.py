"""The formulas that opcodes name, as plain functions of values (runtime-semantics 7.2)."""

from collections.abc import Callable
from typing import Any, NamedTuple

from irrun.numerics import native
from irrun.numerics.scalar import clamp_b, divide, round_half_up
from irrun.numerics.transcendental import atan2, cos, sin, sqrt

Vec2 = dict[str, float]


class Formula(NamedTuple):
    """One formula in all its forms, which give the same bits."""

    scalar: Callable[..., Any]
    """For values: numbers, vectors as records."""
    array: Callable[..., Any] | None = None
    """For arrays of doubles, vectors of shape (n, 2); None where nothing asks for one."""
    single: Callable[..., Any] | None = None
    """For float32 arrays, as rounding the result of doubles would give; None if it would not."""


def vec2(x: float, y: float) -> Vec2:
    """Return a vector."""
    return {"x": x, "y": y}


@native.named("lerp")
def lerp(a: float, b: float, t: float) -> float:
    """Mix two numbers; t is not clamped."""
    return a + (b - a) * t


def step(edge: float, x: float) -> float:
    """Return 0 below the edge, else 1; a NaN counts as not below."""
    return 0.0 if x < edge else 1.0


def smoothstep(edge0: float, edge1: float, x: float) -> float:
    """Return the smooth step from 0 at edge0 to 1 at edge1."""
    u = clamp_b(divide(x - edge0, edge1 - edge0), 0.0, 1.0)
    return (u * u) * (3 - 2 * u)


def vec2_add(a: Any, b: Any) -> Vec2:
    """Add two vectors."""
    return vec2(a["x"] + b["x"], a["y"] + b["y"])


def vec2_sub(a: Any, b: Any) -> Vec2:
    """Subtract two vectors."""
    return vec2(a["x"] - b["x"], a["y"] - b["y"])


def vec2_mul(a: Any, b: Any) -> Vec2:
    """Multiply component by component."""
    return vec2(a["x"] * b["x"], a["y"] * b["y"])


def vec2_div(a: Any, b: Any) -> Vec2:
    """Divide component by component, by IEEE."""
    return vec2(divide(a["x"], b["x"]), divide(a["y"], b["y"]))


def vec2_scale(v: Any, s: float) -> Vec2:
    """Multiply a vector by a number."""
    return vec2(v["x"] * s, v["y"] * s)


def vec2_dot(a: Any, b: Any) -> float:
    """Return the scalar product."""
    return float(a["x"] * b["x"] + a["y"] * b["y"])


def vec2_length(v: Any) -> float:
    """Return the length: the root of the sum of squares."""
    return sqrt(v["x"] * v["x"] + v["y"] * v["y"])


def vec2_normalize(v: Any) -> Vec2:
    """Scale to length 1, by a multiplication with 1 / length; the zero vector stays."""
    length = vec2_length(v)
    if not length > 0:
        return vec2(0.0, 0.0)
    return vec2_scale(v, 1 / length)


def vec2_rotate(v: Any, radians: float) -> Vec2:
    """Turn a vector."""
    c, s = cos(radians), sin(radians)
    return vec2(v["x"] * c - v["y"] * s, v["x"] * s + v["y"] * c)


def vec2_angle(v: Any) -> float:
    """Return a vector's angle in radians."""
    return atan2(v["y"], v["x"])


def quantize(x: float, size: float) -> float:
    """Round to a multiple of `size`, halves up; NaN for size 0."""
    return round_half_up(divide(x, size)) * size


def clamp_01(x: float) -> float:
    """Clamp to 0..1; -0 becomes 0."""
    return clamp_b(x, 0.0, 1.0)
