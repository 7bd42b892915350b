"""Rules for transform chains: every step can run, and types flow through."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from irrun.errors import IrrunError
from irrun.errors.checks.values import ChainTypeFlow
from irrun.errors.expressions import (
    KernelNotRunnable,
    OpcodeNotAllowed,
    StateOutOfRange,
    UnknownCurve,
)
from irrun.evaluate.operations.opcodes import OPCODES
from irrun.evaluate.operations.transforms import ChainRunner
from irrun.ir.expressions.fields import TransformField
from irrun.ir.expressions.functions import OpcodeFn
from irrun.ir.expressions.signals import TransformSignal
from irrun.ir.expressions.transforms import CastStep, MapStep, TransformChain, TransformStep
from irrun.ir.tables import Tables
from irrun.program.checks.facts import Facts, weighed
from irrun.program.checks.rule import rule
from irrun.program.checks.rules.types import fits, sort_of
from irrun.steps.kinds.bus_eval import BusEval


class _SingleSteps:
    """Tables in which every step of every chain is a chain of its own."""

    def __init__(self, steps: list[TransformStep]) -> None:
        self.chains = tuple(TransformChain(steps=(step,)) for step in steps)


def certain_chains(facts: Facts) -> set[int]:
    """Return the chains that every frame goes through."""
    program = facts.program
    found = {
        node.chain
        for i in facts.certain_signals
        if isinstance(node := program.signal_nodes[i], TransformSignal)
    }
    found |= {
        field.chain
        for i in facts.certain_fields
        if isinstance(field := program.field_nodes[i], TransformField)
    }
    for step in program.steps:
        if isinstance(step, BusEval) and facts.is_executed:
            found |= {p.transform.chain_id for p in step.publishers if p.enabled and p.transform}
    return found


@rule(KernelNotRunnable, OpcodeNotAllowed, StateOutOfRange, UnknownCurve)
def chain_steps(facts: Facts) -> Iterator[IrrunError]:
    """Every step of a chain can run: made by the very code that makes it for a run."""
    chains = facts.program.chains
    places = [(c, k) for c, chain in enumerate(chains) for k in range(len(chain.steps))]
    single = _SingleSteps([chains[c].steps[k] for c, k in places])
    runner = ChainRunner(cast(Tables, single), facts.finder, facts.env)
    certain = certain_chains(facts) if places else set()
    for index, (c, k) in enumerate(places):
        for error in facts.asked(lambda i=index: runner.chain(i, "")):
            if "owner" in error.facts:
                error.facts["owner"] = f"chain {c}"
            path = f"$.transforms.chains[{c}].steps[{k}]"
            yield weighed(error.at(path=path), c in certain)


_CASTS: Final[Mapping[str, tuple[str, str]]] = {
    "numberToVec2": ("number", "vec2"),
    "vec2ToNumber": ("vec2", "number"),
    "colorToVec3": ("color", "vec3"),
    "vec3ToColor": ("vec3", "color"),
    "hslToRGB": ("color", "color"),
    "rgbToHSL": ("color", "color"),
    "numberToBool": ("number", "number"),
    "boolToNumber": ("number", "number"),
}
"""What each cast takes and gives."""


@rule(ChainTypeFlow)
def chain_types(facts: Facts) -> Iterator[IrrunError]:
    """Each step of a chain gets what it takes, and the last gives what the chain promises."""
    for c, chain in enumerate(facts.program.chains):
        path = f"$.transforms.chains[{c}]"
        got = "any" if chain.from_type is None else sort_of(chain.from_type)
        for k, step in enumerate(chain.steps):
            wanted, given = _takes_and_gives(step)
            if not fits(wanted, got):
                place = f"step {k} ({_name(step)})"
                warning = ChainTypeFlow(chain=c, place=place, wanted=wanted, got=got)
                yield warning.at(path=f"{path}.steps[{k}]")
            got = given if given != "any" else got
        if chain.to_type is not None and not fits(sort_of(chain.to_type), got):
            warning = ChainTypeFlow(chain=c, place="toType", wanted=sort_of(chain.to_type), got=got)
            yield warning.at(path=f"{path}.toType")


def _takes_and_gives(step: TransformStep) -> tuple[str, str]:
    """Return the sorts of a step's operand and result; most steps keep what they get."""
    match step:
        case CastStep(op=op):
            return _CASTS[op]
        case MapStep(fn=OpcodeFn(opcode=number)) if number in OPCODES:
            row = OPCODES[number]
            if row.category == "math" or row.arity != 1:
                return "any", "any"  # numbers, or vectors by component
            return sort_of(row.operands[0]), sort_of(row.result)
        case _:
            return "any", "any"


def _name(step: Any) -> str:
    return step.op if isinstance(step, CastStep) else "map"


RULES: Final = (chain_steps, chain_types)
