"""A progress bar on stderr for runs that take a while."""

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
    import sys

    if total < _STRIDE or not sys.stderr.isatty():
        yield None
        return
    bar = _Bar(total)
    try:
        yield bar.frame_done
    finally:
        bar.close()


class _Bar:
    """Appears only when the run has taken longer than `PATIENCE_SECONDS`."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._started = monotonic()
        self._close: Callable[[], None] | None = None
        self._update: Callable[[int], None] | None = None

    def frame_done(self, done: int) -> None:
        if done % _STRIDE:
            return
        if self._update is not None:
            self._update(done)
        elif monotonic() - self._started > PATIENCE_SECONDS:
            self._open()

    def _open(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

        from irrun.cli.console import err

        progress = Progress(
            "frames",
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=err(),
            transient=True,
        )
        task = progress.add_task("frames", total=self._total)
        progress.start()
        self._update = lambda done: progress.update(task, completed=done)
        self._close = progress.stop

    def close(self) -> None:
        if self._close is not None:
            self._close()
