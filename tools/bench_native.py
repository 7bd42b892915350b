"""Measure the kernels in C in three forms, and programs against C that a compiler is given.

CPU time of this thread, in turns, medians (`bench_engine.medians`).
"""

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from bench_engine import ABS, ADD, FRACT, MUL, SIN, SUB, Chain, Engines, medians
from bench_fields import Row
from bench_numerics import NUMPY, operands_of

from irrun.doctor.samples import OPERATIONS as FUNCTIONS
from irrun.doctor.samples import Operation
from irrun.ir.values import Array
from irrun.numerics import native

COUNTS: Final = (256, 2_000, 100_000)
_TERMS: Final = {
    ADD: "x + {c!r}", SUB: "x - {c!r}", MUL: "x * {c!r}", SIN: "sin(x)", ABS: "fabs(x)",
    FRACT: "x - floor(x)",
}  # fmt: skip


class InC:
    """A chain of signals as one loop in C, with the sine of its library, compiled with -O2."""

    def __init__(self, chain: Chain, folder: Path) -> None:
        lines = [
            f"x = {_TERMS.get(number, 'x > {c!r} ? x : {c!r}').format(c=constant)};"
            for number, constant in chain.steps()
        ]
        source = folder / f"chain{chain.nodes}.c"
        source.write_text(
            "#include <math.h>\nvoid run(const double *t, double *out, long n) {\n"
            "for (long i = 0; i < n; i++) { double x = t[i];\n"
            + "\n".join(lines)
            + "\nout[i] = x; }}\n"
        )
        library = source.with_suffix(".so")
        subprocess.run(["gcc", "-O2", "-shared", "-fPIC", "-o", library, source, "-lm"], check=True)
        self._run = ctypes.CDLL(str(library)).run

    def __call__(self, times: Array, out: Array) -> None:
        """Compute the last signal at each time."""
        doubles = ctypes.POINTER(ctypes.c_double)
        self._run(
            times.ctypes.data_as(doubles), out.ctypes.data_as(doubles), ctypes.c_long(len(times))
        )


def chain_rows() -> Iterator[Row]:
    """Yield chains of signals against the same in C."""
    if shutil.which("gcc") is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        for nodes, wanted in ((200, 1), (16, 2)):
            chain = Chain(nodes)
            engines = Engines(chain.program())
            in_c = InC(chain, Path(folder))
            times = np.arange(1.0, engines.block + 1) * 1000 / 60
            out = np.empty_like(times)
            block, compiled = medians(engines.compute, partial(in_c, times, out))
            each = engines.block * nodes / 1e9
            yield (
                f"{nodes} signals in blocks",
                f"{block / each:.2f} ns a node and frame",
                f"C -O2: {compiled / each:.2f} (at most x {wanted})",
                f"x {block / compiled:.2f}",
            )


def function_rows() -> Iterator[Row]:
    """Yield each function in three forms, and times NumPy's own."""
    for op in FUNCTIONS:
        if op.name in NUMPY:
            yield _function_row(op)


def operation_rows() -> Iterator[Row]:
    """Yield one operation over and over in a plan, against NumPy's own."""
    for name, number in (("add", ADD), ("sin", SIN)):
        chain = Chain(1_000, (number,))
        engines = Engines(chain.program())
        times = np.arange(1.0, engines.block + 1) * 1000 / 60
        block, hand = medians(engines.compute, partial(chain.by_hand, times))
        text = f"{block / engines.block / chain.nodes * 1e9:.2f} ns a node and frame"
        yield f"{name} in a plan", text, "NumPy's own (at most x 0.6)", f"x {block / hand:.2f}"


def _function_row(op: Operation) -> Row:
    texts, ratios = [], []
    for count in COUNTS:
        columns = operands_of(op, count)
        works: list[Callable[[], Any]] = [
            partial(op.many, *columns), partial(_without, op, columns),
            partial(NUMPY[op.name], *columns),
        ]  # fmt: skip
        mine, plain, theirs = (seconds / count * 1e9 for seconds in medians(*works))
        texts.append(f"{mine:.1f} ({plain:.0f})")
        ratios.append(f"{mine / theirs:.2f}")
    columns = operands_of(op, 200)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    (scalar,) = medians(lambda: [op.single(*row) for row in rows])
    sizes = " / ".join(f"{count:,}" for count in COUNTS)
    texts.append(f"scalar {scalar / 200 * 1e9:.0f}")
    return f"{op.name}, {sizes}", " / ".join(texts) + " ns", "NumPy's own", " / ".join(ratios)


def _without(op: Operation, columns: list[Array]) -> None:
    with native.without():
        op.many(*columns)


def native_rows() -> Iterator[Row]:
    """Yield all of them; the forms without C are in brackets."""
    if native.kernels():
        yield from chain_rows()
        yield from operation_rows()
        yield from function_rows()
    else:
        yield "kernels in C", native.reason(), "", ""


if __name__ == "__main__":
    for row in native_rows():
        print("  ".join(f"{text:44}" for text in row).rstrip())  # noqa: T201
