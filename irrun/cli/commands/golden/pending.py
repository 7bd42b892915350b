"""`irrun golden pending`: list output that waits for a decision."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from irrun.cli.commands.golden.options import (
    no_such_path,
    parse_rules,
    parse_threshold,
    paths_argument,
    pixel_threshold_option,
    tolerance_options,
)
from irrun.cli.commands.golden.verdicts import count_line, failure_lines, verdict_lines
from irrun.cli.common import common_options
from irrun.cli.paths import FileCommand, OutputFolder
from irrun.cli.say import say_json, say_line
from irrun.compare.golden.check import CheckResult, Judging, exit_code
from irrun.compare.golden.many.find import NothingThere, find_pending
from irrun.compare.golden.pending import Pending
from irrun.compare.golden.review import judge_pending
from irrun.compare.golden.store import SUFFIX


@click.command("pending", cls=FileCommand)
@paths_argument("paths", "[PATH]...", required=False)
@tolerance_options
@pixel_threshold_option
@click.option("--pending", "folder", type=OutputFolder(),
              metavar="DIR", help="The folder that `check --pending` left output in.")  # fmt: skip
@click.option("--format", "fmt", type=click.Choice(["table", "json"]), default="table",
              show_default=True, help="What to print.")  # fmt: skip
@common_options
def command(paths: tuple[Path, ...], fmt: str, **options: Any) -> int:
    """List the new output that checks have left, judged anew: no program runs.

    With tolerances, it shows what would pass with them.

    \b
    Examples:
      irrun golden pending
      irrun golden pending --atol 1e-6
      irrun golden pending --format json
    """
    threshold = parse_threshold(options["pixel_threshold"])
    judging = Judging(parse_rules(options), options["equal_zeros"], threshold)
    results = list(judged(paths, options["folder"], judging))
    if fmt == "json":
        from irrun.compare.golden.report.reports import check_document

        say_json(check_document(results))
        return exit_code(results)
    for line in verdict_lines(results):
        say_line(line)
    for result in results if options["verbose"] else ():
        if not result.verdict.passes:
            for line in failure_lines(result):
                say_line(line)
    if not options["quiet"]:
        say_line(count_line(results) if results else [("nothing is pending", "")])
    return exit_code(results)


def judged(paths: tuple[Path, ...], folder: Path | None, judging: Judging) -> Iterator[CheckResult]:
    """Yield what waits for a decision, each compared with its golden."""
    places = [Pending(folder).place(path) if _is_golden(path) else path for path in paths]
    try:
        found = find_pending(places or ((folder,) if folder is not None else (Path(),)))
    except NothingThere as error:
        no_such_path(error)
    for new in found:
        yield judge_pending(new, Pending(folder).golden(new), judging)


def _is_golden(path: Path) -> bool:
    return path.name.endswith(SUFFIX)
