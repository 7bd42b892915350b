"""What to run and to record: what is asked for, else what was, else the settings, else defaults."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from irrun.compare.golden.owners import MadeBy
from irrun.compare.golden.settings import Settings
from irrun.compare.output.document import (
    DEFAULT_SIZE,
    NO_TOLERANCE,
    GoldenHeader,
    GoldenPicture,
    GoldenPolicy,
    GoldenRun,
    GoldenSwap,
    KeptArrays,
    PixelThreshold,
)
from irrun.compare.output.record import RecordPlan
from irrun.compare.output.watch import DEFAULT_WATCH
from irrun.errors.golden import SwapNeverHappens
from irrun.ir.time_model import DEFAULT_FPS
from irrun.ir.values import DEFAULT_VIEWPORT, Viewport
from irrun.program.program import Program
from irrun.program.reading.codec import load
from irrun.render.pictures import fitted
from irrun.runtime.executor import Executors

DEFAULT_FRAMES: Final = 60

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for; None for what was not."""

    frames: int | None = None
    fps: float | None = None
    start: float | None = None
    times: tuple[float, ...] | None = None
    watch: tuple[str, ...] | None = None
    executors: Executors | None = None
    quirks: bool | None = None
    viewport: Viewport | None = None
    buffers: KeptArrays | None = None
    policy: GoldenPolicy | None = None
    picture: bool | None = None
    picture_frames: tuple[int, ...] | None = None
    picture_size: tuple[int, int] | None = None
    threshold: PixelThreshold | None = None
    swaps: Mapping[int, Path] | None = None

    @classmethod
    def of_settings(cls, settings: Settings) -> "Wishes":
        """Return what the settings ask for."""
        watch = None if settings.watch is None else tuple(map(str, settings.watch))
        policy = settings.policy
        return cls(
            frames=settings.frames,
            fps=settings.fps,
            start=settings.start,
            times=settings.times,
            watch=watch,
            executors=settings.executors,
            buffers=settings.buffers,
            policy=None if policy == NO_TOLERANCE else policy,
        )

    @classmethod
    def of_golden(cls, header: GoldenHeader, folder: Path) -> "Wishes":
        """Return what a golden was recorded with; its paths count from `folder`."""
        run, picture = header.run, header.picture
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
            policy=header.policy,
            swaps={s.frame: folder / s.path for s in run.swaps if s.path is not None},
        )


def record_plan(
    wishes: Iterable[Wishes], program: Path | None, golden: Path, test: MadeBy | None = None
) -> RecordPlan:
    """Return the plan that comes of several wishes, of which the first has the first say.

    A list of times takes the place of frames and start, and either of them that of a list.

    Args:
        wishes: In the order in which they count.
        program: The program's file; None for a program without one.
        golden: Where the golden will be: its paths count from there.
        test: The test that it is for: then no path leads out of the folder of all tests.

    Raises:
        IrrunError: IR1xx, a program to be swapped in cannot be loaded, or never would be.
    """
    asked = list(wishes)
    timing = next((w for w in asked if w.times or w.frames or w.start is not None), Wishes())
    swaps = dict(_first(w.swaps for w in asked) or {})
    loaded = {frame: load(path, name=os.path.normpath(path)) for frame, path in swaps.items()}
    times = timing.times
    run = GoldenRun(
        frames=len(times) if times else timing.frames or _first(w.frames for w in asked)
        or DEFAULT_FRAMES,
        fps=_first(w.fps for w in asked) or DEFAULT_FPS,
        start_ms=0.0 if times else _nothing_negative(_first(w.start for w in asked) or 0.0),
        times=tuple(map(_nothing_negative, times)) if times else None,
        executors=_first(w.executors for w in asked) or "auto",
        reference_quirks=_first(w.quirks for w in asked) or False,
        viewport=_sides(_first(w.viewport for w in asked)),
        swaps=tuple(_swaps(swaps, loaded, golden, test)),
    )  # fmt: skip
    _check_swaps(swaps, run.frames)
    return RecordPlan(
        run,
        watch=_first(w.watch for w in asked) or DEFAULT_WATCH,
        buffers=_first(w.buffers for w in asked) or "sample",
        policy=_policy(asked),
        picture=_picture(asked, run.view),
        path=None if program is None else _path(golden, program, test),
        made_by=None if test is None else test.id,
        swaps=loaded,
    )


def _check_swaps(swaps: Mapping[int, Path], frames: int) -> None:
    for frame, path in swaps.items():
        if frame not in range(frames):
            raise SwapNeverHappens(program=path, frame=frame, last=frames - 1)


def _policy(asked: Sequence[Wishes]) -> GoldenPolicy:
    """Return the tolerances: those asked for now are added to those that there were."""
    now, kept = asked[0].policy, _first(w.policy for w in asked[1:])
    if now is None or kept is None:
        return now or kept or NO_TOLERANCE
    merged = kept.policy().with_rules(now.policy().rules, now.equal_zeros)
    return GoldenPolicy(
        **{kind: dict(rule) for kind, rule in merged.rules.items()},
        equal_zeros=merged.equal_zeros,
    )


def _sides(view: Viewport | None) -> tuple[float, float, float] | None:
    """Return a viewport as a golden holds it: the usual one is not mentioned."""
    if view is None or view == DEFAULT_VIEWPORT:
        return None
    return view.w, view.h, view.dpr


def _picture(asked: Sequence[Wishes], view: Viewport) -> GoldenPicture | None:
    """Return what to draw, if anything is; the aspect is that of the viewport."""
    if not _first(w.picture for w in asked):
        return None
    return GoldenPicture(
        frames=_first(w.picture_frames for w in asked) or (),
        size=fitted(view, *(_first(w.picture_size for w in asked) or DEFAULT_SIZE)),
        threshold=_first(w.threshold for w in asked),
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
        relative = os.path.relpath(file.resolve(), golden.parent.resolve())
    return Path(relative).as_posix()


def _first(values: Iterable[T | None]) -> T | None:
    return next((value for value in values if value is not None), None)


def _nothing_negative(time: float) -> float:
    """Return a time with minus zero as zero: JSON numbers do not tell them apart."""
    return time + 0.0


def policy_of(rules: Mapping[Any, Mapping[str, float]], equal_zeros: bool) -> GoldenPolicy | None:
    """Return tolerances as a golden holds them; None if there are none."""
    policy = GoldenPolicy(
        **{kind: dict(rule) for kind, rule in rules.items() if rule}, equal_zeros=equal_zeros
    )
    return None if policy == NO_TOLERANCE else policy
