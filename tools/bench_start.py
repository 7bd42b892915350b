"""How long a command takes to start, beside importing the libraries that irrun stands on.

Figures are processor time, so that what else the machine does counts little; the processes take
turns, so that it counts for all of them alike.
"""

import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

LIBRARIES: Final = "import click, numpy, msgspec, msgpack, rich.table, rich.console"
TURNS: Final = 15


class Start(NamedTuple):
    """A process to start: the arguments of Python, and what its environment has beside ours."""

    arguments: Sequence[str]
    more: Mapping[str, str]


def processor_seconds(start: Start) -> float:
    """Return the processor time that a process takes from its start to its end."""
    # Modules are compiled once, as on every machine where that is not switched off.
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command, env = [sys.executable, *start.arguments], {**kept, **start.more}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=env, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def medians(starts: Mapping[str, Start]) -> dict[str, float]:
    """Return the median of each, after one turn that warms up."""
    found: dict[str, list[float]] = {name: [] for name in starts}
    for turn in range(TURNS + 1):
        for name, start in starts.items():
            seconds = processor_seconds(start)
            if turn:
                found[name].append(seconds)
    return {name: statistics.median(times) for name, times in found.items()}


def start_rows(path: Path) -> list[tuple[str, str, str, str]]:
    """Return (what, time, set against, ratio) of the start of commands on a program."""
    run = ["-m", "irrun", "run", str(path), "--frames", "100"]
    commands = {
        "irrun --version": Start(["-m", "irrun", "--version"], {}),
        f"irrun run {path.name} -q, 100 frames": Start([*run, "--trace", "none", "-q"], {}),
        f"irrun run {path.name}, 100 frames": Start(run, {}),
    }
    # irrun itself sets the variable: nothing of it multiplies matrices.
    bases = {
        "python": Start(["-c", "pass"], {}),
        "its libraries": Start(["-c", LIBRARIES], {}),
        "these, one thread": Start(["-c", LIBRARIES], {"OPENBLAS_NUM_THREADS": "1"}),
    }
    found = medians({**bases, **commands})
    return [
        (what, f"{found[what] * 1000:.0f} ms", base, f"{found[what] / found[base]:.2f}")
        for what in commands
        for base in (["python"] if what == "irrun --version" else list(bases)[1:])
    ]


def main() -> None:
    """Print the rows for the smallest bundled program."""
    programs = (Path(__file__).resolve().parent.parent / "programs").glob("*.json")
    for row in start_rows(min(programs, key=lambda path: path.stat().st_size)):
        print("{:<44}{:>8}  {:<20}{:>6}".format(*row))  # noqa: T201


if __name__ == "__main__":
    main()
