"""renderAssemble: put the render frame together (runtime-semantics section 12)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import msgspec

from irrun.errors import IrrunError, sentence_of
from irrun.errors.loading import ConflictingForms, MissingField
from irrun.errors.rendering import BatchListStopped, NotFinite
from irrun.evaluate.columns.plan import NotInBlocks
from irrun.evaluate.scene.assembly import Assembler
from irrun.ir.batches import Instance2DBatch, PathBatch
from irrun.ir.constants import is_number
from irrun.ir.render_frame import ClearSpec, RenderFrame, RenderPass
from irrun.ir.tables import Tables
from irrun.ir.types import Index, KindRecord, SlotId, kind_of
from irrun.ir.values import DomainHandle, ValueClass
from irrun.steps.base import Access, Step, element_count, need, read, write
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
        made, not_finite = self._assembled(frame)
        for slot, (nan, infinite) in not_finite.items():
            frame.report(NotFinite(slot=slot, nan=nan, infinite=infinite, frames=1))
        frame.write(self.out_frame_slot, made)

    def _assembled(self, look: "_Look") -> tuple[RenderFrame, Mapping[int, tuple[int, int]]]:
        """Return the frame, and how many numbers are NaN and infinite, by slot."""
        assembler = Assembler(look.read, look.report)
        passes = (*self._instances(look, assembler), *self._paths(look, assembler))
        clear = ClearSpec(mode="color", color_rgba=BLACK)
        made = RenderFrame(clear=clear, passes=passes, buffers=assembler.buffers or None)
        return made, assembler.not_finite

    def sees_more(self, tables: Tables) -> bool:
        """True: lists of batches name slots themselves, and what cannot be drawn is counted."""
        return True

    def columns(self, plan: BlockPlan) -> None:
        """Assemble each frame when somebody looks at it; what may go wrong is looked for before."""
        if self.out_frame_slot is None:
            if self.out_slot is not None:
                plan.read(self.out_slot)
            return
        registers = {slot: plan.read(slot) for slot in dict.fromkeys(self._reads(plan))}
        report, was_ever_written = plan.reporter(), plan.was_ever_written

        def row(*values: Any) -> RenderFrame:
            found = dict(zip(registers, values, strict=True))
            made, not_finite = self._assembled(_Row(found.__getitem__, report, was_ever_written))
            if not_finite:
                raise NotInBlocks("it is given NaN or infinity")
            return made

        made = plan.assemble(self.kind, tuple(registers.values()), row)
        plan.write(self.out_frame_slot, made)

    def batches(
        self, peek: Callable[[int], Any]
    ) -> tuple[Sequence[Instance2DBatch], Sequence[PathBatch]]:
        """Return what the passes of a frame that has ended were made of, in order.

        Args:
            peek: Reads a slot as the frame has left it.
        """
        instances: Sequence[Instance2DBatch] = self.instance2d_batches or ()
        paths: Sequence[PathBatch] = self.path_batches or ()
        if not instances:
            instances = _listed_batches(peek, self.instance2d_list_slot, Instance2DBatch)
        if not paths:
            paths = _listed_batches(peek, self.path_batch_list_slot, PathBatch)
        return instances, paths

    def _reads(self, plan: BlockPlan) -> Iterator[int]:
        """Yield the slots that are read, also by lists, which have to be the same in all frames."""
        yield from (access.slot for access in plan.accesses if access.mode == "read")
        if not self.instance2d_batches:
            yield from _listed_reads(plan, self.instance2d_list_slot, Instance2DBatch)
        if not self.path_batches:
            yield from _listed_reads(plan, self.path_batch_list_slot, PathBatch)

    def _instances(self, look: "_Look", assembler: Assembler) -> Iterator[RenderPass]:
        def build(batch: Instance2DBatch) -> RenderPass:
            return assembler.instances(batch, _elements(look, batch))

        if self.instance2d_batches:
            yield from map(build, self.instance2d_batches)
        elif self.instance2d_list_slot is not None:
            yield from _listed(look, self.instance2d_list_slot, Instance2DBatch, build)

    def _paths(self, look: "_Look", assembler: Assembler) -> Iterator[RenderPass]:
        def build(batch: PathBatch) -> RenderPass:
            return assembler.paths(batch, _elements(look, batch))

        if self.path_batches:
            yield from map(build, self.path_batches)
        elif self.path_batch_list_slot is not None:
            yield from _listed(look, self.path_batch_list_slot, PathBatch, build)


class _Look(Protocol):
    """What is seen of a frame: by the interpreter, or by a block."""

    @property
    def read(self) -> Callable[[int], Any]:
        """Reads a slot."""

    @property
    def report(self) -> Callable[[IrrunError], None]:
        """Takes warnings."""

    @property
    def was_ever_written(self) -> Callable[[int], bool]:
        """Tells if anything has ever written a slot."""


class _Row(NamedTuple):
    """A frame of a block."""

    read: Callable[[int], Any]
    report: Callable[[IrrunError], None]
    was_ever_written: Callable[[int], bool]


def _instance_accesses(batch: Instance2DBatch, at: str) -> Iterator[Access]:
    """Yield the reads of a batch; `at` is its wire path within the step."""
    if batch.count <= 0:
        yield read(batch.domain_slot, "domain", f"{at}.domainSlot", "number")  # nothing: none
    yield need(batch.pos_xy_slot, "buffer", f"{at}.posXYSlot", "instances")
    yield need(batch.size_slot, "buffer", f"{at}.sizeSlot", "number", "instances")
    also: tuple[ValueClass, ...] = ("number", "color", "instances")
    yield need(batch.color_rgba_slot, "buffer", f"{at}.colorRGBASlot", *also)
    yield need(batch.opacity_slot, "number", f"{at}.opacitySlot", "buffer")


def _path_accesses(batch: PathBatch, at: str) -> Iterator[Access]:
    """Yield the reads of a batch; `at` is its wire path within the step."""
    if batch.count <= 0:
        yield read(batch.domain_slot, "domain", f"{at}.domainSlot", "number")  # nothing: none
    yield need(batch.cmds_slot, "buffer", f"{at}.cmdsSlot")
    yield need(batch.params_slot, "buffer", f"{at}.paramsSlot")
    yield need(batch.cmd_start_slot, "buffer", f"{at}.cmdStartSlot")
    yield need(batch.cmd_len_slot, "buffer", f"{at}.cmdLenSlot")
    yield need(batch.point_start_slot, "buffer", f"{at}.pointStartSlot")
    yield need(batch.point_len_slot, "buffer", f"{at}.pointLenSlot")
    optional: tuple[tuple[int | None, str, tuple[ValueClass, ...]], ...] = (
        (batch.fill_color_slot, "fillColorSlot", ("number", "color")),
        (batch.stroke_color_slot, "strokeColorSlot", ("number", "color")),
        (batch.stroke_width_slot, "strokeWidthSlot", ("number",)),
        (batch.opacity_slot, "opacitySlot", ("number",)),
    )
    for slot, field, also in optional:
        if slot is not None:
            yield need(slot, "buffer", f"{at}.{field}", *also)


def _elements(look: "_Look", batch: Instance2DBatch | PathBatch) -> int:
    """Return a batch's own count, or that of its domain: a handle or a number (section 12.2)."""
    if batch.count > 0:
        return batch.count
    value = look.read(batch.domain_slot)
    count = value.count if isinstance(value, DomainHandle) else value
    return element_count(batch.domain_slot, count) if is_number(count) else 0


