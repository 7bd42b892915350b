"""`irrun render`: draw frames of a program."""

import re
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, get_args

import click
import msgspec

from irrun.cli.common import common_options
from irrun.cli.options import (
    SIZE,
    asked_run,
    asked_times,
    engine_option,
    frame_count,
    load_program,
    parse_frames,
    program_argument,
    timing_options,
    viewport,
)
from irrun.cli.output import open_output
from irrun.cli.paths import FileCommand, OutputPattern, guard
from irrun.cli.problems import print_error, print_outcome
from irrun.cli.progress import frame_progress
from irrun.errors import IrrunError
from irrun.errors.exit_codes import ExitCode
from irrun.errors.rendering import PictureLimit, RenderExtraMissing
from irrun.files.reading import is_folder
from irrun.ir.values import Viewport
from irrun.limits import PICTURE_SIDE, RUN_FRAMES, SHEET_CELLS
from irrun.program.program import Program
from irrun.render.files import FRAME, Destination, Done, PictureKind, encoded, need_packages
from irrun.render.pictures import DrawPlan, Painter, Picture, fit, fitted, spread
from irrun.render.sheet import sheet_size
from irrun.render.vector.bounds import check_pixels
from irrun.render.vector.colors import BLACK, Paint, paint_of_text

ANIMATED: Final = 60
"""Frames of an animation or a sheet, unless told otherwise."""
GIF_WIDTH: Final = 640
CELL_WIDTH: Final = 320

_COLOR: Final = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")


def _drawable(text: str) -> Viewport:
    """Read a viewport that a picture can have."""
    found = viewport(text)
    if max(found.w, found.h) * found.dpr > PICTURE_SIDE.value:
        raise click.BadParameter(f"'{text[:40]}' is more than {PICTURE_SIDE.value} pixels")
    return found


@click.command("render", cls=FileCommand)
@program_argument
@click.option("-n", "--frames", type=frame_count, metavar="N", help="How many frames "
              "to run.  [default: 60 for a GIF or a sheet, else as many as needed]")  # fmt: skip
@click.option("--frame", "wanted", metavar="FRAMES", help="Frames to draw, such as 37, 0,5,-1 or "
              "0-9.  [default: all that run; for a sheet, evenly spread]")  # fmt: skip
@timing_options
@engine_option
@click.option("--viewport", type=_drawable, default=SIZE, metavar="WxH[@DPR]",
              show_default=True, help="What the program draws on: CSS pixels, and device pixels "
              "to a CSS pixel.")  # fmt: skip
@click.option("--fit", is_flag=True, help="Show all that is drawn in the pictures, wherever it "
              "is, with a margin. The program still draws on the viewport, and the pictures have "
              "the same size and shape as without.")  # fmt: skip
@click.option("--size", metavar="W[xH]", help="Pixels that the picture (or each picture of a "
              "sheet) fits into.  [default: the viewport; 640 wide for a GIF, 320 in a "
              "sheet]")  # fmt: skip
@click.option("--sheet", metavar="CxR", help="Many frames in one picture: columns x rows.")
@click.option("--background", metavar="COLOR", help="Replaces what the frame is cleared with: "
              "#rgb, #rrggbb, #rrggbbaa, or none.")  # fmt: skip
@click.option("--output-id", metavar="ID", help="The output to draw.  [default: the first]")
@click.option("-o", "--output", type=OutputPattern(), metavar="PATH",
              help="A file (.svg, .png, .gif), a folder, a pattern such as out/{frame:04}.png, or "
              "- for SVG on stdout.  [default: the program's name, .svg for one frame, "
              ".gif for several, .png for a sheet]")  # fmt: skip
