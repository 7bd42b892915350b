"""Names of files: by which suffixes a program is known, and how a path is written down.

What a file holds is told from its content. Suffixes say what `irrun convert` is to write, which
files of a folder may be programs, and what a golden is called.
"""

import os
from pathlib import Path, PurePath
from typing import Final

from irrun.program.canonical import Encoding

ENCODINGS: Final[dict[str, Encoding]] = {
    ".json": "json",
    ".msgpack": "msgpack",
    ".mpk": "msgpack",
    ".mp": "msgpack",
}
"""Encoding by suffix."""
PACKED: Final = ".gz"
"""Stands behind any of these where the file is compressed."""


def encoding_of_name(name: str) -> Encoding | None:
    """Return the encoding that the name of a program's file stands for, if it says one."""
    return ENCODINGS.get(_suffix_of(name))


def is_packed_name(name: str) -> bool:
    """True if the name says that the file is compressed."""
    return name.endswith(PACKED)


def is_program_name(name: str) -> bool:
    """True if a file of this name may be a program."""
    return _suffix_of(name) != ""


def stem_of_name(name: str) -> str:
    """Return the name without what says its encoding, so that all encodings have the same."""
    plain = name.removesuffix(PACKED) or name
    return plain.removesuffix(_suffix_of(name))


def _suffix_of(name: str) -> str:
    """Return the suffix of a name that says an encoding; one that is all of a name is none."""
    suffix = PurePath(name.removesuffix(PACKED)).suffix
    return suffix if suffix in ENCODINGS else ""


def from_here(path: Path) -> Path:
    """Return a path as seen from the working folder, so that messages stay short."""
    found = Path(os.path.relpath(path))
    return path if found.parts[:1] == ("..",) and path.is_absolute() else found
