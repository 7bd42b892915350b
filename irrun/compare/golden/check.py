"""Check one golden: run its program anew and compare."""

import os
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from irrun.compare.golden.many.find import Target
from irrun.compare.golden.pending import Pending, leave_pending, remove_pending
from irrun.compare.golden.pictures import (
    PictureDifference,
    accepted_frames,
    compare_pictures,
    differing_shots,
    three_part_images,
    with_pictures,
)
from irrun.compare.golden.store import read_golden
from irrun.compare.output.compare import Comparison, compare_goldens
from irrun.compare.output.document import Golden, GoldenHeader, PixelThreshold
from irrun.compare.output.record import RecordPlan, record_golden
from irrun.compare.output.text import lines_of_frames
from irrun.compare.output.tolerance import Kind, Policy
from irrun.errors import IrrunError
from irrun.errors.boundary import problem_of
from irrun.errors.exit_codes import ExitCode
from irrun.errors.running import OutOfMemory
from irrun.files.reading import is_there, read_file
from irrun.program.program import Program
from irrun.program.reading.codec import load
from irrun.runtime.run import Engine

if TYPE_CHECKING:
    from irrun.compare.lineage.behind import Behind


class Verdict(StrEnum):
    """What checking a golden came to."""

    SAME = "same"
    WITHIN = "within tolerance"
    PROGRAM_CHANGED = "program changed"
    """The program is another one, its output is the same."""
    BY_TEST = "made by a test"
    """No program file belongs to it: the test that made it checks it."""
    DIFFERS = "differs"
    NO_GOLDEN = "no golden"
    """A program has none."""
    STALE = "stale"
    """A golden was found that no program belongs to."""
    NO_PROGRAM = "no program"
    """A golden was asked for by name and its program is not there."""
    BROKEN = "broken"
    """Golden or program cannot be loaded."""
    TRAPPED = "failed"
    """The program failed while running."""
    CRASHED = "crashed"
    """irrun did."""

    @property
    def passes(self) -> bool:
        """True if nothing is wrong."""
        return self in _PASSING

    @classmethod
    def of_error(cls, error: IrrunError) -> "Verdict":
        """Return what a check came to that ended in an error."""
        return _OF_FAMILY.get(error.family, cls.CRASHED)

    @property
    def exit_code(self) -> int:
        """What the command exits with if nothing worse was found (design.md section 7)."""
        return ExitCode.FINE if self.passes else _EXIT_CODES.get(self, ExitCode.FOUND)


_PASSING: Final = frozenset(
    {Verdict.SAME, Verdict.WITHIN, Verdict.PROGRAM_CHANGED, Verdict.BY_TEST}
)
_EXIT_CODES: Final = {
    Verdict.NO_PROGRAM: ExitCode.INVALID,
    Verdict.BROKEN: ExitCode.INVALID,
    Verdict.TRAPPED: ExitCode.FAILED,
    Verdict.CRASHED: ExitCode.BUG,
}
_OF_FAMILY: Final = {
    "malformed": Verdict.BROKEN,
    "invalid": Verdict.BROKEN,
    "trap": Verdict.TRAPPED,
}


class Judging(msgspec.Struct, frozen=True):
    """How to judge, and where to leave what differs."""

    rules: dict[Kind, dict[str, float]] = msgspec.field(default_factory=dict)
    """Tolerances besides those of the golden."""
    equal_zeros: bool = False
    threshold: PixelThreshold | None = None
    """How far pixels may differ, instead of what the golden says."""
    pending: Pending | None = None
    """Where new output is left; None for nowhere."""
    engine: Engine = "auto"
    """What computes the frames."""

    def policy(self, golden: Golden) -> Policy:
        """Return the tolerances for a golden."""
        return golden.header.policy.policy().with_rules(self.rules, self.equal_zeros)

    def threshold_of(self, golden: Golden) -> PixelThreshold | None:
        """Return how far pixels may differ; None if nobody gave a threshold."""
        picture = golden.header.picture
        return self.threshold or (None if picture is None else picture.threshold)

    @property
    def adds_tolerance(self) -> bool:
        """True if more is accepted here than the golden itself accepts."""
        return bool(self.rules) or self.threshold is not None


