"""Measure the transcendental functions against mpmath, and write the table of docs/numerics.md.

    python tools/accuracy.py [SAMPLES]

The error of a result is its distance from the exact value, in units of the last place of the
double next to it: 0.5 is as good as rounding can be. Inputs are dense ones (what programs use),
random ones (any size) and hard ones (where a method changes, or much cancels).
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from markers import between_markers
from mpmath import mp, mpf

from irrun.doctor.samples import OPERATIONS, Operation, any_bits, uniform
from irrun.numerics.blocks import Block

ROOT: Final = Path(__file__).resolve().parent.parent
DOCUMENT: Final = ROOT / "docs" / "numerics.md"
SAMPLES: Final = 40_000
_PRECISION: Final = 200
"""Bits that mpmath computes with."""


def _steps(center: float, count: int = 400) -> Block:
    """Return the doubles next to a number, on both sides."""
    around = np.arange(-(count // 2), count // 2)
    return (np.float64(center).view(np.int64) + around).view(np.float64)


def _near_quarter_turns(count: int) -> Block:
    """Return the doubles nearest to multiples of pi/2, small and large ones."""
    first = np.arange(1, count // 2)
    later = np.floor(uniform(1e3, 6.6e5, count // 4, 11))
    huge = np.floor(2.0 ** uniform(20.0, 52.0, count // 4, 12))
    found = [float(mp.pi / 2 * int(k)) for k in np.concatenate([first, later, huge]).tolist()]
    return np.array([*found, 6381956970095103.0 * 2.0**797])


def _sizes(low: float, high: float, count: int, seed: int) -> Block:
    """Return numbers of both signs, their exponents uniform."""
    return uniform(-1.0, 1.0, count, seed) * 2.0 ** uniform(low, high, count, seed + 1)


def _angles(n: int) -> tuple[Block, ...]:
    parts = [uniform(-1.0, 1.0, n, 1), uniform(-100.0, 100.0, n, 2), uniform(-1.1e6, 1.1e6, n, 3)]
    edges = [_steps((i + 0.5) / 64.0, 20) for i in range(3, 50)]
    edges += [_steps(0.78125), _steps(np.pi / 4), _steps(1048576.0)]
    near = _near_quarter_turns(n)
    return (np.concatenate([*parts, any_bits(n, 4), _sizes(-60, 0, n, 5), near, *edges]),)


def _sines(n: int) -> tuple[Block, ...]:
    near_one = 1.0 - np.abs(_sizes(-50, -1, n, 3))
    parts = [uniform(-1.0, 1.0, 2 * n, 1), uniform(0.48, 0.52, n, 2), near_one, -near_one]
    return (np.concatenate([*parts, _sizes(-60, 0, n, 5), _steps(0.5), _steps(-0.5)]),)


def _tangents(n: int) -> tuple[Block, ...]:
    parts = [uniform(-1.0, 1.0, 2 * n, 1), uniform(-10.0, 10.0, n, 2), any_bits(n, 3)]
    edges = [_steps((i - 0.5) / 64.0, 60) for i in range(3, 65)]
    return (np.concatenate([*parts, uniform(0.04, 0.08, n, 4), *edges, _sizes(-60, 0, n, 5)]),)


def _points(n: int) -> tuple[Block, ...]:
    both = [
        (
            uniform(-1.0, 1.0, 2 * n, seed),
            uniform(-10.0, 10.0, n, seed + 1),
            any_bits(n, seed + 2),
            _sizes(-60, 60, n, seed + 3),
            _sizes(-1070, -960, n, seed + 5),
        )
        for seed in (1, 21)
    ]
    return np.concatenate(both[0]), np.concatenate(both[1])


def _exponents(n: int) -> tuple[Block, ...]:
    parts = [uniform(-1.0, 1.0, n, 1), uniform(-20.0, 20.0, n, 2), uniform(-745.0, 709.7, 2 * n, 3)]
    return (np.concatenate([*parts, uniform(-745.1, -708.0, n, 4), _sizes(-60, 0, n, 5)]),)


def _positive(n: int) -> tuple[Block, ...]:
    parts = [uniform(0.0, 100.0, n, 1), uniform(0.9, 1.1, n, 2), np.abs(any_bits(n, 3))]
    edges = [_steps((i + 0.5) / 2048.0, 6) for i in range(1024, 3072)]
    return (np.concatenate([*parts, 1.0 + _sizes(-50, -3, n, 4), uniform(0.7, 0.72, n, 5),
                            uniform(1.4, 1.42, n, 6), *edges]),)  # fmt: skip


def _powers(n: int) -> tuple[Block, ...]:
    bases = [uniform(0.0, 2.0, n, 1), uniform(0.0, 100.0, n, 2), 1.0 + _sizes(-40, -3, 2 * n, 3),
             np.abs(any_bits(n, 5)), uniform(-20.0, 0.0, n, 6)]  # fmt: skip
    others = [uniform(-3.0, 3.0, n, 11), uniform(-300.0, 300.0, n, 12), _sizes(0, 42, 2 * n, 13),
              uniform(-1.0, 1.0, n, 15), np.floor(uniform(-200.0, 200.0, n, 16))]  # fmt: skip
    # Close to 1 with a result far from 1: there the logarithm's errors show.
    little = _sizes(-14, -9, 3 * n, 7)
    bases.append(1.0 + little)
    others.append(uniform(-708.0, 708.0, 3 * n, 17) / little)
    return np.concatenate(bases), np.concatenate(others)


def _hyperbolic(n: int) -> tuple[Block, ...]:
    parts = [uniform(-1.0, 1.0, n, 1), uniform(-20.0, 20.0, n, 2), uniform(0.1, 0.6, 2 * n, 3)]
    edges = [_steps((i + 0.5) / 32.0, 6) for i in range(3, 704)]
    return (np.concatenate([*parts, _sizes(-60, 0, n, 4), *edges, _steps(22.0)]),)


class Measured(NamedTuple):
    """What is measured of one function."""

    exact: Callable[..., Any]
    """mpmath's."""
    inputs: Callable[[int], tuple[Block, ...]]
    method: str


