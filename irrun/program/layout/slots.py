"""Slot metadata derivation (runtime-semantics 5.4, design.md section 5)."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

import msgspec

from irrun.errors import IrrunError, Severity
from irrun.errors.boundary import lacks_as_problems
from irrun.errors.program import (
    OffsetTooLarge,
    SlotMetaContradiction,
    SlotsOverlap,
    StorageOverridden,
)
from irrun.errors.showing import plural
from irrun.ir.types import STORAGES, SlotMetaEntry, Storage, TypeDesc
from irrun.ir.values import ValueClass
from irrun.limits import SLOT_OFFSET
from irrun.program.layout.conflicts import conflicts_of
from irrun.program.layout.evidence import Evidence, collect_evidence
from irrun.program.layout.flow import Flow, derive_flow
from irrun.program.layout.state import StateMap, derive_state
from irrun.program.program import Program

ELEMENT_BYTES: Final[Mapping[Storage, int]] = {"f64": 8, "f32": 4, "i32": 4, "u32": 4, "object": 8}
"""Bytes of one element; an object element is a reference."""


class SlotMeta(msgspec.Struct, frozen=True):
    """One slot's storage, offset and type, and why."""

    slot: int
    storage: Storage
    offset: int
    type: TypeDesc
    source: str
    """The evidence that decided the storage."""
    declared: bool
    """True if the program's own slotMeta has the slot."""
    moved: bool
    """True if the offset differs from the program's own."""
    evidence: tuple[Evidence, ...] = ()
    against: tuple[Evidence, ...] = ()
    """The evidence that spoke for the other sort of storage."""

    def __repr__(self) -> str:
        # Without the evidence, which is long.
        names = [name for name in self.__struct_fields__ if name not in ("evidence", "against")]
        members = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"SlotMeta({members})"


class Layout(msgspec.Struct, frozen=True, dict=True):
    """All slots with their packed arrays, plus the state cells."""

    slots: tuple[SlotMeta, ...]
    """By ascending slot number."""
    sizes: Mapping[Storage, int]
    """Elements of each storage: largest offset + 1, 0 if unused."""
    state: StateMap
    flow: Mapping[int, Flow]
    """Producers, consumers and lifetime of each slot."""
    findings: tuple[IrrunError, ...]

    def __getitem__(self, slot: int) -> SlotMeta:
        return self.by_slot[slot]

    def __repr__(self) -> str:
        used = ", ".join(f"{size} {name}" for name, size in self.sizes.items() if size)
        arrays = f" ({used})" if used else ""
        counts = f"{plural(len(self.slots), 'slot')}{arrays}"
        return f"<Layout, {counts}, {plural(len(self.state.cells), 'state cell')}>"

    def _repr_html_(self) -> str:
        from irrun.errors.markup import html_table

        names = ("slot", "place", "type", "decided by", "written by step", "read by step")
        rows = (
            (
                str(meta.slot),
                f"{meta.storage}[{meta.offset}]",
                meta.type.text(),
                meta.source,
                ", ".join(map(str, self.flow[meta.slot].producers)),
                ", ".join(map(str, self.flow[meta.slot].consumers)),
            )
            for meta in self.slots
        )
        return html_table(repr(self).strip("<>"), names, rows)

    @cached_property
    def by_slot(self) -> Mapping[int, SlotMeta]:
        """Slot metas by slot number."""
        return {meta.slot: meta for meta in self.slots}

    @property
    def bytes(self) -> int:
        """Bytes of all value arrays."""
        return sum(ELEMENT_BYTES[storage] * size for storage, size in self.sizes.items())

    def holes(self, storage: Storage) -> tuple[int, ...]:
        """Return the offsets of one storage that no slot uses."""
        used = {meta.offset for meta in self.slots if meta.storage == storage}
        return tuple(i for i in range(self.sizes[storage]) if i not in used)

    def errors(self) -> tuple[IrrunError, ...]:
        """Return the findings that make the program invalid."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)


@lacks_as_problems()
def derive_layout(program: Program) -> Layout:
    """Give every slot that the program mentions a storage and an offset.

    Evidence is collected from slotMeta, initial slot values, the accesses that each step kind
    declares, and outputs. A slot is an object slot if anything says that it holds more than a
    number; otherwise it has the storage of its slotMeta, or f64. Offsets of slotMeta are kept;
    all other slots get the lowest free offsets, in ascending slot order.

    Findings of severity error make a program that cannot run; they are not raised.

    Raises:
        OutOfMemory, StackExhausted: IR407, IR408.
    """
    evidence = collect_evidence(program)
    entries, findings = _entries(program)
    decided = [_decide(slot, found, entries.get(slot)) for slot, found in evidence.items()]
    slots, misplaced = _place(decided, entries)
    findings += misplaced
    findings += [_overridden(meta, entries[meta.slot]) for meta in slots
                 if meta.declared and entries[meta.slot].storage != meta.storage]  # fmt: skip
    findings += list(_overlaps(slots))
    findings += list(conflicts_of(program, evidence))
    state = derive_state(program)
    findings += list(state.findings)
    sizes = {s: max((m.offset + 1 for m in slots if m.storage == s), default=0) for s in STORAGES}
    return Layout(tuple(slots), sizes, state, derive_flow(program, evidence), tuple(findings))


def _entries(program: Program) -> tuple[dict[int, SlotMetaEntry], list[IrrunError]]:
    """Return the program's own entries by slot; contradicting ones are errors."""
    entries: dict[int, SlotMetaEntry] = {}
    first: dict[int, int] = {}
    findings: list[IrrunError] = []
    for i, entry in enumerate(program.slot_meta):
        known = entries.get(entry.slot)
        if known is not None and known != entry:
            error = SlotMetaContradiction(slot=entry.slot, first=first[entry.slot], second=i)
            findings.append(error.at(path=f"$.slotMeta[{i}]", slot=entry.slot))
        first.setdefault(entry.slot, i)
        entries[entry.slot] = entry
    return entries, findings


