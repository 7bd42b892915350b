"""From the symptom back to the earliest value that differs, and on to why it does."""

from collections import deque
from collections.abc import Callable, Iterable

import msgspec

from irrun.compare.diff.cause.narrow import DifferingSignal, narrowed
from irrun.compare.diff.cause.reasons import output_signals, reasons_for, reasons_for_steps
from irrun.compare.diff.change import Change
from irrun.compare.diff.data.expressions import Root
from irrun.compare.diff.data.pair import Pair
from irrun.compare.diff.runs.lockstep import BEFORE, DifferingValue, Runs, RunsDiff, Stop
from irrun.compare.lineage.dependencies import Dependencies, Node, Source, Value
from irrun.compare.lineage.side import Side
from irrun.errors.running import DoubleWrite
from irrun.steps.actors import Actor

Flows = tuple[Dependencies, Dependencies]


class Cause(msgspec.Struct, frozen=True):
    """Why two runs differ."""

    output: str | None
    """Id of the output that shows it first; None if no output does."""
    symptom: DifferingValue | None
    stop: Stop | None
    """Set instead of the symptom if the first thing that shows is that one program stops."""
    origin: DifferingValue | None
    """The earliest value that differs among all that the symptom depends on."""
    reasons: tuple[str, ...]
    """What in the data explains the origin; a sentence that says so if nothing does."""
    changes: tuple[Change, ...]
    """The changes behind the reasons."""
    signals: tuple[DifferingSignal, ...]
    """Within a signalEval: the signals that differ first, below all others that do."""
    path: tuple[DifferingValue, ...]
    """From the origin to the symptom, each made of the one before."""


def find_cause(pair: Pair, runs: RunsDiff, flows: Flows, how: Runs) -> Cause | None:
    """Return why two runs differ; None if they agree."""
    if runs.agree:
        return None
    output, symptom = first_output(pair, runs)
    stop = None if runs.same_stop else min(runs.stops, key=lambda s: s.moment, default=None)
    if stop is not None and (symptom is None or stop.moment <= symptom.moment):
        return _of_stop(pair, runs, flows, stop, how)
    if symptom is None:
        symptom = runs.first()
    assert symptom is not None  # the runs do not agree
    way = _Way(runs, flows, [symptom.value])
    origin = way.earliest() or symptom
    why = _why(pair, flows, origin, how)
    return Cause(output, symptom, None, origin, *why, way.path(origin))


def _of_stop(pair: Pair, runs: RunsDiff, flows: Flows, stop: Stop, how: Runs) -> Cause:
    """Return why one of the programs stopped, or both in different ways."""
    mine = 0 if stop.side == "A" else 1
    side, step = (pair.a, pair.b)[mine], stop.moment.place.step
    roots = flows[mine].reads(step) if step < len(side.program.steps) else []
    way = _Way(runs, flows, roots, mine)
    origin = way.earliest()
    if origin is not None:
        why = _why(pair, flows, origin, how)
        return Cause(None, None, stop, origin, *why, way.path(origin))
    names = [side.steps[step]] if step < len(side.program.steps) else []
    reasons, changes = reasons_for_steps(pair, flows, [*_first_writer(side, stop), *names])
    return Cause(None, None, stop, None, reasons, changes, (), ())


def _first_writer(side: Side, stop: Stop) -> list[str]:
    """Return the step that wrote a slot before the one that failed to write it again."""
    if not isinstance(stop.error, DoubleWrite):
        return []
    first: Actor = stop.error.facts["first"]
    return [] if first.step is None else [side.steps[first.step]]


Why = tuple[tuple[str, ...], tuple[Change, ...], tuple[DifferingSignal, ...]]


def _why(pair: Pair, flows: Flows, origin: DifferingValue, how: Runs) -> Why:
    """Return what explains a divergence; of an expression, what the signals show that differ."""
    before_start = origin.moment.frame == BEFORE
    output = None if before_start else output_signals(pair, flows, origin.value)
    if output is None:
        return *reasons_for(pair, flows, origin.value, before_start), ()
    place, *ids = output
    signals = narrowed(pair, how, origin.moment.frame, [(ids[0], ids[1])])
    walk = pair.expressions()
    # Other differences of the expression changed nothing in this frame.
    own = [c for s in signals for c in walk.here(Root(place, s.before, s.after))]
    return *reasons_for(pair, flows, origin.value, False, own or None), tuple(signals)


def first_output(pair: Pair, runs: RunsDiff) -> tuple[str | None, DifferingValue | None]:
    """Return the output that differs first, with its id."""
    found: list[tuple[DifferingValue, str]] = []
    for output in pair.a.program.outputs:
        divergence = runs.divergences.get(Value("slot", pair.a.slot(output.slot)))
        if divergence is not None:
            found.append((divergence, output.id))
    first = min(found, key=lambda pair: pair[0].moment, default=None)
    return (None, None) if first is None else (first[1], first[0])


class _Way:
    """Everything that some values depend on, in either program, with the way that leads there.

    Only what differs is followed, and what could not be compared: what is the same in both runs
    hands no difference on.
    """

    def __init__(
        self, runs: RunsDiff, flows: Flows, roots: Iterable[Source], side: int | None = None
    ) -> None:
        self._runs = runs
        self._flows = flows
        self._compared = _compared(runs, flows)
        self._users: dict[tuple[int, Source], tuple[int, Source] | None] = {}
        self._follow([(side or 0, root) for root in roots])

    def _follow(self, roots: list[tuple[int, Source]]) -> None:
        waiting: deque[tuple[tuple[int, Source], tuple[int, Source] | None]] = deque(
            (root, None) for root in roots
        )
        while waiting:
            at, user = waiting.popleft()
            side, source = at
            if isinstance(source, Value):
                at = (0, source)  # values are those of both programs
            if at in self._users or not self._is_followed(source):
                continue
            self._users[at] = user
            for other in (side,) if isinstance(source, Node) else (0, 1):
                for found in self._flows[other].sources(source):
                    # Signals cost nothing: the way is the shortest in slots and state cells.
                    add = waiting.append if isinstance(found, Value) else waiting.appendleft
                    add(((other, found), at))

    def _is_followed(self, source: Source) -> bool:
        if isinstance(source, Node):
            return True
        return source in self._runs.divergences or not self._compared(source)

    def earliest(self) -> DifferingValue | None:
        """Return the value that differs first."""
        known = self._runs.divergences
        values = (at[1] for at in self._users)
        found = [known[v] for v in values if isinstance(v, Value) and v in known]
        return min(found, key=lambda d: d.moment, default=None)

    def path(self, origin: DifferingValue) -> tuple[DifferingValue, ...]:
        """Return the values from the origin to the symptom."""
        path: list[DifferingValue] = []
        at: tuple[int, Source] | None = (0, origin.value)
        while at is not None:
            source = at[1]
            if isinstance(source, Value) and source in self._runs.divergences:
                path.append(self._runs.divergences[source])
            at = self._users[at]
        return tuple(path)


def _compared(runs: RunsDiff, flows: Flows) -> Callable[[Value], bool]:
    """Return whether a value was compared."""
    skipped = set(runs.skipped)
    only = {*runs.only[0], *runs.only[1]}
    return lambda value: (
        value not in skipped
        and (value.name if value.kind == "slot" else f"state {value.name}") not in only
    )
