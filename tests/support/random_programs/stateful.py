"""Random stateful signals: every operation, odd parameters, every way of finding its memory."""

import math
from collections.abc import Callable
from typing import Any, Final

from irrun.evaluate.signals.stateful import STATEFUL

from .chains import RATES
from .draft import Draft

DELAYS_MS: Final = (0.0, 20.0, 50.0, 100.0, 33.3, 1000 / 60, -5.0, 1e9, math.inf, 5e-324)
DELAYS: Final = (0.0, 1.0, 2.0, 3.0, 2.5, 0.5, -1.0, 1.9999999999999998, 4.0)
SIZES: Final = (0, 1, 2, 4, 8)
DIVISIONS: Final = (0.0, 1.0, 4.0, -3.0, 0.5, 1e9, 2.7)
DURATIONS: Final = (0.0, 50.0, 20.0, 500.0, -10.0, 1e9, 16.666)

_CHOICES: Final[dict[str, dict[str, tuple[Any, ...]]]] = {
    "slew": {"rate": RATES},
    "delayMs": {"delayMs": DELAYS_MS, "bufferSize": SIZES},
    "delayFrames": {"delayFrames": DELAYS},
    "pulseDivider": {"divisions": DIVISIONS},
    "envelopeAD": {"attack": DURATIONS, "decay": DURATIONS, "peak": (1.0, 2.0, -1.0, 0.0)},
}
"""What the parameters of each operation may be."""


def stateful(draft: Draft, source: int | None, operand: Callable[[Draft], int]) -> int:
    """Return a stateful signal of an input; `operand` makes a trigger if one is needed."""
    op = draft.source.pick(list(STATEFUL))
    params = _params(draft, op, operand)
    length = _ring_length(op, params)
    state_id: str | int | None = (
        _at_offset(draft, params, length) if draft.source.chance(0.12) else None
    )
    if state_id is None:
        state_id = _cell(draft, op, params, length)
    node: dict[str, Any] = {"op": op, "stateId": state_id}
    if source is not None:
        node["input"] = source
    if params:
        node["params"] = params
    return draft.builder.signal("stateful", **node)


def _params(draft: Draft, op: str, operand: Callable[[Draft], int]) -> dict[str, Any]:
    random = draft.source
    choices = _CHOICES.get(op, {})
    found = {name: random.pick(values) for name, values in choices.items() if random.chance(0.85)}
    if op == "sampleHold":
        found["trigger"] = operand(draft)
    return found


def _ring_length(op: str, params: dict[str, Any]) -> int:
    """Return how many numbers a delay keeps; 0 for what is no delay."""
    if op == "delayMs":
        return int(max(1, params.get("bufferSize", 64)))
    if op == "delayFrames":
        return int(max(0.0, math.floor(params.get("delayFrames", 1.0) + 1e-6))) + 1
    return 0


def _at_offset(draft: Draft, params: dict[str, Any], length: int) -> str:
    """Put the memory at a raw index behind all cells, in both arrays."""
    layout = draft.builder.doc["stateLayout"]
    offset = max(layout["f64Size"], layout["i32Size"])
    params["stateOffset"] = offset
    layout["f64Size"] = offset + max(2, length + 1)
    layout["i32Size"] = offset + 1
    return "nowhere" if draft.source.chance(0.8) or not draft.cells else draft.cells[0]


def _cell(draft: Draft, op: str, params: dict[str, Any], length: int) -> str | int:
    """Return the id of a cell for an operation, with whatever else it keeps."""
    random = draft.source
    storage = random.weighted({"f64": 9, "f32": 1, "i32": 0.5})
    if length:
        return _ring(draft, storage, length)
    if op in ("sampleHold", "envelopeAD"):
        return _pair(draft, op, params, storage)
    if draft.cells and random.chance(0.12):
        return random.pick(draft.cells)
    found = draft.state(storage, random.weighted({1: 9, 3: 1}))
    draft.initial_constant()
    if storage == "f64" and isinstance(found, str):
        draft.cells.append(found)
    return found


def _ring(draft: Draft, storage: str, length: int) -> str | int:
    random, node = draft.source, draft.node_name()
    found = draft.state(storage, length + random.weighted({0: 3, 1: 5, 3: 1}), node, role="ring")
    draft.initial_constant()
    if random.chance(0.5):
        draft.state("i32", 1, node, role=random.pick(("ring", "index")))
    return found


def _pair(draft: Draft, op: str, params: dict[str, Any], storage: str) -> str | int:
    random, node = draft.source, draft.node_name()
    form = random.weighted({"both": 4, "siblings": 2, "private": 2, "named": 2})
    found = draft.state(storage, 2 if form == "both" else 1, node)
    if form == "siblings":
        draft.state("f64", 1, node, role="gate")
    if form == "named" and op == "envelopeAD":
        params["wasTriggeredStateId"] = draft.state("f64", 1)
    return found
