"""`irrun golden review`: look at changed output, and accept or reject it."""

import sys
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import click

from irrun.cli.commands.golden.options import paths_argument
from irrun.cli.commands.golden.pending import judged
from irrun.cli.commands.golden.verdicts import failure_lines
from irrun.cli.common import common_options
from irrun.cli.paths import FileCommand, OutputFolder
from irrun.cli.say import ask, say, say_line
from irrun.compare.golden.check import CheckResult, Judging
from irrun.compare.golden.pending import remove_pending
from irrun.compare.golden.report.ci import in_ci
from irrun.compare.golden.store import read_golden
from irrun.compare.golden.update import accept
from irrun.errors.exit_codes import ExitCode

Decision = Literal["accept", "reject", "skip"]


@click.command("review", cls=FileCommand)
@paths_argument("paths", "[PATH]...", required=False)
@click.option("--accept", "accepted", multiple=True, metavar="NAME", help="Accept what is "
              "pending for this golden, or glob, without asking. May be repeated.")  # fmt: skip
@click.option("--reject", "rejected", multiple=True, metavar="NAME", help="Reject it: remove the "
              "new output, keep the golden. May be repeated.")  # fmt: skip
@click.option("--accept-all", is_flag=True, help="Accept everything that is pending.")
@click.option("--pending", "folder", type=OutputFolder(),
              metavar="DIR", help="The folder that `check --pending` left output in.")  # fmt: skip
@common_options
def command(paths: tuple[Path, ...], **options: Any) -> int:
    """Go through the new output that checks have left, one golden after the other.

    Each is shown: where it first differs, which values, both curves, both pictures. Accepting
    puts the new output in the golden's place; rejecting removes it. NAME is a golden's path, its
    last part, or a glob.

    \b
    Examples:
      irrun golden review
      irrun golden review --accept 'programs/*' --reject bus
      irrun golden review --accept-all
    """
    if in_ci():
        raise click.UsageError("goldens are not changed in CI (the variable CI is set)")
    waiting = list(judged(paths, options["folder"], Judging()))
    decided = _decided(waiting, options)
    asks = not decided
    if asks and waiting and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError(
            f"{len(waiting)} pending and no terminal to ask on; "
            "decide with --accept NAME, --reject NAME or --accept-all"
        )
    if not waiting:
        say("nothing is pending")
        return 0
    left = 0
    for number, result in enumerate(waiting, 1):
        if not options["quiet"]:
            _show(result, verbose=options["verbose"])
        decision = _ask(f"{number}/{len(waiting)} ", result) if asks else decided.get(result.name)
        left += not _carry_out(decision or "skip", result)
    return ExitCode.FOUND if left else ExitCode.FINE


def _decided(waiting: Sequence[CheckResult], options: dict[str, Any]) -> dict[str, Decision]:
    """Return what the options decide, by name.

    Raises:
        click.UsageError: A name means nothing that is pending, or is both accepted and rejected.
    """
    decided: dict[str, Decision] = {}
    if options["accept_all"]:
        decided = {result.name: "accept" for result in waiting}
    for decision, names in (("accept", options["accepted"]), ("reject", options["rejected"])):
        for name in names:
            found = [result.name for result in waiting if _means(name, result.name)]
            if not found:
                raise click.UsageError(f"nothing is pending by the name of '{name}'")
            for each in found:
                if decided.get(each, decision) != decision and not options["accept_all"]:
                    raise click.UsageError(f"'{each}' is both accepted and rejected")
                decided[each] = "accept" if decision == "accept" else "reject"
    return decided


def _means(wanted: str, name: str) -> bool:
    plain = wanted.removesuffix(".new").removesuffix(".golden")
    return plain in (name, name.rpartition("/")[2]) or fnmatchcase(name, plain)


def _show(result: CheckResult, *, verbose: bool) -> None:
    """Print how the new output of one golden differs."""
    from irrun.cli.console import out
    from irrun.cli.tables.golden import comparison_tables
    from irrun.cli.tables.half_blocks import picture_parts
    from irrun.cli.text import Text

    if result.comparison is None or result.pending is None:
        for line in failure_lines(result):
            say_line(line)
        return
    console = out()
    console.print(Text(result.name, "bold"))
    if result.program_changed:
        console.print("the program is not the one that was recorded")
    expected, got = read_golden(result.golden), read_golden(result.pending)
    for part in comparison_tables(expected, got, result.comparison, console.width, verbose=verbose):
        console.print(part)
    for part in picture_parts(expected, got, result, console):
        console.print(part, soft_wrap=True)
    console.print()


def _ask(place: str, result: CheckResult) -> Decision:
    """Ask what to do with one change."""
    answers: dict[str, Decision] = {"a": "accept", "r": "reject", "s": "skip"}
    text = f"{place}{result.name}: [a]ccept, [r]eject, [s]kip, [q]uit"
    while True:
        answer = ask(text).strip().lower()[:1]
        if answer == "q":
            raise click.Abort
        if answer in answers:
            return answers[answer]


def _carry_out(decision: Decision, result: CheckResult) -> bool:
    """Accept or reject; True if nothing is left to decide."""
    assert result.pending is not None
    try:
        match decision:
            case "accept":
                accept(result.golden, result.pending)
                say(f"accepted: {result.golden}")
            case "reject":
                remove_pending(result.pending)
                say(f"rejected: {result.golden} stays as it is")
            case "skip":
                return False
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.UsageError(f"cannot write {result.golden}: {reason}") from None
    return True
