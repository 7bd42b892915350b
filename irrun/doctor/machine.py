"""What machine this is: versions, processor features, arithmetic, extras."""

import importlib
import importlib.metadata
import importlib.util
import os
import platform
import sys
from typing import Any, Final

import numpy as np

from irrun.numerics import native

EXTRAS: Final = {
    "render": ("resvg_py", "PIL"),
    "data": ("pyarrow",),
    "dev": ("hypothesis", "mypy", "pytest", "ruff"),
}
"""Modules that tell whether an extra of the package is installed."""


def _numpy_internals() -> Any:
    # NumPy shows its processor features nowhere else.
    return importlib.import_module("numpy._core._multiarray_umath")


def dispatched_features() -> list[str]:
    """Return the processor features in use beyond NumPy's baseline, oldest first."""
    internals = _numpy_internals()
    have = internals.__cpu_features__
    return [name for name in internals.__cpu_dispatch__ if have.get(name)]


def baseline_features() -> list[str]:
    """Return the processor features that this build of NumPy takes for granted."""
    return list(_numpy_internals().__cpu_baseline__)


def machine_document() -> dict[str, Any]:
    """Return versions and processor, for machines and bug reports."""
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "processor": platform.machine(),
        "numpy": np.__version__,
        "cpuBaseline": baseline_features(),
        "cpuDispatched": dispatched_features(),
        "kernels": native.unit() if native.kernels() else "none",
        "cpuDisabled": os.environ.get("NPY_DISABLE_CPU_FEATURES", "").split(),
    }


def package_versions() -> dict[str, str]:
    """Return the versions of what irrun needs."""
    return {
        name: importlib.metadata.version(name) for name in ("click", "msgpack", "msgspec", "rich")
    }


def installed_extras() -> dict[str, bool]:
    """Return which extras of the package are installed as a whole."""
    return {
        extra: all(importlib.util.find_spec(module) is not None for module in modules)
        for extra, modules in EXTRAS.items()
    }


def arithmetic_faults() -> list[str]:
    """Return how this machine's arithmetic is not IEEE's; nothing if all is well.

    A library that was loaded into the process can change the rounding mode or flush subnormal
    numbers to zero, and then every promise is off.
    """
    checks = {
        "doubles are not IEEE binary64": sys.float_info.mant_dig == 53
        and sys.float_info.max_exp == 1024,
        "Python does not round to nearest, ties to even": _rounds_to_even(1.0, 2.0**-53),
        "NumPy does not round to nearest, ties to even": _rounds_to_even(
            np.array([1.0]), np.array([2.0**-53])
        ),
        "Python flushes subnormal numbers to zero": float("2e-308") * 0.5 != 0.0,
        "NumPy flushes subnormal numbers to zero": bool(
            np.all(np.array([2e-308, 4e-320]) * np.array([0.5, 0.5]) != 0.0)
        ),
        "float32 flushes subnormal numbers to zero": np.array([1e-40]).astype(np.float32)[0] != 0,
    }
    return [fault for fault, fine in checks.items() if not fine]


def _rounds_to_even(one: Any, half_step: Any) -> bool:
    above = one + half_step * 2.0
    return bool(one + half_step == one and above + half_step == above + half_step * 2.0)
