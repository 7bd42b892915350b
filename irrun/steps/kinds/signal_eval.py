"""signalEval: evaluate signals and write them to slots (runtime-semantics 6.1)."""

from collections.abc import Iterator
from typing import ClassVar

from irrun.evaluate.evaluators import Evaluators
from irrun.evaluate.reachable import slots_of_signals
from irrun.evaluate.signals.evaluator import PlannedOutput, SignalEvaluator
from irrun.ir.tables import Tables
from irrun.ir.types import Record, SignalId, SlotId
from irrun.ir.values import ValueClass
from irrun.steps.base import Access, Execute, Step, class_of_type, read_through, write
from irrun.steps.block import BlockPlan
from irrun.steps.details import telling_expressions
from irrun.steps.frame import Frame
from irrun.steps.uses import Use


class SignalOutput(Record, frozen=True, kw_only=True):
    """A signal and the slot it goes to."""

    sig_id: SignalId
    slot: SlotId


class SignalEval(Step, frozen=True, kw_only=True, tag="signalEval"):
    """Evaluate signals, each right before its slot is written."""

    runs_by_row: ClassVar[bool] = False

    outputs: tuple[SignalOutput, ...]

    def accesses(self, tables: Tables) -> Iterator[Access]:
        """Yield the hidden reads, then the writes.

        A slot that this very step writes is no read from outside: an output reads an earlier
        one's slot within the step.
        """
        own = {output.slot for output in self.outputs}
        for reached in slots_of_signals(tables, (o.sig_id for o in self.outputs)):
            if reached.slot not in own:
                yield read_through(reached)
        for i, output in enumerate(self.outputs):
            yield write(output.slot, _class_of(tables, output.sig_id), f"outputs[{i}].slot")

    def uses(self) -> Iterator[Use]:
        for i, output in enumerate(self.outputs):
            yield Use("signal", output.sig_id, f"outputs[{i}].sigId")

    def prepare(self, evaluators: Evaluators) -> Execute:
        """Plan in the first frame what is evaluated in which order."""
        signals = evaluators.signals
        plans: list[PlannedOutput] = []

        def run(frame: Frame) -> None:
            if not plans:
                plans.extend(self._plans(signals))
            if not frame.wants_detail:
                signals.evaluate_into(plans, frame.write)
                return
            with telling_expressions(frame):
                signals.evaluate_into(plans, frame.write)

        return run

    def columns(self, plan: BlockPlan) -> None:
        """Demand each signal, and write it right after."""
        for output in self.outputs:
            plan.write(output.slot, plan.signals.demand(output.sig_id))

    def _plans(self, signals: SignalEvaluator) -> list[PlannedOutput]:
        """Return, for each output, what is evaluated first, the signal and the slot."""
        done: set[int] = set()
        return [(signals.plan(o.sig_id, done), o.sig_id, o.slot) for o in self.outputs]


def _class_of(tables: Tables, sig_id: int) -> ValueClass:
    """Return what a signal yields: a number, unless the signal is declared to be more."""
    if sig_id >= len(tables.signal_nodes):
        return "number"
    found = class_of_type(tables.signal_nodes[sig_id].type)
    return found if found in ("vector", "color") else "number"
