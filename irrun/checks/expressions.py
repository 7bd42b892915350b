"""Rules for signals, fields and events: ids, cycles, types, functions."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from irrun.checks.facts import Facts, weighed
from irrun.checks.rules import rule
from irrun.errors import IrrunError
from irrun.errors.checks import ExpressionCycle, OperandTypeMismatch
from irrun.errors.program import ConstantNotFound, ConstIndexOutOfPool
from irrun.errors.running import (
    BadHexDigit,
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
from irrun.evaluate.combine import ARITHMETIC, CHOICES
from irrun.evaluate.opcodes import OPCODES, Opcode, Place, opcode_in
from irrun.evaluate.signal_nodes import SignalCompiler, clamp_bounds, needed_operands
from irrun.evaluate.transforms import ChainRunner
from irrun.ir.events import BusCombineEvent, FilterEvent, MapEvent
from irrun.ir.fields import (
    BroadcastField,
    BusCombineField,
    MapField,
    SelectField,
    TransformField,
    ZipField,
)
from irrun.ir.functions import KernelFn, OpcodeFn
from irrun.ir.signals import (
    BusCombineSignal,
    MapSignal,
    SelectSignal,
    StatefulSignal,
    TransformSignal,
    ZipSignal,
)
from irrun.ir.types import NUMERIC_DOMAINS, TypeDesc
from irrun.program.program import Program

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
    yield from dangling(program.field_nodes, "field", "fields.nodes", lambda i, _: i in fields)
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


def find_cycles(size: int, operands: Callable[[int], Sequence[int]]) -> Iterator[list[int]]:
    """Yield cycles of a graph that have no node in common, each as its nodes, the first repeated.

    Takes time in proportion to nodes and edges, and no recursion.
    """
    new, open_, done = 0, 1, 2
    state = [new] * size
    in_cycle: set[int] = set()
    for root in range(size):
        if state[root] != new:
            continue
        stack, cursors = [root], [0]
        state[root] = open_
        while stack:
            current, at = stack[-1], cursors[-1]
            edges = operands(current)
            if at == len(edges):
                state[current] = done
                stack.pop()
                cursors.pop()
                continue
            cursors[-1] += 1
            target = edges[at]
            if target >= size or state[target] == done:
                continue
            if state[target] == new:
                state[target] = open_
                stack.append(target)
                cursors.append(0)
            elif target not in in_cycle:
                ring = _ring(stack, target, in_cycle)
                if ring:
                    yield [*ring, target]


def _ring(stack: Sequence[int], target: int, in_cycle: set[int]) -> list[int]:
    """Return the way from a node on the stack to its top; nothing if a known cycle is on it."""
    walked: list[int] = []
    for node in reversed(stack):
        if node in in_cycle:
            in_cycle.update(walked)
            return []
        walked.append(node)
        if node == target:
            break
    in_cycle.update(walked)
    return walked[::-1]


def cycle_text(ring: Sequence[int]) -> str:
    """Return a cycle as text, as a run does."""
    shown = [str(i) for i in ring]
    return " -> ".join(shown if len(ring) <= 12 else [*shown[:10], "...", shown[-1]])


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


@rule(ExpressionCycle)
def other_cycles(facts: Facts) -> Iterator[IrrunError]:
    """No field and no event needs itself."""
    program = facts.program
    fields, events = program.field_nodes, program.event_nodes
    for ring in find_cycles(len(fields), lambda i: fields[i].operands):
        error = ExpressionCycle(table="fields", cycle=cycle_text(ring))
        certain = ring[0] in facts.certain_fields
        yield weighed(error.at(path=f"$.fields.nodes[{ring[0]}]"), certain)
    for ring in find_cycles(len(events), lambda i: events[i].operands):
        error = ExpressionCycle(table="events", cycle=cycle_text(ring))
        yield weighed(error.at(path=f"$.eventTable.nodes[{ring[0]}]"), False)


# --- What a node computes -------------------------------------------------------------------


class _NoMemo:
    """A frame cache without a frame: functions are made, never called."""

    def __init__(self, size: int) -> None:
        self.frame_id = 1
        self.signal_stamps = [0] * size
        self.signal_values: list[Any] = [None] * size


@rule(
    BadHexDigit,
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
        program, facts.finder, chains, _NoMemo(len(nodes)), facts.env, lambda i: None
    )
    inner = _inner_clamps(program)
    for i, node in enumerate(nodes):
        if isinstance(node, TransformSignal) or (i in inner and i not in facts.certain_signals):
            continue  # chains have rules of their own; a pair of bounds is no clamp itself
        for error in facts.asked(lambda i=i: compiler.compile(i)):
            path = f"$.signalTable.nodes[{i}]"
            yield weighed(error.at(path=path), i in facts.certain_signals)


def _inner_clamps(program: Program) -> set[int]:
    """Return the signals that only hold the bounds of a clamp (runtime-semantics 6.5)."""
    nodes = program.signal_nodes
    return {
        node.b
        for node in nodes
        if isinstance(node, ZipSignal) and clamp_bounds(nodes, node) is not None
    }


_EVENT_MODES: Final = ("merge", "first", "last", "sum")


@rule(UnknownMode)
def combine_modes(facts: Facts) -> Iterator[IrrunError]:
    """Every mode means something where it stands; with one term or none it has no effect."""
    known = (*ARITHMETIC, *CHOICES)
    program = facts.program
    for i, node in enumerate(program.signal_nodes):
        if isinstance(node, BusCombineSignal) and node.combine.mode not in known:
            error = UnknownMode(mode=node.combine.mode, place="a bus of signals")
            certain = i in facts.certain_signals and len(node.terms) > 1
            yield weighed(error.at(path=f"$.signalTable.nodes[{i}].combine.mode"), certain)
    for i, field in enumerate(program.field_nodes):
        if isinstance(field, BusCombineField) and field.combine.mode not in known:
            error = UnknownMode(mode=field.combine.mode, place="a bus of fields")
            certain = i in facts.certain_fields and bool(field.terms)
            yield weighed(error.at(path=f"$.fields.nodes[{i}].combine.mode"), certain)
    for i, event in enumerate(program.event_nodes):
        if isinstance(event, BusCombineEvent) and event.combine.mode not in _EVENT_MODES:
            error = UnknownMode(mode=event.combine.mode, place="a bus of events")
            yield weighed(error.at(path=f"$.eventTable.nodes[{i}].combine.mode"), False)


FIELD_KERNELS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        ("identity", "neg", "negate", "abs", "floor", "ceil", "round", "sin", "cos", "tanh",
         "sqrt", "exp", "log", "smoothstep", "scale", "offset", "clamp", "hash01ById"),
        (),
    ),
    "zipSignal": ("signal", "op"),
    "vec2Rotate": ("centerX", "centerY", "angle"),
    "vec2Scale": ("centerX", "centerY", "scaleX", "scaleY"),
    "vec2Translate": ("offsetX", "offsetY"),
    "vec2Reflect": ("centerX", "centerY"),
    "jitterVec2": ("phase", "amount", "frequency"),
}  # fmt: skip
"""Functions that a field map may name by text, and the parameters that have no default (10.5)."""


@rule(KernelNotRunnable, MissingParameter, OpcodeNotAllowed)
def field_functions(facts: Facts) -> Iterator[IrrunError]:
    """Every function of a field map or zip can run there, with its parameters."""
    for i, node in enumerate(facts.program.field_nodes):
        if not isinstance(node, MapField | ZipField):
            continue
        for error in facts.asked(lambda node=node: _field_function(node)):
            name = "params" if isinstance(error, MissingParameter) else "fn"
            path = f"$.fields.nodes[{i}].{name}"
            yield weighed(error.at(path=path), i in facts.certain_fields)


def _field_function(node: MapField | ZipField) -> None:
    """Raise what keeps a field's function from running."""
    if isinstance(node.fn, OpcodeFn):
        place: Place = "Fm"
        if isinstance(node, ZipField):
            place = "Fz" if node.type.domain in NUMERIC_DOMAINS else "Vz"
        opcode_in(node.fn.opcode, place)
        return
    kernel = node.fn.kernel_id
    needed = FIELD_KERNELS.get(kernel.removeprefix("map_"))
    if isinstance(node, ZipField) or needed is None:
        raise KernelNotRunnable(kernel=kernel, place="a function of fields", reason="")
    for name in needed:
        if name not in (node.params or {}):
            raise MissingParameter(what=f"the kernel `{kernel}`", name=name)


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


