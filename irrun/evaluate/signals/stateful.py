"""The stateful operations (runtime-semantics 6.7): what they keep, and how a frame advances it."""

import math
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from irrun.errors.expressions import BadOperand
from irrun.errors.fields import BadParameter
from irrun.evaluate.environment import Environment
from irrun.evaluate.signals.delays import (
    delay_frames,
    delay_ms,
    reference_delay_frames,
    reference_delay_ms,
)
from irrun.evaluate.state_cells import NumberCell, SignalCells
from irrun.evaluate.vectors import describe_shape
from irrun.ir.signals import StatefulOp, StatefulSignal
from irrun.ir.tables import Tables
from irrun.numerics.scalar import floor
from irrun.numerics.text import number_text
from irrun.numerics.transcendental import exp
from irrun.numerics.whole import MOST, settled, whole_part


class StatefulRow(NamedTuple):
    """One stateful operation."""

    initials: tuple[float, ...]
    """Wanted initial value of its number cells, in order; rings start with zeros."""
    needs_trigger: bool = False


STATEFUL: Final[dict[StatefulOp, StatefulRow]] = {
    "integrate": StatefulRow((0.0,)),
    "slew": StatefulRow((0.0,)),
    "sampleHold": StatefulRow((0.0, 0.0), needs_trigger=True),
    "delayMs": StatefulRow((0.0,)),
    "delayFrames": StatefulRow((0.0,)),
    "edgeDetectWrap": StatefulRow((-1.0,)),
    "pulseDivider": StatefulRow((-1.0,)),
    "envelopeAD": StatefulRow((-math.inf, 0.0)),
}


def initials_by_state_id(tables: Tables) -> dict[str, tuple[float, ...]]:
    """Return, by state id as text, what a cell without an initial constant starts from."""
    return {
        str(node.state_id): STATEFUL[node.op].initials
        for node in tables.signal_nodes
        if isinstance(node, StatefulSignal)
    }


def integrate(cell: NumberCell, value: float, delta_sec: float) -> float:
    """Add the input times the elapsed seconds."""
    total = cell.get() + value * delta_sec
    cell.set(total)
    return total


def slew(cell: NumberCell, target: float, rate: float, delta_sec: float) -> float:
    """Approach the target exponentially; `rate` per second."""
    current = cell.get()
    alpha = 1 - exp(-rate * delta_sec)
    moved = current + (target - current) * alpha
    cell.set(moved)
    return moved


def sample_hold(held: NumberCell, last: NumberCell, value: float, trigger: float) -> float:
    """Take the input over when the trigger rises through 0.5."""
    rising = trigger > 0.5 and last.get() <= 0.5
    before = held.get()
    if rising:
        held.set(value)
    last.set(trigger)
    return value if rising else before


def edge_detect_wrap(cell: NumberCell, phase: float) -> float:
    """Return 1 when the phase falls from above 0.8 to below 0.2."""
    previous = cell.get()
    cell.set(phase)
    return 1.0 if previous > 0.8 and phase < 0.2 else 0.0


def pulse_divider(cell: NumberCell, phase: float, divisions: float) -> float:
    """Return 1 when the phase enters another of its `divisions` parts."""
    part = floor(phase * divisions)
    previous = cell.get()
    cell.set(part)
    return 1.0 if part != previous else 0.0


def envelope(
    start: NumberCell,
    gate: NumberCell,
    value: float,
    t_abs_ms: float,
    shape: tuple[float, float, float],
) -> float:
    """Return an attack-decay envelope; `shape` is attack in ms, decay in ms, peak.

    The frame of a trigger still shows the old envelope: elapsed time counts from the start as it
    was before the update.
    """
    started, is_open = start.get(), gate.get() > 0.5
    if value > 0.5 and not is_open:
        start.set(t_abs_ms)
        gate.set(1.0)
    elif value <= 0.5:
        gate.set(0.0)
    attack, decay, peak = shape
    elapsed = t_abs_ms - started
    if elapsed < 0:
        return 0.0
    if elapsed < attack:
        return (elapsed / attack) * peak
    if elapsed < attack + decay:
        return peak * (1 - (elapsed - attack) / decay)
    return 0.0


Advance = Callable[[], float]
"""One evaluation of a stateful signal: reads its operands, advances its memory."""


