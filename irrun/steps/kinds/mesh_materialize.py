"""MeshMaterialize: build a mesh from its recipe (runtime-semantics 14.4)."""

from collections.abc import Iterator

from irrun.evaluate.evaluators import Evaluators
from irrun.ir.tables import Tables
from irrun.ir.types import SlotId
from irrun.ir.values import MeshBuffer
from irrun.steps.base import Access, Execute, Step, write
from irrun.steps.frame import Frame
from irrun.steps.uses import Use


class MeshMaterialize(Step, frozen=True, kw_only=True, tag="MeshMaterialize"):
    """Write the mesh's vertex and index arrays."""

    mesh_id: str
    out_slot: SlotId

    def accesses(self, tables: Tables) -> Iterator[Access]:
        yield write(self.out_slot, "mesh", "outSlot")

    def uses(self) -> Iterator[Use]:
        yield Use("mesh", self.mesh_id, "meshId")

    def prepare(self, evaluators: Evaluators) -> Execute:
        """Build the mesh in the first frame."""
        mesh: MeshBuffer | None = None

        def run(frame: Frame) -> None:
            nonlocal mesh
            if mesh is None:
                mesh = frame.meshes.build(self.mesh_id)
            frame.write(self.out_slot, mesh)

        return run
