"""What differs in the data, table by table."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from compare.diff.programs import bundled, copied, program, publisher, step, synth
from msgspec import structs
from program_builder import Document, ProgramBuilder, opcode

from irrun.compare.diff.change import Change, ProgramDiff
from irrun.compare.diff.data.structure import compare_programs


class Case(NamedTuple):
    """One edit of the program `synth`, and the one change that must be found."""

    name: str
    edit: Callable[[Document], Any]
    change: Change


def nodes(doc: Document) -> list[Document]:
    found: list[Document] = doc["signalTable"]["nodes"]
    return found


def meta_of(doc: Document, slot: int) -> Document:
    found: Document = next(entry for entry in doc["slotMeta"] if entry["slot"] == slot)
    return found


def add_step(doc: Document) -> None:
    look = {"id": "look", "slots": [6], "mode": "value"}
    steps = doc["schedule"]["steps"]
    steps.append({"id": "s-look", "kind": "debugProbe", "deps": [], "probe": look})


def to_front(doc: Document) -> None:
    steps = doc["schedule"]["steps"]
    steps.insert(0, steps.pop())
    del doc["schedule"]["stepIdToIndex"]


def drop_last(doc: Document) -> None:
    doc["schedule"]["steps"].pop()
    del doc["schedule"]["stepIdToIndex"]


def smaller_ring(doc: Document) -> None:
    doc["stateLayout"]["cells"][1]["size"] = 3
    doc["stateLayout"]["f64Size"] = 4


def add_publisher(doc: Document) -> None:
    step(doc, "s-mix")["publishers"].append(publisher("pub-c", 3, 2))


def list_order(doc: Document) -> None:
    step(doc, "s-mix")["publishers"].reverse()


def rename_cell(doc: Document) -> None:
    doc["stateLayout"]["cells"][0]["role"] = "total"


def slower(doc: Document) -> None:
    doc["timeModel"]["periodMs"] = step(doc, "s-time")["timeModel"]["periodMs"] = 5


def wrap(doc: Document) -> None:
    nodes(doc)[0] = nodes(doc)[0] | {"kind": "wrapEvent"}


CASES = [
    Case("revision", lambda d: d.update(patchRevision=2),
         Change("changed", "program", "header", "patchRevision", 1, 2, False)),
    Case("compile id", lambda d: d.update(compileId="x"),
         Change("changed", "program", "header", "compileId", "synth-1", "x", False)),
    Case("seed", lambda d: d.update(seed=3),
         Change("changed", "program", "header", "seed", 0, 3, False)),
    Case("unknown field", lambda d: d.update(extra=1),
         Change("added", "program", "unknown field", "$.extra", None, 1, False)),
    Case("time model", slower,
         Change("changed", "program", "time model", "periodMs", 1000, 5)),
    Case("time model of the step", lambda d: step(d, "s-time")["timeModel"].update(periodMs=5),
         Change("added", "steps", "step s-time", "timeModel", None,
                {"kind": "cyclic", "periodMs": 5, "mode": "loop", "phaseDomain": "0..1"}, False)),
    Case("a step added", add_step,
         Change("added", "steps", "step s-look", after="debugProbe")),
    Case("a step removed", drop_last,
         Change("removed", "steps", "step s-node", before="nodeEval to slot 6")),
    Case("a step moved", to_front,
         Change("moved", "steps", "step s-node", "position", "4, after s-late", "0, first")),
    Case("label", lambda d: step(d, "s-mix").update(label="Mix"),
         Change("added", "steps", "step s-mix", "label", None, "Mix", False)),
    Case("deps of a step", lambda d: step(d, "s-mix").update(deps=[]),
         Change("changed", "steps", "step s-mix", "deps", ["s-osc"], [], False)),
    Case("a slot reference", lambda d: step(d, "s-node").update(inputSlots=[5, 3]),
         Change("changed", "steps", "step s-node", "inputSlots[1]", "s-mix.outSlot",
                "s-osc.outputs[1].slot")),
    Case("mode", lambda d: step(d, "s-mix")["combine"].update(mode="sum"),
         Change("changed", "steps", "step s-mix", "combine.mode", "last", "sum")),
    Case("publisher off", lambda d: step(d, "s-mix")["publishers"][0].update(enabled=False),
         Change("changed", "steps", "step s-mix", "publishers[pub-a].enabled", True, False)),
    Case("sort key", lambda d: step(d, "s-mix")["publishers"][0].update(sortKey=0.5),
         Change("changed", "steps", "step s-mix", "publishers[pub-a].sortKey", 0, 0.5)),
    Case("publishers listed in another order", list_order,
         Change("moved", "steps", "step s-mix", "publishers", ["pub-a", "pub-b"],
                ["pub-b", "pub-a"], False)),
    Case("publisher added", add_publisher,
         Change("added", "steps", "step s-mix", "publishers[pub-c]", None,
                {"publisherId": "pub-c", "enabled": True, "sortKey": 2,
                 "srcSlot": "s-osc.outputs[1].slot"})),
    Case("constant", lambda d: d["constants"]["json"].__setitem__(0, 4),
         Change("changed", "constants", "constant 0 of signal 2", "", 3, 4,
                reached_by=("s-osc.outputs[1]",))),
    Case("opcode", lambda d: nodes(d)[3]["fn"].update(opcode=103),
         Change("changed", "signals", "signal 3", "fn", "mul (opcode 102)", "div (opcode 103)",
                reached_by=("s-osc.outputs[1]",))),
    Case("kind", wrap,
         Change("changed", "signals", "signal 0", "", "phase01", "wrapEvent",
                reached_by=("s-osc.outputs[0]", "s-osc.outputs[1]"))),
    Case("stateful op", lambda d: nodes(d)[1].update(op="slew"),
         Change("changed", "signals", "signal 1", "op", "integrate", "slew",
                reached_by=("s-osc.outputs[0]",))),
    Case("input slot", lambda d: nodes(d)[4].update(slot=3),
         Change("changed", "signals", "signal 4", "slot", "s-mix.outSlot",
                "s-osc.outputs[1].slot", reached_by=("s-late.outputs[0]",))),
    Case("chain", lambda d: d["transforms"]["chains"][0]["steps"][0].update(scale=9),
         Change("changed", "chains", "chain 0", "steps[0].scale", 2, 9,
                reached_by=("s-mix.publishers[pub-b].transform",))),
    Case("chain taken away", lambda d: step(d, "s-mix")["publishers"][1].pop("transform"),
         Change("removed", "steps", "step s-mix", "publishers[pub-b].transform",
                'chain 0: steps [{"kind": "scaleBias", "scale": 2, "bias": 0.5}]', None)),
    Case("node opcode", lambda d: d["nodes"]["nodes"][0].update(opcodeId=101),
         Change("changed", "nodes", "node add", "opcode", "add (opcode 100)", "sub (opcode 101)")),
    Case("bus", lambda d: d["buses"]["buses"][0]["combine"].update(mode="sum"),
         Change("changed", "buses", "bus bus-mix", "combine.mode", "last", "sum", False)),
    Case("initial state", lambda d: d["constants"]["f64"].__setitem__(0, 1),
         Change("changed", "state", "state n-acc:sum", "initial value", 0.25, 1)),
    Case("state size", smaller_ring,
         Change("changed", "state", "state n-late:ring", "size", 4, 3)),
    Case("state array", lambda d: d["stateLayout"].update(f64Size=9),
         Change("changed", "state", "arrays", "elements of f64 beyond the cells", 0, 4)),
    Case("step index", lambda d: d["schedule"]["stepIdToIndex"].update({"s-mix": 4}),
         Change("added", "schedule", "stepIdToIndex", "s-mix", None, 4, False)),
    Case("storage", lambda d: meta_of(d, 3).update(storage="f32", offset=0),
         Change("changed", "slots", "slot s-osc.outputs[1].slot", "storage", "f64", "f32")),
    Case("type", lambda d: meta_of(d, 3)["type"].update(domain="unit01"),
         Change("changed", "slots", "slot s-osc.outputs[1].slot", "type.domain", "number",
                "unit01", False)),
    Case("initial slot value", lambda d: d["schedule"].update(initialSlotValues={"1": 5}),
         Change("added", "initial values", "of s-time.out.tModelMs", after=5)),
    Case("output", lambda d: d["outputs"][0].update(slot=4),
         Change("changed", "outputs", "output total", "slot", "s-node.outputSlots[0]",
                "s-mix.outSlot")),
    Case("default camera", lambda d: d.update(defaultCameraId="main"),
         Change("changed", "program", "default camera", "id", None, "main")),
    Case("deps", lambda d: d["schedule"]["deps"].update(slotProducerStep={"4": "s-mix"}),
         Change("added", "schedule", "deps", "slotProducerStep.s-mix.outSlot", None, "s-mix",
                False)),
    Case("name", lambda d: d["meta"]["names"]["steps"].update({"s-mix": "Mix"}),
         Change("changed", "meta", "names", "steps.s-mix", "busEval", "Mix", False)),
]  # fmt: skip


def compared(edit: Callable[[Document], Any], base: Document | None = None) -> ProgramDiff:
    """Compare a program with itself after an edit."""
    doc = synth() if base is None else base
    other = copied(doc)
    edit(other)
    return compare_programs(program(doc), program(other))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_edit_is_one_change(case: Case) -> None:
    """Each edit is found once, in its place, and nothing else with it."""
    (found,) = compared(case.edit).changes

    assert structs.replace(found, key=None) == case.change


KEYED = {"nodes", "buses", "state", "outputs", "cameras", "meshes", "initial values"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rows_with_names_are_found_by_key(case: Case) -> None:
    """Reasons look for rows by key and never by words; the arrays of state have none."""
    (found,) = compared(case.edit).changes

    has_key = found.table in KEYED and found.item != "arrays"
    assert (found.key is not None) is has_key
    assert found.key is None or found.item.endswith(f" {found.key}")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_other_way_round(case: Case) -> None:
    """What is added one way is removed the other way; the rest swaps its sides."""
    doc = synth()
    other = copied(doc)
    case.edit(other)
    back = {"added": "removed", "removed": "added"}

    (found,) = compare_programs(program(other), program(doc)).changes

    assert found.action == back.get(case.change.action, case.change.action)
    assert (found.table, found.affects_run) == (case.change.table, case.change.affects_run)


def test_another_cell_is_another_cell() -> None:
    """A state cell is its node and role: with another role it is another one."""
    found = compared(rename_cell).changes

    state = [change for change in found if change.table == "state"]
    assert [(c.action, c.item) for c in state] == [
        ("removed", "state n-acc:sum"),
        ("added", "state n-acc:total"),
    ]


def test_order_of_combination() -> None:
    """Swapped sort keys are told as keys and as the order that comes of them."""
    keys = {"pub-a": 1, "pub-b": 0}

    def swap(doc: Document) -> None:
        for row in step(doc, "s-mix")["publishers"]:
            row["sortKey"] = keys[row["publisherId"]]

    found = compared(swap).changes

    assert [c.field for c in found] == [
        "publishers[pub-a].sortKey",
        "publishers[pub-b].sortKey",
        "publishers (order of combination)",
    ]
    assert all(c.affects_run for c in found)


def chained(*opcodes: int, shared: int = 1) -> Document:
    """A chain of unary signals over the time, written to as many slots as `shared`."""
    b = ProgramBuilder("chained")
    b.slots(*range(2 + shared))
    b.time(0, 1)
    signal = b.signal("timeModelMs", domain="timeMs")
    for number in opcodes:
        signal = b.signal("map", src=signal, fn=opcode(number))
    outputs = [{"sigId": signal, "slot": 2 + i} for i in range(shared)]
    b.step("signalEval", "s-sig", outputs=outputs)
    return b.document()


def test_a_shared_difference_is_told_once() -> None:
    """With the first places that reach it."""
    found = compare_programs(
        program(chained(110, 120, shared=9)), program(chained(111, 120, shared=9))
    )

    (change,) = found.changes
    assert change.item == "signal 1"
    assert change.reached_by == tuple(f"s-sig.outputs[{i}]" for i in range(4))


def test_an_expression_put_around_another() -> None:
    """What is inside is the same and is not told again."""
    found = compare_programs(program(chained(110)), program(chained(110, 120)))

    (change,) = found.changes
    assert change.item == "signal 1 (2 in B)"
    assert change.after == "map abs (opcode 120) of signal 1"


def bus_of(*numbers: float) -> Document:
    """A signal that sums constants."""
    b = ProgramBuilder("terms")
    b.slots(0, 1, 2)
    b.time(0, 1)
    terms = [b.signal_const(number) for number in numbers]
    total = b.signal("busCombine", busIndex=0, terms=terms, combine={"mode": "sum"})
    b.step("signalEval", "s-sig", outputs=[{"sigId": total, "slot": 2}])
    return b.document()


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ((1, 2, 3), (1, 2, 3, 4), [("added", "terms[3]")]),
        ((1, 2, 3), (2, 3), [("removed", "terms[0]")]),
        ((1, 2, 3), (2, 1, 3), [("moved", "terms")]),
        ((1, 2, 3), (1, 5, 3), [("changed", "")]),
        ((1, 2, 3), (0, 1, 2, 3), [("added", "terms[0]")]),
        ((1, 2), (7, 2, 9), [("changed", ""), ("added", "terms[2]")]),
    ],
)
def test_terms(
    before: tuple[int, ...], after: tuple[int, ...], found: list[tuple[str, str]]
) -> None:
    """Terms that stayed are found whatever was put before them."""
    changes = compare_programs(program(bus_of(*before)), program(bus_of(*after))).changes

    assert sorted((c.action, c.field) for c in changes) == sorted(found)


def test_what_nothing_uses_is_minor() -> None:
    """Expressions and constants that no step reaches."""

    def edit(doc: Document) -> None:
        nodes(doc).append({"kind": "timeAbsMs", "type": {"world": "signal", "domain": "timeMs"}})
        doc["constants"]["json"].append("unused")

    found = compared(edit)

    assert found.changes == ()
    assert [(c.action, c.table, c.minor) for c in found.all] == [
        ("added", "signals", True),
        ("added", "constants", True),
    ]


def test_counts() -> None:
    """By table and action, in the order of the tables, without what is minor."""
    found = compare_programs(program(bundled("bus")), program(bundled("ring-buffer")))

    counts = found.counts()
    assert counts["state"] == {"added": 3}
    assert list(counts) == sorted(counts, key=list(counts).index)
    assert sum(n for row in counts.values() for n in row.values()) == len(found.changes)


def test_dangling_references_are_compared() -> None:
    """A signal, a chain or a constant that does not exist is told, not stumbled over."""

    def edit(doc: Document) -> None:
        nodes(doc)[2]["constId"] = 99
        nodes(doc)[1]["input"] = 77
        step(doc, "s-mix")["publishers"][1]["transform"]["chainId"] = 55

    found = compared(edit).changes

    assert {change.table for change in found} == {"constants", "signals", "chains"}
    assert any("there is no such constant" in str(change.after) for change in found)


def test_cycles_are_compared() -> None:
    """Signals that need themselves: equal cycles are equal, others are told."""

    def ring(number: int) -> Document:
        doc = chained(110, number)
        doc["signalTable"]["nodes"][1]["src"] = 2
        return doc

    assert compare_programs(program(ring(120)), program(ring(120))).all == ()
    (change,) = compare_programs(program(ring(120)), program(ring(121))).changes
    assert change.field == "fn"
