"""What is known of the fields over a domain: in this frame, and in every frame."""

from irrun.evaluate.fields.elements import Elements, is_rounded, seen


class FieldValues:
    """Elements by field id, in their two forms (runtime-semantics 10.2)."""

    __slots__ = ("exact", "seen")

    def __init__(self) -> None:
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
        """Keep a field: for others, and in doubles too if asked to."""
        self.seen[field_id] = seen(result)
        if exact and is_rounded(result.kind):
            self.exact[field_id] = result
