"""What of a program runs how: as columns, frame by frame within blocks, in circles."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from irrun.errors import IrrunError
from irrun.evaluate.columns.plan import Group, NotInBlocks, Operation
from irrun.program.program import Program
from irrun.runtime.block.engine import BlockEngine
from irrun.runtime.block.planning import BlockPlan
from irrun.runtime.block.rows import RowStep
from irrun.runtime.runtime import Runtime
from irrun.steps.base import PlannedStep, Step


class Circle(msgspec.Struct, frozen=True):
    """Operations that need what others of them were a frame before."""

    operations: Sequence[str]
    """Their names."""
    signals: Sequence[int]
    slots: Sequence[int]


class HowItRuns(msgspec.Struct, frozen=True):
    """What of a program runs how in its blocks of frames."""

    columns: Sequence[Step]
    """Steps that are computed for all frames of a block at once."""
    by_row: Mapping[str, str]
    """Ids of steps that run frame by frame within blocks, and why."""
    circles: Sequence[Circle]
    rows: Mapping[str, int]
    """Operations outside of circles that know single frames only, by name, and how many."""
    operations: int
    """How many operations there are in all."""
    native: int
    """How many of them C carries out."""


def how_it_runs(engine: BlockEngine, steps: Sequence[PlannedStep]) -> HowItRuns:
    """Return what of a program runs how, by the plan of its blocks."""
    plan = engine.plan
    columns = [p.step for p in steps if p.step.id not in plan.by_row]
    groups = [stage.operations for stage in plan.stages if isinstance(stage, Group)]
    single = [stage for stage in plan.stages if isinstance(stage, Operation)]
    rows = Counter(operation.name for operation in single if _knows_frames_only(operation))
    circles = [_circle(plan, group) for group in groups]
    operations = len(plan.planner.operations)
    return HowItRuns(columns, plan.by_row, circles, rows, operations, engine.native)


def blocks_of(program: Program) -> HowItRuns | str:
    """Return what of a program would run how, or why it is for the interpreter alone.

    Its first frame is run for that: what slots hold after it is what blocks are planned for.
    """
    try:
        runtime = Runtime(program)
        runtime.run_frame(0.0)
        return how_it_runs(BlockEngine(runtime), runtime.plan)
    except NotInBlocks as refused:
        return refused.reason
    except IrrunError as error:
        return f"its first frame fails ({error.code})"


def _knows_frames_only(operation: Operation) -> bool:
    """True for what runs frame by frame, and is no step nor what a step has made."""
    if operation.column is not None or operation.steps_back:
        return False
    return not isinstance(operation.row, RowStep) and not operation.name.startswith("slot ")


def _circle(plan: BlockPlan, operations: Sequence[Operation]) -> Circle:
    made = {operation.output.number for operation in operations}
    return Circle(
        [operation.name for operation in operations],
        [signal for signal, register in plan.signals.items() if register.number in made],
        [written.slot for written in plan.written if written.value.number in made],
    )
