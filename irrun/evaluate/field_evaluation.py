"""One evaluation of a field over a domain."""

from collections.abc import Sequence

from irrun.evaluate.elements import Elements
from irrun.evaluate.field_plans import PlannedField
from irrun.evaluate.field_values import FieldValues


class FieldEvaluation:
    """One evaluation of a field: what is there already, what is missing.

    Args:
        frame: Fields of this frame.
        constants: Fields that are the same in every frame.
        root: The field.
        exact: True if its doubles are wanted.
    """

    __slots__ = ("_constants", "_frame", "exact_root", "root")

    def __init__(
        self, frame: FieldValues, constants: FieldValues, root: int, *, exact: bool
    ) -> None:
        self._frame = frame
        self._constants = constants
        self.root = root
        self.exact_root = root if exact else None

    def find(self) -> Elements | None:
        """Return the field's elements in the form that is wanted, or None."""
        root, exact = self.root, self.exact_root is not None
        return self._frame.find(root, exact=exact) or self._constants.find(root, exact=exact)

    def result(self) -> Elements:
        """Return the elements of a field that has been computed."""
        found = self.find()
        assert found is not None
        return found

    def missing(self, fields: Sequence[PlannedField]) -> list[PlannedField]:
        """Return those fields of a plan that have to be computed for its last one."""
        frame, constants = self._frame.seen, self._constants.seen
        needed, missing = {self.root}, []
        for field in reversed(fields):
            i = field.field
            if i in needed and (i == self.root or (i not in frame and i not in constants)):
                missing.append(field)
                needed.update(field.function.operands)
        missing.reverse()
        return missing

    def operands(self, field: PlannedField) -> list[Elements]:
        """Return the operands of a field, as other expressions see them."""
        frame, constants = self._frame.seen, self._constants.seen
        return [frame.get(o) or constants[o] for o in field.function.operands]

    def keep(self, field: PlannedField, result: Elements) -> None:
        """Keep what was computed, and let go of what was needed for it only."""
        values = self._constants if field.is_constant else self._frame
        values.keep(field.field, result, exact=field.has_memory or field.field == self.exact_root)
        for operand in field.forgets:
            values.seen.pop(operand, None)
