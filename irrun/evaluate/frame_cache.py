"""The frame cache: what was already computed in this frame (runtime-semantics 1.2, 6.1)."""

from typing import Any

from irrun.evaluate.held import Held
from irrun.ir.tables import Tables


class FrameCache:
    """Memo of signal and field values, valid for one frame id.

    A stamp that equals `frame_id` marks a value of this frame; stamps are never cleared from
    frame to frame, they simply stop matching. The frame id is 1 after construction and 2 in the
    first frame, so that zeroed stamps never match (section 1.3).
    """

    def __init__(self, tables: Tables, held: Held) -> None:
        self.held = held
        self.frame_id = 1
        signals = len(tables.signal_nodes)
        # Lists, not arrays: a signal's value may be a vector, and single elements are faster.
        self.signal_stamps: list[int] = [0] * signals
        self.signal_values: list[Any] = [None] * signals
        self.elements: dict[Any, Any] = {}
        """Evaluated fields of this frame by domain."""
        self.handles: dict[tuple[int, Any], tuple[Any, Any]] = {}
        """Field handles that went through a chain in this frame, by identity and domain."""
        self.buffers: dict[tuple[int, int, int, str], Any] = {}
        """Materialized buffers of this frame by (field, domain slot, components, element)."""

    def begin_frame(self) -> None:
        """Start a new frame: a new id, and no fields."""
        self.frame_id += 1
        self._forget_fields()

    def clear(self) -> None:
        """Forget everything, also within the frame."""
        self.signal_stamps[:] = [0] * len(self.signal_stamps)
        self._forget_fields()

    def _forget_fields(self) -> None:
        for values in self.elements.values():
            for array in values.arrays():
                self.held.release(array)
        for _, elements in self.handles.values():
            self.held.release(elements.data)
        self.buffers, self.elements, self.handles = {}, {}, {}
