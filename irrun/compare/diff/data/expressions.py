"""Compare expressions from where they are used: both are walked side by side."""

from collections import deque
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, NamedTuple

import msgspec

from irrun.compare.diff.change import Change
from irrun.compare.diff.wording import shown
from irrun.compare.lineage.contents import Contents, operands_of
from irrun.compare.lineage.parts import Data, Part, Parts, Ref
from irrun.compare.lineage.plain import differences, frozen

_PLACES: Final = 4
"""Places that reach a difference which are named."""
_CLIMB: Final = 2000
"""Expressions looked at, at most, to find the places that reach one."""
_LONG_LIST: Final = 2000
"""Terms from which on lists are compared position by position."""

_TABLES: Final = {"signal": "signals", "field": "fields", "event": "events", "chain": "chains"}


class Root(NamedTuple):
    """A place that uses an expression, in both programs; None where it uses none."""

    place: str
    """Such as `s-sig.outputs[0]`."""
    before: Ref | None
    after: Ref | None
    slot: str | None = None
    """The name of the slot, if the place is a slot's initial value."""


class _Pair(NamedTuple):
    before: Ref
    after: Ref


class ExpressionDiff:
    """Walks pairs of expressions; each pair is compared once, equal ones are passed over."""

    def __init__(self, a: Contents, b: Contents) -> None:
        self._a = a
        self._b = b
        self._parents: dict[_Pair, list[_Pair | str]] = {}
        """Where each pair that differs was met: other pairs, or places."""

    def same(self, before: Ref, after: Ref) -> bool:
        """True if two expressions are the same all the way down."""
        return self._a.of(before) == self._b.of(after)

    def compare(self, roots: Sequence[Root]) -> list[Change]:
        """Return how the expressions of all roots differ, each difference once."""
        found: list[tuple[_Pair, Change]] = []
        for root in roots:
            if root.before is not None and root.after is not None:
                self._walk(_Pair(root.before, root.after), root.place, found)
        return [self._with_places(pair, change) for pair, change in found]

    def here(self, root: Root) -> list[Change]:
        """Return how two expressions differ themselves, not what they are made of."""
        if root.before is None or root.after is None:
            return []
        pair = _Pair(root.before, root.after)
        self._parents.setdefault(pair, [root.place])
        return [self._with_places(pair, change) for change in self._compare(pair, [])]

    def _walk(self, start: _Pair, place: str, found: list[tuple[_Pair, Change]]) -> None:
        stack: list[tuple[_Pair, _Pair | str]] = [(start, place)]
        while stack:
            pair, parent = stack.pop()
            if self.same(pair.before, pair.after):
                continue
            if pair in self._parents:
                self._parents[pair].append(parent)
                continue
            self._parents[pair] = [parent]
            below: list[_Pair] = []
            found += [(pair, change) for change in self._compare(pair, below)]
            stack.extend((child, pair) for child in reversed(below))

    def _compare(self, pair: _Pair, below: list[_Pair]) -> Iterator[Change]:
        """Yield how two expressions themselves differ; pairs of operands go to `below`."""
        before, after = self._a.parts(pair.before), self._b.parts(pair.after)
        data = self._a.data(pair.before)
        if before and after and data is not None and data == self._b.data(pair.after):
            for name, part in before.items():
                if not isinstance(part, Data):
                    yield from self._part(pair, name, part, after[name], below)
            return
        is_nested = self._is_nested(pair, before, after)
        if is_nested or before is None or after is None or before["kind"] != after["kind"]:
            table, item = _TABLES[pair.before.table], _item(pair)
            yield Change("changed", table, item, "", brief(before), brief(after))
            if not is_nested and before is not None and after is not None:
                below += self._wrapped(pair, before, after)
            return
        for name in before if before.keys() == after.keys() else dict.fromkeys([*before, *after]):
            old, new = before.get(name), after.get(name)
            if not (isinstance(old, Data) and old == new and isinstance(old.shown, str)):
                yield from self._part(pair, name, old, new, below)

    def _is_nested(self, pair: _Pair, before: Parts | None, after: Parts | None) -> bool:
        """True if one expression is the other with something put around it."""
        return any(
            ref.table == pair.before.table and self.same(pair.before, ref)
            for ref in operands_of(after)
        ) or any(
            ref.table == pair.after.table and self.same(ref, pair.after)
            for ref in operands_of(before)
        )

    def _wrapped(self, pair: _Pair, before: Parts, after: Parts) -> list[_Pair]:
        """Return what goes on inside where a changed expression got another one around it."""
        inner = [ref for ref in operands_of(after) if ref.table == pair.before.table]
        alike = [r for r in inner if (self._b.parts(r) or {}).get("kind") == before["kind"]]
        return [_Pair(pair.before, alike[0])] if len(alike) == 1 else []

    def _part(
        self, pair: _Pair, name: str, before: Part | None, after: Part | None, below: list[_Pair]
    ) -> Iterator[Change]:
        if before is after:
            return
        # Leaves are tuples too, so they are asked for first.
        if isinstance(before, Data) or isinstance(after, Data):
            old = before if isinstance(before, Data) else None
            new = after if isinstance(after, Data) else None
            yield from _of_leaves(pair, name, old, new)
        else:
            yield from self._operands(pair, name, before or (), after or (), below)

    def _operands(
        self,
        pair: _Pair,
        name: str,
        before: tuple[Ref, ...],
        after: tuple[Ref, ...],
        below: list[_Pair],
    ) -> Iterator[Change]:
        """Compare operands: one by one if there are as many, else by what stayed."""
        if len(before) == len(after):
            yield from self._reordered(pair, name, before, after, below)
            return
        old = [self._a.of(ref) for ref in before]
        new = [self._b.of(ref) for ref in after]
        for tag, i, j, k, m in _opcodes(old, new):
            if tag == "equal":
                continue
            both = min(j - i, m - k)
            below += [_Pair(before[i + n], after[k + n]) for n in range(both)]
            table, item = _TABLES[pair.before.table], _item(pair)
            for n in range(i + both, j):
                shown = brief(self._a.parts(before[n]))
                yield Change("removed", table, item, f"{name}[{n}]", shown, None)
            for n in range(k + both, m):
                shown = brief(self._b.parts(after[n]))
                yield Change("added", table, item, f"{name}[{n}]", None, shown)

    def _reordered(
        self,
        pair: _Pair,
        name: str,
        before: tuple[Ref, ...],
        after: tuple[Ref, ...],
        below: list[_Pair],
    ) -> Iterator[Change]:
        old, new = [self._a.of(ref) for ref in before], [self._b.of(ref) for ref in after]
        if len(before) > 1 and old != new and sorted(old) == sorted(new):
            table, item = _TABLES[pair.before.table], _item(pair)
            texts = ([ref.text for ref in before], [ref.text for ref in after])
            yield Change("moved", table, item, name, *texts)
            return
        below += [_Pair(o, n) for o, n in zip(before, after, strict=True)]

    def _with_places(self, pair: _Pair, change: Change) -> Change:
        return msgspec.structs.replace(change, reached_by=tuple(self._places(pair)))

    def _places(self, pair: _Pair) -> list[str]:
        """Return the first places that reach a pair; far ones may be passed over."""
        places: dict[str, None] = {}
        seen = {pair}
        waiting = deque([pair])
        while waiting and len(seen) < _CLIMB and len(places) < _PLACES:
            for parent in self._parents[waiting.popleft()]:
                if isinstance(parent, str):
                    places[parent] = None
                elif parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
        return list(places)[:_PLACES] or [self._first_place(pair)]

    def _first_place(self, pair: _Pair) -> str:
        """Return the place from which a pair was met first."""
        parent: _Pair | str = pair
        while not isinstance(parent, str):
            parent = self._parents[parent][0]
        return parent


