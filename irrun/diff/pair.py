"""Two programs side by side: everything that has a counterpart, under one name."""

from functools import cached_property

from irrun.diff.contents import Contents, Interner
from irrun.diff.expressions import ExpressionDiff
from irrun.diff.identity import cell_names, match_slots, pairs_of, slot_names, step_names
from irrun.diff.parts import Names
from irrun.diff.plain import unique
from irrun.layout import Layout, derive_layout
from irrun.program.program import Program


class Side:
    """One of the two programs, with the names of what it has."""

    def __init__(self, program: Program, slots: dict[int, str], interner: Interner) -> None:
        self.program = program
        self.slots = slots
        """Slot number -> name; what both programs have is named alike."""
        self.cells = cell_names(program)
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


class Pair:
    """Two programs whose slots, cells and steps are matched by name."""

    def __init__(self, a: Program, b: Program) -> None:
        names = slot_names(a)
        self.slots: dict[int, int] = match_slots(a, b)
        """Slot of A -> slot of B."""
        own, taken = slot_names(b), set(names.values())
        named = {there: names[here] for here, there in self.slots.items() if here in names}
        for slot, name in own.items():
            if slot not in named:
                named[slot] = unique(name, taken.__contains__)
                taken.add(named[slot])
        interner = Interner()
        self.a = Side(a, names, interner)
        self.b = Side(b, {slot: named[slot] for slot in own}, interner)

    @cached_property
    def steps(self) -> list[tuple[int, int]]:
        """Pairs of step indices, in the order of A."""
        return pairs_of(self.a.steps, self.b.steps)

    @cached_property
    def cells(self) -> list[tuple[int, int]]:
        """Pairs of cell indices, in the order of A."""
        return pairs_of(self.a.cells, self.b.cells)

    def expressions(self) -> ExpressionDiff:
        """Return a fresh walk over the expressions of both."""
        return ExpressionDiff(self.a.contents, self.b.contents)
