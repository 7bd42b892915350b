"""Rules for slots: writers, readers, places."""

from collections.abc import Iterator
from typing import Final

from irrun.errors import IrrunError, Severity
from irrun.errors.checks.slots import (
    DuplicateSlotMeta,
    NeverRead,
    ReadBeforeWrite,
    SlotsNotDeclared,
    SparseStorage,
    UnusedSlotMeta,
)
from irrun.errors.checks.tables import DuplicateOutput
from irrun.errors.program import (
    CellOutside,
    CellsOverlap,
    ClassConflict,
    OffsetTooLarge,
    SlotMetaContradiction,
    SlotsOverlap,
    StateTooLarge,
    StorageOverridden,
    TwoWriters,
)
from irrun.errors.running import BadElementCount, ReadUnwritten, TooManyElements
from irrun.evaluate.reachable import slots_of_signals
from irrun.ir.constants import is_number
from irrun.ir.time_model import CyclicTime, FiniteTime
from irrun.ir.types import STORAGES
from irrun.ir.values import DomainHandle, value_from_document
from irrun.program.checks.facts import Facts, Touch, listed, weighed
from irrun.program.checks.rule import rule
from irrun.runtime.runtime import DRAWN
from irrun.steps import AnyStep
from irrun.steps.base import element_count
from irrun.steps.kinds.debug_probe import DebugProbe
from irrun.steps.kinds.materialize_color import MaterializeColor
from irrun.steps.kinds.materialize_path import MaterializePath
from irrun.steps.kinds.materialize_test_geometry import MaterializeTestGeometry
from irrun.steps.kinds.node_eval import NodeEval
from irrun.steps.kinds.project_instances import ProjectInstances
from irrun.steps.kinds.signal_eval import SignalEval
from irrun.steps.kinds.time_derive import TimeDerive

_FEW_HOLES: Final = 64
"""Unused elements of an array that are not worth a word."""


def place_of(facts: Facts, touch: Touch, error: IrrunError) -> IrrunError:
    """Add the step, field and path of an access."""
    step, field = facts.program.steps[touch.step], touch.access.field
    path = f"$.{field}" if touch.access.hidden else f"$.schedule.steps[{touch.step}].{field}"
    return error.at(path=path, step=step.id, kind=step.kind, slot=touch.access.slot)


@rule(
    CellOutside,
    CellsOverlap,
    ClassConflict,
    OffsetTooLarge,
    SlotMetaContradiction,
    SlotsOverlap,
    StateTooLarge,
    StorageOverridden,
    TwoWriters,
)
def layout(facts: Facts) -> Iterator[IrrunError]:
    """The layout can be derived without contradictions."""
    for finding in facts.layout.findings:
        if isinstance(finding, TwoWriters):
            slot: int = finding.facts["slot"]
            writers = [t for t in facts.touches[slot] if t.access.mode == "write"]
            # A timeDerive step that names a slot twice writes it once.
            sure = [t.step for t in writers if _is_sure(facts, t)]
            times = {i for i in sure if isinstance(facts.program.steps[i], TimeDerive)}
            if len([i for i in sure if i not in times]) + len(times) > 1:
                finding.weigh(Severity.ERROR)  # a run ends in the first frame
            name = finding.where.step
            second = next(t for t in writers[::-1] if facts.program.steps[t.step].id == name)
            place_of(facts, second, finding)
        if isinstance(finding, ClassConflict):
            _place_conflict(facts, finding)
        yield finding


def _place_conflict(facts: Facts, finding: ClassConflict) -> None:
    """Add the place of the reader, which the layout knows by its text only."""
    text = finding.facts["second"]
    for evidence in facts.layout[finding.facts["slot"]].evidence:
        if evidence.at == text and evidence.step is not None and evidence.access is not None:
            place_of(facts, Touch(evidence.step, evidence.access), finding)
            return
    finding.at(path=f"$.{text}")


def _is_sure(facts: Facts, touch: Touch) -> bool:
    """True if a write happens in every frame, and counts as one."""
    step: AnyStep = facts.program.steps[touch.step]
    model, field = facts.program.time_model, touch.access.field
    match step:
        case TimeDerive() if field in ("out.phase01", "out.wrapEvent"):
            return isinstance(model, CyclicTime)
        case TimeDerive() if field == "out.progress01":
            return isinstance(model, FiniteTime)
        case NodeEval():
            return field == "outputSlots[0]"
        case MaterializeColor() | MaterializePath() | MaterializeTestGeometry():
            return False  # these may keep an array in place (runtime-semantics, appendix B)
        case _:
            return True


