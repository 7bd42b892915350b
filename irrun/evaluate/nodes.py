"""Node evaluation: one opcode applied to the values of slots (runtime-semantics section 7)."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from irrun.errors.expressions import (
    BadHexDigit,
    BadOperand,
    MissingNodeConstant,
    NodeWithoutState,
    PlaceholderOpcode,
)
from irrun.errors.program import ConstantNotFound
from irrun.evaluate.colors import Color, coerce_color, has_bad_digits
from irrun.evaluate.environment import Environment
from irrun.evaluate.operations.opcodes import OPCODES, Opcode, opcode_in
from irrun.evaluate.operations.vectors import component, describe_shape
from irrun.evaluate.signals.stateful import STATEFUL
from irrun.evaluate.state.cells import CellFinder
from irrun.ir.constants import NODE_ORDER, is_number
from irrun.ir.expressions.nodes import Node
from irrun.ir.expressions.signals import StatefulOp
from irrun.ir.tables import Tables
from irrun.numerics.convert import to_number


class Missing:
    """Stands for an input that is not there: a slot that nothing has written, or no slot."""

    def __repr__(self) -> str:
        return "missing"


MISSING: Final = Missing()

WORKING_IN_REFERENCE: Final = frozenset(
    number
    for number, row in OPCODES.items()
    if row.category in ("const", "math") or (row.category == "vec" and number != 203)
)
"""Opcodes that the reference computes in nodes; the others are placeholders there (7.2)."""


PARAMETERS: Final[Mapping[str, float]] = {"slew": 1.0, "delayMs": 100.0, "delayFrames": 1.0}
"""Stateful opcodes whose second operand is a parameter, and what it is where there is none."""


class NodeEvaluator:
    """Evaluates nodes of one program over one memory."""

    def __init__(self, tables: Tables, finder: CellFinder, env: Environment) -> None:
        self._tables = tables
        self._finder = finder
        self._env = env

    def evaluate(self, node: Node, inputs: Sequence[Any], state_ids: Sequence[str | int]) -> Any:
        """Return the result of a node.

        Args:
            node: The row of the node table.
            inputs: Values of the input slots, `MISSING` where there is none.
            state_ids: State ids that the step names, those it writes first.

        Raises:
            OpcodeNotAllowed: IR410, the opcode cannot be executed as a node.
            BadOperand: IR417, an operand has no usable shape.
            ConstantNotFound, StateNotFound, StateOutOfRange.
        """
        if self._env.quirks and node.opcode not in WORKING_IN_REFERENCE:
            return self._reference_placeholder(node, inputs)
        row = opcode_in(node.opcode, "N")
        match row.category:
            case "const":
                return self._constant(node)
            case "time":
                return self._time(row)
            case "state":
                return self._state(row, node, inputs, state_ids)
            case _:
                assert row.formula is not None
                return row.formula.scalar(*_operands(row, inputs, self._env))

    def _constant(self, node: Node) -> Any:
        """Return a node's constant; one that does not exist is 0 in the reference (0.6)."""
        const_id = node.compiler_tag or 0
        try:
            value = self._tables.constants.resolve(const_id, NODE_ORDER).value
        except ConstantNotFound:
            if not self._env.quirks:
                raise
            self._env.report(MissingNodeConstant(const_id=const_id))
            return 0.0
        return to_number(value) if is_number(value) else value

    def _reference_placeholder(self, node: Node, inputs: Sequence[Any]) -> Any:
        """Return what the reference yields where it has only a placeholder."""
        row = OPCODES.get(node.opcode)
        passes = row is not None and row.name in ("integrate", "delayMs") and len(inputs) > 0
        value = inputs[0] if passes else 0.0
        name = "unknown" if row is None else row.name
        warning = PlaceholderOpcode(
            opcode=node.opcode, name=name, value="its input" if passes else "0"
        )
        self._env.report(warning)
        return value

    def _time(self, row: Opcode) -> float:
        env = self._env
        values = {
            "timeAbsMs": env.time.t_abs_ms,
            "timeModelMs": env.time.t_model_ms,
            "phase01": env.time.phase,
            "timeDelta": env.time.delta_ms,
            "wrapEvent": env.time.wrap,
        }
        return values[row.name]

    def _state(
        self, row: Opcode, node: Node, inputs: Sequence[Any], state_ids: Sequence[str | int]
    ) -> Any:
        """Evaluate a stateful opcode (section 7.4)."""
        if not state_ids:
            self._env.report(NodeWithoutState(node=node.id, name=row.name))
            return inputs[0] if inputs and inputs[0] is not MISSING else math.nan
        op: Any = row.name
        stateful, trigger = STATEFUL[op], list[float]()
        parts = self.memory(op, node, state_ids)
        if op in PARAMETERS:
            parts = (*parts, _number(inputs, 1, PARAMETERS[op]), *self.fixed(op))
        if stateful.needs_trigger:
            trigger = [_number(inputs, 1, math.nan)]
        times = [getattr(self._env.time, name) for name in stateful.times]
        return stateful.advance(*parts, _number(inputs, 0, math.nan), *trigger, *times)

    def memory(self, op: StatefulOp, node: Node, state_ids: Sequence[str | int]) -> tuple[Any, ...]:
        """Return the numbers or the ring that an operation moves on.

        Raises:
            StateNotFound, StateOutOfRange: IR415, IR416.
        """
        finder, owner = self._finder, f"node {node.id}"
        cell = finder.cell(op, state_ids[0])
        if op in ("delayMs", "delayFrames"):
            return (finder.ring(op, owner, cell, cell.size),)
        first = finder.first(owner, cell)
        return (first, finder.second(owner, cell)) if op == "sampleHold" else (first,)

    def fixed(self, op: StatefulOp) -> tuple[float, ...]:
        """Return what an operation takes besides its parameter."""
        return (self._env.nominal_ms,) if op == "delayMs" else ()


def _number(inputs: Sequence[Any], index: int, missing: float) -> float:
    """Return an input by ToNumber, or a default where it is missing."""
    value = inputs[index] if index < len(inputs) else MISSING
    return missing if value is MISSING else to_number(value)


def _operands(row: Opcode, inputs: Sequence[Any], env: Environment) -> list[Any]:
    """Return the operands of a pure opcode, each converted to what the opcode takes."""
    found: list[Any] = []
    for i, domain in enumerate(row.operands):
        value = inputs[i] if i < len(inputs) else MISSING
        if domain == "vec2":
            found.append(_vec2(row, value))
        elif domain == "color":
            found.append(_color(row, value, env))
        else:
            found.append(math.nan if value is MISSING else to_number(value))
    return found


def _vec2(row: Opcode, value: Any) -> Mapping[str, float]:
    """Return a vector operand: NaN components for what is no vector, an error for nothing."""
    if value is MISSING or value is None:
        raise BadOperand(what=row.name, wanted="a vec2", got="nothing")
    return {"x": component(value, "x"), "y": component(value, "y")}


def _color(row: Opcode, value: Any, env: Environment) -> Color:
    if isinstance(value, str) and has_bad_digits(value):
        env.report(BadHexDigit(text=value))
    found = None if value is MISSING else coerce_color(value)
    if found is None:
        got = "nothing" if value is MISSING else describe_shape(value)
        raise BadOperand(what=row.name, wanted="a colour", got=got)
    return found
