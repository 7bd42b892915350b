"""debugProbe: look at slots without touching the frame (runtime-semantics section 13)."""

from collections.abc import Iterator
from typing import Literal

from irrun.ir.tables import Tables
from irrun.ir.types import Record, SlotId
from irrun.steps.base import Access, Step
from irrun.steps.block import BlockPlan
from irrun.steps.frame import Frame


class Probe(Record, frozen=True, kw_only=True):
    """Which slots to look at."""

    id: str
    slots: tuple[SlotId, ...]
    mode: Literal["value", "trace", "breakpoint"]


class DebugProbe(Step, frozen=True, kw_only=True, tag="debugProbe"):
    """Record the values of slots. A probe never fails a frame."""

    probe: Probe

    def accesses(self, tables: Tables) -> Iterator[Access]:
        for i, slot in enumerate(self.probe.slots):
            yield Access(slot, "read", "any", f"probe.slots[{i}]", evidence=False)

    def columns(self, plan: BlockPlan) -> None:
        """Note which registers it looks at."""
        for slot in self.probe.slots:
            plan.probe(self.probe.id, self.probe.mode, slot)

    def stub_columns(self, plan: BlockPlan) -> None:
        self.columns(plan)

    def stub(self, frame: Frame) -> None:
        self.run(frame)

    def run(self, frame: Frame) -> None:
        for slot in self.probe.slots:
            frame.probe(self.probe.id, self.probe.mode, slot)
