"""Print errors and warnings: code and sentence, place, hint."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from irrun.cli.say import say_json
from irrun.errors import IrrunError, Severity

_LISTED: Final = 20


def print_error(error: IrrunError, *, as_json: bool, traceback: bool) -> None:
    """Print the problem that ended a command."""
    from irrun.cli.console import err
    from irrun.cli.tables.problem import problem_text
    from irrun.cli.text import Text
    from irrun.program.reading.lines import locate

    locate([error])
    if traceback:
        from traceback import format_exception

        lines = "".join(format_exception(error.__cause__ or error)).split("\n")
        err().print(Text.of_lines(lines), soft_wrap=True)
    err().print(problem_text(error, err().width), soft_wrap=True)
    if as_json:  # last: where standard output fails, it was said all the same
        write_problems([error.document()])


def write_problems(found: Sequence[Mapping[str, Any]], **more: Any) -> None:
    """Write the document of a command that could not start: its first problem, and more."""
    document = {"format": "irrun-error", "version": 1, "error": found[0]} | more
    say_json(document)
    sys.stdout.flush()


def print_findings(findings: Sequence[IrrunError], *, verbose: bool, quiet: bool = False) -> None:
    """Print what was found: warnings (notes too if verbose), and errors last, by themselves.

    A long list is cut, with the rest counted. If quiet, nothing is shown beside errors.
    """
    errors = [f for f in findings if f.severity is Severity.ERROR]
    others = [f for f in findings if f.severity is not Severity.ERROR]
    if not verbose:
        others = [f for f in others if f.severity is not Severity.NOTE]
    if quiet and errors:
        others = []
    _print_list(others, "more warnings", verbose=verbose)
    if errors and others:
        _blank_line()
    _print_list(errors, "more errors", verbose=verbose)


def print_outcome(
    findings: Sequence[IrrunError], error: IrrunError | None, options: Mapping[str, Any]
) -> None:
    """Print what a run found, and what ended it, if anything did: that comes last, by itself.

    Args:
        findings: What was found on the way.
        error: What ended the run.
        options: `verbose`, `quiet` and `traceback`.
    """
    verbose = options["verbose"]
    if error is None:
        print_findings(findings, verbose=verbose)
        return
    if not options["quiet"] and findings:
        print_findings(findings, verbose=verbose)
        if verbose or any(f.severity is not Severity.NOTE for f in findings):
            _blank_line()
    # Machine output on stdout already carries the error in its end record.
    print_error(error, as_json=False, traceback=options["traceback"])


def _print_list(found: Sequence[IrrunError], more: str, *, verbose: bool) -> None:
    if not found:
        return
    from irrun.cli.console import err
    from irrun.cli.tables.problem import problem_text
    from irrun.program.reading.lines import locate

    listed = found if verbose else found[:_LISTED]
    locate(listed)
    for finding in listed:
        err().print(problem_text(finding, err().width), soft_wrap=True)
    if len(found) > len(listed):
        err().print(f"... and {len(found) - len(listed)} {more} (-v shows all)")


def _blank_line() -> None:
    from irrun.cli.console import err

    err().print()
