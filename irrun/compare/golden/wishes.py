"""What to run and to record: what is asked for, else what was, else the settings, else defaults."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from irrun.compare.golden.many.owners import MadeBy
from irrun.compare.golden.settings import RunWishes
from irrun.compare.output.document import (
    DEFAULT_SIZE,
    NO_TOLERANCE,
    GoldenHeader,
    GoldenPicture,
    GoldenPolicy,
    GoldenRun,
    GoldenSwap,
    PixelThreshold,
)
from irrun.compare.output.record import RecordPlan
from irrun.compare.output.tolerance import KINDS
from irrun.compare.output.watch import DEFAULT_WATCH
from irrun.errors.golden import SwapNeverHappens
from irrun.files.reading import real
from irrun.ir.time_model import DEFAULT_FPS
from irrun.ir.values import DEFAULT_VIEWPORT, Viewport
from irrun.program.program import Program
from irrun.program.reading.codec import load
from irrun.render.pictures import fitted

DEFAULT_FRAMES: Final = 60
Given = TypeVar("Given")


class Wishes(RunWishes, frozen=True, kw_only=True):
    """What was asked for; None for what was not."""

    quirks: bool | None = None
    viewport: Viewport | None = None
    picture: bool | None = None
    picture_frames: tuple[int, ...] | None = None
    picture_size: tuple[int, int] | None = None
    threshold: PixelThreshold | None = None
    swaps: Mapping[int, Path] | None = None

    @classmethod
    def of_golden(cls, header: GoldenHeader, folder: Path) -> "Wishes":
        """Return what a golden was recorded with; its paths count from `folder`."""
        run, picture, policy = header.run, header.picture, header.policy
        return cls(
            picture=picture is not None,
            picture_frames=None if picture is None else picture.frames,
            picture_size=None if picture is None else picture.size,
            threshold=None if picture is None else picture.threshold,
            frames=None if run.times is not None else run.frames,
            fps=run.fps,
            start=None if run.times is not None else run.start_ms,
            times=run.times,
            watch=header.watch,
            executors=run.executors,
            quirks=run.reference_quirks,
            viewport=run.view,
            buffers="full" if header.buffers is not None else "sample",
            # A golden without tolerances asks for none.
            **{kind: getattr(policy, kind) or {} for kind in KINDS},
            equal_zeros=policy.equal_zeros,
            swaps={s.frame: folder / s.path for s in run.swaps if s.path is not None},
        )


def merged(wishes: Sequence[RunWishes]) -> Wishes:
    """Return what comes of several wishes, of which the first has the first say.

    A list of times takes the place of frames and start, and either of them that of a list.
    Tolerances that the first one asks for are added to those that there were.
    """
    found: dict[str, Any] = {
        name: next((v for w in wishes if (v := getattr(w, name, None)) is not None), None)
        for name in Wishes.__struct_fields__
    }
    timing = next((w for w in wishes if _has_timing(w)), Wishes())
    found |= dict.fromkeys(("times",) if timing.times is None else ("frames", "start"))
    policy = _policy([w.policy for w in wishes])
    found |= {kind: getattr(policy, kind) for kind in KINDS} | {"equal_zeros": policy.equal_zeros}
    return Wishes(**found)


def _has_timing(wishes: RunWishes) -> bool:
    return any(x is not None for x in (wishes.times, wishes.frames, wishes.start))


def _policy(asked: Sequence[GoldenPolicy | None]) -> GoldenPolicy:
    now, kept = asked[0], next((policy for policy in asked[1:] if policy is not None), None)
    if now is None or kept is None:
        return next((policy for policy in (now, kept) if policy is not None), NO_TOLERANCE)
    both = kept.policy().with_rules(now.policy().rules, now.equal_zeros)
    rules = {kind: dict(rule) for kind, rule in both.rules.items()}
    return GoldenPolicy(**rules, equal_zeros=both.equal_zeros)


def record_plan(
    wishes: Iterable[RunWishes], program: Path | None, golden: Path, test: MadeBy | None = None
) -> RecordPlan:
    """Return the plan that comes of several wishes, of which the first has the first say.

    Args:
        wishes: In the order in which they count.
        program: The program's file; None for a program without one.
        golden: Where the golden will be: its paths count from there.
        test: The test that it is for: then no path leads out of the folder of all tests.

    Raises:
        IrrunError: IR1xx, a program to be swapped in cannot be loaded, or never would be.
    """
    asked = merged(list(wishes))
    swaps, times = asked.swaps or {}, asked.times
    loaded = {
        frame: load(path, name=os.path.normpath(path), found=True) for frame, path in swaps.items()
    }
    run = GoldenRun(
        frames=_given(asked.frames, DEFAULT_FRAMES) if times is None else len(times),
        fps=_given(asked.fps, DEFAULT_FPS),
        # JSON numbers do not tell minus zero from zero.
        start_ms=_given(asked.start, 0.0) + 0.0,
        times=None if times is None else tuple(time + 0.0 for time in times),
        executors=_given(asked.executors, "auto"),
        reference_quirks=_given(asked.quirks, False),
        viewport=_sides(asked.viewport),
        swaps=tuple(_swaps(swaps, loaded, golden, test)),
    )
    for frame, path in swaps.items():
        if frame not in range(run.frames):
            raise SwapNeverHappens(program=path, frame=frame, last=run.frames - 1)
    return RecordPlan(
        run,
        watch=DEFAULT_WATCH if asked.watch is None else tuple(map(str, asked.watch)),
        buffers=_given(asked.buffers, "sample"),
        policy=_given(asked.policy, NO_TOLERANCE),
        picture=_picture(asked, run.view),
        path=None if program is None else _path(golden, program, test),
        made_by=None if test is None else test.id,
        swaps=loaded,
    )


def _given(value: Given | None, default: Given) -> Given:
    """Return what was asked for, also if it is 0 or nothing; else a default."""
    return default if value is None else value


def _sides(view: Viewport | None) -> tuple[float, float, float] | None:
    """Return a viewport as a golden holds it: the usual one is not mentioned."""
    if view is None or view == DEFAULT_VIEWPORT:
        return None
    return view.w, view.h, view.dpr


def _picture(asked: Wishes, view: Viewport) -> GoldenPicture | None:
    """Return what to draw, if anything is; the aspect is that of the viewport."""
    if not asked.picture:
        return None
    return GoldenPicture(
        frames=asked.picture_frames or (),
        size=fitted(view, *_given(asked.picture_size, DEFAULT_SIZE)),
        threshold=asked.threshold,
    )


def _swaps(
    swaps: Mapping[int, Path], loaded: Mapping[int, Program], golden: Path, test: MadeBy | None
) -> Iterator[GoldenSwap]:
    for frame in sorted(swaps):
        path = _path(golden, swaps[frame], test)
        yield GoldenSwap(frame=frame, path=path, digest=loaded[frame].digest)


def _path(golden: Path, file: Path, test: MadeBy | None) -> str | None:
    """Return a file's path as a golden has it, if it is to have one."""
    if test is not None and test.is_elsewhere(file):
        return None
    return path_from(golden, file)


def path_from(golden: Path, file: Path) -> str:
    """Return a file's path from the folder of a golden, with forward slashes.

    A link stays one: what it leads to may be anywhere.
    """
    relative = os.path.relpath(file, golden.parent)
    if os.path.realpath(golden.parent / relative) != os.path.realpath(file):
        relative = os.path.relpath(real(file), real(golden.parent))
    return Path(relative).as_posix()
