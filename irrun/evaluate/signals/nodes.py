"""What each kind of signal node computes (runtime-semantics 6.2 to 6.8)."""

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, Final, assert_never

from irrun.errors import IrrunError
from irrun.errors.expressions import (
    BadHexDigit,
    BadOperand,
    ClosureNotRunnable,
    KernelNotRunnable,
    MissingParameter,
    NullConstant,
    OpcodeNotAllowed,
    UnusableConstant,
)
from irrun.errors.fields import member_at_fault
from irrun.errors.program import ConstantNotFound
from irrun.evaluate.buses.combine import combine
from irrun.evaluate.colors import coerce_color, has_bad_digits
from irrun.evaluate.environment import Environment
from irrun.evaluate.frame_cache import FrameCache
from irrun.evaluate.operations.opcodes import CLAMP, OPCODES, Place, formula_in
from irrun.evaluate.operations.transforms import ChainRunner
from irrun.evaluate.operations.vectors import Shape, describe_shape, shape_of
from irrun.evaluate.signals.stateful import STATEFUL, memory_of, stateful_function
from irrun.evaluate.state.cells import CellFinder, NumberCell, SignalCells
from irrun.ir.constants import SIGNAL_ORDER, is_number
from irrun.ir.expressions.functions import KernelFn, OpcodeFn
from irrun.ir.expressions.signals import (
    BusCombineSignal,
    ClosureBridgeSignal,
    ConstSignal,
    InputSlotSignal,
    MapSignal,
    Phase01Signal,
    SelectSignal,
    Signal,
    StatefulSignal,
    TimeAbsMsSignal,
    TimeModelMsSignal,
    TransformSignal,
    WrapEventSignal,
    ZipSignal,
)
from irrun.ir.tables import Tables
from irrun.ir.types import MEMBERS
from irrun.numerics.convert import to_number
from irrun.numerics.scalar import clamp_b

_CLAMP: Final = OpcodeFn(opcode=CLAMP)

Compute = Callable[[], Any]
"""Computes one node from the values of its operands, which are there already."""


def needed_operands(nodes: Sequence[Signal], i: int) -> tuple[int, ...]:
    """Return what a node needs in any case; a nested clamp looks through its partner."""
    node = nodes[i]
    if isinstance(node, SelectSignal):
        return (node.cond,)
    bounds = clamp_bounds(nodes, node)
    if bounds is not None and isinstance(node, ZipSignal):
        return (node.a, *bounds)
    return () if isinstance(node, ClosureBridgeSignal) else node.operands


def is_nested_clamp(node: ZipSignal) -> bool:
    """True for a clamp, which a zip has no room for: it takes another one for its bounds."""
    return node.fn == _CLAMP


def clamp_bounds(nodes: Sequence[Signal], node: Signal) -> tuple[int, int] | None:
    """Return the bounds of a clamp that is written as two nested zips (section 6.5)."""
    if not isinstance(node, ZipSignal) or not is_nested_clamp(node) or node.b >= len(nodes):
        return None
    inner = nodes[node.b]
    is_pair = isinstance(inner, ZipSignal) and is_nested_clamp(inner)
    return (inner.a, inner.b) if is_pair and isinstance(inner, ZipSignal) else None


