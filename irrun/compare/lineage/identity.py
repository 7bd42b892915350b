"""What a step, a slot or a state cell is called, whatever its number."""

from collections import Counter
from typing import Any

import msgspec

from irrun.compare.lineage.plain import plain
from irrun.compare.output.names import numbered
from irrun.program.program import Program
from irrun.steps.kinds.signal_eval import SignalEval


class SlotUse(msgspec.Struct):
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
    readers: list[str] = msgspec.field(default_factory=list)
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
    return tuple(numbered(step.id for step in program.steps))


def cell_names(program: Program) -> tuple[str, ...]:
    """Return each state cell's stable key; of several with one key, with the storage."""
    cells = program.state_layout.cells
    counts = Counter(cell.stable_key for cell in cells)
    names = (
        cell.stable_key if counts[cell.stable_key] == 1 else f"{cell.stable_key} ({cell.storage})"
        for cell in cells
    )
    return tuple(numbered(names))


def slot_names(program: Program) -> dict[int, str]:
    """Return the name of every slot: its first producer, such as `s-sig.outputs[0].slot`.

    A slot that only has an initial value is `initial value 8`, any other `slot 8`.
    """
    return names_of(slot_uses(program))


def names_of(uses: Uses) -> dict[int, str]:
    """Return the name of every slot, given what is said of each."""
    return dict(zip(uses, numbered(use.name for use in uses.values()), strict=True))


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
                part = f"hidden[{i}]" if access.hidden else access.field
                use.readers.append(f"{name}.{part}")
    for output in program.outputs:
        uses.setdefault(output.slot, SlotUse(output.slot)).readers.append(f"output {output.id}")
    return dict(sorted(uses.items()))
