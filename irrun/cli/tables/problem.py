"""A problem in words: code and sentence, place, hint."""

from typing import Final

from irrun.cli.say import columns
from irrun.cli.text import Text
from irrun.errors import IrrunError, Severity
from irrun.errors.base import Excerpt
from irrun.errors.showing import shown

STYLES: Final = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold magenta",
    Severity.NOTE: "bold cyan",
}


def problem_text(problem: IrrunError, width: int = 80) -> Text:
    """Return a problem in two or three lines, and of a JSON file its line with a mark below."""
    head = Text()
    head.append(f"{problem.severity} {problem.code}", style=STYLES[problem.severity])
    head.append(f"  {problem.sentence}")
    if problem.place_text:
        head.line(f"  at {problem.place_text}", "dim")
    if problem.excerpt is not None:
        _add_line(head, problem, problem.excerpt, width)
    if problem.hint_text:
        head.line(f"  hint: {problem.hint_text}")
    return head


def _add_line(head: Text, problem: IrrunError, excerpt: Excerpt, width: int) -> None:
    """Add the line of the file, cut to the width, and the mark."""
    gutter = f"  {problem.where.line} | "
    room = width - len(gutter)
    before, marked, after = (shown(part) for part in _cut(problem, excerpt, room))
    while after and columns(before + marked + after) > room:  # escapes and wide characters
        after = after[:-1]
    head.line(gutter, "dim").append(before).append(marked, "bold").append(after)
    head.line(" " * (len(gutter) - 2) + "| ", "dim")
    head.append(" " * columns(before) + "^" * max(1, columns(marked)))


def _cut(problem: IrrunError, excerpt: Excerpt, room: int) -> tuple[str, str, str]:
    """Return what of a line fits, with dots for what is left out."""
    before, marked, after = excerpt
    is_whole = problem.where.column == len(before) + 1
    before = before.lstrip() if is_whole else before
    if len(marked) > room:
        marked = marked[: room - len(_DOTS)] + _DOTS
    left = room - len(marked)
    behind = min(len(after), max(left // 2, left - len(before)))
    ahead = min(len(before), left - behind)
    if ahead < len(before) or not is_whole:
        before = (_DOTS + before[len(before) - max(ahead - len(_DOTS), 0) :])[:ahead]
    if behind < len(after):
        after = (after[: max(behind - len(_DOTS), 0)] + _DOTS)[:behind]
    return before, marked, after


_DOTS: Final = "..."
