"""StateBuffer and its initial values (runtime-semantics sections 4 and 6.7)."""

import math
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_builder import ProgramBuilder
from support.examples import examples

from irrun.errors import IrrunError, Severity
from irrun.errors.program import ConstIndexOutOfPool, DanglingInitial
from irrun.evaluate.signals.stateful import initials_by_state_id
from irrun.ir.types import StateStorage
from irrun.program.program import Program
from irrun.runtime.state import StateBuffer, initialize_state

STORAGES: tuple[StateStorage, ...] = ("f64", "f32", "i32")


def initial_state(program: Program, report: list[IrrunError] | None = None) -> StateBuffer:
    """Return the state of a program as a runtime makes it."""
    return initialize_state(
        program.state_layout,
        program.constants,
        initials=initials_by_state_id(program),
        report=None if report is None else report.append,
    )


def builder() -> ProgramBuilder:
    return ProgramBuilder("state")


# --- Allocation -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sizes",
    [
        pytest.param((0, 0, 0), id="no state"),
        pytest.param((3, 0, 0), id="only doubles"),
        pytest.param((1, 2, 3), id="all three"),
    ],
)
def test_arrays_have_exactly_the_sizes_of_the_layout(sizes: tuple[int, int, int]) -> None:
    """The layout's sizes count, not the cells: without cells the arrays are full of zeros."""
    b = builder()
    b.doc["stateLayout"] |= dict(zip(("f64Size", "f32Size", "i32Size"), sizes, strict=True))

    state = initial_state(b.program())

    assert state.snapshot() == {s: [0] * n for s, n in zip(STORAGES, sizes, strict=True)}


def test_arrays_have_the_element_type_of_their_storage() -> None:
    """The three storages are arrays of double, single and signed 32-bit."""
    state = initial_state(builder().program())

    assert [state.array(s).dtype for s in STORAGES] == [np.float64, np.float32, np.int32]
    assert state.array("f32") is state.f32


def test_array_may_be_longer_than_its_cells() -> None:
    """Elements that no cell covers start at 0."""
    b = builder()
    b.cell("c", initialConstId=b.const(5.0, "f64"))
    b.doc["stateLayout"]["f64Size"] = 4

    assert initial_state(b.program()).f64.tolist() == [5, 0, 0, 0]


# --- Initial values -------------------------------------------------------------------------


@pytest.mark.parametrize("storage", STORAGES)
def test_cell_without_a_constant_is_zero(storage: StateStorage) -> None:
    """A free cell without an initial constant starts from 0, whatever its size."""
    b = builder()
    b.cell("c", storage, size=3)
    b.const(9.0, "f64")

    assert initial_state(b.program()).array(storage).tolist() == [0, 0, 0]


@pytest.mark.parametrize("storage", STORAGES)
def test_every_element_of_a_ring_gets_the_constant(storage: StateStorage) -> None:
    """A cell of size n is filled, and its neighbours keep their own."""
    b = builder()
    b.cell("before", storage)
    b.cell("ring", storage, size=4, initialConstId=b.const(2.0, "f64"))
    b.cell("after", storage, initialConstId=b.const(7.0, "f64"))

    assert initial_state(b.program()).array(storage).tolist() == [0, 2, 2, 2, 2, 7]


class Converted(NamedTuple):
    name: str
    value: float
    f64: float
    f32: float
    i32: int


CONVERSIONS = [
    Converted("third", 1 / 3, 1 / 3, 0.3333333432674408, 0),
    Converted("minus 3.9", -3.9, -3.9, -3.9000000953674316, -3),
    Converted("2 to the 31", 2147483648.0, 2147483648.0, 2147483648.0, -2147483648),
    Converted("1e20", 1e20, 1e20, 100000002004087734272.0, 1661992960),
    Converted("1e39", 1e39, 1e39, math.inf, 0),
    Converted("infinity", -math.inf, -math.inf, -math.inf, 0),
    Converted("minus zero", -0.0, -0.0, -0.0, 0),
]


