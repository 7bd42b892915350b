"""nodeEval: evaluate one node's opcode (runtime-semantics section 7)."""

from collections.abc import Iterator
from typing import Any, Literal

from irrun.errors import Invalid
from irrun.errors.expressions import IdOutOfRange
from irrun.evaluate.columns.plan import NotInBlocks, Register
from irrun.evaluate.nodes import MISSING
from irrun.evaluate.operations.opcodes import OPCODES
from irrun.ir.constants import NODE_ORDER
from irrun.ir.tables import Tables
from irrun.ir.types import Index, SlotId
from irrun.ir.values import ValueClass, classify, value_from_document
from irrun.steps.base import Access, Step, read, write
from irrun.steps.block import BlockPlan
from irrun.steps.frame import Frame
from irrun.steps.uses import Use


class NodeEval(Step, frozen=True, kw_only=True, tag="nodeEval"):
    """Read the inputs, apply the opcode, write the outputs."""

    node_index: Index
    input_slots: tuple[SlotId, ...]
    output_slots: tuple[SlotId, ...]
    phase: Literal["preBus", "postBus", "render"]
    state_reads: tuple[str | int, ...] | None = None
    state_writes: tuple[str | int, ...] | None = None

    def accesses(self, tables: Tables) -> Iterator[Access]:
        operands, result = _signature(tables, self.node_index)
        for i, slot in enumerate(self.input_slots):
            expects = operands[i] if i < len(operands) else "any"
            yield read(slot, expects, f"inputSlots[{i}]")
        # Every opcode yields one result; further output slots stay unwritten.
        for i, slot in enumerate(self.output_slots):
            yield write(slot, result if i == 0 else "number", f"outputSlots[{i}]")

    def uses(self) -> Iterator[Use]:
        yield Use("node", self.node_index, "nodeIndex")
        for name, ids in (("stateReads", self.state_reads), ("stateWrites", self.state_writes)):
            for i, state_id in enumerate(ids or ()):
                yield Use("state", state_id, f"{name}[{i}]")

    def sees_more(self, tables: Tables) -> bool:
        """True for opcodes that yield the time, or keep something over it."""
        nodes = tables.nodes.nodes
        row = OPCODES.get(nodes[self.node_index].opcode) if self.node_index < len(nodes) else None
        return row is None or row.category in ("time", "state")

    def columns(self, plan: BlockPlan) -> None:
        """Apply the opcode to columns."""
        nodes = plan.tables.nodes.nodes
        if not self.output_slots or self.node_index >= len(nodes):
            raise NotInBlocks("it yields nothing")
        inputs = [_register(plan, slot) for slot in self.input_slots]
        state_ids = self.state_writes or self.state_reads or ()
        made = plan.nodes.plan(nodes[self.node_index], inputs, state_ids)
        plan.write(self.output_slots[0], made)

    def run(self, frame: Frame) -> None:
        nodes = frame.tables.nodes.nodes
        if self.node_index >= len(nodes):
            raise IdOutOfRange(
                what="node", id=self.node_index, table="nodes.nodes", size=len(nodes)
            )
        inputs = [_input(frame, slot) for slot in self.input_slots]
        state_ids = self.state_writes or self.state_reads or ()
        value = frame.nodes.evaluate(nodes[self.node_index], inputs, state_ids)
        if self.output_slots:
            frame.write(self.output_slots[0], value)


def _register(plan: BlockPlan, slot: int) -> Register | None:
    found = plan.read(slot)
    is_nothing = plan.planner.constants.get(found.number, MISSING) is None
    return None if is_nothing and not plan.was_ever_written(slot) else found


def _input(frame: Frame, slot: int) -> Any:
    value = frame.read(slot)
    return MISSING if value is None and not frame.was_ever_written(slot) else value


def _signature(tables: Tables, node_index: int) -> tuple[tuple[ValueClass, ...], ValueClass]:
    """Return the classes of a node's operands and of its result."""
    nodes = tables.nodes.nodes
    if node_index >= len(nodes):
        return (), "number"
    node = nodes[node_index]
    opcode = OPCODES.get(node.opcode)
    if opcode is None:
        return (), "number"
    if opcode.number == 0:
        return (), _class_of_constant(tables, node.compiler_tag or 0)
    return tuple(map(_class_of_domain, opcode.operands)), _class_of_domain(opcode.result)


def _class_of_domain(domain: str) -> ValueClass:
    if domain == "vec2":
        return "vector"
    return "color" if domain == "color" else "number"


def _class_of_constant(tables: Tables, const_id: int) -> ValueClass:
    """Return the class of a constant; a dangling one is found out when it is evaluated."""
    try:
        constant = tables.constants.resolve(const_id, NODE_ORDER)
    except Invalid:
        return "number"
    return classify(value_from_document(constant.value))
