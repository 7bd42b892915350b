"""Consoles: results to stdout, everything else to stderr."""

from functools import cache
from typing import Any, Final

from rich.console import Console

from irrun.cli.text import Text

NARROWEST: Final = 60
WIDEST: Final = 400
"""Columns that tables use at most: what COLUMNS says may be anything."""


class SafeConsole(Console):
    """A console on which a text does nothing but stand, whoever wrote it."""

    def print(self, *objects: Any, **options: Any) -> None:
        """Print; strings are made safe to show, each on one line."""
        super().print(*(Text(o) if isinstance(o, str) else o for o in objects), **options)

    def on_broken_pipe(self) -> None:
        """Leave it to the command's one boundary."""
        raise BrokenPipeError


@cache
def out() -> Console:
    """Return the console for results. Not on a terminal: 80 columns unless COLUMNS says more."""
    return _console(stderr=False)


@cache
def err() -> Console:
    """Return the console for progress, notes and problems."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    console = SafeConsole(
        stderr=stderr, highlight=False, soft_wrap=False, emoji=False, markup=False
    )
    width = min(max(console.width, NARROWEST), WIDEST)
    if console.width != width:
        console.width = width
    return console
