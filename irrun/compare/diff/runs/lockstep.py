"""Run two programs in lockstep and find, for every value, where it first differs."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from irrun.compare.diff.data.pair import Pair
from irrun.compare.diff.runs.stubs import incomparable
from irrun.compare.diff.runs.values import ValueComparer
from irrun.compare.lineage.dependencies import NOWHERE, Dependencies, Position, Value
from irrun.compare.output.leaves import Leaf
from irrun.compare.output.tolerance import Policy, Tolerance
from irrun.compare.output.values import ValueRecorder
from irrun.errors import Crash, IrrunError
from irrun.ir.types import Storage
from irrun.runtime.driver import Driver
from irrun.runtime.run import Run
from irrun.runtime.view import FrameView

Runs = tuple[Run, Run]

BEFORE: int = -1
"""The frame index that stands for "before frame 0"."""


class Moment(NamedTuple):
    """When a value first differs; moments compare by time."""

    frame: int
    """-1 for what is in place before frame 0."""
    place: Position


class DifferingValue(msgspec.Struct):
    """One value that differs, from when on, and by how much."""

    value: Value
    slots: tuple[int, int] | None
    """The slot's numbers in A and in B; None for state."""
    moment: Moment
    t_ms: float | None
    step: str | None
    """Id of the step that makes the value; None for what is in place before frame 0."""
    type: str
    label: str | None
    expected: Any
    """Golden document of the value in A; `got` in B."""
    got: Any
    leaf: Leaf
    """The first part that differs."""
    frames: int = 1
    """Frames in which the value differs."""
    largest: float = 0.0
    """The largest absolute difference of a first differing part."""

    def again(self, leaf: Leaf) -> None:
        """Count one more frame."""
        self.frames += 1
        self.largest = max(self.largest, leaf.absolute or 0.0)


