"""renderAssemble: what irrun takes besides what the reference takes (section 12)."""

from typing import Any

import numpy as np
import pytest
from program_builder import ProgramBuilder
from render.samples import batch, buffer, ring
from support.step_samples import path_batch

from irrun.errors import IrrunError
from irrun.errors.expressions import BadHexDigit
from irrun.errors.rendering import (
    BatchListStopped,
    NotFinite,
    RenderInputLength,
    UnusableRenderInput,
)
from irrun.ir.documents import to_plain
from irrun.ir.render_frame import Instances2DPass, Paths2DPass, RenderFrame
from irrun.ir.values import Array, Instances
from irrun.runtime.runtime import Runtime
from irrun.runtime.snapshot import restore_snapshot, take_snapshot


def frame_of(runtime: Runtime, t_ms: float = 0.0) -> RenderFrame:
    """Run a frame; return what the program's only output holds."""
    (frame,) = runtime.run_frame(t_ms).outputs.values()
    assert isinstance(frame, RenderFrame)
    return frame


def instances_of(frame: RenderFrame) -> Instances2DPass:
    """Return the only pass of a frame."""
    (found,) = frame.passes
    assert isinstance(found, Instances2DPass)
    return found


def arrays_of(frame: RenderFrame) -> dict[int, list[float]]:
    """Return the buffers of a frame as lists."""
    return {number: array.tolist() for number, array in (frame.buffers or {}).items()}


# --- Counts and scalars ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "domain", "expected"),
    [
        (0, {"kind": "domain", "count": 3}, 3),
        (0, 3, 3),
        (-1, 3, 3),
        (3, {"kind": "domain", "count": 7}, 3),
        (3, "no domain at all", 3),
    ],
)
def test_count_is_the_batchs_own_or_that_of_its_domain(
    count: int, domain: Any, expected: int
) -> None:
    """A handle or a number; not looked at where the batch has a count (12.2)."""
    b = ring(3, instance2dBatches=[batch(count=count)])
    b.initial(2, domain)

    assert instances_of(frame_of(Runtime(b.program()))).count == expected


def test_an_empty_domain_gives_an_empty_pass() -> None:
    """No instances, empty buffers, no error."""
    assert instances_of(frame_of(Runtime(ring(0).program()))).count == 0


def test_a_domain_slot_without_a_domain_counts_as_empty() -> None:
    """So buffers that hold something do not fit."""
    b = ring(3)
    b.initial(2, "text")

    with pytest.raises(RenderInputLength):
        Runtime(b.program()).run_frame(0.0)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0xFF0000FF, 0xFF0000FF),
        ({"r": 1, "g": 0, "b": 0, "a": 0.5}, 0x80000080),
        ({"r": 0.2, "g": 0.4, "b": 0.6}, 0xFF996633),
        ("#ff8000", 0xFF0080FF),
        ("rgba(0, 255, 0, .25)", 0x40004000),
        ("no colour", 0xFFFFFFFF),
    ],
)
def test_colours_are_quantised_and_packed_little_endian(value: Any, expected: int) -> None:
    """Premultiplied, R lowest (10.8, 16.2); a number is packed already."""
    b = ring(3)
    b.initial(5, value)

    found = to_plain(instances_of(frame_of(Runtime(b.program()))).buffers)
    assert found["colorRGBA"] == {"kind": "scalar:u32", "value": expected}


def test_bad_hex_digits_of_a_colour_are_reported() -> None:
    """As everywhere that a colour text is read."""
    b = ring(3)
    b.initial(5, "#12zz56")
    runtime = Runtime(b.program())
    runtime.run_frame(0.0)

    (finding,) = runtime.warnings
    assert isinstance(finding, BadHexDigit)
    assert finding.where.step == "s-render"


# --- Frames own their buffers ---------------------------------------------------------------