@rule(ReadUnwritten, ReadBeforeWrite)
def written_before_read(facts: Facts) -> Iterator[IrrunError]:
    """Every slot that is read has been written earlier in the frame, or has an initial value."""
    for slot, touches in facts.touches.items():
        if facts.layout.flow[slot].has_initial:
            continue
        writers = [t for t in touches if t.access.mode == "write"]
        first = min(writers, key=lambda t: t.step, default=None)
        for reader in touches:
            if reader.access.mode == "write" or not _needs_a_value(facts, reader):
                continue
            if first is None:
                error = _unwritten(facts, slot)
            elif reader.step <= first.step:
                error = _early(facts, reader.step, first.step, slot)
            else:
                continue
            if _is_vital(facts, reader):
                error.weigh(Severity.ERROR)  # a run ends in the first frame
            yield place_of(facts, reader, error)
    yield from _unwritten_outputs(facts)
    for i, step in enumerate(facts.program.steps):
        if isinstance(step, SignalEval):
            yield from _early_within(facts, i, step)


def _needs_a_value(facts: Facts, reader: Touch) -> bool:
    """True unless a slot is only named, only looked at, or may be empty."""
    access = reader.access
    is_probe = isinstance(facts.program.steps[reader.step], DebugProbe)
    return not (access.weak or is_probe or access.expects == "batches")


def _is_vital(facts: Facts, reader: Touch) -> bool:
    """True if a step fails where it reads a slot that holds nothing."""
    step, access = facts.program.steps[reader.step], reader.access
    if not (access.vital and facts.is_executed):
        return False
    if facts.layout[access.slot].storage != "object":
        return False  # it holds 0
    if isinstance(step, ProjectInstances) and access.field != "domainSlot":
        return _has_elements(facts, step.domain_slot)
    return True


def _has_elements(facts: Facts, slot: int) -> bool:
    """True if a slot is sure to hold a domain of at least one element."""
    if any(touch.access.mode == "write" for touch in facts.touches[slot]):
        return False
    value = value_from_document(facts.program.initial_slot_values.get(slot))
    count = value.count if isinstance(value, DomainHandle) else value
    return is_number(count) and count >= 1


def _unwritten(facts: Facts, slot: int) -> IrrunError:
    is_object = facts.layout[slot].storage == "object"
    return ReadUnwritten(slot=slot, value="nothing" if is_object else "0")


def _early(facts: Facts, reader: int, writer: int, slot: int) -> IrrunError:
    name = facts.step_name(writer) if writer != reader else "the step itself"
    return ReadBeforeWrite(slot=slot, reader=facts.step_name(reader), writer=name)


def _unwritten_outputs(facts: Facts) -> Iterator[IrrunError]:
    for i, output in enumerate(facts.program.outputs):
        flow = facts.layout.flow[output.slot]
        if not flow.producers and not flow.has_initial:
            error = _unwritten(facts, output.slot)
            if i == 0 and output.kind in DRAWN and facts.is_executed:
                error.weigh(Severity.ERROR)  # a run ends in the first frame, which is no frame
            yield error.at(path=f"$.outputs[{i}].slot", slot=output.slot)


def _early_within(facts: Facts, index: int, step: SignalEval) -> Iterator[IrrunError]:
    """Yield what an output reads although the same step writes it only later."""
    program = facts.program
    own = {output.slot for output in step.outputs}
    roots = [output.sig_id for output in step.outputs]
    if not any(reached.slot in own for reached in slots_of_signals(program, roots)):
        return
    written: set[int] = set()
    for k, output in enumerate(step.outputs):
        for reached in slots_of_signals(program, [output.sig_id]):
            late = reached.slot in own and reached.slot not in written
            if late and not facts.layout.flow[reached.slot].has_initial:
                error = _early(facts, index, index, reached.slot)
                path = f"$.schedule.steps[{index}].outputs[{k}].sigId"
                yield error.at(path=path, step=step.id, kind=step.kind, slot=reached.slot)
        written.add(output.slot)


