"""Projection to the screen: the reference's values, a written-out form, the inputs (14.5, 14.6)."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec
import numpy as np
import pytest
from evaluate.scene.scenes import (
    ALPHA,
    BLUE,
    CAMERA,
    DOMAIN,
    GREEN,
    OUT,
    POSITION,
    RADIUS,
    RED,
    ROTATION,
    SCALE,
    VIEW,
    one_frame,
    projection_step,
    single,
    table,
    viewport_of,
    with_cameras,
    with_members,
)
from hypothesis import given
from hypothesis import strategies as st
from program_builder import ProgramBuilder
from support.conformance_vectors import Case, case_name, cases, difference
from support.examples import examples

from irrun.errors import IrrunError
from irrun.errors.checks.values import NanSortKey
from irrun.errors.expressions import BadOperand
from irrun.errors.running import BadElementCount
from irrun.errors.scene import DefaultCamera, RotationIgnored, UnknownSceneId
from irrun.evaluate.scene import projection
from irrun.evaluate.scene.cameras import DEFAULT_CAMERA, evaluate_camera
from irrun.evaluate.scene.projection import Bodies, Counters, Lens, project, quantized
from irrun.ir.values import Buffer, CameraEval, DomainHandle, Instances, Viewport
from irrun.numerics.convert import to_f32
from irrun.numerics.scalar import clamp_b, round_half_up
from irrun.runtime.runtime import Runtime

FULL: Final = Viewport(1920, 1080)
ARRAYS: Final = ("x", "y", "s", "z", "r", "g", "b", "a", "alive", "index")
COUNTERS: Final = {
    "instancesIn": "instances_in",
    "instancesOut": "instances_out",
    "culled": "culled",
    "clipped": "clipped",
    "nanCount": "nan_count",
    "infCount": "inf_count",
}

DECISIONS: Final[dict[str, str]] = {
    "depth-order": "14.6: the farthest first, as the painter's algorithm needs it",
    "size-space": "14.6: sizes in world units become pixels",
}
"""Where irrun leaves the reference, by quirk, and the section that decides it. Reviewed."""


# --- The reference's values -----------------------------------------------------------------


def run_case(case: Case, *, quirks: bool) -> dict[str, Any]:
    """Run a case as a program: its inputs in slots, its camera as it would have been evaluated."""
    args = case["args"]
    b = projection_step(
        ProgramBuilder("case"),
        cullMode=args["cullMode"],
        clipMode=args["clipMode"],
        sizeSpace=args["sizeSpace"],
        zSort=args["zSort"],
    )
    viewport = viewport_of(args["viewport"])
    identity = single(*np.eye(4).reshape(16))
    slots = {RED: "colorR", GREEN: "colorG", BLUE: "colorB", ALPHA: "colorA", RADIUS: "radius"}
    values = {
        DOMAIN: DomainHandle(args["count"]),
        VIEW: CameraEval("cam", identity, identity, single(*args["viewProj"]), viewport),
        POSITION: Buffer(single(*args["positions"]), 3, "f32"),
    } | {slot: Buffer(single(*args[name]), 1, "f32") for slot, name in slots.items()}
    details: dict[str, int] = {}
    runtime = Runtime(b.program(), executors="real", viewport=viewport, quirks=quirks)
    runtime.frame.on_detail = lambda subject, text, value, note: details.update({text: value})
    for slot, value in values.items():
        runtime.values.write(slot, value)
    runtime.run_frame(0.0)
    found = runtime.values.peek(OUT)
    names = ("elements", "alive", "culled", "clipped", "culled with NaN", "culled with infinities")
    counters = dict(zip(COUNTERS, (details[name] for name in names), strict=True))
    arrays = {name: getattr(found, name) for name in ARRAYS if name != "index"}
    return arrays | {"counters": counters}


@pytest.mark.parametrize("case", cases("project3d"), ids=case_name)
def test_with_quirks_every_instance_is_the_references(case: Case) -> None:
    """All arrays and all counters, exactly."""
    assert difference(run_case(case, quirks=True), case["expect"]) is None


@pytest.mark.parametrize("case", cases("project3d"), ids=case_name)
def test_without_quirks_only_decided_cases_differ(case: Case) -> None:
    """A case differs if and only if it carries a quirk that section 14.6 decides otherwise."""
    decided = [quirk for quirk in case.get("quirks", ()) if quirk in DECISIONS]

    found = difference(run_case(case, quirks=False), case["expect"])

    assert (found is not None) is bool(decided), found


def test_every_decision_is_met_by_a_case() -> None:
    """No row of the table is idle."""
    assert {q for case in cases("project3d") for q in case.get("quirks", ())} == DECISIONS.keys()


# --- Appendix A.8 ---------------------------------------------------------------------------


PLACES = [(0, 0, 0), (10, 5, 0), (0, 0, 50), (0, 0, 101), (200, 0, 0), (0, 0, -950),
          (math.nan, 0, 0), (math.inf, 0, 0), (0, -20, 50)]  # fmt: skip


def appendix_bodies() -> Bodies:
    """Return the elements of the appendix."""
    n = len(PLACES)
    colors = tuple(single(*[c] * n) for c in (0.5, 1.2, -0.1, 0.998))
    positions = single(*(c for place in PLACES for c in place))
    return Bodies(positions, (colors[0], colors[1], colors[2], colors[3]),
                  single(*range(1, n + 1)))  # fmt: skip


def lens(**members: Any) -> Lens:
    """Return the default camera's lens at full size."""
    evaluated = evaluate_camera(DEFAULT_CAMERA, FULL)
    plain = Lens(evaluated.view_proj, FULL, proj_y=float(evaluated.proj[5]), clip="discard")
    return msgspec.structs.replace(plain, **members)


