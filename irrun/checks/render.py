"""Rules for what is drawn: buffer formats and batches."""

from collections.abc import Iterator
from typing import Final

from irrun.checks.facts import Facts, weighed
from irrun.checks.rules import rule
from irrun.errors import IrrunError
from irrun.errors.checks import (
    BadBufferFormat,
    BatchCount,
    FieldIdUnreadable,
    FormatMismatch,
    IgnoredBatchList,
)
from irrun.errors.running import IdOutOfRange
from irrun.ir.batches import Instance2DBatch, PathBatch
from irrun.ir.constants import is_number
from irrun.ir.types import NUMERIC_DOMAINS
from irrun.ir.values import DomainHandle
from irrun.steps.materialize import BufferFormat, Materialize
from irrun.steps.render_assemble import RenderAssemble

_COMPONENTS: Final = {
    "vec2": (2,),
    "vec3": (3,),
    "vec4": (4,),
    "quat": (4,),
    "mat4": (16,),
    "color": (3, 4),
    "string": (4,),
}
"""How many components a buffer may have for a field of a domain (runtime-semantics 10.3)."""


@rule(FieldIdUnreadable, IdOutOfRange)
def field_ids(facts: Facts) -> Iterator[IrrunError]:
    """Every materialization names a field that exists."""
    size = len(facts.program.field_nodes)
    for i, step in enumerate(facts.program.steps):
        if not isinstance(step, Materialize):
            continue
        path, field_id = f"$.schedule.steps[{i}].materialization.fieldExprId", None
        field_id = step.materialization.field_id
        if field_id is None:
            error: IrrunError = FieldIdUnreadable(text=str(step.materialization.field_expr_id))
            yield weighed(error.at(path=path), facts.is_executed(step))
        elif field_id >= size:
            error = IdOutOfRange(what="field", id=field_id, table="fields.nodes", size=size)
            yield weighed(error.at(path=path), facts.is_executed(step))


@rule(BadBufferFormat, FormatMismatch)
def buffer_formats(facts: Facts) -> Iterator[IrrunError]:
    """Every buffer has a format that exists and that its field fits into."""
    for i, step in enumerate(facts.program.steps):
        if not isinstance(step, Materialize):
            continue
        path, form = f"$.schedule.steps[{i}].materialization.format", step.materialization.format
        if form.components == 16 and form.element_type != "f32":
            error: IrrunError = BadBufferFormat(
                components=form.components, element=form.element_type
            )
            yield weighed(error.at(path=path), facts.is_executed(step))
        elif i in facts.field_roots:
            field_id = facts.field_roots[i]
            domain = facts.program.field_nodes[field_id].type.domain
            if not _fits(domain, form):
                error = FormatMismatch(
                    field=field_id,
                    domain=domain,
                    components=form.components,
                    element=form.element_type,
                )
                yield error.at(path=path)


def _fits(domain: str, form: BufferFormat) -> bool:
    if domain in NUMERIC_DOMAINS or domain == "unknown":
        return True
    allowed = _COMPONENTS.get(domain)
    if allowed is None:
        return False
    bytes_of_color = form.components == 4 and form.element_type == "u8"
    if domain in ("vec4", "quat", "vec2", "vec3") and bytes_of_color:
        return False
    return form.components in allowed


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
