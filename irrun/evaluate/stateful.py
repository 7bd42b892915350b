"""The stateful operations: what their cells start from (runtime-semantics 6.7)."""

import math
from typing import Final, NamedTuple

from irrun.ir.signals import StatefulOp, StatefulSignal
from irrun.ir.tables import Tables


class StatefulRow(NamedTuple):
    """One stateful operation."""

    initials: tuple[float, ...]
    """Wanted initial value of its number cells, in order; rings start with zeros."""


STATEFUL: Final[dict[StatefulOp, StatefulRow]] = {
    "integrate": StatefulRow((0.0,)),
    "slew": StatefulRow((0.0,)),
    "sampleHold": StatefulRow((0.0, 0.0)),
    "delayMs": StatefulRow((0.0,)),
    "delayFrames": StatefulRow((0.0,)),
    "edgeDetectWrap": StatefulRow((-1.0,)),
    "pulseDivider": StatefulRow((-1.0,)),
    "envelopeAD": StatefulRow((-math.inf, 0.0)),
}


def initials_by_state_id(tables: Tables) -> dict[str, tuple[float, ...]]:
    """Return, by state id as text, what a cell without an initial constant starts from."""
    return {
        str(node.state_id): STATEFUL[node.op].initials
        for node in tables.signal_nodes
        if isinstance(node, StatefulSignal)
    }
