"""Curves into lines: midpoint subdivision in float32 (runtime-semantics 11.2).

All curves of a path are subdivided at once, level by level. Every single operation is rounded to
float32, so that any runtime that does the same gets the same points.
"""

from typing import Final, NamedTuple

import numpy as np

from irrun.errors.fields import PathTooLong
from irrun.evaluate.scene.paths import (
    CLOSE,
    CUBIC,
    LINE,
    MOVE,
    POINTS,
    QUADRATIC,
    EncodedPath,
)
from irrun.ir.values import Array
from irrun.limits import FLAT_LINES
from irrun.numerics.arrays import sqrt, to_f32_array

MAX_DEPTH: Final = 16
"""Subdivisions after which a piece counts as flat."""


_HALF: Final = np.float32(0.5)


class _Ends(NamedTuple):
    """End points of lines: the command each replaces, where on its curve, and the point."""

    command: Array
    at: Array
    points: Array


def flatten(path: EncodedPath, tolerance: float) -> EncodedPath:
    """Return a path with lines for its curves, each within the tolerance by the midpoint test.

    Raises:
        PathTooLong: IR444.
    """
    codes = path.codes
    if not np.isin(codes, (QUADRATIC, CUBIC)).any():
        return path
    last = np.cumsum(POINTS[codes]) - 1
    current = _current_points(path, last)
    parts = [_kept(path, last)]
    for code in (QUADRATIC, CUBIC):
        at = np.flatnonzero(codes == code)
        if len(at):
            ends = [path.points[last[at] - back] for back in reversed(range(POINTS[code]))]
            curves = np.stack([current[at], *ends], axis=1)
            parts += _subdivided(at, curves, np.float32(to_f32_array(tolerance)))
    command = np.concatenate([part.command for part in parts])
    within = np.concatenate([part.at for part in parts])
    order = np.lexsort((within, command))  # exact: whole numbers
    points = np.concatenate([part.points for part in parts])[order]
    found = codes[command[order]]
    flat_codes = np.where(np.isin(found, (QUADRATIC, CUBIC)), LINE, found).astype(np.uint16)
    return EncodedPath(flat_codes, points[flat_codes != CLOSE])


def _current_points(path: EncodedPath, last: Array) -> Array:
    """Return the point where each command begins; Z leads back to the last M."""
    points = np.zeros((len(path.codes), 2), dtype=np.float32)
    at = first = np.zeros(2, dtype=np.float32)
    for i, code in enumerate(path.codes.tolist()):
        points[i] = at
        at = first if code == CLOSE else path.points[last[i]]
        first = at if code == MOVE else first
    return points


def _kept(path: EncodedPath, last: Array) -> _Ends:
    """Return the commands that are no curves as they are; Z has a point that is dropped later."""
    command = np.flatnonzero(~np.isin(path.codes, (QUADRATIC, CUBIC)))
    places = np.where(path.codes[command] == CLOSE, 0, last[command])
    with_one_more = np.concatenate([path.points, np.zeros((1, 2), dtype=np.float32)])
    return _Ends(command, np.zeros(len(command), dtype=np.int64), with_one_more[places])


def _subdivided(command: Array, curves: Array, tolerance: np.float32) -> list[_Ends]:
    """Return the lines of curves of one degree, shape (n, degree + 1, 2).

    A piece without finite points is taken for flat: nothing would ever make it so.
    """
    found, count = [], 0
    at = np.full(len(command), 1 << MAX_DEPTH, dtype=np.int64)
    with np.errstate(all="ignore"):
        for depth in range(MAX_DEPTH + 1):
            left, right = _halves(curves)
            distance = _distances(curves, left[:, -1])
            is_flat = (distance <= tolerance) | ~_are_finite(curves) | (depth == MAX_DEPTH)
            found.append(_Ends(command[is_flat], at[is_flat], curves[is_flat, -1]))
            split = ~is_flat
            count += int(np.count_nonzero(is_flat))
            if count + 2 * int(np.count_nonzero(split)) > FLAT_LINES.value:
                raise PathTooLong(count=f"more than {FLAT_LINES.value}", limit=FLAT_LINES.value)
            command = np.concatenate([command[split], command[split]])
            half = 1 << max(MAX_DEPTH - depth - 1, 0)
            at = np.concatenate([at[split] - half, at[split]])
            curves = np.concatenate([left[split], right[split]])
    return found


def _halves(curves: Array) -> tuple[Array, Array]:
    """Split curves in the middle by repeated midpoints (de Casteljau)."""
    left, right, points = [curves[:, 0]], [curves[:, -1]], curves
    while points.shape[1] > 1:
        points = (points[:, :-1] + points[:, 1:]) * _HALF
        left.append(points[:, 0])
        right.append(points[:, -1])
    return np.stack(left, axis=1), np.stack(right[::-1], axis=1)


def _distances(curves: Array, middles: Array) -> Array:
    """Return how far the middles of curves are from the middles of their chords."""
    off = middles - (curves[:, 0] + curves[:, -1]) * _HALF
    dx, dy = off[:, 0], off[:, 1]
    # Both roundings together are the one of a float32 square root.
    return to_f32_array(sqrt((dx * dx + dy * dy).astype(np.float64)))


def _are_finite(curves: Array) -> Array:
    return np.asarray(np.isfinite(curves).all(axis=(1, 2)))
