"""The one order of numbers: ascending, 0 and -0 equal, NaN last (runtime-semantics 0.3).

Wherever numbers of a document or of a run are sorted, they are sorted so: a NaN compares as false
with everything, and a sort that compares would leave its neighbours as they were listed.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def ascending(x: float) -> tuple[bool, float]:
    """Return what x is sorted by; the ties of NaN, too, are left to the rule of the place."""
    return (True, 0.0) if x != x else (False, x)


def order_of(numbers: NDArray[np.float32], *, descending: bool = False) -> NDArray[np.int64]:
    """Return the indices of float32 numbers, shape (n,), in order: equal ones by index.

    NaN come last in either direction.
    """
    # Each number, with its index below it, as one whole number that sorts the same way. All
    # of these are different, so that every way of sorting them gives one result.
    bits: NDArray[Any] = (numbers + np.float32(0)).view(np.int32)  # -0 becomes 0
    ranks = (bits ^ (bits >> 31 & 0x7FFFFFFF)).astype(np.int64)
    if descending:
        ranks = -ranks
    ranks[np.isnan(numbers)] = 0x7FFFFFFF  # beyond the infinities
    keys: NDArray[np.int64] = ranks << 32 | np.arange(numbers.size)
    keys.sort()
    keys &= 0xFFFFFFFF
    return keys
