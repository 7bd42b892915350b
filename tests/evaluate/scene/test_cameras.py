"""Cameras: matrices, checks, the default camera, the cache (sections 14.1 to 14.3)."""

import math
from typing import Any

import numpy as np
import pytest
from evaluate.scene.scenes import (
    CAMERA,
    camera,
    camera_program,
    one_frame,
    viewport_of,
    with_members,
)
from hypothesis import given
from hypothesis import strategies as st
from program_builder import ProgramBuilder
from support.conformance_vectors import Case, case_name, cases, difference

from irrun.errors import IrrunError
from irrun.errors.scene import BadCamera, BadViewport, SkewedOrientation, UnknownSceneId
from irrun.evaluate.scene.cameras import (
    DEFAULT_CAMERA,
    check_camera,
    evaluate_camera,
    multiply,
    projection_matrix,
    view_matrix,
)
from irrun.ir.values import CameraEval, Viewport
from irrun.runtime.runtime import Runtime

FULL = Viewport(1920, 1080)
TURNED = math.sqrt(0.5)


def matrix(**elements: float) -> list[float]:
    """Return a matrix that is zero but for the named elements."""
    found = [0.0] * 16
    for name, value in elements.items():
        found[int(name.removeprefix("m"))] = value
    return found


# --- The reference's values -----------------------------------------------------------------


@pytest.mark.parametrize("quirks", [False, True], ids=["plain", "quirks"])
@pytest.mark.parametrize("case", cases("camera"), ids=case_name)
def test_every_matrix_is_the_references(case: Case, quirks: bool) -> None:
    """A CameraEval step writes the reference's three matrices; marked ones to 2 units."""
    document, viewport = case["args"]["camera"], viewport_of(case["args"]["viewport"])
    runtime = one_frame(camera_program(document), viewport=viewport, quirks=quirks)

    found = runtime.values.peek(0)

    assert (found.camera_id, found.viewport) == (document["id"], viewport)
    got = {"view": found.view, "proj": found.proj, "viewProj": found.view_proj}
    assert difference(got, case["expect"], "f32" if case.get("approx") else None) is None


def test_default_camera() -> None:
    """Appendix A.8: every element."""
    found = evaluate_camera(DEFAULT_CAMERA, FULL)

    view = matrix(m0=1, m5=1, m10=1, m12=-0.0, m13=-0.0, m14=-100, m15=1)
    proj = matrix(m0=0.9742785692214966, m5=1.7320507764816284, m10=-1.0002000331878662,
                  m11=-1, m14=-0.20002001523971558)  # fmt: skip
    both = [*proj[:14], 99.81998443603516, 100.0]
    assert difference(found.view, view) is None
    assert difference(found.proj, proj, "f32") is None
    assert difference(found.view_proj, both, "f32") is None


def test_orthographic_camera() -> None:
    """Appendix A.8: every element."""
    turned = camera(
        projection={"kind": "orthographic", "near": 0.1, "far": 1000, "orthoHeight": 10},
        pose={"position": {"x": 1, "y": 2, "z": 3},
              "orientation": {"x": 0, "y": TURNED, "z": 0, "w": TURNED}},
    )  # fmt: skip

    found = evaluate_camera(turned, Viewport(800, 600))

    tiny, one = 5.960464477539063e-8, 0.9999999403953552
    view = [tiny, 0, one, 0, 0, 1, 0, 0, -one, 0, tiny, 0,
            2.999999761581421, -2, -1.0000001192092896, 1]  # fmt: skip
    assert difference(found.view, [float(x) for x in view]) is None
    proj = matrix(m0=0.14999999105930328, m5=0.20000000298023224, m10=-0.0020002000965178013,
                  m14=-1.0002000331878662, m15=1)  # fmt: skip
    assert difference(found.proj, proj) is None
    both = [8.940696183401542e-9, 0, -0.0020001998636871576, 0, 0, 0.20000000298023224, 0, 0,
            -0.1499999761581421, 0, -1.192212162326456e-10, 0,
            0.44999992847442627, -0.4000000059604645, -0.9981998205184937, 1]  # fmt: skip
    assert difference(found.view_proj, [float(x) for x in both]) is None


