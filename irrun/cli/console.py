"""Consoles: results to stdout, everything else to stderr."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

NARROWEST: Final = 60

_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")


class SafeConsole(Console):
    """A console that shows control characters of a program's texts instead of sending them."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render; control characters become question marks."""
        for segment in super().render(renderable, options):
            if segment.control is None and _CONTROL.search(segment.text):
                yield Segment(_CONTROL.sub("?", segment.text), segment.style)
            else:
                yield segment

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
    if console.width < NARROWEST:
        console.width = NARROWEST
    return console
