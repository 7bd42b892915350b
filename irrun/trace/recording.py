"""Run a program as the command does: with traces, dumps, watched columns and output files."""

from collections.abc import Callable, Collection, Sequence
from time import perf_counter

import msgspec

from irrun.errors import IrrunError
from irrun.runtime.driver import Driver
from irrun.runtime.hot_swap import SwapReport
from irrun.runtime.run import Run
from irrun.runtime.view import FrameView
from irrun.trace.columns import Columns
from irrun.trace.documents import end_document, frame_document, header_document
from irrun.trace.dump import Dump, take_dump
from irrun.trace.observers import FrameTrace, TraceRecorder
from irrun.trace.points import Point
from irrun.trace.values import Buffers, remembering
from irrun.trace.writers import Document, Sink


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a run. Frames are counted from the very first run on."""

    trace_frames: Collection[int] | None = ()
    """Frames whose steps are kept; None for no trace at all."""
    details: bool = False
    """Keep what happens within the steps of these frames too."""
    dump_frames: Collection[int] = ()
    watch: tuple[int, ...] = ()
    """Slots whose values over frames are kept."""
    points: tuple[Point, ...] = ()
    """Elements and statistics of buffers that are kept too."""
    slots: tuple[int, ...] | None = None
    """Slots in machine output; all if None."""
    buffers: Buffers = "digest"
    shows: bool = True
    """Keep traces and dumps after the run, to show them; else only until they are written."""


class Recording(msgspec.Struct):
    """What a run left behind."""

    driver: Driver
    watched: Columns | None = None
    traces: list[FrameTrace] = msgspec.field(default_factory=list)
    dumps: list[Dump] = msgspec.field(default_factory=list)
    swaps: list[SwapReport] = msgspec.field(default_factory=list)
    frames: int = 0
    """Frames that ended."""
    writes: int = 0
    """Slot writes in all frames."""
    seconds: float = 0.0
    error: IrrunError | None = None
    """What ended the run early."""

    @property
    def now(self) -> FrameView:
        """What there is to see after the run."""
        return self.driver.now


def record_run(
    run: Run,
    wanted: Wanted,
    sinks: Sequence[Sink] = (),
    on_frame: Callable[[int], None] | None = None,
) -> Recording:
    """Go through a run and keep what is wanted of it. A trap ends the run, and is kept.

    Args:
        run: What is run.
        wanted: What is kept.
        sinks: Take the machine output, frame by frame.
        on_frame: Called after each frame with the number of frames done.

    Raises:
        Invalid: IR2xx, the program cannot run; nothing has been written then.
        BadSnapshot: IR120.
    """
    return _Recorder(run, wanted, sinks, on_frame).recording()


class _Recorder:
    def __init__(
        self,
        run: Run,
        wanted: Wanted,
        sinks: Sequence[Sink],
        on_frame: Callable[[int], None] | None,
    ) -> None:
        self._wanted = wanted
        self._sinks = sinks
        self._arrays = remembering(wanted.buffers)
        self._tracer: TraceRecorder | None = None
        if wanted.trace_frames is not None:
            self._tracer = TraceRecorder(wanted.trace_frames, details=wanted.details)
        observers = () if self._tracer is None else (self._tracer,)
        driver = Driver(run, observers, on_frame)
        self._recording = Recording(driver)
        if self._tracer is not None:
            self._recording.traces = self._tracer.traces
        if wanted.watch or wanted.points:
            self._recording.watched = Columns(
                driver.now.values, wanted.watch, run.times, driver.first, wanted.points
            )

    def recording(self) -> Recording:
        """Run all frames."""
        recording, driver, buffers = self._recording, self._recording.driver, self._wanted.buffers
        for sink in self._sinks:
            sink.start(header_document(driver, self._slots(), self._wanted.points))
        started = perf_counter()
        try:
            for frame in driver.frames():
                self._keep(frame)
        except IrrunError as error:
            recording.error = error
        recording.seconds = perf_counter() - started
        failed = None
        if self._tracer is not None and recording.error is not None:
            failed = self._tracer.keep_failed()
        if self._sinks:
            end = end_document(
                driver.now, recording.frames, recording.error, failed=failed, buffers=buffers
            )
            for sink in self._sinks:
                sink.finish(end)
        return recording

    def _keep(self, frame: FrameView) -> None:
        recording = self._recording
        recording.frames += 1
        recording.writes += len(frame.written)
        if frame.swap is not None:
            recording.swaps.append(frame.swap)
        if recording.watched is not None:
            recording.watched.take(frame.values)
        if frame.index in self._wanted.dump_frames:
            recording.dumps.append(take_dump(frame))
        if self._sinks:
            self._feed(frame)
        if not self._wanted.shows:
            recording.traces.clear()
            recording.dumps.clear()

    def _slots(self) -> Sequence[int]:
        """Return the slots in machine output, of the program that is running."""
        wanted = self._wanted.slots
        return self._recording.now.values.slots if wanted is None else wanted

    def _feed(self, frame: FrameView) -> None:
        """Hand the frame that has just ended to the sinks."""
        for sink in self._sinks:
            sink.frame(frame, lambda: self._document(frame))

    def _document(self, frame: FrameView) -> Document:
        wanted, traces, dumps = self._wanted, self._recording.traces, self._recording.dumps
        return frame_document(
            frame,
            self._slots(),
            self._arrays,
            points=wanted.points,
            trace=traces[-1] if frame.index in (wanted.trace_frames or ()) else None,
            dump=dumps[-1] if frame.index in wanted.dump_frames else None,
        )
