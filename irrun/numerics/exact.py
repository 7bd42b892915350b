"""The exact operations of `scalar` and `convert` on arrays: same rules, same bits.

All take arrays of doubles, or all of float32, that are broadcast against each other, and return
new ones of the same type; the bits of a NaN may be any. NumPy's own operations are used where IEEE
fixes them, and mended where it does not: the sign of a zero in min, max and sign, halves in
rounding, NaN and infinities in conversions. What takes NumPy more than one pass over memory is done
by a kernel where there is one (`native`).
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from irrun.numerics import native
from irrun.numerics.blocks import FEW, Block, Bools
from irrun.numerics.formulas.far_remainder import far_remainder

Floats = NDArray[Any]
"""float64 or float32, any shape with at least one dimension."""

Operand = Floats | float
"""An array, or a number for all elements of the other operand."""


_FAR_QUOTIENT: Final = 2.0**48
"""From here on `fmod`, which takes the time of a bit for each of the quotient, is slower."""


@native.named("floor")
def floor(x: Floats) -> Floats:
    """Round down; -0 stays."""
    result: Floats = np.floor(x)
    return result


@native.named("ceil")
def ceil(x: Floats) -> Floats:
    """Round up; -0.5 gives -0."""
    result: Floats = np.ceil(x)
    return result


@native.form("round")
def round_half_up(x: Floats) -> Floats:
    """Round to the nearest integers, halves towards +Infinity; -0.5 to 0 gives -0."""
    nearest: Floats = np.rint(x)
    # Of two integers equally near, `rint` takes the even one, which may be the lower.
    is_low = x - nearest == 0.5
    if np.count_nonzero(is_low):
        nearest[is_low] += 1.0
    return nearest


@native.form("fract")
def fract(x: Floats) -> Floats:
    """Return x - floor(x), in [0, 1] including 1."""
    whole = np.floor(x)
    result: Floats = np.subtract(x, whole, out=whole)
    return result


@native.named("sqrt")
def sqrt(x: Floats) -> Floats:
    """Return the square roots: NaN below 0, -0 for -0."""
    result: Floats = np.sqrt(x)
    return result


@native.named("div")
def divide(a: Operand, b: Operand) -> Floats:
    """Return a / b by IEEE."""
    result: Floats = np.true_divide(a, b)
    return result


@native.form("mod")
def remainder(a: Operand, b: Operand) -> Floats:
    """Return a % b truncated, with the sign of a; NaN for b = 0 or an infinite a."""
    size, least = np.absolute(a), np.absolute(b)
    far = size > least * _FAR_QUOTIENT
    if np.count_nonzero(far) > FEW:
        return _remainder_with_far(a, b, far & (size < np.inf) & (least > 0.0))
    result: Floats = np.fmod(a, b)
    return result


def _remainder_with_far(a: Operand, b: Operand, far: Bools) -> Floats:
    a, b = np.broadcast_arrays(a, b)
    result = np.empty_like(a)
    np.fmod(a, b, out=result, where=~far)
    result[far] = far_remainder(a[far].astype(np.float64), b[far].astype(np.float64))
    return result


@native.form("sign")
def sign(x: Floats) -> Floats:
    """Return -1 or 1, or x itself for 0, -0 and NaN."""
    result: Floats = np.sign(x)
    zeros = x == 0.0
    if np.count_nonzero(zeros):
        np.copyto(result, x, where=zeros)
    return result


@native.form("min")
def minimum(a: Operand, b: Operand) -> Floats:
    """Return the smaller ones; NaN if either is NaN; -0 is below 0."""
    return _with_signed_zeros(np.minimum(a, b), np.bitwise_or, a, b)


@native.form("max")
def maximum(a: Operand, b: Operand) -> Floats:
    """Return the larger ones; NaN if either is NaN; -0 is below 0."""
    return _with_signed_zeros(np.maximum(a, b), np.bitwise_and, a, b)


def _with_signed_zeros(result: Floats, of_bits: np.ufunc, a: Operand, b: Operand) -> Floats:
    """Mend the zeros of a new array, where NumPy may take either operand."""
    if np.count_nonzero(result == 0.0):
        integer = f"i{result.itemsize}"
        a, b = np.asarray(a, result.dtype), np.asarray(b, result.dtype)
        both = of_bits(a.view(integer), b.view(integer)).view(result.dtype)
        np.copyto(result, both, where=(a == 0.0) & (b == 0.0))
    return result


@native.form("clamp_a")
def clamp_a(v: Operand, low: Operand, high: Operand) -> Floats:
    """Return min(max(v, low), high): inverted bounds give `high`."""
    return minimum(maximum(v, low), high)


@native.form("clamp_b")
def clamp_b(v: Operand, low: Operand, high: Operand) -> Floats:
    """Return max(low, min(high, v)): inverted bounds give `low`."""
    return maximum(minimum(v, high), low)


def u32_block(x: Block) -> NDArray[Any]:
    """Truncate, then wrap modulo 2^32; NaN and infinities give 0. dtype uint32."""
    whole = np.fmod(np.trunc(np.where(np.isfinite(x), x, 0.0)), 4294967296.0)
    return whole.astype(np.int64).astype(np.uint32)


def color_bytes_block(rgba: Block) -> NDArray[np.uint8]:
    """Quantise colours to premultiplied bytes (section 10.8), shape (n, 4) to (n, 4)."""
    channels = np.where(rgba > 0.0, np.where(rgba < 1.0, rgba, 1.0), 0.0)
    alpha = channels[:, 3:]
    scaled = channels * alpha
    scaled[:, 3:] = alpha
    scaled *= 255.0
    low = np.floor(scaled)
    rounded: Block = low + (scaled - low >= 0.5)
    return rounded.astype(np.uint8)
