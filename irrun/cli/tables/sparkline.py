"""A curve in one line of text."""

import math
from collections.abc import Sequence
from typing import Final

_BARS: Final = "▁▂▃▄▅▆▇█"
_NOT_FINITE: Final = "!"


def sparkline(numbers: Sequence[float], width: int, ends: tuple[float, float] | None = None) -> str:
    """Return numbers as bars of eight heights, from the smallest to the largest finite one.

    `ends` gives another smallest and largest number: two curves can share a scale.

    More numbers than columns are thinned out evenly: each column shows the first number of its
    share. NaN and infinities are exclamation marks.
    """
    if len(numbers) > width:
        numbers = [numbers[i * len(numbers) // width] for i in range(width)]
    finite = [x for x in numbers if math.isfinite(x)]
    if not finite:
        return _NOT_FINITE * len(numbers)
    low, high = ends or (min(finite), max(finite))
    # Halved first, so that the span of two huge numbers does not overflow.
    span = high / 2 - low / 2
    return "".join(_bar(x, low, span) for x in numbers)


def _bar(x: float, low: float, span: float) -> str:
    if not math.isfinite(x):
        return _NOT_FINITE
    if span == 0:
        return _BARS[0]
    return _BARS[min(len(_BARS) - 1, int((x / 2 - low / 2) / span * len(_BARS)))]
