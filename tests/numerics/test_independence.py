"""The same bits whatever NumPy finds in the processor, with any threads, hash seed, and kernels."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from irrun.doctor.digests import recorded_digests
from irrun.doctor.machine import dispatched_features
from irrun.numerics.native import SWITCH

CHILD = Path(__file__).with_name("digest_everything.py")
CONFORMANCE = Path(__file__).with_name("conformance_digests.json")


def settings() -> list[tuple[str, ...]]:
    """Return what to switch off: nothing, the newest vector unit, the two newest, ... all."""
    features = dispatched_features()
    return [tuple(features[len(features) - n :]) for n in range(len(features) + 1)]


def start(
    disabled: tuple[str, ...], threads: int, seed: int, native: str
) -> "subprocess.Popen[str]":
    """Start a process under these conditions."""
    changes = {
        SWITCH: native,
        "NPY_DISABLE_CPU_FEATURES": " ".join(disabled),
        "OMP_NUM_THREADS": str(threads),
        "PYTHONHASHSEED": str(seed),
    }
    command = [sys.executable, str(CHILD)]
    return subprocess.Popen(command, env=os.environ | changes, stdout=subprocess.PIPE, text=True)


def finish(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """Return all digests that the process has computed."""
    out, _ = process.communicate()
    assert process.returncode == 0
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.fixture(
    scope="module", params=["two", pytest.param("each", marks=pytest.mark.long)], ids=str
)
def runs(request: pytest.FixtureRequest) -> list[dict[str, Any]]:
    """Run with every unit and with none, or with each setting; threads and hash seeds alternate.

    The first run is with kernels in C, if there are some; the others are without.
    """
    all_of = settings()
    chosen = [(), all_of[0], all_of[-1]] if request.param == "two" else [(), *all_of]
    found = [
        finish(start(off, 1 + 3 * (i % 2), i % 2, "off" if i else ""))
        for i, off in enumerate(chosen)
    ]
    features = dispatched_features()
    for off, run in zip(chosen, found, strict=True):
        assert run["features"] == [name for name in features if name not in off]
    return found


@pytest.mark.parametrize("what", ["digests", "goldens", "conformance"])
def test_one_digest_under_all_settings(runs: list[dict[str, Any]], what: str) -> None:
    """Functions, goldens and conformance programs: no bit depends on the setting."""
    first, *others = (run[what] for run in runs)

    assert len(first) > 5
    assert all(other == first for other in others)


def test_digests_are_the_recorded_ones(runs: list[dict[str, Any]]) -> None:
    """What this machine computes is what every other one does (tools/record_digests.py)."""
    assert runs[-1]["digests"] == recorded_digests()
    assert runs[-1]["conformance"] == json.loads(CONFORMANCE.read_text(encoding="utf-8"))
