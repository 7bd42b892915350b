"""Signals as operations on columns: the same values as demand gives frame by frame.

A signal has one register. Where only some frames ask for it (a branch of a `select`), what keeps
no memory and reads no slot is computed for all: nobody looks at the rest. What has a memory moves
on in those frames only.
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol

import numpy as np

from irrun.errors import IrrunError
from irrun.evaluate.columns.chains import ChainPlanner
from irrun.evaluate.columns.combine import combined
from irrun.evaluate.columns.plan import NotInBlocks, Planner, Register
from irrun.evaluate.fields.constancy import Constancy
from irrun.evaluate.graphs import all_the_way
from irrun.evaluate.operations.formulas import Formula
from irrun.evaluate.operations.opcodes import CLAMP_B, OPCODES, formula_in
from irrun.evaluate.operations.vectors import Shape, shape_of
from irrun.evaluate.signals.nodes import (
    OPERAND_SHAPES,
    SignalCompiler,
    clamp_bounds,
    is_nested_clamp,
    needed_operands,
    slot_value,
)
from irrun.evaluate.signals.stateful import STATEFUL, memory_of
from irrun.evaluate.state.cells import CellFinder, SignalCells
from irrun.ir.expressions.functions import OpcodeFn
from irrun.ir.expressions.signals import (
    BusCombineSignal,
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
from irrun.ir.values import Array
from irrun.numerics import native

_DEEPEST: Final = 64
"""Selects that may be nested."""
_MOST_CONDITIONS: Final = 16
"""Conditions under which one signal may be asked for, before blocks are not worth it."""

_TIMES: Final[dict[type, str]] = {
    TimeAbsMsSignal: "t_abs_ms",
    TimeModelMsSignal: "t_model_ms",
    Phase01Signal: "phase",
    WrapEventSignal: "wrap",
}


class SlotRegisters(Protocol):
    """The slots, as they are at the step that is planned."""

    def read(self, slot: int, where: Register | None) -> Register:
        """Return a slot's value; `where` is a mask of the frames that read it."""


class _Planned:
    """A signal that has a register."""

    __slots__ = ("everywhere", "masks", "register", "version")

    def __init__(self, register: Register, version: Register | None) -> None:
        self.register = register
        self.version = version
        """What an inputSlot has read."""
        self.masks: list[Register] = []
        """Where it is asked for."""
        self.everywhere = False


