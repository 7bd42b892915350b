"""The frame cache: what was already computed in this frame (runtime-semantics 1.2, 6.1)."""

from typing import Any

from irrun.evaluate.held import Held
from irrun.evaluate.memo import Memo
from irrun.ir.tables import Tables


class FrameCache:
    """The values of signals, valid for one frame id, and what knows the values of fields.

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
        self.memos: list[Memo] = []
        """The memos in use."""

    def begin_frame(self) -> None:
        """Start a new frame: a new id, and nothing of fields that may have changed."""
        self.frame_id += 1
        for memo in self.memos:
            memo.end_frame()

    def new_memo(self) -> Memo:
        """Return a memo that takes part in frames."""
        memo = Memo(self.held)
        self.memos.append(memo)
        return memo

    def let_go(self, memo: Memo) -> None:
        """Put a memo out of use, with everything that is in it."""
        memo.clear()
        self.memos = [other for other in self.memos if other is not memo]
