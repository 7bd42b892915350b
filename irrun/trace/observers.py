"""Who looks on step by step: slots read and written with values, what happened within."""

from collections.abc import Collection
from time import perf_counter_ns
from typing import Any

import msgspec

from irrun.errors import IrrunError
from irrun.ir.time_model import ResolvedTime
from irrun.runtime.executor import Observer
from irrun.steps.base import PlannedStep
from irrun.steps.frame import Frame, Subject
from irrun.trace.keep import kept


class SlotValue(msgspec.Struct, frozen=True):
    """A slot and the value that was read from it or stored in it."""

    slot: int
    value: Any


class Detail(msgspec.Struct, frozen=True):
    """One thing that happened within a step: an evaluated expression, a publisher's term."""

    subject: Subject
    text: str
    value: Any
    note: str = ""


class StepTrace(msgspec.Struct):
    """What one step did in one frame."""

    planned: PlannedStep
    reads: list[SlotValue] = msgspec.field(default_factory=list)
    writes: list[SlotValue] = msgspec.field(default_factory=list)
    details: list[Detail] = msgspec.field(default_factory=list)
    """What happened within the step, if details were asked for."""
    nanoseconds: int = 0
    failed: bool = False


class FrameTrace(msgspec.Struct):
    """What all steps did in one frame; a frame that failed ends with the step that failed."""

    index: int
    time: ResolvedTime
    steps: list[StepTrace] = msgspec.field(default_factory=list)


class TraceRecorder(Observer):
    """Keeps the traces of chosen frames, and always that of the frame that is running.

    Args:
        frames: Indices of the frames to keep.
        details: Also keep what happens within steps.
    """

    def __init__(self, frames: Collection[int], *, details: bool = False) -> None:
        self.wanted = frames
        self.details = details
        self.traces: list[FrameTrace] = []
        self.running: FrameTrace | None = None
        self._started = 0

    def looks_at(self, frame: int) -> bool:
        """True for frames to keep; one that fails is run by the interpreter anyway."""
        return frame in self.wanted

    def frame_start(self, frame: Frame) -> None:
        """Begin a trace and listen to reads and writes."""
        self.running = FrameTrace(frame.index, frame.time)
        frame.listen(self._on_read, self._on_write)
        # Details cost more than reads and writes: only wanted frames have them.
        wants_details = self.details and frame.index in self.wanted
        frame.on_detail = self._on_detail if wants_details else None

    def step_start(self, frame: Frame, planned: PlannedStep) -> None:
        """Begin a step; it counts as failed until it ends."""
        if self.running is not None:
            self.running.steps.append(StepTrace(planned, failed=True))
        self._started = perf_counter_ns()

    def step_end(self, frame: Frame, planned: PlannedStep) -> None:
        """End a step."""
        if self.running is not None:
            step = self.running.steps[-1]
            step.nanoseconds = perf_counter_ns() - self._started
            step.failed = False

    def frame_end(self, frame: Frame) -> None:
        """Keep the trace if it is wanted."""
        frame.unlisten()
        if self.running is not None and self.running.index in self.wanted:
            self.traces.append(self.running)
        self.running = None

    def keep_failed(self) -> FrameTrace | None:
        """Return and keep the trace of a frame that did not end."""
        failed, self.running = self.running, None
        if failed is not None:
            self.traces.append(failed)
        return failed

    def _on_read(self, slot: int, value: Any) -> None:
        if self.running is not None:
            self.running.steps[-1].reads.append(SlotValue(slot, kept(value)))

    def _on_detail(self, subject: Subject, text: str, value: Any, note: str) -> None:
        if self.running is not None:
            self.running.steps[-1].details.append(Detail(subject, text, value, note))

    def _on_write(self, slot: int, value: Any) -> None:
        if self.running is not None:
            self.running.steps[-1].writes.append(SlotValue(slot, kept(value)))


def finding_documents(findings: Collection[IrrunError]) -> list[dict[str, Any]]:
    """Return warnings and notes for machine formats."""
    return [finding.document() for finding in findings]
