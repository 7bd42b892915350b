"""Meshes: profiles and their extrusion (runtime-semantics 14.4)."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from irrun.errors.scene import BadMesh, MeshSimplified
from irrun.evaluate.environment import Environment
from irrun.evaluate.scene.values import find
from irrun.ir.scene import (
    CircleProfile,
    LinearExtrude,
    Mesh,
    NgonProfile,
    PolylineProfile,
    Profile,
    RoundedExtrude,
)
from irrun.ir.tables import Tables
from irrun.ir.values import ELEMENT_DTYPES, Array, MeshBuffer
from irrun.limits import PROFILE_POINTS
from irrun.numerics.arrays import to_f32_array
from irrun.numerics.transcendental import PI, cos, sin

_MAX_U16_VERTICES: Final = 65535

Point = tuple[float, float]
Vec = tuple[float, float, float]


class MeshBuilder:
    """Builds the meshes of a program; meshes of one recipe are one."""

    def __init__(self, tables: Tables, env: Environment) -> None:
        self._tables = tables
        self._env = env
        self._cache: dict[Any, MeshBuffer] = {}

    def build(self, mesh_id: str) -> MeshBuffer:
        """Return the buffers of a mesh of the table; a second call gives the same arrays.

        Raises:
            UnknownSceneId: IR423.
            BadMesh: IR425.
        """
        table = self._tables.meshes
        meshes, by_id = ((), {}) if table is None else (table.meshes, table.mesh_id_to_index)
        index = find("mesh", mesh_id, meshes, by_id)
        mesh = meshes[index]
        path = f"$.meshes.meshes[{index}].recipe"
        for member, detail in simplifications(mesh):
            simplified = MeshSimplified(mesh=mesh_id, detail=detail)
            self._env.report(simplified.at(path=f"{path}.{member}"))
        key = (mesh.recipe, mesh.attributes, mesh.winding, mesh.index_type)
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = build_mesh(mesh)
        return found


def simplifications(mesh: Mesh) -> Iterator[tuple[str, str]]:
    """Yield what of a recipe is not built as written: wire member, and what is done instead."""
    recipe = mesh.recipe
    if isinstance(recipe.profile, PolylineProfile) and not recipe.profile.closed:
        yield "profile.closed", "its open profile is closed"
    if isinstance(recipe.extrude, RoundedExtrude):
        yield "extrude", "its rounded extrusion is built straight, with both caps"
    if recipe.bevel is not None:
        yield "bevel", "its bevel is left out"


def profile_points(profile: Profile) -> list[Point]:
    """Return the corners of a profile, in doubles."""
    match profile:
        case CircleProfile(radius=radius, segments=n):
            angles = [((i / n) * PI) * 2 for i in range(n)]
        case NgonProfile(radius=radius, sides=n):
            angles = [-PI / 2 + ((i / n) * PI) * 2 for i in range(n)]
        case PolylineProfile(points=points):
            return [(float(p.x), float(p.y)) for p in points]
    return [(cos(angle) * radius, sin(angle) * radius) for angle in angles]


def _count(profile: Profile) -> int:
    match profile:
        case CircleProfile(segments=n) | NgonProfile(sides=n):
            return n
        case PolylineProfile(points=points):
            return len(points)


def check_mesh(mesh: Mesh) -> None:
    """Check that a mesh can be built.

    Raises:
        BadMesh: IR425, too few or too many points, or too many vertices for 16-bit indices.
    """
    n = _count(mesh.recipe.profile)
    if n < 3:
        raise BadMesh(mesh=mesh.id, detail=f"a profile of {n} points has no area; 3 are needed")
    if n > PROFILE_POINTS.value:
        detail = f"its profile has {n} points; the limit is {PROFILE_POINTS.value}"
        raise BadMesh(mesh=mesh.id, detail=detail)
    vertices = 2 * n + n * sum(_caps(mesh))  # exact: whole numbers
    if mesh.index_type == "u16" and vertices > _MAX_U16_VERTICES:
        detail = f"it has {vertices} vertices; indices of type u16 reach {_MAX_U16_VERTICES}"
        raise BadMesh(mesh=mesh.id, detail=detail)


def _caps(mesh: Mesh) -> tuple[bool, bool]:
    """Say whether a mesh has a front and a back cap."""
    extrude = mesh.recipe.extrude
    cap = extrude.cap if isinstance(extrude, LinearExtrude) else "both"
    return cap in ("both", "front"), cap in ("both", "back")


def build_mesh(mesh: Mesh) -> MeshBuffer:
    """Extrude a mesh's profile: sides, then front cap, then back cap.

    The triangles of the sides are clockwise seen from outside, as the reference's are.

    Raises:
        BadMesh: IR425, see `check_mesh`.
    """
    check_mesh(mesh)
    n, extrude = _count(mesh.recipe.profile), mesh.recipe.extrude
    has_front, has_back = _caps(mesh)
    points = np.array(profile_points(mesh.recipe.profile), dtype=np.float64)
    front_z, back_z = extrude.depth / 2, -extrude.depth / 2
    with np.errstate(all="ignore"):
        positions = [_ring(points, front_z, back_z)]
        normals = [_side_normals(points)]
        uvs = [_side_uvs(n)]
        indices = [_side_indices(n)]
        start = 2 * n
        for is_there, z, facing in ((has_front, front_z, 1.0), (has_back, back_z, -1.0)):
            if not is_there:
                continue
            positions.append(np.column_stack((points, np.full(n, z))))
            normals.append(np.tile([0.0, 0.0, facing], (n, 1)))
            uvs.append((points + 1) / 2)
            indices.append(_fan(start, n, is_front=facing > 0))
            start += n
        found = _f32(positions)
        low, high = _bounds(found)
        return MeshBuffer(
            found,
            _frozen(np.concatenate(indices).astype(ELEMENT_DTYPES[mesh.index_type])),
            low,
            high,
            _f32(normals) if mesh.attributes.normals else None,
            _f32(uvs) if mesh.attributes.uvs else None,
        )


def _ring(points: Array, front_z: float, back_z: float) -> Array:
    """Return front and back of each point, in turn."""
    n = len(points)
    return np.column_stack((np.repeat(points, 2, axis=0), np.tile([front_z, back_z], n)))


def _side_normals(points: Array) -> Array:
    """Return the direction of each point twice; zero for a point without one."""
    x, y = points[:, 0], points[:, 1]
    length = np.sqrt(x * x + y * y)
    has_none = length == 0
    flat = (np.where(has_none, 0.0, x / length), np.where(has_none, 0.0, y / length))
    return np.repeat(np.column_stack((*flat, np.zeros(len(points)))), 2, axis=0)


def _side_uvs(n: int) -> Array:
    around = np.arange(n, dtype=np.float64) / n
    return np.column_stack((np.repeat(around, 2), np.tile([0.0, 1.0], n)))


def _side_indices(n: int) -> Array:
    """Return two triangles to each side: (2i, 2j, 2i+1), (2j, 2j+1, 2i+1)."""
    a = 2 * np.arange(n, dtype=np.int64)
    b = np.roll(a, -1)
    return np.column_stack((a, b, a + 1, b, b + 1, a + 1)).reshape(-1)


def _fan(start: int, n: int, *, is_front: bool) -> Array:
    k = start + np.arange(1, n - 1, dtype=np.int64)
    corners = (k, k + 1) if is_front else (k + 1, k)
    return np.column_stack((np.full(n - 2, start), *corners)).reshape(-1)


def _f32(parts: Sequence[Array]) -> Array:
    return _frozen(to_f32_array(np.concatenate(parts).reshape(-1)))


def _frozen(array: Array) -> Array:
    """Return an array that nobody can change: it is shared by all frames."""
    array.flags.writeable = False
    return array


def _bounds(positions: Array) -> tuple[Vec, Vec]:
    """Return the least and the greatest x, y and z of the stored positions; -0 is below 0."""
    least, greatest = [], []
    for axis in range(3):
        stored = positions[axis::3]
        signs = np.signbit(stored[stored == 0])
        low, high = float(stored.min()), float(stored.max())  # exact: NaN stays, zeros below
        least.append(low if low != 0 else -0.0 if signs.any() else 0.0)
        greatest.append(high if high != 0 else -0.0 if signs.all() else 0.0)
    return (least[0], least[1], least[2]), (greatest[0], greatest[1], greatest[2])
