"""MeshMaterialize: build a mesh from its recipe (runtime-semantics 14.4)."""

from collections.abc import Iterator

from irrun.ir.tables import Tables
from irrun.ir.types import SlotId
from irrun.steps.base import Access, Frame, Step, write


class MeshMaterialize(Step, frozen=True, kw_only=True, tag="MeshMaterialize"):
    """Write the mesh's vertex and index arrays."""

    mesh_id: str
    out_slot: SlotId

    def accesses(self, tables: Tables) -> Iterator[Access]:
        yield write(self.out_slot, "mesh", "outSlot")

    def run(self, frame: Frame) -> None:
        mesh = frame.plans.get(frame.position)
        if mesh is None:
            mesh = frame.plans[frame.position] = frame.meshes.build(self.mesh_id)
        frame.write(self.out_slot, mesh)
