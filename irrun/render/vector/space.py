"""Where the numbers of a pass come to lie in the picture."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from irrun.ir.render_frame import RectClip, View
from irrun.ir.values import Viewport
from irrun.limits import PICTURE_REACH
from irrun.render.vector.numbers import EXACT, decimals_before, is_finite, num

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

_ITSELF: Final = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
OUTSIDE: Final = 0.0
"""How far a shape reaches that is nowhere in the picture."""
_MITER: Final = 10.0
"""A corner of a line sticks out so many half widths at most, unless a miter limit says more."""


class Space:
    """The space in which the numbers of a pass are given.

    Args:
        view: The pass's matrix. One that is not finite is ignored, as by a canvas.
        viewport: What is seen.
        scale: Pixels of the picture to a CSS pixel, on the side where they are more.
    """

    def __init__(self, view: View | None, viewport: Viewport, scale: float) -> None:
        entries = _ITSELF if view is None else (view.a, view.b, view.c, view.d, view.e, view.f)
        self._matrix = entries if is_finite(*entries) else _ITSELF
        self._viewport = viewport
        self._scale = scale
        text = " ".join(num(x, EXACT) for x in self._matrix)
        self.transform = f' transform="matrix({text})"' if self._matrix is not _ITSELF else ""
        """The matrix as an attribute; nothing where there is none."""
        a, b, c, d, e, f = self._matrix
        growth = max(abs(a) + abs(c), abs(b) + abs(d))  # exact: a finite matrix
        self.write = partial(num, decimals=decimals_before(growth * scale))
        """Writes a number with the decimals that it needs."""
        room = PICTURE_REACH.value / scale - max(abs(e), abs(f))  # exact: finite
        self.near = room / growth if growth else room
        """What is within this of the origin in both coordinates can be drawn as pixels."""

    def reach(self, box: Box, width: float = 0.0, miter: float = _MITER) -> float | None:
        """Return how many pixels a shape in the picture reaches, if that is too far for pixels.

        Args:
            box: Around its outline.
            width: Of the line along its outline.
            miter: How many half widths a corner of the line may stick out.

        Returns:
            None if it can be drawn; OUTSIDE if nothing of it is seen.
        """
        corner = max(miter, 2.0)  # exact: no NaN
        left, top, right, bottom = self._shown(_grown(box, width / 2 * corner))
        seen = self._viewport
        if right < 0 or bottom < 0 or left > seen.w or top > seen.h:
            return OUTSIDE
        sides = self._shown(_grown(box, width / 2))
        far = float("inf")
        if is_finite(*sides):
            far = max(map(abs, sides)) * self._scale  # exact: finite
        return far if far > PICTURE_REACH.value else None

    def _shown(self, box: Box) -> Box:
        """Return the box in the viewport around what a box becomes."""
        return _mapped(self._matrix, box)

    def clip_text(self, clip: RectClip) -> str:
        """Return the attributes of a clip's rectangle.

        A negative width or height goes the other way. Of one that reaches far, what is in the
        picture is enough.
        """
        box = (
            min(clip.x, clip.x + clip.w), min(clip.y, clip.y + clip.h),  # exact: judged below
            max(clip.x, clip.x + clip.w), max(clip.y, clip.y + clip.h),  # exact: judged below
        )  # fmt: skip
        if not is_finite(clip.x, clip.y, clip.w, clip.h):
            return ' width="0" height="0"'
        if max(map(abs, box)) > self.near:  # exact: of a finite clip
            box = self._within(box)
        left, top, right, bottom = box
        write = self.write
        wide, high = max(right - left, 0.0), max(bottom - top, 0.0)  # exact: finite
        size = f'width="{write(wide)}" height="{write(high)}"'
        return f' x="{write(left)}" y="{write(top)}" {size}'

    def _within(self, box: Box) -> Box:
        """Return what of a box can be seen, at least; the box itself if that cannot be told."""
        a, b, c, d, e, f = self._matrix
        det = a * d - b * c
        if not is_finite(det) or det == 0:
            return box
        back = (d / det, -b / det, -c / det, a / det, (c * f - d * e) / det, (b * e - a * f) / det)
        seen = _mapped(back, (0.0, 0.0, self._viewport.w, self._viewport.h))
        if not is_finite(*seen):
            return box
        return (
            max(box[0], seen[0]), max(box[1], seen[1]),  # exact: finite
            min(box[2], seen[2]), min(box[3], seen[3]),  # exact: finite
        )  # fmt: skip


def _mapped(matrix: Sequence[float], box: Box) -> Box:
    a, b, c, d, e, f = matrix
    left, top, right, bottom = box
    x, y = left / 2 + right / 2, top / 2 + bottom / 2
    half_x, half_y = right / 2 - left / 2, bottom / 2 - top / 2
    middle_x, middle_y = a * x + c * y + e, b * x + d * y + f
    wide, high = abs(a) * half_x + abs(c) * half_y, abs(b) * half_x + abs(d) * half_y
    return middle_x - wide, middle_y - high, middle_x + wide, middle_y + high


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by
