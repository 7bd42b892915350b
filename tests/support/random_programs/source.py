"""Where chance comes from: the same for the same name, whatever the hash seed."""

import math
from collections.abc import Mapping, Sequence
from random import Random
from typing import Final, TypeVar

T = TypeVar("T")

PLAIN: Final = (0.0, 1.0, -1.0, 0.5, 2.0, 0.25, -0.5, 3.0, 10.0, 100.0, 0.1, 0.75)
EDGES: Final = (
    *(-0.0, 1 / 3, 0.499999999999999944, 2.5, -2.5, 255.0, 256.0, -3.9, 1e-40, 16777217.0),
    *(2147483648.0, 4294967296.5, 1e20, -1e20, 1e39, 1e308, -1e308, 5e-324, -5e-324, 1e-300),
)
NOT_FINITE: Final = (math.nan, math.inf, -math.inf)


class Source:
    """Draws everything that is left to chance in one program or run."""

    def __init__(self, name: str) -> None:
        self.random = Random(name)

    def chance(self, probability: float) -> bool:
        """Return true so often."""
        return self.random.random() < probability

    def count(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return self.random.randint(low, high)

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of several."""
        return choices[int(self.random.random() * len(choices))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """Return one of several, each as often as its weight says."""
        return self.random.choices(list(weights), list(weights.values()))[0]

    def some(self, choices: Sequence[T], low: int, high: int) -> list[T]:
        """Return so many picks; one may come twice."""
        return [self.pick(choices) for _ in range(self.count(low, high))]

    def shuffled(self, things: Sequence[T]) -> list[T]:
        """Return all in another order."""
        return self.random.sample(things, len(things))

    def number(self) -> float:
        """Return any number: mostly a plain one, now and then one that no double is close to."""
        drawn = self.random.random()
        if drawn < 0.5:
            return self.pick(PLAIN)
        if drawn < 0.8:
            return self.random.uniform(-4, 4)
        if drawn < 0.88:
            return self.random.uniform(-1000, 1000)
        return self.pick(EDGES if drawn < 0.975 else NOT_FINITE)

    def finite(self) -> float:
        """Return any number but NaN and the infinities."""
        found = self.number()
        return found if math.isfinite(found) else 1.0

    def unit(self) -> float:
        """Return a number that is mostly between 0 and 1: a channel of a colour, a phase."""
        return self.random.random() if self.chance(0.7) else self.finite()
