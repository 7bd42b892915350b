"""Stub executors: they read what a step reads and write placeholders (design.md section 2)."""

from typing import Any, NamedTuple

import numpy as np
import pytest
from program_builder import ProgramBuilder, type_desc
from support.step_samples import DOMAIN_SLOT, SAMPLES, materialization, path_batch, tables

from irrun.errors.running import BadElementCount, TooManyElements
from irrun.ir.values import Buffer, ValueClass, classify
from irrun.limits import ELEMENTS
from irrun.runtime.executor import Observer
from irrun.runtime.runtime import Runtime
from irrun.steps.base import PlannedStep, element_count
from irrun.steps.frame import Frame
from irrun.steps.placeholders import STUB_COUNT, filled, placeholder


class Touches(Observer):
    """Keeps the slots that steps read and write."""

    def __init__(self) -> None:
        self.reads: list[int] = []
        self.writes: list[int] = []

    def step_start(self, frame: Frame, planned: PlannedStep) -> None:
        frame.listen(
            lambda slot, value: self.reads.append(slot),
            lambda slot, value: self.writes.append(slot),
        )

    def step_end(self, frame: Frame, planned: PlannedStep) -> None:
        frame.unlisten()


READ_A_DOMAIN = {
    "materialize",
    "materializeColor",
    "materializePath",
    "materializeTestGeometry",
    "renderAssemble",
    "Instances3DProjectTo2D",
}


class Stub(NamedTuple):
    """A step to be stubbed: the sample of a kind, with fields changed."""

    name: str
    kind: str
    changes: dict[str, Any] = {}  # noqa: RUF012 -- never changed


STUBS = [
    *(Stub(kind, kind) for kind in SAMPLES),
    Stub("busEval of vectors", "busEval", {"busType": type_desc("vec2")}),
    Stub("busEval of colours", "busEval", {"busType": type_desc("color")}),
    Stub("busEval of fields", "busEval", {"busType": type_desc("number", "field")}),
    Stub("busEval of paths", "busEval", {"busType": type_desc("path", "special")}),
    Stub("busEval of domains", "busEval", {"busType": type_desc("domain", "special")}),
    Stub("busEval of text", "busEval", {"busType": type_desc("string")}),
    Stub("renderAssemble of paths", "renderAssemble",
         {"instance2dBatches": [], "pathBatches": [path_batch()]}),
    Stub("timeDerive with aliases", "timeDerive",
         {"tAbsMsSlot": 10, "out": {"tModelMs": 10, "phase01": 12, "progress01": 12}}),
]  # fmt: skip


def build(stub: Stub, count: int = 3) -> ProgramBuilder:
    """Return a program of one step, with a domain where the samples read theirs."""
    b = tables(stub.name)
    if stub.kind in READ_A_DOMAIN:
        b.domain(DOMAIN_SLOT, count)
    b.step(stub.kind, "s", **(SAMPLES[stub.kind] | stub.changes))
    return b


def runtime_of(stub: Stub, *observers: Observer, count: int = 3) -> Runtime:
    """Return a runtime of stubs."""
    return Runtime(build(stub, count).program(), executors="stub", observers=observers)


def writes_of(runtime: Runtime) -> dict[int, ValueClass]:
    """Return the slots that the step writes, in order, with the class of each."""
    (planned,) = runtime.plan
    return {a.slot: a.expects for a in planned.accesses if a.mode == "write"}


def values_of(runtime: Runtime) -> dict[int, str]:
    """Return the written values as texts that compare."""
    return {slot: repr(runtime.values.peek(slot)) for slot in writes_of(runtime)}


# --- What is touched ------------------------------------------------------------------------


