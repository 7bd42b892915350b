"""Find goldens and the programs that they belong to."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from irrun.compare.golden.pending import MARK
from irrun.compare.golden.settings import Settings
from irrun.compare.golden.store import NEW_SUFFIX, SUFFIX, read_golden
from irrun.errors import IrrunError
from irrun.program.suffixes import is_packed_name, is_program_name, stem_of_name

_PASSED_OVER: Final = frozenset({"node_modules", "__pycache__", "build", "dist"})
_SIGN: Final = b"irVersion"
"""What every program has in it, and next to no other file."""


@dataclass(frozen=True, slots=True)
class Target:
    """A golden to check, or the place where one should be."""

    golden: Path
    program: Path | None = None
    """The program that was named, or that has no golden."""
    is_named: bool = False
    """True if it was asked for by name, and not found in a folder."""

    @property
    def name(self) -> str:
        """What the golden is called: its path from the working folder, without suffix."""
        return golden_name(self.golden)


class NothingThere(Exception):
    """A path that was asked for is neither a file nor a folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def golden_name(golden: Path) -> str:
    """Return what a golden is called: its path from the working folder, without suffix."""
    path = golden.resolve()
    try:
        path = path.relative_to(Path.cwd().resolve())
    except ValueError:
        path = golden
    return path.as_posix().removesuffix(".new").removesuffix(SUFFIX)


def golden_path(program: Path, folder: Path | None) -> Path:
    """Return where a program's golden is: in the folder, or beside the program."""
    name = stem_of_name(program.name) + SUFFIX
    return (program.parent if folder is None else folder) / name


def golden_folder(settings: Settings) -> Path | None:
    """Return the folder that the settings keep goldens in, if they name one."""
    return None if settings.dir is None else from_here(settings.root / settings.dir)


def from_here(path: Path) -> Path:
    """Return a path as seen from the working folder, so that messages stay short."""
    found = Path(os.path.relpath(path))
    return path if found.parts[:1] == ("..",) and path.is_absolute() else found


def find_targets(paths: Sequence[Path], settings: Settings) -> list[Target]:
    """Return what to check, sorted by name.

    Args:
        paths: Goldens, programs and folders; without any, what the settings name, or else the
            working folder.
        settings: Where goldens live, and which programs must have one.

    Raises:
        NothingThere: A path is neither a file nor a folder, and no golden is named for it.
    """
    folder = golden_folder(settings)
    found: dict[Path, Target] = {}
    candidates: list[Path] = []
    if not paths:
        candidates += programs_of(settings)
        paths = _default_paths(settings)
    for path in paths:
        if path.is_dir():
            goldens, programs = _search(path)
            candidates += programs
            for golden in goldens:
                found.setdefault(golden.resolve(), Target(golden))
        elif path.name.endswith(SUFFIX):
            if not path.is_file():
                raise NothingThere(path)
            found[path.resolve()] = Target(path, is_named=True)
        else:
            golden = golden_path(path, folder)
            if not path.exists() and not golden.exists():
                raise NothingThere(path)
            found[golden.resolve()] = Target(golden, path, is_named=True)
    for target in _without_golden(candidates, list(found.values()), folder):
        found.setdefault(target.golden.resolve(), target)
    return sorted(found.values(), key=lambda target: target.name)


def _default_paths(settings: Settings) -> list[Path]:
    if settings.programs is None and settings.dir is None:
        return [Path()]
    folders = [golden_folder(settings)] if settings.dir is not None else []
    if settings.dir is None:
        folders += sorted({program.parent for program in programs_of(settings)})
    return [folder for folder in folders if folder is not None and folder.is_dir()]


def programs_of(settings: Settings) -> list[Path]:
    """Return the programs that the settings name, sorted."""
    found: set[Path] = set()
    for pattern in settings.programs or ():
        for path in _matches(settings.root, pattern):
            found.update(_search(path)[1] if path.is_dir() else [path])
    return sorted(from_here(path) for path in found)


def _matches(root: Path, pattern: str) -> Iterable[Path]:
    if (root / pattern).exists():
        return [root / pattern]
    return root.glob(pattern)


def _search(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the goldens and the programs in a folder and below it, hidden folders left out."""
    goldens, programs = [], []
    for parent, names, files in os.walk(folder):
        names[:] = sorted(n for n in names if not n.startswith(".") and n not in _PASSED_OVER)
        for name in sorted(files):
            path = Path(parent) / name
            if name.endswith(SUFFIX):
                goldens.append(path)
            elif is_program_name(name) and is_program(path):
                programs.append(path)
    return goldens, programs


def is_program(path: Path) -> bool:
    """True if a file seems to be a program; a packed one is taken at its name."""
    if is_packed_name(path.name):
        return True
    try:
        return _SIGN in path.read_bytes()
    except OSError:
        return False


def find_programs(paths: Sequence[Path]) -> list[Path]:
    """Return the programs that paths name: files as they are, folders searched.

    Raises:
        NothingThere: A path is neither a file nor a folder.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += _search(path)[1]
        elif path.exists():
            found.append(path)
        else:
            raise NothingThere(path)
    return list(dict.fromkeys(found))


def _without_golden(
    programs: Iterable[Path], targets: Sequence[Target], folder: Path | None
) -> Iterator[Target]:
    """Yield the programs that no golden belongs to: none by their name, none that names them."""
    alone = [(p, golden) for p in programs if not (golden := golden_path(p, folder)).exists()]
    if not alone:
        return  # reading all goldens takes a while
    covered = {path for target in targets for path in _programs_named_by(target)}
    for program, golden in alone:
        if program.resolve() not in covered:
            yield Target(golden, program)


def _programs_named_by(target: Target) -> Iterator[Path]:
    try:
        header = read_golden(target.golden).header
    except IrrunError:
        return  # checking it will say what is wrong
    for named in header.paths:
        yield (target.golden.parent / named).resolve()


def find_pending(paths: Sequence[Path]) -> list[Path]:
    """Return the new outputs that wait for a decision, sorted.

    Raises:
        NothingThere: A path is neither a file nor a folder.
    """
    found: set[Path] = set()
    for path in paths:
        if path.is_dir():
            for parent, names, files in os.walk(path):
                names[:] = [n for n in names if not n.startswith(".")]
                if MARK in files and Path(parent) != path:
                    names.clear()  # a folder of `--pending`: its files belong elsewhere
                    continue
                found.update(Path(parent) / n for n in files if n.endswith(NEW_SUFFIX))
            continue
        candidate = path if path.name.endswith(NEW_SUFFIX) else path.with_name(path.name + ".new")
        if not candidate.is_file():
            raise NothingThere(path)
        found.add(candidate)
    return sorted(found)
