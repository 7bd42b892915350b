"""Goldens for tests: built from plain values, generated, and recorded from small programs."""

import json
import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st
from program_builder import ProgramBuilder

from irrun.compare.output.document import (
    NO_TOLERANCE,
    Golden,
    GoldenFrame,
    GoldenHeader,
    GoldenPolicy,
    GoldenProgram,
    GoldenRun,
    GoldenValue,
    frame_digest,
)
from irrun.compare.output.record import RecordPlan, record_golden
from irrun.compare.output.text import value_text
from irrun.compare.output.values import golden_value

ROOT: Final = Path(__file__).resolve().parents[3]
PROGRAMS: Final = ROOT / "programs"
BUNDLED: Final = sorted(path.stem for path in PROGRAMS.glob("*.json"))

Row = Mapping[str, Any]
"""The documents of all values of one frame."""


# --- Goldens of given values ----------------------------------------------------------------


def golden_of(
    *rows: Row,
    infos: Mapping[str, GoldenValue] | None = None,
    policy: GoldenPolicy = NO_TOLERANCE,
    run: GoldenRun | None = None,
    arrays: Mapping[str, Any] | None = None,
) -> Golden:
    """Return the golden of a run in which these values came out, one row to a frame.

    Values are as runtimes hold them (numbers, texts, arrays, buffers) or documents already.
    """
    run = run or GoldenRun(frames=len(rows))
    times = run.frame_times
    frames, now = [], dict[str, bytes]()
    names = dict.fromkeys(name for row in rows for name in row)
    for i, row in enumerate(rows):
        texts = {name: value_text(golden_value(value)) for name, value in row.items()}
        changed = {name: text for name, text in texts.items() if now.get(name) != text}
        now |= changed
        frames.append(GoldenFrame(i, times[i], frame_digest(now), changed))
    known = infos or {}
    header = GoldenHeader(
        irrun="0",
        program=GoldenProgram(patch_id="patch", digest="sha256:0", path="patch.json"),
        run=run,
        watch=("all",),
        policy=policy,
        values={name: known.get(name, GoldenValue(storage="f64")) for name in names},
    )
    return Golden(header, frames, dict(arrays or {}))


# --- Generated values -----------------------------------------------------------------------

SPECIAL: Final = [
    math.nan, math.inf, -math.inf, -0.0, 0.0, 5e-324, -5e-324, 2.2250738585072014e-308,
    1.7976931348623157e308, 2.0**53, 2.0**53 + 2, 1e16, 1e21, 0.1, -1 / 3,
]  # fmt: skip

numbers = st.floats() | st.sampled_from(SPECIAL) | st.integers(-(2**53), 2**53)

texts = st.text(st.characters(exclude_categories=["Cs"]))
"""Any text that a file can hold: control characters, quotes and all planes, no half pairs."""

buffers = st.lists(st.floats(width=32), min_size=1, max_size=40).map(
    lambda found: np.array(found, np.float32)
)

values = st.recursive(
    numbers | texts | st.booleans() | st.none() | buffers,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


@st.composite
def goldens(draw: st.DrawFn) -> Golden:
    """Draw a golden: a few values over a few frames, of which some repeat the one before."""
    names = draw(st.lists(texts, unique=True, max_size=4))
    rows: list[Row] = []
    for _ in range(draw(st.integers(1, 5))):
        is_repeated: bool = draw(st.booleans())
        if rows and is_repeated:
            rows.append(rows[-1])
        else:
            rows.append({name: draw(values) for name in names})
    finite = st.floats(allow_nan=False, allow_infinity=False)
    policy = GoldenPolicy(
        atol=draw(st.none() | st.dictionaries(texts, finite, min_size=1, max_size=2)),
        equal_zeros=draw(st.booleans()),
    )
    # JSON numbers do not tell the zeros apart: times are never minus zero.
    start = draw(finite) + 0.0
    run = GoldenRun(frames=len(rows), start_ms=start, fps=draw(st.sampled_from([1.0, 59.94, 60.0])))
    return golden_of(*rows, policy=policy, run=run)


def bits(number: float) -> bytes:
    """Return the eight bytes of a double: what tells -0 from 0."""
    return struct.pack("<d", number)


# --- Small programs -------------------------------------------------------------------------


def constant(
    *numbers: float, patch_id: str = "constant", storage: str = "f64", label: str | None = None
) -> ProgramBuilder:
    """A clock in slots 0 and 1, and step `s-value`: a constant in each slot from 2 on.

    Slot 2 is the output `value`, perhaps with a label.
    """
    b = ProgramBuilder(patch_id)
    b.slots(0, 1)
    slots = range(2, 2 + len(numbers))
    b.slots(*slots, storage=storage)
    b.time(0, 1)
    outputs = [
        {"sigId": b.signal_const(number), "slot": slot}
        for slot, number in zip(slots, numbers, strict=True)
    ]
    b.step("signalEval", "s-value", outputs=outputs)
    b.output(2, "value", "debug")
    if label is not None:
        b.doc["outputs"][-1]["label"] = label
    return b


def trapping(patch_id: str = "trapping") -> ProgramBuilder:
    """A program whose steps `s-one` and `s-two` both write slot 2: it fails in frame 0."""
    b = constant(1.0, patch_id=patch_id)
    b.step("signalEval", "s-again", outputs=[{"sigId": 0, "slot": 2}])
    return b


def buffered(*first: float, patch_id: str = "buffered", count: int = 20) -> ProgramBuilder:
    """A program whose output `dots` is a buffer of `count` float32 numbers: `first`, then ones."""
    b = ProgramBuilder(patch_id)
    b.slots(0, 1)
    b.time(0, 1)
    data = [*first, *([1.0] * (count - len(first)))]
    shape = {"components": 1, "elementType": "f32"}
    b.initial(2, {"kind": "buffer", "data": data, "format": shape})
    b.output(2, "dots", "debug")
    return b


def recorded(builder: ProgramBuilder, frames: int = 3, **plan: Any) -> Golden:
    """Record a program; the golden says that the program lies beside it."""
    run = GoldenRun(frames=frames)
    return record_golden(builder.program(), RecordPlan(run, path="program.json", **plan))


def document_of(golden: Path) -> dict[str, Any]:
    """Return a golden file as a plain JSON reader sees it."""
    found = json.loads(golden.read_bytes())
    assert isinstance(found, dict)
    return found


def files_below(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return content and time of change of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def every_prefix(data: bytes, parts: int) -> Iterator[bytes]:
    """Yield the data cut off at so many places, evenly spread, and at its ends."""
    cuts = {0, 1, len(data) - 1, len(data) - 2, *(len(data) * i // parts for i in range(parts))}
    yield from (data[:cut] for cut in sorted(cuts))


def lines_of(data: bytes) -> Sequence[str]:
    """Return the lines of a golden file."""
    return data.decode().splitlines()
