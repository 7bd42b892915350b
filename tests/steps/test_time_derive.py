"""timeDerive: the values of a frame's time, in their slots (runtime-semantics 2.4)."""

from typing import Any, NamedTuple

import pytest
from program_builder import INFINITE, Document, ProgramBuilder, cyclic, finite

from irrun.errors import Severity
from irrun.errors.running import AliasedTimeSlots, DoubleWrite
from irrun.runtime.runtime import Runtime

FINITE, LOOP, PINGPONG = finite(1000), cyclic(1000), cyclic(1000, "pingpong")


def runtime_of(model: Document, t_abs: int, out: dict[str, int], **options: Any) -> Runtime:
    """Return a runtime of a program whose only step is timeDerive."""
    b = ProgramBuilder("time", model)
    b.step("timeDerive", "s", tAbsMsSlot=t_abs, timeModel=model, out=out)
    return Runtime(b.program(), **options)


ALL_OUTS = {"tModelMs": 11, "phase01": 12, "wrapEvent": 13, "progress01": 14}


class Row(NamedTuple):
    name: str
    model: Document
    out: dict[str, int]
    written: dict[int, float]
    """Slots written at t = 1250 after a frame at 900, in order, with their values."""


REQUIRED = {"tModelMs": 11}
ROWS = [
    Row("finite", FINITE, ALL_OUTS, {10: 1250, 11: 1000, 14: 1}),
    Row("finite, only required", FINITE, REQUIRED, {10: 1250, 11: 1000}),
    Row("loop", LOOP, ALL_OUTS, {10: 1250, 11: 250, 12: 0.25, 13: 1}),
    Row("loop, only required", LOOP, REQUIRED, {10: 1250, 11: 250}),
    Row("loop, wrap alone", LOOP, REQUIRED | {"wrapEvent": 13}, {10: 1250, 11: 250, 13: 1}),
    Row("pingpong", PINGPONG, ALL_OUTS, {10: 1250, 11: 750, 12: 0.75, 13: 1}),
    Row("infinite", INFINITE, ALL_OUTS, {10: 1250, 11: 1250}),
    Row("slots in any order", LOOP, {"tModelMs": 3, "phase01": 30, "wrapEvent": 2},
        {10: 1250, 3: 250, 30: 0.25, 2: 1}),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_named_and_produced_slots_are_written_in_order(row: Row) -> None:
    """tAbsMs, tModelMs, phase01, wrapEvent, progress01: each if named and produced."""
    runtime = runtime_of(row.model, 10, row.out)
    runtime.run_frame(900.0)
    result = runtime.run_frame(1250.0)

    assert result.written == tuple(row.written)
    assert {slot: runtime.values.peek(slot) for slot in row.written} == row.written
    assert runtime.findings == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_slot_that_is_not_produced_keeps_its_value(row: Row) -> None:
    """A named slot that the model has no value for stays 0, or what somebody else wrote."""
    runtime = runtime_of(row.model, 10, row.out)
    runtime.run_frame(900.0)
    left = [slot for slot in row.out.values() if slot not in row.written]
    assert all(runtime.values.peek(slot) == 0.0 for slot in left)
    for slot in left:
        runtime.values.write(slot, 7.0)
    runtime.run_frame(1250.0)

    assert all(runtime.values.peek(slot) == 7.0 for slot in left)


class Alias(NamedTuple):
    name: str
    model: Document
    t_abs: int
    out: dict[str, int]
    values: dict[int, float]
    """Slots written at t = 250, in order, with their values."""
    aliased: list[tuple[int, str]]
    """Slot and winning field of each finding."""


ALIASES = [
    Alias("finite root: progress on model time", FINITE, 0, {"tModelMs": 1, "progress01": 1},
          {0: 250, 1: 0.25}, [(1, "out.progress01")]),
    Alias("infinite root: model on absolute time", INFINITE, 0, {"tModelMs": 0}, {0: 250},
          [(0, "out.tModelMs")]),
    Alias("unproduced progress on model time", INFINITE, 0, {"tModelMs": 1, "progress01": 1},
          {0: 250, 1: 250}, []),
    Alias("unproduced progress on wrap", LOOP, 0,
          {"tModelMs": 1, "wrapEvent": 2, "progress01": 2}, {0: 250, 1: 250, 2: 0}, []),
    Alias("all on one slot", LOOP, 5,
          {"tModelMs": 5, "phase01": 5, "wrapEvent": 5, "progress01": 5}, {5: 0},
          [(5, "out.wrapEvent")]),
    Alias("two pairs", LOOP, 0, {"tModelMs": 0, "phase01": 1, "wrapEvent": 1}, {0: 250, 1: 0},
          [(0, "out.tModelMs"), (1, "out.wrapEvent")]),
    Alias("phase before model time", LOOP, 3, {"tModelMs": 1, "phase01": 3}, {3: 0.25, 1: 250},
          [(3, "out.phase01")]),
]  # fmt: skip


@pytest.mark.parametrize("row", ALIASES, ids=lambda row: row.name)
def test_alias_is_one_write_and_the_last_value_wins(row: Alias) -> None:
    """A slot named twice is written once, with the value that comes last in the order."""
    runtime = runtime_of(row.model, row.t_abs, row.out)
    result = runtime.run_frame(250.0)

    assert result.written == tuple(row.values)
    assert {slot: runtime.values.peek(slot) for slot in row.values} == row.values


@pytest.mark.parametrize("row", ALIASES, ids=lambda row: row.name)
def test_alias_is_reported_once(row: Alias) -> None:
    """One warning for each slot with two produced values, however many frames run."""
    runtime = runtime_of(row.model, row.t_abs, row.out, strict=True)
    for t in (250.0, 300.0, 350.0):
        runtime.run_frame(t)

    found = runtime.findings
    assert all(isinstance(finding, AliasedTimeSlots) for finding in found)
    assert all(finding.severity is Severity.WARNING for finding in found)
    assert [(f.where.slot, f.facts["winner"]) for f in found] == row.aliased


def test_alias_does_not_excuse_another_writer() -> None:
    """The single-writer rule holds between steps as ever."""
    b = ProgramBuilder("time", INFINITE)
    b.time(0, 0, "first")
    b.time(0, 1, "second")

    with pytest.raises(DoubleWrite) as caught:
        Runtime(b.program()).run_frame(0.0)

    assert str(caught.value.facts["first"]) == "step first"
    assert str(caught.value.facts["second"]) == "step second"


def test_slots_follow_their_storage() -> None:
    """Times are converted like every write: an i32 slot holds whole milliseconds."""
    b = ProgramBuilder("time", INFINITE)
    b.slot(0, "i32")
    b.slot(1, "f32")
    b.time(0, 1)
    runtime = Runtime(b.program())
    runtime.run_frame(-16.7)

    assert runtime.values.peek(0) == -16.0
    assert runtime.values.peek(1) == -16.700000762939453
