"""Which diagnostics are wanted: --select, --ignore, and the table `[checks]` of the settings."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from irrun.errors import IrrunError

F = TypeVar("F", bound=Callable[..., Any])


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[checks]`; everything may be absent."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def codes_options(command: F) -> F:
    """Add --select and --ignore."""
    select = click.option(
        "--select", multiple=True, metavar="CODES", help="Only these codes, such as "
        "IR355,IR25; a part of a code stands for all that start with it.",
    )  # fmt: skip
    ignore = click.option("--ignore", multiple=True, metavar="CODES", help="All codes but these.")
    return select(ignore(command))


class Codes:
    """The codes that are wanted.

    Each option takes the place of the setting of its name. Settings are looked for when there is
    something to choose from: most programs have nothing wrong with them.

    Args:
        options: `select` and `ignore`, as they were given.

    Raises:
        click.BadParameter: No code starts like that.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        self._asked = {name: _codes(options[name], f"--{name}") for name in ("select", "ignore")}
        self._found: tuple[tuple[str, ...], tuple[str, ...]] | None = None

    def wanted(self, problems: Iterable[IrrunError]) -> list[IrrunError]:
        """Return the problems that are wanted.

        Raises:
            BadSettings: IR132.
        """
        listed = list(problems)
        if not listed:
            return []
        select, ignore = self._codes()
        return [
            problem
            for problem in listed
            if (not select or problem.code.startswith(select))
            and not (ignore and problem.code.startswith(ignore))
        ]

    def _codes(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if self._found is None:
            settings = Settings() if all(self._asked.values()) else _settings()
            select = self._asked["select"] or settings.select
            self._found = select, self._asked["ignore"] or settings.ignore
        return self._found


def _settings() -> Settings:
    """Return the settings that hold for the working folder."""
    from irrun.files.settings import as_settings, bad_settings, find_tables

    found = find_tables(Path.cwd())
    if found is None:
        return Settings()
    path, tables = found
    settings = as_settings(path, tables.checks, Settings)
    select, ignore = _parts(settings.select), _parts(settings.ignore)
    for name, parts in (("select", select), ("ignore", ignore)):
        if unknown := _unknown(parts):
            raise bad_settings(path, f"there is no code {unknown[0]} - at `$.checks.{name}`")
    return Settings(select, ignore)


def _codes(texts: Sequence[str], option: str) -> tuple[str, ...]:
    parts = _parts(texts)
    if unknown := _unknown(parts):
        raise click.BadParameter(f"there is no code {unknown[0]}", param_hint=option)
    return parts


def _parts(texts: Sequence[str]) -> tuple[str, ...]:
    """Read codes and parts of codes, several to a text."""
    return tuple(p.strip().upper() for text in texts for p in text.split(",") if p.strip())


def _unknown(parts: tuple[str, ...]) -> list[str]:
    if not parts:
        return []
    from irrun.errors.catalogue import unknown_codes

    return unknown_codes(parts)
