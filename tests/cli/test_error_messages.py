"""Every problem that irrun knows, met through a real program or file, and what it then says."""

import gzip
import inspect
import io
import json
import math
import os
import re
import string
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import msgpack
import pytest
from cli.samples import (
    bundled,
    clock,
    many_unknown_fields,
    old_form,
    overlapping_slots,
    reads_unwritten,
    two_writers,
)
from evaluate.scene.scenes import (
    ALPHA,
    BLUE,
    CAMERA,
    DOMAIN,
    GREEN,
    MESH,
    POSITION,
    RADIUS,
    RED,
    camera_program,
    mesh_program,
    one_frame,
    projection_step,
    single,
    with_cameras,
    with_members,
)
from msgspec import structs
from program_builder import ProgramBuilder, cyclic, finite, opcode
from render.samples import FrameBuilder, batch, buffer, ring

import irrun
from irrun.compare.golden.many.find import find_programs
from irrun.compare.golden.many.owners import Claims, keep_apart, outside_project
from irrun.compare.golden.settings import read_settings
from irrun.compare.golden.store import read_golden, write_golden
from irrun.compare.golden.wishes import Wishes, record_plan
from irrun.compare.output.document import GoldenPicture, GoldenRun
from irrun.compare.output.record import RecordPlan, record_golden
from irrun.compare.output.saved_runs import read_saved_run
from irrun.errors import (
    IrrunError,
    Severity,
    bugs,
    expressions,
    fields,
    golden,
    loading,
    program,
    rendering,
    running,
    scene,
)
from irrun.ir.constants import SIGNAL_ORDER
from irrun.ir.values import Viewport
from irrun.limits import (
    ELEMENTS,
    GIVEN,
    HELD_NUMBERS,
    PATH_COMMANDS,
    SEARCHED,
    SLOT_OFFSET,
    STATE_SIZE,
    check_given,
)
from irrun.program.reading.codec import load, loads
from irrun.render.drawing import Layer
from irrun.render.native import png_of_svg
from irrun.render.pictures import DrawPlan, Painter
from irrun.render.vector.bounds import check_pixels
from irrun.runtime.block.view import BlockSlots
from irrun.runtime.run import Run
from irrun.runtime.runtime import Runtime
from irrun.runtime.snapshot import restore_snapshot
from irrun.trace.writers import SINKS

Build = Callable[[ProgramBuilder], object]
Provoke = Callable[[], Iterable[IrrunError]]
"""Meets a problem: raises it, or returns the findings that it is among."""


# --- Ways to meet a problem -----------------------------------------------------------------


def reading(data: bytes) -> Provoke:
    """Load bytes; their name is `program`."""
    return lambda: load(data, name="program").notes


def reading_a_pipe() -> Iterable[IrrunError]:
    """Load a pipe that was found in a folder."""
    os.mkfifo("p.json")
    load("p.json", found=True)
    return ()


def searching_too_much() -> Iterable[IrrunError]:
    """Look through a folder of more files than are looked at."""
    Path("many").mkdir()
    for name in ("a", "b", "c"):
        Path("many", name).touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(GIVEN, SEARCHED.variable, "2")
        find_programs([Path("many")])
    return ()


def reading_document(change: Callable[[dict[str, Any]], object]) -> Provoke:
    """Load a small program whose document is changed first."""
    b = clock()
    change(b.doc)
    return reading(b.bytes())


def reading_packed(change: Callable[[dict[str, Any]], object]) -> Provoke:
    """Load a small program, changed, from MessagePack."""
    b = clock()
    change(b.doc)
    return reading(msgpack.packb(b.doc))


def without_memory(provoke: Provoke) -> Provoke:
    """Load where no memory is left."""

    def lacking() -> Iterable[IrrunError]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("irrun.program.reading.codec.parse_json", failing(MemoryError("2 GB")))
            return provoke()

    return lacking


def held_to(numbers: int, provoke: Provoke) -> Provoke:
    """Run where no more than so many numbers may be held."""

    def limited() -> Iterable[IrrunError]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(GIVEN, HELD_NUMBERS.variable, str(numbers))
            return provoke()

    return limited


def failing_step(error: Exception) -> Provoke:
    """Run a clock whose first step meets something that the machine lacks."""

    def provoke() -> Iterable[IrrunError]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("irrun.steps.kinds.time_derive.TimeDerive.run", failing(error))
            return irrun.run(clock().program(), frames=1).findings

    return provoke


def failing(error: Exception) -> Callable[..., object]:
    """Return a function that raises."""

    def function(*_: object, **__: object) -> object:
        raise error

    return function


def second_generation(document: dict[str, Any]) -> None:
    """Rename the tables of expressions as the next generation of the format has them."""
    document["signalExprs"] = document.pop("signalTable")
    document["fieldExprs"] = document.pop("fields")


def with_limits(**given: str) -> Provoke:
    """Start where the environment sets limits."""

    def provoke() -> Iterable[IrrunError]:
        with pytest.MonkeyPatch.context() as patch:
            for variable, text in given.items():
                patch.setitem(GIVEN, variable, text)
            check_given()
        return ()

    return provoke


def laying_out(build: Build) -> Provoke:
    """Derive the layout of a clock to which something is added."""
    b = clock()
    build(b)
    return lambda: irrun.derive_layout(b.program()).findings


def starting(build: Build) -> Provoke:
    """Make a runtime for a clock to which something is added."""
    b = clock()
    build(b)
    return lambda: Runtime(b.program()).findings


def running_frames(b: ProgramBuilder, executors: Any = "stub", *, quirks: bool = False) -> Provoke:
    """Run two frames."""
    return lambda: irrun.run(b.program(), frames=2, executors=executors, quirks=quirks).findings


def in_blocks(b: ProgramBuilder) -> Provoke:
    """Ask for blocks of frames."""
    return lambda: irrun.run(b.program(), frames=2, engine="block").findings


