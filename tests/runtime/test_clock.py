"""Clock: from absolute time to the time of a frame (runtime-semantics section 2)."""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples

from irrun.errors import IrrunError, Severity
from irrun.errors.running import BadPeriod
from irrun.ir.time_model import CyclicTime, FiniteTime, InfiniteTime, ResolvedTime, TimeModel
from irrun.runtime.clock import Clock, frame_time


def loop(period_ms: float) -> CyclicTime:
    return CyclicTime(period_ms=period_ms, mode="loop", phase_domain="0..1")


def pingpong(period_ms: float) -> CyclicTime:
    return CyclicTime(period_ms=period_ms, mode="pingpong", phase_domain="0..1")


def finite(duration_ms: float) -> FiniteTime:
    return FiniteTime(duration_ms=duration_ms)


INFINITE = InfiniteTime(window_ms=30000)


def ticks(model: TimeModel, times: Sequence[float], quirks: bool = False) -> list[ResolvedTime]:
    """Return the resolved times of a sequence, from one fresh clock."""
    clock = Clock(model, quirks=quirks)
    return [clock.tick(t) for t in times]


def exact(numbers: Sequence[float | None]) -> list[str]:
    """Return numbers as texts that tell 0 from -0 and know that NaN is NaN."""
    return [str(n if n is None else float(n)) for n in numbers]


# --- Which values a model yields ------------------------------------------------------------


class Produced(NamedTuple):
    name: str
    model: TimeModel
    phase01: bool
    wrap_event: bool
    progress01: bool


PRODUCED = [
    Produced("finite", finite(1000), False, False, True),
    Produced("loop", loop(1000), True, True, False),
    Produced("pingpong", pingpong(1000), True, True, False),
    Produced("loop without a period", loop(0), True, True, False),
    Produced("infinite", INFINITE, False, False, False),
]


@pytest.mark.parametrize("row", PRODUCED, ids=lambda row: row.name)
def test_model_yields_its_values_and_no_others(row: Produced) -> None:
    """Every model yields absolute and model time; the rest depends on the kind (2.1)."""
    (time,) = ticks(row.model, [250])

    assert time.t_abs_ms == 250
    assert (time.phase01 is not None) is row.phase01
    assert (time.wrap_event is not None) is row.wrap_event
    assert (time.progress01 is not None) is row.progress01


# --- Sequences ------------------------------------------------------------------------------


class Run(NamedTuple):
    name: str
    model: CyclicTime
    times: Sequence[float]
    model_ms: Sequence[float]
    wraps: Sequence[float]
    quirks: bool = False


PINGPONG_TIMES = [0, 400, 900, 1000, 1100, 1500, 1900, 2000, 2100, 3000, 3100]
PINGPONG_MODEL = [0, 400, 900, 1000, 900, 500, 100, 0, 100, 1000, 900]
LOOP_TIMES = [0, 999, 1000, 1000, 1500, 1400, 3400, -100, -50, -1e-20]
LOOP_MODEL = [0, 999, 0, 0, 500, 400, 400, 900, 950, 0]
LOOP_WRAPS = [0, 0, 1, 0, 0, 1, 0, 0, 0, 1]

