"""Runs of more frames than anybody waits for: they start at once, and end when told to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli.samples import Irrun, bundled

from irrun.runtime.driver import Driver
from irrun.runtime.view import FrameView

BILLIONS = "1000000000000"
LAST = "999999999999"

COMMANDS: dict[str, tuple[str, ...]] = {
    "run": ("run", "minimal", "-n", BILLIONS, "-q", "--trace", "none"),
    "run with traced and dumped frames": (
        "run", "minimal", "-n", BILLIONS, "--trace-frames", f"0-{LAST}", "--dump", "all",
        "--dump-frames", f"1-{LAST}",
    ),
    "run with watched slots": ("run", "minimal", "-n", BILLIONS, "--watch", "0"),
    "run to a file": ("run", "minimal", "-n", BILLIONS, "-o", "run.jsonl"),
    "explain": ("run", "minimal", "--explain", f"0@{LAST}"),
    "diff": ("diff", "minimal", "minimal", "-n", BILLIONS),
    "render all frames": ("render", "petals", "--frames", BILLIONS, "-o", "out/{frame}.svg"),
    "render a range": ("render", "petals", "--frame", f"0-{LAST}", "-o", "out/{frame}.svg"),
    "render a sheet": ("render", "petals", "--frames", BILLIONS, "--sheet", "2x2", "-o", "s.svg"),
}  # fmt: skip


@pytest.fixture
def three_frames(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Interrupt whatever runs after three frames; return the times of those."""
    seen: list[float] = []
    frames = Driver.frames

    def interrupted(driver: Driver) -> Iterator[FrameView]:
        for view in frames(driver):
            if len(seen) == 3:
                raise KeyboardInterrupt
            seen.append(view.time.t_abs_ms)
            yield view

    monkeypatch.setattr(Driver, "frames", interrupted)
    return seen


@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_frames_start_at_once(
    irrun: Irrun,
    three_frames: list[float],
    arguments: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No frame is listed before it runs; an interrupt ends the run, with its own exit code."""
    monkeypatch.chdir(tmp_path)

    result = irrun(*(bundled(text) if text in PROGRAMS else text for text in arguments))

    assert result.code == 130
    assert "interrupted" in result.err
    assert len(three_frames) == 3


PROGRAMS = {"minimal", "petals"}

TOO_MANY: dict[str, tuple[tuple[str, ...], str]] = {
    "run": (("run", "minimal", "-n", "9" * 17), "9007199254740992"),
    "run, a number of thousands of digits": (("run", "minimal", "-n", "9" * 5000), "--frames"),
    "render": (("render", "petals", "--frame", "9" * 20, "-o", "a.svg"), "there is no frame"),
    "render, thousands of digits": (("render", "petals", "--frame", "9" * 5000), "--frame"),
    "explain": (("run", "minimal", "--explain", f"0@{'9' * 5000}"), "--explain"),
    "swap": (("run", "minimal", "--swap", f"{'9' * 5000}=x.json"), "--swap"),
}


@pytest.mark.parametrize(("arguments", "said"), TOO_MANY.values(), ids=TOO_MANY)
def test_more_frames_than_can_be_counted_are_wrong_usage(
    irrun: Irrun, arguments: tuple[str, ...], said: str
) -> None:
    """A number of any length is refused as wrong usage."""
    result = irrun(*(bundled(text) if text in PROGRAMS else text for text in arguments))

    assert result.code == 2
    assert said in result.err


def grown(frames: int) -> Any:
    """Return how many bytes are alive after a run that records nothing."""
    import tracemalloc

    import irrun as package

    program = package.load(bundled("bus"))
    tracemalloc.start()
    try:
        result = package.run(program, frames=frames, record=())
        assert result.frames == frames
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_run_that_records_nothing_needs_no_more_memory_for_more_frames() -> None:
    """The peak of a run ten times as long is the same, but for a few objects."""
    grown(50)  # what is made once

    # Half a byte for each frame more: nothing is kept of one but in the block that is computed.
    assert grown(80_000) < grown(8_000) + 36_000
