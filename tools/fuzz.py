"""Fuzz loading, checking and running: `make fuzz SECONDS=60`.

Mutants of the bundled programs go through the commands in a process of its own. What hangs,
crashes or eats memory is kept in tests/regressions/, where a test replays it.
"""

import argparse
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any, Final

from mutate import ROOT, mutant, seeds

REGRESSIONS: Final = ROOT / "tests" / "regressions"
SLOW: Final = 3.0
"""Seconds from which on a mutant is worth looking at, though it passes."""
SLOW_ONES: Final = ROOT / ".fuzz"
WORKER: Final = Path(__file__).with_name("fuzz_worker.py")


class Worker:
    """A process that examines mutants; started anew when one of them kills it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def examine(self, data: bytes) -> dict[str, Any]:
        """Return what a mutant came to."""
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps({"bytes": len(data)}).encode() + b"\n" + data)
            process.stdin.flush()
            answer = process.stdout.readline()
        except BrokenPipeError:
            answer = b""
        if not answer:
            self.close()
            return {"wrong": f"the process died: {process.returncode}", "codes": [],
                    "seconds": 0.0, "memory": 0}  # fmt: skip
        found: dict[str, Any] = json.loads(answer)
        if found["wrong"]:
            self.close()  # memory is measured at its highest: the next mutant starts afresh
        return found

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()
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


def keep(data: bytes, folder: Path = REGRESSIONS) -> Path:
    """Keep a mutant as a regression case."""
    folder.mkdir(exist_ok=True, parents=True)
    path = folder / f"{hashlib.sha256(data).hexdigest()[:12]}.program"
    path.write_bytes(data)
    return path


def main() -> int:
    """Fuzz as long as told to; the exit code says whether something was found."""
    parser = argparse.ArgumentParser(description="Fuzz irrun.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    random, documents, worker = Random(options.seed), seeds(), Worker()
    started, tried, slowest, memory = perf_counter(), 0, 0.0, 0
    found: list[tuple[Path, str]] = []
    codes: dict[int, int] = {}
    while perf_counter() - started < options.seconds:
        data = mutant(documents, random)
        answer = worker.examine(data)
        tried += 1
        slowest, memory = max(slowest, answer["seconds"]), max(memory, answer["memory"])
        if answer["seconds"] > SLOW:
            say(f"{keep(data, SLOW_ONES).name}: takes {answer['seconds']:.1f} s")
        for code in answer["codes"]:
            codes[code] = codes.get(code, 0) + 1
        if answer["wrong"]:
            found.append((keep(data), answer["wrong"]))
            say(f"{found[-1][0].name}: {answer['wrong']}")
    worker.close()
    took = perf_counter() - started
    say(f"{tried} mutants in {took:.0f} s, {len(found)} findings, slowest {slowest:.2f} s, "
          f"memory {memory >> 20} MB, exit codes {dict(sorted(codes.items()))}")  # fmt: skip
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
