"""Which expressions cannot change from frame to frame: they reach no time, no slot, no state."""

from irrun.evaluate.fields.ops import needed_fields
from irrun.evaluate.graphs import all_the_way
from irrun.ir.expressions.fields import TransformField
from irrun.ir.expressions.signals import (
    BusCombineSignal,
    ConstSignal,
    MapSignal,
    SelectSignal,
    TransformSignal,
    ZipSignal,
)
from irrun.ir.expressions.transforms import SlewStep
from irrun.ir.tables import Tables

_PURE_SIGNALS = (
    ConstSignal,
    MapSignal,
    ZipSignal,
    SelectSignal,
    BusCombineSignal,
    TransformSignal,
)


class Constancy:
    """Answers for the expressions of one program; each is looked at once."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._signals: dict[int, bool] = {}
        self._fields: dict[int, bool] = {}

    def signal(self, signal_id: int) -> bool:
        """True if a signal has the same value in every frame."""
        nodes = self._tables.signal_nodes

        def own(i: int) -> bool:
            node = nodes[i]
            chain = node.chain if isinstance(node, TransformSignal) else None
            return isinstance(node, _PURE_SIGNALS) and not self.remembers(chain)

        return all_the_way(signal_id, self._signals, len(nodes), own, lambda i: nodes[i].operands)

    def field(self, field_id: int) -> bool:
        """True if a field has the same elements in every frame, over the same domain."""
        known = self._fields.get(field_id)
        if known is not None:
            return known
        nodes = self._tables.field_nodes

        def own(i: int) -> bool:
            return not self.has_memory(i) and all(map(self.signal, nodes[i].signals))

        return all_the_way(
            field_id, self._fields, len(nodes), own, lambda i: needed_fields(nodes[i])
        )

    def has_memory(self, field_id: int) -> bool:
        """True if a field itself keeps something from frame to frame."""
        node = self._tables.field_nodes[field_id]
        return isinstance(node, TransformField) and self.remembers(node.chain)

    def remembers(self, chain_id: int | None) -> bool:
        """True if a chain keeps something from frame to frame; a missing one may."""
        if chain_id is None:
            return False
        chains = self._tables.chains
        is_known = chain_id < len(chains)
        return not is_known or any(isinstance(s, SlewStep) for s in chains[chain_id].steps)
