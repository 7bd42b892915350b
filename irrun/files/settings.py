"""Settings of a project: the tables of an `irrun.toml`, or of `[tool.irrun]` in pyproject.toml."""

from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from irrun.errors.golden import BadSettings
from irrun.files.reading import read_file, real, what_is
from irrun.limits import SETTINGS_BYTES

OWN_FILE: Final = "irrun.toml"
SHARED_FILE: Final = "pyproject.toml"

S = TypeVar("S", bound=msgspec.Struct)


class Tables(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tables that settings may have, as they stand in the file."""

    golden: dict[str, Any] = {}
    checks: dict[str, Any] = {}


class _Tools(msgspec.Struct, frozen=True):
    irrun: dict[str, Any] | None = None


class _PyProject(msgspec.Struct, frozen=True):
    tool: _Tools = _Tools()


def find_tables(start: Path) -> tuple[Path, Tables] | None:
    """Return the nearest settings in a folder or above it, with their file; None without any.

    Raises:
        BadSettings: IR132.
        CannotRead: IR100.
        LimitExceeded: IR105.
    """
    folder = real(start)
    for parent in (folder, *folder.parents):
        for name in (OWN_FILE, SHARED_FILE):
            if what_is(parent / name) not in (None, "folder"):
                found = read_tables(parent / name)
                if found is not None:
                    return parent / name, found
    return None


def read_tables(path: Path) -> Tables | None:
    """Return the tables of a file; None if it is a pyproject without any.

    Raises:
        BadSettings: IR132.
        CannotRead: IR100.
        LimitExceeded: IR105.
    """
    import tomllib

    try:
        document = tomllib.loads(read_file(path, most=SETTINGS_BYTES).decode())
        if path.name != SHARED_FILE:
            return msgspec.convert(document, Tables)
        table = msgspec.convert(document, _PyProject).tool.irrun
        return None if table is None else msgspec.convert(table, Tables)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise bad_settings(path, str(error)) from None


def as_settings(path: Path, table: dict[str, Any], kind: type[S]) -> S:
    """Return a table of a file as settings of a kind.

    Raises:
        BadSettings: IR132.
    """
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise bad_settings(path, str(error)) from None


def bad_settings(path: Path, detail: str) -> BadSettings:
    """Return what is wrong with a file, for it to be raised."""
    return BadSettings(detail=detail[:1].lower() + detail[1:]).at(file=str(path))
