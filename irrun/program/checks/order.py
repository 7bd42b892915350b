"""The order that the data demand, beside the order of the list (docs/commands.md)."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from irrun.errors import IrrunError
from irrun.errors.checks.schedule import OrderByAccident
from irrun.numerics.text import code_units
from irrun.program.checks.facts import Facts
from irrun.program.checks.rules.schedule import data_pairs


class Pair(NamedTuple):
    """Two steps of which one has to come before the other; steps by index."""

    before: int
    after: int
    slot: int | None
    """The slot that goes from one to the other; None where only `deps` say so."""


class Order(msgspec.Struct, frozen=True):
    """Two orders of the same steps, by index in the list."""

    demanded: tuple[int, ...]
    """What accesses and deps demand, with the program's own tie-break."""
    cyclic: tuple[int, ...]
    """Steps that no order can satisfy; they stand at the end of `demanded`, as in the list."""
    wrong: tuple[Pair, ...]
    """Pairs that the list has the wrong way round."""
    accidental: tuple[Pair, ...]
    """Pairs that the list has right, but that sorting by deps alone would turn round."""


def derive_order(facts: Facts) -> Order:
    """Sort the steps by what they need, and compare with the list."""
    size = len(facts.program.steps)
    data = [Pair(writer, reader, slot) for writer, reader, slot in data_pairs(facts)]
    deps = list(_dep_pairs(facts))
    key = _tie_break(facts)
    demanded, cyclic = sort_steps(size, [*data, *deps], key)
    by_deps, _ = sort_steps(size, deps, key)
    place = {step: at for at, step in enumerate(by_deps)}
    wrong = [pair for pair in (*data, *deps) if pair.before > pair.after]
    accidental = [p for p in data if p.before < p.after and place[p.before] > place[p.after]]
    return Order(tuple(demanded), tuple(cyclic), tuple(_sorted(wrong)), tuple(_sorted(accidental)))


def _sorted(pairs: Iterable[Pair]) -> list[Pair]:
    return sorted(set(pairs), key=lambda p: (p.after, p.before, -1 if p.slot is None else p.slot))


def _dep_pairs(facts: Facts) -> Iterator[Pair]:
    for i, step in enumerate(facts.program.steps):
        for name in step.deps:
            at = facts.positions.get(name)
            if at is not None and at != i:
                yield Pair(at, i, None)


def _tie_break(facts: Facts) -> Callable[[int], Any]:
    """Return what orders steps that are ready at the same time (`determinism.topoTieBreak`)."""
    steps = facts.program.steps
    if facts.program.schedule.determinism.topo_tie_break == "nodeIndex":
        return lambda i: i
    # UTF-16 code units, as the compiler compares texts.
    return lambda i: (code_units(steps[i].id), i)


def sort_steps(
    size: int, pairs: Sequence[Pair], key: Callable[[int], Any]
) -> tuple[list[int], list[int]]:
    """Return the steps in topological order, the ready one with the least key first.

    Returns:
        All steps, and those of them that wait for each other: they come last, as in the list.
    """
    waiting = [0] * size
    followers: list[list[int]] = [[] for _ in range(size)]
    for before, after in {(pair.before, pair.after) for pair in pairs}:
        waiting[after] += 1
        followers[before].append(after)
    ready = [(key(i), i) for i in range(size) if not waiting[i]]
    heapq.heapify(ready)
    done: list[int] = []
    while ready:
        _, step = heapq.heappop(ready)
        done.append(step)
        for follower in followers[step]:
            waiting[follower] -= 1
            if not waiting[follower]:
                heapq.heappush(ready, (key(follower), follower))
    cyclic = [i for i in range(size) if waiting[i]]
    return [*done, *cyclic], cyclic


def order_problems(facts: Facts, order: Order) -> Iterator[IrrunError]:
    """Yield a note for every pair that is right by accident; wrong ones have rules of their own."""
    for pair in order.accidental:
        step = facts.program.steps[pair.after]
        reader, writer = facts.step_name(pair.after), facts.step_name(pair.before)
        note = OrderByAccident(reader=reader, writer=writer, slot=pair.slot)
        path = f"$.schedule.steps[{pair.after}].deps"
        yield note.at(path=path, step=step.id, kind=step.kind, slot=pair.slot)
