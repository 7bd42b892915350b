"""Run a program and record what came out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from irrun import __version__
from irrun.golden.document import (
    NO_TOLERANCE,
    Buffers,
    Golden,
    GoldenFrame,
    GoldenHeader,
    GoldenPolicy,
    GoldenProgram,
    GoldenRun,
    GoldenStub,
    GoldenValue,
    frame_digest,
)
from irrun.golden.text import value_text
from irrun.golden.values import ABSENT, ValueRecorder
from irrun.golden.watch import DEFAULT_WATCH, Watched, watched_values
from irrun.program.program import Program
from irrun.runtime.runtime import Runtime

_ABSENT_TEXT = value_text(ABSENT)


@dataclass(frozen=True, slots=True)
class RecordPlan:
    """What to run and what to record."""

    run: GoldenRun
    watch: tuple[str, ...] = DEFAULT_WATCH
    buffers: Buffers = "sample"
    policy: GoldenPolicy = NO_TOLERANCE
    path: str | None = None
    """The program's path as it is written into the golden."""
    made_by: str | None = None
    swaps: Mapping[int, Program] = field(default_factory=dict)
    """The programs of `run.swaps`, by frame."""
    lenient: bool = False
    """Pass over watched names that the program does not have, as a check does: they are gone."""


def record_golden(
    program: Program, plan: RecordPlan, on_frame: Callable[[int], None] | None = None
) -> Golden:
    """Run the frames of a plan and record the watched values after each.

    Raises:
        Invalid: IR2xx, the program cannot run.
        Trap: IR4xx, a step failed; with step, slot and frame.
        UnknownWatch: IR133.
    """
    return _Recording(program, plan, on_frame).golden()


class _Recording:
    def __init__(
        self, program: Program, plan: RecordPlan, on_frame: Callable[[int], None] | None
    ) -> None:
        self._plan = plan
        self._program = program
        self._on_frame = on_frame
        run = plan.run
        self._runtime = Runtime(
            program, executors=run.executors, fps=run.fps, quirks=run.reference_quirks
        )
        self._recorder = ValueRecorder(keep_arrays=plan.buffers == "full")
        self._infos: dict[str, GoldenValue] = {}
        self._stubs: dict[str, GoldenStub] = {}
        self._now: dict[str, bytes] = {}
        self._watched: Sequence[Watched] = ()
        self._watch()

    def golden(self) -> Golden:
        """Run all frames."""
        frames = [self._frame(i, t) for i, t in enumerate(self._plan.run.frame_times)]
        return Golden(self._header(), frames, self._recorder.arrays)

    def _watch(self) -> None:
        """Look at the program that is running now; what it does not have is absent from now on."""
        runtime = self._runtime
        # A program that is swapped in need not have all that the first one has.
        strict = not self._plan.lenient and not self._infos
        self._watched = watched_values(runtime, self._plan.watch, strict=strict)
        self._infos |= {w.name: w.info for w in self._watched if w.name not in self._infos}
        stubs = [GoldenStub(step=p.step.id, kind=p.step.kind) for p in runtime.plan if p.is_stub]
        self._stubs |= {stub.step: stub for stub in stubs}

    def _frame(self, index: int, t_ms: float) -> GoldenFrame:
        program = self._plan.swaps.get(index)
        if program is not None:
            self._runtime.hot_swap(program)
            self._watch()
        self._runtime.run_frame(t_ms)
        new = {w.name: value_text(w.document(self._runtime, self._recorder)) for w in self._watched}
        new |= {name: _ABSENT_TEXT for name in self._now if name not in new}
        changed = {name: text for name, text in new.items() if self._now.get(name) != text}
        self._now = new
        if self._on_frame is not None:
            self._on_frame(index + 1)
        return GoldenFrame(index, t_ms, frame_digest(new), changed)

    def _header(self) -> GoldenHeader:
        plan, program = self._plan, self._program
        return GoldenHeader(
            irrun=__version__,
            program=GoldenProgram(
                path=plan.path, patch_id=program.document.patch_id, digest=program.digest
            ),
            run=plan.run,
            watch=plan.watch,
            policy=plan.policy,
            made_by=plan.made_by,
            stubs=tuple(self._stubs.values()),
            values=self._infos,
        )
