"""What the kernels in C are compared with: scalar forms, and arguments that are hard."""

import math
import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from irrun.doctor.samples import OPERATIONS, SPECIAL, uniform
from irrun.evaluate.operations import formulas
from irrun.numerics import scalar
from irrun.numerics.convert import to_f32
from irrun.numerics.native import Kernel

DOUBLES: dict[str, Callable[..., Any]] = {
    **{op.name.replace(" ", "_"): op.single for op in OPERATIONS},
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "neg": operator.neg, "abs": abs,
    "clamp_a": scalar.clamp_a, "clamp_b": scalar.clamp_b, "step": formulas.step,
    "lerp": formulas.lerp, "smoothstep": formulas.smoothstep, "quantize": formulas.quantize,
}  # fmt: skip
SINGLES = "add sub mul div mod neg abs sqrt floor ceil round fract sign min max step clamp_b"


def rounded(of_doubles: Callable[..., Any]) -> Callable[..., Any]:
    """Return what of float32 operands is rounded once to float32."""
    return lambda *operands: to_f32(of_doubles(*operands))


SCALAR = DOUBLES | {f"{name}_f32": rounded(DOUBLES[name]) for name in SINGLES.split()}
"""By kernel: what the interpreter computes for one element."""

SAMPLES = {op.name.replace(" ", "_"): op.samples for op in OPERATIONS}


def samples(name: str, kernel: Kernel, count: int) -> list[NDArray[Any]]:
    """Return operands of a kernel as they usually are, with the special ones."""
    if name in SAMPLES:
        return SAMPLES[name](count)
    given = range(len(kernel.operands))
    return [np.concatenate([uniform(-9.0, 9.0, count, i), np.roll(SPECIAL, i)]) for i in given]


STEPS = np.arange(-400.0, 400.0)
HARD = np.concatenate(
    [
        SPECIAL, -SPECIAL,
        STEPS * (math.pi / 2), STEPS * math.pi * 2.0**40, STEPS * math.pi * 2.0**900,
        STEPS / 64, (STEPS + 0.5) / 64, STEPS / 32 + 2.0**-40, STEPS + 0.5, STEPS / 4096 + 1,
        2.0**52 + STEPS, 2.0**32 + STEPS / 2, np.linspace(-750.0, 750.0, 301),
        np.ldexp(1.0 + 2.0**-52, np.arange(-1074, 1024, 7)),
        np.ldexp(-1.5, np.arange(-1074, 1024, 9)),
        np.array([0xFFF8000000000123, 0x7FF0000000000001], np.uint64).view(np.float64),
    ]
)  # fmt: skip
"""Near the ends of intervals and tables, halves, multiples of pi/2, all sizes, odd NaN."""


def typed(kernel: Kernel, operands: Iterable[NDArray[Any]]) -> list[NDArray[Any]]:
    """Return doubles rounded to the types that a kernel takes."""
    with np.errstate(over="ignore", invalid="ignore"):
        return [x.astype(t) for x, t in zip(operands, kernel.operands, strict=True)]


def by_scalar(name: str, kernel: Kernel, operands: Iterable[NDArray[Any]]) -> NDArray[Any]:
    """Return what the scalar form makes of each element."""
    rows = zip(*(x.tolist() for x in operands), strict=True)
    dtype = "f4" if kernel.result == "f" else None
    return np.array([SCALAR[name](*row) for row in rows], dtype).astype(kernel.result)


def same_bits(got: NDArray[Any], expected: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where two arrays of one type have the same bits, or both NaN."""
    assert got.dtype == expected.dtype
    width = f"u{got.itemsize}"
    both_nan = (got != got) & (expected != expected)
    same: NDArray[np.bool_] = (got.view(width) == expected.view(width)) | both_nan
    return same
