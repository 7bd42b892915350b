"""Record a program's golden: the one way to write one, besides accepting a reviewed change."""

import os
from enum import StrEnum
from pathlib import Path

import msgspec

from irrun.compare.golden.check import is_equal
from irrun.compare.golden.many.owners import MadeBy, keep_apart, owner_of
from irrun.compare.golden.pending import Pending, remove_pending
from irrun.compare.golden.pictures import differing_shots, with_pictures
from irrun.compare.golden.settings import RunWishes
from irrun.compare.golden.store import read_golden, read_text, write_golden
from irrun.compare.golden.wishes import Wishes, record_plan
from irrun.compare.output.compare import Comparison, compare_goldens
from irrun.compare.output.document import Golden
from irrun.compare.output.record import record_golden
from irrun.compare.output.tolerance import Policy
from irrun.errors import IrrunError
from irrun.errors.golden import BuffersMissing, PicturesMissing
from irrun.files.reading import is_file, is_there
from irrun.files.writing import make_folder
from irrun.program.program import Program
from irrun.program.reading.codec import load
from irrun.runtime.run import Engine


class Outcome(StrEnum):
    """What recording came to."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"


class Recorded(msgspec.Struct, frozen=True):
    """A golden as it is on disk now."""

    golden: Golden
    path: Path
    outcome: Outcome
    comparison: Comparison | None = None
    """What changed, compared exactly; None if nothing did or the old golden cannot be read."""
    pictures: tuple[int, ...] = ()
    """Frames whose draw commands changed, of those that were drawn before too."""


def record_program(
    program: Program,
    file: Path | None,
    path: Path,
    wishes: tuple[RunWishes, ...],
    *,
    fresh: bool = False,
    test: MadeBy | None = None,
    engine: Engine = "auto",
) -> Recorded:
    """Run a program and write its golden; what nobody asks for stays as the old golden has it.

    A golden of a test has no path that leads out of the folder of all tests: it names its test.

    Args:
        program: The program.
        file: Its file; None for a program that a test makes.
        path: The golden.
        wishes: What was asked for, then the settings.
        fresh: Forget what the old golden was recorded with.
        test: The test that it is recorded for.
        engine: What computes the frames.

    Raises:
        IrrunError: The program cannot run, or fails; the golden is another's (IR146, IR148), or
            cannot be read and is not to be forgotten. Nothing is written then.
        OSError: The golden cannot be written; the old one is whole then.
    """
    keep_apart(path, file, program, test)
    old, is_whole = _old(path, fresh=fresh)
    kept = () if fresh or old is None else (Wishes.of_golden(old.header, path.parent),)
    plan = record_plan((*wishes[:1], *kept, *wishes[1:]), _named(path, file, test), path, test)
    got = record_golden(program, msgspec.structs.replace(plan, engine=engine))
    got = with_pictures(got, None if fresh else old)
    outcome, comparison = Outcome.NEW, None
    pictures: tuple[int, ...] = ()
    if old is not None:
        pictures = tuple(differing_shots(old.header, got.header))
        if not is_equal(old, got):
            comparison = compare_goldens(old, got, Policy())
        if comparison is not None and not pictures and _is_only_rewritten(old, got, comparison):
            comparison = None
        outcome = Outcome.SAME if comparison is None else Outcome.CHANGED
    elif is_there(path):
        outcome = Outcome.CHANGED
    is_kept = is_whole and outcome is Outcome.SAME and _has_same_settings(old, got)
    if not is_kept:
        make_folder(path.parent)
        write_golden(path, got)
    remove_pending(Pending().place(path))
    return Recorded(got, path, outcome, comparison, pictures)


def record_again(path: Path) -> Recorded:
    """Record a golden anew with the settings it was recorded with.

    Raises:
        IrrunError: The golden cannot be read, or its program not run; nothing is written then.
        OSError: The golden cannot be written; the old one is whole then.
    """
    program = path.parent / (read_golden(path).header.program.path or "")
    loaded = load(program, name=os.path.normpath(program), found=True)
    return record_program(loaded, program, path, (Wishes(),))


def _is_only_rewritten(old: Golden, got: Golden, comparison: Comparison) -> bool:
    """True if the version of the format is all that differs: no frame has the same text then."""
    is_other_version = old.header.golden_version != got.header.golden_version
    return is_other_version and comparison.is_same


def _has_same_settings(old: Golden | None, got: Golden) -> bool:
    """True if nothing would be lost by leaving the old golden as it is."""
    if old is None:
        return False
    has_buffers = old.header.buffers is not None, bool(got.arrays)
    if old.header.settings != got.header.settings or old.pictures != got.pictures:
        return False
    return has_buffers[0] == has_buffers[1]


def _old(path: Path, *, fresh: bool) -> tuple[Golden | None, bool]:
    """Return the golden that is there, and whether all that belongs to it is there too.

    One that cannot be read is passed over only if its settings are to be forgotten.
    """
    if not is_there(path):
        return None, False
    try:
        return read_golden(path), True
    except (BuffersMissing, PicturesMissing):
        return read_text(path), False  # it still says what it was recorded with
    except IrrunError:
        if not fresh:
            raise
        return None, False


def _named(path: Path, file: Path | None, test: MadeBy | None) -> Path | None:
    """Return which file a golden names: of two encodings the one that it had."""
    owner = owner_of(path) if test is None else None
    known = None if owner is None else owner.program
    return known if file is not None and known is not None and is_file(known) else file


def accept(path: Path, new: Path) -> None:
    """Put reviewed output in the place of a golden.

    Raises:
        IrrunError: The new output cannot be read.
        OSError: The golden cannot be written; the old one is whole then.
    """
    got = read_golden(new)
    make_folder(path.parent)
    write_golden(path, got)
    remove_pending(new)
