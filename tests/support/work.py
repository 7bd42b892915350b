"""How much a function does, counted: the same on every machine, however busy it is."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the garbage collector, and what others have it call, out of the count."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def calls(function: Callable[[], object]) -> int:
    """Return how many functions of Python are called while a function runs."""
    count = 0

    def profile(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    with _without_collector():
        sys.setprofile(profile)
        try:
            function()
        finally:
            sys.setprofile(before)
    return count


def lines(function: Callable[[], object]) -> int:
    """Return how many lines of Python are executed while a function runs, loops included."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    with _without_collector():
        sys.settrace(trace)
        try:
            function()
        finally:
            sys.settrace(before)
    return count
