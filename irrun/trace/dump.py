"""Copies of store and state contents at the end of chosen frames."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from irrun.program.layout import Layout
from irrun.runtime.executor import SilentObserver, StepFrame
from irrun.runtime.runtime import Runtime
from irrun.trace.keep import kept


@dataclass(frozen=True, slots=True)
class SlotContent:
    """A slot's value, and who wrote it."""

    value: Any
    writer: str | None
    """Who wrote it last, or None."""
    this_frame: bool
    """True if it was written in the dumped frame."""


@dataclass(frozen=True, slots=True)
class Dump:
    """All slots and state elements at the end of one frame."""

    frame: int
    t_ms: float
    layout: Layout
    """The layout of the program that was running."""
    slots: dict[int, SlotContent]
    state: dict[str, list[float]]


def take_dump(runtime: Runtime) -> Dump:
    """Copy what the stores of a runtime hold now."""
    values = runtime.values
    slots = {
        slot: SlotContent(kept(values.peek(slot)), values.writer_of(slot), values.is_written(slot))
        for slot in values.slots
    }
    state = {str(name): elements for name, elements in runtime.state.snapshot().items()}
    frame = runtime.frame
    return Dump(frame.index, frame.time.t_abs_ms, runtime.layout, slots, state)


class DumpRecorder(SilentObserver):
    """Takes dumps at the end of chosen frames."""

    def __init__(self, frames: Collection[int]) -> None:
        self.wanted = frames
        self.runtime: Runtime | None = None
        self.dumps: list[Dump] = []

    def frame_end(self, frame: StepFrame) -> None:
        """Dump the frame if it is wanted."""
        if frame.index in self.wanted and self.runtime is not None:
            self.dumps.append(take_dump(self.runtime))
