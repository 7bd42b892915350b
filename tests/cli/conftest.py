"""Commands run in this process: away from any terminal, in an empty folder, with their output."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.samples import Irrun, Outcome

from irrun.cli.console import err, out
from irrun.cli.main import run_command

TERMINAL_VARIABLES = (
    "FORCE_COLOR", "NO_COLOR", "LINES", "TERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "CI",
)  # fmt: skip


def forget_consoles() -> None:
    """Let the next command look at the environment anew."""
    out.cache_clear()
    err.cache_clear()


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """80 columns, no wish for colour, an empty working folder."""
    for name in TERMINAL_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    yield
    forget_consoles()


@pytest.fixture
def irrun(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Irrun:
    """Run the command line up to its own boundary: exit code, standard output, standard error."""

    def run(*arguments: str, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        capsysbinary.readouterr()
        forget_consoles()
        code = run_command(arguments)
        found = capsysbinary.readouterr()
        return Outcome(code, found.out.decode(), found.err.decode())

    return run
