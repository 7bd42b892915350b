"""One evaluation of a field over a domain."""

import numpy as np

from irrun.evaluate.fields.elements import Elements
from irrun.evaluate.fields.graph import FieldGraph, ReadyField
from irrun.evaluate.fields.values import FieldValues


class FieldEvaluation:
    """One evaluation of a field: what is there already, what is missing.

    Args:
        graph: Has the field, and all that it needs.
        frame: Fields of this frame.
        constants: Fields that are the same in every frame.
        root: The field.
        exact: True if its doubles are wanted.
    """

    __slots__ = ("_constants", "_exact", "_frame", "_graph", "root")

    def __init__(
        self,
        graph: FieldGraph,
        frame: FieldValues,
        constants: FieldValues,
        root: int,
        *,
        exact: bool,
    ) -> None:
        self._graph = graph
        self._frame = frame
        self._constants = constants
        self._exact = exact
        self.root = root

    def find(self) -> Elements | None:
        """Return the field's elements in the form that is wanted, or None."""
        found = self._frame.find(self.root, exact=self._exact)
        return self._constants.find(self.root, exact=self._exact) if found is None else found

    def result(self) -> Elements:
        """Return the elements of a field that has been computed."""
        found = self.find()
        assert found is not None
        return found

    def missing(self) -> list[ReadyField]:
        """Return what has to be computed for the field: operands first, itself last."""
        ready, frame, constants = self._graph.ready, self._frame.seen, self._constants.seen
        order: list[ReadyField] = []
        opened: set[int] = set()
        stack = [self.root]
        while stack:
            i = stack.pop()
            if i < 0:
                order.append(ready[~i])  # its operands are done
            elif i not in opened:
                opened.add(i)
                stack.append(~i)
                operands = ready[i].function.operands
                stack += [o for o in reversed(operands) if o not in frame and o not in constants]
        return order

    def operands(self, field: ReadyField) -> list[Elements]:
        """Return the operands of a field, as other expressions see them."""
        frame, constants = self._frame.seen, self._constants.seen
        return [frame[o] if o in frame else constants[o] for o in field.function.operands]

    def wants_doubles_of(self, field: ReadyField) -> bool:
        """True for the field itself, if its doubles are wanted."""
        return self._exact and field.field == self.root

    def keep(self, field: ReadyField, result: Elements) -> None:
        """Keep what was computed, and let go of what was needed for it only.

        If there are doubles, they are kept of what never changes and of what was asked for,
        wanted or not: they may be the next time, and nothing is to be computed twice.
        """
        values = self._constants if field.is_constant else self._frame
        may_be_wanted = field.is_constant or field.has_memory or field.field == self.root
        values.keep(field.field, result, exact=may_be_wanted and result.data.dtype == np.float64)
        for operand in field.forgets:
            if operand not in self._graph.roots:
                values.forget(operand)
