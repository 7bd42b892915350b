"""hash01ById: a number in [0, 1] for each element, from its id (runtime-semantics 10.6)."""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from irrun.numerics.arrays import fract
from irrun.numerics.convert import to_i32

_FACTOR: Final = 0x5BD1E995
_FEW: Final = 64
"""Ids of one length that are hashed one by one: an array for each code unit costs as much."""


class UnitGroup(msgspec.Struct, frozen=True, eq=False):
    """Ids of one length: `units[j]` holds the UTF-16 code unit j of each, `at` their elements."""

    at: NDArray[np.int64]
    units: NDArray[np.uint16]


def units_of_indices(first: int, count: int) -> list[UnitGroup]:
    """Return the decimal texts of the indices from `first` to `count`, grouped by length."""
    groups: list[UnitGroup] = []
    places, low = [1], 0
    while low < count:
        high = min(10 * places[-1], count)
        at = np.arange(max(low, first), high, dtype=np.int64)  # exact: whole
        if len(at):
            digits = [at // place % 10 + ord("0") for place in reversed(places)]
            groups.append(UnitGroup(at, np.array(digits, dtype=np.uint16)))
        places.append(10 * places[-1])
        low = high
    return groups


def units_of_texts(texts: Sequence[str]) -> list[UnitGroup]:
    """Return the code units of texts, grouped by length."""
    by_length: dict[int, tuple[list[int], list[bytes]]] = {}
    for i, text in enumerate(texts):
        encoded = text.encode("utf-16-le", "surrogatepass")
        at, parts = by_length.setdefault(len(encoded) // 2, ([], []))
        at.append(i)
        parts.append(encoded)
    groups = []
    for length, (at, parts) in sorted(by_length.items()):  # exact: lengths
        units = np.frombuffer(b"".join(parts), dtype="<u2").reshape(len(at), length)
        groups.append(UnitGroup(np.array(at, dtype=np.int64), units.T.astype(np.uint16)))
    return groups


def hash01(
    groups: Sequence[UnitGroup], count: int, seed: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the hash of every element's id, shape (n,); for a column of F seeds (F, n)."""
    if isinstance(seed, np.ndarray):
        return np.array([hash01(groups, count, one) for one in seed.reshape(-1).tolist()])
    found = np.zeros(count, dtype=np.float64)
    for group in groups:
        found[group.at] = _hash_group(group, seed)
    return found


def _hash_group(group: UnitGroup, seed: float) -> NDArray[np.float64]:
    if len(group.units) == 0:
        h = np.full(len(group.at), seed, dtype=np.float64)
    elif len(group.at) < _FEW:
        h = np.array([_hash_one(units, seed) for units in group.units.T.tolist()])
    else:
        state = _mixed(_first_sums(group.units[0], seed))
        for units in group.units[1:]:
            # Every step fits a double, so that unsigned wrap-around is the same.
            state = _mixed((state << np.uint32(5)) - state + units)
        h = state.view(np.int32).astype(np.float64)
    return fract((h * 12.9898 + 78.233) * 43758.5453)


def _hash_one(units: Sequence[int], seed: float) -> float:
    """Return the mixed code units of one id: the same as for arrays, which cost more for few."""
    state = 0
    for i, unit in enumerate(units):
        added = (state << 5) - state + unit if i else _first_sum(unit, seed)
        product = (added * _FACTOR) & 0xFFFFFFFF
        state = product ^ (product >> 15)
    return float(to_i32(float(state)))


def _first_sum(unit: int, seed: float) -> int:
    """Return `ToInt32(seed) << 5`, minus the seed, plus the unit, in doubles.

    The seed is no integer yet.
    """
    return to_i32(float(to_i32(float(to_i32(seed) * 32))) - seed + float(unit))


def _first_sums(units: NDArray[np.uint16], seed: float) -> NDArray[np.uint32]:
    """Return the sums of the first code units."""
    distinct, inverse = np.unique(units, return_inverse=True)  # exact: whole
    sums = [_first_sum(unit, seed) for unit in distinct.tolist()]
    return np.array(sums, dtype=np.int64).astype(np.uint32)[inverse]


def _mixed(sums: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the sums times the factor, modulo 2^32, folded."""
    product: NDArray[np.uint32] = sums * np.uint32(_FACTOR)
    return product ^ (product >> np.uint32(15))
