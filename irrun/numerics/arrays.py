"""Array forms of every pinned operation: the same bits as the scalar forms.

All take arrays of any shape, broadcast against each other, and `out=`, which may be one of them
(`blocks.elementwise`). Results are float64 unless said otherwise. No temporary is larger than a
block. A NaN in a result is always the one NaN.

`out` may be a float32 array: each result is then rounded once, as a store into it is.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from irrun.numerics import exact, native
from irrun.numerics.blocks import BLOCK, NAN, Block, elementwise, one_nan
from irrun.numerics.formulas import circular, exponential, hyperbolic, inverse_circular, logarithm


class Unary(Protocol):
    """An operation on one array."""

    def __call__(self, x: ArrayLike, /, out: NDArray[Any] | None = None) -> NDArray[Any]:
        """Apply it to each element."""


class Binary(Protocol):
    """An operation on two arrays."""

    def __call__(
        self, a: ArrayLike, b: ArrayLike, /, out: NDArray[Any] | None = None
    ) -> NDArray[Any]:
        """Apply it to each pair of elements."""


class Ternary(Protocol):
    """An operation on three arrays."""

    def __call__(
        self, a: ArrayLike, b: ArrayLike, c: ArrayLike, /, out: NDArray[Any] | None = None
    ) -> NDArray[Any]:
        """Apply it to each three elements."""


def _unary(formula: Callable[[Block], Block], kernel: str = "") -> Unary:
    def apply(x: ArrayLike, /, out: NDArray[Any] | None = None) -> NDArray[Any]:
        return elementwise(formula, x, out=out, kernel=kernel)

    return native.named(kernel)(apply)


def _binary(formula: Callable[[Block, Block], Block], kernel: str = "") -> Binary:
    def apply(a: ArrayLike, b: ArrayLike, /, out: NDArray[Any] | None = None) -> NDArray[Any]:
        return elementwise(formula, a, b, out=out, kernel=kernel)

    return native.named(kernel)(apply)


def _ternary(formula: Callable[[Block, Block, Block], Block], kernel: str = "") -> Ternary:
    def apply(
        a: ArrayLike, b: ArrayLike, c: ArrayLike, /, out: NDArray[Any] | None = None
    ) -> NDArray[Any]:
        return elementwise(formula, a, b, c, out=out, kernel=kernel)

    return native.named(kernel)(apply)


sin, cos = _unary(circular.sin_block, "sin"), _unary(circular.cos_block, "cos")
tan, tanh = _unary(circular.tan_block, "tan"), _unary(hyperbolic.tanh_block, "tanh")
asin, acos = (
    _unary(inverse_circular.asin_block, "asin"),
    _unary(inverse_circular.acos_block, "acos"),
)
atan = _unary(inverse_circular.atan_block, "atan")
atan2 = _binary(inverse_circular.atan2_block, "atan2")
exp, log = _unary(exponential.exp_block, "exp"), _unary(logarithm.log_block, "log")
power = _binary(logarithm.power_block, "pow")


def _with_one_nan(formula: Callable[..., Block]) -> Callable[..., Block]:
    return lambda *operands: one_nan(formula(*operands))


sqrt, sign, fract, floor, ceil, round_half_up = (
    _unary(_with_one_nan(formula), kernel)
    for formula, kernel in (
        (exact.sqrt, "sqrt"), (exact.sign, "sign"), (exact.fract, "fract"), (exact.floor, "floor"),
        (exact.ceil, "ceil"), (exact.round_half_up, "round"),
    )
)  # fmt: skip
remainder, divide, minimum, maximum = (
    _binary(_with_one_nan(formula), kernel)
    for formula, kernel in (
        (exact.remainder, "mod"), (exact.divide, "div"), (exact.minimum, "min"),
        (exact.maximum, "max"),
    )
)  # fmt: skip
clamp_a = _ternary(_with_one_nan(exact.clamp_a), "clamp_a")
clamp_b = _ternary(_with_one_nan(exact.clamp_b), "clamp_b")


def total(values: ArrayLike) -> float:
    """Return 0 + v0 + v1 + ... over a one-dimensional array, from left to right.

    NumPy's sum adds in pairs, in an order that depends on length and processor. Its running
    sum cannot: every partial sum is a result.
    """
    array = np.ascontiguousarray(values, dtype=np.float64)
    result = np.empty(1)
    if not native.run("sum", (array,), result):
        result[0] = _total(array)
    return float(result[0])


def _total(array: Block) -> float:
    running = np.empty(min(array.size, BLOCK) + 1)
    running[0] = 0.0
    with np.errstate(all="ignore"):
        for start in range(0, array.size, BLOCK):
            part = array[start : start + BLOCK]
            used = running[: part.size + 1]
            used[1:] = part
            np.add.accumulate(used, out=used)
            running[0] = used[-1]
    result = float(running[0])
    return result if result == result else NAN


@native.form("f32", np.float32)
def to_f32_array(x: ArrayLike) -> NDArray[np.float32]:
    """Round to float32, ties to even; NaN becomes the one NaN of float32."""
    array = np.asarray(x)
    if array.dtype != np.float32:
        with np.errstate(all="ignore"):
            array = array.astype(np.float64, copy=False).astype(np.float32)
    return one_nan_copy(array)


@native.form("u32", np.uint32)
def to_u32_array(x: ArrayLike) -> NDArray[np.uint32]:
    """Convert as assignment to u32 elements does; shape kept, dtype uint32."""
    array = np.asarray(x, dtype=np.float64)
    result = np.empty(array.shape, np.uint32)
    flat, goal = array.reshape(-1), result.reshape(-1)
    for start in range(0, flat.size, BLOCK):
        part = slice(start, start + BLOCK)
        goal[part] = exact.u32_block(flat[part])
    return result


@native.form("i32", np.int32)
def to_i32_array(x: ArrayLike) -> NDArray[np.int32]:
    """Convert as assignment to i32 elements does; shape kept, dtype int32."""
    return to_u32_array(x).view(np.int32)


@native.form("color", np.uint8)
def color_bytes(rgba: ArrayLike) -> NDArray[np.uint8]:
    """Quantise straight colours to premultiplied bytes (section 10.8); shape (..., 4), kept."""
    array = np.asarray(rgba, dtype=np.float64)
    result = np.empty(array.shape, np.uint8)
    rows, goal = array.reshape(-1, 4), result.reshape(-1, 4)
    for start in range(0, len(rows), BLOCK):
        part = slice(start, start + BLOCK)
        goal[part] = exact.color_bytes_block(rows[part])
    return result


def one_nan_copy(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array whose NaNs are the one NaN: itself if it has none, else a copy.

    Sign and payload of a NaN that an operation makes differ between processors. Whatever leaves
    irrun as bytes goes through here.
    """
    if array.dtype.kind != "f":
        return array
    bad = np.isnan(array)
    if np.count_nonzero(bad):
        return np.where(bad, np.array(np.nan, array.dtype), array)
    return array
