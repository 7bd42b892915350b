"""`--engine` of the commands that run programs."""

import math
from pathlib import Path
from typing import Any

import pytest
from cli.samples import Irrun, bundled, save, summing

from irrun.runtime.block.view import BlockSlots

COMMANDS = (
    ("run", "p.json", "-n", "5", "--trace", "none"),
    ("diff", "p.json", "p.json", "-n", "5"),
    ("diff", "p.golden", "p.json"),
    ("golden", "record", "p.json", "-o", "new"),
    ("golden", "check", "p.golden", "-j", "1"),
    ("render", bundled("trails"), "--frame", "3", "-o", "p.svg"),
)


_peek = BlockSlots.peek


def wrong(slots: BlockSlots, slot: int) -> Any:
    """Return a slot's value in a block; a number is the next one."""
    value = _peek(slots, slot)
    return math.nextafter(value, math.inf) if isinstance(value, float) else value


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, irrun: Irrun) -> Path:
    """Return a folder with a program and its golden."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    save(summing(), "p.json")
    assert irrun("golden", "record", "p.json", "-n", "5").code == 0
    return tmp_path


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_that_runs_programs_compares_on_demand(
    words: tuple[str, ...], files: Path, irrun: Irrun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is the same passes; what is not is a bug in irrun: IR901, exit code 70."""
    assert irrun(*words, "--engine", "both").code == 0
    monkeypatch.setattr(BlockSlots, "peek", wrong)
    got = irrun(*words, "--engine", "both")

    assert got.code == 70
    assert "IR901" in got.out + got.err
    assert irrun(*words, "--engine", "frame").code == 0


def test_no_golden_says_which_engine_it_was(files: Path, irrun: Irrun) -> None:
    before = (files / "p.golden").read_bytes()
    for engine in ("frame", "block", "both"):
        assert (
            irrun("golden", "record", "p.json", "--fresh", "-n", "5", "--engine", engine).code == 0
        )
        assert (files / "p.golden").read_bytes() == before


def test_two_goldens_are_run_by_no_engine(files: Path, irrun: Irrun) -> None:
    assert irrun("diff", "p.golden", "p.golden", "--engine", "both").code == 2
