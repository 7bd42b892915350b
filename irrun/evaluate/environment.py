"""What expressions see of the frame and of the runtime's memory."""

from collections.abc import Callable
from typing import Any, Protocol

from irrun.errors import IrrunError
from irrun.ir.state import StateLayout
from irrun.ir.time_model import DEFAULT_FPS, ResolvedTime
from irrun.ir.types import StateStorage


class Memory(Protocol):
    """The state that lives across frames (runtime-semantics section 4)."""

    layout: StateLayout
    private: dict[tuple[str, str], list[float]]
    """Numbers that no cell holds, by (state id, name); kept beside the cells (section 6.7)."""

    def view(self, storage: StateStorage) -> "memoryview[Any]":
        """Return an array of state elements that reads and writes single elements fast."""


class Signals(Protocol):
    """Signals, for those who ask for their values."""

    def evaluate(self, signal_id: int, /) -> Any:
        """Return a signal's value in this frame, evaluating what it needs."""


class Environment:
    """The inputs of expressions in the current frame."""

    __slots__ = ("nominal_ms", "quirks", "read", "report", "time")

    def __init__(
        self,
        read: Callable[[int], Any],
        report: Callable[[IrrunError], None],
        *,
        nominal_ms: float = 1000 / DEFAULT_FPS,
        quirks: bool = False,
    ) -> None:
        self.read = read
        self.report = report
        self.quirks = quirks
        """Take the reference's values where the semantics keep them apart."""
        self.nominal_ms = nominal_ms
        """Nominal duration of a frame in ms."""
        self.time = ResolvedTime(0.0, 0.0)
        """Of the running frame."""