def test_the_instances_of_the_appendix() -> None:
    """Four are kept, each with place, depth, size and colour; the rest is counted."""
    found, counters = project(appendix_bodies(), lens(culls=True))

    near, far = 0.9961996674537659, 0.9981998205184937
    assert difference(found.index, [0, 1, 2, 8]) is None
    assert difference(found.x, [960.0, 1053.53076171875, 960.0, 960.0]) is None
    assert difference(found.y, [540.0, 493.234619140625, 540.0, 914.1229858398438]) is None
    assert difference(found.z, [far, far, near, near]) is None
    assert difference(found.s, [1.0, 2.0, 3.0, 9.0]) is None
    colors = [found.r.tolist(), found.g.tolist(), found.b.tolist(), found.a.tolist()]
    assert colors == [[128] * 4, [255] * 4, [0] * 4, [254] * 4]
    assert counters == Counters(9, 4, 5, 0, nan_count=1, inf_count=1, kept=4)
    assert counters.bytes_written == 84


@pytest.mark.parametrize(
    ("order", "expected"), [("far first", [0, 1, 2, 8]), ("near first", [2, 8, 0, 1])]
)
def test_the_orders_of_the_appendix(order: Any, expected: list[int]) -> None:
    """The farthest first, or the reference's nearest first."""
    found, _ = project(appendix_bodies(), lens(culls=True, order=order))

    assert found.index.tolist() == expected


def test_without_culling_what_is_outside_is_kept_or_clamped() -> None:
    """Element 4 is beyond the right edge, element 5 beyond the far plane."""
    found, counters = project(appendix_bodies(), lens())
    clamped, none = project(appendix_bodies(), lens(clip="clamp"))

    assert found.index.tolist() == [0, 1, 2, 4, 5, 8]
    assert (found.x[3], found.alive.tolist()) == (2830.61474609375, [1, 1, 1, 0, 1, 1])
    assert found.z[4] == single(1.000009536743164)[0]
    assert (counters.clipped, counters.instances_out, counters.kept) == (1, 5, 6)
    assert (clamped.x[3], clamped.alive.tolist()) == (1920, [1] * 6)
    assert (none.clipped, none.instances_out) == (0, 6)


# --- Against the text, written out one element at a time ------------------------------------


