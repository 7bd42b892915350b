"""Rules for constants: every consumer finds one that it can use."""

import math
from collections.abc import Iterator
from typing import Final

from irrun.errors import IrrunError
from irrun.errors.checks.values import NonFiniteConstant
from irrun.errors.expressions import BadHexDigit, NullConstant, UnusableConstant
from irrun.errors.fields import NotAColor, NotAPath
from irrun.errors.program import ConstantNotFound, ConstIndexOutOfPool
from irrun.evaluate.fields.constants import constant_elements
from irrun.evaluate.fields.elements import ElementKind, kind_of_type
from irrun.ir.constants import FIELD_ORDER, SIGNAL_ORDER, ConstPlace, ConstPool
from irrun.ir.expressions.fields import ConstField
from irrun.ir.expressions.signals import ConstSignal
from irrun.ir.expressions.transforms import MapStep
from irrun.numerics.text import number_text
from irrun.program.checks.facts import Facts, weighed
from irrun.program.checks.rule import rule

_ANYWHERE: Final[tuple[ConstPlace, ...]] = ("json", "f64", "constIndex")


@rule(ConstIndexOutOfPool)
def directory(facts: Facts) -> Iterator[IrrunError]:
    """Every entry of `constIndex` leads to a constant."""
    constants = facts.program.constants
    sizes = pool_sizes(constants)
    for i, entry in enumerate(constants.const_index):
        if entry.idx >= sizes[entry.k]:
            error = ConstIndexOutOfPool(
                const_id=i, pool=entry.k, index=entry.idx, size=sizes[entry.k]
            )
            yield weighed(error.at(path=f"$.constants.constIndex[{i}]"), False)


def pool_sizes(constants: ConstPool) -> dict[str, int]:
    """Return how many constants each pool has."""
    return {
        "json": len(constants.json),
        "f64": len(constants.f64),
        "f32": len(constants.f32),
        "i32": len(constants.i32),
    }


@rule(
    BadHexDigit,
    ConstantNotFound,
    ConstIndexOutOfPool,
    NotAColor,
    NotAPath,
    NullConstant,
    UnusableConstant,
)
def field_constants(facts: Facts) -> Iterator[IrrunError]:
    """Every constant field has a value that its elements can be made of, as a run makes them."""
    for i, node in enumerate(facts.program.field_nodes):
        kind = kind_of_type(node.type)
        if isinstance(node, ConstField) and kind is not None:
            for error in facts.asked(lambda n=node, k=kind: _elements(facts, n.const_id, k)):
                path = f"$.fields.nodes[{i}].constId"
                yield weighed(error.at(path=path), i in facts.certain_fields)


def _elements(facts: Facts, const_id: int, kind: ElementKind) -> None:
    """Make a constant field's elements: of a list, as many as it has."""
    constants = facts.program.constants
    value = constants.resolve(const_id, FIELD_ORDER).value
    count = len(value) if isinstance(value, list | tuple) else 1
    constant_elements(constants, const_id, kind, count, facts.env)


@rule(ConstantNotFound)
def constants_that_are_only_named(facts: Facts) -> Iterator[IrrunError]:
    """Constants that nothing reads exist, too: bus defaults and parameters of chain steps."""
    program = facts.program
    named: list[tuple[int, str]] = [
        (bus.default_value_const_id, f"$.buses.buses[{i}].defaultValueConstId")
        for i, bus in enumerate(program.buses.buses)
    ]
    named += [
        (step.params_id, f"$.transforms.chains[{i}].steps[{k}].paramsId")
        for i, chain in enumerate(program.chains)
        for k, step in enumerate(chain.steps)
        if isinstance(step, MapStep) and step.params_id is not None
    ]
    for const_id, path in named:
        for error in facts.asked(lambda c=const_id: program.constants.resolve(c, _ANYWHERE)):
            if isinstance(error, ConstantNotFound):
                yield weighed(error.at(path=path), False)


@rule(NonFiniteConstant)
def finite_constants(facts: Facts) -> Iterator[IrrunError]:
    """What expressions are computed from is finite."""
    constants = facts.program.constants
    tables = (
        ("signalTable", "signal", facts.program.signal_nodes, ConstSignal, SIGNAL_ORDER),
        ("fields", "field", facts.program.field_nodes, ConstField, FIELD_ORDER),
    )
    for table, what, nodes, cls, order in tables:
        for i, node in enumerate(nodes):
            if not isinstance(node, cls):
                continue
            try:
                value = constants.resolve(node.const_id, order).value
            except IrrunError:
                continue  # another rule says so
            if isinstance(value, float) and not math.isfinite(value):
                warning = NonFiniteConstant(
                    const_id=node.const_id, value=number_text(value), consumer=f"{what} {i}"
                )
                yield warning.at(path=f"$.{table}.nodes[{i}].constId")


RULES: Final = (directory, field_constants, constants_that_are_only_named, finite_constants)
