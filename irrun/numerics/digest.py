"""The digests of values: one for every format that irrun writes (golden-format.md)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from irrun.numerics.arrays import one_nan_copy


def array_digest(array: NDArray[Any], components: int = 1) -> str:
    """Return the digest of an array: of its type, its shape and its numbers.

    Neither the byte order in memory nor the bits of a NaN count.

    Args:
        array: Any shape.
        components: Numbers of an element, where the array is flat and its elements have several.
    """
    one = one_nan_copy(array)
    little = np.ascontiguousarray(one.astype(one.dtype.newbyteorder("<"), copy=False))
    shape = shape_of(array, components)
    head = f"{array.dtype.name} {'x'.join(map(str, shape))}\n"
    return byte_digest(head.encode(), little.tobytes())


def shape_of(array: NDArray[Any], components: int = 1) -> tuple[int, ...]:
    """Return the shape that an array has as a value: `(elements,)` or `(elements, components)`."""
    if components > 1 and array.size % components == 0:
        return (array.size // components, components)
    return array.shape


def byte_digest(*parts: bytes) -> str:
    """Return 128 bits of SHA-256 over bytes, in hex: short enough to read past."""
    from hashlib import sha256

    digest = sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()[:32]
