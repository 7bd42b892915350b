"""Operations on whole float32 arrays, as what is done in doubles and then rounded to float32.

For these operations the result is the same whether float32 operands are widened to doubles first
and the result is rounded, or everything is done in float32. For + - * / and the square root that
is so because a double has more than twice as many bits (S. A. Figueroa, "When is double rounding
innocuous?", 1995), for the others because at most one of their operations is not exact. In
float32 they take a quarter of the time.

All take float32 arrays that are broadcast against each other, and return new ones. The bits of a
NaN may be any: `arrays.to_f32_array` makes them the one NaN. Warnings of NumPy are left on, so
callers switch them off for many operations at once.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from irrun.numerics import exact, native
from irrun.numerics.exact import (
    ceil,
    divide,
    floor,
    fract,
    maximum,
    minimum,
    round_half_up,
    sign,
    sqrt,
)  # fmt: skip

__all__ = [
    "absolute", "add", "ceil", "clamp", "divide", "floor", "fract", "maximum", "minimum",
    "multiply", "negate", "remainder", "round_half_up", "sign", "sqrt", "step", "subtract",
]  # fmt: skip

F32 = NDArray[np.float32]

_ZERO: Final = np.float32(0)


def add(a: F32, b: F32) -> F32:
    """Return a + b."""
    return a + b


def subtract(a: F32, b: F32) -> F32:
    """Return a - b."""
    return a - b


def multiply(a: F32, b: F32) -> F32:
    """Return a * b."""
    return a * b


def negate(x: F32) -> F32:
    """Return -x."""
    return np.negative(x)


def absolute(x: F32) -> F32:
    """Return |x|."""
    return np.absolute(x)


@native.form("clamp_b")
def clamp(x: F32, low: float, high: float) -> F32:
    """Return max(low, min(high, x)); rounding the bounds comes to rounding the result."""
    return maximum(minimum(x, np.array(high, np.float32)), np.array(low, np.float32))


@native.form("step")
def step(edge: F32, x: F32) -> F32:
    """Return 0 below the edge, else 1; a NaN counts as not below."""
    return np.logical_not(x < edge).astype(np.float32)


_LARGEST_QUOTIENT: Final = 2.0**24


@native.form("mod")
def remainder(a: F32, b: F32) -> F32:
    """Return a % b truncated, with the sign of a; NaN for b = 0 or an infinite a.

    As long as the quotient has at most 24 bits, its product with b has at most 48 and what is left
    of a is exact. A quotient that is no integer is too far from one to be rounded to it.
    Larger quotients, and what is no number, are left to the form for doubles.
    """
    x, y = a.astype(np.float64), b.astype(np.float64)
    quotient = x / y
    np.trunc(quotient, out=quotient)
    rest = quotient * y
    np.subtract(x, rest, out=rest)
    result = rest.astype(np.float32)
    zeros = rest == 0.0
    if np.count_nonzero(zeros):
        np.copyto(result, np.copysign(_ZERO, a), where=zeros)
    usual = np.absolute(quotient, out=quotient) < _LARGEST_QUOTIENT
    usual &= rest == rest  # an infinite b
    if np.count_nonzero(usual) < usual.size:
        far = ~usual
        result[far] = exact.remainder(*(o[far] for o in np.broadcast_arrays(x, y)))
    return result
