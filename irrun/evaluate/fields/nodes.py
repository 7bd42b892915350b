"""What each kind of field node computes, for all elements at once (runtime-semantics 10.3-10.9)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, assert_never

import numpy as np

from irrun.errors.expressions import BadOperand
from irrun.errors.fields import UnsupportedField
from irrun.evaluate.environment import Environment, Signals
from irrun.evaluate.fields.chains import FieldChains
from irrun.evaluate.fields.combine import combine_elements
from irrun.evaluate.fields.constants import constant_elements
from irrun.evaluate.fields.domains import FieldDomain
from irrun.evaluate.fields.elements import (
    MEMBERS,
    STRUCTURED,
    ElementKind,
    Elements,
    as_kind,
    is_rounded,
    kind_of_type,
    uniform,
    uniform_in_frames,
)
from irrun.evaluate.fields.ops import map_op, zip_op
from irrun.evaluate.fields.params import reader
from irrun.evaluate.operations.vectors import describe_shape, first_of_columns, shape_of
from irrun.ir.expressions.fields import (
    BroadcastField,
    BusCombineField,
    ConstField,
    Field,
    MapField,
    SelectField,
    TransformField,
    ZipField,
)
from irrun.ir.tables import Tables
from irrun.ir.types import as_index
from irrun.ir.values import Array

Compute = Callable[[FieldDomain, Sequence[Elements]], Elements]
"""Computes a node over a domain, from its operands."""


class FieldFunction(NamedTuple):
    """A node ready to compute: the fields it needs, in order, and what it makes of them."""

    operands: tuple[int, ...]
    compute: Compute
    """Takes operands as other expressions see them, but in doubles; gives doubles."""
    single: Compute | None = None
    """Takes operands as other expressions see them and gives such elements: faster, same bits."""


class FieldCompiler:
    """Turns field nodes into functions, each when it is first reached."""

    def __init__(
        self, tables: Tables, signals: Signals, chains: FieldChains, env: Environment
    ) -> None:
        self._tables = tables
        self._signals = signals
        self._chains = chains
        self._env = env

    def compile(self, i: int) -> FieldFunction:
        """Return the function of a node.

        Raises:
            UnsupportedField: IR440.
            Trap: The node can never be computed.
        """
        node = self._tables.field_nodes[i]
        kind = kind_of_type(node.type)
        if kind is None:
            raise UnsupportedField(field=i, type=node.type.text())
        match node:
            case ConstField():
                return FieldFunction((), self._constant(node, kind))
            case BroadcastField():
                return FieldFunction((), self._broadcast(node, kind, i))
            case MapField():
                return self._map(node, kind, i)
            case ZipField():
                return self._zip(node, kind, i)
            case SelectField():
                return _select(node, kind, i)
            case TransformField():
                return FieldFunction(node.operands, self._transform(node, kind, i))
            case BusCombineField():
                return _combine(node, kind, i)
            case _:
                assert_never(node)

    def _constant(self, node: ConstField, kind: ElementKind) -> Compute:
        constants, env = self._tables.constants, self._env
        return lambda domain, _: constant_elements(
            constants, node.const_id, kind, domain.count, env
        )

    def _broadcast(self, node: BroadcastField, kind: ElementKind, i: int) -> Compute:
        signals, what, quirks = self._signals, f"field {i}", self._env.quirks

        def compute(domain: FieldDomain, operands: Sequence[Elements]) -> Elements:
            found = _elements_of_value(signals.evaluate(node.sig), what)
            # The reference stores the number, whatever the type of the field.
            return found if quirks else as_kind(found, kind, what)

        return compute

    def _map(self, node: MapField, kind: ElementKind, i: int) -> FieldFunction:
        op, what = map_op(node.fn), f"field {i}"
        if kind not in op.results:
            raise BadOperand(what=what, wanted=_either(op.results), got=f"a field of {kind}")
        params = node.params or {}
        axes, formula = op.parameter_axes(kind), op.formula
        readers = [reader(params, name, what, self._signals, axes) for name in op.params]
        if op.shape == "domain":
            # What the source holds is ignored: only ids and indices count.
            return FieldFunction(
                (), lambda domain, _: Elements(kind, formula(domain, *(r() for r in readers)))
            )
        source: ElementKind = "number" if op.shape == "number to vec2" else kind

        def with_formula(formula: Callable[..., Array]) -> Compute:
            def compute(domain: FieldDomain, operands: Sequence[Elements]) -> Elements:
                data = as_kind(operands[0], source, what).data
                return Elements(kind, formula(data, *(read() for read in readers)))

            return compute

        return _function(node, kind, with_formula, op.formula, op.single)

    def _zip(self, node: ZipField, kind: ElementKind, i: int) -> FieldFunction:
        op, what = zip_op(node.fn, kind), f"field {i}"
        second = op.second or kind

        def with_formula(formula: Callable[..., Array]) -> Compute:
            def compute(domain: FieldDomain, operands: Sequence[Elements]) -> Elements:
                a, b = as_kind(operands[0], kind, what), as_kind(operands[1], second, what)
                return Elements(kind, formula(a.data, b.data))

            return compute

        return _function(node, kind, with_formula, op.formula, op.single)

    def _transform(self, node: TransformField, kind: ElementKind, i: int) -> Compute:
        chains, what = self._chains, f"field {i}"

        def compute(domain: FieldDomain, operands: Sequence[Elements]) -> Elements:
            return as_kind(chains.run(node.chain, operands[0], domain.count, what), kind, what)

        return compute


def asked_signals(node: Field) -> tuple[int, ...]:
    """Return the signals that computing a node asks for: of its parameters those that count."""
    if not isinstance(node, MapField):
        return node.signals
    named = {name: (node.params or {}).get(name) for name in map_op(node.fn).params}
    found = [
        v["signalSlot"] for v in named.values() if isinstance(v, Mapping) and "signalSlot" in v
    ]
    return tuple(sig for sig in map(as_index, found) if sig is not None)


def _either(kinds: frozenset[ElementKind]) -> str:
    return "a field of " + " or ".join(sorted(kinds))  # exact: texts


_KINDS_OF_SHAPES: Final[dict[tuple[str, ...], ElementKind]] = {
    (): "number",
    MEMBERS["vec2"]: "vec2",
    MEMBERS["vec3"]: "vec3",
    MEMBERS["vec4"]: "vec4",
    MEMBERS["color"]: "color",
}


def _elements_of_value(value: Any, what: str) -> Elements:
    """Return a signal's value as elements that are all alike."""
    if isinstance(value, float):
        return uniform("number", value)
    shape = shape_of(value)
    if shape is None:
        return _elements_of_columns(value, what)
    numbers = [value] if shape == () else [value[name] for name in shape]
    return uniform(_KINDS_OF_SHAPES[shape], *map(float, numbers))


