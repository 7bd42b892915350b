"""What a block cannot have is for the interpreter, which says what is wrong."""

from collections.abc import Sequence

import pytest
from program_builder import ProgramBuilder

from irrun.limits import GIVEN, HELD_NUMBERS
from irrun.runtime.block.engine import BlockEngine
from irrun.runtime.block.pace import MOST_NUMBERS
from irrun.runtime.block.view import BlockFrames
from irrun.runtime.driver import Driver
from irrun.runtime.run import Run
from irrun.runtime.times import frame_times


def growing(elements: int = 1000) -> ProgramBuilder:
    """A field that moves: its buffer is made anew in each frame."""
    b = ProgramBuilder("growing")
    b.slots(0, 1)
    b.time(0, 1)
    b.domain(2, elements)
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


def test_a_block_is_no_longer_than_its_fields_allow_from_the_first_one_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a block holds is bounded by frames times elements, not by frames alone."""
    lengths: list[int] = []
    compute = BlockEngine.compute

    def noting(engine: BlockEngine, times: Sequence[float]) -> BlockFrames:
        lengths.append(len(times))
        return compute(engine, times)

    monkeypatch.setattr(BlockEngine, "compute", noting)
    few, many = growing(1000), growing(MOST_NUMBERS)
    for b in (few, many):
        for _ in Driver(Run(program=b.program(), times=frame_times(60))).frames():
            pass
        assert max(lengths) == (MOST_NUMBERS // 1000 if b is few else 1)
        lengths.clear()
