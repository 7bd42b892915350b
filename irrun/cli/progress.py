"""Progress bars on stderr for what takes a while."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

PATIENCE_SECONDS: Final = 0.7
"""Runs that end sooner show no bar."""
_STRIDE: Final = 64


@contextmanager
def frame_progress(total: int) -> Iterator[Callable[[int], None] | None]:
    """Give a function to call after each frame, or None where a bar has no place."""
    if total < _STRIDE or not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(total, "frames")
    try:
        yield bar.frame_done
    finally:
        bar.close()


@contextmanager
def item_progress(total: int, name: str) -> Iterator[Callable[[], None]]:
    """Give a function to call after each item; a bar is shown where it has a place."""
    bar = _Bar(total, name) if sys.stderr.isatty() else None
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        if bar is not None:
            bar.show(done)

    try:
        yield advance
    finally:
        if bar is not None:
            bar.close()


class _Bar:
    """Appears only when the run has taken longer than `PATIENCE_SECONDS`."""

    def __init__(self, total: int, name: str) -> None:
        self._total = total
        self._name = name
        self._started = monotonic()
        self._close: Callable[[], None] | None = None
        self._update: Callable[[int], None] | None = None

    def frame_done(self, done: int) -> None:
        if done % _STRIDE == 0:
            self.show(done)

    def show(self, done: int) -> None:
        if self._update is not None:
            self._update(done)
        elif monotonic() - self._started > PATIENCE_SECONDS:
            self._open()

    def _open(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        from irrun.cli.console import err

        progress = Progress(
            self._name,
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=err(),
            transient=True,
        )
        task = progress.add_task(self._name, total=self._total)
        progress.start()
        self._update = lambda done: progress.update(task, completed=done)
        self._close = progress.stop

    def close(self) -> None:
        if self._close is not None:
            self._close()
