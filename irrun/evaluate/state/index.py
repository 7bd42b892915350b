"""Which state cell is meant: by a state id, by a node, by a raw index (runtime-semantics 6.7)."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from irrun.ir.state import StateCell
from irrun.ir.types import StateStorage


class _Extent(NamedTuple):
    """Where a cell is in its array."""

    start: int
    end: int
    cell: int


class CellIndex:
    """Finds cells of a layout; a cell goes by its index there."""

    def __init__(self, cells: Sequence[StateCell]) -> None:
        self.cells = cells
        self._by_id: dict[str, int] = {}
        self._by_node: dict[str, list[int]] = {}
        for i, cell in enumerate(cells):
            self._by_id.setdefault(cell.key, i)  # of two cells with one id the first counts
            self._by_node.setdefault(cell.node_id, []).append(i)

    def of_id(self, state_id: str | int) -> int | None:
        """Return the cell that a state id means."""
        return self._by_id.get(str(state_id))

    def of_node(self, node_id: str) -> Sequence[int]:
        """Return the cells of a node, in the layout's order."""
        return self._by_node.get(node_id, ())

    def at(self, storage: StateStorage, index: int) -> list[int]:
        """Return the cells that hold a raw index, in the layout's order: several may overlap."""
        extents, ends = self._extents[storage]
        found = []
        k = bisect_right(extents, index, key=lambda extent: extent.start) - 1
        while k >= 0 and ends[k] > index:
            if extents[k].end > index:
                found.append(extents[k].cell)
            k -= 1
        return sorted(found)  # exact: indices

    @cached_property
    def _extents(self) -> dict[StateStorage, tuple[list[_Extent], list[int]]]:
        """By storage: the cells by where they start, and the greatest end up to each."""
        found: dict[StateStorage, list[_Extent]] = {"f64": [], "f32": [], "i32": []}
        for i, cell in enumerate(self.cells):
            if cell.size > 0:
                found[cell.storage].append(_Extent(cell.offset, cell.offset + cell.size, i))
        for extents in found.values():
            extents.sort()  # exact: offsets
        return {
            storage: (extents, list(accumulate((extent.end for extent in extents), max)))
            for storage, extents in found.items()
        }
