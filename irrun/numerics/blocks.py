"""Array forms: a formula carried over arrays of any shape, a block at a time.

A formula of this package is written once, with + - * / and square roots only, and is given
either a Python float or a block: a one-dimensional float64 array of at most `BLOCK` elements.
Both mean the same IEEE operations in the same order, so both give the same bits.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from irrun.numerics import native

Block = NDArray[np.float64]
"""Shape (n,), n <= BLOCK."""

Bools = NDArray[np.bool_]
Bits = NDArray[np.int64]

Real = TypeVar("Real", float, Block)
"""What a formula computes with: one double, or a block of them."""

BLOCK: Final = 2048
"""Elements in a block: its temporaries stay in the processor's cache, and malloc keeps them."""

NAN: Final = float("nan")
"""The one NaN: quiet, positive, no payload (0x7FF8000000000000)."""


def elementwise(
    formula: Callable[..., Block],
    *inputs: ArrayLike,
    out: NDArray[Any] | None = None,
    kernel: str = "",
) -> NDArray[Any]:
    """Apply a formula of blocks to arrays that are broadcast against each other.

    Args:
        formula: Takes a block of each input, must not change them, returns a new block.
        inputs: Any shapes and number types; computed with as float64.
        out: Where results go, of the broadcast shape; may be an input. A float32 array takes
            them rounded. A new float64 array if None.
        kernel: The one that does the same, taken where it is there (`native`).
    """
    arrays = [np.asarray(x) for x in inputs]
    largest, spread = arrays[0], arrays
    if len(arrays) > 1:
        largest = max(arrays, key=_dimensions_and_size)
        spread = [a for a in arrays if a.size != 1 or a.shape == largest.shape]
    if largest.ndim and _are_alike(spread if out is None else [*spread, out]):
        target = np.empty_like(largest) if out is None else out
        operands = (a if a.shape == target.shape else float(a.reshape(-1)[0]) for a in arrays)
        if not native.run(kernel, tuple(operands), target):
            _by_slices(formula, arrays, target)
        return target
    return _by_iterator(formula, kernel, arrays, out)


def _dimensions_and_size(array: NDArray[Any]) -> tuple[int, int]:
    return array.ndim, array.size


_DOUBLE: Final = np.dtype(np.float64)
"""There is one such object, so that `is` finds it without comparing."""


def _are_alike(arrays: list[NDArray[Any]]) -> bool:
    """True for float64 arrays of one shape, each in one piece, of which none overlap in part."""
    shape = arrays[0].shape
    for array in arrays:
        if array.dtype is not _DOUBLE or array.shape != shape or not array.flags.c_contiguous:
            return False
    target = arrays[-1]
    for array in arrays[:-1]:
        owned = array.base is None and target.base is None
        if array is not target and not owned and np.may_share_memory(array, target):
            return False
    return True


def _by_slices(
    formula: Callable[..., Block], inputs: list[NDArray[Any]], target: NDArray[Any]
) -> None:
    """Fill an array from arrays of its shape, and numbers that serve for all elements."""
    flat, goal = [_flat(a, target.size) for a in inputs], target.reshape(-1)
    with np.errstate(all="ignore"):
        if goal.size <= BLOCK:
            goal[:] = formula(*flat)
            return
        for start in range(0, goal.size, BLOCK):
            part = slice(start, start + BLOCK)
            length = min(BLOCK, goal.size - start)
            goal[part] = formula(*(a[part] if a.size > BLOCK else a[:length] for a in flat))


def _flat(array: NDArray[Any], size: int) -> Block:
    """Return an array in one dimension; a number as a block of it."""
    if array.size == 1 != size:
        return np.full(min(size, BLOCK), array.reshape(-1)[0], np.float64)
    return array.reshape(-1)


def _by_iterator(
    formula: Callable[..., Block],
    kernel: str,
    inputs: list[NDArray[Any]],
    out: NDArray[Any] | None,
) -> NDArray[Any]:
    reading = ["readonly", "contig", "overlap_assume_elementwise"]
    writing = ["writeonly", "contig", "allocate", "no_broadcast", "overlap_assume_elementwise"]
    settings: dict[str, Any] = {
        "flags": ["buffered", "external_loop", "zerosize_ok", "copy_if_overlap"],
        "op_flags": [*(reading for _ in inputs), writing],
        "op_dtypes": [np.float64 for _ in [*inputs, out]],
        "casting": "same_kind",
        "buffersize": BLOCK,
    }
    blocks: Any = np.nditer([*inputs, out], **settings)
    with np.errstate(all="ignore"), blocks:
        if blocks.itersize:
            for *values, result in blocks:
                if not native.run(kernel, tuple(values), result):
                    result[...] = formula(*values)
        results: NDArray[Any] = blocks.operands[-1]
        return results


def one_nan(block: Block) -> Block:
    """Make every NaN of a new block the one NaN: processors differ in sign and payload."""
    bad = block != block
    if np.count_nonzero(bad):
        block[bad] = NAN
    return block


def all_true(condition: Bools) -> bool:
    """True if a condition holds for all elements."""
    return bool(np.count_nonzero(condition) == condition.size)


FEW: Final = 24
"""Up to so many elements are quicker one by one, in the scalar form, than all at once."""


def patch(
    result: Block,
    usual: Bools,
    single: Callable[..., float],
    many: Callable[..., Block],
    *inputs: Block,
) -> Block:
    """Replace results for which the quick formula of blocks is not made.

    Args:
        result: Results of the quick formula; changed.
        usual: Where they are right.
        single: The scalar form.
        many: The same for a block of any numbers.
        inputs: What both take.
    """
    if not all_true(usual):
        at = np.flatnonzero(~usual)
        if at.size > FEW:
            result[at] = many(*(values[at] for values in inputs))
        else:
            for i in at.tolist():
                result[i] = single(*(float(values[i]) for values in inputs))
    return result


def bits(block: Block) -> Bits:
    """Return a block's doubles as integers, without copying."""
    return block.view(np.int64)


def doubles(integers: Bits) -> Block:
    """Return the doubles that have these bits, without copying."""
    return integers.view(np.float64)


def choose(condition: Bools, yes: Block, no: Block) -> Block:
    """Return a block with `yes` where the condition holds, else `no`."""
    return np.where(condition, yes, no)


def negate_where(block: Block, condition: Bools) -> Block:
    """Return a block with the signs turned where the condition is true."""
    return doubles(bits(block) ^ (condition.astype(np.int64) << _SIGN_BIT))


_SIGN_BIT: Final = np.array(63)