# --- Types ----------------------------------------------------------------------------------


def sort_of(type_desc: TypeDesc | str) -> str:
    """Return what a declared type is to functions: `number`, or the domain; `any` for unknown."""
    domain = type_desc if isinstance(type_desc, str) else type_desc.domain
    if domain in NUMERIC_DOMAINS:
        return "number"
    return "any" if domain in ("unknown", "any") else domain.removeprefix("field ")


def fits(wanted: str, got: str) -> bool:
    """True if a value of one sort can stand where another is wanted."""
    return "any" in (wanted, got) or wanted == got


class _Typing:
    """Compares the declared types of the nodes of one table."""

    def __init__(self, nodes: Sequence[Any], what: str, table: str) -> None:
        self._nodes = nodes
        self._what = what
        self._table = table

    def takes(self, i: int, operand: int | None, wanted: str, field: str) -> Iterator[IrrunError]:
        """Yield a warning if an operand of a node is declared to be something else."""
        if operand is None or operand >= len(self._nodes):
            return
        declared = self._nodes[operand].type
        if not fits(wanted, sort_of(declared)):
            name = f"{self._what} {operand}"
            yield self.mismatch(i, _with_article(wanted), name, declared.domain, field)

    def mismatch(self, i: int, wanted: str, operand: str, got: str, field: str) -> IrrunError:
        """Return the warning for one node."""
        owner = f"{self._what} {i}"
        error = OperandTypeMismatch(owner=owner, wanted=wanted, operand=operand, got=got)
        return error.at(path=f"$.{self._table}.nodes[{i}].{field}")

    def yields(self, i: int, result: str) -> Iterator[IrrunError]:
        """Yield a warning if a node is declared to be something else than it yields."""
        declared = sort_of(self._nodes[i].type)
        if not fits(result, declared):
            owner = f"{self._what} {i}"
            error = OperandTypeMismatch(
                owner=f"the declaration of {owner}", wanted=_with_article(declared),
                operand="its function", got=result,
            )  # fmt: skip
            yield error.at(path=f"$.{self._table}.nodes[{i}].type")


