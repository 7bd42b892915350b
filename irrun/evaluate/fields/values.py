"""What is known of the fields over a domain: in this frame, and in every frame."""

from collections.abc import Iterator

from irrun.evaluate.fields.elements import Elements, is_rounded, seen
from irrun.evaluate.held import Held
from irrun.ir.values import Array


class FieldValues:
    """Elements by field id, in their two forms (runtime-semantics 10.2)."""

    __slots__ = ("_held", "exact", "seen")

    def __init__(self, held: Held) -> None:
        self._held = held
        self.seen: dict[int, Elements] = {}
        """As other expressions see them."""
        self.exact: dict[int, Elements] = {}
        """In doubles, of those fields whose doubles somebody asked for."""

    def find(self, field_id: int, *, exact: bool) -> Elements | None:
        """Return a field's elements in the form that is wanted, or None."""
        found = self.seen.get(field_id)
        if not exact or found is None or not is_rounded(found.kind):
            return found
        return self.exact.get(field_id)

    def keep(self, field_id: int, result: Elements, *, exact: bool) -> None:
        """Keep a field: for others, and in doubles too if asked to.

        Raises:
            TooMuchHeld: IR406.
        """
        if field_id in self.seen:  # its doubles were not wanted then
            self.forget(field_id)
        rounded = seen(result)
        self._held.hold(rounded.data)
        self.seen[field_id] = rounded
        if exact and is_rounded(result.kind):
            self._held.hold(result.data)
            self.exact[field_id] = result

    def forget(self, field_id: int) -> None:
        """Let go of a field, if it is here."""
        for kept in (self.seen, self.exact):
            old = kept.pop(field_id, None)
            if old is not None:
                self._held.release(old.data)

    def arrays(self) -> Iterator[Array]:
        """Yield all arrays that are kept here."""
        for kept in (self.seen, self.exact):
            for elements in kept.values():
                yield elements.data
