"""Value buses in real programs (runtime-semantics section 8, and 10.7 for buffers)."""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_builder import Document, ProgramBuilder, type_desc
from support.conformance_vectors import difference
from support.examples import examples

from irrun.errors import IrrunError
from irrun.errors.checks.values import NanSortKey
from irrun.errors.expressions import (
    BadOperand,
    IdOutOfRange,
    MissingParameter,
    MixedPublishers,
    PublishersOutOfOrder,
    UnknownMode,
)
from irrun.errors.program import ConstantNotFound
from irrun.ir.values import Buffer, CombinedField, FieldRef
from irrun.runtime.runtime import Runtime
from irrun.trace.observers import TraceRecorder

NAN, INF = math.nan, math.inf
OUT, SOURCES = 10, 20


def publisher(index: int, **fields: Any) -> Document:
    """Return the publisher that reads source `index`; in order, enabled, without a chain."""
    row = {"publisherId": f"p{index}", "enabled": True, "sortKey": index}
    return row | {"srcSlot": SOURCES + index} | fields


def bus(
    publishers: Sequence[Document],
    mode: str = "sum",
    domain: str = "number",
    *,
    world: str = "signal",
    silent: Document | None = None,
    chains: Sequence[Sequence[Document]] = (),
) -> ProgramBuilder:
    """Return a program of one bus; its value goes to slot 10."""
    b = ProgramBuilder("bus")
    b.slot(OUT, "object")
    for slot in sorted({p["srcSlot"] for p in publishers}):
        b.slot(slot, "object")
    b.doc["transforms"] = {"chains": [{"steps": list(steps)} for steps in chains]}
    b.step(
        "busEval",
        "s-bus",
        busIndex=b.bus("the-bus", mode, domain, world),
        outSlot=OUT,
        publishers=list(publishers),
        combine={"mode": mode},
        silent=silent or {"kind": "zero"},
        busType=type_desc(domain, world),
    )
    return b


def run(b: ProgramBuilder, values: Sequence[Any], *, quirks: bool = False) -> Runtime:
    """Run one frame with values in the sources."""
    runtime = Runtime(b.program(), quirks=quirks, fps=10)
    for i, value in enumerate(values):
        runtime.values.write(SOURCES + i, value)
    runtime.run_frame(0.0)
    return runtime


def combined(
    values: Sequence[Any], mode: str, domain: str = "number", world: str = "signal"
) -> Any:
    """Return what a bus makes of values that are in order."""
    publishers = [publisher(i) for i, _ in enumerate(values)]
    return run(bus(publishers, mode, domain, world=world), values).values.peek(OUT)


def same(got: Any, expected: Any) -> bool:
    return difference(got, expected) is None


def v(x: float, y: float) -> dict[str, float]:
    return {"x": x, "y": y}


# --- Modes ----------------------------------------------------------------------------------


class Row(NamedTuple):
    mode: str
    values: tuple[float, ...]
    expected: float


MODES = [
    Row("sum", (0.1, 0.2, 0.3), 0.6000000000000001),
    Row("sum", (0.3, 0.2, 0.1), 0.6),
    Row("sum", (-0.0,), 0.0),
    Row("sum", (-0.0, -0.0), 0.0),
    Row("sum", (INF, -INF), NAN),
    Row("sum", (1, 2), 3.0),
    Row("average", (0.1, 0.2, 0.3), 0.20000000000000004),
    Row("average", (-0.0,), 0.0),
    Row("average", (7.0,), 7.0),
    Row("min", (3.0, -0.0, 0.0), -0.0),
    Row("min", (3.0, NAN, 1.0), NAN),
    Row("min", (-0.0,), -0.0),
    Row("max", (-3.0, -0.0, 0.0), 0.0),
    Row("max", (NAN, 1.0), NAN),
    Row("last", (3.0, 1.0, 2.0), 2.0),
    Row("last", (-0.0,), -0.0),
    Row("last", (1.0, NAN), NAN),
    Row("layer", (3.0, 1.0, 2.0), 2.0),
    Row("product", (0.1, 0.2, 0.3), 0.006000000000000001),
    Row("product", (-0.0,), -0.0),
    Row("product", (INF, 0.0), NAN),
]


