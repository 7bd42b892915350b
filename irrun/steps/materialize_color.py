"""materializeColor: spread a colour over four channels (runtime-semantics 11.1)."""

from collections.abc import Iterator
from typing import Literal

from irrun.ir.tables import Tables
from irrun.ir.types import SlotId
from irrun.ir.values import Array
from irrun.steps.base import Access, Step, read, read_domain, write
from irrun.steps.placeholders import filled, placeholder_number


class MaterializeColor(Step, frozen=True, kw_only=True, tag="materializeColor"):
    """Write four float32 channels, one number to an element each."""

    domain_slot: SlotId
    color_expr_slot: SlotId
    out_r_slot: SlotId
    out_g_slot: SlotId
    out_b_slot: SlotId
    out_a_slot: SlotId
    format: Literal["rgba_f32"] | None = None

    def accesses(self, tables: Tables) -> Iterator[Access]:
        yield read_domain(self.domain_slot)
        yield read(self.color_expr_slot, "color", "colorExprSlot", "field", "number")
        yield write(self.out_r_slot, "buffer", "outRSlot")
        yield write(self.out_g_slot, "buffer", "outGSlot")
        yield write(self.out_b_slot, "buffer", "outBSlot")
        yield write(self.out_a_slot, "buffer", "outASlot")

    def placeholder(self, access: Access, frame: int, count: int) -> Array:
        return filled("f32", count, placeholder_number(access.slot, frame))
