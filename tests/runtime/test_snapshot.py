"""Saved state: a run in two halves is the run in one piece (design.md, `--save-state`)."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from program_builder import INFINITE, Document, ProgramBuilder, cyclic, finite
from support.conformance_vectors import difference
from support.examples import examples
from support.random_programs import random_program

from irrun.errors import IrrunError
from irrun.errors.loading import BadSnapshot, LimitExceeded
from irrun.ir.render_frame import ClearSpec, RenderFrame
from irrun.ir.values import (
    Buffer,
    CameraEval,
    CombinedField,
    DomainHandle,
    FieldRef,
    Instances,
    MeshBuffer,
    Viewport,
)
from irrun.program.program import Program
from irrun.program.reading.codec import load
from irrun.runtime.runtime import Runtime
from irrun.runtime.snapshot import frames_of_snapshot, restore_snapshot, take_snapshot
from irrun.trace.values import value_document

NAN, INF = math.nan, math.inf
PROGRAMS: Final = sorted((Path(__file__).parents[2] / "programs").glob("*.json"))


def contents(runtime: Runtime) -> dict[str, Any]:
    """Return all that can be seen of a runtime after a frame."""
    values = runtime.values
    return {
        "slots": {str(s): value_document(values.peek(s), "full") for s in values.slots},
        "written": [values.was_ever_written(s) for s in values.slots],
        "state": value_document(runtime.state.snapshot(), "full"),
        "frames": runtime.frame_count,
    }


def resumed(program: Program, data: bytes, **options: Any) -> Runtime:
    """Return a fresh runtime that goes on from a snapshot of the same program."""
    runtime = Runtime(program, **options)
    assert restore_snapshot(runtime, data) is None
    return runtime


def frames(runtime: Runtime, times: Sequence[float]) -> list[Any]:
    """Run frames; return what can be seen after each, and the error that ended the run."""
    found: list[Any] = []
    for t_ms in times:
        try:
            result = runtime.run_frame(t_ms)
        except IrrunError as error:
            return [*found, error.code]
        found.append((result.index, result.t_ms, result.written, contents(runtime)))
    return found


def same(got: Any, expected: Any) -> bool:
    return difference(got, expected) is None


# --- Two halves -----------------------------------------------------------------------------

TIMES: Final = [i * 1000 / 60 for i in range(20)]


@pytest.mark.parametrize("executors", ["auto", "stub"])
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_bundled_programs_in_two_halves(path: Path, executors: Any) -> None:
    """N frames are N/2 frames, a snapshot and N/2 frames: slots, state, counts, outputs."""
    program = load(str(path), name=path.name)
    whole = frames(Runtime(program, executors=executors), TIMES)

    first = Runtime(program, executors=executors)
    begun = frames(first, TIMES[:10])
    second = resumed(program, take_snapshot(first), executors=executors)

    failed = isinstance(begun[-1], str)
    assert begun + ([] if failed else frames(second, TIMES[10:])) == whole


DELTAS: Final = st.lists(st.sampled_from([0.0, 5.0, 1000 / 60, 40.0, 170.0]), min_size=2,
                         max_size=12)  # fmt: skip


@examples(40, long=300)
@given(st.integers(0, 10**6), DELTAS, st.data())
def test_random_programs_in_two_halves(
    seed: int, deltas: Sequence[float], data: st.DataObject
) -> None:
    """Wherever the run is cut, and whatever state it has, the halves make the whole."""
    program = random_program(seed, trouble=0)
    times = [float(x) for x in np.cumsum(deltas)]
    cut = data.draw(st.integers(0, len(times)))
    whole = frames(Runtime(program), times)

    first = Runtime(program)
    begun = frames(first, times[:cut])
    second = resumed(program, take_snapshot(first))

    failed = bool(begun) and isinstance(begun[-1], str)
    assert begun + ([] if failed else frames(second, times[cut:])) == whole


def test_a_snapshot_of_a_resumed_run_is_the_snapshot_of_the_whole_run() -> None:
    """Nothing gets lost or added on the way through a file."""
    program = load(str(next(p for p in PROGRAMS if p.stem == "ring-buffer")), name="p")
    whole, half = Runtime(program), Runtime(program)
    frames(whole, TIMES)
    frames(half, TIMES[:7])
    rest = resumed(program, take_snapshot(half))
    frames(rest, TIMES[7:])

    assert msgpack.unpackb(take_snapshot(rest)) == msgpack.unpackb(take_snapshot(whole))


def test_taking_a_snapshot_changes_nothing() -> None:
    """A run that is saved on the way goes on as if it had not been; equal state, equal bytes."""
    program = load(str(next(p for p in PROGRAMS if p.stem == "ring-buffer")), name="p")
    plain, saved = Runtime(program), Runtime(program)
    for t_ms in TIMES:
        plain.run_frame(t_ms)
        saved.run_frame(t_ms)
        assert take_snapshot(saved) == take_snapshot(saved) == take_snapshot(plain)

    assert contents(saved) == contents(plain)


def test_the_encoding_of_the_program_does_not_matter() -> None:
    """A snapshot taken from the JSON form goes on with the MessagePack form."""
    path = next(p for p in PROGRAMS if p.stem == "ring-buffer")
    first = Runtime(load(str(path), name="json"))
    frames(first, TIMES[:10])

    second = resumed(load(str(path.with_suffix(".msgpack")), name="msgpack"), take_snapshot(first))

    assert frames(second, TIMES[10:]) == frames(first, TIMES[10:])


def test_frames_of_a_snapshot() -> None:
    """A snapshot tells how many frames had run."""
    runtime = Runtime(load(str(PROGRAMS[0]), name="p"), executors="stub")
    for count in range(3):
        assert frames_of_snapshot(take_snapshot(runtime)) == count
        runtime.run_frame(count * 16.0)


# --- Clock ----------------------------------------------------------------------------------


def clock(model: Document) -> Program:
    """Return a program that shows model time, wrap event and delta in slots 1, 3 and 4."""
    b = ProgramBuilder("clock", model)
    b.slots(0, 1, 2, 3, 4)
    b.time(0, 1, phase01=2, wrapEvent=3)
    index = b.node("delta", 13, 0)
    b.step("nodeEval", "s-delta", nodeIndex=index, inputSlots=[], outputSlots=[4], phase="preBus")
    return b.program()


@pytest.mark.parametrize("mode", ["loop", "pingpong"])
def test_the_clock_goes_on(mode: str) -> None:
    """The first frame after a snapshot has a delta and may wrap: it is no first frame."""
    program = clock(cyclic(1000, mode))
    first = Runtime(program, fps=10)
    frames(first, [0.0, 900.0])

    second = resumed(program, take_snapshot(first), fps=10)
    second.run_frame(1150.0)

    assert second.values.peek(3) == 1.0
    assert second.values.peek(4) == pytest.approx(250.0)


def test_a_snapshot_before_the_first_frame() -> None:
    """Nothing has happened yet: the next frame is frame 0, with the nominal delta, no wrap."""
    program = clock(cyclic(1000))

    second = resumed(program, take_snapshot(Runtime(program, fps=10)), fps=10)
    result = second.run_frame(1150.0)

    assert result.index == 0
    assert (second.values.peek(3), second.values.peek(4)) == (0.0, 100.0)


# --- Values ---------------------------------------------------------------------------------


def array(dtype: str, *numbers: float) -> Any:
    return np.array(numbers, dtype=dtype)


def mesh(normals: Any = None) -> MeshBuffer:
    return MeshBuffer(
        array("f4", 1, 2, 3), array("u2", 0, 0, 0), (0.0, -1.0, 1.5), (1.0, 2.0, 3.0), normals
    )


VALUES: list[Any] = [
    pytest.param(lambda: None, id="null"),
    pytest.param(lambda: True, id="true"),
    pytest.param(lambda: 7, id="whole number"),
    pytest.param(lambda: 0.1, id="number"),
    pytest.param(lambda: -0.0, id="minus zero"),
    pytest.param(lambda: NAN, id="NaN"),
    pytest.param(lambda: -INF, id="infinity"),
    pytest.param(lambda: "text \U0001f600", id="text"),
    pytest.param(lambda: b"\x00\xff", id="bytes"),
    pytest.param(lambda: [1, [2.5, None], []], id="nested list"),
    pytest.param(lambda: (1, (2, "x")), id="nested tuple"),
    pytest.param(lambda: {"x": 1.5, "y": {"z": [True]}, "": None}, id="nested record"),
    pytest.param(lambda: {"$irrun": "array", "data": 1}, id="record like a tag"),
    pytest.param(lambda: [{"time": 1.0, "value": NAN}], id="event stream"),
    pytest.param(lambda: {"commands": [{"kind": "M", "x": 0, "y": 1}]}, id="path"),
    pytest.param(lambda: array("f4", 0.1, NAN, -0.0), id="f32 array"),
    pytest.param(lambda: array("f8", 0.1, INF), id="f64 array"),
    pytest.param(lambda: array("u4", 2**32 - 1), id="u32 array"),
    pytest.param(lambda: array("u1"), id="empty array"),
    pytest.param(lambda: DomainHandle(3), id="domain"),
    pytest.param(lambda: DomainHandle(2, ("a", "b"), (7, 8)), id="domain with ids"),
    pytest.param(lambda: DomainHandle(2.5), id="domain of a fraction"),
    pytest.param(lambda: FieldRef("field-3"), id="field handle"),
    pytest.param(
        lambda: CombinedField("sum", (FieldRef("1"), CombinedField("max", (FieldRef("2"),)))),
        id="combined field",
    ),
    pytest.param(lambda: Buffer(array("f4", 1, 2, 3, 4), 2, "f32"), id="buffer"),
    pytest.param(lambda: Buffer(array("u1", 0, 255), 1, "u8"), id="u8 buffer"),
    pytest.param(lambda: Viewport(800, 600, 2.0), id="viewport"),
    pytest.param(
        lambda: CameraEval(
            "main",
            array("f4", *range(16)),
            array("f4", *range(16, 32)),
            array("f4", *range(32, 48)),
            Viewport(1920, 1080, 1),
        ),
        id="camera",
    ),
    pytest.param(mesh, id="mesh"),
    pytest.param(lambda: mesh(array("f4", 0, 0, 1)), id="mesh with normals"),
    pytest.param(
        lambda: Instances(
            *(array("f4", i, i + 0.5) for i in range(4)),
            *(array("u1", i, i + 1) for i in range(5)),
            *[array("u4", 0, 70000)],
        ),
        id="instances",
    ),
    pytest.param(lambda: RenderFrame(clear=ClearSpec(mode="none")), id="frame"),
    pytest.param(lambda: [DomainHandle(1), {"b": Buffer(array("f4", 1), 1, "f32")}], id="mixture"),
]


def holding(value: Any) -> tuple[Program, bytes]:
    """Return a program, and its snapshot with a value in object slot 5."""
    b = ProgramBuilder("holding")
    b.slot(5, "object")
    b.slot(6, "object")
    b.time(0, 1)
    program = b.program()
    runtime = Runtime(program)
    runtime.values.write(5, value)
    runtime.run_frame(0.0)
    return program, take_snapshot(runtime)


@pytest.mark.parametrize("make", VALUES)
def test_every_class_of_value_comes_back(make: Callable[[], Any]) -> None:
    """A slot value is after a snapshot what it was before, type and all."""
    program, data = holding(make())

    got = resumed(program, data).values.peek(5)

    assert type(got) is type(make())
    assert same(value_document(got, "full"), value_document(make(), "full"))
    if isinstance(got, np.ndarray):
        assert got.dtype == make().dtype


def test_arrays_that_come_back_can_be_written() -> None:
    """A restored buffer is an array like any other."""
    program, data = holding(array("f4", 1, 2))

    got = resumed(program, data).values.peek(5)
    got[0] = 9.0

    assert got.tolist() == [9.0, 2.0]


def test_stubs_write_frames_that_come_back() -> None:
    """Whatever the stubs of every step kind put into slots survives."""
    program = load(str(next(p for p in PROGRAMS if p.stem == "every-step-kind")), name="p")
    first = Runtime(program, executors="stub")
    first.run_frame(0.0)

    assert contents(resumed(program, take_snapshot(first))) == contents(first)


NUMERIC = [
    pytest.param("f64", [0.1, NAN, -0.0, -INF, 5e-324], id="f64"),
    pytest.param("f32", [0.10000000149011612, NAN, -0.0, INF, 1.401298464324817e-45], id="f32"),
    pytest.param("i32", [-(2.0**31), 2.0**31 - 1, 0.0, -1.0, 7.0], id="i32"),
    pytest.param("u32", [2.0**32 - 1, 2.0**31, 0.0, 1.0, 7.0], id="u32"),
]


@pytest.mark.parametrize(("storage", "numbers"), NUMERIC)
def test_numeric_slots_come_back(storage: str, numbers: list[float]) -> None:
    """Every number of every storage is exact."""
    b = ProgramBuilder("numbers")
    for slot, _ in enumerate(numbers):
        b.slot(slot, storage)
    program = b.program()
    first = Runtime(program)
    for slot, number in enumerate(numbers):
        first.values.write(slot, number)

    second = resumed(program, take_snapshot(first))

    assert same([second.values.peek(slot) for slot, _ in enumerate(numbers)], numbers)


def test_what_was_never_written_still_is_not() -> None:
    """A slot without a writer stays one, and its read is still reported."""
    b = ProgramBuilder("unwritten")
    b.slots(2, 3)
    reader = b.signal("inputSlot", slot=2)
    b.step("signalEval", "s-out", outputs=[{"sigId": reader, "slot": 3}])
    program = b.program()
    first = Runtime(program)
    first.run_frame(0.0)

    second = resumed(program, take_snapshot(first))
    second.run_frame(10.0)

    assert not second.values.was_ever_written(2)
    assert [finding.code for finding in second.findings] == ["IR450"]


def test_slots_know_who_wrote_them() -> None:
    """The writers of before the snapshot are remembered."""
    b = ProgramBuilder("writers")
    b.slots(2, 3)
    b.initial(2, 5)
    b.step("signalEval", "s-out", outputs=[{"sigId": b.signal_const(1), "slot": 3}])
    program = b.program()
    first = Runtime(program)
    first.run_frame(0.0)

    second = resumed(program, take_snapshot(first))

    for slot in (2, 3):
        assert second.values.writer_of(slot) == first.values.writer_of(slot) is not None


def test_nothing_counts_as_written_in_the_next_frame() -> None:
    """Before the next frame every slot may be written, also one with an initial value."""
    b = ProgramBuilder("initial")
    b.slot(2)
    b.initial(2, 5)
    program = b.program()
    first = Runtime(program)
    first.run_frame(0.0)

    second = resumed(program, take_snapshot(first))
    second.values.write(2, 6.0)

    assert second.values.peek(2) == 6.0


# --- Another program ------------------------------------------------------------------------


def counting(patch_id: str, *, size: int = 1, model: Document = INFINITE) -> ProgramBuilder:
    """Return a program that counts seconds in slot 3; its slot 4 has an initial value."""
    b = ProgramBuilder(patch_id, model)
    b.slots(3, 4)
    b.cell(f"{patch_id}-cell", size=size, nodeId="n", role="r")
    node = b.signal("stateful", op="integrate", stateId=f"{patch_id}-cell", input=1)
    b.signal_const(1)
    b.step("signalEval", "s-out", outputs=[{"sigId": node, "slot": 3}])
    b.initial(4, len(patch_id))
    return b


def test_another_program_takes_the_state_over_as_in_a_swap() -> None:
    """Cells by stable key, its own slots, time and frame count go on; the report says so."""
    first = Runtime(counting("old").program(), fps=1)
    frames(first, [0.0, 1000.0])
    second = Runtime(counting("newer").program(), fps=1)

    report = restore_snapshot(second, take_snapshot(first))

    assert report is not None
    assert (report.frame, report.program) == (2, "newer")
    assert [(cell.key, cell.outcome) for cell in report.cells] == [("n:r", "kept")]
    assert (second.values.peek(3), second.values.peek(4)) == (0.0, 5.0)
    assert second.run_frame(3500.0).index == 2
    assert second.values.peek(3) == 4.5


@pytest.mark.parametrize("same_kind", [True, False])
def test_wrap_memory_of_another_program(same_kind: bool) -> None:
    """The wrap memory goes on only if the kind of the time model is the same."""
    old = cyclic(700) if same_kind else finite(5000)
    first = Runtime(clock(old))
    frames(first, [0.0, 600.0])
    second = Runtime(clock(cyclic(1000)))

    report = restore_snapshot(second, take_snapshot(first))
    second.run_frame(1100.0)

    assert report is not None
    assert report.wrap_memory_kept is same_kind
    assert second.values.peek(3) == float(same_kind)


def test_cells_that_do_not_fit_are_reset_and_reported() -> None:
    """A cell of another size starts anew, and the report says why."""
    first = Runtime(counting("old", size=2).program(), fps=1)
    frames(first, [0.0, 1000.0])
    second = Runtime(counting("newer").program(), fps=1)

    report = restore_snapshot(second, take_snapshot(first))

    assert report is not None
    assert [(cell.outcome, cell.why) for cell in report.cells] == [("reset", "size was 2, is 1")]
    assert second.state.f64.tolist() == [0.0]


def test_resuming_is_swapping() -> None:
    """What a swap keeps, a snapshot keeps: numbers beside the cells too."""

    def delayed(state_id: str) -> Program:
        b = ProgramBuilder(f"delayed-{state_id}")
        b.slot(3)
        b.cell(state_id, size=3, nodeId="n", role="r")
        node = b.signal("stateful", op="delayFrames", stateId=state_id, input=1,
                        params={"delayFrames": 2})  # fmt: skip
        b.signal("timeAbsMs")
        b.step("signalEval", "s-out", outputs=[{"sigId": node, "slot": 3}])
        return b.program()

    swapped = Runtime(delayed("a"))
    frames(swapped, [1.0, 2.0, 3.0, 4.0])
    fresh = Runtime(delayed("b"))
    restore_snapshot(fresh, take_snapshot(swapped))
    swapped.hot_swap(delayed("b"))

    assert frames(fresh, [5.0, 6.0, 7.0]) == frames(swapped, [5.0, 6.0, 7.0])
    assert fresh.values.peek(3) == 5.0


# --- Damage ---------------------------------------------------------------------------------


def sample() -> tuple[Program, bytes]:
    """Return a program with every sort of memory, and a snapshot of it."""
    b = counting("sample", model=cyclic(1000))
    b.slot(5, "object")
    b.initial(5, {"x": [1, 2, {"y": None}]})
    b.domain(6, 2, ["a", "b"])
    b.cell("held", nodeId="h")
    b.signal("stateful", op="sampleHold", stateId="held", input=1, params={"trigger": 1})
    b.slot(7)
    b.step("signalEval", "s-held", outputs=[{"sigId": 2, "slot": 7}])
    program = b.program()
    runtime = Runtime(program)
    frames(runtime, [0.0, 400.0])
    return program, take_snapshot(runtime)


PROGRAM, DATA = sample()
DOCUMENT: Final[dict[str, Any]] = msgpack.unpackb(DATA)


def restored(data: bytes) -> IrrunError | None:
    """Try to go on from bytes; return the problem. Anything but IR120 is a bug."""
    try:
        restore_snapshot(Runtime(PROGRAM), data)
        frames_of_snapshot(data)
    except BadSnapshot as error:
        return error
    return None


def test_the_sample_is_sound() -> None:
    """What is damaged below is whole here, and survives packing and unpacking."""
    assert restored(DATA) is None
    assert restored(msgpack.packb(DOCUMENT)) is None


NO_SNAPSHOTS = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"{}", id="JSON"),
    pytest.param(DATA[:-1], id="last byte missing"),
    pytest.param(DATA + b"\x00", id="a byte more"),
    pytest.param(DATA[1:], id="first byte missing"),
    pytest.param(b"\x80", id="empty map"),
    pytest.param(b"\x90", id="list"),
    pytest.param(b"\xc1", id="no MessagePack"),
    pytest.param(msgpack.packb({"format": "irrun-run", "version": 1}), id="another format"),
    pytest.param(msgpack.packb(DOCUMENT | {"version": 2}), id="another version"),
    pytest.param(msgpack.packb({"format": "irrun-state", "version": 1}), id="nothing but a head"),
]


@pytest.mark.parametrize("data", NO_SNAPSHOTS)
def test_bytes_that_are_no_snapshot(data: bytes) -> None:
    """They are IR120, whatever they are."""
    error = restored(data)

    assert error is not None
    assert error.code == "IR120"


@pytest.mark.parametrize("member", [m for m in DOCUMENT if m not in ("format", "version")])
def test_snapshot_without_a_member(member: str) -> None:
    """Every member is needed, and its absence is IR120."""
    data = msgpack.packb({k: v for k, v in DOCUMENT.items() if k != member})

    assert restored(data) is not None


JUNK: Final[tuple[Any, ...]] = (
    None, True, -1, 2**40, 1.5, NAN, INF, "text", b"bytes", [], [1, 2, 3], {}, {"a": 1},
    {"$irrun": "nonsense"},
    {"$irrun": "Buffer", "members": [1]},
    {"$irrun": "DomainHandle", "members": {"cuont": 1}},
    {"$irrun": "array", "dtype": "O", "data": b""},
    {"$irrun": "array", "dtype": "<f8", "data": b"123"},
    {"$irrun": "tuple", "items": 5},
    {"$irrun": "map", "members": [1]},
    {"$irrun": "map", "members": [[[], 1]]},
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every value in a document."""
    members: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        members = list(value.items())
    if isinstance(value, list):
        members = list(enumerate(value))
    return [path, *(p for key, item in members for p in places(item, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], junk: Any) -> Any:
    """Return a copy of a document with another value at a path."""
    if not path:
        return junk
    key, *rest = path
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[key] = replaced(value[key], tuple(rest), junk)
    return copied


@examples(100, long=600)
@given(st.sampled_from(places(DOCUMENT)[1:]), st.sampled_from(JUNK))
def test_any_member_replaced(path: tuple[Any, ...], junk: Any) -> None:
    """A document with something else in one place is IR120, or is taken; it crashes nothing."""
    restored(msgpack.packb(replaced(DOCUMENT, path, junk)))


@examples(60, long=300)
@given(st.integers(0, len(DATA) - 1), st.integers(0, 255))
def test_any_byte_replaced(index: int, byte: int) -> None:
    """Bytes with one other byte are IR120, or are taken; they crash nothing."""
    restored(DATA[:index] + bytes([byte]) + DATA[index + 1 :])


@pytest.mark.parametrize("cut", range(0, len(DATA), 13))
def test_truncated_bytes(cut: int) -> None:
    """A snapshot that ends early is IR120."""
    assert restored(DATA[:cut]) is not None


@pytest.mark.parametrize("member", ["f64Size", "f32Size", "i32Size"])
def test_state_that_no_memory_could_hold(member: str) -> None:
    """A size beyond all bounds is IR120, not a full memory."""
    layout = DOCUMENT["stateLayout"] | {member: 2**50}

    assert restored(msgpack.packb(DOCUMENT | {"stateLayout": layout})) is not None


def test_a_writer_that_is_no_step() -> None:
    """Writers are steps by index, which the program has, or words."""
    (slot, value, _), *others = DOCUMENT["slots"]
    for writer, is_sound in ((0, True), ("somebody", True), (len(PROGRAM.steps), False)):
        data = msgpack.packb(DOCUMENT | {"slots": [[slot, value, writer], *others]})
        assert (restored(data) is None) is is_sound


def test_values_nested_without_end() -> None:
    """Nesting deeper than any value is IR120."""
    deep: Any = 1
    for _ in range(400):
        deep = {"$irrun": "tuple", "items": [deep]}
    slots = [[5, deep, ""]]

    restored(msgpack.packb(DOCUMENT | {"slots": slots}))


def test_a_snapshot_that_is_refused_leaves_the_runtime_fresh() -> None:
    """After IR120 the runtime is as it was: it runs from the start."""
    broken = msgpack.packb(DOCUMENT | {"slots": [[5, {"$irrun": "nonsense"}, ""]]})
    runtime, fresh = Runtime(PROGRAM), Runtime(PROGRAM)

    with pytest.raises(BadSnapshot):
        restore_snapshot(runtime, broken)

    assert contents(runtime) == contents(fresh)
    assert frames(runtime, [0.0, 10.0]) == frames(fresh, [0.0, 10.0])


def test_a_bomb_is_no_saved_state() -> None:
    """A saved state has no more values than a program may have; nothing is made of more."""
    bomb = b"\x81\xa6format\xdd" + (1 << 22).to_bytes(4, "big") + b"\x90" * (1 << 22)

    with pytest.raises(LimitExceeded):
        restore_snapshot(Runtime(load(PROGRAMS[0])), bomb)
