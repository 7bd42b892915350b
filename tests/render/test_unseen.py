"""What a viewer does not see of a frame, and why: numbers, slots, words."""

from collections.abc import Sequence
from typing import Any

import pytest
from cli.samples import bundled
from program_builder import Document, ProgramBuilder
from render.samples import FIRST_BUFFER, FrameBuilder, batch, buffer, packed, pulse, ring, scalar
from support.conformance_vectors import PROGRAMS as COMPILED

from irrun.ir.values import DEFAULT_VIEWPORT, Viewport
from irrun.program.reading.codec import load
from irrun.render.pictures import DrawPlan, Painter, fit
from irrun.render.unseen.census import Census
from irrun.render.vector.colors import Paint
from irrun.runtime.run import Run

SEEN = Viewport(200.0, 100.0)


def census(
    program: Any,
    times: Sequence[float] = (0.0,),
    viewport: Viewport = SEEN,
    background: Paint | None = None,
    **more: Any,
) -> Census:
    """Draw all frames of a program, and return what is not seen."""
    program = program.program() if isinstance(program, ProgramBuilder) else program
    run = Run(program=program, times=times, viewport=viewport, **more)
    painter = Painter(DrawPlan(run, range(len(times)), background=background))
    list(painter.pictures())
    return painter.census


def texts(program: Any, *arguments: Any, **more: Any) -> list[str]:
    """Return what is said of all frames of a program."""
    return census(program, *arguments, **more).texts()


def one(xy: list[float], header: Document | None = None, **attributes: Any) -> list[str]:
    """Return what is said of one pass of instances, with buffers made of lists."""
    f = FrameBuilder("one")
    made = {
        name: f.ref("u8" if name.endswith("RGBA") else "f32", value)
        if isinstance(value, list)
        else value
        for name, value in attributes.items()
    }
    f.instances(xy, header, **made)
    return texts(f.program())


BLACK = "so nothing is seen: the picture is all #000000"
FIRST = FIRST_BUFFER
"""The slot of an attribute, or of the places where no attribute is a buffer."""


def clip(x: float, y: float, w: float, h: float) -> Document:
    """Return a header with a clip."""
    return {"clip": {"kind": "rect", "x": x, "y": y, "w": w, "h": h}}


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (lambda: one([50, 50, 60, 60]), []),
        (lambda: one([50, 50, 60, 60], size=[0.0, 5]),
         [f"1 of 2 instances has size 0 (slot {FIRST})"]),
        (lambda: one([50, 50, 60, 60], size=[0.0, -0.0]),
         [f"2 of 2 instances have size 0 (slot {FIRST})", BLACK]),
        (lambda: one([5, 6, 5, 6], size=scalar(0)),
         ["2 of 2 instances have size 0, all at (5, 6)", BLACK]),
        (lambda: one([5, 6, 5, 6]), [f"2 of 2 instances are all at (5, 6) (slot {FIRST})"]),
        (lambda: one([50, 50, 60, 60], size=[0.4, 9]),
         [f"1 of 2 instances is smaller than half a pixel (slot {FIRST})"]),
        (lambda: one([50, 50, 60, 60], opacity=[0.0, 1]),
         [f"1 of 2 instances has opacity 0 (slot {FIRST})"]),
        (lambda: one([50, 50], {"blend": {"mode": "normal", "opacity": 0}}),
         ["1 of 1 instance has opacity 0", BLACK]),
        (lambda: one([50, 50, 60, 60], opacity=[-1.0, float(7)]), []),
        (lambda: one([50, 50, 60, 60], colorRGBA=[0, 0, 0, 0, 1, 1, 1, 1]),
         [f"1 of 2 instances has a colour of alpha 0 (slot {FIRST})"]),
        (lambda: one([50, 50], colorRGBA=scalar(0, "u32"),
                     strokeColorRGBA=scalar(packed(9, 9, 9), "u32")), []),
        (lambda: one([-5, 50, 205, 50, 50, -5, 50, 105]),
         [f"4 of 4 instances are outside the viewport (slot {FIRST})", BLACK]),
        (lambda: one([-4, 50, 204, 50, 50, -4, 50, 104]), []),
        (lambda: one([50, 50], {"view": {"a": 1, "b": 0, "c": 0, "d": 1, "e": 300, "f": 0}}),
         [f"1 of 1 instance is outside the viewport (slot {FIRST})", BLACK]),
        (lambda: one([50, 50, 150, 50], clip(0, 0, 100, 100)),
         ["1 of 2 instances is hidden by the clip of the pass"]),
        (lambda: one([50, 50, 90, 50], clip(100, 100, -100, -100)), []),
        (lambda: one([50, 50], clip(0, 0, 0, 100)),
         ["1 of 1 instance is hidden by the clip of the pass", BLACK]),
        (lambda: one([50, 50], clip(-100, 0, 50, 900)),
         ["1 of 1 instance is hidden by the clip of the pass", BLACK]),
        (lambda: one([1, 50], clip(-100, 0, 100, 900)),
         [f"1 of 1 instance is outside the viewport (slot {FIRST})", BLACK]),
        (lambda: one([]), ["the pass has no instances", BLACK]),
        (lambda: one([50, 50], {"enabled": False}), ["the pass is disabled", BLACK]),
        (lambda: texts(FrameBuilder("no").program()), ["the frame has no passes", BLACK]),
    ],
)  # fmt: skip
def test_instances_that_are_not_seen(got: Any, expected: list[str]) -> None:
    """Each with its number, its reason, and the slot that makes it so; what is seen is no word."""
    assert got() == expected