@common_options
def command(program: str, **options: Any) -> int:
    """Draw frames of PROGRAM (a file, or - for stdin): SVG, PNG, animated GIF, contact sheet.

    The same program and options give the same bytes. SVG needs nothing; PNG and GIF need
    the extra: pip install 'irrun[render]'.

    \b
    Examples:
      irrun render program.msgpack --frame 37
      irrun render program.json --frames 120 --fps 30 -o program.gif
      irrun render program.json --sheet 4x3 --fit -o sheet.svg
      irrun render program.json --frames 100 -o 'frames/{frame:04}.png' --size 960
    """
    loaded = load_program(program)
    plan = _plan(loaded, options)
    target = _target(program, plan, options)
    plan = msgspec.structs.replace(plan, scale=_scale(plan.run.viewport, target.size))
    try:
        need_packages(target)
    except RenderExtraMissing as error:
        print_error(error, as_json=False, traceback=options["traceback"])
        return ExitCode.USAGE
    if options["fit"]:
        with frame_progress(len(plan.run.times)) as progress:
            plan = msgspec.structs.replace(plan, camera=fit(plan, progress))
    failed: IrrunError | None = None
    done = Done(target.size)
    with frame_progress(len(plan.run.times)) as progress:
        painter = Painter(plan, progress)
        try:
            for name, data in encoded(target, _counted(painter.pictures(), done)):
                _save(name, data)
                done.written(name, len(data))
        except IrrunError as error:
            failed = error
    if not options["quiet"] and target.path != "-":
        from irrun.cli.console import out
        from irrun.cli.tables.pictures import pictures_table

        out().print(pictures_table(painter, done, is_fitted=options["fit"]))
    print_outcome(painter.driver.now.findings, failed, options)
    return 0 if failed is None else failed.exit_code


def _counted(pictures: Iterator[Picture], done: Done) -> Iterator[Picture]:
    """Pass pictures on, and count what was drawn."""
    for picture in pictures:
        yield picture
        done.drawn(picture.drawing)


def _plan(program: Program, options: dict[str, Any]) -> DrawPlan:
    sheet = None if options["sheet"] is None else _pair(options["sheet"], "--sheet")
    is_animated = sheet is not None or (options["output"] or "").endswith(".gif")
    times = _times(options, is_animated=is_animated)
    if options["wanted"] is not None:
        frames: Collection[int] = parse_frames(options["wanted"], range(len(times)), "--frame")
    else:
        cells = len(times) if sheet is None else sheet[0] * sheet[1]
        frames = spread(len(times), cells)
    return DrawPlan(
        asked_run(program, options, times),
        frames,
        background=_background(options["background"]),
        output=_output_id(program, options["output_id"]),
    )


def _times(options: dict[str, Any], *, is_animated: bool) -> Sequence[float]:
    frames = options["frames"]
    if frames is None and options["wanted"] is not None and options["times"] is None:
        # As many as the last of the wanted needs; one counted from the end needs --frames.
        highest = [int(n) for n in re.findall("[0-9]{1,16}", options["wanted"])]
        if re.search(r"(?:^|,)\s*-", options["wanted"]) or not highest:
            raise click.UsageError("--frame counted from the end needs --frames")
        frames = min(max(highest) + 1, RUN_FRAMES.value)
    if frames is None:
        frames = ANIMATED if is_animated else 1
    return asked_times(options, frames)


def _output_id(program: Program, wanted: str | None) -> str | None:
    ids = [output.id for output in program.outputs]
    if wanted is not None and wanted not in ids:
        there = f"outputs {', '.join(ids)}" if ids else "no outputs"
        raise click.BadParameter(
            f"'{wanted[:40]}' is no output; the program has {there}", param_hint="--output-id"
        )
    return wanted


def _pair(text: str, option: str, most: int = SHEET_CELLS.value) -> tuple[int, int]:
    """Read two whole numbers such as `4x3`."""
    found = re.fullmatch(r"(\d{1,6})x(\d{1,6})", text)
    if found is None or not all(map(int, found.groups())):
        raise click.BadParameter(f"'{text[:40]}' is not of the form 4x3", param_hint=option)
    first, second = int(found[1]), int(found[2])
    if max(first, second) > most or (option == "--sheet" and first * second > most):
        raise click.BadParameter(f"'{text}' is too large; {most} is the limit", param_hint=option)
    return first, second


