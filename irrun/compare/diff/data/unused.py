"""Expressions and constants that nothing uses: compared as sets, for completeness."""

from collections import Counter
from collections.abc import Hashable, Iterator
from typing import Any

from irrun.compare.diff.change import Change
from irrun.compare.diff.data.expressions import brief
from irrun.compare.diff.data.pair import Pair
from irrun.compare.diff.data.references import used_expressions
from irrun.compare.lineage.contents import operands_of
from irrun.compare.lineage.parts import Ref, Table
from irrun.compare.lineage.plain import frozen, plain
from irrun.compare.lineage.side import Side
from irrun.errors import Invalid
from irrun.ir.constants import FIELD_ORDER, NODE_ORDER, SIGNAL_ORDER, SILENT_ORDER, STATE_ORDERS
from irrun.ir.expressions.fields import ConstField
from irrun.ir.expressions.signals import ConstSignal

_TABLES: tuple[tuple[Table, str], ...] = (
    ("signal", "signals"), ("field", "fields"), ("event", "events"), ("chain", "chains"),
)  # fmt: skip


def compare_unused(pair: Pair) -> Iterator[Change]:
    """Yield expressions and constants that nothing uses and that one program alone has.

    No step names an event expression, so those are compared here too.
    """
    old, new = _unused(pair.a), _unused(pair.b)
    for table, name in _TABLES:
        minor = table != "event"
        for _, ref in _only_first(old[table], new[table]):
            shown = brief(pair.a.contents.parts(ref))
            item = f"{ref.text}, which nothing uses"
            yield Change("removed", name, item, "", shown, None, False, minor)
        for _, ref in _only_first(new[table], old[table]):
            shown = brief(pair.b.contents.parts(ref))
            item = f"{ref.text}, which nothing uses"
            yield Change("added", name, item, "", None, shown, False, minor)
    constants = [_unused_constants(side) for side in (pair.a, pair.b)]
    item = "a constant that nothing uses"
    for _, value in _only_first(constants[0], constants[1]):
        yield Change("removed", "constants", item, "", value, None, False, True)
    for _, value in _only_first(constants[1], constants[0]):
        yield Change("added", "constants", item, "", None, value, False, True)


def _only_first(
    first: list[tuple[Hashable, Any]], second: list[tuple[Hashable, Any]]
) -> Iterator[tuple[Hashable, Any]]:
    """Yield what the first list has more of."""
    there = Counter(key for key, _ in second)
    for key, value in first:
        if there[key] > 0:
            there[key] -= 1
        else:
            yield key, value


def _unused(side: Side) -> dict[Table, list[tuple[Hashable, Any]]]:
    """Return content and reference of every expression that is not reached."""
    contents, reached = side.contents, set[Ref]()
    stack = list(used_expressions(side))
    while stack:
        ref = stack.pop()
        if ref not in reached:
            reached.add(ref)
            stack.extend(operands_of(contents.parts(ref)))
    program = side.program
    sizes: dict[Table, int] = {
        "signal": len(program.signal_nodes),
        "field": len(program.field_nodes),
        "event": len(program.event_nodes),
        "chain": len(program.chains),
    }
    return {
        table: [
            (contents.of(ref), ref)
            for ref in (Ref(table, i) for i in range(size))
            if ref not in reached
        ]
        for table, size in sizes.items()
    }


def _unused_constants(side: Side) -> list[tuple[Hashable, Any]]:
    """Return the values of all pools that no constant in use has."""
    used = {frozen(value) for value in _used_constants(side)}
    pools = side.program.constants
    values = [plain(v) for pool in (pools.json, pools.f64, pools.f32, pools.i32) for v in pool]
    return [(key, value) for value in values for key in (frozen(value),) if key not in used]


def _used_constants(side: Side) -> Iterator[Any]:
    """Yield the value of every constant that something names."""
    program, constant = side.program, side.names.constant
    for signal in program.signal_nodes:
        if isinstance(signal, ConstSignal):
            yield constant(signal.const_id, SIGNAL_ORDER)
    for field in program.field_nodes:
        if isinstance(field, ConstField):
            yield constant(field.const_id, FIELD_ORDER)
    for node in program.nodes.nodes:
        if node.opcode == 0:
            yield constant(node.compiler_tag or 0, NODE_ORDER)
    for use in (use for step in program.steps for use in step.uses()):
        if use.of == "constant":
            yield constant(use.row, SILENT_ORDER)
    for bus in program.buses.buses:
        yield constant(bus.default_value_const_id, SILENT_ORDER)
    for cell in program.state_layout.cells:
        if cell.initial_const_id is not None:
            try:
                order = STATE_ORDERS[cell.storage]
                yield plain(program.constants.resolve(cell.initial_const_id, order).value)
            except Invalid:
                continue