class Stop(msgspec.Struct, frozen=True):
    """A program that could not go on."""

    side: str
    """`A` or `B`."""
    error: IrrunError
    moment: Moment

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two of them the same."""
        return (self.error.code, self.error.where.frame, self.error.where.step)


class RunsDiff(msgspec.Struct):
    """What two runs came to."""

    frames: int = 0
    """Frames that both programs ended."""
    planned: int = 0
    differing_frames: int = 0
    values: int = 0
    """Slots and state cells that were compared."""
    divergences: dict[Value, DifferingValue] = msgspec.field(default_factory=dict)
    stops: list[Stop] = msgspec.field(default_factory=list)
    only: tuple[list[str], list[str]] = msgspec.field(default_factory=lambda: ([], []))
    """Values that A alone has, and B alone."""
    skipped: list[Value] = msgspec.field(default_factory=list)
    """Values that stubs of renumbered slots make: their placeholders tell nothing."""
    unused_rules: list[str] = msgspec.field(default_factory=list)
    """Tolerances, such as `atol frame`, that name none of the values."""
    stubs: list[str] = msgspec.field(default_factory=list)
    """Ids of steps that ran as a stub in A or B."""

    @property
    def same_stop(self) -> bool:
        """True if both programs stopped, alike."""
        return len(self.stops) == 2 and self.stops[0].key == self.stops[1].key

    @property
    def agree(self) -> bool:
        """True if the runs do not differ."""
        return not self.divergences and (not self.stops or self.same_stop)

    def first(self) -> DifferingValue | None:
        """Return the first value that differs."""
        return min(self.divergences.values(), key=lambda d: d.moment, default=None)


class Lockstep:
    """Goes through two runs over the same times and compares all that both programs have.

    Only the first difference of each value is kept, so that long runs need no more memory.

    Args:
        pair: The programs.
        runs: How each is run.
        flows: What depends on what in each.
        policy: How far numbers may be apart; rules name a slot by number, name, label or output id.

    Raises:
        Invalid: IR2xx, a program cannot be set up.
    """

    def __init__(
        self, pair: Pair, runs: Runs, flows: tuple[Dependencies, Dependencies], policy: Policy
    ) -> None:
        self.pair = pair
        self._policy = policy
        self._flows = flows
        self._drivers = (Driver(runs[0]), Driver(runs[1]))
        self.a, self.b = (driver.now for driver in self._drivers)
        self._comparer = ValueComparer(pair)
        self.result = RunsDiff(planned=len(runs[0].times))
        self._slots, self._cells = self._watched()
        self._tolerances = self._chosen_tolerances()

    def run(self, progress: Callable[[int], None] | None = None) -> RunsDiff:
        """Run all frames, or until a program stops; `progress` is told the frames done."""
        result = self.result
        self._compare(BEFORE, None)
        a, b = (driver.frames() for driver in self._drivers)
        for index, t_ms in enumerate(self._drivers[0].run.times):
            self._frame("A", self.a, a)
            self._frame("B", self.b, b)
            stopped = bool(result.stops)
            differs = self._compare(index, t_ms, only_written=stopped)
            result.differing_frames += differs
            if stopped:
                break
            result.frames += 1
            if progress is not None:
                progress(result.frames)
        return result

    def _frame(self, name: str, now: FrameView, frames: Iterator[FrameView]) -> None:
        try:
            next(frames)
        except Crash:
            raise  # irrun's own fault: the program did not stop
        except IrrunError as error:
            # What goes wrong after the last step has no step.
            steps = [step.id for step in now.program.steps]
            at = error.where.step
            position = steps.index(at) if at in steps else len(steps)
            moment = Moment(now.index, Position(position, 0))
            self.result.stops.append(Stop(name, error, moment))

    def _watched(
        self,
    ) -> tuple[list[tuple[Value, int, int, Storage]], list[tuple[Value, int, int]]]:
        """Return what is compared; list what is not."""
        pair, result = self.pair, self.result
        skipped = incomparable(pair, self.a.steps, self.b.steps, self._flows)
        slots = []
        for a, b in pair.slots.items():
            value = Value("slot", pair.a.slot(a))
            if value in skipped:
                result.skipped.append(value)
            elif self.a.values.has(a) and self.b.values.has(b):
                slots.append((value, a, b, self.a.values.storage_of(a)))
        cells = []
        for a, b in pair.cells:
            value = Value("state", pair.a.cells[a])
            if value in skipped:
                result.skipped.append(value)
            else:
                cells.append((value, a, b))
        matched = set(pair.slots.values())
        result.only[0].extend(n for s, n in pair.a.slots.items() if s not in pair.slots)
        result.only[1].extend(n for s, n in pair.b.slots.items() if s not in matched)
        for mine, other, names in ((pair.a, pair.b, result.only[0]),
                                   (pair.b, pair.a, result.only[1])):  # fmt: skip
            names.extend(f"state {name}" for name in mine.cells if name not in set(other.cells))
        both = (*self.a.stubs, *self.b.stubs)
        result.stubs = list(dict.fromkeys(planned.step.id for planned in both))
        result.values = len(slots) + len(cells)
        return slots, cells

    def _chosen_tolerances(self) -> dict[Value, Tolerance]:
        """Return the tolerance of each value."""
        policy, known = self._policy, self.names()
        self.result.unused_rules = policy.unused(known.values())
        return {value: policy.tolerance(names) for value, names in known.items()}

    def names(self) -> dict[Value, tuple[str, ...]]:
        """Return by what a rule may name each value that is compared."""
        program = self.pair.a.program
        outputs: dict[int, list[str]] = {}
        for output in program.outputs:
            labels = [] if output.label is None else [output.label]
            outputs.setdefault(output.slot, []).extend([output.id, *labels])
        found: dict[Value, tuple[str, ...]] = {}
        for value, slot, *_ in self._slots:
            found[value] = (str(slot), value.name, *outputs.get(slot, ()))
        for value, *_ in self._cells:
            found[value] = (value.name, value.text)
        return found

    def _compare(self, frame: int, t_ms: float | None, *, only_written: bool = False) -> bool:
        """Compare everything as it is now; return whether anything differs."""
        differs = False
        for value, leaf, expected, got in self._differences(only_written):
            differs = True
            known = self.result.divergences.get(value)
            if known is not None:
                known.again(leaf)
            else:
                self._first(value, leaf, expected, got, frame, t_ms)
        return differs

    def _differences(self, only_written: bool) -> Iterator[tuple[Value, Leaf, Any, Any]]:
        old, new, comparer = self.a.values, self.b.values, self._comparer
        for value, a, b, storage in self._slots:
            if only_written and not (old.is_written(a) and new.is_written(b)):
                continue
            if not (old.was_ever_written(a) or new.was_ever_written(b)):
                continue
            expected, got = old.peek(a), new.peek(b)
            leaf = comparer.leaf(expected, got, storage, self._tolerances[value])
            if leaf is not None:
                recorder = ValueRecorder()
                yield value, leaf, recorder.value(expected), recorder.value(got)
        if only_written:
            return
        layouts = self.pair.a.program.state_layout, self.pair.b.program.state_layout
        for value, a, b in self._cells:
            first = self.a.cell(layouts[0].cells[a])
            second = self.b.cell(layouts[1].cells[b])
            leaf = comparer.cell_leaf(first, second, self._tolerances[value])
            if leaf is not None:
                recorder = ValueRecorder()
                yield value, leaf, recorder.elements(first), recorder.elements(second)

    def _first(
        self, value: Value, leaf: Leaf, expected: Any, got: Any, frame: int, t_ms: float | None
    ) -> None:
        """Keep the first difference of a value."""
        place = NOWHERE if frame == BEFORE else self._place(value)
        step, label, type_text = self._described(value, place)
        self.result.divergences[value] = DifferingValue(
            value,
            self._numbers(value),
            Moment(frame, place),
            t_ms,
            step,
            type_text,
            label,
            expected,
            got,
            leaf,
            frames=0 if frame == BEFORE else 1,
            largest=leaf.absolute or 0.0,
        )

    def _place(self, value: Value) -> Position:
        """Return where in a frame the value comes about: in A, or in B if A does not make it."""
        place = self._flows[0].place(value)
        return self._flows[1].place(value) if place == NOWHERE else place

    def _numbers(self, value: Value) -> tuple[int, int] | None:
        if value.kind == "state":
            return None
        a = self.pair.a.slot_of[value.name]
        return a, self.pair.slots[a]

    def _described(self, value: Value, place: Position) -> tuple[str | None, str | None, str]:
        """Return the id of the step, the output's or the step's label, and the value's type."""
        pair = self.pair
        in_a = self._flows[0].place(value) != NOWHERE
        program = (pair.a if in_a else pair.b).program
        step = None if place == NOWHERE else program.steps[place.step]
        if value.kind == "state":
            cell = pair.a.program.state_layout.cells[pair.a.cells.index(value.name)]
            return (None if step is None else step.id), None, f"state {cell.storage}"
        slot = pair.a.slot_of[value.name]
        outputs = [o for o in pair.a.program.outputs if o.slot == slot]
        label = next((o.label for o in outputs if o.label is not None), None)
        if label is None and step is not None:
            label = step.label
        return (None if step is None else step.id), label, pair.a.layout[slot].type.text()
