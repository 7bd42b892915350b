"""The operations of `scalar`, `transcendental` and `convert` for whole arrays of doubles.

Each function has the name of its scalar form and gives the same bits for every element. Operands
are float64 arrays or single doubles and are broadcast against each other.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irrun.numerics import transcendental

Numbers = NDArray[np.float64]
Operand = Numbers | float


def floor(x: Operand) -> Numbers:
    """Round down; -0, NaN and infinities pass through."""
    return _f64(np.floor(x))


def ceil(x: Operand) -> Numbers:
    """Round up; `ceil(-0.5)` is -0."""
    return _f64(np.ceil(x))


def round_half_up(x: Operand) -> Numbers:
    """Round to the nearest integer, halves towards +Infinity; -0.5 to 0 gives -0."""
    low = np.floor(x)
    with np.errstate(invalid="ignore"):
        rounded = np.where(np.subtract(x, low) >= 0.5, low + 1.0, low)
    is_minus_zero = (rounded == 0.0) & np.signbit(x)
    return _f64(np.where(is_minus_zero, -0.0, rounded))


def fract(x: Operand) -> Numbers:
    """Return x - floor(x), in [0, 1] including 1; NaN for an infinity."""
    with np.errstate(invalid="ignore"):
        return _f64(np.subtract(x, np.floor(x)))


def sign(x: Operand) -> Numbers:
    """Return -1 or 1, or x itself for 0, -0 and NaN."""
    return _f64(np.where(np.greater(x, 0.0), 1.0, np.where(np.less(x, 0.0), -1.0, x)))


def remainder(a: Operand, b: Operand) -> Numbers:
    """Return `a % b` truncated, with the sign of `a`; NaN for b = 0 or an infinite a."""
    with np.errstate(invalid="ignore"):
        return _f64(np.fmod(a, b))


def divide(a: Operand, b: Operand) -> Numbers:
    """Return `a / b` by IEEE."""
    with np.errstate(all="ignore"):
        return _f64(np.divide(a, b))


def minimum(a: Operand, b: Operand) -> Numbers:
    """Return the smaller of two; NaN if either is NaN; -0 is below 0."""
    a, b = _f64(a), _f64(b)
    takes_a = (a < b) | ((a == b) & np.signbit(a))
    return _f64(np.where(np.isnan(a) | np.isnan(b), np.nan, np.where(takes_a, a, b)))


def maximum(a: Operand, b: Operand) -> Numbers:
    """Return the larger of two; NaN if either is NaN; -0 is below 0."""
    a, b = _f64(a), _f64(b)
    takes_a = (a > b) | ((a == b) & ~np.signbit(a))
    return _f64(np.where(np.isnan(a) | np.isnan(b), np.nan, np.where(takes_a, a, b)))


def clamp_a(v: Operand, low: Operand, high: Operand) -> Numbers:
    """Return `min(max(v, low), high)`: inverted bounds give `high`, NaN stays NaN."""
    return minimum(maximum(v, low), high)


def clamp_b(v: Operand, low: Operand, high: Operand) -> Numbers:
    """Return `max(low, min(high, v))`: inverted bounds give `low`, NaN stays NaN."""
    return maximum(low, minimum(high, v))


def sqrt(x: Operand) -> Numbers:
    """Return the square root; NaN below 0, -0 for -0."""
    with np.errstate(invalid="ignore"):
        return _f64(np.where(np.less(x, 0.0), np.nan, np.sqrt(x)))


def to_f32_array(x: Any) -> NDArray[np.float32]:
    """Round to float32, ties to even."""
    with np.errstate(all="ignore"):
        return np.asarray(x, dtype=np.float64).astype(np.float32)


def to_u32_array(x: Operand) -> NDArray[np.uint32]:
    """Convert as assignment to a u32 element: truncate, then wrap modulo 2^32."""
    with np.errstate(invalid="ignore"):
        wrapped = np.fmod(np.trunc(x), 4294967296.0)  # exact: 2^32 is a power of two
    return np.where(np.isfinite(x), wrapped, 0.0).astype(np.int64).astype(np.uint32)


def to_i32_array(x: Operand) -> NDArray[np.int32]:
    """Convert as assignment to an i32 element: truncate, then wrap into [-2^31, 2^31)."""
    return to_u32_array(x).view(np.int32)


def total(x: Numbers) -> float:
    """Return the sum of a one-dimensional array from left to right, starting from 0."""
    result = 0.0
    for element in x.tolist():
        result = result + element
    return result


def _f64(x: Any) -> Numbers:
    return np.asarray(x, dtype=np.float64)


def _each(function: Callable[..., float], operands: int) -> Callable[..., Numbers]:
    """Return the form of a scalar function that computes one element after the other."""
    ufunc = np.frompyfunc(function, operands, 1)

    def apply(*arrays: Operand) -> Numbers:
        with np.errstate(all="ignore"):
            return _f64(ufunc(*map(_f64, arrays)))

    return apply


sin = _each(transcendental.sin, 1)
cos = _each(transcendental.cos, 1)
tan = _each(transcendental.tan, 1)
asin = _each(transcendental.asin, 1)
acos = _each(transcendental.acos, 1)
atan = _each(transcendental.atan, 1)
atan2 = _each(transcendental.atan2, 2)
exp = _each(transcendental.exp, 1)
log = _each(transcendental.log, 1)
power = _each(transcendental.power, 2)
tanh = _each(transcendental.tanh, 1)