def outline(*paths: list[Any], header: Document | None = None, **style: Any) -> list[str]:
    """Return what is said of one pass of paths."""
    f = FrameBuilder("outline")
    f.paths(list(paths), header, **style)
    return texts(f.program())


INK = scalar(packed(9, 200, 9), "u32")
LINE = ["M", 10, 10, "L", 90, 10]
AREA = ["M", 10, 10, "L", 90, 10, "Q", 90, 90, 10, 90, "Z"]


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (lambda: outline(LINE, AREA, strokeColorRGBA=INK), []),
        (lambda: outline(LINE, AREA, fillColorRGBA=INK, fill=True, stroke=False),
         ["1 of 2 paths has no area (slot 25)"]),
        (lambda: outline(LINE, AREA), ["2 of 2 paths have neither fill nor stroke", BLACK]),
        (lambda: outline(AREA, strokeColorRGBA=INK, stroke=False),
         ["1 of 1 path has neither fill nor stroke", BLACK]),
        (lambda: outline(AREA, ["M", 5, 5], strokeColorRGBA=INK),
         ["1 of 2 paths has no points to draw (slot 21)"]),
        (lambda: outline(["M", 5, 5, "L", 5, 5], strokeColorRGBA=INK),
         ["1 of 1 path has no area (slot 25)", BLACK]),
        (lambda: outline(["M", 5, 5, "L", 5, 5], strokeColorRGBA=INK, lineCap="round"), []),
        (lambda: outline(AREA, strokeColorRGBA=INK, opacity=scalar(0)),
         ["1 of 1 path has opacity 0", BLACK]),
        (lambda: outline(["M", -30, 10, "L", -30, 90], strokeColorRGBA=INK),
         ["1 of 1 path is outside the viewport (slot 25)", BLACK]),
        (lambda: outline(["M", -30, 10, "L", -30, 90], strokeColorRGBA=INK,
                         strokeWidth=scalar(70)), []),
        (lambda: outline(AREA, strokeColorRGBA=INK, header=clip(100, 0, 50, 50)),
         ["1 of 1 path is hidden by the clip of the pass", BLACK]),
    ],
)  # fmt: skip
def test_paths_that_are_not_seen(got: Any, expected: list[str]) -> None:
    assert got() == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({4: buffer("f32", [0.0, 0, 30])}, ["2 of 3 instances have size 0 (slot 4)"]),
        ({4: 0}, ["3 of 3 instances have size 0 (slot 4)", BLACK]),
        ({5: "#ff000000"}, ["3 of 3 instances have a colour of alpha 0 (slot 5)", BLACK]),
        ({6: 0}, ["3 of 3 instances have opacity 0 (slot 6)", BLACK]),
        ({3: buffer("f32", [-90.0, 1, -90, 1, -90, 1], 2)},
         ["3 of 3 instances are outside the viewport (slot 3), all at (-90, 1)", BLACK]),
    ],
)  # fmt: skip
def test_the_slots_of_a_batch_are_named(changes: dict[int, Any], expected: list[str]) -> None:
    """Also where a number for all is no buffer, and where batches come from a list."""
    listed = ring(3, instance2dListSlot=8)
    listed.initial(8, {"batches": [batch()]})
    for b in (ring(3), listed):
        for slot, value in changes.items():
            b.initial(slot, value)
        assert texts(b, viewport=DEFAULT_VIEWPORT) == expected


