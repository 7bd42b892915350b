"""What a block cannot have is for the interpreter, which says what is wrong."""

import pytest
from program_builder import ProgramBuilder

from irrun.limits import GIVEN, HELD_NUMBERS
from irrun.runtime.driver import Driver
from irrun.runtime.run import Run
from irrun.runtime.times import frame_times


def growing() -> ProgramBuilder:
    """A field that moves, over a thousand elements: its buffer is made anew in each frame."""
    b = ProgramBuilder("growing")
    b.slots(0, 1)
    b.time(0, 1)
    b.domain(2, 1000)
    time = b.signal("timeAbsMs")
    field = b.field("broadcastSig", sig=time, domainSlot=2)
    b.slot(3, "object")
    b.step(
        "materialize",
        "s-grow",
        materialization={
            "id": "m", "fieldExprId": str(field), "domainSlot": 2, "outBufferSlot": 3,
            "format": {"components": 1, "elementType": "f32"},
        },
    )  # fmt: skip
    return b


def test_a_field_over_a_block_that_is_too_large_is_computed_frame_by_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a block holds more than a frame is no reason for a run to fail."""
    monkeypatch.setitem(GIVEN, HELD_NUMBERS.variable, "12000")
    driver = Driver(Run(program=growing().program(), times=frame_times(40)))

    frames = [view.index for view in driver.frames()]

    assert frames == list(range(40))
    assert driver.refusals