def test_an_orientation_is_not_normalised() -> None:
    """Section 14.2: (0, 1, 0, 1) gives diagonal -1, 1, -1 with off-diagonals -2 and 2."""
    view = view_matrix(camera(pose__orientation={"x": 0, "y": 1, "z": 0, "w": 1}).pose)

    assert [view[0], view[5], view[10], view[2], view[8]] == [-1, 1, -1, 2, -2]


# --- The matrices against a second way of computing them ------------------------------------


numbers = st.floats(-1e3, 1e3) | st.sampled_from([0.0, -0.0, 1e-40, 1e30, 1e300])


@given(st.tuples(numbers, numbers, numbers, numbers), st.tuples(numbers, numbers, numbers))
def test_view_in_float32_arithmetic(q: tuple[float, ...], p: tuple[float, ...]) -> None:
    """What is rounded after one operation on float32 equals float32 arithmetic."""
    pose = camera(pose={"position": dict(zip("xyz", p, strict=True)),
                        "orientation": dict(zip("xyzw", q, strict=True))}).pose  # fmt: skip
    with np.errstate(all="ignore"):
        x, y, z, w = np.array(q).astype(np.float32)
        x2, y2, z2 = x + x, y + y, z + z
        one = np.float32(1)

        def rounded(value: float) -> Any:
            return np.float64(value).astype(np.float32)

        def less(a: Any, b: Any) -> Any:
            return rounded(one.astype(np.float64) - (a.astype(np.float64) + b.astype(np.float64)))

        columns = [
            [less(y * y2, z * z2), x * y2 + w * z2, x * z2 - w * y2],
            [x * y2 - w * z2, less(x * x2, z * z2), y * z2 + w * x2],
            [x * z2 + w * y2, y * z2 - w * x2, less(x * x2, y * y2)],
        ]
        place = np.array(p).astype(np.float32).astype(np.float64)
        moved = []
        for column in columns:
            a, b, c = (element.astype(np.float64) * s for element, s in zip(column, place))  # noqa: B905
            moved.append(rounded(-(a + b + c)))
        expected = [
            *(columns[0][0], columns[1][0], columns[2][0], 0.0),
            *(columns[0][1], columns[1][1], columns[2][1], 0.0),
            *(columns[0][2], columns[1][2], columns[2][2], 0.0),
            *(*moved, 1.0),
        ]

    assert difference(view_matrix(pose), [float(e) for e in expected]) is None


singles = st.floats(width=32, allow_nan=False) | st.floats(-10, 10, width=32)
matrices = st.lists(singles, min_size=16, max_size=16)


@given(matrices, matrices)
def test_product_in_float32_arithmetic(p: list[float], v: list[float]) -> None:
    """Each multiplication and each addition rounds to float32, from row to column."""
    with np.errstate(all="ignore"):
        a, b = np.array(p, np.float32), np.array(v, np.float32)
        expected = []
        for col in range(4):
            for row in range(4):
                s = np.float32(0)
                for i in range(4):
                    s = s + a[i * 4 + row] * b[col * 4 + i]
                expected.append(float(s))

    assert difference(multiply(p, v), expected) is None


FLAT = {"kind": "orthographic", "near": 1, "far": 2, "orthoHeight": 5e-324}


@pytest.mark.parametrize(
    ("members", "viewport", "element", "expected"),
    [
        ({"projection__fovYRad": 5e-324}, FULL, 5, math.inf),
        ({"projection__far": math.inf}, FULL, 10, math.nan),
        ({}, Viewport(1e-300, 1e300), 0, math.inf),
        ({}, Viewport(1e300, 1e-300), 0, 0.0),
        ({"projection": FLAT}, FULL, 0, math.inf),
    ],
)
def test_extreme_projections_do_not_fail(
    members: dict[str, Any], viewport: Viewport, element: int, expected: float
) -> None:
    """A division by what rounded to zero gives an infinity, as IEEE says."""
    extreme = camera(**members)

    check_camera(extreme)

    assert difference(projection_matrix(extreme.projection, viewport)[element], expected) is None


