"""The frame cache: what was already computed in this frame (runtime-semantics 1.2, 6.1)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from irrun.ir.tables import Tables


class FrameCache:
    """Memo of signal and field values, valid for one frame id.

    A stamp that equals `frame_id` marks a value of this frame; stamps are never cleared from
    frame to frame, they simply stop matching. The frame id is 1 after construction and 2 in the
    first frame, so that zeroed stamps never match (section 1.3).
    """

    def __init__(self, tables: Tables) -> None:
        self.frame_id = 1
        signals, fields = len(tables.signal_nodes), len(tables.field_nodes)
        self.signal_stamps: NDArray[np.int64] = np.zeros(signals, dtype=np.int64)
        self.signal_values: NDArray[np.float64] = np.zeros(signals, dtype=np.float64)
        self.field_stamps: NDArray[np.int64] = np.zeros(fields, dtype=np.int64)
        self.buffers: dict[tuple[int, int, int, str], Any] = {}
        """Materialized buffers of this frame by (field, domain slot, components, element)."""

    def begin_frame(self) -> None:
        """Start a new frame: a new id, and no buffers."""
        self.frame_id += 1
        self.buffers = {}

    def clear(self) -> None:
        """Forget everything, also within the frame."""
        self.signal_stamps[:] = 0
        self.field_stamps[:] = 0
        self.buffers = {}
