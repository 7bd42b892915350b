"""The node table, and two placeholder tables (ir-schema 8.1, 8.3)."""

from irrun.ir.types import Count, Index, Record, SafeInt


class Node(Record, frozen=True, kw_only=True):
    """One row of the node table. For opcode 0, `compiler_tag` is the constant id."""

    id: str
    type_id: Index
    input_count: Count
    output_count: Count
    compiler_tag: SafeInt | None = None
    opcode_id: Index | None = None

    @property
    def opcode(self) -> int:
        """The opcode number; absent counts as 0."""
        return self.opcode_id or 0


class NodeTable(Record, frozen=True, kw_only=True):
    """All nodes; a node's index is its node index."""

    nodes: tuple[Node, ...]


class Lens(Record, frozen=True, kw_only=True):
    """A placeholder record; loaded and ignored."""

    id: SafeInt


class LensTable(Record, frozen=True, kw_only=True):
    """Loaded and ignored."""

    lenses: tuple[Lens, ...]


class Adapter(Record, frozen=True, kw_only=True):
    """A placeholder record; loaded and ignored."""

    id: SafeInt


class AdapterTable(Record, frozen=True, kw_only=True):
    """Loaded and ignored."""

    adapters: tuple[Adapter, ...]
