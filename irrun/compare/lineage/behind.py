"""Behind a difference of recorded output: the earliest recorded value that hands it on."""

from collections import deque
from collections.abc import Mapping, Sequence

import msgspec

from irrun.compare.lineage.contents import Interner
from irrun.compare.lineage.dependencies import Dependencies, Node, Source, Value
from irrun.compare.lineage.identity import slot_names
from irrun.compare.lineage.side import Side
from irrun.compare.output.compare import ValueDifference
from irrun.compare.output.document import GoldenValue
from irrun.compare.output.names import recorded_cells
from irrun.program.program import Program

_OUTPUT = "output "


class Behind(msgspec.Struct, frozen=True):
    """From the earliest value that differs to the output that shows it."""

    symptom: ValueDifference
    """The output that differs first; the value that does, if no output differs."""
    origin: ValueDifference
    """The earliest value that differs among all recorded ones that the symptom depends on."""
    way: tuple[str, ...]
    """Names of the recorded values from the origin to the symptom, each made of the one before."""


def behind(
    program: Program,
    values: Sequence[ValueDifference],
    recorded: Mapping[str, GoldenValue],
) -> Behind | None:
    """Follow the accesses back from what shows a difference, as far as values were recorded.

    A value that was recorded and is the same hands no difference on; one that was not recorded
    may. None if nothing differs.

    Args:
        program: The program that was run now.
        values: The values that differ, by first divergence.
        recorded: All values that were recorded.
    """
    if not values:
        return None
    side = Side(program, slot_names(program), Interner())
    flow = Dependencies(side)
    cells = {name: side.cells[i] for i, name in recorded_cells(program.state_layout.cells)}
    known = {_source(side, cells, v.name, v.info): v for v in values}
    symptom = next((v for v in values if v.name.startswith(_OUTPUT)), values[0])
    same = {_source(side, cells, name, info) for name, info in recorded.items()} - known.keys()
    users = _followed(flow, _source(side, cells, symptom.name, symptom.info), same)

    def moment(source: Value) -> tuple[int, int, int]:
        """When a value differs first; what is further back comes first within one step."""
        step = flow.place(source).step
        return known[source].first.frame, step, -len(_way(users, source))

    origin = min((source for source in known if source in users), key=moment)
    names = (known[source].name for source in _way(users, origin) if source in known)
    return Behind(symptom, known[origin], tuple(dict.fromkeys(names)))


def _source(side: Side, cells: Mapping[str, str], name: str, info: GoldenValue) -> Value:
    """Return a recorded value as the program has it; what belongs to no cell is nobody's."""
    if info.slot is not None:
        return Value("slot", side.slot(info.slot))
    return Value("state", cells.get(name, name))


def _followed(flow: Dependencies, symptom: Value, same: set[Value]) -> dict[Source, Source | None]:
    """Return what the symptom depends on, each with what it was reached from."""
    users: dict[Source, Source | None] = {symptom: None}
    waiting: deque[Source] = deque([symptom])
    while waiting:
        at = waiting.popleft()
        for source in flow.sources(at):
            if source in users or source in same:
                continue
            users[source] = at
            # Signals cost nothing: the way is the shortest in values.
            add = waiting.appendleft if isinstance(source, Node) else waiting.append
            add(source)
    return users


def _way(users: dict[Source, Source | None], origin: Source) -> list[Value]:
    way: list[Value] = []
    at: Source | None = origin
    while at is not None:
        if isinstance(at, Value):
            way.append(at)
        at = users.get(at)
    return way
