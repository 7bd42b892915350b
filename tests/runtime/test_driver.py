"""The driver: one run from beginning to end, and what there is to see of it meanwhile."""

from typing import Any

import pytest
from cli.samples import clock, signals, two_writers
from program_builder import ProgramBuilder

from irrun.errors.loading import BadSnapshot
from irrun.errors.running import DoubleWrite
from irrun.runtime.driver import Driver
from irrun.runtime.executor import Observer
from irrun.runtime.run import Run
from irrun.runtime.runtime import Runtime
from irrun.runtime.times import frame_times
from irrun.runtime.view import FrameView
from irrun.steps.actors import INITIAL
from irrun.steps.frame import Frame


def counting(patch_id: str = "counting", start: float = 0) -> ProgramBuilder:
    """Return a program that writes to slot 5 how often it has run."""
    b = ProgramBuilder(patch_id)
    b.cell("sum", nodeId="n", role="sum", initialConstId=b.const(start, "f64"))
    one = b.signal_const(1)
    b.signal("stateful", op="integrate", input=one, stateId="sum")
    b.slot(5)
    b.step("signalEval", "s-count", outputs=[{"sigId": 1, "slot": 5}])
    b.output(5, "count", "debug")
    return b


def seen(view: FrameView) -> tuple[int, float, Any]:
    """Return index, time and slot 5 of a frame."""
    return view.index, view.time.t_abs_ms, view.values.peek(5)


def of(b: ProgramBuilder, frames: int = 3, **more: Any) -> Run:
    return Run(program=b.program(), times=frame_times(frames, 10), fps=10, **more)


def test_a_run_is_what_a_runtime_does_frame_by_frame() -> None:
    """The same frames, times, values and outputs."""
    runtime = Runtime(counting().program(), fps=10)
    expected = [(runtime.run_frame(t), runtime.values.peek(5)) for t in frame_times(3, 10)]

    got = [(*seen(view), view.outputs, view.written) for view in Driver(of(counting())).frames()]

    assert got == [(f.index, f.t_ms, value, f.outputs, f.written) for f, value in expected]


def test_there_is_something_to_see_before_the_first_frame() -> None:
    """Slots hold their initial values, cells theirs; no frame has ended."""
    b = counting(start=4)
    b.initial(9, 0.5)

    now = Driver(of(b)).now

    assert (now.values.peek(9), now.values.writer_of(9)) == (0.5, INITIAL)
    assert now.cell(now.program.state_layout.cells[0]).tolist() == [4]
    assert now.state() == {"f64": [4], "f32": [], "i32": []}
    assert now.outputs == {}
    assert not now.has_signal(1)


def test_a_view_shows_signals_that_the_frame_has_evaluated() -> None:
    """Those that nothing needs have no value."""
    b = counting()
    unused = b.signal_const(7)

    (view,) = Driver(of(b, 1)).frames()

    assert [view.has_signal(i) for i in (0, 1, unused, 99)] == [True, True, False, False]
    assert view.signal(1) == view.values.peek(5)


def test_a_program_is_swapped_in_before_its_frame() -> None:
    """State and time go on; the view is that of the new program, and says what became of cells."""
    driver = Driver(of(counting(), 4, swaps={2: counting("other").program()}))

    patches, swaps, counts = [], [], []
    for view in driver.frames():
        patches.append(view.program.document.patch_id)
        swaps.append(view.swap and [(cell.key, cell.outcome) for cell in view.swap.cells])
        counts.append(view.values.peek(5))

    plain = [view.values.peek(5) for view in Driver(of(counting(), 4)).frames()]
    assert patches == ["counting"] * 2 + ["other"] * 2
    assert swaps == [None, None, [("n:sum", "kept")], None]
    assert counts == plain


def test_a_run_goes_on_from_a_saved_state() -> None:
    """Frames are counted from the first run on, swaps by the same count."""
    whole = Driver(of(counting(), 6, swaps={4: counting("other").program()}))
    expected = [seen(view) for view in whole.frames()]
    first = Driver(of(counting(), 3))
    halves = [seen(view) for view in first.frames()]

    second = Driver(
        Run(
            program=counting().program(),
            times=frame_times(3, 10, first=3),
            fps=10,
            swaps={4: counting("other").program()},
            resume=first.saved_state(),
        )
    )
    assert (second.first, second.resumed) == (3, None)
    halves += [seen(view) for view in second.frames()]

    assert halves == expected


def test_another_programs_state_is_taken_over_by_the_rules_of_hot_swap() -> None:
    """What became of the cells is told."""
    first = Driver(of(counting()))
    for _ in first.frames():
        pass

    second = Driver(of(counting("other"), resume=first.saved_state()))

    assert second.resumed is not None
    assert [(cell.key, cell.outcome) for cell in second.resumed.cells] == [("n:sum", "kept")]


def test_a_run_cannot_go_on_from_anything_else() -> None:
    """Bytes that are no saved state are refused before anything runs."""
    with pytest.raises(BadSnapshot):
        Driver(of(counting(), resume=b"nothing"))


def test_who_looks_on_is_told_when_a_frame_is_done_with() -> None:
    """After everybody has seen it."""
    told: list[Any] = []

    for view in Driver(of(signals(2), executors="stub"), on_frame=told.append).frames():
        told.append(f"saw {view.index}")

    assert told == ["saw 0", 1, "saw 1", 2, "saw 2", 3]


def test_what_a_failed_frame_has_written_is_to_be_seen() -> None:
    """The error ends the run; slots written before it keep their new values."""
    good = clock()
    good.output(0, "time", "debug")
    driver = Driver(of(good, executors="stub", swaps={1: two_writers().program()}))

    frames = driver.frames()
    assert next(frames).outputs.keys() == {"time"}
    with pytest.raises(DoubleWrite):
        next(frames)

    assert driver.now.index == 1
    assert driver.now.values.is_written(driver.now.written[-1])
    assert driver.now.outputs == {}


class Noting(Observer):
    """Notes the steps of each frame."""

    def __init__(self) -> None:
        self.steps: list[tuple[int, str]] = []

    def step_end(self, frame: Frame, planned: Any) -> None:
        self.steps.append((frame.index, planned.step.id))


def test_an_observer_sees_every_step() -> None:
    """Of the program that is running."""
    noting = Noting()

    list(Driver(of(clock(), 2, swaps={1: counting().program()}), [noting]).frames())

    assert noting.steps == [(0, "s-time"), (1, "s-count")]