class _Decision(msgspec.Struct, frozen=True):
    slot: int
    storage: Storage
    type: TypeDesc
    source: str
    evidence: tuple[Evidence, ...]
    against: tuple[Evidence, ...]


_TYPES: Final[Mapping[ValueClass, TypeDesc]] = {
    "number": TypeDesc(world="signal", domain="number"),
    "vector": TypeDesc(world="signal", domain="vec2"),
    "color": TypeDesc(world="signal", domain="color"),
    "domain": TypeDesc(world="special", domain="domain"),
    "field": TypeDesc(world="field", domain="unknown"),
    "buffer": TypeDesc(world="field", domain="unknown"),
    "events": TypeDesc(world="event", domain="trigger"),
    "path": TypeDesc(world="field", domain="path"),
    "frame": TypeDesc(world="special", domain="renderTree"),
    "camera": TypeDesc(world="special", domain="camera"),
    "mesh": TypeDesc(world="special", domain="mesh"),
    "instances": TypeDesc(world="special", domain="renderCmds"),
    "batches": TypeDesc(world="special", domain="unknown"),
    "any": TypeDesc(world="special", domain="unknown"),
}


def _decide(slot: int, evidence: list[Evidence], entry: SlotMetaEntry | None) -> _Decision:
    """Decide a slot's storage by the rule of runtime-semantics 5.4."""
    objects = [e for e in evidence if e.wants == "object"]
    numbers = [e for e in evidence if e.wants == "number"]
    typed = next((e for e in evidence if e.type is not None and not e.type.is_numeric), None)
    deciding = _strongest(objects)
    if deciding is None and typed is not None and entry is not None:
        source = f"{typed.at}.type {entry.type.text()}"
        return _Decision(slot, "object", entry.type, source, tuple(evidence), tuple(numbers))
    if deciding is not None:
        type_desc = entry.type if entry is not None else _TYPES[deciding.expects]
        against = tuple(numbers)
        return _Decision(slot, "object", type_desc, deciding.at, tuple(evidence), against)
    if entry is not None:
        at = next(e.at for e in evidence if e.origin == "slotMeta")
        return _Decision(slot, entry.storage, entry.type, at, tuple(evidence), ())
    first = _strongest(numbers) or evidence[0]
    return _Decision(slot, "f64", _TYPES["number"], first.at, tuple(evidence), ())


