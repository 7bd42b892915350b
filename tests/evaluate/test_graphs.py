"""Cycles in graphs of expressions: found without recursion, each once."""

from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from irrun.evaluate.graphs import cycle_text, find_cycles

graphs = st.integers(1, 8).flatmap(
    lambda size: st.lists(st.lists(st.integers(0, size), max_size=3), min_size=size, max_size=size)
)


def reaches_itself(edges: Sequence[Sequence[int]], node: int) -> bool:
    """Say naively whether a node can be reached from itself."""
    seen: set[int] = set()
    todo = list(edges[node])
    while todo:
        current = todo.pop()
        if current == node:
            return True
        if current < len(edges) and current not in seen:
            seen.add(current)
            todo += edges[current]
    return False


@given(graphs)
def test_cycles_against_a_naive_search(edges: list[list[int]]) -> None:
    """There is one exactly if some node reaches itself, and each that is named is one."""
    rings = list(find_cycles(len(edges), lambda i: edges[i]))
    looping = {i for i in range(len(edges)) if reaches_itself(edges, i)}

    assert bool(rings) == bool(looping)
    for ring in rings:
        assert ring[0] == ring[-1]
        assert len(set(ring)) == len(ring) - 1
        assert all(b in edges[a] for a, b in pairwise(ring))
    nodes = [node for ring in rings for node in ring[1:]]
    assert len(set(nodes)) == len(nodes), "cycles share no node"


def test_a_deep_graph_needs_no_stack() -> None:
    """A hundred thousand nodes in a row, and back."""
    size = 100_000
    (ring,) = find_cycles(size, lambda i: [(i + 1) % size])

    assert len(ring) == size + 1
    assert cycle_text(ring) == "0 -> 1 -> 2 -> 3 -> 4 -> 5 -> 6 -> 7 -> 8 -> 9 -> ... -> 0"


def test_many_cycles_side_by_side() -> None:
    """Each node refers to itself and to the next: as many cycles, in linear time."""
    size = 50_000
    rings = list(find_cycles(size, lambda i: [i + 1, i]))

    assert len(rings) == size
