"""The exact operations of `scalar` and `convert` on blocks: same rules, same bits.

NumPy's own are used where IEEE fixes them, and mended where it does not: the sign of a zero in
min, max and sign, halves in rounding, NaN and infinities in conversions.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from irrun.numerics.blocks import Block, bits, choose, doubles, one_nan


def sqrt_block(x: Block) -> Block:
    """Return the square roots: NaN below 0, -0 for -0."""
    return one_nan(np.sqrt(x))


def floor_block(x: Block) -> Block:
    """Round down; -0 stays."""
    return one_nan(np.floor(x))


def ceil_block(x: Block) -> Block:
    """Round up; -0.5 gives -0."""
    return one_nan(np.ceil(x))


def round_half_up_block(x: Block) -> Block:
    """Round to the nearest integers, halves towards +Infinity; -0.5 to 0 gives -0."""
    low = np.floor(x)
    up = x - low >= 0.5
    return one_nan(np.copysign(low + up, x))


def fract_block(x: Block) -> Block:
    """Return x - floor(x), in [0, 1] including 1."""
    return one_nan(x - np.floor(x))


def sign_block(x: Block) -> Block:
    """Return -1 or 1, or x itself for 0, -0 and NaN."""
    return one_nan(choose(x > 0.0, np.ones_like(x), choose(x < 0.0, -np.ones_like(x), x)))


def remainder_block(a: Block, b: Block) -> Block:
    """Return a % b truncated, with the sign of a; NaN for b = 0 or an infinite a."""
    return one_nan(np.fmod(a, b))


def divide_block(a: Block, b: Block) -> Block:
    """Return a / b by IEEE."""
    return one_nan(np.divide(a, b))


def minimum_block(a: Block, b: Block) -> Block:
    """Return the smaller ones; NaN if either is NaN; -0 is below 0."""
    # Of equal numbers only zeros can differ, and only in the sign bit.
    both = doubles(bits(a) | bits(b))
    return one_nan(choose(a == b, both, np.minimum(a, b)))


def maximum_block(a: Block, b: Block) -> Block:
    """Return the larger ones; NaN if either is NaN; -0 is below 0."""
    both = doubles(bits(a) & bits(b))
    return one_nan(choose(a == b, both, np.maximum(a, b)))


def clamp_a_block(v: Block, low: Block, high: Block) -> Block:
    """Return min(max(v, low), high): inverted bounds give `high`."""
    return minimum_block(maximum_block(v, low), high)


def clamp_b_block(v: Block, low: Block, high: Block) -> Block:
    """Return max(low, min(high, v)): inverted bounds give `low`."""
    return maximum_block(low, minimum_block(high, v))


def u32_block(x: Block) -> NDArray[Any]:
    """Truncate, then wrap modulo 2^32; NaN and infinities give 0. dtype uint32."""
    whole = np.fmod(np.trunc(choose(np.isfinite(x), x, np.zeros_like(x))), 4294967296.0)
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
