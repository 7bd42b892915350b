"""Run a program as the command does: with traces, dumps, watched columns and output files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from irrun.errors import IrrunError
from irrun.program.program import Program
from irrun.runtime.executor import Executors, Observer, PlannedStep
from irrun.runtime.runtime import Runtime
from irrun.trace.columns import Columns
from irrun.trace.documents import end_document, frame_document, header_document
from irrun.trace.dump import Dump, DumpRecorder
from irrun.trace.recorder import FrameTrace, ProbeRecorder, TraceRecorder
from irrun.trace.values import Buffers
from irrun.trace.writers import Sink


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What to run and what to keep."""

    times: Sequence[float]
    """Absolute time of each frame in ms."""
    fps: float = 60.0
    executors: Executors = "auto"
    strict: bool = False
    trace_frames: frozenset[int] | None = frozenset()
    """Frames whose steps are kept; None for no trace at all."""
    dump_frames: frozenset[int] = frozenset()
    watch: tuple[int, ...] = ()
    """Slots whose values over frames are kept."""
    slots: tuple[int, ...] | None = None
    """Slots in machine output; all if None."""
    buffers: Buffers = "digest"


@dataclass(slots=True)
class Recording:
    """What a run left behind."""

    runtime: Runtime
    watched: Columns | None = None
    traces: list[FrameTrace] = field(default_factory=list)
    dumps: list[Dump] = field(default_factory=list)
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


def make_runtime(program: Program, plan: RunPlan, observers: Sequence[Observer]) -> Runtime:
    """Return the runtime for a plan."""
    return Runtime(
        program,
        executors=plan.executors,
        fps=plan.fps,
        strict=plan.strict,
        observers=observers,
    )


def record_run(
    program: Program,
    plan: RunPlan,
    sinks: Sequence[Sink] = (),
    on_frame: Callable[[int], None] | None = None,
) -> Recording:
    """Run the frames of a plan. A trap ends the run and is kept in the recording.

    Args:
        program: The program.
        plan: What to run and what to keep.
        sinks: Take the machine output, frame by frame.
        on_frame: Called after each frame with its index.

    Raises:
        Invalid: IR2xx, the program cannot run; nothing has been written then.
    """
    tracer = None if plan.trace_frames is None else TraceRecorder(plan.trace_frames)
    dumper, prober = DumpRecorder(plan.dump_frames), ProbeRecorder()
    observers: list[Observer] = [dumper, prober]
    if tracer is not None:
        observers.append(tracer)
    runtime = make_runtime(program, plan, observers)
    dumper.runtime = runtime
    recording = Recording(runtime)
    if plan.watch:
        recording.watched = Columns(runtime.values, plan.watch, len(plan.times))
    slots = runtime.values.slots if plan.slots is None else plan.slots
    for sink in sinks:
        sink.start(header_document(runtime, slots, plan.times, plan.executors))

    started = perf_counter()
    try:
        for index, t_ms in enumerate(plan.times):
            result = runtime.run_frame(t_ms)
            recording.frames += 1
            recording.writes += len(result.written)
            if recording.watched is not None:
                recording.watched.take(t_ms)
            if sinks:
                _feed(sinks, runtime, slots, plan, tracer, dumper, prober)
            if on_frame is not None:
                on_frame(index)
    except IrrunError as error:
        recording.error = error
    recording.seconds = perf_counter() - started

    if tracer is not None:
        if recording.error is not None:
            tracer.keep_failed()
        recording.traces = tracer.traces
    recording.dumps = dumper.dumps
    for sink in sinks:
        sink.finish(end_document(runtime, recording.error))
    return recording


def _feed(
    sinks: Sequence[Sink],
    runtime: Runtime,
    slots: Sequence[int],
    plan: RunPlan,
    tracer: TraceRecorder | None,
    dumper: DumpRecorder,
    prober: ProbeRecorder,
) -> None:
    """Hand the frame that has just ended to the sinks."""
    index = runtime.frame.index
    trace = tracer.traces[-1] if tracer is not None and index in tracer.wanted else None
    dump = dumper.dumps[-1] if index in dumper.wanted else None
    document = frame_document(
        runtime, slots, plan.buffers, trace=trace, dump=dump, probes=prober.records
    )
    for sink in sinks:
        sink.frame(runtime, document)
