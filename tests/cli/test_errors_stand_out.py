"""An error is never drowned: it stands last, by itself, and with -q alone."""

import pytest
from cli.samples import Irrun, many_unknown_fields, reads_unwritten, save, two_writers
from program_builder import ProgramBuilder


def faulty(warnings: int = 30) -> ProgramBuilder:
    """Two steps write one slot, and so many fields are unknown."""
    b = two_writers()
    b.doc |= {f"extra{i}": i for i in range(warnings)}
    return b


@pytest.mark.parametrize("options", [[], ["--format", "json"]], ids=["table", "json"])
def test_a_refused_run_ends_with_its_errors(options: list[str], irrun: Irrun) -> None:
    """Warnings before, cut, with their number; then a blank line; then the error, and no more."""
    got = irrun("run", save(faulty()), *options)
    warnings, _, error = got.err.partition("\n\n")

    assert got.code == 3
    assert warnings.count("warning IR150") == 20
    assert warnings.endswith("... and 10 more warnings (-v shows all)")
    assert error.startswith("error IR252")
    assert (error.count("IR"), "warning" in error) == (1, False)


@pytest.mark.parametrize("program", [faulty(0), faulty(1)], ids=["no-warning", "one-warning"])
def test_a_run_that_fails_ends_with_its_error(program: ProgramBuilder, irrun: Irrun) -> None:
    """What ends a run comes after the warnings of the run, and apart from them."""
    got = irrun("run", save(program), "--no-check")
    parts = got.err.split("\n\n")

    assert got.code == 4
    assert parts[-1].startswith("error IR402")
    assert all(part.startswith("warning ") for part in parts[:-1])
    assert len(parts) == 2  # IR252 is found by the layout, too


@pytest.mark.parametrize("options", [[], ["--no-check"]], ids=["refused", "failed"])
def test_quiet_shows_the_error_alone(options: list[str], irrun: Irrun) -> None:
    got = irrun("run", save(faulty()), "-q", *options)

    assert got.out == ""
    assert got.err.startswith("error IR")
    assert "warning" not in got.err
    assert "\n\n" not in got.err


def test_quiet_shows_warnings_where_nothing_failed(irrun: Irrun) -> None:
    got = irrun("run", save(reads_unwritten()), "-q")

    assert (got.code, got.out) == (0, "")
    assert got.err.startswith("warning IR450")


@pytest.mark.parametrize("quiet", [[], ["-q"]], ids=["", "quiet"])
def test_a_command_that_goes_well_counts_what_it_leaves_out(quiet: list[str], irrun: Irrun) -> None:
    """The first are shown: their count comes last, where it is seen."""
    err = irrun("run", save(many_unknown_fields(30)), "-n", "1", *quiet).err

    assert err.count("warning IR150") == 20
    assert err.endswith("... and 10 more warnings (-v shows all)\n")
