"""The hyperbolic tangent: from a table of 32nds up to where it is 1.

With c the 32nd nearest to x, T = tanh c and t = tanh(x - c) it is T + (1 - T^2) t / (1 + T t).
"""

from collections.abc import Iterator
from math import copysign, floor
from typing import Final, TypeAlias

import numpy as np

from irrun.numerics.blocks import NAN, Block, Real, one_nan
from irrun.numerics.formulas.constants import (
    TANH_0,
    TANH_1,
    TANH_2,
    TANH_3,
    TANH_4,
    TANH_5,
)
from irrun.numerics.formulas.tables import (
    TANH_HI,
    TANH_LO,
)

_FLAT: Final = 22.0
"""From here on the result is 1."""

_STEPS: Final = 32.0
_HALF: Final = 0.5

Cell: TypeAlias = tuple[Real, Real, Real, Real]
"""Of a step i: c = i / 32, tanh c as a sum of two, its slope 1 - tanh(c)^2."""


def _cells() -> Iterator[Cell[float]]:
    """Yield the table. The steps next to 0 are 0: the series alone is better there."""
    yield from [(0.0, 0.0, 0.0, 1.0)] * 4
    for i, (high, low) in enumerate(zip(TANH_HI, TANH_LO, strict=True), 4):
        yield i / _STEPS, high, low, 1.0 - high * high


_CELLS: Final = tuple(_cells())


def tanh_from(size: Real, cell: Cell[Real]) -> Real:
    """Return tanh of a size that belongs to this cell."""
    centre, high, low, slope = cell
    d = size - centre
    z = d * d
    p = ((((TANH_5 * z + TANH_4) * z + TANH_3) * z + TANH_2) * z + TANH_1) * z + TANH_0
    t = d + (z * d) * p
    return high + (slope * t / (1.0 + high * t) + low)


def tanh(x: float) -> float:
    """Return the hyperbolic tangent."""
    size = x if x > 0.0 else -x
    if size < _FLAT:
        value = tanh_from(size, _CELLS[floor(size * _STEPS + _HALF)])
        return value if x > 0.0 else -value if x else x
    return NAN if x != x else copysign(1.0, x)


_CENTRES, _HIGHS, _LOWS, _ = map(np.array, zip(*_CELLS, strict=True))
_LARGEST, _STEPS_OF_BLOCK, _ROUNDING = np.array(_FLAT), np.array(_STEPS), np.array(_HALF)
_ONE: Final = np.array(1.0)


def tanh_block(x: Block) -> Block:
    """Return the hyperbolic tangents of a block."""
    size = np.minimum(np.abs(x), _LARGEST)
    i = (size * _STEPS_OF_BLOCK + _ROUNDING).astype(np.intp)
    # Of a NaN the step may be anything.
    high, low = _HIGHS.take(i, mode="clip"), _LOWS.take(i, mode="clip")
    cell = (_CENTRES.take(i, mode="clip"), high, low, _ONE - high * high)
    return one_nan(np.copysign(tanh_from(size, cell), x))
