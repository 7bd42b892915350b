"""Rules for cameras and meshes: ids and ranges."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from irrun.errors import IrrunError
from irrun.errors.checks.tables import DuplicateId, IdTableDiffers
from irrun.errors.scene import BadCamera, BadMesh, MeshSimplified, SkewedOrientation, UnknownSceneId
from irrun.evaluate.scene.cameras import DEFAULT_CAMERA, MAX_SKEW, camera_faults, orientation_length
from irrun.evaluate.scene.meshes import check_mesh, simplifications
from irrun.evaluate.scene.values import find
from irrun.numerics.text import number_text
from irrun.program.checks.facts import Facts, weighed
from irrun.program.checks.rule import rule
from irrun.steps.kinds.camera_eval import CameraEvalStep
from irrun.steps.kinds.mesh_materialize import MeshMaterialize
from irrun.steps.uses import Used


class _Table:
    """Cameras or meshes: the list, the index by id, and what they are called."""

    def __init__(self, what: str, name: str, found: Sequence[Any], index: Mapping[str, int]):
        self.what = what
        self.name = name
        self.found = found
        self.index = index

    def find(self, key: str) -> int:
        """Return the index that an id leads to, as a run does."""
        return find(self.what, key, self.found, self.index)


def _cameras(facts: Facts) -> _Table:
    table = facts.program.cameras
    found, index = (table.cameras, table.camera_id_to_index) if table else ((), {})
    return _Table("camera", "cameras", found, index)


def _meshes(facts: Facts) -> _Table:
    table = facts.program.meshes
    found, index = (table.meshes, table.mesh_id_to_index) if table else ((), {})
    return _Table("mesh", "meshes", found, index)


@rule(UnknownSceneId)
def named_things(facts: Facts) -> Iterator[IrrunError]:
    """Steps name cameras and meshes that exist, and so does `defaultCameraId`."""
    cameras, meshes = _cameras(facts), _meshes(facts)
    tables: tuple[tuple[_Table, Used], ...] = ((cameras, "camera"), (meshes, "mesh"))
    for table, of in tables:
        for i, use in facts.uses.named(of):
            path = f"$.schedule.steps[{i}].{use.field}"
            for error in facts.asked(lambda t=table, key=str(use.id): t.find(key)):
                yield weighed(error.at(path=path), facts.is_executed)
    default = facts.program.default_camera_id
    if default not in (None, DEFAULT_CAMERA.id) and facts.program.cameras is not None:
        key = str(default)
        for error in facts.asked(lambda: cameras.find(key)):
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


@rule(BadCamera, SkewedOrientation)
def cameras(facts: Facts) -> Iterator[IrrunError]:
    """Cameras have numbers that make a projection, and a pure rotation (ir-schema 18.2)."""
    table = _cameras(facts)
    used = {table.index.get(step.camera_id) for step in _executed(facts, CameraEvalStep)}
    for i, camera in enumerate(table.found):
        path = f"$.cameras.cameras[{i}]"
        for fault in camera_faults(camera):
            yield weighed(fault.at(path=f"{path}.{fault.facts['member']}"), i in used)
        length = orientation_length(camera.pose.orientation)
        if not abs(length - 1) <= MAX_SKEW:
            skewed = SkewedOrientation(camera=camera.id, length=number_text(length))
            yield skewed.at(path=f"{path}.pose.orientation")


def _executed(facts: Facts, cls: type[Any]) -> Iterator[Any]:
    return (s for s in facts.program.steps if isinstance(s, cls) and facts.is_executed)


@rule(BadMesh, MeshSimplified)
def meshes(facts: Facts) -> Iterator[IrrunError]:
    """Meshes can be built, and as they are written."""
    table = _meshes(facts)
    used = {table.index.get(step.mesh_id) for step in _executed(facts, MeshMaterialize)}
    for i, mesh in enumerate(table.found):
        path = f"$.meshes.meshes[{i}].recipe"
        for error in facts.asked(lambda m=mesh: check_mesh(m)):
            yield weighed(error.at(path=path), i in used)
        for member, detail in simplifications(mesh):
            yield MeshSimplified(mesh=mesh.id, detail=detail).at(path=f"{path}.{member}")


RULES: Final = (named_things, id_tables, cameras, meshes)