class SignalCompiler:
    """Turns signal nodes into functions without arguments, each when it is first needed.

    Args:
        tables: The program's tables.
        finder: Finds the memory of stateful nodes.
        chains: Runs transform chains.
        memo: Where values and stamps are.
        env: The frame's inputs.
        evaluate: Evaluates a signal on demand, for the branch that a select takes.
    """

    def __init__(
        self,
        tables: Tables,
        finder: CellFinder,
        chains: ChainRunner,
        memo: FrameCache,
        env: Environment,
        evaluate: Callable[[int], Any],
    ) -> None:
        self._tables = tables
        self._nodes = tables.signal_nodes
        self._finder = finder
        self._chains = chains
        self._memo = memo
        self.env = env
        self._evaluate = evaluate
        self.compute: list[Compute | None] = [None] * len(self._nodes)
        """The functions so far, by signal id."""
        self.cells: dict[int, tuple[NumberCell, ...]] = {}
        """The memory of stateful nodes, for the trace."""

    def compile(self, i: int) -> Compute:
        """Return the function that computes a node, and keep it."""
        try:
            compute = self._function(i, self._nodes[i])
        except IrrunError as error:
            raise error.at(path=f"$.signalTable.nodes[{i}]{member_at_fault(error)}") from None
        self.compute[i] = compute
        return compute

    def _function(self, i: int, node: Signal) -> Compute:
        values, env = self._memo.signal_values, self.env
        match node:
            case ConstSignal(const_id=const_id):
                constant = self.constant(const_id)
                return lambda: constant
            case TimeAbsMsSignal():
                return lambda: env.time.t_abs_ms
            case TimeModelMsSignal():
                return lambda: env.time.t_model_ms
            case Phase01Signal():
                return lambda: env.time.phase
            case WrapEventSignal():
                return lambda: env.time.wrap
            case InputSlotSignal(slot=slot):
                return lambda: slot_value(env.read(slot), slot)
            case MapSignal(src=src):
                unary = self.pure(node, "Sm")
                return lambda: unary(values[src])
            case ZipSignal():
                return self._zip(node)
            case SelectSignal():
                return self._select(node)
            case TransformSignal(src=src, chain=chain_id):
                chain = self._chains.chain(chain_id, f"signal {i}")
                return lambda: chain(values[src])
            case BusCombineSignal():
                return self._bus(node)
            case StatefulSignal():
                return self._stateful(i, node)
            case ClosureBridgeSignal(closure_id=closure_id):
                raise ClosureNotRunnable(signal=i, closure=closure_id)
            case _:
                assert_never(node)

    def constant(self, const_id: int) -> Any:
        """Return a constant's value: a number, vector or colour (sections 0.6, 6.8)."""
        constants, env = self._tables.constants, self.env
        if env.quirks:
            raw = constants.resolve(const_id, SIGNAL_ORDER).value
            return to_number(raw) if is_number(raw) else math.nan
        wanted = "number, vector or colour"
        try:
            found = constants.resolve(const_id, SIGNAL_ORDER, usable=_is_usable, wanted=wanted)
        except ConstantNotFound:
            raw = constants.resolve(const_id, SIGNAL_ORDER, wanted=wanted).value
        else:
            if isinstance(found.value, str) and has_bad_digits(found.value):
                env.report(BadHexDigit(text=found.value))
            return _signal_value(found.value)
        if raw is None:
            env.report(NullConstant(const_id=const_id))
            return math.nan
        raise UnusableConstant(const_id=const_id, got=describe_shape(raw), wanted=f"a {wanted}")

    def pure(self, node: MapSignal | ZipSignal, place: Place) -> Callable[..., Any]:
        """Return the function of a map or zip; a trap if it has none there."""
        if isinstance(node.fn, KernelFn):
            kernel = node.fn.kernel_id
            lost = kernel.startswith("reduce_")
            reason = ": the field that it reduces is not in the data" if lost else ""
            raise KernelNotRunnable(kernel=kernel, place="a signal", reason=reason)
        formula, row = formula_in(node.fn.opcode, place).scalar, OPCODES[node.fn.opcode]
        shapes = [OPERAND_SHAPES.get(domain, ()) for domain in row.operands]
        return _shape_checked(row.name, formula, shapes) if any(shapes) else formula

    def _zip(self, node: ZipSignal) -> Compute:
        values, a, b = self._memo.signal_values, node.a, node.b
        if is_nested_clamp(node):
            return self._clamp(node)
        binary = self.pure(node, "Sz")
        # The commonest three without a call: they are a third of a typical program.
        if binary is operator.add:
            return lambda: values[a] + values[b]
        if binary is operator.sub:
            return lambda: values[a] - values[b]
        if binary is operator.mul:
            return lambda: values[a] * values[b]
        return lambda: binary(values[a], values[b])

    def _clamp(self, node: ZipSignal) -> Compute:
        values, a, bounds = self._memo.signal_values, node.a, clamp_bounds(self._nodes, node)
        if bounds is None:
            place = "a function of two signals, except as a clamp whose bounds are a clamp"
            raise OpcodeNotAllowed(opcode=CLAMP, name="clamp", place=place)
        low, high = bounds
        return lambda: clamp_b(values[a], values[low], values[high])

    def _select(self, node: SelectSignal) -> Compute:
        memo, evaluate = self._memo, self._evaluate
        stamps, values = memo.signal_stamps, memo.signal_values
        cond, t, f, size = node.cond, node.t, node.f, len(stamps)

        def run() -> Any:
            taken = t if values[cond] > 0.5 else f
            if taken < size and stamps[taken] == memo.frame_id:
                return values[taken]
            return evaluate(taken)

        return run

    def _bus(self, node: BusCombineSignal) -> Compute:
        values, terms, mode = self._memo.signal_values, node.terms, node.combine.mode
        if not terms:
            default = 0.0 if node.combine.default is None else float(node.combine.default)
            return lambda: default
        if len(terms) == 1:
            only = terms[0]
            return lambda: values[only]
        place = "a bus of signals"
        if mode != "sum":
            return lambda: combine(mode, [values[t] for t in terms], place)

        def run() -> Any:
            # The commonest mode without the detour that shapes need.
            total = 0.0
            try:
                for term in terms:
                    total = total + values[term]
            except TypeError:
                return combine(mode, [values[t] for t in terms], place)
            return total

        return run

    def _stateful(self, i: int, node: StatefulSignal) -> Compute:
        if STATEFUL[node.op].needs_trigger and node.trigger is None:
            raise MissingParameter(what=f"signal {i} ({node.op})", name="trigger")
        cells = SignalCells(self._finder, self.env, i, node)
        memory = memory_of(node, cells, self.env)
        self.cells[i] = memory.cells
        return stateful_function(node, memory, self._memo.signal_values, self.env)


OPERAND_SHAPES: Final[dict[str, Shape]] = {name: MEMBERS[name] for name in ("vec2", "color")}


def _shape_checked(
    name: str, formula: Callable[..., Any], shapes: Sequence[Shape]
) -> Callable[..., Any]:
    """Return a formula that takes operands of exactly the given shapes."""

    def checked(*operands: Any) -> Any:
        if any(shape_of(o) != shape for o, shape in zip(operands, shapes, strict=True)):
            got = " and ".join(map(describe_shape, operands))
            raise BadOperand(what=name, wanted="operands of its own shapes", got=got)
        return formula(*operands)

    return checked


def _is_usable(value: Any) -> bool:
    if isinstance(value, str):
        return value.startswith(("#", "rgb"))
    return shape_of(value) is not None


def _signal_value(value: Any) -> Any:
    """Return a constant or slot value as a signal's value: doubles all the way."""
    if isinstance(value, str):
        return coerce_color(value)
    if isinstance(value, int | float):
        return to_number(value)
    return {name: float(member) for name, member in value.items()}


def slot_value(value: Any, slot: int) -> Any:
    """Return a slot's value as a signal's value (section 6.2)."""
    if isinstance(value, float):
        return value
    if value is None:
        return 0.0
    if _is_usable(value):
        return _signal_value(value)
    got = describe_shape(value)
    raise BadOperand(what=f"the signal that reads slot {slot}", wanted="a number", got=got)
