"""Runs commands on program files sent to it, under limits: the part of a fuzz run that may die.

Reads requests from standard input: a JSON line with the length of a program, then its bytes.
Answers with a JSON line: what went wrong (nothing, if all is well), exit codes, seconds, memory.
"""

import io
import json
import resource
import signal
import sys
import traceback
from time import perf_counter
from typing import Any, Final

from irrun.cli.main import run_command

COMMANDS: Final = (
    ["validate", "-", "--order", "--format", "json"],
    ["inspect-layout", "-", "--format", "json"],
    ["run", "-", "-n", "2", "--no-check", "--format", "json"],
)
TABLES: Final = (
    ["validate", "-", "--order", "-v"],
    ["inspect-layout", "-", "-v"],
    ["run", "-", "-n", "2", "--trace", "full", "--dump", "all"],
    ["run", "-", "-n", "2", "--no-check", "--executors", "stub"],
    ["convert", "-", "-", "--to", "msgpack", "--emit-slot-meta", "--emit-deps"],
)
"""What every mutant goes through, and what every tenth does."""

ALLOWED: Final = frozenset({0, 1, 3, 4})
UNLOADED: Final = 3
SECONDS: Final = 10
"""Longest time for one command."""
MEMORY: Final = 4 << 30
"""Address space of the process."""
RESIDENT: Final = 1 << 30
"""Largest memory in use."""


class TooSlow(BaseException):
    """A command took too long."""


def main() -> None:
    """Answer requests until there are no more."""
    requests, answers = sys.stdin.buffer, sys.stdout
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _out_of_time)
    count = 0
    while line := requests.readline():
        size = json.loads(line)["bytes"]
        data = requests.read(size)
        count += 1
        commands = (*COMMANDS, *TABLES) if count % 10 == 0 else COMMANDS
        whole = count % 4 == 0
        answers.write(json.dumps(examine(data, commands, whole=whole)) + "\n")
        answers.flush()


def _out_of_time(*_: object) -> None:
    raise TooSlow


def examine(data: bytes, commands: tuple[list[str], ...], *, whole: bool = True) -> dict[str, Any]:
    """Put one program through commands; return what is wrong with how they end.

    Unless the `whole` list is asked for, a program that cannot be loaded goes through the first
    command only: the others would say the same.
    """
    codes, started = [], perf_counter()
    for command in commands:
        before = perf_counter()
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            code, wrong = _run(command, data)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        codes.append(code)
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        if not wrong and resident > RESIDENT:
            wrong = f"uses {resident >> 20} MB"
        if wrong:
            took = perf_counter() - before
            return {"wrong": f"{' '.join(command)}: {wrong}", "codes": codes, "seconds": took,
                    "memory": resident}  # fmt: skip
        if code == UNLOADED and not whole:
            break
    seconds = perf_counter() - started
    return {"wrong": "", "codes": codes, "seconds": seconds, "memory": resident}


def _run(command: list[str], data: bytes) -> tuple[int, str]:
    """Run one command as a process would; return its exit code and what is wrong with that."""
    streams = sys.stdin, sys.stdout, sys.stderr
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    sys.stdin = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")
    sys.stdout, sys.stderr = out, err
    try:
        code = run_command(command)
    except TooSlow:
        return -1, f"takes more than {SECONDS} s"
    except BaseException:
        return -1, traceback.format_exc()
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
    err.flush()
    said = err.buffer.getvalue().decode()
    if code not in ALLOWED or "Traceback" in said:
        return code, f"exit code {code}: {said[-2000:]}"
    return code, ""


if __name__ == "__main__":
    main()
