"""What all tables share."""

from collections.abc import Sequence
from typing import Final

from rich import box
from rich.table import Table
from rich.text import Text

WIDE: Final = 110
"""From this width on, tables have columns of their own for what else shares one."""
LISTED: Final = 8
"""Lines of a long list that are shown; verbose shows all."""

DIM: Final = "dim"
STUB: Final = "magenta"
REAL: Final = "green"


def new_table(title: str, *, caption: str | None = None, expand: bool = False) -> Table:
    """Return an empty table in the house's style: readable on light, on dark, and piped."""
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption=None if caption is None else caption + "\n",
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
    shown = list(texts) if verbose or len(texts) <= limit + 1 else list(texts[:limit])
    cell = Text("\n".join(shown) if shown else "-", overflow="fold")
    if len(shown) < len(texts):
        cell.append(f"\n... {len(texts) - len(shown)} more", style=DIM)
    return cell


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return `1 step`, `2 steps`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