@pytest.mark.parametrize("row", MODES, ids=lambda row: f"{row.mode} of {row.values}")
def test_mode(row: Row) -> None:
    """A mode computes from left to right, from one publisher on; results are doubles."""
    got = combined(row.values, row.mode)

    assert same(got, row.expected)
    assert type(got) is float


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("mode", ["no such mode", "merge", ""])
def test_unknown_mode(mode: str, count: int) -> None:
    """A mode without meaning is IR419, for a single publisher too."""
    with pytest.raises(UnknownMode) as caught:
        combined([1.0] * count, mode)

    assert (caught.value.code, caught.value.facts["mode"]) == ("IR419", mode)


def test_disabled_publishers_do_not_count() -> None:
    """Neither their value nor their number counts; their slot is not read."""
    publishers = [publisher(0), publisher(1, enabled=False), publisher(2)]
    b = bus(publishers, "average")
    runtime = Runtime(b.program())
    runtime.values.write(SOURCES, 1.0)
    runtime.values.write(SOURCES + 2, 2.0)
    runtime.run_frame(0.0)

    assert runtime.values.peek(OUT) == 1.5
    assert runtime.findings == []


def test_a_bus_may_read_a_bus() -> None:
    """Steps run in list order: a later bus sees the earlier one's value of the same frame."""
    b = bus([publisher(0), publisher(1)])
    b.slot(OUT + 1)
    b.step(
        "busEval",
        "s-second",
        busIndex=0,
        outSlot=OUT + 1,
        publishers=[publisher(0), publisher(1, srcSlot=OUT)],
        combine={"mode": "product"},
        silent={"kind": "zero"},
        busType=type_desc(),
    )

    assert run(b, [3.0, 4.0]).values.peek(OUT + 1) == 21.0


def test_a_slot_that_several_publishers_share() -> None:
    """A slot counts once for each publisher."""
    b = bus([publisher(0), publisher(1, srcSlot=SOURCES)])

    assert run(b, [2.5]).values.peek(OUT) == 5.0


def test_a_source_that_nothing_has_written() -> None:
    """It reads 0, with the warning of every such read."""
    runtime = run(bus([publisher(0), publisher(1)]), [2.5])

    assert runtime.values.peek(OUT) == 2.5
    assert [finding.code for finding in runtime.findings] == ["IR450"]


# --- Order ----------------------------------------------------------------------------------


class Listed(NamedTuple):
    """Sort keys and ids as listed, and the ids in order."""

    name: str
    listed: list[tuple[float, str]]
    ordered: list[str]


ORDERS = [
    Listed("by sort key", [(2, "a"), (-1, "b"), (0.5, "c")], ["b", "c", "a"]),
    Listed("then by id", [(0, "b"), (0, "a"), (0, "c")], ["a", "b", "c"]),
    Listed("the key comes first", [(1, "a"), (0, "z")], ["z", "a"]),
    Listed("ids are texts", [(0, "p2"), (0, "p10")], ["p10", "p2"]),
    Listed("upper case first", [(0, "a"), (0, "B")], ["B", "a"]),
    Listed("a prefix comes first", [(0, "ab"), (0, "a"), (0, "")], ["", "a", "ab"]),
    Listed("minus zero is zero", [(0.0, "b"), (-0.0, "c"), (0.0, "a")], ["a", "b", "c"]),
    # As UTF-16 the emoji begins with 0xD83D, which is below 0xFFFD; as a code point it is above.
    Listed("utf-16", [(0, "\ufffd"), (0, "\U0001f600")], ["\U0001f600", "\ufffd"]),
    Listed("utf-16, within", [(0, "x\ue000"), (0, "x\U00010000")], ["x\U00010000", "x\ue000"]),
]


