"""Look at a frame as a viewer does: what is seen of each pass, and where it is."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import msgspec
import numpy as np

from irrun.ir.render_frame import (
    Instances2DPass,
    Paths2DPass,
    RectClip,
    RenderFrame,
    Shape2DMaterial,
    View,
)
from irrun.ir.values import Viewport
from irrun.numerics.order import ascending
from irrun.render.unseen.marks import F64, Fault, Marks, Mask, marks_of
from irrun.render.vector.colors import Paint, paint_of_packed
from irrun.render.vector.numbers import is_finite

Cause = Fault | Literal["outside", "clip", "tiny"]
"""Why an element is not seen."""

TINY: Final = 0.5
"""CSS pixels; what is smaller leaves hardly a trace."""
EMPTY: Final = "empty"
_COLORS: Final = 8
"""Colours among which it is worth to look for a single one."""
_ITSELF: Final = View(a=1.0, b=0.0, c=0.0, d=1.0, e=0.0, f=0.0)

Drawn = Instances2DPass | Paths2DPass


class PassLook(msgspec.Struct, frozen=True):
    """What is seen of one pass."""

    id: str
    what: Literal["instance", "path"] = "instance"
    count: int = 0
    is_enabled: bool = True
    unseen: tuple[tuple[Cause, int], ...] = ()
    """How many elements are not seen, by cause; each element has one."""
    place: tuple[float, float] | None = None
    """Where all of several instances are."""

    @property
    def seen(self) -> int:
        """How many elements are seen."""
        seen = self.count
        for _, count in self.unseen:
            seen -= count
        return seen


class FrameLook(msgspec.Struct, frozen=True):
    """What is seen of a frame."""

    passes: tuple[PassLook, ...]
    """In the frame's order, overlays last; one that is not drawn has no elements."""
    color: str | None
    """What the whole picture is painted with, if it is one colour; `EMPTY` without any paint."""

    @property
    def seen(self) -> int:
        """How many elements are seen."""
        seen = 0
        for found in self.passes:
            seen += found.seen
        return seen


def is_drawn(found: object) -> bool:
    """True for a pass that is drawn at all."""
    if isinstance(found, Instances2DPass):
        return found.header.enabled and isinstance(found.material, Shape2DMaterial)
    return isinstance(found, Paths2DPass) and found.header.enabled


def drawn_passes(frame: RenderFrame) -> Iterator[Drawn | None]:
    """Yield the passes, overlays last; None for one that is not drawn."""
    for found in (*frame.passes, *(frame.overlays or ())):
        yield found if is_drawn(found) and isinstance(found, Drawn) else None


def look_at(frame: RenderFrame, viewport: Viewport, ground: Paint | None) -> FrameLook:
    """Return what is seen of a frame.

    Args:
        frame: The frame; it holds the arrays that its passes refer to.
        viewport: What is seen of it.
        ground: What it is painted on.

    Raises:
        CannotDraw: IR483.
    """
    looks: list[PassLook] = []
    headers = [found.header for found in (*frame.passes, *(frame.overlays or ()))]
    colors = _Colors(viewport, ground)
    for number, found in enumerate(drawn_passes(frame)):
        if found is None:
            looks.append(PassLook(headers[number].id, is_enabled=headers[number].enabled))
            continue
        marks = marks_of(frame, found)
        seen = np.ones(marks.count, np.bool_)
        unseen: list[tuple[Cause, int]] = []
        for cause, mask in (*marks.faults, *_out_of_sight(found, marks, viewport)):
            count = int(np.count_nonzero(mask & seen))
            if count:
                unseen.append((cause, count))
                seen &= ~mask
        colors.add(found, marks, seen, is_overlay=number >= len(frame.passes))
        what: Literal["instance", "path"] = "path" if isinstance(found, Paths2DPass) else "instance"
        place = _place(marks)
        looks.append(
            PassLook(found.header.id, what, marks.count, unseen=tuple(unseen), place=place)
        )
    return FrameLook(tuple(looks), colors.only())


def _place(marks: Marks) -> tuple[float, float] | None:
    """Return where all of several instances are, if that is one place."""
    places = marks.places
    if places is None or len(places) < 2 or not (places == places[0]).all():
        return None
    return float(places[0, 0]), float(places[0, 1])


def _out_of_sight(found: Drawn, marks: Marks, viewport: Viewport) -> tuple[tuple[Cause, Mask], ...]:
    """Return which elements are nowhere in the picture, or too small."""
    with np.errstate(all="ignore"):
        shown = on_screen(found, marks.boxes)
        picture = np.array([[0.0], [0.0], [viewport.w], [viewport.h]])
        outside = ~_overlap(shown, picture)
        clipped = np.zeros(marks.count, np.bool_)
        clip = clip_box(found)
        if clip is not None:
            clipped = ~_overlap(marks.boxes, clip)
            outside |= ~_overlap(on_screen(found, clip), picture)
        tiny = (shown[2] - shown[0] < TINY) & (shown[3] - shown[1] < TINY)
    return ("clip", clipped), ("outside", outside), ("tiny", tiny)


