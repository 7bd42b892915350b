"""Cycles in tables whose nodes name each other."""

from collections.abc import Callable, Iterator, Sequence


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


def cycle_text(ring: Sequence[int]) -> str:
    """Return a cycle as text, as a run does."""
    shown = [str(i) for i in ring]
    return " -> ".join(shown if len(ring) <= 12 else [*shown[:10], "...", shown[-1]])
