"""The state layout, checked: sizes, cells outside their array (IR260), overlaps (IR261)."""

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_builder import ProgramBuilder
from support.examples import examples

from irrun.errors import Severity
from irrun.errors.program import CellOutside, CellsOverlap, StateTooLarge
from irrun.ir.types import STATE_STORAGES, StateStorage
from irrun.limits import STATE_SIZE
from irrun.program.layout import Layout, derive_layout
from irrun.program.layout.state import StateMap

Cell = tuple[StateStorage, int, int]
"""Storage, offset and size."""


def layout_of(cells: list[Cell], **sizes: int) -> Layout:
    """Return the layout of a program with cells c0, c1, ...; sizes are 8 unless given."""
    b = ProgramBuilder("state")
    b.doc["stateLayout"] = {"f64Size": 8, "f32Size": 8, "i32Size": 8} | sizes | {
        "cells": [
            {"stateId": f"c{i}", "storage": storage, "offset": offset, "size": size,
             "nodeId": f"n{i}", "role": "memory"}
            for i, (storage, offset, size) in enumerate(cells)
        ]
    }  # fmt: skip
    return derive_layout(b.program())


def state_of(cells: list[Cell], **sizes: int) -> StateMap:
    return layout_of(cells, **sizes).state


def test_sizes_and_bytes_are_those_of_the_program() -> None:
    """Arrays have the declared sizes, whatever the cells need."""
    state = state_of([("f64", 0, 2)], f64Size=5, f32Size=3, i32Size=0)

    assert state.sizes == {"f64": 5, "f32": 3, "i32": 0}
    assert state.bytes == 5 * 8 + 3 * 4
    assert [cell.key for cell in state.cells] == ["c0"]


def test_program_without_state() -> None:
    """No state layout: no cells, no bytes, nothing to report."""
    b = ProgramBuilder("plain")
    del b.doc["stateLayout"]
    state = derive_layout(b.program()).state

    assert (state.cells, state.bytes, state.findings) == ((), 0, ())


class Outside(NamedTuple):
    name: str
    cell: Cell
    sizes: dict[str, int]
    reach: tuple[int, int, int] | None
    """First and last element needed, and the size of the array."""


OUTSIDE = [
    Outside("inside", ("f64", 2, 3), {}, None),
    Outside("up to the end", ("f64", 5, 3), {}, None),
    Outside("one too long", ("f64", 5, 4), {}, (5, 8, 8)),
    Outside("behind the end", ("i32", 9, 1), {}, (9, 9, 8)),
    Outside("no array", ("f32", 0, 1), {"f32Size": 0}, (0, 0, 0)),
    Outside("empty cell at the end", ("f64", 8, 0), {}, None),
    Outside("another array is longer", ("f32", 6, 4), {"f64Size": 100}, (6, 9, 8)),
]


@pytest.mark.parametrize("row", OUTSIDE, ids=lambda row: row.name)
def test_cell_outside_its_array(row: Outside) -> None:
    """A cell that reaches beyond its array is a warning with cell, reach and size (IR260)."""
    found = state_of([("f64", 0, 1), row.cell], **row.sizes).findings
    outside = [finding for finding in found if isinstance(finding, CellOutside)]

    if row.reach is None:
        assert outside == []
        return
    (finding,) = outside
    first, last, size = row.reach
    facts = {"state_id": "c1", "storage": row.cell[0], "first": first, "last": last, "size": size}
    assert finding.facts == facts
    assert (finding.severity, finding.strict_error) == (Severity.WARNING, False)
    assert finding.where.path == "$.stateLayout.cells[1]"


class Overlap(NamedTuple):
    name: str
    cells: list[Cell]
    pairs: list[tuple[str, str, int, int]]
    """First and second cell, first and last shared element of each finding."""