def _elements_of_columns(value: Any, what: str) -> Elements:
    """Return a signal's values in a block of frames as elements that are all alike in each."""
    first = first_of_columns(value)
    shape = shape_of(first)
    if shape is None:
        got = describe_shape(first)
        raise BadOperand(what=what, wanted="a number, vector or colour", got=got)
    columns = [value] if shape == () else [value[name] for name in shape]
    return uniform_in_frames(_KINDS_OF_SHAPES[shape], *columns)


def _function(
    node: Field,
    kind: ElementKind,
    with_formula: Callable[[Callable[..., Array]], Compute],
    formula: Callable[..., Array],
    single: Callable[..., Array] | None,
) -> FieldFunction:
    """Return a node with its formula for doubles, and the one for float32 if there is one."""
    fast = with_formula(single) if single is not None and is_rounded(kind) else None
    return FieldFunction(node.operands, with_formula(formula), fast)


def _select(node: SelectField, kind: ElementKind, i: int) -> FieldFunction:
    """Return a choice for each element: where the condition is not 0, NaN included, the first."""
    what, what_decides = f"field {i}", f"the condition of field {i}"

    def compute(domain: FieldDomain, operands: Sequence[Elements]) -> Elements:
        condition = as_kind(operands[0], "number", what_decides).data
        t, f = (as_kind(operand, kind, what).data for operand in operands[1:])
        is_true = condition != 0
        return Elements(kind, np.where(is_true[..., None] if kind in STRUCTURED else is_true, t, f))

    return FieldFunction(node.operands, compute, compute if is_rounded(kind) else None)


def _combine(node: BusCombineField, kind: ElementKind, i: int) -> FieldFunction:
    mode, place = node.combine.mode, f"field {i}"

    def compute(domain: FieldDomain, operands: Sequence[Elements]) -> Elements:
        return combine_elements(mode, operands, kind, place)

    return FieldFunction(node.operands, compute, compute if is_rounded(kind) else None)
