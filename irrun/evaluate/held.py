"""How many numbers a running program holds at a time: in slots, in fields, in what is kept."""

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

    def hold(self, *arrays: Array) -> None:
        """Count arrays.

        Raises:
            TooMuchHeld: IR406; none of them is counted then.
        """
        uses = self._uses
        fresh = {id(array): array.size for array in arrays if id(array) not in uses}
        if fresh:
            more = sum(fresh.values())  # exact: integers
            self.check(more)
            self.numbers += more
        for array in arrays:
            uses[id(array)] = uses.get(id(array), 0) + 1

    def release(self, array: Array) -> None:
        """Count an array no longer, if nothing else holds it."""
        key = id(array)
        uses = self._uses[key] - 1
        if uses:
            self._uses[key] = uses
            return
        del self._uses[key]
        self.numbers -= array.size
