"""Walks over tables whose nodes name each other. None recurses: depth is no limit."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

_SHOWN: Final = 12
"""Members of a cycle that a message names."""


class Cycle(Exception):
    """An expression needs itself."""

    def __init__(self, ring: Sequence[int]) -> None:
        super().__init__()
        self.ring = ring

    @property
    def text(self) -> str:
        """The cycle as messages show it."""
        return cycle_text(self.ring)


def cycle_text(ring: Sequence[int]) -> str:
    """Return a cycle as messages show it: `3 -> 7 -> 3`; of a long one a part."""
    names = [str(i) for i in ring]
    shown = names if len(names) <= _SHOWN else [*names[: _SHOWN - 2], "...", names[-1]]
    return " -> ".join(shown)


def depth_first(
    root: int,
    check: Callable[[int], None],
    next_operand: Callable[[int, list[int]], int | None],
    run: Callable[[int], None],
) -> None:
    """Run an expression after all operands that it asks for.

    Args:
        root: Id of the expression.
        check: Raises for an id that does not exist.
        next_operand: Returns the next operand of an expression that is still needed, or None.
            Its second argument ends in a cursor that it may keep for the next call.
        run: Computes an expression, unless that has been done.

    Raises:
        Cycle: An expression needs itself.
        IrrunError: Of `check` and `run`.
    """
    check(root)
    stack, cursors, open_nodes = [root], [0], {root}
    while stack:
        current = stack[-1]
        needed = next_operand(current, cursors)
        if needed is not None:
            check(needed)
            if needed in open_nodes:
                raise Cycle([*stack[stack.index(needed) :], needed])
            stack.append(needed)
            cursors.append(0)
            open_nodes.add(needed)
            continue
        run(current)
        stack.pop()
        cursors.pop()
        open_nodes.discard(current)


def reachable(roots: Iterable[int], operands: Callable[[int], Sequence[int]]) -> Iterator[int]:
    """Yield every id reachable from `roots` once, depth first, in operand order.

    Works without recursion, so the depth of a program is no limit; cycles are passed over.
    """
    seen: set[int] = set()
    stack = list(roots)[::-1]
    while stack:
        current = stack.pop()
        if current in seen:
            continue
        seen.add(current)
        yield current
        stack.extend(reversed(operands(current)))


def all_the_way(
    root: int,
    known: dict[int, bool],
    size: int,
    own: Callable[[int], bool],
    operands: Callable[[int], Sequence[int]],
) -> bool:
    """Return whether `own` holds for an expression and all that it is made of.

    An expression that does not exist, or that needs itself, is not constant.
    """
    stack = [(root, 0)]
    while stack:
        current, at = stack.pop()
        if at == 0:
            if current in known:
                continue
            if current >= size or not own(current):
                known[current] = False
                continue
            known[current] = False  # what comes back here is a cycle
        needed = operands(current)
        if at > 0 and not known[needed[at - 1]]:
            continue
        if at < len(needed):
            stack += [(current, at + 1), (needed[at], 0)]
        else:
            known[current] = True
    return known[root]


def find_cycles(size: int, operands: Callable[[int], Sequence[int]]) -> Iterator[list[int]]:
    """Yield cycles of a graph that have no node in common, each as its nodes, the first repeated.

    Takes time in proportion to nodes and edges, and no recursion.
    """
    new, open_, done = 0, 1, 2
    state = [new] * size
    in_cycle: set[int] = set()
    for root in range(size):
        if state[root] != new:
            continue
        stack, cursors = [root], [0]
        state[root] = open_
        while stack:
            current, at = stack[-1], cursors[-1]
            edges = operands(current)
            if at == len(edges):
                state[current] = done
                stack.pop()
                cursors.pop()
                continue
            cursors[-1] += 1
            target = edges[at]
            if target >= size or state[target] == done:
                continue
            if state[target] == new:
                state[target] = open_
                stack.append(target)
                cursors.append(0)
            elif target not in in_cycle:
                ring = _ring(stack, target, in_cycle)
                if ring:
                    yield [*ring, target]


def _ring(stack: Sequence[int], target: int, in_cycle: set[int]) -> list[int]:
    """Return the way from a node on the stack to its top; nothing if a known cycle is on it."""
    walked: list[int] = []
    for node in reversed(stack):
        if node in in_cycle:
            in_cycle.update(walked)
            return []
        walked.append(node)
        if node == target:
            break
    in_cycle.update(walked)
    return walked[::-1]


def strong_components(size: int, needed: Callable[[int], Sequence[int]]) -> Iterator[list[int]]:
    """Yield the strongly connected components of a graph, what is needed first (Tarjan 1972)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    on_stack: set[int] = set()
    stack: list[int] = []
    for root in range(size):
        if root in index:
            continue
        work = [(root, iter(needed(root)))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, edges = work[-1]
            target = next(edges, None)
            if target is None:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])  # exact: indices
                if low[node] == index[node]:
                    at = stack.index(node)
                    component = stack[at:]
                    del stack[at:]
                    on_stack.difference_update(component)
                    yield component
            elif target not in index:
                index[target] = low[target] = len(index)
                stack.append(target)
                on_stack.add(target)
                work.append((target, iter(needed(target))))
            elif target in on_stack:
                low[node] = min(low[node], index[target])  # exact: indices
