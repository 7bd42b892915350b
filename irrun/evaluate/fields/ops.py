"""The operations of field `map` and `zip` nodes, one row each (runtime-semantics 10.5, 10.7)."""

import operator
from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple

import numpy as np

from irrun.errors.expressions import KernelNotRunnable, OpcodeNotAllowed
from irrun.evaluate.fields.domains import FieldDomain
from irrun.evaluate.fields.elements import COMPONENTWISE, NUMBERS, STRUCTURED, ElementKind
from irrun.evaluate.fields.hash_ids import hash01
from irrun.evaluate.operations.array_formulas import (
    cos_and_sin,
    smoothstep,
    vec2,
    vec2_rotate,
    vec2_scale,
)
from irrun.evaluate.operations.opcodes import OPCODES, PLACES, opcode_in
from irrun.ir.expressions.fields import Field, MapField
from irrun.ir.expressions.functions import KernelFn, PureFn
from irrun.ir.values import Array
from irrun.numerics import arrays as elementwise
from irrun.numerics import exact, single
from irrun.numerics.formulas import single_circular
from irrun.numerics.transcendental import PI

Number = float | Array
"""A number for a frame; over a block of frames a column, of a shape that is broadcast against the
numbers (..., n) or the whole data of elements (`params.py`)."""
Parameter = Number | str
Shape = Literal["numbers", "vec2", "number to vec2", "domain"]
"""What an operation works on: the numbers of elements one by one; vec2 elements; numbers of which
it makes vec2 elements; no elements at all, only the domain."""

_VEC2: Final[frozenset[ElementKind]] = frozenset({"vec2"})


class FieldOp(NamedTuple):
    """One operation with parameters on the elements of a field."""

    name: str
    params: tuple[str, ...]
    formula: Callable[..., Array]
    """Elements (or the domain), then the parameters in order."""
    shape: Shape = "numbers"
    single: Callable[..., Array] | None = None
    """The formula for float32 elements, if that gives what rounding the formula's result would."""

    def parameter_axes(self, kind: ElementKind) -> int:
        """Return how many axes a column of parameters needs after that of the frames."""
        return 2 if self.shape == "numbers" and kind in STRUCTURED else 1

    @property
    def results(self) -> frozenset[ElementKind]:
        """What the result may be."""
        if self.shape == "numbers":
            return COMPONENTWISE
        return NUMBERS if self.shape == "domain" else _VEC2


DEFAULTS: Final[Mapping[str, float]] = {"k": 1.0, "a": 0.0, "b": 1.0, "seed": 0.0}
"""Parameters that may be absent; all others are required."""

SIGNAL_OPS: Final[Mapping[str, Callable[[Array, Number], Array]]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "min": exact.minimum,
    "max": exact.maximum,
}
"""What `zipSignal` may do, by its parameter `op`."""


def _zip_signal(x: Array, signal: Number, op: str) -> Array:
    return SIGNAL_OPS[op](x, signal)


def _rotate_about(v: Array, cx: Number, cy: Number, degrees: Number) -> Array:
    c, s = cos_and_sin((degrees * PI) / 180)
    dx, dy = v[..., 0] - cx, v[..., 1] - cy
    return vec2(cx + dx * c - dy * s, cy + dx * s + dy * c)


def _scale_about(v: Array, cx: Number, cy: Number, sx: Number, sy: Number) -> Array:
    return vec2(cx + (v[..., 0] - cx) * sx, cy + (v[..., 1] - cy) * sy)


def _translate(v: Array, ox: Number, oy: Number) -> Array:
    return vec2(v[..., 0] + ox, v[..., 1] + oy)


def _reflect(v: Array, cx: Number, cy: Number) -> Array:
    return vec2(cx - (v[..., 0] - cx), cy - (v[..., 1] - cy))


def _jitter(r: Array, phase: Number, amount: Number, frequency: Number) -> Array:
    angle = r * (2 * PI)
    length = elementwise.sin((phase * frequency + r) * (2 * PI)) * amount
    return vec2(elementwise.cos(angle) * length, elementwise.sin(angle) * length)


def _single_sin(x: Array, k: Number) -> Array:
    return single_circular.sin(x.astype(np.float64) * k)


def _single_cos(x: Array, k: Number) -> Array:
    return single_circular.cos(x.astype(np.float64) * k)


def _hash_by_id(domain: FieldDomain, seed: Number) -> Array:
    return hash01(domain.id_units, domain.count, seed)


def _index(domain: FieldDomain) -> Array:
    return np.arange(domain.count, dtype=np.float64)


def _plain(opcode: int) -> FieldOp:
    """Return the row of an opcode whose formula is the same everywhere."""
    row = OPCODES[opcode]
    assert row.formula is not None
    assert row.formula.array is not None
    return FieldOp(row.name, (), row.formula.array, single=row.formula.single)


_K, _AB = ("k",), ("a", "b")

