"""Rules for time: the model, and the slots that timeDerive names."""

from collections.abc import Iterator
from typing import Final

from irrun.errors import IrrunError
from irrun.errors.checks.tables import BadDuration, TimeNotProduced
from irrun.errors.running import AliasedTimeSlots, BadPeriod
from irrun.ir.time_model import CyclicTime, FiniteTime, InfiniteTime
from irrun.ir.types import kind_of
from irrun.program.checks.facts import Facts
from irrun.program.checks.rule import rule
from irrun.steps.kinds.time_derive import TimeDerive


@rule(BadDuration, BadPeriod)
def durations(facts: Facts) -> Iterator[IrrunError]:
    """Periods, durations and windows are above 0."""
    model, path = facts.program.time_model, "$.timeModel"
    match model:
        case CyclicTime(period_ms=period) if not period > 0:
            yield BadPeriod(period=period).at(path=f"{path}.periodMs")
        case FiniteTime(duration_ms=duration) if not duration > 0:
            yield BadDuration(field="durationMs", value=duration).at(path=f"{path}.durationMs")
        case InfiniteTime(window_ms=window) if not window > 0:
            yield BadDuration(field="windowMs", value=window).at(path=f"{path}.windowMs")


@rule(AliasedTimeSlots, TimeNotProduced)
def time_slots(facts: Facts) -> Iterator[IrrunError]:
    """TimeDerive names a slot for each value that there is, and for no other."""
    model = facts.program.time_model
    has_phase, has_progress = isinstance(model, CyclicTime), isinstance(model, FiniteTime)
    for i, step in enumerate(facts.program.steps):
        if not isinstance(step, TimeDerive):
            continue
        named = (
            ("tAbsMsSlot", step.t_abs_ms_slot, True),
            ("out.tModelMs", step.out.t_model_ms, True),
            ("out.phase01", step.out.phase01, has_phase),
            ("out.wrapEvent", step.out.wrap_event, has_phase),
            ("out.progress01", step.out.progress01, has_progress),
        )
        path, fields = f"$.schedule.steps[{i}]", dict[int, list[str]]()
        for field, slot, is_there in named:
            if slot is not None and is_there:
                fields.setdefault(slot, []).append(field)
        for slot, together in fields.items():
            if len(together) > 1:
                names = " and ".join(together)
                warning = AliasedTimeSlots(slot=slot, names=names, winner=together[-1])
                yield warning.at(path=f"{path}.{together[-1]}", slot=slot)
        for field, slot, is_there in named:
            # The compiler lets progress01 fall back to another time slot: that is no loss.
            if slot is not None and not is_there and slot not in fields:
                name = field.removeprefix("out.")
                note = TimeNotProduced(slot=slot, name=name, model=kind_of(model))
                yield note.at(path=f"{path}.{field}", slot=slot)


RULES: Final = (durations, time_slots)
