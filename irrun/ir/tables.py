"""What the rest of irrun sees of a program's tables."""

from collections.abc import Sequence
from typing import Protocol

from irrun.ir.buses import BusTable
from irrun.ir.constants import ConstPool
from irrun.ir.expressions.events import Event
from irrun.ir.expressions.fields import Field
from irrun.ir.expressions.nodes import NodeTable
from irrun.ir.expressions.signals import Signal
from irrun.ir.expressions.transforms import TransformChain
from irrun.ir.scene import CameraTable, MeshTable
from irrun.ir.state import StateLayout
from irrun.ir.time_model import TimeModel


class Tables(Protocol):
    """The tables that expressions and steps refer to; `Program` has them all."""

    @property
    def time_model(self) -> TimeModel: ...
    @property
    def signal_nodes(self) -> tuple[Signal, ...]: ...
    @property
    def signal_leaves(self) -> Sequence[tuple[int, ...] | None]: ...
    @property
    def field_leaves(self) -> Sequence[tuple[int, ...] | None]: ...
    @property
    def field_nodes(self) -> tuple[Field, ...]: ...
    @property
    def event_nodes(self) -> tuple[Event, ...]: ...
    @property
    def chains(self) -> tuple[TransformChain, ...]: ...
    @property
    def nodes(self) -> NodeTable: ...
    @property
    def buses(self) -> BusTable: ...
    @property
    def constants(self) -> ConstPool: ...
    @property
    def state_layout(self) -> StateLayout: ...
    @property
    def cameras(self) -> CameraTable | None: ...
    @property
    def default_camera_id(self) -> str | None: ...
    @property
    def meshes(self) -> MeshTable | None: ...
