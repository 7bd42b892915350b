"""Transform chains as operations on columns (runtime-semantics 6.6)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from irrun.evaluate.columns.plan import Masks, NotInBlocks, Planner, Register
from irrun.evaluate.fields.chains import CASTS as ARRAY_CASTS
from irrun.evaluate.fields.elements import MEMBERS
from irrun.evaluate.operations.opcodes import OPCODES
from irrun.evaluate.operations.transforms import CASTS, array_form, lifted, number_step, scalar_form
from irrun.evaluate.operations.vectors import Shape
from irrun.evaluate.signals.stateful import memory_over
from irrun.evaluate.state.cells import CellFinder
from irrun.ir.expressions.functions import OpcodeFn
from irrun.ir.expressions.transforms import CastOp, CastStep, MapStep, SlewStep, TransformStep
from irrun.ir.tables import Tables
from irrun.ir.types import kind_of
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
        match step:
            case CastStep(op=op):
                return self._cast(op, source)
            case SlewStep(rate=rate, state_offset=offset):
                if source.shape:
                    parts = [
                        self._slew(owner, rate, offset + c, self._component(source, c), masks)
                        for c in range(len(source.shape))
                    ]
                    return self._joined(parts, source.shape)
                return self._slew(owner, rate, offset, source, masks)
            case MapStep(fn=OpcodeFn(opcode=opcode)) if OPCODES[opcode].operands != ("number",):
                raise NotInBlocks(f"{owner} maps numbers with opcode {opcode}")
            case _:
                row: Any = lifted(number_step(step, owner, scalar_form), owner)
                column = number_step(step, owner, array_form)
                return self._planner.emit(kind_of(step), (source,), column, row, shape=source.shape)

    def _slew(
        self, owner: str, rate: float, offset: int, source: Register, masks: Masks
    ) -> Register:
        cell = self._finder.raw(owner, "f64", offset)
        memory = memory_over("slew", (cell,), rate)
        inputs = (source, *(self._planner.times[name] for name in memory.times))
        return self._planner.remember("slew", inputs, memory, masks)

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
