"""PNG, GIF and sheets: what the pixels are (they need the extra `render`)."""

import io
import sys
from typing import Any

import pytest
from program_builder import ProgramBuilder
from render.samples import (
    SAMPLES,
    FrameBuilder,
    blends,
    clips,
    pulse,
    ring,
    scalar,
    shapes,
    strokes,
)

from irrun.errors.rendering import OutOfReach, PictureLimit, RenderExtraMissing
from irrun.ir.values import Viewport
from irrun.render.animate import durations, gif_of_pngs
from irrun.render.drawing import Drawing
from irrun.render.files import Destination, encoded, need_packages
from irrun.render.native import png_of_svg
from irrun.render.pictures import DrawPlan, Painter, Picture, fitted, spread
from irrun.render.raster import png_of_drawing
from irrun.render.sheet import Cell, sheet_svg
from irrun.render.vector.bounds import check_pixels
from irrun.render.vector.colors import BLACK, Paint
from irrun.runtime.run import Run

Image = pytest.importorskip("PIL.Image", reason="the extra `render` is not installed")
pytest.importorskip("resvg_py", reason="the extra `render` is not installed")


def painted(
    build: Any, width: int, height: int, times: tuple[float, ...] = (0.0,)
) -> list[Picture]:
    """Draw all frames of a program."""
    viewport = Viewport(float(width), float(height), 1.0)
    run = Run(program=build().program(), times=times, viewport=viewport)
    return list(Painter(DrawPlan(run, range(len(times)))).pictures())


def drawing(build: Any, width: int, height: int) -> Drawing:
    """Draw the first frame of a program."""
    return painted(build, width, height)[0].drawing


def pixels(png: bytes) -> Any:
    """Return an image."""
    return Image.open(io.BytesIO(png)).convert("RGBA")


def test_shapes_have_their_colours_at_their_places() -> None:
    """Centres of the first row; a corner between."""
    image = pixels(png_of_drawing(drawing(shapes, 600, 300), 600, 300))

    assert image.size == (600, 300)
    assert image.getpixel((60, 60)) == (230, 60, 60, 255)
    assert image.getpixel((140, 60)) == (60, 200, 90, 255)
    assert image.getpixel((140, 32)) == (60, 200, 90, 255)
    assert image.getpixel((60, 27)) == (0, 0, 0, 255)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (50, 50, (188, 66, 81)),
        (195, 40, (220, 137, 207)),
        (230, 50, (255, 255, 255)),
        (360, 30, (37, 36, 64)),
        (500, 30, (192, 120, 178)),
    ],
    ids=["normal", "add", "add-within-the-pass", "multiply", "screen-after-add"],
)
def test_blend_modes(x: int, y: int, expected: tuple[int, int, int]) -> None:
    """Each by its formula over the band (40, 90, 160), the sources with alpha 200 / 255."""
    image = pixels(png_of_drawing(drawing(blends, 600, 130), 600, 130))

    got = image.getpixel((x, y))
    assert got[3] == 255
    assert all(abs(g - e) <= 1 for g, e in zip(got[:3], expected, strict=True)), got


def test_a_clip_cuts_and_z_decides_what_is_on_top() -> None:
    """Inside the rectangle the large dots, outside the small ones."""
    image = pixels(png_of_drawing(drawing(clips, 460, 200), 460, 200))

    assert image.getpixel((95, 70)) == (240, 200, 60, 255)
    assert image.getpixel((20, 20)) == (70, 110, 240, 255)
    assert image.getpixel((57, 70)) == (32, 32, 32, 255)


def test_dashes_leave_gaps() -> None:
    """On, then off, then on."""
    image = pixels(png_of_drawing(drawing(strokes, 460, 280), 460, 280))

    assert [image.getpixel((x, 130))[0] < 128 for x in (40, 54, 60)] == [True, False, True]


def test_a_picture_is_scaled_to_its_size() -> None:
    """Twice as many pixels, the same picture."""
    found = drawing(ring, 400, 300)
    small, large = (pixels(png_of_drawing(found, 400 * k, 300 * k)) for k in (1, 2))

    assert large.size == (800, 600)
    assert small.getpixel((80, 150)) == large.getpixel((160, 300))


