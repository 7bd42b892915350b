"""What a run is: all that decides what comes out of it."""

from collections.abc import Mapping, Sequence

import msgspec

from irrun.ir.time_model import DEFAULT_FPS
from irrun.ir.values import DEFAULT_VIEWPORT, Viewport
from irrun.program.program import Program
from irrun.runtime.executor import Executors


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What is run, when, and how. Frames are counted from the very first run on."""

    program: Program
    """The program to start with."""
    times: Sequence[float]
    """Absolute time of each frame in ms; `frame_times` lists none of them beforehand."""
    fps: float = DEFAULT_FPS
    """Nominal frames per second: the delta of the first frame."""
    executors: Executors = "auto"
    strict: bool = False
    """Raise warnings that are errors under strict."""
    quirks: bool = False
    """Take the reference's values where the semantics keep them apart."""
    viewport: Viewport = DEFAULT_VIEWPORT
    """What cameras and projections are for; kept over hot swaps."""
    swaps: Mapping[int, Program] = msgspec.field(default_factory=dict)
    """Programs to go on with, by the frame before which they are swapped in."""
    resume: bytes | None = None
    """A saved state to go on from."""
