"""Digests of every pinned operation over fixed inputs, and what they were when recorded.

Equal digests on two machines mean equal bits in all samples. `digests.json` beside this file is
written by tools/record_digests.py and is the same for every machine.
"""

import json
from pathlib import Path
from typing import Final

import numpy as np

from irrun.doctor.samples import OPERATIONS, Operation, uniform
from irrun.doctor.self_test import self_test
from irrun.files.reading import read_file
from irrun.numerics.arrays import one_nan_copy, total
from irrun.numerics.digest import array_digest

SAMPLES: Final = 100_000
"""Samples of each operation, besides the special values."""

RECORDED: Final = Path(__file__).with_name("digests.json")


def recorded_digests() -> dict[str, str]:
    """Return the recorded digests by name."""
    found: dict[str, str] = json.loads(read_file(RECORDED))["digests"]
    return found


def current_digests() -> dict[str, str]:
    """Compute all digests on this machine, by name."""
    found = {op.name: array_digest(op.many(*op.samples(SAMPLES))) for op in OPERATIONS}
    found["sum"] = array_digest(
        np.array([total(uniform(-1.0, 1.0, SAMPLES, seed)) for seed in range(3)])
    )
    found["self-test program"] = array_digest(self_test())
    return found


def forms_differ(op: Operation, samples: int) -> int:
    """Return for how many samples the scalar form and the array form differ in their bits."""
    operands = op.samples(samples)
    many = op.many(*operands)
    single = [op.single(*values) for values in zip(*(x.tolist() for x in operands), strict=True)]
    as_array = one_nan_copy(np.array(single, dtype=many.dtype))
    width = f"u{many.dtype.itemsize}"
    return int(np.count_nonzero(as_array.view(width) != many.view(width)))