RUNS = [
    Run("appendix A.4, loop", loop(1000), LOOP_TIMES, LOOP_MODEL, LOOP_WRAPS),
    Run("appendix A.4, loop, quirks", loop(1000), LOOP_TIMES, LOOP_MODEL, LOOP_WRAPS, True),
    Run(
        "appendix A.4, pingpong", pingpong(1000), PINGPONG_TIMES, PINGPONG_MODEL,
        [0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0],
    ),
    Run(
        "appendix A.4, pingpong, quirks", pingpong(1000), PINGPONG_TIMES, PINGPONG_MODEL,
        [0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0], True,
    ),
    Run("loop, standing still", loop(100), [30, 30, 30], [30, 30, 30], [0, 0, 0]),
    Run("loop, backwards in a cycle", loop(100), [30, 20, 10], [30, 20, 10], [0, 1, 1]),
    Run("loop, backwards over the edge", loop(100), [110, 90], [10, 90], [0, 0]),
    Run("loop, whole periods skipped", loop(100), [30, 230, 531], [30, 30, 31], [0, 0, 0]),
    Run("loop, several periods to less", loop(100), [30, 520], [30, 20], [0, 1]),
    Run("loop, first frame late", loop(100), [950], [50], [0]),
    Run("loop, first frame negative", loop(100), [-30, -130], [70, 70], [0, 0]),
    Run("pingpong, standing at the turn", pingpong(100), [100, 100], [100, 100], [0, 0]),
    Run("pingpong, backwards", pingpong(100), [110, 90, 80], [90, 90, 80], [0, 1, 0]),
    Run("pingpong, a whole cycle on", pingpong(100), [30, 230], [30, 30], [0, 1]),
    Run("pingpong, first frame late", pingpong(100), [350], [50], [0]),
    Run(
        "pingpong, negative times fold", pingpong(100), [-250, -150, -50, 0, 50],
        [50, 50, 50, 0, 50], [0, 1, 1, 1, 0],
    ),
    Run(
        "pingpong, negative times, quirks", pingpong(100), [-250, -150, -50, 0],
        [-50, -50, -50, 0], [0, 0, 0, 1], True,
    ),
]  # fmt: skip


@pytest.mark.parametrize("row", RUNS, ids=lambda row: row.name)
def test_cyclic_sequence(row: Run) -> None:
    """Model time, wrap events and phase of a sequence of frames (2.1 to 2.3)."""
    times = ticks(row.model, row.times, row.quirks)

    assert [time.t_model_ms for time in times] == row.model_ms
    assert [time.wrap_event for time in times] == row.wraps
    assert [time.phase01 for time in times] == [at / row.model.period_ms for at in row.model_ms]


def test_wrap_event_is_a_double() -> None:
    """A wrap event is the number 1.0 or 0.0, as slots need it."""
    wraps = [time.wrap_event for time in ticks(loop(100), [50, 20])]

    assert exact(wraps) == ["0.0", "1.0"]
    assert all(type(wrap) is float for wrap in wraps)


class Finite(NamedTuple):
    name: str
    duration: float
    time: float
    model_ms: float
    progress: float


FINITES = [
    Finite("appendix A.4, before the start", 1000, -100, 0, 0),
    Finite("appendix A.4, half way", 1000, 500, 500, 0.5),
    Finite("appendix A.4, after the end", 1000, 2000, 1000, 1),
    Finite("at the end", 1000, 1000, 1000, 1),
    Finite("no duration", 0, 500, 0, 0),
    Finite("negative duration", -5, 500, 0, 0),
    Finite("NaN time", 1000, math.nan, math.nan, math.nan),
    Finite("NaN time, no duration", 0, math.nan, math.nan, 0),
    Finite("infinite time", 1000, math.inf, 1000, 1),
    Finite("minus zero", 1000, -0.0, 0.0, 0.0),
    Finite("thirds are divided exactly", 3, 1, 1, 1 / 3),
]


@pytest.mark.parametrize("row", FINITES, ids=lambda row: row.name)
def test_finite_time_is_clamped(row: Finite) -> None:
    """Time stays between 0 and the duration; progress is its share, 0 without a duration."""
    (time,) = ticks(finite(row.duration), [row.time])

    assert exact([time.t_model_ms, time.progress01]) == exact([row.model_ms, row.progress])


@pytest.mark.parametrize("t", [0.0, -0.0, -250.5, 1e300, math.nan, math.inf], ids=repr)
def test_infinite_time_is_absolute_time(t: float) -> None:
    """An infinite model passes the time through."""
    (time,) = ticks(INFINITE, [t])

    assert exact([time.t_abs_ms, time.t_model_ms]) == exact([t, t])


@pytest.mark.parametrize("model", [loop(100), pingpong(100)], ids=["loop", "pingpong"])
@pytest.mark.parametrize("t", [math.nan, math.inf, -math.inf], ids=repr)
def test_cyclic_model_survives_a_time_that_is_no_number(model: CyclicTime, t: float) -> None:
    """Model time is NaN for that frame, and the next frame is as good as any."""
    during, after = ticks(model, [t, 130])

    assert math.isnan(during.t_model_ms)
    assert after.t_model_ms == (30 if model.mode == "loop" else 70)


