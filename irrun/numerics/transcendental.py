"""Transcendental functions on doubles: irrun's own, the same bits on every machine.

All follow IEEE and ECMAScript (runtime-semantics 0.3): no exceptions, NaN outside the domain.
Their array forms, with the same bits, are in `arrays`. Accuracy and specification:
docs/numerics.md.
"""

import math
from typing import Final

from irrun.numerics.formulas.circular import cos, sin, tan
from irrun.numerics.formulas.exponential import exp
from irrun.numerics.formulas.hyperbolic import tanh
from irrun.numerics.formulas.inverse_circular import acos, asin, atan, atan2
from irrun.numerics.formulas.logarithm import log, power

__all__ = [
    "PI", "acos", "asin", "atan", "atan2", "cos", "exp", "log", "power", "sin", "sqrt", "tan",
    "tanh",
]  # fmt: skip

PI: Final = 3.141592653589793


def sqrt(x: float) -> float:
    """Return the square root, rounded correctly by IEEE; NaN below 0, -0 for -0."""
    return math.sqrt(x) if x >= 0.0 else math.nan
