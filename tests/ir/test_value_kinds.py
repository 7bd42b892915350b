"""Every kind of value that a slot can hold has its place wherever values are treated by kind."""

from typing import Any, Final

import numpy as np
import pytest
from program_builder import ProgramBuilder

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
    classify,
)
from irrun.runtime.runtime import Runtime
from irrun.runtime.snapshot import restore_snapshot, take_snapshot
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
    b = ProgramBuilder("kinds")
    b.slot(5, "object")
    program = b.program()
    before, after = Runtime(program), Runtime(program)
    before.run_frame(0.0)
    before.values.clear()
    before.values.write(5, sample(cls))

    restore_snapshot(after, take_snapshot(before))

    assert type(after.values.peek(5)) is cls
    assert value_document(after.values.peek(5), "full") == value_document(sample(cls), "full")
