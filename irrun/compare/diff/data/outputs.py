"""Which outputs of two versions of a signalEval belong together."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence

import msgspec

from irrun.compare.lineage.contents import Contents, Interner
from irrun.compare.lineage.parts import Names, Ref
from irrun.program.program import Program
from irrun.steps.kinds.signal_eval import SignalEval


class _Output(msgspec.Struct, frozen=True):
    index: int
    slot: int
    content: int


_Key = Callable[[_Output], Hashable]

_SAME: Sequence[_Key] = (lambda o: (o.index, o.content), lambda o: (o.slot, o.content))
_PLACE: _Key = lambda o: (o.index, o.slot)  # noqa: E731 - a row of a table of keys
_CONTENT: _Key = lambda o: o.content  # noqa: E731


class OutputAligner:
    """Matches the outputs of signalEval steps of two programs.

    An output has no identity but its position. Where outputs were added or removed, positions
    shift; then those that evaluate the same belong together.
    """

    def __init__(self, a: Program, b: Program) -> None:
        self._programs = (a, b)
        self._contents: tuple[Contents, Contents] | None = None

    def align(self, a: SignalEval, b: SignalEval) -> list[tuple[int, int]]:
        """Return pairs of slots."""
        slots_a, slots_b = ([o.slot for o in step.outputs] for step in (a, b))
        if slots_a == slots_b:
            return list(zip(slots_a, slots_b, strict=True))
        here, there = self._outputs(0, a), self._outputs(1, b)
        is_longer = len(here) != len(there)
        keys = (*_SAME, *((_CONTENT, _PLACE) if is_longer else (_PLACE, _CONTENT)))
        pairs: list[tuple[int, int]] = []
        for key in keys:
            here, there = _match(key, here, there, pairs)
        if len(here) == len(there):
            pairs += [(old.slot, new.slot) for old, new in zip(here, there, strict=True)]
        else:
            _match(lambda o: o.index, here, there, pairs)
        return pairs

    def _outputs(self, side: int, step: SignalEval) -> list[_Output]:
        if self._contents is None:
            interner = Interner()
            first, second = (Contents(_blind(p), interner) for p in self._programs)
            self._contents = first, second
        contents = self._contents[side]
        return [
            _Output(i, output.slot, contents.of(Ref("signal", output.sig_id)))
            for i, output in enumerate(step.outputs)
        ]


def _blind(program: Program) -> Names:
    """Return names for content that does not depend on which slots belong together."""
    writers: dict[int, str] = {}
    for step in program.steps:
        for access in step.accesses(program):
            if access.mode == "write":
                writers.setdefault(access.slot, step.id)
    cells = [cell.stable_key for cell in program.state_layout.cells]
    return Names(program, lambda slot: writers.get(slot, "no step"), cells)


def _match(
    key: _Key, here: list[_Output], there: list[_Output], pairs: list[tuple[int, int]]
) -> tuple[list[_Output], list[_Output]]:
    """Match outputs with one key, in order; return those that are left."""
    waiting: defaultdict[Hashable, deque[_Output]] = defaultdict(deque)
    for output in there:
        waiting[key(output)].append(output)
    left = []
    taken: set[int] = set()
    for output in here:
        free = waiting.get(key(output))
        if free:
            found = free.popleft()
            taken.add(found.index)
            pairs.append((output.slot, found.slot))
        else:
            left.append(output)
    return left, [output for output in there if output.index not in taken]
