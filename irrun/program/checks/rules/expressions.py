"""Rules for signals, fields and events: ids, cycles, types, functions."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, cast

from irrun.errors import IrrunError
from irrun.errors.expressions import (
    BadHexDigit,
    BadOperand,
    ClosureNotRunnable,
    IdOutOfRange,
    KernelNotRunnable,
    MissingParameter,
    NullConstant,
    OpcodeNotAllowed,
    SignalCycle,
    StateNotFound,
    StateOffsetContradiction,
    StateOutOfRange,
    UnknownMode,
    UnusableConstant,
)
from irrun.errors.fields import BadParameter, FieldCycle, UnsupportedField, member_at_fault
from irrun.errors.program import ConstantNotFound, ConstIndexOutOfPool
from irrun.evaluate.buses.combine import MODES
from irrun.evaluate.buses.events import EVENT_MODES
from irrun.evaluate.fields.chains import FieldChains
from irrun.evaluate.fields.nodes import FieldCompiler
from irrun.evaluate.fields.ops import needed_fields
from irrun.evaluate.frame_cache import FrameCache
from irrun.evaluate.graphs import cycle_text, find_cycles
from irrun.evaluate.held import Held
from irrun.evaluate.operations.opcodes import opcode_in
from irrun.evaluate.operations.transforms import ChainRunner
from irrun.evaluate.signals.evaluator import SignalEvaluator
from irrun.evaluate.signals.nodes import SignalCompiler, clamp_bounds, needed_operands
from irrun.ir.expressions.events import BusCombineEvent, FilterEvent, MapEvent
from irrun.ir.expressions.fields import (
    BroadcastField,
    BusCombineField,
    TransformField,
)
from irrun.ir.expressions.functions import KernelFn, OpcodeFn
from irrun.ir.expressions.signals import (
    BusCombineSignal,
    TransformSignal,
    ZipSignal,
)
from irrun.program.checks.facts import Facts, weighed
from irrun.program.checks.rule import rule

# --- Ids ------------------------------------------------------------------------------------


def dangling(
    nodes: Sequence[Any], what: str, table: str, certain: Callable[[int, int], bool]
) -> Iterator[IrrunError]:
    """Yield an error for each operand beyond the table, at the field that names it.

    `certain` tells of a node and an operand whether every frame needs the one for the other.
    """
    for i, node in enumerate(nodes):
        for operand in node.operands:
            if operand >= len(nodes):
                error = IdOutOfRange(what=what, id=operand, table=table, size=len(nodes))
                place = f"$.{table}[{i}]{_field_naming(node, operand)}"
                yield weighed(error.at(path=place), certain(i, operand))


def _field_naming(node: Any, operand: int) -> str:
    """Return the wire path, within a node, of the field that names an operand."""
    for name in ("src", "a", "b", "cond", "t", "f", "input"):
        if getattr(node, name, None) == operand:
            return f".{name}"
    for name, wire in (("terms", "terms"), ("sources", "sources"), ("input_slots", "inputSlots")):
        listed = getattr(node, name, ())
        if operand in listed:
            return f".{wire}[{listed.index(operand)}]"
    return ".params.trigger"


@rule(IdOutOfRange)
def dangling_ids(facts: Facts) -> Iterator[IrrunError]:
    """Every operand exists."""
    program = facts.program
    nodes, signals, fields = program.signal_nodes, facts.certain_signals, facts.certain_fields

    def is_needed(i: int, operand: int) -> bool:
        return i in signals and operand in needed_operands(nodes, i)

    yield from dangling(nodes, "signal", "signalTable.nodes", is_needed)
    yield from dangling(
        program.field_nodes,
        "field",
        "fields.nodes",
        lambda i, operand: i in fields and operand in needed_fields(program.field_nodes[i]),
    )
    yield from dangling(program.event_nodes, "event", "eventTable.nodes", lambda i, _: False)


@rule(IdOutOfRange)
def dangling_signals_of_fields(facts: Facts) -> Iterator[IrrunError]:
    """Every signal that a field asks for exists."""
    size = len(facts.program.signal_nodes)
    for i, node in enumerate(facts.program.field_nodes):
        for signal in node.signals:
            if signal >= size:
                error = IdOutOfRange(what="signal", id=signal, table="signalTable.nodes", size=size)
                name = "sig" if isinstance(node, BroadcastField) else "params"
                error.at(path=f"$.fields.nodes[{i}].{name}")
                yield weighed(error, i in facts.certain_fields)


@rule(IdOutOfRange)
def dangling_chains(facts: Facts) -> Iterator[IrrunError]:
    """Every chain that an expression goes through exists."""
    program = facts.program
    size = len(program.chains)
    tables = (
        ("signalTable", program.signal_nodes, TransformSignal, facts.certain_signals),
        ("fields", program.field_nodes, TransformField, facts.certain_fields),
    )
    for table, nodes, cls, certain in tables:
        for i, node in enumerate(nodes):
            if isinstance(node, cls) and node.chain >= size:
                error = IdOutOfRange(
                    what="chain", id=node.chain, table="transforms.chains", size=size
                )
                yield weighed(error.at(path=f"$.{table}.nodes[{i}].chain"), i in certain)


# --- Cycles ---------------------------------------------------------------------------------


@rule(SignalCycle)
def signal_cycles(facts: Facts) -> Iterator[IrrunError]:
    """No signal needs itself."""
    nodes = facts.program.signal_nodes
    for ring in find_cycles(len(nodes), lambda i: nodes[i].operands):
        pairs = pairwise(ring)
        certain = ring[0] in facts.certain_signals and all(
            b in needed_operands(nodes, a) for a, b in pairs
        )
        error = SignalCycle(cycle=cycle_text(ring))
        yield weighed(error.at(path=f"$.signalTable.nodes[{ring[0]}]"), certain)


@rule(FieldCycle, SignalCycle)
def other_cycles(facts: Facts) -> Iterator[IrrunError]:
    """No field and no event needs itself."""
    fields, events = facts.program.field_nodes, facts.program.event_nodes
    for ring in find_cycles(len(fields), lambda i: fields[i].operands):
        certain = ring[0] in facts.certain_fields and all(
            b in needed_fields(fields[a]) for a, b in pairwise(ring)
        )
        error: IrrunError = FieldCycle(cycle=cycle_text(ring))
        yield weighed(error.at(path=f"$.fields.nodes[{ring[0]}]"), certain)
    for ring in find_cycles(len(events), lambda i: events[i].operands):
        error = SignalCycle(cycle=cycle_text(ring))
        yield weighed(error.at(path=f"$.eventTable.nodes[{ring[0]}]"), False)


# --- What a node computes -------------------------------------------------------------------


@rule(
    BadHexDigit,
    BadParameter,
    ClosureNotRunnable,
    ConstantNotFound,
    ConstIndexOutOfPool,
    KernelNotRunnable,
    MissingParameter,
    NullConstant,
    OpcodeNotAllowed,
    StateNotFound,
    StateOffsetContradiction,
    StateOutOfRange,
    UnusableConstant,
)
def signal_functions(facts: Facts) -> Iterator[IrrunError]:
    """Every signal can be computed: made by the very code that makes it for a run."""
    program = facts.program
    nodes = program.signal_nodes
    chains = ChainRunner(program, facts.finder, facts.env)
    compiler = SignalCompiler(
        program, facts.finder, chains, FrameCache(program, Held()), facts.env, lambda i: None
    )
    bounds = _only_bounds(facts)
    for i, node in enumerate(nodes):
        if isinstance(node, TransformSignal) or (i in bounds and i not in facts.certain_signals):
            continue  # chains have rules of their own; a pair of bounds is no clamp itself
        for error in facts.asked(lambda i=i: compiler.compile(i)):
            path = f"$.signalTable.nodes[{i}]"
            yield weighed(error.at(path=path), i in facts.certain_signals)


def _only_bounds(facts: Facts) -> set[int]:
    """Return the signals that only hold the bounds of a clamp (runtime-semantics 6.5).

    The bounds of one clamp may be wanted as a number by another: then they are computed.
    """
    nodes = facts.program.signal_nodes
    inner: set[int] = set()
    wanted = set(facts.signals_of(range(len(facts.program.field_nodes))))
    for i, node in enumerate(nodes):
        if isinstance(node, ZipSignal) and clamp_bounds(nodes, node) is not None:
            inner.add(node.b)
            wanted.update(needed_operands(nodes, i))
        else:
            wanted.update(node.operands)
    return inner - wanted


@rule(UnknownMode)
def combine_modes(facts: Facts) -> Iterator[IrrunError]:
    """Every mode means something where it stands; with one term or none it has no effect."""
    program = facts.program
    for i, node in enumerate(program.signal_nodes):
        if isinstance(node, BusCombineSignal) and node.combine.mode not in MODES:
            error = UnknownMode(mode=node.combine.mode, place="a bus of signals")
            certain = i in facts.certain_signals and len(node.terms) > 1
            yield weighed(error.at(path=f"$.signalTable.nodes[{i}].combine.mode"), certain)
    for i, field in enumerate(program.field_nodes):
        if isinstance(field, BusCombineField) and field.combine.mode not in MODES:
            error = UnknownMode(mode=field.combine.mode, place="a bus of fields")
            certain = i in facts.certain_fields and bool(field.terms)
            yield weighed(error.at(path=f"$.fields.nodes[{i}].combine.mode"), certain)
    for i, event in enumerate(program.event_nodes):
        if isinstance(event, BusCombineEvent) and event.combine.mode not in EVENT_MODES:
            error = UnknownMode(mode=event.combine.mode, place="a bus of events")
            yield weighed(error.at(path=f"$.eventTable.nodes[{i}].combine.mode"), False)


@rule(
    BadOperand,
    BadParameter,
    KernelNotRunnable,
    MissingParameter,
    OpcodeNotAllowed,
    UnsupportedField,
)
def field_functions(facts: Facts) -> Iterator[IrrunError]:
    """Every field can be computed: made by the very code that makes it for a run."""
    program = facts.program
    chains = FieldChains(program, facts.finder, facts.env)
    compiler = FieldCompiler(program, cast(SignalEvaluator, None), chains, facts.env)
    for i in range(len(program.field_nodes)):
        for error in facts.asked(lambda i=i: compiler.compile(i)):
            path = f"$.fields.nodes[{i}]{member_at_fault(error)}"
            yield weighed(error.at(path=path), i in facts.certain_fields)


@rule(KernelNotRunnable, OpcodeNotAllowed)
def event_functions(facts: Facts) -> Iterator[IrrunError]:
    """Every function of an event exists; no step evaluates events, so this is a warning."""
    for i, node in enumerate(facts.program.event_nodes):
        if isinstance(node, MapEvent | FilterEvent):
            name = "fn" if isinstance(node, MapEvent) else "predicate"
            fn = node.fn if isinstance(node, MapEvent) else node.predicate
            for error in facts.asked(lambda fn=fn: _event_function(fn)):
                yield weighed(error.at(path=f"$.eventTable.nodes[{i}].{name}"), False)


def _event_function(fn: OpcodeFn | KernelFn) -> None:
    if isinstance(fn, KernelFn):
        raise KernelNotRunnable(kernel=fn.kernel_id, place="a function of events", reason="")
    opcode_in(fn.opcode, "Sm")


RULES: Final = (
    dangling_ids,
    dangling_signals_of_fields,
    dangling_chains,
    signal_cycles,
    other_cycles,
    signal_functions,
    combine_modes,
    field_functions,
    event_functions,
)