def written_out(bodies: Bodies, how: Lens) -> tuple[list[dict[str, float]], dict[str, int]]:
    """Return what section 14.6 says, element by element and rounding by rounding."""
    width, height = how.viewport.w, how.viewport.h
    m = how.view_proj.tolist()
    kept: list[dict[str, float]] = []
    counted = dict.fromkeys(("culled", "clipped", "nan_count", "inf_count"), 0)
    for i in range(bodies.count):
        px, py, pz = bodies.positions[3 * i : 3 * i + 3].tolist()
        if any(math.isnan(p) or math.isinf(p) for p in (px, py, pz)):
            counted["culled"] += 1
            is_nan = any(math.isnan(p) for p in (px, py, pz))
            counted["nan_count" if is_nan else "inf_count"] += 1
            continue
        x, y, z, w = (
            to_f32(
                to_f32(m[row] * px) + to_f32(m[4 + row] * py) + to_f32(m[8 + row] * pz)
                + m[12 + row]
            )
            for row in range(4)
        )  # fmt: skip
        if w <= 0:
            counted["culled"] += 1
            continue
        ndc = [to_f32(x / w), to_f32(y / w), to_f32(z / w)]
        if how.culls and any(c < -1 or c > 1 for c in ndc):
            counted["culled"] += 1
            continue
        sx = to_f32((ndc[0] * 0.5 + 0.5) * width)
        sy = to_f32((0.5 - ndc[1] * 0.5) * height)
        alive = 1
        if how.clip == "discard" and (sx < 0 or sx > width or sy < 0 or sy > height):
            alive = 0
            counted["clipped"] += 1
        if how.clip == "clamp":
            sx, sy = to_f32(clamp_b(sx, 0, width)), to_f32(clamp_b(sy, 0, height))
        size = at(bodies.radius, i)
        if how.world_sizes:
            size = to_f32(
                at(bodies.radius, i) * at(bodies.scale, i) * how.proj_y * (height / 2) / w
            )
        elif isinstance(bodies.scale, np.ndarray):
            size = to_f32(at(bodies.radius, i) * at(bodies.scale, i))
        bytes_ = [clamp_b(round_half_up(at(c, i) * 255), 0, 255) for c in bodies.colors]
        bytes_ = [0 if math.isnan(c) else int(c) for c in bytes_]
        numbers = (sx, sy, size, ndc[2], *bytes_, alive, i)
        kept.append(dict(zip(ARRAYS, numbers, strict=True)))
    if how.order != "as listed":
        sign = -1 if how.order == "far first" else 1
        kept.sort(key=lambda one: (math.isnan(one["z"]), 0 if math.isnan(one["z"]) else
                                   sign * one["z"], one["index"]))  # fmt: skip
    return kept, counted


def at(channel: Any, i: int) -> float:
    """Return a channel's value for an element."""
    return float(channel[i]) if isinstance(channel, np.ndarray) else to_f32(channel)


def assert_same(bodies: Bodies, how: Lens) -> None:
    """Compare the arrays with the written-out form, bit for bit."""
    found, counters = project(bodies, how)
    kept, counted = written_out(bodies, how)

    for name in ARRAYS:
        expected = [one[name] for one in kept]
        assert difference(getattr(found, name), expected) is None, name
    for name, count in counted.items():
        assert getattr(counters, name) == count
    assert counters.instances_in == bodies.count
    assert counters.instances_out == sum(one["alive"] for one in kept)
    dtypes = [getattr(found, name).dtype.name for name in ARRAYS]
    assert dtypes == ["float32"] * 4 + ["uint8"] * 5 + ["uint32"]


LARGEST = float(np.finfo(np.float32).max)
HARD = [0.0, -0.0, 1.0, -1.0, 100.0, 99.99999, 1e-45, 1e-38, 1e30, -1e30, LARGEST, -LARGEST,
        math.nan, math.inf, -math.inf]  # fmt: skip
places = st.sampled_from(HARD) | st.integers(-3, 3).map(float) | st.floats(-200, 200, width=32)
channels = st.sampled_from([0.5 / 255, 1.5 / 255, 254.5 / 255, *HARD]) | st.floats(0, 1, width=32)
elements = st.floats(width=32) | st.floats(-2, 2, width=32) | st.sampled_from([0.0, -0.0, 1.0])


@st.composite
def some_bodies(draw: st.DrawFn) -> Bodies:
    """Draw up to 14 elements with hard positions, colours, sizes and perhaps scales."""
    n = draw(st.integers(0, 14))

    def channel() -> Any:
        whole = st.lists(channels, min_size=n, max_size=n).map(lambda found: single(*found))
        return draw(channels | whole)

    positions = single(*draw(st.lists(places, min_size=3 * n, max_size=3 * n)))
    scale = draw(st.none() | st.lists(elements, min_size=n, max_size=n))
    colors = (channel(), channel(), channel(), channel())
    return Bodies(positions, colors, channel(), 1.0 if scale is None else single(*scale))


