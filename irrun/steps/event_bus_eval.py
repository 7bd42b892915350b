"""eventBusEval: combine the streams of an event bus (runtime-semantics section 9)."""

from collections.abc import Iterator

from irrun.ir.buses import CombineSpec, Publisher
from irrun.ir.tables import Tables
from irrun.ir.types import Index, SlotId, TypeDesc
from irrun.steps.base import Access, Step, read, write


class EventBusEval(Step, frozen=True, kw_only=True, tag="eventBusEval"):
    """Combine the enabled publishers' streams, in order, into one slot."""

    bus_index: Index
    out_slot: SlotId
    publishers: tuple[Publisher, ...]
    combine: CombineSpec
    bus_type: TypeDesc

    def accesses(self, tables: Tables) -> Iterator[Access]:
        for i, publisher in enumerate(self.publishers):
            if publisher.enabled:
                yield read(publisher.src_slot, "events", f"publishers[{i}].srcSlot")
        yield write(self.out_slot, "events", "outSlot")
