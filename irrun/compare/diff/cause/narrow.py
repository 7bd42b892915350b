"""Within an expression that differs: the first signals whose values do."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import msgspec

from irrun.compare.diff.data.pair import Pair
from irrun.compare.diff.runs.lockstep import Runs
from irrun.compare.diff.runs.values import ValueComparer
from irrun.compare.lineage.parts import Data, Parts, Ref
from irrun.compare.output.values import golden_value
from irrun.errors import IrrunError
from irrun.runtime.driver import Driver
from irrun.runtime.run import Run
from irrun.runtime.view import FrameView


class DifferingSignal(msgspec.Struct, frozen=True):
    """A signal that differs although all that it is made of is the same."""

    before: Ref
    after: Ref
    expected: Any
    """Golden document of its value in A; `got` in B."""
    got: Any

    @property
    def text(self) -> str:
        """The signal, with its number in B if that is another."""
        more = "" if self.before == self.after else f" ({self.after.id} in B)"
        return f"{self.before.text}{more}"


def narrowed(
    pair: Pair, runs: Runs, frame: int, roots: Sequence[tuple[int, int]]
) -> list[DifferingSignal]:
    """Return the first signals that differ below others that do, in one frame.

    Both programs are run once more, up to that frame: nothing of it was kept.

    Args:
        pair: The programs.
        runs: How they were run.
        frame: Index of the frame.
        roots: Pairs of signal ids that differ there.
    """
    a, b = (_after(run, frame) for run in runs)
    return _walk(pair, a, b, roots)


def _after(run: Run, frame: int) -> FrameView:
    """Return what there is to see after a frame."""
    driver = Driver(msgspec.structs.replace(run, times=run.times[: frame + 1], engine="frame"))
    # What was evaluated before a failure is there.
    with suppress(IrrunError):
        for _ in driver.frames():
            pass
    return driver.now


def _walk(
    pair: Pair, a: FrameView, b: FrameView, roots: Sequence[tuple[int, int]]
) -> list[DifferingSignal]:
    comparer = ValueComparer(pair)
    found: list[DifferingSignal] = []
    seen: set[tuple[int, int]] = set()
    stack = [ids for ids in roots if _differ(comparer, a, b, ids)]
    while stack:
        ids = stack.pop()
        if ids in seen:
            continue
        seen.add(ids)
        below = [inner for inner in _operands(pair, ids) if _differ(comparer, a, b, inner)]
        if below:
            stack.extend(reversed(below))
            continue
        values = (golden_value(a.signal(ids[0])), golden_value(b.signal(ids[1])))
        found.append(DifferingSignal(Ref("signal", ids[0]), Ref("signal", ids[1]), *values))
    return found


def _differ(comparer: ValueComparer, a: FrameView, b: FrameView, ids: tuple[int, int]) -> bool:
    """True if both signals were evaluated in the frame, to different values."""
    if not (a.has_signal(ids[0]) and b.has_signal(ids[1])):
        return False
    return comparer.leaf(a.signal(ids[0]), b.signal(ids[1])) is not None


def _operands(pair: Pair, ids: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the operands that have the same part in two signals of one kind."""
    before = pair.a.contents.parts(Ref("signal", ids[0]))
    after = pair.b.contents.parts(Ref("signal", ids[1]))
    if before is None or after is None or before["kind"] != after["kind"]:
        return []
    found: list[tuple[int, int]] = []
    for field, part in before.items():
        found += _aligned(part, field, after)
    return found


def _aligned(part: Any, field: str, after: Parts) -> list[tuple[int, int]]:
    other = after.get(field, ())
    if isinstance(part, Data) or isinstance(other, Data) or len(part) != len(other):
        return []
    both = zip(part, other, strict=True)
    return [(x.id, y.id) for x, y in both if x.table == y.table == "signal"]
