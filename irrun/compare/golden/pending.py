"""New output that differs from its golden, left for somebody to look at."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from irrun.compare.golden.store import NEW_SUFFIX, SUFFIX, remove_golden, write_golden, write_images
from irrun.compare.output.document import Golden
from irrun.files.reading import is_there
from irrun.files.writing import make_folder, mark

MARK: Final = ".irrun-pending"
"""A file in each folder that new output was left in by `--pending`."""
_UP: Final = "__up__"
"""Stands for `..` in a folder of new output, so that nothing is written outside it."""
_LIKE_UP: Final = re.compile(r"__up___*")
"""Folders that are really called so get one `_` more, so that no two goldens meet."""


class Pending(msgspec.Struct, frozen=True):
    """Where new output is left: beside the golden, or in a folder of its own."""

    folder: Path | None = None
    """The folder; within it goldens keep their paths from the working folder."""

    def place(self, golden: Path) -> Path:
        """Return where a golden's new output is left."""
        new = golden.with_name(golden.name.removesuffix(SUFFIX) + NEW_SUFFIX)
        if self.folder is None:
            return new
        parts = Path(os.path.relpath(new)).parts
        return self.folder.joinpath(*map(_inside, parts))

    def golden(self, new: Path) -> Path:
        """Return the golden that new output belongs to."""
        path = new
        if self.folder is not None:
            parts = Path(os.path.relpath(new, self.folder)).parts
            path = Path(*map(_outside, parts))
        return path.with_name(path.name.removesuffix(".new"))


def _inside(part: str) -> str:
    if part == "..":
        return _UP
    return part + "_" if _LIKE_UP.fullmatch(part) else part


def _outside(part: str) -> str:
    if part == _UP:
        return ".."
    return part[:-1] if _LIKE_UP.fullmatch(part) else part


def leave_pending(
    place: Path, got: Golden, pending: Pending, images: Mapping[int, bytes]
) -> dict[int, Path]:
    """Write new output, and beside it the pictures that show how frames differ.

    Returns:
        Where these pictures are, by frame.

    Raises:
        OSError: The folder cannot be written to.
    """
    make_folder(place.parent)
    if pending.folder is not None:
        mark(pending.folder / MARK)
    write_golden(place, got)
    return write_images(place, images)


def remove_pending(place: Path) -> None:
    """Remove new output that no longer differs, if there is some."""
    if is_there(place):
        remove_golden(place)
