"""The block engine equals the interpreter: every value of every frame, to the bit."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.conformance_vectors import PROGRAMS
from support.engines import hold
from support.examples import examples
from support.random_programs import random_run

import irrun
from irrun.runtime.run import Run
from irrun.runtime.times import frame_times

BUNDLED = sorted((Path(__file__).parents[3] / "programs").glob("*.msgpack"))
COMPILED = sorted(PROGRAMS.glob("*.json"))
LENGTHS = (1, 2, 7, 64, 1000, None)
"""Lengths of blocks; None for those that grow, as they do for users."""


@pytest.mark.parametrize("quirks", [False, True], ids=["semantics", "quirks"])
@pytest.mark.parametrize("path", BUNDLED + COMPILED, ids=lambda path: path.stem)
def test_a_program_gives_the_same_in_blocks_of_any_length(path: Path, quirks: bool) -> None:
    """Nothing of a frame tells which engine has computed it."""
    program = irrun.load(path)
    for frames in LENGTHS:
        held = hold(Run(program=program, times=frame_times(40), quirks=quirks), frames)
        assert held.difference is None, frames


@pytest.mark.long
@pytest.mark.parametrize("frames", [1000])
@pytest.mark.parametrize("path", BUNDLED + COMPILED, ids=lambda path: path.stem)
def test_a_program_gives_the_same_for_two_thousand_frames(path: Path, frames: int | None) -> None:
    held = hold(Run(program=irrun.load(path), times=frame_times(2_000)), frames)

    assert held.difference is None
    assert held.frames == 2_000
    assert held.in_blocks > 1_900


@examples(150, long=2_000)
@given(st.integers(0, 10**6), st.sampled_from(LENGTHS))
def test_random_runs_give_the_same_in_blocks(seed: int, frames: int | None) -> None:
    """With state, feedback, selects, traps, warnings, swaps and resumes wherever they fall."""
    assert hold(random_run(seed), frames).difference is None
