"""An explanation as a tree."""

from collections.abc import Iterator

from irrun.cli.tables.base import DIM
from irrun.cli.text import Text
from irrun.trace.explain import Explanation
from irrun.trace.text import value_text


def explanation_lines(found: Explanation) -> Iterator[Text]:
    """Yield an explanation line by line, each value above what it was made of.

    Two columns to a level, and no wrapping: an explanation may be deep, and numbers stay whole.
    """
    pending = [(found, "", "")]
    while pending:
        part, lead, below = pending.pop()
        yield _line(part, lead)
        last = len(part.parts) - 1
        children = [
            (child, below + ("└ " if i == last else "├ "), below + ("  " if i == last else "│ "))
            for i, child in enumerate(part.parts)
        ]
        pending.extend(reversed(children))


def _line(found: Explanation, lead: str) -> Text:
    line = Text(lead, style="default")
    if found.value is not None:
        line.append(value_text(found.value), style="bold")
        line.append("  ")
    line.append(found.text)
    if found.note:
        line.append(f"  {found.note}", style=DIM)
    return line
