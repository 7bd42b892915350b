"""Coverage-guided fuzzing of the codec: `make fuzz-codec SECONDS=60`.

Inputs that make the loader take a way through its code that no earlier input took are kept and
changed further. Loading may refuse with a problem of its own, and must do nothing else. The
lines are followed with Python's own trace function: no dependency, and fast enough.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from time import perf_counter
from types import FrameType
from typing import Any, Final

from fuzz import keep, say
from mutate import BYTES, mutant, seeds

import irrun.program
from irrun.errors import Crash, IrrunError
from irrun.program.canonical import encode
from irrun.program.reading.codec import examine, loads

PACKAGE: Final = str(Path(irrun.program.__file__).parent)
LARGEST: Final = 20_000
"""Bytes of the largest input: small ones are faster, and say the same."""

Edge = tuple[str, int, int]
"""File, and two lines of it that were executed one after the other."""


class Coverage:
    """Follows the lines of the codec."""

    def __init__(self) -> None:
        self.edges: set[Edge] = set()
        self._last = 0

    def run(self, data: bytes) -> str:
        """Load an input; return what went wrong, if anything but a problem did."""
        self.edges = set()
        sys.settrace(self._call)
        try:
            return attempt(data)
        finally:
            sys.settrace(None)

    def _call(self, frame: FrameType, event: str, _: Any) -> Any:
        return self._line if frame.f_code.co_filename.startswith(PACKAGE) else None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        line = frame.f_lineno
        self.edges.add((frame.f_code.co_filename, self._last, line))
        self._last = line
        return self._line


def attempt(data: bytes) -> str:
    """Load, and write what was loaded; return what is wrong with how that ended."""
    try:
        program = loads(data)
        for encoding in ("json", "msgpack"):
            written = encode(program, encoding)
            if encode(loads(written), encoding) != written:
                return f"canonical {encoding} is not stable"
    except Crash as error:
        return repr(error)
    except IrrunError:
        if not examine(data).problems:
            return "refused without a problem"
    except Exception as error:
        return repr(error)
    return ""


def main() -> int:
    """Fuzz as long as told to; the exit code says whether something was found."""
    parser = argparse.ArgumentParser(description="Fuzz the codec, guided by coverage.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    ends = perf_counter() + options.seconds
    tried, corpus, edges, found = fuzz(Random(options.seed), lambda _: perf_counter() < ends)
    say(f"{tried} inputs, {corpus} kept, {edges} edges of the codec, {found} findings")
    return 1 if found else 0


def fuzz(random: Random, goes_on: Callable[[int], bool]) -> tuple[int, int, int, int]:
    """Return inputs tried, inputs kept, edges seen and findings.

    `goes_on` is told how many inputs were tried.
    """
    documents, coverage = seeds(), Coverage()
    corpus: list[bytes] = []
    seen: set[Edge] = set()
    tried, found = 0, 0
    while goes_on(tried):
        if corpus and random.randrange(4):
            data = random.choice(BYTES)(random.choice(corpus), random)
        else:
            data = mutant(documents, random)
        if len(data) > LARGEST:
            continue
        tried += 1
        wrong = coverage.run(data)
        if wrong:
            found += 1
            say(f"{keep(data).name}: {wrong}")
        if not coverage.edges <= seen:
            seen |= coverage.edges
            corpus.append(data)
    return tried, len(corpus), len(seen), found


if __name__ == "__main__":
    sys.exit(main())