BY_KERNEL: Final[Mapping[str, FieldOp]] = {
    op.name: op
    for op in (
        FieldOp("identity", (), lambda x: x, single=lambda x: x),
        FieldOp("negate", (), operator.neg, single=single.negate),
        FieldOp("neg", (), operator.neg, single=single.negate),
        _plain(120),
        _plain(121),
        _plain(122),
        _plain(123),
        FieldOp("sin", _K, lambda x, k: elementwise.sin(x * k), single=_single_sin),
        FieldOp("cos", _K, lambda x, k: elementwise.cos(x * k), single=_single_cos),
        FieldOp("tanh", _K, lambda x, k: elementwise.tanh(x * k)),
        FieldOp("sqrt", (), exact.sqrt, single=single.sqrt),
        FieldOp("exp", (), elementwise.exp),
        FieldOp("log", (), elementwise.log),
        FieldOp("smoothstep", _AB, lambda x, a, b: smoothstep(a, b, x)),
        FieldOp("clamp", _AB, exact.clamp_b, single=single.clamp),
        FieldOp("scale", _K, operator.mul),
        FieldOp("offset", _K, operator.add),
        FieldOp("hash01ById", ("seed",), _hash_by_id, "domain"),
        FieldOp("zipSignal", ("signal", "op"), _zip_signal),
        FieldOp("vec2Rotate", ("centerX", "centerY", "angle"), _rotate_about, "vec2"),
        FieldOp("vec2Scale", ("centerX", "centerY", "scaleX", "scaleY"), _scale_about, "vec2"),
        FieldOp("vec2Translate", ("offsetX", "offsetY"), _translate, "vec2"),
        FieldOp("vec2Reflect", ("centerX", "centerY"), _reflect, "vec2"),
        FieldOp("jitterVec2", ("phase", "amount", "frequency"), _jitter, "number to vec2"),
    )
}
"""Operations that kernels name, `map_` before it or not."""

_BY_OPCODE: Final[Mapping[int, FieldOp]] = {
    110: BY_KERNEL["sin"],
    111: BY_KERNEL["cos"],
    132: BY_KERNEL["clamp"],
    133: FieldOp("lerp", _AB, lambda x, a, b: a + (b - a) * x),
    135: BY_KERNEL["smoothstep"],
    204: FieldOp("vec2Scale", _K, vec2_scale, "vec2"),
    213: FieldOp("vec2Rotate", ("angle",), vec2_rotate, "vec2"),
    510: BY_KERNEL["hash01ById"],
    511: FieldOp("indexById", (), _index, "domain"),
}
"""Opcodes that take parameters, or that only fields have."""


def map_op(fn: PureFn) -> FieldOp:
    """Return the operation of a field `map` node.

    Raises:
        OpcodeNotAllowed: IR410.
        KernelNotRunnable: IR413.
    """
    if isinstance(fn, KernelFn):
        found = BY_KERNEL.get(fn.kernel_id.removeprefix("map_"))
        if found is None:
            place = "a function of one field"
            raise KernelNotRunnable(kernel=fn.kernel_id, place=place, reason=": no such operation")
        return found
    opcode_in(fn.opcode, "Fm")
    return _BY_OPCODE.get(fn.opcode) or _plain(fn.opcode)


def needed_fields(node: Field) -> tuple[int, ...]:
    """Return the fields that a node needs: none where it looks at the domain only."""
    if not isinstance(node, MapField):
        return node.operands
    if isinstance(node.fn, KernelFn):
        found = BY_KERNEL.get(node.fn.kernel_id.removeprefix("map_"))
    else:
        found = _BY_OPCODE.get(node.fn.opcode)
    return () if found is not None and found.shape == "domain" else node.operands


class ZipOp(NamedTuple):
    """One operation on the elements of two fields."""

    name: str
    formula: Callable[[Array, Array], Array]
    single: Callable[[Array, Array], Array] | None
    """The formula for float32 elements, if that gives what rounding the formula's result would."""
    second: ElementKind | None = None
    """What the second operand is, where that is not what the result is."""


_VEC2_SCALE: Final = 204


def zip_op(fn: PureFn, kind: ElementKind) -> ZipOp:
    """Return the operation of a field `zip` node whose result is of a kind.

    Raises:
        OpcodeNotAllowed: IR410, also where the opcode does not go with the kind.
        KernelNotRunnable: IR413.
    """
    if isinstance(fn, KernelFn):
        place = "a function of two fields"
        raise KernelNotRunnable(kernel=fn.kernel_id, place=place, reason="")
    row = opcode_in(fn.opcode, "Fz" if kind in NUMBERS else "Vz")
    is_vec2 = row.category == "vec"
    if (is_vec2 and kind != "vec2") or kind not in COMPONENTWISE:
        place = f"{PLACES['Fz'].text} of {kind} elements"
        raise OpcodeNotAllowed(opcode=fn.opcode, name=row.name, place=place)
    assert row.formula is not None
    assert row.formula.array is not None
    second: ElementKind | None = "number" if fn.opcode == _VEC2_SCALE else None
    return ZipOp(row.name, row.formula.array, row.formula.single, second)
