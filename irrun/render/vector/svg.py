"""Draw a render frame (runtime-semantics section 16)."""

from collections.abc import Callable
from itertools import chain, repeat
from typing import Final

from irrun.errors import IrrunError
from irrun.errors.checks.values import NanSortKey
from irrun.errors.rendering import NotDrawn
from irrun.ir.render_frame import (
    Instances2DPass,
    PassHeader,
    PathClip,
    Paths2DPass,
    PathStyle,
    RectClip,
    RenderFrame,
    RenderPass,
    Shape2DMaterial,
)
from irrun.ir.types import kind_of
from irrun.ir.values import Viewport
from irrun.limits import SVG_CHARACTERS
from irrun.numerics.convert import to_u32
from irrun.numerics.order import ascending
from irrun.render.drawing import Drawing, Layer, fill_text, stroke_text
from irrun.render.vector.attributes import alpha_of, elements_of, numbers, paints
from irrun.render.vector.bounds import over
from irrun.render.vector.colors import Paint, ground_of
from irrun.render.vector.numbers import is_finite, num
from irrun.render.vector.paths import box_of, path_data
from irrun.render.vector.shapes import shape_text
from irrun.render.vector.space import Space

Report = Callable[[IrrunError], None]

WHITE: Final = 0xFFFFFFFF
_SIZE: Final = 10.0
_MITER: Final = 10.0
"""A canvas' miter limit; SVG's own is 4."""
_MITERED: Final = f' stroke-miterlimit="{num(_MITER)}"'
_BLENDS: Final = {"add": "plus-lighter", "multiply": "multiply", "screen": "screen"}


def draw(
    frame: RenderFrame,
    viewport: Viewport,
    *,
    background: Paint | None = None,
    report: Report = lambda finding: None,
    prefix: str = "",
    scale: float = 1.0,
) -> Drawing:
    """Draw a frame.

    Args:
        frame: The frame; it holds the arrays that its passes refer to.
        viewport: What is seen of it.
        background: Takes the place of the frame's clear colour.
        report: Takes a warning for each thing that is not drawn.
        prefix: Begins the ids in the drawing, so that several can be in one document.
        scale: Pixels of the picture to a CSS pixel: what is scaled up has more decimals.

    Raises:
        CannotDraw: IR483.
        PictureLimit: IR486.
    """
    drawing = Drawing(viewport, ground_of(frame.clear) if background is None else background)
    for found in frame.passes:
        if found.header.z != found.header.z:
            report(NanSortKey(what=f"z of pass {found.header.id}"))
    ordered = sorted(frame.passes, key=lambda found: ascending(found.header.z))
    for number, found in enumerate((*ordered, *(frame.overlays or ()))):
        if found.header.enabled:
            clip_id = f"{prefix}c{number}"
            space = Space(found.header.view, viewport, max(scale, 1.0))  # exact: never NaN
            _Painter(frame, found, drawing, space, clip_id, report).paint()
    return drawing


