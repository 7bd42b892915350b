"""A golden that kills the process that checks it; importable, so that other processes find it."""

import os
import signal
from dataclasses import dataclass

from irrun.compare.golden.find import Target


@dataclass(frozen=True)
class Deadly(Target):
    """Asked for its name in another process than the one that made it, it kills that process."""

    maker: int = 0

    @property
    def name(self) -> str:
        """The name, for those who may ask."""
        if os.getpid() != self.maker:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().name
