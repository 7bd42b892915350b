"""How many numbers a running program holds at a time: in slots, in fields, in what is kept."""

from collections.abc import Iterable
from typing import Final

from irrun.errors.running import TooMuchHeld
from irrun.ir.values import Array
from irrun.limits import HELD_NUMBERS


class Held:
    """Counts the numbers of all arrays that are held; one held twice counts once.

    Limits of a single buffer do not limit their sum, and a small program can ask for many.
    """

    def __init__(self) -> None:
        self.numbers = 0
        self._most: Final = HELD_NUMBERS.value
        self._uses: Final[dict[int, int]] = {}
        """How often an array is held, by its identity: it lives as long as it is held."""

    def check(self, more: int) -> None:
        """Refuse to hold so many numbers more.

        Raises:
            TooMuchHeld: IR406.
        """
        if self.numbers + more > self._most:
            raise TooMuchHeld(total=self.numbers + more, limit=self._most)

    def hold(self, array: Array) -> None:
        """Count an array.

        Raises:
            TooMuchHeld: IR406; it is not counted then.
        """
        key, uses = id(array), self._uses
        if key in uses:
            uses[key] += 1
            return
        total = self.numbers + array.size
        if total > self._most:
            raise TooMuchHeld(total=total, limit=self._most)
        uses[key], self.numbers = 1, total

    def hold_all(self, arrays: Iterable[Array]) -> None:
        """Count several arrays, all of them or none; raises as `hold` does."""
        counted: list[Array] = []
        try:
            for array in arrays:
                self.hold(array)
                counted.append(array)
        except TooMuchHeld:
            for array in counted:
                self.release(array)
            raise

    def release(self, array: Array) -> None:
        """Count an array no longer, if nothing else holds it."""
        key, uses = id(array), self._uses
        if uses[key] > 1:
            uses[key] -= 1
            return
        del uses[key]
        self.numbers -= array.size