def test_a_frame_keeps_its_numbers_when_later_frames_fill_the_arrays_anew() -> None:
    """Bare arrays are reused in place; the frame has them as they were."""
    b = ring(3)
    del b.doc["schedule"]["initialSlotValues"]["4"]
    runtime = Runtime(b.program())
    sizes = runtime.values.ensure(4, "f32", 3)
    sizes[:] = [1, 2, 3]
    first = frame_of(runtime)
    sizes[:] = [7, 8, 9]
    second = frame_of(runtime)

    assert arrays_of(first)[4] == [1, 2, 3]
    assert arrays_of(second)[4] == [7, 8, 9]
    assert not (first.buffers or {})[4].flags.writeable


def test_arrays_that_nobody_can_change_are_not_copied() -> None:
    """A read-only array is shared between slot and frame."""
    b = ring(3)
    runtime = Runtime(b.program())
    data = runtime.values.peek(3).data
    data.flags.writeable = False

    assert (frame_of(runtime).buffers or {})[3] is data


def test_the_frame_without_batches_is_black_and_empty() -> None:
    """Version 1, opaque black as 0x000000FF, no passes, no buffers (12.1)."""
    b = ProgramBuilder("empty")
    b.step("renderAssemble", "s-render", outFrameSlot=9)
    b.output(9)

    assert to_plain(frame_of(Runtime(b.program()))) == {
        "version": 1,
        "clear": {"mode": "color", "colorRGBA": 255},
        "passes": [],
    }


# --- Projected instances --------------------------------------------------------------------


def f32(*numbers: float) -> Array:
    """Return numbers as float32."""
    return np.array(numbers, dtype=np.float32)


def u8(*numbers: int) -> Array:
    """Return bytes."""
    return np.array(numbers, dtype=np.uint8)


def projected(index: list[int]) -> Instances:
    """Return three instances of which the second does not live."""
    return Instances(
        x=f32(1, 2, 3),
        y=f32(10, 20, 30),
        s=f32(0.5, 0.25, 4),
        z=f32(0, 0, 0),
        r=u8(255, 1, 100),
        g=u8(128, 1, 50),
        b=u8(0, 1, 255),
        a=u8(128, 255, 51),
        alive=u8(1, 0, 1),
        index=np.array(index, dtype=np.uint32),
    )


def over_instances(found: Instances, opacity: Any = 1.0, elements: int = 5) -> Runtime:
    """Return a runtime whose batch takes positions, sizes and colours from instances."""
    slots = {"posXYSlot": 8, "sizeSlot": 8, "colorRGBASlot": 8}
    b = ring(elements, instance2dBatches=[batch(**slots)])
    b.slot(8, "object")
    b.initial(6, opacity)
    runtime = Runtime(b.program())
    runtime.values.clear()
    runtime.values.write(8, found)
    return runtime


def test_projected_instances_are_premultiplied_and_those_that_live_are_drawn() -> None:
    """Derived arrays have negative ids: round((c * a) / 255) for r, g, b (12.2)."""
    frame = frame_of(over_instances(projected([4, 0, 2])))
    found = instances_of(frame)

    assert found.count == 2
    assert arrays_of(frame) == {
        -1: [1, 10, 3, 30],
        -2: [0.5, 4],
        -3: [128, 64, 0, 128, 20, 10, 51, 51],
    }
    assert to_plain(found.buffers)["posXY"] == {"bufferId": -1, "type": "f32", "length": 4}
    assert to_plain(found.buffers)["colorRGBA"] == {"bufferId": -3, "type": "u8", "length": 8}


def test_opacities_of_the_domain_follow_the_instances() -> None:
    """Opacity of element i goes to the instance that is element i."""
    opacity = buffer("f32", [0.0, 0.25, 0.5, 0.75, 1.0])
    frame = frame_of(over_instances(projected([4, 0, 2]), opacity))

    assert arrays_of(frame)[-4] == [1.0, 0.5]


def test_synthetic_ids_are_unique_over_the_batches_of_a_frame() -> None:
    """Two batches over instances share no id."""
    slots = {"posXYSlot": 8, "sizeSlot": 8, "colorRGBASlot": 8}
    b = ring(5, instance2dBatches=[batch(**slots), batch(**slots)])
    b.slot(8, "object")
    runtime = Runtime(b.program())
    runtime.values.clear()
    runtime.values.write(8, projected([4, 0, 2]))

    assert sorted(arrays_of(frame_of(runtime))) == [-6, -5, -4, -3, -2, -1]


