"""What is said where an exception ends a command, a test or a run."""

from collections.abc import Iterator
from contextlib import contextmanager

from irrun.errors.base import Crash, IrrunError
from irrun.errors.running import OutOfMemory, StackExhausted


def problem_of(found: BaseException) -> IrrunError:
    """Return an exception as a problem: what is no error of irrun, and no lack, is a bug.

    The exception is the problem's cause, for `--traceback`; one of memory forgets where it was
    raised, because what its frames hold is what takes the memory.
    """
    if isinstance(found, IrrunError):
        return found
    problem: IrrunError
    if isinstance(found, MemoryError):
        found = found.with_traceback(None)
        problem = OutOfMemory(detail=str(found).rstrip(".") or "no more could be had")
    elif isinstance(found, RecursionError):
        problem = StackExhausted(detail=str(found))
    else:
        problem = Crash(detail=f"{type(found).__name__}: {found}")
    problem.__cause__ = found
    return problem


@contextmanager
def lacks_as_problems() -> Iterator[None]:
    """Let what the machine lacks leave a function of the library as an error of irrun.

    Raises:
        OutOfMemory, StackExhausted: IR407, IR408.
    """
    try:
        yield
    except (MemoryError, RecursionError) as error:
        raise problem_of(error) from None
