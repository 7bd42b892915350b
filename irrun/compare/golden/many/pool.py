"""Check many goldens at once, each in one of several processes."""

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from irrun.compare.golden.check import CheckResult, Judging, check_golden, killed
from irrun.compare.golden.many.find import Target
from irrun.compare.golden.many.processes import is_worth_it, processes, processors

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor


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
        futures = _submitted(pool, targets, judging, lost)
        for future in as_completed(futures):
            try:
                yield future.result()
            except BrokenProcessPool:
                lost.append(futures[future])
    for target in lost:
        yield _alone(target, judging)


def _submitted(
    pool: "ProcessPoolExecutor", targets: Sequence[Target], judging: Judging, lost: list[Target]
) -> "dict[Future[CheckResult], Target]":
    """Hand all targets to the pool; those that it no longer takes are lost."""
    from concurrent.futures.process import BrokenProcessPool

    futures: dict[Future[CheckResult], Target] = {}
    for i, target in enumerate(targets):
        try:
            futures[pool.submit(check_golden, target, judging)] = target
        except BrokenProcessPool:
            lost += targets[i:]
            break
    return futures


def _alone(target: Target, judging: Judging) -> CheckResult:
    from concurrent.futures.process import BrokenProcessPool

    with processes(1) as pool:
        try:
            return pool.submit(check_golden, target, judging).result()
        except BrokenProcessPool:
            return killed(target)
