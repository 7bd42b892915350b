"""Transform chains as operations on columns (runtime-semantics 6.6)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from irrun.evaluate.columns.plan import Masks, NotInBlocks, Planner, Register
from irrun.evaluate.fields.chains import CASTS as ARRAY_CASTS
from irrun.evaluate.fields.elements import MEMBERS
from irrun.evaluate.operations.transforms import CASTS, number_operations
from irrun.evaluate.operations.vectors import Shape
from irrun.evaluate.signals.stateful import memory_over
from irrun.evaluate.state.cells import CellFinder
from irrun.ir.expressions.transforms import CastOp, CastStep, SlewStep, TransformStep
from irrun.ir.tables import Tables
from irrun.ir.values import Array


class ChainPlanner:
    """Plans the chains of a program."""

    def __init__(self, tables: Tables, finder: CellFinder, planner: Planner) -> None:
        self._chains = tables.chains
        self._finder = finder
        self._planner = planner

    def apply(self, chain: int, source: Register, masks: Masks) -> Register:
        """Return what a chain makes of a value.

        Args:
            chain: Its id.
            source: The value.
            masks: Where it is asked for: only there its memory moves on.

        Raises:
            NotInBlocks: A step has no form for columns.
            IrrunError: A step cannot run.
        """
        if chain >= len(self._chains):
            raise NotInBlocks(f"there is no chain {chain}")
        for step in self._chains[chain].steps:
            if source.shape is None:
                raise NotInBlocks(f"chain {chain} takes values of several shapes")
            source = self._step(step, f"chain {chain}", source, masks)
        return source

    def _step(self, step: TransformStep, owner: str, source: Register, masks: Masks) -> Register:
        if isinstance(step, CastStep):
            return self._cast(step.op, source)
        if not source.shape:
            return self._number(step, owner, 0, source, masks)
        parts = [
            self._number(step, owner, c, self._component(source, c), masks)
            for c in range(len(source.shape))
        ]
        return self._joined(parts, source.shape)

    def _number(
        self, step: TransformStep, owner: str, component: int, source: Register, masks: Masks
    ) -> Register:
        """Return what a step makes of a number, or of a component of a vector or colour."""
        if isinstance(step, SlewStep):
            cell = self._finder.raw(owner, "f64", step.state_offset + component)
            memory = memory_over("slew", (cell,), step.rate)
            inputs = (source, *(self._planner.times[name] for name in memory.times))
            return self._planner.remember("slew", inputs, memory, masks)
        for name, formula, numbers in number_operations(step, owner):
            inputs = (source, *map(self._planner.constant, numbers))
            source = self._planner.emit(name, inputs, formula.array, formula.scalar)
        return source

    def _component(self, source: Register, c: int) -> Register:
        name = (source.shape or ())[c]
        return self._planner.emit(name, (source,), lambda v: v[:, c], lambda v: v[name])

    def _joined(self, parts: Sequence[Register], shape: Shape) -> Register:
        def column(*columns: Array) -> Array:
            return np.stack(columns, axis=1)

        def row(*numbers: float) -> Any:
            return dict(zip(shape, numbers, strict=True))

        return self._planner.emit("vector", parts, column, row, shape=shape)

    def _cast(self, op: CastOp, source: Register) -> Register:
        wanted, result, column = ARRAY_CASTS[op]
        if source.shape != MEMBERS.get(wanted, ()):
            raise NotInBlocks(f"a cast {op} of something else")
        shape = MEMBERS.get(result, ())
        return self._planner.emit(f"cast {op}", (source,), column, CASTS[op], shape=shape)
