"""Rules for cameras and meshes: ids and ranges."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from irrun.checks.facts import Facts, listed, weighed
from irrun.checks.rules import rule
from irrun.errors import IrrunError
from irrun.errors.checks import BadCamera, BadMesh, DuplicateId, IdTableDiffers, UnknownName
from irrun.ir.scene import Camera, CircleProfile, LinearExtrude, Mesh, NgonProfile
from irrun.numerics.text import number_text
from irrun.steps.camera_eval import CameraEvalStep
from irrun.steps.mesh_materialize import MeshMaterialize
from irrun.steps.project_instances import ProjectInstances

_U16_VERTICES: Final = 65535


class _Table:
    """Cameras or meshes: the list, the index by id, and what they are called."""

    def __init__(self, what: str, name: str, found: Sequence[Any], index: Mapping[str, int]):
        self.what = what
        self.name = name
        self.found = found
        self.index = index

    def unknown(self, key: str) -> IrrunError | None:
        """Return the error for an id that leads to no entry."""
        at = self.index.get(key)
        if at is not None and at < len(self.found):
            return None
        known = listed(self.index) or "none"
        return UnknownName(what=self.what, id=key, table=self.name, known=known)


def _cameras(facts: Facts) -> _Table:
    table = facts.program.cameras
    found, index = (table.cameras, table.camera_id_to_index) if table else ((), {})
    return _Table("camera", "cameras", found, index)


def _meshes(facts: Facts) -> _Table:
    table = facts.program.meshes
    found, index = (table.meshes, table.mesh_id_to_index) if table else ((), {})
    return _Table("mesh", "meshes", found, index)


@rule(UnknownName)
def named_things(facts: Facts) -> Iterator[IrrunError]:
    """Steps name cameras and meshes that exist, and so does `defaultCameraId`."""
    cameras, meshes = _cameras(facts), _meshes(facts)
    for i, step in enumerate(facts.program.steps):
        path = f"$.schedule.steps[{i}]"
        if isinstance(step, CameraEvalStep):
            error, field = cameras.unknown(step.camera_id), "cameraId"
        elif isinstance(step, MeshMaterialize):
            error, field = meshes.unknown(step.mesh_id), "meshId"
        else:
            continue
        if error is not None:
            yield weighed(error.at(path=f"{path}.{field}"), facts.is_executed(step))
    default = facts.program.default_camera_id
    if default is not None and facts.program.cameras is not None:
        error = cameras.unknown(default)
        if error is not None:
            yield weighed(error.at(path="$.defaultCameraId"), False)


@rule(DuplicateId, IdTableDiffers)
def id_tables(facts: Facts) -> Iterator[IrrunError]:
    """The index by id agrees with the list."""
    for table, path, wire in (
        (_cameras(facts), "$.cameras", "cameraIdToIndex"),
        (_meshes(facts), "$.meshes", "meshIdToIndex"),
    ):
        actual: dict[str, int] = {}
        for i, entry in enumerate(table.found):
            if actual.setdefault(entry.id, i) != i:
                warning: IrrunError = DuplicateId(table=table.name, id=entry.id)
                yield warning.at(path=f"{path}.{table.name}[{i}].id")
        for key in dict.fromkeys([*table.index, *actual]):
            claimed, true = table.index.get(key, "nothing"), actual.get(key, "nothing")
            same = claimed == true or (
                isinstance(claimed, int)
                and claimed < len(table.found)
                and table.found[claimed].id == key
            )
            if not same:
                warning = IdTableDiffers(table=wire, claimed=claimed, id=key, actual=true)
                yield warning.at(path=f"{path}.{wire}")


@rule(BadCamera)
def cameras(facts: Facts) -> Iterator[IrrunError]:
    """Cameras have numbers that make a projection (ir-schema 18.2)."""
    used = {s.camera_id for s in _executed(facts, CameraEvalStep)}
    if next(_executed(facts, ProjectInstances), None) is not None and not used:
        used.add(facts.program.default_camera_id or "")
    for i, camera in enumerate(_cameras(facts).found):
        for field, detail, certain in _camera_faults(camera):
            error = BadCamera(camera=camera.id, detail=detail)
            path = f"$.cameras.cameras[{i}].{field}"
            yield weighed(error.at(path=path), certain and camera.id in used)


def _executed(facts: Facts, cls: type[Any]) -> Iterator[Any]:
    return (s for s in facts.program.steps if isinstance(s, cls) and facts.is_executed(s))


def _camera_faults(camera: Camera) -> Iterator[tuple[str, str, bool]]:
    """Yield (field, what is wrong, whether the camera is refused for it)."""
    wanted = (
        ("handedness", camera.handedness, "right"),
        ("forwardAxis", camera.forward_axis, "-Z"),
        ("upAxis", camera.up_axis, "+Y"),
    )
    for field, value, only in wanted:
        if value != only:
            yield field, f"{field} is `{value}`, and only `{only}` exists", True
    p = camera.projection
    fov, height = p.fov_y_rad, p.ortho_height
    if p.kind == "perspective" and (fov is None or not 0 < fov < math.pi):
        yield "projection.fovYRad", f"fovYRad is {_shown(fov)}, and must be between 0 and pi", True
    if p.kind == "orthographic" and (height is None or not height > 0):
        yield "projection.orthoHeight", f"orthoHeight is {_shown(height)}, and must be > 0", True
    if not p.near > 0:
        yield "projection.near", f"near is {_shown(p.near)}, and must be above 0", True
    if not p.far > p.near:
        yield "projection.far", f"far is {_shown(p.far)}, and must be beyond near", True
    q = camera.pose.orientation
    length = math.hypot(q.x, q.y, q.z, q.w)
    if not abs(length - 1) <= 0.001:
        detail = f"the orientation has length {length:.6g}, and should have 1"
        yield "pose.orientation", detail, False


def _shown(value: float | None) -> str:
    return "absent" if value is None else number_text(value)


@rule(BadMesh)
def meshes(facts: Facts) -> Iterator[IrrunError]:
    """Meshes have at least three profile points, and no more vertices than indices can count."""
    used = {s.mesh_id for s in _executed(facts, MeshMaterialize)}
    for i, mesh in enumerate(_meshes(facts).found):
        for field, detail in _mesh_faults(mesh):
            error = BadMesh(mesh=mesh.id, detail=detail)
            yield weighed(error.at(path=f"$.meshes.meshes[{i}].{field}"), mesh.id in used)


def _mesh_faults(mesh: Mesh) -> Iterator[tuple[str, str]]:
    profile, extrude = mesh.recipe.profile, mesh.recipe.extrude
    match profile:
        case CircleProfile(segments=n):
            field = "segments"
        case NgonProfile(sides=n):
            field = "sides"
        case _:
            n, field = len(profile.points), "points"
    if n < 3:
        yield f"recipe.profile.{field}", f"the profile has {n} points, and needs 3"
    caps = {"both": 2, "none": 0}.get(extrude.cap, 1) if isinstance(extrude, LinearExtrude) else 2
    vertices = n * (2 + caps)
    if mesh.index_type == "u16" and vertices > _U16_VERTICES:
        yield "indexType", f"{vertices} vertices are more than u16 indices can count"


RULES: Final = (named_things, id_tables, cameras, meshes)
