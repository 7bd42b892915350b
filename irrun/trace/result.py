"""Run N frames and keep the values: the library's `run`."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from irrun.errors import IrrunError
from irrun.errors.showing import plural, shown
from irrun.ir.time_model import DEFAULT_FPS
from irrun.ir.values import DEFAULT_VIEWPORT, Viewport
from irrun.program.layout.labels import slot_labels, slot_named
from irrun.program.program import Program
from irrun.program.reading.codec import Source, program_of
from irrun.runtime.driver import Driver
from irrun.runtime.executor import Executors, Observer
from irrun.runtime.run import Engine, Run
from irrun.runtime.runtime import Runtime
from irrun.runtime.times import frame_times
from irrun.steps.base import PlannedStep
from irrun.trace.columns import Columns

if TYPE_CHECKING:
    from irrun.trace.notebook import Picture


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

    def __getitem__(self, name: int | str) -> NDArray[Any] | list[Any]:
        """Return a slot's values over frames, as one array where their shapes allow.

        Args:
            name: A slot; an output id; or the label of an output, or of the step that writes
                the slot.

        Returns:
            Shape (frames,) float64 for numbers, (frames, members) float64 for vectors and
            colours, (frames, elements) or (frames, elements, components) for buffers, in their
            own dtype. A list for all else: domains, frames, texts, buffers that change their
            size.

        Raises:
            KeyError: There is no such slot or name, or it was not recorded.
        """
        if isinstance(name, str):
            name = slot_named(self.runtime.program, self.runtime.layout, name)
        if name not in self.columns.slots:
            known = ", ".join(map(str, self.columns.slots)) or "none"
            raise KeyError(f"slot {name} was not recorded; recorded are: {known}")
        return self.columns.array(name)

    def to_arrow(self) -> Any:
        """Return all recorded numbers in long form, as a `pyarrow.Table`.

        Returns:
            A row to a number, by frame, then by slot: `frame` int64, `time` float64 in ms, `slot`
            int64, `label` (of the output or the step; dictionary of strings), `element` int32 (null
            for what is in no buffer), `component` int16 (null for a plain number), `value` float64.
            What is no number, vector, colour or buffer has no rows.

        Raises:
            DataExtraMissing: IR445, pyarrow is not installed.
        """
        from irrun.trace.long import arrow_table, rows_of

        labels = slot_labels(self.runtime.program, self.runtime.layout)
        return arrow_table(rows_of(self.columns), labels)

    def to_pandas(self) -> Any:
        """Return the rows of `to_arrow` as a `pandas.DataFrame`; missing places are NA.

        Raises:
            DataExtraMissing: IR445, pandas is not installed.
        """
        from irrun.trace.long import pandas_frame, rows_of

        labels = slot_labels(self.runtime.program, self.runtime.layout)
        return pandas_frame(rows_of(self.columns), labels)

    def to_polars(self) -> Any:
        """Return the rows of `to_arrow` as a `polars.DataFrame`; missing places are null.

        Raises:
            DataExtraMissing: IR445, polars is not installed.
        """
        from irrun.trace.long import polars_frame, rows_of

        labels = slot_labels(self.runtime.program, self.runtime.layout)
        return polars_frame(rows_of(self.columns), labels)

    def picture(self, output: str | None = None) -> "Picture":
        """Return the last frame as a picture: `svg`, which notebooks show.

        Args:
            output: Id of the output; None for the first that holds a frame.

        Raises:
            KeyError: There is no such output.
            CannotDraw: IR483, it holds no frame, or one that cannot be drawn.
            PictureLimit: IR486.
        """
        from irrun.trace.notebook import picture_of

        return picture_of(self.outputs, self.runtime, output)

    def _repr_html_(self) -> str:
        from irrun.trace.notebook import run_html

        return run_html(
            repr(self).strip("<>"), self.columns, self.outputs, self.runtime, self.findings
        )

    def __repr__(self) -> str:
        parts = [plural(self.frames, "frame"), plural(len(self.columns.slots), "slot")]
        parts += [plural(len(self.findings), "finding")] if self.findings else []
        name = shown(self.runtime.program.document.patch_id)
        return f"<RunResult of {name!r}, {', '.join(parts)}>"


def run(
    program: Program | Source,
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
        program: The program; or what it is loaded from, as by `load`.
        frames: How many frames, 0 or more; ignored if `times` is given.
        fps: Frames per second, above 0.
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
        Malformed: IR1xx, there is no program to load.
        Invalid: IR2xx, the program cannot run.
        Trap: IR4xx, a step failed; with step, slot and frame.
        ValueError: A count below 0, or a rate that is not above 0.
        TypeError: `program` is nothing that a program can be loaded from.
    """
    program = program_of(program)
    _check_timing(frames, fps)
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


def _check_timing(frames: int, fps: float) -> None:
    """Refuse what no run can have, in the words of the caller. A time may be any number.

    Raises:
        ValueError: With what is wrong.
    """
    if frames < 0:
        raise ValueError(f"frames is {frames}; give 0 or more")
    if not (math.isfinite(fps) and fps > 0):
        raise ValueError(f"fps is {fps}; give a finite number above 0")
