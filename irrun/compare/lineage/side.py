"""One program with the names of what it has."""

from functools import cached_property

from irrun.compare.lineage.contents import Contents, Interner
from irrun.compare.lineage.identity import cell_names, step_names
from irrun.compare.lineage.parts import Names
from irrun.program.layout import Layout, derive_layout
from irrun.program.program import Program


class Side:
    """A program, alone or one of two that are compared, with the names of what it has."""

    def __init__(
        self,
        program: Program,
        slots: dict[int, str],
        interner: Interner,
        cells: tuple[str, ...] | None = None,
    ) -> None:
        self.program = program
        self.slots = slots
        """Slot number -> name; what both programs have is named alike."""
        self.cells = cell_names(program) if cells is None else cells
        """Names of the state cells, in the order of the layout."""
        self.steps = step_names(program)
        self.names = Names(program, self.slot, self.cells)
        self.contents = Contents(self.names, interner)

    @cached_property
    def layout(self) -> Layout:
        """The derived layout."""
        return derive_layout(self.program)

    @cached_property
    def slot_of(self) -> dict[str, int]:
        """Slot name -> number."""
        return {name: slot for slot, name in self.slots.items()}

    def slot(self, slot: int) -> str:
        """Return the name of a slot."""
        return self.slots.get(slot, f"slot {slot}")
