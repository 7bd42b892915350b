"""The bus table, and how buses combine (ir-schema 8.2)."""

from irrun.ir.types import ChainId, ConstId, Record, SlotId, TypeDesc


class CombineSpec(Record, frozen=True, kw_only=True):
    """How values are combined; which modes a place allows is in ir-schema 8.2."""

    mode: str


class Bus(Record, frozen=True, kw_only=True):
    """One row of the bus table."""

    id: str
    type: TypeDesc
    combine: CombineSpec
    default_value_const_id: ConstId
    reserved_role: str | None = None


class BusTable(Record, frozen=True, kw_only=True):
    """All buses; a bus's index is its bus index."""

    buses: tuple[Bus, ...]


class ChainRef(Record, frozen=True, kw_only=True):
    """A reference to a transform chain."""

    chain_id: ChainId


class Publisher(Record, frozen=True, kw_only=True):
    """One source of a bus (ir-schema 14.3, busEval)."""

    publisher_id: str
    enabled: bool
    sort_key: float
    src_slot: SlotId
    transform: ChainRef | None = None
