"""C carries out a plan with the bits of NumPy and of the interpreter, and refuses what is none."""

from collections import Counter
from collections.abc import Iterator
from threading import Thread
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from runtime.block.test_forms import FORMS
from support.engines import hold
from support.examples import examples
from support.random_programs import random_run

from irrun.errors import IrrunError
from irrun.evaluate.columns.native.stage import NativeStage
from irrun.evaluate.operations.opcodes import OPCODES
from irrun.evaluate.operations.transforms import EASINGS
from irrun.numerics import native
from irrun.runtime.driver import Driver
from irrun.runtime.run import Run
from irrun.runtime.times import frame_times

if not native.kernels():
    pytest.skip(native.reason(), allow_module_level=True)

SEEDS: Final = 400
LENGTHS: Final = (1, 2, 7, 64, 1000, None)


def stages_of(run: Run) -> Iterator[NativeStage]:
    """Yield what C carries out in blocks of a run."""
    try:
        driver = Driver(run)
        for _ in driver.frames():
            pass
    except IrrunError:
        return
    if driver.engine is not None:
        yield from (stage for stage in driver.engine.stages if isinstance(stage, NativeStage))


def test_every_operation_is_met_in_the_programs_that_both_engines_are_held_to() -> None:
    runs = [Run(program=make().program(), times=frame_times(3)) for make in FORMS.values()]
    met: Counter[str] = Counter()
    for run in (*runs, *map(random_run, range(SEEDS))):
        for stage in stages_of(run):
            met.update(stage.names)

    forms = [row.formula.array for row in OPCODES.values() if row.formula is not None]
    named = {native.name_of(form) for form in (*forms, *(e.curve.array for e in EASINGS))}
    wanted = {*native.moves(), *(named & set(native.kernels()))}
    assert sorted(wanted - met.keys()) == []


@examples(60, long=1_500)
@given(st.integers(0, 10**6), st.sampled_from(LENGTHS))
def test_blocks_without_c_give_the_same_too(seed: int, frames: int | None) -> None:
    with native.without():
        assert hold(random_run(seed), frames).difference is None


# --- Plans by hand ----------------------------------------------------------------------------

FRAMES: Final = 600


def instruction(name: str, out: int, *operands: int, **more: Any) -> list[int]:
    """Return one instruction as C has it."""
    kept = [*more.get("kept", ()), -1, -1][:2]
    code = native.code_of(name)
    places = [*operands, -1, -1, -1][:3]
    where, numbers = more.get("where", -1), more.get("numbers", (0, 0))
    return [code, out, *places, where, *kept, *numbers, more.get("circle", 0)]


def run(
    code: list[list[int]], types: str, operands: list[Any], results: int, numbers: list[float]
) -> list[Any]:
    """Carry a plan out over `FRAMES`; return its results and its numbers."""
    columns = [np.empty(FRAMES) for _ in range(results)]
    held = np.array(numbers, dtype=np.float64)
    given = tuple(np.asarray(column) for column in operands)
    table = np.array(code, np.int32)
    native.run_plan(table, types, given, tuple(columns), held, FRAMES)
    return [*columns, held]


def test_a_circle_goes_on_from_chunk_to_chunk() -> None:
    """x(t) = x(t - 1) * 0.5 + 1, over more frames than are carried out together."""
    code = [
        instruction("fill", 1, numbers=(1, 1)),
        instruction("fill", 2, numbers=(2, 1)),
        instruction("before", 3, 0, numbers=(0, 1), circle=1),
        instruction("mul", 4, 3, 1, circle=1),
        instruction("add", 0, 4, 2, circle=1),
    ]
    found, held = run(code, "ddddd", [], 1, [8.0, 0.5, 1.0])

    expected, x = [], 8.0
    for _ in range(FRAMES):
        x = x * 0.5 + 1.0
        expected.append(x)
    assert found.tolist() == expected
    assert held[0] == x


def test_what_was_a_frame_before_goes_on_from_chunk_to_chunk() -> None:
    column = np.arange(float(FRAMES))
    found, held = run([instruction("before", 1, 0, numbers=(0, 1))], "dd", [column], 1, [-1.0])

    assert found.tolist() == [-1.0, *column[:-1]]
    assert held[0] == FRAMES - 1


