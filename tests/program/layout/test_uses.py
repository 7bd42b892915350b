"""What steps use through expressions: signals, fields, and state cells above all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from program_builder import ProgramBuilder
from support.step_samples import materialization, publisher

from irrun.program.layout.uses import Uses, state_users
from irrun.program.program import Program
from irrun.program.reading.codec import load

Build = Callable[[ProgramBuilder], object]
PROGRAMS = Path(__file__).resolve().parents[3] / "programs"


def users_by_key(program: Program) -> dict[str, tuple[int, ...]]:
    """Return, by state id, the steps that use a cell; cells that none uses are left out."""
    users = zip(program.state_layout.cells, state_users(program), strict=True)
    return {cell.key: steps for cell, steps in users if steps}


def with_cells() -> ProgramBuilder:
    """A program with cells `a`, `b` (two elements) and `c` of nodes of their own, and signal 0."""
    b = ProgramBuilder("cells")
    b.signal_const(1)
    b.cell("a")
    b.cell("b", size=2)
    b.cell("c")
    return b


def stateful(state: str | int, **params: Any) -> Callable[[ProgramBuilder], int]:
    """Return what adds a stateful signal."""
    return lambda b: b.signal("stateful", op="integrate", input=0, stateId=state, params=params)


def evaluated(*signals: Callable[[ProgramBuilder], int]) -> Build:
    """Return what adds a step that evaluates signals."""

    def build(b: ProgramBuilder) -> None:
        ids = [signal(b) for signal in signals]
        outputs = [{"sigId": sig, "slot": 10 + i} for i, sig in enumerate(ids)]
        b.step("signalEval", f"s{len(b.doc['schedule']['steps'])}", outputs=outputs)

    return build


def within(inner: Callable[[ProgramBuilder], int]) -> Callable[[ProgramBuilder], int]:
    """Return what adds a signal that is made of another."""
    return lambda b: b.signal("map", src=inner(b), fn={"kind": "opcode", "opcode": 120})


def slew(offset: int) -> int:
    """Return the id of the chain that `chains` makes for an offset."""
    return offset


def chains(b: ProgramBuilder) -> None:
    """Add a chain with a slew for each of the elements 0 to 3, and one without."""
    number = {"world": "signal", "domain": "number"}
    common = {"fromType": number, "toType": number, "cost": "cheap"}
    rows: list[dict[str, Any]] = [
        {"steps": [{"kind": "slew", "rate": 1, "stateOffset": i}], **common} for i in range(4)
    ]
    rows.append({"steps": [{"kind": "scaleBias", "scale": 1, "bias": 0}], **common})
    b.doc["transforms"] = {"chains": rows}


def transformed(offset: int) -> Callable[[ProgramBuilder], int]:
    """Return what adds a signal through a slew."""

    def build(b: ProgramBuilder) -> int:
        chains(b)
        return b.signal("transform", src=0, chain=slew(offset))

    return build


def bus(chain: int | None, *, enabled: bool = True) -> Build:
    """Return what adds a bus step with a publisher, perhaps through a chain."""

    def build(b: ProgramBuilder) -> None:
        chains(b)
        row = publisher(11, enabled=enabled) | (
            {} if chain is None else {"transform": {"chainId": chain}}
        )
        index = b.bus("bus", "sum")
        b.step("busEval", "s-bus", busIndex=index, outSlot=12, publishers=[row],
               combine={"mode": "sum"}, silent={"kind": "zero"},
               busType={"world": "signal", "domain": "number"})  # fmt: skip

    return build


def events(chain: int) -> Build:
    """Return what adds a step of an event bus whose publisher names a chain."""

    def build(b: ProgramBuilder) -> None:
        chains(b)
        row = publisher(11) | {"transform": {"chainId": chain}}
        index = b.bus("bus", "merge")
        b.step("eventBusEval", "s-bus", busIndex=index, outSlot=12, publishers=[row],
               combine={"mode": "merge"},
               busType={"world": "event", "domain": "trigger"})  # fmt: skip

    return build


def handled(first: int, *, through: int | None = None, taken: bool = True) -> Build:
    """Return what adds a field through a slew, and a colour step that takes its handle.

    Args:
        first: The chain of the field.
        through: The chain of a bus of fields that hands the handle on; None for no bus.
        taken: False if nothing takes the handle.
    """

    def build(b: ProgramBuilder) -> None:
        chains(b)
        source = b.field("broadcastSig", sig=stateful("b")(b), domainSlot=10)
        field = b.field("transform", src=source, chain=slew(first))
        b.initial(11, {"kind": "fieldExpr", "exprId": str(field)})
        slot = 11
        if through is not None:
            slot = 12
            row = publisher(11) | {"transform": {"chainId": slew(through)}}
            b.step("busEval", "s-bus", busIndex=b.bus("bus", "last"), outSlot=12, publishers=[row],
                   combine={"mode": "last"}, silent={"kind": "zero"},
                   busType={"world": "field", "domain": "color"})  # fmt: skip
        if taken:
            b.step("materializeColor", "s", domainSlot=10, colorExprSlot=slot, outRSlot=20,
                   outGSlot=21, outBSlot=22, outASlot=23)  # fmt: skip

    return build


def node(reads: list[Any], writes: list[Any]) -> Build:
    """Return what adds a node step that names cells."""

    def build(b: ProgramBuilder) -> None:
        index = b.node("node", 400, 0)
        b.step("nodeEval", "s-node", nodeIndex=index, inputSlots=[], outputSlots=[12],
               phase="preBus", stateReads=reads, stateWrites=writes)  # fmt: skip

    return build


def materialized(signal: Callable[[ProgramBuilder], int]) -> Build:
    """Return what adds a step that fills a buffer from a signal."""

    def build(b: ProgramBuilder) -> None:
        field = b.field("broadcastSig", sig=signal(b), domainSlot=10)
        b.step("materialize", "s-mat", materialization=materialization(fieldExprId=str(field)))

    return build


def slewed_field(offset: int) -> Build:
    """Return what adds a step that fills a buffer through a slew."""

    def build(b: ProgramBuilder) -> None:
        chains(b)
        source = b.field("broadcastSig", sig=0, domainSlot=10)
        field = b.field("transform", src=source, chain=slew(offset))
        b.step("materialize", "s-mat", materialization=materialization(fieldExprId=str(field)))

    return build


class Row(NamedTuple):
    name: str
    build: Build
    users: dict[str, tuple[int, ...]]


def twice(*builds: Build) -> Build:
    """Return what adds several steps."""

    def build(b: ProgramBuilder) -> None:
        for each in builds:
            each(b)

    return build


ROWS = [
    Row("nobody", evaluated(lambda b: 0), {}),
    Row("a stateful signal", evaluated(stateful("a")), {"a": (0,)}),
    Row("within another signal", evaluated(within(within(stateful("b")))), {"b": (0,)}),
    Row("two cells", evaluated(stateful("c"), stateful("a")), {"a": (0,), "c": (0,)}),
    Row("two steps", twice(evaluated(stateful("a")), evaluated(stateful("b"), stateful("a"))),
        {"a": (0, 1), "b": (1,)}),
    Row("one step twice", evaluated(stateful("a"), stateful("a")), {"a": (0,)}),
    Row("a cell that is not there", evaluated(stateful("z")), {}),
    Row("by its offset", evaluated(stateful("z", stateOffset=2)), {"b": (0,)}),
    Row("by an offset beyond all cells", evaluated(stateful("z", stateOffset=9)), {}),
    Row("a signal that no step evaluates", stateful("a"), {}),
    Row("a slew in a signal", evaluated(transformed(0)), {"a": (0,)}),
    Row("a slew within a cell", evaluated(transformed(2)), {"b": (0,)}),
    Row("a slew of a publisher", bus(3), {"c": (0,)}),
    Row("a publisher through a chain without memory", bus(4), {}),
    Row("a publisher without a chain", bus(None), {}),
    Row("a chain that is not there", bus(77), {}),
    Row("a slew of a disabled publisher", bus(3, enabled=False), {}),
    Row("a slew of a publisher of events", events(3), {}),
    Row("a node that reads", node(["a"], []), {"a": (0,)}),
    Row("a node that writes", node([], ["c"]), {"c": (0,)}),
    Row("a node that does both", node(["b"], ["b"]), {"b": (0,)}),
    Row("a field", materialized(stateful("b")), {"b": (0,)}),
    Row("a slew of a field", slewed_field(2), {"b": (0,)}),
    Row("a handle in a slot", handled(0), {"a": (0,), "b": (0,)}),
    Row("a handle that nothing takes", handled(0, taken=False), {}),
    Row("a handle through a bus", handled(0, through=3),
        {"a": (0, 1), "b": (0, 1), "c": (0, 1)}),
    Row("a field through other signals", materialized(within(stateful("c"))), {"c": (0,)}),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_who_uses_a_cell(row: Row) -> None:
    """Through signals, nodes, chains and fields, by id or by raw index."""
    b = with_cells()
    row.build(b)

    assert users_by_key(b.program()) == row.users


def test_the_cells_of_one_node_go_together() -> None:
    """An operation that names one cell of a node may use its others, in the layout's order."""
    b = ProgramBuilder("node")
    b.signal_const(1)
    b.cell("ring", size=4, nodeId="delay")
    b.cell("other", nodeId="other")
    b.cell("at", "i32", nodeId="delay")
    evaluated(stateful("ring"))(b)
    program = b.program()

    assert Uses(program).reached([0]).cells == (0, 2)
    assert users_by_key(program) == {"ring": (0,), "at": (0,)}


