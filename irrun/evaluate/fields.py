"""Field evaluation: arrays for the whole domain, demand-driven (runtime-semantics section 10).

Evaluation never recurses, so the depth of a program is no limit. What cannot change between
frames is computed once for a domain; what only one other field needs is forgotten when that one is
computed, so that a long chain of fields holds a few arrays at a time.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from irrun.errors import IrrunError
from irrun.errors.expressions import IdOutOfRange
from irrun.errors.fields import BadFieldId, FieldCycle
from irrun.evaluate.constancy import Constancy
from irrun.evaluate.depth_first import Cycle, depth_first
from irrun.evaluate.elements import Elements, common_kind, rounded
from irrun.evaluate.environment import Environment
from irrun.evaluate.field_chains import FieldChains
from irrun.evaluate.field_combine import combine_elements
from irrun.evaluate.field_domains import FieldDomain, FieldDomains
from irrun.evaluate.field_formats import Target, stored
from irrun.evaluate.field_nodes import FieldCompiler, FieldFunction
from irrun.evaluate.field_ops import needed_fields
from irrun.evaluate.field_params import Signals
from irrun.evaluate.state_cells import CellFinder
from irrun.ir.fields import field_id_of
from irrun.ir.tables import Tables
from irrun.ir.values import AnyFieldHandle, Buffer, CombinedField, DomainHandle, FieldRef


class FieldMemo(Protocol):
    """The frame cache, as far as fields are concerned."""

    buffers: dict[tuple[int, int, int, str], Any]
    elements: dict[Any, dict[int, Any]]
    handles: dict[tuple[int, Any], tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class EvaluatedField:
    """One evaluation of a field node, for the trace."""

    field: int
    elements: Elements
    is_constant: bool


class FieldEvaluator:
    """Evaluates fields of one program over one memory."""

    def __init__(
        self,
        tables: Tables,
        signals: Signals,
        finder: CellFinder,
        memo: FieldMemo,
        env: Environment,
    ) -> None:
        self._nodes = tables.field_nodes
        self._memo = memo
        self._env = env
        self._constancy = Constancy(tables)
        self.chains = FieldChains(tables, finder, env)
        self._compiler = FieldCompiler(tables, signals, self.chains, env)
        self._functions: dict[int, FieldFunction] = {}
        self._domains = FieldDomains()
        self._users = Counter(o for node in self._nodes for o in set(needed_fields(node)))
        self._roots: set[int] = set()
        self.log: list[EvaluatedField] | None = None
        """If set, takes every evaluation."""

    def domain(self, count: int, handle: DomainHandle | None = None) -> FieldDomain:
        """Return the domain of a handle, or of a plain number of elements."""
        return self._domains.domain(count, handle)

    def buffer(
        self, field_id: int, domain: FieldDomain, domain_slot: int, target: Target
    ) -> Buffer:
        """Return a field as a buffer; the same object again within a frame (section 10.2).

        A field that cannot change is the same object in every frame.

        Raises:
            FormatMismatch: IR438.
            Trap: As `evaluate` does.
        """
        key = (field_id, domain_slot, target.components, target.element)
        found: Buffer | None = self._memo.buffers.get(key)
        if found is None:
            found = self._memo.buffers[key] = self._buffer(field_id, domain, target)
        return found

    def _buffer(self, field_id: int, domain: FieldDomain, target: Target) -> Buffer:
        key = (field_id, target.components, target.element)
        known = domain.constant_buffers.get(key)
        if known is not None:
            return known
        elements = self.evaluate(field_id, domain)
        made = stored(elements, domain.count, target, quirks=self._env.quirks)
        if self._constancy.field(field_id):
            domain.constant_buffers[key] = made
        return made

    def evaluate(self, field_id: int, domain: FieldDomain) -> Elements:
        """Return a field's elements in this frame, in doubles, evaluating what it needs.

        Raises:
            IdOutOfRange: IR412, the field or an operand does not exist.
            FieldCycle: IR439, a field needs itself.
            Trap: A node cannot be computed.
        """
        self._check(field_id)
        self._roots.add(field_id)
        with np.errstate(all="ignore"):
            return self._evaluate(field_id, domain)

    def _evaluate(self, field_id: int, domain: FieldDomain) -> Elements:
        values: dict[int, Elements] = self._memo.elements.setdefault(domain, {})
        constants = domain.constants

        def next_operand(current: int, cursors: list[int]) -> int | None:
            return self._next_operand(current, cursors, values, constants)

        def run(current: int) -> None:
            if current not in values and current not in constants:
                self._run(current, domain, values)

        try:
            depth_first(field_id, self._check, next_operand, run)
        except Cycle as found:
            raise FieldCycle(cycle=found.text) from None
        return values[field_id] if field_id in values else constants[field_id]

    def evaluate_handle(self, handle: AnyFieldHandle, domain: FieldDomain) -> Elements:
        """Return the elements that a field handle stands for; handles may be nested deeply.

        Raises:
            BadFieldId: IR436.
            Trap: As `evaluate` does.
        """
        todo: list[tuple[AnyFieldHandle, bool]] = [(handle, False)]
        done: list[Elements] = []
        while todo:
            current, are_parts_done = todo.pop()
            key = (id(current), domain)
            if isinstance(current, FieldRef):
                done.append(self._referred(current, domain))
                continue
            if key in self._memo.handles:
                done.append(self._memo.handles[key][1])
                continue
            parts = current.terms if isinstance(current, CombinedField) else (current.source,)
            if not are_parts_done:
                todo.append((current, True))
                todo += [(part, False) for part in reversed(parts)]
                continue
            operands = [rounded(elements) for elements in done[len(done) - len(parts) :]]
            del done[len(done) - len(parts) :]
            if isinstance(current, CombinedField):
                kind = common_kind(operands)
                done.append(combine_elements(current.mode, operands, kind, "a bus of fields"))
            else:
                owner = "a publisher of fields"
                done.append(self.chains.run(current.chain, operands[0], domain.count, owner))
            # A chain may have a memory: it moves once a frame. The handle keeps its id its own.
            self._memo.handles[key] = (current, done[-1])
        return done[0]

    def _referred(self, ref: FieldRef, domain: FieldDomain) -> Elements:
        field_id = field_id_of(ref.expr_id)
        if field_id is None:
            raise BadFieldId(text=ref.expr_id)
        return self.evaluate(field_id, domain)

    def is_constant(self, field_id: int) -> bool:
        """True if a field has the same elements in every frame."""
        return self._constancy.field(field_id)

    def _next_operand(
        self,
        current: int,
        cursors: list[int],
        values: dict[int, Elements],
        constants: dict[int, Elements],
    ) -> int | None:
        """Return the next operand of a node that has no elements yet."""
        if current in values or current in constants:
            return None
        operands, at = self._function(current).operands, cursors[-1]
        while at < len(operands):
            operand = operands[at]
            if operand not in values and operand not in constants:
                cursors[-1] = at
                return operand
            at += 1
        cursors[-1] = at
        return None

    def _run(self, i: int, domain: FieldDomain, values: dict[int, Elements]) -> None:
        """Compute one node whose operands have elements."""
        function, constants = self._functions[i], domain.constants
        found = [values[o] if o in values else constants[o] for o in function.operands]
        try:
            result = function.compute(domain, [rounded(elements) for elements in found])
        except IrrunError as error:
            raise _placed(error, i) from None
        is_constant = self._constancy.field(i)
        (constants if is_constant else values)[i] = result
        self._forget(function.operands, values, constants if is_constant else {})
        if self.log is not None:
            self.log.append(EvaluatedField(i, result, is_constant))

    def _forget(
        self,
        operands: Sequence[int],
        values: dict[int, Elements],
        constants: dict[int, Elements],
    ) -> None:
        """Let go of what nothing else needs; what has a memory must not be computed twice."""
        for operand in operands:
            is_needed = self._users[operand] > 1 or operand in self._roots
            if not is_needed and not self._constancy.has_memory(operand):
                values.pop(operand, None)
                constants.pop(operand, None)

    def _function(self, i: int) -> FieldFunction:
        found = self._functions.get(i)
        if found is None:
            try:
                found = self._functions[i] = self._compiler.compile(i)
            except IrrunError as error:
                raise _placed(error, i) from None
        return found

    def _check(self, field_id: int) -> None:
        if field_id >= len(self._nodes):
            raise IdOutOfRange(
                what="field", id=field_id, table="fields.nodes", size=len(self._nodes)
            )


def _placed(error: IrrunError, field_id: int) -> IrrunError:
    return error.at(path=f"$.fields.nodes[{field_id}]")