def engines_that_disagree() -> Iterable[IrrunError]:
    """Run both engines, one of which takes every slot for 7."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BlockSlots, "peek", lambda slots, slot: 7.0)
        irrun.run(clock().program(), frames=3, engine="both")
    return ()


def shared_state() -> ProgramBuilder:
    """Two operations that move the same number on: whose turn it is matters in each frame."""
    b = clock()
    b.cell("one")
    time = b.signal("timeAbsMs")
    for slot, op in ((2, "integrate"), (3, "slew")):
        sig = b.signal("stateful", op=op, stateId="one", input=time)
        b.slot(slot)
        b.step("signalEval", f"s-{op}", outputs=[{"sigId": sig, "slot": slot}])
    return b


def storing(work: Callable[[Runtime], object]) -> Provoke:
    """Work on the value store of a program with slots 0 to 2, 2 being an i32."""

    def provoke() -> Iterable[IrrunError]:
        b = clock()
        b.slot(2, "i32")
        runtime = Runtime(b.program())
        work(runtime)
        return runtime.findings

    return provoke


def met(problem: type[IrrunError], provoke: Provoke) -> IrrunError:
    """Return the problem of a class that is met."""
    try:
        found = list(provoke())
    except IrrunError as error:
        found = [error]
    of_class = [error for error in found if type(error) is problem]
    assert of_class, f"met {found} instead of {problem.__name__}"
    return of_class[0]


# --- Programs with one thing wrong ----------------------------------------------------------


def set_members(**members: Any) -> Callable[[dict[str, Any]], object]:
    """Return what changes members of a document."""
    return lambda doc: doc.update(members)


def without(name: str) -> Callable[[dict[str, Any]], object]:
    """Return what removes a member of a document."""
    return lambda doc: doc.pop(name)


def both_forms(b: ProgramBuilder) -> bytes:
    """Return a program whose renderAssemble has both spellings."""
    b.step("renderAssemble", "s-render", outSlot=2, outFrameSlot=3)
    return b.bytes()


def unknown_step_kind() -> bytes:
    """Return a program with a step of a kind that is nearly one."""
    b = clock()
    b.step("signalEvla", "s-typo", outputs=[])
    return b.bytes()


def over_domain(count: float) -> ProgramBuilder:
    """Return a program that works on a domain of so many elements."""
    b = clock()
    b.domain(2, 0)
    b.doc["schedule"]["initialSlotValues"]["2"]["count"] = count
    b.step("materializeTestGeometry", "s-grid", domainSlot=2, outXSlot=3, outYSlot=4,
           outRadiusSlot=5)  # fmt: skip
    return b


def dangling_entry(b: ProgramBuilder) -> None:
    """Add a state cell whose constant leads beyond its pool."""
    b.doc["constants"]["constIndex"].append({"k": "f64", "idx": 5})
    b.cell("acc", initialConstId=0)


def outside_cell(b: ProgramBuilder) -> None:
    """Add a state cell of 4 elements at the end of an array of 2."""
    b.cell("acc", size=4)
    b.doc["stateLayout"]["f64Size"] = 2


def overlapping_cells(b: ProgramBuilder) -> None:
    """Add two state cells that share an element."""
    b.cell("first", size=3)
    b.cell("second", size=3)
    b.doc["stateLayout"]["cells"][1]["offset"] = 2


def one_slot_spelt_twice(b: ProgramBuilder) -> None:
    """Give slot 5 an initial value under two keys."""
    b.doc["schedule"]["initialSlotValues"] = {"5": 1, "05": 2}


def contradiction(b: ProgramBuilder) -> None:
    """Describe slot 1 a second time, differently."""
    b.slot(1, "f32")


def kept_in_number_slot(b: ProgramBuilder) -> None:
    """Say that slot 2 is a number and put a domain there."""
    b.slot(2)
    b.domain(2, 3)


def buffer_into_bus(b: ProgramBuilder) -> None:
    """Publish a buffer to a bus of numbers."""
    b.domain(2, 3)
    b.step("materializeTestGeometry", "s-grid", domainSlot=2, outXSlot=3, outYSlot=4,
           outRadiusSlot=5)  # fmt: skip
    total = b.bus("total", "sum")
    publisher = {"publisherId": "pub", "enabled": True, "sortKey": 0, "srcSlot": 3}
    b.step("busEval", "s-bus", busIndex=total, outSlot=6, publishers=[publisher],
           combine={"mode": "sum"}, silent={"kind": "zero"},
           busType={"world": "signal", "domain": "number"})  # fmt: skip


def other_time_model(b: ProgramBuilder) -> None:
    """Give the timeDerive step another time model than the program's."""
    b.doc["schedule"]["steps"][0]["timeModel"] = finite(1000)


def wrong_step_index(b: ProgramBuilder) -> None:
    """List the step at another index than its own."""
    b.doc["schedule"]["stepIdToIndex"]["s-time"] = 4


def changed(build: Build) -> bytes:
    """Return a clock to which something is done."""
    b = clock()
    build(b)
    return b.bytes()


def aliased_time() -> ProgramBuilder:
    """Return a program whose clock names slot 0 for two values."""
    b = ProgramBuilder("aliased")
    b.slots(0)
    b.time(0, 0)
    return b


def no_period() -> ProgramBuilder:
    """Return a program whose cycle has no length."""
    b = ProgramBuilder("no-period", cyclic(0))
    b.slots(0, 1, 2)
    b.time(0, 1, phase01=2)
    return b


def overflowing_number() -> bytes:
    """Return a program with a number beyond the double range, written in digits."""
    return clock().bytes().replace(b'"windowMs": 30000', b'"windowMs": 1e999')


def duplicate_key() -> bytes:
    """Return a program with a key twice in one object."""
    return clock().bytes().replace(b'"seed": 0', b'"seed": 0, "seed": 1')


def special_text() -> bytes:
    """Return a program with a number written as a text."""
    return clock().bytes().replace(b'"seed": 0', b'"seed": "-Infinity"')


def resuming_from(data: bytes) -> Provoke:
    """Go on from bytes."""

    def provoke() -> Iterable[IrrunError]:
        restore_snapshot(Runtime(clock().program()), data)
        return ()

    return provoke


def ring_with(slot: int, value: Any) -> ProgramBuilder:
    """Return a ring of dots with something else in one of its slots."""
    b = ring()
    b.initial(slot, value)
    return b


def bad_batch_list() -> ProgramBuilder:
    """Return a program whose list of batches has a second entry without a size."""
    b = ring(instance2dListSlot=7)
    incomplete = batch()
    del incomplete["sizeSlot"]
    b.initial(7, {"batches": [batch(), incomplete]})
    return b


def not_finite() -> ProgramBuilder:
    """Return a ring with a NaN size, and another that is infinite once."""
    return ring_with(4, buffer("f32", [math.inf, *[1.0] * 10, math.nan]))


def first_output() -> ProgramBuilder:
    """Return a ring whose first output is a number, declared as a frame."""
    b = ring()
    b.doc["outputs"].insert(0, {"id": "first", "kind": "renderFrame", "slot": 6})
    return b


def second_output() -> ProgramBuilder:
    """Return a ring whose second output is a number, declared as a frame."""
    b = ring()
    b.output(6, "other")
    return b


def post_effect(kind: str = "postfx") -> ProgramBuilder:
    """Return a program with a frame that has one pass of a kind."""
    f = FrameBuilder("effect")
    f.frame["passes"].append({"kind": kind, "header": {"id": "effect", "z": 0, "enabled": True}})
    return f.program()


