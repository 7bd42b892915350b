"""Within an expression that differs: the first signals whose values do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from irrun.compare.diff.data.pair import Pair
from irrun.compare.diff.data.parts import Leaf, Parts, Ref
from irrun.compare.diff.runs.lockstep import RunPlan, runtime_of
from irrun.compare.diff.runs.values import ValueComparer
from irrun.compare.golden.values import golden_value
from irrun.errors import IrrunError
from irrun.runtime.runtime import Runtime


@dataclass(frozen=True, slots=True)
class DifferingSignal:
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
    pair: Pair, plan: RunPlan, frame: int, roots: Sequence[tuple[int, int]]
) -> list[DifferingSignal]:
    """Return the first signals that differ below others that do, in one frame.

    Both programs are run once more, up to that frame: nothing of it was kept.

    Args:
        pair: The programs.
        plan: How they were run.
        frame: Index of the frame.
        roots: Pairs of signal ids that differ there.
    """
    a, b = (runtime_of(side.program, plan) for side in (pair.a, pair.b))
    for runtime in (a, b):
        try:
            for t_ms in plan.times[: frame + 1]:
                runtime.run_frame(t_ms)
        except IrrunError:
            continue  # what was evaluated before the failure is there
    return _walk(pair, a, b, roots)


def _walk(
    pair: Pair, a: Runtime, b: Runtime, roots: Sequence[tuple[int, int]]
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
        values = (golden_value(_value(a, ids[0])), golden_value(_value(b, ids[1])))
        found.append(DifferingSignal(Ref("signal", ids[0]), Ref("signal", ids[1]), *values))
    return found


def _differ(comparer: ValueComparer, a: Runtime, b: Runtime, ids: tuple[int, int]) -> bool:
    """True if both signals were evaluated in the frame, to different values."""
    if not (_is_evaluated(a, ids[0]) and _is_evaluated(b, ids[1])):
        return False
    return comparer.leaf(_value(a, ids[0]), _value(b, ids[1])) is not None


def _is_evaluated(runtime: Runtime, i: int) -> bool:
    cache = runtime.cache
    return i < len(cache.signal_stamps) and cache.signal_stamps[i] == cache.frame_id


def _value(runtime: Runtime, i: int) -> Any:
    return runtime.cache.signal_values[i]


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
    if isinstance(part, Leaf) or isinstance(other, Leaf) or len(part) != len(other):
        return []
    both = zip(part, other, strict=True)
    return [(x.id, y.id) for x, y in both if x.table == y.table == "signal"]
