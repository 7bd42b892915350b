"""Whose a golden is: the record of a program or test never takes the place of another's."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from irrun.errors import IrrunError
from irrun.errors.golden import (
    GoldenNamesMeet,
    GoldenOfAnother,
    GoldenRecordedTwice,
    ProgramOutsideProject,
)
from irrun.files.reading import is_file, is_there, read_file
from irrun.program.file_names import from_here
from irrun.program.program import Program
from irrun.program.reading.codec import load


class _Program(msgspec.Struct, frozen=True):
    path: str | None = None
    digest: str = ""


class _Named(msgspec.Struct, frozen=True, rename="camel"):
    program: _Program
    made_by: str | None = None


class Owner(msgspec.Struct, frozen=True):
    """Who a golden says that it belongs to: a program's file, a test, or both."""

    program: Path | None
    digest: str
    test: str | None

    def __str__(self) -> str:
        if self.test is not None:
            return f"the test {test_text(self.test)}"
        return "another program" if self.program is None else str(from_here(self.program))

    def is_program(self, file: Path, program: Program | None = None) -> bool:
        """True if a file is the golden's program: by its path, or in another encoding.

        A program that is no longer where the golden says may be any: it was moved.

        Args:
            file: The file of a program.
            program: What it holds, if it is loaded already.

        Raises:
            IrrunError: IR1xx, the file has to be loaded to find that out, and cannot be.
        """
        if self.program is None:
            return False
        if not is_file(self.program) or is_same_file(self.program, file):
            return True
        mine = load(file, name=str(file)) if program is None else program
        if mine.digest == self.digest:
            return True
        try:
            return mine == load(self.program)
        except IrrunError:
            return False


def owner_of(golden: Path) -> Owner | None:
    """Return whose a golden is; None if there is none, or none that can be read."""
    try:
        named = msgspec.json.decode(read_file(golden), type=_Named)
    except (IrrunError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    path = named.program.path
    file = None if path is None else Path(os.path.normpath(golden.parent / path))
    return Owner(file, named.program.digest, named.made_by)


def is_same_file(a: Path, b: Path) -> bool:
    """True if two paths lead to one file."""
    try:
        return a.samefile(b)
    except OSError:
        return False


class MadeBy(msgspec.Struct, frozen=True):
    """A test that a golden is recorded for."""

    id: str
    root: Path
    """The folder that ids count from, and that version control has."""
    temporary: Path | None = None
    """A folder in it whose files are those of one run."""

    def is_elsewhere(self, file: Path) -> bool:
        """True if a file is not part of the project."""
        path = Path(os.path.abspath(file))
        is_temporary = self.temporary is not None and path.is_relative_to(self.temporary)
        return is_temporary or not path.is_relative_to(self.root)

    def is_allowed(self, owner: Owner, file: Path | None, program: Program) -> bool:
        """True if a golden is of this test, or of one that is gone."""
        if owner.test is None:
            return file is not None and owner.is_program(file, program)
        return _function(owner.test) == _function(self.id) or not self._is_there(owner.test)

    def _is_there(self, other: str) -> bool:
        """True if the file of a test still names the test: no more is known without collecting."""
        path, _, names = other.partition("::")
        name = _function(names).rpartition("::")[2]
        try:
            text = read_file(self.root / path).decode("utf-8", "replace")
        except IrrunError:
            return False
        return re.search(rf"\b{re.escape(name)}\b", text) is not None


def test_text(test: str) -> str:
    """Return the id of a test for a sentence: `Class.test_x[1] of tests/test_it.py`."""
    file, _, names = test.partition("::")
    return f"{names.replace('::', '.')} of {file}" if names else test


def _function(test: str) -> str:
    """Return the id of a test without its parameters, which may change."""
    return test.partition("[")[0]


class Claims:
    """Which test records which golden, in one session of tests."""

    def __init__(self) -> None:
        self._tests: dict[str, str] = {}

    def claim(self, golden: Path, test: str) -> None:
        """Note that a test records a golden; no other test may.

        Raises:
            GoldenRecordedTwice: IR147.
        """
        first = self._tests.setdefault(folded(os.path.abspath(golden)), test)
        if first != test:
            raise GoldenRecordedTwice(first=test_text(first), second=test_text(test))


def keep_apart(golden: Path, file: Path | None, program: Program, test: MadeBy | None) -> None:
    """Refuse to record a golden in the place of another's.

    Args:
        golden: Where the golden is to be.
        file: The file of the program that is recorded, if it has one.
        program: The program.
        test: The test that it is recorded for, if there is one.

    Raises:
        GoldenOfAnother: IR146.
        GoldenNamesMeet: IR148.
    """
    twin = _twin(golden)
    if twin is not None:
        raise GoldenNamesMeet(golden=golden.name, other=twin)
    owner = owner_of(golden)
    if owner is None:
        return
    if test is not None:
        is_allowed = test.is_allowed(owner, file, program)
    else:
        is_allowed = owner.test is None and (
            file is None or owner.program is None or owner.is_program(file, program)
        )
    if not is_allowed:
        raise GoldenOfAnother(golden=str(from_here(golden)), owner=str(owner))


_SIGNS_OF_PROJECT = (".git", "irrun.toml", "pyproject.toml")


def outside_project(golden: Path, paths: Iterable[str]) -> list[ProgramOutsideProject]:
    """Return a warning for each path in a golden that leads out of its project.

    A project is the innermost folder around the golden with something in it that says so; where
    there is none, nothing is outside.
    """
    home = Path(os.path.abspath(golden.parent))
    folders = (home, *home.parents)
    roots = (f for f in folders if any(is_there(f / sign) for sign in _SIGNS_OF_PROJECT))
    root = next(roots, None)
    if root is None:
        return []
    named = ((path, Path(os.path.normpath(home / path))) for path in paths)
    outside = (path for path, file in named if not file.is_relative_to(root))
    return [ProgramOutsideProject(path=path).at(file=str(golden)) for path in outside]


def _twin(golden: Path) -> str | None:
    """Return a golden beside it that is the same file where the case of letters does not count."""
    try:
        names = os.listdir(golden.parent)
    except OSError:
        return None
    if golden.name in names:
        return None
    wanted = folded(golden.name)
    return next((name for name in sorted(names) if folded(name) == wanted), None)


def folded(name: str) -> str:
    """Return what a name is on a file system that tells the fewest names apart."""
    import unicodedata

    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
