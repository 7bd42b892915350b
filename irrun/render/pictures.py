"""Run a program and draw some of its frames."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from irrun.errors import IrrunError
from irrun.ir.values import Viewport
from irrun.program.program import Program
from irrun.render.colors import Paint
from irrun.render.drawing import Drawing
from irrun.render.frames import frame_of
from irrun.render.svg import draw
from irrun.runtime.executor import Executors
from irrun.runtime.runtime import Runtime


@dataclass(frozen=True, slots=True)
class DrawPlan:
    """What to run and what to draw."""

    times: Sequence[float]
    """Absolute time of each frame in ms."""
    frames: Collection[int] = (0,)
    """Frames to draw, ascending."""
    fps: float = 60.0
    executors: Executors = "auto"
    viewport: Viewport = field(default_factory=lambda: Viewport(1920.0, 1080.0, 1.0))
    background: Paint | None = None
    """Takes the place of the clear colour of frames."""
    output: str | None = None
    """Id of the output to draw; None for the first."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawn frame."""

    frame: int
    t_ms: float
    drawing: Drawing


class Painter:
    """Runs a program and draws the frames of a plan.

    Args:
        program: The program.
        plan: What to run and what to draw.
        on_frame: Called after each frame with the number of frames done.

    Raises:
        Invalid: IR2xx, the program cannot run.
    """

    def __init__(
        self,
        program: Program,
        plan: DrawPlan,
        on_frame: Callable[[int], None] | None = None,
    ) -> None:
        self.plan = plan
        self.runtime = Runtime(
            program, executors=plan.executors, fps=plan.fps, viewport=plan.viewport
        )
        self._on_frame = on_frame

    def pictures(self) -> Iterator[Picture]:
        """Yield the pictures, in order; frames after the last are not run.

        Raises:
            Trap: IR4xx, a step failed, or a frame cannot be drawn.
        """
        wanted = iter(self.plan.frames)
        next_wanted = next(wanted, None)
        for index, t_ms in enumerate(self.plan.times):
            if next_wanted is None:
                return
            outputs = self.runtime.run_frame(t_ms).outputs
            if index == next_wanted:
                yield Picture(index, t_ms, self._drawn(outputs, index, t_ms))
                next_wanted = next(wanted, None)
            if self._on_frame is not None:
                self._on_frame(index + 1)

    def _drawn(self, outputs: Mapping[str, Any], index: int, t_ms: float) -> Drawing:
        plan, runtime = self.plan, self.runtime
        name = plan.output if plan.output is not None else next(iter(outputs))
        try:
            frame = frame_of(outputs[name], runtime.values.peek)
            return draw(
                frame,
                plan.viewport,
                background=plan.background,
                report=lambda finding: runtime.report(finding.at(frame=index, t_ms=t_ms)),
                prefix=f"f{index}-",
            )
        except IrrunError as error:
            raise error.at(frame=index, t_ms=t_ms) from None


def fitted(viewport: Viewport, width: int | None, height: int | None) -> tuple[int, int]:
    """Return the size in pixels of a picture that fits into a box; no box: one to one.

    The backing store of the reference's canvas is floor(width * dpr) wide (section 16.1).
    """
    scale = viewport.dpr
    if width is not None or height is not None:
        boxes = ((width, viewport.w), (height, viewport.h))
        scale = min(box / side for box, side in boxes if box is not None)
        w, h = viewport.w * scale, viewport.h * scale
        return max(1, round(w)), max(1, round(h))  # exact: whole pixels, either way
    return max(1, int(viewport.w * scale)), max(1, int(viewport.h * scale))


def spread(frames: int, count: int) -> Sequence[int]:
    """Return `count` frames spread evenly over a run, the first and the last among them."""
    if count >= frames:
        return range(frames)
    if count == 1:
        return [0]
    return [i * (frames - 1) // (count - 1) for i in range(count)]