def _with_article(sort: str) -> str:
    return f"a {sort}"


@rule(OperandTypeMismatch)
def signal_types(facts: Facts) -> Iterator[IrrunError]:
    """Signals are made of signals of fitting types."""
    nodes = facts.program.signal_nodes
    check = _Typing(nodes, "signal", "signalTable")
    for i, node in enumerate(nodes):
        own = sort_of(node.type)
        match node:
            case MapSignal(src=src, fn=OpcodeFn(opcode=number)) if number in OPCODES:
                yield from _opcode_types(check, i, OPCODES[number], ((src, "src"),))
            case ZipSignal(a=a, b=b, fn=OpcodeFn(opcode=number)) if number in OPCODES:
                yield from _opcode_types(check, i, OPCODES[number], ((a, "a"), (b, "b")))
            case SelectSignal():
                yield from check.takes(i, node.cond, "number", "cond")
                yield from check.takes(i, node.t, own, "t")
                yield from check.takes(i, node.f, own, "f")
            case BusCombineSignal():
                for k, term in enumerate(node.terms):
                    yield from check.takes(i, term, own, f"terms[{k}]")
            case StatefulSignal():
                yield from check.takes(i, node.input, "number", "input")
                yield from check.takes(i, node.trigger, "number", "params.trigger")
            case TransformSignal():
                yield from _chain_types(facts.program, check, i, node)


def _opcode_types(
    check: _Typing, i: int, row: Opcode, operands: Sequence[tuple[int, str]]
) -> Iterator[IrrunError]:
    """Compare operands and result with the signature of an opcode."""
    for (operand, field), domain in zip(operands, row.operands, strict=False):
        yield from check.takes(i, operand, sort_of(domain), field)
    yield from check.yields(i, sort_of(row.result))


def _chain_types(
    program: Program, check: _Typing, i: int, node: TransformSignal | TransformField
) -> Iterator[IrrunError]:
    """Compare a node and its source with what its chain says of itself."""
    if node.chain >= len(program.chains):
        return
    chain = program.chains[node.chain]
    if chain.from_type is not None:
        yield from check.takes(i, node.src, sort_of(chain.from_type), "src")
    if chain.to_type is not None:
        yield from check.yields(i, sort_of(chain.to_type))


@rule(OperandTypeMismatch)
def field_types(facts: Facts) -> Iterator[IrrunError]:
    """Fields are made of fields and signals of fitting types."""
    program = facts.program
    nodes = program.field_nodes
    check = _Typing(nodes, "field", "fields")
    for i, node in enumerate(nodes):
        own = sort_of(node.type)
        match node:
            case BroadcastField(sig=sig) if sig < len(program.signal_nodes):
                declared = program.signal_nodes[sig].type
                if sort_of(declared) not in ("number", "any") and not fits(own, sort_of(declared)):
                    yield check.mismatch(
                        i, _with_article(own), f"signal {sig}", declared.domain, "sig"
                    )
            case MapField(src=src, fn=OpcodeFn(opcode=number)) if number not in (510, 511):
                yield from check.takes(i, src, own, "src")
            case ZipField(a=a, b=b, fn=OpcodeFn(opcode=number)):
                yield from check.takes(i, a, own, "a")
                yield from check.takes(i, b, "number" if number == 204 else own, "b")
            case SelectField():
                yield from check.takes(i, node.cond, "number", "cond")
                yield from check.takes(i, node.t, own, "t")
                yield from check.takes(i, node.f, own, "f")
            case BusCombineField():
                for k, term in enumerate(node.terms):
                    yield from check.takes(i, term, own, f"terms[{k}]")
            case TransformField():
                yield from _chain_types(program, check, i, node)


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
    signal_types,
    field_types,
)
