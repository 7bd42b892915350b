"""Write a derived layout into a program as its slotMeta."""

import re
from collections.abc import Sequence
from typing import Any, Final

from msgspec import structs

from irrun.ir.types import SlotMetaEntry
from irrun.program.layout.slots import derive_layout
from irrun.program.program import Program

_ENTRY: Final = re.compile(r"\$\.slotMeta\[(\d+)\](.*)\Z", re.DOTALL)


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
    unknown = _moved(program, [entry.slot for entry in entries])
    return Program(document, unknown=unknown, notes=program.notes, name=program.name)


def _moved(program: Program, slots: Sequence[int]) -> dict[str, Any]:
    """Return the unknown fields with those of slotMeta entries at their slot's new entry."""
    moved: dict[str, Any] = {}
    for path, value in program.unknown.items():
        found = _ENTRY.match(path)
        if found is not None:
            slot = program.slot_meta[int(found[1])].slot  # exact: an index
            path = f"$.slotMeta[{slots.index(slot)}]{found[2]}"
        moved[path] = value
    return moved