@pytest.mark.parametrize("stub", STUBS, ids=lambda stub: stub.name)
def test_stub_touches_exactly_the_declared_slots(stub: Stub) -> None:
    """Every declared read happens, in order; every written slot is written once."""
    touches = Touches()
    runtime = runtime_of(stub, touches)
    result = runtime.run_frame(0.0)

    (planned,) = runtime.plan
    declared = [a.slot for a in planned.accesses if a.mode == "read" and not a.weak]
    assert touches.reads == declared
    assert touches.writes == list(writes_of(runtime))
    assert result.written == tuple(writes_of(runtime))


@pytest.mark.parametrize("stub", STUBS, ids=lambda stub: stub.name)
def test_stub_writes_values_of_the_declared_class(stub: Stub) -> None:
    """A reader that checks the class of what it reads is content with a placeholder."""
    runtime = runtime_of(stub)
    runtime.run_frame(0.0)

    for slot, expects in writes_of(runtime).items():
        found = classify(runtime.values.peek(slot))
        assert found == ("number" if expects == "any" else expects)


# --- Placeholders ---------------------------------------------------------------------------


@pytest.mark.parametrize("stub", STUBS, ids=lambda stub: stub.name)
def test_stub_writes_the_same_in_every_run(stub: Stub) -> None:
    """Two runtimes show equal placeholders, frame by frame, whatever the times."""
    first, second = runtime_of(stub), runtime_of(stub)
    for frame in range(3):
        first.run_frame(16.0 * frame)
        second.run_frame(1000.0 - frame)

        assert values_of(first) == values_of(second)


ALIKE = {"outCmdsSlot", "outCmdStartSlot", "outCmdLenSlot", "outPointStartSlot", "outPointLenSlot"}
"""Indices of paths: the same wherever and whenever they are, so that they hold together."""


TELLING = [stub for stub in STUBS if stub.name not in ("debugProbe", "busEval of domains")]
"""Steps that write something with room for a number; a domain tells only its count."""


@pytest.mark.parametrize("stub", TELLING, ids=lambda stub: stub.name)
def test_placeholders_tell_slot_and_frame(stub: Stub) -> None:
    """No two slots of a class, and no two frames, show the same placeholder."""
    runtime = runtime_of(stub)
    (planned,) = runtime.plan
    telling = [a.slot for a in planned.accesses if a.mode == "write" and a.field not in ALIKE]
    seen = []
    for frame in range(3):
        runtime.run_frame(16.0 * frame)
        seen += [values_of(runtime)[slot] for slot in dict.fromkeys(telling)]

    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize("stub", STUBS, ids=lambda stub: stub.name)
def test_placeholders_of_a_frame_stay_as_they_are(stub: Stub) -> None:
    """A later frame writes new values; those of an earlier one are not touched."""
    runtime = runtime_of(stub)
    runtime.run_frame(0.0)
    kept = {slot: runtime.values.peek(slot) for slot in writes_of(runtime)}
    before = repr(kept)
    runtime.run_frame(16.0)

    assert repr(kept) == before


@pytest.mark.parametrize(
    ("slot", "frame", "number"), [(0, 0, 0.0), (7, 12, 70012.0), (3, 0, 30000.0), (0, 5, 5.0)]
)
def test_placeholder_number(slot: int, frame: int, number: float) -> None:
    """The number of slot s in frame n is s * 10000 + n, inside every class that has numbers."""
    assert placeholder("number", slot, frame, 2) == number
    assert placeholder("vector", slot, frame, 2) == {"x": number, "y": number}
    assert placeholder("events", slot, frame, 2) == [{"time": number, "value": number}]
    assert placeholder("buffer", slot, frame, 2).data.tolist() == [number, number]
    assert placeholder("field", slot, frame, 2).expr_id == str(int(number))


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ("f32", 2147483648.0),
        ("f64", 2147483653.0),
        ("i32", 5),
        ("u32", 2147483653),
        ("u16", 5),
        ("u8", 5),
    ],
)
def test_placeholder_number_wraps_in_small_elements(element: str, expected: float) -> None:
    """Integer elements hold the number modulo their range, never less than 0."""
    array = filled(element, 3, 2147483653.0)

    assert array.tolist() == [expected] * 3


