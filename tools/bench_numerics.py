"""Measure irrun's own functions against NumPy's, and their scalar forms.

Times are of this thread alone, each the least of many runs: what other programs take from the
machine is noise here, and it only ever adds.
"""

from collections.abc import Callable, Iterator
from functools import partial
from time import thread_time
from typing import Any, Final

import numpy as np

from irrun.doctor.samples import OPERATIONS, Operation, uniform
from irrun.numerics.blocks import Block

NUMPY: Final[dict[str, Any]] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos,
    "atan": np.arctan, "atan2": np.arctan2, "exp": np.exp, "log": np.log, "pow": np.power,
    "tanh": np.tanh,
}  # fmt: skip
_RANGES: Final = {
    "exp": ((-5.0, 5.0),), "log": ((0.01, 50.0),), "pow": ((0.01, 50.0), (-5.0, 5.0)),
    "tanh": ((-5.0, 5.0),),
}  # fmt: skip
"""Where they differ from those of the digests, which go to the ends."""

_ODD: Final[dict[str, Callable[[int], Block]]] = {
    "NaN": lambda count: np.full(count, np.nan),
    "infinite": lambda count: np.full(count, np.inf),
    "huge": lambda count: uniform(1e30, 1e300, count, 5),
    "subnormal": lambda count: uniform(1e-320, 1e-310, count, 5),
}
"""What the usual formula is not made for, all elements of the first operand alike."""

_COUNTS: Final = (256, 2_000, 100_000)

Row = tuple[str, str, str, str]


def least_seconds(
    ours: Callable[[], Any], theirs: Callable[[], Any], calls: int, repeats: int = 60
) -> tuple[float, float]:
    """Return the least time of a call of each, measured in turns."""
    least = [float("inf"), float("inf")]
    for _ in range(repeats):
        for i, work in enumerate((ours, theirs)):
            started = thread_time()
            for _ in range(calls):
                work()
            least[i] = min(least[i], (thread_time() - started) / calls)
    return least[0], least[1]


def numerics_rows() -> Iterator[Row]:
    """Yield (what, time, set against, ratio) for each transcendental function."""
    for op in OPERATIONS:
        if op.name in NUMPY:
            yield from (_array_row(op, count) for count in (1_000, 100_000))
            yield _single_row(op)
    for op in OPERATIONS:
        if op.name in NUMPY or op.name in ("sin to f32", "cos to f32"):
            yield from (_odd_row(op, kind) for kind in _ODD)


def _odd_row(op: Operation, kind: str) -> Row:
    """Return what an element takes for which the usual formula is not made, in arrays of them."""
    times = []
    for count in _COUNTS:
        usual = operands_of(op, count)
        odd = [_ODD[kind](count), *usual[1:]]
        calls, repeats = 20_000 // count or 1, 20
        least = least_seconds(partial(op.many, *odd), partial(op.many, *usual), calls, repeats)
        times.append([seconds / count * 1e9 for seconds in least])
    ours = " / ".join(f"{odd:.0f}" for odd, _ in times)
    usual_ones = " / ".join(f"{usual:.0f}" for _, usual in times)
    ratios = " / ".join(f"{odd / usual:.1f}" for odd, usual in times)
    sizes = " / ".join(f"{count:,}" for count in _COUNTS)
    return f"{op.name}, {kind}, {sizes}", f"{ours} ns each", f"ordinary: {usual_ones}", ratios


def operands_of(op: Operation, count: int) -> list[Block]:
    """Return ordinary operands of an operation."""
    ranges = _RANGES.get(op.name, op.ranges)
    return [uniform(*ends, count, i) for i, ends in enumerate(ranges)]


def _array_row(op: Operation, count: int) -> Row:
    operands, out, numpys = operands_of(op, count), np.empty(count), NUMPY[op.name]
    ours, theirs = least_seconds(
        lambda: op.many(*operands, out=out),
        lambda: numpys(*operands, out=out),
        20_000 // count or 1,
    )
    each = f"{ours / count * 1e9:.1f} ns each"
    against = f"numpy: {theirs / count * 1e9:.1f} ns"
    return f"{op.name}, {count:,} elements", each, against, f"{ours / theirs:.2f}"


def _single_row(op: Operation) -> Row:
    values = list(zip(*(x.tolist() for x in operands_of(op, 500)), strict=True))
    ours, call = least_seconds(
        lambda: [op.single(*x) for x in values], lambda: [_nothing(*x) for x in values], 1
    )
    against = f"a call: {call / 500 * 1e9:.0f} ns"
    return f"{op.name}, one number", f"{ours / 500 * 1e9:.0f} ns", against, f"{ours / call:.1f}"


def _nothing(*operands: float) -> float:
    return operands[0]


if __name__ == "__main__":
    for row in numerics_rows():
        print(*(f"{cell:>24}" for cell in row))  # noqa: T201
