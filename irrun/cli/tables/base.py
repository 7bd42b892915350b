"""What all tables share."""

from collections.abc import Sequence
from typing import Any, Final

import rich.table
from rich import box

from irrun.cli.text import Text
from irrun.errors.showing import SENTENCE, shown
from irrun.program.program import Program

WIDE: Final = 110
"""From this width on, tables have columns of their own for what else shares one."""
LISTED: Final = 8
"""Lines of a long list that are shown; verbose shows all."""

DIM: Final = "dim"
STUB: Final = "magenta"
REAL: Final = "green"


class Table(rich.table.Table):
    """A table whose cells are safe to show."""

    def add_row(self, *cells: Any, **options: Any) -> None:
        """Add a row; a string is one line, however it was made."""
        super().add_row(*(Text(c) if isinstance(c, str) else c for c in cells), **options)


def new_table(title: str, *, caption: str | None = None, expand: bool = False) -> Table:
    """Return an empty table in the house's style: readable on light, on dark, and piped."""
    return Table(
        title=shown(title, SENTENCE),
        title_justify="left",
        title_style="bold",
        caption=None if caption is None else shown(caption, SENTENCE) + "\n",
        caption_justify="left",
        caption_style=DIM,
        box=box.SIMPLE_HEAD,
        header_style="bold",
        pad_edge=False,
        padding=(0, 1),
        expand=expand,
    )


def lines(texts: Sequence[str], *, verbose: bool, limit: int = LISTED) -> Text:
    """Return lines as one cell; a long list is cut, with the rest counted."""
    listed = list(texts) if verbose or len(texts) <= limit + 1 else list(texts[:limit])
    cell = Text.of_lines(listed or ["-"])
    if len(listed) < len(texts):
        cell.line(f"... {len(texts) - len(listed)} more (-v)", DIM)
    return cell


def program_text(program: Program) -> str:
    """Return what a program is called, and the beginning of its digest."""
    return f"{shown(program.document.patch_id)} · {program.digest[:19]}"
