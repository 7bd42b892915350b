"""The stateful operations over many frames at once: the same bits as frame by frame.

Each takes its memory as it is before the block, and its inputs as columns: arrays of doubles, one
number for each frame. It returns its values, and what each of its numbers is after each frame, and
leaves the memory as it is after the last one. A block has at least one frame.
"""

from typing import Final

import numpy as np

from irrun.evaluate.state.cells import NumberCell, Ring
from irrun.ir.values import Array
from irrun.numerics import arrays, exact
from irrun.numerics.scalar import floor
from irrun.numerics.whole import settled, whole_frames, whole_part

Advanced = tuple[Array, tuple[Array, ...]]
"""Values, and the numbers of the memory after each frame; shape (frames,) each."""


def before(first: float, column: Array) -> Array:
    """Return what a column was a frame earlier: `first` in the first frame."""
    shifted = np.empty_like(column)
    shifted[0] = first
    shifted[1:] = column[:-1]
    return shifted


def _keep(cell: NumberCell, column: Array) -> Array:
    """Leave the last number of a column in its cell."""
    cell.set(float(column[-1]))
    return column


def integrate(cell: NumberCell, value: Array, delta_sec: Array) -> Advanced:
    """Add up from left to right: every partial sum is a value."""
    running = np.empty(len(value) + 1)
    running[0] = cell.get()
    np.multiply(value, delta_sec, out=running[1:])
    np.add.accumulate(running, out=running)
    totals = _keep(cell, running[1:])
    return totals, (totals,)


def slew(cell: NumberCell, rate: float, target: Array, delta_sec: Array) -> Advanced:
    """Approach the target; each frame needs the one before."""
    current = cell.get()
    alphas = (1 - arrays.exp(-rate * delta_sec)).tolist()
    moved = np.empty(len(target))
    for i, (goal, alpha) in enumerate(zip(target.tolist(), alphas, strict=True)):
        current = current + (goal - current) * alpha
        moved[i] = current
    _keep(cell, moved)
    return moved, (moved,)


def sample_hold(held: NumberCell, last: NumberCell, value: Array, trigger: Array) -> Advanced:
    """Fill forward from the frames in which the trigger rises."""
    rising = (trigger > 0.5) & (before(last.get(), trigger) <= 0.5)
    indices = np.where(rising, np.arange(len(value)), -1)
    latest = np.maximum.accumulate(indices)  # exact: frames
    values = np.where(latest >= 0, value[latest], held.get())
    _keep(held, values)
    _keep(last, trigger)
    return values, (values, trigger)


def edge_detect_wrap(cell: NumberCell, phase: Array) -> Advanced:
    """Compare each phase with the one before."""
    values = np.where((before(cell.get(), phase) > 0.8) & (phase < 0.2), 1.0, 0.0)
    return values, (_keep(cell, phase),)


def pulse_divider(cell: NumberCell, divisions: float, phase: Array) -> Advanced:
    """Compare the part that each phase is in with the one before."""
    part = exact.floor(phase * divisions)
    values = np.where(part != before(cell.get(), part), 1.0, 0.0)
    return values, (_keep(cell, part),)


def envelope(
    start: NumberCell,
    gate: NumberCell,
    shape: tuple[float, float, float],
    value: Array,
    t_abs_ms: Array,
) -> Advanced:
    """Open and close the gate, fill forward when it opened, and see how long ago that is."""
    opens, closes = value > 0.5, value <= 0.5
    frames = np.arange(len(value))
    closed_last = np.maximum.accumulate(np.where(closes, frames, -1))  # exact: frames
    opened_last = np.maximum.accumulate(np.where(opens, frames, -1))  # exact: frames
    was_open, kept = gate.get() > 0.5, gate.get()
    # A gate that is open stays as it is, and neither opens nor closes at NaN.
    first = kept if was_open else 1.0
    opened = np.where(closed_last < 0, first, 1.0)
    untouched = (closed_last < 0) & (opened_last < 0)
    gates = np.where(opened_last > closed_last, opened, np.where(untouched, kept, 0.0))
    rises = opens & ~(before(kept, gates) > 0.5)
    latest = np.maximum.accumulate(np.where(rises, frames, -1))  # exact: frames
    starts = np.where(latest >= 0, t_abs_ms[latest], start.get())
    values = _envelope(t_abs_ms - before(start.get(), starts), *shape)
    return values, (_keep(start, starts), _keep(gate, gates))


def _envelope(elapsed: Array, attack: float, decay: float, peak: float) -> Array:
    """Return how high an envelope is so many ms after it began; its order of comparing counts."""
    falling = np.where(
        elapsed < attack + decay, peak * (1 - (elapsed - attack) / np.float64(decay)), 0.0
    )
    rising = np.where(elapsed < attack, (elapsed / np.float64(attack)) * peak, falling)
    return np.where(elapsed < 0, 0.0, rising)


def delay_frames(ring: Ring, frames: float, value: Array) -> Advanced:
    """Look up what came `frames` frames before."""
    return _delayed(ring, frames_back(ring, frames, len(value)), value)


def delay_ms(
    ring: Ring, wanted_ms: float, nominal_ms: float, value: Array, delta_ms: Array
) -> Advanced:
    """Look up what came so many frames before as a delay has at each frame's length."""
    return _delayed(ring, ms_back(ring, wanted_ms, nominal_ms, len(value), delta_ms), value)


def frames_back(ring: Ring, frames: float, count: int) -> Array:
    """Return how many frames before each one `delay_frames` looks, -1 for NaN; shape (count,)."""
    return np.full(count, _back(floor(settled(frames)), ring.length, ring.length))


def ms_back(ring: Ring, wanted_ms: float, nominal_ms: float, count: int, delta_ms: Array) -> Array:
    """Return how many frames before each one `delay_ms` looks, -1 for NaN; shape (count,)."""
    lengths, which = np.unique(delta_ms, return_inverse=True)  # exact: which are alike
    deltas = [delta if delta > 0 else nominal_ms for delta in lengths.tolist()]
    frames = [whole_frames(wanted_ms, delta) for delta in deltas]
    return np.array([_back(back, ring.length - 1, ring.length) for back in frames])[which]


_NOWHERE: Final = -1
"""Where the input of NaN frames before is: it is NaN."""


def _back(frames: float, most: int, length: int) -> int:
    """Return how many frames before an input is looked up, as `delays` does."""
    back = whole_part(frames, 0, most)
    if back is None:
        return _NOWHERE
    if frames <= 0:
        return 0
    # A ring with room for nothing else still holds what came `length` frames before.
    return back if back > 0 else length


def _delayed(ring: Ring, backs: Array, value: Array) -> Advanced:
    """Return the input of so many frames before each frame, and write all inputs to the ring."""
    history = np.concatenate([ring.history(), value])
    found = history[ring.length + np.arange(len(value)) - np.maximum(backs, 0)]  # exact: frames
    found = np.where(backs == _NOWHERE, np.nan, found)
    at = ring.write_index()
    skipped = len(value) - ring.length
    if skipped > 0:
        ring.at.set(float((at + skipped) % ring.length))
    for number in value[max(skipped, 0) :].tolist():
        ring.push(number)
    return found, ((at + 1.0 + np.arange(len(value))) % ring.length,)
