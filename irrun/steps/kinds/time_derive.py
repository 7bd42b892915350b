"""timeDerive: write the frame's time to its slots (runtime-semantics 2.4)."""

from collections.abc import Iterator

from irrun.errors.running import AliasedTimeSlots
from irrun.ir.tables import Tables
from irrun.ir.time_model import TimeModel
from irrun.ir.types import Record, SlotId
from irrun.steps.base import Access, Step, write
from irrun.steps.block import BlockPlan
from irrun.steps.frame import Frame


class TimeOut(Record, frozen=True, kw_only=True):
    """Where the derived times go."""

    t_model_ms: SlotId
    phase01: SlotId | None = None
    wrap_event: SlotId | None = None
    progress01: SlotId | None = None


class TimeDerive(Step, frozen=True, kw_only=True, tag="timeDerive"):
    """Derive model time, phase, wrap event and progress from the absolute time."""

    t_abs_ms_slot: SlotId
    time_model: TimeModel
    out: TimeOut

    def _targets(self) -> Iterator[tuple[str, int]]:
        """Yield (wire field, slot) of every named slot, in the order of writing."""
        out = self.out
        yield "tAbsMsSlot", self.t_abs_ms_slot
        yield "out.tModelMs", out.t_model_ms
        optional = (
            ("out.phase01", out.phase01),
            ("out.wrapEvent", out.wrap_event),
            ("out.progress01", out.progress01),
        )
        yield from ((field, slot) for field, slot in optional if slot is not None)

    def accesses(self, tables: Tables) -> Iterator[Access]:
        for field, slot in self._targets():
            yield write(slot, "number", field)

    def run(self, frame: Frame) -> None:
        time = frame.time
        produced = {
            "tAbsMsSlot": time.t_abs_ms,
            "out.tModelMs": time.t_model_ms,
            "out.phase01": time.phase01,
            "out.wrapEvent": time.wrap_event,
            "out.progress01": time.progress01,
        }
        # A slot named twice is one write: the value produced last wins.
        values: dict[int, float] = {}
        winners: dict[int, list[str]] = {}
        for field, slot in self._targets():
            value = produced[field]
            if value is not None:
                values[slot] = value
                winners.setdefault(slot, []).append(field)
        for slot, fields in winners.items():
            if len(fields) > 1:
                names = " and ".join(fields)
                frame.report(AliasedTimeSlots(slot=slot, names=names, winner=fields[-1]))
        for slot, value in values.items():
            frame.write(slot, value)

    def columns(self, plan: BlockPlan) -> None:
        """Write the times of all frames."""
        columns = plan.planner.times
        produced = {
            "tAbsMsSlot": columns["t_abs_ms"],
            "out.tModelMs": columns["t_model_ms"],
            "out.phase01": columns["phase"],
            "out.wrapEvent": columns["wrap"],
            "out.progress01": columns["progress"],
        }
        given = plan.times_given
        values = {slot: produced[field] for field, slot in self._targets() if field in given}
        for slot, value in values.items():
            plan.write(slot, value)

    def stub(self, frame: Frame) -> None:
        for slot in dict.fromkeys(access.slot for access in frame.accesses):
            access = next(a for a in frame.accesses if a.slot == slot)
            frame.write(slot, self.placeholder(access, frame.index, 0))