@pytest.mark.parametrize("row", CONVERSIONS, ids=lambda row: row.name)
def test_constant_is_converted_to_the_storage(row: Converted) -> None:
    """The same constant becomes what each storage can hold (section 0.4)."""
    b = builder()
    const = b.const(row.value, "f64")
    for storage in STORAGES:
        b.cell(f"c-{storage}", storage, initialConstId=const)

    state = initial_state(b.program())

    got = [str(float(state.array(storage)[0])) for storage in STORAGES]
    assert got == [str(row.f64), str(row.f32), str(float(row.i32))]


def pools(b: ProgramBuilder, **changes: list[Any]) -> None:
    """Fill the constant pools with numbers that tell pool and index."""
    content = {"json": [900, 901], "f64": [100.5, 101.5], "f32": [200.5, 201.5], "i32": [300, 301]}
    b.doc["constants"] = content | {"constIndex": []} | changes


class Lookup(NamedTuple):
    name: str
    storage: StateStorage
    directory: list[dict[str, Any]]
    const_id: int
    value: float


TO_F32 = [{"k": "f32", "idx": 1}]
LOOKUPS = [
    Lookup("directory first", "f64", TO_F32, 0, 201.5),
    Lookup("directory leads to another pool", "i32", TO_F32, 0, 201),
    Lookup("own pool without a directory, f64", "f64", [], 1, 101.5),
    Lookup("own pool without a directory, f32", "f32", [], 1, 201.5),
    Lookup("own pool without a directory, i32", "i32", [], 1, 301),
    Lookup("own pool beyond the directory", "f64", TO_F32, 1, 101.5),
    Lookup("never json: own pool instead", "f64", [{"k": "json", "idx": 1}], 0, 100.5),
]


@pytest.mark.parametrize("row", LOOKUPS, ids=lambda row: row.name)
def test_constant_is_found_through_directory_then_own_pool(row: Lookup) -> None:
    """The directory counts first, then the pool of the cell's own storage, never `json`."""
    b = builder()
    pools(b, constIndex=row.directory)
    b.cell("c", row.storage, initialConstId=row.const_id)
    found: list[IrrunError] = []

    state = initial_state(b.program(), found)

    assert state.array(row.storage).tolist() == [row.value]
    assert found == []


@pytest.mark.parametrize(
    ("storage", "changes"),
    [
        pytest.param("f64", {"f64": [], "json": [5]}, id="a number in json only"),
        pytest.param("f64", {"f64": []}, id="other pools only"),
        pytest.param("i32", {"i32": [], "constIndex": [{"k": "json", "idx": 0}]}, id="json entry"),
    ],
)
def test_dangling_constant_counts_as_absent(
    storage: StateStorage, changes: dict[str, list[Any]]
) -> None:
    """No usable constant: one warning with cell, id and path; the cell starts from 0."""
    b = builder()
    pools(b, **changes)
    b.cell("first", storage)
    b.cell("second", storage, size=2, initialConstId=0)
    found: list[IrrunError] = []

    state = initial_state(b.program(), found)

    assert state.array(storage).tolist() == [0, 0, 0]
    (finding,) = found
    assert isinstance(finding, DanglingInitial)
    assert (finding.severity, finding.strict_error) == (Severity.WARNING, True)
    assert finding.facts == {"state_id": "second", "const_id": 0}
    assert finding.where.path == "$.stateLayout.cells[1].initialConstId"


def test_each_dangling_cell_is_reported() -> None:
    """What compiled programs do: every cell names constant 0, which does not exist."""
    b = builder()
    for name in ("a", "b", "c"):
        b.cell(name, initialConstId=0)
    found: list[IrrunError] = []
    initial_state(b.program(), found)

    assert [finding.facts["state_id"] for finding in found] == ["a", "b", "c"]


def test_dangling_constant_needs_no_reporter() -> None:
    """Without a reporter the state is made all the same."""
    b = builder()
    b.cell("c", initialConstId=0)

    assert initial_state(b.program()).f64.tolist() == [0]


