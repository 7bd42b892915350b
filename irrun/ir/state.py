"""The state layout: cells that live across frames (ir-schema section 7)."""

from typing import Literal

from irrun.ir.types import ConstId, Count, Index, Record, StateStorage


class StateCell(Record, frozen=True, kw_only=True):
    """One named range of a state array: `size` elements from `offset`."""

    state_id: str | int
    storage: StateStorage
    offset: Index
    size: Count
    node_id: str
    role: str
    initial_const_id: ConstId | None = None
    policy: Literal["frame", "timeMs"] | None = None

    @property
    def key(self) -> str:
        """The state id as text, for comparing: compiled ids may be numbers."""
        return str(self.state_id)

    @property
    def stable_key(self) -> str:
        """`nodeId:role`: with the storage, what state is carried over by (section 15)."""
        return f"{self.node_id}:{self.role}"


class StateLayout(Record, frozen=True, kw_only=True):
    """Cells and the element counts of the three state arrays."""

    cells: tuple[StateCell, ...] = ()
    f64_size: Count = 0
    f32_size: Count = 0
    i32_size: Count = 0

    def size_of(self, storage: StateStorage) -> int:
        """Return the element count of one array."""
        return {"f64": self.f64_size, "f32": self.f32_size, "i32": self.i32_size}[storage]
