"""renderAssemble: put the render frame together (runtime-semantics section 12)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec

from irrun.errors import IrrunError
from irrun.errors.loading import ConflictingForms, MissingField
from irrun.errors.rendering import BatchListStopped, NotFinite
from irrun.evaluate.columns.plan import NotInBlocks
from irrun.evaluate.scene.assembly import Assembler
from irrun.ir.batches import Instance2DBatch, PathBatch
from irrun.ir.constants import is_number
from irrun.ir.render_frame import ClearSpec, RenderFrame, RenderPass
from irrun.ir.tables import Tables
from irrun.ir.types import Index, SlotId, kind_of
from irrun.ir.values import DomainHandle, ValueClass
from irrun.steps.base import Access, Step, element_count, read, read_domain, write
from irrun.steps.block import BlockPlan
from irrun.steps.frame import Frame
from irrun.steps.uses import Use

Batch = TypeVar("Batch", Instance2DBatch, PathBatch)

BLACK: Final = 255
"""Opaque black as 0xRRGGBBAA: what every assembled frame is cleared with."""

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
                yield from _instance_accesses(instances, f"instance2dBatches[{i}]")
        elif self.instance2d_list_slot is not None:
            yield read(self.instance2d_list_slot, "batches", "instance2dListSlot")
        if self.path_batches:
            for i, paths in enumerate(self.path_batches):
                yield from _path_accesses(paths, f"pathBatches[{i}]")
        elif self.path_batch_list_slot is not None:
            yield read(self.path_batch_list_slot, "batches", "pathBatchListSlot")
        if self.out_slot is not None:
            yield read(self.out_slot, "any", "outSlot")
        if self.out_frame_slot is not None:
            yield write(self.out_frame_slot, "frame", "outFrameSlot")

    def uses(self) -> Iterator[Use]:
        """Yield the node of the old form, which has no effect."""
        if self.root_node_index is not None:
            yield Use("node", self.root_node_index, "rootNodeIndex", weak=True)

    def run(self, frame: Frame) -> None:
        if self.out_frame_slot is None:
            if self.out_slot is not None:
                frame.read(self.out_slot)
            return
        assembler = Assembler(frame.read, frame.report)
        passes = (*self._instances(frame, assembler), *self._paths(frame, assembler))
        for slot, (nan, infinite) in assembler.not_finite.items():
            frame.report(NotFinite(slot=slot, nan=nan, infinite=infinite, frames=1))
        frame.write(self.out_frame_slot, _frame(passes, assembler))

    def sees_more(self, tables: Tables) -> bool:
        """True: lists of batches name slots themselves, and what cannot be drawn is counted."""
        return True

    def columns(self, plan: BlockPlan) -> None:
        """Assemble each frame when somebody looks at it; what may go wrong is looked for before."""
        instances, paths = self.instance2d_batches or (), self.path_batches or ()
        has_lists = self.instance2d_list_slot is not None or self.path_batch_list_slot is not None
        if self.out_frame_slot is None or has_lists:
            raise NotInBlocks("it assembles lists of batches, or passes a frame through")
        batches: list[Instance2DBatch | PathBatch] = [*instances, *paths]
        counts = [
            batch.count if batch.count > 0 else _count(batch, plan.constant(batch.domain_slot))
            for batch in batches
        ]
        slots = [a.slot for a in plan.accesses if a.mode == "read" and a.expects != "domain"]
        registers = {slot: plan.read(slot) for slot in slots}
        report = plan.reporter()

        def build(read: Callable[[int], Any]) -> RenderFrame:
            assembler = Assembler(read, report)
            rest = iter(counts)
            passes: tuple[RenderPass, ...] = (
                *(assembler.instances(batch, next(rest)) for batch in instances),
                *(assembler.paths(batch, next(rest)) for batch in paths),
            )
            if assembler.not_finite:
                raise NotInBlocks("it is given NaN or infinity")
            return _frame(passes, assembler)

        def row(*values: Any) -> RenderFrame:
            return build(dict(zip(registers, values, strict=True)).__getitem__)

        made = plan.assemble(self.kind, tuple(registers.values()), row)
        plan.write(self.out_frame_slot, made)

    def _instances(self, frame: Frame, assembler: Assembler) -> Iterator[RenderPass]:
        def build(batch: Instance2DBatch) -> RenderPass:
            return assembler.instances(batch, _elements(frame, batch))

        if self.instance2d_batches:
            yield from map(build, self.instance2d_batches)
        elif self.instance2d_list_slot is not None:
            yield from _listed(frame, self.instance2d_list_slot, Instance2DBatch, build)

    def _paths(self, frame: Frame, assembler: Assembler) -> Iterator[RenderPass]:
        def build(batch: PathBatch) -> RenderPass:
            return assembler.paths(batch, _elements(frame, batch))

        if self.path_batches:
            yield from map(build, self.path_batches)
        elif self.path_batch_list_slot is not None:
            yield from _listed(frame, self.path_batch_list_slot, PathBatch, build)


def _frame(passes: tuple[RenderPass, ...], assembler: Assembler) -> RenderFrame:
    clear = ClearSpec(mode="color", color_rgba=BLACK)
    return RenderFrame(clear=clear, passes=passes, buffers=assembler.buffers or None)


def _instance_accesses(batch: Instance2DBatch, at: str) -> Iterator[Access]:
    """Yield the reads of a batch; `at` is its wire path within the step."""
    if batch.count <= 0:
        yield read_domain(batch.domain_slot, f"{at}.domainSlot")
    yield read(batch.pos_xy_slot, "buffer", f"{at}.posXYSlot", "instances")
    yield read(batch.size_slot, "buffer", f"{at}.sizeSlot", "number", "instances")
    also: tuple[ValueClass, ...] = ("number", "color", "instances")
    yield read(batch.color_rgba_slot, "buffer", f"{at}.colorRGBASlot", *also)
    yield read(batch.opacity_slot, "number", f"{at}.opacitySlot", "buffer")


def _path_accesses(batch: PathBatch, at: str) -> Iterator[Access]:
    """Yield the reads of a batch; `at` is its wire path within the step."""
    if batch.count <= 0:
        yield read_domain(batch.domain_slot, f"{at}.domainSlot")
    yield read(batch.cmds_slot, "buffer", f"{at}.cmdsSlot")
    yield read(batch.params_slot, "buffer", f"{at}.paramsSlot")
    yield read(batch.cmd_start_slot, "buffer", f"{at}.cmdStartSlot")
    yield read(batch.cmd_len_slot, "buffer", f"{at}.cmdLenSlot")
    yield read(batch.point_start_slot, "buffer", f"{at}.pointStartSlot")
    yield read(batch.point_len_slot, "buffer", f"{at}.pointLenSlot")
    optional: tuple[tuple[int | None, str, tuple[ValueClass, ...]], ...] = (
        (batch.fill_color_slot, "fillColorSlot", ("number", "color")),
        (batch.stroke_color_slot, "strokeColorSlot", ("number", "color")),
        (batch.stroke_width_slot, "strokeWidthSlot", ("number",)),
        (batch.opacity_slot, "opacitySlot", ("number",)),
    )
    for slot, field, also in optional:
        if slot is not None:
            yield read(slot, "buffer", f"{at}.{field}", *also)


def _elements(frame: Frame, batch: Instance2DBatch | PathBatch) -> int:
    """Return a batch's own count, or that of its domain: a handle or a number (section 12.2)."""
    if batch.count > 0:
        return batch.count
    return _count(batch, frame.read(batch.domain_slot))


def _count(batch: Instance2DBatch | PathBatch, value: Any) -> int:
    count = value.count if isinstance(value, DomainHandle) else value
    return element_count(batch.domain_slot, count) if is_number(count) else 0


def _listed(
    frame: Frame, slot: int, kind: type[Batch], build: Callable[[Batch], RenderPass]
) -> Iterator[RenderPass]:
    """Yield the passes of a list of batches; the first bad entry ends it, and is reported."""
    if not frame.was_ever_written(slot):
        return
    value = frame.read(slot)
    entries = value.get("batches") if isinstance(value, Mapping) else None
    if not isinstance(entries, list | tuple):
        return
    for i, entry in enumerate(entries):
        if not isinstance(entry, Mapping) or entry.get("kind") != kind_of(kind):
            continue
        try:
            yield build(msgspec.convert(entry, kind))
        except (IrrunError, msgspec.ValidationError) as error:
            detail = str(error)[:1].lower() + str(error)[1:]  # exact: a message
            frame.report(BatchListStopped(slot=slot, entry=i, detail=detail))
            return
