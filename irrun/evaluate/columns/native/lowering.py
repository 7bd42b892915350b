"""The part of a plan that C carries out: instructions on registers (`irrun/native/plan/plan.h`).

What is known there by name, and works on columns of numbers or on masks, becomes an instruction;
all else stays as it is. Instructions that can follow each other are one stage. Registers that
nothing else looks at are scratch, and used again when their last reader is done.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from irrun.evaluate.columns.execute import Carried
from irrun.evaluate.columns.native.instructions import COMBINED, InstructionWriter
from irrun.evaluate.columns.native.stage import DELAYS, NativeStage
from irrun.evaluate.columns.plan import Group, Operation, Stage
from irrun.numerics import native

_FEW: Final = 3
"""So few operations take no longer one by one, unless they have to go frame by frame."""


def lowered(
    stages: Sequence[Stage], constants: Mapping[int, Any], seen: Iterable[int]
) -> tuple[Carried, ...]:
    """Return a plan in which C does what it knows.

    Args:
        stages: The plan, in an order in which it can be carried out.
        constants: Values of the registers that never change, by number.
        seen: The registers that somebody looks at when the block is done.
    """
    rounds = _rounds(stages, constants)
    read_in = _rounds_of_readers(stages, rounds)
    kept = set(seen)
    found: list[Carried] = []
    order = sorted(range(len(stages)), key=rounds.__getitem__)  # exact: whole numbers
    for turn, places in groupby(order, key=rounds.__getitem__):
        members = [stages[place] for place in places]
        if turn % 2 or not _is_worth_it(members):
            found += members
            continue
        inside = {o.output.number for stage in members for o in operations_of(stage)}
        wanted = {n for n in inside if n in kept or read_in.get(n, {turn}) != {turn}}
        writer = InstructionWriter(constants)
        for stage in members:
            writer.write(operations_of(stage), is_circle=isinstance(stage, Group))
        found.append(NativeStage(writer.written(), wanted))
    return tuple(found)


def operations_of(stage: Stage) -> Sequence[Operation]:
    """Return the operations of a stage."""
    return stage.operations if isinstance(stage, Group) else (stage,)


def _rounds(stages: Sequence[Stage], constants: Mapping[int, Any]) -> list[int]:
    """Return when each stage is carried out: C in even rounds, all else in odd ones."""
    made_in: dict[int, int] = {}
    rounds: list[int] = []
    for stage in stages:
        operations = operations_of(stage)
        parity = 0 if all(_is_known(operation, constants) for operation in operations) else 1
        needed = [made_in.get(r.number, 0) for o in operations for r in o.needs]
        turn = max(needed, default=0)  # exact: whole numbers
        turn += (turn - parity) % 2
        rounds.append(turn)
        made_in.update((o.output.number, turn) for o in operations)
    return rounds


def _rounds_of_readers(stages: Sequence[Stage], rounds: Sequence[int]) -> dict[int, set[int]]:
    """Return in which rounds each register is read."""
    found: dict[int, set[int]] = {}
    for stage, turn in zip(stages, rounds, strict=True):
        for operation in operations_of(stage):
            for register in operation.needs:
                found.setdefault(register.number, set()).add(turn)
    return found


def _is_worth_it(stages: Sequence[Stage]) -> bool:
    return len(stages) > _FEW or any(
        isinstance(stage, Group) or stage.memory is not None for stage in stages
    )


def _is_known(operation: Operation, constants: Mapping[int, Any]) -> bool:
    """True if there is an instruction for an operation, on registers such as it takes."""
    registers = (*operation.needs, operation.output)
    if any(r.shape != () or r.kind == "object" for r in registers):
        return False
    if any(r.kind == "mask" and r.number in constants for r in registers):
        return False
    if operation.steps_back:
        return operation.output.kind == "column"
    memory = operation.memory
    if memory is not None:
        known = operation.name in native.moves() or operation.name in DELAYS
        return known and memory.column is not None
    name = native.name_of(operation.column)
    kernel = native.kernels().get(name)
    if kernel is not None:
        return set(kernel.operands) == {"d"} and (kernel.result, kernel.width) == ("d", 1)
    return name in native.moves() or name in COMBINED
