"""Numbers in pictures: a fixed number of decimals, in shortest form."""

from typing import Final

from irrun.numerics.text import number_text

DECIMALS: Final = 3
"""Decimals of a coordinate: a thousandth of a CSS pixel."""
FINE: Final = 6
"""Decimals of a matrix entry."""
_LARGE: Final = 1e9


def num(x: float, decimals: int = DECIMALS) -> str:
    """Return a finite number as text: `3`, `0.125`, `-7`, `1e+38`; never `-0`."""
    if not -_LARGE < x < _LARGE:
        return number_text(x)
    text = f"{x:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def is_finite(*numbers: float) -> bool:
    """True if none of the numbers is NaN or infinite."""
    return all(x - x == 0.0 for x in numbers)
