"""Old document forms that only the whole schedule can settle (ir-schema 14.3, renderAssemble)."""

from msgspec import structs

from irrun.program.document import ProgramIR
from irrun.program.program import Program
from irrun.steps import AnyStep
from irrun.steps.kinds.render_assemble import RenderAssemble


def settle_old_forms(document: ProgramIR) -> ProgramIR:
    """Turn an old-form renderAssemble that nothing feeds into the new form.

    Where an earlier step writes its `outSlot` the step stays a pass-through; where none does,
    `outSlot` is the frame slot, and the step writes an empty frame there.
    """
    steps = document.schedule.steps
    if not any(isinstance(s, RenderAssemble) and s.out_slot is not None for s in steps):
        return document
    tables = Program(document)
    written: set[int] = set()
    settled: list[AnyStep] = []
    for step in steps:
        if isinstance(step, RenderAssemble) and step.out_slot not in (None, *written):
            step = structs.replace(
                step, out_frame_slot=step.out_slot, out_slot=None, root_node_index=None
            )
        written |= {a.slot for a in step.accesses(tables) if a.mode == "write"}
        settled.append(step)
    schedule = structs.replace(document.schedule, steps=tuple(settled))
    return structs.replace(document, schedule=schedule)
