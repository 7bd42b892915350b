"""What the elements of a pass paint, as arrays: their boxes, colours, and what keeps them out."""

from typing import Any, Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from irrun.ir.render_frame import (
    BufferRef,
    Instances2DPass,
    PassHeader,
    Paths2DPass,
    RenderFrame,
    ScalarF32,
    ScalarU16,
    ScalarU32,
)
from irrun.numerics.convert import to_u32
from irrun.render.vector.attributes import alpha_of, array_of
from irrun.render.vector.paths import POINTS
from irrun.render.vector.shapes import CIRCLE, SQUARE

F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]
Colors = NDArray[np.uint32]

Fault = Literal["not finite", "size", "points", "opacity", "color", "paint", "area"]
"""What keeps an element from being painted anywhere."""

_WHITE: Final = 0xFFFFFFFF
_SIZE: Final = 10.0
_TURNED: Final = 0.7072
"""Of the edge of a square, from its middle to a corner."""
_CORNERS: Final = {CIRCLE: 1.0, SQUARE: 1.4143}
_SHARP: Final = 4.0
"""How many half widths the line around a shape sticks out of its corners: of a star, about."""


class Marks(msgspec.Struct, frozen=True):
    """What the elements of a pass paint, wherever a viewer looks; n elements."""

    boxes: F64
    """Left, top, right, bottom with the line, in the pass's own space, shape (4, n); NaN where an
    element has no finite place."""
    fills: Colors
    """Packed and premultiplied as in a frame, shape (n,); 0 where nothing is filled."""
    lines: Colors
    """The same of lines."""
    alpha: F64
    """What opacity of element and pass come to, shape (n,)."""
    faults: tuple[tuple[Fault, Mask], ...]
    """What keeps elements out, in the order in which it counts: the first is why."""
    places: F64 | None = None
    """Of instances, shape (n, 2)."""
    whole: tuple[F64, F64] | None = None
    """Of instances: half a side or a radius, 0 where it is no circle nor upright square; and
    which of both, 1 for a square. Shape (n,) each."""

    @property
    def count(self) -> int:
        """How many elements there are."""
        return self.alpha.size


def marks_of(frame: RenderFrame, found: Instances2DPass | Paths2DPass) -> Marks:
    """Return what a pass paints.

    Raises:
        CannotDraw: IR483.
    """
    with np.errstate(all="ignore"):
        if isinstance(found, Instances2DPass):
            return _of_instances(frame, found)
        return _of_paths(frame, found)


def _of_instances(frame: RenderFrame, found: Instances2DPass) -> Marks:
    count, buffers = max(found.count, 0), found.buffers  # exact: whole numbers
    places = array_of(frame, buffers.pos_xy, 2 * count)[: 2 * count].astype(np.float64)
    places = places.reshape(-1, 2)
    size = _numbers(frame, buffers.size, _SIZE, count)
    turn = _numbers(frame, buffers.rot, 0.0, count)
    shape = np.trunc(_numbers(frame, buffers.shape_id, 0.0, count))
    fills = _colors(frame, buffers.color_rgba, _WHITE, count)
    lines = _colors(frame, buffers.stroke_color_rgba, 0, count)
    alpha = _alpha(found.header, _numbers(frame, buffers.opacity, 1.0, count))
    width = _widths(_numbers(frame, buffers.stroke_width, 0.0, count), lines) * np.abs(size)
    corner = np.select([shape == kind for kind in _CORNERS], list(_CORNERS.values()), _SHARP)
    is_square = shape == SQUARE
    half = np.abs(size) * np.where(is_square & (turn != 0), _TURNED, 0.5)
    reach = half + width / 2 * corner
    is_whole = (shape == CIRCLE) | (is_square & (turn == 0))
    is_finite = np.isfinite(places).all(axis=1) & np.isfinite(size) & np.isfinite(turn)
    boxes = np.concatenate([places.T - reach, places.T + reach])
    boxes[:, ~is_finite] = np.nan
    faults: list[tuple[Fault, Mask]] = [("not finite", ~is_finite), ("size", size == 0)]
    return Marks(
        boxes, fills, lines, alpha, (*faults, *_paint_faults(fills, lines, alpha)),
        places=places, whole=(np.where(is_whole, half, 0.0), is_square.astype(np.float64)),
    )  # fmt: skip


