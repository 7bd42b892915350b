"""Delays: inputs of earlier frames, kept in a ring (runtime-semantics 6.7)."""

import math

from irrun.evaluate.state.cells import Ring
from irrun.numerics.scalar import divide, floor, minimum, remainder
from irrun.numerics.whole import settled, whole_frames, whole_part


def delay_ms(
    ring: Ring, wanted_ms: float, nominal_ms: float, value: float, delta_ms: float
) -> float:
    """Return the input of `wanted_ms` ago, in whole frames of the current length."""
    delta = delta_ms if delta_ms > 0 else nominal_ms
    return _delayed(ring, value, whole_frames(wanted_ms, delta), ring.length - 1)


def delay_frames(ring: Ring, frames: float, value: float) -> float:
    """Return the input of `frames` frames ago; a fraction of a frame is left out."""
    return _delayed(ring, value, floor(settled(frames)), ring.length)


def _delayed(ring: Ring, value: float, frames: float, most: int) -> float:
    """Read the ring, then write to it; what is NaN frames ago is NaN."""
    back = whole_part(frames, 0, most)
    if back is None:
        found = math.nan
    elif frames <= 0:
        found = value
    else:
        found = ring.delayed(back)
    ring.push(value)
    return found


# --- What the reference makes of it ----------------------------------------------------------


def reference_delay_ms(
    ring: Ring, wanted_ms: float, size: float, value: float, delta_ms: float
) -> float:
    """Return what the reference does: of no number of frames, it reads beside the ring."""
    frames = minimum(floor(divide(wanted_ms, delta_ms)), size - 1)
    return _reference_delayed(ring, value, ring.at.get() + size - frames, size)


def reference_delay_frames(ring: Ring, frames: float, value: float) -> float:
    """Return what the reference does: its ring is of `frames + 1` cells, whatever that is."""
    return _reference_delayed(ring, value, ring.at.get() + 1, frames + 1)


def _reference_delayed(ring: Ring, value: float, at: float, size: float) -> float:
    found = ring.peek(remainder(at, size))
    ring.poke(value, size)
    return found
