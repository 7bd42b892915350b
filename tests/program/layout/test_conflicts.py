"""Contradicting evidence: two writers of a slot (IR252), misfitting classes (IR251)."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from program_builder import ProgramBuilder, type_desc
from support.step_samples import SAMPLES, instance_batch, materialization, publisher, tables

from irrun.errors import IrrunError, Severity
from irrun.errors.program import ClassConflict, TwoWriters
from irrun.program.layout import derive_layout

Build = Callable[[ProgramBuilder], object]


def findings(kind: type[IrrunError], *builds: Build) -> list[IrrunError]:
    """Return the findings of one kind about what builders are told to build."""
    b = tables()
    for build in builds:
        build(b)
    return [finding for finding in derive_layout(b.program()).findings if type(finding) is kind]


def step(kind: str, step_id: str, **changes: Any) -> Build:
    """Return what adds the sample step of a kind, with fields changed."""
    return lambda b: b.step(kind, step_id, **(SAMPLES[kind] | changes))


def writes(step_id: str, *slots: int) -> Build:
    """Return what adds a step that writes numbers."""
    outputs = [{"sigId": 0, "slot": slot} for slot in slots]
    return step("signalEval", step_id, outputs=outputs)


# --- Two writers ----------------------------------------------------------------------------


class Writers(NamedTuple):
    name: str
    builds: list[Build]
    pairs: list[tuple[int, str, str]]
    """Slot, first and other writer of each finding."""


WRITERS = [
    Writers("one writer", [writes("a", 5, 6)], []),
    Writers("two slots", [writes("a", 5), writes("b", 6)], []),
    Writers("two writers", [writes("a", 5), writes("b", 5)], [(5, "a", "b")]),
    Writers(
        "three writers", [writes("a", 5), writes("b", 5), writes("c", 5)],
        [(5, "a", "b"), (5, "a", "c")],
    ),
    Writers(
        "two slots of two writers", [writes("a", 6, 5), writes("b", 5, 6)],
        [(5, "a", "b"), (6, "a", "b")],
    ),
    Writers(
        "writers of different classes", [writes("a", 10), step("CameraEval", "b")],
        [(10, "a", "b")],
    ),
    Writers("initial value and writer", [lambda b: b.initial(5, 1), writes("a", 5)], []),
    Writers("readers", [writes("a", 10), step("debugProbe", "b"), step("nodeEval", "c")], []),
    Writers(
        "aliases in one timeDerive",
        [step("timeDerive", "t", tAbsMsSlot=5, out={"tModelMs": 5, "progress01": 5})], [],
    ),
]  # fmt: skip


@pytest.mark.parametrize("row", WRITERS, ids=lambda row: row.name)
def test_two_writers(row: Writers) -> None:
    """Each further step that writes a slot is a warning against the first one (IR252)."""
    found = findings(TwoWriters, *row.builds)

    named = [(f.facts["slot"], f.facts["first"], f.facts["second"]) for f in found]
    assert named == row.pairs
    assert [(f.where.slot, f.where.step) for f in found] == [(s, b) for s, _, b in row.pairs]


# --- Classes --------------------------------------------------------------------------------


class Classes(NamedTuple):
    name: str
    builds: list[Build]
    conflicts: list[tuple[str, str, str, str]]
    """Source and its class, reader and its class, of each finding."""


def buffer_into(slot: int) -> Build:
    """Return what adds the materialize step m that writes a buffer."""
    plan = materialization(domainSlot=40, outBufferSlot=slot)
    return step("materialize", "m", materialization=plan)


def number_read(slot: int) -> Build:
    """Return what adds the node step n that reads a number."""
    return step("nodeEval", "n", inputSlots=[slot], outputSlots=[41])


def instances(**changes: Any) -> Build:
    """Return what adds the renderAssemble step r with one batch."""
    return step("renderAssemble", "r", instance2dBatches=[instance_batch(**changes)])


def events_read(slot: int) -> Build:
    """Return what adds the event bus step e that reads events."""
    return step("eventBusEval", "e", publishers=[publisher(slot)], outSlot=42)


def domain_read(slot: int) -> Build:
    """Return what adds the step g that reads a domain."""
    return step("materializeTestGeometry", "g", domainSlot=slot)


def color_read(slot: int) -> Build:
    """Return what adds the step c that reads a colour."""
    return step("materializeColor", "c", colorExprSlot=slot)


def color_bus(slot: int) -> Build:
    """Return what adds the bus step b that writes a colour."""
    fields = {"publishers": [], "busType": type_desc("color"), "outSlot": slot}
    return step("busEval", "b", **fields)


N_READ = "n.inputSlots[0]"
CLASSES = [
    Classes("number to number", [writes("a", 5), number_read(5)], []),
    Classes("number to number of elements", [writes("a", 5), domain_read(5)], []),
    Classes("number to size", [writes("a", 5), instances(sizeSlot=5)], []),
    Classes("number to opacity", [writes("a", 5), instances(opacitySlot=5)], []),
    Classes("number to packed colour", [writes("a", 5), instances(colorRGBASlot=5)], []),
    Classes(
        "number to positions", [writes("a", 5), instances(posXYSlot=5)],
        [("a.outputs[0].slot", "number", "r.instance2dBatches[0].posXYSlot", "buffer")],
    ),
    Classes(
        "number to events", [writes("a", 5), events_read(5)],
        [("a.outputs[0].slot", "number", "e.publishers[0].srcSlot", "events")],
    ),
    Classes("buffer to opacity", [buffer_into(5), instances(opacitySlot=5)], []),
    Classes("buffer to positions", [buffer_into(5), instances(posXYSlot=5)], []),
    Classes(
        "buffer to number", [buffer_into(5), number_read(5)],
        [("m.materialization.outBufferSlot", "buffer", N_READ, "number")],
    ),
    Classes(
        "buffer to domain", [buffer_into(5), domain_read(5)],
        [("m.materialization.outBufferSlot", "buffer", "g.domainSlot", "domain")],
    ),
    Classes("colour to colour", [color_bus(5), color_read(5)], []),
    Classes("colour to batch", [color_bus(5), instances(colorRGBASlot=5)], []),
    Classes(
        "colour to size", [color_bus(5), instances(sizeSlot=5)],
        [("b.outSlot", "color", "r.instance2dBatches[0].sizeSlot", "buffer")],
    ),
    Classes("anything to probe", [buffer_into(10), step("debugProbe", "p")], []),
    Classes(
        "reader before the writer", [number_read(5), buffer_into(5)],
        [("m.materialization.outBufferSlot", "buffer", N_READ, "number")],
    ),
    Classes("initial number to number", [lambda b: b.initial(5, 1), number_read(5)], []),
    Classes("initial domain to domain", [lambda b: b.domain(5, 2), domain_read(5)], []),
    Classes(
        "initial domain to number", [lambda b: b.domain(5, 2), number_read(5)],
        [("initialSlotValues[5]", "domain", N_READ, "number")],
    ),
    Classes(
        "initial field to domain",
        [lambda b: b.initial(5, {"kind": "fieldExpr", "exprId": "0"}), domain_read(5)],
        [("initialSlotValues[5]", "field", "g.domainSlot", "domain")],
    ),
    Classes(
        "initial field to colour",
        [lambda b: b.initial(5, {"kind": "fieldExpr", "exprId": "0"}), color_read(5)], [],
    ),
    Classes("unclassed initial value", [lambda b: b.initial(5, "x"), number_read(5)], []),
    Classes(
        "initial value under a writer",
        [lambda b: b.domain(5, 2), writes("a", 5), number_read(5)], [],
    ),
    Classes(
        "one of two writers misfits", [writes("a", 5), buffer_into(5), number_read(5)],
        [("m.materialization.outBufferSlot", "buffer", N_READ, "number")],
    ),
    Classes(
        "each reader that misfits", [buffer_into(5), number_read(5), events_read(5)],
        [
            ("m.materialization.outBufferSlot", "buffer", N_READ, "number"),
            ("m.materialization.outBufferSlot", "buffer", "e.publishers[0].srcSlot", "events"),
        ],
    ),
    Classes("nothing written", [number_read(5), events_read(5)], []),
    Classes("frame to output", [step("renderAssemble", "r"), lambda b: b.output(15)], []),
    Classes(
        "number to output frame", [writes("a", 5), lambda b: b.output(5)],
        [("a.outputs[0].slot", "number", "outputs[0].slot", "frame")],
    ),
    Classes(
        "number to another output", [writes("a", 5), lambda b: b.output(5, kind="debug")], []
    ),
    Classes(
        "initial domain to output frame", [lambda b: b.domain(5, 2), lambda b: b.output(5)],
        [("initialSlotValues[5]", "domain", "outputs[0].slot", "frame")],
    ),
]  # fmt: skip


@pytest.mark.parametrize("row", CLASSES, ids=lambda row: row.name)
def test_class_conflicts(row: Classes) -> None:
    """A reader that cannot take what a source gives is a warning that names both (IR251)."""
    found = findings(ClassConflict, *row.builds)

    sides = ("first", "first_class", "second", "second_class")
    assert [tuple(f.facts[side] for side in sides) for f in found] == row.conflicts
    assert all(f.facts["slot"] == f.where.slot for f in found)


@pytest.mark.parametrize(
    ("kind", "builds"),
    [
        (TwoWriters, [writes("a", 5), writes("b", 5)]),
        (ClassConflict, [buffer_into(5), number_read(5)]),
    ],
)
def test_conflicts_are_warnings_also_under_strict(
    kind: type[IrrunError], builds: list[Build]
) -> None:
    """A contradiction does not keep a program from running."""
    (finding,) = findings(kind, *builds)

    assert (finding.severity, finding.strict_error) == (Severity.WARNING, False)