OVERLAPS = [
    Overlap("apart", [("f64", 0, 2), ("f64", 2, 2)], []),
    Overlap("apart, unsorted", [("f64", 2, 2), ("f64", 0, 2)], []),
    Overlap("one element", [("f64", 0, 3), ("f64", 2, 2)], [("c0", "c1", 2, 2)]),
    Overlap("one element, unsorted", [("f64", 2, 2), ("f64", 0, 3)], [("c1", "c0", 2, 2)]),
    Overlap("the same place", [("i32", 1, 2), ("i32", 1, 2)], [("c0", "c1", 1, 2)]),
    Overlap("one inside the other", [("f64", 0, 6), ("f64", 2, 2)], [("c0", "c1", 2, 3)]),
    Overlap(
        "two inside one", [("f64", 0, 6), ("f64", 1, 1), ("f64", 4, 1)],
        [("c0", "c1", 1, 1), ("c0", "c2", 4, 4)],
    ),
    Overlap(
        "a chain", [("f64", 0, 3), ("f64", 2, 3), ("f64", 4, 2)],
        [("c0", "c1", 2, 2), ("c1", "c2", 4, 4)],
    ),
    Overlap("other storage", [("f64", 0, 3), ("f32", 0, 3), ("i32", 0, 3)], []),
    Overlap("empty cell inside", [("f64", 0, 3), ("f64", 1, 0)], []),
]  # fmt: skip


@pytest.mark.parametrize("row", OVERLAPS, ids=lambda row: row.name)
def test_cells_that_overlap(row: Overlap) -> None:
    """Cells that share elements are a warning with both cells and what they share (IR261)."""
    found = [f for f in state_of(row.cells).findings if isinstance(f, CellsOverlap)]

    sides = ("first", "second", "low", "high")
    assert [tuple(f.facts[side] for side in sides) for f in found] == row.pairs
    assert all((f.severity, f.strict_error) == (Severity.WARNING, False) for f in found)
    assert all(f.where.path == f"$.stateLayout.cells[{f.facts['second'][1:]}]" for f in found)


@pytest.mark.parametrize("storage", STATE_STORAGES)
@pytest.mark.parametrize(
    ("size", "refused"), [(STATE_SIZE.value, False), (STATE_SIZE.value + 1, True)]
)
def test_state_array_beyond_the_limit(storage: StateStorage, size: int, refused: bool) -> None:
    """A huge state array is an error of the program; nothing is allocated for it (IR213)."""
    errors = layout_of([], **{f"{storage}Size": size}).errors()

    if not refused:
        assert errors == ()
        return
    (error,) = errors
    assert isinstance(error, StateTooLarge)
    assert error.facts == {"storage": storage, "size": size, "limit": STATE_SIZE.value}
    assert error.where.path == f"$.stateLayout.{storage}Size"


def test_findings_of_the_state_are_findings_of_the_layout() -> None:
    """What is wrong with cells is reported with the rest of the layout."""
    layout = layout_of([("f64", 0, 9), ("f64", 0, 1)])

    assert [finding.code for finding in layout.findings] == ["IR260", "IR261"]
    assert layout.errors() == ()


CELLS: Any = st.lists(
    st.tuples(st.sampled_from(STATE_STORAGES), st.integers(0, 6), st.integers(0, 4)), max_size=6
)


@examples(40, long=300)
@given(CELLS)
def test_overlap_is_reported_exactly_where_elements_are_shared(cells: list[Cell]) -> None:
    """There is a warning if and only if some element of an array has two owners."""
    owners: dict[tuple[StateStorage, int], int] = {}
    for storage, offset, size in cells:
        for i in range(offset, offset + size):
            owners[storage, i] = owners.get((storage, i), 0) + 1

    found = [f for f in state_of(cells).findings if isinstance(f, CellsOverlap)]

    assert bool(found) is any(count > 1 for count in owners.values())
    for finding in found:
        storage, low, high = (finding.facts[name] for name in ("storage", "low", "high"))
        assert all(owners[storage, i] > 1 for i in range(low, high + 1))
