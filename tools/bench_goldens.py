"""Measure checking goldens in bulk: CPU time of whole commands, against what one golden costs."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import process_time
from typing import Final

from irrun.compare.golden.check import Judging, check_golden
from irrun.compare.golden.many.find import Target
from irrun.compare.golden.many.processes import processors

Row = tuple[str, str, str, str]

FRAMES: Final = 100
MANY: Final = 200
REPEATS: Final = 5
_COMMAND: Final = (sys.executable, "-c", "from irrun.cli.main import main; main()")
_ENVIRONMENT: Final = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
} | {"CI": ""}


def golden_rows(programs: Sequence[Path]) -> Iterator[Row]:
    """Yield what checking the goldens of programs costs, and of many copies of them."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        few = home / "few"
        few.mkdir()
        for program in programs:
            shutil.copy(program, few)
        command(home, "golden", "record", "few", "-n", str(FRAMES), "-q")
        one = warm_seconds(sorted(few.glob("*.golden")))
        run = cpu_seconds(home, "run", f"few/{programs[0].name}", "-n", str(FRAMES), "-q",
                          "--trace", "none")  # fmt: skip
        check = cpu_seconds(home, "golden", "check", "few")
        count = len(programs)
        most = 1.3 * run + count * one
        yield (f"golden check of {count}, CPU", f"{check * 1000:.0f} ms",
               f"at most 1.3 runs and {count} warm checks", f"{most * 1000:.0f} ms")  # fmt: skip
        many = copies(few, home / "many")
        # Processes at once slow each other down, too: one shows what is not the machine's.
        for jobs in (1, processors()):
            check = cpu_seconds(home, "golden", "check", "many", "-j", str(jobs))
            share = (check - many * one) / check
            against = f"{many} warm checks of {one * 1000:.1f} ms; the rest"
            what = f"golden check -j {jobs} of {many}, CPU"
            yield what, f"{check * 1000:.0f} ms", against, f"{share:.0%}"


def copies(few: Path, many: Path) -> int:
    """Copy a folder until there are about `MANY` goldens; return how many there are."""
    each = len(list(few.glob("*.golden")))
    for i in range(-(-MANY // each)):
        shutil.copytree(few, many / str(i))
    return len(list(many.rglob("*.golden")))


def warm_seconds(goldens: Sequence[Path]) -> float:
    """Return the least CPU time that checking a golden takes where all is imported and known."""
    targets, times = [Target(golden) for golden in goldens], []
    for _ in range(REPEATS + 1):
        started = process_time()
        for target in targets:
            assert check_golden(target, Judging()).verdict.passes
        times.append(process_time() - started)
    return min(times) / len(targets)


def cpu_seconds(folder: Path, *arguments: str) -> float:
    """Return the least CPU time of a command with all its processes."""
    times = []
    for _ in range(REPEATS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command(folder, *arguments)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def command(folder: Path, *arguments: str) -> None:
    """Run irrun in a folder."""
    subprocess.run(
        [*_COMMAND, *arguments], cwd=folder, check=True, capture_output=True, env=_ENVIRONMENT
    )
