"""The one loop that goes through a run, and hands out its frames to whoever looks on."""

from collections.abc import Callable, Iterator, Sequence

from irrun.errors import IrrunError
from irrun.runtime.executor import Observer
from irrun.runtime.hot_swap import SwapReport
from irrun.runtime.run import Run
from irrun.runtime.runtime import Runtime
from irrun.runtime.snapshot import restore_snapshot, take_snapshot
from irrun.runtime.view import FrameView


class Driver:
    """Goes through a run.

    There are two ways to look on. Who needs what is there after each frame goes through
    `frames()` and reads the view. Who needs to see how a frame came about, step by step, hands in
    an observer: only the interpreter has steps.

    Args:
        run: What is run.
        observers: Look on step by step.
        on_frame: Called when all are done with a frame, with the number of frames so far.

    Raises:
        Invalid: IR2xx, the program cannot run.
        BadSnapshot: IR120, the saved state is none.
        BadViewport: IR426.
    """

    def __init__(
        self,
        run: Run,
        observers: Sequence[Observer] = (),
        on_frame: Callable[[int], None] | None = None,
    ) -> None:
        self.run = run
        self.runtime = Runtime(
            run.program,
            executors=run.executors,
            fps=run.fps,
            strict=run.strict,
            quirks=run.quirks,
            observers=observers,
            viewport=run.viewport,
        )
        self.resumed: SwapReport | None = None
        """What became of the state, if the run goes on from another program's."""
        if run.resume is not None:
            self.resumed = restore_snapshot(self.runtime, run.resume)
        self.first = self.runtime.frame_count
        """Index of the first frame."""
        self.now = FrameView(self.runtime)
        """What there is to see now: before the first frame, and after one that failed, too."""
        self._on_frame = on_frame

    def frames(self) -> Iterator[FrameView]:
        """Run the frames, and yield what there is to see after each.

        Raises:
            Invalid: IR2xx, a program that is swapped in cannot run.
            Trap: IR4xx, a step failed; with step, slot and frame.
        """
        for done, t_ms in enumerate(self.run.times, 1):
            program = self.run.swaps.get(self.runtime.frame_count)
            self.now.swap = None if program is None else self.runtime.hot_swap(program)
            self.now.outputs = {}
            self.now.outputs = self.runtime.run_frame(t_ms).outputs
            yield self.now
            if self._on_frame is not None:
                self._on_frame(done)

    def report(self, finding: IrrunError) -> None:
        """Collect a warning about what a frame has made."""
        self.runtime.report(finding)

    def saved_state(self) -> bytes:
        """Return what the run needs to go on later, as it is now."""
        return take_snapshot(self.runtime)
