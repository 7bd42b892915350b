"""Who writes a slot, who reads it, and how long its value is needed."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from program_builder import ProgramBuilder
from support.step_samples import SAMPLES, materialization, tables

from irrun.program.layout import derive_layout
from irrun.program.layout.flow import Flow

Build = Callable[[ProgramBuilder], object]


def write(slot: int) -> Build:
    """Return what adds a step that writes a slot."""
    return lambda b: b.step(
        "signalEval", f"w{len(b.doc['schedule']['steps'])}", outputs=[{"sigId": 0, "slot": slot}]
    )


def read(*slots: int) -> Build:
    """Return what adds a step that reads slots."""
    fields = {"nodeIndex": 0, "inputSlots": list(slots), "outputSlots": [], "phase": "preBus"}
    return lambda b: b.step("nodeEval", f"r{len(b.doc['schedule']['steps'])}", **fields)


def initial(b: ProgramBuilder) -> None:
    b.initial(5, 1.0)


def output(b: ProgramBuilder) -> None:
    b.output(5, f"out{len(b.doc['outputs'])}", kind="debug")


def hidden_read(b: ProgramBuilder) -> None:
    sig = b.signal("inputSlot", slot=5)
    field = b.field("broadcastSig", sig=sig, domainSlot=10)
    b.step("materialize", "m", materialization=materialization(fieldExprId=field))


def probe(b: ProgramBuilder) -> None:
    b.step("debugProbe", "p", probe={"id": "p", "slots": [5, 5], "mode": "value"})


class Row(NamedTuple):
    """What is built, in schedule order, and the flow of slot 5."""

    name: str
    builds: list[Build]
    flow: Flow


def flow(
    producers: list[int],
    consumers: list[int],
    first: int | None,
    last: int | None,
    *,
    has_initial: bool = False,
    outputs: tuple[str, ...] = (),
) -> Flow:
    return Flow(tuple(producers), tuple(consumers), has_initial, outputs, first, last)


ROWS = [
    Row("written, never read", [write(5)], flow([0], [], 0, 0)),
    Row("written and read", [write(5), read(5)], flow([0], [1], 0, 1)),
    Row("read twice", [write(5), read(5), read(6), read(5)], flow([0], [1, 3], 0, 3)),
    Row("read twice by one step", [write(5), read(5, 6, 5)], flow([0], [1], 0, 1)),
    Row("read by a probe", [write(5), probe], flow([0], [1], 0, 1)),
    Row("read through an expression", [write(5), hidden_read], flow([0], [1], 0, 1)),
    Row("never written", [read(5)], flow([], [0], None, 0)),
    Row("two writers", [write(6), write(5), write(5), read(5)], flow([1, 2], [3], 1, 3)),
    Row("read before the write", [read(5), write(5)], flow([1], [0], 1, 0)),
    Row("initial value", [initial], flow([], [], -1, -1, has_initial=True)),
    Row(
        "initial value, read", [initial, write(6), read(5)],
        flow([], [1], -1, 1, has_initial=True),
    ),
    Row(
        "initial value, written", [initial, write(5), read(5)],
        flow([0], [1], -1, 1, has_initial=True),
    ),
    Row("output", [write(5), write(6), output], flow([0], [], 0, 2, outputs=("out0",))),
    Row(
        "two outputs", [write(5), output, output],
        flow([0], [], 0, 1, outputs=("out0", "out1")),
    ),
    Row("output of nothing", [output], flow([], [], None, 0, outputs=("out0",))),
    Row("only declared", [lambda b: b.slot(5)], flow([], [], None, None)),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_flow_of_a_slot(row: Row) -> None:
    """Producers, consumers and lifetime follow from the declared accesses, by step index."""
    b = tables()
    for build in row.builds:
        build(b)

    assert derive_layout(b.program()).flow[5] == row.flow


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_slot_of_a_layout_has_a_flow(kind: str) -> None:
    """Slots and flows go together, and every step that touches a slot is in its flow."""
    b = tables()
    b.step(kind, "s", **SAMPLES[kind])
    program = b.program()
    layout = derive_layout(program)

    assert list(layout.flow) == [meta.slot for meta in layout.slots]
    for access in program.steps[0].accesses(program):
        found = layout.flow[access.slot]
        assert (found.producers if access.mode == "write" else found.consumers) == (0,)
