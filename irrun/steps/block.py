"""What a step sees while the blocks of frames of a program are planned."""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from irrun.errors import IrrunError
from irrun.evaluate.columns.fields import FieldPlanner
from irrun.evaluate.columns.plan import Planner, Register
from irrun.evaluate.columns.signals import SignalPlanner
from irrun.ir.tables import Tables
from irrun.ir.values import Viewport

if TYPE_CHECKING:
    from irrun.evaluate.columns.nodes import NodePlanner
    from irrun.steps.base import Access


class BlockPlan(Protocol):
    """The plan of a program's blocks, at one step.

    A step adds operations and writes registers, in the order in which it would read and write in
    a frame. It raises `NotInBlocks` where it has no such form: then it runs frame by frame.
    """

    @property
    def tables(self) -> Tables:
        """The tables of the program."""

    planner: Planner
    """Takes operations."""
    signals: SignalPlanner
    """Plans signals."""
    quirks: bool
    """True if the reference's values are taken."""
    fields: FieldPlanner
    """Plans fields."""
    viewport: Viewport
    """What is drawn to."""

    @property
    def nodes(self) -> "NodePlanner":
        """Plans nodes."""

    @property
    def times_given(self) -> Collection[str]:
        """The outputs of a timeDerive step that the time model gives."""

    @property
    def accesses(self) -> "tuple[Access, ...]":
        """The accesses of the step."""

    def read(self, slot: int) -> Register:
        """Return a slot's value as it is at this step."""

    def was_ever_written(self, slot: int) -> bool:
        """True if anything has ever written the slot."""

    def write(self, slot: int, value: Register) -> None:
        """Write a slot, with the conversion of its storage."""

    def probe(self, probe_id: str, mode: str, slot: int) -> None:
        """Record what a slot holds at this step."""

    def constant(self, slot: int) -> Any:
        """Return a slot's value as it is at this step, in all frames; `NotInBlocks` if not."""

    def assemble(self, name: str, inputs: Sequence[Register], row: Callable[..., Any]) -> Register:
        """Return objects that are made of a frame's values when somebody asks for them.

        `row` fails for one frame as it would for all, but for NaN and infinities.
        """

    def reporter(self) -> Callable[[IrrunError], None]:
        """Return what takes the step's findings: known ones are dropped, news refuse a block."""

    def keep(self) -> None:
        """Write what the step has written in the frame before, which it would write again."""

    def over_frames(
        self, name: str, inputs: Sequence[Register], compute: Callable[..., Sequence[Any]]
    ) -> Register:
        """Return one object to a frame, computed for all frames at once.

        Args:
            name: What messages call the operation.
            inputs: Registers.
            compute: Takes how many frames there are and the inputs: columns, rows of objects,
                numbers that are the same in all frames, and `Same` for other such values.

        Raises:
            NotInBlocks: No input changes.
        """

    def note_elements(self, numbers: int) -> None:
        """Say that a register has so many numbers to a frame: blocks stay in the cache."""
