"""Pictures that differ, side by side in the terminal: two pixels to a character."""

from collections.abc import Iterator
from typing import Final

from rich.color import Color
from rich.console import Console
from rich.style import Style

from irrun.cli.text import Text
from irrun.compare.golden.check import CheckResult
from irrun.compare.golden.pictures import both_pixels
from irrun.compare.golden.report.wording import picture_lines
from irrun.compare.output.document import Golden
from irrun.errors.rendering import RenderExtraMissing
from irrun.render.pixels import Pixels, reduced

COLUMNS: Final = 36
_GAP: Final = 2
_SHOWN: Final = 3
"""Frames that are shown as pictures."""
_UPPER: Final = "▀"


def picture_parts(
    expected: Golden, got: Golden, result: CheckResult, console: Console
) -> Iterator[Text]:
    """Yield how pictures differ: in words, and on a terminal of 24-bit colour as pictures."""
    if not result.pictures:
        return
    yield Text.of_lines(picture_lines(result))
    if not (console.is_terminal and console.color_system == "truecolor"):
        return
    frames = [found.frame for found in result.pictures if found.differing][:_SHOWN]
    for frame in frames:
        try:
            both = both_pixels(expected, got, frame)
        except RenderExtraMissing:
            return
        title = f"expected, frame {frame}"
        yield Text(f"{title:<{COLUMNS + _GAP}}got", style="bold")
        yield side_by_side(*both)


def side_by_side(expected: Pixels, got: Pixels) -> Text:
    """Return two pictures of one size beside each other."""
    left, right = reduced(expected, COLUMNS), reduced(got, COLUMNS)
    text = Text(no_wrap=True)
    for y in range(0, left.shape[0], 2):
        _append_row(text, left, y)
        text.append(" " * _GAP)
        _append_row(text, right, y)
        text.line()
    return text


def _append_row(text: Text, pixels: Pixels, y: int) -> None:
    """Append two rows of pixels: the upper one in the ink's colour, the lower as the ground."""
    for upper, lower in zip(pixels[y].tolist(), pixels[y + 1].tolist(), strict=True):
        text.append(_UPPER, Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower)))
