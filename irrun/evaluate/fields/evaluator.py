"""Field evaluation: arrays for the whole domain, demand-driven (runtime-semantics section 10).

Evaluation never recurses, so the depth of a program is no limit. What cannot change between
frames is computed once for a domain; what only one other field needs is forgotten when that one is
computed, so that a long chain of fields holds a few arrays at a time.

Fields see each other rounded to float32. Many are computed in float32 from the start, where that
gives the same bits; who asks for a field from outside may need its exact doubles.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from irrun.errors import IrrunError
from irrun.errors.fields import BadFieldId
from irrun.evaluate.environment import Environment
from irrun.evaluate.fields.chains import FieldChains
from irrun.evaluate.fields.combine import combine_elements
from irrun.evaluate.fields.domains import FieldDomain, FieldDomains
from irrun.evaluate.fields.elements import Elements, common_kind, in_doubles, seen
from irrun.evaluate.fields.evaluation import FieldEvaluation
from irrun.evaluate.fields.formats import BufferTarget, stored
from irrun.evaluate.fields.graph import FieldGraph, ReadyField, placed
from irrun.evaluate.fields.nodes import FieldCompiler
from irrun.evaluate.fields.values import FieldValues
from irrun.evaluate.frame_cache import FrameCache
from irrun.evaluate.signals.evaluator import SignalEvaluator
from irrun.evaluate.state_cells import CellFinder
from irrun.ir.fields import field_id_of
from irrun.ir.tables import Tables
from irrun.ir.values import AnyFieldHandle, Buffer, CombinedField, DomainHandle, FieldRef
from irrun.numerics.memory import keep_freed_memory


@dataclass(frozen=True, slots=True)
class EvaluatedField:
    """One evaluation of a field node, for the trace."""

    field: int
    domain: FieldDomain
    elements: Elements
    """As other expressions see them."""
    is_constant: bool


class FieldEvaluator:
    """Evaluates fields of one program over one memory."""

    def __init__(
        self,
        tables: Tables,
        signals: SignalEvaluator,
        finder: CellFinder,
        memo: FrameCache,
        env: Environment,
    ) -> None:
        keep_freed_memory()
        self._memo = memo
        self._env = env
        self.chains = FieldChains(tables, finder, env)
        self._graph = FieldGraph(tables, FieldCompiler(tables, signals, self.chains, env))
        self._domains = FieldDomains(memo.held)
        self.log: list[EvaluatedField] | None = None
        """If set, takes every evaluation."""

    def expect(self, field_ids: Iterable[int]) -> None:
        """Say which fields will be asked for, so that others do not forget them."""
        self._graph.roots.update(field_ids)

    def domain(self, count: int, handle: DomainHandle | None = None) -> FieldDomain:
        """Return the domain of a handle, or of a plain number of elements."""
        return self._domains.domain(count, handle)

    def buffer(
        self, field_id: int, domain: FieldDomain, domain_slot: int, target: BufferTarget
    ) -> Buffer:
        """Return a field as a buffer; the same object again within a frame (section 10.2).

        A field that cannot change is the same object in every frame.

        Raises:
            FormatMismatch: IR438.
            TooMuchHeld: IR406.
            Trap: As `evaluate` does.
        """
        key = (field_id, domain_slot, target.components, target.element)
        found: Buffer | None = self._memo.buffers.get(key)
        if found is None:
            found = self._memo.buffers[key] = self._buffer(field_id, domain, target)
        return found

    def _buffer(self, field_id: int, domain: FieldDomain, target: BufferTarget) -> Buffer:
        key = (field_id, target.components, target.element)
        known = domain.constant_buffers.get(key)
        if known is not None:
            return known
        elements = self._evaluate(field_id, domain, exact=target.element != "f32")
        self._memo.held.check(domain.count * target.components * elements.frames)
        made = stored(elements, domain.count, target, quirks=self._env.quirks)
        if self._graph.is_constant(field_id):
            domain.keep_buffer(key, made)
        return made

    def evaluate(self, field_id: int, domain: FieldDomain) -> Elements:
        """Return a field's elements in this frame, in doubles, evaluating what it needs.

        Raises:
            IdOutOfRange: IR412, the field or an operand does not exist.
            FieldCycle: IR439, a field needs itself.
            Trap: A node cannot be computed.
        """
        return self._evaluate(field_id, domain, exact=True)

    def _evaluate(self, field_id: int, domain: FieldDomain, *, exact: bool) -> Elements:
        """Return a field's elements, in doubles or as other expressions see them."""
        values = self._memo.elements.get(domain)
        if values is None:
            values = self._memo.elements[domain] = FieldValues(self._memo.held)
        constants = domain.constants
        evaluation = FieldEvaluation(self._graph, values, constants, field_id, exact=exact)
        known = evaluation.find()
        if known is not None:
            return known
        self._graph.reach(field_id)
        with np.errstate(all="ignore"):
            for field in evaluation.missing():
                self._compute(field, domain, evaluation)
        return evaluation.result()

    def _compute(self, field: ReadyField, domain: FieldDomain, evaluation: FieldEvaluation) -> None:
        """Compute one node whose operands have elements."""
        function, operands = field.function, evaluation.operands(field)
        try:
            if function.single is not None and not evaluation.wants_doubles_of(field):
                result = function.single(domain, operands)
            else:
                result = function.compute(domain, [in_doubles(e) for e in operands])
        except IrrunError as error:
            raise placed(error, field.field) from None
        evaluation.keep(field, result)
        if self.log is not None:
            self.log.append(EvaluatedField(field.field, domain, seen(result), field.is_constant))

    def evaluate_handle(self, handle: AnyFieldHandle, domain: FieldDomain) -> Elements:
        """Return the elements that a field handle stands for; handles may be nested deeply.

        Raises:
            BadFieldId: IR436.
            Trap: As `evaluate` does.
        """
        with np.errstate(all="ignore"):
            return self._of_handle(handle, domain)

    def _of_handle(self, handle: AnyFieldHandle, domain: FieldDomain) -> Elements:
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
            operands = [in_doubles(seen(e)) for e in done[len(done) - len(parts) :]]
            del done[len(done) - len(parts) :]
            if isinstance(current, CombinedField):
                kind = common_kind(operands)
                done.append(combine_elements(current.mode, operands, kind, "a bus of fields"))
            else:
                owner = "a publisher of fields"
                done.append(self.chains.run(current.chain, operands[0], domain.count, owner))
            # A chain may have a memory: it moves once a frame. The handle keeps its id its own.
            self._memo.held.hold(done[-1].data)
            self._memo.handles[key] = (current, done[-1])
        return done[0]

    def _referred(self, ref: FieldRef, domain: FieldDomain) -> Elements:
        field_id = field_id_of(ref.expr_id)
        if field_id is None:
            raise BadFieldId(text=ref.expr_id)
        return self.evaluate(field_id, domain)

    def check_room(self, numbers: int) -> None:
        """Refuse to hold so many numbers more than are held now.

        Raises:
            TooMuchHeld: IR406.
        """
        self._memo.held.check(numbers)

    def is_constant(self, field_id: int) -> bool:
        """True if a field has the same elements in every frame."""
        return self._graph.is_constant(field_id)
