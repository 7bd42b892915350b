"""Values that stubs make, and when they tell anything."""

from collections.abc import Sequence

from irrun.compare.diff.data.pair import Pair
from irrun.compare.lineage.dependencies import Dependencies, Node, Source, Value
from irrun.steps.base import PlannedStep


def incomparable(
    pair: Pair,
    a: Sequence[PlannedStep],
    b: Sequence[PlannedStep],
    flows: tuple[Dependencies, Dependencies],
) -> set[Value]:
    """Return the values that differ only because slots have other numbers.

    A placeholder tells the number of its slot. So a slot that is stubbed in both programs and has
    another number in each differs by that alone, and so does all that real steps make of it.
    """
    stubbed = [{pl.step.id for pl in plan if pl.is_stub} for plan in (a, b)]
    found: set[Value] = set()
    for planned in a:
        if planned.step.id not in stubbed[0] & stubbed[1]:
            continue
        for access in planned.accesses:
            renumbered = pair.slots.get(access.slot, access.slot) != access.slot
            if access.mode == "write" and renumbered:
                found.add(Value("slot", pair.a.slot(access.slot)))
    if found:
        real = {pl.index for pl in a if not pl.is_stub}
        _spread(pair, flows[0], found, real)
    return found


def _spread(pair: Pair, flow: Dependencies, found: set[Value], real: set[int]) -> None:
    """Add everything that real steps make of the values found so far."""
    values = [Value("slot", name) for name in pair.a.slots.values()]
    values += [Value("state", name) for name in pair.a.cells]
    uses: dict[Source, list[Source]] = {}
    seen: set[Node] = set()
    for value in values:
        if not any(step in real for step in flow.writers.get(value, [])):
            continue
        stack: list[Source] = [value]
        while stack:
            current = stack.pop()
            for source in flow.sources(current):
                uses.setdefault(source, []).append(current)
                if isinstance(source, Node) and source not in seen:
                    seen.add(source)
                    stack.append(source)
    waiting: list[Source] = list(found)
    reached: set[Source] = set(found)
    while waiting:
        for user in uses.get(waiting.pop(), []):
            if user not in reached:
                reached.add(user)
                waiting.append(user)
    found.update(value for value in reached if isinstance(value, Value))
