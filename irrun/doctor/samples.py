"""Inputs on which every pinned operation is digested: the same on every machine, for good.

They come from a generator of our own (SplitMix64, integers only): NumPy's streams may change
from one version to the next.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from irrun.numerics import arrays, convert, scalar, transcendental
from irrun.numerics.blocks import Block
from irrun.numerics.formulas import single_circular

Words = NDArray[np.uint64]

_STEP: Final = 0x9E3779B97F4A7C15
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)


def words(count: int, seed: int) -> Words:
    """Return random 64-bit words: SplitMix64 (Steele, Lea and Flood 2014), started at `seed`."""
    start = np.uint64(seed * _STEP % 2**64)
    z = start + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_STEP)
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return z ^ (z >> np.uint64(31))


def uniform(low: float, high: float, count: int, seed: int) -> Block:
    """Return numbers from `low` up to `high`."""
    unit = (words(count, seed) >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return low + unit * (high - low)


def any_bits(count: int, seed: int) -> Block:
    """Return doubles with random bits: all sizes alike, some NaN and some subnormal."""
    return words(count, seed).view(np.float64)


SPECIAL: Final = np.array(
    [
        0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, np.inf, -np.inf, np.nan, 5e-324,
        -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308, 709.78,
        -745.13, 0.49999999999999994, 1.5, -1.5, 2.5, 4503599627370497.5, 9007199254740993.0,
        2147483648.0, 4294967296.0, -4294967297.5, 1048576.0, 3.141592653589793,
        6381956970095103.0 * 2.0**797,
    ]
)  # fmt: skip
"""What has rules of its own; the last is the double nearest to a multiple of pi/2."""


class Operation(NamedTuple):
    """One pinned operation in its two forms."""

    name: str
    single: Callable[..., Any]
    """On one number each."""
    many: Callable[..., NDArray[Any]]
    """On arrays."""
    ranges: tuple[tuple[float, float], ...]
    """What most samples of each operand lie between."""

    def samples(self, count: int) -> list[Block]:
        """Return `count` samples of each operand.

        Nine in ten are uniform in the operand's range, a tenth has random bits, and at the end
        stand the special values: all pairs of them where there are two operands.
        """
        found = []
        wide = count // 10
        special = np.meshgrid(*[SPECIAL] * len(self.ranges), indexing="ij")
        for i, (low, high) in enumerate(self.ranges):
            seed = 1000 * len(self.name) + 7 * ord(self.name[0]) + ord(self.name[-1]) + 31 * i
            parts = [uniform(low, high, count - wide, seed), any_bits(wide, seed + 500_000)]
            found.append(np.concatenate([*parts, special[i].reshape(-1)]))
        return found


def _color(*rgba: float) -> int:
    return int.from_bytes(bytes(convert.to_color_bytes(*rgba)), "little")


def _colors(r: Block, g: Block) -> NDArray[Any]:
    """Quantise colours made of two numbers, (r, g, 1 - r, g), to one word each."""
    with np.errstate(invalid="ignore"):
        rgba = np.stack([r, g, 1.0 - r, g], axis=1)
    return arrays.color_bytes(rgba).view("<u4").reshape(-1)


_SPAN: Final = (-100.0, 100.0)
_UNIT: Final = (-1.0, 1.0)

OPERATIONS: Final = (
    Operation("sin", transcendental.sin, arrays.sin, (_SPAN,)),
    Operation("cos", transcendental.cos, arrays.cos, (_SPAN,)),
    Operation("tan", transcendental.tan, arrays.tan, (_SPAN,)),
    Operation("asin", transcendental.asin, arrays.asin, (_UNIT,)),
    Operation("acos", transcendental.acos, arrays.acos, (_UNIT,)),
    Operation("atan", transcendental.atan, arrays.atan, ((-10.0, 10.0),)),
    Operation("atan2", transcendental.atan2, arrays.atan2, (_SPAN, _SPAN)),
    Operation("exp", transcendental.exp, arrays.exp, ((-750.0, 715.0),)),
    Operation("log", transcendental.log, arrays.log, ((0.0, 10.0),)),
    Operation("pow", transcendental.power, arrays.power, ((0.0, 20.0), (-40.0, 40.0))),
    Operation("tanh", transcendental.tanh, arrays.tanh, ((-12.0, 12.0),)),
    Operation("sqrt", transcendental.sqrt, arrays.sqrt, ((0.0, 1000.0),)),
    Operation("floor", scalar.floor, arrays.floor, (_SPAN,)),
    Operation("ceil", scalar.ceil, arrays.ceil, (_SPAN,)),
    Operation("round", scalar.round_half_up, arrays.round_half_up, (_SPAN,)),
    Operation("fract", scalar.fract, arrays.fract, (_SPAN,)),
    Operation("sign", scalar.sign, arrays.sign, (_SPAN,)),
    Operation("mod", scalar.remainder, arrays.remainder, (_SPAN, (-9.0, 9.0))),
    Operation("div", scalar.divide, arrays.divide, (_SPAN, _SPAN)),
    Operation("min", scalar.minimum, arrays.minimum, (_UNIT, _UNIT)),
    Operation("max", scalar.maximum, arrays.maximum, (_UNIT, _UNIT)),
    Operation("f32", convert.to_f32, arrays.to_f32_array, ((-1e6, 1e6),)),
    Operation(
        "sin to f32", lambda x: convert.to_f32(transcendental.sin(x)), single_circular.sin, (_SPAN,)
    ),
    Operation(
        "cos to f32", lambda x: convert.to_f32(transcendental.cos(x)), single_circular.cos, (_SPAN,)
    ),
    Operation("i32", convert.to_i32, arrays.to_i32_array, ((-1e11, 1e11),)),
    Operation("u32", convert.to_u32, arrays.to_u32_array, ((-1e11, 1e11),)),
    Operation("color", lambda r, g: _color(r, g, 1.0 - r, g), _colors, ((-0.2, 1.2),) * 2),
)
"""Every pinned operation but the sum, which has one operand of any length."""
