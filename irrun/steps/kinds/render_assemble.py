"""renderAssemble: put the render frame together (runtime-semantics section 12)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec

from irrun.errors import IrrunError
from irrun.errors.loading import ConflictingForms, MissingField
from irrun.errors.rendering import BatchListStopped, NotFinite
from irrun.evaluate.evaluators import Evaluators
from irrun.evaluate.scene.assembly import Assembler
from irrun.ir.batches import Instance2DBatch, PathBatch
from irrun.ir.constants import is_number
from irrun.ir.render_frame import ClearSpec, RenderFrame, RenderPass
from irrun.ir.tables import Tables
from irrun.ir.types import Index, SlotId, kind_of
from irrun.ir.values import DomainHandle, ValueClass
from irrun.steps.base import Access, Execute, Step, element_count, read, read_domain, write
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

    def prepare(self, evaluators: Evaluators) -> Execute:
        """Count NaN and infinities over all frames, in one finding for each slot."""
        counted: dict[int, NotFinite] = {}
        return lambda frame: self._assemble(frame, counted)

    def _assemble(self, frame: Frame, counted: dict[int, NotFinite]) -> None:
        if self.out_frame_slot is None:
            if self.out_slot is not None:
                frame.read(self.out_slot)
            return
        assembler = Assembler(frame.read, frame.report)
        passes = (*self._instances(frame, assembler), *self._paths(frame, assembler))
        _report_not_finite(frame, assembler.not_finite, counted)
        clear = ClearSpec(mode="color", color_rgba=BLACK)
        buffers = assembler.buffers or None
        frame.write(self.out_frame_slot, RenderFrame(clear=clear, passes=passes, buffers=buffers))

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
    value = frame.read(batch.domain_slot)
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


def _report_not_finite(
    frame: Frame, found: Mapping[int, tuple[int, int]], findings: dict[int, NotFinite]
) -> None:
    """Report NaN and infinities, one finding for each slot; it goes on counting over frames."""
    for slot, (nan, infinite) in found.items():
        finding = findings.get(slot)
        if finding is None:
            findings[slot] = finding = NotFinite(slot=slot, nan=0, infinite=0, frames=0)
            frame.report(finding)
        counts = {"nan": nan, "infinite": infinite, "frames": 1}
        finding.facts.update({name: finding.facts[name] + n for name, n in counts.items()})
