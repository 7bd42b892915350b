"""Rules for buses: combination, silence, publishers."""

from collections.abc import Iterator
from typing import Any, Final

from irrun.errors import IrrunError
from irrun.errors.checks.tables import BusContradiction, BusNotInTable
from irrun.errors.checks.values import NanSortKey
from irrun.errors.expressions import (
    IdOutOfRange,
    MissingParameter,
    PublishersOutOfOrder,
    UnknownMode,
)
from irrun.errors.program import ConstantNotFound, ConstIndexOutOfPool
from irrun.evaluate.buses.combine import MODES, modes_of_bus
from irrun.evaluate.buses.events import EVENT_BUS, EVENT_MODES
from irrun.evaluate.buses.values import ordered, silent_value
from irrun.ir.expressions.events import BusCombineEvent
from irrun.ir.expressions.fields import BusCombineField
from irrun.ir.expressions.signals import BusCombineSignal
from irrun.program.checks.facts import Facts, weighed
from irrun.program.checks.rule import rule
from irrun.steps.kinds.bus_eval import BusEval
from irrun.steps.kinds.event_bus_eval import EventBusEval

BusStep = BusEval | EventBusEval


def bus_steps(facts: Facts) -> Iterator[tuple[int, BusStep]]:
    """Yield each step that evaluates a bus, with its index."""
    for i, step in enumerate(facts.program.steps):
        if isinstance(step, BusEval | EventBusEval):
            yield i, step


@rule(BusNotInTable)
def bus_indices(facts: Facts) -> Iterator[IrrunError]:
    """Every bus that is named is in the table; one warning for each bus that is not."""
    program = facts.program
    named: list[tuple[int, str]] = [
        (use.row, f"$.schedule.steps[{i}].{use.field}") for i, use in facts.uses.named("bus")
    ]
    tables: tuple[tuple[str, tuple[Any, ...], Any], ...] = (
        ("signalTable", program.signal_nodes, BusCombineSignal),
        ("fields", program.field_nodes, BusCombineField),
        ("eventTable", program.event_nodes, BusCombineEvent),
    )
    for table, nodes, cls in tables:
        named += [
            (node.bus_index, f"$.{table}.nodes[{i}].busIndex")
            for i, node in enumerate(nodes)
            if isinstance(node, cls)
        ]
    size = len(program.buses.buses)
    first: dict[int, str] = {}
    for index, path in named:
        if index >= size and first.setdefault(index, path) == path:
            warning = BusNotInTable(index=index, size=size)
            yield warning.at(path=path)


@rule(BusContradiction)
def bus_tables(facts: Facts) -> Iterator[IrrunError]:
    """A step combines its bus as the table says, and as the same type."""
    buses = facts.program.buses.buses
    for i, step in bus_steps(facts):
        if step.bus_index >= len(buses):
            continue
        bus, path = buses[step.bus_index], f"$.schedule.steps[{i}]"
        if step.combine.mode != bus.combine.mode:
            warning = BusContradiction(
                what="the mode", bus=bus.id, claimed=step.combine.mode, actual=bus.combine.mode
            )
            yield warning.at(path=f"{path}.combine.mode")
        if (step.bus_type.world, step.bus_type.domain) != (bus.type.world, bus.type.domain):
            warning = BusContradiction(
                what="the type", bus=bus.id, claimed=step.bus_type.text(), actual=bus.type.text()
            )
            yield warning.at(path=f"{path}.busType")


@rule(UnknownMode)
def bus_modes(facts: Facts) -> Iterator[IrrunError]:
    """Every bus combines in a way that its type allows; a silent one has nothing to combine."""
    for i, step in bus_steps(facts):
        error = _mode_error(step)
        if error is not None:
            certain = facts.is_executed and any(p.enabled for p in step.publishers)
            yield weighed(error.at(path=f"$.schedule.steps[{i}].combine.mode"), certain)
    for i, bus in enumerate(facts.program.buses.buses):
        if bus.combine.mode not in (*MODES, *EVENT_MODES):
            error = UnknownMode(mode=bus.combine.mode, place=f"bus {bus.id}")
            yield weighed(error.at(path=f"$.buses.buses[{i}].combine.mode"), False)


def _mode_error(step: BusStep) -> IrrunError | None:
    """Return what is wrong with a combine mode (ir-schema 8.2, runtime-semantics 8 and 9)."""
    mode, domain = step.combine.mode, step.bus_type.domain
    is_event = isinstance(step, EventBusEval)
    if mode in (EVENT_MODES if is_event else modes_of_bus(step.bus_type)):
        return None
    return UnknownMode(mode=mode, place=EVENT_BUS if is_event else f"a bus of {domain}")


@rule(ConstantNotFound, ConstIndexOutOfPool, MissingParameter)
def silent_values(facts: Facts) -> Iterator[IrrunError]:
    """The value of a silent bus is there; with a publisher that is enabled it is not needed."""
    constants = facts.program.constants
    for i, step in bus_steps(facts):
        if not isinstance(step, BusEval):
            continue
        certain = facts.is_executed and not any(p.enabled for p in step.publishers)
        for error in facts.asked(
            lambda s=step: silent_value(s.silent.kind, s.silent.const_id, s.bus_type, constants)
        ):
            yield weighed(error.at(path=f"$.schedule.steps[{i}].silent"), certain)


@rule(IdOutOfRange, NanSortKey, PublishersOutOfOrder)
def publishers(facts: Facts) -> Iterator[IrrunError]:
    """Publishers stand in the order in which they are combined, and their chains exist."""
    size = len(facts.program.chains)
    for i, step in bus_steps(facts):
        path = f"$.schedule.steps[{i}].publishers"
        for error in facts.asked(lambda s=step: ordered(s.publishers, facts.env)):
            field = error.where.field
            yield error.at(path=path if field is None else f"$.schedule.steps[{i}].{field}")
        for k, publisher in enumerate(step.publishers):
            if publisher.transform is not None and publisher.transform.chain_id >= size:
                error = IdOutOfRange(
                    what="chain",
                    id=publisher.transform.chain_id,
                    table="transforms.chains",
                    size=size,
                )
                certain = publisher.enabled and isinstance(step, BusEval) and facts.is_executed
                yield weighed(error.at(path=f"{path}[{k}].transform.chainId"), certain)


RULES: Final = (bus_indices, bus_tables, bus_modes, silent_values, publishers)
