"""What is refused does not depend on how deep the caller's stack is already."""

from collections.abc import Callable
from threading import Thread
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
        return _in_a_thread(function)


def _in_a_thread(function: Callable[[], Result]) -> Result:
    results: list[Result] = []
    failures: list[BaseException] = []

    def call() -> None:
        try:
            results.append(function())
        except BaseException as error:
            failures.append(error)

    thread = Thread(target=call)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]
    return results[0]
