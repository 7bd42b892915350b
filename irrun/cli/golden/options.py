"""What the golden commands share: tolerances, the settings file, paths."""

import math
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import click

from irrun.golden.find import NothingThere
from irrun.golden.tolerance import EVERYTHING, KINDS, Kind

F = TypeVar("F", bound=Callable[..., Any])

_HELP: Final = {
    "atol": "Accept a difference of at most VALUE",
    "rtol": "Accept a difference of at most VALUE * |expected|",
    "ulp": "Accept a difference of at most VALUE representable numbers",
}


def tolerance_options(command: F) -> F:
    """Add --atol, --rtol, --ulp and --equal-zeros."""
    command = click.option("--equal-zeros", is_flag=True, help="Take -0 and 0 for equal.")(command)
    for kind in reversed(KINDS):
        help_text = f"{_HELP[kind]}; NAME is a slot, label, output id or glob. May be repeated."
        command = click.option(f"--{kind}", multiple=True, metavar="[NAME=]VALUE", help=help_text)(
            command
        )
    return command


def parse_rules(options: dict[str, Any]) -> dict[Kind, dict[str, float]]:
    """Read `VALUE` and `NAME=VALUE` of the tolerance options.

    Raises:
        click.BadParameter: VALUE is no finite number from 0, or NAME is empty.
    """
    return {kind: dict(_rules(kind, options[kind])) for kind in KINDS if options[kind]}


def _rules(kind: Kind, texts: Iterable[str]) -> Iterable[tuple[str, float]]:
    for text in texts:
        name, has_name, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value >= 0) or (has_name and not name.strip()):
            raise click.BadParameter(
                f"'{text}' is neither VALUE nor NAME=VALUE, such as 1e-9 or frame=1e-9",
                param_hint=f"--{kind}",
            )
        yield (name.strip() or EVERYTHING), value + 0.0  # -0 is 0


def paths_argument(name: str, metavar: str, *, required: bool) -> Callable[[F], F]:
    """Add an argument that takes any number of files and folders."""
    return click.argument(
        name, metavar=metavar, nargs=-1, required=required, type=click.Path(path_type=Path)
    )


def no_such_path(error: NothingThere) -> NoReturn:
    """Refuse a path that is not there."""
    raise click.UsageError(f"there is no file or folder '{error.path}'") from None
