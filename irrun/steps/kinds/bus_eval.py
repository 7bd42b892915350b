"""busEval: combine the publishers of a value bus (runtime-semantics section 8)."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Literal

from irrun.evaluate.buses.values import (
    combined,
    combined_order,
    ordered,
    published,
    published_field,
    shape_of_type,
    silent_value,
)
from irrun.evaluate.columns.combine import combined as combined_columns
from irrun.evaluate.columns.plan import NotInBlocks
from irrun.evaluate.evaluators import Evaluators
from irrun.ir.buses import CombineSpec, Publisher
from irrun.ir.tables import Tables
from irrun.ir.types import ConstId, Index, Record, SlotId, TypeDesc
from irrun.steps.base import Access, Execute, Step, class_of_type, read, write
from irrun.steps.block import BlockPlan
from irrun.steps.frame import Frame, Subject
from irrun.steps.uses import Use, chains_of


class SilentValue(Record, frozen=True, kw_only=True):
    """What a bus without an enabled publisher holds."""

    kind: Literal["zero", "default", "const"]
    const_id: ConstId | None = None


class BusEval(Step, frozen=True, kw_only=True, tag="busEval"):
    """Combine the enabled publishers, in order, into one slot."""

    evaluates_fields: ClassVar[bool] = False

    bus_index: Index
    out_slot: SlotId
    publishers: tuple[Publisher, ...]
    combine: CombineSpec
    silent: SilentValue
    bus_type: TypeDesc

    @staticmethod
    def upgrade(document: dict[str, Any]) -> str | None:
        """Read the silent value `typedZero` of the design documents as `zero` (ir-schema 14.3)."""
        silent = document.get("silent")
        if not isinstance(silent, dict) or silent.get("kind") != "typedZero":
            return None
        document["silent"] = {"kind": "zero"}
        return "silent.kind `typedZero`"

    def accesses(self, tables: Tables) -> Iterator[Access]:
        value = class_of_type(self.bus_type)
        also = ("field",) if value == "buffer" else ()
        for i, publisher in enumerate(self.publishers):
            if publisher.enabled:
                yield read(publisher.src_slot, value, f"publishers[{i}].srcSlot", *also)
        yield write(self.out_slot, value, "outSlot")

    def uses(self) -> Iterator[Use]:
        yield Use("bus", self.bus_index, "busIndex")
        yield from chains_of(self.publishers)
        if self.silent.const_id is not None:
            is_weak = self.silent.kind != "const" or any(p.enabled for p in self.publishers)
            yield Use("constant", self.silent.const_id, "silent.constId", is_weak)

    def prepare(self, evaluators: Evaluators) -> Execute:
        """Put the publishers in order in the first frame."""
        publishers: Sequence[Publisher] | None = None

        def run(frame: Frame) -> None:
            nonlocal publishers
            if publishers is None:
                publishers = ordered(self.publishers, frame.env)
            self._combine(frame, publishers)

        return run

    def columns(self, plan: BlockPlan) -> None:
        """Combine publishers that hold numbers, vectors or colours."""
        expected = shape_of_type(self.bus_type)
        enabled = tuple(p for p in self.publishers if p.enabled)
        mode = self.combine.mode
        if self.bus_type.world == "field" or expected is None or not enabled or mode == "first":
            raise NotInBlocks("a bus of something else than numbers, vectors or colours")
        terms = []
        for publisher in enabled if plan.quirks else combined_order(enabled):
            term = plan.read(publisher.src_slot)
            if term.shape != expected:
                raise NotInBlocks(f"publisher {publisher.publisher_id} holds something else")
            if publisher.transform is not None and not plan.quirks:
                chain = publisher.transform.chain_id
                term = plan.signals.chains.apply(chain, term, lambda: None)
            terms.append(term)
        plan.write(self.out_slot, combined_columns(plan.planner, mode, terms))

    def _combine(self, frame: Frame, publishers: Sequence[Publisher]) -> None:
        if not publishers:
            constants, silent = frame.tables.constants, self.silent
            value = silent_value(silent.kind, silent.const_id, self.bus_type, constants)
            frame.write(self.out_slot, value)
            return
        chains, env = frame.transform_chains, frame.env
        is_field = self.bus_type.world == "field"
        values = []
        for publisher in publishers:
            value = frame.read(publisher.src_slot)
            if is_field:
                term = published_field(publisher, value, self.bus_type, frame.fields.chains, env)
            else:
                term = published(publisher, value, self.bus_type, chains, env)
            values.append(term)
            if frame.wants_detail:
                subject = Subject("publisher", publisher)
                frame.detail(subject, f"publisher {publisher.publisher_id}", term)
        frame.write(
            self.out_slot, combined(self.combine.mode, values, self.bus_type, _name(self, frame))
        )


def _name(step: BusEval, frame: Frame) -> str:
    """Return the bus's id, or its index where the table does not have it (ir-schema 8.2)."""
    buses = frame.tables.buses.buses
    return buses[step.bus_index].id if step.bus_index < len(buses) else str(step.bus_index)
