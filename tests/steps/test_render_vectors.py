"""The reference's render frames: assembled instances, and frames of whole steps."""

import copy
from typing import Any

import numpy as np
import pytest
from program_builder import ProgramBuilder
from support.conformance_vectors import Case, case_name, cases, difference

from irrun.evaluate.scene.assembly import Assembler, InstanceSpec
from irrun.ir.documents import to_plain
from irrun.ir.render_frame import RenderFrame
from irrun.ir.values import ELEMENT_DTYPES, Buffer, value_from_document
from irrun.runtime.runtime import Runtime

INSTANCES = [case for case in cases("render") if case["op"] == "assembleInstances"]
FRAMES = [case for case in cases("render") if case["op"] == "renderAssemble"]

MEMBERS = {
    "posXY": "pos_xy",
    "size": "size",
    "rot": "rot",
    "colorRGBA": "color_rgba",
    "opacity": "opacity",
    "shapeId": "shape_id",
    "strokeWidth": "stroke_width",
    "strokeColorRGBA": "stroke_color_rgba",
}

DECISIONS: dict[str, str] = {
    "null-dash": "ir-schema 14.3: a dash of null is an absent one, and is written as such",
}
"""Where irrun leaves the reference, with quirks or without.

Reviewed: the vectors carry no quirks. What irrun accepts and the reference refuses (handles,
colours, projected instances) is not in them.
"""


def without_null_dash(frame: Any) -> tuple[Any, bool]:
    """Return an expected frame without dashes of null, and whether there were any."""
    met = False
    for found in frame["passes"]:
        if found.get("style", {}).get("dash", 0) is None:
            del found["style"]["dash"]
            met = True
    return frame, met


def slot_value(value: Any, *, handles: bool) -> Any:
    """Return what a slot of a case holds; arrays as handles if asked for."""
    if not isinstance(value, dict) or "data" not in value:
        return value_from_document(value)
    element = "u8" if value["type"] == "u8c" else value["type"]
    array = np.array(value["data"], dtype=np.float64).astype(ELEMENT_DTYPES[element])
    return Buffer(array, 1, element) if handles else array


def slot_values(case: Case, *, handles: bool) -> dict[int, Any]:
    """Return the values of all slots of a case."""
    slots = case["args"]["slots"]
    return {int(slot): slot_value(value, handles=handles) for slot, value in slots.items()}


def frame_of(case: Case, *, handles: bool, quirks: bool) -> RenderFrame:
    """Run the step of a case in a program that has only this step."""
    step = dict(case["args"]["step"])
    values = slot_values(case, handles=handles)
    b = ProgramBuilder(case_name(case))
    for slot in {*values, step["outFrameSlot"]}:
        b.slot(slot, "object")
    b.step(step.pop("kind"), step.pop("id"), **step)
    b.output(step["outFrameSlot"])
    runtime = Runtime(b.program(), quirks=quirks)
    for slot, value in values.items():
        runtime.values.write(slot, value)
    frame = runtime.run_frame(0.0).outputs["frame"]
    assert isinstance(frame, RenderFrame)
    assert runtime.warnings == ()
    return frame


@pytest.mark.parametrize("handles", [False, True], ids=["bare", "handles"])
@pytest.mark.parametrize("case", INSTANCES, ids=case_name)
def test_instance_buffers_are_the_references(case: Case, handles: bool) -> None:
    """Scalars and references for every attribute that a spec can name."""
    values = slot_values(case, handles=handles)
    spec = {MEMBERS[k]: v for k, v in case["args"]["spec"].items() if k != "count"}
    assembler = Assembler(values.__getitem__)

    buffers, count = assembler.instance_buffers(InstanceSpec(**spec), case["args"]["spec"]["count"])

    assert count == case["args"]["spec"]["count"]
    assert difference(to_plain(buffers), case["expect"]) is None


@pytest.mark.parametrize("quirks", [False, True], ids=["plain", "quirks"])
@pytest.mark.parametrize("handles", [False, True], ids=["bare", "handles"])
@pytest.mark.parametrize("case", FRAMES, ids=case_name)
def test_frames_are_the_references(case: Case, handles: bool, quirks: bool) -> None:
    """The frame in the output slot, but for the buffers that irrun keeps in it."""
    frame = frame_of(case, handles=handles, quirks=quirks)

    got = to_plain(frame)
    kept = got.pop("buffers", {})
    expected, _ = without_null_dash(copy.deepcopy(case["expect"]))
    assert difference(got, expected) is None
    values = slot_values(case, handles=False)
    for slot, array in kept.items():
        assert array.tolist() == values[int(slot)].tolist()
        assert not array.flags.writeable


def test_decisions_are_met_and_no_quirk_is_undecided() -> None:
    """A quirk in these vectors would need a row; the row that there is, is met."""
    quirks = {quirk for case in cases("render") for quirk in case.get("quirks", ())}
    met = [without_null_dash(copy.deepcopy(case["expect"]))[1] for case in FRAMES]

    assert quirks == set()
    assert DECISIONS.keys() == {"null-dash"}
    assert (len(INSTANCES), len(FRAMES), sum(met)) == (12, 24, 3)
