"""Cameras: checks and the three matrices (runtime-semantics 14.1 to 14.3).

Matrices are float32, column-major: the element in row r and column c is at index c * 4 + r.
`to_f32` stands exactly where the semantics round; all else is in doubles.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from irrun.errors.scene import BadCamera, BadViewport, SkewedOrientation
from irrun.evaluate.environment import Environment
from irrun.evaluate.scene.values import find
from irrun.ir.scene import Camera, NdcToScreen, Pose, Projection, Quaternion, Vec3
from irrun.ir.tables import Tables
from irrun.ir.values import Array, CameraEval, Viewport
from irrun.numerics.arrays import to_f32_array
from irrun.numerics.convert import to_f32
from irrun.numerics.scalar import divide, round_half_up
from irrun.numerics.text import number_text
from irrun.numerics.transcendental import PI, tan

DEFAULT_CAMERA: Final = Camera(
    id="__default__",
    handedness="right",
    forward_axis="-Z",
    up_axis="+Y",
    projection=Projection(
        kind="perspective", near=0.1, far=1000.0, fov_y_rad=PI / 3, ortho_height=10.0
    ),
    pose=Pose(
        position=Vec3(x=0.0, y=0.0, z=100.0), orientation=Quaternion(x=0.0, y=0.0, z=0.0, w=1.0)
    ),
    ndc_to_screen=NdcToScreen(origin="center", y_axis="down"),
)
"""What a program without cameras looks through."""

MAX_SKEW: Final = 0.001
"""How far the length of an orientation may be from 1 without a warning."""

Matrix = list[float]
"""16 numbers, each a float32."""


class CameraEvaluator:
    """Evaluates the cameras of a program, each once for a viewport."""

    def __init__(self, tables: Tables, env: Environment) -> None:
        self._tables = tables
        self._env = env
        self._cache: dict[tuple[str, float, float, float], CameraEval] = {}
        self._built_in: CameraEval | None = None

    def evaluate(self, camera_id: str, viewport: Viewport) -> CameraEval:
        """Return the matrices of a camera of the table; a second call gives the same arrays.

        Viewports whose sizes round to the same whole numbers are one.

        Raises:
            UnknownSceneId: IR423.
            BadCamera: IR424.
        """
        key = _key(camera_id, viewport)
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self._evaluate(camera_id, viewport)
        return found

    def evaluate_default(self, viewport: Viewport) -> CameraEval:
        """Return the matrices of `defaultCameraId`, or of the one camera that needs no table.

        Raises:
            UnknownSceneId: IR423.
            BadCamera: IR424.
        """
        table, camera_id = self._tables.cameras, self._tables.default_camera_id
        name = DEFAULT_CAMERA.id if camera_id is None else camera_id
        is_listed = table is not None and name in table.camera_id_to_index
        if is_listed or name != DEFAULT_CAMERA.id:
            return self.evaluate(name, viewport)
        if self._built_in is None or self._built_in.viewport != viewport:
            self._built_in = evaluate_camera(DEFAULT_CAMERA, viewport)
        return self._built_in

    def _evaluate(self, camera_id: str, viewport: Viewport) -> CameraEval:
        table = self._tables.cameras
        cameras, by_id = ((), {}) if table is None else (table.cameras, table.camera_id_to_index)
        index = find("camera", camera_id, cameras, by_id)
        camera = cameras[index]
        path = f"$.cameras.cameras[{index}]"
        try:
            check_camera(camera)
        except BadCamera as error:
            raise error.at(path=f"{path}.{error.facts['member']}") from None
        length = orientation_length(camera.pose.orientation)
        if not abs(length - 1) <= MAX_SKEW:
            skewed = SkewedOrientation(camera=camera_id, length=number_text(length))
            self._env.report(skewed.at(path=f"{path}.pose.orientation"))
        return evaluate_camera(camera, viewport, camera_id)


def _key(camera_id: str, viewport: Viewport) -> tuple[str, float, float, float]:
    w, h = round_half_up(float(viewport.w)), round_half_up(float(viewport.h))
    return camera_id, w, h, viewport.dpr


def check_viewport(viewport: Viewport) -> None:
    """Check that a viewport has an area, and pixels.

    Raises:
        BadViewport: IR426.
    """
    sizes = (viewport.w, viewport.h, viewport.dpr)
    if not all(0 < size < math.inf for size in sizes):
        w, h, dpr = map(number_text, sizes)
        raise BadViewport(viewport=f"{w} x {h} at {dpr}")


def check_camera(camera: Camera) -> None:
    """Check a camera, in the order of section 14.1.

    Raises:
        BadCamera: IR424, the first thing that is wrong.
    """
    for fault in camera_faults(camera):
        raise fault


def camera_faults(camera: Camera) -> Iterator[BadCamera]:
    """Yield everything that is wrong with a camera, in the order of section 14.1."""
    for member, value, wanted, is_right in _requirements(camera):
        if not is_right:
            shown = "absent" if value is None else value
            shown = shown if isinstance(shown, str) else number_text(shown)
            yield BadCamera(camera=camera.id, member=member, value=shown, wanted=wanted)


def _requirements(camera: Camera) -> Iterator[tuple[str, str | float | None, str, bool]]:
    """Yield wire member, value, what it must be, and whether it is."""
    projection = camera.projection
    yield "handedness", camera.handedness, "right", camera.handedness == "right"
    yield "forwardAxis", camera.forward_axis, "-Z", camera.forward_axis == "-Z"
    yield "upAxis", camera.up_axis, "+Y", camera.up_axis == "+Y"
    if projection.kind == "perspective":
        angle = projection.fov_y_rad
        is_angle = angle is not None and 0 < angle < PI
        yield "projection.fovYRad", angle, "between 0 and pi", is_angle
    else:
        height = projection.ortho_height
        yield "projection.orthoHeight", height, "above 0", height is not None and height > 0
    near, far = projection.near, projection.far
    yield "projection.near", near, "above 0", near > 0
    yield "projection.far", far, f"above near, {number_text(near)}", far > near


def orientation_length(q: Quaternion) -> float:
    """Return the length of an orientation; 1 is a pure rotation."""
    return math.sqrt(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w)


def evaluate_camera(camera: Camera, viewport: Viewport, camera_id: str | None = None) -> CameraEval:
    """Return the matrices of a camera that has been checked."""
    view = view_matrix(camera.pose)
    proj = projection_matrix(camera.projection, viewport)
    name = camera.id if camera_id is None else camera_id
    return CameraEval(name, _array(view), _array(proj), _array(multiply(proj, view)), viewport)


def _array(matrix: Sequence[float]) -> Array:
    """Return a matrix as an array that nobody can change: it is shared by all frames."""
    array = to_f32_array(np.array(matrix, dtype=np.float64))
    array.flags.writeable = False
    return array


def view_matrix(pose: Pose) -> Matrix:
    """Return the inverse of translation times rotation (section 14.2).

    The orientation is taken as it is; one that is not of length 1 scales.
    """
    q, p = pose.orientation, pose.position
    x, y, z, w = (to_f32(component) for component in (q.x, q.y, q.z, q.w))
    x2, y2, z2 = to_f32(x + x), to_f32(y + y), to_f32(z + z)
    xx, xy, xz = to_f32(x * x2), to_f32(x * y2), to_f32(x * z2)
    yy, yz, zz = to_f32(y * y2), to_f32(y * z2), to_f32(z * z2)
    wx, wy, wz = to_f32(w * x2), to_f32(w * y2), to_f32(w * z2)
    # The rotation, by columns; the view has it transposed.
    r0, r1, r2 = to_f32(1 - (yy + zz)), to_f32(xy + wz), to_f32(xz - wy)
    r4, r5, r6 = to_f32(xy - wz), to_f32(1 - (xx + zz)), to_f32(yz + wx)
    r8, r9, r10 = to_f32(xz + wy), to_f32(yz - wx), to_f32(1 - (xx + yy))
    px, py, pz = to_f32(p.x), to_f32(p.y), to_f32(p.z)
    return [
        r0, r4, r8, 0.0,
        r1, r5, r9, 0.0,
        r2, r6, r10, 0.0,
        to_f32(-(r0 * px + r1 * py + r2 * pz)),
        to_f32(-(r4 * px + r5 * py + r6 * pz)),
        to_f32(-(r8 * px + r9 * py + r10 * pz)),
        1.0,
    ]  # fmt: skip


def projection_matrix(projection: Projection, viewport: Viewport) -> Matrix:
    """Return the projection to normalised device coordinates (section 14.3)."""
    near, far = projection.near, projection.far
    aspect = to_f32(divide(viewport.w, viewport.h))
    nf = to_f32(divide(1, near - far))
    matrix = [0.0] * 16
    if projection.kind == "perspective":
        assert projection.fov_y_rad is not None
        f = to_f32(divide(1, tan(projection.fov_y_rad / 2)))
        matrix[0] = to_f32(divide(f, aspect))
        matrix[5] = f
        matrix[10] = to_f32((far + near) * nf)
        matrix[11] = -1.0
        matrix[14] = to_f32(((2 * far) * near) * nf)
    else:
        assert projection.ortho_height is not None
        h = to_f32(projection.ortho_height / 2)
        w = to_f32(h * aspect)
        matrix[0] = to_f32(divide(1, w))
        matrix[5] = to_f32(divide(1, h))
        matrix[10] = to_f32(2 * nf)
        matrix[14] = to_f32((far + near) * nf)
        matrix[15] = 1.0
    return matrix


def multiply(p: Sequence[float], v: Sequence[float]) -> Matrix:
    """Return the product of two matrices, rounded after each multiplication and addition."""
    product = []
    for col in range(4):
        for row in range(4):
            s = 0.0
            for i in range(4):
                s = to_f32(s + to_f32(p[i * 4 + row] * v[col * 4 + i]))
            product.append(s)
    return product
