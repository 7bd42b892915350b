"""Consoles: results to stdout, everything else to stderr."""

from functools import cache

from rich.console import Console

NARROWEST = 60


@cache
def out() -> Console:
    """Return the console for results. Not on a terminal: 80 columns unless COLUMNS says more."""
    return _console(stderr=False)


@cache
def err() -> Console:
    """Return the console for progress, notes and problems."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False, soft_wrap=False, emoji=False, markup=False)
    if console.width < NARROWEST:
        console.width = NARROWEST
    return console
