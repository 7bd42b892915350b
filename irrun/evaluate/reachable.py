"""Which expressions, and so which slots, a step can reach (ir-schema 14.3, hidden reads)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from irrun.ir.fields import BroadcastField
from irrun.ir.signals import InputSlotSignal
from irrun.ir.tables import Tables
from irrun.ir.types import TypeDesc


class ReachedSlot(NamedTuple):
    """A slot that an expression names, with the wire path of the naming field."""

    slot: int
    path: str
    type: TypeDesc


def reachable(roots: Iterable[int], operands: Callable[[int], Sequence[int]]) -> Iterator[int]:
    """Yield every id reachable from `roots` once, depth first, in operand order.

    Works without recursion, so the depth of a program is no limit; cycles are passed over.
    """
    seen: set[int] = set()
    stack = list(roots)[::-1]
    while stack:
        current = stack.pop()
        if current in seen:
            continue
        seen.add(current)
        yield current
        stack.extend(reversed(operands(current)))


def reachable_signals(tables: Tables, roots: Iterable[int]) -> Iterator[int]:
    """Yield the ids of all signals that `roots` may evaluate; dangling ids are left out."""
    nodes = tables.signal_nodes
    known = (i for i in reachable(roots, lambda i: nodes[i].operands if i < len(nodes) else ()))
    return (i for i in known if i < len(nodes))


def reachable_fields(tables: Tables, root: int) -> Iterator[int]:
    """Yield the ids of all fields that `root` is made of; dangling ids are left out."""
    nodes = tables.field_nodes
    known = (i for i in reachable([root], lambda i: nodes[i].operands if i < len(nodes) else ()))
    return (i for i in known if i < len(nodes))


def slots_of_signals(tables: Tables, roots: Iterable[int]) -> Iterator[ReachedSlot]:
    """Yield the slots that `inputSlot` nodes reachable from `roots` read."""
    for i in reachable_signals(tables, roots):
        node = tables.signal_nodes[i]
        if isinstance(node, InputSlotSignal):
            yield ReachedSlot(node.slot, f"signalTable.nodes[{i}].slot", node.type)


def domains_of_field(tables: Tables, root: int) -> Iterator[ReachedSlot]:
    """Yield the domain slots that broadcasts reachable from `root` were made for."""
    for i in reachable_fields(tables, root):
        node = tables.field_nodes[i]
        if isinstance(node, BroadcastField):
            yield ReachedSlot(node.domain_slot, f"fields.nodes[{i}].domainSlot", node.type)


def slots_of_field(tables: Tables, root: int) -> Iterator[ReachedSlot]:
    """Yield the slots read by signals that the field `root` asks for."""
    asked = (s for i in reachable_fields(tables, root) for s in tables.field_nodes[i].signals)
    return slots_of_signals(tables, list(asked))
