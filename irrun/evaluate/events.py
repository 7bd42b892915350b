"""Event streams: lists of occurrences by time (runtime-semantics section 9, ir-schema 10)."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, assert_never

from irrun.errors.expressions import IdOutOfRange, KernelNotRunnable, SignalCycle, UnknownMode
from irrun.evaluate.environment import Environment
from irrun.evaluate.opcodes import formula_in
from irrun.ir.events import (
    BusCombineEvent,
    EmptyEvent,
    Event,
    FilterEvent,
    InputSlotEvent,
    MapEvent,
    MergeEvent,
    WrapEvent,
)
from irrun.ir.functions import KernelFn, PureFn
from irrun.ir.tables import Tables
from irrun.numerics.convert import to_number

Occurrence = Mapping[str, Any]
"""`time` in ms and `value`."""
Stream = Sequence[Occurrence]


def stream_of(value: Any) -> Stream:
    """Return a slot's value as a stream; anything that is no list counts as empty."""
    return value if isinstance(value, list | tuple) else []


def combined_streams(mode: str, streams: Sequence[Stream], *, quirks: bool = False) -> Stream:
    """Combine the streams of the enabled publishers.

    `merge` orders by time and keeps the order of equal times; occurrences are not copied.

    Raises:
        UnknownMode: IR419.
    """
    if not streams:
        return []
    match mode:
        case "merge" | "sum":
            if mode == "sum" and quirks:
                raise UnknownMode(mode=mode, place="an event bus")
            return merged(streams)
        case "first":
            return streams[0]
        case "last":
            return streams[-1]
        case _:
            raise UnknownMode(mode=mode, place="an event bus")


def merged(streams: Sequence[Stream]) -> Stream:
    """Return all occurrences by time, stable; times that are NaN come last."""
    return sorted((event for stream in streams for event in stream), key=_by_time)


def _by_time(event: Any) -> tuple[bool, float]:
    time = to_number(event.get("time")) if isinstance(event, Mapping) else math.nan
    return (time != time, 0.0 if time != time else time)


class EventEvaluator:
    """Evaluates event expressions of one program."""

    def __init__(self, tables: Tables, env: Environment) -> None:
        self._nodes = tables.event_nodes
        self._env = env

    def evaluate(self, event_id: int) -> Stream:
        """Return the occurrences of an event expression in this frame.

        Raises:
            IdOutOfRange: IR412.  SignalCycle: IR411, an event needs itself.
        """
        values: dict[int, Stream] = {}
        stack: list[int] = [event_id]
        while stack:
            current = stack[-1]
            if current >= len(self._nodes):
                raise IdOutOfRange(
                    what="event", id=current, table="eventTable.nodes", size=len(self._nodes)
                )
            node = self._nodes[current]
            needed = next((i for i in node.operands if i not in values), None)
            if needed is None:
                values[current] = self._value(node, values)
                stack.pop()
            elif needed in stack:
                ring = [*stack[stack.index(needed) :], needed]
                raise SignalCycle(cycle=" -> ".join(map(str, ring)))
            else:
                stack.append(needed)
        return values[event_id]

    def _value(self, node: Event, values: Mapping[int, Stream]) -> Stream:
        env = self._env
        match node:
            case EmptyEvent():
                return []
            case WrapEvent():
                return [{"time": env.t_abs_ms, "value": 1.0}] if env.wrap_event == 1.0 else []
            case InputSlotEvent(slot=slot):
                return stream_of(env.read(slot))
            case MapEvent(src=src, fn=fn):
                function = _function(fn)
                return [e | {"value": function(e)} for e in map(dict, values[src])]
            case FilterEvent(src=src, predicate=fn):
                function = _function(fn)
                return [e for e in values[src] if function(e) > 0.5]
            case MergeEvent(sources=sources):
                return merged([values[i] for i in sources])
            case BusCombineEvent(terms=terms, combine=spec):
                return combined_streams(spec.mode, [values[i] for i in terms])
            case _:
                assert_never(node)


def _function(fn: PureFn) -> Callable[[Occurrence], float]:
    """Return a unary function of an occurrence's value."""
    if isinstance(fn, KernelFn):
        raise KernelNotRunnable(kernel=fn.kernel_id, place="a function of events", reason="")
    formula = formula_in(fn.opcode, "Sm").scalar
    return lambda event: float(formula(to_number(event.get("value"))))
