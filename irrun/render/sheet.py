"""A contact sheet: many frames in one picture, each with its number."""

import base64
from collections.abc import Sequence
from typing import Final

import msgspec

from irrun.ir.values import Viewport
from irrun.render.drawing import XMLNS, view_box
from irrun.render.vector.numbers import num

GAP: Final = 8
CAPTION: Final = 24
"""Height of the line under a cell, in pixels."""
_GROUND: Final = "#2a2a2a"
_INK: Final = "#f4f4f4"

_STEP: Final = 12
"""From one digit to the next, in pixels."""
_DIGITS: Final = (
    "M0 0H7V13H0Z", "M1 2L4 0V13M1 13H7", "M0 0H7V6H0V13H7", "M0 0H7V13H0M1 6H7", "M0 0V7H7M7 0V13",
    "M7 0H0V6H7V13H0", "M7 0H0V13H7V6H0", "M0 0H7L3 13", "M0 0H7V13H0ZM0 6H7", "M7 6H0V0H7V13H0",
)  # fmt: skip
"""Strokes of 0 to 9 in a box of 7 x 13: fonts differ from machine to machine."""


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
        parts.append(_number(cell.frame, x, y + height + 6, width))
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


def _number(frame: int, x: int, y: int, most: int) -> str:
    """Return a number in strokes, narrower where it would be wider than its cell."""
    strokes = [_DIGITS[int(digit)] for digit in str(frame)]  # exact: digits
    wide = _STEP * len(strokes)
    digits = "".join(
        f'<path transform="translate({1 + _STEP * i})" d="{found}"/>'
        for i, found in enumerate(strokes)
    )
    place = f"translate({x} {y})"
    if wide > most:
        place += f" scale({num(most / wide)} 1)"
    return (
        f'<g transform="{place}" fill="none" stroke="{_INK}" stroke-width="1.8" '
        f'stroke-linejoin="round">{digits}</g>'
    )
