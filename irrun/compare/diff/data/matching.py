"""Which slots of two programs are the same, whatever their numbers."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from irrun.compare.diff.data.outputs import OutputAligner
from irrun.compare.lineage.identity import SlotUse, Uses, step_names
from irrun.compare.lineage.plain import frozen
from irrun.ir.state import StateCell
from irrun.program.program import Program
from irrun.steps.kinds.signal_eval import SignalEval


def match_slots(a: Program, before: Uses, b: Program, after: Uses) -> dict[int, int]:
    """Return for each slot of `a` that `b` has too the number it has there.

    A slot that a step writes is matched by that step and field; the outputs of a signalEval, which
    only have positions, also by what they evaluate. Other slots are matched by who reads them,
    then by their number.

    Args:
        a: A program.
        before: What is said of each of its slots.
        b: Another one.
        after: What is said of its slots.
    """
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


def match_cells(a: Sequence[StateCell], b: Sequence[StateCell]) -> list[tuple[int, int]]:
    """Return (index in a, index in b) of the state cells that belong together, in the order of a.

    As a hot swap does (runtime-semantics 15): by stable key and storage; what is left by stable key
    alone. Of several alike the first belongs to the first.
    """
    pairs: dict[int, int] = {}
    keys: tuple[Callable[[StateCell], Hashable], ...] = (
        lambda cell: (cell.stable_key, cell.storage),
        lambda cell: cell.stable_key,
    )
    for key in keys:
        free: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        matched = set(pairs.values())
        for i, cell in enumerate(b):
            if i not in matched:
                free[key(cell)].append(i)
        for i, cell in enumerate(a):
            if i not in pairs and free[key(cell)]:
                pairs[i] = free[key(cell)].popleft()
    return sorted(pairs.items())
