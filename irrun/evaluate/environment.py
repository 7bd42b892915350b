"""What expressions see of the frame and of the runtime's memory."""

from collections.abc import Callable
from typing import Any, Protocol

from irrun.errors import IrrunError
from irrun.ir.state import StateLayout
from irrun.ir.types import StateStorage


class Memory(Protocol):
    """The state that lives across frames (runtime-semantics section 4)."""

    layout: StateLayout
    private: dict[tuple[str, str], list[float]]
    """Numbers that no cell holds, by (state id, name); kept beside the cells (section 6.7)."""

    def view(self, storage: StateStorage) -> "memoryview[Any]":
        """Return an array of state elements that reads and writes single elements fast."""


class Environment:
    """The inputs of expressions in the current frame."""

    __slots__ = (
        "delta_ms",
        "delta_sec",
        "nominal_ms",
        "phase01",
        "quirks",
        "read",
        "report",
        "t_abs_ms",
        "t_model_ms",
        "wrap_event",
    )

    def __init__(
        self,
        read: Callable[[int], Any],
        report: Callable[[IrrunError], None],
        *,
        nominal_ms: float = 1000 / 60,
        quirks: bool = False,
    ) -> None:
        self.read = read
        self.report = report
        self.quirks = quirks
        """Take the reference's values where the semantics keep them apart."""
        self.nominal_ms = nominal_ms
        """Nominal duration of a frame in ms."""
        self.t_abs_ms = 0.0
        self.t_model_ms = 0.0
        self.phase01 = 0.0
        """The phase, or 0 if the model has none."""
        self.wrap_event = 0.0
        """1 in a frame that wraps, else 0."""
        self.delta_sec = 0.0
        self.delta_ms = 0.0
