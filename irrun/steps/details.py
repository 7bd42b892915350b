"""What steps tell the trace of the expressions that they evaluate."""

from collections.abc import Iterator
from contextlib import contextmanager

from irrun.evaluate.fields.elements import COMPONENTS, Elements, value_of
from irrun.evaluate.fields.evaluator import EvaluatedField
from irrun.evaluate.fields.ops import needed_fields
from irrun.evaluate.operations.opcodes import OPCODES
from irrun.evaluate.signals.evaluator import Evaluated
from irrun.ir.expressions.fields import (
    BroadcastField,
    BusCombineField,
    ConstField,
    MapField,
    TransformField,
    ZipField,
)
from irrun.ir.expressions.functions import KernelFn, PureFn
from irrun.ir.expressions.signals import ConstSignal, InputSlotSignal, StatefulSignal
from irrun.ir.tables import Tables
from irrun.ir.types import kind_of
from irrun.ir.values import Buffer
from irrun.numerics.arrays import to_f32_array
from irrun.numerics.text import number_text
from irrun.steps.frame import Frame, Subject

_SHOWN_OPERANDS = 6


@contextmanager
def telling_expressions(frame: Frame) -> Iterator[None]:
    """Tell the trace every signal and field that is evaluated meanwhile, if it wants to know."""
    if not frame.wants_detail:
        yield
        return
    signals, fields = frame.signals, frame.fields
    log: list[Evaluated] = []
    evaluated: list[EvaluatedField] = []
    outer, signals.log, fields.log = signals.log, log, evaluated
    try:
        yield
    finally:
        signals.log, fields.log = outer, None
        if outer is not None:
            outer.extend(log)
        for found in log:
            subject = Subject("signal", found.signal)
            text = _signal_text(frame.tables, found.signal)
            frame.detail(subject, text, found.value, _memory(found))
        for field in evaluated:
            subject = Subject("field", field.field, field.domain)
            text = field_text(frame.tables, field.field)
            note = "the same in every frame" if field.is_constant else ""
            frame.detail(subject, text, shown(field.elements), note)


def field_text(tables: Tables, field_id: int) -> str:
    """Return a field as short text: id, kind, function, operands."""
    node = tables.field_nodes[field_id]
    parts = [f"field {field_id}", kind_of(node)]
    match node:
        case ConstField(const_id=const_id):
            parts.append(f"constant {const_id}")
        case BroadcastField(sig=sig):
            parts.append(f"signal {sig}")
        case MapField(fn=fn) | ZipField(fn=fn):
            parts.append(_function_text(fn))
        case TransformField(chain=chain):
            parts.append(f"chain {chain}")
        case BusCombineField(combine=combine):
            parts.append(combine.mode)
    needed = needed_fields(node)
    return " ".join(parts) + (f" of {_ids(needed)}" if needed else "")


def _function_text(fn: PureFn) -> str:
    if isinstance(fn, KernelFn):
        return fn.kernel_id
    row = OPCODES.get(fn.opcode)
    return f"opcode {fn.opcode}" if row is None else row.name


def shown(elements: Elements) -> object:
    """Return elements as a value that can be shown: what they all are, or a buffer of them."""
    if len(elements.data) == 1:
        return value_of(elements, 0)
    if elements.kind not in COMPONENTS:
        return elements.data.tolist()
    return Buffer(to_f32_array(elements.data.reshape(-1)), COMPONENTS[elements.kind], "f32")


def _signal_text(tables: Tables, sig_id: int) -> str:
    """Return a signal as short text: id, kind, operands."""
    node = tables.signal_nodes[sig_id]
    parts = [f"signal {sig_id}", kind_of(node)]
    match node:
        case ConstSignal(const_id=const_id):
            parts.append(f"constant {const_id}")
        case InputSlotSignal(slot=slot):
            parts.append(f"slot {slot}")
        case StatefulSignal(op=op):
            parts.append(op)
    return " ".join(parts) + (f" of {_ids(node.operands)}" if node.operands else "")


def _ids(operands: tuple[int, ...]) -> str:
    listed = ", ".join(map(str, operands[:_SHOWN_OPERANDS]))
    return listed + (", ..." if len(operands) > _SHOWN_OPERANDS else "")


def _memory(found: Evaluated) -> str:
    """Return a stateful node's numbers before and after."""
    if not found.before:
        return ""
    before, after = (
        ", ".join(map(number_text, numbers)) for numbers in (found.before, found.after)
    )
    return f"state {before} -> {after}"
