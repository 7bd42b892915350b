"""The kernels in C have the same bits whatever compiles them, for whichever vector unit."""

import ast
import ctypes
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from support.kernels import HARD, SCALAR, by_scalar, same_bits, samples, typed

from irrun.doctor.machine import dispatched_features
from irrun.numerics.native import Kernel

ROOT = Path(__file__).parents[2]
NATIVE = ROOT / "irrun" / "native"
SOURCES = [*NATIVE.rglob("*.c")]
OF_PYTHON = ("module.c", "run_plan.c")
"""What needs the headers of Python."""

COMPILERS = [name for name in ("gcc", "clang", os.environ.get("IRRUN_TEST_CC", "")) if name]
UNITS = {
    "at run time": [],
    "the baseline": ["-DIRRUN_ONE_UNIT"],
    "AVX2 and FMA": ["-DIRRUN_ONE_UNIT", "-mavx2", "-mfma"],
    "AVX-512": ["-DIRRUN_ONE_UNIT", "-mavx512f", "-mfma"],
}
WARNINGS = ["-Wall", "-Wextra", "-Werror", "-Wno-pass-failed"]
"""All of them, but that Clang did not vectorise what it need not."""

NEEDED = {"AVX2 and FMA": "X86_V3", "AVX-512": "X86_V4"}
"""What NumPy calls processors that have the unit."""


def flags() -> list[str]:
    """Return the flags that setup.py has for these compilers."""
    for node in ast.parse((ROOT / "setup.py").read_bytes()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "FLAGS":
            found: list[str] = ast.literal_eval(node.value)["unix"]
            return [flag for flag in found if flag != "-O3"]
    raise AssertionError("setup.py has no FLAGS")


class Row(ctypes.Structure):
    """A row of the table of kernels (kernels.h)."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("run", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)),
        ("operands", ctypes.c_char_p),
        ("result", ctypes.c_char),
        ("width", ctypes.c_ubyte),
        ("result_width", ctypes.c_ubyte),
    )


class Compiled(NamedTuple):
    """A kernel of a library, to be called without Python's module."""

    kernel: Kernel
    run: Any

    def results(self, operands: list[Any]) -> Any:
        """Return what the kernel makes of operands of its types."""
        out = np.empty(operands[0].size, self.kernel.result)
        given = (ctypes.c_void_p * len(operands))(*(x.ctypes.data for x in operands))
        self.run(given, out.ctypes.data, out.size)
        return out


def compiled(folder: Path, compiler: str, *extra: str) -> dict[str, Compiled]:
    """Compile the kernels and return those that give a result for each element."""
    library = folder / "kernels.so"
    sources = [str(path) for path in SOURCES if path.name not in OF_PYTHON]
    command = [*compiler.split(), *flags(), *extra, *WARNINGS, f"-I{NATIVE}", "-fPIC", "-shared"]
    subprocess.run([*command, *sources, "-o", str(library), "-lm"], check=True)
    loaded = ctypes.CDLL(str(library))
    count = ctypes.c_size_t.in_dll(loaded, "kernel_count").value
    rows = (Row * count).in_dll(loaded, "kernel_table")
    found = {}
    for row in rows:
        about = (row.operands.decode(), row.result.decode(), row.width, row.result_width)
        found[row.name.decode()] = Compiled(Kernel(*about), row.run)
    return {name: found[name] for name in sorted(found.keys() - {"sum", "color"})}


def operands_of(name: str, kernel: Kernel) -> list[Any]:
    """Return hard arguments and usual ones."""
    columns = [np.roll(HARD, 7 * i) for i in range(len(kernel.operands))]
    usual = samples(name, kernel, 1000)
    return typed(kernel, [np.concatenate(pair) for pair in zip(columns, usual, strict=True)])


def differing(kernels: dict[str, Compiled]) -> list[str]:
    """Return the names of kernels with other bits than the scalar form."""
    found = []
    for name, one in kernels.items():
        operands = operands_of(name, one.kernel)
        expected = by_scalar(name, one.kernel, operands)
        if not same_bits(one.results(operands), expected).all():
            found.append(name)
    return found


def skip_without(compiler: str, unit: str) -> None:
    if shutil.which(compiler.split()[0]) is None:
        pytest.skip(f"there is no {compiler}")
    if unit in NEEDED and NEEDED[unit] not in dispatched_features():
        pytest.skip(f"no {unit} here")


@pytest.mark.long
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("level", ["-O1", "-O3"])
@pytest.mark.parametrize("compiler", COMPILERS)
def test_every_build_has_the_same_bits(
    tmp_path: Path, compiler: str, level: str, unit: str
) -> None:
    """Bit for bit the scalar form, whatever compiled it."""
    skip_without(compiler, unit)

    kernels = compiled(tmp_path, compiler, level, *UNITS[unit])

    assert kernels.keys() <= SCALAR.keys()
    assert len(kernels) > 50
    assert differing(kernels) == []


@pytest.mark.long
@pytest.mark.parametrize("compiler", COMPILERS)
def test_other_flags_have_other_bits(tmp_path: Path, compiler: str) -> None:
    """What fuses products and sums is noticed: so it is the flag that keeps them apart."""
    unit = "AVX2 and FMA"
    skip_without(compiler, unit)

    fused = compiled(tmp_path, compiler, "-O3", *UNITS[unit], "-ffp-contract=fast")

    assert {"sin", "exp", "pow", "lerp"} <= {*differing(fused)}


@pytest.mark.long
@pytest.mark.parametrize("compiler", COMPILERS)
def test_fast_math_is_refused(tmp_path: Path, compiler: str) -> None:
    """There is no library then, and so the forms in NumPy."""
    skip_without(compiler, "")

    with pytest.raises(subprocess.CalledProcessError):
        compiled(tmp_path, compiler, "-ffast-math")