class SignalPlanner:
    """Plans the signals of one program.

    Args:
        tables: The program's tables.
        compiler: Knows what is wrong with a node, and its constants.
        finder: Finds the memory that a block works on.
        planner: Takes the operations.
        slots: The slots.
    """

    def __init__(
        self,
        tables: Tables,
        compiler: SignalCompiler,
        finder: CellFinder,
        planner: Planner,
        slots: SlotRegisters,
    ) -> None:
        self._tables = tables
        self._nodes = tables.signal_nodes
        self._compiler = compiler
        self._finder = finder
        self._planner = planner
        self._slots = slots
        self._constancy = Constancy(tables)
        self.chains = ChainPlanner(tables, finder, planner)
        self._planned: dict[int, _Planned] = {}
        self._timeless: dict[int, bool] = {}
        self._depth = 0

    @property
    def registers(self) -> dict[int, Register]:
        """The registers of all signals that were demanded, by signal."""
        return {sig_id: planned.register for sig_id, planned in self._planned.items()}

    def register(self, sig_id: int) -> Register:
        """Return the register of a signal that was demanded."""
        return self._planned[sig_id].register

    @property
    def is_conditional(self) -> bool:
        """True while a branch of a select is planned, which not every frame asks for."""
        return self._depth > 1

    def demand(self, root: int, where: Register | None = None) -> Register:
        """Plan a signal for the frames of a mask, with all that it needs; operands first.

        Raises:
            NotInBlocks: It cannot be computed in columns.
        """
        if self._depth > _DEEPEST:
            raise NotInBlocks("selects are nested too deep")
        stack: list[tuple[int, int]] = [(root, 0)]
        open_: set[int] = set()
        self._depth += 1
        try:
            while stack:
                current, at = stack.pop()
                if at == 0 and not self._opens(current, where, open_):
                    continue
                operands = needed_operands(self._nodes, current)
                if at < len(operands):
                    stack += [(current, at + 1), (operands[at], 0)]
                else:
                    open_.discard(current)
                    self._plan(current, where)
        except IrrunError as error:
            raise NotInBlocks(f"signal {current}: {error.sentence}") from None
        finally:
            self._depth -= 1
        return self._planned[root].register

    def _opens(self, current: int, where: Register | None, open_: set[int]) -> bool:
        """True if a signal still has to be planned for these frames."""
        if current >= len(self._nodes) or current in open_:
            raise NotInBlocks(f"signal {current} does not exist, or needs itself")
        known = self._planned.get(current)
        if known is not None:
            if known.everywhere or where in known.masks:
                return False
            if self._is_timeless(current):
                known.everywhere = True
                return False
        open_.add(current)
        return True

    def _plan(self, i: int, where: Register | None) -> None:
        """Give a signal whose operands have registers one of its own, or widen where it is."""
        known, node = self._planned.get(i), self._nodes[i]
        if known is None:
            version = None
            if isinstance(node, InputSlotSignal):
                version = self._slots.read(node.slot, where)
            register = (
                self._register(i, node, where) if version is None else self._of_slot(version, node)
            )
            known = self._planned[i] = _Planned(register, version)
        elif isinstance(node, InputSlotSignal):
            if self._slots.read(node.slot, where) != known.version:
                raise NotInBlocks(f"signal {i} reads slot {node.slot} at two moments")
        elif isinstance(node, SelectSignal):
            self._branches(node, where)
        if where is None:
            known.everywhere = True
        else:
            known.masks.append(where)
            if len(known.masks) > _MOST_CONDITIONS:
                raise NotInBlocks(f"signal {i} is asked for under many conditions")

    def _of_slot(self, version: Register, node: Any) -> Register:
        """Return a slot's value as a signal's value (section 6.2)."""
        if version.number in self._planner.constants:
            value = slot_value(self._planner.constants[version.number], node.slot)
            return self._planner.constant(value, shape_of(value))
        if version.shape is None:
            raise NotInBlocks(f"slot {node.slot} holds no number that a signal can read")
        return version

    def _is_timeless(self, i: int) -> bool:
        """True if a signal keeps no memory and reads no slot, nor does anything that it needs."""
        nodes, remembers = self._nodes, self._constancy.remembers

        def own(i: int) -> bool:
            node = nodes[i]
            keeps = isinstance(node, TransformSignal) and remembers(node.chain)
            return not keeps and not isinstance(node, InputSlotSignal | StatefulSignal)

        return all_the_way(i, self._timeless, len(nodes), own, lambda i: nodes[i].operands)

    # --- What each kind is -----------------------------------------------------------------

    def _register(self, i: int, node: Signal, where: Register | None) -> Register:
        match node:
            case ConstSignal(const_id=const_id):
                return self._constant(const_id)
            case TimeAbsMsSignal() | TimeModelMsSignal() | Phase01Signal() | WrapEventSignal():
                return self._planner.times[_TIMES[type(node)]]
            case MapSignal(src=src):
                return self._formula(node, "Sm", (src,))
            case ZipSignal(a=a) if is_nested_clamp(node):
                bounds = clamp_bounds(self._nodes, node)
                if bounds is None:
                    raise NotInBlocks(f"signal {i} is a clamp without bounds")
                return self._applied("clamp", CLAMP_B, (a, *bounds), ((), (), ()), ())
            case ZipSignal(a=a, b=b):
                return self._formula(node, "Sz", (a, b))
            case SelectSignal():
                return self._select(node, where)
            case TransformSignal(src=src, chain=chain):
                source = self.register(src)
                return self.chains.apply(chain, source, lambda: self._masks(i))
            case BusCombineSignal():
                return self._bus(node)
            case StatefulSignal():
                return self._stateful(i, node, where)
            case _:
                raise NotInBlocks(f"signal {i} is of a kind that cannot be run")

    def _constant(self, const_id: int) -> Register:
        value = self._compiler.constant(const_id)
        shape = shape_of(value)
        if shape is None:
            raise NotInBlocks(f"constant {const_id} is no number, vector or colour")
        return self._planner.constant(value, shape)

    def _formula(
        self, node: MapSignal | ZipSignal, place: Any, operands: Sequence[int]
    ) -> Register:
        self._compiler.pure(node, place)  # traps for what is not allowed there
        assert isinstance(node.fn, OpcodeFn)
        row = OPCODES[node.fn.opcode]
        shapes = tuple(OPERAND_SHAPES.get(domain, ()) for domain in row.operands)
        formula = formula_in(node.fn.opcode, place)
        return self._applied(
            row.name, formula, operands, shapes, OPERAND_SHAPES.get(row.result, ())
        )

    def _applied(
        self,
        name: str,
        formula: Formula,
        operands: Sequence[int],
        wanted: Sequence[Shape],
        result: Shape,
    ) -> Register:
        inputs = [self.register(o) for o in operands]
        if [i.shape for i in inputs] != list(wanted):
            raise NotInBlocks(f"the operands of {name} do not fit it")
        return self._planner.emit(name, inputs, formula.array, formula.scalar, shape=result)

    def _bus(self, node: BusCombineSignal) -> Register:
        mode, terms = node.combine.mode, [self.register(t) for t in node.terms]
        if not terms:
            default = node.combine.default
            return self._planner.constant(0.0 if default is None else float(default))
        return terms[0] if len(terms) == 1 else combined(self._planner, mode, terms)

    def _select(self, node: SelectSignal, where: Register | None) -> Register:
        t, f = self._branches(node, where)
        cond = self.register(node.cond)
        if t is None or f is None:
            only = f if t is None else t
            if only is None:
                raise NotInBlocks("a select has no branch that can be computed")
            return only
        if t.shape is None or t.shape != f.shape:
            inputs = (cond, t, f)
            return self._planner.emit("select", inputs, None, _choose, shape=None, kind="object")
        return self._planner.emit("select", (cond, t, f), _chosen, _choose, shape=t.shape)

    def _branches(
        self, node: SelectSignal, where: Register | None
    ) -> tuple[Register | None, Register | None]:
        """Demand both branches, each where it is taken; None for one that never may be."""
        planner, cond = self._planner, self.register(node.cond)
        if cond.shape != ():
            raise NotInBlocks("the condition of a select is no number")
        found: list[Register | None] = []
        for branch, name, test in ((node.t, "above", _above), (node.f, "not above", _not_above)):
            if self._is_timeless(branch):
                taken = None
            else:
                taken = planner.emit(name, (cond,), test, test, kind="mask")
                if where is not None:
                    taken = planner.emit("and", (where, taken), _both, _both, kind="mask")
            try:
                found.append(self.demand(branch, taken))
            except NotInBlocks as refused:
                mask = taken
                if mask is None:
                    mask = planner.emit(name, (cond,), test, test, kind="mask")
                planner.refuse_where(mask, refused.reason)
                found.append(None)
        return found[0], found[1]

    def _stateful(self, i: int, node: StatefulSignal, where: Register | None) -> Register:
        row = STATEFUL[node.op]
        if row.needs_trigger and node.trigger is None:
            raise NotInBlocks(f"signal {i} has no trigger")
        cells = SignalCells(self._finder, self._compiler.env, i, node)
        memory = memory_of(node, cells, self._compiler.env)
        if memory.ring is not None and self._compiler.env.quirks:
            raise NotInBlocks("the reference's delays may write beside their rings")
        sources = [] if node.trigger is None or not row.needs_trigger else [node.trigger]
        value = self._planner.constant(0.0) if node.input is None else self.register(node.input)
        inputs = [value, *(self.register(s) for s in sources)]
        if any(register.shape != () for register in inputs):
            raise NotInBlocks(f"the operands of signal {i} are no numbers")
        inputs += [self._planner.times[name] for name in memory.times]
        return self._planner.remember(node.op, inputs, memory, lambda: self._masks(i))

    def _masks(self, i: int) -> list[Register] | None:
        """Return where a signal is asked for; None for everywhere."""
        planned = self._planned[i]
        return None if planned.everywhere else planned.masks


@native.named("above")
def _above(cond: Any) -> Any:
    return cond > 0.5


@native.named("not above")
def _not_above(cond: Any) -> Any:
    """Return where the second branch is taken: NaN and exactly 0.5 take it."""
    return ~(cond > 0.5) if isinstance(cond, np.ndarray) else not cond > 0.5


@native.named("and")
def _both(a: Any, b: Any) -> Any:
    return a & b


def _choose(cond: float, t: Any, f: Any) -> Any:
    return t if cond > 0.5 else f


@native.named("select")
def _chosen(cond: Array, t: Array, f: Array) -> Array:
    is_above = cond > 0.5
    return np.where(is_above if t.ndim == 1 else is_above[:, None], t, f)