# --- Wrong inputs ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slot", "value", "problem", "text"),
    [
        (3, 5.0, UnusableRenderInput, "posXY needs f32 numbers; slot 3 holds a number"),
        (3, buffer("u8", [0] * 6), UnusableRenderInput, "slot 3 holds 6 u8 numbers"),
        (3, buffer("f32", [0] * 5), RenderInputLength, "needs 6 numbers for 3 elements"),
        (4, buffer("f64", [0] * 3), UnusableRenderInput, "f32 numbers, or a number; slot 4"),
        (4, "#fff", UnusableRenderInput, "slot 4 holds a text"),
        (5, buffer("f32", [0] * 12), UnusableRenderInput, "colorRGBA needs u8 numbers"),
        (5, buffer("u8", [0] * 3), RenderInputLength, "needs 12 numbers"),
        (6, buffer("f32", [1] * 2), RenderInputLength, "opacity needs 3 numbers"),
    ],
)
def test_what_cannot_be_drawn_from_is_an_error(
    slot: int, value: Any, problem: type[IrrunError], text: str
) -> None:
    """Type and length of every input, in the order of the table (12.2)."""
    b = ring(3)
    b.initial(slot, value)

    with pytest.raises(problem) as caught:
        Runtime(b.program()).run_frame(0.0)
    assert text in str(caught.value)
    assert caught.value.where.slot == slot


def path_program(**values: Any) -> ProgramBuilder:
    """Return a program with two paths; some slots hold something else."""
    b = ProgramBuilder("paths")
    slots: dict[int, Any] = {
        10: 2,
        21: buffer("u16", [0, 1, 0, 1]),
        22: buffer("f32", [0, 0, 10, 0, 0, 5, 10, 5]),
        **{slot: buffer("u32", [0, 2]) for slot in (23, 25)},
        **{slot: buffer("u32", [2, 2]) for slot in (24, 26)},
    }
    for slot, value in slots.items():
        b.initial(slot, values.get(f"s{slot}", value))
    b.initial(27, "#102030")
    b.initial(28, 2.5)
    step = path_batch(strokeColorSlot=27, strokeWidthSlot=28, lineCap="round")
    b.step("renderAssemble", "s-render", pathBatches=[step], outFrameSlot=9)
    b.output(9)
    return b


def test_paths_come_from_handles_and_colour_texts() -> None:
    """Style has what the batch names, and nothing else."""
    frame = frame_of(Runtime(path_program().program()))

    (found,) = frame.passes
    assert isinstance(found, Paths2DPass)
    assert found.geometry.path_count == 2
    assert to_plain(found.style) == {
        "strokeColorRGBA": {"kind": "scalar:u32", "value": 0xFF302010},
        "strokeWidth": {"kind": "scalar:f32", "value": 2.5},
        "lineCap": "round",
    }
    assert sorted(arrays_of(frame)) == [21, 22, 23, 24, 25, 26]


@pytest.mark.parametrize(
    ("slot", "value", "problem"),
    [
        ("s21", buffer("u8", [0]), UnusableRenderInput),
        ("s22", 1.0, UnusableRenderInput),
        ("s23", buffer("u32", [0]), RenderInputLength),
        ("s26", buffer("u16", [0, 0]), UnusableRenderInput),
    ],
)
def test_wrong_path_inputs_are_errors(slot: str, value: Any, problem: type[IrrunError]) -> None:
    """Element types of all; the index arrays have an entry for each path at least (12.3)."""
    with pytest.raises(problem):
        Runtime(path_program(**{slot: value}).program()).run_frame(0.0)


# --- Lists of batches, the old form ---------------------------------------------------------


def listed(value: Any) -> Runtime:
    """Return a runtime whose batches are in a list slot."""
    b = ring(3, instance2dListSlot=7)
    if value is not None:
        b.initial(7, value)
    return Runtime(b.program())


