"""What differs between the schedules of two programs."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any, Final

from irrun.compare.diff.change import Change
from irrun.compare.diff.data.expressions import Root, brief
from irrun.compare.diff.data.pair import Pair
from irrun.compare.diff.data.publishers import publisher_order
from irrun.compare.diff.data.references import step_document
from irrun.compare.lineage.parts import Ref
from irrun.compare.lineage.plain import differences
from irrun.compare.lineage.side import Side
from irrun.steps import AnyStep
from irrun.steps.kinds.signal_eval import SignalEval

_ADVICE: Final = ("deps", "label", "cacheKey", "timeModel")
"""Members of a step that nothing looks at when it runs; the program's own time model counts."""


def compare_steps(pair: Pair) -> tuple[list[Change], list[Root]]:
    """Return how the steps differ, and the places that use expressions in both programs."""
    changes: list[Change] = []
    roots: list[Root] = []
    there = dict(pair.steps)
    for i, step in enumerate(pair.a.program.steps):
        if i in there:
            found, used = compare_step(pair, i, there[i])
            changes += found
            roots += used
        else:
            brief = _brief(pair.a, step)
            changes.append(Change("removed", "steps", f"step {pair.a.steps[i]}", before=brief))
    matched = set(there.values())
    for i, step in enumerate(pair.b.program.steps):
        if i not in matched:
            brief = _brief(pair.b, step)
            changes.append(Change("added", "steps", f"step {pair.b.steps[i]}", after=brief))
    return [*changes, *_moved(pair)], roots


def compare_step(pair: Pair, a: int, b: int) -> tuple[list[Change], list[Root]]:
    """Return how one step (by its index in each program) differs, and what it uses."""
    before, after = pair.a.program.steps[a], pair.b.program.steps[b]
    name = pair.a.steps[a]
    item = f"step {name}"
    if type(before) is not type(after):
        kinds = (_brief(pair.a, before), _brief(pair.b, after))
        return [Change("changed", "steps", item, "kind", *kinds)], []
    old, old_roots = step_document(pair.a, before)
    new, new_roots = step_document(pair.b, after)
    old.pop("id"), new.pop("id")
    changes = [
        Change(
            found.action, "steps", item, found.path, found.before, found.after,
            affects_run=not found.path.startswith(_ADVICE),
        )
        for found in differences(old, new)
    ]  # fmt: skip
    changes += publisher_order(item, before, after)
    if isinstance(before, SignalEval) and isinstance(after, SignalEval):
        old_roots |= _outputs(pair.a, before, before, pair)
        new_roots |= _outputs(pair.b, after, before, pair)
    for path in dict.fromkeys([*old_roots, *new_roots]):
        changes += _of_root(pair, item, path, old_roots.get(path), new_roots.get(path))
    return changes, [
        Root(f"{name}.{path}", old_roots[path], new_roots[path])
        for path in old_roots
        if path in new_roots
    ]


def _of_root(
    pair: Pair, item: str, path: str, before: Ref | None, after: Ref | None
) -> Iterator[Change]:
    """Yield an expression that is used in one program only."""
    if before is not None and after is None:
        shown = f"{before.text}: {brief(pair.a.contents.parts(before))}"
        yield Change("removed", "steps", item, path, shown, None)
    elif before is None and after is not None:
        shown = f"{after.text}: {brief(pair.b.contents.parts(after))}"
        yield Change("added", "steps", item, path, None, shown)


def _outputs(side: Side, step: SignalEval, first: SignalEval, pair: Pair) -> dict[str, Ref]:
    """Return the outputs by path; an output of B has the position that it has in A, if it has."""
    positions = {pair.a.slot(output.slot): i for i, output in enumerate(first.outputs)}
    found = {}
    for i, output in enumerate(step.outputs):
        name = side.slot(output.slot)
        path = f"outputs[{positions[name]}]" if name in positions else f"outputs[{i}] (new)"
        found[path] = Ref("signal", output.sig_id)
    return found


def _moved(pair: Pair) -> Iterator[Change]:
    """Yield the fewest steps that must move for the common steps to have one order."""
    order = [b for _, b in pair.steps]
    kept = longest_increasing(order)
    for a, b in pair.steps:
        if b not in kept:
            yield Change(
                "moved", "steps", f"step {pair.a.steps[a]}", "position",
                _neighbour(pair.a.steps, a), _neighbour(pair.b.steps, b),
            )  # fmt: skip


def _neighbour(names: Sequence[str], index: int) -> str:
    return f"{index}, after {names[index - 1]}" if index else "0, first"


def longest_increasing(numbers: Sequence[int]) -> set[int]:
    """Return the numbers of a longest increasing subsequence."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(tails, number)
        before[number] = tails[at - 1] if at else None
        tails[at : at + 1] = [number]
    found: set[int] = set()
    current: int | None = tails[-1] if tails else None
    while current is not None:
        found.add(current)
        current = before[current]
    return found


def _brief(side: Side, step: AnyStep) -> Any:
    """Return a step on one line: kind, and what it writes."""
    slots = [a.slot for a in step.accesses(side.program) if a.mode == "write"]
    shown = ", ".join(f"slot {slot}" for slot in dict.fromkeys(slots[:4]))
    more = ", ..." if len(slots) > 4 else ""
    return f"{step.kind} to {shown}{more}" if slots else step.kind
