"""What a run is: all that decides what comes out of it."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from irrun.ir.time_model import DEFAULT_FPS
from irrun.ir.values import DEFAULT_VIEWPORT, Viewport
from irrun.program.program import Program
from irrun.runtime.executor import Executors

Engine = Literal["auto", "frame", "block", "both"]
"""auto: blocks of frames where that can be, else one after the other. frame: the interpreter
alone. block: as auto, but a program that cannot be computed in blocks is refused. both: auto and
frame side by side; the run ends where they differ."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What is run, when, and how. Frames are counted from the very first run on."""

    program: Program
    """The program to start with."""
    times: Sequence[float]
    """Absolute time of each frame in ms; `frame_times` lists none of them beforehand."""
    fps: float = DEFAULT_FPS
    """Nominal frames per second: the delta of the first frame."""
    executors: Executors = "auto"
    engine: Engine = "auto"
    """What computes the frames; all give the same."""
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
