"""Times of many frames at once: `ticks` gives the bits of `tick`, frame after frame."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from irrun.ir.time_model import CyclicTime, FiniteTime, InfiniteTime, TimeModel
from irrun.numerics.convert import one_nan
from irrun.runtime.clock import Clock, ticks

NUMBERS: Final = st.floats(width=64) | st.integers(-6, 60).map(lambda n: n * 250.0)
"""Any double, and times that meet the ends of periods."""

PERIODS: Final = st.sampled_from([0.0, -0.0, -5.0, 1e-300, 0.1, 250.0, 1000.0, 1e300, math.inf])

MODELS: Final = st.one_of(
    st.just(InfiniteTime(window_ms=30000)),
    st.builds(FiniteTime, duration_ms=PERIODS),
    st.builds(
        CyclicTime,
        period_ms=PERIODS,
        mode=st.sampled_from(["loop", "pingpong"]),
        phase_domain=st.just("0..1"),
    ),
)


def bits(values: Sequence[float | None]) -> list[str | None]:
    """Return numbers as what tells 0 from -0, and no NaN from another."""
    return [None if value is None else float(one_nan(value)).hex() for value in values]


def check(model: TimeModel, times: Sequence[float], lengths: Sequence[int], quirks: bool) -> None:
    """Compare both, the times being cut in blocks of these lengths and a last one."""
    single, many = (Clock(model, 60.0, quirks=quirks) for _ in range(2))
    at = 0
    for length in [*lengths, len(times)]:
        block = times[at : at + length]
        at += len(block)
        if not block:
            continue
        found = ticks(many, np.array(block))
        many.recall(found.memory)
        for i, t_ms in enumerate(block):
            truth = single.tick(t_ms)
            given_ = {
                "t_abs_ms": truth.t_abs_ms,
                "t_model_ms": truth.t_model_ms,
                "phase": 0.0 if truth.phase01 is None else truth.phase01,
                "wrap": 0.0 if truth.wrap_event is None else truth.wrap_event,
                "progress": 0.0 if truth.progress01 is None else truth.progress01,
                "delta_sec": truth.delta_sec,
                "delta_ms": truth.delta_ms,
            }
            row = {name: float(column[i]) for name, column in found.columns.items()}
            assert dict(zip(given_, bits(list(given_.values())), strict=True)) == dict(
                zip(given_, bits([row[name] for name in given_]), strict=True)
            ), (i, t_ms)
        assert bits(single.memory) == bits(many.memory)


@examples(300, long=20_000)
@given(
    MODELS, st.lists(NUMBERS, min_size=1, max_size=12), st.lists(st.integers(1, 5)), st.booleans()
)
def test_any_times_resolve_alike_alone_and_in_blocks(
    model: TimeModel, times: list[float], lengths: list[int], quirks: bool
) -> None:
    """Irregular, backwards, not finite; in blocks of any length; with the reference's values."""
    check(model, times, lengths, quirks)


TURNS: Final = [0.0, 250.0, 999.0, 1000.0, 1000.0, 1001.0, 2000.0, 2500.0, 900.0, -1.0, -1000.0,
                -1500.0, math.nan, 500.0, math.inf, 3000.0, -math.inf, 0.0, -0.0]  # fmt: skip


@pytest.mark.parametrize("quirks", [False, True], ids=["semantics", "quirks"])
@pytest.mark.parametrize("length", [1, 2, 3, 5, 19])
@pytest.mark.parametrize(
    "model",
    [
        InfiniteTime(window_ms=30000),
        FiniteTime(duration_ms=1000),
        FiniteTime(duration_ms=0),
        CyclicTime(period_ms=1000, mode="loop", phase_domain="0..1"),
        CyclicTime(period_ms=1000, mode="pingpong", phase_domain="0..1"),
        CyclicTime(period_ms=0, mode="loop", phase_domain="0..1"),
        CyclicTime(period_ms=0, mode="pingpong", phase_domain="0..1"),
    ],
    ids=str,
)
def test_turning_points_are_met_alike(model: TimeModel, length: int, quirks: bool) -> None:
    check(model, TURNS, [length] * len(TURNS), quirks)
