"""Values over frames as one array, where their shapes allow."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irrun.evaluate.operations.vectors import shape_of
from irrun.ir.constants import is_number
from irrun.ir.typed_array import TypedArray
from irrun.ir.values import Buffer


def shaped(value: Any) -> NDArray[Any] | None:
    """Return the numbers of a value; None if it is something else.

    Returns:
        Shape () for a number, (members,) for a vector or a colour, both float64; (elements,) for
        an array or a buffer, (elements, components) for a buffer of vectors or colours, in its own
        dtype.
    """
    if is_number(value):
        return np.array(value, dtype=np.float64)
    if isinstance(value, Buffer):
        data = value.data.reshape(-1)
        if value.components == 1:
            return data
        whole = data.size % value.components == 0
        return data.reshape(-1, value.components) if whole else None
    if isinstance(value, TypedArray):
        return value.array
    if isinstance(value, np.ndarray):
        return value
    names = shape_of(value) if isinstance(value, Mapping) else None
    return np.array([value[name] for name in names], dtype=np.float64) if names else None


def is_buffer(value: Any) -> bool:
    """True if the first axis of a value's numbers counts elements."""
    return isinstance(value, Buffer | TypedArray | np.ndarray)


def stacked(values: Sequence[Any]) -> NDArray[Any] | None:
    """Return values over frames as one array, shape (frames, ...) with the shape of each.

    None if one is no number, vector, colour or buffer, or if they are not alike. A buffer that is
    the same in all frames is not copied: the array cannot be written to then.
    """
    if all(map(is_number, values)):
        return np.array(values, dtype=np.float64)
    first = shaped(values[0])
    if first is None:
        return None
    if all(value is values[0] for value in values):
        return np.broadcast_to(first, (len(values), *first.shape))
    arrays = []
    for value in values:
        array = shaped(value)
        if array is None or (array.dtype, array.shape) != (first.dtype, first.shape):
            return None
        arrays.append(array)
    return np.stack(arrays)
