"""What the golden commands share: tolerances, the settings file, paths."""

import math
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import click

from irrun.cli.paths import InputFile
from irrun.compare.golden.many.find import NothingThere
from irrun.compare.output.document import PixelThreshold
from irrun.compare.output.tolerance import EVERYTHING, KINDS, Kind
from irrun.limits import GOLDEN_PICTURE_SIDE, GOLDEN_PICTURES

F = TypeVar("F", bound=Callable[..., Any])


_HELP: Final = {
    "atol": "Accept a difference of at most VALUE",
    "rtol": "Accept a difference of at most VALUE * |expected|",
    "ulp": "Accept a difference of at most VALUE representable numbers",
}


def tolerance_options(command: F) -> F:
    """Add --atol, --rtol, --ulp and --equal-zeros."""
    command = click.option("--equal-zeros", is_flag=True, help="Take -0 and 0 for equal.")(command)
    for kind in reversed(KINDS):
        help_text = f"{_HELP[kind]}; NAME is a slot, label, output id or glob. May be repeated."
        command = click.option(f"--{kind}", multiple=True, metavar="[NAME=]VALUE", help=help_text)(
            command
        )
    return command


pixel_threshold_option = click.option(
    "--pixel-threshold",
    metavar="CHANNEL[,SHARE]",
    help="Accept another picture if no colour channel differs by more than CHANNEL of 255, "
    "but for SHARE of the pixels (0.01, or 1%).",
)


def parse_rules(options: dict[str, Any]) -> dict[Kind, dict[str, float]]:
    """Read `VALUE` and `NAME=VALUE` of the tolerance options.

    Raises:
        click.BadParameter: VALUE is no finite number from 0, or NAME is empty.
    """
    return {kind: dict(_rules(kind, options[kind])) for kind in KINDS if options[kind]}


def _rules(kind: Kind, texts: Iterable[str]) -> Iterable[tuple[str, float]]:
    for text in texts:
        name, has_name, number = text.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and value >= 0) or (has_name and not name.strip()):
            raise click.BadParameter(
                f"'{text}' is neither VALUE nor NAME=VALUE, such as 1e-9 or frame=1e-9",
                param_hint=f"--{kind}",
            )
        yield (name.strip() or EVERYTHING), value + 0.0  # -0 is 0


def parse_threshold(text: str | None) -> PixelThreshold | None:
    """Read `CHANNEL` or `CHANNEL,SHARE`, such as `2,0.01` or `2,1%`.

    Raises:
        click.BadParameter: Not of that form, or out of range.
    """
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,3})(?:,([0-9]*\.?[0-9]+)(%?))?", text.replace(" ", ""))
    channel = int(found[1]) if found is not None else -1
    share = float(found[2] or 0) / (100 if found[3] else 1) if found is not None else -1.0
    if not (0 <= channel <= 255 and 0 <= share <= 1):
        raise click.BadParameter(
            f"'{text[:40]}' is not CHANNEL or CHANNEL,SHARE, such as 2 or 2,0.01: "
            "0 to 255, and a part of 1",
            param_hint="--pixel-threshold",
        )
    return PixelThreshold(channel=channel, share=share)


def parse_picture_frames(text: str | None) -> tuple[int, ...] | None:
    """Read frames to draw, such as `0,30,-1` or `0-9`; which there are, recording finds out.

    Raises:
        click.BadParameter: Not of that form.
    """
    if text is None:
        return None
    found: dict[int, None] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        ends = re.fullmatch(r"(-?[0-9]{1,7})|([0-9]{1,7})-([0-9]{1,7})", part)
        if ends is None or (ends[2] is not None and int(ends[2]) > int(ends[3])):
            raise click.BadParameter(
                f"'{part[:40]}' is no frame; give indices such as 0,30,-1 or 0-9",
                param_hint="--picture-frames",
            )
        low, high = int(ends[1] or ends[2]), int(ends[1] or ends[3])
        if high - low >= GOLDEN_PICTURES.value or len(found) >= GOLDEN_PICTURES.value:
            raise click.BadParameter(
                f"more than {GOLDEN_PICTURES.value} pictures are too many",
                param_hint="--picture-frames",
            )
        found |= dict.fromkeys(range(low, high + 1))
    if not found:
        raise click.BadParameter("give at least one frame", param_hint="--picture-frames")
    return tuple(found)


def parse_picture_size(text: str | None) -> tuple[int, int] | None:
    """Read `WxH`: pixels that a picture is to fit into.

    Raises:
        click.BadParameter: Not of that form, or too large.
    """
    if text is None:
        return None
    found = re.fullmatch(r"([0-9]{1,6})x([0-9]{1,6})", text)
    sides = [int(side) for side in found.groups()] if found is not None else [0]
    if not all(1 <= side <= GOLDEN_PICTURE_SIDE.value for side in sides):
        raise click.BadParameter(
            f"'{text[:40]}' is not of the form 480x270, at most {GOLDEN_PICTURE_SIDE.value} pixels",
            param_hint="--picture-size",
        )
    return sides[0], sides[1]


def paths_argument(name: str, metavar: str, *, required: bool) -> Callable[[F], F]:
    """Add an argument that takes any number of files and folders."""
    return click.argument(name, metavar=metavar, nargs=-1, required=required, type=InputFile(Path))


def no_such_path(error: NothingThere) -> NoReturn:
    """Refuse a path that is not there."""
    raise click.UsageError(f"there is no file or folder '{error.path}'") from None
