"""Numbers in pictures: as many decimals as it takes, in shortest form."""

from typing import Final

from irrun.numerics.text import number_text

DECIMALS: Final = 3
"""Decimals of what is not scaled any more: a thousandth of a CSS pixel."""
EXACT: Final = 99
"""As many decimals as a number has."""
_MOST: Final = 9
_LARGE: Final = 1e9


def num(x: float, decimals: int = DECIMALS) -> str:
    """Return a finite number as text: `3`, `0.125`, `-7`, `1e+38`; never `-0`.

    It is rounded to some decimals, or exact where that is more than a few.
    """
    if decimals > _MOST or not -_LARGE < x < _LARGE:
        return number_text(x) if x else "0"
    text = f"{x:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def decimals_before(scale: float) -> int:
    """Return how many decimals give a thousandth after numbers have been scaled up."""
    if not scale <= 1e6:  # or it is NaN
        return EXACT
    decimals = DECIMALS
    while scale > 2:  # half of the last decimal is what rounding takes
        scale /= 10
        decimals += 1
    return decimals


def is_finite(*numbers: float) -> bool:
    """True if none of the numbers is NaN or infinite."""
    return all(x - x == 0.0 for x in numbers)