def terms_of(b: ProgramBuilder, values: Sequence[Any], *, quirks: bool = False) -> list[str]:
    """Return the ids of the publishers in the order in which they are combined."""
    recorder = TraceRecorder([0], details=True)
    runtime = Runtime(b.program(), quirks=quirks, observers=[recorder])
    for i, value in enumerate(values):
        runtime.values.write(SOURCES + i, value)
    runtime.run_frame(0.0)
    (step,) = recorder.traces[0].steps
    return [detail.text.removeprefix("publisher ") for detail in step.details]


def listed_bus(row: Listed, mode: str = "last") -> ProgramBuilder:
    return bus(
        [publisher(i, sortKey=key, publisherId=name) for i, (key, name) in enumerate(row.listed)],
        mode,
    )


@pytest.mark.parametrize("row", ORDERS, ids=lambda row: row.name)
def test_order(row: Listed) -> None:
    """Publishers are combined by sort key, then by id in UTF-16 code units."""
    values = [float(i) for i, _ in enumerate(row.listed)]
    names = [name for _, name in row.listed]

    assert terms_of(listed_bus(row), values) == row.ordered
    assert run(listed_bus(row), values).values.peek(OUT) == names.index(row.ordered[-1])


@pytest.mark.parametrize("row", ORDERS, ids=lambda row: row.name)
def test_list_in_another_order_is_reported(row: Listed) -> None:
    """IR455 says how the publishers are listed and how they are combined; once."""
    runtime = run(listed_bus(row), [0.0] * len(row.listed))
    runtime.run_frame(10.0)

    (warning,) = runtime.findings
    assert isinstance(warning, PublishersOutOfOrder)
    assert warning.code == "IR455"
    assert warning.facts["ordered"] == ", ".join(row.ordered)
    assert warning.facts["listed"] == ", ".join(name for _, name in row.listed)
    assert warning.where.step == "s-bus"


@pytest.mark.parametrize("row", ORDERS, ids=lambda row: row.name)
def test_with_quirks_the_list_is_the_order(row: Listed) -> None:
    """The reference takes publishers as they are listed, and says nothing."""
    values = [float(i) for i, _ in enumerate(row.listed)]
    runtime = run(listed_bus(row), values, quirks=True)

    assert terms_of(listed_bus(row), values, quirks=True) == [name for _, name in row.listed]
    assert runtime.values.peek(OUT) == values[-1]
    assert runtime.findings == []


def test_list_in_order_is_not_remarked_on() -> None:
    """Disabled publishers do not disturb the order; equal ones keep their place in the list."""
    publishers = [
        publisher(0, sortKey=1, publisherId="b"),
        publisher(1, sortKey=0, publisherId="a", enabled=False),
        publisher(2, sortKey=1, publisherId="b"),
        publisher(3, sortKey=1.5, publisherId="a"),
    ]
    runtime = run(bus(publishers[:3], "last"), [1.0, 2.0, 3.0])

    assert runtime.values.peek(OUT) == 3.0
    assert runtime.findings == []
    assert run(bus(publishers), [1.0, 2.0, 3.0, 4.0]).findings == []


def test_a_key_that_is_nan_comes_last() -> None:
    """The keys around it are sorted as ever; two of them go by id; each is reported."""
    row = Listed("nan", [(2, "a"), (NAN, "z"), (1, "c"), (NAN, "y"), (INF, "e"), (-INF, "f")], [])
    numbers = [float(i) for i, _ in enumerate(row.listed)]
    runtime = run(listed_bus(row), numbers)
    runtime.run_frame(10.0)

    assert terms_of(listed_bus(row), numbers) == ["f", "c", "a", "e", "y", "z"]
    assert runtime.values.peek(OUT) == 1.0
    assert [f.sentence for f in runtime.findings if isinstance(f, NanSortKey)] == [
        f"the sortKey of publisher {name} is NaN, which sorts behind all numbers" for name in "zy"
    ]


