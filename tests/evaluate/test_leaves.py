"""The short cut to the leaves of expressions gives what the long way gives."""

from hypothesis import given
from hypothesis import strategies as st

from irrun.evaluate.graphs import reachable
from irrun.evaluate.reachable import leaves_of, reachable_leaves

tables = st.integers(1, 12).flatmap(
    lambda size: st.lists(st.lists(st.integers(0, size), max_size=3), min_size=size, max_size=size)
)


@given(tables, st.sets(st.integers(0, 11)), st.lists(st.integers(0, 13), max_size=4))
def test_leaves_against_the_long_way(
    edges: list[list[int]], leaves: set[int], roots: list[int]
) -> None:
    """The same leaves in the same order, with cycles and dangling ids."""
    size = len(edges)
    found = leaves_of(size, edges.__getitem__, leaves.__contains__)
    short = list(reachable_leaves(roots, edges.__getitem__, leaves.__contains__, found))
    long = reachable(roots, lambda i: edges[i] if i < size else ())

    assert short == [i for i in long if i < size and i in leaves]


def test_many_leaves_below_many_nodes() -> None:
    """More leaves than are kept for a node: they are found on the way."""
    size, leaves = 400, 150
    edges = [[] if i < leaves else [i - 1, i % leaves] for i in range(size)]
    found = leaves_of(size, edges.__getitem__, lambda i: i < leaves)
    short = list(reachable_leaves([size - 1], edges.__getitem__, lambda i: i < leaves, found))

    assert found[size - 1] is None
    assert short == [i for i in reachable([size - 1], edges.__getitem__) if i < leaves]
