"""Projection of 3D instances to the screen (runtime-semantics 14.6).

Many elements at once, in doubles; `_f32` stands exactly where the semantics round to float32.
"""

from typing import Any, Final, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from irrun.ir.values import Array, Instances, Viewport
from irrun.numerics.arrays import to_f32_array
from irrun.numerics.order import order_of

Channel = Array | float
"""One float32 number to an element, or one for all."""

Order = Literal["far first", "near first", "as listed"]

_BLOCK: Final = 8192
"""Elements that are worked on at once: few enough for their intermediates to stay in the cache."""

_BYTES: Final = 21
"""What an instance takes in the reference's counter: four float32, five bytes."""

_HALVES: Final = np.array([[0.5], [-0.5]])

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Bodies(msgspec.Struct, frozen=True):
    """What is projected: positions, float32, shape (3n,), and what each element looks like."""

    positions: Array
    colors: tuple[Channel, Channel, Channel, Channel]
    """Red, green, blue, alpha: straight, 0 to 1."""
    radius: Channel
    scale: Channel = 1.0

    @property
    def count(self) -> int:
        """How many elements there are."""
        return self.positions.size // 3


class Lens(msgspec.Struct, frozen=True):
    """How it is projected. `proj_y` is element 5 of the camera's projection."""

    view_proj: Array
    viewport: Viewport
    proj_y: float = 1.0
    culls: bool = False
    """Leave out what is outside the view volume."""
    clip: Literal["discard", "clamp"] | None = None
    world_sizes: bool = False
    order: Order = "as listed"


class Counters(msgspec.Struct, frozen=True):
    """What became of the elements."""

    instances_in: int
    instances_out: int
    """Alive ones."""
    culled: int
    clipped: int
    nan_count: int
    inf_count: int
    kept: int

    @property
    def bytes_written(self) -> int:
        """Bytes of the reference's output arrays."""
        return _BYTES * self.kept


def project(bodies: Bodies, lens: Lens) -> tuple[Instances, Counters]:
    """Return the instances that are not dropped, in order, and what became of all."""
    out = project_all(bodies, lens)
    return out.instances(lens.order), out.counters()


def project_nothing() -> tuple[Instances, Counters]:
    """Return the projection of no elements, which needs no camera."""
    out = Projected(0)
    return out.instances("as listed"), out.counters()


class Drops(msgspec.Struct, frozen=True):
    """Why elements are not among the living instances; each is counted once."""

    not_finite: int
    behind: int
    """At or behind the camera, w <= 0."""
    culled: int
    """Outside the view volume."""
    clipped: int
    """Outside the viewport."""


def drops(bodies: Bodies, lens: Lens) -> Drops:
    """Return why elements are dropped, which is not known any more once they are projected."""
    points = bodies.positions.reshape(-1, 3)
    with np.errstate(all="ignore"):
        is_finite = np.isfinite(points).all(axis=1)
        clip = _clip_coordinates(lens.view_proj, points.T.astype(np.float64, order="C"))
    behind = int(np.count_nonzero(is_finite & (clip[3] <= 0)))
    not_finite = bodies.count - int(np.count_nonzero(is_finite))
    counters = project_all(bodies, lens).counters()
    culled = counters.culled - not_finite - behind
    return Drops(not_finite, behind, culled, counters.clipped)


def project_all(bodies: Bodies, lens: Lens) -> "Projected":
    """Return the elements that are not dropped, as they are listed."""
    n = bodies.count
    out = Projected(n)
    with np.errstate(all="ignore"):
        for start in range(0, n, _BLOCK):
            _project_block(bodies, lens, start, min(start + _BLOCK, n), out)  # exact: whole
    return out


