"""Exact operations on whole arrays (runtime-semantics sections 0.2 and 0.3)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def to_f32_array(values: NDArray[Any]) -> NDArray[np.float32]:
    """Round each number as `to_f32` does; all NaNs become the same one.

    Which NaN an operation yields differs between machines, and an array's bytes would show it.
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        rounded = values.astype(np.float32)
    is_nan = np.isnan(rounded)
    if is_nan.any():
        rounded[is_nan] = np.nan
    return rounded
