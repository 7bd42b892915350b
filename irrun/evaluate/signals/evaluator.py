"""Signal evaluation: demand-driven, each node at most once a frame (runtime-semantics section 6).

Evaluation never recurses, so the depth of a program is no limit. A step's outputs are evaluated
along a plan: the nodes that are needed in any case, in the order in which demand reaches them.
Only the branch that a `select` takes is evaluated on demand (docs/decisions/0006).
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from irrun.errors.expressions import BadOperand, IdOutOfRange, SignalCycle
from irrun.evaluate.environment import Environment
from irrun.evaluate.frame_cache import FrameCache
from irrun.evaluate.graphs import Cycle, depth_first
from irrun.evaluate.operations.transforms import ChainRunner
from irrun.evaluate.operations.vectors import describe_shape
from irrun.evaluate.signals.nodes import SignalCompiler, needed_operands
from irrun.evaluate.state.cells import CellFinder
from irrun.ir.expressions.signals import SelectSignal
from irrun.ir.tables import Tables
from irrun.ir.types import kind_of


class Evaluated(msgspec.Struct, frozen=True):
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


_DEEPEST: Final = 8
"""Selects that may be nested before evaluation goes on without Python's stack."""
_PLANNED_PER_NODE: Final = 8


class SignalEvaluator:
    """Evaluates signals of one program over one memory."""

    def __init__(
        self,
        tables: Tables,
        finder: CellFinder,
        chains: ChainRunner,
        memo: FrameCache,
        env: Environment,
    ) -> None:
        self._nodes = tables.signal_nodes
        self._memo = memo
        self._compiler = SignalCompiler(tables, finder, chains, memo, env, self.evaluate)
        self._compute = self._compiler.compute
        self._plans: dict[int, Plan] = {}
        self._plan_room = _PLANNED_PER_NODE * len(self._nodes)
        self._depth = 0
        self.log: list[Evaluated] | None = None
        """If set, takes every evaluation."""

    def evaluate(self, signal_id: int) -> Any:
        """Return a signal's value in this frame, evaluating what it needs.

        It goes along a plan, unless selects are nested deep.

        Raises:
            IdOutOfRange: IR412, the signal or an operand does not exist.
            SignalCycle: IR411, a signal needs itself.
            Trap: A node cannot be computed.
        """
        plan = self._plans.get(signal_id)
        if plan is None:
            plan = self._planned(signal_id)
        if not plan or self._depth >= _DEEPEST or self.log is not None:
            return self._evaluate_on_demand(signal_id)
        memo, compute, compile_node = self._memo, self._compute, self._compiler.compile
        stamps, values, frame_id = memo.signal_stamps, memo.signal_values, memo.frame_id
        self._depth += 1
        i = signal_id
        try:
            for i in plan:
                if stamps[i] != frame_id:
                    values[i] = (compute[i] or compile_node(i))()
                    stamps[i] = frame_id
        except (TypeError, KeyError) as error:
            raise self._bad_operand(i, error) from error
        finally:
            self._depth -= 1
        return values[signal_id]

    def _planned(self, signal_id: int) -> Plan:
        """Plan a signal, as long as all plans together stay in proportion to the table."""
        plan = self.plan(signal_id, set()) if self._plan_room > 0 else ()
        self._plan_room -= len(plan)
        self._plans[signal_id] = plan
        return plan

    def _evaluate_on_demand(self, signal_id: int) -> Any:
        memo = self._memo
        stamps, frame_id = memo.signal_stamps, memo.frame_id

        def next_operand(current: int, cursors: list[int]) -> int | None:
            return self._next_operand(current, cursors, stamps, frame_id)

        def run(current: int) -> None:
            if stamps[current] != frame_id:
                self._run(current)

        try:
            depth_first(signal_id, self._check, next_operand, run)
        except Cycle as found:
            raise SignalCycle(cycle=found.text) from None
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
        memo, compute, compile_node = self._memo, self._compute, self._compiler.compile
        stamps, values, frame_id = memo.signal_stamps, memo.signal_values, memo.frame_id
        i = 0
        try:
            for plan, signal_id, slot in outputs:
                for i in plan:
                    if stamps[i] != frame_id:
                        values[i] = (compute[i] or compile_node(i))()
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
            memo.signal_values[i] = (self._compute[i] or self._compiler.compile(i))()
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
                self._compiler.compile(i)
            cells = self._compiler.cells.get(i, ())
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
        operands = needed_operands(self._nodes, current)
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
            operands = needed_operands(self._nodes, current)
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
        operands = needed_operands(self._nodes, i)
        if not operands or self._memo.signal_stamps[i] == self._memo.frame_id:
            return error
        shapes = [describe_shape(self._memo.signal_values[o]) for o in operands]
        name = f"signal {i} ({kind_of(self._nodes[i])})"
        wanted = "operands that fit its function"
        return BadOperand(what=name, wanted=wanted, got=" and ".join(shapes))
