"""Instances3DProjectTo2D: project 3D instances to the screen (runtime-semantics 14.5, 14.6)."""

from collections.abc import Iterator
from typing import Literal

from irrun.ir.tables import Tables
from irrun.ir.types import SlotId
from irrun.steps.base import Access, Step, read, read_domain, write


class ProjectInstances(Step, frozen=True, kw_only=True, tag="Instances3DProjectTo2D"):
    """Write screen positions, sizes, depths and colours of the instances that are visible."""

    domain_slot: SlotId
    camera_eval_slot: SlotId
    position_slot: SlotId
    color_r_slot: SlotId
    color_g_slot: SlotId
    color_b_slot: SlotId
    color_a_slot: SlotId
    radius_slot: SlotId
    out_slot: SlotId
    z_sort: bool
    cull_mode: Literal["none", "frustum"]
    clip_mode: Literal["discard", "clamp"]
    size_space: Literal["px", "world"]
    rotation_slot: SlotId | None = None
    scale_slot: SlotId | None = None

    def accesses(self, tables: Tables) -> Iterator[Access]:
        yield read_domain(self.domain_slot)
        yield read(self.camera_eval_slot, "camera", "cameraEvalSlot")
        yield read(self.position_slot, "buffer", "positionSlot")
        if self.rotation_slot is not None:
            yield read(self.rotation_slot, "buffer", "rotationSlot")
        if self.scale_slot is not None:
            yield read(self.scale_slot, "buffer", "scaleSlot")
        yield read(self.color_r_slot, "buffer", "colorRSlot", "number")
        yield read(self.color_g_slot, "buffer", "colorGSlot", "number")
        yield read(self.color_b_slot, "buffer", "colorBSlot", "number")
        yield read(self.color_a_slot, "buffer", "colorASlot", "number")
        yield read(self.radius_slot, "buffer", "radiusSlot", "number")
        yield write(self.out_slot, "instances", "outSlot")
