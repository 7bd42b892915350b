"""Worker processes, and what starting one costs: as little as the platform has a safe way for."""

import gc
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

Method = Literal["fork", "forkserver", "spawn"]

WORTH_IT: Final[dict[Method, int]] = {"fork": 16, "forkserver": 40, "spawn": 80}
"""Fewer goldens than this are checked in this process: starting others takes longer."""
_WORK: Final = "irrun.compare.golden.check"
_TASKS: Final = Path("/proc/self/task")


def processors() -> int:
    """Return how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


def is_worth_it(goldens: int) -> bool:
    """True if there are enough goldens for other processes to be started."""
    return goldens >= min(WORTH_IT.values()) and goldens >= WORTH_IT[method()]


def method() -> Method:
    """Return how worker processes are started.

    A copy of this process has everything imported, and costs next to nothing. It is made only where
    this thread is the only one there is: of another's locks it would have a copy that nobody ever
    unlocks. Else a server that has imported everything once is copied, and where no process can be
    copied, each worker imports everything.
    """
    from multiprocessing import get_all_start_methods

    known = get_all_start_methods()
    if "fork" in known and _has_one_thread():
        return "fork"
    return "forkserver" if "forkserver" in known else "spawn"


def _has_one_thread() -> bool:
    """True if the system says that this process has one thread; those of libraries count."""
    try:
        return len(os.listdir(_TASKS)) == 1
    except OSError:  # no Linux: nobody knows
        return False


def _begin() -> None:
    """Make a worker of what may be a copy of this process.

    Its collector leaves alone what it was copied with: a look through that would make all of it its
    own. A signal ends it, whatever this process does with one.

    What a worker writes takes the place of a file only when it is whole. A SIGHUP that is ignored,
    as after `nohup`, stays so; a SIGTERM is how this process ends its workers.
    """
    gc.freeze()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextmanager
def processes(jobs: int) -> "Iterator[ProcessPoolExecutor]":
    """Give so many worker processes; what they have not begun at the end is dropped.

    Where an error or a signal ends it, so is what they are at. None is left behind: a pool that is
    still being taken down when Python ends may write to a pipe that is closed, and say so.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context(method())
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload(["__main__", _WORK])
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin)
    try:
        yield pool
    except BaseException:  # nobody waits for what they do now
        for worker in set(multiprocessing.active_children()) - others:
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
