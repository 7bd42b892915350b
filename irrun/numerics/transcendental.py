"""Transcendental functions on doubles: the only place that calls the platform's maths.

All follow IEEE and ECMAScript (runtime-semantics 0.3): no exceptions, NaN outside the domain.
"""

import math
from typing import Final

PI: Final = math.pi


def sin(x: float) -> float:
    """Return the sine of x radians; NaN for an infinity."""
    return math.sin(x) if x - x == 0.0 else math.nan


def cos(x: float) -> float:
    """Return the cosine of x radians; NaN for an infinity."""
    return math.cos(x) if x - x == 0.0 else math.nan


def tan(x: float) -> float:
    """Return the tangent of x radians; NaN for an infinity."""
    return math.tan(x) if x - x == 0.0 else math.nan


def asin(x: float) -> float:
    """Return the arcsine in radians; NaN outside [-1, 1]."""
    return math.asin(x) if -1.0 <= x <= 1.0 else math.nan


def acos(x: float) -> float:
    """Return the arccosine in radians; NaN outside [-1, 1]."""
    return math.acos(x) if -1.0 <= x <= 1.0 else math.nan


def atan(x: float) -> float:
    """Return the arctangent in radians."""
    return math.atan(x)


def atan2(y: float, x: float) -> float:
    """Return the angle of the point (x, y) in radians, by the quadrant, with signed zeros."""
    return math.atan2(y, x)


def sqrt(x: float) -> float:
    """Return the square root; NaN below 0, -0 for -0."""
    return math.sqrt(x) if x >= 0.0 else math.nan


def exp(x: float) -> float:
    """Return e to the x; an infinity where it is too large."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def power(a: float, b: float) -> float:
    """Return a to the b by ECMAScript's table of cases, which differs from C's for a = 1 and -1."""
    if b != b:
        return math.nan
    if b == 0.0:
        return 1.0
    is_finite = b - b == 0.0
    if not is_finite and (a == 1.0 or a == -1.0):
        return math.nan
    # What `math.pow` refuses is decided here: raising an error costs more than the power itself.
    if a < 0.0 and is_finite and a - a == 0.0 and not b.is_integer():
        return math.nan
    if a == 0.0 and b < 0.0:
        odd = is_finite and math.fmod(b, 2.0) in (1.0, -1.0)
        return math.copysign(math.inf, a) if odd else math.inf
    try:
        return math.pow(a, b)
    except OverflowError:
        negative = a < 0.0 and math.fmod(b, 2.0) != 0.0
        return -math.inf if negative else math.inf


def log(x: float) -> float:
    """Return the natural logarithm; -Infinity for 0, NaN below."""
    if x > 0.0:
        return math.log(x)
    return -math.inf if x == 0.0 else math.nan


def tanh(x: float) -> float:
    """Return the hyperbolic tangent."""
    return math.tanh(x)