def test_a_key_that_is_nan_and_listed_last_is_in_order() -> None:
    """Nothing is said of the order, though NaN is not equal to itself."""
    row = Listed("nan", [(1, "b"), (NAN, "a")], [])

    (only,) = run(listed_bus(row), [1.0, 2.0]).findings

    assert isinstance(only, NanSortKey)
    assert (only.where.step, only.where.field) == ("s-bus", "publishers[1].sortKey")


KEYS: Final = st.sampled_from([-1.0, -0.0, 0.0, 0.5, 2.0])
NAMES: Final = st.text(st.sampled_from("aB\ufffd\U0001f600\ue000"), max_size=2)


def utf16(text: str) -> list[int]:
    """Return the code units of a text, by arithmetic."""
    units: list[int] = []
    for point in map(ord, text):
        if point < 0x10000:
            units.append(point)
        else:
            units += [0xD800 + ((point - 0x10000) >> 10), 0xDC00 + ((point - 0x10000) & 0x3FF)]
    return units


@examples(40, long=300)
@given(st.lists(st.tuples(KEYS, NAMES), min_size=1, max_size=6))
def test_order_of_any_list(listed: list[tuple[float, str]]) -> None:
    """The order is stable, and is that of the keys and the code units."""
    row = Listed("any", listed, [])
    order = sorted(range(len(listed)), key=lambda i: (listed[i][0], utf16(listed[i][1])))

    got = terms_of(listed_bus(row), [0.0] * len(listed))

    assert got == [listed[i][1] for i in order]
    assert (
        run(listed_bus(row), [float(i) for i, _ in enumerate(listed)]).values.peek(OUT)
        == (order[-1])
    )


# --- Chains ---------------------------------------------------------------------------------

DOUBLE: Final = {"kind": "scaleBias", "scale": 2, "bias": 0}
INCREASE: Final = {"kind": "scaleBias", "scale": 1, "bias": 1}


def through(chain: int) -> Document:
    return {"transform": {"chainId": chain}}


def test_a_publisher_goes_through_its_own_chain() -> None:
    """Each value goes through its publisher's chain before values are combined."""
    b = bus(
        [publisher(0, **through(1)), publisher(1), publisher(2, **through(0))],
        chains=[[DOUBLE], [INCREASE, DOUBLE]],
    )

    assert run(b, [10.0, 100.0, 1000.0]).values.peek(OUT) == 22.0 + 100.0 + 2000.0


def test_with_quirks_chains_are_passed_over() -> None:
    """The reference ignores the transform of a publisher."""
    b = bus([publisher(0, **through(0)), publisher(1, **through(4711))], chains=[[DOUBLE]])

    assert run(b, [10.0, 100.0], quirks=True).values.peek(OUT) == 110.0


def test_chain_that_does_not_exist() -> None:
    """An unknown chain is IR412, which names it and the table."""
    b = bus([publisher(0, **through(3))], chains=[[DOUBLE]])

    with pytest.raises(IdOutOfRange) as caught:
        run(b, [1.0])

    facts = caught.value.facts
    assert (facts["id"], facts["table"], facts["size"]) == (3, "transforms.chains", 1)


def test_slew_of_a_publisher_has_its_own_memory() -> None:
    """A slew in a publisher's chain moves from frame to frame (appendix A.3)."""
    b = bus([publisher(0, **through(0))], chains=[[{"kind": "slew", "stateOffset": 1, "rate": 5}]])
    b.cell("block", size=2)
    runtime = Runtime(b.program(), fps=10)

    seen = []
    for i in range(3):
        runtime.values.write(SOURCES, 1.0)
        runtime.run_frame(i * 100.0)
        seen.append(runtime.values.peek(OUT))

    assert seen == [0.3934693402873666, 0.6321205588285577, 0.7768698398515701]
    assert runtime.state.f64.tolist() == [0.0, seen[-1]]


