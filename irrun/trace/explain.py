"""How a value came about: the tree of slots and expressions behind it, in one frame."""

from collections.abc import Callable, Hashable, Iterator
from typing import Any

import msgspec
import numpy as np

from irrun.evaluate.fields.domains import FieldDomain
from irrun.evaluate.fields.ops import needed_fields
from irrun.evaluate.operations.opcodes import OPCODES
from irrun.evaluate.signals.evaluator import Evaluated
from irrun.evaluate.signals.nodes import needed_operands
from irrun.ir.buses import Publisher
from irrun.ir.constants import is_number
from irrun.ir.expressions.functions import OpcodeFn, PureFn
from irrun.ir.expressions.signals import (
    BusCombineSignal,
    ConstSignal,
    InputSlotSignal,
    MapSignal,
    SelectSignal,
    StatefulSignal,
    TransformSignal,
    ZipSignal,
)
from irrun.ir.types import kind_of
from irrun.ir.values import DomainHandle
from irrun.limits import EXPLAIN_DEPTH, EXPLAIN_NODES
from irrun.numerics.text import number_text
from irrun.numerics.whole import whole
from irrun.runtime.executor import Observer
from irrun.runtime.view import FrameView
from irrun.steps.actors import INITIAL
from irrun.steps.base import PlannedStep
from irrun.steps.details import field_text
from irrun.steps.frame import Frame, Subject
from irrun.steps.kinds.bus_eval import BusEval
from irrun.steps.kinds.event_bus_eval import EventBusEval
from irrun.steps.kinds.materialize import Materialize
from irrun.steps.kinds.node_eval import NodeEval
from irrun.steps.kinds.signal_eval import SignalEval
from irrun.steps.kinds.time_derive import TimeDerive


