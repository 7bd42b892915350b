"""How many frames are computed at once, and when the interpreter runs them."""

from typing import Final

from irrun.errors.running import CannotUseBlocks
from irrun.runtime.run import Engine

FIRST_FRAMES: Final = 8
"""Length of the first block: its frames are wanted at once."""
MOST_FRAMES: Final = 2048
"""Longest block: its columns stay in the cache."""
MOST_NUMBERS: Final = 32_768
"""Most numbers of a register over a block, for the same reason."""
MOST_STATE: Final = 1_048_576
"""Most numbers of state over a block: who asks for it gets it after every frame."""
_MOST_ALONE: Final = 4096
"""Frames that the interpreter runs before blocks are tried again, at most."""
_MOST_DOUBLINGS: Final = 12
"""Refusals after which there are as many."""


class Pace:
    """Decides how long the next block is.

    The first frame of a program is the interpreter's: it reports what there is to report. Blocks
    start short and grow. A block that is refused is run by the interpreter, and so are more and
    more frames after each that follows.
    """

    def __init__(self, engine: Engine, fixed: int | None = None) -> None:
        self._asked = self._engine = engine
        self._fixed = fixed
        self._alone = 1
        """Frames that the interpreter runs before the next block."""
        self._frames = FIRST_FRAMES if fixed is None else fixed
        self._refusals = 0
        self.reasons: list[str] = []
        """Why blocks were refused."""

    def anew(self) -> "Pace":
        """Return the pace of another program's frames."""
        pace = Pace(self._asked, self._fixed)
        pace.reasons = self.reasons
        return pace

    @property
    def frames(self) -> int:
        """How long the next block may be, whatever it holds; 0 for a frame of the interpreter."""
        return 0 if self._engine == "frame" or self._alone > 0 else self._frames

    def interpreted(self) -> None:
        """Note that the interpreter has run a frame."""
        self._alone -= 1

    def computed(self) -> None:
        """Note that a block was computed."""
        self._refusals = 0
        if self._fixed is None:
            self._frames = min(8 * self._frames, MOST_FRAMES)  # exact: frames

    def refused(self, reason: str) -> None:
        """Note that a block was refused."""
        self.reasons.append(reason)
        self._refusals = min(self._refusals + 1, _MOST_DOUBLINGS)  # exact: frames
        self._alone = min(self._frames * 2**self._refusals // 2, _MOST_ALONE)  # exact: frames
        self._frames = FIRST_FRAMES if self._fixed is None else self._fixed

    def unplanned(self, reason: str) -> None:
        """Note that a program cannot be computed in blocks.

        Raises:
            CannotUseBlocks: IR409, it was asked to be.
        """
        self.reasons.append(reason)
        if self._engine == "block":
            raise CannotUseBlocks(reason=reason)
        self._engine = "frame"
