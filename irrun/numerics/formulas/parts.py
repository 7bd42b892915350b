"""Cutting numbers exactly: nearest integers, high halves."""

from typing import Final

from irrun.numerics.blocks import Real

ROUNDER: Final = 6755399441055744.0
"""1.5 * 2^52: adding and subtracting it rounds to an integer, ties to even, below 2^51."""

SPLITTER: Final = 134217729.0
"""2^27 + 1 (Veltkamp's splitting)."""


def nearest(x: Real) -> Real:
    """Round to the nearest integer, ties to even; |x| < 2^51; never gives -0."""
    return (x + ROUNDER) - ROUNDER


def high_part(x: Real) -> Real:
    """Round to 26 bits, so that products of two high parts are exact; |x| < 2^996."""
    scaled = x * SPLITTER
    return scaled - (scaled - x)
