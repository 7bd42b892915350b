"""A decoded, immutable program (ir-schema section 2)."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from irrun.errors import IrrunError
from irrun.errors.showing import plural, shown
from irrun.evaluate.reachable import Leaves, field_leaves, signal_leaves
from irrun.ir.expressions.events import Event
from irrun.ir.expressions.fields import Field
from irrun.ir.expressions.signals import Signal
from irrun.ir.expressions.transforms import TransformChain
from irrun.program.canonical import digest
from irrun.program.document import ProgramIR


class Program:
    """A loaded program: the document, what was kept aside, and what loading found.

    Equal programs have equal canonical bytes; notes of loading and the file name do not count.
    """

    def __init__(
        self,
        document: ProgramIR,
        *,
        unknown: Mapping[str, Any] | None = None,
        notes: tuple[IrrunError, ...] = (),
        name: str | None = None,
    ) -> None:
        self.document = document
        self.unknown: Mapping[str, Any] = dict(unknown or {})
        """Unknown fields by JSON path: kept, written back, without effect."""
        self.notes = notes
        """Warnings and notes of loading."""
        self.name = name
        """The file's name as given, for messages."""
        self.time_model = document.time_model
        self.nodes = document.nodes
        self.buses = document.buses
        self.constants = document.constants
        self.state_layout = document.state_layout
        self.cameras = document.cameras
        self.default_camera_id = document.default_camera_id
        self.meshes = document.meshes
        self.schedule = document.schedule
        self.steps = document.schedule.steps
        self.outputs = document.outputs
        self.slot_meta = document.slot_meta or ()
        self.initial_slot_values = document.schedule.initial_slot_values or {}
        self.signal_nodes: tuple[Signal, ...] = (
            document.signal_table.nodes if document.signal_table else ()
        )
        self.field_nodes: tuple[Field, ...] = document.fields.nodes
        self.event_nodes: tuple[Event, ...] = (
            document.event_table.nodes if document.event_table else ()
        )
        self.chains: tuple[TransformChain, ...] = (
            document.transforms.chains if document.transforms else ()
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, as `sha256:<hex>`; the same for both encodings."""
        return digest(self)

    @cached_property
    def signal_leaves(self) -> Leaves:
        """For each signal the `inputSlot` nodes that it leads to."""
        return signal_leaves(self.signal_nodes)

    @cached_property
    def field_leaves(self) -> Leaves:
        """For each field the fields that it leads to and that ask for a signal."""
        return field_leaves(self.field_nodes)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Program):
            return NotImplemented
        return self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        steps, outputs = plural(len(self.steps), "step"), plural(len(self.outputs), "output")
        return f"<Program {shown(self.document.patch_id)!r}, {steps}, {outputs}>"
