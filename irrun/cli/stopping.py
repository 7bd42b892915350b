"""A command that is told to end leaves nothing half done: signals become an exception."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_ENDING: Final = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_OF_A_SIGNAL: Final = 128


class Stopped(BaseException):
    """The process was told to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = _OF_A_SIGNAL + number
        """What a shell says of a process that a signal has ended: 143 for SIGTERM."""


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Raise `Stopped` where SIGTERM and SIGHUP would end the process at once.

    A signal that is ignored, as after `nohup`, or that somebody else cares for, is left alone.

    Raises:
        Stopped: A signal came.
    """
    taken = []
    if threading.current_thread() is threading.main_thread():
        taken = [each for each in _ENDING if signal.getsignal(each) is signal.SIG_DFL]
    try:
        for each in taken:
            signal.signal(each, _stop)
        yield
    finally:
        for each in taken:
            signal.signal(each, signal.SIG_DFL)


def _stop(number: int, _: FrameType | None) -> None:
    for each in _ENDING:  # once is enough: what is cleaned up now is not interrupted again
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(number)
