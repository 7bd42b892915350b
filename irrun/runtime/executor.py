"""The frame loop: which executor each step has, and one pass over all of them."""

from collections.abc import Iterable, Sequence
from typing import Literal

from irrun.errors import IrrunError
from irrun.errors.boundary import problem_of
from irrun.errors.running import DoubleWrite, NotANumber
from irrun.evaluate.evaluators import Evaluators
from irrun.program.program import Program
from irrun.runtime.values import ValueStore
from irrun.steps.actors import Actor
from irrun.steps.base import Access, PlannedStep
from irrun.steps.frame import Frame

Executors = Literal["auto", "real", "stub"]
"""real, auto: steps compute (every kind can). stub: placeholders stand for what they compute."""


def plan_schedule(
    program: Program, evaluators: Evaluators, executors: Executors
) -> tuple[PlannedStep, ...]:
    """Choose an executor for every step, and make it ready for one runtime."""
    is_stub = executors == "stub"
    return tuple(
        PlannedStep(
            index,
            step,
            tuple(step.accesses(program)),
            is_stub,
            step.stub if is_stub else step.prepare(evaluators),
            Actor(step.id, index),
        )
        for index, step in enumerate(program.steps)
    )


class Observer:
    """Looks on step by step while frames run; a kind of observer does what it has use for.

    Observers change nothing.
    """

    def looks_at(self, frame: int) -> bool:
        """True if it has to see a frame step by step, which the interpreter has to run then."""
        return True

    def frame_start(self, frame: Frame) -> None:
        """Called before the first step, with index and time of the frame in place."""

    def step_start(self, frame: Frame, planned: PlannedStep) -> None:
        """Called before a step."""

    def step_end(self, frame: Frame, planned: PlannedStep) -> None:
        """Called after a step that did not fail."""

    def frame_end(self, frame: Frame) -> None:
        """Called after the last step."""


def run_schedule(
    frame: Frame,
    plan: Iterable[PlannedStep],
    values: ValueStore,
    observers: Sequence[Observer],
) -> None:
    """Run every step once, in list order; an error leaves here knowing its place."""
    for planned in plan:
        frame.current = planned
        values.actor = planned.actor
        for observer in observers:
            observer.step_start(frame, planned)
        try:
            planned.execute(frame)
        except (IrrunError, MemoryError, RecursionError) as error:
            problem = place(problem_of(error), frame)
            raise problem from problem.__cause__
        for observer in observers:
            observer.step_end(frame, planned)
    frame.current = None


def place(error: IrrunError, frame: Frame) -> IrrunError:
    """Add step, slot reference and frame to an error or warning."""
    error.at(frame=frame.index, t_ms=frame.time.t_abs_ms)
    if frame.current is None:
        return error
    error.at(step=frame.current.step.id, kind=frame.current.step.kind)
    slot = error.where.slot if error.where.slot is not None else error.facts.get("slot")
    access = _access_at_fault(error, slot, frame.current.accesses)
    return error if access is None else error.at(field=access.field, slot=slot)


def _access_at_fault(
    error: IrrunError, slot: int | None, accesses: Sequence[Access]
) -> Access | None:
    """Return the access that an error about a slot is about."""
    about = [access for access in accesses if access.slot == slot]
    is_write = (
        isinstance(error, DoubleWrite | NotANumber) or error.facts.get("operation") == "write"
    )
    about = [a for a in about if (a.mode == "write") == is_write] or about
    if not about:
        return None
    # A step that trips over its own write does so at the later of the two.
    by_itself = isinstance(error, DoubleWrite) and error.facts["first"] == error.facts["second"]
    return about[-1] if by_itself else about[0]
