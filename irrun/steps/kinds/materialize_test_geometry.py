"""materializeTestGeometry: a fixed grid of circles (runtime-semantics 11.3)."""

import math
from collections.abc import Iterator
from typing import Final

import numpy as np

from irrun.evaluate.evaluators import Evaluators
from irrun.ir.tables import Tables
from irrun.ir.types import SlotId
from irrun.ir.values import Array
from irrun.numerics.arrays import to_f32_array
from irrun.steps.base import Access, Execute, Step, domain_at, need_domain, write
from irrun.steps.frame import Frame
from irrun.steps.placeholders import filled, placeholder_number

_WIDTH: Final = 800
_HEIGHT: Final = 600
_SPACING: Final = 60
_RADIUS: Final = 15.0


class MaterializeTestGeometry(Step, frozen=True, kw_only=True, tag="materializeTestGeometry"):
    """Write x, y and radius of each element, float32."""

    domain_slot: SlotId
    out_x_slot: SlotId
    out_y_slot: SlotId
    out_radius_slot: SlotId

    def accesses(self, tables: Tables) -> Iterator[Access]:
        yield need_domain(self.domain_slot)
        yield write(self.out_x_slot, "buffer", "outXSlot")
        yield write(self.out_y_slot, "buffer", "outYSlot")
        yield write(self.out_radius_slot, "buffer", "outRadiusSlot")

    def prepare(self, evaluators: Evaluators) -> Execute:
        """Keep the grid as long as it has as many elements."""
        grid = _grid(0)

        def run(frame: Frame) -> None:
            nonlocal grid
            count = domain_at(frame, self.domain_slot).count
            if grid[0].size != count:
                frame.fields.check_room(3 * count)
                grid = _grid(count)
            slots = (self.out_x_slot, self.out_y_slot, self.out_radius_slot)
            for slot, array in zip(slots, grid, strict=True):
                frame.write(slot, array)

        return run

    def placeholder(self, access: Access, frame: int, count: int) -> Array:
        return filled("f32", count, placeholder_number(access.slot, frame))


def _grid(count: int) -> tuple[Array, Array, Array]:
    """Return x, y and radius of a centred grid of nearly as many rows as columns."""
    columns = math.isqrt(count - 1) + 1 if count > 0 else 0
    left, top = ((size - (columns - 1) * _SPACING) / 2 for size in (_WIDTH, _HEIGHT))
    i = np.arange(count)
    row, column = i // max(columns, 1), i % max(columns, 1)
    radius = np.full(count, _RADIUS)
    x, y, radius = map(to_f32_array, (left + column * _SPACING, top + row * _SPACING, radius))
    for made in (x, y, radius):
        made.flags.writeable = False
    return x, y, radius
