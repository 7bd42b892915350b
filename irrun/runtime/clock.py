"""Time: from an absolute time to model time, phase, wrap event, progress and delta (section 2)."""

import math
from collections.abc import Callable
from typing import NamedTuple, assert_never

import numpy as np

from irrun.errors import IrrunError
from irrun.errors.running import BadPeriod
from irrun.evaluate.signals.columns import before as shifted
from irrun.ir.time_model import (
    DEFAULT_FPS,
    CyclicTime,
    FiniteTime,
    InfiniteTime,
    ResolvedTime,
    TimeModel,
)
from irrun.ir.values import Array
from irrun.numerics import exact
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

    @property
    def memory(self) -> "ClockMemory":
        """What it keeps from frame to frame."""
        return ClockMemory(self.previous_t_ms, self.previous_model_ms, self.previous_cycle)

    def recall(self, memory: "ClockMemory") -> None:
        """Go on as after the frames of `ticks`."""
        self.previous_t_ms, self.previous_model_ms, self.previous_cycle = memory

    def tick(self, t_ms: float) -> ResolvedTime:
        """Resolve the time of the next frame. Exactly one call for each frame (or `ticks`)."""
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


class ClockMemory(NamedTuple):
    """What a clock keeps from frame to frame."""

    t_ms: float | None
    model_ms: float | None
    cycle: float | None


class Ticks(NamedTuple):
    """The times of many frames, as columns of shape (frames,), and what the clock keeps then."""

    columns: dict[str, Array]
    """By the names of `ResolvedTime` that expressions see, and `progress`; 0 for what the model
    does not give."""
    memory: ClockMemory


def ticks(clock: Clock, times: Array) -> Ticks:
    """Resolve the times of many frames at once; the clock stays as it is.

    The same bits as `Clock.tick` for one after the other.

    Args:
        clock: The clock before the first of them.
        times: Absolute times in ms, shape (frames,), at least one.
    """
    zeros = np.zeros(len(times))
    found = {"t_abs_ms": times, "phase": zeros, "wrap": zeros, "progress": zeros}
    memory = clock.memory._replace(t_ms=float(times[-1]))
    with np.errstate(all="ignore"):
        found["delta_sec"] = _delta_secs(clock, times)
        found["delta_ms"] = found["delta_sec"] * 1000
        match clock.model:
            case FiniteTime(duration_ms=duration):
                at = exact.clamp_b(times, 0.0, duration)
                found |= {"t_model_ms": at, "progress": at / duration if duration > 0 else zeros}
            case CyclicTime(period_ms=period) if period > 0 or clock.quirks:
                at, wrap, memory = _cycles(clock, times, memory)
                phase = at / period if period > 0 else zeros
                found |= {"t_model_ms": at, "phase": phase, "wrap": wrap}
            case CyclicTime():
                found["t_model_ms"] = zeros
            case _:
                found["t_model_ms"] = times
    return Ticks(found, memory)


def _delta_secs(clock: Clock, times: Array) -> Array:
    before = clock.previous_t_ms
    elapsed = (times - shifted(times[0] if before is None else before, times)) / 1000
    deltas = np.where(elapsed < 0, 0.0, elapsed)
    if before is None:
        deltas[0] = (1000 / clock.fps) / 1000
    return deltas


def _cycles(clock: Clock, t: Array, memory: ClockMemory) -> tuple[Array, Array, ClockMemory]:
    """Return model times and wrap events of a cyclic model, as `Clock._cyclic` has them."""
    model = clock.model
    assert isinstance(model, CyclicTime)
    period = model.period_ms
    if model.mode == "loop":
        at = exact.remainder(exact.remainder(t, period) + period, period)
        before = clock.previous_model_ms
        wrap = at < shifted(math.nan if before is None else before, at)
        return at, wrap.astype(np.float64), memory._replace(model_ms=float(at[-1]))
    if clock.quirks:
        return _reference_cycles(clock, t, memory)
    cycle = exact.floor(t / period)
    within = np.where(t >= 0, exact.remainder(t, period), t - cycle * period)
    at = np.where(abs(exact.remainder(cycle, 2.0)) == 1, period - within, within)
    before = clock.previous_cycle
    wrap = cycle != shifted(cycle[0] if before is None else before, cycle)
    if before is None:
        wrap[0] = False  # NaN is not what it was, but there was nothing
    kept = memory._replace(model_ms=float(at[-1]), cycle=float(cycle[-1]))
    return at, wrap.astype(np.float64), kept


def _reference_cycles(
    clock: Clock, t: Array, memory: ClockMemory
) -> tuple[Array, Array, ClockMemory]:
    assert isinstance(clock.model, CyclicTime)
    period = clock.model.period_ms
    cycle = exact.floor(exact.divide(t, period))
    within = exact.remainder(t, period)
    at = np.where(exact.remainder(cycle, 2.0) == 1, period - within, within)
    known = clock.previous_model_ms
    before = shifted(at[0] if known is None else known, at)
    wrap = cycle != exact.floor(exact.divide(t - (at - before), period))
    if known is None:
        wrap[0] = False
    return at, wrap.astype(np.float64), memory._replace(model_ms=float(at[-1]))
