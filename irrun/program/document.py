"""The document of a program: every table, typed (ir-schema sections 2, 14 to 16)."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Meta

from irrun.ir.buses import BusTable
from irrun.ir.constants import ConstPool
from irrun.ir.expressions.events import EventTable
from irrun.ir.expressions.fields import FieldTable
from irrun.ir.expressions.nodes import AdapterTable, LensTable, NodeTable
from irrun.ir.expressions.signals import SignalTable
from irrun.ir.expressions.transforms import TransformTable
from irrun.ir.scene import CameraTable, MeshTable
from irrun.ir.state import StateLayout
from irrun.ir.time_model import TimeModel
from irrun.ir.types import Index, KindRecord, Record, SafeInt, SlotId, SlotMetaEntry, TypeTable
from irrun.steps import AnyStep
from irrun.steps.base import CacheKey


class DependencyIndex(Record, frozen=True, kw_only=True):
    """Who writes and reads which slot, as the compiler saw it; advice only (ir-schema 15.1)."""

    slot_producer_step: Mapping[SlotId, str]
    slot_consumers: Mapping[SlotId, tuple[str, ...]]
    bus_depends_on_slots: Mapping[Index, tuple[SlotId, ...]]
    bus_provides_slot: Mapping[Index, SlotId]
    expr_depends_on_expr: Mapping[str, tuple[str, ...]] | None = None
    expr_depends_on_slots: Mapping[str, tuple[SlotId, ...]] | None = None


class SortKeyOrdering(KindRecord, frozen=True, tag="busPublisherSortKey"):
    """Publishers are ordered by sort key."""


class PublisherIdOrdering(KindRecord, frozen=True, tag="publisherIdTieBreak"):
    """Equal sort keys are ordered by publisher id."""


class NodeIdOrdering(KindRecord, frozen=True, tag="topoStableNodeIdTieBreak"):
    """Independent nodes are ordered by id."""


class Determinism(Record, frozen=True, kw_only=True):
    """What order may depend on; advice only (ir-schema 15.2)."""

    allowed_ordering_inputs: tuple[SortKeyOrdering | PublisherIdOrdering | NodeIdOrdering, ...]
    topo_tie_break: Literal["nodeIdLex", "nodeIndex"]


class Caching(Record, frozen=True, kw_only=True):
    """Cache keys of steps and materializations; advice only (ir-schema 15.3)."""

    step_cache: Mapping[str, CacheKey]
    materialization_cache: Mapping[str, CacheKey]


Handle = Annotated[Any, Meta(extra={"handle": True})]
"""A slot value: free data, but null members of a handle count as absent (ir-schema 19.3)."""


class Schedule(Record, frozen=True, kw_only=True):
    """The steps of a frame, in order, and what is in place before the first (ir-schema 14.1)."""

    steps: tuple[AnyStep, ...]
    deps: DependencyIndex
    determinism: Determinism
    caching: Caching
    step_id_to_index: Mapping[str, Index] | None = None
    """Rebuilt when absent."""
    initial_slot_values: Mapping[SlotId, Handle] | None = None


class Output(Record, frozen=True, kw_only=True):
    """A value that the program offers after each frame (ir-schema 16.1)."""

    id: str
    kind: Literal["renderTree", "renderFrame", "renderCmds", "export", "debug"]
    slot: SlotId
    label: str | None = None


class EditorBlock(Record, frozen=True, kw_only=True):
    """Where a node came from."""

    block_id: str
    kind: Literal["primitive", "compositeInternal"]


class EditorSlot(Record, frozen=True, kw_only=True):
    """Where a port came from."""

    block_id: str
    slot_id: str


class SourceMap(Record, frozen=True, kw_only=True):
    """From program to editor."""

    node_to_editor_block: Mapping[str, EditorBlock] | None = None
    port_to_editor_slot: Mapping[str, EditorSlot] | None = None


class Names(Record, frozen=True, kw_only=True):
    """Texts for people."""

    nodes: Mapping[str, str]
    buses: Mapping[str, str]
    steps: Mapping[str, str]


class WarningPlace(Record, frozen=True, kw_only=True):
    """What a compiler warning is about."""

    node_id: str | None = None
    bus_id: str | None = None
    step_id: str | None = None


class CompilerWarning(Record, frozen=True, kw_only=True):
    """A warning that the compiler left in the program."""

    code: str
    message: str
    where: WarningPlace | None = None


class ProgramMeta(Record, frozen=True, kw_only=True):
    """Names and origins (ir-schema 16.2)."""

    source_map: SourceMap
    names: Names
    warnings: tuple[CompilerWarning, ...] | None = None


class ProgramIR(Record, frozen=True, kw_only=True):
    """The document: every table of a `CompiledProgramIR`."""

    ir_version: Literal[1]
    patch_id: str
    patch_revision: SafeInt
    compile_id: str
    seed: float
    time_model: TimeModel
    types: TypeTable
    nodes: NodeTable
    buses: BusTable
    lenses: LensTable
    adapters: AdapterTable
    fields: FieldTable
    schedule: Schedule
    meta: ProgramMeta
    outputs: tuple[Output, ...] = ()
    constants: ConstPool = ConstPool()
    state_layout: StateLayout = StateLayout()
    signal_table: SignalTable | None = None
    event_table: EventTable | None = None
    slot_meta: tuple[SlotMetaEntry, ...] | None = None
    cameras: CameraTable | None = None
    default_camera_id: str | None = None
    meshes: MeshTable | None = None
    transforms: TransformTable | None = None
