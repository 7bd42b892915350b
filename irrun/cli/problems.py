"""Print errors and warnings: code and sentence, place, hint."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from irrun.errors import IrrunError, Severity

_LISTED: Final = 20


def print_error(error: IrrunError, *, as_json: bool, traceback: bool) -> None:
    """Print the problem that ended a command."""
    from irrun.cli.console import err
    from irrun.cli.tables.problem import problem_text
    from irrun.cli.text import Text

    if traceback:
        from traceback import format_exception

        lines = "".join(format_exception(error.__cause__ or error)).split("\n")
        err().print(Text.of_lines(lines), soft_wrap=True)
    err().print(problem_text(error), soft_wrap=True)
    if as_json:  # last: where standard output fails, it was said all the same
        write_problems([error.document()])


def write_problems(found: Sequence[Mapping[str, Any]], **more: Any) -> None:
    """Write the document of a command that could not start: its first problem, and more."""
    from irrun.trace.writers import compact

    document = {"format": "irrun-error", "version": 1, "error": found[0]} | more
    sys.stdout.write(compact(document) + "\n")
    sys.stdout.flush()


def print_findings(findings: Sequence[IrrunError], *, verbose: bool) -> None:
    """Print warnings, and notes if verbose; a long list is cut, with the rest counted."""
    shown = [f for f in findings if verbose or f.severity is not Severity.NOTE]
    if not shown:
        return
    from irrun.cli.console import err
    from irrun.cli.tables.problem import problem_text

    shown.sort(key=lambda f: f.severity is Severity.ERROR)  # errors last, where the eye rests
    listed = shown if verbose else shown[-_LISTED:]
    for finding in listed:
        err().print(problem_text(finding), soft_wrap=True)
    if len(shown) > len(listed):
        left = len(shown) - len(listed)
        err().print(f"... and {left} more (-v shows all)")