# --- Lengths --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 7])
@pytest.mark.parametrize(
    ("components", "element", "dtype"),
    [(1, "f32", np.float32), (2, "f32", np.float32), (4, "u8", np.uint8), (1, "i32", np.int32)],
)
def test_stubbed_buffer_has_the_declared_format(
    count: int, components: int, element: str, dtype: type[Any]
) -> None:
    """Element type, components and the domain's count are those of the real buffer."""
    fmt = {"components": components, "elementType": element}
    stub = Stub("m", "materialize", {"materialization": materialization(format=fmt)})
    runtime = runtime_of(stub, count=count)
    runtime.run_frame(0.0)

    buffer = runtime.values.peek(11)
    assert isinstance(buffer, Buffer)
    assert (buffer.components, buffer.element) == (components, element)
    assert buffer.data.dtype == dtype
    assert buffer.data.shape == (count * components,)


def test_domain_of_another_broadcast_does_not_count() -> None:
    """The length is that of the step's own domain, not of one that its field merely names."""
    b = tables()
    b.domain(10, 3)
    b.domain(40, 7)
    field = b.field("broadcastSig", sig=0, domainSlot=40)
    b.step("materialize", "s", materialization=materialization(fieldExprId=field))
    runtime = Runtime(b.program(), executors="stub")
    runtime.run_frame(0.0)

    assert len(runtime.values.peek(11).data) == 3


def test_stub_without_a_domain_handle_has_a_fixed_count() -> None:
    """Where the domain slot holds no handle, buffers have a small fixed length."""
    b = tables()
    b.initial(10, 9)
    b.step("materializeTestGeometry", "s", **SAMPLES["materializeTestGeometry"])
    runtime = Runtime(b.program(), executors="stub")
    runtime.run_frame(0.0)

    assert [len(runtime.values.peek(slot)) for slot in (11, 12, 13)] == [STUB_COUNT] * 3


@pytest.mark.parametrize("count", [0, 2, 100])
def test_stubbed_paths_hold_together(count: int) -> None:
    """Every path is a single M: starts and lengths point into commands and coordinates."""
    runtime = runtime_of(Stub("p", "materializePath"), count=count)
    runtime.run_frame(0.0)

    cmds, params, *indices = (runtime.values.peek(slot) for slot in range(12, 18))
    assert (cmds.dtype, params.dtype) == (np.uint16, np.float32)
    assert [array.dtype for array in indices] == [np.uint32] * 4
    assert (len(cmds), len(params)) == (max(count, 64), max(2 * count, 128))
    assert not cmds.any()
    cmd_start, cmd_len, point_start, point_len = (array.tolist() for array in indices)
    assert cmd_start == point_start == list(range(count))
    assert cmd_len == point_len == [1] * count


@pytest.mark.parametrize(
    ("count", "error"),
    [
        (-1, BadElementCount),
        (1.5, BadElementCount),
        (float("nan"), BadElementCount),
        (float("inf"), BadElementCount),
        (ELEMENTS.value + 1, TooManyElements),
        (1e300, TooManyElements),
    ],
)
def test_count_that_is_no_number_of_elements(count: float, error: type[Exception]) -> None:
    """A domain's count is a whole number from 0, up to a limit (10.2)."""
    with pytest.raises(error) as caught:
        element_count(7, count)

    assert isinstance(caught.value, BadElementCount | TooManyElements)
    assert caught.value.facts["slot"] == 7


@pytest.mark.parametrize("count", [0, 0.0, 3, 3.0, ELEMENTS.value])
def test_count_that_is_a_number_of_elements(count: float) -> None:
    """Whole numbers pass, also as doubles; 0 is legal."""
    found = element_count(7, count)

    assert found == count
    assert type(found) is int