def _overlap(boxes: F64, one: F64) -> Mask:
    """Return which boxes have a part of one, shape (4, 1); what is not finite counts as one."""
    apart = (boxes[2:] <= one[:2]) | (boxes[:2] >= one[2:]) | (one[:2] >= one[2:])
    return np.asarray(~apart.any(axis=0))


def clip_box(found: Drawn) -> F64 | None:
    """Return the clip of a pass in its own space, shape (4, 1); of zeros if it shows nothing."""
    clip = found.header.clip
    if not isinstance(clip, RectClip):
        return None
    if not is_finite(clip.x, clip.y, clip.w, clip.h):
        return np.zeros((4, 1))
    corners = np.array([[clip.x, clip.x + clip.w], [clip.y, clip.y + clip.h]])
    least, most = corners.min(axis=1), corners.max(axis=1)  # exact: finite
    return np.concatenate([least, most]).reshape(4, 1)


def view_of(found: Drawn) -> View:
    """Return the matrix of a pass; one that is not finite is ignored, as by a canvas."""
    view = found.header.view
    if view is None or not is_finite(view.a, view.b, view.c, view.d, view.e, view.f):
        return _ITSELF
    return view


def on_screen(found: Drawn, boxes: F64) -> F64:
    """Return the boxes around what boxes of a pass become, shape (4, n)."""
    view = view_of(found)
    if view is _ITSELF:
        return boxes
    left, top, right, bottom = boxes
    x, y = left / 2 + right / 2, top / 2 + bottom / 2
    half_x, half_y = right / 2 - left / 2, bottom / 2 - top / 2
    middle_x = view.a * x + view.c * y + view.e
    middle_y = view.b * x + view.d * y + view.f
    wide = abs(view.a) * half_x + abs(view.c) * half_y
    high = abs(view.b) * half_x + abs(view.d) * half_y
    return np.stack([middle_x - wide, middle_y - high, middle_x + wide, middle_y + high])


class _Colors:
    """Finds out if a picture is of one colour."""

    def __init__(self, viewport: Viewport, ground: Paint | None) -> None:
        self._viewport = viewport
        self._ground = EMPTY if ground is None or ground.alpha == 0 else ground.text
        self._layers: list[tuple[bool, float, set[str], bool]] = []
        """Of each pass: if it is an overlay, its z, its colours, and if it covers the picture."""

    def add(self, found: Drawn, marks: Marks, seen: Mask, *, is_overlay: bool) -> None:
        """Take in a pass, of which some elements are seen."""
        cover = _last_cover(found, marks, seen, self._viewport)
        shown = np.flatnonzero(seen)
        if cover is not None:
            shown = shown[shown >= cover]
        colors = _texts(marks, shown)
        blend = found.header.blend
        if blend is not None and blend.mode != "normal" and shown.size:
            colors.add("what it makes of what is below")
        self._layers.append((is_overlay, found.header.z, colors, cover is not None))

    def only(self) -> str | None:
        """Return the one colour of the picture."""
        found = {self._ground}
        ordered = sorted(self._layers, key=lambda layer: (layer[0], ascending(layer[1])))
        for _, _, colors, covers in ordered:
            found = colors if covers else found | colors
        return next(iter(found)) if len(found) == 1 else None


def _texts(marks: Marks, shown: np.ndarray[tuple[int, ...], np.dtype[np.intp]]) -> set[str]:
    """Return the colours of elements without their alpha, as texts, or some of many."""
    packed = np.concatenate([marks.fills[shown], marks.lines[shown]])
    packed = np.unique(packed[packed >> 24 > 0])  # exact: whole numbers
    paints = (paint_of_packed(float(number)) for number in packed[:_COLORS].tolist())
    return {paint.text for paint in paints if paint is not None}


def _last_cover(found: Drawn, marks: Marks, seen: Mask, viewport: Viewport) -> int | None:
    """Return the last instance that covers the whole picture, if one does."""
    header = found.header
    is_plain = header.clip is None and (header.blend is None or header.blend.mode == "normal")
    if marks.whole is None or marks.places is None or not is_plain:
        return None
    half, is_square = marks.whole
    is_opaque = (marks.fills >> 24 == 255) & (marks.lines >> 24 == 0) & (marks.alpha == 1)
    chosen = np.flatnonzero(seen & is_opaque & (half > 0))
    corners = _corners(found, viewport)
    if not chosen.size or corners is None:
        return None
    with np.errstate(all="ignore"):
        x, y = (np.abs(c[:, None] - marks.places[chosen, i]) for i, c in enumerate(corners))
        radius = half[chosen]
        is_in = np.where(
            is_square[chosen] == 1, (x <= radius) & (y <= radius), x * x + y * y <= radius * radius
        ).all(axis=0)
    return int(chosen[is_in][-1]) if is_in.any() else None  # exact: an index


def _corners(found: Drawn, viewport: Viewport) -> Sequence[F64] | None:
    """Return x and y of the corners of the picture in the space of a pass, shape (4,) each."""
    view = view_of(found)
    det = view.a * view.d - view.b * view.c
    if not is_finite(det) or det == 0:
        return None
    x = np.array([0.0, viewport.w, 0.0, viewport.w]) - view.e
    y = np.array([0.0, 0.0, viewport.h, viewport.h]) - view.f
    return (view.d * x - view.c * y) / det, (view.a * y - view.b * x) / det
