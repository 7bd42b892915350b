"""Numbers as text, in shortest round-trip form."""

import math


def number_text(value: float) -> str:
    """Return a number in shortest round-trip form: `3`, `0.1`, `1e+21`, `NaN`, `-0`."""
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0" if math.copysign(1.0, value) < 0 else "0"
    if isinstance(value, int) or (abs(value) < 1e16 and float(value).is_integer()):
        return str(int(value))
    return repr(float(value))
