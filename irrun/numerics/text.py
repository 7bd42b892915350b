"""Numbers as text, in shortest round-trip form."""

import math
from collections.abc import Mapping
from typing import Final

SPECIAL_NUMBERS: Final[Mapping[str, float]] = {
    "NaN": math.nan,
    "Infinity": math.inf,
    "-Infinity": -math.inf,
    "-0": -0.0,
}
"""The numbers that JSON cannot write, by the texts that stand for them."""


def number_text(value: float) -> str:
    """Return a number in shortest round-trip form: `3`, `0.1`, `1e+21`, `NaN`, `-0`."""
    special = special_text(value)
    if special is not None:
        return special
    if isinstance(value, int) or (abs(value) < 1e16 and float(value).is_integer()):
        return str(int(value))
    return repr(float(value))


def special_text(value: float) -> str | None:
    """Return the text of a number that JSON cannot write; None for others."""
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return "-0" if value == 0 and math.copysign(1.0, value) < 0 else None
