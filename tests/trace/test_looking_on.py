"""Who looks on changes nothing: random runs, with every detail traced and without."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from support.examples import examples
from support.random_programs import random_run

from irrun.errors import IrrunError
from irrun.runtime.driver import Driver
from irrun.runtime.executor import Observer
from irrun.runtime.run import Run
from irrun.trace.explain import ExplainRecorder
from irrun.trace.observers import TraceRecorder


def frames(run: Run, observers: Sequence[Observer] = ()) -> list[object]:
    """Return the saved state after each frame, and the error that ended the run."""
    found: list[object] = []
    try:
        driver = Driver(run, observers)
        for frame in driver.frames():
            found.append((frame.written, driver.saved_state()))
    except IrrunError as error:
        found.append((str(error), error.where))
    return found


@examples(60, long=1000)
@given(st.integers(0, 10**6))
def test_who_looks_on_changes_nothing(seed: int) -> None:
    run = random_run(seed)
    recorders = [TraceRecorder(range(100), details=True), ExplainRecorder()]

    assert frames(run, recorders) == frames(run)