class CheckResult(msgspec.Struct):
    """What checking one golden came to."""

    name: str
    golden: Path
    verdict: Verdict
    program: Path | None = None
    taken_by: str | None = None
    """Whose the golden is that has the place of the one that is not there."""
    frames: int = 0
    comparison: Comparison | None = None
    error: IrrunError | None = None
    program_changed: bool = False
    pending: Path | None = None
    """Where the new output was left."""
    not_left: str | None = None
    """Why it could not be left."""
    behind: "Behind | None" = None
    """The earliest value that differs, and how it comes to show."""
    line: int | None = None
    """Line of the golden where the first divergence is."""
    pictures: tuple[PictureDifference, ...] = ()
    """The frames with pictures whose draw commands differ."""
    threshold: PixelThreshold | None = None
    """What pixels were to be compared with, if a threshold was given."""


def exit_code(results: Sequence[CheckResult]) -> int:
    """Return the exit code of a whole check: the worst of all results."""
    return max((result.verdict.exit_code for result in results), default=0)


def check_golden(target: Target, judging: Judging) -> CheckResult:
    """Run a golden's program with the golden's settings and compare; nothing is raised."""
    result = CheckResult(target.name, target.golden, Verdict.SAME, target.program)
    try:
        _check(target, judging, result)
    except Exception as error:
        result.error = problem_of(error)
        result.verdict = Verdict.of_error(result.error)
    return result


def _check(target: Target, judging: Judging, result: CheckResult) -> None:
    if target.problem is not None:
        raise target.problem
    if target.taken_by is not None and target.program is not None:
        load(target.program, name=_short(target.program))  # what is wrong with it counts first
        result.taken_by = target.taken_by
    if target.taken_by is not None or not is_there(target.golden):
        result.verdict = Verdict.NO_GOLDEN
        return
    golden = read_golden(target.golden)
    header = golden.header
    result.frames = len(golden.frames)
    if not header.has_files and result.program is None:
        result.verdict = Verdict.BY_TEST
        return
    if result.program is None:
        result.program = Path(_short(target.golden.parent / (header.program.path or "")))
    if not is_there(result.program):
        result.verdict = Verdict.NO_PROGRAM if target.is_named else Verdict.STALE
        return
    is_named = target.is_named and target.program is not None
    program = load(result.program, name=_short(result.program), found=not is_named)
    got = rerun(golden, program, target.golden.parent, engine=judging.engine)
    result.program_changed = digests(header) != digests(got.header)
    judge(golden, got, judging, result)
    if result.comparison is not None and result.comparison.values:
        from irrun.compare.lineage.behind import behind

        recorded = got.header.values
        result.behind = behind(program, result.comparison.values, recorded)


def digests(header: GoldenHeader) -> list[str]:
    """Return the digests of all programs of a run: the first, then those swapped in."""
    return [header.program.digest, *(swap.digest for swap in header.run.swaps)]


def rerun(
    golden: Golden,
    program: Program,
    folder: Path,
    on_frame: Callable[[int], None] | None = None,
    *,
    engine: Engine = "auto",
) -> Golden:
    """Return what a program gives now with the settings of a golden.

    Args:
        golden: The golden.
        program: The program to run.
        folder: The folder that the golden's paths count from.
        on_frame: Called after each frame with the number of frames done.
        engine: What computes the frames.

    Raises:
        IrrunError: Of loading a program that is swapped in, and of running.
    """
    header = golden.header
    swaps, run = {}, header.run
    digests = []
    for swap in run.swaps:
        file = folder / (swap.path or "")
        swapped = load(file, name=_short(file), found=True)
        swaps[swap.frame] = swapped
        digests.append(msgspec.structs.replace(swap, digest=swapped.digest))
    plan = RecordPlan(
        msgspec.structs.replace(run, swaps=tuple(digests)),
        watch=header.watch,
        buffers="full" if header.buffers is not None else "sample",
        policy=header.policy,
        picture=header.picture and msgspec.structs.replace(header.picture, shots=()),
        path=header.program.path,
        made_by=header.made_by,
        swaps=swaps,
        lenient=True,
        engine=engine,
        version=header.golden_version,
        expected=golden.frames,
    )
    return record_golden(program, plan, on_frame)


