"""Copies of store and state contents at the end of chosen frames."""

from typing import Any

import msgspec

from irrun.program.layout import Layout
from irrun.runtime.view import FrameView
from irrun.steps.actors import Actor
from irrun.trace.keep import kept


class SlotContent(msgspec.Struct, frozen=True):
    """A slot's value, and who wrote it."""

    value: Any
    writer: Actor | None
    """Who wrote it last, or None."""
    this_frame: bool
    """True if it was written in the dumped frame."""


class Dump(msgspec.Struct, frozen=True):
    """All slots and state elements at the end of one frame."""

    frame: int
    t_ms: float
    layout: Layout
    """The layout of the program that was running."""
    slots: dict[int, SlotContent]
    state: dict[str, list[float]]


def take_dump(frame: FrameView) -> Dump:
    """Copy what slots and state hold now."""
    values = frame.values
    slots = {
        slot: SlotContent(kept(values.peek(slot)), values.writer_of(slot), values.is_written(slot))
        for slot in values.slots
    }
    return Dump(frame.index, frame.time.t_abs_ms, frame.layout, slots, frame.state())
