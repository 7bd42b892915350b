"""Writes goldens, each in a copy of this process that kills itself on the way.

Reads pickled tuples from standard input: path, golden, name of a function of `os`, which of its
calls, and whether to die after it or before. Answers with the signal that ended the copy, or 0.
"""

import os
import pickle
import signal
import sys
from collections.abc import Callable
from typing import Any

from irrun.compare.golden.store import write_golden


def deadly(function: Callable[..., Any], nth: int, *, after: bool) -> Callable[..., Any]:
    """Return a function that kills the process before or after its n-th call."""
    calls = 0

    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        found = function(*args, **kwargs)
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    return call


def main() -> None:
    """Answer until there is nothing more to write."""
    while True:
        try:
            path, golden, function, nth, after = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        child = os.fork()
        if child == 0:
            setattr(os, function, deadly(getattr(os, function), nth, after=after))
            write_golden(path, golden)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