def test_directory_beyond_its_pool_is_an_error() -> None:
    """A directory entry that leads nowhere is no dangling id but a broken program."""
    b = builder()
    pools(b, constIndex=[{"k": "f32", "idx": 2}])
    b.cell("c", initialConstId=0)

    with pytest.raises(ConstIndexOutOfPool) as caught:
        initial_state(b.program())

    facts = caught.value.facts
    assert (facts["const_id"], facts["pool"], facts["index"], facts["size"]) == (0, "f32", 2, 2)


class Beyond(NamedTuple):
    name: str
    offset: int
    size: int
    state: list[float]


BEYOND = [
    Beyond("reaches over the end", 1, 5, [0, 3, 3]),
    Beyond("starts at the end", 3, 2, [0, 0, 0]),
    Beyond("far away", 2**40, 1, [0, 0, 0]),
    Beyond("empty cell", 1, 0, [0, 0, 0]),
]


@pytest.mark.parametrize("row", BEYOND, ids=lambda row: row.name)
def test_elements_beyond_the_array_are_ignored(row: Beyond) -> None:
    """A cell fills what lies inside its array; the array keeps its size."""
    b = builder()
    b.cell("c", initialConstId=b.const(3.0, "f64"))
    b.doc["stateLayout"]["cells"][0] |= {"offset": row.offset, "size": row.size}
    b.doc["stateLayout"]["f64Size"] = 3

    assert initial_state(b.program()).f64.tolist() == row.state


def test_later_of_two_overlapping_cells_wins() -> None:
    """Cells are filled in the order of the list."""
    b = builder()
    b.cell("a", size=3, initialConstId=b.const(1.0, "f64"))
    b.cell("b", size=1, initialConstId=b.const(2.0, "f64"))
    b.doc["stateLayout"]["cells"][1]["offset"] = 1

    assert initial_state(b.program()).f64.tolist()[:3] == [1, 2, 1]


# --- What stateful operations start from ----------------------------------------------------


class OpRow(NamedTuple):
    op: str
    cell: list[float]
    """What the three elements of the operation's cell start from."""


OP_ROWS = [
    OpRow("integrate", [0, 0, 0]),
    OpRow("slew", [0, 0, 0]),
    OpRow("sampleHold", [0, 0, 0]),
    OpRow("delayMs", [0, 0, 0]),
    OpRow("delayFrames", [0, 0, 0]),
    OpRow("edgeDetectWrap", [-1, 0, 0]),
    OpRow("pulseDivider", [-1, 0, 0]),
    OpRow("envelopeAD", [-math.inf, 0, 0]),
]


def stateful(b: ProgramBuilder, op: str, **cell: Any) -> Program:
    """Return a program with one operation, whose cell of size 3 stands behind another cell."""
    b.cell("other", size=1)
    b.cell("mine", size=3, **cell)
    b.signal("stateful", op=op, stateId="mine")
    return b.program()


@pytest.mark.parametrize("row", OP_ROWS, ids=lambda row: row.op)
def test_cell_of_an_operation_starts_from_its_wanted_value(row: OpRow) -> None:
    """Without a constant the operation's own initial value counts (section 6.7)."""
    state = initial_state(stateful(builder(), row.op))

    assert state.f64.tolist() == [0, *row.cell]


@pytest.mark.parametrize("row", OP_ROWS, ids=lambda row: row.op)
def test_constant_beats_the_wanted_value(row: OpRow) -> None:
    """A valid initial constant wins, also where it is 0."""
    b = builder()
    state = initial_state(stateful(b, row.op, initialConstId=b.const(0.0, "f64")))

    assert state.f64.tolist() == [0, 0, 0, 0]


