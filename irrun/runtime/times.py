"""Which frames there are, and when: ranges of any length, of which nothing is listed."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import overload

import numpy as np

from irrun.ir.time_model import DEFAULT_FPS
from irrun.ir.values import Array
from irrun.runtime.clock import frame_time


class FrameTimes(Sequence[float]):
    """Absolute times of frames in ms, each worked out when it is asked for (section 2.5).

    Args:
        frames: Indices of the frames, counted from the very first run on.
        fps: Frames per second.
        start_ms: Absolute time of frame 0.
    """

    def __init__(self, frames: range, fps: float = DEFAULT_FPS, start_ms: float = 0.0) -> None:
        self.frames = frames
        self.fps = fps
        self.start_ms = start_ms

    def __len__(self) -> int:
        return len(self.frames)

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> "FrameTimes": ...
    def __getitem__(self, index: int | slice) -> "float | FrameTimes":
        if isinstance(index, slice):
            return FrameTimes(self.frames[index], self.fps, self.start_ms)
        return frame_time(self.frames[index], self.fps, self.start_ms)

    def array(self) -> Array:
        """Return all of them, shape (frames,): the same bits as one by one."""
        indices = np.arange(self.frames.start, self.frames.stop, self.frames.step)
        return self.start_ms + (indices * 1000) / self.fps

    def __iter__(self) -> Iterator[float]:
        fps, start = self.fps, self.start_ms
        return (frame_time(index, fps, start) for index in self.frames)


def frame_times(
    frames: int, fps: float = DEFAULT_FPS, start_ms: float = 0.0, *, first: int = 0
) -> FrameTimes:
    """Return the absolute times of `frames` frames from index `first` on."""
    return FrameTimes(range(first, first + frames), fps, start_ms)


def times_array(times: Sequence[float]) -> Array:
    """Return times as an array, shape (frames,)."""
    return times.array() if isinstance(times, FrameTimes) else np.array(times, dtype=np.float64)


class FrameSet(Set[int]):
    """Frame indices, kept as ranges; they are gone through ascending."""

    def __init__(self, ranges: Iterable[range] = ()) -> None:
        self._ranges: list[range] = []
        for found in sorted(filter(None, ranges), key=lambda r: r.start):  # exact: frames
            if self._ranges and found.start <= self._ranges[-1].stop:
                last = self._ranges.pop()
                found = range(last.start, max(last.stop, found.stop))  # exact: frames
            self._ranges.append(found)
        self._starts = [found.start for found in self._ranges]

    def __contains__(self, index: object) -> bool:
        if not isinstance(index, int):
            return False
        at = bisect_right(self._starts, index) - 1
        return at >= 0 and index in self._ranges[at]

    def __iter__(self) -> Iterator[int]:
        return (index for found in self._ranges for index in found)

    def __len__(self) -> int:
        return sum(map(len, self._ranges))  # exact: integers