def drawing(b: ProgramBuilder) -> Provoke:
    """Draw the first frame."""

    def provoke() -> Iterable[IrrunError]:
        painter = Painter(DrawPlan(Run(program=b.program(), times=[0.0])))
        list(painter.pictures())
        return painter.driver.now.findings

    return provoke


def without_the_extra() -> Iterable[IrrunError]:
    """Make a PNG where resvg is not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "resvg_py", None)
        png_of_svg("<svg/>")
    return ()


def without_pyarrow() -> Iterable[IrrunError]:
    """Write Parquet where pyarrow is not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "pyarrow", None)
        patch.setitem(sys.modules, "pyarrow.parquet", None)
        SINKS["parquet"](io.BytesIO())
    return ()


def a_library_that_fails() -> Iterable[IrrunError]:
    """Let resvg give up."""

    def svg_to_bytes(**options: object) -> bytes:
        raise RuntimeError("no more")

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "resvg_py", SimpleNamespace(svg_to_bytes=svg_to_bytes))
        png_of_svg("<svg/>")
    return ()


def a_large_picture() -> Iterable[IrrunError]:
    """Ask for a picture of very many pixels."""
    check_pixels(100_000, 1000)
    return ()


def out_of_reach() -> Iterable[IrrunError]:
    """Ask for pixels of what is too large for them."""
    Layer("p", ["<circle/>"], far={0: 1e9}).drawn_as_pixels()
    return ()


def evaluating(build: Callable[[ProgramBuilder], int]) -> Provoke:
    """Evaluate one signal."""
    b = clock()
    b.step("signalEval", "s-signals", outputs=[{"sigId": build(b), "slot": 2}])
    return running_frames(b, "auto")


def map_of(number: int) -> Callable[[ProgramBuilder], int]:
    """Return a build of a map with an opcode."""
    return lambda b: b.signal("map", src=b.signal_const(1), fn=opcode(number))


def kernel(b: ProgramBuilder) -> int:
    """Reduce a field that the data does not have."""
    fn = {"kind": "kernel", "kernelId": "reduce_sum"}
    return b.signal("map", src=b.signal_const(1), fn=fn)


def stateful(**params: Any) -> Callable[[ProgramBuilder], int]:
    """Return a build of an integrator."""
    return lambda b: b.signal("stateful", op="integrate", stateId="s", params=params)


def contradicting_offset(b: ProgramBuilder) -> int:
    """Give an integrator a cell at 0 and an offset of 1."""
    b.cell("s", size=2)
    return stateful(stateOffset=1)(b)


def sine_of_color(b: ProgramBuilder) -> int:
    """Take the sine of a colour."""
    color = b.signal("const", domain="color", constId=b.const("#fff"))
    return b.signal("map", src=color, fn=opcode(110))


def combined(mode: str) -> Callable[[ProgramBuilder], int]:
    """Return a build of a bus of two signals."""

    def build(b: ProgramBuilder) -> int:
        terms = [b.signal_const(1), b.signal_const(2)]
        return b.signal("busCombine", busIndex=0, terms=terms, combine={"mode": mode})

    return build


def eased(curve: int) -> Callable[[ProgramBuilder], int]:
    """Return a build of a transform through an easing curve."""

    def build(b: ProgramBuilder) -> int:
        incomplete_chain(b, {"kind": "ease", "curveId": curve})
        return b.signal("transform", src=b.signal_const(1), chain=0)

    return build


def incomplete_chain(b: ProgramBuilder, *steps: dict[str, Any]) -> None:
    """Add a chain that names no types."""
    b.doc["transforms"] = {"chains": [{"steps": list(steps)}]}


def materializing(
    build: Callable[[ProgramBuilder], int], components: int = 1, element: str = "f32"
) -> Provoke:
    """Materialize one field over three elements."""
    b = clock()
    field = build(b)
    b.domain(2, 3)
    plan = {"id": "m", "fieldExprId": str(field), "domainSlot": 2, "outBufferSlot": 3}
    fmt = {"components": components, "elementType": element}
    b.step("materialize", "s-field", materialization=plan | {"format": fmt, "policy": "perFrame"})
    return running_frames(b, "auto")


def constant_field(value: Any, domain: str = "number") -> Callable[[ProgramBuilder], int]:
    """Return a build of a constant field."""
    return lambda b: b.field("const", domain=domain, constId=b.const(value))


def field_with_bad_parameter(b: ProgramBuilder) -> int:
    """Scale by a text."""
    fn = {"kind": "kernel", "kernelId": "map_scale"}
    return b.field("map", src=constant_field(1)(b), fn=fn, params={"k": "much"})


def over_a_color() -> ProgramBuilder:
    """Return a program whose domain is a colour."""
    b = over_domain(1)
    b.initial(2, "#fff")
    return b


def unnamed_field() -> ProgramBuilder:
    """Return a program that materializes a field by a text without a number."""
    b = clock()
    b.domain(2, 1)
    plan = {"id": "m", "fieldExprId": "radius", "domainSlot": 2, "outBufferSlot": 3}
    fmt = {"components": 1, "elementType": "f32"}
    b.step("materialize", "s-field", materialization=plan | {"format": fmt, "policy": "perFrame"})
    return b


def coloring(color: Any) -> ProgramBuilder:
    """Return a program that spreads what is in slot 3 over two elements."""
    b = clock()
    b.domain(2, 2)
    b.slot(3, "object")
    if color is not None:
        b.initial(3, color)
    b.step("materializeColor", "s-color", domainSlot=2, colorExprSlot=3, outRSlot=4, outGSlot=5,
           outBSlot=6, outASlot=7)  # fmt: skip
    return b


def encoding(path: Any, count: int = 1, **fields: Any) -> ProgramBuilder:
    """Return a program that encodes what is in slot 3."""
    b = clock()
    b.domain(2, count)
    b.initial(3, path)
    b.step("materializePath", "s-path", domainSlot=2, pathExprSlot=3, outCmdsSlot=4,
           outParamsSlot=5, outCmdStartSlot=6, outCmdLenSlot=7, outPointStartSlot=8,
           outPointLenSlot=9, **fields)  # fmt: skip
    return b


LINES = {"commands": [{"kind": "M", "x": 0, "y": 0}] * 2}


def bus_of(publishers: list[tuple[str, float, int]], bus_type: dict[str, str]) -> ProgramBuilder:
    """Return a program with one bus."""
    b = clock()
    b.initial(5, {"x": 1, "y": 2})
    b.initial(6, 1)
    mixed = b.bus("mixed", "sum")
    rows = [
        {"publisherId": name, "enabled": True, "sortKey": key, "srcSlot": slot}
        for name, key, slot in publishers
    ]
    b.step("busEval", "s-bus", busIndex=mixed, outSlot=7, publishers=rows,
           combine={"mode": "sum"}, silent={"kind": "zero"}, busType=bus_type)  # fmt: skip
    return b


