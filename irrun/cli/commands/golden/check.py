"""`irrun golden check`: run programs anew and compare with their goldens."""

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import click

from irrun.cli.commands.golden.options import (
    no_such_path,
    parse_rules,
    parse_threshold,
    paths_argument,
    pixel_threshold_option,
    tolerance_options,
)
from irrun.cli.commands.golden.verdicts import (
    accepted_lines,
    count_line,
    failure_lines,
    verdict_lines,
)
from irrun.cli.common import common_options
from irrun.cli.options import engine_option
from irrun.cli.output import open_output
from irrun.cli.paths import FileCommand, OutputFile, OutputFolder
from irrun.cli.progress import item_progress
from irrun.cli.say import Line, say_json, say_line
from irrun.compare.golden.check import CheckResult, Judging, exit_code
from irrun.compare.golden.many.find import NothingThere, Target, find_targets
from irrun.compare.golden.many.pool import check_all, default_jobs
from irrun.compare.golden.pending import Pending
from irrun.compare.golden.report.ci import in_ci
from irrun.compare.golden.settings import find_settings


@click.command("check", cls=FileCommand)
@paths_argument("paths", "[PATH]...", required=False)
@tolerance_options
@pixel_threshold_option
@engine_option
@click.option("-k", "wanted", metavar="TEXT", help="Only goldens whose name contains TEXT.")
@click.option("--shard", metavar="K/N", help="Only the K-th of N parts, to check on N machines.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), metavar="N",
              help="Processes to use.  [default: one to a processor]")  # fmt: skip
@click.option("--fail-fast", is_flag=True, help="Stop at the first golden that does not pass.")
@click.option("--pending", type=OutputFolder(), metavar="DIR",
              help="Leave new output in DIR.  [default: beside the golden; in CI "
              "nowhere]")  # fmt: skip
@click.option("--junit", type=OutputFile(), metavar="FILE",
              help="Also write the results as JUnit XML.")  # fmt: skip
@click.option("--format", "fmt", type=click.Choice(["table", "json", "github"]), default="table",
              show_default=True, help="What to print; github: workflow annotations.")  # fmt: skip
@common_options
def command(paths: tuple[Path, ...], **options: Any) -> int:
    """Run the programs of goldens anew, and compare. Nothing is ever updated.

    PATH is a golden, a program or a folder; without any, what the settings name (irrun.toml, or
    [tool.irrun.golden] in a pyproject.toml), or the working folder. Output that differs is left
    beside the golden as NAME.golden.new, for `irrun golden review`.

    \b
    Examples:
      irrun golden check
      irrun golden check tests/golden --shard 2/5 --junit golden.xml
      irrun golden check program.golden --atol 1e-9 --ulp frame=4
    """
    targets = _selected(paths, options)
    judging = Judging(
        parse_rules(options),
        options["equal_zeros"],
        parse_threshold(options["pixel_threshold"]),
        _pending(options["pending"]),
        options["engine"],
    )
    results = _results(targets, judging, options)
    if options["junit"] is not None:
        from irrun.compare.golden.report.reports import junit_bytes

        with open_output(options["junit"]) as file:
            file.write(junit_bytes(results))
    match options["fmt"]:
        case "json":
            from irrun.compare.golden.report.reports import check_document

            say_json(check_document(results))
        case "github":
            from irrun.compare.golden.report.reports import annotations

            for line in annotations(results):
                sys.stdout.write(line + "\n")
            _show(results, len(targets), options)
        case _:
            _show(results, len(targets), options)
    return exit_code(results)


def _selected(paths: tuple[Path, ...], options: dict[str, Any]) -> list[Target]:
    """Return what to check; an empty selection is wrong usage, an empty shard is not."""
    try:
        targets = find_targets(paths, find_settings(Path.cwd()))
    except NothingThere as error:
        no_such_path(error)
    if not targets:
        raise click.UsageError("no golden found; `irrun golden record PROGRAM` makes one")
    wanted = options["wanted"]
    if wanted is not None:
        found = len(targets)
        targets = [target for target in targets if wanted in target.name]
        if not targets:
            raise click.UsageError(f"none of {found} goldens has '{wanted}' in its name")
    return targets if options["shard"] is None else _shard(targets, options["shard"])


_SHARD: Final = re.compile("([0-9]{1,9})/([0-9]{1,9})")


def _shard(targets: list[Target], text: str) -> list[Target]:
    """Return one part of the targets: every n-th, so that neighbours share the load."""
    found = _SHARD.fullmatch(text)
    if found is None:
        raise click.BadParameter(f"'{text[:40]}' is not K/N, such as 2/5", param_hint="--shard")
    k, n = int(found[1]), int(found[2])
    if not 1 <= k <= n:
        raise click.BadParameter(f"there is no part {k} of {n}", param_hint="--shard")
    return targets[k - 1 :: n]


def _pending(folder: Path | None) -> Pending | None:
    """Return where new output goes: in CI only into a folder that was named."""
    return None if folder is None and in_ci() else Pending(folder)


def _results(
    targets: Sequence[Target], judging: Judging, options: dict[str, Any]
) -> list[CheckResult]:
    """Check all targets; return the results in the order of the names."""
    jobs = options["jobs"] or default_jobs(len(targets))
    done: list[CheckResult] = []
    with item_progress(len(targets), "goldens") as advance:
        running = check_all(targets, judging, jobs)
        for result in running:
            done.append(result)
            advance()
            if options["fail_fast"] and not result.verdict.passes:
                running.close()
                break
    return sorted(done, key=lambda result: result.name)


def _show(results: Sequence[CheckResult], wanted: int, options: dict[str, Any]) -> None:
    """Print a line for each golden, then what there is to say of those that do not pass."""
    for line in _lines(results, wanted, options):
        say_line(line)


def _lines(results: Sequence[CheckResult], wanted: int, options: dict[str, Any]) -> Iterator[Line]:
    is_quiet = options["quiet"]
    if not is_quiet:
        yield from verdict_lines(results)
        yield ()
    for result in results:
        if not result.verdict.passes:
            yield from failure_lines(result)
        elif result.pictures and options["verbose"]:
            yield from accepted_lines(result)
    if is_quiet:
        return
    yield count_line(results) if results or wanted else [("this part has no goldens", "")]
    if len(results) < wanted:
        left = wanted - len(results)
        yield [(f"stopped at the first failure; {left} not checked", "")]
    if any(result.pending is not None for result in results):
        yield [("`irrun golden review` shows what changed, and accepts or rejects it", "")]
