"""A line on the terminal, without tables and without what they need to be loaded."""

import click

from irrun.errors.showing import SENTENCE, shown


def say(text: str, *, err: bool = False) -> None:
    """Print a line; names in it do nothing but stand."""
    click.echo(shown(text, SENTENCE), err=err)


def ask(text: str) -> str:
    """Ask, and return the answer."""
    answer: str = click.prompt(shown(text, SENTENCE), prompt_suffix="? ")
    return answer
