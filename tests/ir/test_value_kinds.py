"""Every kind of value that a slot can hold has its place wherever values are treated by kind."""

import inspect
from typing import Any, Final

import numpy as np
import pytest
from program_builder import ProgramBuilder

from irrun.compare.diff.data.pair import Pair
from irrun.compare.diff.runs.values import ValueComparer
from irrun.compare.output.leaves import LeafComparer
from irrun.compare.output.tolerance import EXACT
from irrun.compare.output.values import ValueRecorder, golden_value
from irrun.compare.output.watch import watched_values
from irrun.evaluate.held import Held
from irrun.ir.render_frame import ClearSpec, RenderFrame
from irrun.ir.values import (
    DEFAULT_VIEWPORT,
    RECORDS,
    Buffer,
    CameraEval,
    CombinedField,
    DomainHandle,
    FieldRef,
    Instances,
    MeshBuffer,
    TransformedField,
    Viewport,
    classify,
)
from irrun.program.layout import derive_layout
from irrun.program.program import Program
from irrun.runtime.runtime import Runtime
from irrun.runtime.snapshot import restore_snapshot, take_snapshot
from irrun.runtime.values import ValueStore
from irrun.runtime.view import FrameView
from irrun.trace.text import value_text
from irrun.trace.values import value_document

FLOATS: Final = np.arange(6, dtype=np.float32)
TWO: Final = FLOATS[:2]
MATRIX: Final = np.ones(16, np.float32)
BYTES: Final = np.array([1, 2], dtype=np.uint8)

SAMPLES: Final[dict[type, Any]] = {
    DomainHandle: DomainHandle(2, ("a", "b"), (1, 2)),
    FieldRef: FieldRef("0"),
    CombinedField: CombinedField("sum", (FieldRef("0"), FieldRef("1"))),
    TransformedField: TransformedField(0, FieldRef("1")),
    Buffer: Buffer(FLOATS, 2, "f32"),
    RenderFrame: RenderFrame(clear=ClearSpec(mode="none")),
    CameraEval: CameraEval("c", MATRIX, MATRIX, MATRIX, DEFAULT_VIEWPORT),
    MeshBuffer: MeshBuffer(FLOATS, np.array([0, 1, 0], np.uint16), (0, 0, 0), (1, 1, 1)),
    Instances: Instances(
        TWO, TWO, TWO, TWO, BYTES, BYTES, BYTES, BYTES, BYTES, np.array([0, 1], np.uint32)
    ),
}  # fmt: skip
"""One value of each kind."""


def with_slot() -> Program:
    """Return a program with a slot 5 for anything, and what handles of fields lead to."""
    b = ProgramBuilder("kinds")
    b.slot(5, "object")
    for number in range(8):
        b.field("const", constId=b.const(number))
    scaled = [{"kind": "scaleBias", "scale": 2, "bias": 0}]
    b.doc["transforms"] = {"chains": [{"steps": []}, {"steps": scaled}]}
    return b.program()


def sample(cls: type) -> Any:
    """Return the value of a kind; a kind without one has been forgotten here."""
    return SAMPLES[cls]


@pytest.mark.parametrize("cls", RECORDS)
def test_it_has_a_class_a_text_and_a_document(cls: type) -> None:
    """Layout, tables and machine output know it by name."""
    value = sample(cls)
    document = value_document(value)

    assert classify(value) != "any"
    assert value_text(value) != cls.__name__
    assert document.get("kind") or cls is RenderFrame
    assert len(document) > 1


@pytest.mark.parametrize("cls", RECORDS)
def test_it_is_saved_and_resumed(cls: type) -> None:
    """A saved state gives it back, member by member."""
    program = with_slot()
    before, after = Runtime(program), Runtime(program)
    before.run_frame(0.0)
    before.values.clear()
    before.values.write(5, sample(cls))

    restore_snapshot(after, take_snapshot(before))

    assert type(after.values.peek(5)) is cls
    assert value_document(after.values.peek(5), "full") == value_document(sample(cls), "full")


# --- Member by member -------------------------------------------------------------------------


def members(cls: type) -> list[str]:
    """Return the names of a kind's members."""
    return list(inspect.signature(cls).parameters)


def another(value: Any) -> Any:
    """Return a value of the same sort that differs."""
    if isinstance(value, np.ndarray):
        return (value + 1).astype(value.dtype)
    if isinstance(value, str):
        return {"f32": "f64", "0": "7"}.get(value, f"{value}-other")
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, tuple):
        return (another(value[0]), *value[1:])
    if isinstance(value, ClearSpec):
        return ClearSpec(mode="color", color_rgba=1)
    if isinstance(value, Viewport):
        return Viewport(1, 1)
    if isinstance(value, FieldRef):
        return FieldRef("7")
    return {None: (1.0,)}.get(value, value)


CHANGED = [
    pytest.param(cls, name, id=f"{cls.__name__}.{name}")
    for cls in RECORDS
    for name in members(cls)
    if not (cls is RenderFrame and name in ("version", "passes", "overlays", "perf", "buffers"))
]


def with_another(value: Any, name: str) -> Any:
    """Return a copy of a value with another member."""
    fields = {field: getattr(value, field) for field in members(type(value))}
    changed = another(fields[name])
    if name in ("normals", "uvs"):
        changed = FLOATS
    return type(value)(**(fields | {name: changed}))


@pytest.mark.parametrize(("cls", "name"), CHANGED)
def test_every_member_counts(cls: type, name: str) -> None:
    """In machine output, in goldens and in diffs, one by one."""
    value, other = sample(cls), with_another(sample(cls), name)
    pair = Pair(with_slot(), with_slot())

    assert value_document(value, "full") != value_document(other, "full")
    assert list(LeafComparer(EXACT).differing(golden_value(value), golden_value(other)))
    assert ValueComparer(pair).leaf(value, other) is not None
    assert ValueComparer(pair).leaf(value, sample(cls)) is None


@pytest.mark.parametrize("cls", RECORDS)
def test_it_is_watched(cls: type) -> None:
    """What is recorded of a frame has it."""
    runtime = Runtime(with_slot())
    runtime.run_frame(0.0)
    runtime.values.write(5, sample(cls))
    now = FrameView(runtime)

    (watched,) = watched_values(now, ("5",))
    assert watched.document(now, ValueRecorder()) == golden_value(sample(cls))


@pytest.mark.parametrize("cls", RECORDS)
def test_its_arrays_are_counted(cls: type) -> None:
    """All of them while it is held, and none any more when another value takes its place."""
    held, value = Held(), sample(cls)
    store = ValueStore(derive_layout(with_slot()).slots, held=held)
    parts = [getattr(value, name) for name in members(cls)]
    arrays = {id(part): part for part in parts if isinstance(part, np.ndarray)}

    store.write(5, value)
    assert held.numbers == sum(array.size for array in arrays.values())
    store.clear()
    store.write(5, None)
    assert held.numbers == 0
