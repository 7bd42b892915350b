"""The dependency index of a schedule, derived from the accesses (ir-schema 15.1)."""

from collections.abc import Mapping

from msgspec import structs

from irrun.ir.expressions.fields import BroadcastField
from irrun.program.document import DependencyIndex
from irrun.program.layout.slots import Layout, derive_layout
from irrun.program.program import Program


def derive_dependencies(program: Program, layout: Layout) -> DependencyIndex:
    """Return who writes and reads each slot, and what each bus and field expression is made of.

    A read that only names a slot is none; the looks of a debugProbe are.
    """
    names = [step.id for step in program.steps]
    producers: dict[int, str] = {}
    consumers: dict[int, tuple[str, ...]] = {}
    for meta in layout.slots:
        accesses = [(e.step, e.access) for e in meta.evidence if e.access is not None]
        writers = [i for i, access in accesses if i is not None and access.mode == "write"]
        readers = [
            names[i]
            for i, access in accesses
            if i is not None and access.mode == "read" and not access.weak
        ]
        if writers:
            producers[meta.slot] = names[writers[0]]
        if readers:
            consumers[meta.slot] = tuple(dict.fromkeys(readers))
    needs, gives = _buses(program)
    return DependencyIndex(
        slot_producer_step=producers,
        slot_consumers=consumers,
        bus_depends_on_slots=needs,
        bus_provides_slot=gives,
        expr_depends_on_expr={
            str(i): tuple(str(operand) for operand in dict.fromkeys(node.operands))
            for i, node in enumerate(program.field_nodes)
            if node.operands
        },
        expr_depends_on_slots={
            str(i): (node.domain_slot,)
            for i, node in enumerate(program.field_nodes)
            if isinstance(node, BroadcastField)
        },
    )


def _buses(program: Program) -> tuple[Mapping[int, tuple[int, ...]], Mapping[int, int]]:
    """Return the slots of the enabled publishers of each bus, and the slot that it provides."""
    needs: dict[int, dict[int, None]] = {}
    gives: dict[int, int] = {}
    for step in program.steps:
        for bus in (use.row for use in step.uses() if use.of == "bus"):
            slots = needs.setdefault(bus, {})
            for access in step.accesses(program):
                if access.mode == "read":
                    slots[access.slot] = None
                else:
                    gives.setdefault(bus, access.slot)
    return {bus: tuple(slots) for bus, slots in needs.items()}, gives


def with_dependencies(program: Program) -> Program:
    """Return the program with the dependency index that its steps give."""
    deps = derive_dependencies(program, derive_layout(program))
    schedule = structs.replace(program.schedule, deps=deps)
    document = structs.replace(program.document, schedule=schedule)
    unknown = {
        path: value
        for path, value in program.unknown.items()
        if not path.startswith("$.schedule.deps.")
    }
    return Program(document, unknown=unknown, notes=program.notes, name=program.name)