# --- Checks ---------------------------------------------------------------------------------


ORTHOGRAPHIC = {"kind": "orthographic", "near": 0.1, "far": 10}

WRONG = [
    ("handedness", {"handedness": "left"}, "left", "right"),
    ("forwardAxis", {"forwardAxis": "+Z"}, "+Z", "-Z"),
    ("upAxis", {"upAxis": "+Z"}, "+Z", "+Y"),
    ("projection.fovYRad", {"projection__fovYRad": None}, "absent", "between 0 and pi"),
    ("projection.fovYRad", {"projection__fovYRad": 0}, "0", "between 0 and pi"),
    ("projection.fovYRad", {"projection__fovYRad": math.pi}, "3.141592653589793", "pi"),
    ("projection.fovYRad", {"projection__fovYRad": math.nan}, "NaN", "pi"),
    ("projection.orthoHeight", {"projection": ORTHOGRAPHIC}, "absent", "above 0"),
    ("projection.orthoHeight", {"projection": ORTHOGRAPHIC | {"orthoHeight": 0}}, "0", "above 0"),
    ("projection.near", {"projection__near": 0}, "0", "above 0"),
    ("projection.near", {"projection__near": math.nan}, "NaN", "above 0"),
    ("projection.far", {"projection__far": 0.1}, "0.1", "above near, 0.1"),
]


@pytest.mark.parametrize(("member", "members", "value", "wanted"), WRONG)
def test_what_is_wrong_with_a_camera_is_named(
    member: str, members: dict[str, Any], value: str, wanted: str
) -> None:
    """The member, its value and what it must be."""
    with pytest.raises(BadCamera) as caught:
        check_camera(camera(**members))

    assert f"{member} of camera `cam` is {value}; it must be" in str(caught.value)
    assert wanted in str(caught.value)


def test_checks_are_in_order() -> None:
    """With everything wrong the first is named; mended, the next."""
    wrong = with_members(CAMERA, handedness="left", forwardAxis="x", upAxis="x")
    wrong["projection"] = {"kind": "perspective", "near": 0, "far": 0}
    mending: list[tuple[str, Any]] = [
        *(("handedness", "right"), ("forwardAxis", "-Z"), ("upAxis", "+Y")),
        *(("projection__fovYRad", 1), ("projection__near", 1), ("projection__far", 2)),
    ]
    found = []
    for name, value in mending:
        with pytest.raises(BadCamera) as caught:
            one_frame(camera_program(wrong))
        found.append(caught.value.facts["member"].replace(".", "__"))
        assert caught.value.where.step == "s-0"
        assert caught.value.where.path == f"$.cameras.cameras[0].{caught.value.facts['member']}"
        wrong = with_members(wrong, **{name: value})

    assert found == [name for name, _ in mending]
    one_frame(camera_program(wrong))


@pytest.mark.parametrize("fov", [5e-324, math.nextafter(math.pi, 0)])
def test_boundary_angles_pass(fov: float) -> None:
    """The bounds themselves are out, everything between is in."""
    check_camera(camera(projection__fovYRad=fov))


@pytest.mark.parametrize(
    ("length", "warns"), [(1, False), (1.001, False), (0.9991, False), (1.0011, True), (0.9, True)]
)
def test_an_orientation_of_another_length_is_reported(length: float, warns: bool) -> None:
    """From 0.001 on; once, however many frames and steps use the camera."""
    skewed = with_members(CAMERA, pose__orientation={"x": 0, "y": 0, "z": 0, "w": length})
    runtime = one_frame(camera_program(skewed))
    runtime.run_frame(20.0)

    found = [error for error in runtime.findings if isinstance(error, SkewedOrientation)]

    assert len(found) == warns
    for error in found:
        assert error.where.path == "$.cameras.cameras[0].pose.orientation"