def _listed(
    look: _Look, slot: int, kind: type[Batch], build: Callable[[Batch], RenderPass]
) -> Iterator[RenderPass]:
    """Yield the passes of a list of batches; the first bad entry ends it, and is reported."""
    if not look.was_ever_written(slot):
        return
    for i, entry in _entries(look.read(slot), kind):
        try:
            yield build(msgspec.convert(entry, kind))
        except (IrrunError, msgspec.ValidationError) as error:
            said = sentence_of(error)
            detail = said[:1].lower() + said[1:]  # exact: a message
            look.report(BatchListStopped(slot=slot, entry=i, detail=detail))
            return


def _listed_batches(
    peek: Callable[[int], Any], slot: int | None, kind: type[Batch]
) -> Sequence[Batch]:
    """Return the entries of a list of batches, up to the first that is not whole."""
    found: list[Batch] = []
    for _, entry in () if slot is None else _entries(peek(slot), kind):
        try:
            found.append(msgspec.convert(entry, kind))
        except msgspec.ValidationError:
            break
    return found


def _listed_reads(
    plan: BlockPlan, slot: int | None, kind: type[Instance2DBatch | PathBatch]
) -> Iterator[int]:
    """Yield the slots that a list of batches names, up to the first bad entry."""
    if slot is None or not plan.was_ever_written(slot):
        return
    for _, entry in _entries(plan.constant(slot), kind):
        try:
            batch = msgspec.convert(entry, kind)
        except msgspec.ValidationError:
            return
        if isinstance(batch, PathBatch):
            yield from (access.slot for access in _path_accesses(batch, ""))
        else:
            yield from (access.slot for access in _instance_accesses(batch, ""))


def _entries(value: Any, kind: type[KindRecord]) -> Iterator[tuple[int, Any]]:
    """Yield the entries of a list of batches that are of a kind, with their places."""
    entries = value.get("batches") if isinstance(value, Mapping) else None
    for i, entry in enumerate(entries if isinstance(entries, list | tuple) else ()):
        if isinstance(entry, Mapping) and entry.get("kind") == kind_of(kind):
            yield i, entry
