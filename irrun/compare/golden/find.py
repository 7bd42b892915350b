"""Find goldens and the programs that they belong to."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from irrun.compare.golden.owners import owner_of
from irrun.compare.golden.pending import MARK
from irrun.compare.golden.settings import Settings
from irrun.compare.golden.store import NEW_SUFFIX, SUFFIX, read_golden
from irrun.errors import IrrunError
from irrun.program.file_names import from_here, is_packed_name, is_program_name, stem_of_name

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
    taken_by: str | None = None
    """Whose the golden is that has the place, if it is not the program's."""

    @property
    def name(self) -> str:
        """What the golden is called: its path from the working folder, without suffix.

        Where the program has none because another has its place, it is called like the program.
        """
        if self.taken_by is not None and self.program is not None:
            return self.program.as_posix()
        return golden_name(self.golden)

    @property
    def key(self) -> Path:
        """What two targets are the same by."""
        place = self.golden if self.taken_by is None or self.program is None else self.program
        return place.resolve()


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


def find_targets(paths: Sequence[Path], settings: Settings) -> list[Target]:
    """Return what to check, sorted by name.

    Args:
        paths: Goldens, programs and folders; without any, what the settings name, or else the
            working folder.
        settings: Where goldens live, and which programs must have one.

    Raises:
        NothingThere: A path is neither a file nor a folder, and no golden is named for it.
    """
    homes = Homes(golden_folder(settings))
    found: dict[Path, Target] = {}
    candidates: list[Path] = []
    if not paths:
        candidates += programs_of(settings)
        paths = _default_paths(settings)
    for path in map(from_here, paths):
        if path.is_dir():
            goldens, programs = _search(path)
            candidates += programs
            homes.know(goldens)
            for golden in goldens:
                found.setdefault(golden.resolve(), Target(golden))
        elif path.name.endswith(SUFFIX):
            if not path.is_file():
                raise NothingThere(path)
            found[path.resolve()] = Target(path, is_named=True)
        else:
            target = replace(homes.target(path), program=path, is_named=True)
            if not path.exists() and not target.golden.exists():
                raise NothingThere(path)
            found[target.key] = target
    for program in candidates:
        target = homes.target(program)
        found.setdefault(target.key, target)
    return sorted(found.values(), key=lambda target: target.name)


def _default_paths(settings: Settings) -> list[Path]:
    if settings.programs is None and settings.dir is None:
        return [Path()]
    folders = [golden_folder(settings)]
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


class Homes:
    """Where the goldens of programs are: at the place of their name, or wherever one names them.

    Args:
        folder: Where goldens live; None for beside their programs.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._goldens: dict[Path, Path] = {}
        self._by_program: dict[Path, Path] | None = None

    def know(self, goldens: Iterable[Path]) -> None:
        """Take goldens that were found."""
        self._goldens |= {golden.resolve(): golden for golden in goldens}
        self._by_program = None

    def target(self, program: Path) -> Target:
        """Return the golden of a program, or that it has none."""
        place = golden_path(program, self._folder)
        owner = owner_of(place) if place.is_file() else None
        if owner is None and place.is_file():
            return Target(place)  # reading it will say what is wrong
        try:
            if owner is not None and owner.is_program(program):
                return Target(place)
        except IrrunError:
            return Target(place, program, taken_by=str(owner))  # so will loading the program
        known = self._named_by().get(program.resolve())
        if known is not None:
            return Target(known)
        return Target(place, program, taken_by=None if owner is None else str(owner))

    def _named_by(self) -> dict[Path, Path]:
        """Return a golden for each program that one names; finding out takes a while."""
        if self._by_program is None:
            folder, self._by_program = self._folder, {}
            if folder is not None and folder.is_dir():
                self._goldens |= {golden.resolve(): golden for golden in _search(folder)[0]}
            for golden in self._goldens.values():
                for file in _programs_named_by(golden):
                    self._by_program.setdefault(file, golden)
        return self._by_program


def _programs_named_by(golden: Path) -> Iterator[Path]:
    try:
        header = read_golden(golden).header
    except IrrunError:
        return  # checking it will say what is wrong
    for named in header.paths:
        yield (golden.parent / named).resolve()


def find_pending(paths: Sequence[Path]) -> list[Path]:
    """Return the new outputs that wait for a decision, sorted.

    Raises:
        NothingThere: A path is neither a file nor a folder.
    """
    found: set[Path] = set()
    for path in map(from_here, paths):
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
