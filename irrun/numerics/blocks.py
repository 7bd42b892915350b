"""Array forms: a formula carried over arrays of any shape, a block at a time.

A formula of this package is written once, with + - * / and square roots only, and is given
either a Python float or a block: a one-dimensional float64 array of at most `BLOCK` elements.
Both mean the same IEEE operations in the same order, so both give the same bits.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Block = NDArray[np.float64]
"""Shape (n,), n <= BLOCK."""

Bools = NDArray[np.bool_]
Bits = NDArray[np.int64]

Real = TypeVar("Real", float, Block)
"""What a formula computes with: one double, or a block of them."""

BLOCK: Final = 4096
"""Elements in a block: its temporaries stay in the processor's cache."""

NAN: Final = float("nan")
"""The one NaN: quiet, positive, no payload (0x7FF8000000000000)."""


def elementwise(
    formula: Callable[..., Block], *inputs: ArrayLike, out: NDArray[Any] | None = None
) -> NDArray[Any]:
    """Apply a formula of blocks to arrays that are broadcast against each other.

    Args:
        formula: Takes a block of each input, must not change them, returns a new block.
        inputs: Any shapes and number types; computed with as float64.
        out: Where results go, of the broadcast shape; may be an input. A float32 array takes
            them rounded. A new float64 array if None.
    """
    operands = [*(np.asarray(x) for x in inputs), out]
    reading = [["readonly", "overlap_assume_elementwise"] for _ in inputs]
    writing = ["writeonly", "allocate", "no_broadcast", "overlap_assume_elementwise"]
    wanted: list[Any] = [np.float64 for _ in operands]
    blocks = np.nditer(
        operands,  # type: ignore[arg-type]
        flags=["buffered", "external_loop", "zerosize_ok", "copy_if_overlap"],
        op_flags=[*reading, writing],  # type: ignore[list-item]
        op_dtypes=wanted,
        casting="same_kind",
        buffersize=BLOCK,
    )
    with np.errstate(all="ignore"), blocks:
        for *values, result in blocks:
            result[...] = one_nan(formula(*values))
        return blocks.operands[-1]


def one_nan(block: Block) -> Block:
    """Make every NaN of a new block the one NaN: processors differ in sign and payload."""
    bad = block != block
    if bad.any():
        block[bad] = NAN
    return block


def patch(
    result: Block, where: Bools, exact: Callable[..., float], *inputs: Block
) -> Block:
    """Replace results that the block formula is not made for by those of the scalar form."""
    if where.any():
        for i in np.flatnonzero(where).tolist():
            result[i] = exact(*(float(values[i]) for values in inputs))
    return result


def bits(block: Block) -> Bits:
    """Return a block's doubles as integers, without copying."""
    return block.view(np.int64)


def choose(condition: Bools, yes: Block, no: Block) -> Block:
    """Return a block with `yes` where the condition holds, else `no`."""
    return np.where(condition, yes, no)


def negate_where(block: Block, condition: Bools | Bits) -> Block:
    """Return a block with the signs turned where the condition is true (or 1)."""
    return (bits(block) ^ (condition.astype(np.int64) << 63)).view(np.float64)
