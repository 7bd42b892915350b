"""Cameras and meshes (ir-schema section 18)."""

from collections.abc import Mapping
from typing import Literal

from irrun.ir.types import Count, Index, KindRecord, Record


class Vec2(Record, frozen=True, kw_only=True):
    """A point of a profile."""

    x: float
    y: float


class Vec3(Record, frozen=True, kw_only=True):
    """A position."""

    x: float
    y: float
    z: float


class Quaternion(Record, frozen=True, kw_only=True):
    """An orientation."""

    x: float
    y: float
    z: float
    w: float


class Projection(Record, frozen=True, kw_only=True):
    """How a camera projects; `fov_y_rad` in radians, `ortho_height` in world units."""

    kind: Literal["perspective", "orthographic"]
    near: float
    far: float
    fov_y_rad: float | None = None
    ortho_height: float | None = None


class Pose(Record, frozen=True, kw_only=True):
    """Where a camera is and which way it looks."""

    position: Vec3
    orientation: Quaternion


class NdcToScreen(Record, frozen=True, kw_only=True):
    """How normalised coordinates become pixels."""

    origin: str
    y_axis: str


class Camera(Record, frozen=True, kw_only=True):
    """One camera."""

    id: str
    handedness: str
    forward_axis: str
    up_axis: str
    projection: Projection
    pose: Pose
    ndc_to_screen: NdcToScreen


class CameraTable(Record, frozen=True, kw_only=True):
    """All cameras, with the index by id."""

    cameras: tuple[Camera, ...]
    camera_id_to_index: Mapping[str, Index]


class CircleProfile(KindRecord, frozen=True, kw_only=True, tag="circle"):
    """A circle of straight segments."""

    radius: float
    segments: Count


class NgonProfile(KindRecord, frozen=True, kw_only=True, tag="ngon"):
    """A regular polygon."""

    sides: Count
    radius: float


class PolylineProfile(KindRecord, frozen=True, kw_only=True, tag="polyline"):
    """Given points."""

    points: tuple[Vec2, ...]
    closed: bool


Profile = CircleProfile | NgonProfile | PolylineProfile


class LinearExtrude(KindRecord, frozen=True, kw_only=True, tag="linear"):
    """A straight extrusion."""

    depth: float
    cap: Literal["both", "front", "back", "none"]


class RoundedExtrude(KindRecord, frozen=True, kw_only=True, tag="rounded"):
    """An extrusion with rounded edges."""

    depth: float
    round_segments: Count
    radius: float


Extrude = LinearExtrude | RoundedExtrude


class Bevel(Record, frozen=True, kw_only=True):
    """A bevel; ignored by the reference."""

    size: float
    segments: Count


class MeshRecipe(Record, frozen=True, kw_only=True):
    """How a mesh is made."""

    profile: Profile
    extrude: Extrude
    bevel: Bevel | None = None


class MeshAttributes(Record, frozen=True, kw_only=True):
    """Which vertex attributes a mesh has."""

    normals: bool
    uvs: bool


class Mesh(Record, frozen=True, kw_only=True):
    """One mesh."""

    id: str
    recipe: MeshRecipe
    attributes: MeshAttributes
    winding: Literal["CCW"]
    indexed: bool
    index_type: Literal["u16", "u32"]


class MeshTable(Record, frozen=True, kw_only=True):
    """All meshes, with the index by id."""

    meshes: tuple[Mesh, ...]
    mesh_id_to_index: Mapping[str, Index]
