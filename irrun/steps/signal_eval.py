"""signalEval: evaluate signals and write them to slots (runtime-semantics 6.1)."""

from collections.abc import Iterator

from irrun.evaluate.reachable import slots_of_signals
from irrun.evaluate.signals import Evaluated, PlannedOutput, SignalEvaluator
from irrun.ir.signals import ConstSignal, InputSlotSignal, StatefulSignal
from irrun.ir.tables import Tables
from irrun.ir.types import Record, SignalId, SlotId, kind_of
from irrun.ir.values import ValueClass
from irrun.numerics.text import number_text
from irrun.steps.base import Access, Frame, Step, class_of_type, read, write


class SignalOutput(Record, frozen=True, kw_only=True):
    """A signal and the slot it goes to."""

    sig_id: SignalId
    slot: SlotId


class SignalEval(Step, frozen=True, kw_only=True, tag="signalEval"):
    """Evaluate signals, each right before its slot is written."""

    outputs: tuple[SignalOutput, ...]

    def accesses(self, tables: Tables) -> Iterator[Access]:
        """Yield the hidden reads, then the writes.

        A slot that this very step writes is no read from outside: an output reads an earlier
        one's slot within the step.
        """
        own = {output.slot for output in self.outputs}
        for reached in slots_of_signals(tables, (o.sig_id for o in self.outputs)):
            if reached.slot not in own:
                yield read(reached.slot, class_of_type(reached.type), reached.path)
        for i, output in enumerate(self.outputs):
            yield write(output.slot, _class_of(tables, output.sig_id), f"outputs[{i}].slot")

    def run(self, frame: Frame) -> None:
        signals = frame.signals
        plans = frame.plans.get(frame.position)
        if plans is None:
            plans = frame.plans[frame.position] = self._plans(signals)
        if frame.wants_detail:
            self._run_with_details(frame, plans)
            return
        signals.evaluate_into(plans, frame.write)

    def _plans(self, signals: SignalEvaluator) -> list[PlannedOutput]:
        """Return, for each output, what is evaluated first, the signal and the slot."""
        done: set[int] = set()
        return [(signals.plan(o.sig_id, done), o.sig_id, o.slot) for o in self.outputs]

    def _run_with_details(self, frame: Frame, plans: list[PlannedOutput]) -> None:
        """Evaluate, and tell the trace every expression that was evaluated."""
        signals = frame.signals
        log: list[Evaluated] = []
        outer, signals.log = signals.log, log
        try:
            signals.evaluate_into(plans, frame.write)
        finally:
            signals.log = outer
            if outer is not None:
                outer.extend(log)
            for found in log:
                frame.detail(_expression(frame.tables, found.signal), found.value, _memory(found))


def _expression(tables: Tables, sig_id: int) -> str:
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
    shown = ", ".join(map(str, operands[:6]))
    return shown + (", ..." if len(operands) > 6 else "")


def _memory(found: Evaluated) -> str:
    """Return a stateful node's numbers before and after."""
    if not found.before:
        return ""
    before, after = (
        ", ".join(map(number_text, numbers)) for numbers in (found.before, found.after)
    )
    return f"state {before} -> {after}"


def _class_of(tables: Tables, sig_id: int) -> ValueClass:
    """Return what a signal yields: a number, unless the signal is declared to be more."""
    if sig_id >= len(tables.signal_nodes):
        return "number"
    found = class_of_type(tables.signal_nodes[sig_id].type)
    return found if found in ("vector", "color") else "number"
