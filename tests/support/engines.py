"""Holds the block engine against the interpreter: every value of every frame, to the bit."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from msgspec.structs import replace

from irrun.errors import IrrunError
from irrun.evaluate.columns.plan import NotInBlocks
from irrun.ir.documents import to_plain
from irrun.ir.render_frame import RenderFrame
from irrun.runtime.driver import Driver
from irrun.runtime.run import Run
from irrun.runtime.state import STATE_ARRAYS
from irrun.runtime.view import FrameView
from irrun.trace.values import value_document


@dataclass
class Held:
    """What became of one run under both engines."""

    difference: str | None = None
    frames: int = 0
    in_blocks: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    """Why frames were for the interpreter, by reason."""
    by_row: Counter[str] = field(default_factory=Counter)
    """Steps that ran frame by frame within blocks, by reason."""


def _same(a: Any, b: Any) -> bool:
    """True if two values are the same to the bit; any NaN is like any other."""
    if isinstance(a, float) and isinstance(b, float):
        return np.float64(a).tobytes() == np.float64(b).tobytes() or (a != a and b != b)
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and bool(
            np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
            and (a.dtype.kind != "f" or np.array_equal(np.signbit(a), np.signbit(b))
                 or bool(np.isnan(a).any()))
        )  # fmt: skip
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        return list(a) == list(b) and all(_same(a[k], b[k]) for k in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b) if isinstance(a, str | int | bool | type(None)) else _same_records(a, b)


def _same_records(a: Any, b: Any) -> bool:
    if isinstance(a, RenderFrame):
        return _same(to_plain(a), to_plain(b)) and _same(a.buffers, b.buffers)
    names = getattr(a, "__slots__", None) or getattr(a, "__struct_fields__", ())
    if not names:
        return bool(a == b)
    return all(_same(getattr(a, n), getattr(b, n)) for n in names)


def seen(view: FrameView) -> dict[str, Any]:
    """Return all that a view offers, by name."""
    values = view.values
    found: dict[str, Any] = {
        "index": view.index,
        "time": view.time,
        "written": view.written,
        "outputs": dict(view.outputs),
        "swap": view.swap,
    }
    for slot in values.slots:
        found[f"slot {slot}"] = values.peek(slot)
        found[f"writer of {slot}"] = (
            values.writer_of(slot), values.is_written(slot), values.was_ever_written(slot)
        )  # fmt: skip
    for name in STATE_ARRAYS:
        found[f"state {name}"] = view.array(name).copy()
    return found


def hold(run: Run, frames: int | None = None) -> Held:
    """Run under both engines and return what differs first, if anything.

    Args:
        run: The run.
        frames: Length of blocks; None for blocks that grow as they do for users.
    """
    held = Held()
    try:
        drivers = [Driver(replace(run, engine=engine)) for engine in ("frame", "auto")]
    except IrrunError:
        return held  # it cannot be set up: no engine has a part in that
    if frames is not None:
        drivers[1].fix_blocks(frames)
    walks = [driver.frames() for driver in drivers]
    while held.difference is None:
        got: list[Any] = []
        for walk in walks:
            try:
                view = next(walk, None)
                got.append(None if view is None else seen(view))
            except IrrunError as error:
                got.append(error.document())
        truth, found = got
        if truth is None and found is None:
            break
        held.frames += 1
        held.in_blocks += drivers[1].is_in_block
        held.difference = _first_difference(truth, found)
        if truth is not None and "code" in truth:
            break
    if held.difference is None:
        held.difference = _first_difference(*map(_end, drivers))
    held.reasons.update(drivers[1].refusals)
    if drivers[1].engine is not None:
        held.by_row.update(drivers[1].engine.plan.by_row.values())
    return held


def _end(driver: Driver) -> dict[str, Any]:
    """Return all that is left of a run."""
    findings = [finding.document() for finding in driver.now.findings]
    return {**seen(driver.now), "saved": driver.saved_state(), "findings": findings}


def _first_difference(truth: Any, found: Any) -> str | None:
    if truth is None or found is None:
        return f"one run has ended: {truth is None} {found is None}"
    for name in {**truth, **found}:
        a, b = truth.get(name), found.get(name)
        if name == "saved":
            if a != b:
                return "the saved state"
        elif not _same(a, b) and not _same(_doc(a), _doc(b)):
            return f"frame {truth.get('index')}: {name}: {a!r} and {b!r}"[:2000]
    return None


def _doc(value: Any) -> Any:
    try:
        return value_document(value, "full")
    except Exception:
        return value


_ = NotInBlocks
