"""The 14 step kinds: one file each, and this one list of them.

`AnyStep` is the only enumeration; the decoder, the layout, the executor and the
documentation read it.
"""

from typing import Final, get_args

from irrun.ir.types import kind_of
from irrun.steps.base import Access, Step
from irrun.steps.frame import Frame
from irrun.steps.kinds.bus_eval import BusEval
from irrun.steps.kinds.camera_eval import CameraEvalStep
from irrun.steps.kinds.debug_probe import DebugProbe
from irrun.steps.kinds.event_bus_eval import EventBusEval
from irrun.steps.kinds.materialize import Materialize
from irrun.steps.kinds.materialize_color import MaterializeColor
from irrun.steps.kinds.materialize_path import MaterializePath
from irrun.steps.kinds.materialize_test_geometry import MaterializeTestGeometry
from irrun.steps.kinds.mesh_materialize import MeshMaterialize
from irrun.steps.kinds.node_eval import NodeEval
from irrun.steps.kinds.project_instances import ProjectInstances
from irrun.steps.kinds.render_assemble import RenderAssemble
from irrun.steps.kinds.signal_eval import SignalEval
from irrun.steps.kinds.time_derive import TimeDerive

AnyStep = (
    TimeDerive
    | SignalEval
    | NodeEval
    | BusEval
    | EventBusEval
    | Materialize
    | MaterializeColor
    | MaterializePath
    | MaterializeTestGeometry
    | RenderAssemble
    | DebugProbe
    | CameraEvalStep
    | MeshMaterialize
    | ProjectInstances
)

KINDS: Final[dict[str, type[Step]]] = {kind_of(cls): cls for cls in get_args(AnyStep)}

__all__ = ["KINDS", "Access", "AnyStep", "Frame", "Step"]
