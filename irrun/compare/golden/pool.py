"""Check many goldens at once, each in one of several processes."""

import multiprocessing
import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Final

from irrun.compare.golden.check import CheckResult, Judging, check_golden, killed
from irrun.compare.golden.find import Target

WORTH_IT: Final = 6
"""Fewer goldens than this are checked in this process: starting others takes longer."""


def default_jobs(targets: int) -> int:
    """Return how many processes to use for so many goldens."""
    return 1 if targets < WORTH_IT else min(_processors(), targets)


def _processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


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
    lost: list[Target] = []
    with _processes(jobs) as pool:
        futures = _submitted(pool, targets, judging, lost)
        for future in as_completed(futures):
            try:
                yield future.result()
            except BrokenProcessPool:
                lost.append(futures[future])
    for target in lost:
        yield _alone(target, judging)


def _submitted(
    pool: ProcessPoolExecutor, targets: Sequence[Target], judging: Judging, lost: list[Target]
) -> dict[Future[CheckResult], Target]:
    """Hand all targets to the pool; those that it no longer takes are lost."""
    futures: dict[Future[CheckResult], Target] = {}
    for i, target in enumerate(targets):
        try:
            futures[pool.submit(check_golden, target, judging)] = target
        except BrokenProcessPool:
            lost += targets[i:]
            break
    return futures


@contextmanager
def _processes(jobs: int) -> Iterator[ProcessPoolExecutor]:
    # Fresh processes: a copy of this one would have its threads' locks and nothing to unlock them.
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _alone(target: Target, judging: Judging) -> CheckResult:
    with _processes(1) as pool:
        try:
            return pool.submit(check_golden, target, judging).result()
        except BrokenProcessPool:
            return killed(target)
