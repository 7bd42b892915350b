"""Find goldens and the programs that they belong to."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from irrun.compare.golden.many.owners import owner_of
from irrun.compare.golden.pending import MARK
from irrun.compare.golden.settings import Settings
from irrun.compare.golden.store import NEW_SUFFIX, SUFFIX, read_golden
from irrun.errors import IrrunError
from irrun.files.kinds import seems_program
from irrun.files.reading import is_file, is_folder, is_there, open_file, real
from irrun.files.searching import Found, Search
from irrun.program.file_names import from_here, is_packed_name, is_program_name, stem_of_name

_PASSED_OVER: Final = frozenset({"node_modules", "__pycache__", "build", "dist"})
_LOCK: Final = ".#"
"""How editors begin the names of links that lead nowhere, beside a file that is being edited."""


class Target(msgspec.Struct, frozen=True):
    """A golden to check, or the place where one should be."""

    golden: Path
    program: Path | None = None
    """The program that was named, or that has no golden."""
    is_named: bool = False
    """True if it was asked for by name, and not found in a folder."""
    taken_by: str | None = None
    """Whose the golden is that has the place, if it is not the program's."""
    problem: IrrunError | None = None
    """Why the program cannot even be looked at."""

    @property
    def name(self) -> str:
        """What the golden is called: its path from the working folder, without suffix.

        Where the program has none because another has its place, it is called like the program.
        """
        return self.name_from(real(Path()), real)

    def name_from(self, here: Path, resolve: Callable[[Path], Path]) -> str:
        """Return the name, where the working folder and paths without links are known already."""
        if self.place is not self.golden:
            return self.place.as_posix()
        return _name(self.golden, resolve(self.golden), here)

    @property
    def place(self) -> Path:
        """The file that two targets are the same by."""
        return self.golden if self.taken_by is None or self.program is None else self.program


