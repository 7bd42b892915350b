"""materialize: turn a field expression into a buffer (runtime-semantics 10.2)."""

from collections.abc import Iterator
from typing import Any, Final, Literal

from irrun.errors.fields import BadFieldId
from irrun.errors.loading import WrongType
from irrun.evaluate.columns.plan import NotInBlocks
from irrun.evaluate.evaluators import Evaluators
from irrun.evaluate.fields.formats import BufferTarget
from irrun.evaluate.reachable import domains_of_field, slots_of_field
from irrun.ir.expressions.fields import field_id_of
from irrun.ir.tables import Tables
from irrun.ir.types import Index, Record, SlotId
from irrun.ir.values import Buffer
from irrun.steps.base import (
    Access,
    Execute,
    Step,
    domain_at,
    domain_of,
    need_domain,
    read_through,
    write,
)
from irrun.steps.block import BlockPlan
from irrun.steps.details import telling_expressions
from irrun.steps.frame import Frame
from irrun.steps.placeholders import filled, placeholder_number
from irrun.steps.uses import Use

ElementType = Literal["f32", "f64", "i32", "u32", "u8"]


class BufferFormat(Record, frozen=True, kw_only=True):
    """Shape of one element of a buffer."""

    components: Literal[1, 2, 3, 4, 16]
    element_type: ElementType


class Materialization(Record, frozen=True, kw_only=True):
    """What is materialized, over which domain, into which slot."""

    id: str
    field_expr_id: str | Index
    domain_slot: SlotId
    out_buffer_slot: SlotId
    format: BufferFormat
    policy: Literal["perFrame", "onDemand"] = "perFrame"

    @property
    def field_id(self) -> int | None:
        """The field id that the text means (section 10.1), or None if it means none."""
        return field_id_of(str(self.field_expr_id))


_LAYOUTS: Final = {"scalar": 1, "vec2": 2, "vec3": 3, "vec4": 4, "colorRGBA": 4}


class Materialize(Step, frozen=True, kw_only=True, tag="materialize"):
    """Evaluate a field for every element of a domain."""

    materialization: Materialization

    @staticmethod
    def upgrade(document: dict[str, Any]) -> str | None:
        """Read `expr`, `layout` and `cacheKey` of the design documents (ir-schema 14.3)."""
        old = document.get("materialization")
        if not isinstance(old, dict) or old.get("layout") is None or old.get("format") is not None:
            return None
        layout = old["layout"] if isinstance(old["layout"], dict) else {"kind": old["layout"]}
        kind = layout.get("kind")
        if not isinstance(kind, str) or kind not in _LAYOUTS:
            wanted = "one of " + ", ".join(f"`{name}`" for name in _LAYOUTS)
            raise WrongType(expected=wanted, got=f"`{kind}`").at(path=".materialization.layout")
        fixed = kind.startswith("vec")
        element = (
            "f32" if fixed else layout.get("elementType", "u8" if kind == "colorRGBA" else "f32")
        )
        new = {k: v for k, v in old.items() if k not in ("expr", "layout", "cacheKey", "format")}
        if "expr" in old:
            new["fieldExprId"] = old["expr"]
        new["format"] = {"components": _LAYOUTS[kind], "elementType": element}
        document["materialization"] = new
        return "materialization (`expr`, `layout`)"

    def accesses(self, tables: Tables) -> Iterator[Access]:
        plan = self.materialization
        yield need_domain(plan.domain_slot, "materialization.domainSlot")
        if plan.field_id is not None:
            yield from _hidden_reads(tables, plan.field_id, plan.domain_slot)
        yield write(plan.out_buffer_slot, "buffer", "materialization.outBufferSlot")

    def uses(self) -> Iterator[Use]:
        """Yield the field, if the text means one."""
        if self.materialization.field_id is not None:
            yield Use("field", self.materialization.field_id, "materialization.fieldExprId")

    def prepare(self, evaluators: Evaluators) -> Execute:
        """Say which field will be asked for."""
        if self.materialization.field_id is not None:
            evaluators.fields.expect((self.materialization.field_id,))
        return self.run

    def run(self, frame: Frame) -> None:
        plan = self.materialization
        domain = domain_at(frame, plan.domain_slot)
        field_id, text = plan.field_id, str(plan.field_expr_id)
        if field_id is None:
            raise BadFieldId(text=text)
        fmt, slot = plan.format, plan.out_buffer_slot
        target = BufferTarget(fmt.components, fmt.element_type, str(field_id), slot)
        with telling_expressions(frame):
            buffer = frame.fields.buffer(field_id, domain, plan.domain_slot, target)
        frame.write(slot, buffer)

    def columns(self, plan: BlockPlan) -> None:
        """Evaluate the field for all elements of all frames at once."""
        made, fmt, field_id = (
            self.materialization,
            self.materialization.format,
            self.materialization.field_id,
        )
        if field_id is None:
            raise NotInBlocks("it names no field")
        value = plan.constant(made.domain_slot)
        if plan.fields.is_constant(field_id):
            plan.keep()
            return
        domain = domain_of(plan.fields.evaluator, made.domain_slot, value)
        target = BufferTarget(fmt.components, fmt.element_type, str(field_id), made.out_buffer_slot)
        plan.note_elements(domain.count * fmt.components)
        buffers = plan.fields.buffer(field_id, domain, made.domain_slot, target)
        plan.write(made.out_buffer_slot, buffers)

    def placeholder(self, access: Access, frame: int, count: int) -> Buffer:
        fmt = self.materialization.format
        number = placeholder_number(access.slot, frame)
        data = filled(fmt.element_type, count * fmt.components, number)
        return Buffer(data, fmt.components, fmt.element_type)


def _hidden_reads(tables: Tables, field_id: int, domain_slot: int) -> Iterator[Access]:
    """Yield the reads that the step makes through expressions (ir-schema 14.3)."""
    for reached in domains_of_field(tables, field_id):
        if reached.slot != domain_slot:
            yield Access(
                reached.slot, "read", "domain", reached.path, ("number",), hidden=True, weak=True
            )
    for reached in slots_of_field(tables, field_id):
        yield read_through(reached)
