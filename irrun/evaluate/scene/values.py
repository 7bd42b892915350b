"""Finding cameras and meshes by their ids (runtime-semantics 14.1)."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from irrun.errors.scene import UnknownSceneId

T = TypeVar("T")


def find(what: str, name: str, entries: Sequence[T], index_by_id: Mapping[str, int]) -> int:
    """Return the index in `entries` that an id leads to.

    Raises:
        UnknownSceneId: IR423, the id is not known, or leads beyond the entries.
    """
    index = index_by_id.get(name)
    if index is None:
        known = ", ".join(index_by_id)
        detail = f"known are {known}" if known else f"the program has no {what}"
    elif index >= len(entries):
        detail = f"its index is {index}, and there are {len(entries)}"
    else:
        return index
    raise UnknownSceneId(what=what, id=name, detail=detail)
