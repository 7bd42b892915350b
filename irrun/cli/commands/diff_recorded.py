"""`irrun diff` with goldens or saved runs on one side or both."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from irrun.cli.commands.golden.options import parse_rules
from irrun.cli.options import load_program
from irrun.cli.progress import frame_progress
from irrun.cli.say import say_json
from irrun.compare.golden.against import FileKind, RecordedDiff, diff_recorded, diff_with_golden
from irrun.compare.golden.store import read_golden
from irrun.compare.output.document import Golden
from irrun.compare.output.saved_runs import Form, read_saved_run
from irrun.compare.output.tolerance import Policy
from irrun.errors.exit_codes import ExitCode

_OF_PROGRAMS: Final = {
    "frames": "--frames",
    "fps": "--fps",
    "start": "--start",
    "times": "--times",
    "executors": "--executors",
    "reference_quirks": "--reference-quirks",
    "no_run": "--no-run",
}
"""Options that say how programs are run: recorded output says that itself."""


def diff_recorded_files(
    a: str, b: str, kinds: Mapping[str, tuple[FileKind, Form | None]], options: dict[str, Any]
) -> int:
    """Compare what was recorded; return 1 if anything differs."""
    _refuse_options_of_programs(runs="program" in (kinds[a][0], kinds[b][0]))
    rules, equal_zeros = parse_rules(options), options["equal_zeros"]
    match (kinds[a][0], kinds[b][0]):
        case ("golden", "program"):
            found = _with_golden(a, b, options)
        case ("program", "golden"):
            found = _with_golden(b, a, options)
        case ("golden", "golden"):
            goldens = read_golden(Path(a)), read_golden(Path(b))
            policy = goldens[0].header.policy.policy().with_rules(rules, equal_zeros)
            found = diff_recorded(*goldens, policy)
        case ("run", "run") if _is_one_form(kinds[a][1], kinds[b][1]):
            runs = read_saved_run(Path(a)), read_saved_run(Path(b))
            found = diff_recorded(*runs, Policy(rules, equal_zeros))
        case (one, other):
            raise click.UsageError(_not_comparable(one, other))
    _show(a, b, found, options)
    return ExitCode.FINE if found.comparison.is_same else ExitCode.FOUND


def _refuse_options_of_programs(*, runs: bool) -> None:
    context = click.get_current_context()
    if not runs and context.get_parameter_source("engine") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--engine is for programs; nothing is run here")
    for name, option in _OF_PROGRAMS.items():
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(
                f"{option} is for two programs; recorded output says itself how it was run"
            )


def _is_one_form(a: Form | None, b: Form | None) -> bool:
    """True if two saved runs say the same of a value; JSON and JSON Lines do."""
    return a == b or {a, b} == {"json", "jsonl"}


def _not_comparable(a: FileKind, b: FileKind) -> str:
    if a == b == "run":
        return "saved runs must be of one form: both .csv, both .npz, or both .json or .jsonl"
    names = {"program": "a program", "golden": "a golden", "run": "a saved run"}
    return (
        f"A is {names[a]} and B is {names[b]}; compare two programs, a program and a golden, "
        "two goldens, or two saved runs"
    )


def _with_golden(golden_name: str, program_name: str, options: dict[str, Any]) -> RecordedDiff:
    golden = read_golden(Path(golden_name))
    program = load_program(program_name)
    policy = golden.header.policy.policy()
    policy = policy.with_rules(parse_rules(options), options["equal_zeros"])
    with frame_progress(len(golden.frames)) as progress:
        return diff_with_golden(
            golden,
            program,
            Path(golden_name).parent,
            policy,
            progress,
            engine=options["engine"],
        )


def _show(a: str, b: str, found: RecordedDiff, options: dict[str, Any]) -> None:
    """Print the difference; the golden's side is what is expected, whichever was named first."""
    if options["fmt"] == "json":
        from irrun.compare.golden.report.reports import recorded_document

        say_json(recorded_document(found.a, found.b, found.comparison, found.behind))
        return
    if options["quiet"]:
        return
    from irrun.cli.console import out
    from irrun.cli.tables.golden import comparison_tables
    from irrun.compare.golden.report.wording import behind_lines

    console = out()
    for side, golden in (("expected", found.a), ("got", found.b)):
        console.print(_title(side, golden), soft_wrap=True)
    if found.comparison.is_same:
        console.print(f"the outputs agree for {found.comparison.frames} frames")
        return
    verbose = options["full"] or options["verbose"]
    for part in comparison_tables(
        found.a, found.b, found.comparison, console.width, verbose=verbose
    ):
        console.print(part)
    for line in () if found.behind is None else behind_lines(found.behind):
        console.print(line, soft_wrap=True)


def _title(side: str, golden: Golden) -> str:
    program = golden.header.program
    known = f"{program.patch_id} \u00b7 {program.digest[:19]} \u00b7 " if program.digest else ""
    return f"{side:<9} {known}{len(golden.frames)} frames"
