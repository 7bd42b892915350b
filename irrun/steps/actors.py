"""Who reads and writes slots."""

from typing import Final, NamedTuple


class Actor(NamedTuple):
    """A step, or what else touches slots. Who asks for identity compares; messages have words."""

    name: str
    """A step's id; else words."""
    step: int | None = None
    """Index of the step, if it is one: unlike its id always unique."""

    def __str__(self) -> str:
        return self.name if self.step is None else f"step {self.name}"


CALLER: Final = Actor("the caller")
INITIAL: Final = Actor("initialSlotValues")
"""Who wrote what is in slots before the first frame."""
OUTPUTS: Final = Actor("outputs")
"""Who reads the outputs after the last step."""
