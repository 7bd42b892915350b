"""Which diagnostics are shown: `--select`, `--ignore`, the settings, and what a summary counts."""

from pathlib import Path

import pytest
from cli.samples import Irrun, bundled, save, two_writers
from program.checks.rows import sound
from program_builder import ProgramBuilder


def warned() -> ProgramBuilder:
    """A program with two warnings that no run meets, and a note."""
    b = sound()
    b.doc["schedule"]["steps"][1]["deps"] = ["s-x", "s-y"]
    b.doc["slotMeta"].pop()
    return b


def summary(text: str) -> str:
    """Return what the summary says of warnings, with single blanks."""
    return " ".join(text[text.rindex("warnings") :].split())


def test_a_summary_counts_what_the_checks_find(irrun: Irrun) -> None:
    """Warnings that no frame meets count too, with a word on where they are shown."""
    got = irrun("run", save(warned()), "-n", "2")

    assert summary(got.out) == "warnings 2 (IR368), shown by `irrun validate`"
    assert got.err == ""
    assert irrun("validate", save(warned())).out.count("warning IR368") == 2


def test_what_a_run_finds_too_counts_once(irrun: Irrun) -> None:
    """The layout is derived by both: its warnings are those of the run."""
    name = bundled("conflicting-evidence")
    got = irrun("run", name, "-n", "2")

    assert summary(got.out) == "warnings 4 (IR250, IR251), listed below"
    assert got.err.count("warning IR25") == 4
    assert "4 warnings" in irrun("validate", name).out


def test_a_swapped_program_counts_too(irrun: Irrun) -> None:
    save(warned(), "next.json")
    got = irrun("run", save(sound()), "-n", "4", "--swap", "2=next.json")

    assert "2 (IR368), shown by `irrun validate`" in summary(got.out)


def test_who_does_not_ask_the_checks_hears_nothing_of_them(irrun: Irrun) -> None:
    assert summary(irrun("run", save(warned()), "--no-check").out) == "warnings none"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--ignore", "IR368"], "warnings none"),
        (["--ignore", "ir36,IR2"], "warnings none"),
        (["--select", "IR25"], "warnings none"),
        (["--select", "IR3"], "warnings 2 (IR368), shown by `irrun validate`"),
    ],
)
def test_a_run_chooses_codes_as_validate_does(
    options: list[str], expected: str, irrun: Irrun
) -> None:
    assert summary(irrun("run", save(warned()), *options).out) == expected


def test_what_a_run_finds_is_chosen_as_well(irrun: Irrun) -> None:
    """Warnings of the run are not listed, and not counted."""
    got = irrun("run", bundled("conflicting-evidence"), "--ignore", "IR250")

    assert summary(got.out) == "warnings 1 (IR251), listed below"
    assert "IR250" not in got.err


def test_an_error_that_is_ignored_stops_no_run(irrun: Irrun) -> None:
    """What then ends the run is shown, whatever is chosen."""
    got = irrun("run", save(two_writers()), "--ignore", "IR252,IR402")

    assert got.code == 4
    assert got.err.startswith("error IR402")


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_a_code_that_is_none_is_wrong_usage(option: str, irrun: Irrun) -> None:
    got = irrun("run", save(sound()), option, "IR7")

    assert got.code == 2
    assert "there is no code IR7" in got.err


# --- Settings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "table"), [("irrun.toml", "checks"), ("pyproject.toml", "tool.irrun.checks")]
)
def test_settings_choose_codes(file: str, table: str, irrun: Irrun) -> None:
    """For run and for validate; what is given on the command line takes their place."""
    Path(file).write_text(f'[{table}]\nignore = ["IR368"]\n')
    name = save(warned())

    assert summary(irrun("run", name).out) == "warnings none"
    assert "IR368" not in irrun("validate", name).out
    assert "2 (IR368)" in irrun("run", name, "--ignore", "IR1").out
    assert irrun("validate", name, "--ignore", "IR1").out.count("IR368") == 2

    Path(file).write_text(f'[{table}]\nselect = ["IR357"]\n')
    assert summary(irrun("run", name).out) == "warnings none"
    assert irrun("validate", name, "-v").out.count("IR368") == 0
    assert irrun("validate", name, "--select", "IR3").out.count("IR368") == 2


@pytest.mark.parametrize(
    "text",
    ['[checks]\nignore = ["IR7"]', '[checks]\nignroe = ["IR3"]', '[checks]\nselect = "IR3"'],
)
@pytest.mark.parametrize("command", ["run", "validate"])
def test_settings_that_choose_nothing_are_bad(command: str, text: str, irrun: Irrun) -> None:
    """They are named, with what is wrong."""
    Path("irrun.toml").write_text(text)
    got = irrun(command, save(warned()))

    assert got.code == 3
    assert "error IR132" in got.err
    assert "irrun.toml" in got.err


def test_settings_of_goldens_and_of_checks_stand_beside_each_other(irrun: Irrun) -> None:
    Path("irrun.toml").write_text('[golden]\nframes = 3\n[checks]\nignore = ["IR368"]\n')
    name = save(warned())

    assert irrun("golden", "record", name).code == 0
    assert irrun("golden", "check", name).code == 0
    assert "IR368" not in irrun("validate", name).out
