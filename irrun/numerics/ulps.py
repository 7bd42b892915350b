"""How far apart two numbers are, counted in representable numbers."""

import struct

from irrun.numerics.convert import to_f32


def ulps_between(a: float, b: float, *, single: bool = False) -> int:
    """Return how many steps from one representable number to the next lead from `a` to `b`.

    Both zeros are one place. `single` counts float32 numbers, after rounding to them.

    Args:
        a: A finite number.
        b: A finite number.
        single: Count in float32.
    """
    if single:
        return abs(_place(to_f32(a), "<f", "<i") - _place(to_f32(b), "<f", "<i"))
    return abs(_place(a, "<d", "<q") - _place(b, "<d", "<q"))


def _place(value: float, number: str, integer: str) -> int:
    """Return a number's place on the line of all numbers of its format."""
    bits: int = struct.unpack(integer, struct.pack(number, value))[0]
    lowest = -(1 << (8 * struct.calcsize(integer) - 1))
    return bits if bits >= 0 else lowest - bits
