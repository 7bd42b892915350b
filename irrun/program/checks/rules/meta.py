"""Rules for names: they belong to things that exist."""

from collections.abc import Iterator
from typing import Final

from irrun.errors import IrrunError
from irrun.errors.checks.tables import DuplicateId, UnknownNameInMeta
from irrun.program.checks.facts import Facts
from irrun.program.checks.rule import rule


@rule(UnknownNameInMeta)
def names(facts: Facts) -> Iterator[IrrunError]:
    """Names and origins are given to nodes, buses and steps of the program."""
    program = facts.program
    meta = program.document.meta
    # Nodes also occur as the owners of state cells, where the node table is empty.
    nodes = {node.id for node in program.nodes.nodes}
    nodes |= {cell.node_id for cell in program.state_layout.cells}
    buses = {bus.id for bus in program.buses.buses}
    tables = (
        ("names.nodes", meta.names.nodes, nodes, "node"),
        ("names.buses", meta.names.buses, buses, "bus"),
        ("names.steps", meta.names.steps, facts.positions.keys(), "step"),
        ("sourceMap.nodeToEditorBlock", meta.source_map.node_to_editor_block or {}, nodes, "node"),
    )
    for table, entries, known, what in tables:
        for key in entries:
            if key not in known:
                warning = UnknownNameInMeta(table=f"meta.{table}", id=key, what=what)
                yield warning.at(path=f"$.meta.{table}")


@rule(DuplicateId)
def ids(facts: Facts) -> Iterator[IrrunError]:
    """Nodes have different ids, and so do buses."""
    tables = (
        ("nodes.nodes", [node.id for node in facts.program.nodes.nodes]),
        ("buses.buses", [bus.id for bus in facts.program.buses.buses]),
    )
    for table, found in tables:
        seen: set[str] = set()
        for i, key in enumerate(found):
            if key in seen:
                yield DuplicateId(table=table, id=key).at(path=f"$.{table}[{i}].id")
            seen.add(key)


RULES: Final = (names, ids)
