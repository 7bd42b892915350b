"""`--fit`: the picture shows all that is drawn, wherever it is."""

from collections.abc import Sequence
from typing import Any

import pytest
from program_builder import Document, ProgramBuilder
from render.samples import SAMPLES, FrameBuilder, packed, pulse, scalar

from irrun.ir.values import Viewport
from irrun.render.drawing import Drawing
from irrun.render.fit import Camera, camera_on
from irrun.render.pictures import DrawPlan, Painter, Picture, fit
from irrun.runtime.run import Run

SEEN = Viewport(200.0, 100.0)
INK = scalar(packed(9, 200, 9), "u32")


def plan_of(b: ProgramBuilder, times: Sequence[float] = (0.0,)) -> DrawPlan:
    """Return a plan that draws all frames of a program."""
    run = Run(program=b.program(), times=times, viewport=SEEN)
    return DrawPlan(run, range(len(times)))


def shown(b: ProgramBuilder, times: Sequence[float] = (0.0,)) -> tuple[float, ...] | None:
    """Return what a fitted picture shows: left, top, right, bottom."""
    camera = fit(plan_of(b, times))
    return None if camera is None else tuple(round(n, 6) for n in camera.shows(SEEN))


def dots(xy: list[float], header: Document | None = None, **attributes: Any) -> ProgramBuilder:
    """Return a program of one pass of instances."""
    f = FrameBuilder("dots")
    f.instances(xy, header, **attributes)
    return f.program()


@pytest.mark.parametrize(
    ("b", "expected"),
    [
        # A box of 200 x 100, and a twentieth of it on each side.
        (dots([1005, 1005, 1195, 1095]), (990, 995, 1210, 1105)),
        # A wide one has its shape made whole above and below, a high one at the sides.
        (dots([-195, 0, -5, 0]), (-210, -55, 10, 55)),
        (dots([0, 5, 0, 95]), (-110, -5, 110, 105)),
        # One dot of 10.
        (dots([7, 7]), (-4, 1.5, 18, 12.5)),
    ],
)
def test_the_box_with_a_margin_in_the_middle(
    b: ProgramBuilder, expected: tuple[float, ...]
) -> None:
    """In the shape of the viewport."""
    assert shown(b) == expected


def hidden(**attributes: Any) -> FrameBuilder:
    """Return a frame of a dot of 10 at (7, 7), and far away another one that is not painted."""
    f = FrameBuilder("hidden")
    f.instances([7.0, 7])
    f.instances([900.0, 900], **attributes)
    return f


@pytest.mark.parametrize(
    "f",
    [
        hidden(size=scalar(0)),
        hidden(opacity=scalar(0)),
        hidden(colorRGBA=scalar(0, "u32")),
        hidden(rot=scalar(float("inf"))),
        hidden(header={"enabled": False}),
        hidden(header={"clip": {"kind": "rect", "x": 0, "y": 0, "w": 90, "h": 90}}),
    ],
)
def test_what_is_not_painted_is_not_fitted(f: FrameBuilder) -> None:
    assert shown(f.program()) == (-4, 1.5, 18, 12.5)


def test_views_and_clips_of_passes_count() -> None:
    """The box is that of what is left of a pass, where its matrix puts it."""
    view = {"a": 2, "b": 0, "c": 0, "d": 2, "e": 100, "f": 0}
    clip = {"kind": "rect", "x": 0, "y": 0, "w": 5, "h": 5}
    whole = shown(dots([0, 0], {"view": view}))
    half = shown(dots([0, 0], {"view": view, "clip": clip}))

    assert whole == (78, -11, 122, 11)
    assert half == (94, -0.5, 116, 10.5)


def test_paths_count_with_their_lines() -> None:
    f = FrameBuilder("line")
    f.paths([["M", 0, 0, "L", 180, 0]], strokeColorRGBA=INK, strokeWidth=scalar(20))

    assert shown(f.program()) == (-20, -55, 200, 55)


def test_all_pictures_are_fitted_alike() -> None:
    """The dot at (320, 150) grows from 0 to 100 pixels over the frames; the largest counts."""
    assert shown(pulse(), (0.0, 50.0, 100.0)) == (210, 95, 430, 205)
    assert shown(pulse(), (0.0, 50.0)) == (265, 122.5, 375, 177.5)


def test_nothing_is_fitted_to_nothing() -> None:
    assert shown(dots([5, 5], size=scalar(0))) is None
    assert shown(FrameBuilder("empty").program()) is None
    assert shown(pulse(), (0.0,)) is None


@pytest.mark.parametrize("size", [1e-300, 1e300, float("inf")])
def test_a_box_of_any_size_has_a_camera_or_none(size: float) -> None:
    """Never one that is not finite."""
    camera = camera_on((0.0, 0.0, size, size), SEEN)

    if camera is not None:
        assert all(abs(n) < float("inf") for n in (camera.scale, camera.x, camera.y))
        assert camera.scale > 0
    assert camera_on((0.0, 0.0, float("inf"), 1.0), SEEN) is None
    assert camera_on((1.0, 1.0, 1.0, 1.0), SEEN) is None


def drawn(plan: DrawPlan) -> list[Picture]:
    """Draw all frames of a plan."""
    return list(Painter(plan).pictures())


def test_the_picture_is_the_frame_seen_by_the_camera() -> None:
    """A matrix on every pass, behind its own; the viewport and the background stay."""
    plan = plan_of(dots([1005, 1005, 1195, 1095]))
    run = plan.run
    (one,) = drawn(DrawPlan(run, (0,), camera=Camera(2.0, -10.0, 5.0)))
    drawing: Drawing = one.drawing

    assert drawing.viewport == SEEN
    assert 'transform="matrix(2 0 0 2 -10 5)"' in drawing.markup()
    assert '<rect width="200" height="100" fill="#000000"/>' in drawing.markup()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_fitted_picture_leaves_nothing_out(name: str) -> None:
    """Every sample is wholly seen, and its unfitted picture says so where it is not."""
    plan = plan_of(SAMPLES[name]())
    painter = Painter(DrawPlan(plan.run, (0,), camera=fit(plan)))
    list(painter.pictures())

    assert not painter.census.is_elsewhere
    assert not any(cause == "clipped" for _, cause in painter.census.lines)


def test_a_run_that_fails_is_fitted_as_far_as_it_comes() -> None:
    """It fails again when it is drawn, and is told then."""
    b = pulse()
    b.doc["schedule"]["initialSlotValues"]["6"] = {"kind": "nothing"}
    assert fit(plan_of(b, (50.0,))) is None
