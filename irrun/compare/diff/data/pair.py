"""Two programs side by side: everything that has a counterpart, under one name."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from irrun.compare.diff.data.expressions import ExpressionDiff
from irrun.compare.diff.data.matching import match_cells, match_slots, pairs_of
from irrun.compare.lineage.contents import Interner
from irrun.compare.lineage.identity import Uses, cell_names, names_of, slot_uses
from irrun.compare.lineage.side import Side
from irrun.compare.output.names import unique
from irrun.program.program import Program


class Pair:
    """Two programs whose slots, cells and steps are matched by name."""

    def __init__(self, a: Program, b: Program) -> None:
        self.uses: tuple[Uses, Uses] = (slot_uses(a), slot_uses(b))
        """What each program says of its slots."""
        names, own = map(names_of, self.uses)
        self.slots: dict[int, int] = match_slots(a, self.uses[0], b, self.uses[1])
        """Slot of A -> slot of B."""
        taken = set(names.values())
        named = {there: names[here] for here, there in self.slots.items() if here in names}
        for slot, name in own.items():
            if slot not in named:
                named[slot] = unique(name, taken.__contains__)
                taken.add(named[slot])
        interner = Interner()
        self.a = Side(a, names, interner)
        self.cells: list[tuple[int, int]] = match_cells(a.state_layout.cells, b.state_layout.cells)
        """Pairs of cell indices, in the order of A."""
        here = {there: i for i, there in self.cells}
        cells = _names_of_cells(self.a.cells, cell_names(b), here)
        self.b = Side(b, {slot: named[slot] for slot in own}, interner, cells)

    @cached_property
    def steps(self) -> list[tuple[int, int]]:
        """Pairs of step indices, in the order of A."""
        return pairs_of(self.a.steps, self.b.steps)

    def expressions(self) -> ExpressionDiff:
        """Return a fresh walk over the expressions of both."""
        return ExpressionDiff(self.a.contents, self.b.contents)

    def numbered(self, name: str) -> str:
        """Return a slot that both programs have by its number, or numbers, as messages say it."""
        a = self.a.slot_of.get(name)
        if a is None:
            return f"slot {self.b.slot_of[name]} of B"
        b = self.slots.get(a, a)
        return f"slot {a}" if a == b else f"slot {a} ({b} in B)"


def _names_of_cells(
    names: Sequence[str], own: Sequence[str], here: Mapping[int, int]
) -> tuple[str, ...]:
    """Return the names of B's cells: those of A for what both have, others as B calls them.

    Args:
        names: Names of the cells of A.
        own: Names of the cells of B, as they are without A.
        here: Cell of B -> cell of A.
    """
    taken = set(names)
    found: list[str] = []
    for i, name in enumerate(own):
        found.append(names[here[i]] if i in here else unique(name, taken.__contains__))
        taken.add(found[-1])
    return tuple(found)
