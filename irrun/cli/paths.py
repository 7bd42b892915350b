"""What options and arguments name files: the guard of what is read against what is written.

Each command is a `FileCommand`, and each of its parameters that names a file has one of the types
below. So a command is refused before it does anything if it would write over what it reads.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from irrun.errors.loading import CannotRead
from irrun.files.kinds import Kind
from irrun.files.reading import is_file, is_folder, real
from irrun.files.writing import Identity, check_replaceable, identity

STANDARD_STREAM: Final = "-"


class InputFile(click.ParamType[Any]):
    """A file or folder that the command reads; `-` is standard input."""

    name = "file"

    def __init__(self, path_type: type[str] | type[Path] = str) -> None:
        self._path_type = path_type

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the name, as text or as a path."""
        return self._path_type(value)

    def file_of(self, value: Any) -> str:
        """Return the name of the file in what was given."""
        return str(value)


class SwapFile(InputFile):
    """A frame and a program: `FRAME=PROGRAM`."""

    def file_of(self, value: str) -> str:
        """Return the program."""
        return value.partition("=")[2]


class OutputFile(click.ParamType[Any]):
    """A file that the command writes; `-` is standard output.

    Args:
        about: What the command writes there, and so may replace.
    """

    name = "file"

    def __init__(self, about: Kind | None = None) -> None:
        self.about = about

    def convert(self, value: Any, param: Any, ctx: Any) -> Path:
        """Return the path; a folder is refused."""
        path = Path(value)
        if str(value) != STANDARD_STREAM and _is_folder(path):
            self.fail(f"'{path}' is a folder, not a file", param, ctx)
        return path


class OutputPattern(click.ParamType[Any]):
    """A file that the command writes, or many: a folder, or a pattern of names."""

    name = "path"


class OutputFolder(click.ParamType[Any]):
    """A folder for goldens, or new output that waits: each file in it is guarded when written."""

    name = "folder"

    def convert(self, value: Any, param: Any, ctx: Any) -> Path:
        """Return the path; a file is refused."""
        path = Path(value)
        if identity(path) is not None and not _is_folder(path):
            self.fail(f"'{path}' is a file, not a folder", param, ctx)
        return path


def _is_folder(path: Path) -> bool:
    try:
        return is_folder(path)
    except CannotRead:
        return False  # opening it will say why


class Guard(msgspec.Struct, frozen=True):
    """What a command reads, and what it may replace."""

    inputs: frozenset[Identity] = frozenset()
    about: Kind | None = None

    def check(self, path: Path) -> None:
        """Refuse to write where something would be lost.

        Raises:
            click.UsageError: Something is there that must stay.
        """
        try:
            check_replaceable(path, about=self.about, inputs=self.inputs)
        except OSError as error:
            raise cannot_write(path, error) from None


def guard() -> Guard:
    """Return the guard of the command that runs."""
    context = click.get_current_context(silent=True)
    found = None if context is None else context.meta.get(__name__)
    return found if isinstance(found, Guard) else Guard()


def cannot_write(path: Path, error: OSError) -> click.UsageError:
    """Return the refusal of a file that cannot be written."""
    return click.UsageError(f"cannot write {path}: {error.strerror or error}")


class FileCommand(click.Command):
    """A command that refuses to write over what it reads, before it does anything."""

    def invoke(self, ctx: click.Context) -> Any:
        """Check what is to be written, then run."""
        given = [(each.type, value) for each in self.params for value in _values(each, ctx)]
        inputs = (_identity(t.file_of(value)) for t, value in given if isinstance(t, InputFile))
        about = next((t.about for t, _ in given if isinstance(t, OutputFile) and t.about), None)
        ctx.meta[__name__] = Guard(frozenset(filter(None, inputs)), about)
        outputs = [Path(value) for t, value in given if isinstance(t, OutputFile | OutputPattern)]
        _check_outputs([path for path in outputs if str(path) != STANDARD_STREAM])
        return super().invoke(ctx)


def _values(parameter: click.Parameter, ctx: click.Context) -> Iterator[Any]:
    """Yield each value that was given for a parameter."""
    value = ctx.params.get(parameter.name or "")
    if parameter.multiple or parameter.nargs == -1:
        yield from value or ()
    elif value is not None:
        yield value


def _identity(name: str) -> Identity | None:
    if name != STANDARD_STREAM:
        return identity(name)
    try:
        return identity(sys.stdin.fileno())
    except (OSError, ValueError, AttributeError):
        return None  # it is no file of the system's


def _check_outputs(paths: Iterable[Path]) -> None:
    """Refuse what must stay, and one file that would be written twice.

    Raises:
        click.UsageError: Which file, and why.
    """
    seen: set[Path] = set()
    for path in paths:
        guard().check(path)
        place = real(path)
        if place in seen and (identity(path) is None or is_file(place)):
            raise click.UsageError(f"cannot write {path}: it would be written twice")
        seen.add(place)
