"""What a step, a slot or a state cell is called, whatever its number."""

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from irrun.compare.diff.data.plain import frozen, plain, unique
from irrun.compare.diff.runs.outputs import OutputAligner
from irrun.program.program import Program
from irrun.steps.kinds.signal_eval import SignalEval


@dataclass(slots=True)
class SlotUse:
    """Everything that a program says about one slot, in words that do not name its number."""

    slot: int
    produced: str | None = None
    """The first write, as `step.field`."""
    by_position: bool = False
    """True if that field is a position in a list, which says little."""
    has_initial: bool = False
    initial: Any = None
    meta: str = ""
    """Storage and type by the program's own slotMeta."""
    readers: list[str] = field(default_factory=list)
    """Every read, as `step.field`, and every output."""

    @property
    def name(self) -> str:
        """What the slot is called, before names are made unique."""
        if self.produced is not None:
            return self.produced
        return f"initial value {self.slot}" if self.has_initial else f"slot {self.slot}"

    @property
    def sort(self) -> str:
        """Where the slot's value comes from."""
        if self.produced is not None:
            return "produced"
        return "initial" if self.has_initial else "nothing"


Uses = dict[int, SlotUse]
"""What is said of each slot, by slot number."""


def step_names(program: Program) -> tuple[str, ...]:
    """Return each step's id; an id that repeats is numbered."""
    return tuple(_numbered(step.id for step in program.steps))


def cell_names(program: Program) -> tuple[str, ...]:
    """Return each state cell's stable key; of several with one key, with the state id."""
    cells = program.state_layout.cells
    counts = Counter(cell.stable_key for cell in cells)
    names = (
        cell.stable_key if counts[cell.stable_key] == 1 else f"{cell.stable_key} ({cell.key})"
        for cell in cells
    )
    return tuple(_numbered(names))


def slot_names(program: Program) -> dict[int, str]:
    """Return the name of every slot: its first producer, such as `s-sig.outputs[0].slot`.

    A slot that only has an initial value is `initial value 8`, any other `slot 8`.
    """
    return names_of(slot_uses(program))


def names_of(uses: Uses) -> dict[int, str]:
    """Return the name of every slot, given what is said of each."""
    return dict(zip(uses, _numbered(use.name for use in uses.values()), strict=True))


def _numbered(names: Iterable[str]) -> Iterator[str]:
    taken: set[str] = set()
    for name in names:
        found = unique(name, taken.__contains__)
        taken.add(found)
        yield found


def slot_uses(program: Program) -> Uses:
    """Return what is said of each slot, by slot number."""
    uses = {
        entry.slot: SlotUse(entry.slot, meta=f"{entry.storage} {entry.type.text()}")
        for entry in program.slot_meta
    }
    for slot, value in program.initial_slot_values.items():
        use = uses.setdefault(slot, SlotUse(slot))
        use.has_initial, use.initial = True, plain(value)
    for name, step in zip(step_names(program), program.steps, strict=True):
        for i, access in enumerate(step.accesses(program)):
            use = uses.setdefault(access.slot, SlotUse(access.slot))
            if access.mode == "write":
                if use.produced is None:
                    use.produced = f"{name}.{access.field}"
                    use.by_position = isinstance(step, SignalEval)
            else:
                # The field of a hidden read has the number of an expression.
                hidden = access.field.startswith(("signalTable", "fields"))
                use.readers.append(f"{name}.hidden[{i}]" if hidden else f"{name}.{access.field}")
    for output in program.outputs:
        uses.setdefault(output.slot, SlotUse(output.slot)).readers.append(f"output {output.id}")
    return dict(sorted(uses.items()))


def match_slots(a: Program, b: Program) -> dict[int, int]:
    """Return for each slot of `a` that `b` has too the number it has there.

    A slot that a step writes is matched by that step and field; the outputs of a signalEval, which
    only have positions, also by what they evaluate. Other slots are matched by who reads them,
    then by their number.
    """
    return match_uses(a, slot_uses(a), b, slot_uses(b))


