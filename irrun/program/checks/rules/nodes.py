"""Rules for node steps: index, opcode, inputs, state."""

from collections.abc import Iterator
from typing import Final

from irrun.errors import IrrunError
from irrun.errors.checks.values import NodeArity
from irrun.errors.expressions import (
    IdOutOfRange,
    NodeWithoutState,
    OpcodeNotAllowed,
    StateNotFound,
    StateOutOfRange,
)
from irrun.errors.program import ConstantNotFound, ConstIndexOutOfPool
from irrun.evaluate.operations.opcodes import OPCODES, opcode_in
from irrun.ir.constants import NODE_ORDER
from irrun.ir.expressions.nodes import Node
from irrun.program.checks.facts import Facts, weighed
from irrun.program.checks.rule import rule
from irrun.steps.kinds.node_eval import NodeEval


def node_steps(facts: Facts) -> Iterator[tuple[int, NodeEval, Node]]:
    """Yield each node step with its index and its node; dangling ones are left out."""
    nodes = facts.program.nodes.nodes
    for i, step in enumerate(facts.program.steps):
        if isinstance(step, NodeEval) and step.node_index < len(nodes):
            yield i, step, nodes[step.node_index]


@rule(IdOutOfRange)
def node_indices(facts: Facts) -> Iterator[IrrunError]:
    """Every node step names a node."""
    size = len(facts.program.nodes.nodes)
    for i, use in facts.uses.named("node"):
        if use.row >= size and not use.weak:
            error = IdOutOfRange(what="node", id=use.row, table="nodes.nodes", size=size)
            yield weighed(error.at(path=f"$.schedule.steps[{i}].{use.field}"), facts.is_executed)


@rule(ConstantNotFound, ConstIndexOutOfPool, OpcodeNotAllowed)
def node_opcodes(facts: Facts) -> Iterator[IrrunError]:
    """Every node has an opcode that can run as one, and its constant if that is what it is."""
    executed = {s.node_index for _, s, _ in node_steps(facts) if facts.is_executed}
    constants = facts.program.constants
    for i, node in enumerate(facts.program.nodes.nodes):
        certain, path = i in executed, f"$.nodes.nodes[{i}]"
        for error in facts.asked(lambda node=node: opcode_in(node.opcode, "N")):
            yield weighed(error.at(path=f"{path}.opcodeId"), certain)
        if node.opcode == 0:
            tag = node.compiler_tag or 0
            for error in facts.asked(lambda tag=tag: constants.resolve(tag, NODE_ORDER)):
                yield weighed(error.at(path=f"{path}.compilerTag"), certain)


@rule(NodeArity)
def node_inputs(facts: Facts) -> Iterator[IrrunError]:
    """A node step has as many inputs and outputs as its opcode takes, and its node says."""
    for i, step, node in node_steps(facts):
        row = OPCODES.get(node.opcode)
        inputs, outputs = len(step.input_slots), len(step.output_slots)
        name = "unknown" if row is None else row.name
        wrong: list[tuple[str, str, str]] = []
        if row is not None and inputs != row.arity:
            wrong.append(("inputSlots", f"{inputs} inputs", f"the opcode takes {row.arity}"))
        elif inputs != node.input_count:
            wrong.append(("inputSlots", f"{inputs} inputs", f"inputCount is {node.input_count}"))
        if outputs != 1:
            wrong.append(("outputSlots", f"{outputs} outputs", "every opcode yields 1"))
        elif outputs != node.output_count:
            wrong.append(
                ("outputSlots", f"{outputs} outputs", f"outputCount is {node.output_count}")
            )
        for field, declared, wanted in wrong:
            warning = NodeArity(node=node.id, name=name, declared=declared, wanted=wanted)
            yield warning.at(path=f"$.schedule.steps[{i}].{field}")


@rule(NodeWithoutState, StateNotFound, StateOutOfRange)
def node_state(facts: Facts) -> Iterator[IrrunError]:
    """A node that remembers has a cell that is there and large enough."""
    for i, step, node in node_steps(facts):
        row = OPCODES.get(node.opcode)
        if row is None or row.category != "state":
            continue
        path, ids = f"$.schedule.steps[{i}]", step.state_writes or step.state_reads or ()
        if not ids:
            yield NodeWithoutState(node=node.id, name=row.name).at(path=path)
            continue
        for error in facts.asked(
            lambda op=row.name, key=ids[0], owner=f"node {node.id}": _cells(facts, op, owner, key)
        ):
            yield weighed(error.at(path=path), facts.is_executed)


def _cells(facts: Facts, op: str, owner: str, state_id: str | int) -> None:
    """Find the memory of a node as a run does (runtime-semantics 7.4)."""
    finder = facts.finder
    cell = finder.cell(op, state_id)
    if op in ("delayMs", "delayFrames"):
        finder.ring(op, owner, cell, cell.size)
    else:
        finder.first(owner, cell)
        if op == "sampleHold":
            finder.second(owner, cell)


RULES: Final = (node_indices, node_opcodes, node_inputs, node_state)
