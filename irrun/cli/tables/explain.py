"""An explanation as a tree."""

from rich.text import Text
from rich.tree import Tree

from irrun.cli.tables.base import DIM
from irrun.trace.explain import Explanation
from irrun.trace.text import value_text


def explanation_tree(found: Explanation, title: str) -> Tree:
    """Return the tree of one explanation."""
    tree = Tree(Text(title, style="bold"), guide_style=DIM)
    # Without recursion: an explanation may be deeper than Python's stack.
    pending = [(tree, found)]
    while pending:
        parent, part = pending.pop()
        branch = parent.add(_line(part))
        pending.extend((branch, child) for child in reversed(part.parts))
    return tree


def _line(found: Explanation) -> Text:
    line = Text()
    if found.value is not None:
        line.append(value_text(found.value), style="bold")
        line.append("  ")
    line.append(found.text)
    if found.note:
        line.append(f"  {found.note}", style=DIM)
    return line
