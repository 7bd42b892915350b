"""Domains as fields see them: how many elements, what they are called, what is known of them."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

from irrun.evaluate.fields.hash_ids import UnitGroup, units_of_indices, units_of_texts
from irrun.evaluate.frame_cache import FrameCache
from irrun.evaluate.memo import Memo
from irrun.ir.constants import is_number
from irrun.ir.values import DomainHandle
from irrun.numerics.text import ecma_text

_MAX_KNOWN: Final = 64


class FieldDomain:
    """The elements that fields are evaluated for."""

    def __init__(self, count: int, handle: DomainHandle | None, memo: Memo) -> None:
        self.count = count
        self.handle = handle
        """The handle with the elements' ids, if they have any."""
        self.memo = memo
        """What is known of fields over this domain, in this frame or in every frame."""

    @cached_property
    def id_units(self) -> Sequence[UnitGroup]:
        """Code units of the elements' ids: their own id, else their number, else their index."""
        texts = [] if self.handle is None else _id_texts(self.handle, self.count)
        return [*units_of_texts(texts), *units_of_indices(len(texts), self.count)]


def _id_texts(handle: DomainHandle, count: int) -> list[str]:
    """Return the ids of the elements up to the last one that has its own (section 10.6)."""
    ids, numbers = handle.element_ids or (), handle.ids or ()
    known = min(count, max(len(ids), len(numbers)))
    named = (_id_at(ids, i, _id_at(numbers, i, i)) for i in range(known))
    return [name if isinstance(name, str) else ecma_text(name) for name in named]


def _id_at(ids: Sequence[Any], index: int, otherwise: str | float) -> str | float:
    """Return an entry of a list of ids that is a text or a number, else something else."""
    value = ids[index] if index < len(ids) else None
    return value if isinstance(value, str) or is_number(value) else otherwise


class FieldDomains:
    """The domains that one program's fields were evaluated for, the latest last.

    A program may have a domain of another size in each frame: those of long ago are out of use.
    """

    def __init__(self, cache: FrameCache) -> None:
        self._cache = cache
        self._known: dict[tuple[int, int], FieldDomain] = {}

    def domain(self, count: int, handle: DomainHandle | None) -> FieldDomain:
        """Return the domain of a handle, or of a plain number of elements.

        Handles without ids are all alike. One with ids is known by its identity: its ids may be
        millions of texts, and its domain has it as long as it is known.
        """
        named = handle if handle is not None and (handle.element_ids or handle.ids) else None
        key = (count, id(named) if named is not None else 0)
        found = self._known.pop(key, None)
        if found is None:
            found = FieldDomain(count, named, self._cache.new_memo())
        self._known[key] = found
        if len(self._known) > _MAX_KNOWN:
            self._cache.let_go(self._known.pop(next(iter(self._known))).memo)
        return found
