"""Contradicting evidence about a slot: always a finding that names both sides."""

from collections.abc import Iterator, Mapping

from irrun.errors import IrrunError
from irrun.errors.program import ClassConflict, TwoWriters
from irrun.program.layout.evidence import Evidence
from irrun.program.program import Program
from irrun.steps.kinds.time_derive import TimeDerive


def conflicts_of(program: Program, evidence: Mapping[int, list[Evidence]]) -> Iterator[IrrunError]:
    """Yield a warning for every contradiction between sources and readers of a slot."""
    for slot, found in evidence.items():
        yield from _two_writers(program, slot, found)
        yield from _class_conflicts(slot, found)


def _two_writers(program: Program, slot: int, found: list[Evidence]) -> Iterator[IrrunError]:
    writers = [e for e in found if e.access is not None and e.access.mode == "write"]
    steps = [e.step for e in writers if e.step is not None]
    for other in dict.fromkeys(steps[1:]):
        first, second = program.steps[steps[0]], program.steps[other]
        if first is second and isinstance(first, TimeDerive):
            continue  # its aliases are one write (runtime-semantics 2.4)
        warning = TwoWriters(slot=slot, first=first.id, second=second.id)
        yield warning.at(step=second.id, kind=second.kind, slot=slot)


def _class_conflicts(slot: int, found: list[Evidence]) -> Iterator[IrrunError]:
    """Compare what each source gives with what each reader takes; one warning per reader.

    An initial value under a writing step only serves reads before that step, so it is compared
    only where nothing writes.
    """
    writers = [e for e in found if e.access is not None and e.access.mode == "write"]
    sources = writers or [e for e in found if e.origin == "initialSlotValues"]
    for reader in found:
        if reader.origin == "output":
            misfit = next((s for s in sources if reader.expects != "any"
                           and s.expects not in ("any", reader.expects)), None)  # fmt: skip
        elif reader.access is not None and reader.access.mode == "read":
            takes = reader.access.takes
            misfit = next((s for s in sources if not takes(s.expects)), None)
        else:
            continue
        if misfit is not None:
            warning = ClassConflict(
                slot=slot,
                first=misfit.at,
                first_class=misfit.expects,
                second=reader.at,
                second_class=reader.expects,
            )
            yield warning.at(slot=slot)