def test_pingpong_folds_the_same_with_and_without_quirks_beyond_all_cycles() -> None:
    """Where t / period overflows, model time is still the one of the reference (2.3)."""
    (plain,) = ticks(pingpong(1e-10), [1e300])
    (quirky,) = ticks(pingpong(1e-10), [1e300], quirks=True)

    assert plain.t_model_ms == quirky.t_model_ms


# --- Periods that are not positive ----------------------------------------------------------


class Period(NamedTuple):
    name: str
    model: CyclicTime


PERIODS = [
    Period("loop 0", loop(0)),
    Period("loop negative", loop(-100)),
    Period("loop NaN", loop(math.nan)),
    Period("pingpong 0", pingpong(0)),
    Period("pingpong negative", pingpong(-100)),
]


@pytest.mark.parametrize("row", PERIODS, ids=lambda row: row.name)
def test_without_a_positive_period_all_is_zero(row: Period) -> None:
    """Model time, phase and wrap event are 0 in every frame (2.1)."""
    for time in ticks(row.model, [0, 250, -250, 1000]):
        assert exact([time.t_model_ms, time.phase01, time.wrap_event]) == exact([0, 0, 0])


@pytest.mark.parametrize("row", PERIODS, ids=lambda row: row.name)
def test_period_that_is_not_positive_is_reported_once(row: Period) -> None:
    """The warning comes when the clock is made, names the period and is no error under strict."""
    found: list[IrrunError] = []
    clock = Clock(row.model, report=found.append)
    clock.tick(0.0)
    clock.tick(1.0)

    (finding,) = found
    assert isinstance(finding, BadPeriod)
    assert (finding.severity, finding.strict_error) == (Severity.WARNING, False)
    assert exact([finding.facts["period"]]) == exact([row.model.period_ms])
    assert finding.where.path == "$.timeModel.periodMs"


@pytest.mark.parametrize(
    "model", [loop(5e-324), finite(0), INFINITE], ids=["tiny period", "finite 0", "infinite"]
)
def test_other_models_are_not_reported(model: TimeModel) -> None:
    """Any positive period is good, and other models have no period."""
    found: list[IrrunError] = []
    Clock(model, report=found.append)

    assert found == []


@pytest.mark.parametrize("model", [loop(0), pingpong(0)], ids=["loop", "pingpong"])
def test_zero_period_under_quirks_is_nan(model: CyclicTime) -> None:
    """The reference's values: model time NaN, phase and first wrap event 0, and no warning."""
    found: list[IrrunError] = []
    clock = Clock(model, quirks=True, report=found.append)
    time = clock.tick(100.5)

    assert exact([time.t_model_ms, time.phase01, time.wrap_event]) == exact([math.nan, 0, 0])
    assert found == []


# --- Deltas and frame times -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("fps", "delta_sec"),
    [(60.0, 1 / 60), (60.0, 0.016666666666666666), (25.0, 0.04), (30.0, 1000 / 30 / 1000)],
)
def test_first_frame_has_the_nominal_delta(fps: float, delta_sec: float) -> None:
    """Before the first frame one frame duration has passed, whatever its time."""
    for t in (0.0, 5000.0, -3.0):
        assert Clock(INFINITE, fps).tick(t).delta_sec == delta_sec


@pytest.mark.parametrize(
    ("times", "deltas"),
    [
        pytest.param([0, 16.7, 50], [0.0167, (50 - 16.7) / 1000], id="irregular"),
        pytest.param([100, 100], [0.0], id="standing still"),
        pytest.param([100, 99, 150], [0.0, 0.051], id="backwards, then on from there"),
        pytest.param([-500, -250], [0.25], id="negative times"),
        pytest.param([0, 1e308], [1e305], id="huge"),
        pytest.param([0.1, 0.3], [(0.3 - 0.1) / 1000], id="difference first, then division"),
    ],
)
def test_delta_is_the_time_since_the_last_frame(times: list[float], deltas: list[float]) -> None:
    """DeltaSec = (t - previous t) / 1000, and 0 where time ran backwards (2.5)."""
    assert [time.delta_sec for time in ticks(INFINITE, times)][1:] == deltas


