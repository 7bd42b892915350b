"""What is refused does not depend on how deep the caller's stack is already."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def on_own_stack(function: Callable[[], Result]) -> Result:
    """Return what a function returns; a caller deep in its stack lends it another one.

    Each thread has its own count of nested calls, and what is called nests no deeper than the
    limits of a document allow.
    """
    try:
        return function()
    except RecursionError:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(function).result()
