"""Look through folders: a bounded number of entries, links not followed, nothing skipped."""

import fnmatch
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import msgspec

from irrun.errors import IrrunError
from irrun.errors.loading import CannotRead, SearchTooLarge
from irrun.files.reading import is_folder, real, what_is
from irrun.limits import SEARCHED

_MAGIC: Final = re.compile(r"[*?\[]")


class Found(msgspec.Struct, frozen=True):
    """A file that a search came upon, or a folder that it could not look into."""

    path: Path
    problem: IrrunError | None = None


class Search:
    """One search, which may begin in several places; what it looks at is counted."""

    def __init__(self) -> None:
        self._seen = 0

    def files(
        self, folder: Path, passed_over: Collection[str] = (), marked: str | None = None
    ) -> Iterator[Found]:
        """Yield what is in a folder and below it, that is no folder itself, in order.

        Links to folders are not followed: what they lead to is found at its own place, or is
        outside. Hidden folders are left out.

        Args:
            folder: Where to look.
            passed_over: Names of folders that are left out too.
            marked: A folder below that has a file of this name is left out as well.

        Raises:
            SearchTooLarge: IR117.
        """
        todo = [folder]
        while todo:
            here = todo.pop()
            try:
                entries = self._entries(here, folder)
            except CannotRead as problem:
                yield Found(here, problem)
                continue
            if here != folder and any(entry.name == marked for entry in entries):
                continue
            below = []
            for entry in entries:
                if not _is_folder(entry):
                    if not _leads_to_folder(entry):
                        yield Found(here / entry.name)
                elif not entry.name.startswith(".") and entry.name not in passed_over:
                    below.append(here / entry.name)
            todo += reversed(below)

    def matching(self, root: Path, pattern: str) -> Iterator[Path]:
        """Yield the files and folders that a glob names; one without wildcards names itself.

        `**` stands for any number of folders, links left out. A link to a folder is followed
        where a pattern names it, if it does not lead out of `root`.

        Raises:
            CannotRead: IR100.
            SearchTooLarge: IR117.
        """
        if what_is(root / pattern) is not None:
            yield root / pattern
            return
        parts = Path(pattern).parts
        yield from dict.fromkeys(self._expanded(root, root, parts))

    def _expanded(self, root: Path, folder: Path, parts: tuple[str, ...]) -> Iterator[Path]:
        if not parts:
            yield folder
            return
        part, rest = parts[0], parts[1:]
        if part == "**":
            for each in self._folders(root, folder):
                yield from self._expanded(root, each, rest)
        elif _MAGIC.search(part) is None:
            if what_is(folder / part) is not None:
                yield from self._expanded(root, folder / part, rest)
        elif is_folder(folder):
            wanted = re.compile(fnmatch.translate(part))
            for entry in self._entries(folder, root):
                if wanted.match(entry.name) and not (rest and _leads_out(entry, root)):
                    yield from self._expanded(root, folder / entry.name, rest)

    def _folders(self, root: Path, folder: Path) -> Iterator[Path]:
        """Yield a folder and all below it."""
        todo = [folder] if is_folder(folder) else []
        while todo:
            here = todo.pop()
            yield here
            entries = self._entries(here, root)
            below = [here / entry.name for entry in entries if _is_folder(entry)]
            todo += reversed(below)

    def _entries(self, folder: Path, start: Path) -> list[os.DirEntry[str]]:
        """Return what is in a folder, by name.

        Raises:
            CannotRead: IR100.
            SearchTooLarge: IR117.
        """
        found = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self._seen += 1
                    if self._seen > SEARCHED.value:
                        raise SearchTooLarge(
                            folder=str(start), limit=SEARCHED.value, way_out=SEARCHED.way_out
                        )
                    found.append(entry)
        except OSError as error:
            raise CannotRead(name=str(folder), reason=error.strerror or str(error)) from None
        return sorted(found, key=lambda entry: entry.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """True for a folder itself, and no link to one."""
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    """True for a link to a folder; one that leads nowhere is none."""
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:
        return False


def _leads_out(entry: os.DirEntry[str], root: Path) -> bool:
    """True for a link that leads out of a folder."""
    return entry.is_symlink() and not real(entry.path).is_relative_to(real(root))
