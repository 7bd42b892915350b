"""Run a program and draw some of its frames."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress

import msgspec

from irrun.errors import IrrunError
from irrun.ir.render_frame import RenderFrame
from irrun.ir.values import Viewport
from irrun.limits import PICTURE_SIDE
from irrun.numerics.whole import whole_part
from irrun.render.drawing import Drawing
from irrun.render.fit import Camera, bounds_of, camera_on, through, united
from irrun.render.frames import frame_of
from irrun.render.unseen.census import Census
from irrun.render.vector.colors import Paint
from irrun.render.vector.svg import draw
from irrun.runtime.driver import Driver
from irrun.runtime.run import Run
from irrun.runtime.view import FrameView


class DrawPlan(msgspec.Struct, frozen=True):
    """What to run and what to draw."""

    run: Run
    frames: Collection[int] = (0,)
    """Frames to draw, ascending."""
    background: Paint | None = None
    """Takes the place of the clear colour of frames."""
    output: str | None = None
    """Id of the output to draw; None for the first."""
    scale: float = 1.0
    """Pixels of the picture to a CSS pixel."""
    camera: Camera | None = None
    """Shows another part of the plane than the viewport; the program runs as without it."""


class Picture(msgspec.Struct, frozen=True):
    """One drawn frame."""

    frame: int
    t_ms: float
    drawing: Drawing
    program: str | None = None
    """Name of the program's file, for messages."""


class Painter:
    """Goes through a run and draws some of its frames.

    Args:
        plan: What to run and what to draw.
        on_frame: Called after each frame with the number of frames done.

    Raises:
        Invalid: IR2xx, the program cannot run.
    """

    def __init__(self, plan: DrawPlan, on_frame: Callable[[int], None] | None = None) -> None:
        self.plan = plan
        self.driver = Driver(plan.run, on_frame=on_frame)
        self.census = Census()
        """What is not seen in the pictures so far."""

    def pictures(self) -> Iterator[Picture]:
        """Yield the pictures, in order; frames after the last are not run.

        Raises:
            Trap: IR4xx, a step failed, or a frame cannot be drawn.
        """
        running = self.driver.frames()
        for wanted in self.plan.frames:
            frame = next(frame for frame in running if frame.index == wanted)
            name = frame.program.name
            yield Picture(frame.index, frame.time.t_abs_ms, self._drawn(frame), name)

    def _drawn(self, frame: FrameView) -> Drawing:
        plan, place = self.plan, {"frame": frame.index, "t_ms": frame.time.t_abs_ms}
        try:
            name, found = _frame_in(frame, plan)
            if plan.camera is not None:
                found = through(found, plan.camera)
            drawing = draw(
                found,
                plan.run.viewport,
                background=plan.background,
                report=lambda finding: self.driver.report(finding.at(**place)),
                prefix=f"f{frame.index}-",
                scale=plan.scale,
            )
            self.census.add(found, frame, name, plan.run.viewport, plan.background)
        except IrrunError as error:
            raise error.at(file=frame.program.name, **place) from None
        return drawing


def _frame_in(frame: FrameView, plan: DrawPlan) -> tuple[str, RenderFrame]:
    """Return the output that is drawn, by its id and as a frame."""
    name = plan.output if plan.output is not None else next(iter(frame.outputs))
    return name, frame_of(frame.outputs[name], frame.values.peek)


def fit(plan: DrawPlan, on_frame: Callable[[int], None] | None = None) -> Camera | None:
    """Run a plan, and return the camera that shows all that is drawn in any of its pictures.

    A run that fails ends there: it will fail again, and be told, when it is drawn.

    Args:
        plan: What to run and what to draw.
        on_frame: Called after each frame with the number of frames done.

    Returns:
        None if nothing is drawn.

    Raises:
        Invalid: IR2xx, the program cannot run.
    """
    running, box = Driver(plan.run, on_frame=on_frame).frames(), None
    with suppress(IrrunError):
        for wanted in plan.frames:
            frame = next(frame for frame in running if frame.index == wanted)
            box = united(box, bounds_of(_frame_in(frame, plan)[1]))
    return None if box is None else camera_on(box, plan.run.viewport)


def fitted(viewport: Viewport, width: int | None, height: int | None) -> tuple[int, int]:
    """Return the size in pixels of a picture that fits into a box; no box: one to one.

    The backing store of the reference's canvas is floor(width * dpr) wide (section 16.1).
    """
    scale = viewport.dpr
    if width is not None or height is not None:
        boxes = ((width, viewport.w), (height, viewport.h))
        scale = min(box / side for box, side in boxes if box is not None)  # exact: above 0
        return _pixels(viewport.w * scale + 0.5), _pixels(viewport.h * scale + 0.5)
    return _pixels(viewport.w * scale), _pixels(viewport.h * scale)


def _pixels(side: float) -> int:
    """Return a side rounded down, and what a picture can have: a viewport may be any size."""
    found = whole_part(side, 1, PICTURE_SIDE.value)
    return 1 if found is None else found


def spread(frames: int, count: int) -> Sequence[int]:
    """Return `count` frames spread evenly over a run, the first and the last among them."""
    if count >= frames:
        return range(frames)
    if count == 1:
        return [0]
    return [i * (frames - 1) // (count - 1) for i in range(count)]
