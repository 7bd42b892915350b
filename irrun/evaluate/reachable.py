"""Which expressions, and so which slots, a step can reach (ir-schema 14.3, hidden reads)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from irrun.errors.fields import BadFieldId
from irrun.evaluate.graphs import reachable
from irrun.ir.expressions.fields import BroadcastField, Field, field_id_of
from irrun.ir.expressions.signals import InputSlotSignal, Signal
from irrun.ir.tables import Tables
from irrun.ir.types import TypeDesc
from irrun.ir.values import AnyFieldHandle, CombinedField, FieldRef


class ReachedSlot(NamedTuple):
    """A slot that an expression names, with the wire path of the naming field."""

    slot: int
    path: str
    type: TypeDesc


Leaves = Sequence[tuple[int, ...] | None]
"""For each node the leaves that it leads to, in the order of `reachable`; None for too many."""

_MOST_LEAVES: Final = 64


def leaves_of(
    size: int, operands: Callable[[int], Sequence[int]], is_leaf: Callable[[int], bool]
) -> Leaves:
    """Return the leaves of every node of a table; takes time in proportion to the table.

    A node of a cycle, or above one, has None.
    """
    found: list[tuple[int, ...] | None] = [None] * size
    state = bytearray(size)  # 0 new, 1 open, 2 done
    for root in range(size):
        stack = [root] if not state[root] else []
        while stack:
            current = stack[-1]
            if state[current] == 0:
                state[current] = 1
                stack.extend(o for o in operands(current) if o < size and not state[o])
                continue
            stack.pop()
            if state[current] == 1:
                below = [o for o in operands(current) if o < size]
                # An operand that is still open lies on a cycle.
                if all(state[o] == 2 for o in below):
                    found[current] = _joined(current, below, found, is_leaf(current))
                state[current] = 2
    return found


def _joined(
    current: int, below: Sequence[int], found: Leaves, is_leaf: bool
) -> tuple[int, ...] | None:
    """Return the leaves of a node whose operands have theirs; equal ones are shared."""
    parts = [found[o] for o in below]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if not is_leaf and len(set(known)) <= 1:
        return known[0] if known else ()
    joined = dict.fromkeys([current] if is_leaf else ())
    for part in known:
        joined.update(dict.fromkeys(part))
    return tuple(joined) if len(joined) <= _MOST_LEAVES else None


def reachable_leaves(
    roots: Iterable[int],
    operands: Callable[[int], Sequence[int]],
    is_leaf: Callable[[int], bool],
    leaves: Leaves,
) -> Iterator[int]:
    """Yield the leaves reachable from `roots`, as `reachable` would, without the way to them."""
    size = len(leaves)
    yielded: set[int] = set()

    def next_of(i: int) -> Sequence[int]:
        return operands(i) if i < size and leaves[i] is None else ()

    for i in reachable(roots, next_of):
        known = leaves[i] if i < size else ()
        own = (i,) if known is None and is_leaf(i) else known or ()
        for leaf in own:
            if leaf not in yielded:
                yielded.add(leaf)
                yield leaf


def reachable_signals(tables: Tables, roots: Iterable[int]) -> Iterator[int]:
    """Yield the ids of all signals that `roots` may evaluate; dangling ids are left out."""
    nodes = tables.signal_nodes
    known = (i for i in reachable(roots, lambda i: nodes[i].operands if i < len(nodes) else ()))
    return (i for i in known if i < len(nodes))


def reachable_fields(tables: Tables, roots: Iterable[int]) -> Iterator[int]:
    """Yield the ids of all fields that `roots` are made of; dangling ids are left out."""
    nodes = tables.field_nodes
    known = (i for i in reachable(roots, lambda i: nodes[i].operands if i < len(nodes) else ()))
    return (i for i in known if i < len(nodes))


def slots_of_signals(tables: Tables, roots: Iterable[int]) -> Iterator[ReachedSlot]:
    """Yield the slots that `inputSlot` nodes reachable from `roots` read."""
    nodes = tables.signal_nodes

    def is_leaf(i: int) -> bool:
        return isinstance(nodes[i], InputSlotSignal)

    for i in reachable_leaves(roots, lambda i: nodes[i].operands, is_leaf, tables.signal_leaves):
        node = nodes[i]
        assert isinstance(node, InputSlotSignal)
        yield ReachedSlot(node.slot, f"signalTable.nodes[{i}].slot", node.type)


def signal_leaves(nodes: Sequence[Signal]) -> Leaves:
    """Return the `inputSlot` nodes that each signal leads to."""
    return leaves_of(
        len(nodes), lambda i: nodes[i].operands, lambda i: isinstance(nodes[i], InputSlotSignal)
    )


def field_leaves(nodes: Sequence[Field]) -> Leaves:
    """Return the fields that each field leads to and that ask for a signal."""
    return leaves_of(len(nodes), lambda i: nodes[i].operands, lambda i: bool(nodes[i].signals))


def asking_fields(tables: Tables, root: int) -> Iterator[int]:
    """Yield the ids of the fields that `root` is made of and that ask for a signal."""
    nodes = tables.field_nodes
    return reachable_leaves(
        [root], lambda i: nodes[i].operands, lambda i: bool(nodes[i].signals), tables.field_leaves
    )


def domains_of_field(tables: Tables, root: int) -> Iterator[ReachedSlot]:
    """Yield the domain slots that broadcasts reachable from `root` were made for."""
    for i in asking_fields(tables, root):
        node = tables.field_nodes[i]
        if isinstance(node, BroadcastField):
            yield ReachedSlot(node.domain_slot, f"fields.nodes[{i}].domainSlot", node.type)


def slots_of_field(tables: Tables, root: int) -> Iterator[ReachedSlot]:
    """Yield the slots read by signals that the field `root` asks for."""
    asked = (s for i in asking_fields(tables, root) for s in tables.field_nodes[i].signals)
    return slots_of_signals(tables, list(asked))


def fields_of_handle(handle: AnyFieldHandle) -> tuple[list[int], list[int]]:
    """Return the fields that a handle stands for, and the chains that they go through.

    Raises:
        BadFieldId: IR436.
    """
    fields: list[int] = []
    chains: list[int] = []
    todo = [handle]
    while todo:
        current = todo.pop()
        if isinstance(current, FieldRef):
            field_id = field_id_of(current.expr_id)
            if field_id is None:
                raise BadFieldId(text=current.expr_id)
            fields.append(field_id)
        elif isinstance(current, CombinedField):
            todo += current.terms
        else:
            chains.append(current.chain)
            todo.append(current.source)
    return fields, chains
