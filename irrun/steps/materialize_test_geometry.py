"""materializeTestGeometry: a fixed grid of circles (runtime-semantics 11.3)."""

from collections.abc import Iterator

from irrun.ir.tables import Tables
from irrun.ir.types import SlotId
from irrun.ir.values import Array
from irrun.steps.base import Access, Step, read_domain, write
from irrun.steps.placeholders import filled, placeholder_number


class MaterializeTestGeometry(Step, frozen=True, kw_only=True, tag="materializeTestGeometry"):
    """Write x, y and radius of each element, float32."""

    domain_slot: SlotId
    out_x_slot: SlotId
    out_y_slot: SlotId
    out_radius_slot: SlotId

    def accesses(self, tables: Tables) -> Iterator[Access]:
        yield read_domain(self.domain_slot)
        yield write(self.out_x_slot, "buffer", "outXSlot")
        yield write(self.out_y_slot, "buffer", "outYSlot")
        yield write(self.out_radius_slot, "buffer", "outRadiusSlot")

    def placeholder(self, access: Access, frame: int, count: int) -> Array:
        return filled("f32", count, placeholder_number(access.slot, frame))