@examples(30, long=200)
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=8), st.sampled_from([24.0, 60.0, 7.3]))
def test_delta_in_ms_is_delta_in_seconds_times_1000(times: list[float], fps: float) -> None:
    """DeltaMs is computed from deltaSec, and neither is ever negative."""
    clock = Clock(loop(250), fps)
    for t in times:
        time = clock.tick(t)
        assert time.delta_ms == time.delta_sec * 1000
        assert time.delta_sec >= 0.0


def test_clocks_remember_for_themselves() -> None:
    """Two clocks of one model do not see each other's frames."""
    model = loop(100)
    first, second = Clock(model), Clock(model)
    first.tick(90)

    assert second.tick(10).wrap_event == 0.0
    assert first.tick(10).wrap_event == 1.0


@pytest.mark.parametrize(
    ("index", "fps", "start", "t"),
    [
        (0, 60.0, 0.0, 0.0),
        (1, 60.0, 0.0, 16.666666666666668),
        (3, 60.0, 0.0, 50.0),
        (7, 60.0, 0.0, 116.66666666666667),
        (600, 60.0, 0.0, 10000.0),
        (2, 25.0, -100.0, -20.0),
        (1, 3.0, 0.5, 333.8333333333333),
    ],
)
def test_frame_time(index: int, fps: float, start: float, t: float) -> None:
    """T = start + (n * 1000) / fps: product first, nothing accumulates."""
    assert frame_time(index, fps, start) == t


@examples(30, long=200)
@given(st.integers(0, 10**6), st.sampled_from([24.0, 30.0, 60.0, 144.0]))
def test_whole_seconds_have_whole_frame_times(seconds: int, fps: float) -> None:
    """Frame n * fps is at exactly n seconds, however late."""
    assert frame_time(seconds * int(fps), fps) == seconds * 1000.0


# --- What holds for all times ---------------------------------------------------------------

PERIOD = st.sampled_from([250.0, 1000.0, 16.666666666666668, 4710.913])
TIME = st.floats(-1e7, 1e7)


@examples(40, long=200)
@given(st.lists(TIME, min_size=1, max_size=10), PERIOD)
def test_loop_stays_inside_its_period(times: list[float], period: float) -> None:
    """Model time is in [0, period), and a wrap event means exactly: less than before."""
    resolved = ticks(loop(period), times)

    assert all(0.0 <= time.t_model_ms < period for time in resolved)
    model = [time.t_model_ms for time in resolved]
    falls = [float(b < a) for a, b in itertools.pairwise(model)]
    assert [time.wrap_event for time in resolved] == [0.0, *falls]


@examples(40, long=200)
@given(st.lists(TIME, min_size=1, max_size=10), PERIOD)
def test_pingpong_wraps_where_the_direction_may_have_changed(
    times: list[float], period: float
) -> None:
    """A wrap event means exactly: another half cycle than in the frame before."""
    resolved = ticks(pingpong(period), times)

    halves = [math.floor(t / period) for t in times]
    changes = [float(a != b) for a, b in itertools.pairwise(halves)]
    assert [time.wrap_event for time in resolved] == [0.0, *changes]


@examples(40, long=200)
@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=10), PERIOD)
def test_quirks_change_no_model_time_from_0_on(times: list[float], period: float) -> None:
    """For t >= 0 a pingpong stays in [0, period] and is the reference's to the last bit."""
    plain, quirky = ticks(pingpong(period), times), ticks(pingpong(period), times, quirks=True)

    assert all(0.0 <= time.t_model_ms <= period for time in plain)
    assert [t.t_model_ms for t in plain] == [t.t_model_ms for t in quirky]
    assert [t.phase01 for t in plain] == [t.phase01 for t in quirky]
