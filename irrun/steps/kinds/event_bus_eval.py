"""eventBusEval: combine the streams of an event bus (runtime-semantics section 9)."""

from collections.abc import Iterator, Sequence

from irrun.evaluate.buses.events import combined_streams, stream_of
from irrun.evaluate.buses.values import ordered
from irrun.evaluate.evaluators import Evaluators
from irrun.ir.buses import CombineSpec, Publisher
from irrun.ir.tables import Tables
from irrun.ir.types import Index, SlotId, TypeDesc
from irrun.steps.base import Access, Execute, Step, read, write
from irrun.steps.frame import Frame, Subject
from irrun.steps.uses import Use, chains_of


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

    def uses(self) -> Iterator[Use]:
        """Yield the bus, and chains, which have no effect on events."""
        yield Use("bus", self.bus_index, "busIndex")
        yield from chains_of(self.publishers, weak=True)

    def prepare(self, evaluators: Evaluators) -> Execute:
        """Put the publishers in order in the first frame."""
        publishers: Sequence[Publisher] | None = None

        def run(frame: Frame) -> None:
            nonlocal publishers
            if publishers is None:
                publishers = ordered(self.publishers, frame.env)
            self._combine(frame, publishers)

        return run

    def _combine(self, frame: Frame, publishers: Sequence[Publisher]) -> None:
        streams = []
        for publisher in publishers:
            stream = stream_of(frame.read(publisher.src_slot))
            streams.append(stream)
            if frame.wants_detail:
                subject = Subject("publisher", publisher)
                frame.detail(subject, f"publisher {publisher.publisher_id}", stream)
        mode, quirks = self.combine.mode, frame.env.quirks
        combined = combined_streams(mode, streams, quirks=quirks, report=frame.report)
        frame.write(self.out_slot, combined)
