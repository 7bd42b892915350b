"""A camera on what is drawn: the same frame, moved and scaled so that it fills the picture."""

from typing import Final

import msgspec
import numpy as np
from msgspec.structs import replace

from irrun.ir.render_frame import PostFxPass, RenderFrame, RenderPass, View
from irrun.ir.values import Viewport
from irrun.render.unseen.look import clip_box, drawn_passes, on_screen, view_of
from irrun.render.unseen.marks import F64, marks_of
from irrun.render.vector.numbers import is_finite
from irrun.render.vector.space import Box

MARGIN: Final = 0.05
"""Of the width and height of what is drawn, on each side."""


class Camera(msgspec.Struct, frozen=True):
    """A point of the frame is drawn at scale * point + (x, y)."""

    scale: float
    x: float
    y: float

    def shows(self, viewport: Viewport) -> Box:
        """Return what of the frame's plane a viewport shows."""
        left, top = -self.x / self.scale, -self.y / self.scale
        return left, top, left + viewport.w / self.scale, top + viewport.h / self.scale


def bounds_of(frame: RenderFrame) -> Box | None:
    """Return the box around all that a frame paints, on whatever viewport; None if it is nothing.

    Raises:
        CannotDraw: IR483.
    """
    found = None
    for drawn in drawn_passes(frame):
        if drawn is None:
            continue
        marks = marks_of(frame, drawn)
        is_painted = np.ones(marks.count, np.bool_)
        for _, mask in marks.faults:
            is_painted &= ~mask
        boxes = _clipped(marks.boxes[:, is_painted], clip_box(drawn))
        with np.errstate(all="ignore"):
            boxes = on_screen(drawn, boxes)
        boxes = boxes[:, np.isfinite(boxes).all(axis=0)]
        if boxes.size:
            left, top = boxes[:2].min(axis=1).tolist()  # exact: finite
            right, bottom = boxes[2:].max(axis=1).tolist()  # exact: finite
            found = united(found, (left, top, right, bottom))
    return found


def _clipped(boxes: F64, clip: F64 | None) -> F64:
    """Return what of boxes a clip leaves."""
    if clip is None:
        return boxes
    least = np.maximum(boxes[:2], clip[:2])  # exact: a NaN is dropped later
    most = np.minimum(boxes[2:], clip[2:])  # exact: a NaN is dropped later
    return np.concatenate([least, most])[:, (least < most).all(axis=0)]


def united(a: Box | None, b: Box | None) -> Box | None:
    """Return the box around two boxes."""
    if a is None or b is None:
        return b if a is None else a
    return (
        min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]),  # exact: finite
    )  # fmt: skip


def camera_on(box: Box, viewport: Viewport) -> Camera | None:
    """Return the camera that shows a box with a margin in the middle of a viewport.

    None if no number is large enough, or small enough, for that.
    """
    left, top, right, bottom = box
    room = 1 + 2 * MARGIN
    wide, high = (right - left) * room, (bottom - top) * room
    if not is_finite(wide, high) or not (wide > 0 or high > 0):
        return None
    scales = [full / side for full, side in ((viewport.w, wide), (viewport.h, high)) if side > 0]
    scale = min(scales)  # exact: above 0
    x = viewport.w / 2 - scale * (left / 2 + right / 2)
    y = viewport.h / 2 - scale * (top / 2 + bottom / 2)
    return Camera(scale, x, y) if scale > 0 and is_finite(scale, x, y) else None


def through(frame: RenderFrame, camera: Camera) -> RenderFrame:
    """Return a frame as a camera sees it."""
    overlays = None if frame.overlays is None else tuple(_seen(p, camera) for p in frame.overlays)
    passes = tuple(_seen(found, camera) for found in frame.passes)
    return replace(frame, passes=passes, overlays=overlays)


def _seen(found: RenderPass, camera: Camera) -> RenderPass:
    if isinstance(found, PostFxPass):
        return found
    view, k = view_of(found), camera.scale
    a, b, c, d = k * view.a, k * view.b, k * view.c, k * view.d
    moved = View(a=a, b=b, c=c, d=d, e=k * view.e + camera.x, f=k * view.f + camera.y)
    return replace(found, header=replace(found.header, view=moved))
