"""Field evaluation: arrays for the whole domain, demand-driven (runtime-semantics section 10).

Evaluation never recurses, so the depth of a program is no limit. What was computed is kept in the
memo of its domain, for the frame, or for good if it cannot change between frames. What only one
other field needs is let go when that one is computed, so that a long chain of fields holds a few
arrays at a time.

Fields see each other rounded to float32. Many are computed in float32 from the start, where that
gives the same bits; who asks for a field from outside may need its exact doubles.
"""

from collections.abc import Iterable

import msgspec
import numpy as np

from irrun.errors import IrrunError
from irrun.errors.fields import BadFieldId
from irrun.evaluate.environment import Environment, Signals
from irrun.evaluate.fields.chains import FieldChains
from irrun.evaluate.fields.combine import combine_elements
from irrun.evaluate.fields.domains import FieldDomain, FieldDomains
from irrun.evaluate.fields.elements import Elements, common_kind, in_doubles, is_rounded, seen
from irrun.evaluate.fields.formats import BufferTarget, stored
from irrun.evaluate.fields.graph import FieldGraph, ReadyField, placed
from irrun.evaluate.fields.nodes import FieldCompiler
from irrun.evaluate.frame_cache import FrameCache
from irrun.evaluate.state.cells import CellFinder
from irrun.ir.expressions.fields import field_id_of
from irrun.ir.tables import Tables
from irrun.ir.values import AnyFieldHandle, Buffer, CombinedField, DomainHandle, FieldRef
from irrun.numerics.memory import keep_freed_memory


class EvaluatedField(msgspec.Struct, frozen=True):
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
        signals: Signals,
        finder: CellFinder,
        cache: FrameCache,
        env: Environment,
    ) -> None:
        keep_freed_memory()
        self._held = cache.held
        self._env = env
        self.chains = FieldChains(tables, finder, env)
        self._graph = FieldGraph(tables, FieldCompiler(tables, signals, self.chains, env))
        self._domains = FieldDomains(cache)
        self._buffers = cache.new_memo()
        """By field id, domain slot, components and element type: section 10.2."""
        self.log: list[EvaluatedField] | None = None
        """If set, takes every evaluation."""

    def expect(self, field_ids: Iterable[int]) -> None:
        """Say which fields will be asked for, so that they are kept until then."""
        self._graph.kept.update(field_ids)

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
        found: Buffer | None = self._buffers.values.get(key)
        if found is None:
            found = self._buffer(field_id, domain, target)
            self._buffers.keep(key, found)
        return found

    def _buffer(self, field_id: int, domain: FieldDomain, target: BufferTarget) -> Buffer:
        key = (field_id, target.components, target.element)
        known: Buffer | None = domain.memo.values.get(key)
        if known is not None:
            return known
        elements = self._evaluate(field_id, domain, exact=target.element != "f32")
        self.check_room(domain.count * target.components * elements.frames)
        made = stored(elements, domain.count, target, quirks=self._env.quirks)
        if self._graph.is_constant(field_id):
            domain.memo.keep(key, made, made.data, for_good=True)
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
        found = _known(field_id, domain, exact=exact)
        if found is None:
            self._graph.reach(field_id)
            with np.errstate(all="ignore"):
                for field in self._missing(field_id, domain):
                    self._compute(field, domain, field_id, exact=exact)
            found = _known(field_id, domain, exact=exact)
            assert found is not None
        return found

    def _missing(self, root: int, domain: FieldDomain) -> list[ReadyField]:
        """Return what has to be computed for a field: operands first, itself last."""
        ready, values = self._graph.ready, domain.memo.values
        order: list[ReadyField] = []
        opened: set[int] = set()
        stack = [root]
        while stack:
            i = stack.pop()
            if i < 0:
                order.append(ready[~i])  # its operands are done
            elif i not in opened:
                opened.add(i)
                stack.append(~i)
                stack += [o for o in reversed(ready[i].function.operands) if o not in values]
        return order

    def _compute(self, field: ReadyField, domain: FieldDomain, root: int, *, exact: bool) -> None:
        """Compute one node whose operands have elements, and let go of what it alone needed.

        Args:
            field: The node.
            domain: The domain.
            root: What was asked for.
            exact: True if it was asked for in doubles.
        """
        i, function, memo, kept = field.field, field.function, domain.memo, self._graph.kept
        operands = [memo.values[o] for o in function.operands]
        try:
            if function.single is not None and not (exact and i == root):
                result = function.single(domain, operands)
            else:
                result = function.compute(domain, [in_doubles(e) for e in operands])
        except IrrunError as error:
            raise placed(error, i) from None
        rounded = seen(result)
        memo.keep(i, rounded, rounded.data, for_good=field.is_constant)
        if result is not rounded and (i == root or (field.is_lasting and i in kept)):
            # Wanted or not: they may be the next time, and nothing is to be computed twice.
            memo.keep(_doubles(i), result, result.data, for_good=field.is_constant)
        for operand in function.operands:
            if operand not in kept and operand in memo.values:
                memo.drop(operand)
        if self.log is not None:
            self.log.append(EvaluatedField(i, domain, rounded, field.is_constant))

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
        memo = domain.memo
        while todo:
            current, are_parts_done = todo.pop()
            key = ("handle", id(current))
            if isinstance(current, FieldRef):
                done.append(self._referred(current, domain))
                continue
            if key in memo.values:
                done.append(memo.values[key][1])
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
            memo.keep(key, (current, done[-1]), done[-1].data)
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
        self._held.check(numbers)

    def is_constant(self, field_id: int) -> bool:
        """True if a field has the same elements in every frame."""
        return self._graph.is_constant(field_id)


def _doubles(field_id: int) -> tuple[str, int]:
    """Return what the doubles of a field are kept under; the id alone is what others see."""
    return "doubles", field_id


def _known(field_id: int, domain: FieldDomain, *, exact: bool) -> Elements | None:
    """Return a field's elements in the form that is wanted, if they are known."""
    values = domain.memo.values
    found: Elements | None = values.get(field_id)
    if exact and found is not None and is_rounded(found.kind):
        found = values.get(_doubles(field_id))
    return found
