"""A contact sheet: many frames in one picture, each with its number."""

import base64
from collections.abc import Sequence
from typing import Final

import msgspec

from irrun.ir.values import Viewport
from irrun.render.drawing import XMLNS, view_box

GAP: Final = 8
CAPTION: Final = 16
"""Height of the line under a cell, in pixels."""
_GROUND: Final = "#2a2a2a"
_INK: Final = "#d0d0d0"

_DIGITS: Final = (
    "M0 0H4V8H0Z", "M2 0V8", "M0 0H4V4H0V8H4", "M0 0H4V8H0M0 4H4", "M0 0V4H4M4 0V8",
    "M4 0H0V4H4V8H0", "M4 0H0V8H4V4H0", "M0 0H4V8", "M0 0H4V8H0ZM0 4H4", "M4 4H0V0H4V8H0",
)  # fmt: skip
"""Strokes of 0 to 9 in a box of 4 x 8: fonts differ from machine to machine."""


class Cell(msgspec.Struct, frozen=True):
    """One frame of a sheet."""

    frame: int
    markup: str
    viewport: Viewport
    png: bytes | None = None
    """What stands for the markup where SVG cannot say it."""


def sheet_svg(cells: Sequence[Cell], columns: int, rows: int, width: int, height: int) -> str:
    """Return a sheet as SVG: cells of `width` x `height` pixels, row by row."""
    wide, high = sheet_size(columns, rows, width, height)
    parts = [
        f'<svg xmlns="{XMLNS}" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}">',
        f'<rect width="{wide}" height="{high}" fill="{_GROUND}"/>',
    ]
    for i, cell in enumerate(cells[: columns * rows]):
        x = GAP + i % columns * (width + GAP)
        y = GAP + i // columns * (height + CAPTION + GAP)
        parts.append(_picture(cell, x, y, width, height))
        parts.append(_number(cell.frame, x, y + height + 4))
    return "\n".join([*parts, "</svg>\n"])


def sheet_size(columns: int, rows: int, width: int, height: int) -> tuple[int, int]:
    """Return the size of a sheet in pixels."""
    return GAP + columns * (width + GAP), GAP + rows * (height + CAPTION + GAP)


def _picture(cell: Cell, x: int, y: int, width: int, height: int) -> str:
    place = f'x="{x}" y="{y}" width="{width}" height="{height}"'
    if cell.png is not None:
        data = base64.b64encode(cell.png).decode()
        return f'<image {place} href="data:image/png;base64,{data}"/>'
    seen = cell.viewport
    box = f'viewBox="{view_box(seen)}" preserveAspectRatio="none"'
    return f"<svg {place} {box}>\n{cell.markup}\n</svg>"


def _number(frame: int, x: int, y: int) -> str:
    """Return a number in strokes."""
    strokes = [_DIGITS[int(digit)] for digit in str(frame)]  # exact: digits
    digits = "".join(
        f'<path transform="translate({x + 1 + 7 * i} {y})" d="{found}"/>'
        for i, found in enumerate(strokes)
    )
    return f'<g fill="none" stroke="{_INK}" stroke-width="1.2">{digits}</g>'