def match_uses(a: Program, before: Uses, b: Program, after: Uses) -> dict[int, int]:
    """Match slots, given what is said of each."""
    matches = _Matches()
    matches.add(_aligned_outputs(a, b))
    names = {use.produced: slot for slot, use in after.items() if not use.by_position}
    matches.add(
        (slot, names[use.produced])
        for slot, use in before.items()
        if use.produced is not None and not use.by_position and use.produced in names
    )
    keys = (
        _by_use_and_value, _by_use, _unused_by_number, _unused_by_type, _by_number,
        _by_first_reader, _by_readers,
    )  # fmt: skip
    for key in keys:
        matches.add(_equal(key, before.values(), after.values(), matches))
    return matches.found


class _Matches:
    """Pairs of slots; what is matched once stays."""

    def __init__(self) -> None:
        self.found: dict[int, int] = {}
        self.taken: set[int] = set()

    def add(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Take the pairs of which neither slot is matched yet."""
        for old, new in pairs:
            if old not in self.found and new not in self.taken:
                self.found[old] = new
                self.taken.add(new)


def _equal(
    key: Callable[[SlotUse], Hashable],
    before: Iterable[SlotUse],
    after: Iterable[SlotUse],
    matches: _Matches,
) -> list[tuple[int, int]]:
    """Return unmatched slots that have one key, in order; those without a key are left out."""
    waiting: dict[Hashable, deque[int]] = {}
    for use in after:
        found = key(use) if use.slot not in matches.taken else None
        if found is not None:
            waiting.setdefault(found, deque()).append(use.slot)
    pairs = []
    for use in before:
        free = waiting.get(key(use)) if use.slot not in matches.found else None
        if free:
            pairs.append((use.slot, free.popleft()))
    return pairs


def _by_use_and_value(use: SlotUse) -> Hashable:
    if use.produced is not None or not (use.readers or use.has_initial):
        return None
    return (use.sort, tuple(use.readers), frozen(use.initial))


def _by_use(use: SlotUse) -> Hashable:
    if use.produced is not None or not use.readers:
        return None
    return (use.sort, tuple(use.readers))


def _unused_by_type(use: SlotUse) -> Hashable:
    """Return all that is known of a slot that slotMeta alone names."""
    is_unused = use.sort == "nothing" and not use.readers
    return (use.sort, use.meta) if is_unused else None


def _unused_by_number(use: SlotUse) -> Hashable:
    found = _unused_by_type(use)
    return None if found is None else (found, use.slot)


def _by_number(use: SlotUse) -> Hashable:
    return None if use.produced is not None else (use.sort, use.slot)


def _by_first_reader(use: SlotUse) -> Hashable:
    if use.produced is not None or not use.readers:
        return None
    return (use.sort, use.readers[0])


def _by_readers(use: SlotUse) -> Hashable:
    """Also a slot whose value comes from elsewhere now is the same slot to those who read it."""
    return tuple(use.readers) or None


def _aligned_outputs(a: Program, b: Program) -> Iterator[tuple[int, int]]:
    """Yield the matched output slots of each signalEval that both programs have."""
    there = dict(zip(step_names(b), b.steps, strict=True))
    aligner = OutputAligner(a, b)
    for name, step in zip(step_names(a), a.steps, strict=True):
        other = there.get(name)
        if isinstance(step, SignalEval) and isinstance(other, SignalEval):
            yield from aligner.align(step, other)


def pairs_of(names_a: Sequence[str], names_b: Sequence[str]) -> list[tuple[int, int]]:
    """Return (index in a, index in b) of the names that both lists have, in the order of a."""
    there = {name: i for i, name in enumerate(names_b)}
    return [(i, there[name]) for i, name in enumerate(names_a) if name in there]