@st.composite
def some_lens(draw: st.DrawFn) -> Lens:
    """Draw a lens: of a real camera, or a matrix of anything."""
    size = st.sampled_from([1.0, 1920.0, 1080.5, 0.1, 1366.25])
    viewport = Viewport(draw(size), draw(size))
    matrix = draw(
        st.just(evaluate_camera(DEFAULT_CAMERA, viewport).view_proj)
        | st.just(single(*np.eye(4).reshape(16)))
        | st.lists(elements, min_size=16, max_size=16).map(lambda found: single(*found))
    )
    return Lens(
        matrix,
        viewport,
        proj_y=draw(st.sampled_from([1.0, 1.7320507764816284])),
        culls=draw(st.booleans()),
        clip=draw(st.sampled_from(["discard", "clamp", None])),
        world_sizes=draw(st.booleans()),
        order=draw(st.sampled_from(["as listed", "far first", "near first"])),
    )


@examples(60, long=400)
@given(some_bodies(), some_lens(), st.sampled_from([3, 5, 8192]))
def test_all_at_once_is_one_by_one(bodies: Bodies, how: Lens, block: int) -> None:
    """The array form agrees with the written-out form bit for bit, over any number of blocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(projection, "_BLOCK", block)
        assert_same(bodies, how)


@pytest.mark.parametrize("order", ["as listed", "far first", "near first"])
@pytest.mark.parametrize("world_sizes", [False, True])
def test_many_elements_over_several_blocks(order: Any, world_sizes: bool) -> None:
    """20000 elements of which some are culled, some clipped, and many share a depth."""
    n = 20_000
    random = np.random.default_rng(7)
    positions = random.normal(0, 40, (n, 3)).astype(np.float32)
    positions[:, 2] = random.integers(-3, 150, n)
    positions[::97, 0] = np.nan
    colors = tuple(random.uniform(-0.1, 1.1, n).astype(np.float32) for _ in range(4))
    bodies = Bodies(positions.reshape(-1), (colors[0], colors[1], colors[2], colors[3]),
                    random.random(n).astype(np.float32))  # fmt: skip

    assert_same(bodies, lens(order=order, world_sizes=world_sizes))


BOUNDARY = [-1.0, 1.0, math.nextafter(1.0, 2.0), float(np.nextafter(single(1)[0], single(2)[0])),
            float(np.nextafter(single(-1)[0], single(-2)[0]))]  # fmt: skip


@pytest.mark.parametrize("clip", ["discard", "clamp", None])
@pytest.mark.parametrize("culls", [False, True])
def test_the_boundary_is_inside(clip: Any, culls: bool) -> None:
    """Exactly -1 and 1, and one float32 beyond them, on every axis."""
    grid = [(x, y, z) for x in BOUNDARY for y in BOUNDARY for z in BOUNDARY]
    bodies = Bodies(single(*(c for place in grid for c in place)), (0.0, 0.0, 0.0, 1.0), 1.0)
    identity = single(*np.eye(4).reshape(16))

    assert_same(bodies, Lens(identity, FULL, culls=culls, clip=clip))
    found, _ = project(bodies, Lens(identity, FULL, culls=True))
    assert len(found.x) == 27  # three of the five values are -1 or round to 1


def test_all_bytes_round_half_up() -> None:
    """Around each half the byte is that of the text, and NaN is 0."""
    halves = [(k + 0.5) / 255 for k in range(256)]
    near = [n for h in halves for n in (math.nextafter(h, -1), h, math.nextafter(h, 2))]
    values = [*near, -1.0, 2.0, math.inf, -math.inf, math.nan, -0.0]

    expected = [clamp_b(round_half_up(c * 255), 0, 255) for c in values]

    found = quantized(np.array(values)).tolist()
    assert found == [0 if math.isnan(byte) else int(byte) for byte in expected]


def test_all_nans_are_one() -> None:
    """The bytes of the result do not tell what machine made them."""
    nans = np.array([0x7FC00001, 0xFFC00000], np.uint32).view(np.float32)
    matrix = single(*[math.nan] * 16)
    found, _ = project(Bodies(single(*[0] * 6), (0.0,) * 4, nans), Lens(matrix, FULL))

    for name in ("x", "y", "z", "s"):
        assert getattr(found, name).tobytes() == single(math.nan, math.nan).tobytes()


# --- Inputs of the step ---------------------------------------------------------------------


def scene(b: ProgramBuilder | None = None, **changes: Any) -> ProgramBuilder:
    """Return a program with one camera and a step that projects."""
    builder = with_cameras(CAMERA, default="cam") if b is None else b
    return projection_step(builder, **changes)


def inputs(count: int = 2, **changes: Any) -> dict[int, Any]:
    """Return values for all slots, with handles where the reference wants handles."""

    def handle(components: int, number: float) -> Buffer:
        return Buffer(single(*[number] * (components * count)), components, "f32")

    values = {
        DOMAIN: DomainHandle(count),
        VIEW: evaluate_camera(DEFAULT_CAMERA, FULL),
        POSITION: handle(3, 1.5),
        ROTATION: handle(4, 0.5),
        SCALE: handle(1, 2.0),
        RED: handle(1, 0.5),
        GREEN: handle(1, 0.25),
        BLUE: handle(1, 0.75),
        ALPHA: handle(1, 1.0),
        RADIUS: handle(1, 3.0),
    }
    return values | {globals()[name]: value for name, value in changes.items()}


def result(b: ProgramBuilder, values: Mapping[int, Any], **options: Any) -> Instances:
    """Return what the step writes."""
    known = {access.slot for step in b.program().steps for access in step.accesses(b.program())}
    there = {slot: value for slot, value in values.items() if slot in known}
    found = one_frame(b.program(), there, **options).values.peek(OUT)
    assert isinstance(found, Instances)
    return found


def same(a: Instances, b: Instances) -> bool:
    """True if two results are the same, byte for byte."""
    return all(getattr(a, name).tobytes() == getattr(b, name).tobytes() for name in ARRAYS)


@pytest.mark.parametrize(
    "changes",
    [
        {"DOMAIN": 2.0},
        {"POSITION": single(*[1.5] * 6)},
        {"RED": single(0.5, 0.5)},
        {"RED": 0.5, "GREEN": 0.25, "BLUE": 0.75, "ALPHA": 1},
        {"RADIUS": single(3, 3)},
        {"RADIUS": 3},
    ],
)
def test_bare_arrays_and_numbers_are_taken_for_handles(changes: dict[str, Any]) -> None:
    """With the same result, with and without the reference's quirks."""
    expected = result(scene(), inputs())

    assert same(result(scene(), inputs(**changes)), expected)
    assert same(result(scene(), inputs(**changes), quirks=True), expected)


