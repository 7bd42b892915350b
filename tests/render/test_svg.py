"""What is drawn of a frame, as SVG text (runtime-semantics section 16)."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from render.samples import FrameBuilder, packed, rgba, ring, scalar

from irrun.errors import IrrunError
from irrun.errors.rendering import CannotDraw
from irrun.ir.values import Viewport
from irrun.render.drawing import Drawing
from irrun.render.frames import frame_of
from irrun.render.vector.colors import Paint
from irrun.render.vector.svg import draw
from irrun.runtime.runtime import Runtime

VIEWPORT = Viewport(100.0, 50.0, 1.0)
NAN, INF = math.nan, math.inf


def drawn(f: FrameBuilder, findings: list[IrrunError] | None = None) -> Drawing:
    """Draw the frame of a builder."""
    runtime = Runtime(f.program().program())
    (value,) = runtime.run_frame(0.0).outputs.values()
    frame = frame_of(value, runtime.values.peek)
    return draw(frame, VIEWPORT, report=(findings if findings is not None else []).append)


def lines(f: FrameBuilder) -> list[str]:
    """Return the lines of a drawing, without the background."""
    found = drawn(f).markup().splitlines()
    return found[1:] if found and found[0].startswith('<rect width="100" height="50"') else found


RED = {"kind": "scalar:u32", "value": packed(255, 0, 0)}
HALF = {"kind": "scalar:u32", "value": packed(255, 0, 0, 128)}


def one(**attributes: Any) -> FrameBuilder:
    """Return a frame with one instance at (10, 20)."""
    f = FrameBuilder("one")
    f.instances([10.0, 20.0], **attributes)
    return f


CIRCLE = '<circle cx="10" cy="20" r="5"'

INSTANCES: dict[str, tuple[FrameBuilder, list[str]]] = {
    "defaults": (one(), [f'{CIRCLE} fill="#ffffff"/>']),
    "size-is-the-diameter": (
        one(size=scalar(7)), ['<circle cx="10" cy="20" r="3.5" fill="#ffffff"/>'],
    ),
    "size-0": (one(size=scalar(0)), []),
    "negative-size": (one(size=scalar(-4)), ['<circle cx="10" cy="20" r="2" fill="#ffffff"/>']),
    "square": (
        one(size=scalar(6), shapeId=scalar(1, "u16")),
        ['<rect x="7" y="17" width="6" height="6" fill="#ffffff"/>'],
    ),
    "square-turned-clockwise": (
        one(size=scalar(2), shapeId=scalar(1, "u16"), rot=scalar(math.pi / 2)),
        ['<polygon points="11,19 11,21 9,21 9,19" fill="#ffffff"/>'],
    ),
    "star-has-at-least-3-points": (
        one(size=scalar(8), shapeId=scalar(2, "u16")),
        ['<polygon points="10,16 11.732,19 13.464,22 10,22 6.536,22 8.268,19" fill="#ffffff"/>'],
    ),
    "star-of-4-upside-down": (
        one(size=scalar(-4), shapeId=scalar(4, "u16")),
        ['<polygon points="10,22 9.293,20.707 8,20 9.293,19.293 10,18 10.707,19.293 12,20 '
         '10.707,20.707" fill="#ffffff"/>'],
    ),
    "colour": (one(colorRGBA=RED), [f'{CIRCLE} fill="#ff0000"/>']),
    "premultiplied-colour": (
        one(colorRGBA=HALF), [f'{CIRCLE} fill="#ff0000" fill-opacity="0.502"/>'],
    ),
    "colour-0-is-no-fill": (one(colorRGBA=scalar(0, "u32")), []),
    "opacity": (one(opacity=scalar(0.25)), [f'{CIRCLE} fill="#ffffff" fill-opacity="0.25"/>']),
    "opacity-above-1-is-ignored": (one(opacity=scalar(14.4)), [f'{CIRCLE} fill="#ffffff"/>']),
    "opacity-below-0-is-ignored": (one(opacity=scalar(-1)), [f'{CIRCLE} fill="#ffffff"/>']),
    "opacity-0": (one(opacity=scalar(0)), []),
    "stroke-scales-with-the-size": (
        one(colorRGBA=scalar(0, "u32"), strokeColorRGBA=RED, strokeWidth=scalar(0.1)),
        [f'{CIRCLE} fill="none" stroke="#ff0000" stroke-width="1" stroke-miterlimit="10"/>'],
    ),
    "stroke-width-0-is-1": (
        one(strokeColorRGBA=RED, opacity=scalar(0.5)),
        [f'{CIRCLE} fill="#ffffff" fill-opacity="0.5" stroke="#ff0000" stroke-opacity="0.5" '
         'stroke-width="10" stroke-miterlimit="10"/>'],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", INSTANCES)
def test_instances(name: str) -> None:
    """One instance, with one thing about it."""
    f, expected = INSTANCES[name]

    assert lines(f) == expected


def test_invalid_premultiplied_bytes_are_clamped() -> None:
    """A colour brighter than its alpha allows is as bright as can be."""
    f = FrameBuilder("bright")
    f.instances([1.0, 2.0], colorRGBA=f.ref("u8", [200, 50, 0, 100]))

    assert lines(f) == ['<circle cx="1" cy="2" r="5" fill="#ff8000" fill-opacity="0.3922"/>']


def test_instances_take_their_values_from_buffers_in_order() -> None:
    """Element i of each buffer belongs to instance i."""
    f = FrameBuilder("buffers")
    f.instances(
        [1.0, 2.0, 3.5, 4.25],
        size=f.ref("f32", [2.0, 4.0]),
        colorRGBA=f.ref("u8", [*rgba(1, 2, 3), *rgba(255, 255, 255, 51)]),
        shapeId=f.ref("u32", [0, 1]),
        opacity=f.ref("f32", [1.0, 0.5]),
    )

    assert lines(f) == [
        '<circle cx="1" cy="2" r="1" fill="#010203"/>',
        '<rect x="1.5" y="2.25" width="4" height="4" fill="#ffffff" fill-opacity="0.1"/>',
    ]


def test_instances_that_are_not_finite_are_left_out_and_counted() -> None:
    """Neither drawn nor an error."""
    b = ring(3)
    runtime = Runtime(b.program())
    runtime.values.peek(3).data[:] = [1, 2, NAN, 2, 1, INF]
    (frame,) = runtime.run_frame(0.0).outputs.values()

    found = draw(frame, VIEWPORT)
    assert (found.instances, found.left_out) == (1, 2)


# --- Paths ----------------------------------------------------------------------------------

BLACK = {"kind": "scalar:u32", "value": packed(0, 0, 0)}


def path(*commands: Any, **style: Any) -> FrameBuilder:
    """Return a frame with one stroked path."""
    f = FrameBuilder("path")
    f.paths([list(commands)], **({"strokeColorRGBA": BLACK} | style))
    return f


def stroked(data: str, more: str = ' stroke-miterlimit="10"', width: str = "1") -> list[str]:
    """Return the line of a path in black."""
    return [f'<path d="{data}" fill="none" stroke="#000000" stroke-width="{width}"{more}/>']


LINE = ("M", 1, 2, "L", 3, 4)

PATHS: dict[str, tuple[FrameBuilder, list[str]]] = {
    "all-commands": (
        path("M", 0, 0, "L", 1, 0, "Q", 2, 0, 2, 1, "C", 2, 2, 1, 3, 0, 3, "Z"),
        stroked("M0 0L1 0Q2 0 2 1C2 2 1 3 0 3Z"),
    ),
    "begins-with-a-line": (path("L", 1, 2, "L", 3, 4), stroked("M1 2L3 4")),
    "begins-with-a-curve": (path("Q", 1, 2, 3, 4), stroked("M1 2Q1 2 3 4")),
    "only-a-move": (path("M", 1, 2), []),
    "only-a-close": (path("Z"), []),
    "width": (path(*LINE, strokeWidth=scalar(2.5)), stroked("M1 2L3 4", width="2.5")),
    "width-0-is-1": (path(*LINE, strokeWidth=scalar(0)), stroked("M1 2L3 4")),
    "negative-width-is-1": (path(*LINE, strokeWidth=scalar(-3)), stroked("M1 2L3 4")),
    "cap": (
        path(*LINE, lineCap="round"),
        stroked("M1 2L3 4", ' stroke-linecap="round" stroke-miterlimit="10"'),
    ),
    "join": (path(*LINE, lineJoin="bevel"), stroked("M1 2L3 4", ' stroke-linejoin="bevel"')),
    "miter-limit": (
        path(*LINE, lineJoin="miter", miterLimit=3.5),
        stroked("M1 2L3 4", ' stroke-miterlimit="3.5"'),
    ),
    "miter-limit-below-1": (
        path(*LINE, miterLimit=0.25), stroked("M1 2L3 4", ' stroke-miterlimit="1"'),
    ),
    "miter-limit-0-is-ignored": (path(*LINE, miterLimit=0), stroked("M1 2L3 4")),
    "dash": (
        path(*LINE, dash={"pattern": [5, 2.5, 1], "offset": 3}),
        stroked("M1 2L3 4", ' stroke-miterlimit="10" stroke-dasharray="5 2.5 1" '
                'stroke-dashoffset="3"'),
    ),
    "empty-dash-is-solid": (path(*LINE, dash={"pattern": []}), stroked("M1 2L3 4")),
    "negative-dash-is-ignored": (path(*LINE, dash={"pattern": [5, -1]}), stroked("M1 2L3 4")),
    "stroke-colour-0": (path(*LINE, strokeColorRGBA=scalar(0, "u32")), []),
    "not-stroked": (path(*LINE, stroke=False), []),
    "fill": (
        path(*LINE, fill=True, stroke=False, fillColorRGBA=HALF, opacity=scalar(0.5)),
        ['<path d="M1 2L3 4" fill="#ff0000" fill-opacity="0.251"/>'],
    ),
    "fill-without-colour": (path(*LINE, fill=True, stroke=False), []),
    "evenodd": (
        path(*LINE, fill=True, stroke=False, fillColorRGBA=RED, fillRule="evenodd"),
        ['<path d="M1 2L3 4" fill-rule="evenodd" fill="#ff0000"/>'],
    ),
    "fill-before-stroke": (
        path(*LINE, fill=True, fillColorRGBA=RED),
        ['<path d="M1 2L3 4" fill="#ff0000" stroke="#000000" stroke-width="1" '
         'stroke-miterlimit="10"/>'],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PATHS)
def test_paths(name: str) -> None:
    """One path, with one thing about it."""
    f, expected = PATHS[name]

    assert lines(f) == expected


def test_paths_take_their_style_from_buffers() -> None:
    """Colours per path from bytes at 4k; widths and opacities at k."""
    f = FrameBuilder("styles")
    f.paths(
        [["M", 0, 0, "L", 1, 1], ["M", 2, 2, "L", 3, 3]],
        strokeColorRGBA=f.ref("u8", [*rgba(1, 2, 3), *rgba(4, 5, 6)]),
        strokeWidth=f.ref("f32", [2.0, 3.0]),
        opacity=f.ref("f32", [1.0, 0.5]),
    )

    first, second = lines(f)
    assert 'd="M0 0L1 1"' in first
    assert 'stroke="#010203" stroke-width="2"' in first
    assert 'd="M2 2L3 3"' in second
    assert 'stroke="#040506" stroke-opacity="0.5" stroke-width="3"' in second


def damaged(name: str, numbers: list[int], element: str = "u32") -> FrameBuilder:
    """Return a path of which one buffer is another."""
    f = path(*LINE)
    f.frame["passes"][0]["geometry"][name] = f.ref(element, numbers)
    return f


@pytest.mark.parametrize(
    ("f", "text"),
    [
        (damaged("pathCommandLen", [3]), "commands 0 to 2, but there are only 2"),
        (damaged("pathCommandStart", [9]), "but there are only 2"),
        (damaged("pathPointStart", [1]), "needs point 2, but there are only 2"),
        (damaged("commands", [0, 7], "u16"), "path command 7 does not exist"),
        (damaged("pathCommandLen", []), "has 0 numbers; 1 are needed"),
    ],
)
def test_damaged_paths_are_errors(f: FrameBuilder, text: str) -> None:
    """What leads beyond a buffer, or to no command."""
    with pytest.raises(CannotDraw) as caught:
        drawn(f)

    assert text in str(caught.value)


# --- Frames and passes ----------------------------------------------------------------------


def dots(*headers: dict[str, Any], clear: int | None = 255) -> FrameBuilder:
    """Return a frame with a pass of one dot for each header; pass k is at (k, 0)."""
    f = FrameBuilder("dots", clear=clear)
    for k, header in enumerate(headers):
        f.instances([float(k), 0.0], header, size=scalar(2))
    return f


def dot(k: int, more: str = "") -> str:
    """Return the line of the dot of pass k."""
    return f'<circle cx="{k}" cy="0" r="1" fill="#ffffff"{more}/>'


def test_passes_are_drawn_by_z_and_then_in_order() -> None:
    """Ascending and stable."""
    assert lines(dots({"z": 2}, {"z": -1}, {"z": 2}, {"z": 0})) == [dot(1), dot(3), dot(0), dot(2)]


def test_a_pass_whose_z_is_nan_is_drawn_last() -> None:
    """The others around it are sorted as ever; it is named."""
    findings: list[IrrunError] = []
    f = dots({"z": 2}, {"z": NAN, "id": "lost"}, {"z": -1}, {"z": INF})

    assert lines(f) == [dot(2), dot(0), dot(3), dot(1)]
    drawn(f, findings)
    assert [finding.sentence for finding in findings] == [
        "z of pass lost is NaN, which sorts behind all numbers"
    ]


def test_overlays_come_last_whatever_their_z() -> None:
    """In list order."""
    f = dots({"z": 5}, {"z": -5}, {"z": -9})
    f.frame["overlays"] = f.frame["passes"][1:]
    del f.frame["passes"][1:]

    assert lines(f) == [dot(0), dot(1), dot(2)]


def test_a_disabled_pass_is_skipped() -> None:
    """Nor is it counted."""
    f = dots({"enabled": False}, {})

    assert lines(f) == [dot(1)]
    assert drawn(f).passes == 1


@pytest.mark.parametrize(
    ("clear", "expected"),
    [
        (255, '<rect width="100" height="50" fill="#000000"/>'),
        (0x336699FF, '<rect width="100" height="50" fill="#336699"/>'),
        (0x33669980, '<rect width="100" height="50" fill="#336699" fill-opacity="0.502"/>'),
        (0x33669900, dot(0)),
        (None, dot(0)),
    ],
)
def test_clear_colour_covers_the_viewport(clear: int | None, expected: str) -> None:
    """0xRRGGBBAA, straight; none clears nothing."""
    assert drawn(dots({}, clear=clear)).markup().splitlines()[0] == expected


def test_a_given_background_takes_the_place_of_the_clear_colour() -> None:
    """Also a transparent one."""
    runtime = Runtime(ring(1).program())
    (frame,) = runtime.run_frame(0.0).outputs.values()

    red = draw(frame, VIEWPORT, background=Paint("#ff0000", 1.0)).markup()
    assert red.startswith('<rect width="100" height="50" fill="#ff0000"/>')
    nothing = draw(frame, VIEWPORT, background=Paint("#000000", 0.0)).markup()
    assert nothing.startswith("<circle")


VIEW = {"a": 1, "b": 0.5, "c": -0.5, "d": 1, "e": 10, "f": 1 / 3}
MATRIX = ' transform="matrix(1 0.5 -0.5 1 10 0.3333333333333333)"'
CLIP = {"kind": "rect", "x": 4, "y": 2, "w": -3, "h": 5}
CLIPPED = '<clipPath id="c0"><rect x="1" y="2" width="3" height="5"/></clipPath>'

SPACES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "view": ({"view": VIEW}, [f"<g{MATRIX}>", dot(0), "</g>"]),
    "clip": ({"clip": CLIP}, [CLIPPED, '<g clip-path="url(#c0)">', dot(0), "</g>"]),
    "clip-in-the-viewed-space": (
        {"clip": CLIP, "view": VIEW},
        [CLIPPED, f'<g{MATRIX} clip-path="url(#c0)">', dot(0), "</g>"],
    ),
    "normal-with-opacity": (
        {"blend": {"mode": "normal", "opacity": 0.5}}, [dot(0, ' fill-opacity="0.5"')],
    ),
    "opacity-out-of-range": ({"blend": {"mode": "normal", "opacity": 2}}, [dot(0)]),
    "multiply": (
        {"blend": {"mode": "multiply"}}, [dot(0, ' style="mix-blend-mode:multiply"')],
    ),
    "screen": ({"blend": {"mode": "screen"}}, [dot(0, ' style="mix-blend-mode:screen"')]),
    "add": ({"blend": {"mode": "add"}}, [dot(0, ' style="mix-blend-mode:plus-lighter"')]),
    "clipped-blend-is-not-isolated": (
        {"blend": {"mode": "screen"}, "clip": CLIP, "view": VIEW},
        [CLIPPED, dot(0, f'{MATRIX} clip-path="url(#c0)" style="mix-blend-mode:screen"')],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPACES)
def test_view_clip_and_blend(name: str) -> None:
    """One header, with one thing about it."""
    header, expected = SPACES[name]

    assert lines(dots(header)) == expected


def test_fill_and_stroke_blend_one_by_one() -> None:
    """As two draws on a canvas do."""
    f = path(*LINE, fill=True, fillColorRGBA=RED)
    f.frame["passes"][0]["header"]["blend"] = {"mode": "multiply"}

    blend = ' style="mix-blend-mode:multiply"/>'
    assert lines(f) == [
        f'<path d="M1 2L3 4" fill="#ff0000"{blend}',
        f'<path d="M1 2L3 4" fill="none" stroke="#000000" stroke-width="1" '
        f'stroke-miterlimit="10"{blend}',
    ]


def change(**members: Any) -> Callable[[dict[str, Any]], None]:
    """Return what changes members of a pass."""
    return lambda found: found.update(members)


@pytest.mark.parametrize(
    ("changed", "text", "count"),
    [
        (change(material={"kind": "glyph", "fontId": "f"}), "material `glyph`", 0),
        (change(material={"kind": "sprite", "sampling": "linear", "textureId": "t"}), "sprite", 0),
        (change(kind="postfx"), "postfx", 0),
        (
            lambda found: found.update(
                sort={"kind": "byKey", "key": found["buffers"]["posXY"], "order": "asc"}
            ),
            "not sorted",
            1,
        ),
        (lambda found: found["header"].update(clip={"kind": "path", "geometry": {}}), "clips", 1),
    ],
)
def test_what_is_not_drawn_is_reported(
    changed: Callable[[dict[str, Any]], None], text: str, count: int
) -> None:
    """A warning that names the pass (17.1, row 55)."""
    f = dots({})
    changed(f.frame["passes"][0])
    findings: list[IrrunError] = []

    assert drawn(f, findings).instances == count
    (finding,) = findings
    assert finding.code == "IR473"
    assert "`p0`" in str(finding)
    assert text in str(finding)


@pytest.mark.parametrize("count", [1e308, 2.0**63, NAN, INF, 2.0**53 - 1, 3])
def test_a_pass_that_counts_more_paths_than_there_are_is_refused(count: float) -> None:
    """However many: what is drawn is bounded by the buffers."""
    f = FrameBuilder("paths")
    f.paths([["M", 1, 2, "L", 3, 4]])["geometry"]["pathCount"] = count

    with pytest.raises(CannotDraw):
        drawn(f)


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (
            change(kind="glow"),
            "`glow` is not a kind of pass at $.passes[0].kind (known kinds: instances2d, ",
        ),
        (lambda found: found["header"].update(blend={"mode": "xor"}), "$.passes[0].header.blend"),
        (lambda found: found.pop("count"), "required field `count` is missing at $.passes[0]"),
        (lambda found: found["buffers"].update(size=5), "$.passes[0].buffers.size"),
        (lambda found: found["buffers"]["posXY"].update(bufferId=0), "slot 0 holds no buffer"),
        (change(count=7), "has 2 numbers; 14 are needed"),
    ],
)
def test_damaged_frames_are_errors(changed: Callable[[dict[str, Any]], None], text: str) -> None:
    """The message leads to the place."""
    f = dots({})
    changed(f.frame["passes"][0])

    with pytest.raises(CannotDraw) as caught:
        drawn(f)
    assert text in str(caught.value)