def mixed_bus() -> ProgramBuilder:
    """Return a program whose bus of fields has a buffer and a vector."""
    b = bus_of([("one", 0, 5), ("two", 1, 6)], {"world": "field", "domain": "number"})
    b.initial(6, {"kind": "fieldExpr", "exprId": "0"})
    return b


def unordered_bus() -> ProgramBuilder:
    """Return a program that lists its publishers against their sort keys."""
    number = {"world": "signal", "domain": "number"}
    return bus_of([("late", 2, 6), ("early", 1, 6)], number)


def stateless_node() -> ProgramBuilder:
    """Return a program with a stateful node that names no cell."""
    b = clock()
    b.initial(6, 1)
    node = b.node("node-slew", 404, 1)
    b.step("nodeEval", "s-node", nodeIndex=node, inputSlots=[6], outputSlots=[7], phase="preBus")
    return b


def node_without_constant() -> ProgramBuilder:
    """Return a program with a node Const whose constant is in no pool."""
    b = clock()
    node = b.node("node-const", 0, 0)
    b.step("nodeEval", "s-node", nodeIndex=node, inputSlots=[], outputSlots=[7], phase="preBus")
    return b


def reading_golden(data: bytes) -> Provoke:
    """Read a golden of these bytes from the file `bad.golden`."""

    def provoke() -> Iterable[IrrunError]:
        Path("bad.golden").write_bytes(data)
        read_golden(Path("bad.golden"))
        return ()

    return provoke


def golden_without_its_buffers() -> Iterable[IrrunError]:
    """Record whole buffers, remove their file, and read the golden."""
    path = Path("bad.golden")
    b = clock()
    b.initial(2, {"kind": "buffer", "data": [1], "format": {"components": 1, "elementType": "f32"}})
    b.output(2, "dots", "debug")
    plan = RecordPlan(GoldenRun(frames=1), buffers="full")
    write_golden(path, record_golden(b.program(), plan))
    next(Path().glob("bad.golden.*")).unlink()
    read_golden(path)
    return ()


def swapping_at(frame: int) -> Provoke:
    """Plan a golden of three frames of a clock, with `next.json` from a frame on."""

    def provoke() -> Iterable[IrrunError]:
        Path("next.json").write_bytes(clock().bytes())
        wishes = Wishes(frames=3, swaps={frame: Path("next.json")})
        record_plan([wishes], None, Path("a.golden"))
        return ()

    return provoke


def reading_saved_run(data: bytes) -> Provoke:
    """Read a saved run of these bytes from the file `run.jsonl`."""

    def provoke() -> Iterable[IrrunError]:
        Path("run.jsonl").write_bytes(data)
        read_saved_run(Path("run.jsonl"))
        return ()

    return provoke


def golden_without_its_picture() -> Iterable[IrrunError]:
    """Record a picture, remove its file, and read the golden."""
    path = Path("bad.golden")
    plan = RecordPlan(GoldenRun(frames=1), picture=GoldenPicture())
    write_golden(path, structs.replace(record_golden(ring().program(), plan), pictures={0: b"PNG"}))
    next(Path().glob("bad.golden.*")).unlink()
    read_golden(path)
    return ()


def recording_over(made_by: str | None, name: str = "bad.golden") -> Provoke:
    """Record a program where another program, or a test, has its golden."""

    def provoke() -> Iterable[IrrunError]:
        for file, builder in (("one.json", clock()), ("two.json", two_writers())):
            Path(file).write_bytes(builder.bytes())
        plan = RecordPlan(GoldenRun(frames=1), ("all",), path="one.json", made_by=made_by)
        write_golden(Path("bad.golden"), record_golden(clock().program(), plan))
        keep_apart(Path(name), Path("two.json"), two_writers().program(), None)
        return ()

    return provoke


def claiming_twice() -> Iterable[IrrunError]:
    """Record a golden for two tests."""
    claims = Claims()
    for test in ("test_it.py::test_one", "test_it.py::test_two"):
        claims.claim(Path("bad.golden"), test)
    return ()


def leaving_the_project() -> Iterable[IrrunError]:
    """Name a program beside the project."""
    Path("irrun.toml").touch()
    return outside_project(Path("bad.golden"), ["one.json", "../other/one.json"])


def drawing_frame(frame: int) -> Provoke:
    """Record three frames of a program, and a picture of another one."""

    def provoke() -> Iterable[IrrunError]:
        plan = RecordPlan(GoldenRun(frames=3), picture=GoldenPicture(frames=(frame,)))
        record_golden(ring().program(), plan)
        return ()

    return provoke


def watching(*names: str) -> Provoke:
    """Record a golden of a clock with these values."""

    def provoke() -> Iterable[IrrunError]:
        record_golden(clock().program(), RecordPlan(GoldenRun(frames=1), watch=names))
        return ()

    return provoke


def reading_settings(text: str) -> Provoke:
    """Read settings from the file `irrun.toml`."""

    def provoke() -> Iterable[IrrunError]:
        Path("irrun.toml").write_text(text)
        read_settings(Path("irrun.toml"))
        return ()

    return provoke


def looking_through(**camera: Any) -> Provoke:
    """Evaluate a camera, with members changed."""
    return lambda: one_frame(camera_program(with_members(CAMERA, **camera))).findings


def extruding(**mesh: Any) -> Provoke:
    """Build a mesh, with members changed."""
    return lambda: one_frame(mesh_program(with_members(MESH, **mesh))).findings


def projecting(**changes: Any) -> Provoke:
    """Project one instance; the domain's slot is named for the camera too."""
    b = projection_step(ProgramBuilder("project"), cameraEvalSlot=0, **changes)
    values = {DOMAIN: 1, POSITION: single(0, 0, 0), RED: 1, GREEN: 1, BLUE: 1, ALPHA: 1, RADIUS: 1}
    return lambda: one_frame(b.program(), values).findings


def projecting_without_its_camera() -> Iterable[IrrunError]:
    """Project in a program whose default camera is not in its table."""
    b = projection_step(with_cameras(CAMERA, default="lost"))
    return one_frame(b.program(), {DOMAIN: 1}).findings


def drawing_to(viewport: Viewport) -> Provoke:
    """Make a runtime with a viewport."""
    return lambda: Runtime(clock().program(), viewport=viewport).findings


# --- One row to a problem -------------------------------------------------------------------


class Row(NamedTuple):
    problem: type[IrrunError]
    code: str
    provoke: Provoke
    facts: list[str]
    """What the sentence names."""
    where: dict[str, Any]
    """What the place names; the rest does not matter."""


PROGRAM = {"file": "program"}
IN_SIGNAL = {"step": "s-signals", "kind": "signalEval", "frame": 0}
EXTENSION = msgpack.ExtType(0x73, b"x")
TYPED_F32 = msgpack.ExtType(0x74, b"\x07" + bytes(8))