class _Painter:
    """Paints one pass into a layer of the drawing."""

    def __init__(
        self,
        frame: RenderFrame,
        found: RenderPass,
        drawing: Drawing,
        space: Space,
        clip_id: str,
        report: Report,
    ) -> None:
        self._frame = frame
        self._found = found
        self._drawing = drawing
        self._report = report
        header = found.header
        blend = header.blend
        self._alpha = 1.0 if blend is None else alpha_of(1.0, _or(blend.opacity, 1.0))
        self._blended = "" if blend is None else _BLENDS.get(blend.mode, "")
        self._space = space
        self._layer = Layer(header.id, is_added=blend is not None and blend.mode == "add")
        self._each = ""
        self._set_space(header, clip_id)

    def paint(self) -> None:
        """Paint the pass; what is not drawn is reported."""
        found, drawing = self._found, self._drawing
        if isinstance(found, Instances2DPass):
            if not isinstance(found.material, Shape2DMaterial):
                self._not_drawn(f"material `{kind_of(found.material)}` is not drawn")
                return
            if found.sort is not None and found.sort.kind != "none":
                self._not_drawn("instances are drawn in their own order, not sorted")
            self._instances(found)
        elif isinstance(found, Paths2DPass):
            self._paths(found)
        else:
            self._not_drawn("postfx is not drawn")
            return
        drawing.passes += 1
        if self._layer.elements:
            drawing.layers.append(self._layer)

    def _not_drawn(self, what: str) -> None:
        self._report(NotDrawn(id=self._found.header.id, what=what))

    def _set_space(self, header: PassHeader, clip_id: str) -> None:
        """Set transform, clip and blend: on the group, or on each element where they blend.

        A group that clips is isolated: what is in it would not see what is below.
        """
        attributes = self._space.transform
        if isinstance(header.clip, RectClip):
            self._layer.definitions = (
                f'<clipPath id="{clip_id}"><rect{self._space.clip_text(header.clip)}/></clipPath>'
            )
            attributes += f' clip-path="url(#{clip_id})"'
        elif isinstance(header.clip, PathClip):
            self._not_drawn("a path clips nothing")
        if self._blended:
            self._each = f'{attributes} style="mix-blend-mode:{self._blended}"'
        elif attributes:
            self._layer.opening = f"<g{attributes}>"

    def _instances(self, found: Instances2DPass) -> None:
        frame, count, buffers = self._frame, max(found.count, 0), found.buffers
        write, near = self._space.write, self._space.near
        places = elements_of(frame, buffers.pos_xy, 2 * count)
        rows = zip(
            numbers(frame, buffers.shape_id, 0, count),
            places[0 : 2 * count : 2],
            places[1 : 2 * count : 2],
            numbers(frame, buffers.size, _SIZE, count),
            numbers(frame, buffers.rot, 0.0, count),
            numbers(frame, buffers.opacity, 1.0, count),
            paints(frame, buffers.color_rgba, WHITE, count),
            numbers(frame, buffers.stroke_width, 0.0, count),
            paints(frame, buffers.stroke_color_rgba, 0, count),
            strict=False,  # buffers may be longer than they need be
        )
        for shape, x, y, size, turn, opacity, fill, width, stroke in rows:
            if not is_finite(x, y, size, turn):
                self._drawing.left_out += 1
                continue
            self._drawing.instances += 1
            if size == 0:
                continue
            element = shape_text(to_u32(shape), x, y, size, turn, write)
            alpha = alpha_of(self._alpha, opacity)
            line, scaled = "", 0.0
            if stroke is not None:
                scaled = _width(width) * abs(size)
                line = stroke_text(stroke, alpha, write(scaled)) + _MITERED
            far = None
            if abs(x) + abs(y) + abs(size) + scaled > near:
                half = 0.75 * abs(size)  # a square stands on its corner
                far = self._space.reach((x - half, y - half, x + half, y + half), scaled)
            self._add(element, alpha, fill, stroke, line, far)

    def _paths(self, found: Paths2DPass) -> None:
        frame, geometry, style = self._frame, found.geometry, found.style
        count = max(geometry.path_count, 0)
        commands = elements_of(frame, geometry.commands)
        points = elements_of(frame, geometry.points_xy)
        fills = paints(frame, style.fill_color_rgba, 0, count if found.draw.fill else 0)
        strokes = paints(frame, style.stroke_color_rgba, 0, count if found.draw.stroke else 0)
        rows = zip(
            elements_of(frame, geometry.path_command_start, count)[:count],
            elements_of(frame, geometry.path_command_len, count),
            elements_of(frame, geometry.path_point_start, count),
            numbers(frame, style.opacity, 1.0, count),
            chain(fills, repeat(None)),
            chain(strokes, repeat(None)),
            numbers(frame, style.stroke_width, 1.0, count),
            strict=False,  # buffers may be longer than they need be
        )
        rule = ' fill-rule="evenodd"' if style.fill_rule == "evenodd" else ""
        write, near, miter = self._space.write, self._space.near, _miter(style)
        lines = _line_text(style, miter, write)
        for start, length, cursor, opacity, fill, stroke, width in rows:
            self._drawing.paths += 1
            data, end = path_data(commands, points, start, length, cursor, write)
            if not data:
                continue
            alpha = alpha_of(self._alpha, opacity)
            line, wide = "", 0.0
            if stroke is not None:
                wide = _width(width)
                line = stroke_text(stroke, alpha, write(wide)) + lines
            used, far = points[2 * cursor : 2 * end], None
            if not max(map(abs, used)) + wide <= near:  # exact: a NaN is not drawn
                far = self._space.reach(box_of(used), wide, miter)
            self._add(f'<path d="{data}"{rule}', alpha, fill, stroke, line, far)

    def _add(
        self,
        element: str,
        alpha: float,
        fill: Paint | None,
        stroke: Paint | None,
        line: str,
        far: float | None,
    ) -> None:
        """Add an element with fill and stroke; where it blends, they blend one by one."""
        filled = fill is not None and fill.alpha * alpha > 0
        lined = stroke is not None and stroke.alpha * alpha > 0
        if filled and lined and self._blended:
            self._append(f"{element}{fill_text(fill, alpha)}{self._each}/>", far)
            filled = False
        if filled or lined:
            paint = fill_text(fill if filled else None, alpha)
            self._append(f"{element}{paint}{line if lined else ''}{self._each}/>", far)

    def _append(self, element: str, far: float | None) -> None:
        layer, drawing = self._layer, self._drawing
        if far is not None:
            layer.far[len(layer.elements)] = far
        layer.elements.append(element)
        drawing.characters += len(element)
        if drawing.characters > SVG_CHARACTERS.value:
            raise over(SVG_CHARACTERS, "the picture", drawing.characters)


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _width(width: float) -> float:
    """Return a line width; a canvas ignores what is not above 0, and stays at 1."""
    return width if is_finite(width) and width > 0 else 1.0


def _miter(style: PathStyle) -> float:
    """Return the miter limit; a canvas ignores what is not above 0, and SVG takes from 1."""
    limit = _or(style.miter_limit, _MITER)
    return max(limit, 1.0) if is_finite(limit) and limit > 0 else _MITER  # exact: never NaN


def _line_text(style: PathStyle, miter: float, write: Callable[[float], str]) -> str:
    """Return caps, joins and dashes where they differ from SVG's own."""
    parts = []
    if style.line_cap not in (None, "butt"):
        parts.append(f' stroke-linecap="{style.line_cap}"')
    if style.line_join in (None, "miter"):
        parts.append(f' stroke-miterlimit="{num(miter)}"')
    else:
        parts.append(f' stroke-linejoin="{style.line_join}"')
    dash = style.dash
    if dash is not None and _is_pattern(dash.pattern):
        parts.append(f' stroke-dasharray="{" ".join(map(write, dash.pattern))}"')
        if dash.offset and is_finite(dash.offset):
            parts.append(f' stroke-dashoffset="{write(dash.offset)}"')
    return "".join(parts)


def _is_pattern(pattern: tuple[float, ...]) -> bool:
    """True for a pattern that a canvas takes and that leaves gaps."""
    return is_finite(*pattern) and all(x >= 0 for x in pattern) and any(x > 0 for x in pattern)