def huge() -> ProgramBuilder:
    """A line that is wider than pixels can be."""
    f = FrameBuilder("huge")
    f.paths([["M", 10, 10, "L", 100, 100]], strokeColorRGBA=scalar(0xFFFFFFFF, "u32"),
            strokeWidth=scalar(1e30))  # fmt: skip
    return f.program()


@pytest.mark.parametrize(
    "target",
    [Destination("png", "x.png", (40, 30)), Destination("gif", "x.gif", (40, 30)),
     Destination("png", "x.png", (40, 30), sheet=(1, 1))],
    ids=["PNG", "GIF", "sheet"],
)  # fmt: skip
def test_what_is_too_large_for_pixels_names_its_frame(target: Destination) -> None:
    """The error says which pass, and how far it reaches."""
    with pytest.raises(OutOfReach, match=r"pass `p0`.*5e\+2") as caught:
        list(encoded(target, iter(painted(huge, 400, 300))))
    assert caught.value.where.frame == 0


def test_colours_are_added_to_pictures_of_some_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Adding takes eight times the room of other pictures."""
    monkeypatch.setattr("irrun.limits.GIVEN", {"IRRUN_MAX_ADDED_PIXELS": "1000"})

    with pytest.raises(PictureLimit, match="colours that are added"):
        png_of_drawing(drawing(blends, 600, 130), 600, 130)


# --- GIF ------------------------------------------------------------------------------------


def gif_frames(data: bytes) -> list[tuple[Any, int]]:
    """Return the frames of a GIF, each with its duration in ms."""
    image = Image.open(io.BytesIO(data))
    found = []
    for i in range(image.n_frames):
        image.seek(i)
        found.append((image.convert("RGB"), image.info["duration"]))
    return found


def test_gif_shows_every_frame_for_its_time() -> None:
    """The last frame as long as the one before it; the animation goes round for ever."""
    pictures = painted(pulse, 400, 300, (0.0, 40.0, 100.0))
    ((name, data),) = encoded(Destination("gif", "x.gif", (200, 150)), iter(pictures))
    frames = gif_frames(data)

    assert name == "x.gif"
    assert [duration for _, duration in frames] == [40, 60, 60]
    assert frames[0][0].getpixel((160, 75)) == (0, 0, 0)
    blue = frames[2][0].getpixel((160, 75))
    assert blue[2] > 200
    assert Image.open(io.BytesIO(data)).info["loop"] == 0


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ([20, 40, 60], [2, 2, 2]),
        ([33.3, 66.6, 100], [3, 4, 3]),
        ([16.7, 33.3, 50], [2, 2, 2]),
        ([0, 0], [2, 2]),
        ([1000, 500], [100, 2]),
    ],
)
def test_gif_durations_do_not_drift(ends: list[float], expected: list[int]) -> None:
    """In hundredths of a second, at least two."""
    assert durations(ends) == expected


LONG = {
    "a frame of 700 seconds": ([70_000, 140_000], [70_000, 70_000]),
    "a thousand hours": ([360_000_000], [360_000_000]),
    "just too long": ([65_536], [65_536]),
    "half a frame short": ([33, 65_569], [33, 65_536]),
}


@pytest.mark.parametrize(("ends", "shown"), LONG.values(), ids=LONG)
def test_a_gif_shows_a_long_frame_as_often_as_it_takes(ends: list[int], shown: list[int]) -> None:
    """A block is shown 655.35 s at most: blocks that change nothing follow, and times add up."""
    pngs = [solid((200, 10, 10 * i)) for i, _ in enumerate(ends)]
    frames = gif_frames(gif_of_pngs(pngs, [10.0 * end for end in ends], BLACK))

    times: dict[tuple[int, ...], int] = {}
    for image, ms in frames:
        assert 20 <= ms <= 655_350
        assert len(image.getcolors()) == 1
        times[image.getpixel((0, 7))] = times.get(image.getpixel((0, 7)), 0) + ms // 10
    assert list(times.values()) == shown


def test_frames_that_do_not_change_are_one_and_their_times_add_up() -> None:
    """Forty frames of twenty seconds, all alike."""
    png = solid((1, 2, 3), (200, 0, 0))
    data = gif_of_pngs([png] * 40, [20_000.0 * (i + 1) for i in range(40)], BLACK)

    assert sum(ms for _, ms in gif_frames(data)) == 800_000
    assert len(data) < 1200


def test_a_gif_holds_only_what_changes() -> None:
    """Each frame is what it was drawn as, whatever part of it stands in the file."""
    red, blue = (200, 0, 0), (0, 0, 200)
    columns = [[red] * 8, [red, blue, *[red] * 6], [red, blue, *[red] * 5, blue], [red] * 8]
    ends = [100.0, 200.0, 300.0, 400.0]
    frames = gif_frames(gif_of_pngs([solid(*row) for row in columns], ends, BLACK))

    assert [[im.getpixel((x, 3)) for x in range(8)] for im, _ in frames] == columns
    assert [ms for _, ms in frames] == [100] * 4


def test_an_animation_has_an_end() -> None:
    """No file takes so many blocks as a time beyond all times would."""
    with pytest.raises(PictureLimit, match="the limit is 10,000,000"):
        gif_of_pngs([solid((1, 2, 3))], [1e300], BLACK)


def test_what_shines_through_is_mixed() -> None:
    """A GIF is opaque."""
    image = Image.new("RGBA", (4, 4), (255, 255, 255, 128))
    file = io.BytesIO()
    image.save(file, "PNG")
    ((frame, _),) = gif_frames(gif_of_pngs([file.getvalue()], [100.0], Paint("#ff0000", 1.0)))

    assert frame.getpixel((1, 1)) == (255, 128, 128)


def test_a_gif_of_many_frames_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them are kept until their colours are known."""
    monkeypatch.setattr("irrun.limits.GIVEN", {"IRRUN_MAX_GIF_BYTES": "1000"})
    pictures = painted(pulse, 400, 300, (0.0, 40.0, 100.0))

    with pytest.raises(PictureLimit, match="the animation takes"):
        list(encoded(Destination("gif", "x.gif", (200, 150)), iter(pictures)))