ROWS = [
    # Loading
    Row(loading.CannotRead, "IR100", lambda: load("absent.json").notes,
        ["absent.json", "No such file"], {}),
    Row(loading.NotAProgram, "IR101", reading(b"\xc1\x00"), ["0xc1"], PROGRAM | {"byte": 0}),
    Row(loading.BadJson, "IR102", reading(b'{"irVersion": ]'), ["line 1", "column 15"],
        PROGRAM | {"byte": 14}),
    Row(loading.BadMsgpack, "IR103", reading(b"\x82\xa1a\x01\xc1\x02"), ["0xc1"],
        PROGRAM | {"byte": 4}),
    Row(loading.BadGzip, "IR104", reading(gzip.compress(b"{}" * 99)[:15]), ["ended"], PROGRAM),
    Row(loading.LimitExceeded, "IR105", reading(b'{"seed": ' + b"7" * 5000 + b"}"),
        ["5000 digits", "4000"], PROGRAM),
    Row(loading.RecordExtension, "IR106", reading(b"\xd4\x72\x40\x91\xa1a\x01"),
        ["msgpackr", "0x72"], PROGRAM | {"byte": 0}),
    Row(loading.UnknownExtension, "IR107", reading_packed(set_members(extra=EXTENSION)),
        ["115", "set"], PROGRAM),
    Row(loading.ForeignContainer, "IR108",
        reading_document(set_members(formatVersion=1, tables={})),
        ["formatVersion", "CompiledProgramIR"], PROGRAM),
    Row(loading.UnsupportedVersion, "IR109", reading_document(set_members(irVersion=3)),
        ["3", "1"], PROGRAM | {"path": "$.irVersion"}),
    Row(loading.MissingField, "IR110", reading_document(without("schedule")), ["schedule"],
        PROGRAM | {"path": "$"}),
    Row(loading.WrongType, "IR111", reading_document(set_members(patchRevision="one")),
        ["whole number", "'one'"], PROGRAM | {"path": "$.patchRevision"}),
    Row(loading.UnknownKind, "IR112", reading(unknown_step_kind()), ["signalEvla", "step"],
        PROGRAM | {"path": "$.schedule.steps[1].kind"}),
    Row(loading.BadTypedArray, "IR113", reading_document(set_members(constants={"f64": [1, "x"]})),
        ["element 1", "'x'"], PROGRAM | {"path": "$.constants.f64"}),
    Row(loading.OtherGeneration, "IR121", reading_document(second_generation),
        ["`signalExprs` and `fieldExprs`"], PROGRAM),
    Row(loading.DoesNotFit, "IR122", without_memory(reading(b"{}")),
        ["not enough memory"], PROGRAM),
    Row(loading.NotARegularFile, "IR116", reading_a_pipe, ["a pipe", "p.json"], {}),
    Row(loading.SearchTooLarge, "IR117",
        searching_too_much, ["many", "more than 2"], {}),
    Row(loading.BadLimit, "IR118", with_limits(IRRUN_MAX_FILE_BYTES="1 GB"),
        ["IRRUN_MAX_FILE_BYTES", "'1 GB'"], {}),
    Row(loading.UnknownLimit, "IR119", with_limits(IRRUN_MAX_DEPTH="300"), ["IRRUN_MAX_DEPTH"], {}),
    Row(loading.KeyCollision, "IR114", reading(changed(one_slot_spelt_twice)), ["5"],
        PROGRAM | {"path": "$.schedule.initialSlotValues"}),
    Row(loading.ConflictingForms, "IR115", reading(both_forms(clock())),
        ["outSlot", "outFrameSlot"], PROGRAM | {"path": "$.schedule.steps[1]"}),
    # Loading, without being refused
    Row(loading.UnknownField, "IR150", reading(many_unknown_fields(1).bytes()), ["extra0"],
        {"path": "$.extra0"}),
    Row(loading.NullNumber, "IR151", reading_document(set_members(constants={"f64": [1, None]})),
        ["NaN", "1 in all"], {"path": "$.constants.f64[1]"}),
    Row(loading.DuplicateKey, "IR152", reading(duplicate_key()), ["seed"], {}),
    Row(loading.OversizedNumber, "IR153", reading(overflowing_number()), ["Infinity"], {}),
    Row(loading.ConvertedArray, "IR154", reading_packed(set_members(constants={"f64": TYPED_F32})),
        ["f32", "f64"], {"path": "$.constants.f64"}),
    Row(loading.BadSnapshot, "IR120", resuming_from(b"x"), ["saved state"], {}),
    Row(loading.IncompleteChain, "IR158", reading(changed(incomplete_chain)),
        ["`fromType`", "`toType`", "`cost`"], {"path": "$.transforms.chains[0]"}),
    Row(loading.OldForm, "IR155", reading(old_form().bytes()), ["renderAssemble", "outSlot"],
        {"path": "$.schedule.steps[1]"}),
    Row(loading.AbsentTable, "IR156", reading_document(without("constants")), ["constants"],
        {"path": "$"}),
    Row(loading.SpecialNumberText, "IR157", reading(special_text()), ["-Infinity", "1 in all"],
        {"path": "$.seed"}),
    # Goldens
    Row(golden.NotAGolden, "IR130", reading_golden(b'{"goldenVersion": 1, "run": ['),
        ["truncated"], {"file": "bad.golden"}),
    Row(golden.GoldenVersionUnknown, "IR131", reading_golden(b'{"goldenVersion": 3}'),
        ["3", "1 and 2"], {"file": "bad.golden"}),
    Row(golden.BadSettings, "IR132", reading_settings("[golden]\nframes = 0\n"), ["$.frames"],
        {"file": "irrun.toml"}),
    Row(golden.UnknownWatch, "IR133", watching("outputs", "speed"), ["speed", "slots 0 to 1"], {}),
    Row(golden.BuffersMissing, "IR134", golden_without_its_buffers,
        ["bad.golden.", ".npz", "No such file"], {"file": "bad.golden"}),
    Row(golden.PicturesMissing, "IR138", golden_without_its_picture,
        ["bad.golden.0.", ".png", "No such file"], {"file": "bad.golden"}),
    Row(golden.GoldenOfAnother, "IR146", recording_over(None),
        ["bad.golden is the golden of one.json"], {}),
    Row(golden.GoldenNamesMeet, "IR148", recording_over(None, "Bad.golden"),
        ["Bad.golden", "bad.golden"], {}),
    Row(golden.GoldenRecordedTwice, "IR147", claiming_twice,
        ["test_one of test_it.py", "test_two of test_it.py"], {}),
    Row(golden.ProgramOutsideProject, "IR159", leaving_the_project, ["../other/one.json"],
        {"file": "bad.golden"}),
    Row(golden.PictureNeverHappens, "IR139", drawing_frame(9), ["frame 9", "0 to 2"], {}),
    Row(golden.SwapNeverHappens, "IR135", swapping_at(9), ["next.json", "frame 9", "0 to 2"], {}),
    Row(golden.NothingToRecord, "IR137", watching("state"), ["state", "slots 0 to 1"], {}),
    Row(golden.NotASavedRun, "IR136", reading_saved_run(b"hello"), ["irrun run -o"],
        {"file": "run.jsonl"}),
    # Programs that break a rule
    Row(program.ConstantNotFound, "IR201",
        lambda: clock().program().constants.resolve(7, SIGNAL_ORDER, wanted="number").value,
        ["7", "number", "json, constIndex, f64", "json 0"], {}),
    Row(program.ConstIndexOutOfPool, "IR202", starting(dangling_entry),
        ["constIndex[0]", "f64[5]", "0 entries"],
        {"path": "$.stateLayout.cells[0].initialConstId"}),
    Row(program.OffsetTooLarge, "IR210", laying_out(lambda b: b.slot(2, offset=SLOT_OFFSET.value)),
        ["slot 2", "f64", str(SLOT_OFFSET.value), str(SLOT_OFFSET.value - 1)], {"slot": 2}),
    Row(program.SlotMetaContradiction, "IR211", laying_out(contradiction),
        ["slotMeta[1]", "slotMeta[2]", "slot 1"], {"path": "$.slotMeta[2]", "slot": 1}),
    Row(program.SlotsOverlap, "IR212",
        lambda: irrun.derive_layout(overlapping_slots().program()).findings,
        ["slots 0 and 1", "f64[0]"], {"slot": 1}),
    Row(program.StateTooLarge, "IR213",
        laying_out(lambda b: b.doc["stateLayout"].update(f64Size=STATE_SIZE.value + 1)),
        ["f64Size", str(STATE_SIZE.value + 1)], {"path": "$.stateLayout.f64Size"}),
    Row(program.StorageOverridden, "IR250", laying_out(kept_in_number_slot),
        ["slot 2", "f64", "object", "domain"], {"path": "$.slotMeta[2]", "slot": 2}),
    Row(program.ClassConflict, "IR251", laying_out(buffer_into_bus),
        ["slot 3", "s-grid.outXSlot", "buffer", "s-bus.publishers[0].srcSlot", "number"],
        {"slot": 3}),
    Row(program.TwoWriters, "IR252", lambda: irrun.derive_layout(two_writers().program()).findings,
        ["slot 2", "s-one", "s-two"], {"slot": 2, "step": "s-two", "kind": "signalEval"}),
    Row(program.CellOutside, "IR260", laying_out(outside_cell),
        ["acc", "f64[0..3]", "f64Size is 2"], {"path": "$.stateLayout.cells[0]"}),
    Row(program.CellsOverlap, "IR261", laying_out(overlapping_cells),
        ["first", "second", "f64[2..2]"], {"path": "$.stateLayout.cells[1]"}),
    Row(program.DanglingInitial, "IR262", starting(lambda b: b.cell("acc", initialConstId=9)),
        ["acc", "9"], {"path": "$.stateLayout.cells[0].initialConstId"}),
    Row(program.TimeModelsDiffer, "IR263", reading(changed(other_time_model)), ["time model"],
        {"path": "$.schedule.steps[0].timeModel"}),
    Row(program.StepIndexDiffers, "IR264", reading(changed(wrong_step_index)),
        ["s-time", "4", "0"], {"path": "$.schedule.stepIdToIndex"}),
    # Running
    Row(running.UnknownSlot, "IR401", storing(lambda r: r.values.write(9, 1.0)),
        ["write", "slot 9", "0 to 2"], {"slot": 9}),
    Row(running.DoubleWrite, "IR402", running_frames(two_writers()),
        ["slot 2", "step s-one", "step s-two"],
        {"slot": 2, "step": "s-two", "kind": "signalEval", "field": "outputs[0].slot",
         "frame": 0, "t_ms": 0.0}),
    Row(running.TooMuchHeld, "IR406", held_to(10, running_frames(over_domain(9), "auto")),
        ["27", "10"], {"step": "s-grid", "frame": 0}),
    Row(running.OutOfMemory, "IR407", failing_step(MemoryError("for 9 GB")), ["for 9 GB"],
        {"step": "s-time", "frame": 0}),
    Row(running.StackExhausted, "IR408", failing_step(RecursionError("too deep")), ["too deep"],
        {"step": "s-time", "frame": 0}),
    Row(running.CannotUseBlocks, "IR409", in_blocks(shared_state()),
        ["integrate and slew use the same state"], {}),
    Row(running.TooManyElements, "IR404", running_frames(over_domain(ELEMENTS.value + 1)),
        ["slot 2", str(ELEMENTS.value + 1), str(ELEMENTS.value)],
        {"slot": 2, "step": "s-grid", "field": "domainSlot", "frame": 0}),
    Row(running.BadElementCount, "IR405", running_frames(over_domain(2.5)), ["slot 2", "2.5"],
        {"slot": 2, "step": "s-grid", "field": "domainSlot", "frame": 0}),
    Row(running.ReadUnwritten, "IR450", running_frames(reads_unwritten()), ["slot 2", "yields 0"],
        {"slot": 2, "step": "s-sum", "field": "publishers[0].srcSlot", "frame": 0}),
    Row(running.NotANumber, "IR451", storing(lambda r: r.values.write(2, "seven")),
        ["a text", "i32", "slot 2", "stored as 0"], {"slot": 2}),
    Row(running.AliasedTimeSlots, "IR452", running_frames(aliased_time(), "auto"),
        ["slot 0", "tAbsMsSlot", "out.tModelMs"], {"step": "s-time", "slot": 0, "frame": 0}),
    Row(expressions.OpcodeNotAllowed, "IR410", evaluating(map_of(133)),
        ["133", "lerp", "one signal"], IN_SIGNAL),
    Row(expressions.SignalCycle, "IR411",
        evaluating(lambda b: b.signal("map", src=0, fn=opcode(120))), ["0 -> 0"], IN_SIGNAL),
    Row(expressions.IdOutOfRange, "IR412", evaluating(lambda b: 7),
        ["signal 7", "signalTable.nodes", "0 entries"], IN_SIGNAL),
    Row(expressions.KernelNotRunnable, "IR413", evaluating(kernel),
        ["reduce_sum", "not in the data"], IN_SIGNAL),
    Row(expressions.ClosureNotRunnable, "IR414",
        evaluating(lambda b: b.signal("closureBridge", closureId="host", inputSlots=[])),
        ["signal 0", "host"], IN_SIGNAL),
    Row(expressions.StateNotFound, "IR415",
        evaluating(lambda b: b.signal("stateful", op="integrate", stateId="absent")),
        ["integrate", "absent"], IN_SIGNAL),
    Row(expressions.StateOutOfRange, "IR416", evaluating(stateful(stateOffset=5)),
        ["signal 0", "f64[5]", "0 elements"], IN_SIGNAL),
    Row(expressions.BadOperand, "IR417", evaluating(sine_of_color), ["map", "a colour"], IN_SIGNAL),
    Row(expressions.MissingParameter, "IR418",
        evaluating(lambda b: b.signal("stateful", op="sampleHold", stateId="s")),
        ["sampleHold", "trigger"], IN_SIGNAL),
    Row(expressions.UnknownMode, "IR419", evaluating(combined("median")), ["median"], IN_SIGNAL),
    Row(expressions.UnknownCurve, "IR420", evaluating(eased(9)), ["9", "0 to 6"], IN_SIGNAL),
    Row(expressions.UnusableConstant, "IR421", evaluating(lambda b: b.signal_const([1])),
        ["constant 0", "a list"], IN_SIGNAL),
    Row(expressions.MixedPublishers, "IR422", running_frames(mixed_bus(), "auto"),
        ["mixed", "buffers and other values"], {"step": "s-bus", "frame": 0}),
    Row(scene.UnknownSceneId, "IR423", projecting_without_its_camera, ["camera `lost`", "cam"],
        {"step": "s-project", "kind": "Instances3DProjectTo2D", "frame": 0}),
    Row(scene.BadCamera, "IR424", looking_through(projection__near=0),
        ["projection.near", "`cam`", "is 0", "above 0"],
        {"step": "s-0", "path": "$.cameras.cameras[0].projection.near", "frame": 0}),
    Row(scene.BadMesh, "IR425", extruding(recipe__profile__sides=2), ["`mesh`", "2 points"],
        {"step": "s-0", "kind": "MeshMaterialize", "frame": 0}),
    Row(scene.BadViewport, "IR426", drawing_to(Viewport(800, 0)), ["800 x 0 at 1"], {}),
    Row(scene.DefaultCamera, "IR460", projecting(), ["slot 0", "a number", "`__default__`"],
        {"step": "s-project", "field": "cameraEvalSlot", "slot": 0, "frame": 0}),
    Row(scene.SkewedOrientation, "IR461", looking_through(pose__orientation__w=2),
        ["`cam`", "length 2"],
        {"step": "s-0", "path": "$.cameras.cameras[0].pose.orientation", "frame": 0}),
    Row(scene.MeshSimplified, "IR462", extruding(recipe__bevel={"size": 1, "segments": 1}),
        ["`mesh`", "bevel"],
        {"step": "s-0", "path": "$.meshes.meshes[0].recipe.bevel", "frame": 0}),
    Row(scene.RotationIgnored, "IR463", projecting(rotationSlot=9), ["slot 9"],
        {"step": "s-project", "slot": 9, "frame": 0}),
    Row(running.NotADomain, "IR435", running_frames(over_a_color(), "auto"),
        ["slot 2", "a colour"],
        {"slot": 2, "step": "s-grid", "field": "domainSlot", "frame": 0}),
    Row(fields.BadFieldId, "IR436", running_frames(unnamed_field(), "auto"), ["`radius`"],
        {"step": "s-field", "frame": 0}),
    Row(fields.ListLength, "IR437", materializing(constant_field([1, 2])),
        ["constant 0", "2", "3 elements"], {"step": "s-field", "path": "$.fields.nodes[0]"}),
    Row(fields.FormatMismatch, "IR438", materializing(constant_field(1, "vec2"), 3),
        ["field 0", "vec2", "3 x f32", "slot 3"], {"step": "s-field", "slot": 3, "frame": 0}),
    Row(fields.FieldCycle, "IR439",
        materializing(lambda b: b.field("map", src=0, fn=opcode(120))), ["0 -> 0"],
        {"step": "s-field", "frame": 0}),
    Row(fields.UnsupportedField, "IR440", materializing(constant_field(1, "camera")),
        ["field 0", "camera"], {"step": "s-field", "path": "$.fields.nodes[0]"}),
    Row(fields.BadParameter, "IR441", materializing(field_with_bad_parameter),
        ["`k`", "field 1", "a text"],
        {"step": "s-field", "path": "$.fields.nodes[1].params.k"}),
    Row(fields.NotAColor, "IR442", running_frames(coloring({"x": 1, "y": 2}), "auto"),
        ["slot 3", "a vec2"], {"step": "s-color", "frame": 0}),
    Row(fields.NotAPath, "IR443",
        running_frames(encoding({"commands": [{"kind": "A"}]}), "auto"),
        ["slot 3", "kind `A`"], {"step": "s-path", "frame": 0}),
    Row(fields.PathTooLong, "IR444", running_frames(encoding(LINES, PATH_COMMANDS.value), "auto"),
        [str(2 * PATH_COMMANDS.value), str(PATH_COMMANDS.value)], {"step": "s-path", "frame": 0}),
    Row(fields.MissingColor, "IR465", running_frames(coloring(None), "auto"),
        ["slot 3", "white"], {"slot": 3, "step": "s-color", "field": "colorExprSlot"}),
    Row(fields.OtherTolerance, "IR466",
        running_frames(encoding(LINES, flattenTolerancePx=2), "auto"), ["2", "0.75"],
        {"step": "s-path", "frame": 0}),
    Row(expressions.NullConstant, "IR454", evaluating(lambda b: b.signal_const(None)),
        ["constant 0", "NaN"], IN_SIGNAL),
    Row(expressions.PublishersOutOfOrder, "IR455", running_frames(unordered_bus(), "auto"),
        ["late, early", "early, late"], {"step": "s-bus", "frame": 0}),
    Row(expressions.StateOffsetContradiction, "IR456", evaluating(contradicting_offset),
        ["signal 0", "stateOffset is 1", "cell s is at 0"], IN_SIGNAL),
    Row(expressions.NodeWithoutState, "IR457", running_frames(stateless_node(), "auto"),
        ["node-slew", "slew"], {"step": "s-node", "frame": 0}),
    Row(expressions.BadHexDigit, "IR459",
        evaluating(lambda b: b.signal("const", domain="color", constId=b.const("#12zz56"))),
        ["#12zz56"], IN_SIGNAL),
    Row(expressions.PlaceholderOpcode, "IR458",
        running_frames(stateless_node(), "auto", quirks=True),
        ["404", "slew", "yields 0"], {"step": "s-node", "frame": 0}),
    Row(expressions.MissingNodeConstant, "IR467",
        running_frames(node_without_constant(), "auto", quirks=True), ["constant 0", "yields 0"],
        {"step": "s-node", "frame": 0}),
    Row(running.BadPeriod, "IR453", running_frames(no_period()), ["period 0"],
        {"path": "$.timeModel.periodMs"}),
    Row(rendering.BatchListStopped, "IR470", running_frames(bad_batch_list(), "auto"),
        ["slot 7", "entry 1", "sizeSlot"],
        {"step": "s-render", "slot": 7, "field": "instance2dListSlot", "frame": 0}),
    Row(rendering.NotFinite, "IR471", running_frames(not_finite(), "auto"),
        ["slot 4", "2 NaN", "2 infinite", "concerned: 2"],
        {"step": "s-render", "slot": 4, "frame": 0}),
    Row(rendering.OutputIsNoFrame, "IR472", running_frames(second_output(), "auto"),
        ["`other`", "slot 6", "0.9"], {"path": "$.outputs[1].slot", "slot": 6}),
    Row(rendering.NotDrawn, "IR473", drawing(post_effect()), ["`effect`", "postfx"], {"frame": 0}),
    Row(rendering.UnusableRenderInput, "IR480",
        running_frames(ring_with(4, {"x": 1, "y": 2}), "auto"),
        ["size", "f32", "slot 4", "a vec2"],
        {"step": "s-render", "slot": 4, "field": "instance2dBatches[0].sizeSlot", "frame": 0}),
    Row(rendering.RenderInputLength, "IR481", running_frames(ring_with(2, 5), "auto"),
        ["posXY", "10 numbers", "5 elements", "slot 3", "has 24"],
        {"step": "s-render", "slot": 3, "field": "instance2dBatches[0].posXYSlot", "frame": 0}),
    Row(rendering.FrameMissing, "IR482", running_frames(first_output(), "auto"),
        ["`first`", "slot 6", "0.9"], {"path": "$.outputs[0].slot", "slot": 6, "frame": 0}),
    Row(rendering.CannotDraw, "IR483", drawing(post_effect(kind="glow")), ["`glow`", "$.passes[0]"],
        {"frame": 0}),
    Row(rendering.RenderExtraMissing, "IR484", without_the_extra, ["PNG", "resvg-py"], {}),
    Row(rendering.LibraryFailed, "IR485", a_library_that_fails, ["svg_to_bytes", "no more"], {}),
    Row(rendering.PictureLimit, "IR486", a_large_picture, ["100000 x 1000", "67,108,864"], {}),
    Row(running.DataExtraMissing, "IR445", without_pyarrow, ["pyarrow"], {}),
    # Bugs
    Row(bugs.EnginesDisagree, "IR901", engines_that_disagree,
        ["slot 0", "has 16.666666666666668", "have 7"],
        {"frame": 1, "step": "s-time", "kind": "timeDerive", "slot": 0}),
    Row(rendering.OutOfReach, "IR487", out_of_reach, ["pass `p`", "1000000000", "1,000,000"], {}),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.problem.__name__)