def _background(text: str | None) -> Paint | None:
    if text is None:
        return None
    if text == "none":
        return Paint(BLACK.text, 0.0)
    if _COLOR.fullmatch(text) is None:
        raise click.BadParameter(
            f"'{text[:40]}' is no colour such as #102030, and not none",
            param_hint="--background",
        )
    return paint_of_text(text)


def _size(text: str | None, viewport: Viewport, default: int | None) -> tuple[int, int]:
    """Return the size of a picture in pixels."""
    if text is None:
        return fitted(viewport, default, None)
    if re.fullmatch(r"\d{1,6}", text):
        width, height = _pair(f"{text}x{PICTURE_SIDE.value}", "--size", PICTURE_SIDE.value)
    else:
        width, height = _pair(text, "--size", PICTURE_SIDE.value)
    return fitted(viewport, width, height)


def _target(program: str, plan: DrawPlan, options: dict[str, Any]) -> Destination:
    """Return where pictures go.

    Raises:
        click.UsageError: There is no such place, or it cannot take so many pictures.
    """
    sheet = None if options["sheet"] is None else _pair(options["sheet"], "--sheet")
    count = len(plan.frames)
    stem = "picture" if program == "-" else Path(program).name.split(".")[0] or "picture"
    path = options["output"]
    if path is None:
        path = stem + (".png" if sheet else ".svg" if count == 1 else ".gif")
    elif path.endswith("/") or is_folder(Path(path)):
        path = str(Path(path) / "frame-{frame:04}.svg")
    is_pattern = FRAME.search(path) is not None
    kind = _kind(path)
    if sheet is not None:
        if kind == "gif" or is_pattern:
            raise click.UsageError("a sheet is one picture: name a .svg or .png file")
        if count > sheet[0] * sheet[1]:
            raise click.UsageError(f"{count} frames do not fit a sheet of {options['sheet']}")
    elif count > 1 and kind != "gif" and not is_pattern:
        raise click.UsageError(
            f"{count} frames do not fit one file; give a pattern such as "
            f"'{stem}-{{frame:04}}.{kind}', a folder, a .gif, or --sheet"
        )
    if path != "-" and not is_pattern:
        guard().check(Path(path))
    default = CELL_WIDTH if sheet else GIF_WIDTH if kind == "gif" else None
    size = _size(options["size"], plan.run.viewport, default)
    whole = size if sheet is None else sheet_size(*sheet, *size)
    if sheet is not None and max(whole) > PICTURE_SIDE.value:
        raise click.UsageError(f"the sheet is more than {PICTURE_SIDE.value} pixels; give a --size")
    try:
        if kind != "svg":
            check_pixels(*whole, frames=count if kind == "gif" and not is_pattern else 1)
    except PictureLimit as error:
        raise click.UsageError(
            f"{error.sentence}; give a --size, or fewer frames ({error.hint_text})"
        ) from None
    behind = plan.background or BLACK
    return Destination(kind, path, size, sheet=sheet, fps=plan.run.fps, behind=behind)


def _scale(viewport: Viewport, size: tuple[int, int]) -> float:
    """Return how many pixels of a picture there are to a CSS pixel, where they are more."""
    return max(size[0] / viewport.w, size[1] / viewport.h)


def _kind(path: str) -> PictureKind:
    suffix = Path(path).suffix.removeprefix(".")
    for kind in get_args(PictureKind):
        if suffix == kind:
            found: PictureKind = kind
            return found
    if path == "-":
        return "svg"
    raise click.UsageError(f"'{path}' must end in .svg, .png or .gif, or be a folder")


def _save(name: str, data: bytes) -> None:
    if name == "-":
        sys.stdout.buffer.write(data)
    else:
        with open_output(Path(name), with_folder=True) as file:
            file.write(data)
