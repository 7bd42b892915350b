"""Stateful operations over columns: the bits of one frame after the other, and of their memory."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_builder import ProgramBuilder
from support.examples import examples

from irrun.evaluate.columns.execute import Block
from irrun.evaluate.columns.plan import Operation, Planner
from irrun.evaluate.environment import Environment
from irrun.evaluate.signals.stateful import STATEFUL, Memory, memory_of
from irrun.evaluate.state.cells import CellFinder, SignalCells
from irrun.ir.expressions.signals import StatefulOp
from irrun.numerics.convert import one_nan
from irrun.runtime.state import STATE_ARRAYS, StateBuffer

INF, NAN = math.inf, math.nan


class Case(NamedTuple):
    op: StatefulOp
    params: dict[str, Any] = {}  # noqa: RUF012
    size: int = 1


CASES: Final = {
    "integrate": Case("integrate"),
    "slew": Case("slew", {"rate": 3.0}),
    "slew-0": Case("slew", {"rate": 0.0}),
    "slew-backwards": Case("slew", {"rate": -40.0}),
    "sampleHold": Case("sampleHold"),
    "edgeDetectWrap": Case("edgeDetectWrap"),
    "pulseDivider": Case("pulseDivider", {"divisions": 4}),
    "pulseDivider-odd": Case("pulseDivider", {"divisions": -2.5}),
    "envelopeAD": Case("envelopeAD", {"attack": 30, "decay": 200, "peak": 2}),
    "envelopeAD-0": Case("envelopeAD", {"attack": 0, "decay": 0}),
    "envelopeAD-inf": Case("envelopeAD", {"attack": 10, "decay": 1e308, "peak": -0.0}),
    "delayFrames-0": Case("delayFrames", {"delayFrames": 0}, 1),
    "delayFrames-1": Case("delayFrames", {"delayFrames": 1}, 2),
    "delayFrames-3": Case("delayFrames", {"delayFrames": 3}, 4),
    "delayFrames-in-a-long-ring": Case("delayFrames", {"delayFrames": 2}, 9),
    "delayMs": Case("delayMs", {"delayMs": 50, "bufferSize": 8}, 8),
    "delayMs-0": Case("delayMs", {"delayMs": 0, "bufferSize": 4}, 4),
    "delayMs-longer-than-its-ring": Case("delayMs", {"delayMs": 500, "bufferSize": 3}, 3),
    "delayMs-ring-of-1": Case("delayMs", {"delayMs": 20, "bufferSize": 1}, 1),
}
"""Every stateful operation, with parameters that matter and rings that are too short."""


def memory(case: Case) -> tuple[Memory, StateBuffer]:
    """Return the operation over a memory of its own."""
    b = ProgramBuilder("stateful")
    b.cell("c", size=case.size)
    zero = b.signal_const(0)
    fields: dict[str, Any] = {"op": case.op, "stateId": "c", "input": zero}
    params: dict[str, Any] = dict(case.params)
    if STATEFUL[case.op].needs_trigger:
        params["trigger"] = zero
    if params:
        fields["params"] = params
    i = b.signal("stateful", **fields)
    program = b.program()
    state = StateBuffer(program.state_layout)
    env = Environment(lambda _: 0.0, lambda _: None, nominal_ms=1000 / 60, quirks=False)
    node: Any = program.signal_nodes[i]
    return memory_of(node, SignalCells(CellFinder(state), env, i, node), env), state


def inputs_of(case: Case, frames: Sequence[tuple[float, float, float]]) -> list[list[float]]:
    """Return the inputs in each frame, of a value, a trigger and how many ms have gone by."""
    now, rows = 0.0, []
    row = STATEFUL[case.op]
    for value, trigger, delta_ms in frames:
        now += delta_ms
        times = {"t_abs_ms": now, "delta_sec": delta_ms / 1000, "delta_ms": delta_ms}
        triggers = [trigger] if row.needs_trigger else []
        rows.append([value, *triggers, *(times[name] for name in row.times)])
    return rows


def bits(values: Any) -> list[str]:
    return [float(one_nan(float(value))).hex() for value in values]


def contents(state: StateBuffer) -> list[list[str]]:
    arrays = [bits(state.array(name)) for name in STATE_ARRAYS]
    return [*arrays, *(bits(numbers) for numbers in state.private.values())]


def check(
    case: Case,
    frames: Sequence[tuple[float, float, float]],
    mask: Sequence[bool] | None,
    length: int,
    *,
    by_row: bool = False,
    start: float | None = None,
) -> None:
    """Compare the values, and all of the state after each frame, in blocks of a length."""
    truth, single = memory(case)
    found, many = memory(case)
    for one in (truth, found):
        for kept in one.cells if one.ring is None else ():
            kept.set(kept.get() if start is None else start)
    rows = inputs_of(case, frames)
    asked = [True] * len(rows) if mask is None else list(mask)
    planner = Planner()
    inputs = [planner.register() for _ in rows[0]]
    where = None if mask is None else planner.register(kind="mask")
    output = planner.remember(case.op, inputs, found, lambda: None if where is None else [where])
    stages = planner.stages()
    (operation,) = stages
    assert isinstance(operation, Operation)
    if by_row:
        operation.column = None
        operation.memory = operation.memory and operation.memory._replace(column=None)
    for at in range(0, len(rows), length):
        part, own = rows[at : at + length], asked[at : at + length]
        block = Block(planner.size, len(part), planner.constants)
        for register, column in zip(inputs, np.array(part).T, strict=True):
            block.values[register.number] = column.copy()
        if where is not None:
            block.values[where.number] = np.array(own)
        before = {name: many.array(name).copy() for name in STATE_ARRAYS}
        block.run(stages)
        values = block.column(output)
        after = {name: np.tile(array, (len(part), 1)) for name, array in before.items()}
        for ring in block.rings:
            first, size = ring.ring.first, ring.ring.length
            after[ring.ring.storage][:, first : first + size] = ring.rows(len(part))
        for cell, column in block.cells:
            if cell.storage is not None:
                after[cell.storage][:, cell.index] = column
        for i, (row, is_asked) in enumerate(zip(part, own, strict=True)):
            if is_asked:
                assert bits([truth.advance(*row)]) == bits([values[i]]), (at + i, row)
            for name in STATE_ARRAYS:
                assert bits(single.array(name)) == bits(after[name][i]), (at + i, name)
        assert contents(single) == contents(many)


VALUES: Final = st.sampled_from([0.0, -0.0, 0.2, 0.5, 0.81, 1.0, -3.0, 1e300, INF, -INF, NAN]) | (
    st.floats(width=64)
)
DELTAS: Final = st.sampled_from([0.0, 1000 / 60, 33.0, 500.0, 0.001])
FRAMES: Final = st.lists(st.tuples(VALUES, VALUES, DELTAS), min_size=1, max_size=12)

STEADY: Final = [
    (math.sin(i * 0.7) * 1.4, float(i % 5 > 2), 1000 / 60 if i % 7 else 40.0) for i in range(40)
]


@pytest.mark.parametrize("by_row", [False, True], ids=["column", "by row"])
@pytest.mark.parametrize("length", [1, 2, 7, 40])
@pytest.mark.parametrize("name", CASES)
def test_an_operation_is_the_same_over_blocks_of_any_length(
    name: str, length: int, by_row: bool
) -> None:
    check(CASES[name], STEADY, None, length, by_row=by_row)


MASKS: Final[dict[str, Callable[[int], bool]]] = {
    "never": lambda i: False,
    "always": lambda i: True,
    "first only": lambda i: i == 0,
    "last only": lambda i: i == 39,
    "every third": lambda i: i % 3 == 1,
    "in stretches": lambda i: i % 13 > 6,
}


@pytest.mark.parametrize("by_row", [False, True], ids=["column", "by row"])
@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("name", CASES)
def test_an_operation_moves_on_where_it_is_asked_for_only(
    name: str, mask: str, by_row: bool
) -> None:
    for length in (1, 5, 40):
        check(CASES[name], STEADY, [MASKS[mask](i) for i in range(40)], length, by_row=by_row)


@pytest.mark.parametrize("start", [0.7, 0.5, -1.0, INF, NAN], ids=str)
@pytest.mark.parametrize("name", CASES)
def test_an_operation_goes_on_from_whatever_its_memory_holds(name: str, start: float) -> None:
    """A saved state, or an initial constant, may hold any number."""
    for frames in (STEADY, [(NAN, NAN, 10.0)] * 3 + STEADY, [(1.0, 1.0, 10.0)] * 3):
        check(CASES[name], frames, None, 7, start=start)


@pytest.mark.parametrize("name", CASES)
@examples(40, long=2_000)
@given(data=st.data())
def test_an_operation_is_the_same_whatever_it_is_given(name: str, data: st.DataObject) -> None:
    """NaN, infinities and zeros of both signs, times that stand still, masks, any length."""
    frames = data.draw(FRAMES)
    mask = data.draw(st.none() | st.lists(st.booleans(), min_size=12, max_size=12))
    check(
        CASES[name],
        frames,
        None if mask is None else mask[: len(frames)],
        data.draw(st.integers(1, 12)),
        by_row=data.draw(st.booleans()),
    )


def test_every_operation_with_a_column_form_is_among_the_cases() -> None:
    assert {case.op for case in CASES.values()} == {
        op for op, row in STATEFUL.items() if row.column is not None
    }
    for name, case in CASES.items():
        assert memory(case)[0].column is not None, name
