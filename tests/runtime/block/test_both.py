"""Both engines in lockstep: a difference is found wherever it is, and named."""

import math
from collections.abc import Callable
from itertools import islice
from typing import Any

import msgspec
import numpy as np
import pytest
from cli.samples import clock, summing

import irrun
from irrun.errors import IrrunError
from irrun.errors.bugs import EnginesDisagree
from irrun.runtime.block import both
from irrun.runtime.block.same import first_leaf
from irrun.runtime.block.view import BlockFrame, BlockFrames, BlockSlots
from irrun.runtime.driver import Driver
from irrun.runtime.run import Run
from irrun.runtime.times import frame_times

Patch = pytest.MonkeyPatch


# --- Values ---------------------------------------------------------------------------------


class Point(msgspec.Struct):
    x: float
    y: Any = None


SAME: list[tuple[Any, Any]] = [
    (1.5, 1.5), (math.nan, -math.nan), ("a", "a"), (None, None), (True, True),
    (np.array([0.0, math.nan]), np.array([0.0, math.nan])), ((1.0, {"a": 2.0}), (1.0, {"a": 2.0})),
    (Point(1.0, [2.0]), Point(1.0, [2.0])), (np.arange(3), np.arange(3)),
]  # fmt: skip

DIFFERENT: list[tuple[Any, Any, str, str, str]] = [
    (0.0, -0.0, "", "0", "-0"),
    (1.0, math.nan, "", "1", "NaN"),
    (0.1 + 0.2, 0.3, "", "0.30000000000000004", "0.3"),
    (1.0, 1, "", "1", "1"),
    (1.0, True, "", "1", "true"),
    (1.0, None, "", "1", "nothing"),
    ("a", "b", "", "`a`", "`b`"),
    ([1.0], [1.0, 2.0], "", "1 items", "2 items"),
    ([1.0, [2.0, 3.0]], [1.0, [2.0, 4.0]], "[1][1]", "3", "4"),
    ({"x": 1.0}, {"x": 2.0}, ".x", "1", "2"),
    ({"x": 1.0, "y": 1.0}, {"y": 1.0, "x": 1.0}, "", "the members x, y", "the members y, x"),
    ({"x": 1.0}, {}, "", "the members x", "no members"),
    (Point(1.0, (2.0,)), Point(1.0, (3.0,)), ".y[0]", "2", "3"),
    (np.array([0.0, 1.0]), np.array([-0.0, 1.0]), "[0]", "0", "-0"),
    (np.array([0.0, math.nan]), np.array([0.0, 1.0]), "[1]", "NaN", "1"),
    (np.array([[1, 2], [3, 4]]), np.array([[1, 2], [3, 5]]), "[1][1]", "4", "5"),
    (np.zeros(2), np.zeros(2, "f4"), "", "an array of float64, 2", "an array of float32, 2"),
    (np.zeros((2, 3)), np.zeros(6), "", "an array of float64, 2x3", "an array of float64, 6"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), SAME, ids=str)
def test_values_of_the_same_bits_are_the_same(a: Any, b: Any) -> None:
    assert first_leaf(a, b) is None


@pytest.mark.parametrize(("a", "b", "path", "expected", "got"), DIFFERENT, ids=str)
def test_the_first_difference_of_two_values_is_named(
    a: Any, b: Any, path: str, expected: str, got: str
) -> None:
    assert first_leaf(a, b) == (path, expected, got)


# --- Runs -----------------------------------------------------------------------------------


def another(kind: type, name: str, change: Callable[[Any], Any]) -> Callable[[Patch], None]:
    """Let something that blocks offer be something else."""

    def sabotage(patch: Patch) -> None:
        real = getattr(kind, name)
        if isinstance(real, property):
            patch.setattr(kind, name, property(lambda self: change(real.fget(self))))  # type: ignore[misc]
        else:
            patch.setattr(kind, name, lambda self, *args: change(real(self, *args)))

    return sabotage


def later(value: Any) -> Any:
    """Return a number that is the next, anything else as it is."""
    return math.nextafter(value, math.inf) if isinstance(value, float) else value


