"""One difference in the data of two programs, and all of them."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from irrun.compare.lineage.plain import Action

TABLES: Final = (
    "program", "steps", "signals", "fields", "events", "chains", "constants", "nodes", "buses",
    "state", "slots", "initial values", "outputs", "cameras", "meshes", "schedule", "meta",
)  # fmt: skip
"""The tables in the order in which they are shown."""


class Change(msgspec.Struct, frozen=True):
    """One difference; `before` and `after` are plain JSON data with references as names."""

    action: Action
    table: str
    """One of `TABLES`."""
    item: str
    """What it is, named so that renumbering does not change the name where there is such a name:
    `step s-bus`, `state n1:acc`, `signal 4`."""
    field: str = ""
    """Wire path within the item, such as `publishers[pub-a].sortKey`; empty for all of it."""
    before: Any = None
    after: Any = None
    affects_run: bool = True
    """False for what no step and no expression looks at."""
    minor: bool = False
    """True for what says nothing about the program's meaning: numbering, unused entries."""
    reached_by: tuple[str, ...] = ()
    """Of an expression: the first places that reach it, such as `s-sig.outputs[0]`."""
    key: str | None = None
    """The name by which the item is found within its table, if it is by one; `item` has words."""

    @property
    def place(self) -> str:
        """The item, with the first place that reaches it."""
        if not self.reached_by:
            return self.item
        more = len(self.reached_by) - 1
        return f"{self.item} of {self.reached_by[0]}" + (f" and {more} more" if more else "")


class ProgramDiff(msgspec.Struct, frozen=True):
    """All differences in the data of two programs."""

    all: tuple[Change, ...]
    """Table by table, in the order of the programs; minor ones included."""

    @property
    def changes(self) -> tuple[Change, ...]:
        """The differences without the minor ones."""
        return tuple(change for change in self.all if not change.minor)

    @property
    def affects_run(self) -> bool:
        """True if any difference can affect a run."""
        return any(change.affects_run for change in self.changes)

    def counts(self) -> Mapping[str, Mapping[Action, int]]:
        """Return how many differences of each sort each table has, without the minor ones."""
        found: dict[str, dict[Action, int]] = {}
        for change in self.changes:
            row = found.setdefault(change.table, {})
            row[change.action] = row.get(change.action, 0) + 1
        return {table: found[table] for table in TABLES if table in found}
