"""What a program says about its slots, each piece with its origin (design.md section 5)."""

from collections.abc import Iterator
from typing import Any, Final, Literal

import msgspec

from irrun.ir.constants import is_number
from irrun.ir.types import TypeDesc
from irrun.ir.values import ValueClass, classify, value_from_document
from irrun.program.document import Output
from irrun.program.program import Program
from irrun.steps import Access, AnyStep

Origin = Literal["slotMeta", "initialSlotValues", "access", "output"]


class Evidence(msgspec.Struct, frozen=True):
    """One place of the program that mentions a slot."""

    slot: int
    origin: Origin
    at: str
    """Where: `step-mat-pos-0.materialization.domainSlot`, `slotMeta[3]`, `outputs[0].slot`."""
    expects: ValueClass
    wants: Literal["number", "object"] | None
    """Which sort of storage it speaks for, if for any."""
    step: int | None = None
    """Index of the step, for accesses."""
    access: Access | None = None
    initial: Any = None
    type: TypeDesc | None = None

    @property
    def writes(self) -> bool:
        """True if the value in the slot comes from here."""
        is_write = self.access is not None and self.access.mode == "write"
        return is_write or self.origin == "initialSlotValues"


def collect_evidence(program: Program) -> dict[int, list[Evidence]]:
    """Return all evidence by slot, in order: slotMeta, initial values, accesses, outputs."""
    by_slot: dict[int, list[Evidence]] = {}
    for evidence in _all_evidence(program):
        by_slot.setdefault(evidence.slot, []).append(evidence)
    return dict(sorted(by_slot.items()))


def _all_evidence(program: Program) -> Iterator[Evidence]:
    for i, entry in enumerate(program.slot_meta):
        wants: Literal["number", "object"] = "object" if entry.storage == "object" else "number"
        at = f"slotMeta[{i}]"
        yield Evidence(entry.slot, "slotMeta", at, "any", wants, type=entry.type)
    for slot, value in sorted(program.initial_slot_values.items()):
        yield _of_initial(slot, value)
    for index, step in enumerate(program.steps):
        for access in step.accesses(program):
            yield _of_access(index, step, access)
    for i, output in enumerate(program.outputs):
        yield _of_output(i, output)


def _of_initial(slot: int, document: Any) -> Evidence:
    value = value_from_document(document)
    found = classify(value)
    # A boolean is the number 1 or 0 where numbers are stored (runtime-semantics 0.4).
    is_numeric = is_number(value) or isinstance(value, bool)
    wants: Literal["number", "object"] = "number" if is_numeric else "object"
    at = f"initialSlotValues[{slot}]"
    return Evidence(slot, "initialSlotValues", at, found, wants, initial=value)


def _of_access(index: int, step: AnyStep, access: Access) -> Evidence:
    wants: Literal["number", "object"] | None = None
    if access.evidence and access.expects != "any":
        wants = "number" if access.expects == "number" else "object"
    at = f"{step.id} -> {access.field}" if access.hidden else f"{step.id}.{access.field}"
    return Evidence(access.slot, "access", at, access.expects, wants, index, access)


_OUTPUT_CLASSES: Final[dict[str, ValueClass]] = {"renderFrame": "frame"}


def _of_output(index: int, output: Output) -> Evidence:
    expects = _OUTPUT_CLASSES.get(output.kind, "any")
    wants: Literal["object"] | None = "object" if expects == "frame" else None
    return Evidence(output.slot, "output", f"outputs[{index}].slot", expects, wants)
