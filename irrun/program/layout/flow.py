"""Who writes a slot, who reads it, and how long its value is needed."""

from collections.abc import Iterable, Mapping

import msgspec

from irrun.program.layout.evidence import Evidence
from irrun.program.program import Program


class Flow(msgspec.Struct, frozen=True):
    """One slot's way through the schedule; steps are given by index."""

    producers: tuple[int, ...]
    """Steps that write the slot."""
    consumers: tuple[int, ...]
    """Steps that read it."""
    has_initial: bool
    outputs: tuple[str, ...]
    """Ids of the outputs that are taken from it."""
    first: int | None
    """Index of the step from which the value is there; -1 for an initial value."""
    last: int | None
    """Index of the last step that needs it; the number of steps for an output."""


def derive_flow(program: Program, evidence: Mapping[int, list[Evidence]]) -> dict[int, Flow]:
    """Return the flow of every slot."""
    return {slot: _flow(program, found) for slot, found in evidence.items()}


def _flow(program: Program, found: list[Evidence]) -> Flow:
    accesses = [(e.step, e.access) for e in found if e.access is not None and e.step is not None]
    producers = _steps(step for step, access in accesses if access.mode == "write")
    consumers = _steps(step for step, access in accesses if access.mode == "read")
    has_initial = any(e.origin == "initialSlotValues" for e in found)
    slot = found[0].slot
    outputs = tuple(output.id for output in program.outputs if output.slot == slot)
    ends = [*consumers, *([len(program.steps)] if outputs else [])]
    first = -1 if has_initial else min(producers, default=None)
    return Flow(producers, consumers, has_initial, outputs, first, max(ends, default=first))


def _steps(indices: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(indices))
