"""Options that every command has."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def common_options(command: F) -> F:
    """Add -q, -v and --traceback."""
    traceback = click.option(
        "--traceback", is_flag=True, help="Show Python's traceback for an error."
    )
    verbose = click.option(
        "-v", "--verbose", is_flag=True, help="Show notes, and all of long lists."
    )
    quiet = click.option("-q", "--quiet", is_flag=True, help="Show problems only.")
    return quiet(verbose(traceback(command)))
