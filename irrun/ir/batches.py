"""Batches: which slots the instances or paths of one pass come from (ir-schema 14.3)."""

from typing import Literal

import msgspec

from irrun.ir.render_frame import Dash, PathDraw
from irrun.ir.types import KindRecord, SafeInt, SlotId


class Instance2DBatch(KindRecord, frozen=True, kw_only=True, tag="instance2d"):
    """One batch of instances; a count of 0 or less is taken from the domain."""

    count: SafeInt
    domain_slot: SlotId
    size_slot: SlotId
    opacity_slot: SlotId
    pos_xy_slot: SlotId = msgspec.field(name="posXYSlot")
    color_rgba_slot: SlotId = msgspec.field(name="colorRGBASlot")


class PathBatch(KindRecord, frozen=True, kw_only=True, tag="path"):
    """One batch of paths; a count of 0 or less is taken from the domain."""

    count: SafeInt
    domain_slot: SlotId
    cmds_slot: SlotId
    params_slot: SlotId
    cmd_start_slot: SlotId
    cmd_len_slot: SlotId
    point_start_slot: SlotId
    point_len_slot: SlotId
    draw: PathDraw
    fill_color_slot: SlotId | None = None
    stroke_color_slot: SlotId | None = None
    stroke_width_slot: SlotId | None = None
    opacity_slot: SlotId | None = None
    fill_rule: Literal["nonzero", "evenodd"] | None = None
    line_cap: Literal["butt", "round", "square"] | None = None
    line_join: Literal["miter", "round", "bevel"] | None = None
    miter_limit: float | None = None
    dash: Dash | None = None
