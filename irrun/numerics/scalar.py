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


def ceil(x: float) -> float:
    """Round up, as a double: `ceil(-0.5)` is -0.0; NaN and infinities pass through."""
    return -floor(-x)


def round_half_up(x: float) -> float:
    """Round to the nearest integer, halves towards +Infinity; -0.5 to 0 gives -0."""
    low = floor(x)
    if x - low >= 0.5:
        high = low + 1.0
        return -0.0 if high == 0.0 and x < 0.0 else high
    return low


def fract(x: float) -> float:
    """Return x - floor(x), in [0, 1] including 1; NaN for an infinity."""
    return x - floor(x)


def sign(x: float) -> float:
    """Return -1 or 1, or x itself for 0, -0 and NaN."""
    if x > 0.0:
        return 1.0
    return -1.0 if x < 0.0 else x


def clamp_a(v: float, low: float, high: float) -> float:
    """Return `min(max(v, low), high)`: inverted bounds give `high`, NaN stays NaN."""
    return minimum(maximum(v, low), high)
