"""Number expressions by what they compute, so that equal ones are found whatever their ids."""

from collections.abc import Hashable, Iterator
from typing import Final

from irrun.compare.lineage.parts import Data, Names, Parts, Ref, parts_of
from irrun.compare.lineage.plain import frozen

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
        self._data: dict[Ref, int] = {}
        self._known_parts: dict[Ref, Parts | None] = {}

    def parts(self, ref: Ref) -> Parts | None:
        """Return the parts of an expression."""
        try:
            return self._known_parts[ref]
        except KeyError:
            found = self._known_parts[ref] = parts_of(self.names, ref)
            return found

    def of(self, root: Ref) -> int:
        """Return the content number of an expression."""
        numbers = self._numbers
        known = numbers.get(root, _OPEN)
        if known != _OPEN:
            return known
        stack: list[Ref] = [root]
        depths: dict[Ref, int] = {}
        while stack:
            ref = stack[-1]
            if ref not in numbers:
                depths[ref] = len(depths)
                numbers[ref] = _OPEN
                stack.extend(o for o in operands_of(self.parts(ref))[::-1] if o not in numbers)
                continue
            stack.pop()
            if numbers[ref] == _OPEN and ref in depths:
                numbers[ref] = self._interner.number(self._key(ref, depths))
                del depths[ref]
        return numbers[root]

    def _key(self, ref: Ref, depths: dict[Ref, int]) -> Hashable:
        parts = self.parts(ref)
        if parts is None:
            return (ref.table, None)
        # Data first, by a number of its own: few differ, and what is kept of a node stays small.
        data = tuple(
            (field, frozen(part.shown) if isinstance(part, Data) else len(part))
            for field, part in parts.items()
        )
        number = self._data[ref] = self._interner.number(data)
        return (ref.table, number, *self._operand_keys(ref, parts, depths))

    def data(self, ref: Ref) -> int | None:
        """Return the number of what an expression is apart from its operands, if `of` was asked.

        Equal numbers also mean as many operands in each field.
        """
        return self._data.get(ref)

    def _operand_keys(self, ref: Ref, parts: Parts, depths: dict[Ref, int]) -> Iterator[Hashable]:
        for operand in operands_of(parts):
            number = self._numbers[operand]
            # An operand that is still open closes a cycle: it is told by how far up it is.
            yield number if number != _OPEN else ("up", depths[ref] - depths[operand])


def operands_of(parts: Parts | None) -> list[Ref]:
    """Return all operands of an expression, in order."""
    if parts is None:
        return []
    return [ref for part in parts.values() if not isinstance(part, Data) for ref in part]