FLOATS64 = np.zeros(2)

UNFIT: list[tuple[str, Any, str]] = [
    ("DOMAIN", None, "domainSlot needs a domain or a number of elements, got nothing"),
    ("DOMAIN", {"r": 1, "g": 1}, "domainSlot needs a domain or a number of elements, "
     "got an object with r, g"),
    ("POSITION", single(1, 2, 3), "positionSlot needs a buffer of 6 float32 numbers, "
     "got a buffer of 3 float32 numbers"),
    ("POSITION", 1.0, "positionSlot needs a buffer of 6 float32 numbers, got a number"),
    ("POSITION", np.zeros(6), "got a buffer of 6 float64 numbers"),
    ("RED", FLOATS64, "colorRSlot needs a number or a buffer of 2 float32 numbers"),
    ("GREEN", single(1), "colorGSlot needs"),
    ("BLUE", [], "colorBSlot needs a number or a buffer of 2 float32 numbers, got a list"),
    ("ALPHA", "red", "colorASlot needs a number or a buffer of 2 float32 numbers, got a text"),
    ("RADIUS", DomainHandle(2), "radiusSlot needs a number or a buffer of 2 float32 numbers, "
     "got a domain"),
    ("SCALE", single(1, 2, 3), "scaleSlot needs a buffer of 2 or 6 float32 numbers"),
    ("SCALE", 2.0, "scaleSlot needs a buffer of 2 or 6 float32 numbers, got a number"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "message"), UNFIT)
def test_an_input_that_does_not_fit_is_named(name: str, value: Any, message: str) -> None:
    """Which slot reference, what it needs and what is there; with its place."""
    b = scene(scaleSlot=SCALE)

    with pytest.raises(BadOperand) as caught:
        result(b, inputs(**{name: value}))

    where = caught.value.where
    assert message in str(caught.value)
    assert (where.step, where.slot, where.frame) == ("s-project", globals()[name], 0)
    assert str(where.field) in message or message.startswith("got")


@pytest.mark.parametrize("count", [-1, 1.5, math.nan])
def test_a_domain_has_a_whole_number_of_elements(count: float) -> None:
    """As for every step that reads a domain."""
    for value in (count, DomainHandle(count)):
        with pytest.raises(BadElementCount):
            result(scene(), inputs(DOMAIN=value))