SABOTAGE: dict[str, tuple[Callable[[Patch], None], str]] = {
    "slot 0": (another(BlockSlots, "peek", later), "slot 0"),
    "the frame's index": (another(BlockFrame, "index", lambda i: i + 1), "the frame's index"),
    "its time": (
        another(BlockFrames, "time", lambda t: msgspec.structs.replace(t, phase01=0.5)),
        "the frame's time",
    ),
    "what is written": (
        another(BlockFrame, "written", lambda slots: slots[:-1]),
        "the slots that are written",
    ),
    "who writes": (another(BlockSlots, "writer_of", lambda _: None), "the writer of slot 0"),
    "state": (another(BlockFrames, "state", lambda a: a + 1), "state sum[0]"),
    "outputs": (another(BlockFrame, "outputs", lambda _: {"frame": 1.0}), "output frame"),
}


@pytest.mark.parametrize("name", SABOTAGE)
def test_whatever_a_frame_offers_is_compared(name: str, monkeypatch: Patch) -> None:
    sabotage, what = SABOTAGE[name]
    sabotage(monkeypatch)
    with pytest.raises(EnginesDisagree) as caught:
        irrun.run(summing().program(), frames=4, engine="both")

    assert caught.value.sentence.startswith(f"the engines disagree about {what}")
    assert caught.value.where.frame == 1, "the first frame that is in a block"


def test_the_difference_says_frame_step_slot_and_both_values(monkeypatch: Patch) -> None:
    def wrong(self: BlockSlots, slot: int) -> Any:
        return later(real(self, slot)) if slot == 2 and self.row == 3 else real(self, slot)

    real = BlockSlots.peek
    monkeypatch.setattr(BlockSlots, "peek", wrong)
    with pytest.raises(EnginesDisagree) as caught:
        irrun.run(summing().program(), frames=9, engine="both")

    where, expected = (
        caught.value.where,
        irrun.run(summing().program(), frames=5, engine="frame")[2][4],
    )
    assert (where.frame, where.step, where.kind, where.slot) == (4, "s-sum", "signalEval", 2)
    assert caught.value.facts["expected"] == repr(float(expected))
    assert caught.value.facts["got"] == repr(later(float(expected)))


def test_a_state_that_is_saved_in_the_middle_is_compared(monkeypatch: Patch) -> None:
    driver = Driver(Run(program=summing().program(), times=frame_times(9), engine="both"))
    walk = driver.frames()
    for _ in range(4):
        next(walk)
    assert driver.is_in_block
    driver.saved_state()

    monkeypatch.setattr("irrun.runtime.driver.take_snapshot", lambda _: object())
    with pytest.raises(EnginesDisagree, match="the saved state"):
        driver.saved_state()


def test_a_run_that_ends_early_is_no_run_of_the_same(monkeypatch: Patch) -> None:
    real = Driver._frames
    most = {"both": 5, "frame": 9}
    monkeypatch.setattr(Driver, "_frames", lambda d: islice(real(d), most[d.run.engine]))
    with pytest.raises(EnginesDisagree, match="the interpreter has a frame, blocks have the end"):
        irrun.run(summing().program(), frames=9, engine="both")


def test_what_both_engines_raise_is_raised() -> None:
    b = clock()
    b.slot(2)
    b.step("signalEval", "s", outputs=[{"sigId": 9, "slot": 2}])
    with pytest.raises(IrrunError) as caught:
        irrun.run(b.program(), frames=3, engine="both")
    assert not isinstance(caught.value, EnginesDisagree)
    with pytest.raises(type(caught.value)) as alone:
        irrun.run(b.program(), frames=3, engine="frame")
    assert caught.value.document() == alone.value.document()


def test_a_finding_that_only_one_has_is_a_difference(monkeypatch: Patch) -> None:
    real = both.parts
    monkeypatch.setattr(
        both, "parts", lambda view: (p for p in real(view) if "findings" not in p.what)
    )
    driver = Driver(Run(program=summing().program(), times=frame_times(3), engine="both"))
    walk = driver.frames()
    next(walk)
    driver.runtime.report(EnginesDisagree(what="a", expected="b", got="c"))
    with pytest.raises(EnginesDisagree, match="the findings"):
        list(walk)


def test_a_warning_about_what_a_frame_has_made_is_both_engines() -> None:
    driver = Driver(Run(program=summing().program(), times=frame_times(12), engine="both"))
    for frame in driver.frames():
        finding = EnginesDisagree(what=str(frame.index), expected="b", got="c")
        driver.report(finding)

    assert len(driver.now.findings) == 12