def _of_paths(frame: RenderFrame, found: Paths2DPass) -> Marks:
    style, draw = found.style, found.draw
    boxes, has_points = _path_boxes(frame, found)
    count = has_points.size
    nothing = np.zeros(count, np.uint32)
    fills = _colors(frame, style.fill_color_rgba, 0, count) if draw.fill else nothing
    lines = _colors(frame, style.stroke_color_rgba, 0, count) if draw.stroke else nothing
    alpha = _alpha(found.header, _numbers(frame, style.opacity, 1.0, count))
    is_lined = (lines >> 24) * alpha > 0
    wide, high = boxes[2] - boxes[0], boxes[3] - boxes[1]
    has_caps = style.line_cap not in (None, "butt")
    no_area = (wide == 0) | (high == 0)
    no_line = (wide == 0) & (high == 0) & (not has_caps)
    reach = _widths(_numbers(frame, style.stroke_width, 1.0, count), lines) / 2
    boxes += np.array([[-1.0], [-1.0], [1.0], [1.0]]) * reach
    paints = (draw.fill, style.fill_color_rgba), (draw.stroke, style.stroke_color_rgba)
    has_paint = any(is_asked and color is not None for is_asked, color in paints)
    unpainted: tuple[tuple[Fault, Mask], ...] = _paint_faults(fills, lines, alpha)
    if not has_paint:
        unpainted = (("paint", np.ones(count, np.bool_)),)
    flat = np.where(is_lined, no_line, no_area)
    return Marks(boxes, fills, lines, alpha, (("points", ~has_points), *unpainted, ("area", flat)))


def _path_boxes(frame: RenderFrame, found: Paths2DPass) -> tuple[F64, Mask]:
    """Return the boxes of paths without their lines, and which have something to draw."""
    geometry = found.geometry
    count = max(geometry.path_count, 0)  # exact: whole numbers
    rows = (geometry.path_command_start, geometry.path_command_len, geometry.path_point_start)
    starts, lengths, first = (array_of(frame, r, count)[:count].astype(np.int64) for r in rows)
    codes = array_of(frame, geometry.commands)
    before = np.zeros(codes.size + 1, np.int64)
    np.cumsum(np.array(POINTS)[np.where(codes < len(POINTS), codes, 0)], out=before[1:])
    points = array_of(frame, geometry.points_xy).astype(np.float64)
    points = points[: points.size // 2 * 2].reshape(-1, 2).T
    points = np.where(np.isfinite(points), points, np.nan)
    # What leads beyond the buffers is an error when it is drawn; here it is cut.
    starts, ends = (np.minimum(at, codes.size) for at in (starts, starts + lengths))  # exact: whole
    last = np.minimum(first + before[ends] - before[starts], points.shape[1])  # exact: whole
    has_points = (lengths > 1) & (first < last)
    boxes = np.full((4, count), np.nan)
    if has_points.any():
        pairs = np.stack([first, last], axis=1)[has_points].reshape(-1)
        padded = np.concatenate([points, np.full((2, 1), np.nan)], axis=1)
        boxes[:2, has_points] = np.fmin.reduceat(padded, pairs, axis=1)[:, ::2]  # exact: order
        boxes[2:, has_points] = np.fmax.reduceat(padded, pairs, axis=1)[:, ::2]  # exact: order
    return boxes, has_points & ~np.isnan(boxes).any(axis=0)


def _numbers(
    frame: RenderFrame,
    attribute: BufferRef | ScalarF32 | ScalarU16 | None,
    default: float,
    count: int,
) -> F64:
    """Return one number for each element."""
    if isinstance(attribute, BufferRef):
        return array_of(frame, attribute, count)[:count].astype(np.float64)
    return np.full(count, default if attribute is None else attribute.value, np.float64)


def _colors(
    frame: RenderFrame, attribute: BufferRef | ScalarU32 | None, default: int, count: int
) -> Colors:
    """Return one packed colour for each element."""
    if isinstance(attribute, BufferRef):
        data = array_of(frame, attribute, 4 * count)[: 4 * count].astype(np.uint8)
        return data.view("<u4").astype(np.uint32)
    return np.full(count, default if attribute is None else to_u32(attribute.value), np.uint32)


def _alpha(header: PassHeader, opacity: F64) -> F64:
    """Return what opacities come to; a canvas ignores what is not within 0 to 1."""
    blend = header.blend
    base = 1.0 if blend is None or blend.opacity is None else alpha_of(1.0, blend.opacity)
    found = base * opacity
    result: F64 = np.where((found >= 0) & (found <= 1), found, base)
    return result


def _widths(widths: F64, lines: Colors) -> F64:
    """Return line widths, 0 where there is no line; what is not above 0 counts as 1."""
    is_width = np.isfinite(widths) & (widths > 0)
    found: F64 = np.where(lines >> 24 > 0, np.where(is_width, widths, 1.0), 0.0)
    return found


def _paint_faults(fills: Colors, lines: Colors, alpha: F64) -> tuple[tuple[Fault, Mask], ...]:
    has_color: Any = ((fills | lines) >> 24) > 0
    return ("opacity", alpha == 0), ("color", ~has_color)