def test_a_memory_moves_on_in_the_frames_of_its_mask() -> None:
    column, mask = np.ones(FRAMES), (np.arange(FRAMES) % 3 == 0).astype("u1")
    code = [instruction("integrate", 3, 0, 0, where=1, kept=(2,), numbers=(0, 1))]
    total, value, held = run(code, "dBdd", [column, mask], 2, [0.0])

    assert total.tolist() == np.cumsum(mask).tolist()
    assert value.tolist() == np.where(mask, total, 0.0).tolist()
    assert held[0] == mask.sum()


GOOD: Final = instruction("add", 2, 0, 1)
TYPES: Final = "ddd"

FAULTS: Final[dict[str, tuple[list[list[int]], str]]] = {
    "no such code": ([[9999, *GOOD[1:]]], TYPES),
    "a code below 0": ([[-1, *GOOD[1:]]], TYPES),
    "a register too many": ([instruction("add", 2, 0, 3)], TYPES),
    "a register below 0": ([instruction("add", 2, 0, -1)], TYPES),
    "a result below 0": ([instruction("add", -1, 0, 1)], TYPES),
    "a result that is an operand of all": ([instruction("add", 0, 0, 1)], TYPES),
    "a mask for a number": ([instruction("select", 2, 0, 1, 3)], "dddB"),
    "a number for a mask": ([instruction("and", 3, 0, 1)], "dddB"),
    "a mask that is none": ([instruction("integrate", 2, 0, 1, where=0, kept=(3,), numbers=(0, 1))],
                            "dddd"),
    "numbers beyond": ([instruction("slew", 2, 0, 1, kept=(3,), numbers=(3, 2))], "dddd"),
    "too few numbers": ([instruction("slew", 2, 0, 1, kept=(3,), numbers=(0, 1))], "dddd"),
    "numbers below 0": ([instruction("slew", 2, 0, 1, kept=(3,), numbers=(-1, 2))], "dddd"),
    "no place for a memory": ([instruction("slew", 2, 0, 1, numbers=(0, 2))], "dddd"),
    "a ring of nothing": ([instruction("delay", 2, 0, 1, kept=(3,), numbers=(0, 2))], "dddd"),
    "a choice that replaces its operand": ([instruction("select", 3, 0, 1, 3)], "dddd"),
    "a kernel of colours": ([instruction("color", 2, 0)], TYPES),
    "a kernel of float32": ([instruction("add_f32", 2, 0, 1)], TYPES),
    "a sum": ([instruction("sum", 2, 0)], TYPES),
    "half an instruction": ([GOOD[:5]], TYPES),
    "a type that is none": ([GOOD], "ddx"),
    "fewer registers than columns": ([GOOD], "dd"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_no_plan_is_refused(name: str) -> None:
    code, types = FAULTS[name]
    before = np.arange(float(FRAMES)), np.ones(FRAMES)
    copies = [column.copy() for column in before]

    with pytest.raises((ValueError, TypeError)):
        run(code, types, list(before), 1, [0.0, 0.0, 0.0, 0.0])
    assert all(np.array_equal(a, b) for a, b in zip(before, copies, strict=True))


@pytest.mark.parametrize("operand", [np.ones(FRAMES - 1), np.ones(FRAMES, "f4"), np.ones(0)])
def test_columns_of_other_lengths_and_types_are_refused(operand: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        run([GOOD], TYPES, [operand, np.ones(FRAMES)], 1, [])


def test_results_that_cannot_be_written_are_refused() -> None:
    locked = np.empty(FRAMES)
    locked.flags.writeable = False
    table, columns = np.array([GOOD], np.int32), (np.ones(FRAMES), np.ones(FRAMES))

    with pytest.raises((ValueError, TypeError, BufferError)):
        native.run_plan(table, TYPES, columns, (locked,), np.zeros(1), FRAMES)


def test_a_block_of_no_frames_is_one() -> None:
    none = np.empty(0)
    native.run_plan(np.array([GOOD], np.int32), TYPES, (none, none), (none,), np.zeros(1), 0)


def test_several_threads_carry_out_plans_of_their_own() -> None:
    """Nothing is shared between them."""
    seeds = (3, 5, 8, 13)
    found: dict[int, list[Any]] = {}

    def outcome(seed: int) -> list[Any]:
        values = []
        try:
            for view in Driver(random_run(seed)).frames():
                values.append(repr([view.values.peek(s) for s in view.values.slots]))
        except IrrunError as error:
            values.append(error.code)
        return values

    expected = {seed: outcome(seed) for seed in seeds}
    threads = [Thread(target=lambda s=seed: found.update({s: outcome(s)})) for seed in seeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected
