"""Record a program's golden: the one way to write one, besides accepting a reviewed change."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from irrun.compare.golden.check import is_equal
from irrun.compare.golden.pending import Pending, remove_pending
from irrun.compare.golden.pictures import differing_shots, with_pictures
from irrun.compare.golden.store import read_golden, write_golden
from irrun.compare.golden.wishes import Wishes, record_plan
from irrun.compare.output.compare import Comparison, compare_goldens
from irrun.compare.output.document import Golden
from irrun.compare.output.record import record_golden
from irrun.compare.output.tolerance import Policy
from irrun.errors import IrrunError
from irrun.program.program import Program
from irrun.program.reading.codec import load


class Outcome(StrEnum):
    """What recording came to."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Recorded:
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
    wishes: tuple[Wishes, ...],
    *,
    fresh: bool = False,
    made_by: str | None = None,
    on_frame: Callable[[int], None] | None = None,
) -> Recorded:
    """Run a program and write its golden; what nobody asks for stays as the old golden has it.

    Args:
        program: The program.
        file: Its file; None for a program that a test makes.
        path: The golden.
        wishes: What was asked for, then the settings.
        fresh: Forget what the old golden was recorded with.
        made_by: The test that makes it.
        on_frame: Called after each frame with the number of frames done.

    Raises:
        IrrunError: The program cannot run, or fails; nothing is written then.
        OSError: The golden cannot be written; the old one is whole then.
    """
    old = _readable(path)
    kept = () if fresh or old is None else (Wishes.of_golden(old.header, path.parent),)
    plan = record_plan((*wishes[:1], *kept, *wishes[1:]), file, path)
    got = record_golden(program, replace(plan, made_by=made_by), on_frame)
    got = with_pictures(got, None if fresh else old)
    outcome, comparison = Outcome.NEW, None
    pictures: tuple[int, ...] = ()
    if old is not None:
        is_same = is_equal(old, got)
        outcome = Outcome.SAME if is_same else Outcome.CHANGED
        comparison = None if is_same else compare_goldens(old, got, Policy())
        pictures = tuple(differing_shots(old.header, got.header))
    elif path.exists():
        outcome = Outcome.CHANGED
    if old is None or outcome is not Outcome.SAME or not _has_same_settings(old, got):
        path.parent.mkdir(parents=True, exist_ok=True)
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
    return record_program(load(program, name=os.path.normpath(program)), program, path, (Wishes(),))


def _has_same_settings(old: Golden, got: Golden) -> bool:
    """True if nothing would be lost by leaving the old golden as it is."""
    has_buffers = old.header.buffers is not None, bool(got.arrays)
    if old.header.settings != got.header.settings or old.pictures != got.pictures:
        return False
    return has_buffers[0] == has_buffers[1]


def _readable(path: Path) -> Golden | None:
    """Return the golden that is there; one that cannot be read is recorded anew."""
    try:
        return read_golden(path) if path.exists() else None
    except IrrunError:
        return None


def accept(path: Path, new: Path) -> None:
    """Put reviewed output in the place of a golden.

    Raises:
        IrrunError: The new output cannot be read.
        OSError: The golden cannot be written; the old one is whole then.
    """
    got = read_golden(new)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_golden(path, got)
    remove_pending(new)