class Projected:
    """The arrays that are filled, and the counters."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.kept = self.clipped = self.nans = self.infinities = 0
        self.singles: Array = np.empty((4, count), np.float32)
        """x, y, s, z."""
        self.colors: Array = np.empty((4, count), np.uint8)
        self.alive: Array = np.empty(count, np.uint8)
        self.index: Array = np.empty(count, np.uint32)

    def places(self, counts: Array) -> Array:
        """Return how many of the first so many elements are kept."""
        return np.searchsorted(self.index[: self.kept], counts)  # exact: elements

    def instances(
        self, order: Order, first: int = 0, stop: int | None = None, origin: int = 0
    ) -> Instances:
        """Return what was filled, or a part of it, sorted; elements are counted from `origin`."""
        part = slice(first, self.kept if stop is None else stop)
        singles = to_f32_array(self.singles[:, part])
        index = self.index[part] if origin == 0 else self.index[part] - np.uint32(origin)
        arrays = [singles, self.colors[:, part], self.alive[part], index]
        if order != "as listed":
            by_depth = order_of(singles[3], descending=order == "far first")
            arrays = [array.take(by_depth, axis=-1) for array in arrays]
        (x, y, s, z), (r, g, b, a), alive, index = arrays
        return Instances(x, y, s, z, r, g, b, a, alive, index)

    def counters(self) -> Counters:
        """Return what became of the elements."""
        alive = int(np.count_nonzero(self.alive[: self.kept]))
        culled = self.count - self.kept
        return Counters(
            self.count, alive, culled, self.clipped, self.nans, self.infinities, self.kept
        )


def _f32(values: F64) -> F64:
    """Round to float32, and go on in doubles."""
    return values.astype(np.float32).astype(np.float64)


def _project_block(bodies: Bodies, lens: Lens, start: int, stop: int, out: Projected) -> None:
    """Project the elements from `start` up to `stop`."""
    points = bodies.positions[3 * start : 3 * stop].reshape(-1, 3).T.astype(np.float64, order="C")
    dropped = _count_unusable(points, out)
    clip = _clip_coordinates(lens.view_proj, points)
    w = clip[3]
    dropped |= w <= 0
    ndc = _f32(clip[:3] / w)
    if lens.culls:
        dropped |= ((ndc < -1) | (ndc > 1)).any(axis=0)
    kept = np.flatnonzero(~dropped)

    # X * 0.5 + 0.5 and 0.5 - Y * 0.5: a change of sign is exact, so both are one formula.
    limits = np.array([[lens.viewport.w], [lens.viewport.h]], dtype=np.float64)
    screen = _f32((_chosen(ndc[:2], kept) * _HALVES + 0.5) * limits)
    alive: Any = 1
    if lens.clip == "discard":
        is_outside = ((screen < 0) | (screen > limits)).any(axis=0)
        alive = ~is_outside
        out.clipped += int(np.count_nonzero(is_outside))
    elif lens.clip == "clamp":
        # NaN stays, and -0 becomes 0.
        screen = np.where(screen > limits, limits, screen)
        screen = np.where(screen <= 0, 0.0, screen)

    place = slice(out.kept, out.kept + screen.shape[1])
    out.kept = place.stop
    out.singles[:2, place] = screen
    out.singles[2, place] = _chosen(_sizes(bodies, lens, w, start, stop), kept)
    out.singles[3, place] = _chosen(ndc[2], kept)
    channels = np.empty((4, stop - start))
    for row, channel in zip(channels, bodies.colors, strict=True):
        row[:] = _part(channel, start, stop)
    out.colors[:, place] = quantized(_chosen(channels, kept))
    out.alive[place] = alive
    out.index[place] = start + kept


def _chosen(values: F64, kept: NDArray[np.intp]) -> F64:
    """Return the elements that are kept, which are often all."""
    return values if kept.size == values.shape[-1] else values.take(kept, axis=-1)


def _count_unusable(points: F64, out: Projected) -> Mask:
    """Return which points have a component that is no finite number, and count them."""
    x, y, z = points
    # No sum of three float32 overflows a double.
    total = x + y + z
    is_unusable: Mask = total - total != 0
    unusable = int(np.count_nonzero(is_unusable))
    if unusable:
        nans = int(np.count_nonzero(np.isnan(points).any(axis=0)))
        out.nans += nans
        out.infinities += unusable - nans
    return is_unusable


def _clip_coordinates(matrix: Array, points: F64) -> F64:
    """Return matrix times points, shape (4, n)."""
    a, b, c, d = matrix.astype(np.float64).reshape(4, 4, 1)
    x, y, z = points
    total = _f32(a * x)
    total += _f32(b * y)
    total += _f32(c * z)
    total += d
    return _f32(total)


def _part(channel: Channel, start: int, stop: int) -> Any:
    """Return some elements of a channel; a number counts as its float32."""
    return channel[start:stop] if isinstance(channel, np.ndarray) else np.float32(channel)


def _sizes(bodies: Bodies, lens: Lens, w: F64, start: int, stop: int) -> F64:
    """Return the sizes in pixels, before they are stored as float32."""
    sizes = np.empty(stop - start)
    sizes[:] = _part(bodies.radius, start, stop)
    if isinstance(bodies.scale, np.ndarray):
        sizes *= bodies.scale[start:stop]
    if lens.world_sizes:
        sizes = sizes * lens.proj_y * (lens.viewport.h / 2) / w
    return sizes


def quantized(channels: F64) -> Array:
    """Return straight channels as bytes: c * 255, halves up, within 0 and 255; NaN is 0."""
    # Bounds are whole numbers, so that it does not matter whether they come before the rounding.
    scaled = np.fmin(np.fmax(channels * 255, 0.0), 255.0)  # exact: zeros have no sign in bytes
    low = np.floor(scaled)
    low += scaled - low >= 0.5
    return low.astype(np.uint8)
