"""What a command imports: what it does not use costs it nothing."""

import gc
from pathlib import Path
from typing import Final

import pytest
from start_modules import COMMANDS, imported, is_own, modules_of, recorded

from irrun.cli.main import main

MOST: Final = {
    "--version": 11,
    "--help": 11,
    "run": 260,
    "run-shown": 285,
    "validate": 260,
    "inspect-layout": 205,
    "convert": 205,
    "diff": 310,
    "render": 260,
    "explain": 48,
    "doctor": 240,
    "golden-record": 290,
    "golden-check": 270,
}
"""How many modules of irrun a command may import, a few to spare. A command that has use for more
gets a higher number here, and `make start-record` writes down which."""

LIBRARIES: Final = {"numpy", "msgspec", "msgpack", "rich"}

SELDOM: Final = {"concurrent.futures", "csv", "gzip", "hashlib", "logging", "rich", "secrets"}
"""What costs a millisecond or more, and what a quiet run of a JSON program has no use for."""


@pytest.fixture(scope="module")
def modules() -> dict[str, set[str]]:
    """The modules that each command imports."""
    return imported()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_imports_no_more_than_it_did(command: str, modules: dict[str, set[str]]) -> None:
    """Where the number has grown, the newcomers are named."""
    own = set(filter(is_own, modules[command]))
    newcomers = sorted(own - recorded()[command])

    assert len(own) > 3, "the command did not start"
    assert len(own) <= MOST[command], f"new to `irrun {command}`: {', '.join(newcomers)}"


@pytest.mark.parametrize("command", ["--version", "--help"])
def test_what_answers_at_once_imports_no_library(
    command: str, modules: dict[str, set[str]]
) -> None:
    assert modules[command] & LIBRARIES == set()


@pytest.mark.parametrize("words", ["irrun ", "irrun r", "irrun golden ", "irrun golden re"])
def test_completing_a_command_imports_no_library(words: str, tmp_path: Path) -> None:
    """The shell waits for it each time that someone presses the key."""
    more = {"_IRRUN_COMPLETE": "bash_complete", "COMP_WORDS": words}
    more["COMP_CWORD"] = str(words.count(" "))

    found = modules_of(tmp_path, [], **more)

    assert "click.shell_completion" in found
    assert found & LIBRARIES == set()


def test_a_quiet_run_imports_nothing_that_it_does_not_use(modules: dict[str, set[str]]) -> None:
    assert "numpy" in modules["run"]
    assert modules["run"] & SELDOM == set()


def test_goldens_that_pass_need_nothing_that_shows_what_does_not(
    modules: dict[str, set[str]],
) -> None:
    """No tables, no pictures, no JUnit: many small goldens would wait for them."""
    seldom = SELDOM - {"hashlib"} | {"irrun.compare.lineage", "tomllib", "xml", "zipfile"}

    assert "irrun.compare.golden.check" in modules["golden-check"]
    assert modules["golden-check"] & seldom == set()


def test_the_collector_leaves_what_goes_with_the_process(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its last look at all objects would take as long as a sixth of the run of a small program."""
    gc.unfreeze()  # whatever another test has left so
    try:
        with pytest.raises(SystemExit):
            main(["--version"])
        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()
