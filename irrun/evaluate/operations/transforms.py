"""Transform chains: a value through a list of steps (runtime-semantics 6.6, 17.2)."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from irrun.errors.expressions import BadOperand, IdOutOfRange, KernelNotRunnable, UnknownCurve
from irrun.evaluate.colors import color, hsl_to_rgb, rgb_to_hsl
from irrun.evaluate.environment import Environment
from irrun.evaluate.operations.formulas import Formula
from irrun.evaluate.operations.opcodes import CLAMP_B, OPCODES, QUANTIZE, formula_in
from irrun.evaluate.operations.vectors import componentwise, describe_shape, shape_of
from irrun.evaluate.signals.stateful import slew
from irrun.evaluate.state.cells import CellFinder
from irrun.ir.expressions.functions import KernelFn, OpcodeFn
from irrun.ir.expressions.transforms import (
    CastOp,
    CastStep,
    EaseStep,
    MapStep,
    NormalizeStep,
    QuantizeStep,
    ScaleBiasStep,
    SlewStep,
    TransformStep,
)
from irrun.ir.tables import Tables
from irrun.ir.types import MEMBERS, Domain
from irrun.ir.values import Array
from irrun.numerics import native

Chain = Callable[[Any], Any]


class Easing(NamedTuple):
    """A curve from 0..1 to 0..1."""

    name: str
    curve: Formula


def _easing(
    name: str, curve: Callable[[Any], Any], array: Callable[..., Any] | None = None
) -> Easing:
    """Return a curve; what is written with plain operators serves for arrays as it stands."""
    form = native.named(f"ease {name}")(curve if array is None else array)
    return Easing(name, Formula(curve, form))


def _ease_in_out_quad(t: float) -> float:
    return (2 * t) * t if t < 0.5 else -1 + (4 - 2 * t) * t


def _ease_in_out_quads(t: Array) -> Array:
    return np.where(t < 0.5, (2 * t) * t, -1 + (4 - 2 * t) * t)


def _ease_out_cubic(t: Any) -> Any:
    u = t - 1
    return ((u * u) * u) + 1


EASINGS: Final = (
    _easing("linear", lambda t: t),
    _easing("easeInQuad", lambda t: t * t),
    _easing("easeOutQuad", lambda t: t * (2 - t)),
    _easing("easeInOutQuad", _ease_in_out_quad, _ease_in_out_quads),
    _easing("easeInCubic", lambda t: (t * t) * t),
    _easing("easeOutCubic", _ease_out_cubic),
    _easing("smoothstep", lambda t: (t * t) * (3 - 2 * t)),
)
"""Curves by id; t is clamped to 0..1 before."""


def scalar_form(formula: Formula) -> Callable[..., Any]:
    """Return a formula's form for single values."""
    return formula.scalar


def array_form(formula: Formula) -> Callable[..., Any]:
    """Return a formula's form for arrays of doubles, which it must have."""
    assert formula.array is not None
    return formula.array


class ChainRunner:
    """Runs the chains of a program over one memory."""

    def __init__(self, tables: Tables, finder: CellFinder, env: Environment) -> None:
        self._tables = tables
        self._finder = finder
        self._env = env
        self._chains: dict[int, Chain] = {}

    def chain(self, chain_id: int, owner: str) -> Chain:
        """Return a chain as a function of a value.

        Raises:
            IdOutOfRange: IR412, there is no such chain.
            UnknownCurve, KernelNotRunnable, OpcodeNotAllowed, StateOutOfRange: a step cannot run.
        """
        known = self._chains.get(chain_id)
        if known is not None:
            return known
        chains = self._tables.chains
        if chain_id >= len(chains):
            raise IdOutOfRange(
                what=f"the chain of {owner},", id=chain_id, table="transforms.chains",
                size=len(chains),
            )  # fmt: skip
        steps = [self._step(step, f"chain {chain_id}") for step in chains[chain_id].steps]

        def run(value: Any) -> Any:
            for step in steps:
                value = step(value)
            return value

        self._chains[chain_id] = run
        return run

    def _step(self, step: TransformStep, owner: str) -> Chain:
        """Return one step as a function of a value of any shape."""
        match step:
            case CastStep(op=op):
                return CASTS[op]
            case SlewStep():
                return self._slew(step, owner)
            case _:
                return lifted(number_step(step, owner, scalar_form), owner)

    def _slew(self, step: SlewStep, owner: str) -> Chain:
        """Return a slew; component c of a vector has its memory at stateOffset + c."""
        finder, env, rate = self._finder, self._env, step.rate
        first = finder.raw(owner, "f64", step.state_offset)

        def run(value: Any) -> Any:
            if isinstance(value, float):
                return slew(first, rate, value, env.time.delta_sec)
            if not shape_of(value):
                raise BadOperand(what=owner, wanted="numbers", got=describe_shape(value))
            shape = shape_of(value) or ()
            cells = [finder.raw(owner, "f64", step.state_offset + c) for c in range(len(shape))]
            return {
                name: slew(cell, rate, value[name], env.time.delta_sec)
                for name, cell in zip(shape, cells, strict=True)
            }

        return run