@rule(BadElementCount, TooManyElements)
def element_counts(facts: Facts) -> Iterator[IrrunError]:
    """Domains that are given as initial values have a number of elements that can be drawn."""
    for slot, value in facts.program.initial_slot_values.items():
        domain = value_from_document(value)
        if not isinstance(domain, DomainHandle):
            continue
        touches = facts.touches[slot]
        is_used = any(t.access.mode == "read" and _needs_a_value(facts, t) for t in touches)
        is_kept = not any(t.access.mode == "write" for t in touches)
        for error in facts.asked(lambda s=slot, d=domain: element_count(s, d.count)):
            path = f"$.schedule.initialSlotValues.{slot}"
            yield weighed(error.at(path=path, slot=slot), is_used and is_kept)


@rule(NeverRead)
def read_after_write(facts: Facts) -> Iterator[IrrunError]:
    """Every slot that is written is read, or an output. Time slots may be there for themselves."""
    steps = facts.program.steps
    for slot, touches in facts.touches.items():
        flow = facts.layout.flow[slot]
        writers = [t for t in touches if t.access.mode == "write"]
        is_read = bool(flow.outputs) or any(
            t.access.mode == "read" and not isinstance(steps[t.step], DebugProbe) for t in touches
        )
        if is_read or not writers or isinstance(steps[writers[0].step], TimeDerive):
            continue
        if _is_read_within(facts, slot, writers[0]):
            continue
        note = NeverRead(slot=slot, writer=facts.step_name(writers[0].step))
        yield place_of(facts, writers[0], note)


def _is_read_within(facts: Facts, slot: int, writer: Touch) -> bool:
    """True if the step that writes a slot reads it again, in a later output."""
    step = facts.program.steps[writer.step]
    if not isinstance(step, SignalEval):
        return False
    roots = [output.sig_id for output in step.outputs]
    return any(reached.slot == slot for reached in slots_of_signals(facts.program, roots))


@rule(SlotsNotDeclared, UnusedSlotMeta)
def declared_slots(facts: Facts) -> Iterator[IrrunError]:
    """SlotMeta has an entry for each slot that is used, and for no other."""
    slots = facts.layout.slots
    missing = [meta.slot for meta in slots if not meta.declared]
    if missing:
        note = SlotsNotDeclared(count=len(missing), all=len(slots), slots=listed(missing))
        yield note.at(path="$.slotMeta")
    unused = [m.slot for m in slots if all(e.origin == "slotMeta" for e in m.evidence)]
    if unused:
        yield UnusedSlotMeta(count=len(unused), slots=listed(unused)).at(path="$.slotMeta")


@rule(DuplicateSlotMeta)
def duplicate_entries(facts: Facts) -> Iterator[IrrunError]:
    """SlotMeta describes each slot once; contradicting entries are the layout's to report."""
    first: dict[int, int] = {}
    entries = facts.program.slot_meta
    for i, entry in enumerate(entries):
        known = first.setdefault(entry.slot, i)
        if known != i and entries[known] == entry:
            warning = DuplicateSlotMeta(first=known, second=i, slot=entry.slot)
            yield warning.at(path=f"$.slotMeta[{i}]", slot=entry.slot)


@rule(SparseStorage)
def dense_storage(facts: Facts) -> Iterator[IrrunError]:
    """The arrays are about as long as there are slots in them."""
    for storage in STORAGES:
        size = facts.layout.sizes[storage]
        used = len({m.offset for m in facts.layout.slots if m.storage == storage})
        holes = size - used
        if holes > max(_FEW_HOLES, used):
            warning = SparseStorage(holes=holes, size=size, storage=storage)
            yield warning.at(path="$.slotMeta")


@rule(DuplicateOutput)
def output_ids(facts: Facts) -> Iterator[IrrunError]:
    """Outputs have different ids."""
    first: dict[str, int] = {}
    for i, output in enumerate(facts.program.outputs):
        known = first.setdefault(output.id, i)
        if known != i:
            warning = DuplicateOutput(first=known, second=i, id=output.id)
            yield warning.at(path=f"$.outputs[{i}].id")


RULES: Final = (
    layout,
    written_before_read,
    element_counts,
    read_after_write,
    declared_slots,
    duplicate_entries,
    dense_storage,
    output_ids,
)
