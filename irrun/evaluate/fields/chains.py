"""Transform chains over whole fields: every element through every step (runtime-semantics 10.9).

Over a block of frames, what remembers goes through the frames in order.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from irrun.errors.expressions import BadOperand, IdOutOfRange, OpcodeNotAllowed
from irrun.evaluate.environment import Environment
from irrun.evaluate.fields.colors import hsl_to_rgb, rgb_to_hsl
from irrun.evaluate.fields.elements import (
    COMPONENTS,
    MEMBERS,
    NUMBERS,
    ElementKind,
    Elements,
    filled,
    flat,
    kind_of_components,
    spread,
)
from irrun.evaluate.operations.opcodes import OPCODES, formula_in
from irrun.evaluate.operations.transforms import array_form, number_step
from irrun.evaluate.state.cells import CellFinder
from irrun.ir.expressions.functions import OpcodeFn
from irrun.ir.expressions.transforms import (
    CastOp,
    CastStep,
    MapStep,
    SlewStep,
    TransformStep,
)
from irrun.ir.tables import Tables
from irrun.ir.values import Array, Buffer
from irrun.numerics import arrays
from irrun.numerics.arrays import to_f32_array
from irrun.numerics.transcendental import exp

ElementsStep = Callable[[Elements, int], Elements]
"""Takes elements and how many there are."""


class FieldChains:
    """Runs the chains of a program over fields."""

    def __init__(self, tables: Tables, finder: CellFinder, env: Environment) -> None:
        self._tables = tables
        self._finder = finder
        self._env = env
        self._chains: dict[int, list[ElementsStep]] = {}

    def run(self, chain_id: int, elements: Elements, count: int, owner: str) -> Elements:
        """Return elements after a chain, in doubles.

        Raises:
            IdOutOfRange: IR412, there is no such chain.
            BadOperand: IR417, a step cannot take such elements.
            UnknownCurve, KernelNotRunnable, OpcodeNotAllowed, StateOutOfRange: a step cannot run.
        """
        steps = self._chains.get(chain_id)
        if steps is None:
            steps = self._chains[chain_id] = self._steps(chain_id, owner)
        with np.errstate(all="ignore"):
            for step in steps:
                elements = step(elements, count)
        return elements

    def run_buffer(self, chain_id: int, buffer: Buffer, domain: str, owner: str) -> Buffer:
        """Return a buffer after a chain, in float32; `domain` says what its elements are.

        Data of shape (F, n * components) is a block of frames.
        """
        named: dict[str, ElementKind] = {"color": "color"} if buffer.components == 4 else {}
        kind = named.get(domain) or kind_of_components(buffer.components)
        if kind is None:
            raise BadOperand(what=owner, wanted="a buffer of numbers or vectors", got="another")
        data = buffer.data.astype(np.float64)
        count = data.shape[-1] // COMPONENTS[kind]
        if kind not in NUMBERS:
            data = data.reshape(*data.shape[:-1], count, COMPONENTS[kind])
        after = self.run(chain_id, Elements(kind, data), count, owner)
        rows = to_f32_array(spread(after.data, count, after.axis))
        return Buffer(flat(rows, after.axis), COMPONENTS[after.kind], "f32")

    def _steps(self, chain_id: int, owner: str) -> list[ElementsStep]:
        chains = self._tables.chains
        if chain_id >= len(chains):
            what = f"the chain of {owner},"
            raise IdOutOfRange(what=what, id=chain_id, table="transforms.chains", size=len(chains))
        return [self._step(step, f"chain {chain_id}") for step in chains[chain_id].steps]

    def _step(self, step: TransformStep, owner: str) -> ElementsStep:
        match step:
            case CastStep(op=op):
                return _cast(op)
            case SlewStep():
                return self._slew(step, owner)
            case _:
                _check_opcode(step)
                return _on_numbers(number_step(step, owner, array_form), owner)

    def _slew(self, step: SlewStep, owner: str) -> ElementsStep:
        """Return a slew; component c of k of element i remembers at stateOffset + i*k + c."""
        finder, env = self._finder, self._env

        def run(elements: Elements, count: int) -> Elements:
            _check_numbers(elements, owner)
            targets = spread(elements.data, count, elements.axis)
            shape = targets.shape[elements.axis :]
            cell = finder.block(owner, "f64", step.state_offset, count * COMPONENTS[elements.kind])
            moved = _slewed(cell.reshape(shape), targets, step.rate, env.time.delta_sec)
            return Elements(elements.kind, moved)

        return run


def _slewed(cell: Array, targets: Array, rate: float, delta_sec: float | Array) -> Array:
    """Move a memory towards its targets; return where it is, over a block after each frame.

    Args:
        cell: The memory, shape (n,) or (n, components); changed.
        targets: Of that shape, or with an axis of frames before it.
        rate: How fast.
        delta_sec: Seconds since the frame before; over a block a column, shape (F,).
    """
    if not isinstance(delta_sec, np.ndarray):
        cell[:] = moved = cell + (targets - cell) * (1 - exp(-rate * delta_sec))
        return moved
    moved = np.empty((len(delta_sec), *cell.shape))
    targets = np.broadcast_to(targets, moved.shape)
    for at, target, alpha in zip(moved, targets, 1 - arrays.exp(-rate * delta_sec), strict=True):
        at[:] = cell + (target - cell) * alpha
        cell[:] = at
    return moved


def _check_opcode(step: TransformStep) -> None:
    """Refuse an opcode that takes something else than a number: it has no array form here."""
    if isinstance(step, MapStep) and isinstance(step.fn, OpcodeFn):
        formula_in(step.fn.opcode, "Sm")
        row = OPCODES[step.fn.opcode]
        if row.operands != ("number",):
            place = "a step of a chain over a field"
            raise OpcodeNotAllowed(opcode=row.number, name=row.name, place=place)


def _check_numbers(elements: Elements, owner: str) -> None:
    if elements.kind not in NUMBERS and elements.kind not in MEMBERS:
        raise BadOperand(what=owner, wanted="numbers", got=f"{elements.kind} elements")


def _on_numbers(function: Callable[[Array], Array], owner: str) -> ElementsStep:
    def run(elements: Elements, count: int) -> Elements:
        _check_numbers(elements, owner)
        return Elements(elements.kind, function(elements.data))

    return run


def _cast(op: CastOp) -> ElementsStep:
    wanted, result, convert = CASTS[op]

    def run(elements: Elements, count: int) -> Elements:
        fits = elements.kind in NUMBERS if wanted == "number" else elements.kind == wanted
        if not fits:
            got = f"{elements.kind} elements"
            raise BadOperand(what=f"cast {op}", wanted=f"{wanted} elements", got=got)
        return Elements(result, convert(elements.data))

    return run


def _with_alpha_1(rgb: Array) -> Array:
    return np.concatenate([rgb, np.ones((*rgb.shape[:-1], 1))], axis=-1)


CASTS: Final[Mapping[CastOp, tuple[ElementKind, ElementKind, Callable[[Array], Array]]]] = {
    "numberToVec2": ("number", "vec2", lambda v: filled(v, 2)),
    "vec2ToNumber": ("vec2", "number", lambda v: v[..., 0]),
    "colorToVec3": ("color", "vec3", lambda v: v[..., :3]),
    "vec3ToColor": ("vec3", "color", _with_alpha_1),
    "numberToBool": ("number", "boolean", lambda v: np.where(v > 0.5, 1.0, 0.0)),
    "boolToNumber": ("number", "number", lambda v: v),
    "hslToRGB": ("color", "color", hsl_to_rgb),
    "rgbToHSL": ("color", "color", rgb_to_hsl),
}
"""What a cast takes, what it gives, and how."""