def test_a_problem_names_its_facts_and_its_place(row: Row) -> None:
    """Met for real, the sentence holds the facts, and `where` the place."""
    found = met(row.problem, row.provoke)

    assert found.code == row.code
    for fact in row.facts:
        assert fact in found.sentence
    for name, expected in row.where.items():
        assert getattr(found.where, name) == expected


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.problem.__name__)
def test_a_problem_is_one_plain_sentence(row: Row) -> None:
    """One line without a full stop, nothing left unfilled, nothing that only Python would say."""
    found = met(row.problem, row.provoke)

    for text in (found.sentence, found.hint_text or "x"):
        assert text.strip() == text != ""
        assert "\n" not in text
        assert not text.endswith(".")
        assert re.search(r"[{]\w*[}]|None|<class|object at 0x|nan\b", text) is None


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.problem.__name__)
def test_a_problem_as_a_document_is_the_same(row: Row) -> None:
    """Machine formats carry code, severity, family, message, place and hint, as plain JSON."""
    found = met(row.problem, row.provoke)
    document = json.loads(json.dumps(found.document(), allow_nan=False))

    assert document["code"] == row.code
    assert document["severity"] == str(row.problem.severity)
    assert document["message"] == found.sentence
    assert document.get("hint") == found.hint_text
    places = {("tMs" if name == "t_ms" else name): value for name, value in row.where.items()}
    assert places.items() <= document["where"].items()


