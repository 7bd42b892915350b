"""Rules for what is drawn: buffer formats and batches."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from irrun.errors import IrrunError
from irrun.errors.checks.schedule import BatchCount, IgnoredBatchList
from irrun.errors.expressions import IdOutOfRange
from irrun.errors.fields import BadFieldId, FormatMismatch
from irrun.evaluate.fields.elements import COMPONENTS, Elements, kind_of_type
from irrun.evaluate.fields.formats import BufferTarget, stored
from irrun.ir.batches import Instance2DBatch, PathBatch
from irrun.ir.constants import is_number
from irrun.ir.values import DomainHandle
from irrun.program.checks.facts import Facts, weighed
from irrun.program.checks.rule import rule
from irrun.steps.kinds.materialize import Materialize
from irrun.steps.kinds.render_assemble import RenderAssemble


@rule(BadFieldId, IdOutOfRange)
def field_ids(facts: Facts) -> Iterator[IrrunError]:
    """Every materialization names a field that exists."""
    size = len(facts.program.field_nodes)
    for i, step in enumerate(facts.program.steps):
        if not isinstance(step, Materialize):
            continue
        path, field_id = f"$.schedule.steps[{i}].materialization.fieldExprId", None
        field_id = step.materialization.field_id
        if field_id is None:
            error: IrrunError = BadFieldId(text=str(step.materialization.field_expr_id))
            yield weighed(error.at(path=path), facts.is_executed)
        elif field_id >= size:
            error = IdOutOfRange(what="field", id=field_id, table="fields.nodes", size=size)
            yield weighed(error.at(path=path), facts.is_executed)


@rule(FormatMismatch)
def buffer_formats(facts: Facts) -> Iterator[IrrunError]:
    """Every field fits into its buffer: found out by storing one element."""
    for i, step in enumerate(facts.program.steps):
        if not isinstance(step, Materialize) or i not in facts.field_roots:
            continue
        plan, field_id = step.materialization, facts.field_roots[i]
        kind = kind_of_type(facts.program.field_nodes[field_id].type)
        if kind is None or kind in ("string", "path"):
            continue
        form = plan.format
        target = BufferTarget(
            form.components, form.element_type, str(field_id), plan.out_buffer_slot
        )
        size = COMPONENTS[kind]
        one = Elements(kind, np.zeros(1 if size == 1 else (1, size)))
        for error in facts.asked(lambda e=one, t=target: stored(e, 1, t)):
            path = f"$.schedule.steps[{i}].materialization.format"
            yield weighed(error.at(path=path), facts.is_executed)


@rule(BatchCount, IgnoredBatchList)
def batches(facts: Facts) -> Iterator[IrrunError]:
    """Batches draw as many things as there are, and are given in one way only."""
    for i, step in enumerate(facts.program.steps):
        if not isinstance(step, RenderAssemble):
            continue
        path = f"$.schedule.steps[{i}]"
        lists: tuple[tuple[str, tuple[Instance2DBatch | PathBatch, ...], int | None, str], ...] = (
            ("instance2dBatches", step.instance2d_batches or (), step.instance2d_list_slot,
             "instance2dListSlot"),
            ("pathBatches", step.path_batches or (), step.path_batch_list_slot,
             "pathBatchListSlot"),
        )  # fmt: skip
        for field, found, list_slot, list_field in lists:
            if found and list_slot is not None:
                yield IgnoredBatchList(field=list_field).at(path=f"{path}.{list_field}")
            for k, batch in enumerate(found):
                detail = _count_fault(facts, batch.count, batch.domain_slot)
                if detail:
                    warning = BatchCount(count=batch.count, detail=detail)
                    yield warning.at(path=f"{path}.{field}[{k}].count")


def _count_fault(facts: Facts, count: int, domain_slot: int) -> str:
    """Return what is wrong with the count of a batch, if anything."""
    if count < 0:
        return "a count is 0 or more"
    meta = facts.layout.by_slot.get(domain_slot)
    evidence = () if meta is None else meta.evidence
    initial = next((e.initial for e in evidence if e.initial is not None), None)
    elements = initial.count if isinstance(initial, DomainHandle) else initial
    if count > 0 and is_number(elements) and elements != count:
        return f"the domain in slot {domain_slot} has {elements:g} elements"
    return ""


RULES: Final = (field_ids, buffer_formats, batches)
