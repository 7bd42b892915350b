"""Run N frames and keep the values: the library's `run`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from irrun.errors import IrrunError
from irrun.ir.time_model import DEFAULT_FPS
from irrun.ir.values import DEFAULT_VIEWPORT, Viewport
from irrun.program.program import Program
from irrun.runtime.driver import Driver
from irrun.runtime.executor import Executors, Observer
from irrun.runtime.run import Engine, Run
from irrun.runtime.runtime import Runtime
from irrun.runtime.times import frame_times
from irrun.steps.base import PlannedStep
from irrun.trace.columns import Columns


class RunResult(msgspec.Struct, frozen=True):
    """What a run resulted in: a column per slot, the final state, the warnings."""

    columns: Columns
    outputs: Mapping[str, Any]
    """Outputs of the last frame."""
    state: Mapping[str, list[float]]
    findings: tuple[IrrunError, ...]
    stubs: tuple[PlannedStep, ...]
    """The steps that a stub stood in for."""
    runtime: Runtime

    @property
    def t_ms(self) -> NDArray[np.float64]:
        """Absolute time of each frame in ms, shape (frames,)."""
        return self.columns.t_ms

    @property
    def frames(self) -> int:
        """How many frames ran."""
        return self.columns.length

    def __getitem__(self, slot: int) -> NDArray[np.float64] | list[Any]:
        return self.columns.column(slot)


def run(
    program: Program,
    *,
    frames: int = 60,
    fps: float = DEFAULT_FPS,
    start_ms: float = 0.0,
    times: Sequence[float] | None = None,
    executors: Executors = "auto",
    strict: bool = False,
    quirks: bool = False,
    record: Iterable[int] | None = None,
    observers: Sequence[Observer] = (),
    viewport: Viewport = DEFAULT_VIEWPORT,
    engine: Engine = "auto",
) -> RunResult:
    """Run a program and record slot values after each frame.

    Args:
        program: The program.
        frames: How many frames; ignored if `times` is given.
        fps: Frames per second.
        start_ms: Absolute time of the first frame in ms.
        times: Absolute times in ms, one to a frame.
        executors: See `Runtime`.
        strict: See `Runtime`.
        quirks: See `Runtime`.
        record: Slots to record; all if None.
        observers: Look on while frames run.
        viewport: See `Runtime`.
        engine: What computes the frames; all give the same.

    Raises:
        Invalid: IR2xx, the program cannot run.
        Trap: IR4xx, a step failed; with step, slot and frame.
    """
    asked = Run(
        program=program,
        times=frame_times(frames, fps, start_ms) if times is None else times,
        fps=fps,
        executors=executors,
        strict=strict,
        quirks=quirks,
        viewport=viewport,
        engine=engine,
    )
    driver = Driver(asked, observers)
    columns = Columns(driver.now.values, record, asked.times)
    for frame in driver.frames():
        columns.take(frame.values)
    now = driver.now
    return RunResult(
        columns, now.outputs, now.state(), tuple(now.findings), now.stubs, driver.runtime
    )
