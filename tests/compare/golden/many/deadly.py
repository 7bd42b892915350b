"""Goldens that are hard on the process that checks them; importable, so that others find them."""

import os
import signal
import time
from pathlib import Path

from irrun.compare.golden.many.find import Target


class Deadly(Target, frozen=True):
    """Asked for its name in another process than the one that made it, it kills that process."""

    maker: int = 0

    @property
    def name(self) -> str:
        """The name, for those who may ask."""
        if os.getpid() != self.maker:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().name


class Deaf(Target, frozen=True):
    """Busy for a long time when it is looked at first; then it lets its neighbour die."""

    @property
    def name(self) -> str:
        """The name, for those who may wait."""
        busy = Path("busy")
        if not busy.exists():
            busy.touch()
            time.sleep(3600)
        return super().name


class DeadlyNeighbour(Deadly, frozen=True):
    """Kills its process once another is busy."""

    @property
    def name(self) -> str:
        """The name, for those who may ask."""
        while os.getpid() != self.maker and not Path("busy").exists():
            time.sleep(0.01)
        return super().name
