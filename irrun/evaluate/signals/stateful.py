"""The stateful operations (runtime-semantics 6.7): what they keep, and how a frame advances it."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple

from irrun.errors.expressions import BadOperand
from irrun.errors.fields import BadParameter
from irrun.evaluate.environment import Environment
from irrun.evaluate.operations.vectors import describe_shape
from irrun.evaluate.signals import columns
from irrun.evaluate.signals.delays import (
    delay_frames,
    delay_ms,
    reference_delay_frames,
    reference_delay_ms,
)
from irrun.evaluate.state.cells import NumberCell, Ring, SignalCells
from irrun.ir.expressions.signals import StatefulOp, StatefulSignal
from irrun.ir.tables import Tables
from irrun.ir.time_model import TimeName
from irrun.numerics.scalar import floor
from irrun.numerics.text import number_text
from irrun.numerics.transcendental import exp
from irrun.numerics.whole import MOST, settled, whole_part


def integrate(cell: NumberCell, value: float, delta_sec: float) -> float:
    """Add the input times the elapsed seconds."""
    total = cell.get() + value * delta_sec
    cell.set(total)
    return total


def slew(cell: NumberCell, rate: float, target: float, delta_sec: float) -> float:
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


def pulse_divider(cell: NumberCell, divisions: float, phase: float) -> float:
    """Return 1 when the phase enters another of its `divisions` parts."""
    part = floor(phase * divisions)
    previous = cell.get()
    cell.set(part)
    return 1.0 if part != previous else 0.0


def envelope(
    start: NumberCell,
    gate: NumberCell,
    shape: tuple[float, float, float],
    value: float,
    t_abs_ms: float,
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


class StatefulRow(NamedTuple):
    """One stateful operation."""

    initials: tuple[float, ...]
    """Wanted initial value of its number cells, in order; rings start with zeros."""
    advance: Callable[..., float]
    """Takes its memory and parameters, then the input, the trigger if it needs one, and the times;
    moves the memory on by a frame."""
    column: Callable[..., columns.Advanced] | None
    """The same over many frames, with columns for input, trigger and times; None if there is no
    such form."""
    times: tuple[TimeName, ...] = ()
    """Which of the frame's times it takes."""
    needs_trigger: bool = False


STATEFUL: Final[dict[StatefulOp, StatefulRow]] = {
    "integrate": StatefulRow((0.0,), integrate, columns.integrate, ("delta_sec",)),
    "slew": StatefulRow((0.0,), slew, columns.slew, ("delta_sec",)),
    "sampleHold": StatefulRow((0.0, 0.0), sample_hold, columns.sample_hold, needs_trigger=True),
    "delayMs": StatefulRow((0.0,), delay_ms, columns.delay_ms, ("delta_ms",)),
    "delayFrames": StatefulRow((0.0,), delay_frames, columns.delay_frames),
    "edgeDetectWrap": StatefulRow((-1.0,), edge_detect_wrap, columns.edge_detect_wrap),
    "pulseDivider": StatefulRow((-1.0,), pulse_divider, columns.pulse_divider),
    "envelopeAD": StatefulRow((-math.inf, 0.0), envelope, columns.envelope, ("t_abs_ms",)),
}


def initials_by_state_id(tables: Tables) -> dict[str, tuple[float, ...]]:
    """Return, by state id as text, what a cell without an initial constant starts from."""
    return {
        str(node.state_id): STATEFUL[node.op].initials
        for node in tables.signal_nodes
        if isinstance(node, StatefulSignal)
    }


class Memory(NamedTuple):
    """A stateful operation over the memory of one signal."""

    times: tuple[TimeName, ...]
    """Which of the frame's times it takes."""
    advance: Callable[..., Any]
    """Takes the input, the trigger if the operation needs one, and the times."""
    column: Callable[..., columns.Advanced] | None
    """The same with columns; None if there is no such form, or the memory keeps no doubles."""
    cells: tuple[NumberCell, ...]
    """Its numbers, for the trace."""
    ring: Ring | None = None
    """Its ring, if it has one."""
    parameters: tuple[Any, ...] = ()
    """What `column` takes besides its memory, the input, the trigger and the times."""


