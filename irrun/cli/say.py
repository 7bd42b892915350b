"""A line on the terminal, without tables and without what they need to be loaded."""

import os
import sys
from collections.abc import Sequence
from typing import Any, Final

import click

from irrun.errors.showing import SENTENCE, shown

Line = Sequence[tuple[str, str]]
"""Parts of a line, each with a style such as `bold red`, or with none: ""."""
_ASKED_BY: Final = ("FORCE_COLOR", "TTY_COMPATIBLE")


def say(text: str, *, err: bool = False) -> None:
    """Print a line; names in it do nothing but stand."""
    click.echo(shown(text, SENTENCE), err=err)


def say_line(line: Line) -> None:
    """Print a line of results, never broken; names in it do nothing but stand.

    Styles are written on a terminal, and where a variable asks to write as to one: rich knows how.
    """
    if not sys.stdout.isatty() and not any(name in os.environ for name in _ASKED_BY):
        sys.stdout.write("".join(shown(part, SENTENCE) for part, _ in line) + "\n")
        return
    from irrun.cli.console import out
    from irrun.cli.text import Text

    text = Text()
    for part, style in line:
        text.append(part, style)
    out().print(text, soft_wrap=True)


def say_json(document: Any) -> None:
    """Print a document on one line; in UTF-8, as JSON is, whatever the terminal has."""
    from irrun.trace.writers import compact

    sys.stdout.flush()
    sys.stdout.buffer.write(compact(document).encode() + b"\n")


def columns(text: str) -> int:
    """Return how many columns of a terminal a text that is safe to show takes.

    Characters of East Asia and emoji take two each, combining ones none.
    """
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def padded(text: str, width: int) -> str:
    """Return a text with spaces behind it, up to a number of columns of a terminal."""
    return text + " " * (width - columns(text))


def ask(text: str) -> str:
    """Ask, and return the answer."""
    answer: str = click.prompt(shown(text, SENTENCE), prompt_suffix="? ")
    return answer