@pytest.mark.parametrize("z_sort", [False, True])
def test_without_elements_nothing_else_is_looked_at(z_sort: bool) -> None:
    """Empty arrays, whatever is in the other slots; not a warning."""
    b = scene(zSort=z_sort, rotationSlot=ROTATION, scaleSlot=SCALE)
    runtime = one_frame(b.program(), {DOMAIN: DomainHandle(0)})
    found = runtime.values.peek(OUT)

    assert [getattr(found, name).size for name in ARRAYS] == [0] * 10
    assert found.index.dtype == np.uint32
    assert runtime.findings == []


def warnings(runtime: Runtime, problem: type[IrrunError]) -> list[str]:
    """Return the warnings of a class."""
    return [error.sentence for error in runtime.findings if isinstance(error, problem)]


def test_the_default_camera_stands_in() -> None:
    """Section 14.5: compiled programs name slot 0, the domain, and evaluate no camera."""
    b = scene(cameraEvalSlot=DOMAIN)
    values = {
        slot: value for slot, value in inputs().items() if slot not in (VIEW, ROTATION, SCALE)
    }
    runtime = one_frame(b.program(), values)
    runtime.run_frame(20.0)

    (warning,) = warnings(runtime, DefaultCamera)
    assert warning == "slot 0 holds a domain and no evaluated camera; camera `cam` is used"
    assert same(
        runtime.values.peek(OUT),
        result(scene(), inputs(VIEW=runtime.frame.cameras.evaluate("cam", FULL))),
    )


def no_cameras(b: ProgramBuilder) -> None:
    """Leave the program without cameras."""


def own_default(b: ProgramBuilder) -> None:
    """Give the program a camera of the default's name."""
    own = with_members(CAMERA, id="__default__", projection__fovYRad=2)
    b.doc["cameras"] = table("cameras", "camera", own)


def unused_camera(b: ProgramBuilder) -> None:
    """Give the program a camera, and name none as the default."""
    b.doc["cameras"] = table("cameras", "camera", CAMERA)


@pytest.mark.parametrize(
    ("build", "fov"), [(no_cameras, math.pi / 3), (own_default, 2), (unused_camera, math.pi / 3)]
)
def test_which_camera_is_the_default(build: Callable[[ProgramBuilder], None], fov: float) -> None:
    """The one of the program by that name, else the built-in one."""
    b = ProgramBuilder("default")
    build(b)
    runtime = Runtime(scene(b).program())

    found = runtime.frame.cameras.evaluate_default(FULL)

    assert found.camera_id == "__default__"
    assert found.proj[5] == pytest.approx(1 / math.tan(fov / 2))
    assert runtime.frame.cameras.evaluate_default(FULL) is found
    assert runtime.frame.cameras.evaluate_default(Viewport(10, 10)).viewport == Viewport(10, 10)


def test_the_built_in_camera_is_no_entry_of_the_table() -> None:
    """A CameraEval step has to find its camera in the program, whatever a projection used."""
    b = scene(ProgramBuilder("built-in"))
    b.step("CameraEval", "s-camera", cameraId="__default__", outSlot=20)

    with pytest.raises(UnknownSceneId, match="there is no camera `__default__`"):
        result(b, inputs(VIEW=1.0))


def test_a_default_camera_that_is_not_there_is_named() -> None:
    """The program promises a camera that it does not have."""
    with pytest.raises(UnknownSceneId, match="there is no camera `other`: known are cam"):
        result(scene(with_cameras(CAMERA, default="other")), inputs(VIEW=1.0))


@pytest.mark.parametrize("quirks", [False, True])
def test_depths_that_are_nan_come_last_and_are_reported(quirks: bool) -> None:
    """Of two elements whose depth cannot be told."""
    evaluated = evaluate_camera(DEFAULT_CAMERA, FULL)
    matrix = evaluated.view_proj.copy()
    matrix[2] = math.nan  # x counts into the depth, and is 0 or not
    seen = msgspec.structs.replace(evaluated, view_proj=matrix)
    b = scene(zSort=True)

    unused = (ROTATION, SCALE)
    there = {slot: value for slot, value in inputs(VIEW=seen).items() if slot not in unused}

    runtime = one_frame(b.program(), there, quirks=quirks)

    assert np.isnan(runtime.values.peek(OUT).z).all()
    assert [f.sentence for f in runtime.findings if isinstance(f, NanSortKey)] == [
        "the depth of an instance is NaN, which sorts behind all numbers"
    ]