@pytest.mark.parametrize(
    ("build", "detail"),
    [
        (lambda b: None, "the program has no camera"),
        (lambda b: b.doc.update(cameras={"cameras": [CAMERA], "cameraIdToIndex": {"cam": 0}}),
         "known are cam"),
        (lambda b: b.doc.update(cameras={"cameras": [CAMERA], "cameraIdToIndex": {"other": 7}}),
         "its index is 7, and there are 1"),
    ],
)  # fmt: skip
def test_a_camera_that_is_not_there_is_named(build: Any, detail: str) -> None:
    """No table, an unknown id, an index beyond the table."""
    b = ProgramBuilder("lost")
    build(b)
    b.step("CameraEval", "s-camera", cameraId="other", outSlot=0)

    with pytest.raises(UnknownSceneId) as caught:
        one_frame(b.program())

    assert "`other`" in str(caught.value)
    assert detail in str(caught.value)
    assert caught.value.where.step == "s-camera"


# --- The viewport and the cache -------------------------------------------------------------


def test_a_camera_is_evaluated_once() -> None:
    """Every frame, and every step that names the camera, gets the same arrays."""
    b_program = camera_program(CAMERA)
    runtime = one_frame(b_program)
    first = runtime.values.peek(0)
    runtime.run_frame(20.0)

    assert runtime.values.peek(0) is first
    assert not any(m.flags.writeable for m in (first.view, first.proj, first.view_proj))
    assert one_frame(b_program).values.peek(0).view is not first.view


def test_the_cache_goes_by_rounded_size_and_dpr() -> None:
    """Section 14.1: (id, round(w), round(h), dpr); a hit shows the size of the first request."""
    cameras = Runtime(camera_program(CAMERA)).frame.cameras

    first = cameras.evaluate("cam", Viewport(800.4, 600.5))

    assert cameras.evaluate("cam", Viewport(799.5, 601)) is first
    assert first.viewport == Viewport(800.4, 600.5)
    for other in (Viewport(800.5, 600.5), Viewport(800.4, 600.4), Viewport(800.4, 600.5, 2)):
        assert cameras.evaluate("cam", other) is not first
        assert cameras.evaluate("cam", other).viewport == other


def test_default_viewport_is_full_hd() -> None:
    """1920 x 1080 at 1, where nothing else is said."""
    assert Runtime(camera_program(CAMERA)).viewport == Viewport(1920, 1080, 1)


def test_a_hot_swap_keeps_the_viewport_and_nothing_of_the_cameras() -> None:
    """Section 15: the viewport is the runtime's, cached cameras are the program's."""
    runtime = one_frame(camera_program(CAMERA), viewport=Viewport(800, 600, 2))
    before = runtime.values.peek(0)
    runtime.hot_swap(camera_program(with_members(CAMERA, projection__fovYRad=2)))
    runtime.run_frame(20.0)
    after = runtime.values.peek(0)

    assert isinstance(after, CameraEval)
    assert after.viewport == runtime.viewport == Viewport(800, 600, 2)
    assert after.proj[5] != before.proj[5]


@pytest.mark.parametrize(
    "viewport",
    [
        Viewport(0, 1080),
        Viewport(1920, -1),
        Viewport(math.nan, 1080),
        Viewport(1920, math.inf),
        Viewport(1920, 1080, 0),
    ],
)
def test_a_viewport_without_an_area_is_refused(viewport: Viewport) -> None:
    """Before anything runs."""
    with pytest.raises(BadViewport) as caught:
        Runtime(camera_program(CAMERA), viewport=viewport)

    assert isinstance(caught.value, IrrunError)
    assert "finite and above 0" in str(caught.value)
