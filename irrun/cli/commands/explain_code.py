"""`irrun explain`: what a code means."""

from collections.abc import Sequence
from typing import Any, Final

import click

from irrun.cli.common import common_options
from irrun.cli.paths import FileCommand
from irrun.cli.say import say_json
from irrun.errors import IrrunError, Severity
from irrun.errors.catalogue import all_problems, explanation


@click.command("explain", cls=FileCommand)
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--all", "every", is_flag=True, help="Explain every code.")
@click.option("--format", "fmt", type=click.Choice(["table", "json"]), default="table",
              show_default=True, help="What to print.")  # fmt: skip
@common_options
def command(
    codes: tuple[str, ...], every: bool, fmt: str, quiet: bool, verbose: bool, traceback: bool
) -> int:
    """Explain what a CODE such as IR355 means, with an example of wrong and right.

    A part of a code, such as IR3, stands for all that start with it.

    \b
    Examples:
      irrun explain IR355
      irrun explain IR25 IR411
      irrun explain --all
    """
    if every == bool(codes):
        raise click.UsageError("give codes, or --all")
    chosen = list(all_problems().values()) if every else _chosen(codes)
    if fmt == "json":
        document = {"format": "irrun-codes", "version": 1, "codes": [_document(c) for c in chosen]}
        say_json(document)
        return 0
    from irrun.cli.console import out

    for i, cls in enumerate(chosen):
        if i:
            out().print()
        _print(cls)
    return 0


def _chosen(codes: Sequence[str]) -> list[type[IrrunError]]:
    """Return the problems that codes, or parts of codes, stand for.

    Raises:
        click.UsageError: There is none.
    """
    known = all_problems()
    found: dict[str, type[IrrunError]] = {}
    for code in codes:
        matching = [c for c in known if c.startswith(code.strip().upper())]
        if not matching:
            raise click.UsageError(f"there is no code {code}; `irrun explain --all` lists them")
        found |= {c: known[c] for c in matching}
    return list(found.values())


def _document(cls: type[IrrunError]) -> dict[str, Any]:
    document = {
        "code": cls.code,
        "severity": str(cls.severity),
        "family": cls.family,
        "title": cls.title,
        "message": cls.message,
        "explanation": explanation(cls),
    }
    if cls.may_be is not None:
        document["mayBe"] = str(cls.may_be)
    optional = {"hint": cls.hint, "wrong": cls.wrong, "right": cls.right, "section": cls.section}
    return document | {name: text for name, text in optional.items() if text}


_WHY: Final = {
    Severity.ERROR: "every run is sure to end there",
    Severity.WARNING: "no frame is sure to meet it",
}
"""When the checks call a problem by another severity than its own."""


def _print(cls: type[IrrunError]) -> None:
    """Print one code: severity and title, explanation, example, where the rule is written."""
    from irrun.cli.console import out
    from irrun.cli.tables.problem import STYLES
    from irrun.cli.text import Text

    head = Text(f"{cls.severity} {cls.code}", style=STYLES[cls.severity])
    head.append(f"  {cls.title}")
    if cls.may_be is not None:
        why = _WHY[cls.may_be]
        head.line(f"{cls.may_be} where {why}", style="dim")
    out().print(head, soft_wrap=True)
    out().print()
    out().print(Text.of_lines(explanation(cls).split("\n")), soft_wrap=True)
    out().print()
    rows = (("message", cls.message), ("hint", cls.hint), ("wrong", cls.wrong),
            ("right", cls.right), ("section", cls.section))  # fmt: skip
    for name, text in rows:
        if text:
            out().print(Text(f"  {name:<8} {text}"), soft_wrap=True)