@pytest.mark.parametrize(
    ("value", "passes"),
    [
        (None, 0),
        ("no list", 0),
        ({"batches": "none"}, 0),
        ({"batches": []}, 0),
        ({"batches": [batch(), batch()]}, 2),
        ({"batches": [path_batch(), batch(), None, 5]}, 1),
    ],
)
def test_list_slot_gives_a_pass_for_each_entry_of_its_kind(value: Any, passes: int) -> None:
    """What is no batch of the kind is skipped; a slot that nothing wrote means no batches."""
    runtime = listed(value)

    assert len(frame_of(runtime).passes) == passes
    assert runtime.warnings == ()


@pytest.mark.parametrize(
    ("bad", "text"),
    [
        (batch(sizeSlot=999), "slot 999"),
        (batch(sizeSlot="x"), "int"),
        (batch(count=4), "posXY"),
    ],
)
def test_a_bad_entry_ends_the_list_and_is_reported(bad: Any, text: str) -> None:
    """The passes before it stay (12.1)."""
    runtime = listed({"batches": [batch(), bad, batch()]})

    assert len(frame_of(runtime).passes) == 1
    (finding,) = runtime.warnings
    assert isinstance(finding, BatchListStopped)
    assert "entry 1" in str(finding)
    assert text in str(finding)


def test_embedded_batches_come_before_a_list_slot() -> None:
    """The list is looked at only where there are no embedded batches."""
    b = ring(3, instance2dBatches=[batch()], instance2dListSlot=7)
    b.initial(7, {"batches": [batch(), batch()]})

    assert len(frame_of(Runtime(b.program())).passes) == 1


def test_the_old_form_passes_on_what_an_earlier_step_wrote() -> None:
    """The frame is still there; nothing is written twice (ir-schema 14.3)."""
    b = ring(3)
    b.step("renderAssemble", "s-old", rootNodeIndex=0, outSlot=9)
    runtime = Runtime(b.program())

    assert len(frame_of(runtime).passes) == 1
    assert runtime.warnings == ()


def test_the_old_form_without_a_producer_writes_an_empty_frame() -> None:
    """`outSlot` is then the frame slot."""
    b = ProgramBuilder("old")
    b.step("renderAssemble", "s-old", rootNodeIndex=0, outSlot=9)
    b.output(9)

    assert frame_of(Runtime(b.program())).passes == ()


# --- NaN and infinity -----------------------------------------------------------------------


def test_numbers_that_are_not_finite_are_counted_over_frames() -> None:
    """One finding for a slot, with the first frame; it goes on counting."""
    b = ring(3)
    b.slots(6)
    del b.doc["schedule"]["initialSlotValues"]["6"]
    runtime = Runtime(b.program())
    sizes = runtime.values.peek(4).data
    for numbers in ([1, 2, 3], [np.nan, np.inf, 3], [1, 2, 3], [np.nan, 1, 1]):
        sizes[:] = numbers
        runtime.run_frame(0.0)

    found = [finding for finding in runtime.warnings if isinstance(finding, NotFinite)]
    assert [(f.facts["slot"], f.where.frame, f.where.step) for f in found] == [(4, 1, "s-render")]
    assert found[0].sentence.endswith("2 NaN and 1 infinite numbers (frames concerned: 2)")


def test_scalars_are_watched_too() -> None:
    """A NaN opacity."""
    b = ring(3)
    runtime = Runtime(b.program())
    runtime.values.clear()
    runtime.values.write(6, float("nan"))
    runtime.run_frame(0.0)

    (finding,) = runtime.warnings
    assert (finding.code, finding.facts["slot"], finding.facts["nan"]) == ("IR471", 6, 1)


def test_a_saved_state_has_the_frame_with_its_buffers() -> None:
    """What was drawn last is still there after going on from a snapshot."""
    b = ring(3)
    runtime = Runtime(b.program())
    frame = frame_of(runtime)
    fresh = Runtime(b.program())
    restore_snapshot(fresh, take_snapshot(runtime))

    restored = fresh.values.peek(9)
    assert isinstance(restored, RenderFrame)
    assert arrays_of(restored) == arrays_of(frame)
    assert restored.passes == frame.passes
