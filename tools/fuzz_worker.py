"""Runs commands on program files sent to it, under limits: the part of a fuzz run that may die.

Reads requests from standard input: a JSON line (`Request`), then the bytes of a program.
Answers with a JSON line (`Answer`). Time is processor time, so that a busy machine is no finding.
"""

import io
import resource
import signal
import sys
import traceback
from pathlib import Path
from time import process_time
from typing import Final

import msgspec

from irrun.cli.main import run_command

COMMANDS: Final = (
    ["validate", "-", "--order", "--format", "json"],
    ["inspect-layout", "-", "--format", "json"],
    ["run", "-", "-n", "2", "--no-check", "--format", "json"],
)
"""What every mutant goes through."""
TABLES: Final = (
    ["validate", "-", "--order", "-v"],
    ["inspect-layout", "-", "-v"],
    ["run", "-", "-n", "2", "--trace", "full", "--dump", "all"],
    ["run", "-", "-n", "2", "--no-check", "--executors", "stub"],
    ["convert", "-", "-", "--to", "msgpack", "--emit-slot-meta", "--emit-deps"],
)
"""What one that is looked at thoroughly goes through as well."""

ALLOWED: Final = frozenset({0, 1, 3, 4})
SECONDS: Final = 10
"""Most processor time for one command; code that listens to no signal dies a little later."""
MEMORY: Final = 4 << 30
"""Address space of the process."""
RESIDENT: Final = 1 << 30
"""Largest memory in use."""


class Request(msgspec.Struct):
    """What comes before the bytes of a program."""

    bytes: int
    thorough: bool = False


class Answer(msgspec.Struct):
    """What a program came to."""

    wrong: str = ""
    """What is wrong with how a command ended; nothing, if all is well."""
    codes: list[tuple[str, int]] = []
    """Commands and their exit codes, in order."""
    seconds: float = 0.0
    """Processor time of all commands."""
    memory: int = 0
    """Highest memory in use, in bytes; that of this program alone where the system can tell."""


class TooSlow(BaseException):
    """A command took too long."""


def main() -> None:
    """Answer requests until there are no more."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGPROF, _out_of_time)
    while line := requests.readline():
        request = msgspec.json.decode(line, type=Request)
        answer = examine(requests.read(request.bytes), thorough=request.thorough)
        answers.write(msgspec.json.encode(answer) + b"\n")
        answers.flush()


def _out_of_time(*_: object) -> None:
    raise TooSlow


def examine(data: bytes, *, thorough: bool) -> Answer:
    """Put one program through commands; stop at the first that ends badly."""
    answer = Answer()
    _forget_highest_memory()
    started = process_time()
    for command in (*COMMANDS, *TABLES) if thorough else COMMANDS:
        code, wrong = _bounded(command, data)
        answer.codes.append((" ".join(word for word in command if word != "-"), code))
        answer.memory = _peak()
        if not wrong and answer.memory > RESIDENT:
            wrong = f"uses {answer.memory >> 20} MB"
        if wrong:
            answer.wrong = f"{' '.join(command)}: {wrong}"
            break
    answer.seconds = process_time() - started
    return answer


def _forget_highest_memory() -> None:
    """Let the highest memory in use count from here on, on Linux."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def _bounded(command: list[str], data: bytes) -> tuple[int, str]:
    """Run one command within its processor time."""
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(process_time()) + 2 * SECONDS, most))
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        return _run(command, data)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


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


def _peak() -> int:
    """Return the most memory that this process had, in bytes.

    What the system counts for a process begins with what the process had that started it; where
    there is a count that does not, it is taken.
    """
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    except (OSError, StopIteration, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
