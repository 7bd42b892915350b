"""Options of commands that run programs, and the texts that they take."""

import math
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

import click

from irrun.cli.paths import InputFile
from irrun.errors.showing import shown
from irrun.ir.time_model import DEFAULT_FPS
from irrun.ir.values import DEFAULT_VIEWPORT, Viewport
from irrun.limits import RUN_FRAMES
from irrun.program.program import Program
from irrun.program.reading.codec import load
from irrun.runtime.executor import Executors
from irrun.runtime.run import Engine, Run
from irrun.runtime.times import FrameSet, frame_times
from irrun.trace.points import STATISTICS, Point, point_of

F = TypeVar("F", bound=Callable[..., Any])

_NUMBER: Final = r"([0-9]+(?:\.[0-9]+)?)"
_POINT: Final = re.compile(r"([^\[]+)(\[.*)|(.+)(:[^:\[]*)", re.DOTALL)
"""A slot, and behind it an element or a statistic."""
_INDEX: Final = re.compile("[0-9]{1,15}")
_VIEWPORT: Final = re.compile(f"{_NUMBER}x{_NUMBER}(?:@{_NUMBER})?")

frame_count = click.IntRange(1, RUN_FRAMES.value)
"""How many frames to run; none of them is there before it is run."""

program_argument = click.argument("program", metavar="PROGRAM", type=InputFile())
"""A program file, or `-` for stdin."""


SIZE: Final = f"{DEFAULT_VIEWPORT.w:g}x{DEFAULT_VIEWPORT.h:g}"
"""The viewport that is drawn to unless another is asked for."""

quirks_option = click.option(
    "--reference-quirks", is_flag=True, help="Take the reference runtime's values where irrun "
    "decides otherwise.",
)  # fmt: skip

_engine = click.option(
    "--engine", type=click.Choice(get_args(Engine)), default="auto", show_default=True,
    help="What computes the frames, which gives the same: `frame` runs one after the other, "
    "`block` many at once or says why not, `auto` many at once where that can be, `both` runs both "
    "ways and compares.",
)  # fmt: skip


