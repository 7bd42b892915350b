"""Number expressions by what they compute, so that equal ones are found whatever their ids."""

from collections.abc import Hashable
from typing import Final

from irrun.diff.parts import Leaf, Names, Part, Parts, Ref, parts_of
from irrun.diff.plain import frozen

_OPEN: Final = -1


class Interner:
    """Numbers things: equal things get equal numbers. Shared by both programs."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def number(self, key: Hashable) -> int:
        """Return the number of a key."""
        return self._numbers.setdefault(key, len(self._numbers))


class Contents:
    """The content number of every expression of one program, worked out when asked for.

    Two expressions have equal numbers if they are the same all the way down: kinds, constants,
    slots and state cells by name. Works without recursion, so depth is no limit.
    """

    def __init__(self, names: Names, interner: Interner) -> None:
        self.names = names
        self._interner = interner
        self._numbers: dict[Ref, int] = {}
        self._known_parts: dict[Ref, Parts | None] = {}

    def parts(self, ref: Ref) -> Parts | None:
        """Return the parts of an expression."""
        if ref not in self._known_parts:
            self._known_parts[ref] = parts_of(self.names, ref)
        return self._known_parts[ref]

    def of(self, root: Ref) -> int:
        """Return the content number of an expression."""
        numbers = self._numbers
        stack: list[Ref] = [root]
        depths: dict[Ref, int] = {}
        while stack:
            ref = stack[-1]
            if numbers.get(ref, _OPEN) != _OPEN:
                stack.pop()
                continue
            if ref not in depths:
                depths[ref] = len(depths)
                numbers[ref] = _OPEN
                waiting = [o for o in operands_of(self.parts(ref)) if o not in numbers]
                if waiting:
                    stack.extend(reversed(waiting))
                    continue
            numbers[ref] = self._interner.number(self._key(ref, depths))
            del depths[ref]
            stack.pop()
        return numbers[root]

    def _key(self, ref: Ref, depths: dict[Ref, int]) -> Hashable:
        parts = self.parts(ref)
        if parts is None:
            return (ref.table, None)
        own = depths[ref]
        return (
            ref.table,
            tuple((field, self._part_key(part, own, depths)) for field, part in parts.items()),
        )

    def _part_key(self, part: Part, own: int, depths: dict[Ref, int]) -> Hashable:
        if isinstance(part, Leaf):
            return frozen(part.shown)
        # An operand that is still open closes a cycle: it is told by how far up it is.
        return tuple(
            ("up", own - depths[ref]) if self._numbers[ref] == _OPEN else self._numbers[ref]
            for ref in part
        )


def operands_of(parts: Parts | None) -> list[Ref]:
    """Return all operands of an expression, in order."""
    if parts is None:
        return []
    return [ref for part in parts.values() if not isinstance(part, Leaf) for ref in part]