def stateful_function(
    node: StatefulSignal, cells: SignalCells, values: list[Any], env: Environment
) -> tuple[Advance, tuple[NumberCell, ...]]:
    """Return how a stateful signal is evaluated, and the cells it keeps, for the trace.

    Args:
        node: The signal.
        cells: Finds its memory.
        values: The signals' values by id; operands are evaluated before the call.
        env: The frame's inputs.

    Raises:
        StateNotFound, StateOutOfRange: IR415, IR416.
        BadParameter: IR441, a delay is no number.
    """
    operand = _operand(node, values)
    params = cells.params
    match node.op:
        case "integrate":
            cell = cells.number()
            return lambda: integrate(cell, operand(), env.time.delta_sec), (cell,)
        case "slew":
            cell, rate = cells.number(), _or(params.rate, 1.0)
            return lambda: slew(cell, operand(), rate, env.time.delta_sec), (cell,)
        case "sampleHold":
            held, last, source = cells.number(), cells.second(), node.trigger
            assert source is not None  # checked before: without a trigger nothing is evaluated
            return lambda: sample_hold(held, last, operand(), values[source]), (held, last)
        case "edgeDetectWrap":
            cell = cells.number()
            return lambda: edge_detect_wrap(cell, operand()), (cell,)
        case "pulseDivider":
            cell, divisions = cells.number(), _or(params.divisions, 4.0)
            return lambda: pulse_divider(cell, operand(), divisions), (cell,)
        case "envelopeAD":
            return _envelope_function(cells, operand, env)
        case "delayMs":
            return _delay_ms_function(cells, operand, env)
        case "delayFrames":
            return _delay_frames_function(cells, operand, env)


def _delay_ms_function(
    cells: SignalCells, operand: Callable[[], float], env: Environment
) -> tuple[Advance, tuple[NumberCell, ...]]:
    params = cells.params
    wanted = _or(params.delay_ms, 100.0)
    size = 64 if params.buffer_size is None else params.buffer_size
    ring = cells.ring(max(1, size))
    if env.quirks:
        return lambda: reference_delay_ms(ring, operand(), wanted, size, env), (ring.at,)
    if wanted != wanted:
        raise _no_frames("delayMs", wanted, "a number of milliseconds")
    return lambda: delay_ms(ring, operand(), wanted, env), (ring.at,)


def _delay_frames_function(
    cells: SignalCells, operand: Callable[[], float], env: Environment
) -> tuple[Advance, tuple[NumberCell, ...]]:
    frames = _or(cells.params.delay_frames, 1.0)
    back = whole_part(settled(frames), 0)
    if env.quirks:
        ring = cells.ring(1 if back in (None, MOST) else back + 1)
        return lambda: reference_delay_frames(ring, operand(), frames), (ring.at,)
    if back is None or back == MOST:
        raise _no_frames("delayFrames", frames, "a number of frames")
    ring = cells.ring(back + 1)
    return lambda: delay_frames(ring, operand(), frames), (ring.at,)


def _no_frames(name: str, got: float, wanted: str) -> BadParameter:
    """Return the error for a parameter of which no frames can be made."""
    return BadParameter(name=name, what=name, got=number_text(got), wanted=wanted)


def _envelope_function(
    cells: SignalCells, operand: Callable[[], float], env: Environment
) -> tuple[Advance, tuple[NumberCell, ...]]:
    params = cells.params
    named = params.was_triggered_state_id
    start = cells.number()
    gate = cells.second(None if named is None else str(named))
    shape = (
        _or(params.attack, 50.0),
        _or(params.decay, 500.0),
        _or(params.peak, 1.0),
    )
    return lambda: envelope(start, gate, operand(), env.time.t_abs_ms, shape), (start, gate)


def _operand(node: StatefulSignal, values: list[Any]) -> Callable[[], float]:
    """Return the input, which must be a number; absent counts as 0."""
    source, op = node.input, node.op
    if source is None:
        return lambda: 0.0

    def number() -> float:
        value = values[source]
        if not isinstance(value, float):
            raise BadOperand(what=op, wanted="a number", got=describe_shape(value))
        return value

    return number


def _or(value: float | None, default: float) -> float:
    return default if value is None else float(value)