def _opcodes(old: list[int], new: list[int]) -> Sequence[tuple[str, int, int, int, int]]:
    """Return how one list becomes the other, as difflib does."""
    if max(len(old), len(new)) > _LONG_LIST:
        return [("replace", 0, len(old), 0, len(new))]
    return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()


def _item(pair: _Pair) -> str:
    """Return an expression by its number, with the number it has in B if that is another."""
    before, after = pair
    return before.text if before == after else f"{before.text} ({after.id} in B)"


def _of_leaves(pair: _Pair, name: str, before: Data | None, after: Data | None) -> Iterator[Change]:
    if before is not None and after is not None and frozen(before.shown) == frozen(after.shown):
        return
    table, item = _TABLES[pair.before.table], _item(pair)
    const_id = before.const_id if before is not None else None
    if const_id is not None:
        table, item, name = "constants", f"constant {const_id} of {item}", ""
    old = {} if before is None else {name: before.shown}
    new = {} if after is None else {name: after.shown}
    for found in differences(old, new):
        yield Change(found.action, table, item, found.path, found.before, found.after)


def brief(parts: Parts | None) -> Any:
    """Return an expression on one line: kind, data, operands."""
    if parts is None:
        return "nothing (there is no such expression)"
    kind = parts.get("kind")
    words = [str(kind.shown)] if isinstance(kind, Data) and kind.shown != "chain" else []
    for name, part in parts.items():
        if name not in ("kind", "type") and isinstance(part, Data):
            is_text = isinstance(part.shown, str)
            words.append(part.shown if is_text else f"{name} {shown(part.shown)}")
    operands = [ref.text for ref in operands_of(parts)]
    if operands:
        more = ", ..." if len(operands) > 6 else ""
        words.append("of " + ", ".join(operands[:6]) + more)
    return " ".join(words)