class Explanation(msgspec.Struct):
    """One value, and the values that it was made of."""

    text: str
    value: Any = None
    note: str = ""
    parts: list["Explanation"] = msgspec.field(default_factory=list)

    def walk(self) -> Iterator["Explanation"]:
        """Yield this value and everything below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


class ExplainRecorder(Observer):
    """Remembers, of the frame that is running, who wrote what and which signals had which state."""

    def __init__(self) -> None:
        self.writers: dict[int, PlannedStep] = {}
        self.memory: dict[int, Evaluated] = {}
        self.reads: dict[tuple[int, int], Any] = {}
        """What a step read from a slot, by index of the step and slot."""
        self.is_constant: Callable[[int], bool] = lambda field_id: False
        """True for a field that is the same in every frame."""
        self.domain_of: Callable[[int, DomainHandle | None], FieldDomain]
        """The domain of a handle, as fields are evaluated for it."""
        self.publishers: dict[tuple[int, Publisher], Any] = {}
        """What a publisher gave to a step, by index of the step."""
        self.fields: dict[tuple[int, FieldDomain], Any] = {}
        """Elements of fields, by field id and domain."""

    def frame_start(self, frame: Frame) -> None:
        """Forget the frame before."""
        self.writers, self.memory, self.reads = {}, {}, {}
        self.publishers, self.fields = {}, {}

        def on_read(slot: int, value: Any) -> None:
            if frame.current is not None:
                self.reads.setdefault((frame.current.index, slot), value)

        def on_detail(subject: Subject, text: str, value: Any, note: str) -> None:
            match subject:
                case Subject("field", int(field_id), FieldDomain() as domain):
                    self.fields[field_id, domain] = value
                case Subject("publisher", Publisher() as publisher) if frame.current is not None:
                    self.publishers[frame.current.index, publisher] = value

        def on_write(slot: int, value: Any) -> None:
            if frame.current is not None:
                self.writers[slot] = frame.current

        self.is_constant, self.domain_of = frame.fields.is_constant, frame.fields.domain
        frame.listen(on_read, on_write)
        frame.on_detail = on_detail
        frame.signals.log = []

    def frame_end(self, frame: Frame) -> None:
        """Keep what the signals did."""
        frame.unlisten()
        frame.on_detail = None
        log, frame.signals.log = frame.signals.log, None
        self.memory = {found.signal: found for found in log or []}


class Explainer:
    """Builds explanations for the frame that has just ended."""

    def __init__(self, now: FrameView, recorder: ExplainRecorder) -> None:
        self._now = now
        self._recorder = recorder
        self._shown: set[tuple[str, Hashable]] = set()
        self._count = 0

    def slot(self, slot: int, depth: int = 0, reader: int | None = None) -> Explanation:
        """Explain a slot's value back to constants, time and state.

        Args:
            slot: The slot.
            depth: How deep the explanation is already.
            reader: Index of the step that read the slot; None for the value after the frame.
        """
        values = self._now.values
        found = Explanation(f"slot {slot}", values.peek(slot))
        writer = self._recorder.writers.get(slot)
        if reader is not None and writer is not None:
            read = self._recorder.reads.get((reader, slot), found.value)
            is_later = writer.index > reader or not _is_same(read, found.value)
            if is_later:
                # The step saw what the frame before had left there.
                found.value = read
                found.note = f"from an earlier frame: {writer.step.id} writes it later in this one"
                return found
        if self._is_enough("slot", slot, found, depth):
            return found
        planned = self._recorder.writers.get(slot)
        if planned is not None:
            found.text += f", written by {planned.step.id} ({planned.step.kind})"
            if planned.is_stub:
                found.note = "a stub's placeholder"
            else:
                found.parts = list(self._step(planned, slot, depth + 1))
        elif not values.was_ever_written(slot):
            found.note = "never written"
        else:
            wrote = values.writer_of(slot)
            by = "" if wrote is None else wrote.name
            found.note = "initial value" if wrote == INITIAL else f"from an earlier frame, by {by}"
        return found

    def _is_enough(self, kind: str, number: Hashable, found: Explanation, depth: int) -> bool:
        """True if a value is not to be followed further; says why."""
        self._count += 1
        if (kind, number) in self._shown:
            found.note = "see above"
            return True
        if self._count > EXPLAIN_NODES.value or depth > EXPLAIN_DEPTH.value:
            found.note = "not followed further"
            return True
        self._shown.add((kind, number))
        return False

    def _step(self, planned: PlannedStep, slot: int, depth: int) -> Iterator[Explanation]:
        """Yield what a real step made a slot's value of."""
        step = planned.step
        match step:
            case TimeDerive():
                yield self._time(slot, step)
            case SignalEval():
                sig_id = next(o.sig_id for o in step.outputs if o.slot == slot)
                yield self.signal(sig_id, depth, planned.index)
            case NodeEval():
                yield from self._node(step, depth, planned.index)
            case BusEval() | EventBusEval():
                yield from self._bus(step, depth, planned.index)
            case Materialize():
                plan = step.materialization
                yield self.slot(plan.domain_slot, depth, planned.index)
                if plan.field_id is not None:
                    domain = self._domain(plan.domain_slot, planned.index)
                    yield self.field(plan.field_id, domain, depth, planned.index)
            case _:
                reads = dict.fromkeys(a.slot for a in planned.accesses if a.mode == "read")
                yield from (self.slot(read, depth, planned.index) for read in reads)

    def _time(self, slot: int, step: TimeDerive) -> Explanation:
        time = self._now.time
        model = kind_of(self._now.program.time_model)
        fields = [a.field for a in step.accesses(self._now.program) if a.slot == slot]
        return Explanation(f"{', '.join(fields)} of the {model} time model", time.t_abs_ms, "ms")

    def _node(self, step: NodeEval, depth: int, at: int) -> Iterator[Explanation]:
        node = self._now.program.nodes.nodes[step.node_index]
        row = OPCODES.get(node.opcode)
        name = "unknown" if row is None else row.name
        value = self._now.values.peek(step.output_slots[0])
        found = Explanation(f"node {node.id}: opcode {node.opcode} {name}", value)
        if node.opcode == 0:
            found.note = f"constant {node.compiler_tag or 0}"
        found.parts = [self.slot(slot, depth + 1, at) for slot in step.input_slots]
        yield found

    def _bus(self, step: BusEval | EventBusEval, depth: int, at: int) -> Iterator[Explanation]:
        """Yield the terms of a bus; a publisher's own slot is below its term."""
        enabled = [p for p in step.publishers if p.enabled]
        if not enabled:
            yield Explanation("no publisher is enabled: the silent value")
        for publisher in enabled:
            through = publisher.transform
            chain = "" if through is None else f" through chain {through.chain_id}"
            value = self._recorder.publishers.get((at, publisher))
            text = f"{step.combine.mode} of publisher {publisher.publisher_id}{chain}"
            term = Explanation(text, value)
            term.parts = [self.slot(publisher.src_slot, depth + 1, at)]
            yield term

    def _domain(self, slot: int, at: int) -> FieldDomain | None:
        """Return the domain that a step read from a slot."""
        read = self._recorder.reads.get((at, slot))
        handle = read if isinstance(read, DomainHandle) else None
        count = read if handle is None else handle.count
        known = whole(count, 0) if is_number(count) else None
        return None if known is None else self._recorder.domain_of(known, handle)

    def field(
        self, field_id: int, domain: FieldDomain | None, depth: int = 0, at: int | None = None
    ) -> Explanation:
        """Explain a field's elements over a domain."""
        program = self._now.program
        node = program.field_nodes[field_id]
        told = None if domain is None else self._recorder.fields.get((field_id, domain))
        found = Explanation(field_text(program, field_id), told)
        if found.value is None:
            is_constant = self._recorder.is_constant(field_id)
            found.note = "the same in every frame" if is_constant else "not evaluated in this frame"
        if not self._is_enough("field", (field_id, domain), found, depth):
            operands = needed_fields(node)
            found.parts = [self.field(operand, domain, depth + 1, at) for operand in operands]
            found.parts += [self.signal(signal, depth + 1, at) for signal in node.signals]
        return found

    def signal(self, sig_id: int, depth: int = 0, at: int | None = None) -> Explanation:
        """Explain a signal's value."""
        nodes, now = self._now.program.signal_nodes, self._now
        node = nodes[sig_id]
        found = Explanation(f"signal {sig_id}: {kind_of(node)}")
        if not now.has_signal(sig_id):
            found.note = "not evaluated in this frame"
            return found
        found.value = now.signal(sig_id)
        found.text += self._signal_text(node)
        if self._is_enough("signal", sig_id, found, depth):
            return found
        found.note = self._memory_text(sig_id)
        if isinstance(node, InputSlotSignal):
            found.parts = [self.slot(node.slot, depth + 1, at)]
        else:
            operands = needed_operands(nodes, sig_id)
            if isinstance(node, SelectSignal):
                operands = self._taken(node)
            found.parts = [self.signal(operand, depth + 1, at) for operand in operands]
        return found

    def _taken(self, node: SelectSignal) -> tuple[int, int]:
        """Return the condition and the branch that was taken."""
        condition = self._now.signal(node.cond)
        return node.cond, node.t if condition > 0.5 else node.f

    def _signal_text(self, node: Any) -> str:
        """Return what a signal does, beyond its kind."""
        match node:
            case ConstSignal(const_id=const_id):
                return f" (constant {const_id})"
            case MapSignal(fn=fn) | ZipSignal(fn=fn):
                return f" {_function_text(fn)}"
            case TransformSignal(chain=chain):
                return f" through chain {chain}"
            case BusCombineSignal(combine=combine):
                return f" {combine.mode}"
            case StatefulSignal(op=op):
                return f" {op}"
            case _:
                return ""

    def _memory_text(self, sig_id: int) -> str:
        found = self._recorder.memory.get(sig_id)
        if found is None or not found.before:
            return ""
        before, after = (", ".join(map(number_text, n)) for n in (found.before, found.after))
        return f"state {before} -> {after}"


def _is_same(a: Any, b: Any) -> bool:
    """True if two slot values are the same; NaN is."""
    if isinstance(a, float) and isinstance(b, float):
        return a == b or (a != a and b != b)
    return a is b or (not isinstance(a, np.ndarray) and bool(a == b))


def _function_text(fn: PureFn) -> str:
    if isinstance(fn, OpcodeFn):
        row = OPCODES.get(fn.opcode)
        return "unknown opcode" if row is None else row.name
    return f"kernel {fn.kernel_id}"
