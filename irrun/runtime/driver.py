"""The one loop that goes through a run, and hands out its frames to whoever looks on."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from irrun.errors import IrrunError
from irrun.evaluate.columns.plan import NotInBlocks
from irrun.runtime.block.engine import BlockEngine
from irrun.runtime.block.pace import Pace
from irrun.runtime.block.view import BlockFrame, BlockFrames
from irrun.runtime.executor import Observer
from irrun.runtime.hot_swap import SwapReport
from irrun.runtime.run import Run
from irrun.runtime.runtime import Runtime
from irrun.runtime.snapshot import restore_snapshot, take_snapshot
from irrun.runtime.view import FrameView

if TYPE_CHECKING:
    from irrun.runtime.block.both import Twin


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
        self.engine: BlockEngine | None = None
        """Computes blocks of the program that is running, if that is possible."""
        self._in_blocks = 0
        self.looked_at = 0
        """How many were not because somebody looked at them step by step."""
        self._pace = Pace(run.engine)
        self._pending: BlockFrames | None = None
        self._observers = observers
        self._on_frame = on_frame
        self._twin = self._interpreter() if run.engine == "both" else None

    def _interpreter(self) -> "Twin":
        """Return the interpreter beside this run, which says if one differs from the other."""
        from irrun.runtime.block.both import Twin

        return Twin(self, Driver(replace(self.run, engine="frame")))

    def frames(self) -> Iterator[FrameView]:
        """Run the frames, and yield what there is to see after each.

        Raises:
            Invalid: IR2xx, a program that is swapped in cannot run.
            Trap: IR4xx, a step failed; with step, slot and frame.
            CannotUseBlocks: IR409, blocks are asked for and cannot be.
            EnginesDisagree: IR901, both engines are asked for and differ.
        """
        frames = self._frames()
        return frames if self._twin is None else self._twin.frames(frames)

    def _frames(self) -> Iterator[FrameView]:
        at, times, now, tell = 0, self.run.times, self.now, self._on_frame
        while at < len(times):
            program = self.run.swaps.get(self.first + at)
            now.swap = None
            if program is not None:
                now.swap = self.runtime.hot_swap(program)
                self._pace, self.engine = self._pace.anew(), None
            block = self._block(at)
            rows = range(1 if block is None else block.block.frames)
            frame = self._interpret(times[at]) if block is None else self._show(block)
            for frame.row in rows:
                yield now
                at += 1
                if tell is not None:
                    tell(at)
                if self._pending is not block:
                    break  # somebody has asked for the state: the rest is computed from there
            self._settle()

    def _interpret(self, t_ms: float) -> "_OnlyFrame":
        """Run one frame step by step."""
        self.now.show_stores({})
        self.now.show_stores(self.runtime.run_frame(t_ms).outputs)
        self._pace.interpreted()
        return _OnlyFrame()

    def _show(self, block: BlockFrames) -> BlockFrame:
        """Show the frames of a block, one after the other."""
        self._pending = block
        self._last = BlockFrame(block)
        self.now.show(self._last)
        return self._last

    def _block(self, at: int) -> BlockFrames | None:
        """Compute the next frames as a block, as many as can be one; None if they cannot."""
        count = self._free(at, self._pace.frames)
        engine = self._planned() if count else None
        if engine is None:
            return None
        count = min(count, engine.most_frames)  # exact: frames
        try:
            found = engine.compute(self.run.times[at : at + count])
        except NotInBlocks as refused:
            self._pace.refused(refused.reason)
            return None
        self._pace.computed()
        return found

    def _planned(self) -> BlockEngine | None:
        """Return the engine for the program that is running; None if that is not for blocks."""
        if self.engine is None:
            try:
                self.engine = BlockEngine(self.runtime)
            except NotInBlocks as refused:
                self._pace.unplanned(refused.reason)
        return self.engine

    def _free(self, at: int, most: int) -> int:
        """Return how many frames from here on may be one block, up to `most`.

        A swap begins another one, and what somebody looks at step by step is in none.
        """
        most = min(most, len(self.run.times) - at)  # exact: frames
        if not self.run.swaps and not self._observers:
            return most
        first = self.first + at
        for i in range(most):
            if i > 0 and first + i in self.run.swaps:
                return i
            if any(o.looks_at(first + i) for o in self._observers):
                self.looked_at += i == 0
                return i
        return most

    def _settle(self) -> None:
        """Bring the runtime to where the frame is that was seen last."""
        block, self._pending = self._pending, None
        if block is None or self.engine is None:
            return
        seen = self._last.row + 1
        self._in_blocks += seen
        if seen < block.block.frames:
            block = self.engine.compute(block.ticks.columns["t_abs_ms"][:seen].tolist())
        self.engine.commit(block)

    def fix_blocks(self, frames: int) -> None:
        """Let all blocks be of one length, for tests."""
        self._pace = Pace(self.run.engine, frames)

    @property
    def is_in_block(self) -> bool:
        """True while a frame of a block is shown."""
        return self._pending is not None

    @property
    def in_blocks(self) -> int:
        """How many frames were computed in blocks and shown."""
        return self._in_blocks + (0 if self._pending is None else self._last.row + 1)

    @property
    def refusals(self) -> Sequence[str]:
        """Why frames were for the interpreter; nothing for the first of a program."""
        return self._pace.reasons

    def report(self, finding: IrrunError) -> None:
        """Collect a warning about what a frame has made."""
        if self._twin is not None:
            self._twin.report(finding)
        self.runtime.report(finding)

    def saved_state(self) -> bytes:
        """Return what the run needs to go on later, as it is now."""
        self._settle()
        saved = take_snapshot(self.runtime)
        if self._twin is not None:
            self._twin.check_saved(saved)
        return saved


class _OnlyFrame:
    """Stands for the frame that the interpreter has run."""

    row = 0