def test_chain_on_a_vector() -> None:
    """The values of a vec2 bus go through chains component by component."""
    b = bus([publisher(0, **through(0)), publisher(1)], domain="vec2", chains=[[INCREASE]])

    assert run(b, [v(1.0, 2.0), v(10.0, 20.0)]).values.peek(OUT) == v(12.0, 23.0)


def test_chains_that_change_the_shape() -> None:
    """What chains make of the values must still be combinable: IR422 if it is not."""
    chains = [[{"kind": "cast", "op": "numberToVec2"}]]
    both = bus([publisher(0, **through(0)), publisher(1, **through(0))], chains=chains)
    one = bus([publisher(0, **through(0)), publisher(1)], chains=chains)

    assert run(both, [1.0, 2.0]).values.peek(OUT) == v(3.0, 3.0)
    with pytest.raises(MixedPublishers) as caught:
        run(one, [1.0, 2.0])
    assert (caught.value.code, caught.value.facts["bus"]) == ("IR422", "the-bus")


def test_the_silent_value_goes_through_no_chain() -> None:
    """A chain belongs to a publisher, and there is none."""
    b = bus([publisher(0, enabled=False, **through(0))], chains=[[INCREASE]])

    assert run(b, []).values.peek(OUT) == 0.0


# --- Vectors and colours --------------------------------------------------------------------

MEMBERS: Final = {
    "vec2": ("x", "y"),
    "vec3": ("x", "y", "z"),
    "vec4": ("x", "y", "z", "w"),
    "quat": ("x", "y", "z", "w"),
    "color": ("r", "g", "b", "a"),
}


def record(domain: str, *numbers: float) -> dict[str, float]:
    """Return a record of a domain from the first of some numbers."""
    return dict(zip(MEMBERS[domain], numbers, strict=False))


COMPONENTWISE: list[Any] = [
    pytest.param("sum", (0.30000000000000004, 0.0, 5.0, 7.0), id="sum"),
    pytest.param("average", (0.15000000000000002, 0.0, 2.5, 3.5), id="average"),
    pytest.param("min", (0.1, -0.0, 2.0, 3.0), id="min"),
    pytest.param("max", (0.2, 0.0, 3.0, 4.0), id="max"),
    pytest.param("last", (0.2, 0.0, 3.0, 4.0), id="last"),
    pytest.param("product", (0.020000000000000004, -0.0, 6.0, 12.0), id="product"),
]


@pytest.mark.parametrize(("mode", "expected"), COMPONENTWISE)
@pytest.mark.parametrize("domain", MEMBERS)
def test_structured_values(domain: str, mode: str, expected: tuple[float, ...]) -> None:
    """Vectors, quaternions and colours are combined component by component."""
    values = [record(domain, 0.1, -0.0, 2.0, 3.0), record(domain, 0.2, 0.0, 3.0, 4.0)]

    assert same(combined(values, mode, domain), record(domain, *expected))


def test_the_order_of_members_does_not_matter() -> None:
    """Records are combined by name."""
    assert combined([v(1.0, 2.0), {"y": 20.0, "x": 10.0}], "sum", "vec2") == v(11.0, 22.0)


def test_a_single_vector_is_combined_too() -> None:
    """One publisher goes through the mode as well: a sum has no minus zero."""
    assert same(combined([v(-0.0, 1.0)], "sum", "vec2"), v(0.0, 1.0))
    assert same(combined([v(-0.0, 1.0)], "last", "vec2"), v(-0.0, 1.0))


