"""Event expression nodes: 7 kinds (ir-schema section 10).

No program of the reference compiler holds them. irrun reads them from the optional
`eventTable`, whose shape follows the signal table.
"""

from irrun.ir.buses import CombineSpec
from irrun.ir.expressions.functions import PureFn
from irrun.ir.types import EventId, Index, KindRecord, Record, SlotId, TypeDesc


class EventNode(KindRecord, frozen=True, kw_only=True):
    """What every event node has."""

    type: TypeDesc

    @property
    def operands(self) -> tuple[int, ...]:
        """Ids of all events this node is made of."""
        return ()


class EmptyEvent(EventNode, frozen=True, kw_only=True, tag="eventEmpty"):
    """No occurrences."""


class WrapEvent(EventNode, frozen=True, kw_only=True, tag="eventWrap"):
    """One occurrence in a frame where the phase wraps."""


class InputSlotEvent(EventNode, frozen=True, kw_only=True, tag="eventInputSlot"):
    """The stream in a value slot."""

    slot: SlotId


class MapEvent(EventNode, frozen=True, kw_only=True, tag="eventMap"):
    """A function of every occurrence's value."""

    src: EventId
    fn: PureFn

    @property
    def operands(self) -> tuple[int, ...]:
        return (self.src,)


class FilterEvent(EventNode, frozen=True, kw_only=True, tag="eventFilter"):
    """The occurrences for which a predicate holds."""

    src: EventId
    predicate: PureFn

    @property
    def operands(self) -> tuple[int, ...]:
        return (self.src,)


class MergeEvent(EventNode, frozen=True, kw_only=True, tag="eventMerge"):
    """All occurrences of several streams, by time."""

    sources: tuple[EventId, ...]

    @property
    def operands(self) -> tuple[int, ...]:
        return self.sources


class BusCombineEvent(EventNode, frozen=True, kw_only=True, tag="eventBusCombine"):
    """Streams combined by an event bus."""

    bus_index: Index
    terms: tuple[EventId, ...]
    combine: CombineSpec

    @property
    def operands(self) -> tuple[int, ...]:
        return self.terms


Event = (
    EmptyEvent | WrapEvent | InputSlotEvent | MapEvent | FilterEvent | MergeEvent | BusCombineEvent
)


class EventTable(Record, frozen=True, kw_only=True):
    """All event nodes; a node's index is its event id."""

    nodes: tuple[Event, ...]
