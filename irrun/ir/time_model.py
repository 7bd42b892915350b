"""The four time behaviours a program can declare (ir-schema section 4), and what they give."""

from typing import Final, Literal

import msgspec

from irrun.ir.types import KindRecord, Record

DEFAULT_FPS: Final = 60.0
"""Frames per second unless anything else is asked for."""


class CuePoint(Record, frozen=True, kw_only=True):
    """A mark on a finite timeline; no effect on evaluation."""

    id: str
    label: str
    t_ms: float
    behavior: Literal["snap", "event"] | None = None


class FiniteTime(KindRecord, frozen=True, kw_only=True, tag="finite"):
    """Time that ends: clamped to [0, durationMs]."""

    duration_ms: float
    cue_points: tuple[CuePoint, ...] | None = None


class CyclicTime(KindRecord, frozen=True, kw_only=True, tag="cyclic"):
    """Time that repeats: `loop` jumps back, `pingpong` turns round."""

    period_ms: float
    mode: Literal["loop", "pingpong"]
    phase_domain: Literal["0..1"]


class InfiniteTime(KindRecord, frozen=True, kw_only=True, tag="infinite"):
    """Time that goes on."""

    window_ms: float
    suggested_ui_window_ms: float | None = msgspec.field(name="suggestedUIWindowMs", default=None)


TimeModel = FiniteTime | CyclicTime | InfiniteTime


TimeName = Literal["t_abs_ms", "t_model_ms", "phase", "wrap", "delta_sec", "delta_ms"]
"""What expressions see of a frame's time, by its names in `ResolvedTime`."""


class ResolvedTime(msgspec.Struct, frozen=True):
    """The time of one frame (runtime-semantics section 2). What the model does not give is None."""

    t_abs_ms: float
    t_model_ms: float
    phase01: float | None = None
    wrap_event: float | None = None
    progress01: float | None = None
    delta_sec: float = 0.0
    delta_ms: float = 0.0

    @property
    def phase(self) -> float:
        """The phase as expressions see it: 0 if the model has none."""
        return 0.0 if self.phase01 is None else self.phase01

    @property
    def wrap(self) -> float:
        """1 in a frame that wraps, else 0."""
        return 1.0 if self.wrap_event == 1 else 0.0
