"""Write a derived layout into a program as its slotMeta."""

from msgspec import structs

from irrun.ir.types import SlotMetaEntry
from irrun.layout.slots import derive_layout
from irrun.program.program import Program


def with_slot_meta(program: Program) -> Program:
    """Return the program with a complete slotMeta: every slot, as the layout derives it.

    Raises:
        Invalid: IR2xx, the layout has an error.
    """
    layout = derive_layout(program)
    for error in layout.errors():
        raise error.at(file=program.name)
    entries = tuple(
        SlotMetaEntry(slot=m.slot, storage=m.storage, offset=m.offset, type=m.type)
        for m in layout.slots
    )
    document = structs.replace(program.document, slot_meta=entries)
    return Program(document, unknown=program.unknown, notes=program.notes, name=program.name)
