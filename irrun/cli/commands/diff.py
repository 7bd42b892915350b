"""`irrun diff`: what differs between two programs, where their runs part, and why."""

from pathlib import Path
from typing import Any

import click
import msgspec

from irrun.cli.commands.golden.options import parse_rules, tolerance_options
from irrun.cli.common import common_options
from irrun.cli.options import (
    asked_run,
    asked_times,
    engine_option,
    frame_count,
    load_program,
    quirks_option,
    timing_options,
)
from irrun.cli.paths import STANDARD_STREAM, FileCommand, InputFile
from irrun.cli.problems import print_findings
from irrun.cli.progress import frame_progress
from irrun.cli.say import say_json
from irrun.compare.diff.compare import Comparison, diff_data, diff_programs
from irrun.compare.golden.against import FileKind, kind_of_file
from irrun.compare.output.saved_runs import Form
from irrun.compare.output.tolerance import Policy
from irrun.errors import IrrunError
from irrun.errors.exit_codes import ExitCode
from irrun.files.reading import what_is
from irrun.program.program import Program


@click.command("diff", cls=FileCommand)
@click.argument("a", metavar="A", type=InputFile())
@click.argument("b", metavar="B", type=InputFile())
@click.option("-n", "--frames", type=frame_count, default=60, show_default=True,
              help="How many frames to run.")  # fmt: skip
@timing_options
@quirks_option
@engine_option
@click.option("--no-run", is_flag=True, help="Compare the data only.")
@click.option("--full", is_flag=True, help="Show every difference in the data, also those of "
              "numbering and of what nothing uses, and every value that differs.")  # fmt: skip
@tolerance_options
@click.option("--format", "fmt", type=click.Choice(["table", "json"]), default="table",
              show_default=True, help="What to print.")  # fmt: skip
@common_options
def command(a: str, b: str, **options: Any) -> int:
    """Show how A and B differ: two programs (one may be - for stdin), or recorded outputs.

    Of programs first the data, matched by what things are and not by their index. Then both are
    run: the first value that differs, and the earliest one behind it, with what explains it.

    One of them may be a golden: the other, a program, is run as the golden was. Or both are
    goldens, or runs saved with `irrun run -o` (of one form); then nothing is run.

    \b
    Examples:
      irrun diff before.msgpack after.msgpack
      irrun diff before.json after.json --frames 600 --ulp 4
      irrun diff before.json after.json --no-run --full
      irrun diff program.golden program.msgpack
      irrun diff monday.jsonl tuesday.jsonl --atol 1e-9
    """
    if a == b == "-":
        raise click.UsageError("only one of A and B can be stdin")
    kinds = {name: _kind(name) for name in (a, b)}
    if all(kind == ("program", None) for kind in kinds.values()):
        return _diff_programs(load_program(a), load_program(b), options)
    from irrun.cli.commands.diff_recorded import diff_recorded_files

    return diff_recorded_files(a, b, kinds, options)


def _kind(name: str) -> tuple[FileKind, Form | None]:
    """Return what a file holds; what can be read only once is a program."""
    is_stream = name == STANDARD_STREAM or what_is(name) == "other"
    return ("program", None) if is_stream else kind_of_file(Path(name))


def _diff_programs(a: Program, b: Program, options: dict[str, Any]) -> int:
    """Compare two programs; return 1 if anything differs."""
    if options["no_run"]:
        found = diff_data(a, b)
    else:
        run = asked_run(a, options, asked_times(options, options["frames"]))
        policy = Policy(parse_rules(options), options["equal_zeros"])
        with frame_progress(len(run.times)) as progress:
            found = diff_programs(run, msgspec.structs.replace(run, program=b), policy, progress)
    if options["fmt"] == "json":
        from irrun.compare.diff.document import comparison_document

        say_json(comparison_document(found, full=options["full"]))
    elif not options["quiet"]:
        from irrun.cli.console import out
        from irrun.cli.tables.diff import comparison_tables

        for part in comparison_tables(found, out().width, full=options["full"]):
            out().print(part)
    print_findings(_findings(found, verbose=options["verbose"]), verbose=options["verbose"])
    return ExitCode.FINE if found.same else ExitCode.FOUND


def _findings(found: Comparison, *, verbose: bool) -> list[IrrunError]:
    """Return the warnings that one program alone gives; all if verbose. Each names its program."""
    texts = [{_text(finding) for finding in findings} for findings in found.findings]
    both = texts[0] & texts[1]
    sides = (found.pair.a.program, found.pair.b.program)
    return [
        finding.at(file=f"{name} ({side.name})" if side.name else name)
        for name, side, findings in zip("AB", sides, found.findings, strict=True)
        for finding in findings
        if verbose or _text(finding) not in both
    ]


def _text(finding: IrrunError) -> str:
    return f"{finding.code} {finding.sentence}"
