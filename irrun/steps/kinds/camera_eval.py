"""CameraEval: evaluate a camera for the viewport (runtime-semantics 14.1)."""

from collections.abc import Iterator

from irrun.ir.tables import Tables
from irrun.ir.types import SlotId
from irrun.steps.base import Access, Step, write
from irrun.steps.frame import Frame
from irrun.steps.uses import Use


class CameraEvalStep(Step, frozen=True, kw_only=True, tag="CameraEval"):
    """Write the camera's matrices."""

    camera_id: str
    out_slot: SlotId

    def accesses(self, tables: Tables) -> Iterator[Access]:
        yield write(self.out_slot, "camera", "outSlot")

    def uses(self) -> Iterator[Use]:
        yield Use("camera", self.camera_id, "cameraId")

    def run(self, frame: Frame) -> None:
        frame.write(self.out_slot, frame.cameras.evaluate(self.camera_id, frame.viewport))