def test_an_empty_domain_is_named() -> None:
    """It is why the pass is empty."""
    b = ring(3)
    b.domain(2, 0)
    for slot in (3, 4, 5):
        b.initial(slot, buffer("u8" if slot == 5 else "f32", []))

    assert texts(b) == ["the pass has no instances (slot 2)", BLACK]


def test_passes_are_told_apart_where_there_are_several() -> None:
    f = FrameBuilder("two")
    f.instances([50.0, 50], size=scalar(0))
    f.instances([50.0, 50, 60, 60], opacity=scalar(0))

    assert texts(f.program()) == [
        "1 of 1 instance of pass p0 has size 0",
        "2 of 2 instances of pass p1 have opacity 0",
        BLACK,
    ]


def test_many_lines_are_cut() -> None:
    """A person reads eight."""
    f = FrameBuilder("many")
    for _ in range(30):
        f.instances([50.0, 50], size=scalar(0))
    found = texts(f.program())

    assert len(found) == 9
    assert found[7] == "and 23 more of the kind"


def test_pictures_are_counted_together() -> None:
    """The dot's size is 0 in the first of three frames."""
    assert texts(pulse(), (0.0, 40.0, 80.0), DEFAULT_VIEWPORT) == [
        "1 of 1 instance in 1 picture has size 0 (slot 4)",
        "so nothing is seen: 1 of 3 pictures are all #000000",
    ]


@pytest.mark.parametrize(
    ("size", "shape", "color", "expected"),
    [
        (900.0, 0, (9, 9, 9), ["the picture is all #090909"]),
        (190.0, 0, (9, 9, 9), []),
        (210.0, 1, (9, 9, 9), ["the picture is all #090909"]),
        (190.0, 1, (9, 9, 9), []),
        (30.0, 0, (0, 0, 0), ["the picture is all #000000"]),
    ],
)
def test_a_picture_of_one_colour_is_told(
    size: float, shape: int, color: tuple[int, int, int], expected: list[str]
) -> None:
    """Because one shape covers all, or because ink and ground are of one colour."""
    f = FrameBuilder("cover")
    f.instances([20.0, 20, 180, 80])
    f.instances([100.0, 50], {"z": 1 if size > 100 else 0}, size=scalar(size),
                shapeId=scalar(shape, "u16"), colorRGBA=scalar(packed(*color), "u32"))  # fmt: skip
    if size < 100:
        del f.frame["passes"][0]

    assert texts(f.program()) == expected


@pytest.mark.parametrize("mode", ["add", "multiply", "screen"])
def test_blended_colours_are_not_judged(mode: str) -> None:
    f = FrameBuilder("blend")
    f.instances([50.0, 50], {"blend": {"mode": mode}}, colorRGBA=scalar(packed(0, 0, 0), "u32"))

    assert texts(f.program()) == []


@pytest.mark.parametrize(
    ("background", "clear", "expected"),
    [
        (None, None, "the picture is empty"),
        (None, 0x10203000, "the picture is empty"),
        (None, 0x102030FF, "the picture is all #102030"),
        (Paint("#445566", 1.0), 255, "the picture is all #445566"),
    ],
)
def test_the_ground_is_the_colour(
    background: Paint | None, clear: int | None, expected: str
) -> None:
    got = texts(FrameBuilder("ground", clear=clear).program(), background=background)

    assert got[-1] == f"so nothing is seen: {expected}"


