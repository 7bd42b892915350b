"""`irrun doctor`: is this machine one on which irrun keeps its promises?"""

import os
import sys
from typing import Any

import click

from irrun.cli.common import common_options
from irrun.cli.paths import FileCommand
from irrun.cli.say import say_json
from irrun.compare.golden.report.ci import in_ci
from irrun.errors.exit_codes import ExitCode

_CHARACTERS = "▁▂▃▄▅▆▇█─├└│┌┐✓"
"""What curves, trees and tables are drawn with."""


@click.command("doctor", cls=FileCommand)
@click.option("--format", "fmt", type=click.Choice(["table", "json"]), default="table",
              show_default=True, help="What to print.")  # fmt: skip
@common_options
def command(fmt: str, quiet: bool, verbose: bool, traceback: bool) -> int:
    """Check this machine: arithmetic, the digests of every operation, what is installed.

    Exit code 1 when something is off. Its output is what a bug report starts with.

    \b
    Examples:
      irrun doctor
      irrun doctor --format json
    """
    from irrun.doctor.report import examine

    report = examine()
    terminal = terminal_document()
    if fmt == "json":
        say_json(report.document() | {"terminal": terminal})
    else:
        from irrun.cli.console import out
        from irrun.cli.tables.doctor import doctor_lines

        for line in doctor_lines(report, terminal, quiet=quiet, verbose=verbose):
            out().print(line, soft_wrap=True)
    return ExitCode.FINE if report.passes else ExitCode.FOUND


def terminal_document() -> dict[str, Any]:
    """Return what the terminal can do. Nothing of it is a fault."""
    from irrun.cli.console import out

    console = out()
    encoding = sys.stdout.encoding or "ascii"
    return {
        "isTerminal": console.is_terminal,
        "width": console.width,
        "colors": console.color_system or "none",
        "encoding": encoding,
        "drawsCurves": _can_encode(_CHARACTERS, encoding),
        "term": os.environ.get("TERM", ""),
        "ci": in_ci(),
    }


def _can_encode(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
