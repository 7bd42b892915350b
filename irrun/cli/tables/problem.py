"""A problem in words: code and sentence, place, hint."""

from typing import Final

from irrun.cli.text import Text
from irrun.errors import IrrunError, Severity

STYLES: Final = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold magenta",
    Severity.NOTE: "bold cyan",
}


def problem_text(problem: IrrunError) -> Text:
    """Return a problem in two or three lines, without a traceback."""
    head = Text()
    head.append(f"{problem.severity} {problem.code}", style=STYLES[problem.severity])
    head.append(f"  {problem.sentence}")
    if problem.place_text:
        head.line(f"  at {problem.place_text}", "dim")
    if problem.hint_text:
        head.line(f"  hint: {problem.hint_text}")
    return head
