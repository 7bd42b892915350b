"""What random programs promise: the same each time, everything in them, and mostly no trap."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

import pytest
from support.random_programs import (
    all_features,
    features,
    random_document,
    random_program,
    random_run,
)

from irrun.errors import Crash, IrrunError
from irrun.runtime.driver import Driver

SEEDS: Final = 400
MANY: Final = 5000
HERE: Final = Path(__file__).parent


def outcome(seed: int) -> str:
    """Run a random run to its end; return what ended it, or nothing."""
    try:
        for _ in Driver(random_run(seed)).frames():
            pass
    except Crash:
        raise
    except IrrunError as error:
        return error.code
    return ""


def test_the_same_seed_gives_the_same_program_whatever_the_hash_seed() -> None:
    script = (
        "import json, hashlib; from support.random_programs import random_document as made;"
        "texts = [json.dumps(made(seed)) for seed in range(30)];"
        "print(hashlib.sha256(''.join(texts).encode()).hexdigest())"
    )
    paths = os.pathsep.join((str(HERE.parents[1] / "tools"), str(HERE.parent)))
    digests = set()
    for hash_seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": paths}
        ran = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, check=True
        )
        digests.add(ran.stdout)

    assert len(digests) == 1
    assert json.dumps(random_document(5)) == json.dumps(random_document(5))
    assert random_document(5) != random_document(6)


def test_everything_is_met_in_a_few_hundred_programs() -> None:
    met: Counter[str] = Counter()
    for seed in range(2 * SEEDS):
        met.update(features(random_program(seed)).keys())

    assert sorted(all_features() - met.keys()) == []


def test_programs_are_small() -> None:
    programs = [random_program(seed) for seed in range(SEEDS)]
    sizes = sorted(len(p.signal_nodes) + len(p.field_nodes) for p in programs)

    assert 15 <= sizes[len(sizes) // 2] < 40
    assert sizes[-1] < 120


def test_most_runs_reach_their_end_and_no_run_crashes() -> None:
    outcomes = Counter(outcome(seed) for seed in range(SEEDS))
    trapped = sum(outcomes.values()) - outcomes[""]

    assert 0.05 * SEEDS < trapped < 0.3 * SEEDS, outcomes


@pytest.mark.long
def test_no_run_of_very_many_crashes() -> None:
    assert Counter(outcome(seed) for seed in range(SEEDS, MANY))[""] > 0.7 * (MANY - SEEDS)
