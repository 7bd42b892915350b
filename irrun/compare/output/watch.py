"""Which values of a program a golden records, and by which names."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
import numpy as np

from irrun.compare.output.document import GoldenValue
from irrun.compare.output.names import recorded_cells, recorded_outputs
from irrun.compare.output.values import ABSENT, ValueRecorder
from irrun.errors.golden import NothingToRecord, UnknownWatch
from irrun.ir.types import STATE_STORAGES, StateStorage
from irrun.program.layout.labels import slot_label
from irrun.program.layout.uses import state_users
from irrun.runtime.view import FrameView

DEFAULT_WATCH: Final = ("outputs", "state")


class Watched(msgspec.Struct, frozen=True):
    """One recorded value: a slot, or a range of a state array."""

    name: str
    """`output frame`, `slot 7`, `state n1:acc`, `state f64[3:5]`."""
    info: GoldenValue
    position: int
    """Index of the step that writes it; values are kept in this order."""
    slot: int | None = None
    state: tuple[StateStorage, int, int] | None = None
    """A state array, and the elements of it: from the first to before the second."""

    def document(self, now: FrameView, recorder: ValueRecorder) -> Any:
        """Return the value as it is now."""
        if self.state is not None:
            storage, start, stop = self.state
            return recorder.elements(now.array(storage)[start:stop])
        values, slot = now.values, self.slot
        if slot is None or not values.has(slot):
            return ABSENT
        return recorder.value(values.peek(slot))


def watched_values(
    now: FrameView, wishes: Sequence[str], *, strict: bool = True
) -> tuple[Watched, ...]:
    """Return what is recorded of a program, in the order in which a frame writes it.

    Args:
        now: The run.
        wishes: `outputs`, `state`, `all`, slot numbers, output ids.
        strict: Refuse a name that the program does not have; else pass over it.

    Raises:
        UnknownWatch: IR133.
        NothingToRecord: IR137, strict and the program has none of that.
    """
    found: dict[str, Watched] = {}
    for wish in wishes:
        try:
            for watched in _of_wish(now, wish):
                found.setdefault(watched.name, watched)
        except UnknownWatch:
            if strict:
                raise
    if strict and not found:
        raise NothingToRecord(names=", ".join(wishes), known=_known(now))
    return tuple(sorted(found.values(), key=lambda w: w.position))


def _of_wish(now: FrameView, wish: str) -> Iterator[Watched]:
    program, known = now.program, now.layout.by_slot
    named = [output.slot for output in program.outputs if output.id == wish]
    match wish:
        case "outputs":
            yield from (_slot(now, output.slot) for output in program.outputs)
        case "state":
            yield from _state(now)
        case "all":
            yield from (_slot(now, slot) for slot in known)
            yield from _state(now)
        case _ if wish.isascii() and wish.isdigit() and len(wish) < 17 and int(wish) in known:
            yield _slot(now, int(wish))
        case _ if named:
            yield from (_slot(now, slot) for slot in named)
        case _:
            raise UnknownWatch(name=wish[:40], known=_known(now))


def _known(now: FrameView) -> str:
    program, slots = now.program, sorted(now.layout.by_slot)
    there = f"slots {slots[0]} to {slots[-1]}" if slots else "no slots"
    ids = ", ".join(output.id for output in program.outputs)
    return f"{there} and outputs {ids}" if ids else there


def _slot(now: FrameView, slot: int) -> Watched:
    """Return a slot; one that is an output bears the output's name."""
    program, meta = now.program, now.layout[slot]
    producers = now.layout.flow[slot].producers
    step = program.steps[producers[0]] if producers else None
    name = recorded_outputs(program.outputs).get(slot, f"slot {slot}")
    info = GoldenValue(
        storage=meta.storage,
        type=meta.type.text(),
        slot=slot,
        step=None if step is None else step.id,
        label=slot_label(program, now.layout, slot),
    )
    return Watched(name, info, producers[0] if producers else -1, slot)


def _state(now: FrameView) -> Iterator[Watched]:
    """Yield the state cells, then what of the arrays belongs to no cell."""
    program = now.program
    users, cells = state_users(program), program.state_layout.cells
    for i, name in recorded_cells(cells):
        steps = users[i]
        step = program.steps[steps[0]].id if steps else None
        info = GoldenValue(storage=cells[i].storage, step=step)
        cell = cells[i]
        state = (cell.storage, cell.offset, cell.offset + cell.size)
        yield Watched(name, info, steps[0] if steps else -1, state=state)
    yield from _outside_cells(now)


def _outside_cells(now: FrameView) -> Iterator[Watched]:
    """Yield the elements that no cell covers: raw indices may lead there."""
    for storage in STATE_STORAGES:
        array = now.array(storage)
        covered = np.zeros(array.size + 1, dtype=bool)
        for cell in now.program.state_layout.cells:
            if cell.storage == storage:
                covered[cell.offset : min(cell.offset + cell.size, array.size)] = True
        covered[array.size] = True
        edges = np.flatnonzero(np.diff(covered, prepend=True)).tolist()
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            name = f"state {storage}[{start}:{stop}]"
            yield Watched(name, GoldenValue(storage=storage), -1, state=(storage, start, stop))
