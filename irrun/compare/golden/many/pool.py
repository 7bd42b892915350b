"""Check many goldens at once, each in one of several processes."""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Final

from irrun.compare.golden.check import CheckResult, Judging, check_golden, killed
from irrun.compare.golden.many.find import Target
from irrun.compare.golden.many.processes import is_worth_it, processes, processors

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

_BATCH: Final = 8
"""Most goldens that are handed to a process at once: handing over takes a while, too."""
_SHARES: Final = 4
"""Least batches that each process gets, so that all end at about the same time."""


def default_jobs(targets: int) -> int:
    """Return how many processes to use for so many goldens; few are checked in this one."""
    return min(processors(), targets) if is_worth_it(targets) else 1


def check_all(
    targets: Sequence[Target], judging: Judging, jobs: int
) -> Generator[CheckResult, None, None]:
    """Yield the result of each target as it is ready; what one does leaves the others alone.

    A process that dies takes with it what else was on its way; all that was lost is checked
    again, each in a process of its own, so that only the golden that kills it has failed.
    """
    if jobs <= 1:
        yield from (check_golden(target, judging) for target in targets)
        return
    from concurrent.futures import as_completed
    from concurrent.futures.process import BrokenProcessPool

    lost: list[Target] = []
    with processes(jobs) as pool:
        futures = _submitted(pool, batches(targets, jobs), judging, lost)
        for future in as_completed(futures):
            try:
                yield from future.result()
            except BrokenProcessPool:
                lost += futures[future]
    for target in lost:
        yield _alone(target, judging)


def batches(targets: Sequence[Target], jobs: int) -> list[Sequence[Target]]:
    """Return the targets in runs of as many as a process is handed at once."""
    size = max(1, min(_BATCH, len(targets) // (jobs * _SHARES)))
    return [targets[i : i + size] for i in range(0, len(targets), size)]


def _submitted(
    pool: "ProcessPoolExecutor",
    batches: Sequence[Sequence[Target]],
    judging: Judging,
    lost: list[Target],
) -> "dict[Future[list[CheckResult]], Sequence[Target]]":
    """Hand all batches to the pool; those that it no longer takes are lost."""
    from concurrent.futures.process import BrokenProcessPool

    futures: dict[Future[list[CheckResult]], Sequence[Target]] = {}
    for batch in batches:
        try:
            futures[pool.submit(check_batch, batch, judging)] = batch
        except BrokenProcessPool:
            lost += batch
    return futures


def check_batch(targets: Sequence[Target], judging: Judging) -> list[CheckResult]:
    """Return the result of each target: what a process is asked for at once."""
    return [check_golden(target, judging) for target in targets]


def _alone(target: Target, judging: Judging) -> CheckResult:
    from concurrent.futures.process import BrokenProcessPool

    with processes(1) as pool:
        try:
            return pool.submit(check_golden, target, judging).result()
        except BrokenProcessPool:
            return killed(target)