def memory_of(node: StatefulSignal, cells: SignalCells, env: Environment) -> Memory:
    """Return a stateful signal's operation with its memory.

    Args:
        node: The signal.
        cells: Finds its memory.
        env: The frame's inputs; of these only what never changes.

    Raises:
        StateNotFound, StateOutOfRange: IR415, IR416.
        BadParameter: IR441, a delay is no number.
    """
    params = cells.params
    match node.op:
        case "slew":
            return memory_over(node.op, (cells.number(),), _or(params.rate, 1.0))
        case "sampleHold":
            return memory_over(node.op, (cells.number(), cells.second()))
        case "pulseDivider":
            return memory_over(node.op, (cells.number(),), _or(params.divisions, 4.0))
        case "envelopeAD":
            named = params.was_triggered_state_id
            kept = cells.number(), cells.second(None if named is None else str(named))
            attack, decay = _or(params.attack, 50.0), _or(params.decay, 500.0)
            return memory_over(node.op, kept, (attack, decay, _or(params.peak, 1.0)))
        case "delayMs":
            return _delay_ms(cells, env)
        case "delayFrames":
            return _delay_frames(cells, env)
        case _:
            return memory_over(node.op, (cells.number(),))


def memory_over(op: StatefulOp, memory: tuple[Any, ...], *arguments: Any) -> Memory:
    """Return an operation over its memory: numbers, or a ring; and its parameters."""
    row = STATEFUL[op]
    ring = memory[0] if isinstance(memory[0], Ring) else None
    cells = memory if ring is None else (ring.at,)
    column = row.column if all(part.keeps_doubles for part in memory) else None
    return Memory(
        row.times,
        partial(row.advance, *memory, *arguments),
        None if column is None else partial(column, *memory, *arguments),
        cells,
        ring,
        arguments,
    )


Advance = Callable[[], float]
"""One evaluation of a stateful signal: reads its operands, advances its memory."""


def stateful_function(
    node: StatefulSignal, memory: Memory, values: list[Any], env: Environment
) -> Advance:
    """Return how a stateful signal is evaluated in the running frame.

    Args:
        node: The signal.
        memory: Its memory.
        values: The signals' values by id; operands are evaluated before the call.
        env: The frame's inputs.
    """
    operand, advance, trigger = _operand(node, values), memory.advance, node.trigger
    match memory.times:
        case ("delta_sec",):
            return lambda: advance(operand(), env.time.delta_sec)
        case ("delta_ms",):
            return lambda: advance(operand(), env.time.delta_ms)
        case ("t_abs_ms",):
            return lambda: advance(operand(), env.time.t_abs_ms)
        case _ if STATEFUL[node.op].needs_trigger:
            assert trigger is not None  # checked before: without one nothing is evaluated
            return lambda: advance(operand(), values[trigger])
        case _:
            return lambda: advance(operand())


def _delay_ms(cells: SignalCells, env: Environment) -> Memory:
    params = cells.params
    wanted = _or(params.delay_ms, 100.0)
    size = 64 if params.buffer_size is None else params.buffer_size
    ring = cells.ring(max(1, size))
    if env.quirks:
        advance = partial(reference_delay_ms, ring, wanted, size)
        return Memory(("delta_ms",), advance, None, (ring.at,), ring)
    if wanted != wanted:
        raise _no_frames("delayMs", wanted, "a number of milliseconds")
    return memory_over("delayMs", (ring,), wanted, env.nominal_ms)


def _delay_frames(cells: SignalCells, env: Environment) -> Memory:
    frames = _or(cells.params.delay_frames, 1.0)
    back = whole_part(settled(frames), 0)
    if env.quirks:
        ring = cells.ring(1 if back in (None, MOST) else back + 1)
        advance = partial(reference_delay_frames, ring, frames)
        return Memory((), advance, None, (ring.at,), ring)
    if back is None or back == MOST:
        raise _no_frames("delayFrames", frames, "a number of frames")
    return memory_over("delayFrames", (cells.ring(back + 1),), frames)


def _no_frames(name: str, got: float, wanted: str) -> BadParameter:
    """Return the error for a parameter of which no frames can be made."""
    return BadParameter(name=name, what=name, got=number_text(got), wanted=wanted)


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
