"""The progress bar: only for a run that takes a while, and only on a terminal."""

import io

import pytest
from cli.samples import Irrun, bundled

from irrun.cli import progress
from irrun.cli.progress import frame_progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def run_frames(total: int) -> None:
    """Tell the bar of so many frames."""
    with frame_progress(total) as frame_done:
        for index in range(total):
            if frame_done is not None:
                frame_done(index)


def test_there_is_no_bar_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipe nothing is drawn and nothing is called."""
    monkeypatch.setattr("sys.stderr", io.StringIO())

    with frame_progress(100_000) as frame_done:
        assert frame_done is None


def test_a_short_run_shows_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is over before one would have read the bar draws none."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 3600.0)

    run_frames(1000)

    assert terminal.getvalue() == ""


def test_a_long_run_shows_its_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar with the frames done and to do appears, and is taken away at the end."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", -1.0)

    run_frames(1000)

    assert "frames" in terminal.getvalue()
    assert "/1000" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[2K")


def test_standard_output_never_holds_a_bar(irrun: Irrun, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a run takes, its output is the same."""
    arguments = ("run", bundled("minimal"), "-n", "200", "--format", "jsonl")
    before = irrun(*arguments)
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", -1.0)

    assert irrun(*arguments) == before
