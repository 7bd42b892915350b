"""Measure irrun's own functions against NumPy's, and their scalar forms.

Times are of this thread alone, each the least of many runs: what other programs take from the
machine is noise here, and it only ever adds.
"""

from collections.abc import Callable, Iterator
from time import thread_time
from typing import Any, Final

import numpy as np

from irrun.doctor.samples import OPERATIONS, Operation, uniform
from irrun.numerics.blocks import Block

_NUMPY: Final[dict[str, Any]] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos,
    "atan": np.arctan, "atan2": np.arctan2, "exp": np.exp, "log": np.log, "pow": np.power,
    "tanh": np.tanh,
}  # fmt: skip
_RANGES: Final = {
    "exp": ((-5.0, 5.0),), "log": ((0.01, 50.0),), "pow": ((0.01, 50.0), (-5.0, 5.0)),
    "tanh": ((-5.0, 5.0),),
}  # fmt: skip
"""Where they differ from those of the digests, which go to the ends."""

Row = tuple[str, str, str, str]


def least_seconds(work: Callable[[], Any], calls: int, repeats: int = 15) -> float:
    """Return the least time of a call."""
    times = []
    for _ in range(repeats):
        started = thread_time()
        for _ in range(calls):
            work()
        times.append((thread_time() - started) / calls)
    return min(times)


def numerics_rows() -> Iterator[Row]:
    """Yield (what, time, set against, ratio) for each transcendental function."""
    for op in OPERATIONS:
        if op.name in _NUMPY:
            yield from (_array_row(op, count) for count in (1_000, 100_000))
            yield _single_row(op)


def _operands(op: Operation, count: int) -> list[Block]:
    ranges = _RANGES.get(op.name, op.ranges)
    return [uniform(*ends, count, i) for i, ends in enumerate(ranges)]


def _array_row(op: Operation, count: int) -> Row:
    operands, out, calls = _operands(op, count), np.empty(count), 200_000 // count
    numpys = _NUMPY[op.name]
    ours = least_seconds(lambda: op.many(*operands, out=out), calls) / count
    theirs = least_seconds(lambda: numpys(*operands, out=out), calls) / count
    against = f"numpy: {theirs * 1e9:.1f} ns"
    return (
        f"{op.name}, {count:,} elements",
        f"{ours * 1e9:.1f} ns each",
        against,
        f"{ours / theirs:.2f}",
    )


def _single_row(op: Operation) -> Row:
    values = list(zip(*(x.tolist() for x in _operands(op, 500)), strict=True))
    ours = least_seconds(lambda: [op.single(*x) for x in values], 4) / 500
    call = least_seconds(lambda: [_nothing(*x) for x in values], 4) / 500
    against = f"a call: {call * 1e9:.0f} ns"
    return f"{op.name}, one number", f"{ours * 1e9:.0f} ns", against, f"{ours / call:.1f}"


def _nothing(*operands: float) -> float:
    return operands[0]


if __name__ == "__main__":
    for row in numerics_rows():
        print(*(f"{cell:>24}" for cell in row))  # noqa: T201
