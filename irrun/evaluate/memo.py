"""What was computed already, and how long that is good."""

from collections.abc import Hashable
from typing import Any

from irrun.evaluate.held import Held
from irrun.ir.values import Array


class Memo:
    """Values by key, each for the running frame or for as long as the memo is in use.

    The arrays in them are counted as held, as long as they are here.
    """

    __slots__ = ("_for_good", "_held", "_in_frame", "values")

    def __init__(self, held: Held) -> None:
        self._held = held
        self.values: dict[Hashable, Any] = {}
        """To be read only."""
        self._in_frame: dict[Hashable, Array | None] = {}
        self._for_good: dict[Hashable, Array | None] = {}

    def keep(
        self, key: Hashable, value: Any, array: Array | None = None, *, for_good: bool = False
    ) -> None:
        """Keep a value, in place of the one that is there.

        Args:
            key: Its key, of a value that is always kept as long.
            value: Anything.
            array: The array in it, if nobody else counts that.
            for_good: For longer than the running frame.

        Raises:
            TooMuchHeld: IR406; nothing is there then.
        """
        if key in self.values:
            self.drop(key)
        if array is not None:
            self._held.hold(array)
        self.values[key] = value
        (self._for_good if for_good else self._in_frame)[key] = array

    def drop(self, key: Hashable) -> None:
        """Let go of a value."""
        del self.values[key]
        array = (self._in_frame if key in self._in_frame else self._for_good).pop(key)
        if array is not None:
            self._held.release(array)

    def end_frame(self) -> None:
        """Let go of what is good for the running frame."""
        for key in tuple(self._in_frame):
            self.drop(key)

    def clear(self) -> None:
        """Let go of everything."""
        for key in tuple(self.values):
            self.drop(key)
