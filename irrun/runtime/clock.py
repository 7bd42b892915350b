"""Time: from an absolute time to model time, phase, wrap event, progress and delta (section 2)."""

from collections.abc import Callable
from typing import assert_never

from irrun.errors import IrrunError
from irrun.errors.running import BadPeriod
from irrun.ir.time_model import (
    DEFAULT_FPS,
    CyclicTime,
    FiniteTime,
    InfiniteTime,
    ResolvedTime,
    TimeModel,
)
from irrun.numerics.scalar import clamp_b, divide, floor, remainder
from irrun.numerics.text import number_text


def frame_time(index: int, fps: float, start_ms: float = 0.0) -> float:
    """Return the absolute time of frame `index` in ms: the product first, no accumulation."""
    return start_ms + (index * 1000) / fps


class Clock:
    """Resolves the time of each frame, with the memory that wrap events and deltas need.

    Args:
        model: The program's time model.
        fps: Frames per second; gives the delta of the first frame.
        quirks: Take the reference's pingpong and zero-period values (section 2.1, 2.3).
        report: Takes the warning about a period that is not positive.
    """

    def __init__(
        self,
        model: TimeModel,
        fps: float = DEFAULT_FPS,
        *,
        quirks: bool = False,
        report: Callable[[IrrunError], None] | None = None,
    ) -> None:
        self.model = model
        self.fps = fps
        self.quirks = quirks
        self.previous_t_ms: float | None = None
        self.previous_model_ms: float | None = None
        self.previous_cycle: float | None = None
        if isinstance(model, CyclicTime) and not model.period_ms > 0 and not quirks and report:
            report(BadPeriod(period=number_text(model.period_ms)).at(path="$.timeModel.periodMs"))

    def tick(self, t_ms: float) -> ResolvedTime:
        """Resolve the time of the next frame. Exactly one call for each frame."""
        t_ms = float(t_ms)
        delta_sec = self._delta_sec(t_ms)
        delta_ms = delta_sec * 1000
        self.previous_t_ms = t_ms
        model = self.model
        match model:
            case FiniteTime(duration_ms=duration):
                at = clamp_b(t_ms, 0.0, duration)
                progress = at / duration if duration > 0 else 0.0
                return ResolvedTime(
                    t_ms, at, progress01=progress, delta_sec=delta_sec, delta_ms=delta_ms
                )
            case CyclicTime(period_ms=period):
                at, wrap = self._cyclic(t_ms, model)
                phase = at / period if period > 0 else 0.0
                return ResolvedTime(t_ms, at, phase, wrap, delta_sec=delta_sec, delta_ms=delta_ms)
            case InfiniteTime():
                return ResolvedTime(t_ms, t_ms, delta_sec=delta_sec, delta_ms=delta_ms)
            case _:
                assert_never(model)

    def _delta_sec(self, t_ms: float) -> float:
        """Return the time since the last frame; nominal for the first, 0 for time run backwards."""
        if self.previous_t_ms is None:
            return (1000 / self.fps) / 1000
        elapsed = (t_ms - self.previous_t_ms) / 1000
        return 0.0 if elapsed < 0 else elapsed

    def _cyclic(self, t: float, model: CyclicTime) -> tuple[float, float]:
        """Return model time and wrap event of a cyclic model."""
        if not model.period_ms > 0 and not self.quirks:
            return 0.0, 0.0
        if model.mode == "loop":
            return self._loop(t, model.period_ms)
        if self.quirks:
            return self._reference_pingpong(t, model.period_ms)
        return self._pingpong(t, model.period_ms)

    def _loop(self, t: float, period: float) -> tuple[float, float]:
        at = remainder(remainder(t, period) + period, period)
        previous = self.previous_model_ms
        self.previous_model_ms = at
        return at, float(previous is not None and at < previous)

    def _pingpong(self, t: float, period: float) -> tuple[float, float]:
        """Fold time at the turning points; the wrap event marks the change of direction."""
        cycle = floor(t / period)
        within = remainder(t, period) if t >= 0 else t - cycle * period
        at = period - within if abs(remainder(cycle, 2.0)) == 1 else within
        previous = self.previous_cycle
        self.previous_cycle = cycle
        self.previous_model_ms = at
        return at, float(previous is not None and cycle != previous)

    def _reference_pingpong(self, t: float, period: float) -> tuple[float, float]:
        """Derive the wrap event from the folded time, as the reference does (section 2.3)."""
        cycle = floor(divide(t, period))
        within = remainder(t, period)
        at = period - within if remainder(cycle, 2.0) == 1 else within
        previous = self.previous_model_ms
        self.previous_model_ms = at
        if previous is None:
            return at, 0.0
        return at, float(cycle != floor(divide(t - (at - previous), period)))
