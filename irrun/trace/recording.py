"""Run a program as the command does: with traces, dumps, watched columns and output files."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from irrun.errors import IrrunError
from irrun.ir.values import DEFAULT_VIEWPORT, Viewport
from irrun.program.program import Program
from irrun.runtime.executor import Executors, Observer, PlannedStep
from irrun.runtime.hot_swap import SwapReport
from irrun.runtime.runtime import Runtime
from irrun.runtime.snapshot import restore_snapshot
from irrun.trace.columns import Columns
from irrun.trace.documents import end_document, frame_document, header_document
from irrun.trace.dump import Dump, DumpRecorder
from irrun.trace.points import Point
from irrun.trace.recorder import FrameTrace, ProbeRecorder, TraceRecorder
from irrun.trace.values import Buffers
from irrun.trace.writers import Sink


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What to run and what to keep. Frames are counted from the very first run on."""

    times: Sequence[float]
    """Absolute time of each frame in ms."""
    fps: float = 60.0
    executors: Executors = "auto"
    strict: bool = False
    quirks: bool = False
    """Take the reference's values where the semantics keep them apart."""
    viewport: Viewport = DEFAULT_VIEWPORT
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
    resume: bytes | None = None
    """A snapshot to go on from."""
    swaps: Mapping[int, Program] = field(default_factory=dict)
    """Programs to swap in, by the frame before which that happens."""


@dataclass(slots=True)
class Recording:
    """What a run left behind."""

    runtime: Runtime
    watched: Columns | None = None
    traces: list[FrameTrace] = field(default_factory=list)
    dumps: list[Dump] = field(default_factory=list)
    swaps: list[SwapReport] = field(default_factory=list)
    resumed: SwapReport | None = None
    """What became of the state, if the run went on from another program's snapshot."""
    frames: int = 0
    """Frames that ended."""
    writes: int = 0
    """Slot writes in all frames."""
    seconds: float = 0.0
    error: IrrunError | None = None
    """What ended the run early."""

    @property
    def stubs(self) -> tuple[PlannedStep, ...]:
        """The steps that a stub stood in for."""
        return tuple(planned for planned in self.runtime.plan if planned.is_stub)


class Recorder:
    """Runs the frames of a plan and keeps what it asks for.

    Args:
        program: The program to start with.
        plan: What to run and what to keep.
        sinks: Take the machine output, frame by frame.
        on_frame: Called after each frame with the number of frames done.

    Raises:
        Invalid: IR2xx, the program cannot run; nothing has been written then.
        BadSnapshot: IR120.
    """

    def __init__(
        self,
        program: Program,
        plan: RunPlan,
        sinks: Sequence[Sink] = (),
        on_frame: Callable[[int], None] | None = None,
    ) -> None:
        self._plan = plan
        self._sinks = sinks
        self._on_frame = on_frame
        self._tracer: TraceRecorder | None = None
        self._dumper, self._prober = DumpRecorder(plan.dump_frames), ProbeRecorder()
        observers: list[Observer] = [self._dumper, self._prober]
        if plan.trace_frames is not None:
            self._tracer = TraceRecorder(plan.trace_frames, details=plan.details)
            observers.append(self._tracer)
        self._runtime = Runtime(
            program,
            executors=plan.executors,
            fps=plan.fps,
            strict=plan.strict,
            quirks=plan.quirks,
            observers=observers,
            viewport=plan.viewport,
        )
        self._dumper.runtime = self._runtime
        self.recording = Recording(self._runtime)
        if plan.resume is not None:
            self.recording.resumed = restore_snapshot(self._runtime, plan.resume)
        if plan.watch or plan.points:
            first = self._runtime.frame_count
            self.recording.watched = Columns(
                self._runtime.values, plan.watch, plan.times, first, plan.points
            )

    def run(self) -> Recording:
        """Run all frames. A trap ends the run and is kept in the recording."""
        plan, recording, runtime = self._plan, self.recording, self._runtime
        for sink in self._sinks:
            header = header_document(
                runtime, self._slots(), plan.times, plan.executors, recording.resumed
            )
            sink.start(header)
        started = perf_counter()
        try:
            for t_ms in plan.times:
                self._run_frame(t_ms)
        except IrrunError as error:
            recording.error = error
        recording.seconds = perf_counter() - started
        failed = None
        if self._tracer is not None:
            failed = self._tracer.keep_failed() if recording.error is not None else None
            recording.traces = self._tracer.traces
        recording.dumps = self._dumper.dumps
        end = end_document(
            runtime, recording.frames, recording.error, failed=failed, buffers=plan.buffers
        )
        for sink in self._sinks:
            sink.finish(end)
        return recording

    def _run_frame(self, t_ms: float) -> None:
        recording, runtime = self.recording, self._runtime
        swap = self._swap(runtime.frame_count)
        result = runtime.run_frame(t_ms)
        recording.frames += 1
        recording.writes += len(result.written)
        if recording.watched is not None:
            recording.watched.take()
        if self._sinks:
            self._feed(swap)
        if self._on_frame is not None:
            self._on_frame(recording.frames)

    def _swap(self, frame: int) -> SwapReport | None:
        """Swap the program in that the plan has for a frame, if any."""
        program = self._plan.swaps.get(frame)
        if program is None:
            return None
        report = self._runtime.hot_swap(program)
        self.recording.swaps.append(report)
        if self.recording.watched is not None:
            self.recording.watched.swap(self._runtime.values)
        return report

    def _slots(self) -> Sequence[int]:
        """Return the slots in machine output, of the program that is running."""
        return self._runtime.values.slots if self._plan.slots is None else self._plan.slots

    def _feed(self, swap: SwapReport | None) -> None:
        """Hand the frame that has just ended to the sinks."""
        runtime, tracer, dumper = self._runtime, self._tracer, self._dumper
        index = runtime.frame.index
        document = frame_document(
            runtime,
            self._slots(),
            self._plan.buffers,
            trace=tracer.traces[-1] if tracer is not None and index in tracer.wanted else None,
            dump=dumper.dumps[-1] if index in dumper.wanted else None,
            probes=self._prober.records,
            swap=swap,
        )
        for sink in self._sinks:
            sink.frame(runtime, document)


def record_run(
    program: Program,
    plan: RunPlan,
    sinks: Sequence[Sink] = (),
    on_frame: Callable[[int], None] | None = None,
) -> Recording:
    """Run the frames of a plan; see `Recorder`."""
    return Recorder(program, plan, sinks, on_frame).run()
