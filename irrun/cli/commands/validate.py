"""`irrun validate`: everything that is wrong with programs, without running them."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import click

from irrun.cli.checks import Codes, codes_options
from irrun.cli.common import common_options
from irrun.cli.paths import FileCommand, InputFile
from irrun.cli.say import say_json
from irrun.errors import IrrunError, Severity
from irrun.errors.exit_codes import ExitCode
from irrun.files.reading import is_folder
from irrun.program.checks.engine import Checked, check_source
from irrun.program.checks.facts import Facts
from irrun.program.checks.order import Order, derive_order, order_problems
from irrun.program.checks.reports import (
    annotations,
    counts,
    diagnostics_document,
    sarif_document,
)
from irrun.program.file_names import from_here
from irrun.program.reading.lines import locate

_LISTED: Final = 40


@click.command("validate", cls=FileCommand)
@click.argument("programs", nargs=-1, required=True, metavar="PROGRAM...", type=InputFile())
@click.option("--format", "fmt", type=click.Choice(["table", "json", "github", "sarif"]),
              default="table", show_default=True, help="What to print; github: workflow "
              "annotations, sarif: SARIF 2.1.0.")  # fmt: skip
@codes_options
@click.option("--strict", is_flag=True, help="Exit with 1 if there are warnings.")
@click.option("--order", "with_order", is_flag=True, help="Show the order of steps that the data "
              "demand beside the given one.")  # fmt: skip
@common_options
def command(programs: tuple[str, ...], **options: Any) -> int:
    """Find everything that is wrong with each PROGRAM (a file, a folder, or - for stdin).

    Nothing is executed. An error is what every frame is certain to meet, or what keeps the file
    from being loaded; the rest is warnings and, with -v, notes. `irrun explain CODE` tells more.

    \b
    Examples:
      irrun validate program.json
      irrun validate programs --strict --ignore IR356,IR357
      irrun validate program.msgpack --order
      irrun validate programs --format sarif
    """
    codes = Codes(options)
    sources = _sources(programs)
    if not sources:
        raise click.UsageError("no program found")
    checked: list[tuple[Checked, Order | None]] = []
    for source in sources:
        found, order = _check(source, options["with_order"])
        checked.append((found._replace(problems=_wanted(found, codes)), order))
    _print(checked, options)
    return max(_exit_code(found, strict=options["strict"]) for found, _ in checked)


class _Source(NamedTuple):
    """A file to check: named, or found in a folder."""

    name: str
    is_found: bool = False
    problem: IrrunError | None = None
    """Why it cannot even be looked at."""


def _sources(names: Sequence[str]) -> list[_Source]:
    """Return the files that names stand for; folders are searched."""
    sources: dict[str, _Source] = {}
    for name in names:
        if name != "-" and is_folder(name):
            from irrun.compare.golden.many.find import find_programs

            for each in find_programs([from_here(Path(name))]):
                path = str(each.path)
                sources.setdefault(path, _Source(path, is_found=True, problem=each.problem))
        else:
            path = name if name == "-" else str(from_here(Path(name)))
            sources[path] = _Source(path)
    return list(sources.values())


def _check(source: _Source, with_order: bool) -> tuple[Checked, Order | None]:
    name = source.name
    if source.problem is not None:
        return Checked(name, None, [source.problem.at(file=name)]), None
    if name == "-":
        found = check_source(sys.stdin.buffer, "stdin")
    else:
        found = check_source(name, name, found=source.is_found)
    if not with_order or found.program is None:
        return found, None
    facts = Facts(found.program)
    order = derive_order(facts)
    notes = [note.at(file=found.name) for note in order_problems(facts, order)]
    return found._replace(problems=[*found.problems, *notes]), order


def _wanted(found: Checked, codes: Codes) -> list[IrrunError]:
    """Return the problems that are asked for; what keeps a file from being loaded always is."""
    if found.program is not None:
        return codes.wanted(found.problems)
    errors = [problem for problem in found.problems if problem.severity is Severity.ERROR]
    others = (problem for problem in found.problems if problem.severity is not Severity.ERROR)
    return [*errors, *codes.wanted(others)]


def _exit_code(found: Checked, *, strict: bool) -> int:
    severities = {problem.severity for problem in found.problems}
    if found.program is None or Severity.ERROR in severities:
        return ExitCode.INVALID
    return ExitCode.FOUND if strict and Severity.WARNING in severities else 0


def _print(checked: Sequence[tuple[Checked, Order | None]], options: dict[str, Any]) -> None:
    if options["fmt"] != "table":
        locate(problem for found, _ in checked for problem in found.problems)
    match options["fmt"]:
        case "json":
            say_json(diagnostics_document(checked))
        case "sarif":
            say_json(sarif_document([found for found, _ in checked]))
        case "github":
            for line in annotations([found for found, _ in checked]):
                sys.stdout.write(line + "\n")
        case _:
            for found, order in checked:
                _print_table(found, order, verbose=options["verbose"])
            if not options["quiet"]:
                _print_summary(checked, verbose=options["verbose"])


def _print_table(found: Checked, order: Order | None, *, verbose: bool) -> None:
    """Print one program's problems, errors first."""
    from irrun.cli.console import out
    from irrun.cli.tables.problem import problem_text

    shown = [p for p in found.problems if verbose or p.severity is not Severity.NOTE]
    listed = shown if verbose else shown[:_LISTED]
    locate(listed)
    for problem in listed:
        out().print(problem_text(problem, out().width), soft_wrap=True)
    if len(listed) < len(shown):
        out().print(f"... and {len(shown) - len(listed)} more in {found.name} (-v shows all)")
    if order is not None and found.program is not None:
        from irrun.cli.tables.order import order_tables

        for part in order_tables(Facts(found.program), order, found.name):
            out().print(part)


def _print_summary(checked: Sequence[tuple[Checked, Order | None]], *, verbose: bool) -> None:
    from irrun.cli.console import out
    from irrun.errors.showing import plural

    found = counts([problem for one, _ in checked for problem in one.problems])
    parts = [plural(count, name.removesuffix("s")) for name, count in found.items() if count]
    text = f"{plural(len(checked), 'program')}: {', '.join(parts) or 'nothing found'}"
    hidden = found["notes"] and not verbose
    out().print(text + (" (-v shows notes)" if hidden else ""), soft_wrap=True)
