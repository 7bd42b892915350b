"""Signal evaluation: demand-driven, each node at most once a frame (runtime-semantics section 6).

Evaluation never recurses, so the depth of a program is no limit. A step's outputs are evaluated
along a plan: the nodes that are needed in any case, in the order in which demand reaches them.
Only the branch that a `select` takes is evaluated on demand.
"""

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, assert_never

from irrun.errors import IrrunError
from irrun.errors.program import ConstantNotFound
from irrun.errors.running import (
    BadOperand,
    ClosureNotRunnable,
    IdOutOfRange,
    KernelNotRunnable,
    MissingParameter,
    NullConstant,
    OpcodeNotAllowed,
    SignalCycle,
    UnusableConstant,
)
from irrun.evaluate.colors import coerce_color
from irrun.evaluate.combine import ARITHMETIC, combine
from irrun.evaluate.environment import Environment
from irrun.evaluate.opcodes import CLAMP, formula_in
from irrun.evaluate.state_cells import CellFinder, NumberCell, SignalCells
from irrun.evaluate.stateful import STATEFUL, stateful_function
from irrun.evaluate.transforms import ChainRunner
from irrun.evaluate.vectors import describe_shape, shape_of
from irrun.ir.constants import SIGNAL_ORDER, is_number
from irrun.ir.functions import KernelFn, OpcodeFn
from irrun.ir.signals import (
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
from irrun.ir.types import kind_of
from irrun.numerics.convert import to_number
from irrun.numerics.scalar import clamp_b

Compute = Callable[[], Any]
"""Computes one node from the values of its operands, which are there already."""


class Memo(Protocol):
    """The frame cache, as far as signals are concerned."""

    frame_id: int
    signal_stamps: list[int]
    signal_values: list[Any]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One evaluation of a node, for the trace."""

    signal: int
    value: Any
    before: tuple[float, ...] = ()
    """A stateful node's numbers before the evaluation."""
    after: tuple[float, ...] = ()


Plan = tuple[int, ...]
PlannedOutput = tuple[Plan, int, int]
"""Plan, signal id, and the slot that the signal's value goes to."""
Write = Callable[[int, Any], None]


class SignalEvaluator:
    """Evaluates signals of one program over one memory."""

    def __init__(
        self,
        tables: Tables,
        finder: CellFinder,
        chains: ChainRunner,
        memo: Memo,
        env: Environment,
    ) -> None:
        self._tables = tables
        self._nodes = tables.signal_nodes
        self._finder = finder
        self._chains = chains
        self._memo = memo
        self._env = env
        self._compute: list[Compute | None] = [None] * len(self._nodes)
        self._cells: dict[int, tuple[NumberCell, ...]] = {}
        self.log: list[Evaluated] | None = None
        """If set, takes every evaluation."""

    def evaluate(self, signal_id: int) -> Any:
        """Return a signal's value in this frame, evaluating what it needs.

        Raises:
            IdOutOfRange: IR412, the signal or an operand does not exist.
            SignalCycle: IR411, a signal needs itself.
            Trap: A node cannot be computed.
        """
        memo = self._memo
        stamps, frame_id = memo.signal_stamps, memo.frame_id
        self._check(signal_id)
        stack, cursors, open_nodes = [signal_id], [0], {signal_id}
        while stack:
            current = stack[-1]
            needed = self._next_operand(current, cursors, stamps, frame_id)
            if needed is not None:
                self._check(needed)
                if needed in open_nodes:
                    raise _cycle(stack, needed)
                stack.append(needed)
                cursors.append(0)
                open_nodes.add(needed)
                continue
            if stamps[current] != frame_id:
                self._run(current)
            stack.pop()
            cursors.pop()
            open_nodes.discard(current)
        return memo.signal_values[signal_id]

    def plan(self, root: int, done: set[int]) -> Plan:
        """Return the nodes that evaluating `root` needs in any case, operands first, itself last.

        `done` holds the nodes of earlier plans of the same step, and takes those of this one; they
        are left out, except the root. The plan of a root that is dangling or cyclic is empty:
        `evaluate` reports it.
        """
        planned: list[int] = []
        found: set[int] = set()
        if not self._plan_root(root, done, found, planned):
            return ()
        done |= found
        return tuple(planned) if root in found else (root,)

    def evaluate_into(self, outputs: Sequence[PlannedOutput], write: Write) -> None:
        """Evaluate signals along their plans, and write each right after its evaluation.

        Raises:
            Trap: As `evaluate` does.
        """
        if self.log is not None:
            for plan, signal_id, slot in outputs:
                self._run_logged(plan)
                write(slot, self.evaluate(signal_id))
            return
        memo, compute = self._memo, self._compute
        stamps, values, frame_id = memo.signal_stamps, memo.signal_values, memo.frame_id
        i = 0
        try:
            for plan, signal_id, slot in outputs:
                for i in plan:
                    if stamps[i] != frame_id:
                        values[i] = (compute[i] or self._compile(i))()
                        stamps[i] = frame_id
                write(slot, values[signal_id] if plan else self.evaluate(signal_id))
        except (TypeError, KeyError) as error:
            raise self._bad_operand(i, error) from error

    def _run(self, i: int) -> None:
        """Compute one node whose operands have values."""
        if self.log is not None:
            self._run_logged((i,))
            return
        memo = self._memo
        try:
            memo.signal_values[i] = (self._compute[i] or self._compile(i))()
        except (TypeError, KeyError) as error:
            raise self._bad_operand(i, error) from error
        memo.signal_stamps[i] = memo.frame_id

    def _run_logged(self, plan: Plan) -> None:
        """Evaluate nodes one by one, and log each with its memory before and after."""
        log, memo = self.log, self._memo
        assert log is not None
        for i in plan:
            if memo.signal_stamps[i] == memo.frame_id:
                continue
            if self._compute[i] is None:
                self._compile(i)
            cells = self._cells.get(i, ())
            before = tuple(cell.get() for cell in cells)
            self.log = None
            try:
                self._run(i)
            finally:
                self.log = log
            after = tuple(cell.get() for cell in cells)
            log.append(Evaluated(i, memo.signal_values[i], before, after))

    def _next_operand(
        self, current: int, cursors: list[int], stamps: list[int], frame_id: int
    ) -> int | None:
        """Return the next operand of a node that has no value yet, in order of demand."""
        if stamps[current] == frame_id:
            return None
        node = self._nodes[current]
        if isinstance(node, SelectSignal):
            return self._next_of_select(node, stamps, frame_id)
        operands = self._operands(current)
        at = cursors[-1]
        while at < len(operands):
            operand = operands[at]
            if operand >= len(stamps) or stamps[operand] != frame_id:
                cursors[-1] = at
                return operand
            at += 1
        cursors[-1] = at
        return None

    def _next_of_select(self, node: SelectSignal, stamps: list[int], frame_id: int) -> int | None:
        if node.cond >= len(stamps) or stamps[node.cond] != frame_id:
            return node.cond
        taken = self._branch(node)
        return taken if taken >= len(stamps) or stamps[taken] != frame_id else None

    def _branch(self, node: SelectSignal) -> int:
        """Return the branch that a select takes: NaN and exactly 0.5 take f."""
        condition = self._memo.signal_values[node.cond]
        if not isinstance(condition, float):
            got = describe_shape(condition)
            raise BadOperand(what="the condition of a select", wanted="a number", got=got)
        return node.t if condition > 0.5 else node.f

    def _operands(self, i: int) -> tuple[int, ...]:
        """Return what a node needs in any case; a nested clamp looks through its partner."""
        node = self._nodes[i]
        if isinstance(node, SelectSignal):
            return (node.cond,)
        inner = self._inner_clamp(node)
        if inner is not None:
            assert isinstance(node, ZipSignal)
            return (node.a, inner.a, inner.b)
        if isinstance(node, ClosureBridgeSignal):
            return ()
        return node.operands

    def _inner_clamp(self, node: Signal) -> ZipSignal | None:
        """Return the bounds of a clamp that is written as two nested zips (section 6.5)."""
        if not _is_clamp(node):
            return None
        assert isinstance(node, ZipSignal)
        inner = self._nodes[node.b] if node.b < len(self._nodes) else None
        return inner if isinstance(inner, ZipSignal) and _is_clamp(inner) else None

    def _plan_root(self, root: int, done: set[int], found: set[int], planned: list[int]) -> bool:
        """Append the nodes of one root in order of demand; False if it dangles or is cyclic."""
        stack: list[tuple[int, int]] = [(root, 0)]
        open_nodes: set[int] = set()
        while stack:
            current, at = stack.pop()
            if at == 0:
                if current in done or current in found:
                    continue
                if current >= len(self._nodes) or current in open_nodes:
                    return False
                open_nodes.add(current)
            operands = self._operands(current)
            if at < len(operands):
                stack.append((current, at + 1))
                stack.append((operands[at], 0))
                continue
            open_nodes.discard(current)
            found.add(current)
            planned.append(current)
        return True

    def _check(self, signal_id: int) -> None:
        if signal_id >= len(self._nodes):
            raise IdOutOfRange(
                what="signal", id=signal_id, table="signalTable.nodes", size=len(self._nodes)
            )

    def _bad_operand(self, i: int, error: Exception) -> Exception:
        """Return what is wrong with the operands of a node that could not be computed."""
        operands = self._operands(i)
        if not operands or self._memo.signal_stamps[i] == self._memo.frame_id:
            return error
        shapes = [describe_shape(self._memo.signal_values[o]) for o in operands]
        name = f"signal {i} ({kind_of(self._nodes[i])})"
        wanted = "operands that fit its function"
        return BadOperand(what=name, wanted=wanted, got=" and ".join(shapes))

    def _compile(self, i: int) -> Compute:
        """Return the function that computes a node, and keep it."""
        try:
            compute = self._function(i, self._nodes[i])
        except IrrunError as error:
            raise error.at(path=f"$.signalTable.nodes[{i}]") from None
        self._compute[i] = compute
        return compute

    def _function(self, i: int, node: Signal) -> Compute:
        values, env = self._memo.signal_values, self._env
        match node:
            case ConstSignal(const_id=const_id):
                constant = self._constant(const_id)
                return lambda: constant
            case TimeAbsMsSignal():
                return lambda: env.t_abs_ms
            case TimeModelMsSignal():
                return lambda: env.t_model_ms
            case Phase01Signal():
                return lambda: env.phase01
            case WrapEventSignal():
                return lambda: env.wrap_event
            case InputSlotSignal(slot=slot):
                return lambda: _slot_value(env.read(slot), slot)
            case MapSignal(src=src):
                unary = self._pure(node, "Sm")
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

    def _constant(self, const_id: int) -> Any:
        """Return a constant's value: a number, vector or colour (sections 0.6, 6.8)."""
        constants, env = self._tables.constants, self._env
        if env.quirks:
            raw = constants.resolve(const_id, SIGNAL_ORDER).value
            return to_number(raw) if is_number(raw) else math.nan
        wanted = "number, vector or colour"
        try:
            found = constants.resolve(const_id, SIGNAL_ORDER, usable=_is_usable, wanted=wanted)
        except ConstantNotFound:
            raw = constants.resolve(const_id, SIGNAL_ORDER, wanted=wanted).value
        else:
            return _signal_value(found.value)
        if raw is None:
            env.report(NullConstant(const_id=const_id))
            return math.nan
        raise UnusableConstant(const_id=const_id, got=describe_shape(raw), wanted=f"a {wanted}")

    def _pure(self, node: MapSignal | ZipSignal, place: Any) -> Callable[..., Any]:
        if isinstance(node.fn, KernelFn):
            kernel = node.fn.kernel_id
            lost = kernel.startswith("reduce_")
            reason = ": the field that it reduces is not in the data" if lost else ""
            raise KernelNotRunnable(kernel=kernel, place="a signal", reason=reason)
        return formula_in(node.fn.opcode, place)

    def _zip(self, node: ZipSignal) -> Compute:
        values, a, b = self._memo.signal_values, node.a, node.b
        if not _is_clamp(node):
            binary = self._pure(node, "Sz")
            # The commonest three without a call: they are a third of a typical program.
            if binary is operator.add:
                return lambda: values[a] + values[b]
            if binary is operator.sub:
                return lambda: values[a] - values[b]
            if binary is operator.mul:
                return lambda: values[a] * values[b]
            return lambda: binary(values[a], values[b])
        inner = self._inner_clamp(node)
        if inner is None:
            place = "a function of two signals, except as a clamp whose bounds are a clamp"
            raise OpcodeNotAllowed(opcode=CLAMP, name="clamp", place=place)
        low, high = inner.a, inner.b
        return lambda: clamp_b(values[a], values[low], values[high])

    def _select(self, node: SelectSignal) -> Compute:
        memo, evaluate = self._memo, self.evaluate
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
        formula, place = ARITHMETIC.get(mode), "a bus of signals"
        if formula is None:
            return lambda: combine(mode, [values[t] for t in terms], place)

        def run() -> Any:
            found = [values[t] for t in terms]
            try:
                return formula(*found)
            except TypeError:  # no plain numbers
                return combine(mode, found, place)

        return run

    def _stateful(self, i: int, node: StatefulSignal) -> Compute:
        if STATEFUL[node.op].needs_trigger and node.trigger is None:
            raise MissingParameter(what=f"signal {i} ({node.op})", name="trigger")
        cells = SignalCells(self._finder, self._env, i, node)
        advance, kept = stateful_function(node, cells, self._memo.signal_values, self._env)
        self._cells[i] = kept
        return advance


def _is_clamp(node: Signal) -> bool:
    return isinstance(node, ZipSignal) and node.fn == OpcodeFn(opcode=CLAMP)


def _cycle(stack: Sequence[int], again: int) -> SignalCycle:
    ring = [*stack[stack.index(again) :], again]
    shown = [str(i) for i in ring] if len(ring) <= 12 else [*map(str, ring[:10]), "...", str(again)]
    return SignalCycle(cycle=" -> ".join(shown))


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


def _slot_value(value: Any, slot: int) -> Any:
    """Return a slot's value as a signal's value (section 6.2)."""
    if isinstance(value, float):
        return value
    if value is None:
        return 0.0
    if _is_usable(value):
        return _signal_value(value)
    got = describe_shape(value)
    raise BadOperand(what=f"the signal that reads slot {slot}", wanted="a number", got=got)