FUNCTIONS: Final[dict[str, Measured]] = {
    "sin": Measured(mp.sin, _angles, "reduction to pi/4, polynomial of degree 13"),
    "cos": Measured(mp.cos, _angles, "reduction to pi/4, polynomial of degree 14"),
    "tan": Measured(mp.tan, _angles, "table of 49 tangents, polynomial of degree 11; -1 over that"),
    "asin": Measured(mp.asin, _sines, "polynomial of degree 27; above 1/2 by the half angle"),
    "acos": Measured(mp.acos, _sines, "as asin"),
    "atan": Measured(mp.atan, _tangents, "atan2(x, 1)"),
    "atan2": Measured(mp.atan2, _points, "table of 61 angles, polynomial of degree 11"),
    "exp": Measured(mp.exp, _exponents, "table of 256 powers, polynomial of degree 4"),
    "log": Measured(mp.log, _positive, "table of 2,049 logarithms, polynomial of degree 6"),
    "pow": Measured(mp.power, _powers, "as log and exp, with 66 bits between them"),
    "tanh": Measured(mp.tanh, _hyperbolic, "table of 701 values, polynomial of degree 13"),
}
"""Every transcendental function, by the name of its operation."""


def operation(name: str) -> Operation:
    """Return the operation of a name."""
    return next(op for op in OPERATIONS if op.name == name)


def error_in_ulp(got: float, exact: Any) -> float:
    """Return the distance in units of the last place of the exact value's double."""
    if exact == 0:
        return 0.0 if got == 0.0 else float("inf")
    place = max(mp.frexp(abs(exact))[1] - 53, -1074)
    return float(abs(mpf(got) - exact) * mpf(2) ** -place)


def errors(name: str, samples: int) -> Iterator[tuple[float, tuple[float, ...]]]:
    """Yield the error and the inputs of each result that is a finite number.

    Zeros are passed over too: mpmath knows no signed ones, and they have rules of their own.
    """
    function = FUNCTIONS[name]
    inputs = function.inputs(max(4, samples // 6))
    results = operation(name).many(*inputs)
    with mp.workprec(_PRECISION):
        for got, *values in zip(results.tolist(), *(x.tolist() for x in inputs), strict=True):
            if got - got == 0.0 and all(v - v == 0.0 != v for v in values):
                yield error_in_ulp(got, function.exact(*map(mpf, values))), tuple(values)


def table(samples: int) -> str:
    """Return the table of the document."""
    out = ["| function | method | inputs | largest error (ulp) | at |", "| --- " * 5 + "|"]
    for name, function in FUNCTIONS.items():
        found = list(errors(name, samples))
        worst, at = max(found)
        where = ", ".join(map(repr, at))
        out.append(f"| {name} | {function.method} | {len(found):,} | {worst:.3f} | {where} |")
        print(out[-1], flush=True)  # noqa: T201
    return "\n".join(out)


def main() -> None:
    """Write the table."""
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES
    new = table(samples)
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(between_markers(text, "accuracy", new), encoding="utf-8")


if __name__ == "__main__":
    main()
