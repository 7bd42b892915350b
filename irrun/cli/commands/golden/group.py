"""`irrun golden`: the group of its commands."""

from typing import Final

import click

from irrun.cli.lazy import LazyGroup

COMMANDS: Final = {
    "record": ("irrun.cli.commands.golden.record", "Run programs and record their output."),
    "check": (
        "irrun.cli.commands.golden.check",
        "Run programs anew and compare with their goldens.",
    ),
    "pending": ("irrun.cli.commands.golden.pending", "List output that waits for a decision."),
    "review": (
        "irrun.cli.commands.golden.review",
        "Look at changed output, and accept or reject it.",
    ),
}


@click.group("golden", cls=LazyGroup, lazy_commands=COMMANDS)
def command() -> None:
    """Record output, keep it in version control, and compare later runs with it.

    \b
    Example:
      irrun golden record programs/
      irrun golden check
      irrun golden review
    """