def _leave_native_out(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    from irrun.numerics import native

    if value:
        ctx.with_resource(native.without("--no-native leaves them out"))


_native = click.option(
    "--no-native", is_flag=True, expose_value=False, callback=_leave_native_out,
    help="Leave the code in C out: the same bits, more slowly (docs/native.md).",
)  # fmt: skip


def engine_option(command: F) -> F:
    """Add --engine and --no-native."""
    return _engine(_native(command))


def timing_options(command: F) -> F:
    """Add --fps, --start, --times and --executors."""
    for option in reversed(_TIMING):
        command = option(command)
    return command


def load_program(name: str) -> Program:
    """Load a program from a path, or from stdin for `-`."""
    if name == "-":
        return load(sys.stdin.buffer, name="stdin")
    return load(name, name=name)


def parse_frames(text: str, frames: range, option: str) -> FrameSet:
    """Read frame indices such as `0,5,-1`, `0-9`, `90-`, `0:60` or `all`.

    Negative ones count from the end; `0:60` is as in Python: without 60, and up to the last frame
    if there are not so many. `frames` are the indices of the frames that will run.

    Raises:
        click.BadParameter: Not a number, or no such frame.
    """
    found = [_frames(part, frames, option) for part in _parts(text)]
    if not found:
        raise click.BadParameter("give at least one frame", param_hint=option)
    return FrameSet(found)


def _frames(part: str, frames: range, option: str) -> range:
    """Return the frames that one part of a list names."""
    if part == "all":
        return frames
    if ":" in part:
        return _slice(part, frames, option)
    first, mark, last = (part, "", "") if part.startswith("-") else part.partition("-")
    low = _index(first, part, option)
    high = _index(last, part, option) if last else frames[-1] if mark else low
    if low > high:
        raise click.BadParameter(f"'{part}' runs backwards", param_hint=option)
    for index in (low, high):
        if index not in frames and not -len(frames) <= index < 0:
            shown = f"frames {frames[0]} to {frames[-1]}"
            raise click.BadParameter(
                f"there is no frame {index}; the run has {shown}", param_hint=option
            )
    last_index = high if high >= 0 else frames[high]
    return range(low if low >= 0 else frames[low], last_index + 1)


def _slice(part: str, frames: range, option: str) -> range:
    first, _, last = part.partition(":")
    low = _index(first, part, option) if first else frames[0]
    high = _index(last, part, option) if last else frames[-1] + 1
    low, high = (index if index >= 0 else frames[-1] + 1 + index for index in (low, high))
    chosen = range(max(low, frames[0]), min(high, frames[-1] + 1))  # exact: frames
    if not chosen:
        raise click.BadParameter(f"'{part}' holds no frame of the run", param_hint=option)
    return chosen


def _index(text: str, part: str, option: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise click.BadParameter(
            f"'{part}' is no frame; give indices such as 0,5,-1, 0-9, 90-, 0:60 or all",
            param_hint=option,
        ) from None


def finite_number(text: str) -> float:
    """Read a number that is neither infinite nor NaN.

    Raises:
        click.BadParameter: It is something else.
    """
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise click.BadParameter(f"'{text}' is no finite number")
    return number


def positive_number(text: str) -> float:
    """Read a finite number above 0.

    Raises:
        click.BadParameter: It is something else.
    """
    number = finite_number(text)
    if not number > 0:
        raise click.BadParameter(f"'{text}' is not above 0")
    return number


def viewport(text: str) -> Viewport:
    """Read a viewport such as `800x600` or `800x600@2`.

    Raises:
        click.BadParameter: Not of that form, or a size that is not above 0.
    """
    found = _VIEWPORT.fullmatch(text)
    sizes = [float(size) for size in found.groups("1")] if found is not None else [0.0]
    if not all(0 < size < math.inf for size in sizes):
        raise click.BadParameter(f"'{text[:40]}' is not WIDTHxHEIGHT, such as 800x600 or 800x600@2")
    return Viewport(*sizes)


def parse_swaps(texts: tuple[str, ...], frames: range) -> dict[int, Program]:
    """Read `FRAME=PROGRAM` and load the programs.

    Raises:
        click.BadParameter: Not of that form, or no such frame.
    """
    swaps: dict[int, Program] = {}
    for frame, name in parse_swap_names(texts):
        if frame not in frames:
            raise click.BadParameter(
                f"there is no frame {frame}; the run has frames {frames[0]} to {frames[-1]}",
                param_hint="--swap",
            )
        swaps[frame] = load_program(str(name))
    return swaps


def parse_swap_names(texts: tuple[str, ...]) -> Iterator[tuple[int, Path]]:
    """Read `FRAME=PROGRAM`.

    Raises:
        click.BadParameter: Not of that form, or a frame is named twice.
    """
    seen: set[int] = set()
    for text in texts:
        frame, _, name = text.partition("=")
        if not (_INDEX.fullmatch(frame) and name):
            raise click.BadParameter(
                f"'{text}' is not FRAME=PROGRAM, such as 60=next.json", param_hint="--swap"
            )
        if int(frame) in seen:
            raise click.BadParameter(f"frame {frame} is named twice", param_hint="--swap")
        seen.add(int(frame))
        yield int(frame), Path(name)


def parse_explained(text: str) -> tuple[str, int]:
    """Read `SLOT@FRAME`.

    Raises:
        click.BadParameter: Not of that form.
    """
    slot, _, frame = text.partition("@")
    if not (slot and _INDEX.fullmatch(frame)):
        raise click.BadParameter(
            f"'{text}' is not SLOT@FRAME, such as 7@37", param_hint="--explain"
        )
    return slot, int(frame)


def asked_times(options: dict[str, Any], frames: int, *, first: int = 0) -> Sequence[float]:
    """Return the times of --times, or of so many frames by --fps and --start.

    Raises:
        click.BadParameter: Of --times.
    """
    if options["times"] is not None:
        return parse_times(options["times"])
    return frame_times(frames, options["fps"], options["start"], first=first)


def asked_run(
    program: Program,
    options: dict[str, Any],
    times: Sequence[float],
    *,
    swaps: Mapping[int, Program] | None = None,
    resume: bytes | None = None,
) -> Run:
    """Return the run of a program that the options of a command ask for."""
    return Run(
        program=program,
        times=times,
        fps=options["fps"],
        executors=options["executors"],
        engine=options.get("engine", "auto"),
        strict=options.get("strict", False),
        quirks=options.get("reference_quirks", False),
        viewport=options.get("viewport", DEFAULT_VIEWPORT),
        swaps=swaps or {},
        resume=resume,
    )


def parse_times(text: str) -> list[float]:
    """Read absolute times in ms such as `0,16.7,33.3`.

    Raises:
        click.BadParameter: Not a finite number.
    """
    times = []
    for part in _parts(text):
        try:
            value = float(part)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise click.BadParameter(f"'{part}' is no time in ms", param_hint="--times")
        times.append(value)
    if not times:
        raise click.BadParameter("give at least one time", param_hint="--times")
    return times


def parse_slots(
    texts: tuple[str, ...], program: Program, known: set[int], option: str
) -> tuple[int, ...]:
    """Read slots such as `3,7`; an output id stands for the output's slot.

    Raises:
        click.BadParameter: Neither a slot of the program nor an output id.
    """
    found = [_slot(part, program, known, option) for part in _parts(",".join(texts))]
    return tuple(dict.fromkeys(found))


def parse_watched(
    texts: tuple[str, ...], program: Program, known: set[int], option: str
) -> tuple[tuple[int, ...], tuple[Point, ...]]:
    """Read slots, and elements and statistics of slots: `3,7[0].x,7:mean`.

    Raises:
        click.BadParameter: Neither a slot of the program nor an output id, or there is no such
            element or statistic.
    """
    slots: dict[int, None] = {}
    points: dict[Point, None] = {}
    ids = {output.id for output in program.outputs}
    for part in _parts(",".join(texts)):
        # An id may have these signs too; then it means itself.
        base, what = (part, "") if part in ids else _split_point(part)
        slot = _slot(base, program, known, option)
        point = point_of(slot, what) if what else None
        if what and point is None:
            raise click.BadParameter(
                f"'{part[:40]}' is neither an element such as {base}[3] or {base}[3].y nor one of "
                + ", ".join(f"{base}:{name}" for name in STATISTICS),
                param_hint=option,
            )
        if point is None:
            slots[slot] = None
        else:
            points[point] = None
    return tuple(slots), tuple(points)


def _split_point(text: str) -> tuple[str, str]:
    """Return the slot and what of it is meant, both as text."""
    found = _POINT.fullmatch(text)
    if found is None:
        return text, ""
    return (found[1], found[2]) if found[1] else (found[3], found[4])


def _slot(text: str, program: Program, known: set[int], option: str) -> int:
    """Read a slot number or an output id."""
    outputs = {output.id: output.slot for output in program.outputs}
    is_number = text.isascii() and text.isdigit() and len(text) <= 16
    slot = int(text) if is_number else outputs.get(text)
    if slot is None or slot not in known:
        numbers = sorted(known)
        there = f"slots {numbers[0]} to {numbers[-1]}" if numbers else "no slots"
        names = f" and outputs {shown(', '.join(outputs))}" if outputs else ""
        raise click.BadParameter(
            f"'{text[:40]}' is no slot; the program has {there}{names}", param_hint=option
        )
    return slot


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


_TIMING: Final = (
    click.option("--fps", type=positive_number, default=DEFAULT_FPS, metavar="F", show_default=True,
                 help="Frames per second."),
    click.option("--start", type=finite_number, default=0.0, show_default=True, metavar="MS",
                 help="Absolute time of frame 0."),
    click.option("--times", metavar="MS,MS,...", help="Absolute time of each frame; replaces "
                 "--frames and --start."),
    click.option("--executors", type=click.Choice(get_args(Executors)), default="auto",
                 show_default=True, help="auto, real: steps compute. stub: placeholders "
                 "stand for what steps would compute."),
)  # fmt: skip