def test_dangling_constant_gives_way_to_the_wanted_value() -> None:
    """A dangling constant is absent, so the operation's value counts."""
    found: list[IrrunError] = []
    state = initial_state(stateful(builder(), "envelopeAD", initialConstId=0), found)

    assert state.f64.tolist() == [0, -math.inf, 0, 0]
    assert [finding.code for finding in found] == ["IR262"]


def test_null_constant_gives_way_to_the_wanted_value() -> None:
    """JSON writes -Infinity as null, so a null constant is no value (section 0.6)."""
    b = builder()
    state = initial_state(stateful(b, "envelopeAD", initialConstId=b.const(None, "f64")))

    assert state.f64.tolist() == [0, -math.inf, 0, 0]


def test_state_ids_are_compared_as_text() -> None:
    """Compiled state ids are numbers: 7 and "7" are one cell."""
    b = builder()
    b.cell("seven")
    b.doc["stateLayout"]["cells"][0]["stateId"] = 7
    b.signal("stateful", op="pulseDivider", stateId="7")

    assert initial_state(b.program()).f64.tolist() == [-1]


def test_wanted_value_beyond_a_small_cell_is_ignored() -> None:
    """A cell takes as many wanted values as it has elements."""
    b = builder()
    b.cell("mine", size=1)
    b.cell("next", size=1, initialConstId=b.const(5.0, "f64"))
    program = b.program()

    state = initialize_state(
        program.state_layout, program.constants, initials={"mine": (1.0, 2.0), "next": (3.0,)}
    )

    assert state.f64.tolist() == [1, 5]


# --- Looking at state -----------------------------------------------------------------------


def test_cell_is_a_view() -> None:
    """Writing through a cell writes the array."""
    b = builder()
    b.cell("a", size=2)
    b.cell("b", size=2)
    state = initial_state(b.program())

    state.cell(state.layout.cells[1])[:] = [7, 8]

    assert state.f64.tolist() == [0, 0, 7, 8]


def test_cell_is_cut_off_at_the_end_of_its_array() -> None:
    """A cell that reaches beyond its array has only the elements inside."""
    b = builder()
    b.cell("c", size=5)
    b.doc["stateLayout"]["f64Size"] = 2
    state = initial_state(b.program())

    assert state.cell(state.layout.cells[0]).shape == (2,)


def test_snapshot_is_a_copy() -> None:
    """A snapshot keeps the contents of its moment, as plain numbers."""
    b = builder()
    b.cell("a", initialConstId=b.const(1.5, "f64"))
    b.cell("n", "i32", initialConstId=b.const(3, "i32"))
    state = initial_state(b.program())
    before = state.snapshot()

    state.f64[0] = 2.5

    assert before == {"f64": [1.5], "f32": [], "i32": [3]}
    assert [type(before[storage][0]) for storage in ("f64", "i32")] == [float, int]
    assert state.snapshot()["f64"] == [2.5]


def test_two_buffers_share_nothing() -> None:
    """Buffers made from one layout and one constant pool are independent."""
    b = builder()
    b.cell("a", size=2, initialConstId=b.const(1.0, "f64"))
    program = b.program()
    first, second = initial_state(program), initial_state(program)

    first.f64[:] = 9

    assert second.f64.tolist() == [1, 1]
    assert initial_state(program).f64.tolist() == [1, 1]


@examples(25, long=200)
@given(
    st.lists(
        st.tuples(st.sampled_from(STORAGES), st.integers(0, 4), st.none() | st.integers(-9, 9)),
        max_size=8,
    )
)
def test_packed_cells_are_filled_one_after_another(
    cells: list[tuple[StateStorage, int, int | None]],
) -> None:
    """Each array is the cells of its storage in order: their constant, or 0, size times."""
    b = builder()
    expected: dict[StateStorage, list[float]] = {storage: [] for storage in STORAGES}
    for i, (storage, size, value) in enumerate(cells):
        constant = {} if value is None else {"initialConstId": b.const(value, "i32")}
        b.cell(f"c{i}", storage, size, **constant)
        expected[storage] += [value or 0] * size

    assert initial_state(b.program()).snapshot() == expected