def concrete(*modules: ModuleType) -> set[type[IrrunError]]:
    """Return the error classes that modules define."""
    return {
        found
        for module in modules
        for _, found in inspect.getmembers(module, inspect.isclass)
        if issubclass(found, IrrunError) and found.__module__ == module.__name__
    }


def test_every_error_class_has_a_row() -> None:
    """A problem that nobody has ever met has no place in irrun."""
    assert {row.problem for row in ROWS} == concrete(*FAMILIES)
    assert len(ROWS) == len({row.problem for row in ROWS})


FAMILIES = {
    loading: ("IR1", "malformed"),
    golden: ("IR1", "malformed"),
    program: ("IR2", "invalid"),
    running: ("IR4", "trap"),
    expressions: ("IR4", "trap"),
    fields: ("IR4", "trap"),
    scene: ("IR4", "trap"),
    rendering: ("IR4", "trap"),
    bugs: ("IR9", "crash"),
}


@pytest.mark.parametrize("module", FAMILIES, ids=lambda module: module.__name__)
def test_codes_tell_the_family(module: ModuleType) -> None:
    """IR1 malformed, IR2 invalid, IR4 trap, IR9 crash; x50 to x79 are warnings and notes."""
    prefix, family = FAMILIES[module]

    for found in concrete(module):
        assert re.fullmatch(rf"{prefix}\d\d", found.code)
        assert found.family == family
        assert (50 <= int(found.code[-2:]) < 80) is (found.severity is not Severity.ERROR)


def test_codes_are_unique_and_explained() -> None:
    """One code, one class, with a title and a docstring of its own."""
    found = concrete(*FAMILIES)

    assert len({problem.code for problem in found}) == len(found)
    for problem in found:
        assert problem.title
        assert problem.__dict__.get("__doc__")
        names = {name for _, name, _, _ in string.Formatter().parse(problem.message) if name}
        assert names or problem in {loading.RecordExtension, program.TimeModelsDiffer}


def test_a_problem_knows_its_file(tmp_path: Path) -> None:
    """What loading refuses names the file as it was given."""
    path = tmp_path / "broken.json"
    path.write_bytes(b"{")

    with pytest.raises(loading.BadJson) as caught:
        irrun.load(path)
    assert caught.value.where.file == str(path)


def test_loading_a_good_program_meets_nothing() -> None:
    """The bundled programs load without a note, from either encoding."""
    for encoding in ("json", "msgpack"):
        assert loads(Path(bundled("every-step-kind", encoding)).read_bytes()).notes == ()