def test_ids_that_are_numbers_are_met_as_text() -> None:
    """Compiled programs number their cells."""
    b = ProgramBuilder("numbers")
    b.signal_const(1)
    b.cell("7")
    b.doc["stateLayout"]["cells"][0]["stateId"] = 7
    evaluated(stateful("7"))(b)

    assert users_by_key(b.program()) == {"7": (0,)}


def test_raw_indices_lead_into_the_f64_array_only() -> None:
    """A cell of another storage at the same offset is not meant, but by delays."""
    b = ProgramBuilder("storages")
    b.signal_const(1)
    b.cell("whole", "i32")
    b.cell("real", "f64")
    evaluated(stateful("z", stateOffset=0))(b)

    assert users_by_key(b.program()) == {"real": (0,)}

    b.signal("stateful", op="delayMs", input=0, stateId="z", params={"stateOffset": 0})
    b.doc["schedule"]["steps"][0]["outputs"][0]["sigId"] = 2
    assert users_by_key(b.program()) == {"whole": (0,), "real": (0,)}


@pytest.mark.parametrize(("offset", "users"), [(0, ("a",)), (2, ("a", "over")), (3, ("a",))])
def test_cells_that_overlap_are_all_meant(offset: int, users: tuple[str, ...]) -> None:
    """They are no error; a cell without elements holds no index."""
    b = ProgramBuilder("overlap")
    b.signal_const(1)
    for key, at, size in (("a", 0, 4), ("over", 2, 1), ("empty", 2, 0)):
        b.cell(key, size=max(size, 1))
        b.doc["stateLayout"]["cells"][-1] |= {"offset": at, "size": size}
    evaluated(stateful("z", stateOffset=offset))(b)

    assert users_by_key(b.program()) == dict.fromkeys(users, (0,))


def test_a_bundled_program_with_memory() -> None:
    """ring-buffer: accumulator, delay line and write index, all of one step."""
    program = load(str(PROGRAMS / "ring-buffer.json"))
    memory = [i for i, step in enumerate(program.steps) if step.id == "s-memory"]

    assert users_by_key(program) == dict.fromkeys(("acc", "delay", "delay-at"), tuple(memory))
