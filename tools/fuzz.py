"""Fuzz loading, checking and running: `make fuzz SECONDS=60`.

Mutants of programs go through the commands in processes of their own. Mutant N of a seed is
always the same. What hangs, crashes or eats memory is kept in tests/house/hostile/regressions/,
where a test replays it. A long run with `--state FILE` may be stopped, and goes on when started
again.
"""

import argparse
import hashlib
import math
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count, takewhile
from pathlib import Path
from random import Random
from threading import Lock
from time import monotonic
from typing import Final

import msgspec
from fuzz_figures import Figures, Finding, State
from fuzz_worker import Answer, Request
from mutate import PROGRAMS, ROOT, Document, mutant, seeds

REGRESSIONS: Final = ROOT / "tests" / "house" / "hostile" / "regressions"
SLOW: Final = 3.0
"""Seconds of processor time from which on a mutant is worth looking at, though it passes."""
SLOW_ONES: Final = ROOT / ".fuzz"
WORKER: Final = Path(__file__).with_name("fuzz_worker.py")
PIECE: Final = 200
"""Mutants that are counted together."""
THOROUGH: Final = 10
"""One in so many mutants goes through all commands."""


class Worker:
    """A process that examines programs; started anew when one of them kills it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def examine(self, data: bytes, *, thorough: bool = False) -> Answer:
        """Return what a program came to."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        request = msgspec.json.encode(Request(len(data), thorough))
        try:
            process.stdin.write(request + b"\n" + data)
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            process.wait()
            self.close()
            return Answer(f"the process died: {process.returncode}")
        answer = msgspec.json.decode(line, type=Answer)
        if answer.wrong:
            self.close()  # whatever is left of it, the next program starts afresh
        return answer

    def close(self) -> None:
        """End the process."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):  # what it did not read
            self._process.stdin.close()
        self._process = None

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, str(WORKER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
            )
        return self._process


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def keep(data: bytes, folder: Path | None = None) -> Path:
    """Keep a mutant, as a regression case if no folder is given."""
    folder = folder or REGRESSIONS
    folder.mkdir(exist_ok=True, parents=True)
    path = folder / f"{hashlib.sha256(data).hexdigest()[:12]}.program"
    path.write_bytes(data)
    return path


def numbered(documents: list[Document], seed: int, number: int) -> bytes:
    """Return a mutant by its number."""
    return mutant(documents, Random(f"{seed}/{number}"))


def examined(worker: Worker, documents: list[Document], seed: int, piece: int) -> Figures:
    """Examine the mutants of a piece; return what they came to."""
    figures = Figures()
    for number in range(piece * PIECE, (piece + 1) * PIECE):
        data = numbered(documents, seed, number)
        answer = worker.examine(data, thorough=number % THOROUGH == 0)
        figures.add(number, answer)
        if answer.seconds > SLOW:
            say(f"{keep(data, SLOW_ONES).name}: takes {answer.seconds:.1f} s")
        if answer.wrong:
            finding = Finding(number, keep(data).name, answer.wrong)
            figures.findings.append(finding)
            say(f"{finding.file}: mutant {number}: {finding.wrong}")
    return figures


def fuzz(
    documents: list[Document],
    pieces: Iterable[int],
    state: State,
    *,
    processes: int = 1,
    done: Callable[[], None] = lambda: None,
) -> None:
    """Examine pieces in processes side by side; count into a state, and say when one is done."""
    todo, lock = iter(pieces), Lock()

    def work() -> None:
        worker = Worker()
        try:
            while (piece := _next(todo, lock)) is not None:
                figures = examined(worker, documents, state.seed, piece)
                with lock:
                    state.figures.merge(figures)
                    state.done.append(piece)
                    done()
        finally:
            worker.close()

    with ThreadPoolExecutor(processes) as threads:
        for thread in [threads.submit(work) for _ in range(processes)]:
            thread.result()


def _next(todo: Iterator[int], lock: Lock) -> int | None:
    with lock:
        return next(todo, None)


def identity(documents: list[Document]) -> str:
    """Return what tells these programs from others."""
    return hashlib.sha256(msgspec.json.encode(documents)).hexdigest()[:16]


def main(arguments: list[str] | None = None) -> int:
    """Fuzz as long as told to; the exit code says whether something was found."""
    parser = argparse.ArgumentParser(description="Fuzz irrun.")
    parser.add_argument("--seconds", type=float, help="stop after so long (60, unless --count)")
    parser.add_argument("--count", type=int, help="stop after so many mutants, in pieces of 200")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--state", type=Path, help="go on with the run that this file holds")
    parser.add_argument("--programs", type=Path, action="append", metavar="FOLDER",
                        help="make mutants of these programs, too")  # fmt: skip
    options = parser.parse_args(arguments)
    documents = seeds(PROGRAMS, *(options.programs or ()))
    state = State(options.seed, identity(documents))
    if options.state is not None:
        state = State.load(options.state, state.seed, state.seeds)
    seconds = options.seconds or (None if options.count else 60.0)
    ends = monotonic() + seconds if seconds else math.inf
    last = math.ceil(options.count / PIECE) if options.count else math.inf
    before = frozenset(state.done)
    numbers = takewhile(lambda piece: piece < last and monotonic() < ends, count())
    pieces = (piece for piece in numbers if piece not in before)
    keep_state = (lambda: state.save(options.state)) if options.state else (lambda: None)
    fuzz(documents, pieces, state, processes=options.processes, done=keep_state)
    for line in state.figures.lines():
        say(line)
    return 1 if state.figures.findings else 0


if __name__ == "__main__":
    sys.exit(main())