class NumberOperation(NamedTuple):
    """One operation of a step, on a number and what never changes."""

    name: str
    formula: Formula
    numbers: tuple[float, ...] = ()


_MUL: Final = Formula(operator.mul, operator.mul)
_ADD: Final = Formula(operator.add, operator.add)


def number_operations(step: TransformStep, owner: str) -> list[NumberOperation]:
    """Return a step that computes with numbers as operations, one after the other.

    Args:
        step: Anything but a cast or a slew, which are no functions of numbers alone.
        owner: Whose step it is, for messages.

    Raises:
        UnknownCurve, KernelNotRunnable, OpcodeNotAllowed: The step cannot run.
    """
    match step:
        case ScaleBiasStep(scale=scale, bias=bias):
            return [
                NumberOperation("scale", _MUL, (scale,)),
                NumberOperation("bias", _ADD, (bias,)),
            ]
        case NormalizeStep(mode=mode):
            low = 0.0 if mode == "0..1" else -1.0
            return [NumberOperation("normalize", CLAMP_B, (low, 1.0))]
        case QuantizeStep(step=size):
            return [NumberOperation("quantize", QUANTIZE, (size,))]
        case EaseStep(curve_id=curve_id):
            if curve_id >= len(EASINGS):
                raise UnknownCurve(curve=curve_id)
            name, curve = EASINGS[curve_id]
            return [NumberOperation("ease", CLAMP_B, (0.0, 1.0)), NumberOperation(name, curve)]
        case MapStep(fn=KernelFn(kernel_id=kernel)):
            raise KernelNotRunnable(kernel=kernel, place="a step of a chain", reason="")
        case MapStep(fn=OpcodeFn(opcode=opcode)):
            formula = formula_in(opcode, "Sm")
            return [NumberOperation(OPCODES[opcode].name, formula)]
        case _:
            raise AssertionError(owner)


def number_step(
    step: TransformStep, owner: str, form: Callable[[Formula], Callable[..., Any]]
) -> Callable[..., Any]:
    """Return a step that computes with numbers as one function; raises as `number_operations`.

    Args:
        step: Anything but a cast or a slew.
        owner: Whose step it is, for messages.
        form: `scalar_form`, or `array_form` for whole fields.
    """
    operations = [(form(o.formula), o.numbers) for o in number_operations(step, owner)]

    def run(value: Any) -> Any:
        for function, numbers in operations:
            value = function(value, *numbers)
        return value

    return run


def lifted(function: Callable[[float], float], owner: str) -> Chain:
    """Let a function of numbers take vectors and colours too, component by component."""

    def run(value: Any) -> Any:
        if isinstance(value, float):
            return function(value)
        if not shape_of(value):
            raise BadOperand(what=owner, wanted="numbers", got=describe_shape(value))
        return componentwise(function, value)

    return run


def _wants(op: str, domain: Domain, value: Any) -> Mapping[str, float]:
    """Return a record that has exactly the members of its domain."""
    if shape_of(value) == MEMBERS[domain]:
        return value  # type: ignore[no-any-return]
    wanted = "a colour" if domain == "color" else f"a {domain}"
    raise BadOperand(what=f"cast {op}", wanted=wanted, got=describe_shape(value))


def _wants_number(op: str, value: Any) -> float:
    if isinstance(value, float):
        return value
    raise BadOperand(what=f"cast {op}", wanted="a number", got=describe_shape(value))


def _number_to_vec2(value: Any) -> Any:
    n = _wants_number("numberToVec2", value)
    return {"x": n, "y": n}


def _vec2_to_number(value: Any) -> Any:
    return float(_wants("vec2ToNumber", "vec2", value)["x"])


def _color_to_vec3(value: Any) -> Any:
    c = _wants("colorToVec3", "color", value)
    return {"x": c["r"], "y": c["g"], "z": c["b"]}


def _vec3_to_color(value: Any) -> Any:
    v = _wants("vec3ToColor", "vec3", value)
    return color(v["x"], v["y"], v["z"], 1.0)


def _number_to_bool(value: Any) -> Any:
    return 1.0 if _wants_number("numberToBool", value) > 0.5 else 0.0


def _bool_to_number(value: Any) -> Any:
    return float(value) if isinstance(value, bool) else _wants_number("boolToNumber", value)


def _hsl_to_rgb(value: Any) -> Any:
    return hsl_to_rgb(_wants("hslToRGB", "color", value))


def _rgb_to_hsl(value: Any) -> Any:
    return rgb_to_hsl(_wants("rgbToHSL", "color", value))


CASTS: Final[dict[CastOp, Chain]] = {
    "numberToVec2": _number_to_vec2,
    "vec2ToNumber": _vec2_to_number,
    "colorToVec3": _color_to_vec3,
    "vec3ToColor": _vec3_to_color,
    "numberToBool": _number_to_bool,
    "boolToNumber": _bool_to_number,
    "hslToRGB": _hsl_to_rgb,
    "rgbToHSL": _rgb_to_hsl,
}