def _strongest(evidence: list[Evidence]) -> Evidence | None:
    """Return the piece that names the decision: slotMeta, initial value, writer, then reader."""
    ranks = {"slotMeta": 0, "initialSlotValues": 1, "access": 3, "output": 4}
    return min(
        evidence, key=lambda e: 2 if e.writes and e.access else ranks[e.origin], default=None
    )


def _place(
    decided: list[_Decision], entries: Mapping[int, SlotMetaEntry]
) -> tuple[list[SlotMeta], list[IrrunError]]:
    """Give every slot an offset: the program's own where it still holds, else the next free one."""
    findings: list[IrrunError] = []
    kept: dict[int, int] = {}
    used: dict[Storage, set[int]] = {storage: set() for storage in STORAGES}
    for decision in decided:
        entry = entries.get(decision.slot)
        if entry is None or entry.storage != decision.storage:
            continue
        if entry.offset >= SLOT_OFFSET.value:
            error = OffsetTooLarge(
                slot=entry.slot,
                offset=entry.offset,
                storage=entry.storage,
                limit=SLOT_OFFSET.value - 1,
            )
            findings.append(error.at(path=_entry_path(decision.evidence), slot=entry.slot))
            continue
        kept[decision.slot] = entry.offset
        used[decision.storage].add(entry.offset)
    free = {storage: _free_offsets(taken) for storage, taken in used.items()}
    slots = []
    for d in decided:
        offset = kept[d.slot] if d.slot in kept else next(free[d.storage])
        own = entries.get(d.slot)
        moved = own is not None and own.offset != offset
        slots.append(
            SlotMeta(
                d.slot, d.storage, offset, d.type, d.source, own is not None, moved,
                d.evidence, d.against,
            )
        )  # fmt: skip
    return slots, findings


def _free_offsets(taken: set[int]) -> Iterator[int]:
    offset = 0
    while True:
        if offset not in taken:
            yield offset
        offset += 1


def _overridden(meta: SlotMeta, entry: SlotMetaEntry) -> IrrunError:
    warning = StorageOverridden(slot=meta.slot, declared=entry.storage, because=_because(meta))
    return warning.at(path=_entry_path(meta.evidence), slot=meta.slot)


def _entry_path(evidence: Sequence[Evidence]) -> str:
    """Return the JSON path of a slot's own entry."""
    return next((f"$.{e.at}" for e in evidence if e.origin == "slotMeta"), "$.slotMeta")


def _because(meta: SlotMeta) -> str:
    deciding = next((e for e in meta.evidence if e.at == meta.source), None)
    if deciding is None:
        return f"its type is {meta.type.text()}"
    verb = "writes" if deciding.writes else "reads"
    if deciding.origin == "initialSlotValues":
        return f"its initial value is a {deciding.expects}"
    return f"{deciding.at} {verb} a {deciding.expects} there"


def _overlaps(slots: list[SlotMeta]) -> Iterator[IrrunError]:
    """Yield an error for every two slots at one place."""
    owners: dict[tuple[Storage, int], int] = {}
    for meta in slots:
        first = owners.setdefault((meta.storage, meta.offset), meta.slot)
        if first != meta.slot:
            error = SlotsOverlap(
                first=first, second=meta.slot, storage=meta.storage, offset=meta.offset
            )
            yield error.at(path=_entry_path(meta.evidence), slot=meta.slot)