def three_d(places: list[float], **step: Any) -> ProgramBuilder:
    """Return a program that projects points for a camera at the origin that looks along -z."""
    b = ProgramBuilder("three-d")
    b.time(0, 1)
    b.domain(2, len(places) // 3)
    b.initial(3, buffer("f32", places, 3))
    row = {
        "id": "eye", "handedness": "right", "forwardAxis": "-Z", "upAxis": "+Y",
        "projection": {"kind": "perspective", "near": 1, "far": 100, "fovYRad": 1.0},
        "pose": {"position": {"x": 0, "y": 0, "z": 0},
                 "orientation": {"x": 0, "y": 0, "z": 0, "w": 1}},
        "ndcToScreen": {"origin": "center", "yAxis": "down"},
    }  # fmt: skip
    b.doc["cameras"] = {"cameras": [row], "cameraIdToIndex": {"eye": 0}}
    b.step("CameraEval", "s-eye", cameraId="eye", outSlot=5)
    for slot in (6, 7):
        b.initial(slot, 1)
    fields = {"zSort": False, "cullMode": "frustum", "clipMode": "discard", "sizeSpace": "px"}
    channels = {f"color{name}Slot": 6 for name in "RGBA"}
    b.step("Instances3DProjectTo2D", "s-project", domainSlot=2, cameraEvalSlot=5, positionSlot=3,
           radiusSlot=6, outSlot=8, **channels, **(fields | step))  # fmt: skip
    one = batch(posXYSlot=8, sizeSlot=8, colorRGBASlot=8, opacitySlot=7)
    b.step("renderAssemble", "s-render", instance2dBatches=[one], outFrameSlot=9)
    b.output(9)
    return b


AHEAD, BEHIND, BESIDE, FAR = [0.0, 0, -10], [0.0, 0, 10], [50.0, 0, -10], [0.0, 0, -1000]


def test_what_the_projection_drops_is_told() -> None:
    """Behind the camera, outside what it sees, not finite: of all elements of the domain."""
    nan = [float("nan"), 0, -10]
    places = [*AHEAD, *BEHIND, *BEHIND, *BESIDE, *FAR, *nan]

    assert texts(three_d(places)) == [
        "2 of 6 instances are behind the camera (slot 8)",
        "2 of 6 instances are outside what the camera sees (slot 8)",
        "1 of 6 instances has a place that is not finite, and cannot be projected (slot 8)",
    ]
    assert texts(three_d([*BEHIND, *BEHIND])) == [
        "2 of 2 instances are behind the camera (slot 8)",
        BLACK,
    ]


def test_what_the_projection_clips_is_told() -> None:
    """It is projected, and lies outside the viewport."""
    assert texts(three_d([*AHEAD, *BESIDE], cullMode="none")) == [
        "1 of 2 instances is outside the viewport of the projection (slot 8)"
    ]


@pytest.mark.parametrize("engine", ["frame", "block"])
def test_engines_say_the_same(engine: Any) -> None:
    """Also of what a block has projected."""
    places = [*AHEAD, *BEHIND, *BESIDE]
    got = texts(three_d(places), (0.0, 1.0, 2.0), engine="frame")

    assert got[0] == "3 of 9 instances in 3 pictures are behind the camera (slot 8)"
    assert texts(three_d(places), (0.0, 1.0, 2.0), engine=engine) == got


@pytest.mark.parametrize("name", ["wave-grid", "color-ring", "petals", "orbit", "prism", "trails"])
def test_bundled_pictures_suit_the_default_viewport(name: str) -> None:
    """Nothing of them is outside, and they are in the middle and as large as can be seen."""
    times = [frame * 1000 / 60 for frame in range(0, 240, 12)]
    run = Run(program=load(bundled(name)), times=times)
    plan = DrawPlan(run, range(len(times)))
    lines = census(run.program, times, DEFAULT_VIEWPORT).lines
    camera = fit(plan)

    assert not any(cause in ("outside", "clipped", "culled", "behind") for _, cause in lines)
    assert camera is not None
    left, top, right, bottom = camera.shows(DEFAULT_VIEWPORT)
    assert abs((left + right) / 2 - 960) < 120
    assert abs((top + bottom) / 2 - 540) < 120
    assert 0.45 < (right - left) / 1920 < 1.1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("phase-spread", "100 of 100 instances have size 0 (slot 26), all at (0, 0)"),
        ("rainbow-grid", "100 of 100 instances have a colour of alpha 0 (slot 24), all at (0, 0)"),
        ("simple-grid", "100 of 100 instances are all at (0, 0) (slot 22)"),
    ],
)
def test_compiled_programs(name: str, expected: str) -> None:
    """They draw a black picture, or one dot in a corner, and it is said why."""
    path = COMPILED / f"{name}.json"
    if not path.exists():
        pytest.skip("no folder shared/conformance/programs beside the checkout")

    assert texts(load(path), (600.0,), DEFAULT_VIEWPORT)[0] == expected
