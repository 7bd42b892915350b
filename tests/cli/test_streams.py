"""Closed, full and vanishing streams, and signals: what they change, and what they leave."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest
from cli.samples import clock, save

IRRUN: Final = [sys.executable, "-m", "irrun"]
LISTENS: Final = """
import signal
from irrun.cli.main import main
signal.signal(signal.SIGTERM, signal.SIG_DFL)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""
"""The command, which is told what signals tell it even where the tests run after `nohup`."""
FULL: Final = Path("/dev/full")

needs_full = pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is full")


def run(*arguments: str, **streams: Any) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    return subprocess.run([*IRRUN, *arguments], check=False, **streams)


def in_shell(line: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of the shell in which `irrun` is the command."""
    irrun = " ".join(f"'{part}'" for part in IRRUN)
    return subprocess.run(
        ["/bin/sh", "-c", line.replace("irrun", irrun)], check=False, capture_output=True
    )


@needs_full
def test_a_standard_error_that_is_full_changes_no_exit_code() -> None:
    """What is wrong is told by the exit code, if it cannot be said."""
    with FULL.open("wb") as full:
        assert run("run", "absent.json", stderr=full).returncode == 3


@needs_full
@pytest.mark.parametrize("fmt", ["table", "json"])
def test_a_standard_output_that_is_full_is_an_error(fmt: str) -> None:
    """Output that was lost is no success, in any format."""
    name = save(clock())
    with FULL.open("wb") as full:
        found = run("run", name, "-n", "1", "--format", fmt, stdout=full, stderr=subprocess.PIPE)

    assert found.returncode == 2
    assert b"cannot write the output" in found.stderr


@needs_full
def test_what_went_wrong_is_said_although_it_cannot_be_written() -> None:
    """The problem itself, in words, and that its document was lost."""
    with FULL.open("wb") as full:
        found = run("run", "absent", "--format", "json", stdout=full, stderr=subprocess.PIPE)

    assert found.returncode == 2
    assert b"error IR100  cannot read absent" in found.stderr
    assert b"cannot write the output" in found.stderr


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a folder in use stays")
def test_a_working_folder_that_is_gone_is_named() -> None:
    """It is not the output that fails."""
    found = in_shell("mkdir gone; cd gone; rmdir ../gone; irrun golden check")

    assert found.returncode == 2
    assert found.stderr == b"Error: the working folder is gone\n"


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no /dev/fd on this system")
@pytest.mark.parametrize(
    "line",
    [
        "cat program.json | irrun run /dev/fd/0 -n 1 -q",
        "cat program.json | irrun validate /dev/stdin",
        "cat program.json | irrun diff program.json /dev/stdin",
        "cat program.json | irrun convert /dev/stdin - --to json",
    ],
)
def test_a_program_may_come_through_a_pipe_that_is_named(line: str) -> None:
    """As a shell gives it for `<(...)`."""
    save(clock())

    assert in_shell(line).returncode == 0


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("irrun --version >&-", 2, b"cannot write the output"),
        ("irrun run program.json -n 1 --format json >&-", 2, b"cannot write the output"),
        ("irrun run - <&-", 3, b"IR100"),
        ("irrun golden check program.json >&- 2>&- <&-", 2, b""),
        ("irrun run absent.json 2>&-", 3, b""),
    ],
)
def test_a_closed_stream(line: str, code: int, said: bytes) -> None:
    """A stream that is closed is neither a bug in irrun nor a success."""
    save(clock())

    found = in_shell(line)

    assert found.returncode == code
    assert said in found.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_command_that_is_told_to_end_leaves_nothing(number: signal.Signals) -> None:
    """No half of an output, under its own name or another; the exit code names the signal."""
    name = save(clock())
    before = sorted(os.listdir())
    command = [sys.executable, "-c", LISTENS, "run", name, "-n", "1000000000", "--trace", "none"]
    command += ["-o", "out.jsonl"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while process.poll() is None and sorted(os.listdir()) == before:
            os.sched_yield()
        process.send_signal(number)
        process.communicate()

    assert process.returncode == 128 + number
    assert sorted(os.listdir()) == before
