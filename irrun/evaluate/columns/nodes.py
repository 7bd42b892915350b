"""Nodes as operations on columns (runtime-semantics section 7)."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import numpy as np

from irrun.evaluate.colors import coerce_color
from irrun.evaluate.columns.plan import NotInBlocks, Planner, Register
from irrun.evaluate.columns.rows import NumberRows
from irrun.evaluate.nodes import PARAMETERS, WORKING_IN_REFERENCE, NodeEvaluator
from irrun.evaluate.operations.opcodes import Opcode, opcode_in
from irrun.evaluate.operations.vectors import COLOR_SHAPE
from irrun.evaluate.signals.nodes import OPERAND_SHAPES
from irrun.evaluate.signals.stateful import STATEFUL, memory_over
from irrun.ir.expressions.nodes import Node
from irrun.ir.values import Array
from irrun.numerics.convert import to_number

Inputs = Sequence[Register | None]
"""The values of the input slots; None for a slot that nothing has written."""

_TIMES: Final = {
    "timeAbsMs": "t_abs_ms",
    "timeModelMs": "t_model_ms",
    "phase01": "phase",
    "timeDelta": "delta_ms",
    "wrapEvent": "wrap",
}


class NodePlanner:
    """Plans the nodes of a program.

    Args:
        nodes: Evaluates nodes on the memory of blocks.
        planner: Takes the operations.
        quirks: True if the reference's values are taken.
    """

    def __init__(self, nodes: NodeEvaluator, planner: Planner, *, quirks: bool) -> None:
        self._nodes = nodes
        self._planner = planner
        self._quirks = quirks

    def plan(self, node: Node, inputs: Inputs, state_ids: Sequence[str | int]) -> Register:
        """Return the result of a node.

        Raises:
            NotInBlocks: It has no form for columns.
            IrrunError: It cannot be evaluated.
        """
        row = opcode_in(node.opcode, "N")
        if self._quirks and node.opcode not in WORKING_IN_REFERENCE:
            raise NotInBlocks(f"{row.name} is a placeholder of the reference")
        if row.category == "time":
            return self._planner.times[_TIMES[row.name]]
        if row.category == "state":
            return self._state(row, node, inputs, state_ids)
        if row.formula is None:
            raise NotInBlocks(f"{row.name} has no form for columns")
        operands = [
            self._operand(row, domain, inputs[i] if i < len(inputs) else None)
            for i, domain in enumerate(row.operands)
        ]
        result = OPERAND_SHAPES.get(row.result, ())
        formula = row.formula
        return self._planner.emit(row.name, operands, formula.array, formula.scalar, shape=result)

    def _operand(self, row: Opcode, domain: str, value: Register | None) -> Register:
        """Return an operand, converted to what the opcode takes."""
        if domain == "color":
            return self._color(row, value)
        if domain != "vec2":
            return self._number(value, math.nan)
        if value is None or value.shape != OPERAND_SHAPES["vec2"]:
            raise NotInBlocks(f"{row.name} of something else than vectors")
        return value

    def _color(self, row: Opcode, value: Register | None) -> Register:
        if value is not None and value.shape == COLOR_SHAPE:
            return value
        constants = self._planner.constants
        if value is None or value.number not in constants:
            raise NotInBlocks(f"{row.name} of something else than colours")
        color = coerce_color(constants[value.number])
        if color is None:
            raise NotInBlocks(f"{row.name} of no colour")
        return self._planner.constant(color, COLOR_SHAPE)

    def _number(self, value: Register | None, missing: float) -> Register:
        """Return a number by ToNumber, or a default where there is none."""
        planner = self._planner
        if value is None:
            return planner.constant(missing)
        if value.number in planner.constants:
            return planner.constant(to_number(planner.constants[value.number]))
        if value.shape == ():
            return value
        return planner.emit("to number", (value,), _numbers, to_number)

    def _state(
        self, row: Opcode, node: Node, inputs: Inputs, state_ids: Sequence[str | int]
    ) -> Register:
        if not state_ids:
            raise NotInBlocks(f"{row.name} has no state")
        op: Any = row.name
        stateful = STATEFUL[op]
        parts = self._nodes.memory(op, node, state_ids)
        values = [self._number(inputs[0] if inputs else None, math.nan)]
        second = inputs[1] if len(inputs) > 1 else None
        if stateful.needs_trigger:
            values.append(self._number(second, math.nan))
        memory = memory_over(op, parts)
        if op in PARAMETERS:
            parameter, fixed = self._number(second, PARAMETERS[op]), self._nodes.fixed(op)
            known = self._planner.constants.get(parameter.number)
            if known is None:
                values.append(parameter)
                advance = partial(_advance, stateful.advance, parts, fixed)
                memory = memory._replace(advance=advance, column=None)
            else:
                memory = memory_over(op, parts, known, *fixed)
        times = [self._planner.times[name] for name in memory.times]
        return self._planner.remember(op, [*values, *times], memory, lambda: None)


def _advance(
    advance: Callable[..., float], parts: Sequence[Any], fixed: Sequence[float],
    value: float, parameter: float, *times: float,
) -> float:  # fmt: skip
    """Move a memory on by a frame, with a parameter that changes."""
    return advance(*parts, parameter, *fixed, value, *times)


def _numbers(rows: Any) -> Array:
    """Return what objects are as numbers; what holds several is none."""
    if isinstance(rows, NumberRows):
        return np.full(len(rows), np.nan)
    if isinstance(rows, np.ndarray) and rows.dtype != object:
        return np.full(len(rows), np.nan)  # vectors
    return np.array([to_number(row) for row in rows])