WRONG = [
    pytest.param("number", v(1.0, 2.0), id="vector for a number"),
    pytest.param("number", [1.0], id="list for a number"),
    pytest.param("number", "1", id="text for a number"),
    pytest.param("phase01", v(1.0, 2.0), id="vector for a phase"),
    pytest.param("vec2", 1.0, id="number for a vec2"),
    pytest.param("vec2", {"x": 1.0, "y": 2.0, "z": 3.0}, id="vec3 for a vec2"),
    pytest.param("vec2", None, id="nothing for a vec2"),
    pytest.param("vec4", {"r": 1.0, "g": 1.0, "b": 1.0, "a": 1.0}, id="colour for a vec4"),
    pytest.param("color", {"x": 1.0, "y": 1.0, "z": 1.0, "w": 1.0}, id="vec4 for a colour"),
    pytest.param("color", 1.0, id="number for a colour"),
]


@pytest.mark.parametrize("mode", ["sum", "last"])
@pytest.mark.parametrize(("domain", "value"), WRONG)
def test_value_of_another_shape(domain: str, value: Any, mode: str) -> None:
    """A publisher that does not hold what the bus carries is IR417, and is named."""
    with pytest.raises(BadOperand) as caught:
        combined([value], mode, domain)

    assert caught.value.code == "IR417"
    assert "p0" in str(caught.value)


@pytest.mark.parametrize("chained", [False, True], ids=["plain", "through a chain"])
@pytest.mark.parametrize("mode", ["sum", "product", "min"])
def test_vector_with_a_member_that_is_no_number(mode: str, chained: bool) -> None:
    """Such a vector is a problem of the program, with a code."""
    fields = through(0) if chained else {}
    b = bus([publisher(0, **fields), publisher(1)], mode, "vec2", chains=[[DOUBLE, INCREASE]])

    with pytest.raises(IrrunError):
        run(b, [{"x": "a", "y": 1.0}, v(1.0, 2.0)])


@pytest.mark.parametrize("domain", ["string", "path", "mesh", "domain"])
def test_other_domains_can_only_be_chosen_from(domain: str) -> None:
    """Values that cannot be computed with take the mode last, and no other: IR419."""
    values = ["one", ["two"]]

    assert combined(values, "last", domain) == ["two"]
    with pytest.raises(UnknownMode):
        combined(values, "sum", domain)


@pytest.mark.parametrize("domain", ["vec2", "color"])
def test_slot_of_a_structured_bus_is_an_object_slot(domain: str) -> None:
    """Without slotMeta the bus type decides, so that the value survives (5.4)."""
    b = bus([publisher(0)], "last", domain)
    b.doc["slotMeta"] = []
    value = record(domain, 0.1, 0.2, 0.3, 0.4)
    b.initial(SOURCES, value)
    runtime = Runtime(b.program())
    runtime.run_frame(0.0)

    assert runtime.values.peek(OUT) == value


# --- Silence --------------------------------------------------------------------------------

ZEROS = [
    pytest.param("number", 0.0, id="number"),
    pytest.param("boolean", 0.0, id="boolean"),
    pytest.param("timeMs", 0.0, id="time"),
    pytest.param("vec2", v(0.0, 0.0), id="vec2"),
    pytest.param("vec3", {"x": 0.0, "y": 0.0, "z": 0.0}, id="vec3"),
    pytest.param("quat", {"x": 0.0, "y": 0.0, "z": 0.0, "w": 0.0}, id="quat"),
    pytest.param("color", {"r": 0.0, "g": 0.0, "b": 0.0, "a": 0.0}, id="colour"),
]


@pytest.mark.parametrize("publishers", [[], [publisher(0, enabled=False)]], ids=["none", "off"])
@pytest.mark.parametrize("kind", ["zero", "default", "typedZero"])
@pytest.mark.parametrize(("domain", "expected"), ZEROS)
def test_silent_zero(domain: str, expected: Any, kind: str, publishers: list[Document]) -> None:
    """Without an enabled publisher a bus holds the zero of its type, whatever its mode."""
    b = bus(publishers, "no such mode", domain, silent={"kind": kind})

    assert same(run(b, []).values.peek(OUT), expected)