SIZES = {
    "a picture": ("PICTURE_PIXELS", (1000, 100, 1), "a picture of 1000 x 100 takes 100,000 pixels"),
    "all frames": ("GIF_PIXELS", (100, 10, 100), "a GIF of 100 frames of 100 x 10"),
}


@pytest.mark.parametrize(("limit", "size", "text"), SIZES.values(), ids=SIZES)
def test_pixels_have_a_limit(
    limit: str, size: tuple[int, int, int], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each picture, and all of an animation together."""
    check_pixels(*size)
    monkeypatch.setattr("irrun.limits.GIVEN", {f"IRRUN_MAX_{limit}": "99999"})

    with pytest.raises(PictureLimit, match=text):
        check_pixels(*size)


def solid(*colors: tuple[int, int, int], size: int = 20) -> bytes:
    """Return a PNG with a column of each colour."""
    image = Image.new("RGBA", (len(colors), size))
    for x, color in enumerate(colors):
        image.paste((*color, 255), (x, 0, x + 1, size))
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def test_gif_keeps_colours_exactly_where_there_are_few() -> None:
    """Also neighbours that a nearest-colour table would throw together."""
    colors = [(10, 20, c) for c in range(100, 180)]
    ((image, _),) = gif_frames(gif_of_pngs([solid(*colors)], [100], BLACK))

    assert [image.getpixel((x, 5)) for x in range(80)] == colors


def test_gif_with_many_colours_comes_close() -> None:
    """More than 256 colours share a palette."""
    colors = [(c % 32 * 8, c // 32 * 8, 128) for c in range(1024)]
    ((image, _),) = gif_frames(gif_of_pngs([solid(*colors)], [100], BLACK))

    worst = max(
        max(abs(a - b) for a, b in zip(image.getpixel((x, 5)), color, strict=True))
        for x, color in enumerate(colors)
    )
    assert worst <= 24


# --- Sheets ---------------------------------------------------------------------------------


def test_sheet_has_cells_in_rows_and_numbers_below() -> None:
    """Four frames in two columns; the size of the dot tells which is which."""
    pictures = painted(pulse, 400, 300, (0.0, 20.0, 40.0, 100.0))
    target = Destination("png", "sheet.png", (100, 75), sheet=(2, 2))
    ((_, data),) = encoded(target, iter(pictures))
    image = pixels(data)

    assert image.size == (8 + 2 * 108, 8 + 2 * 107)
    centres = [(8 + 80, 8 + 37), (116 + 80, 8 + 37), (8 + 80, 115 + 37), (116 + 80, 115 + 37)]
    assert [image.getpixel(at)[2] > 200 for at in centres] == [False, True, True, True]
    below = image.crop((8, 8 + 75, 108, 8 + 99))
    assert len(below.getcolors()) > 1


def label(frame: int, width: int = 100) -> Any:
    """Return what is below the cell of a frame, and how wide its ink is."""
    nothing = Cell(frame, "", Viewport(10.0, 10.0))
    image = pixels(png_of_svg(sheet_svg([nothing], 1, 1, width, 10))).convert("L")
    return image.point(lambda level: 255 if level > 140 else 0)


def test_numbers_of_a_sheet_can_be_read() -> None:
    """No two digits look alike, and they are bright and as high as letters of a text."""
    labels = [label(digit) for digit in range(10)]
    boxes = [one.getbbox() for one in labels]

    assert len({one.tobytes() for one in labels}) == 10
    assert all(12 <= bottom - top <= 16 for _, top, _, bottom in boxes)


def test_a_long_number_does_not_leave_its_cell() -> None:
    """It gets narrower."""
    for frame, width in ((1234567, 100), (1234567, 40)):
        left, _, right, _ = label(frame, width).getbbox()
        assert 8 <= left < right <= 8 + width


def test_sheet_with_added_colours_shows_them_as_a_picture_does() -> None:
    """A cell is painted on its own where SVG cannot say what it is."""
    pictures = painted(blends, 600, 130)
    target = Destination("png", "sheet.png", (600, 130), sheet=(1, 1))
    ((_, data),) = encoded(target, iter(pictures))

    assert pixels(data).getpixel((8 + 195, 8 + 40))[:3] == (220, 137, 207)


# --- Bytes, packages, sizes -----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["svg", "png", "gif"])
@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_drawing_gives_the_same_bytes(name: str, kind: Any) -> None:
    """Twice from the program on."""
    target = Destination(kind, "x", (300, 150))
    first, second = (list(encoded(target, iter(painted(SAMPLES[name], 600, 300)))) for _ in "ab")

    assert first == second
    assert len(first[0][1]) > 100


@pytest.mark.parametrize(
    ("kind", "module", "package"),
    [
        ("png", "resvg_py", "resvg-py"),
        ("gif", "resvg_py", "resvg-py"),
        ("gif", "PIL.Image", "pillow"),
    ],
)
def test_a_missing_package_is_named_before_anything_runs(
    kind: Any, module: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to do about it; SVG needs none."""
    monkeypatch.setitem(sys.modules, module, None)

    need_packages(Destination("svg", "x.svg", (1, 1)))
    with pytest.raises(RenderExtraMissing) as caught:
        need_packages(Destination(kind, "x", (1, 1)))
    assert package in str(caught.value)
    assert "pip install 'irrun[render]'" in (caught.value.hint_text or "")


@pytest.mark.parametrize(
    ("viewport", "box", "expected"),
    [
        (Viewport(1920, 1080, 1), (None, None), (1920, 1080)),
        (Viewport(101, 51, 1.5), (None, None), (151, 76)),
        (Viewport(1920, 1080, 1), (640, None), (640, 360)),
        (Viewport(1920, 1080, 2), (640, 640), (640, 360)),
        (Viewport(100, 400, 1), (640, 640), (160, 640)),
        (Viewport(1000, 1, 1), (10, None), (10, 1)),
        (Viewport(100, 25, 1), (10, None), (10, 3)),
        (Viewport(1e-320, 1e-320, 1), (640, 640), (16384, 16384)),
        (Viewport(1e300, 1e-300, 1e300), (None, None), (16384, 1)),
    ],
)
def test_pictures_fit_their_box(viewport: Viewport, box: Any, expected: tuple[int, int]) -> None:
    """The aspect is kept, halves are rounded up; a pixel is the least, the limit the most."""
    assert fitted(viewport, *box) == expected


@pytest.mark.parametrize(
    ("frames", "count", "expected"),
    [(60, 1, [0]), (60, 3, [0, 29, 59]), (4, 4, [0, 1, 2, 3]), (2, 9, [0, 1]), (5, 2, [0, 4])],
)
def test_frames_are_spread_evenly(frames: int, count: int, expected: list[int]) -> None:
    """The first and the last are among them."""
    assert list(spread(frames, count)) == expected
