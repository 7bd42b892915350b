"""Numbers are as exact as what is seen of them, and what is too far for pixels is told."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from render.samples import FrameBuilder, packed, scalar

from irrun.errors.rendering import CannotDraw, OutOfReach, PictureLimit
from irrun.ir.render_frame import RectClip, View
from irrun.ir.values import Viewport
from irrun.render.drawing import Drawing
from irrun.render.frames import frame_of
from irrun.render.vector.space import OUTSIDE, Space
from irrun.render.vector.svg import draw
from irrun.runtime.runtime import Runtime

SEEN = Viewport(200.0, 100.0, 1.0)
WHITE = {"kind": "scalar:u32", "value": packed(255, 255, 255)}
SQUARE = ["M", 0.0124, 0.0124, "L", 0.0376, 0.0124, "L", 0.0376, 0.0376, "Z"]


def view(*entries: float) -> dict[str, object]:
    return {"view": dict(zip("abcdef", entries, strict=True))}


def drawn(f: FrameBuilder, scale: float = 1.0) -> Drawing:
    """Draw the frame of a builder."""
    runtime = Runtime(f.program().program())
    (value,) = runtime.run_frame(0.0).outputs.values()
    return draw(frame_of(value, runtime.values.peek), SEEN, scale=scale)


def paths(*path: object, header: dict[str, object] | None = None, **style: object) -> FrameBuilder:
    f = FrameBuilder("paths")
    more = {"stroke": True} if "strokeColorRGBA" in style else {"fill": True, "stroke": False}
    f.paths([list(path)], header, **more, fillColorRGBA=WHITE, **style)  # type: ignore[arg-type]
    return f


# --- Accuracy -------------------------------------------------------------------------------


def test_what_a_view_scales_up_keeps_its_places() -> None:
    """A square of 0.0124 to 0.0376 is 49.6 to 150.4 pixels at 4000 times its size."""
    markup = drawn(paths(*SQUARE, header=view(4000, 0, 0, 4000, 0, 0))).markup()

    assert 'transform="matrix(4000 0 0 4000 0 0)"' in markup
    assert 'd="M0.0124 0.0124L0.0376 0.0124L0.0376 0.0376Z"' in markup


def test_a_view_that_scales_down_is_exact() -> None:
    """Six decimals of 0.0000431728 would be half a pixel of 172."""
    f = paths("M", 0, 0, "L", 4e6, 0, "L", 4e6, 4e6, header=view(4.31728e-05, 0, 0, 1e-5, 0, 1e-7))

    assert 'transform="matrix(4.31728e-05 0 0 1e-05 0 1e-07)"' in drawn(f).markup()


def test_a_picture_larger_than_the_viewport_has_more_decimals() -> None:
    """A thousandth of a CSS pixel can be seen where each is a hundred pixels."""
    f = paths("M", 1 / 3, 0, "L", 5, 2 / 3, "L", 0, 5)

    assert 'd="M0.333 0L5 0.667L0 5"' in drawn(f).markup()
    assert 'd="M0.33333 0L5 0.66667L0 5"' in drawn(f, scale=100.0).markup()


SIZES = st.floats(-300, 300).map(lambda exponent: 10.0**exponent)
NUMBER = re.compile(r"-?[0-9.]+(?:e[+-]?[0-9]+)?")


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=2), SIZES, SIZES, st.floats(-7, 7))
def test_every_place_is_right_to_a_thousandth(
    place: list[float], size: float, other: float, turn: float
) -> None:
    """Whatever the matrix: text and matrix of the file give the place that the numbers give."""
    a, b = size * math.cos(turn), size * math.sin(turn)
    c, d = -other * math.sin(turn), other * math.cos(turn)
    space = Space(View(a=a, b=b, c=c, d=d, e=1 / 3, f=-5.0), SEEN, 1.0)
    ma, mb, mc, md, me, mf = (float(x) for x in NUMBER.findall(space.transform))
    # What is a thousandth of what is seen: numbers are given near the picture.
    x, y = place[0] / max(size, other), place[1] / max(size, other)
    tx, ty = (float(space.write(v)) for v in (x, y))

    assert ma * tx + mc * ty + me == pytest.approx(a * x + c * y + 1 / 3, abs=1e-3)
    assert mb * tx + md * ty + mf == pytest.approx(b * x + d * y - 5.0, abs=1e-3)


# --- Reach ----------------------------------------------------------------------------------

TELLS = {
    "in the picture": ((0, 0, 10, 10), 0.0, None),
    "around the picture": ((-9e5, -9e5, 9e5, 9e5), 0.0, None),
    "far to the left": ((-1e9, 0, -1e8, 10), 0.0, OUTSIDE),
    "far below": ((0, 1e30, 10, 1e31), 0.0, OUTSIDE),
    "beyond what can be": ((1e300, 0, 1e308, 10), 0.0, OUTSIDE),
    "far to the left, a line to here": ((-1e9, 0, -1e8, 10), 1e9, 1.5e9),
    "larger than can be": ((-1e7, -1e7, 1e7, 1e7), 0.0, 1e7),
    "a line wider than can be": ((0, 0, 10, 10), 1e30, 5e29),
    "larger than all": ((0, 0, 1e308, 1e308), 1e308, 1.5e308),
}


@pytest.mark.parametrize(("box", "width", "wanted"), TELLS.values(), ids=TELLS)
def test_what_is_far_is_told_from_what_is_large(
    box: tuple[float, float, float, float], width: float, wanted: float | None
) -> None:
    """Nothing is lost of what is not seen; of what is seen, pixels have an end."""
    assert Space(None, SEEN, 1.0).reach(box, width) == (
        None if wanted is None else pytest.approx(wanted, rel=1e-3)
    )


def test_the_view_decides_what_is_far() -> None:
    """Large numbers in a small view are near; small ones in a large view are not."""
    small = Space(View(a=1e-6, b=0.0, c=0.0, d=1e-6, e=0.0, f=0.0), SEEN, 1.0)
    large = Space(View(a=1e9, b=0.0, c=0.0, d=1e9, e=0.0, f=0.0), SEEN, 1.0)

    assert small.reach((0.0, 0.0, 1e8, 1e8)) is None
    assert large.reach((0.0, 0.0, 1.0, 1.0)) == 1e9
    assert small.near > 1e11
    assert large.near < 1e-2


def test_an_svg_holds_what_pixels_cannot() -> None:
    """What is far outside is left out of pixels; what is too large is an error there."""
    f = paths("M", 0, 0, "L", 10, 10, "L", 0, 10)
    f.paths(
        [["M", 1e9, 0, "L", 2e9, 10, "L", 1e9, 10]], fill=True, stroke=False, fillColorRGBA=WHITE
    )
    drawing = drawn(f)
    assert drawing.markup().count("<path") == 2
    assert drawing.markup(for_pixels=True).count("<path") == 1

    f.instances([0.0, 0.0], size=scalar(1e30))
    drawing = drawn(f)
    assert 'r="5e+29"' in drawing.markup()
    with pytest.raises(OutOfReach, match=r"`p2`.*5e\+29"):
        drawing.markup(for_pixels=True)
    assert issubclass(OutOfReach, CannotDraw)


def test_a_clip_that_reaches_far_is_cut_to_what_is_seen() -> None:
    """The numbers of the file stay within what renderers can take."""
    huge = RectClip(x=-1e30, y=10.0, w=2e30, h=1e38)
    assert Space(None, SEEN, 1.0).clip_text(huge) == ' x="0" y="10" width="200" height="90"'

    turned = Space(View(a=0.0, b=2.0, c=-2.0, d=0.0, e=100.0, f=0.0), SEEN, 1.0)
    assert turned.clip_text(huge) == ' x="0" y="10" width="50" height="40"'


# --- How much -------------------------------------------------------------------------------


def test_a_picture_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its SVG is counted as it grows; nothing fills the memory first."""
    monkeypatch.setattr("irrun.limits.GIVEN", {"IRRUN_MAX_SVG_CHARACTERS": "500"})
    f = FrameBuilder("many")
    f.instances([0.0, 0.0] * 50)

    with pytest.raises(PictureLimit) as caught:
        drawn(f)
    assert "the limit is 500" in str(caught.value)
    assert "IRRUN_MAX_SVG_CHARACTERS" in (caught.value.hint_text or "")
