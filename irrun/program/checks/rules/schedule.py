"""Rules for the schedule: ids, dependencies, phases, hints."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from irrun.errors import IrrunError
from irrun.errors.checks.schedule import (
    DependencyCycle,
    DependencyIndexDiffers,
    DuplicateStepId,
    LateDependency,
    PhaseOrder,
    SelfDependency,
    TimeStepMisplaced,
    UnknownCacheName,
    UnknownDependency,
)
from irrun.errors.expressions import IdOutOfRange
from irrun.evaluate.graphs import find_cycles
from irrun.program.checks.facts import Facts, listed, weighed
from irrun.program.checks.rule import rule
from irrun.program.document import DependencyIndex
from irrun.program.layout.dependencies import derive_dependencies
from irrun.steps.base import BusDep, CacheKey, SlotDep, StateCellDep, UntilInvalidatedCache
from irrun.steps.kinds.bus_eval import BusEval
from irrun.steps.kinds.event_bus_eval import EventBusEval
from irrun.steps.kinds.materialize import Materialize
from irrun.steps.kinds.node_eval import NodeEval
from irrun.steps.kinds.signal_eval import SignalEval
from irrun.steps.kinds.time_derive import TimeDerive


@rule(DuplicateStepId)
def step_ids(facts: Facts) -> Iterator[IrrunError]:
    """Steps have different ids."""
    for i, step in enumerate(facts.program.steps):
        first = facts.positions[step.id]
        if first != i:
            warning = DuplicateStepId(first=first, second=i, step_id=step.id)
            yield warning.at(path=f"$.schedule.steps[{i}].id")


@rule(IdOutOfRange)
def signals_of_steps(facts: Facts) -> Iterator[IrrunError]:
    """Every signal that a step evaluates exists."""
    size = len(facts.program.signal_nodes)
    for i, step in enumerate(facts.program.steps):
        for k, output in enumerate(step.outputs if isinstance(step, SignalEval) else ()):
            if output.sig_id >= size:
                error = IdOutOfRange(
                    what="signal", id=output.sig_id, table="signalTable.nodes", size=size
                )
                path = f"$.schedule.steps[{i}].outputs[{k}].sigId"
                yield weighed(error.at(path=path), facts.is_executed)


@rule(LateDependency, SelfDependency, UnknownDependency)
def dependencies(facts: Facts) -> Iterator[IrrunError]:
    """Every dependency is a step that comes earlier."""
    for i, step in enumerate(facts.program.steps):
        for k, name in enumerate(step.deps):
            path, at = f"$.schedule.steps[{i}].deps[{k}]", facts.positions.get(name)
            own = facts.step_name(i)
            if name == step.id:
                yield SelfDependency(step_id=own).at(path=path)
            elif at is None:
                yield UnknownDependency(step_id=own, dependency=name).at(path=path)
            elif at > i:
                other = facts.step_name(at)
                yield LateDependency(step_id=own, dependency=other).at(path=path)


@rule(DependencyCycle)
def dependency_cycles(facts: Facts) -> Iterator[IrrunError]:
    """No step needs itself through others: by its deps, or by the slots that it reads."""
    steps = facts.program.steps
    edges: list[list[int]] = [
        [at for name in step.deps if (at := facts.positions.get(name)) not in (None, i)]
        for i, step in enumerate(steps)
    ]
    for writer, reader, _ in data_pairs(facts):
        edges[reader].append(writer)
    for ring in find_cycles(len(steps), lambda i: edges[i]):
        names = [facts.step_name(i) for i in ring]
        shown = names if len(names) <= 12 else [*names[:10], "...", names[-1]]
        warning = DependencyCycle(cycle=" -> ".join(shown))
        yield warning.at(path=f"$.schedule.steps[{ring[0]}]")


def data_pairs(facts: Facts) -> Iterator[tuple[int, int, int]]:
    """Yield (writer, reader, slot) for every slot that a step reads and another step writes.

    A slot with an initial value is left out: a reader before the writer may want just that.
    """
    for slot, touches in facts.touches.items():
        if facts.layout.flow[slot].has_initial:
            continue
        writer = next((t.step for t in touches if t.access.mode == "write"), None)
        if writer is None:
            continue
        readers = (t.step for t in touches if t.access.mode == "read" and not t.access.weak)
        for reader in dict.fromkeys(readers):
            if reader != writer:
                yield writer, reader, slot


@rule(TimeStepMisplaced)
def time_step(facts: Facts) -> Iterator[IrrunError]:
    """The schedule starts with its only timeDerive step."""
    found = [i for i, step in enumerate(facts.program.steps) if isinstance(step, TimeDerive)]
    if not found:
        detail = "the schedule has no timeDerive step"
        yield TimeStepMisplaced(detail=detail).at(path="$.schedule.steps")
    elif len(found) > 1:
        names = listed(facts.step_name(i) for i in found)
        detail = f"the schedule has {len(found)} timeDerive steps: {names}"
        yield TimeStepMisplaced(detail=detail).at(path=f"$.schedule.steps[{found[1]}]")
    elif found[0] != 0:
        detail = f"timeDerive step {facts.step_name(found[0])} is not the first step"
        yield TimeStepMisplaced(detail=detail).at(path=f"$.schedule.steps[{found[0]}]")


@rule(PhaseOrder)
def phases(facts: Facts) -> Iterator[IrrunError]:
    """Node steps of phase preBus come before the bus steps, the others after them."""
    steps = facts.program.steps
    buses = [i for i, step in enumerate(steps) if isinstance(step, BusEval | EventBusEval)]
    if not buses:
        return
    first, last = buses[0], buses[-1]
    for i, step in enumerate(steps):
        if not isinstance(step, NodeEval):
            continue
        place = ""
        if step.phase == "preBus" and i > first:
            place = f"after the bus step {facts.step_name(first)}"
        elif step.phase != "preBus" and i < last:
            place = f"before the bus step {facts.step_name(last)}"
        if place:
            warning = PhaseOrder(step_id=facts.step_name(i), phase=step.phase, place=place)
            yield warning.at(path=f"$.schedule.steps[{i}].phase")


# --- Hints ----------------------------------------------------------------------------------


@rule(UnknownCacheName)
def caching(facts: Facts) -> Iterator[IrrunError]:
    """Caching hints are about steps, materializations, slots, buses and cells that exist."""
    program = facts.program
    hints = program.schedule.caching
    materializations = {
        step.materialization.id for step in program.steps if isinstance(step, Materialize)
    }
    tables: tuple[tuple[str, Mapping[str, CacheKey], Iterable[str], str], ...] = (
        ("stepCache", hints.step_cache, facts.positions, "the step"),
        (
            "materializationCache",
            hints.materialization_cache,
            materializations,
            "the materialization",
        ),
    )
    for table, entries, known, what in tables:
        for name, key in entries.items():
            path = f"$.schedule.caching.{table}"
            if name not in known:
                yield UnknownCacheName(what=what, name=name).at(path=path)
            yield from _cache_key(facts, key, path)
    for i, step in enumerate(program.steps):
        if step.cache_key is not None:
            yield from _cache_key(facts, step.cache_key, f"$.schedule.steps[{i}].cacheKey")


def _cache_key(facts: Facts, key: CacheKey, path: str) -> Iterator[IrrunError]:
    """Yield a warning for each dependency of a cache key that the program does not have."""
    if not isinstance(key, UntilInvalidatedCache):
        return
    for dep in key.deps:
        unknown: tuple[str, Any] | None = None
        match dep:
            case SlotDep(slot=slot) if slot not in facts.layout.by_slot:
                unknown = ("the slot", slot)
            case BusDep(bus_index=index) if index not in facts.bus_indices:
                unknown = ("the bus", index)
            case StateCellDep(state_id=state_id) if str(state_id) not in facts.state_ids:
                unknown = ("the state cell", state_id)
        if unknown is not None:
            yield UnknownCacheName(what=unknown[0], name=unknown[1]).at(path=path)


@rule(DependencyIndexDiffers)
def dependency_index(facts: Facts) -> Iterator[IrrunError]:
    """`schedule.deps` says what the steps say; what it leaves out is not computed."""
    claimed = facts.program.schedule.deps
    if not any(getattr(claimed, name) for name in claimed.__struct_fields__):
        return
    actual = derive_dependencies(facts.program, facts.layout)
    for name, wire, key_text in _INDEX_TABLES:
        told: Mapping[Any, Any] = getattr(claimed, name) or {}
        true: Mapping[Any, Any] = getattr(actual, name) or {}
        for key, value in told.items():
            if _as_set(value) != _as_set(true.get(key)):
                warning = DependencyIndexDiffers(
                    table=f"deps.{wire}",
                    claimed=_text(value),
                    key=f"{key_text} {key}",
                    actual=_text(true.get(key)),
                )
                yield warning.at(path=f"$.schedule.deps.{wire}")


_INDEX_TABLES: Final = (
    ("slot_producer_step", "slotProducerStep", "slot"),
    ("slot_consumers", "slotConsumers", "slot"),
    ("bus_depends_on_slots", "busDependsOnSlots", "bus"),
    ("bus_provides_slot", "busProvidesSlot", "bus"),
    ("expr_depends_on_expr", "exprDependsOnExpr", "field"),
    ("expr_depends_on_slots", "exprDependsOnSlots", "field"),
)
assert {name for name, _, _ in _INDEX_TABLES} == set(DependencyIndex.__struct_fields__)


def _as_set(value: Any) -> frozenset[Any]:
    if value is None:
        return frozenset()
    return frozenset(value) if isinstance(value, tuple) else frozenset({value})


def _text(value: Any) -> str:
    items = () if value is None else value if isinstance(value, tuple) else (value,)
    return listed(items) or "nothing"


RULES: Final = (
    step_ids,
    signals_of_steps,
    dependencies,
    dependency_cycles,
    time_step,
    phases,
    caching,
    dependency_index,
)
