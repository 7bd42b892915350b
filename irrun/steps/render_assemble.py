"""renderAssemble: put the render frame together (runtime-semantics section 12)."""

from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from irrun.errors.loading import ConflictingForms, MissingField
from irrun.ir.render_frame import Dash, PathDraw
from irrun.ir.tables import Tables
from irrun.ir.types import Index, KindRecord, SafeInt, SlotId
from irrun.ir.values import ValueClass
from irrun.steps.base import Access, Step, read, read_domain, write


class Instance2DBatch(KindRecord, frozen=True, kw_only=True, tag="instance2d"):
    """One batch of instances; a count of 0 or less is taken from the domain."""

    count: SafeInt
    domain_slot: SlotId
    size_slot: SlotId
    opacity_slot: SlotId
    pos_xy_slot: SlotId = msgspec.field(name="posXYSlot")
    color_rgba_slot: SlotId = msgspec.field(name="colorRGBASlot")

    def accesses(self, at: str) -> Iterator[Access]:
        """Yield the batch's reads; `at` is its wire path within the step."""
        if self.count <= 0:
            yield read_domain(self.domain_slot, f"{at}.domainSlot")
        yield read(self.pos_xy_slot, "buffer", f"{at}.posXYSlot", "instances")
        yield read(self.size_slot, "buffer", f"{at}.sizeSlot", "number", "instances")
        also: tuple[ValueClass, ...] = ("number", "color", "instances")
        yield read(self.color_rgba_slot, "buffer", f"{at}.colorRGBASlot", *also)
        yield read(self.opacity_slot, "number", f"{at}.opacitySlot", "buffer")


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

    def accesses(self, at: str) -> Iterator[Access]:
        """Yield the batch's reads; `at` is its wire path within the step."""
        if self.count <= 0:
            yield read_domain(self.domain_slot, f"{at}.domainSlot")
        yield read(self.cmds_slot, "buffer", f"{at}.cmdsSlot")
        yield read(self.params_slot, "buffer", f"{at}.paramsSlot")
        yield read(self.cmd_start_slot, "buffer", f"{at}.cmdStartSlot")
        yield read(self.cmd_len_slot, "buffer", f"{at}.cmdLenSlot")
        yield read(self.point_start_slot, "buffer", f"{at}.pointStartSlot")
        yield read(self.point_len_slot, "buffer", f"{at}.pointLenSlot")
        optional: tuple[tuple[int | None, str, tuple[ValueClass, ...]], ...] = (
            (self.fill_color_slot, "fillColorSlot", ("number", "color")),
            (self.stroke_color_slot, "strokeColorSlot", ("number", "color")),
            (self.stroke_width_slot, "strokeWidthSlot", ("number",)),
            (self.opacity_slot, "opacitySlot", ("number",)),
        )
        for slot, field, also in optional:
            if slot is not None:
                yield read(slot, "buffer", f"{at}.{field}", *also)


_NEW_FIELDS: Final = (
    "instance2dBatches",
    "pathBatches",
    "instance2dListSlot",
    "pathBatchListSlot",
    "outFrameSlot",
)
_OLD_FIELDS: Final = ("rootNodeIndex", "outSlot")


class RenderAssemble(Step, frozen=True, kw_only=True, tag="renderAssemble"):
    """Assemble batches into passes.

    The old document form names `out_slot`: the step passes through what an earlier step wrote
    there. (Where none does, loading turns it into the new form, which writes an empty frame.)
    """

    out_frame_slot: SlotId | None = None
    instance2d_batches: tuple[Instance2DBatch, ...] | None = None
    path_batches: tuple[PathBatch, ...] | None = None
    instance2d_list_slot: SlotId | None = None
    path_batch_list_slot: SlotId | None = None
    root_node_index: Index | None = None
    out_slot: SlotId | None = None

    @staticmethod
    def upgrade(document: dict[str, Any]) -> str | None:
        """Check that a step has one of its two spellings, whole (ir-schema 14.3)."""
        new = [name for name in _NEW_FIELDS if document.get(name) is not None]
        old = [name for name in _OLD_FIELDS if document.get(name) is not None]
        if new and old:
            raise ConflictingForms(old=", ".join(old), new=", ".join(new))
        needed = "outSlot" if old else "outFrameSlot"
        if document.get(needed) is None:
            raise MissingField(name=needed)
        return "renderAssemble (`rootNodeIndex`, `outSlot`)" if old else None

    def accesses(self, tables: Tables) -> Iterator[Access]:
        if self.instance2d_batches:
            for i, instances in enumerate(self.instance2d_batches):
                yield from instances.accesses(f"instance2dBatches[{i}]")
        elif self.instance2d_list_slot is not None:
            yield read(self.instance2d_list_slot, "batches", "instance2dListSlot")
        if self.path_batches:
            for i, paths in enumerate(self.path_batches):
                yield from paths.accesses(f"pathBatches[{i}]")
        elif self.path_batch_list_slot is not None:
            yield read(self.path_batch_list_slot, "batches", "pathBatchListSlot")
        if self.out_slot is not None:
            yield read(self.out_slot, "any", "outSlot")
        if self.out_frame_slot is not None:
            yield write(self.out_frame_slot, "frame", "outFrameSlot")
