"""Exact operations on single doubles (runtime-semantics section 0.3)."""

import math


def floor(x: float) -> float:
    """Round down, as a double: `floor(-0.0)` is -0.0; NaN and infinities pass through."""
    if x - x != 0.0 or x == 0.0:
        return x
    return float(math.floor(x))


def remainder(a: float, b: float) -> float:
    """Return `a % b` truncated, with the sign of `a`; NaN for b = 0 or an infinite a."""
    if b == 0.0 or a - a != 0.0 or b != b:
        return math.nan
    return math.fmod(a, b)


def minimum(a: float, b: float) -> float:
    """Return the smaller of two; NaN if either is NaN; -0 is below 0."""
    if a != a or b != b:
        return math.nan
    if a == b:
        return a if math.copysign(1.0, a) < 0.0 else b
    return a if a < b else b


def maximum(a: float, b: float) -> float:
    """Return the larger of two; NaN if either is NaN; -0 is below 0."""
    if a != a or b != b:
        return math.nan
    if a == b:
        return b if math.copysign(1.0, a) < 0.0 else a
    return a if a > b else b


def clamp_b(v: float, low: float, high: float) -> float:
    """Return `max(low, min(high, v))`: inverted bounds give `low`, NaN stays NaN."""
    return maximum(low, minimum(high, v))


def divide(a: float, b: float) -> float:
    """Return `a / b` by IEEE: x/0 is an infinity with the sign of both, 0/0 is NaN."""
    if b != 0.0:
        return a / b
    if a == 0.0 or a != a:
        return math.nan
    return math.copysign(math.inf, math.copysign(1.0, a) * math.copysign(1.0, b))