class NothingThere(Exception):
    """A path that was asked for is neither a file nor a folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


def golden_name(golden: Path) -> str:
    """Return what a golden is called: its path from the working folder, without suffix."""
    return _name(golden, real(golden), real(Path()))


def _name(golden: Path, file: Path, here: Path) -> str:
    path = file.relative_to(here) if file.is_relative_to(here) else golden
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
    resolve = cache(real)  # asked several times for each file
    homes = Homes(golden_folder(settings), resolve)
    found: dict[Path, Target] = {}
    candidates: list[Found] = []
    if not paths:
        candidates += programs_of(settings)
        paths = _default_paths(settings)
    search = Search()
    for path in map(from_here, paths):
        if is_folder(path):
            goldens, programs = _searched(search, path)
            candidates += programs
            homes.know(goldens)
            for golden in goldens:
                found.setdefault(resolve(golden), Target(golden))
        elif path.name.endswith(SUFFIX):
            if not is_there(path):
                raise NothingThere(path)
            found[resolve(path)] = Target(path, is_named=True)
        else:
            target = msgspec.structs.replace(homes.target(path), program=path, is_named=True)
            if not is_there(path) and not is_there(target.golden):
                raise NothingThere(path)
            found[resolve(target.place)] = target
    for each in candidates:
        target = msgspec.structs.replace(homes.target(each.path), problem=each.problem)
        found.setdefault(resolve(target.place), target)
    here = real(Path())
    return sorted(found.values(), key=lambda target: target.name_from(here, resolve))


def _default_paths(settings: Settings) -> list[Path]:
    if settings.programs is None and settings.dir is None:
        return [Path()]
    folders = [golden_folder(settings)]
    if settings.dir is None:
        folders += sorted({program.path.parent for program in programs_of(settings)})
    return [folder for folder in folders if folder is not None and is_folder(folder)]


def programs_of(settings: Settings) -> list[Found]:
    """Return the programs that the settings name, sorted.

    Raises:
        CannotRead: IR100.
        SearchTooLarge: IR117.
    """
    found: dict[Path, Found] = {}
    search = Search()
    for pattern in settings.programs or ():
        for path in search.matching(settings.root, pattern):
            programs = _searched(search, path)[1] if is_folder(path) else [Found(path)]
            found |= {program.path: program for program in programs}
    from_working_folder = (
        msgspec.structs.replace(each, path=from_here(each.path)) for each in found.values()
    )
    return sorted(from_working_folder, key=lambda program: program.path)


def _searched(search: Search, folder: Path) -> tuple[list[Path], list[Found]]:
    """Return the goldens and the programs in a folder and below it, hidden folders left out.

    What cannot be looked at is among the programs, with what keeps it from being one.
    """
    goldens: list[Path] = []
    programs: list[Found] = []
    for found in list(search.files(folder, _PASSED_OVER)):
        name = found.path.name
        if found.problem is not None:
            programs.append(found)
        elif name.endswith(SUFFIX):
            goldens.append(found.path)
        elif is_program_name(name) and not name.startswith(_LOCK):
            try:
                if is_program(found.path):
                    programs.append(found)
            except IrrunError as problem:
                programs.append(msgspec.structs.replace(found, problem=problem))
    return goldens, programs


def is_program(path: Path) -> bool:
    """True if a file seems to be a program; a packed one is taken at its name.

    Raises:
        CannotRead: IR100.
        NotARegularFile: IR116.
    """
    with open_file(path) as file:
        return is_packed_name(path.name) or seems_program(file)


def find_programs(paths: Sequence[Path]) -> list[Found]:
    """Return the programs that paths name: files as they are, folders searched.

    Raises:
        NothingThere: A path is neither a file nor a folder.
        SearchTooLarge: IR117.
    """
    found: dict[Path, Found] = {}
    search = Search()
    for path in paths:
        if is_folder(path):
            for program in _searched(search, path)[1]:
                found.setdefault(program.path, program)
        elif is_there(path):
            found.setdefault(path, Found(path))
        else:
            raise NothingThere(path)
    return list(found.values())


class Homes:
    """Where the goldens of programs are: at the place of their name, or wherever one names them.

    Args:
        folder: Where goldens live; None for beside their programs.
        resolve: Returns a path without links.
    """

    def __init__(self, folder: Path | None, resolve: Callable[[Path], Path] = real) -> None:
        self._folder = folder
        self._resolve = resolve
        self._goldens: dict[Path, Path] = {}
        self._by_program: dict[Path, Path] | None = None

    def know(self, goldens: Iterable[Path]) -> None:
        """Take goldens that were found."""
        self._goldens |= {self._resolve(golden): golden for golden in goldens}
        self._by_program = None

    def target(self, program: Path) -> Target:
        """Return the golden of a program, or that it has none."""
        place = golden_path(program, self._folder)
        owner = owner_of(place) if is_file(place) else None
        if owner is None and is_file(place):
            return Target(place)  # reading it will say what is wrong
        try:
            if owner is not None and owner.is_program(program):
                return Target(place)
        except IrrunError:
            return Target(place, program, taken_by=str(owner))  # so will loading the program
        known = self._named_by().get(real(program))
        if known is not None:
            return Target(known)
        return Target(place, program, taken_by=None if owner is None else str(owner))

    def _named_by(self) -> dict[Path, Path]:
        """Return a golden for each program that one names; finding out takes a while."""
        if self._by_program is None:
            folder, self._by_program = self._folder, {}
            if folder is not None and is_folder(folder):
                goldens = _searched(Search(), folder)[0]
                self._goldens |= {real(golden): golden for golden in goldens}
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
        yield real(golden.parent / named)


def find_pending(paths: Sequence[Path]) -> list[Path]:
    """Return the new outputs that wait for a decision, sorted.

    Raises:
        NothingThere: A path is neither a file nor a folder.
    """
    found: set[Path] = set()
    search = Search()
    for path in map(from_here, paths):
        if is_folder(path):
            # A folder of `--pending` below is not looked into: its files belong elsewhere.
            for each in search.files(path, marked=MARK):
                if each.problem is not None:
                    raise each.problem
                if each.path.name.endswith(NEW_SUFFIX):
                    found.add(each.path)
            continue
        candidate = path if path.name.endswith(NEW_SUFFIX) else path.with_name(path.name + ".new")
        if not is_there(candidate):
            raise NothingThere(path)
        found.add(candidate)
    return sorted(found)