class Silent(NamedTuple):
    """Constant pools, an id, and the value that a silent bus finds under it."""

    name: str
    f64: list[float]
    directory: list[tuple[str, int]]
    json: list[Any]
    const_id: int
    expected: Any


CONSTANTS = [
    Silent("f64 first", [1.5, 2.5], [("json", 0), ("json", 0)], [9], 1, 2.5),
    Silent("then the directory", [1.5], [("json", 0), ("json", 1)], [8, 9], 1, 9.0),
    Silent("then json", [], [], [8, 9], 1, 9.0),
    Silent("minus zero", [-0.0], [], [], 0, -0.0),
    Silent("a vector", [], [], [v(1, 2)], 0, v(1, 2)),
]


@pytest.mark.parametrize("row", CONSTANTS, ids=lambda row: row.name)
def test_silent_constant(row: Silent) -> None:
    """The silent constant is looked for in f64, then through the directory, then in json."""
    b = bus([], silent={"kind": "const", "constId": row.const_id})
    listed = [{"k": pool, "idx": index} for pool, index in row.directory]
    b.doc["constants"] |= {"json": row.json, "f64": row.f64, "constIndex": listed}

    assert same(run(b, []).values.peek(OUT), row.expected)


def test_silent_constant_that_does_not_exist() -> None:
    """An id beyond all pools is IR201; no id at all is IR418."""
    with pytest.raises(ConstantNotFound):
        run(bus([], silent={"kind": "const", "constId": 4711}), [])
    with pytest.raises(MissingParameter) as caught:
        run(bus([], silent={"kind": "const"}), [])

    assert caught.value.facts["name"] == "constId"


def test_silent_constant_is_not_looked_at_while_somebody_publishes() -> None:
    """A dangling silent constant does no harm to a bus that is not silent."""
    b = bus([publisher(0)], silent={"kind": "const", "constId": 4711})

    assert run(b, [2.5]).values.peek(OUT) == 2.5


# --- Field buses ----------------------------------------------------------------------------


def f32(*numbers: float) -> Any:
    return np.array(numbers, dtype=np.float32)


def handle(array: Any, components: int = 1, element: str = "f32") -> Buffer:
    return Buffer(array, components, element)


class FieldRow(NamedTuple):
    mode: str
    expected: tuple[float, ...]


FIELD_MODES = [
    FieldRow("sum", (0.6000000238418579, NAN, NAN)),
    FieldRow("average", (0.20000000298023224, NAN, NAN)),
    FieldRow("min", (0.10000000149011612, 1.0, 1.0)),
    FieldRow("max", (0.30000001192092896, 2.0, 3.0)),
    FieldRow("last", (0.30000001192092896, 2.0, 3.0)),
    FieldRow("layer", (0.30000001192092896, 2.0, 3.0)),
    FieldRow("product", (0.0060000005178153515, NAN, NAN)),
]
"""Appendix A.5: combine of (.1, NaN, 1), (.2, 1, NaN), (.3, 2, 3)."""


@pytest.mark.parametrize("bare", [False, True], ids=["handles", "bare arrays"])
@pytest.mark.parametrize("row", FIELD_MODES, ids=lambda row: row.mode)
def test_buffers(row: FieldRow, bare: bool) -> None:
    """Buffers are combined element by element in doubles, rounded once; min and max skip NaN."""
    arrays = [f32(0.1, NAN, 1), f32(0.2, 1, NAN), f32(0.3, 2, 3)]
    values = arrays if bare else [handle(array) for array in arrays]

    got = combined(values, row.mode, world="field")

    assert isinstance(got, Buffer)
    assert (got.data.dtype.name, got.components, got.element) == ("float32", 1, "f32")
    assert same(got.data, list(row.expected))


