"""What people call a slot."""

from irrun.program.layout.slots import Layout
from irrun.program.program import Program


def slot_label(program: Program, layout: Layout, slot: int) -> str | None:
    """Return the label of the output that a slot is, else of the step that writes it first."""
    output = next((o for o in program.outputs if o.slot == slot), None)
    if output is not None and output.label is not None:
        return output.label
    producers = layout.flow[slot].producers
    return program.steps[producers[0]].label if producers else None


def slot_labels(program: Program, layout: Layout) -> dict[int, str]:
    """Return the labels of all slots that have one."""
    labels = ((slot, slot_label(program, layout, slot)) for slot in layout.by_slot)
    return {slot: label for slot, label in labels if label is not None}


def slot_named(program: Program, layout: Layout, name: str) -> int:
    """Return the slot of an output id; of a label, if no output has such an id.

    Raises:
        KeyError: There is none, or a label is that of several; with what there is.
    """
    for output in program.outputs:
        if output.id == name:
            return output.slot
    labels = slot_labels(program, layout)
    found = [slot for slot, label in labels.items() if label == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise KeyError(f"{name!r} is the label of slots {', '.join(map(str, found))}")
    known = [output.id for output in program.outputs]
    known += dict.fromkeys(labels.values())
    there = ", ".join(map(repr, known)) or "none"
    raise KeyError(f"no output has the id or label {name!r}; there are: {there}")