def judge(golden: Golden, got: Golden, judging: Judging, result: CheckResult) -> None:
    """Compare, and leave new output that differs beside the golden."""
    if is_equal(golden, got):
        result.verdict = Verdict.PROGRAM_CHANGED if result.program_changed else Verdict.SAME
    else:
        # Nothing is drawn where the draw commands are the same.
        got = with_pictures(got, golden, strict=False)
        compare(golden, got, judging, result)
    _settle_pending(golden, got, judging, result)


def compare(golden: Golden, got: Golden, judging: Judging, result: CheckResult) -> None:
    """Compare values and pictures of two goldens that are not equal, and set the verdict."""
    threshold = judging.threshold_of(golden)
    result.pictures = compare_pictures(golden, got, threshold)
    result.threshold = threshold
    excused = accepted_frames(golden.header, result.pictures)
    comparison = compare_goldens(golden, got, judging.policy(golden), excused)
    result.comparison = comparison
    # Where no value tells the difference, the picture alone decides.
    alone = [found for found in result.pictures if found.is_alone]
    if not comparison.is_same or not all(found.is_within for found in alone):
        result.verdict = Verdict.DIFFERS
        result.line = line_of_frame(golden, result)
    elif comparison.accepted or alone:
        result.verdict = Verdict.WITHIN
    elif result.program_changed:
        result.verdict = Verdict.PROGRAM_CHANGED


def _settle_pending(golden: Golden, got: Golden, judging: Judging, result: CheckResult) -> None:
    """Leave new output that differs; what an earlier check left is no longer true otherwise."""
    if judging.pending is None:
        return
    place = judging.pending.place(result.golden)
    try:
        if result.verdict is Verdict.WITHIN and judging.adds_tolerance:
            return  # it still differs by the golden's own tolerances
        if result.verdict.passes:
            remove_pending(place)
        else:
            images = three_part_images(golden, got, result.pictures, result.threshold)
            places = leave_pending(place, got, judging.pending, images)
            result.pending = place
            for found in result.pictures:
                found.image = places.get(found.frame)
    except OSError as error:
        result.not_left = error.strerror or str(error)


def is_equal(golden: Golden, got: Golden) -> bool:
    """True if two goldens have the same settings and, byte for byte, the same frames."""
    if _outcome(golden.header) != _outcome(got.header):
        return False
    if list(golden.frames) != list(got.frames):
        return False
    return not differing_shots(golden.header, got.header)


def _outcome(header: GoldenHeader) -> object:
    """Return what of a header is part of the output."""
    run = msgspec.structs.replace(header.run, swaps=())
    swaps = [swap.frame for swap in header.run.swaps]
    return run, swaps, header.stubs, frozenset(header.values)


def line_of_frame(golden: Golden, result: CheckResult) -> int | None:
    """Return the line of the golden file on which the first divergent frame begins."""
    first = None if result.comparison is None else result.comparison.first
    if first is None:
        return 1
    try:
        entries = lines_of_frames(read_file(result.golden))
    except IrrunError:
        return 1
    return max((line for line, frame in entries if frame <= first.frame), default=1)


def _short(path: Path) -> str:
    """Return a path without detours such as `tests/golden/../../programs`."""
    return os.path.normpath(path)


def killed(target: Target) -> CheckResult:
    """Return the result of a check whose process did not survive."""
    error = OutOfMemory(detail="the process was killed, most often for lack of memory")
    return CheckResult(target.name, target.golden, Verdict.TRAPPED, target.program, error=error)