def test_buffers_of_nothing_but_nan() -> None:
    """An element without a number is where min and max start."""
    values = [f32(NAN), f32(NAN)]

    assert combined(values, "min", world="field").data.tolist() == [INF]
    assert combined(values, "max", world="field").data.tolist() == [-INF]


def test_the_sum_of_buffers_is_rounded_once() -> None:
    """Small terms that vanish one by one in float32 survive together."""
    values = [f32(2**24), f32(1), f32(1)]

    assert combined(values, "sum", world="field").data.tolist() == [2.0**24 + 2]


def test_buffer_has_the_format_of_the_first() -> None:
    """Components are those of the first publisher, elements always float32."""
    values = [handle(f32(1, 2, 3, 4), 2), handle(np.array([1, 2, 3, 255], np.uint8), 4, "u8")]

    got = combined(values, "sum", "vec2", "field")

    assert (got.components, got.element) == (2, "f32")
    assert got.data.tolist() == [2.0, 4.0, 6.0, 259.0]


def test_combining_leaves_the_publishers_buffers_alone() -> None:
    """The result is a buffer of its own, also where a mode picks one."""
    array = f32(1, 2)
    for mode in ("sum", "last", "min"):
        got = combined([handle(array)], mode, world="field")
        got.data[:] = 9.0

    assert array.tolist() == [1.0, 2.0]


def test_empty_buffers() -> None:
    """Empty domains are legal."""
    assert combined([f32(), f32()], "average", world="field").data.tolist() == []


@pytest.mark.parametrize("mode", ["sum", "last", "layer"])
def test_field_handles_become_one_combined_field(mode: str) -> None:
    """Field expressions are combined when they are materialized: mode and terms are kept."""
    got = combined([FieldRef("2"), FieldRef("1")], mode, world="field")

    assert got == CombinedField(mode, (FieldRef("2"), FieldRef("1")))


def test_a_combined_field_is_a_field() -> None:
    """A bus of fields may feed another."""
    inner = CombinedField("sum", (FieldRef("1"), FieldRef("2")))

    got = combined([inner, FieldRef("3")], "max", world="field")

    assert got == CombinedField("max", (inner, FieldRef("3")))


MIXED: list[Any] = [
    pytest.param(lambda: [handle(f32(1)), FieldRef("1")], id="buffer and field"),
    pytest.param(lambda: [FieldRef("1"), handle(f32(1))], id="field and buffer"),
    pytest.param(lambda: [handle(f32(1)), 1.0], id="buffer and number"),
    pytest.param(lambda: [handle(f32(1, 2)), handle(f32(1))], id="different lengths"),
    pytest.param(lambda: [1.0], id="number"),
    pytest.param(lambda: [None], id="nothing"),
]


@pytest.mark.parametrize("mode", ["sum", "last"])
@pytest.mark.parametrize("values", MIXED)
def test_fields_that_cannot_be_combined(values: Callable[[], list[Any]], mode: str) -> None:
    """Buffers go with buffers of the same length, fields with fields: else IR422, with the bus."""
    with pytest.raises(MixedPublishers) as caught:
        combined(values(), mode, world="field")

    assert (caught.value.code, caught.value.facts["bus"]) == ("IR422", "the-bus")


@pytest.mark.parametrize("value", [f32(1), FieldRef("1")], ids=["buffer", "field"])
def test_unknown_mode_of_a_field_bus(value: Any) -> None:
    """Field buses know the same modes: IR419 for any other."""
    with pytest.raises(UnknownMode):
        combined([value], "merge", world="field")


def test_chain_of_a_field_publisher_is_not_lost() -> None:
    """A chain is applied to each element, or refused; it is not passed over in silence."""
    b = bus([publisher(0, **through(0))], world="field", chains=[[DOUBLE]])
    try:
        got = run(b, [handle(f32(1, 2))]).values.peek(OUT)
    except IrrunError:
        return

    assert got.data.tolist() == [2.0, 4.0]