def test_rotation_has_no_effect_and_is_reported() -> None:
    """Once; what the slot holds is not looked at."""
    runtime = one_frame(
        scene(rotationSlot=ROTATION).program(),
        {slot: value for slot, value in inputs().items() if slot not in (ROTATION, SCALE)},
    )
    runtime.run_frame(20.0)

    assert len(warnings(runtime, RotationIgnored)) == 1
    assert same(runtime.values.peek(OUT), result(scene(), inputs()))


@pytest.mark.parametrize(
    ("scale", "sizes"),
    [
        (single(2, 0.5), [6.0, 1.5]),
        (Buffer(single(2, 9, 9, 0.5, 9, 9), 3, "f32"), [6.0, 1.5]),
        (single(-1, math.nan), [-3.0, math.nan]),
    ],
)
def test_scale_multiplies_sizes(scale: Any, sizes: list[float]) -> None:
    """By one number to an element, or the x component of three; the reference ignores it."""
    b = scene(scaleSlot=SCALE)

    assert difference(result(b, inputs(SCALE=scale)).s, sizes) is None
    assert difference(result(b, inputs(SCALE=scale), quirks=True).s, [3.0, 3.0]) is None


def expected_world_sizes(camera: CameraEval, radius: float, w: float, scale: float) -> float:
    """Return size = f32(radius * scale * P[5] * (height / 2) / w)."""
    return to_f32(radius * scale * float(camera.proj[5]) * (1080 / 2) / w)


@pytest.mark.parametrize("kind", ["perspective", "orthographic"])
@pytest.mark.parametrize("scaled", [False, True])
def test_world_sizes(kind: str, scaled: bool) -> None:
    """By the distance in a perspective, by the height of the view in an orthographic camera."""
    members: dict[str, Any] = {
        "kind": kind,
        "near": 0.1,
        "far": 1000,
        "fovYRad": 1,
        "orthoHeight": 9,
    }
    b = scene(
        with_cameras(with_members(CAMERA, projection=members), default="cam"),
        sizeSpace="world",
        **({"scaleSlot": SCALE} if scaled else {}),
    )
    found = result(b, inputs(VIEW=None, POSITION=single(0, 0, 0, 0, 0, 50)))

    runtime = Runtime(b.program())
    camera = runtime.frame.cameras.evaluate("cam", FULL)
    distances = [100.0, 50.0] if kind == "perspective" else [1.0, 1.0]
    sizes = [expected_world_sizes(camera, 3, w, 2 if scaled else 1) for w in distances]
    assert difference(found.s, sizes) is None
    if kind == "orthographic":
        assert found.s[0] == pytest.approx((6 if scaled else 3) * 1080 / 9)


def test_every_frame_has_arrays_of_its_own() -> None:
    """What a frame held is not changed by the next one."""
    runtime = one_frame(scene().program(), {k: v for k, v in inputs().items()
                                            if k not in (ROTATION, SCALE)})  # fmt: skip
    first = runtime.values.peek(OUT)
    runtime.run_frame(20.0)
    second = runtime.values.peek(OUT)

    assert not any(np.shares_memory(getattr(first, name), getattr(second, name)) for name in ARRAYS)


def test_a_run_takes_the_viewport() -> None:
    """`irrun.run` hands it on; places follow the size of the view."""
    import irrun

    def middle(viewport: Viewport) -> Sequence[float]:
        b = with_cameras(CAMERA, default="cam")
        b.initial(DOMAIN, 1)
        b.initial(POSITION, {"kind": "buffer", "data": [0, 0, 0],
                             "format": {"components": 3, "elementType": "f32"}})  # fmt: skip
        for slot in (RED, GREEN, BLUE, ALPHA, RADIUS):
            b.initial(slot, 1)
        b.step("CameraEval", "s-camera", cameraId="cam", outSlot=VIEW)
        program = projection_step(b).program()
        found = irrun.run(program, frames=1, executors="real", viewport=viewport)[OUT][0]
        return [float(found.x[0]), float(found.y[0])]

    assert middle(irrun.Viewport(800, 600)) == [400, 300]
    assert middle(irrun.Viewport(1920, 1080)) == [960, 540]
